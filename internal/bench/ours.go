package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/store"
)

var request = app.Request{Actor: "bench"}

// tasks are what child processes do, by name.
var tasks = map[string]func(context.Context, *task, *meter) error{
	"ledger":          ledgerTask,
	"sink":            sinkTask,
	"prepare day":     prepareDay,
	"prepare sent":    prepareSent,
	"prepare pay":     preparePayments,
	"prepare mail":    prepareMail,
	"prepare arm":     prepareArm,
	"prepare plain":   preparePlain,
	"prepare session": prepareSession,

	"ours import":   oursImport,
	"ours reimport": oursReimport,
	"ours run":      oursRun,
	"ours aging":    oursAging,
	"ours explain":  oursExplain,
	"ours replay":   oursReplay,
	"ours deep":     oursDeep,
	"ours drain":    oursDrain,
	"ours letters":  oursLetters,
	"ours print":    oursPrint,
	"ours pages":    oursPages,
	"ours screens":  oursScreens,

	"limit import": limitImport,
	"limit run":    limitRun,
	"limit scan":   limitScan,
	"limit drain":  limitDrain,
}

// build names the program in the decisions it stores.
const build = "bench"

// ledgerTask writes the file to be imported. Count 1 is one with payments.
func ledgerTask(_ context.Context, t *task, _ *meter) error {
	return writeLedger(t.File, t.Items, t.Count == 1)
}

// withBook opens the book, does something and closes it.
func withBook(ctx context.Context, t *task, fn func(*app.App) error) error {
	a, err := app.OpenBook(ctx, t.Book, build)
	if err != nil {
		return err
	}
	return errors.Join(fn(a), a.Close())
}

// oursImport makes a book and imports the file into it.
func oursImport(ctx context.Context, t *task, m *meter) error {
	a, _, err := app.CreateBook(ctx, t.Book, build, request, app.BookRequest{Name: "Northgate Fixings Ltd",
		Country: "GB", Currency: currency, ClockDay: importDay, ClockHour: 5})
	if err != nil {
		return err
	}
	err = m.measure(func() error { return importFile(ctx, a, t, m) })
	return errors.Join(err, a.Close())
}

// oursReimport imports the same file again.
func oursReimport(ctx context.Context, t *task, m *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		_, before, err := a.SendingState(ctx)
		if err != nil {
			return err
		}
		if err := m.measure(func() error { return importFile(ctx, a, t, m) }); err != nil {
			return err
		}
		_, after, err := a.SendingState(ctx)
		m.fact("commands", after-before)
		return err
	})
}

func importFile(ctx context.Context, a *app.App, t *task, m *meter) error {
	f, err := os.Open(t.File)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := a.Import(ctx, request, app.ImportRequest{Kind: app.ImportInvoices, File: "ledger.csv", Source: f})
	m.fact("created", int64(r.Created))
	m.fact("unchanged", int64(r.Unchanged))
	if err == nil && r.Created+r.Unchanged != t.Items {
		err = fmt.Errorf("of %d rows %d were created and %d unchanged", t.Items, r.Created, r.Unchanged)
	}
	return err
}

// prepareDay moves the clock to a day at nine and gives every customer an address.
func prepareDay(ctx context.Context, t *task, _ *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		if err := a.DB().Mark(ctx, a.Tenant(), func(tx store.MarkTx) error {
			_, err := tx.Exec("UPDATE party SET address = $2 WHERE tenant_id = $1 AND address = ''",
				a.Tenant(), "1 High Street\nLeeds")
			return err
		}); err != nil {
			return err
		}
		return a.MoveClock(ctx, request, t.Day.Time().Add(9*time.Hour))
	})
}

// prepareSent does with the day's messages what the sender does, without a server.
func prepareSent(ctx context.Context, t *task, _ *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		return a.DB().Mark(ctx, a.Tenant(), func(tx store.MarkTx) error {
			if _, err := tx.Exec(`UPDATE account SET version = version + 1 WHERE tenant_id = $1 AND customer_id IN (
				SELECT customer_id FROM message WHERE tenant_id = $1 AND state = 'approved')`, a.Tenant()); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE message SET state = 'sent', sent_at = $2, served_day = day
				WHERE tenant_id = $1 AND state = 'approved'`, a.Tenant(), tx.Now())
			return err
		})
	})
}

// preparePayments lets one customer in a hundred pay something.
func preparePayments(ctx context.Context, t *task, _ *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		for c := 0; c < customersOf(t.Items); c += 100 {
			if _, err := a.Pay(ctx, request, app.PayRequest{Ref: fmt.Sprintf("customer:C%06d", c),
				Amount: money.Money{Minor: 5_000, Currency: currency}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// oursRun is the daily run, all that may be released at once released.
func oursRun(ctx context.Context, t *task, m *meter) error {
	return m.measure(func() error {
		return withBook(ctx, t, func(a *app.App) error {
			r, err := a.Run(ctx, app.Request{Actor: request.Actor, Reason: "measured"},
				app.RunRequest{AsOf: cal.None, Approve: app.ApproveAll, ReleaseBrake: true})
			m.fact("looked_at", r.LookedAt)
			m.fact("messages", r.MessagesQueued)
			m.fact("tasks", r.TasksRaised)
			for step, n := range r.DecisionsByAction {
				m.fact("decided_"+step, n)
			}
			return err
		})
	})
}

// oursAging is the aging report as of a day, from opening the book on.
func oursAging(ctx context.Context, t *task, m *meter) error {
	return m.measure(func() error {
		return withBook(ctx, t, func(a *app.App) error {
			r, err := a.Aging(ctx, app.AgingRequest{AsOf: t.Day})
			for i := range r.Currencies {
				c := &r.Currencies[i]
				m.fact("total_minor", c.Total().AmountMinor)
				m.fact("control_minor", c.ControlMinor)
			}
			return err
		})
	})
}

// oursExplain asks why something is done or not, for customers all over the book.
// The facts are wall times in microseconds.
func oursExplain(ctx context.Context, t *task, m *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		var took []time.Duration
		err := m.measure(func() error {
			for i := range t.Count {
				started := time.Now()
				ref := fmt.Sprintf("item:INV-%07d", i*(t.Items/t.Count))
				s, err := a.Find(ctx, "", ref)
				if err != nil {
					return err
				}
				asked := app.ExplainRequest{Customer: s.Customer, Item: s.Item, Ref: ref, On: cal.None}
				if _, err := a.Explain(ctx, asked); err != nil {
					return err
				}
				took = append(took, time.Since(started))
			}
			return nil
		})
		slices.SortFunc(took, cmp.Compare[time.Duration])
		if len(took) > 0 {
			m.fact("median_us", took[len(took)/2].Microseconds())
			m.fact("p99_us", took[len(took)*99/100].Microseconds())
		}
		return err
	})
}

// oursReplay folds every entry and allocation of the book as of a day: what open
// amounts are made of, without the caches.
func oursReplay(ctx context.Context, t *task, m *meter) error {
	var all app.Replayed
	err := m.measure(func() error {
		return withBook(ctx, t, func(a *app.App) (err error) {
			all, err = a.Replay(ctx, t.Day)
			return err
		})
	})
	m.fact("facts", all.Facts)
	var open int64
	for r := range rows(t.Items, true) {
		open += r.OpenMinor
	}
	if err == nil && (all.OpenMinor != open || all.CreditMinor != 0) {
		err = fmt.Errorf("the replay gives %d open and %d unapplied, expected %d and 0", all.OpenMinor, all.CreditMinor,
			open)
	}
	return err
}

// oursDeep proves every cache equal to the facts, as recoup doctor --deep does.
func oursDeep(ctx context.Context, t *task, m *meter) error {
	return m.measure(func() error {
		return withBook(ctx, t, func(a *app.App) error {
			found, err := a.Deep(ctx)
			for _, f := range found {
				if !f.OK {
					err = errors.Join(err, fmt.Errorf("%s: %s", f.Name, f.Text))
				}
			}
			return err
		})
	})
}

// prepareMail completes the sender's details and says that cash is known.
func prepareMail(ctx context.Context, t *task, _ *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		for _, set := range [][2]string{
			{app.SettingSMTP, t.Server}, {app.SettingMailFrom, "accounts@northgate.example"},
			{"sender.address", "Unit 4\nLeeds"}, {"sender.person", "Helen Marsh"}, {"sender.phone", "0113 496 0142"},
			{"sender.reply_to", "accounts@northgate.example"}, {"bank.holder", "Northgate Fixings Ltd"},
			{"bank.routing", "12-34-56"}, {"bank.account", "12345678"}, {"bank.unchanged_since", "2018-09-03"},
			{"sender.register_no", "none"}, {"sender.vat_id", "none"},
		} {
			if err := a.SetSetting(ctx, request, "", set[0], set[1]); err != nil {
				return err
			}
		}
		_, err := a.CashKnown(ctx, request, "", t.Day)
		return err
	})
}

// preparePlain takes back the mails that carry their letter: the others are of ten kilobytes
// or so, like those of the limit.
func preparePlain(ctx context.Context, t *task, _ *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		list, err := a.Outbox(ctx, app.OutboxFilter{State: book.Approved})
		if err != nil {
			return err
		}
		var formal []int64
		for i := range list {
			if list[i].Step == "formal" {
				formal = append(formal, list[i].ID)
			}
		}
		_, err = a.Reject(ctx, request, formal)
		return err
	})
}

// prepareArm gives a copy of the book the right to send.
func prepareArm(ctx context.Context, t *task, _ *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		l, err := duty.NewLicence(ctx, a, t.Book)
		if err != nil {
			return err
		}
		return duty.ArmNew(ctx, a, l)
	})
}

// oursDrain sends the outbox: gate, text, bytes, both durable marks, the evidence.
func oursDrain(ctx context.Context, t *task, m *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		l, err := duty.NewLicence(ctx, a, t.Book)
		if err != nil {
			return err
		}
		var r app.SendReport
		err = m.measure(func() error {
			r, err = duty.SendOnce(ctx, a, l, request)
			return err
		})
		m.fact("sent", r.Sent)
		err = errors.Join(err, a.DB().Read(ctx, a.Tenant(), func(tx store.Tx) error {
			return store.One(tx, `SELECT CAST(COALESCE(SUM(size_bytes), 0) AS bigint) FROM evidence WHERE tenant_id = $1`,
				[]any{a.Tenant()}, func(r store.Rows) { m.fact("bytes", r.Int64(0)) })
		}))
		if err == nil && (r.Failed+r.Unknown+r.Retry > 0 || len(r.Stopped) > 0) {
			err = fmt.Errorf("not all was sent: %+v", r)
		}
		return err
	})
}

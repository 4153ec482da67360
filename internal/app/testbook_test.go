package app

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

// onBothEngines runs a test on SQLite and on PostgreSQL.
func onBothEngines(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "book.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.Database(t)) })
}

// testBook is a book with one creditor on a simulated clock, and short ways to fill it.
type testBook struct {
	*App
	t        testing.TB
	ctx      context.Context
	creditor int64
	customer map[string]int64
	item     map[string]int64
}

var tester = Request{Actor: "test"}

// newTestBook makes a book at an address whose clock stands at 06:00 UTC of a day.
func newTestBook(t testing.TB, address, country, day string) *testBook {
	t.Helper()
	ctx := context.Background()
	at := cal.MustParse(day).Time().Add(6 * time.Hour)
	db, err := open.Open(ctx, address, store.Options{Create: true, SimulatedFrom: at})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	tenant, err := db.CreateTenant(ctx, "Test", country)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(db, tenant, "test")
	if err != nil {
		t.Fatal(err)
	}
	code := map[string]money.Currency{"GB": "GBP", "DE": "EUR", "US": "USD"}[country]
	b := &testBook{App: a, t: t, ctx: ctx, customer: map[string]int64{}, item: map[string]int64{}}
	b.creditor, err = a.AddCreditor(ctx, tester, NewCreditor{Code: "main", Name: "Test Creditor", Country: country, Currency: code})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// goTo moves the clock to 06:00 UTC of a day.
func (b *testBook) goTo(day cal.Date) {
	b.t.Helper()
	if err := b.DB().SetClock(b.ctx, day.Time().Add(6*time.Hour)); err != nil {
		b.t.Fatal(err)
	}
}

// newCustomer describes a customer of a test book.
type newCustomer struct {
	number, kind, country, email, address, strategy string
}

func (b *testBook) addCustomers(list ...newCustomer) {
	b.t.Helper()
	b.do("test_customers", func(w *recorder) error {
		for _, c := range list {
			party, err := w.party(c.number+" Ltd", c.address)
			if err != nil {
				return err
			}
			id, err := w.NextIDs("customer", 1)
			if err != nil {
				return err
			}
			b.customer[c.number] = id
			if _, err := w.Exec(`INSERT INTO customer (tenant_id, customer_id, creditor_id, party_id, number, number_norm, kind, kind_confirmed, country, language, strategy)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, 'en-GB', $9)`, b.tenant, id, b.creditor, party, c.number, normaliseNumber(c.number), c.kind,
				c.country, c.strategy); err != nil {
				return err
			}
			if _, err := w.Exec(`INSERT INTO account (tenant_id, customer_id, creditor_id, version, next_look_on) VALUES ($1, $2, $3, 1, 0)`,
				b.tenant, id, b.creditor); err != nil {
				return err
			}
			if c.strategy != "" {
				if err := w.changed("customer", id, "strategy", c.strategy); err != nil {
					return err
				}
			}
			if c.email != "" {
				contact, err := w.NextIDs("contact", 1)
				if err != nil {
					return err
				}
				if _, err := w.Exec(`INSERT INTO contact (tenant_id, customer_id, contact_id, role, email) VALUES ($1, $2, $3, 'accounts_payable', $4)`,
					b.tenant, id, contact, c.email); err != nil {
					return err
				}
				if err := w.changed("contact", contact, "added", "accounts_payable  "+c.email+" "); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// newItem describes an open item of a test book.
type newItem struct {
	customer, number string
	due              string
	minor            int64
	agreed           book.Tri
}

func (b *testBook) addItems(list ...newItem) {
	b.t.Helper()
	b.do("test_items", func(w *recorder) error {
		c, err := b.App.creditor(w, "main")
		if err != nil {
			return err
		}
		items, entries := w.Insert("item"), w.Insert("entry")
		for _, n := range list {
			id, err := w.NextIDs("item", 1)
			if err != nil {
				return err
			}
			entry, err := w.NextIDs("entry", 1)
			if err != nil {
				return err
			}
			b.item[n.number] = id
			due := cal.MustParse(n.due)
			customer := b.customer[n.customer]
			issued := due.AddDays(-30)
			items.Int(customer).Int(id).Int(b.creditor).Int(w.Seq()).Int(n.minor).Int(n.minor)
			items.Day(c.today(w)).Day(due).Day(due).Day(issued).Null().Null().Int(book.Invoice.Number()).Int(1)
			items.Int(int64(n.agreed)).Int(0).Int(0).Text(string(c.Currency)).Text(n.number).Text(normaliseNumber(n.number)).
				Text("")
			if err := items.End(); err != nil {
				return err
			}
			if err := putEntry(entries, customer, w.Seq(), &book.Entry{ID: entry, Item: id, Kind: book.EntryInvoice,
				Day: issued, Currency: c.Currency, From: book.Sales, To: book.Principal, Minor: n.minor}, 0, nil); err != nil {
				return err
			}
			if _, err := w.Exec(`UPDATE account SET documents = documents + 1, billed_minor = billed_minor + $3, version = version + 1
				WHERE tenant_id = $1 AND customer_id = $2`, b.tenant, customer, n.minor); err != nil {
				return err
			}
		}
		if err := items.Close(); err != nil {
			return err
		}
		return entries.Close()
	})
}

func (b *testBook) do(name string, fn func(*recorder) error) {
	b.t.Helper()
	if _, err := b.write(b.ctx, tester, name, time.Now().UnixNano(), fn); err != nil {
		b.t.Fatal(err)
	}
}

// run runs today and fails the test on an error.
func (b *testBook) run(mode ApproveMode) RunReport {
	b.t.Helper()
	report, err := b.Run(b.ctx, tester, RunRequest{AsOf: cal.None, Approve: mode})
	if err != nil {
		b.t.Fatal(err)
	}
	var n int64
	err = b.read(b.ctx, func(tx store.Tx) error {
		today, err := b.todayOf(tx, b.creditor)
		if err != nil {
			return err
		}
		return store.One(tx, wrongOldestDue, []any{b.tenant, today}, func(r store.Rows) { n = r.Int64(0) })
	})
	if err != nil || n != 0 {
		b.t.Errorf("%d accounts with another oldest due date than their items have", n)
	}
	return report
}

// wrongOldestDue counts the accounts whose oldest due date, noted when the run decided
// them, is not that of their open items; -1 stands for none.
const wrongOldestDue = `SELECT COUNT(*) FROM account a WHERE a.tenant_id = $1 AND COALESCE(a.oldest_due, -1) <>
	COALESCE((SELECT MIN(i.due_date) FROM item i WHERE i.tenant_id = $1 AND i.customer_id = a.customer_id AND i.open_minor > 0
		AND (i.invoice_date IS NULL OR i.invoice_date <= $2)), -1)`

// sendAll marks every released message of today as sent and served: what the
// sender does, without a mail server.
func (b *testBook) sendAll() int64 {
	b.t.Helper()
	var n int64
	b.do("test_send", func(w *recorder) error {
		var customers []int64
		if err := store.Each(w, "SELECT DISTINCT customer_id FROM message WHERE tenant_id = $1 AND state = 'approved' ORDER BY customer_id",
			[]any{b.tenant}, func(r store.Rows) error { customers = append(customers, r.Int64(0)); return nil }); err != nil {
			return err
		}
		var err error
		if n, err = w.Exec("UPDATE message SET state = 'sent', sent_at = $2, served_day = day WHERE tenant_id = $1 AND state = 'approved'",
			b.tenant, w.Now()); err != nil {
			return err
		}
		for _, c := range customers {
			if err := w.touch(c); err != nil {
				return err
			}
		}
		return nil
	})
	return n
}

// messages lists "day step channel state" of live messages of a customer.
func (b *testBook) messages(customer string) []string {
	b.t.Helper()
	var out []string
	err := b.read(b.ctx, func(tx store.Tx) error {
		out = out[:0]
		return store.Each(tx, `SELECT day, lead_step, channel, state FROM message WHERE tenant_id = $1 AND customer_id = $2 AND live = 1
			ORDER BY day, message_id`, []any{b.tenant, b.customer[customer]}, func(r store.Rows) error {
			out = append(out, r.Day(0).String()+" "+r.Text(1)+" "+r.Text(2)+" "+r.Text(3))
			return nil
		})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

package app

import (
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// lockMessages keeps messages as they are read from now on until the command ends: the
// sender, whose marks are no commands, neither claims them nor hands them over
// meanwhile. Whoever decides by a message's state locks it first.
func (r *recorder) lockMessages(ids []int64) error {
	return store.Each(r, `SELECT 1 FROM message WHERE tenant_id = $1 AND message_id IN ids($2)
		ORDER BY message_id FOR UPDATE`, []any{r.tenant, ids}, func(store.Rows) error { return nil })
}

// voidMessage is voidMessages for one.
func (w *recorder) voidMessage(id int64, to book.MessageState, why string, day cal.Date) error {
	return w.voidMessages([]int64{id}, to, why, day)
}

// voidMessages ends messages for good: they are no longer live, which makes their
// notices void, and a new cycle frees the keys of the same steps, so that the items can be
// told them again. Position and history stay readable. The accounts are decided again.
func (w *recorder) voidMessages(ids []int64, to book.MessageState, why string, day cal.Date) error {
	for some := range slices.Chunk(ids, batchSize) {
		if err := w.voidSome(some, to, why, day); err != nil {
			return err
		}
	}
	return nil
}

func (w *recorder) voidSome(ids []int64, to book.MessageState, why string, day cal.Date) error {
	type row struct{ message, customer int64 }
	var messages []row
	var live []int64
	err := store.Each(w, "SELECT message_id, customer_id, live FROM message WHERE tenant_id = $1 AND message_id IN ids($2) ORDER BY message_id",
		[]any{w.tenant, ids}, func(r store.Rows) error {
			messages = append(messages, row{r.Int64(0), r.Int64(1)})
			if r.Bool(2) {
				live = append(live, r.Int64(0))
			}
			return nil
		})
	if err != nil {
		return err
	}
	customers := make([]int64, 0, len(messages))
	events := w.Insert("message_event")
	for _, m := range messages {
		customers = append(customers, m.customer)
		events.Int(m.message).Int(w.Seq()).Int(m.customer).Day(day).Text(string(to)).Text(why).Int(0).Null()
		if err := events.End(); err != nil {
			return err
		}
	}
	if err := events.Close(); err != nil {
		return err
	}
	if _, err = w.Exec("UPDATE message SET state = $3, live = 0, reason = $4 WHERE tenant_id = $1 AND message_id IN ids($2)",
		w.tenant, ids, string(to), why); err != nil {
		return err
	}
	slices.Sort(customers)
	customers = slices.Compact(customers)
	if err := w.voidNotices(customers, live, day); err != nil {
		return err
	}
	_, err = w.Exec("UPDATE account SET version = version + 1 WHERE tenant_id = $1 AND customer_id IN ids($2)", w.tenant, customers)
	return err
}

// voidNotices raises the cycle of the items that messages told, which are now void.
func (w *recorder) voidNotices(customers, messages []int64, day cal.Date) error {
	var items []int64
	cycles := w.Insert("cycle")
	type told struct{ customer, item, cycle int64 }
	var rows []told
	err := store.Each(w, `SELECT DISTINCT n.customer_id, n.item_id, i.cycle FROM notice n
		JOIN item i ON i.tenant_id = n.tenant_id AND i.customer_id = n.customer_id AND i.item_id = n.item_id
		WHERE n.tenant_id = $1 AND n.customer_id IN ids($2) AND n.message_id IN ids($3)
		ORDER BY n.customer_id, n.item_id`, []any{w.tenant, customers, messages}, func(r store.Rows) error {
		rows = append(rows, told{r.Int64(0), r.Int64(1), r.Int64(2)})
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range rows {
		items = append(items, t.item)
		cycles.Int(t.customer).Int(t.item).Int(t.cycle + 1).Int(w.Seq()).Day(day).Text("voided")
		if err := cycles.End(); err != nil {
			return err
		}
	}
	if err := cycles.Close(); err != nil || len(rows) == 0 {
		return err
	}
	// The plus keeps the second list out of the key: looking up every pair of the two
	// lists would take a thousand times longer.
	_, err = w.Exec("UPDATE item SET cycle = cycle + 1 WHERE tenant_id = $1 AND customer_id IN ids($2) AND +item_id IN ids($3)",
		w.tenant, customers, items)
	return err
}

// raiseCycle records a new cycle of an item.
func (w *recorder) raiseCycle(customer, item, cycle int64, day cal.Date, cause string) error {
	ins := w.Insert("cycle")
	ins.Int(customer).Int(item).Int(cycle).Int(w.Seq()).Day(day).Text(cause)
	if err := ins.One(); err != nil {
		return err
	}
	_, err := w.Exec("UPDATE item SET cycle = $4 WHERE tenant_id = $1 AND customer_id = $2 AND item_id = $3",
		w.tenant, customer, item, cycle)
	return err
}

// event records what became of a message.
func (w *recorder) event(message, customer int64, day cal.Date, event, why string) error {
	ins := w.Insert("message_event")
	ins.Int(message).Int(w.Seq()).Int(customer).Day(day).Text(event).Text(why).Int(0).Null()
	return ins.One()
}

// Void takes a message back, also one that was sent: its notices no longer count,
// its steps may be told again in a new cycle, and for a sent one a correction is
// proposed to the same customer. The evidence of what was sent stays.
func (a *App) Void(ctx context.Context, req Request, ids []int64) (ChangeReport, error) {
	out, err := a.write(ctx, req, "void", ids, func(w *recorder) error {
		var report ChangeReport
		if err := a.voidAll(w, ids, &report); err != nil {
			return err
		}
		return finishChange(w, &report)
	})
	report, _, err := answer[ChangeReport](out, err)
	return report, err
}

func (a *App) voidAll(w *recorder, ids []int64, report *ChangeReport) error {
	if err := w.lockMessages(ids); err != nil {
		return err
	}
	for _, id := range ids {
		if err := a.voidOne(w, id, report); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) voidOne(w *recorder, id int64, report *ChangeReport) error {
	m, err := a.message(w, id)
	if err != nil {
		return err
	}
	switch {
	case ended(m.state):
		report.refuse(id, reason.MessageEnded, m.state.InWords())
		return nil
	case m.state == book.HandingOver || m.state == book.Claimed:
		report.refuse(id, reason.MessageUnderway, m.step)
		return nil
	}
	today, err := a.todayOf(w, m.creditor)
	if err != nil {
		return err
	}
	if err := w.voidMessage(id, book.Voided, string(reason.VoidedByPerson), today); err != nil {
		return err
	}
	if m.state == book.Unknown { // it may have arrived, and counts as a contact
		if _, err := w.Exec(`UPDATE message SET sent_at = (SELECT max(e.handed_over_at) FROM evidence e
			WHERE e.tenant_id = message.tenant_id AND e.message_id = message.message_id)
			WHERE tenant_id = $1 AND message_id = $2`, a.tenant, id); err != nil {
			return err
		}
	}
	report.Changed = append(report.Changed, StateChange{id, m.state, book.Voided})
	if m.state == book.Sent || m.state == book.Unknown {
		return a.proposeCorrection(w, &m, today)
	}
	return nil
}

// Correction is the step of the message that takes an earlier one back. Its text is not
// of a day: it stays until it has left, or a person rejects it.
const Correction = strategy.Correction

// proposeCorrection plans the message that asks to disregard a voided one, to the
// same contact by the same channel, with the same figures.
func (a *App) proposeCorrection(w *recorder, voided *messageRow, today cal.Date) error {
	day, err := a.nextDayOf(w, voided, today)
	if err != nil {
		return err
	}
	m, err := w.messageFacts(voided.id)
	if err != nil {
		return err
	}
	m.run, m.day, m.step, m.stage, m.demand = 0, day, Correction, 0, false
	m.level, m.approval, m.payBy, m.compensationMinor = book.NoClaim.String(), string(strategy.Ask), cal.None, 0
	m.corrects, m.words = voided.id, 0
	return w.propose(m)
}

// nextDayOf is the day of a message that is planned now and goes the way of another.
func (a *App) nextDayOf(tx store.Tx, m *messageRow, today cal.Date) (cal.Date, error) {
	if m.channel != book.Email {
		return today, nil
	}
	j, err := a.newJudge(tx)
	if err != nil {
		return cal.None, err
	}
	acc, err := j.account(tx, m.customer)
	if err != nil {
		return cal.None, err
	}
	_, d, err := j.of(tx, m.creditor)
	if err != nil {
		return cal.None, err
	}
	d.At(tx.Now())
	return d.MailDay(&acc.Customer, today), nil
}

// VoidRun takes back all messages of a run.
func (a *App) VoidRun(ctx context.Context, req Request, run int64) (ChangeReport, error) {
	out, err := a.write(ctx, req, "void_run", run, func(w *recorder) error {
		var report ChangeReport
		var ids []int64
		if err := store.Each(w, "SELECT message_id FROM message WHERE tenant_id = $1 AND run_id = $2 AND live = 1 ORDER BY message_id",
			[]any{a.tenant, run}, func(r store.Rows) error { ids = append(ids, r.Int64(0)); return nil }); err != nil {
			return err
		}
		n, err := w.Exec("UPDATE run SET state = 'voided' WHERE tenant_id = $1 AND run_id = $2", a.tenant, run)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("run_not_found", "there is no run %d", run)
		}
		if err := a.voidAll(w, ids, &report); err != nil {
			return err
		}
		return w.result(report)
	})
	report, _, err := answer[ChangeReport](out, err)
	return report, err
}

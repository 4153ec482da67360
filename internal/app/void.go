package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// Void takes a message back, also one that was sent: its notices no longer count,
// its steps may be told again in a new cycle, and for a sent one a correction is
// proposed to the same customer by each way that it went. The evidence of what was sent
// stays. A step that is told by mail and by post is taken back as a whole, whichever of the
// two is named.
func (a *App) Void(ctx context.Context, req Request, ids []int64) (ChangeReport, error) {
	out, err := a.write(ctx, req, "void", ids, func(w *recorder) error {
		var report ChangeReport
		halves, err := a.otherHalves(w, ids)
		if err != nil {
			return err
		}
		if err := a.voidAll(w, append(slices.Clone(ids), halves...), &report); err != nil {
			return err
		}
		return finishChange(w, &report)
	})
	report, _, err := answer[ChangeReport](out, err)
	return report, err
}

// otherHalves are the messages that stand and tell the same step as one of these by another
// way: planned by the same run, for the same day, or, as a letter that was dated anew, telling
// it of the same items before the day that the other named. What cannot be taken back itself
// takes nothing with it.
func (a *App) otherHalves(tx store.Tx, ids []int64) (halves []int64, err error) {
	err = store.Each(tx, `SELECT o.message_id FROM message m
		JOIN message o ON o.tenant_id = m.tenant_id AND o.customer_id = m.customer_id AND o.currency = m.currency
			AND o.lead_step = m.lead_step AND o.channel <> m.channel AND o.live = 1
			AND (o.run_id = m.run_id OR o.day = m.day OR (o.day <= m.pay_by AND m.day <= o.pay_by AND EXISTS (
				SELECT 1 FROM notice n
				JOIN notice k ON k.tenant_id = n.tenant_id AND k.customer_id = n.customer_id AND k.item_id = n.item_id
					AND k.step = n.step
				WHERE n.tenant_id = $1 AND n.customer_id = m.customer_id AND n.message_id = m.message_id
					AND k.message_id = o.message_id)))
		WHERE m.tenant_id = $1 AND m.message_id IN ids($2) AND m.run_id <> 0 AND m.live = 1
			AND m.state NOT IN ('claimed','handing_over') ORDER BY o.message_id`,
		[]any{a.tenant, ids}, func(r store.Rows) error {
			if half := r.Int64(0); !slices.Contains(ids, half) {
				halves = append(halves, half)
			}
			return nil
		})
	return halves, err
}

// voidAll takes messages back. Those of one creditor end in one go.
func (a *App) voidAll(w *recorder, ids []int64, report *ChangeReport) error {
	if err := w.lockMessages(ids); err != nil {
		return err
	}
	rows, err := a.messages(w, ids)
	if err != nil {
		return err
	}
	ending := map[int64][]int64{} // messages, by creditor
	var heard []messageRow        // those that reached the customer, or may have
	var unknown []int64
	for _, id := range ids {
		k, found := slices.BinarySearchFunc(rows, id,
			func(m messageRow, id int64) int { return cmp.Compare(m.id, id) })
		if !found {
			return notFound("message_not_found", "there is no message %d", id)
		}
		m := &rows[k]
		switch {
		case ended(m.state):
			report.refuse(id, reason.MessageEnded, m.state.InWords())
			continue
		case m.state == book.HandingOver || m.state == book.Claimed:
			report.refuse(id, reason.MessageUnderway, m.step)
			continue
		case m.state == book.Unknown:
			unknown = append(unknown, id)
			heard = append(heard, *m)
		case m.state == book.Sent:
			heard = append(heard, *m)
		}
		ending[m.creditor] = append(ending[m.creditor], id)
		report.Changed = append(report.Changed, StateChange{Message: id, From: m.state, To: book.Voided})
		m.state = book.Voided // whoever names it twice
	}
	j, err := a.newJudge(w)
	if err != nil {
		return err
	}
	for i := range j.creditors {
		c := &j.creditors[i]
		if err := w.voidMessages(ending[c.ID], book.Voided, string(reason.VoidedByPerson), c.today(w)); err != nil {
			return err
		}
	}
	if len(unknown) > 0 { // each may have arrived, and counts as a contact
		if _, err := w.Exec(`UPDATE message SET sent_at = (SELECT max(e.handed_over_at) FROM evidence e
			WHERE e.tenant_id = message.tenant_id AND e.message_id = message.message_id)
			WHERE tenant_id = $1 AND message_id IN ids($2)`, a.tenant, unknown); err != nil {
			return err
		}
	}
	return j.proposeCorrections(w, heard)
}

// Correction is the step of the message that takes an earlier one back. Its text is not
// of a day: it stays until it has left, or a person rejects it.
const Correction = strategy.Correction

// proposeCorrections plans, for each voided message, the one that asks to disregard it, to
// the same contact by the same channel, with the same figures.
func (j *judge) proposeCorrections(w *recorder, voided []messageRow) error {
	if len(voided) == 0 {
		return nil
	}
	days, err := j.nextDays(w, voided)
	if err != nil {
		return err
	}
	ids := make([]int64, len(voided))
	for i := range voided {
		ids[i] = voided[i].id
	}
	corrections, err := w.messageFacts(ids)
	if err != nil {
		return err
	}
	for i := range corrections {
		m := &corrections[i]
		m.corrects, m.words = m.id, 0
		m.run, m.day, m.step, m.stage, m.demand = 0, days[m.id], Correction, 0, false
		m.level, m.approval, m.payBy, m.compensationMinor = book.NoClaim.String(), string(strategy.Ask), cal.None, 0
	}
	return w.propose(corrections)
}

// nextDays are the days, by message, of what is planned now and goes the way of another.
func (j *judge) nextDays(tx store.Tx, of []messageRow) (map[int64]cal.Date, error) {
	var mailed []int64
	for i := range of {
		if of[i].channel == book.Email {
			mailed = append(mailed, of[i].customer)
		}
	}
	customers, err := j.customers(tx, mailed)
	if err != nil {
		return nil, err
	}
	days := make(map[int64]cal.Date, len(of))
	for i := range of {
		m := &of[i]
		c, d, err := j.of(tx, m.creditor)
		if err != nil {
			return nil, err
		}
		days[m.id] = c.today(tx)
		if to := customers[m.customer]; m.channel == book.Email {
			d.At(tx.Now())
			days[m.id] = d.MailDay(&to, c.today(tx))
		}
	}
	return days, nil
}

// VoidRun takes back all messages of a run.
func (a *App) VoidRun(ctx context.Context, req Request, run int64) (ChangeReport, error) {
	out, err := a.write(ctx, req, "void_run", run, func(w *recorder) error {
		var report ChangeReport
		var ids []int64
		if err := store.Each(w, "SELECT message_id FROM message WHERE tenant_id = $1 AND run_id = $2 "+
			"AND live = 1 ORDER BY message_id",
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

package app

import (
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// recallStep takes back what was released by itself of a step, named as in the setting
// that no longer lets it go: a person releases it.
func (a *App) recallStep(r *recorder, creditor int64, key string) error {
	name, step, _ := strings.Cut(key, ".")
	return a.recall(r, "creditor_id = $2 AND strategy = $4 AND lead_step = $5", creditor, name, step)
}

// recallCustomer takes back what was released by itself to a customer.
func (a *App) recallCustomer(r *recorder, customer int64) error {
	return a.recall(r, "customer_id = $2", customer)
}

// recall ends the messages that nobody released and that are not being handed over, and
// proposes the same ones: a proposal tells no item a step.
func (a *App) recall(r *recorder, which string, args ...any) error {
	var ids, customers []int64
	args = slices.Insert(append([]any{a.tenant}, args...), 2, any(automatic))
	if err := store.Each(r, `SELECT message_id, customer_id FROM message WHERE tenant_id = $1
		AND approved_by = $3 AND state IN ('approved','claimed') AND `+which+" ORDER BY message_id", args,
		func(row store.Rows) error {
			ids, customers = append(ids, row.Int64(0)), append(customers, row.Int64(1))
			return nil
		}); err != nil || len(ids) == 0 {
		return err
	}
	for i, id := range ids {
		m, err := boundMessageOf(r, id)
		if err != nil {
			return err
		}
		today, err := a.todayOf(r, m.creditor)
		if err != nil {
			return err
		}
		if err := r.voidMessage(id, book.Stopped, string(reason.NotAutomatic), today); err != nil {
			return err
		}
		if err := r.proposeAgain(id, customers[i]); err != nil {
			return err
		}
	}
	return nil
}

// proposeAgain proposes a message that was ended as it was.
func (r *recorder) proposeAgain(old, customer int64) error {
	id, err := r.NextIDs("message", 1)
	if err != nil {
		return err
	}
	ins := r.Insert("message")
	err = store.One(r, `SELECT creditor_id, run_id, currency, day, lead_step, key_step, stage, demand, strategy,
		strategy_version, role, channel, contact_id, level, approval, pay_by, total_minor, compensation_minor,
		account_version, inputs_version, figures, words_id FROM message WHERE tenant_id = $1 AND message_id = $2`,
		[]any{r.tenant, old}, func(m store.Rows) {
			ins.Int(id).Int(customer).Int(m.Int64(0)).Int(r.Seq()).Int(m.Int64(1)).Text(m.Text(2)).Day(m.Day(3)).
				Text(m.Text(4)).Text(m.Text(5)).Int(m.Int64(6)).Bool(m.Bool(7)).Text(m.Text(8)).Int(m.Int64(9)).
				Text(m.Text(10)).Text(m.Text(11)).Int(m.Int64(12)).Text(m.Text(13)).Text(m.Text(14)).Day(m.Day(15)).
				Int(m.Int64(16)).Int(m.Int64(17)).Int(m.Int64(18)).Int(m.Int64(19)).
				Bytes(slices.Clone(m.Bytes(20))).Int(0).Bool(true).Text(string(book.Proposed)).Text("").
				Int(m.Int64(21)).Text("").Int(0).Int(0).Int(0).Null().Null().Null().Text("")
		})
	if err != nil {
		return err
	}
	return ins.One()
}

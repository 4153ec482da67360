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
	var ids []int64
	ending := map[int64][]int64{} // by creditor
	args = slices.Insert(append([]any{a.tenant}, args...), 2, any(automatic))
	if err := store.Each(r, `SELECT message_id, creditor_id FROM message WHERE tenant_id = $1
		AND approved_by = $3 AND state IN ('approved','claimed') AND `+which+" ORDER BY message_id", args,
		func(row store.Rows) error {
			ids = append(ids, row.Int64(0))
			ending[row.Int64(1)] = append(ending[row.Int64(1)], row.Int64(0))
			return nil
		}); err != nil || len(ids) == 0 {
		return err
	}
	creditors, err := a.creditors(r)
	if err != nil {
		return err
	}
	for i := range creditors {
		c := &creditors[i]
		if err := r.voidMessages(ending[c.ID], book.Stopped, string(reason.NotAutomatic), c.today(r)); err != nil {
			return err
		}
	}
	same, err := r.messageFacts(ids)
	if err != nil {
		return err
	}
	return r.propose(same)
}

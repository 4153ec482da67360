package app

import (
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// stopLetters judges the released letters that nobody has posted yet, as the sender
// judges emails: one whose figures are no longer true, or that a new fact forbids,
// is ended before somebody takes it to the post. It returns how many, by reason.
func (a *App) stopLetters(ctx context.Context, req Request) (map[string]int64, error) {
	stopped := map[string]int64{}
	_, err := a.write(ctx, Request{Actor: req.Actor}, "stop_letters", nil, func(w *recorder) error {
		clear(stopped)
		var ids []int64
		if err := store.Each(w, `SELECT message_id FROM message WHERE tenant_id = $1 AND state = 'approved' AND channel = 'letter'
			ORDER BY message_id`, []any{a.tenant}, func(r store.Rows) error { ids = append(ids, r.Int64(0)); return nil }); err != nil {
			return err
		}
		for _, id := range ids {
			m, err := boundMessageOf(w, id)
			if err != nil {
				return err
			}
			why, changed, err := a.untrue(w, &m)
			if err != nil {
				return err
			}
			if changed {
				stopped[string(why.Code())]++
				if err := w.voidMessage(id, book.Stopped, string(why.Code()), m.day); err != nil {
					return err
				}
			}
		}
		if len(stopped) == 0 {
			return store.ErrNothing
		}
		return nil
	})
	return stopped, err
}

// untrue reports whether what a message states is no longer true, and why.
func (a *App) untrue(tx store.Tx, m *boundMessage) (reason.Reason, bool, error) {
	creditors, err := a.creditors(tx)
	if err != nil {
		return reason.Reason{}, false, err
	}
	accounts, err := a.newLoader(tx, creditors).load([]int64{m.customer})
	if err != nil || len(accounts) == 0 || accounts[0].Version == m.version {
		return reason.Reason{}, false, err
	}
	k := slices.IndexFunc(creditors, func(c CreditorInfo) bool { return c.ID == m.creditor })
	d, _, err := a.decider(tx, &creditors[k])
	if err != nil {
		return reason.Reason{}, false, err
	}
	why, changed := d.Changed(&accounts[0], m.lines(), creditors[k].today(tx))
	return why, changed, nil
}

package app

import (
	"context"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// stopLetters judges the released letters that nobody has posted yet, as the sender
// judges emails: one whose figures are no longer true, or that a new fact forbids,
// is ended before somebody takes it to the post. It returns how many, by reason.
func (a *App) stopLetters(ctx context.Context, req Request) (map[string]int64, error) {
	stopped := map[string]int64{}
	var untrue []int64
	err := a.read(ctx, func(tx store.Tx) (err error) {
		untrue, err = a.untrueLetters(tx)
		return err
	})
	if err != nil || len(untrue) == 0 {
		return stopped, err
	}
	_, err = a.write(ctx, Request{Actor: req.Actor}, "stop_letters", nil, func(w *recorder) error {
		clear(stopped)
		j, err := a.newJudge(w)
		if err != nil {
			return err
		}
		for _, id := range untrue {
			if err := j.stopLetter(w, id, stopped); err != nil {
				return err
			}
		}
		if len(stopped) == 0 {
			return store.ErrNothing
		}
		return nil
	})
	return stopped, err
}

// untrueLetters are the released letters that seem to be no longer true.
func (a *App) untrueLetters(tx store.Tx) (untrue []int64, err error) {
	var ids []int64
	if err := store.Each(tx, `SELECT m.message_id FROM message m
		JOIN account a ON a.tenant_id = m.tenant_id AND a.customer_id = m.customer_id
		WHERE m.tenant_id = $1 AND m.state = 'approved' AND m.channel = 'letter' AND a.version <> m.account_version
		ORDER BY m.message_id`, []any{a.tenant},
		func(r store.Rows) error { ids = append(ids, r.Int64(0)); return nil }); err != nil {
		return nil, err
	}
	letters, err := a.messages(tx, ids)
	if err != nil || len(letters) == 0 {
		return nil, err
	}
	j, err := a.newJudge(tx)
	if err != nil {
		return nil, err
	}
	for i := range letters {
		_, changed, err := j.untrue(tx, &letters[i])
		if err != nil {
			return nil, err
		}
		if changed {
			untrue = append(untrue, letters[i].id)
		}
	}
	return untrue, nil
}

// stopLetter ends a letter if it is still released and no longer true, and counts it by
// its reason.
func (j *judge) stopLetter(w *recorder, id int64, stopped map[string]int64) error {
	m, err := j.a.message(w, id)
	if err != nil || m.state != book.Approved {
		return err
	}
	why, changed, err := j.untrue(w, &m)
	if err != nil || !changed {
		return err
	}
	stopped[string(why.Code())]++
	return w.stopMessage(id, why, m.day)
}

// untrue reports whether what a message states is no longer true, and why.
func (j *judge) untrue(tx store.Tx, m *messageRow) (reason.Reason, bool, error) {
	c, d, err := j.of(tx, m.creditor)
	if err != nil {
		return reason.Reason{}, false, err
	}
	acc, err := j.account(tx, m.customer)
	if err != nil {
		return reason.Reason{}, false, err
	}
	why, changed := m.changed(d, acc, c.today(tx))
	return why, changed, nil
}

package app

import (
	"bytes"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// known reports whether the same proposal stands already. One whose figures are no
// longer the same, or that can be released now, is ended and planned anew.
func (p *planWriter) known(a *book.Account, m *plannedMessage) (bool, error) {
	for i := range a.Messages {
		old := &a.Messages[i]
		if !revises(old) || old.Currency != m.act.Currency || old.Channel != m.act.Channel {
			continue
		}
		if m.by == "" && old.Day == m.act.Day && old.Step == m.act.Step && old.Role == m.act.Role &&
			old.PayBy == m.act.PayBy && old.Level == m.act.Level {
			same, err := p.sameContent(old.ID, m.act)
			if err != nil || same {
				return same, err
			}
		}
		if err := p.end(old, m.act.Day); err != nil {
			return false, err
		}
	}
	return false, nil
}

// sameContent reports whether a message goes to the contact of an action and binds the
// same figures.
func (p *planWriter) sameContent(message int64, act *decide.Action) (bool, error) {
	now := decide.AppendFigures(nil, act)
	same := false
	err := store.One(p.w, "SELECT figures, contact_id FROM message WHERE tenant_id = $1 AND message_id = $2",
		[]any{p.w.tenant, message},
		func(r store.Rows) { same = bytes.Equal(r.Bytes(0), now) && r.Int64(1) == act.Contact })
	return same, err
}

// revises reports whether a run may end a message: a proposal that a run made, not the
// correction that a person's void called for.
func revises(m *book.Message) bool { return m.State == book.Proposed && m.Step != Correction }

// withdraw ends proposals that the decision no longer makes.
func (p *planWriter) withdraw(a *book.Account, d *decide.Decision) error {
	for i := range a.Messages {
		old := &a.Messages[i]
		if !revises(old) {
			continue
		}
		wanted := false
		for k := range d.Actions {
			act := &d.Actions[k]
			wanted = wanted || (act.Kind == decide.SendMessage && act.Currency == old.Currency &&
				act.Channel == old.Channel && act.Step == old.Step)
		}
		if !wanted {
			if err := p.end(old, old.Day); err != nil {
				return err
			}
		}
	}
	return nil
}

// end takes a proposal back, because another one of a day takes its place.
func (p *planWriter) end(old *book.Message, day cal.Date) error {
	why := reason.Changed
	if old.Day != day {
		why = reason.TextExpired
	}
	old.State = book.Expired
	_, err := p.w.Exec(`UPDATE message SET state = 'expired', live = 0, reason = $3
		WHERE tenant_id = $1 AND message_id = $2`, p.w.tenant, old.ID, string(why))
	return err
}

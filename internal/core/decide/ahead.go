package decide

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// Ahead tells what would be decided for an account from a day to another, if nobody paid or
// answered meanwhile: it asks Decide day by day, takes every message as sent and served on
// its day, every task as raised and not done, and every promise as judged on its day. The
// account is changed by that. An action is valid until told returns.
func (d *Decider) Ahead(a *book.Account, from, to cal.Date, told func(act *Action)) {
	var dec Decision
	for i := range a.Messages {
		if m := &a.Messages[i]; m.Day < from && (m.State == book.Proposed || m.State == book.Approved) {
			m.State, m.SentDay, m.ServedDay = book.Sent, m.Day, m.Day
		}
	}
	for day := from; day <= to; {
		d.Decide(a, day, &dec)
		for i := range dec.Actions {
			act := &dec.Actions[i]
			if act.Kind != EndHold {
				told(act)
				react(a, act, day)
				continue
			}
			for k := range a.Holds {
				if h := &a.Holds[k]; h.ID == act.Hold {
					h.EndDay, h.Outcome = day, act.Outcome
				}
			}
		}
		day = max(dec.NextLookOn, day+1)
	}
}

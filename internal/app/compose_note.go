package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document"
)

// interruption says what ended before a note: a promise that was not kept, or a dispute
// that was decided for us.
func (w *writing) interruption() {
	switch w.msg.Step {
	case document.BrokenPromise:
		w.msg.Promise = w.promise()
	case document.DisputeAnswer:
		w.msg.Dispute = w.dispute()
	}
}

// promise adds up the broken promises about the items of the message; several count as
// one, given when the last was and for its day.
func (w *writing) promise() *document.Promise {
	var p *document.Promise
	for _, h := range w.endedHolds(book.HoldPromise, decide.OutcomeBroken, decide.OutcomePartly) {
		of := w.d.decider.Promised(w.acc, h, w.row.currency)
		if of.ArrivedMinor >= of.AmountMinor {
			continue
		}
		if p == nil {
			p = &document.Promise{Day: cal.None, MadeOn: cal.None}
		}
		p.AmountMinor = money.AddMinor(p.AmountMinor, of.AmountMinor)
		p.ArrivedMinor = money.AddMinor(p.ArrivedMinor, of.ArrivedMinor)
		p.Day, p.MadeOn = max(p.Day, h.Until), max(p.MadeOn, h.From)
	}
	return p
}

// dispute names the day on which the items were questioned, if it is one day.
func (w *writing) dispute() *document.Dispute {
	holds := w.endedHolds(book.HoldDispute, decide.OutcomeUpheld, decide.OutcomeSplit)
	if len(holds) == 0 {
		return nil
	}
	raised := holds[0].From
	for _, h := range holds {
		if h.From != raised {
			raised = cal.None
		}
	}
	return &document.Dispute{RaisedOn: raised}
}

// endedHolds are, for each item of the message, the last holds of a kind that ended so
// by the day of the message; each once.
func (w *writing) endedHolds(kind book.HoldKind, outcomes ...string) []*book.Hold {
	last := map[int64]*book.Hold{} // by item
	for i := range w.acc.Holds {
		h := &w.acc.Holds[i]
		ended := h.Kind == kind && h.EndDay != cal.None && h.EndDay <= w.row.day
		for _, l := range w.row.figures.Lines {
			if ended && (h.Item == 0 || h.Item == l.Item) && (last[l.Item] == nil || last[l.Item].EndDay <= h.EndDay) {
				last[l.Item] = h
			}
		}
	}
	var all []*book.Hold
	for i := range w.acc.Holds {
		h := &w.acc.Holds[i]
		for _, of := range last {
			if of == h && slices.Contains(outcomes, h.Outcome) {
				all = append(all, h)
				break
			}
		}
	}
	return all
}

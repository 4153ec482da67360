package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
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
	for _, h := range w.ended() {
		of := w.d.decider.Promised(w.acc, h, w.row.currency)
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
	holds := w.ended()
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

// ended are the holds of whose end the message tells its items; each once.
func (w *writing) ended() []*book.Hold {
	var all []*book.Hold
	for i := range w.row.figures.Lines {
		h := w.d.decider.NoteAbout(w.acc, w.row.figures.Lines[i].Item, w.row.step, w.row.day)
		if h != nil && !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	return all
}

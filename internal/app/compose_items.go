package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/letter"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// items lists what the figures state, and apart from it what is overdue but waits at its
// own step, and what is not due.
func (w *writing) items() {
	for i := range w.row.figures.Lines {
		l := &w.row.figures.Lines[i]
		if it := w.acc.Item(l.Item); it != nil { // else settled since: the gate stops the message
			w.msg.Items = append(w.msg.Items, w.line(it, l))
		}
	}
	slices.SortStableFunc(w.msg.Items, oldestFirst)
	w.msg.UnappliedMinor = w.row.figures.CreditMinor
	whole := w.msg.Step == document.Statement || w.msg.Step == document.Resumption
	if whole {
		w.msg.UnappliedMinor = w.acc.Unapplied(w.row.currency)
	}
	if whole || w.msg.Step == document.Courtesy || w.msg.Step == document.Confirm {
		return
	}
	for i := range w.acc.Items {
		it := &w.acc.Items[i]
		if it.Currency != w.row.currency || it.DueDate < w.row.day || !it.DueDate.Valid() || w.stated(it.ID) {
			continue
		}
		w.msg.NotDue = append(w.msg.NotDue, w.line(it, &decide.Line{Item: it.ID, OpenMinor: it.OpenMinor}))
	}
	slices.SortStableFunc(w.msg.NotDue, oldestFirst)
	if w.msg.Step.Demand() && !strategy.IsNote(w.row.step) {
		w.alsoOverdue()
	}
}

// alsoOverdue lists what a demand does not ask for though it is overdue.
func (w *writing) alsoOverdue() {
	for _, apart := range w.d.decider.Apart(w.acc, w.row.figures.Lines, w.row.currency, w.row.day) {
		line := w.line(apart.Item, &decide.Line{Item: apart.Item.ID, OpenMinor: apart.OpenMinor})
		w.msg.AlsoOverdue = append(w.msg.AlsoOverdue, document.Overdue{Item: line, PayBy: apart.PayBy})
		w.msg.AlsoUnappliedMinor = money.AddMinor(w.msg.AlsoUnappliedMinor, apart.CreditMinor)
	}
	slices.SortStableFunc(w.msg.AlsoOverdue,
		func(x, y document.Overdue) int { return oldestFirst(x.Item, y.Item) })
}

func oldestFirst(x, y document.Item) int { return int(x.DueDate) - int(y.DueDate) }

func (w *writing) stated(item int64) bool {
	return slices.ContainsFunc(w.row.figures.Lines, func(l decide.Line) bool { return l.Item == item })
}

// line shows one item. Where only a part is asked for, because the rest is held, the line
// says so.
func (w *writing) line(it *book.Item, l *decide.Line) document.Item {
	paid := it.AmountMinor - it.OpenMinor
	out := document.Item{Number: book.ItemName(it.Number, it.Instalment), PO: it.PO, InvoiceDate: it.InvoiceDate,
		DueDate:       it.DueDate,
		OriginalMinor: it.AmountMinor, PaidMinor: paid, OpenMinor: l.OpenMinor, Level: lineLevel(l)}
	if l.OpenMinor > it.OpenMinor { // paid since: as it was
		out.PaidMinor = it.AmountMinor - l.OpenMinor
	} else if l.OpenMinor < it.OpenMinor {
		part := " (part)"
		if w.msg.Language == locale.German {
			part = " (Teilbetrag)"
		}
		out.Number += part
		out.HeldMinor = it.OpenMinor - l.OpenMinor
	}
	if out.Level == document.Offer || out.Level == document.Claim {
		out.InterestMinor, out.CompensationMinor = l.InterestMinor, l.CompensationMinor
	}
	return out
}

// lineLevel is the level a line is shown at: without a figure there is nothing to
// offer or to claim, so it is announced.
func lineLevel(l *decide.Line) document.Level {
	switch {
	case l.Level < book.Announce:
		return document.Principal
	case l.Level == book.Announce, l.InterestMinor == 0 && l.CompensationMinor == 0:
		return document.Announce
	case l.Level == book.Offer:
		return document.Offer
	}
	return document.Claim
}

// shownRows is how many rows a message shows; more go along as a file.
const shownRows = 200

// attach adds the list of all items to a statement and to a message that cannot
// show them all, to a mail the invoices it asks for, and to a formal one its letter.
func (w *writing) attach() {
	if w.msg.Variant == document.Individual {
		w.enclose()
	}
	mail := w.row.channel == book.Email
	long := max(len(w.msg.Items), len(w.msg.NotDue), len(w.msg.AlsoOverdue)) > shownRows
	switch {
	case long && !mail: // printed behind the letter
		w.msg.Attachments = append(w.msg.Attachments,
			document.Attachment{Name: letter.ListName(w.msg.Language), Kind: document.ItemsList})
	case long, mail && w.msg.Step == document.Statement:
		const name = "items.csv"
		w.msg.Attachments = append(w.msg.Attachments, document.Attachment{Name: name, Kind: document.ItemsList})
		w.files = append(w.files, Attachment{Name: name, MediaType: "text/csv; charset=utf-8",
			Bytes: document.ItemsCSV(w.msg)})
	}
	if !mail {
		return
	}
	if w.msg.Step == document.Formal || w.msg.Step == document.FinalDemand {
		w.inside = attachedName(w.nameOf(w.row.step)) + ".pdf"
		w.msg.Attachments = append(w.msg.Attachments, document.Attachment{Name: w.inside})
	}
	w.attachPapers()
}

// enclose lists the papers that the debt protocol wants with a letter of claim. They
// are posted with the letter by the person who posts it; an email that goes beside
// the letter says so, and one without a letter is refused by the text itself.
func (w *writing) enclose() {
	for _, paper := range document.ProtocolEnclosures() {
		if w.row.channel == book.Email {
			if w.msg.SentBy == "" {
				return
			}
			paper.Name += " (with the letter)"
		}
		w.msg.Attachments = append(w.msg.Attachments, paper)
	}
}

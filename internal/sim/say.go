package sim

import (
	"context"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
)

// What debtors say besides naming a day, and how it is answered.

// grievance is what can be wrong with an invoice, in the words of a debtor.
type grievance struct {
	why   string
	cause string // of late payment, one of app.LateReasons
}

var grievances = []grievance{
	{"price: the agreed price is lower than the one on the invoice", "dispute"},
	{"quantity: two boxes were missing from the delivery", "dispute"},
	{"quality: part of the delivery was damaged and has been sent back", "dispute"},
	{"delivery: we have no proof that it arrived at our site", "not_received"},
	{"order number: our system takes no invoice without the number of the order", "no_po"},
}

// dispute records what a debtor says is wrong. e.Percent of the item is meant; e.Word says
// how it will be decided, "" that it stays open.
func (w *World) dispute(ctx context.Context, d *Debtor, e event) error {
	o, err := w.find(ctx, d, e.Item)
	if err != nil || o == nil {
		return err
	}
	g := grievances[e.Minor%int64(len(grievances))]
	h := app.HoldRequest{Creditor: d.Creditor, Ref: "item:" + e.Item, Kind: book.HoldDispute, Reason: g.why}
	if e.Percent < 100 {
		h.Amount = o.money(o.minor * int64(e.Percent) / 100)
	}
	report, err := w.App.AddHold(ctx, w.once(controller, e), h)
	if err != nil {
		return err
	}
	if _, err := w.App.LateReason(ctx, as(controller), d.Creditor, "item:"+e.Item, g.cause, g.why); err != nil {
		return err
	}
	w.s.forget(d.Number, e.Item)
	w.report.tell(NewDisputes, o.money(o.minor), w.ref(d.Number, e.Item, g.why))
	switch {
	case e.Word == "sales":
		_, err = w.App.Note(ctx, as(controller), app.NoteRequest{Creditor: d.Creditor, Ref: "item:" + e.Item,
			Text: "Asked " + sales + " whether the customer is right.", Next: w.s.Day.AddDays(12)})
	case e.Word != "":
		w.s.plan(event{Day: w.s.Day.AddDays(e.Days), Kind: evDisputeEnd, Customer: d.Number, Item: e.Item,
			Hold: report.Hold, Word: e.Word, Percent: e.Percent})
	}
	return err
}

// decide ends a dispute one way or another: what is found right is credited.
func (w *World) decide(ctx context.Context, d *Debtor, e event) error {
	o, err := w.find(ctx, d, e.Item)
	if err != nil {
		return err
	}
	if o == nil { // paid after all
		_, err := w.App.EndHold(ctx, as(manager), e.Hold, "upheld", "the customer has paid")
		return err
	}
	share := map[string]int64{"upheld": 0, "split": 50, "credited": 100}[e.Word]
	if credit := o.minor * int64(e.Percent) / 100 * share / 100; credit > 0 {
		_, err := w.App.Credit(ctx, w.once(manager, e), app.PayRequest{Creditor: d.Creditor, Ref: "item:" + e.Item,
			Amount: o.money(credit), On: w.s.Day, Reference: "credit after the dispute about " + e.Item})
		if err := w.may(err); err != nil {
			return err
		}
	}
	if _, err := w.App.EndHold(ctx, as(manager), e.Hold, e.Word, "looked into with sales"); err != nil {
		return err
	}
	w.report.tell(NewDecided, money.Money{}, w.ref(d.Number, e.Item, e.Word))
	if share < 100 {
		w.s.plan(event{Day: w.s.Day.AddDays(6), Kind: evPay, Customer: d.Number, Item: e.Item, Percent: 100})
	}
	return nil
}

// holdBack records an answer that keeps reminders back for some days, and what follows.
func (w *World) holdBack(ctx context.Context, d *Debtor, e event) error {
	o, err := w.find(ctx, d, e.Item)
	if err != nil || o == nil {
		return err
	}
	h := app.HoldRequest{Creditor: d.Creditor, Ref: "item:" + e.Item, Reason: d.Person + ": " + e.Text}
	news, actor := NewAgreements, controller
	next := event{Day: w.s.Day + 1, Customer: d.Number, Item: e.Item, Percent: 100}
	switch e.Kind {
	case evSaysPaid:
		h.Kind, h.Cheque, news, next.Kind = book.HoldAlreadyPaid, e.Word == "cheque", NewSaysPaid, evPay
	case evCopy:
		h.Kind, news, next.Kind = book.HoldUndelivered, NewCopies, evCopySent
	case evReply:
		h.Kind, h.Ref, news, next.Kind = book.HoldUnreadReply, "customer:"+d.Number, NewReplies, evReplyRead
		h.Reason = "an answer that nobody has read yet: " + e.Text
	default:
		h.Kind, actor = book.HoldKind(e.Word), manager
		if next.Kind = ""; h.Kind == book.HoldInsolvency {
			h.Ref = "customer:" + d.Number
		}
		if e.Days > 0 {
			h.Until = w.s.Day.AddDays(e.Days)
			w.s.Quiet[d.Number] = h.Until
		}
	}
	report, err := w.App.AddHold(ctx, w.once(actor, e), h)
	if err != nil {
		return err
	}
	w.report.tell(news, o.money(o.minor), w.ref(d.Number, e.Item, e.Text))
	if e.Kind == evReply {
		if _, err := w.App.Note(ctx, as(controller), app.NoteRequest{Creditor: d.Creditor, Ref: h.Ref,
			Text: d.Person + " wrote: \u201c" + e.Text + "\u201d", Next: w.s.Day + 1}); err != nil {
			return err
		}
	}
	if next.Hold = report.Hold; next.Kind != "" && e.Days >= 0 {
		next.Day = w.s.Day.AddDays(max(1, e.Days))
		w.s.plan(next)
	}
	return nil
}

// answered ends what an answer held back: the copy is sent, the answer is read.
func (w *World) answered(ctx context.Context, d *Debtor, e event) error {
	text := "read and answered"
	if e.Kind == evCopySent {
		text = "sent a copy of the invoice"
		if _, err := w.App.LateReason(ctx, as(controller), d.Creditor, "customer:"+d.Number, "not_received",
			text); err != nil {
			return err
		}
	}
	if e.Kind == evReplyRead { // ends the note that asked for it
		if _, err := w.App.Note(ctx, as(controller), app.NoteRequest{Creditor: d.Creditor, Ref: "customer:" + d.Number,
			Text: "Read and answered."}); err != nil {
			return err
		}
	}
	if _, err := w.App.EndHold(ctx, as(controller), e.Hold, "", text); err != nil {
		return err
	}
	w.s.plan(event{Day: w.s.Day.AddDays(4), Kind: evPay, Customer: d.Number, Item: e.Item, Percent: 100})
	return nil
}

// note writes down why a customer pays late.
func (w *World) note(ctx context.Context, d *Debtor, cause, text string) error {
	_, err := w.App.LateReason(ctx, as(controller), d.Creditor, "customer:"+d.Number, cause, text)
	return w.may(err)
}

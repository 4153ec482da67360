package sim

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// What the demo must show on its day and chance might not bring: each entry is one row of
// a screen. Days count back from the demo day. Without a customer it happens to one who is
// overdue.

const (
	harrow  = "G10001" // Harrow & Pike
	lindner = "D10001" // Möbelwerk Lindner
	cedar   = "U10001" // Cedar Falls Tooling
)

// scripted is one entry of the script.
type scripted struct {
	ago int
	event
}

var script = []scripted{
	// Harrow & Pike: unapplied cash, two part payments, a dispute on one line.
	{58, event{Kind: evPayAgain, Customer: harrow, Minor: 115_000}},
	{9, event{Kind: evPay, Customer: harrow, Item: "GB-10001-#17", Minor: 178_400}},
	{4, event{Kind: evPay, Customer: harrow, Item: "GB-10001-#8", Minor: 150_000}},
	{3, event{Kind: evDispute, Customer: harrow, Item: "GB-10001-#11", Minor: 1, Percent: 20, Word: "sales"}},
	// Cedar Falls: a cheque in the post.
	{2, event{Kind: evSaysPaid, Customer: cedar, Item: "US-10001-#33", Word: "cheque", Days: -1,
		Text: "the check is in the mail"}},
	// Disputes: one decided each way, eight open for five reasons, two with sales.
	{40, event{Kind: evDispute, Creditor: gb, Minor: 0, Percent: 100, Days: 7, Word: "upheld"}},
	{36, event{Kind: evDispute, Creditor: gb, Minor: 1, Percent: 100, Days: 6, Word: "credited"}},
	{33, event{Kind: evDispute, Creditor: de, Minor: 2, Percent: 100, Days: 6, Word: "split"}},
	{11, event{Kind: evDispute, Creditor: gb, Minor: 0, Percent: 40}},
	{9, event{Kind: evDispute, Creditor: gb, Minor: 1, Percent: 100, Word: "sales"}},
	{8, event{Kind: evDispute, Creditor: de, Minor: 2, Percent: 100}},
	{6, event{Kind: evDispute, Creditor: gb, Minor: 3, Percent: 100}},
	{5, event{Kind: evDispute, Creditor: us, Minor: 4, Percent: 100}},
	{4, event{Kind: evDispute, Creditor: de, Minor: 0, Percent: 25}},
	{2, event{Kind: evDispute, Creditor: gb, Minor: 4, Percent: 100}},
	// Promises: one customer broke two, two are due today.
	{47, event{Kind: evPromise, Customer: wharf, Days: 4, Word: "broken", Text: "by the end of the week"}},
	{28, event{Kind: evPromise, Customer: wharf, Days: 4, Word: "broken", Text: "this time for certain"}},
	{4, event{Kind: evPromise, Creditor: gb, Days: 4, Word: "kept", Text: "on Tuesday"}},
	{5, event{Kind: evPromise, Creditor: de, Days: 5, Word: "broken", Text: "am Dienstag"}},
	// Holds, each of another cause.
	{12, event{Kind: evHold, Creditor: gb, Word: string(book.HoldDeferral), Days: 60, Text: "two months more"}},
	{5, event{Kind: evHold, Creditor: gb, Word: string(book.HoldPause), Days: 15, Text: "their office is moving"}},
	{1, event{Kind: evHold, Creditor: gb, Word: string(book.HoldPendingPayment), Days: 4,
		Text: "a direct debit is on its way"}},
	{20, event{Kind: evHold, Creditor: de, Word: string(book.HoldInsolvency), Text: "Insolvenzverfahren eröffnet"}},
	{1, event{Kind: evSaysPaid, Creditor: gb, Days: 3, Text: "paid last Friday, reference to follow"}},
	{1, event{Kind: evCopy, Creditor: gb, Days: 2, Text: "please send us a copy of the invoice"}},
	{1, event{Kind: evReply, Creditor: gb, Days: 3, Text: "who ordered this, and when?"}},
	{1, event{Kind: evReply, Creditor: gb, Days: 4, Text: "the goods came to our old site: who pays the way back?"}},
	{1, event{Kind: evReply, Creditor: de, Days: 3, Text: "eine Frage zur Lieferung"}},
	{3, event{Kind: evAway, Creditor: gb, Days: 6}},
	{16, event{Kind: evDeadMailbox, Creditor: de}},
}

const (
	gb, de, us = "brightwater-gb", "brightwater-de", "brightwater-us"
	wharf      = "G10003" // whose old invoice runs over the rate change
)

// script plans what must have happened by the demo day.
func (w *World) script() {
	for _, s := range script {
		e := s.event
		e.Day = w.s.Until.AddDays(-s.ago)
		if d := w.Company.byNumber(e.Customer); d != nil {
			e.Item = w.aged(d, e.Item)
		}
		if e.Kind == evPay || e.Kind == evPayAgain {
			e.Day-- // the statement of the day shows what was booked the day before
		}
		if e.Percent == 0 {
			e.Percent = 100
		}
		w.s.plan(e)
	}
}

// aged is the invoice of a guided debtor that is so many days overdue on the demo day, as
// "…-#17" says; without a mark its first open one.
func (w *World) aged(d *Debtor, mark string) string {
	days := map[string]int{"GB-10001-#17": 17, "GB-10001-#8": 8, "GB-10001-#11": 11, "US-10001-#33": 33}[mark]
	for i := range d.Invoices {
		inv := &d.Invoices[i]
		if inv.PaidOn == cal.Far && inv.Minor > 0 && (days == 0 || inv.Due == w.s.Until.AddDays(-days)) {
			return inv.Number
		}
	}
	return ""
}

// Days before the demo day on which the demo's people make a mistake and put it right.
const (
	voidedRunAgo  = 21
	correctionAgo = 15
)

// mistakes are those of the prepared past: a run that was made before the bank was looked
// at, and a mail that should not have gone.
func (w *World) mistakes(ctx context.Context) error {
	if !w.prepare {
		return nil
	}
	switch w.s.Until.DaysSince(w.s.Day) {
	case voidedRunAgo:
		return w.voidRun(ctx)
	case correctionAgo:
		return w.takeBack(ctx)
	}
	return nil
}

// voidRun takes today's run back and makes it anew.
func (w *World) voidRun(ctx context.Context) error {
	all, err := w.App.Outbox(ctx, app.OutboxFilter{})
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].Day != w.s.Day {
			continue
		}
		run, err := w.runOf(ctx, all[i].ID)
		if err != nil || run == 0 {
			return errors.Join(err, errors.New("the run to be voided was not found"))
		}
		req := as(manager)
		req.Reason = "made before this morning's bank statement was looked at"
		if _, err := w.App.VoidRun(ctx, req, run); err != nil {
			return err
		}
		return w.run(ctx, false)
	}
	return nil // of a world that was kept for some days only
}

// takeBack voids a message that went out the day before, and releases the correction.
func (w *World) takeBack(ctx context.Context) error {
	id, err := w.lastSent(ctx)
	if err != nil || id == 0 { // of a world that was kept for some days only
		return err
	}
	req := as(manager)
	req.Reason = "it went to the wrong customer"
	_, err = w.App.Void(ctx, req, []int64{id})
	return err // the evening's release lets the correction out
}

// leftToVisitor is what the colleagues of the British creditor leave to the visitor on the
// demo day, and how many of each kind: the rest they did since eight.
var leftToVisitor = map[string]int{"no_contact": 1, "propose_credit_hold": 1}

// earlyBirds does some of the morning's work, and writes down what was noticed with it.
func (w *World) earlyBirds(ctx context.Context) error {
	tasks, err := w.App.Tasks(ctx, gb, false)
	if err != nil {
		return err
	}
	kept := map[string]int{}
	for i := range tasks {
		t := &tasks[i]
		d := w.Company.byNumber(t.Customer)
		outcome := map[string]string{"allocate_credit": "sent back to the customer", "fix_due_date": "the bookkeeping was asked"}[t.Kind]
		switch {
		case d == nil || t.ID == 0 || t.Kind == "call":
			continue
		case d.Number == harrow: // the tour leads there
			continue
		case outcome != "":
			if err := w.may(w.App.TaskDone(ctx, as(controller), t.ID, outcome, cal.None)); err != nil {
				return err
			}
			continue
		case kept[t.Kind] < leftToVisitor[t.Kind]:
			kept[t.Kind]++
			continue
		}
		if err := w.do(ctx, d, t); err != nil {
			return err
		}
	}
	return nil
}

// brokenPromise notes for tomorrow that the last British customer who broke a promise is to
// be spoken to.
func (w *World) brokenPromise(ctx context.Context) error {
	ends, err := w.endedSince(ctx, 0)
	if err != nil {
		return err
	}
	slices.SortFunc(ends, func(a, b ended) int { return cmp.Compare(b.hold, a.hold) })
	for _, e := range ends {
		d := w.Company.byNumber(e.customer)
		if d == nil || d.Creditor != gb || e.kind != string(book.HoldPromise) || e.outcome != "broken" {
			continue
		}
		_, err := w.App.Note(ctx, as(manager), app.NoteRequest{Creditor: gb, Ref: "customer:" + d.Number,
			Text: d.Person + " promised a day and did not pay: speak to them before the next letter goes.", Next: w.s.Day + 1})
		return err
	}
	return nil
}

// lastTouches make the morning of the demo day one to begin with.
func (w *World) lastTouches(ctx context.Context) error {
	waiting, err := w.App.Outbox(ctx, app.OutboxFilter{State: book.Proposed, Channel: book.Email})
	if err != nil || len(waiting) == 0 {
		return errors.Join(err, errors.New("no message waits on the demo day"))
	}
	if _, err = w.App.Edit(ctx, as(controller), []int64{waiting[0].ID},
		"We spoke about this order last week; thank you for looking into it."); err != nil {
		return err
	}
	if err := w.earlyBirds(ctx); err != nil {
		return err
	}
	for _, p := range People {
		if p.Cover != "" {
			if _, err := w.App.SetCover(ctx, as(manager), p.Login, p.Cover, w.s.Day.AddDays(10)); err != nil {
				return err
			}
		}
	}
	return nil
}

package sim

import (
	"context"
	"fmt"
	"slices"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// debtorsAct does what was about to happen by this morning, and what debtors pay of their
// own accord.
func (w *World) debtorsAct(ctx context.Context, arrives bool) error {
	w.ownAccord()
	var late []event
	came := func() int { return w.report.of(NewPayments).count + w.report.of(NewParts).count }
	before := came()
	for len(w.s.Events) > 0 && w.s.Events[0].Day <= w.s.Day {
		e := w.s.Events[0]
		w.s.Events = w.s.Events[1:]
		isPayment := e.Kind == evPay || e.Kind == evPayAgain
		switch {
		case isPayment && e.Day >= w.s.Day: // tomorrow's statement shows it
			late = append(late, e)
			continue
		case isPayment && w.prepare && arrives && came() >= before+3: // a quiet morning for the visitor
			e.Day = w.s.Day.AddDays(len(late) % 5)
			late = append(late, e)
			continue
		}
		if err := w.may(w.happen(ctx, e)); err != nil {
			return err
		}
	}
	for _, e := range late {
		w.s.plan(e)
	}
	return nil
}

// ownAccord plans what debtors pay without being asked, since the last morning.
func (w *World) ownAccord() {
	for _, d := range w.Company.Debtors {
		for i := range d.Invoices {
			inv := &d.Invoices[i]
			due := func(day cal.Date) bool { return day > w.s.Seen && day < w.s.Day }
			switch {
			case w.s.Quiet[d.Number] >= w.s.Day: // something is wrong, or promised
				if due(inv.PaidOn) {
					w.s.plan(event{Day: w.s.Quiet[d.Number] + 1, Kind: evPay, Customer: d.Number, Item: inv.Number,
						Percent: 100})
				}
			case due(inv.PaidOn):
				w.s.plan(event{Day: inv.PaidOn, Kind: evPay, Customer: d.Number, Item: inv.Number, Percent: 100})
			case inv.PartOn != cal.None && due(inv.PartOn):
				w.s.plan(event{Day: inv.PartOn, Kind: evPay, Customer: d.Number, Item: inv.Number, Minor: inv.PartPaid})
			}
		}
	}
}

// happen does one event through the use cases, as whoever keeps the book would record it.
func (w *World) happen(ctx context.Context, e event) error {
	if e.Customer == "" {
		if found, err := w.somebody(ctx, &e); err != nil || !found {
			return err
		}
	}
	d := w.Company.byNumber(e.Customer)
	if d == nil {
		return nil
	}
	if w.watch != nil {
		w.lived = append(w.lived, e.Kind)
	}
	switch e.Kind {
	case evPay, evPayAgain:
		return w.pay(ctx, d, e)
	case evPromise:
		return w.promise(ctx, d, e)
	case evDispute:
		return w.dispute(ctx, d, e)
	case evDisputeEnd:
		return w.decide(ctx, d, e)
	case evSaysPaid, evCopy, evHold, evReply:
		return w.holdBack(ctx, d, e)
	case evCopySent, evReplyRead:
		return w.answered(ctx, d, e)
	case evCalled:
		return w.afterCall(ctx, d, e)
	case evAway:
		back := w.s.Day.AddDays(e.Days)
		w.report.tell(NewAway, money.Money{}, w.ref(d.Number, "", "back on "+dayName(back)))
		_, err := w.App.Note(ctx, as(controller), app.NoteRequest{Creditor: d.Creditor, Ref: "customer:" + d.Number,
			Text: "Automatic answer: out of the office until " + dayName(back), Next: back})
		w.s.plan(event{Day: back, Kind: evBack, Customer: d.Number})
		return err
	case evBack:
		_, err := w.App.Note(ctx, as(controller), app.NoteRequest{Creditor: d.Creditor, Ref: "customer:" + d.Number,
			Text: "Back in the office."})
		return err
	case evDeadMailbox:
		w.s.Dead = append(w.s.Dead, d.Email)
		w.Sink.SetUnknown(w.s.Dead...)
	}
	return nil
}

// somebody picks a customer of a creditor with an overdue item about which nothing is
// agreed: the choice follows from the seed.
func (w *World) somebody(ctx context.Context, e *event) (bool, error) {
	all, err := w.overdueOf(ctx, e.Creditor, 3)
	all = slices.DeleteFunc(all, func(o owed) bool {
		d := w.Company.byNumber(o.customer)
		return d == nil || d.Still || d.Email == "" || o.minor < 20_000 || w.s.Quiet[o.customer] >= w.s.Day
	})
	if err != nil || len(all) == 0 {
		return false, err
	}
	o := all[w.s.rng("somebody", e.No).IntN(len(all))]
	e.Customer, e.Item = o.customer, o.name
	return true, nil
}

// find is an open item of a customer; nil if it is paid.
func (w *World) find(ctx context.Context, d *Debtor, item string) (*owed, error) {
	all, err := w.owedBy(ctx, d.Number)
	for i := range all {
		if all[i].name == item {
			return &all[i], err
		}
	}
	return nil, err
}

// pay books a payment that the bank's statement shows.
func (w *World) pay(ctx context.Context, d *Debtor, e event) error {
	p := app.PayRequest{Creditor: d.Creditor, Ref: "item:" + e.Item, On: e.Day, Reference: e.Item + " " + d.Name}
	o, err := w.find(ctx, d, e.Item)
	if err != nil {
		return err
	}
	if e.Kind == evPayAgain {
		p.Ref, p.Amount = "customer:"+d.Number, money.Money{Currency: d.currency(), Minor: e.Minor}
		w.report.tell(NewTwice, p.Amount, w.ref(d.Number, e.Item, ""))
		_, err := w.App.Pay(ctx, w.once(bank, e), p)
		return err
	}
	if o == nil {
		return nil // paid meanwhile, or never sent
	}
	minor := min(o.minor, e.Minor)
	if e.Minor == 0 {
		minor = max(1, o.minor*int64(e.Percent)/100)
	}
	p.Amount = o.money(minor)
	if _, err := w.App.Pay(ctx, w.once(bank, e), p); err != nil {
		return err
	}
	if e.Word == "twice" {
		w.s.plan(event{Day: e.Day + 1, Kind: evPayAgain, Customer: d.Number, Item: e.Item, Minor: minor})
	}
	kind := NewPayments
	if minor < o.minor {
		kind = NewParts
	}
	w.report.tell(kind, p.Amount, w.ref(d.Number, e.Item, ""))
	return nil
}

// once names a command by its event, so that a day lived twice books nothing twice.
func (w *World) once(actor string, e event) app.Request {
	r := as(actor)
	r.CommandID = fmt.Sprintf("world-%s-%d", w.s.Until, e.No)
	return r
}

// promise records that a debtor named a day, and plans whether the money comes.
func (w *World) promise(ctx context.Context, d *Debtor, e event) error {
	o, err := w.find(ctx, d, e.Item)
	if err != nil || o == nil {
		return err
	}
	if w.prepare && e.Word == "" && w.s.Promises >= promisesMade {
		w.s.plan(event{Day: w.s.Day, Kind: evPay, Customer: d.Number, Item: e.Item, Percent: 100})
		return nil
	}
	until := w.s.Day.AddDays(e.Days)
	for isWeekend(until) {
		until++
	}
	report, err := w.App.AddHold(ctx, w.once(controller, e), app.HoldRequest{Creditor: d.Creditor, Ref: "item:" + e.Item,
		Kind: book.HoldPromise, Until: until, Reason: d.Person + ": " + e.Text})
	if err != nil {
		return err
	}
	w.s.Known = append(w.s.Known, report.Hold)
	w.s.forget(d.Number, e.Item)
	w.report.tell(NewPromises, o.money(o.minor), w.ref(d.Number, e.Item, "by "+dayName(until)))
	w.keep(d, e.Item, until, e.Word)
	return nil
}

// keep plans whether a promise is kept. word says how; "" follows the pattern of the
// world: of 39 promises 31 are kept, four in part, four not.
func (w *World) keep(d *Debtor, item string, until cal.Date, word string) {
	if word == "" {
		word = "kept"
		switch w.s.Promises % promisesMade {
		case 5, 14, 23, 32:
			word = "partly"
		case 8, 17, 26, 35:
			word = "broken"
		}
		w.s.Promises++
	}
	w.s.Quiet[d.Number] = until.AddDays(10) // nor does it pay the rest of its own accord
	switch word {
	case "kept":
		w.s.Quiet[d.Number] = until
		w.s.plan(event{Day: until, Kind: evPay, Customer: d.Number, Item: item, Percent: 100})
	case "partly":
		w.s.plan(event{Day: until, Kind: evPay, Customer: d.Number, Item: item, Percent: 40})
	}
}

// noticePromises decides about the promises that a visitor recorded, by hand or on the
// debtor's page: the debtor keeps them, or not.
func (w *World) noticePromises(ctx context.Context) error {
	for i := range plans {
		holds, err := w.App.Holds(ctx, plans[i].code, "")
		if err != nil {
			return err
		}
		for _, h := range holds {
			d := w.Company.byNumber(h.Customer)
			if h.Kind != book.HoldPromise || h.Until == nil || d == nil || slices.Contains(w.s.Known, h.Hold) {
				continue
			}
			w.s.Known = append(w.s.Known, h.Hold)
			if err := w.visitorsPromise(ctx, d, &h); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *World) visitorsPromise(ctx context.Context, d *Debtor, h *app.HoldReport) error {
	word := []string{"kept", "kept", "kept", "broken", "partly"}[w.s.rng("promise", h.Hold).IntN(5)]
	if h.Item != "" {
		w.keep(d, h.Item, *h.Until, word)
		return nil
	}
	items, err := w.owedBy(ctx, d.Number)
	for _, o := range items {
		if o.due != cal.None && o.due <= *h.Until {
			w.keep(d, o.name, *h.Until, word)
		}
	}
	return err
}

// currency is the one in which a debtor is billed.
func (d *Debtor) currency() money.Currency { return d.Invoices[0].Currency }

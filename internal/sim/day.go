package sim

import (
	"context"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/duty"
)

// A day has two halves. In the morning the files and the bank's lines come in, debtors
// answer, and the run decides: there a visitor finds the book. In the evening the
// colleagues release what was left, the mails go out, the letters are posted, and the
// debtors make up their minds about what they got.

// at is an hour of the world's day, London time.
type at struct{ hour, minute int }

// Mails leave when it is office time on both sides of the ocean. On Mondays, when nobody
// writes before ten, and on Fridays, when nobody does after noon, that takes two rounds.
var (
	dawn    = at{8, 30}
	arrival = at{10, 30} // where a visitor finds the clock
	rounds  = map[time.Weekday][]at{time.Monday: {{14, 45}, {15, 45}}, time.Tuesday: {{14, 45}},
		time.Wednesday: {{14, 45}}, time.Thursday: {{14, 45}}, time.Friday: {{10, 45}, {16, 30}}}
)

// wholeDay lives a day and goes to the next one.
func (w *World) wholeDay(ctx context.Context) error {
	if err := w.morning(ctx, false); err != nil {
		return err
	}
	if err := w.evening(ctx); err != nil {
		return err
	}
	return w.nextDay()
}

func (w *World) nextDay() error {
	w.s.Day++
	w.s.Evening = false
	if w.prepare {
		return nil // one that breaks off is made anew
	}
	return w.save()
}

// morning lives the first half of the day. On the day of arrival the run is made whatever
// the day is, and nothing is released: that is left to the visitor.
func (w *World) morning(ctx context.Context, arrives bool) error {
	if err := w.setClock(ctx, dawn); err != nil {
		return err
	}
	for i := range plans {
		if err := w.importDays(ctx, &plans[i], w.s.Seen, w.s.Day-1); err != nil {
			return err
		}
	}
	if err := w.debtorsAct(ctx, arrives); err != nil {
		return err
	}
	w.s.Seen = w.s.Day - 1
	if !w.prepare {
		if err := w.noticePromises(ctx); err != nil {
			return err
		}
	}
	for i := range plans {
		if _, err := w.App.CashKnown(ctx, as(bank), plans[i].code, w.s.Day-1); err != nil {
			return err
		}
	}
	if isWeekend(w.s.Day) && !arrives {
		return nil
	}
	if err := w.briefs(ctx); err != nil {
		return err
	}
	if err := w.run(ctx, arrives); err != nil || !arrives {
		return err
	}
	return w.setClock(ctx, arrival)
}

// briefsAgo is from how many days before the demo day on the people of the company get
// their weekly brief: two of them are in the demo mailbox.
const briefsAgo = 8

// briefs sends our own people the brief of the week, on its day.
func (w *World) briefs(ctx context.Context) error {
	if w.prepare && w.s.Until.DaysSince(w.s.Day) > briefsAgo {
		return nil
	}
	n, err := w.App.QueueBriefs(ctx, w.App.BriefFor(""))
	if err != nil || n == 0 {
		return err
	}
	return w.send(ctx)
}

// run makes the day's run and tells how it judged the promises.
func (w *World) run(ctx context.Context, arrives bool) error {
	before, err := w.head(ctx)
	if err != nil {
		return err
	}
	asked := app.RunRequest{AsOf: cal.None, Approve: app.ApproveAll}
	if arrives || w.eve() {
		asked.Approve = app.ApproveNone
	}
	report, err := w.App.Run(ctx, as("system"), asked)
	if err != nil {
		return err
	}
	if arrives {
		w.report.of(NewPlanned).count = int(report.AwaitingPerson) // what waits on the day of arrival
	}
	ends, err := w.endedSince(ctx, before)
	kinds := map[string]string{"kept": NewKept, "partly": NewPartly, "broken": NewBroken}
	for _, e := range ends {
		if kind := kinds[e.outcome]; kind != "" && e.kind == string(book.HoldPromise) {
			w.report.tell(kind, money.Money{}, w.ref(e.customer, "", ""))
		}
	}
	return err
}

// evening lives the second half of the day.
func (w *World) evening(ctx context.Context) error {
	if w.s.Evening {
		return nil
	}
	if isWeekend(w.s.Day) {
		w.s.Evening = true
		return nil
	}
	if err := w.mistakes(ctx); err != nil {
		return err
	}
	if err := w.release(ctx); err != nil {
		return err
	}
	if err := w.crossing(ctx); err != nil {
		return err
	}
	for _, hour := range rounds[w.s.Day.Weekday()] {
		if err := w.setClock(ctx, hour); err != nil {
			return err
		}
		if err := w.send(ctx); err != nil {
			return err
		}
	}
	if err := w.post(ctx); err != nil {
		return err
	}
	if err := w.colleagues(ctx); err != nil {
		return err
	}
	if err := w.debtorsRead(ctx); err != nil {
		return err
	}
	w.s.Evening = true
	if w.prepare {
		return nil
	}
	return w.save()
}

// eve is the day before the visitor comes: there was time for a third of the messages.
func (w *World) eve() bool { return w.prepare && w.s.Day == w.s.Until-1 }

// release lets out what waits for a person, as the people of the demo would.
func (w *World) release(ctx context.Context) error {
	waiting, err := w.App.Outbox(ctx, app.OutboxFilter{State: book.Proposed})
	if err != nil || len(waiting) == 0 {
		return err
	}
	var ids []int64
	for i := range waiting {
		if !w.eve() || i%3 == 0 {
			ids = append(ids, waiting[i].ID)
		}
	}
	report, err := w.App.Approve(ctx, as(manager), ids)
	w.report.add(NewReleased, len(report.Changed))
	return err
}

// stops are the reasons for which a message that was held back would have been a wrong
// chase: somebody had paid, or said something, in the meantime.
var stops = []string{string(reason.Paid), string(reason.InCredit), string(reason.Changed), string(reason.Promised),
	string(reason.Disputed), string(reason.Deferred), string(reason.AlreadyPaid), string(reason.PendingPayment),
	string(reason.UnreadReply), string(reason.Undelivered), string(reason.Insolvency), string(reason.Paused)}

// send makes one pass over the outbox.
func (w *World) send(ctx context.Context) error {
	report, err := duty.SendOnce(ctx, w.App, w.licence, as("system"))
	if err != nil {
		return err
	}
	w.report.add(NewSent, int(report.Sent))
	w.report.add(NewBounced, int(report.Failed))
	for _, s := range report.Stopped {
		if slices.Contains(stops, s.Reason) {
			w.report.add(NewHeldBack, int(s.Count))
		}
	}
	if w.watch != nil {
		return w.watch(ctx)
	}
	return nil
}

// post takes the day's letters to the post office.
func (w *World) post(ctx context.Context) error {
	letters, err := w.App.Outbox(ctx, app.OutboxFilter{State: book.Approved, Channel: book.Letter})
	if err != nil {
		return err
	}
	for i := range letters {
		_, err := w.App.MarkSent(ctx, as(controller), app.SentByHand{Message: letters[i].ID, Day: cal.None,
			Enclosed: true})
		if err := w.may(err); err != nil {
			return err
		}
		w.report.add(NewPosted, 1)
	}
	return nil
}

// setClock moves the clock to an hour of the day; back it never goes.
func (w *World) setClock(ctx context.Context, to at) error {
	clock, _, err := w.App.Clock(ctx, plans[0].code)
	if err != nil {
		return err
	}
	when := cal.Instant(w.s.Day, to.hour, to.minute, w.zone)
	if !when.After(clock.Now) {
		return nil
	}
	return w.App.MoveClock(ctx, as("clock"), when)
}

// may passes by what a rule or a changed book forbids: a visitor may have done it before.
func (w *World) may(err error) error {
	if err == nil {
		return nil
	}
	switch app.AsError(err).Kind {
	case app.Invalid, app.NotFound, app.Conflict, app.Refused:
		w.skipped++
		return nil
	}
	return err
}

// ref names a customer in the news.
func (w *World) ref(customer, item, words string) Ref {
	r := Ref{Customer: customer, Name: customer, Item: item, Words: words}
	if d := w.Company.byNumber(customer); d != nil {
		r.Creditor, r.Name = d.Creditor, d.Name
	}
	return r
}

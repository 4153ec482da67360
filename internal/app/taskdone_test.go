package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// open is the one open task.
func (b *testBook) open() TaskLine {
	b.t.Helper()
	list, err := b.Tasks(b.ctx, "main", false)
	if err != nil || len(list) != 1 {
		b.t.Fatalf("%d tasks are open, %v", len(list), err)
	}
	return list[0]
}

// TestQuestionsAreAnswered: what comes after the ladder is decided with a word, holds what
// it is about for a time, and is asked again; so is whether an old item is looked at.
func TestQuestionsAreAnswered(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 6_000, book.Yes})
		var o outTray
		b.readyToSend()
		o.outcome = Delivered
		days := func(days ...string) {
			for _, day := range days {
				b.at(day, 9)
				b.knowCash(day)
				b.run(ApproveAll)
				b.sendWith(&o)
			}
		}
		days("2026-03-12", "2026-04-01", "2026-05-01", "2026-06-01")
		first := b.open()
		equal(t, "kind", first.Kind, "decide")
		until := cal.MustParse("2026-06-30")
		appError(t, b.TaskDone(b.ctx, tester, first.ID, "reached", cal.None), Invalid, "task_outcome")
		appError(t, b.TaskDone(b.ctx, tester, first.ID, OutcomeWait, cal.MustParse("2026-06-01")), Invalid, "task_until")
		if err := b.TaskDone(b.ctx, tester, first.ID, OutcomeWait, until); err != nil {
			t.Fatal(err)
		}
		days("2026-06-15")
		if e := b.explained("C1"); len(e.Decision.Reasons) != 1 || e.Decision.Reasons[0].FirstDay != "2026-07-01" {
			t.Errorf("until the day: %+v", e.Decision)
		}
		days("2026-07-01")
		again := b.open()
		if again.ID == first.ID || again.Kind != "decide" || again.Amount != "60.00" {
			t.Errorf("asked again: %+v", again)
		}
		b.hold("item:INV-1", book.HoldReview, "")
		days("2026-07-02")
		if open := b.open(); open.Kind != decide.TaskReview {
			t.Errorf("while it is held for a review: %+v", open)
		}
		if err := b.TaskDone(b.ctx, tester, b.open().ID, OutcomeGoOn, cal.None); err != nil {
			t.Fatal(err)
		}
		days("2026-07-03")
		equal(t, "after the review", b.open().Kind, "decide")
		b.sound()
	})
}

// TestTasksAreJudgedAsTheyAreShown: an open call says at once that it is held or paid, and
// the next run takes it back; it comes again in a new cycle.
func TestTasksAreJudgedAsTheyAreShown(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 600_000, book.Yes}, newItem{"C1", "INV-2", "2026-03-02", 90_000, book.Yes})
		var o outTray
		b.readyToSend()
		o.outcome = Delivered
		b.live(&o, "2026-03-05", "2026-03-05")
		b.live(&o, "2026-03-17", "2026-03-17")
		equal(t, "raised", b.open().Amount, "6900.00")
		part := b.hold("item:INV-2", book.HoldDispute, "")
		equal(t, "one in dispute", b.open().Amount, "6000.00")
		whole := b.hold("customer:C1", book.HoldUnreadReply, "")
		if now := b.open(); now.Not == nil || now.Not.Code != string(reason.UnreadReply) || now.Amount != "0.00" {
			t.Errorf("held: %+v", now)
		}
		b.run(ApproveAll)
		list, err := b.Tasks(b.ctx, "main", true)
		if err != nil || len(list) != 1 || list[0].Outcome != string(reason.UnreadReply) || list[0].State != "cancelled" {
			t.Fatalf("taken back: %+v, %v", list, err)
		}
		b.sound()
		b.end(whole, "read")
		b.end(part, "credited")
		b.live(&o, "2026-03-18", "2026-03-18")
		equal(t, "raised again", b.open().Amount, "6900.00")
		equal(t, "cycles", b.number("SELECT count(*) FROM cycle WHERE tenant_id = $1 AND cause = 'voided'"), 2)
		if steps := b.messages("C1"); slices.ContainsFunc(steps, func(s string) bool { return strings.Contains(s, "formal") }) {
			t.Errorf("the call was passed over: %v", steps)
		}
		b.sound()
	})
}

package app

import (
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// TestACallCountsAsContact: who was rung up today is not written to today as well; the
// message is planned anew for another day.
func TestACallCountsAsContact(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.do("test_call", func(w *recorder) error {
			today := cal.MustParse("2026-03-05")
			if err := b.insert(w, "task", map[string]any{"task_id": 900, "customer_id": b.customer["C1"], "kind": "call",
				"currency": "GBP", "state": "done", "due_day": today, "done_day": today}); err != nil {
				return err
			}
			return w.touch(b.customer["C1"])
		})
		o := outTray{outcome: Delivered}
		if report := b.sendWith(&o); !slices.Equal(report.Stopped, counts("cap_day", 1)) {
			t.Errorf("%+v", report)
		}
		if b.run(ApproveAll); len(b.messages("C1")) != 0 {
			t.Errorf("planned again on the day: %v", b.messages("C1"))
		}
		b.at("2026-03-09", 11)
		b.run(ApproveAll)
		if report := b.sendWith(&o); report.Sent != 1 {
			t.Errorf("%+v %v", report, b.messages("C1"))
		}
	})
}

// TestAnObservedCustomerIsNotReleased: neither a run that releases all nor a person
// releases a message of a customer who is only observed.
func TestAnObservedCustomerIsNotReleased(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.customerMode("observe")
		b.at("2026-03-05", 10)
		report := b.run(ApproveAll)
		if got := b.messages("C1"); !slices.Equal(got, []string{"2026-03-05 friendly email proposed"}) ||
			report.DecisionsByReason["customer_observed"] != 1 {
			t.Errorf("%v, %+v", got, report)
		}
		changed, err := b.Approve(b.ctx, tester, b.proposed())
		if err != nil || len(changed.Refused) != 1 || changed.Refused[0].Code != "customer_observed" {
			t.Errorf("%+v %v", changed, err)
		}
	})
}

// TestABrokenPromiseNeedsFreshCash: a note that says a promise was broken waits in the
// outbox as long as cash is not known as closely as for a formal reminder.
func TestABrokenPromiseNeedsFreshCash(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	b.at("2026-03-05", 10)
	b.knowCash("2026-03-01") // enough for a friendly reminder
	b.do("test_note", func(w *recorder) error {
		return b.insert(w, "message", map[string]any{"message_id": 1, "customer_id": b.customer["C1"],
			"creditor_id": b.creditor, "currency": "GBP", "day": cal.MustParse("2026-03-05"), "stage": 1,
			"lead_step": "broken_promise", "demand": 1, "channel": "email", "contact_id": 1, "level": "principal",
			"figures": []byte(`{"v":1,"credit":0,"total":0,"lines":[]}`), "live": 1, "state": "approved"})
	})
	report := b.sendWith(&outTray{outcome: Delivered})
	list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved})
	if err != nil || !slices.Equal(report.Waiting, counts("cash_stale", 1)) || list[0].OutboxNo != 0 {
		t.Errorf("%+v, it was taken under number %d, %v", report, list[0].OutboxNo, err)
	}
}

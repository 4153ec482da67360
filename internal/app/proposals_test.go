package app

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
)

// tasks lists "customer kind amount state outcome" of all tasks that are no step.
func (b *testBook) tasks() []string {
	b.t.Helper()
	list, err := b.Tasks(b.ctx, "main", true)
	if err != nil {
		b.t.Fatal(err)
	}
	out := []string{}
	for _, t := range list {
		if t.Step == "" {
			out = append(out, strings.TrimSpace(strings.Join([]string{t.Customer, t.Kind, t.Amount, t.State, t.Outcome}, " ")))
		}
	}
	return out
}

// TestReviewTask: what is held for a person's look comes with a task; the task ends
// with the last hold.
func TestReviewTask(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-02")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "OLD-1", "2025-08-01", 60_000, book.Yes}, newItem{"C1", "OLD-2", "2025-08-02", 70_000, book.Yes})
		var holds []int64
		for _, ref := range []string{"item:OLD-1", "item:OLD-2"} {
			h, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: ref, Kind: book.HoldReview, Reason: "taken over"})
			if err != nil {
				t.Fatal(err)
			}
			holds = append(holds, h.Hold)
		}
		b.run(ApproveAll)
		want := "C1 " + decide.TaskReview + " 1300.00 "
		if diff := cmp.Diff([]string{want + "open"}, b.tasks()); diff != "" {
			t.Errorf("tasks (-want +got):\n%s", diff)
		}
		b.end(holds[0], "seen")
		b.goTo(cal.MustParse("2026-03-03"))
		b.run(ApproveAll)
		if diff := cmp.Diff([]string{want + "open"}, b.tasks()); diff != "" {
			t.Errorf("one item is still held (-want +got):\n%s", diff)
		}
		b.end(holds[1], "seen")
		b.goTo(cal.MustParse("2026-03-04"))
		b.run(ApproveAll)
		if diff := cmp.Diff([]string{want + "cancelled answered"}, b.tasks()); diff != "" {
			t.Errorf("both were looked at (-want +got):\n%s", diff)
		}
	})
}

// end ends a hold with an outcome.
func (b *testBook) end(hold int64, outcome string) {
	b.t.Helper()
	if _, err := b.EndHold(b.ctx, tester, hold, outcome, ""); err != nil {
		b.t.Fatal(err)
	}
}

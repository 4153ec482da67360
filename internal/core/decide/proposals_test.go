package decide

import (
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// taskOf is the task of a kind that a decision raises, nil if none.
func taskOf(dec *Decision, kind string) *Action {
	k := slices.IndexFunc(dec.Actions, func(a Action) bool { return a.Kind == RaiseTask && a.TaskKind == kind })
	if k < 0 {
		return nil
	}
	return &dec.Actions[k]
}

// because lists the reasons of a code.
func because(dec *Decision, code reason.Code) (found []reason.Reason) {
	for _, r := range dec.Reasons {
		if r.Code() == code {
			found = append(found, r)
		}
	}
	return found
}

// TestReviewIsAskedFor: items that were long overdue at take-over are held for a
// person's look, and one task a currency asks for it; one that is open is not asked again.
func TestReviewIsAskedFor(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2025-08-01")
	second, other := a.Items[0], a.Items[0]
	second.ID, second.OpenMinor = 2, 50_000
	other.ID, other.Currency = 3, "EUR"
	a.Items = append(a.Items, second, other)
	day := cal.MustParse("2026-03-05")
	for i := range a.Items {
		a.Holds = append(a.Holds, book.Hold{ID: int64(i + 1), Kind: book.HoldReview, Item: a.Items[i].ID, From: day - 1,
			Until: cal.Far, EndDay: cal.None})
	}
	var dec Decision
	d.Decide(a, day, &dec)
	if len(dec.Actions) != 2 || len(because(&dec, reason.Review)) != 3 {
		t.Fatalf("expected a task for each currency: %s", AppendPayload(nil, &dec))
	}
	if act := taskOf(&dec, TaskReview); act.TotalMinor != 650_000 || len(act.Lines) != 2 || act.DueDay != day {
		t.Errorf("the task is about %+v", act)
	}
	a.Tasks = []book.WorkItem{{ID: 1, Kind: TaskReview, Currency: "GBP", State: book.TaskOpen},
		{ID: 2, Kind: TaskReview, Currency: "EUR", State: book.TaskDone}}
	d.Decide(a, day, &dec)
	if len(dec.Actions) != 1 || dec.Actions[0].Currency != "EUR" {
		t.Errorf("asked again while open, or forgotten while held: %s", AppendPayload(nil, &dec))
	}
	a.Holds[0].EndDay = day
	d.Decide(a, day, &dec)
	if messageOf(&dec, "friendly") == nil {
		t.Errorf("after the look nothing goes out: %s", AppendPayload(nil, &dec))
	}
}

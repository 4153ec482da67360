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

// TestResidues: at most 1.00 or 0.5 % of the invoice, whichever is less, is left alone by
// every message and proposed for write-off; a cent more is chased, and so is an invoice
// that was never paid at all.
func TestResidues(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	for _, tt := range []struct {
		amount, open int64
		residue      bool
		limit        string
	}{
		{600_000, 100, true, "1.00"}, {600_000, 101, false, ""}, {10_000, 50, true, "0.50"}, {10_000, 51, false, ""},
		{100, 100, false, ""}, {100, 1, false, ""}, {200, 1, true, "0.01"},
	} {
		a := account(w, "2026-03-02")
		second := a.Items[0]
		second.ID, second.AmountMinor, second.OpenMinor = 2, tt.amount, tt.open
		a.Items = append(a.Items, second)
		var dec Decision
		d.Decide(a, cal.MustParse("2026-03-05"), &dec)
		act, found := taskOf(&dec, TaskResidue), because(&dec, reason.Residue)
		listed := len(messageOf(&dec, "friendly").Lines) == 2
		if (act != nil) != tt.residue || (len(found) == 1) != tt.residue || listed == tt.residue {
			t.Errorf("%d of %d: %s", tt.open, tt.amount, AppendPayload(nil, &dec))
			continue
		}
		if tt.residue && (found[0].Args()[1] != tt.limit || act.TotalMinor != tt.open || act.Why != reason.Residue || found[0].Item() != 2) {
			t.Errorf("%d of %d: %v, %+v", tt.open, tt.amount, found[0].Args(), act)
		}
	}
	a := account(w, "2026-03-02")
	a.Items[0].OpenMinor = 40
	a.Credits = []book.Credit{{Entry: 1, Kind: book.EntryPayment, Currency: "GBP", Day: cal.MustParse("2026-03-01"), OpenMinor: 40}}
	var dec Decision
	d.Decide(a, cal.MustParse("2026-03-05"), &dec)
	if len(dec.Actions) != 1 || dec.Actions[0].TaskKind != "allocate_credit" {
		t.Errorf("credit covers the residue: %s", AppendPayload(nil, &dec))
	}
	a.Credits = nil
	a.Holds = []book.Hold{holdOf(book.HoldPromise, 1, "03-03", "03-04", "", "")}
	a.Holds[0].Minor, a.Moves = 600_000, []book.Move{{Item: 1, Kind: book.EntryPayment, Day: cal.MustParse("2026-03-04"), Minor: -599_960}}
	if d.Decide(a, cal.MustParse("2026-03-09"), &dec); dec.Actions[0].Outcome != OutcomeKept {
		t.Errorf("a promise kept but for a residue: %s", AppendPayload(nil, &dec))
	}
}

// TestSmallBalanceIsProposedForWriteOff: the decision about a small balance proposes to
// write it off up to the limit, and asks openly above it.
func TestSmallBalanceIsProposedForWriteOff(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	for minor, want := range map[int64]reason.Code{2_500: reason.WriteOffProposed, 2_501: ""} {
		a := account(w, "2026-03-02")
		a.Items[0].AmountMinor, a.Items[0].OpenMinor = minor, minor
		day := until(t, d, a, cal.MustParse("2026-03-03"), "decide")
		var dec Decision
		d.Decide(a, day, &dec)
		act := taskOf(&dec, "decide")
		if act.Why != want || act.TotalMinor != minor || (len(because(&dec, reason.WriteOffProposed)) == 1) != (want != "") {
			t.Errorf("%d on %s: %s", minor, day, AppendPayload(nil, &dec))
		}
	}
}

// TestCreditIsNotWrittenOff: what credit may yet settle is neither proposed nor, where it
// was proposed before, given up.
func TestCreditIsNotWrittenOff(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	day := cal.MustParse("2026-06-05")
	for why, open := range map[reason.Code]int64{reason.Residue: 40, reason.WriteOffProposed: 2_000} {
		a := account(w, "2026-03-02")
		a.Items[0].OpenMinor = open
		a.Notices = []book.Notice{{Item: 1, Step: "decide", Channel: book.Task, Task: 5}}
		if got := d.WriteOffs(a, why, 5, "GBP", day); len(got) != 1 {
			t.Errorf("%s: %v is proposed", why, got)
		}
		a.Credits = []book.Credit{{Entry: 1, Currency: "EUR", Day: day, OpenMinor: open}}
		if got := d.WriteOffs(a, why, 5, "GBP", day); len(got) != 1 {
			t.Errorf("%s: %v is proposed beside credit of another currency", why, got)
		}
		a.Credits[0].Currency = "GBP"
		if got := d.WriteOffs(a, why, 5, "GBP", day); len(got) != 0 {
			t.Errorf("%s: %v is given up, and credit covers it", why, got)
		}
	}
	a := account(w, "2026-03-02")
	a.Items[0].AmountMinor, a.Items[0].OpenMinor = 2_000, 2_000
	decided := until(t, d, a, cal.MustParse("2026-03-03"), "decide")
	a.Credits = []book.Credit{{Entry: 1, Currency: "GBP", Day: day, OpenMinor: 500}}
	var dec Decision
	if d.Decide(a, decided, &dec); taskOf(&dec, "decide").Why != "" {
		t.Errorf("write-off is proposed beside credit: %s", AppendPayload(nil, &dec))
	}
}

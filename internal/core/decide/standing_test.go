package decide

import (
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// endOf is the end of the task of a step in a decision, nil if none.
func endOf(dec *Decision, step string) *Action {
	k := slices.IndexFunc(dec.Actions, func(a Action) bool { return a.Kind == EndTask && a.Step == step })
	if k < 0 {
		return nil
	}
	return &dec.Actions[k]
}

// called is an account whose item is to be rung up about on a day.
func called(t *testing.T, d *Decider) (*book.Account, cal.Date) {
	t.Helper()
	a := account(d.w, "2026-03-02")
	day := until(t, d, a, cal.MustParse("2026-02-01"), "call_1")
	var dec Decision
	d.Decide(a, day, &dec)
	for i := range dec.Actions {
		react(a, &dec.Actions[i], day)
	}
	return a, day
}

// TestAnOpenCallIsJudgedLikeAMessage: the facts that stop a message stop a call, which the
// next decision takes back and, while the ladder waited for it, asks for again later.
func TestAnOpenCallIsJudgedLikeAMessage(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	hold := func(kind book.HoldKind, item, minor int64) func(*book.Account, cal.Date) {
		return func(a *book.Account, day cal.Date) {
			a.Holds = []book.Hold{{ID: 9, Kind: kind, Item: item, Minor: minor, Currency: "GBP", From: day, Until: cal.Far, EndDay: cal.None}}
		}
	}
	tests := map[string]struct {
		change func(*book.Account, cal.Date)
		minor  int64
		why    reason.Code
		again  bool
	}{
		"as raised":     {func(*book.Account, cal.Date) {}, 600_000, "", false},
		"part paid":     {func(a *book.Account, _ cal.Date) { a.Items[0].OpenMinor = 300_000 }, 300_000, "", false},
		"part disputed": {hold(book.HoldDispute, 1, 200_000), 400_000, "", false},
		"part in credit": {func(a *book.Account, day cal.Date) {
			a.Credits = []book.Credit{{Entry: 1, Currency: "GBP", Day: day, OpenMinor: 100_000}}
		}, 500_000, "", false},
		"moratorium": {hold(book.HoldMoratorium, 0, 0), 0, reason.Moratorium, true},
		"insolvency": {hold(book.HoldInsolvency, 0, 0), 0, reason.Insolvency, true},
		"promise":    {hold(book.HoldPromise, 1, 0), 0, reason.Promised, true},
		"dispute":    {hold(book.HoldDispute, 1, 600_000), 0, reason.Disputed, true},
		"paid":       {func(a *book.Account, _ cal.Date) { a.Items = nil }, 0, reason.Settled, false},
		"moved due date": {func(a *book.Account, day cal.Date) { a.Items[0].DueDate = day.AddDays(20) }, 0,
			reason.NotDue, true},
		"in credit": {func(a *book.Account, day cal.Date) {
			a.Credits = []book.Credit{{Entry: 1, Currency: "GBP", Day: day, OpenMinor: 600_000}}
		}, 0, reason.InCredit, true},
		"too little for a call": {func(a *book.Account, _ cal.Date) { a.Items[0].OpenMinor = 20_000 }, 0,
			reason.StepLeftOut, true},
		"a consumer": {func(a *book.Account, _ cal.Date) { a.Customer.Kind = book.Consumer }, 0, reason.NoStrategy, true},
	}
	for name, tt := range tests {
		a, day := called(t, d)
		before := *a
		before.Items = slices.Clone(a.Items)
		tt.change(a, day)
		at := d.Standing(a, &a.Tasks[0], day)
		if at.Minor != tt.minor || at.Why.Code() != tt.why {
			t.Errorf("%s: %d, %q, expected %d, %q", name, at.Minor, at.Why.Code(), tt.minor, tt.why)
		}
		var dec Decision
		d.Decide(a, day, &dec)
		act := endOf(&dec, "call_1")
		if (act != nil) != (tt.why != "") {
			t.Errorf("%s: %s", name, AppendPayload(nil, &dec))
			continue
		}
		if act == nil {
			continue
		}
		if act.Why != tt.why || (len(act.Lines) == 1) != tt.again || dec.NextLookOn != day+1 {
			t.Errorf("%s: taken back as %+v, next look %s", name, act, dec.NextLookOn)
		}
		EndOpenTask(a, act, day)
		before.Tasks, before.Notices, before.Items[0].Cycle = a.Tasks, a.Notices, 1 // the fact has gone
		if d.Decide(&before, day, &dec); tt.again && (taskOf(&dec, "call") == nil || endOf(&dec, "call_1") != nil) {
			t.Errorf("%s: nobody is asked to call afterwards: %s", name, AppendPayload(nil, &dec))
		}
	}
}

// TestALaterStepEndsACall: a call that was not made in time is over with the next step,
// and does not come again.
func TestALaterStepEndsACall(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a, _ := called(t, d)
	decided := until(t, d, a, cal.MustParse("2026-03-18"), "decide")
	var dec Decision
	d.Decide(a, decided, &dec)
	for i := range dec.Actions {
		react(a, &dec.Actions[i], decided)
	}
	var open []string
	for i := range a.Tasks {
		if t := &a.Tasks[i]; t.State == book.TaskOpen {
			open = append(open, t.Step)
		} else if t.Outcome != string(reason.Overtaken) {
			open = append(open, t.Step+" "+t.Outcome)
		}
	}
	if !slices.Equal(open, []string{"decide"}) || a.Items[0].Cycle != 0 {
		t.Errorf("open on %s: %v, cycle %d", decided, open, a.Items[0].Cycle)
	}
}

// TestAJoinedTaskStays: a call stays open when another invoice comes to it on the day on
// which those it was about are paid.
func TestAJoinedTaskStays(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a, day := called(t, d)
	second := a.Items[0]
	second.ID = 2
	a.Items = []book.Item{second}
	for _, n := range slices.Clone(a.Notices) {
		if n.Item = 2; n.Step != "call_1" {
			a.Notices = append(a.Notices, n)
		}
	}
	var dec Decision
	d.Decide(a, day, &dec)
	if act := taskOf(&dec, "call"); act == nil || act.Task != 1 || endOf(&dec, "call_1") != nil {
		t.Errorf("%s", AppendPayload(nil, &dec))
	}
}

// TestTheLastQuestionComesAgain: what was decided for a time is decided again, in a new
// cycle, as soon as nothing holds the item; and no statement goes before that.
func TestTheLastQuestionComesAgain(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	day := until(t, d, a, cal.MustParse("2026-02-01"), "decide")
	var dec Decision
	d.Decide(a, day, &dec)
	for i := range dec.Actions {
		react(a, &dec.Actions[i], day)
	}
	if d.Decide(a, day+1, &dec); taskOf(&dec, "decide") != nil || len(because(&dec, reason.LadderEnded)) != 1 {
		t.Errorf("asked twice at once: %s", AppendPayload(nil, &dec))
	}
	task := &a.Tasks[len(a.Tasks)-1]
	task.State, task.DoneDay = book.TaskDone, day+1
	last := day.AddDays(40)
	a.Holds = []book.Hold{{ID: 1, Kind: book.HoldPause, Item: 1, From: day, Until: last, EndDay: cal.None}}
	if d.Decide(a, day+2, &dec); len(dec.Actions) != 0 || dec.NextLookOn != last+1 {
		t.Errorf("while it waits: %s, next look %s", AppendPayload(nil, &dec), dec.NextLookOn)
	}
	again := New(w).ours.RollForward(last + 1)
	d.Decide(a, again, &dec)
	act := taskOf(&dec, "decide")
	if act == nil || len(dec.Actions) != 1 || act.Task != 0 || !slices.Equal(Retold(a, act), []int64{1}) {
		t.Errorf("not asked again: %s", AppendPayload(nil, &dec))
	}
}

// TestReviewWaitsForOtherHolds: nobody is asked to look at an old item that is paused.
func TestReviewWaitsForOtherHolds(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2025-08-01")
	day := cal.MustParse("2026-03-05")
	a.Holds = []book.Hold{{ID: 1, Kind: book.HoldReview, Item: 1, From: day - 1, Until: cal.Far, EndDay: cal.None},
		{ID: 2, Kind: book.HoldPause, Item: 1, From: day, Until: day + 3, EndDay: cal.None}}
	var dec Decision
	if d.Decide(a, day, &dec); len(dec.Actions) != 0 || dec.NextLookOn != day+4 {
		t.Errorf("while it is paused: %s, next look %s", AppendPayload(nil, &dec), dec.NextLookOn)
	}
	if d.Decide(a, day+4, &dec); taskOf(&dec, TaskReview) == nil {
		t.Errorf("after the pause: %s", AppendPayload(nil, &dec))
	}
}

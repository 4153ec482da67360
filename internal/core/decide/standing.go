package decide

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// Standing is what an open task of a ladder asks for as the facts are on a day.
type Standing struct {
	Minor int64         // of its items, less what is held and the credit on them
	Why   reason.Reason // why it is not to be done; only where Minor is 0
	items []Line        // its open items
}

// Standing judges an open task of a ladder by the facts that the gate judges a message by:
// nobody is rung up about what is held, paid or not due.
func (d *Decider) Standing(a *book.Account, task *book.WorkItem, day cal.Date) Standing {
	return d.standing(a, task, day, nil)
}

// standing counts the tasks that a decision raises as told.
func (d *Decider) standing(a *book.Account, task *book.WorkItem, day cal.Date, into *Decision) Standing {
	var s Standing
	items := itemsOf(a, task)
	if len(items) == 0 {
		s.Why = reason.New(reason.Settled, reason.UntilFact("new item"))
		return s
	}
	st, why, ends := d.stepStands(a, task, day)
	credits := d.creditMoves(a, task.Currency, day)
	for _, it := range items {
		s.items = append(s.items, Line{Item: it.ID, OpenMinor: it.OpenMinor})
		later := laterStep(a, st, task, it, into)
		if later != "" {
			s.because(reason.New(reason.Overtaken, reason.UntilFact("task done"), task.Step, later))
			continue
		}
		if earlier := d.earlierStep(a, st, task, it, day); earlier != "" {
			s.because(reason.New(reason.EarlierStep, reason.UntilFact("message sent"), task.Step, earlier))
			continue
		}
		if ends {
			s.because(why)
			continue
		}
		if r, stops := d.notAsked(a, it, day); stops {
			s.because(r)
			continue
		}
		asked := d.askable(a, it, it.ID, day) - creditOn(credits, []Line{{Item: it.ID}})
		if asked == 0 {
			s.because(reason.New(reason.InCredit, reason.UntilFact("credit allocated")))
		}
		s.Minor = money.AddMinor(s.Minor, asked)
	}
	if s.Minor > 0 {
		s.Why = reason.Reason{}
	}
	return s
}

// because keeps the first reason; that a later step was told is only said where nothing
// else is.
func (s *Standing) because(r reason.Reason) {
	if s.Why.Code() == "" || s.Why.Code() == reason.Overtaken {
		s.Why = r
	}
}

// itemsOf are the open items that a task of a ladder told its step.
func itemsOf(a *book.Account, task *book.WorkItem) (items []*book.Item) {
	for i := range a.Notices {
		n := &a.Notices[i]
		if n.Task != task.ID || n.Voided {
			continue
		}
		if it := a.Item(n.Item); it != nil && it.OpenMinor > 0 && !slices.Contains(items, it) {
			items = append(items, it)
		}
	}
	return items
}

// stepStands finds the strategy of a task's currency, and whether the whole account or
// that strategy puts an end to the task's step.
func (d *Decider) stepStands(a *book.Account, task *book.WorkItem, day cal.Date) (st *strategy.Strategy,
	why reason.Reason, ends bool) {
	overdue := d.overdue(a, task.Currency, day)
	var overdueMinor int64
	for _, it := range overdue {
		overdueMinor = money.AddMinor(overdueMinor, d.askable(a, it, it.ID, day))
	}
	st = d.w.Set.Strategies[d.w.Set.Select(a, task.Currency, overdueMinor, len(overdue), day).Key]
	if out := strategy.Excluded(&a.Customer); out != "" {
		return st, reason.New(reason.NoStrategy, reason.UntilFact("customer changed"), out), true
	}
	if r, held := d.liveHold(a, 0, day); held {
		return st, r, true
	}
	i := st.Index(task.Step)
	if overdueMinor > 0 && (i < 0 || st.Steps[i].Skipped(overdueMinor, task.Currency)) {
		return st, reason.New(reason.StepLeftOut, reason.UntilFact("amount changed"), st.Key, task.Step), true
	}
	return st, why, false
}

// notAsked says why nothing may be asked for of an open item.
func (d *Decider) notAsked(a *book.Account, it *book.Item, day cal.Date) (reason.Reason, bool) {
	switch {
	case it.DueDate == cal.None:
		return reason.New(reason.NoDueDate, reason.UntilFact("due date entered")), true
	case !it.Overdue(day):
		on := it.DueDate + 1
		return reason.New(reason.NotDue, reason.OnDay(on), it.DueDate.String(), on.String()), true
	case d.residue(it):
		return d.residueReason(it), true
	}
	none := d.askable(a, it, it.ID, day) == 0
	for i := range a.Holds {
		if h := &a.Holds[i]; h.Item == it.ID && d.holds(h, day) && (none || h.Minor == 0) {
			return d.heldReason(a, h, day), true
		}
	}
	return reason.Reason{}, false
}

// laterStep is a step behind that of a task that an item was told since, or is told by a
// task of this decision; "" if none.
func laterStep(a *book.Account, st *strategy.Strategy, task *book.WorkItem, it *book.Item,
	into *Decision) string {
	at := st.Index(task.Step)
	if at < 0 {
		return ""
	}
	for i := range a.Notices {
		if n := &a.Notices[i]; n.Item == it.ID && !n.Voided && st.Index(n.Step) > at {
			return n.Step
		}
	}
	for i := 0; into != nil && i < len(into.Actions); i++ {
		act := &into.Actions[i]
		if act.Kind == RaiseTask && st.Index(act.Step) > at && listed(act.Lines, it.ID) {
			return act.Step
		}
	}
	return ""
}

// earlierStep is a required step before that of a task that an item was not told, because
// its message was taken back or the strategy is another by now; "" if none.
func (d *Decider) earlierStep(a *book.Account, st *strategy.Strategy, task *book.WorkItem, it *book.Item,
	day cal.Date) string {
	told := d.positionOf(a, it, day)
	for i := range max(st.Index(task.Step), 0) {
		if s := &st.Steps[i]; s.Required && s.SkipBelow == 0 && !told.told(s) {
			return s.Key
		}
	}
	return ""
}

// withdraw ends the open tasks of the ladder that are not to be done any more. What no later
// step has overtaken is asked for again when the reason has gone.
func (d *Decider) withdraw(a *book.Account, day cal.Date, into *Decision) {
	for i := range a.Tasks {
		t := &a.Tasks[i]
		if t.State != book.TaskOpen || t.Step == "" || joined(into, t.ID) {
			continue
		}
		s := d.standing(a, t, day, into)
		if s.Minor > 0 {
			continue
		}
		act := Action{Kind: EndTask, Step: t.Step, Stage: strategy.NoStage, Currency: t.Currency, Task: t.ID,
			TaskKind: t.Kind, Why: s.Why.Code(), PayBy: cal.None}
		if act.Why != reason.Overtaken {
			act.Lines = s.items
		}
		into.Actions = append(into.Actions, act)
		into.lookOn(day + 1)
	}
}

// joined reports whether a decision adds items to an open task.
func joined(into *Decision, task int64) bool {
	return slices.ContainsFunc(into.Actions,
		func(act Action) bool { return act.Kind == RaiseTask && act.Task == task })
}

// EndOpenTask carries out the end of a task in an account: unless it was overtaken its
// notices are void, and the items of its lines may be told the step in a new cycle.
func EndOpenTask(a *book.Account, act *Action, day cal.Date) {
	t := a.Task(act.Task)
	t.State, t.DoneDay, t.Outcome = book.TaskCancelled, day, string(act.Why)
	for i := range act.Lines {
		a.Item(act.Lines[i].Item).Cycle++
	}
	for i := range a.Notices {
		if n := &a.Notices[i]; n.Task == t.ID {
			n.Voided = t.TakenBack()
		}
	}
}

// CallFrom is from how many units of a currency overdue a strategy has a customer called, by
// its first call. Of a strategy that is not chosen by hand, or has no calls, it is that
// of the standard one.
func (d *Decider) CallFrom(key string) int64 {
	for _, name := range []string{key, "standard"} {
		st := d.w.Set.Strategies[name]
		for i := 0; st != nil && i < len(st.Steps); i++ {
			if step := &st.Steps[i]; step.Kind == strategy.KindCall {
				return step.SkipBelow
			}
		}
	}
	return 0
}

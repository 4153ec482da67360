package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/web/look"
)

// stepCount is how many messages of a step wait.
type stepCount struct {
	step string
	n    int
	ids  []int64
}

// waitingSteps counts what waits by step, the most first.
func waitingSteps(list []app.OutboxMessage) (all []stepCount) {
	for i := range list {
		if list[i].State != book.Proposed {
			continue
		}
		at := slices.IndexFunc(all, func(s stepCount) bool { return s.step == list[i].Step })
		if at < 0 {
			at = len(all)
			all = append(all, stepCount{step: list[i].Step})
		}
		all[at].n++
		all[at].ids = append(all[at].ids, list[i].ID)
	}
	slices.SortStableFunc(all, func(x, y stepCount) int { return y.n - x.n })
	return all
}

// amongWaiting finds the place of a message among those that wait, its neighbours, and what
// it says otherwise than the last run.
func (v *visit) amongWaiting(s *sheet) error {
	list, err := v.App.Outbox(v.r.Context(), app.OutboxFilter{Creditor: v.creditor.Code, State: book.Proposed})
	if err != nil {
		return err
	}
	s.Of = len(list)
	for i := range list {
		switch id := list[i].ID; {
		case id < s.ID:
			s.Last = id
		case id == s.ID:
			s.At = i + 1
		case s.Next == 0:
			s.Next = id
		}
	}
	d, err := v.App.RunDifference(v.r.Context(), 0, 500)
	if err != nil {
		if app.AsError(err).Kind == app.NotFound {
			return nil
		}
		return err
	}
	if d.Before == 0 {
		return nil
	}
	before := v.sentence(d.BeforeDay)
	if !d.More {
		s.Differs = "The same as in the run of " + before + "."
	}
	for _, l := range d.Lines {
		if l.ID == s.CustomerID {
			s.Differs = look.Title(l.What) + " since the run of " + before + ": " + v.sentence(l.Text)
		}
	}
	return nil
}

// releaseStep releases everything that waits of one step, if it is still as many as the
// person saw.
func releaseStep(v *visit) error {
	list, err := v.App.Outbox(v.r.Context(), app.OutboxFilter{Creditor: v.creditor.Code, State: book.Proposed})
	if err != nil {
		return err
	}
	step := v.r.PostFormValue("step")
	seen, _ := strconv.Atoi(v.r.PostFormValue("seen"))
	for _, s := range waitingSteps(list) {
		if s.step != step {
			continue
		}
		if s.n != seen {
			return &app.Error{Kind: app.Conflict, Code: "others_now", Message: "there are " + strconv.Itoa(s.n) + " now, not " +
				strconv.Itoa(seen) + ": look at them first"}
		}
		report, err := v.App.Approve(v.r.Context(), v.request(strings.TrimSpace(v.r.PostFormValue("why"))), s.ids)
		if err != nil {
			return err
		}
		return v.say(v.back(), changed(&report, "released"))
	}
	return &app.Error{Kind: app.Invalid, Code: "nothing_chosen", Message: "nothing of that step waits"}
}

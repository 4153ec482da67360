package web

import (
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/web/look"
)

// amongWaiting finds the place of a message among those that wait, its neighbours, and what
// it says otherwise than the last run.
func (v *visit) amongWaiting(s *sheet) error {
	place, err := v.App.PlaceWaiting(v.r.Context(), v.creditor.Code, s.ID)
	if err != nil {
		return err
	}
	s.At, s.Of, s.Last, s.Next = place.At, place.Of, place.Before, place.Next
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

// releaseStep releases everything that waits of one step, if it is what the person saw.
func releaseStep(v *visit) error {
	report, err := v.App.ReleaseStep(v.r.Context(), v.request(strings.TrimSpace(v.r.PostFormValue("why"))), v.creditor.Code,
		v.r.PostFormValue("step"), v.r.PostFormValue("seen"))
	if err != nil {
		return err
	}
	return v.say(v.back(), changed(&report, "released"))
}

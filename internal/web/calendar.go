package web

import (
	"strconv"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/web/look"
)

// calendar is the page of the week ahead: what goes out by itself, what waits for a person,
// and the calls that come up.
func calendar(v *visit) error {
	w, err := v.App.WeekAhead(v.r.Context(), v.creditor.Code)
	if err != nil {
		return err
	}
	return v.page("Calendar", calendarPage(v, &w))
}

// ahead is what the page of one day to come shows.
type ahead struct {
	app.AheadPage
	Day  cal.Date
	From int // how many lines come before the page
}

// calendarDay lists what one of the days ahead brings.
func calendarDay(v *visit) error {
	day, err := cal.Parse(v.r.PathValue("day"))
	if err != nil {
		return &app.Error{Kind: app.NotFound, Code: "page_not_found", Message: "there is no such day"}
	}
	if day == v.f.Today {
		return v.seeOther("/messages")
	}
	a := ahead{Day: day}
	if a.AheadPage, err = v.App.DayAhead(v.r.Context(), v.creditor.Code, day, v.r.FormValue("after"), pageLength); err != nil {
		return err
	}
	return v.page(v.f.LongDay(day), calendarDayPage(v, &a))
}

// postpone keeps the reminders to the chosen customers back up to and with a day.
func postpone(v *visit) error {
	ids, err := v.chosen()
	if err != nil {
		return err
	}
	return v.pause(ids, "/calendar")
}

// dayPath is the list behind a day of the week ahead.
func dayPath(v *visit, d cal.Date) string {
	if d == v.f.Today {
		return "/messages"
	}
	return "/calendar/" + d.String()
}

// groupPath is the list behind a group of a day; of today those that go by themselves are on
// their way already.
func groupPath(v *visit, d cal.Date, tone string) string {
	if d == v.f.Today && tone == "good" {
		return "/messages?shelf=today"
	}
	return dayPath(v, d)
}

// groupText says what a step makes on a day: "12 friendly reminders".
func (v *visit) groupText(g *app.AheadGroup, task bool) string {
	if task {
		name := v.stepName(g.Step)
		if w, ok := taskWords[g.Step]; ok {
			name = w
		}
		if g.Count > 1 {
			return strconv.Itoa(g.Count) + " × " + name
		}
		return look.Title(name)
	}
	return strconv.Itoa(g.Count) + " " + v.stepPlural(g.Step, g.Count)
}

// howWords says how a message of a day to come would leave.
var howWords = map[string]string{"by_itself": "by itself", "person": "waits for you", "task": "to do"}

// aheadStep is a message or task of a day to come in words.
func (v *visit) aheadStep(l *app.AheadLine) string {
	if w, ok := taskWords[l.Step]; ok && l.How == "task" {
		return w
	}
	return look.Title(v.stepName(l.Step))
}

func weekend(d cal.Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

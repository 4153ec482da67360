package web

import (
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
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

// move puts the messages of a group of the calendar off to another day: those of today that
// are written by message, those of the days ahead by a pause of their customers.
func move(v *visit) error {
	days, err := v.days("from", "to")
	if err != nil {
		return err
	}
	from, to := days[0], days[1]
	m := app.MoveRequest{Creditor: v.creditor.Code, From: from, To: to, Step: v.r.FormValue("step"), How: v.r.FormValue("how"),
		Currency: money.Currency(v.r.FormValue("currency")), Why: strings.TrimSpace(v.r.FormValue("reason"))}
	if from == v.f.Today {
		return v.moveToday(&m)
	}
	r, err := v.App.MoveAhead(v.r.Context(), v.request(""), m)
	if err != nil {
		return err
	}
	if r.Paused == 0 {
		return v.done("/calendar", "Nothing was different: they are paused that long already.")
	}
	return v.undoable("/calendar", strconv.Itoa(r.Paused)+" "+v.stepPlural(m.Step, r.Paused)+" put off"+v.landing(to, r.Goes, r.Idle),
		"/pauses/"+strconv.FormatInt(r.Command, 10)+"/end")
}

// moveToday puts off what is written for today and has not left.
func (v *visit) moveToday(m *app.MoveRequest) error {
	goes, idle, err := v.App.GoesOn(v.r.Context(), m.Creditor, m.From, m.To)
	if err != nil {
		return err
	}
	state := book.Approved
	if m.How == "person" {
		state = book.Proposed
	}
	list, err := v.App.Outbox(v.r.Context(), app.OutboxFilter{Creditor: m.Creditor, State: state})
	if err != nil {
		return err
	}
	var ids []int64
	for i := range list {
		if list[i].Step == m.Step && list[i].Currency == m.Currency {
			ids = append(ids, list[i].ID)
		}
	}
	if len(ids) == 0 {
		return &app.Error{Kind: app.Conflict, Code: "nothing_there", Message: "nothing of this waits any more: it has left, or somebody put it off"}
	}
	report, err := v.App.Postpone(v.r.Context(), v.request(m.Why), ids, goes)
	if err != nil {
		return err
	}
	f := changed(&report, "put off"+strings.TrimSuffix(v.landing(m.To, goes, idle), "."))
	return v.say("/calendar", f)
}

// landing says where messages go that were put off to a day, and which rule made it another.
func (v *visit) landing(to, goes cal.Date, idle string) string {
	text := ": they go on " + v.f.Day(goes) + " at the earliest, if nobody pays or answers until then."
	if idle != "" {
		text += " On " + v.f.Day(to) + " nothing leaves (" + idle + ")."
	}
	return text
}

// days are fields of a form that are days and must be given.
func (v *visit) days(fields ...string) ([]cal.Date, error) {
	var all []cal.Date
	for _, field := range fields {
		d, err := v.day(field)
		if err != nil {
			return nil, err
		}
		if d == cal.None {
			return nil, &app.Error{Kind: app.Invalid, Code: "day_missing", Message: "say " + field + " which day", Where: &app.Where{Field: field}}
		}
		all = append(all, d)
	}
	return all, nil
}

// dropNote says what becomes of something that is dropped on a day.
func dropNote(v *visit, d *app.DayAhead) string {
	if d.Idle == "" {
		return v.f.Day(d.Day)
	}
	return v.f.Day(d.Day) + ": nothing leaves (" + d.Idle + "), it would go on " + v.f.Day(d.Goes)
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

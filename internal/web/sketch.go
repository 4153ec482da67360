package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// sketchOf shows how the next message to a customer would read, where there is none yet.
func sketchOf(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	s, ok, err := v.App.SketchFirst(v.r.Context(), id)
	if err != nil {
		return err
	}
	if !ok {
		return v.held(id, s.Name)
	}
	return v.page("Your first draft", sketchPage(v, &s))
}

func sketchPath(customer int64) string { return "/start/draft/" + strconv.FormatInt(customer, 10) }

// sketchText says why the draft is none that can leave, and when it would go out.
func sketchText(v *visit, s *app.FirstSketch) string {
	text := "One of the largest who are overdue."
	if s.NoEmail {
		text += " No address is known yet."
	}
	if s.Day > s.Today {
		if s.Held != "" {
			text += " Nothing is written today: " + strings.TrimSuffix(s.Held, ".") + "."
		}
		return text + " It would go out " + v.f.Day(s.Day) + fromHour(s.Day) + "."
	}
	return text + " It would go out today, once it can leave."
}

// held says why nothing is written to a customer, and when that is looked at again.
func (v *visit) held(customer int64, name string) error {
	why, err := v.App.Explain(v.r.Context(), app.ExplainRequest{Customer: customer, On: cal.None})
	if err != nil {
		return err
	}
	text := "Nothing is written today. " + name
	if reasons := why.Decision.Reasons; len(reasons) > 0 {
		text += ": " + strings.TrimSuffix(reasons[0].Text, ".")
	}
	if day, err := cal.Parse(why.NextLookOn); err == nil {
		text += "; looked at again " + v.f.Day(day)
	}
	return v.say(customerPath(customer), flash{Tone: "warn", Text: text + "."})
}

// fromHour says when mail begins to leave on a Monday: later than on other days.
func fromHour(day cal.Date) string {
	if day.Weekday() == time.Monday {
		return ", 10:00"
	}
	return ""
}

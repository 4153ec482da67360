package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/web/look"
)

// rewrite is what the page on which a strategy is changed shows.
type rewrite struct {
	Key      string
	InForce  *strategy.Strategy
	Source   string
	Wrong    string // why the text is no strategy
	Next     *strategy.Strategy
	Diff     app.StrategyDiff
	Due      cal.Date
	Calendar []calendarPair
	Mine     bool
}

// calendarPair is a step on the calendar before and after a change; None: not on it.
type calendarPair struct {
	step          string
	before, after cal.Date
}

// editStrategy shows a strategy as it is written, to be changed.
func editStrategy(v *visit) error {
	w, err := v.rewriteOf()
	if err != nil {
		return err
	}
	next := *w.InForce
	next.Version++
	raw, err := json.Marshal(&next)
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		return err
	}
	w.Source = pretty.String()
	if v.failed != nil {
		w.Source = cmp.Or(v.failed.value("source"), w.Source)
	}
	return v.page("Change "+strategyName(w.Key), strategyEditPage(v, w))
}

func (v *visit) rewriteOf() (*rewrite, error) {
	set, err := v.App.Strategies(v.r.Context(), v.creditor.Code)
	if err != nil {
		return nil, err
	}
	w := &rewrite{Key: v.r.PathValue("key"), Mine: v.user.may(access.Strategies), Due: v.f.Today}
	if w.InForce = set.Strategies[w.Key]; w.InForce == nil {
		return nil, &app.Error{Kind: app.NotFound, Code: "strategy_unknown", Message: "there is no strategy " + w.Key}
	}
	return w, nil
}

// tryStrategy says what a new version would change, in words and on the calendar.
func tryStrategy(v *visit) error {
	files, err := v.given("file")
	if err != nil && app.AsError(err).Code != "file_missing" {
		return err
	}
	w, err := v.rewriteOf()
	if err != nil {
		return err
	}
	w.Source = v.r.FormValue("source")
	if len(files) > 0 {
		w.Source = string(files[0].Bytes)
	}
	if day, err := v.day("due"); err == nil && day != cal.None {
		w.Due = day
	}
	if err := v.compareStrategy(w); err != nil {
		return err
	}
	return v.page("Change "+strategyName(w.Key), strategyEditPage(v, w))
}

func (v *visit) compareStrategy(w *rewrite) error {
	next, err := app.ParseStrategy([]byte(w.Source))
	if err == nil && next.Key != w.Key {
		err = &app.Error{Kind: app.Invalid, Code: "strategy_unknown", Message: "its key is " + next.Key + "; this page changes " + w.Key}
	}
	if err == nil && next.Version <= w.InForce.Version {
		err = &app.Error{Kind: app.Invalid, Code: "strategy_version", Message: "its version must be above the one in force"}
	}
	if err != nil {
		w.Wrong = app.AsError(err).Error()
		return nil
	}
	w.Next = next
	if w.Diff, err = app.DiffStrategy(w.InForce, next); err != nil {
		return err
	}
	ask := app.CalendarRequest{Creditor: v.creditor.Code, Strategy: w.Key, Due: w.Due, Kind: book.Company}
	before, err := v.App.StrategyCalendar(v.r.Context(), ask)
	if err != nil {
		return err
	}
	ask.Draft = next
	after, err := v.App.StrategyCalendar(v.r.Context(), ask)
	if err != nil {
		return err
	}
	w.Calendar = sideBySide(before, after)
	return nil
}

// sideBySide puts two calendars beside each other, by step.
func sideBySide(before, after []decide.CalendarStep) (pairs []calendarPair) {
	for _, s := range before {
		pairs = append(pairs, calendarPair{s.Step, s.Day, cal.None})
	}
	for _, s := range after {
		at := slices.IndexFunc(pairs, func(p calendarPair) bool { return p.step == s.Step && p.after == cal.None })
		if at < 0 {
			pairs = append(pairs, calendarPair{s.Step, cal.None, s.Day})
			continue
		}
		pairs[at].after = s.Day
	}
	return pairs
}

// activateStrategy puts a new version in force. The password can be given with it, so that
// nothing that was written is lost on the way.
func activateStrategy(v *visit) error {
	if password := v.r.PostFormValue("password"); password != "" {
		if err := v.giveAgain(password); err != nil {
			return err
		}
	}
	why := strings.TrimSpace(v.r.PostFormValue("why"))
	if why == "" {
		return &app.Error{Kind: app.Invalid, Code: "reason_missing", Message: "say why, for those who read the log later"}
	}
	body, err := app.StrategyBody([]byte(v.r.PostFormValue("source")))
	if err != nil {
		return err
	}
	st, err := v.App.ActivateStrategy(v.r.Context(), v.request(why), body)
	if err != nil {
		return err
	}
	return v.done("/strategies/"+st.Key, "Version "+strconv.Itoa(st.Version)+" is in force from the next step on.")
}

// changeWords say a change of a strategy as people read it.
func (v *visit) changeWords(c *app.StrategyChange) string {
	step := "The strategy"
	if c.Step != "" {
		step = look.Title(v.stepName(c.Step))
	}
	field := cmp.Or(fieldWords[c.Field], look.Words(c.Field))
	switch {
	case c.Field == "step":
		return step + " is " + c.After + "."
	case c.Field == "order":
		return "The steps come in another order: " + strings.Trim(c.After, "[]") + "."
	case c.Before == "":
		return step + ": " + field + " is now " + c.After + "; it was not set."
	case c.After == "":
		return step + ": " + field + " is no longer set; it was " + c.Before + "."
	}
	return step + ": " + field + " is now " + c.After + "; it was " + c.Before + "."
}

// fieldWords are the fields of a step as people say them.
var fieldWords = map[string]string{"from_due_days": "days from the due date", "deadline_days": "days that it gives", "channels": "the way it goes",
	"no_email": "what happens without an address", "to": "who gets it", "copy": "who gets a copy", "level": "what it claims", "approval": "how it is released",
	"approval_role": "who releases it", "wait_days": "business days it waits", "min_item": "smallest invoice", "min_open": "smallest amount open",
	"min_percent": "smallest share open", "min_total": "smallest total", "skip_below": "sum below which it is left out",
	"skip_on_time": "payments in time after which it is left out", "post_from": "sum from which it is also posted", "required": "whether it may be left out",
	"count_from": "what the deadline counts from", "apart_days": "days between two of them", "not_within_days": "days since the last message",
	"new_invoices": "invoices of a new customer", "monthly_business_day": "business day of the month", "deadline_due": "whether the due date is its deadline"}

package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/web/look"
)

// strategies lists the strategies in force.
func strategies(v *visit) error {
	set, err := v.App.Strategies(v.r.Context(), v.creditor.Code)
	if err != nil {
		return err
	}
	return v.page("Strategies", strategiesPage(v, set))
}

// ladder is what the page of one strategy shows.
type ladder struct {
	*strategy.Strategy
	Policy    strategy.Policy
	Due       cal.Date
	Calendar  []decide.CalendarStep
	Countries []string
	Country   string
}

// strategyPage shows a strategy so that it can be read, and its calendar for one invoice.
func strategyPage(v *visit) error {
	set, err := v.App.Strategies(v.r.Context(), v.creditor.Code)
	if err != nil {
		return err
	}
	key := v.r.PathValue("key")
	st := set.Strategies[key]
	if st == nil {
		return &app.Error{Kind: app.NotFound, Code: "strategy_unknown", Message: "there is no strategy " + key}
	}
	l := ladder{Strategy: st, Policy: set.Policy, Due: v.f.Today.AddDays(-2), Country: v.r.FormValue("country")}
	if l.Due, err = v.day("due"); err != nil {
		return err
	}
	if l.Due == cal.None {
		l.Due = v.f.Today.AddDays(-2)
	}
	if l.Calendar, err = v.App.StrategyCalendar(v.r.Context(), app.CalendarRequest{Creditor: v.creditor.Code,
		Strategy: key, Due: l.Due, Country: l.Country, Kind: book.Company}); err != nil {
		return err
	}
	return v.page(strategyName(key), ladderPage(v, &l))
}

// stepSentence reads a step aloud.
func stepSentence(st *strategy.Step) string {
	var b strings.Builder
	switch {
	case st.MonthlyBusinessDay > 0:
		fmt.Fprintf(&b, "On the %s business day of each month", ordinal(st.MonthlyBusinessDay))
	case st.FromDueDays == nil:
		b.WriteString("After the deadline before it has passed")
	case *st.FromDueDays < 0:
		b.WriteString(look.Days(-*st.FromDueDays) + " before the due date")
	case *st.FromDueDays == 0:
		b.WriteString("On the due date")
	default:
		b.WriteString("From " + look.Days(*st.FromDueDays) + " after the due date")
	}
	switch {
	case len(st.Channels) > 0:
		b.WriteString(", by " + joined(st.Channels, func(c book.Channel) string { return channelWord(string(c)) }))
	case st.Kind == strategy.KindCall:
		b.WriteString(", a call")
	default:
		b.WriteString(", a question to a person")
	}
	if len(st.To) > 0 {
		b.WriteString(" to " + joined(st.To, roleWord))
	}
	if len(st.Copy) > 0 {
		b.WriteString(", copy to " + joined(st.Copy, roleWord))
	}
	if st.DeadlineDays > 0 {
		b.WriteString("; gives " + look.Days(st.DeadlineDays))
	}
	return b.String() + "."
}

func joined[T any](list []T, word func(T) string) string {
	var words []string
	for _, x := range list {
		words = append(words, word(x))
	}
	return strings.Join(words, " and ")
}

func ordinal(n int) string {
	switch n {
	case 1:
		return "first"
	case 2:
		return "second"
	case 3:
		return "third"
	}
	return strconv.Itoa(n) + "th"
}

// stepConditions says when a step is left out.
func stepConditions(st *strategy.Step) []string {
	var all []string
	add := func(on bool, format string, args ...any) {
		if on {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	add(st.MinItem > 0, "items from %d", st.MinItem)
	add(st.MinOpen > 0, "own message from %d", st.MinOpen)
	add(st.MinPercent > 0, "and from %d %% of the invoice", st.MinPercent)
	add(st.MinTotal > 0, "total overdue from %d", st.MinTotal)
	add(st.SkipBelow > 0, "skipped below %d", st.SkipBelow)
	add(st.SkipOnTime > 0, "skipped if the last %d were paid in time", st.SkipOnTime)
	add(st.PostFrom > 0, "also by post from %d", st.PostFrom)
	add(st.WaitDays > 0, "waits %d business days", st.WaitDays)
	add(st.Required, "never skipped")
	return all
}

// releasedBy says who releases a step.
func releasedBy(st *strategy.Step) string {
	switch st.Approval {
	case strategy.AutoOK:
		return "may go by itself, if switched on"
	case strategy.Ask:
		return "released in the preview"
	case strategy.Person:
		if st.ApprovalRole != "" {
			return "one by one, by " + look.Words(st.ApprovalRole)
		}
		return "one by one"
	}
	return ""
}

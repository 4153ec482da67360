package decide

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// stands reports whether an account, decided anew as on the day of the run that planned a
// message, gives the same one: by the same strategy with no closer look before its release, the same
// figures by the same law, to the same contact, with the same last day to pay. One that
// nothing happened to since stands.
func (d *Decider) stands(a *book.Account, out *Outgoing) bool {
	if !out.Moved || out.Decided == cal.None {
		return true
	}
	m := out.Message
	d.anew = out
	var again Decision
	d.Decide(before(a, m), out.Decided, &again)
	d.anew = nil
	return slices.ContainsFunc(again.Actions, func(act Action) bool {
		return act.Kind == SendMessage && act.Step == m.Step && act.Currency == m.Currency &&
			act.Channel == m.Channel && act.Contact == out.Contact && act.Role == m.Role &&
			act.Level == m.Level && act.PayBy == m.PayBy && out.Figures.same(&act) &&
			(act.Strategy == m.Strategy || strategy.IsNote(m.Step)) && released(&act, m)
	})
}

// released reports whether a message was released as its action now asks for: what could
// go by itself, or with many at once, may not where a person is to look at each.
func released(act *Action, m *book.Message) bool {
	care := []strategy.Approval{strategy.AutoOK, strategy.Ask, strategy.Person}
	return slices.Index(care, act.Approval) <= slices.Index(care, strategy.Approval(m.Approval))
}

// before is an account without the messages of the day of one and what they told: neither
// it nor what was planned beside it keeps it from being decided.
func before(a *book.Account, m *book.Message) *book.Account {
	then := *a
	beside := func(o *book.Message) bool { return o.Day == m.Day && o.Step != strategy.Correction }
	then.Messages = slices.DeleteFunc(slices.Clone(a.Messages), func(o book.Message) bool { return beside(&o) })
	then.Notices = slices.DeleteFunc(slices.Clone(a.Notices), func(n book.Notice) bool {
		o := a.Message(n.Message)
		return o != nil && beside(o)
	})
	return &then
}

// same reports whether a message states what an action would. Who gets a copy is no
// figure: who may not get one any more is left out when it is written.
func (f *Figures) same(act *Action) bool {
	now, err := ParseFigures(AppendFigures(nil, act))
	return err == nil && now.CreditMinor == f.CreditMinor && now.TotalMinor == f.TotalMinor &&
		now.DailyMinor == f.DailyMinor && now.Law == f.Law && now.Kind == f.Kind &&
		now.Language == f.Language && slices.Equal(now.Lines, f.Lines)
}

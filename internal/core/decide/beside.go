package decide

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// besideMail finds the letter that a step still owes: one that goes by post too and was
// told by mail alone, because nobody posted the letter of its day or there was no address
// to post it to. It is dated and computed anew, its deadline moves (guardrail R6), and it
// asks for what is still open. The highest stage goes first.
func (l *ladder) besideMail(mine []itemState, first int) (candidate, bool) {
	var c candidate
	for i := range mine {
		if step := l.owedByPost(&mine[i]); step != nil && (c.lead == nil || step.Stage() > c.stage) {
			c = candidate{currency: l.currency, st: l.st, lead: step, leadKey: step.Key, stage: step.Stage(),
				first: first, last: first + len(mine), beside: mine[i].told.message}
		}
	}
	if c.lead == nil {
		return c, false
	}
	var sum int64
	var owed []*itemState
	for i := range mine {
		if s := &mine[i]; s.told.message == c.beside && l.owedByPost(s) == c.lead {
			sum = money.AddMinor(sum, s.askable)
			owed = append(owed, s)
		}
	}
	if !c.lead.ByPost(sum, l.currency) {
		return c, false
	}
	l.into.lookOn(l.day + 1) // it may come too late by then
	for _, s := range owed {
		if !l.a.Customer.HasAddress {
			l.because(s, reason.NoPostalAddress, reason.UntilFact("postal address added"), c.leadKey)
			continue
		}
		s.next = c.lead
	}
	return c, l.a.Customer.HasAddress
}

// owedByPost is the step that an item was told by mail and is to be told by a letter too,
// if one that is posted today comes before the day that the mail named; else nil.
func (l *ladder) owedByPost(s *itemState) *strategy.Step {
	m := s.told.message
	if m == nil || m.Channel != book.Email || m.State != book.Sent || m.ServedDay == cal.None ||
		s.next != nil || s.note != nil || !s.item.Overdue(l.day) {
		return nil
	}
	i := l.st.Index(m.Step)
	if i < 0 || l.st.Steps[i].CountFrom == book.Letter {
		return nil
	}
	if !s.told.toldBy(m.Step, book.Email) || s.told.toldBy(m.Step, book.Letter) {
		return nil
	}
	arrives := l.d.transit(book.Letter, &l.a.Customer).Arrival(l.day, l.p.calendar)
	if arrives >= m.PayBy {
		return nil
	}
	return &l.st.Steps[i]
}

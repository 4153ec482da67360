package decide

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// besideMail collects the letter that a step still owes: one that goes by post too and was
// told by mail alone, because nobody posted the letter of its day or there was no address
// to post it to. It bears its own date and asks for what is still open (guardrail R6), at no
// higher level than the mail, by the day and with the interest to the day that the mail
// named: a step sent by two ways counts from the mail once that was served, and the debtor
// has one day to pay by. That day gives no time too short, since the mail gave the whole of
// it and the letter is only posted while it still comes before. The highest stage goes
// first, and a message of its own before it. Its items are marked in copies of their own.
func (l *ladder) besideMail(mine []itemState) {
	d := l.d
	c := candidate{currency: l.currency, st: l.st, stage: strategy.NoStage, oldest: cal.Far, first: len(d.items)}
	for i := range mine {
		if step := l.owedByPost(&mine[i]); step != nil && step.Stage() > c.stage {
			c.lead, c.leadKey, c.stage, c.beside = step, step.Key, step.Stage(), mine[i].told.message
		}
	}
	if c.lead == nil {
		return
	}
	var sum int64
	for i := range mine {
		if s := mine[i]; s.told.message == c.beside && l.owedByPost(&s) == c.lead {
			sum = money.AddMinor(sum, s.askable)
			c.oldest = min(c.oldest, s.item.DueDate)
			s.next = c.lead
			d.items = append(d.items, s)
		}
	}
	c.last = len(d.items)
	if !c.lead.ByPost(sum, l.currency) || d.covered(l.a, &c, l.day) {
		d.items = d.items[:c.first]
		return
	}
	l.into.lookOn(l.day + 1) // it may come too late by then
	if !l.a.Customer.HasAddress {
		d.waits(&c, l.into, reason.New(reason.NoPostalAddress, reason.UntilFact("postal address added"), c.leadKey))
		return
	}
	d.candid = append(d.candid, c)
}

// owedByPost is the step that an item was told by mail and is to be told by a letter too,
// if one that is posted today comes on a business day before the day that the mail named;
// else nil. Another strategy than the mail's owes nothing: it counts from the next step.
func (l *ladder) owedByPost(s *itemState) *strategy.Step {
	m := s.told.message
	if m == nil || m.Channel != book.Email || m.State != book.Sent || m.ServedDay == cal.None ||
		m.Strategy != l.st.Key || s.next != nil || s.note != nil || !s.item.Overdue(l.day) {
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
	if l.p.calendar.RollForward(arrives) >= m.PayBy {
		return nil
	}
	return &l.st.Steps[i]
}

package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// add adds up the open items of one customer.
func (s *surveyor) add(open []owedItem) {
	c := s.next(open[0].customer)
	if c == nil {
		return
	}
	at, first := int32(s.at), len(s.lines)
	holds := s.holds[c.id]
	for i := range open {
		it := &open[i]
		k := first
		for k < len(s.lines) && s.lines[k].currency != it.currency {
			k++
		}
		if k == len(s.lines) {
			s.lines = append(s.lines, surveyLine{customer: at, currency: it.currency, oldest: cal.Far})
		}
		s.addItem(&s.lines[k], c, it, holds)
	}
	own := s.creditors[c.creditor].Currency
	slices.SortFunc(s.lines[first:], func(x, y surveyLine) int {
		return byCurrency(own, s.currencies[x.currency], s.currencies[y.currency])
	})
}

// byCurrency puts a creditor's own currency first, the others by code.
func byCurrency(own, x, y money.Currency) int {
	switch {
	case x == y:
		return 0
	case x == own || y != own && x < y:
		return -1
	}
	return 1
}

func (s *surveyor) addItem(l *surveyLine, c *surveyCustomer, it *owedItem, holds []book.Hold) {
	l.items++
	l.open = money.AddMinor(l.open, it.minor)
	today := s.day(c)
	late := it.due != cal.None && it.due < today
	if late {
		l.late++
		l.overdue = money.AddMinor(l.overdue, it.minor)
		l.oldest = min(l.oldest, it.due)
	}
	free := heldOff(it.item, it.minor, holds, func(h *book.Hold, part int64) {
		if late {
			l.openSum[heldSum(h.Kind)] += part
		}
		if h.Kind == book.HoldPromise && s.thisWeek(c, h.Until) {
			l.soon = money.AddMinor(l.soon, part)
		}
	})
	if late && !c.excluded {
		l.ask = money.AddMinor(l.ask, free)
	}
	if it.due != cal.None && s.thisWeek(c, it.due.AddDays(s.usualDays(c))) {
		l.soon = money.AddMinor(l.soon, free)
	}
}

// heldOff tells which part of an open item each hold keeps back, in the order of the holds,
// and returns what none of them does.
func heldOff(item, open int64, holds []book.Hold, told func(h *book.Hold, part int64)) (free int64) {
	free = open
	for i := range holds {
		h := &holds[i]
		if h.Item != 0 && h.Item != item {
			continue
		}
		part := free
		if h.Minor > 0 {
			part = min(free, h.Minor)
		}
		free -= part
		told(h, part)
	}
	return free
}

func heldSum(k book.HoldKind) int {
	switch k {
	case book.HoldDispute:
		return heldDisputed
	case book.HoldPromise:
		return heldPromised
	}
	return heldOther
}

// thisWeek reports whether a day is in the rest of the creditor's week.
func (s *surveyor) thisWeek(c *surveyCustomer, day cal.Date) bool {
	return day != cal.None && day >= s.day(c) && day <= s.weekEnd[c.creditor]
}

// usualDays is how many days late a customer usually pays, or where too little is known
// of it those of the creditor; never before the due date.
func (s *surveyor) usualDays(c *surveyCustomer) int {
	u := c.usual
	if !u.known() {
		u = s.creditors[c.creditor].usual
	}
	return max(0, int(u.days))
}

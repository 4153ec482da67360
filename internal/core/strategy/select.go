package strategy

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Selection is the strategy that fits an account in one currency, with the
// reason, and the first day on which another could fit without a new fact.
type Selection struct {
	Key   string
	Why   string
	Until cal.Date
}

// Excluded says why no strategy applies at all, or "" if one does.
func Excluded(c *book.Customer) string {
	switch {
	case c.Kind == book.Consumer:
		return "a consumer; Recoup is for business debts"
	case c.Flags&book.FlagIntercompany != 0:
		return "a company of the same group"
	case c.Kind == book.PublicBody && c.Flags&book.FlagPortal != 0:
		return "a public body whose own portal is not set up"
	}
	return ""
}

// Select picks the first strategy that fits: chosen by hand, key account, small
// balance, firm, gentle, standard. overdueMinor and overdueItems are what is
// overdue in that currency on day.
func (s *Set) Select(a *book.Account, c money.Currency, overdueMinor int64, overdueItems int,
	day cal.Date) Selection {
	cust := &a.Customer
	if cust.Strategy != "" && s.Strategies[cust.Strategy] != nil {
		return Selection{cust.Strategy, "chosen by hand", cal.Far}
	}
	keyAccount := cust.Flags&book.FlagKeyAccount != 0 || cust.Flags&book.FlagTopTen != 0
	if keyAccount && cust.AccountOwner != "" {
		return Selection{"key_account", "a key account", cal.Far}
	}
	firm, why, until := s.firm(a, overdueItems, day)
	gentle, gentleWhy, gentleUntil := s.gentle(a, overdueItems, day)
	until = min(until, gentleUntil)
	switch {
	case overdueMinor > 0 && overdueMinor < Minor(s.smallBalance(a.Creditor.Country), c):
		return Selection{"small_balance", "less than " + money.FormatMinor(s.smallBalance(a.Creditor.Country), 0) +
			" overdue", until}
	case firm:
		return Selection{"firm", why, until}
	case gentle:
		return Selection{"gentle", gentleWhy, until}
	}
	return Selection{"standard", "no other strategy fits", until}
}

func (s *Set) smallBalance(country string) int64 {
	if v, ok := s.Policy.SmallBalanceByCountry[country]; ok {
		return v
	}
	return s.Policy.SmallBalance
}

// firm is for known late payers, by what the table of the strategy counts: promises broken,
// not those kept in part; never for a first overdue item, while a dispute
// is open, or for a natural person unless chosen by hand.
func (s *Set) firm(a *book.Account, overdueItems int, day cal.Date) (fits bool, why string, until cal.Date) {
	p := &s.Policy
	until = cal.Far
	broken, defaulted := 0, false
	for i := range a.Holds {
		h := &a.Holds[i]
		switch {
		case h.Kind == book.HoldDispute && h.Live(day):
			return false, "", h.Until.AddDays(boolDays(h.Until != cal.Far))
		case h.Kind == book.HoldDispute && h.From > day: // also of an item that is paid by now
			until = min(until, h.From)
		case h.Kind == book.HoldPromise && h.Outcome == "broken" && day.DaysSince(h.EndDay) <= p.BrokenPromisesDays:
			broken++
			until = min(until, h.EndDay.AddDays(p.BrokenPromisesDays+1))
		case h.Kind == book.HoldPlan && h.Outcome == "broken":
			defaulted = true
		}
	}
	yearAgo := day.AddMonths(-12)
	late, sum, n, everLate := 0, 0, 0, false
	for i, paid := range a.Settled {
		if paid.DaysLate > 0 {
			everLate = true
		}
		if i < p.FirmBackItems && paid.DaysLate > p.FirmBackDays {
			late++
		}
		if paid.Day > yearAgo {
			n++
			sum += paid.DaysLate
			until = min(until, paid.Day.AddMonths(12), paid.Day.AddDays(365))
		}
	}
	if until <= day {
		until = day + 1
	}
	if a.Customer.Kind.NaturalPerson() || (!everLate && overdueItems <= 1) {
		return false, "", until
	}
	if len(a.Settled) >= p.FirmBackItems && late == 0 {
		return false, "", until
	}
	switch {
	case defaulted:
		return true, "an instalment plan was broken", until
	case broken >= p.BrokenPromises:
		return true, "two promises were broken lately", until
	case n >= p.FirmItems && sum > p.FirmLatenessDays*n:
		return true, "paid more than " + money.FormatMinor(int64(p.FirmLatenessDays), 0) + " days late on average",
			until
	}
	return false, "", until
}

// gentle is for customers flagged by hand, new ones, and those who paid a whole
// year on time but for this item. Unknown age and thin history are neither.
func (s *Set) gentle(a *book.Account, overdueItems int,
	day cal.Date) (fits bool, why string, until cal.Date) {
	p := &s.Policy
	until = cal.Far
	if a.Customer.Flags&book.FlagGentle != 0 {
		return true, "flagged by hand", cal.Far
	}
	if since := a.Customer.Since; since != cal.None {
		if end := since.AddMonths(p.NewRelationshipMonths); day < end {
			return true, "a new relationship", end
		}
	}
	yearAgo := day.AddMonths(-12)
	n, onTime := 0, true
	for _, paid := range a.Settled {
		if paid.Day <= yearAgo {
			break
		}
		n++
		onTime = onTime && paid.DaysLate <= 0
		until = min(until, paid.Day.AddDays(365))
	}
	if until <= day {
		until = day + 1
	}
	if n >= p.OnTimeItems && onTime && overdueItems <= 1 {
		return true, "a year on time but for this item", until
	}
	return false, "", until
}

func boolDays(b bool) int {
	if b {
		return 1
	}
	return 0
}

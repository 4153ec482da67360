package cal

import "time"

// Calendar tells business days at one place. It is immutable and safe for
// concurrent use. Build one from holiday tables with [Holidays.Calendar].
type Calendar struct {
	name     string
	from, to Date   // the days for which holidays are known, both included
	off      []bool // off[d-from]: a weekend or holiday
}

// Name is the region of the calendar, for example "GB-EW".
func (c *Calendar) Name() string { return c.name }

// Known reports whether the holidays of that day's year are in the table. An
// unknown year counts weekends only; callers say so beside the deadline.
func (c *Calendar) Known(d Date) bool { return d >= c.from && d <= c.to }

// IsBusinessDay reports whether d is neither a weekend nor a public holiday.
func (c *Calendar) IsBusinessDay(d Date) bool {
	if d >= c.from && d <= c.to {
		return !c.off[d-c.from]
	}
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday
}

// RollForward is d itself or the next business day. The direction of every
// deadline we give to somebody else.
func (c *Calendar) RollForward(d Date) Date {
	for !c.IsBusinessDay(d) {
		d++
	}
	return d
}

// RollBack is d itself or the previous business day. The direction of every
// deadline we have to keep ourselves.
func (c *Calendar) RollBack(d Date) Date {
	for !c.IsBusinessDay(d) {
		d--
	}
	return d
}

// AddBusinessDays is the n-th business day after d (n > 0) or before it (n < 0).
// d itself never counts, whether a business day or not; n = 0 returns d.
func (c *Calendar) AddBusinessDays(d Date, n int) Date {
	for ; n > 0; n-- {
		d = c.RollForward(d + 1)
	}
	for ; n < 0; n++ {
		d = c.RollBack(d - 1)
	}
	return d
}

// BusinessDaysBetween counts the business days after from up to and including
// to; 0 if to is not after from.
func (c *Calendar) BusinessDaysBetween(from, to Date) int {
	n := 0
	for d := from + 1; d <= to; d++ {
		if c.IsBusinessDay(d) {
			n++
		}
	}
	return n
}

package cal

import "time"

// Calendar tells business days at one place. It is immutable and safe for
// concurrent use. Build one from holiday tables with [Holidays.Calendar].
// The zero Calendar knows weekends only.
type Calendar struct {
	name       string
	known      span            // the days whose holidays are known
	tableStart Date            // the day off[0] stands for
	off        []bool          // off[d-tableStart]: a weekend or holiday
	holidays   map[Date]string // names, weekends included
}

// span is a range of days, both ends included; it is empty if from is after to.
type span struct{ from, to Date }

var noDays = span{from: Far, to: None}

func (s span) contains(d Date) bool { return d >= s.from && d <= s.to }

func (s span) meet(o span) span { return span{max(s.from, o.from), min(s.to, o.to)} }

// WeekendsOnly is a calendar without holidays, and with no year known: the last
// resort for a place that has no table. Saturday and Sunday are taken for the weekend everywhere.
func WeekendsOnly(name string) *Calendar { return &Calendar{name: name, known: noDays} }

// newCalendar builds the table of days off from holidays that are complete for
// the known days.
func newCalendar(name string, known span, holidays map[Date]string) *Calendar {
	c := &Calendar{name: name, known: known, tableStart: known.from, holidays: holidays}
	c.off = make([]bool, max(0, known.to.DaysSince(known.from)+1))
	for i := range c.off {
		c.off[i] = isWeekend(known.from + Date(i))
	}
	for d := range holidays {
		if known.contains(d) {
			c.off[d-known.from] = true
		}
	}
	return c
}

// Name is the region of the calendar, for example "GB-EW".
func (c *Calendar) Name() string { return c.name }

// Known reports whether the holidays of that day's year are in the table. An
// unknown year counts weekends only; callers say so beside the deadline.
func (c *Calendar) Known(d Date) bool { return len(c.off) > 0 && c.known.contains(d) }

// Holiday is the name of the public holiday on d, in the language of the place;
// "" if there is none or none is known. A holiday may fall on a weekend.
func (c *Calendar) Holiday(d Date) string { return c.holidays[d] }

// IsBusinessDay reports whether d is neither a weekend nor a public holiday.
func (c *Calendar) IsBusinessDay(d Date) bool {
	if i := int(d) - int(c.tableStart); i >= 0 && i < len(c.off) {
		return !c.off[i]
	}
	return !isWeekend(d)
}

func isWeekend(d Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// RollForward is d itself or the next business day: the direction of every
// deadline we give to somebody else. None and Far stay as they are.
func (c *Calendar) RollForward(d Date) Date {
	if !d.Valid() {
		return d
	}
	for !c.IsBusinessDay(d) {
		d++
	}
	if d > lastDay {
		return Far
	}
	return d
}

// RollBack is d itself or the previous business day: the direction of every
// deadline we have to keep ourselves. None and Far stay as they are.
func (c *Calendar) RollBack(d Date) Date {
	if !d.Valid() {
		return d
	}
	for !c.IsBusinessDay(d) {
		d--
	}
	if d < firstDay {
		return None
	}
	return d
}

// AddBusinessDays is the n-th business day after d (n > 0) or before it (n < 0).
// d itself never counts, whether a business day or not; n = 0 returns d.
// None and Far stay as they are.
func (c *Calendar) AddBusinessDays(d Date, n int) Date {
	for ; n > 0 && d.Valid(); n-- {
		d = c.RollForward(d.AddDays(1))
	}
	for ; n < 0 && d.Valid(); n++ {
		d = c.RollBack(d.AddDays(-1))
	}
	return d
}

// BusinessDaysBetween counts the business days after from up to and including
// to; 0 if to is not after from, or if one of them is None or Far.
func (c *Calendar) BusinessDaysBetween(from, to Date) int {
	if !from.Valid() || !to.Valid() {
		return 0
	}
	n := 0
	for d := from + 1; d <= to; d++ {
		if c.IsBusinessDay(d) {
			n++
		}
	}
	return n
}

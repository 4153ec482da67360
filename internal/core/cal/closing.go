package cal

import (
	"fmt"
	"strings"
)

// ClosingDays are days on which the creditor sends nothing although they may be
// business days: they are no send days, but they count as business days when a
// deadline or a gap is counted. The zero value closes no day.
type ClosingDays struct {
	yearly []yearlySpan // in the order given
	dated  []span       // in the order given
}

// yearlySpan is a span of month-days (month × 100 + day), both included. It runs
// across the year's end if from is after to.
type yearlySpan struct{ from, to int }

// minOpenDays is how many days of a year yearly spans must leave open, so that
// a next send day always exists.
const minOpenDays = 60

// DefaultClosingDays is 24 December to 1 January of every year. To add to it, parse
// its [ClosingDays.Entries] together with more.
func DefaultClosingDays() ClosingDays {
	return ClosingDays{yearly: []yearlySpan{{from: 12_24, to: 1_01}}}
}

// ParseClosingDays reads closing days as a user writes them, one entry each:
//
//	12-24..01-01            every year, both days included, also across the year's end
//	06-29                   every year
//	2026-08-03..2026-08-14  once, both days included
//	2026-05-15              once
//
// 02-29 closes a day in leap years only. An entry that is none of these, or
// entries that leave less than 60 days of a year open, are refused with the entry named.
func ParseClosingDays(entries []string) (ClosingDays, error) {
	var c ClosingDays
	for _, entry := range entries {
		first, last, isSpan := strings.Cut(strings.TrimSpace(entry), "..")
		if !isSpan {
			last = first
		}
		from, to := parseISO(first), parseISO(last)
		monthFrom, monthTo := parseMonthDay(first), parseMonthDay(last)
		switch {
		case from != None && to >= from:
			c.dated = append(c.dated, span{from, to})
		case monthFrom != 0 && monthTo != 0:
			c.yearly = append(c.yearly, yearlySpan{monthFrom, monthTo})
		default:
			return ClosingDays{}, fmt.Errorf("closing days %q: expected MM-DD, MM-DD..MM-DD, "+
				"YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD with the earlier day first", entry)
		}
	}
	if open := c.openDaysOfYear(); open < minOpenDays {
		return ClosingDays{}, fmt.Errorf("closing days %q leave %d days of a year open, expected at least %d",
			strings.Join(entries, ", "), open, minOpenDays)
	}
	return c, nil
}

// parseMonthDay reads MM-DD as month × 100 + day; 0 if it is none.
func parseMonthDay(s string) int {
	if len(s) != 5 {
		return 0
	}
	d := parseISO("2000-" + s) // a leap year: 02-29 is a day
	if d == None {
		return 0
	}
	_, month, day := d.YMD()
	return month*100 + day
}

// openDaysOfYear counts the days of a common year outside every yearly span.
func (c ClosingDays) openDaysOfYear() int {
	open := 0
	for d, n := Of(2001, 1, 1), 0; n < 365; d, n = d+1, n+1 {
		if !c.closesYearly(d) {
			open++
		}
	}
	return open
}

// Contains reports whether d is a closing day.
func (c ClosingDays) Contains(d Date) bool {
	for _, s := range c.dated {
		if s.contains(d) {
			return true
		}
	}
	return c.closesYearly(d)
}

func (c ClosingDays) closesYearly(d Date) bool {
	if len(c.yearly) == 0 {
		return false
	}
	_, month, day := d.YMD()
	at := month*100 + day
	for _, s := range c.yearly {
		if s.from <= s.to && at >= s.from && at <= s.to {
			return true
		}
		if s.from > s.to && (at >= s.from || at <= s.to) {
			return true
		}
	}
	return false
}

// Entries writes the closing days in the form [ParseClosingDays] reads.
func (c ClosingDays) Entries() []string {
	var entries []string
	for _, s := range c.yearly {
		entries = append(entries, entry(monthDay(s.from), monthDay(s.to)))
	}
	for _, s := range c.dated {
		entries = append(entries, entry(s.from.String(), s.to.String()))
	}
	return entries
}

func monthDay(at int) string { return fmt.Sprintf("%02d-%02d", at/100, at%100) }

func entry(from, to string) string {
	if from == to {
		return from
	}
	return from + ".." + to
}

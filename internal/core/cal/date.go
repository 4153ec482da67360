package cal

import (
	"errors"
	"fmt"
	"time"
)

// Date is a civil day, counted from 1970-01-01 = 0. The zero value is therefore
// a real day; where a date may be absent use [None].
type Date int32

// None marks an absent date. It sorts before every real date.
const None Date = -1 << 31

// Far sorts after every real date: "until further notice".
const Far Date = 1<<31 - 1

// The years a date can be written in: 1 to 9999. Arithmetic that leaves them ends
// at None or Far instead of at a day that has no text.
const (
	firstDay Date = -719162 // 0001-01-01
	lastDay  Date = 2932896 // 9999-12-31
)

// ErrDate is returned for text that is no civil date.
var ErrDate = errors.New("not a date (expected YYYY-MM-DD)")

// Of returns the day of a year (1 to 9999), month (1 to 12) and day of month.
// It returns None if there is no such day.
func Of(year, month, day int) Date {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month) {
		return None
	}
	// Days from civil, proleptic Gregorian, with March as the first month.
	y := year
	if month <= 2 {
		y--
	}
	era := y / 400
	yearOfEra := y - era*400
	shifted := (month + 9) % 12
	dayOfYear := (153*shifted+2)/5 + day - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return Date(era*146097 + dayOfEra - 719468)
}

// Parse reads YYYY-MM-DD.
func Parse(s string) (Date, error) {
	if d := parseISO(s); d != None {
		return d, nil
	}
	return None, fmt.Errorf("%w: %q", ErrDate, s)
}

// ParseBytes is Parse without an allocation, for rows of a store.
// It returns None for anything that is not a date, also for no text at all.
func ParseBytes(b []byte) Date { return parseISO(b) }

// MustParse is Parse for constants in tests and tables; it panics on bad text.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func parseISO[T ~string | ~[]byte](s T) Date {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return None
	}
	var parts [3]int
	for i, from := range [3]int{0, 5, 8} {
		n := 0
		to := [3]int{4, 7, 10}[i]
		for k := from; k < to; k++ {
			if s[k] < '0' || s[k] > '9' {
				return None
			}
			n = n*10 + int(s[k]-'0')
		}
		parts[i] = n
	}
	return Of(parts[0], parts[1], parts[2])
}

// Valid reports whether d is a day of the years 1 to 9999, so neither None nor Far.
func (d Date) Valid() bool { return d >= firstDay && d <= lastDay }

// YMD splits the day into year, month and day of month.
func (d Date) YMD() (year, month, day int) {
	z := int(d) + 719468
	era := z / 146097
	if z < 0 {
		era = (z - 146096) / 146097
	}
	dayOfEra := z - era*146097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153
	day = dayOfYear - (153*shifted+2)/5 + 1
	month = shifted + 3
	if month > 12 {
		month -= 12
	}
	year = yearOfEra + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

// String is YYYY-MM-DD; "" for None and "never" for Far.
func (d Date) String() string {
	switch {
	case d < firstDay:
		return ""
	case d > lastDay:
		return "never"
	}
	return string(d.Append(make([]byte, 0, 10)))
}

// Append appends YYYY-MM-DD to dst. d must be valid.
func (d Date) Append(dst []byte) []byte {
	y, m, day := d.YMD()
	return append(dst, byte('0'+y/1000%10), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10))
}

// MarshalText writes the ISO form, so that dates stand as text in JSON.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form; empty text is None and "never" is Far.
func (d *Date) UnmarshalText(b []byte) error {
	switch string(b) {
	case "":
		*d = None
		return nil
	case "never":
		*d = Far
		return nil
	}
	parsed, err := Parse(string(b))
	*d = parsed
	return err
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday {
	w := (int(d) + 4) % 7
	if w < 0 {
		w += 7
	}
	return time.Weekday(w)
}

// AddDays returns the day n calendar days later (earlier if negative). None and
// Far stay as they are, here and in AddMonths and AddYears: no day plus a week is
// still no day, and "until further notice" never ends earlier. A day after the
// year 9999 is Far, one before the year 1 is None.
func (d Date) AddDays(n int) Date {
	switch {
	case !d.Valid():
		return d
	case n > int(lastDay-d):
		return Far
	case n < int(firstDay-d):
		return None
	}
	return d + Date(n)
}

// DaysSince counts the calendar days from o to d: tomorrow.DaysSince(today) is 1.
func (d Date) DaysSince(o Date) int { return int(d) - int(o) }

// AddMonths returns the same day of the month n months later; where that month
// is shorter, its last day (31 January + 1 month = 28 or 29 February).
func (d Date) AddMonths(n int) Date {
	if !d.Valid() {
		return d
	}
	y, m, day := d.YMD()
	months := y*12 + m - 1
	switch {
	case n > 9999*12+11-months:
		return Far
	case n < 1*12-months:
		return None
	}
	y, m = (months+n)/12, (months+n)%12+1
	return Of(y, m, min(day, DaysInMonth(y, m)))
}

// AddYears is AddMonths(12 × n): 29 February becomes 28 February in a common year.
func (d Date) AddYears(n int) Date {
	return d.AddMonths(12 * max(-10_000, min(n, 10_000)))
}

// MonthStart is the first day of d's month; None and Far stay as they are.
func (d Date) MonthStart() Date {
	if !d.Valid() {
		return d
	}
	_, _, day := d.YMD()
	return d - Date(day-1)
}

// Time is midnight UTC of the day: for libraries that want a time.Time, never
// for arithmetic.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// EndIn is the last second of the day in a zone.
func (d Date) EndIn(zone *time.Location) time.Time {
	y, m, day := d.YMD()
	return time.Date(y, time.Month(m), day, 23, 59, 59, 0, zone)
}

// DateIn is the civil day of an instant in a zone.
func DateIn(t time.Time, zone *time.Location) Date {
	y, m, day := t.In(zone).Date()
	return Of(y, int(m), day)
}

// DaysInMonth is the length of a month (1 to 12) of a year.
func DaysInMonth(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

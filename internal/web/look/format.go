package look

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// Format writes days, amounts and times on a screen as people of one place read them.
type Format struct {
	Language locale.Language
	Zone     *time.Location
	Today    cal.Date
}

// Money writes an amount with its sign and places, thousands apart.
func (f Format) Money(minor int64, c money.Currency) string {
	return f.Language.Money(money.Money{Minor: minor, Currency: c})
}

// Amount is Money for an amount that came as plain decimal text; text that is none stays.
func (f Format) Amount(decimal string, c money.Currency) string {
	minor, err := money.ParseMinor(decimal, c.Exponent())
	if err != nil {
		return decimal
	}
	return f.Money(minor, c)
}

// Round writes an amount without its minor units, for a figure at the top of a page; the
// exact one stands in the list behind it. Half a unit counts as one.
func (f Format) Round(minor int64, c money.Currency) string {
	unit := int64(1)
	for range c.Exponent() {
		unit *= 10
	}
	half := unit / 2
	if minor < 0 {
		half = -half
	}
	whole := f.Money((minor+half)/unit*unit, c)
	if c.Exponent() == 0 {
		return whole
	}
	for _, mark := range []string{".", ","} {
		zeros := mark + strings.Repeat("0", c.Exponent())
		if at := strings.LastIndex(whole, zeros); at >= 0 {
			return whole[:at] + whole[at+len(zeros):]
		}
	}
	return whole
}

// Number writes a count, thousands apart.
func (f Format) Number(n int64) string {
	if n < 0 || n > 1<<31 {
		return strconv.FormatInt(n, 10)
	}
	return f.Language.Number(int(n))
}

// Day writes a day without its year while that is this year's: "Tue 17 Nov".
func (f Format) Day(d cal.Date) string {
	if d == cal.None || d == cal.Far {
		return "–"
	}
	year, m, dayOfMonth := d.YMD()
	if this, _, _ := f.Today.YMD(); year != this {
		return f.Language.ShortDate(d)
	}
	day, month := strconv.Itoa(dayOfMonth), time.Month(m).String()[:3]
	switch f.Language {
	case locale.EnglishUS:
		return weekday(d) + ", " + month + " " + day
	default:
		return weekday(d) + " " + day + " " + month
	}
}

func weekday(d cal.Date) string { return d.Weekday().String()[:3] }

// Date writes a day in full for a column.
func (f Format) Date(d cal.Date) string {
	return cmp.Or(f.Language.ShortDate(d), "–")
}

// DateText is Date for a day that came as ISO text; "" and text that is none stay.
func (f Format) DateText(iso string) string {
	d, err := cal.Parse(iso)
	if err != nil {
		return cmp.Or(iso, "–")
	}
	return f.Date(d)
}

// LongDay writes the day of a page: "Tuesday 17 November".
func (f Format) LongDay(d cal.Date) string {
	year, _, _ := d.YMD()
	return strings.TrimRight(strings.TrimSuffix(f.Language.Day(d), strconv.Itoa(year)), ", ")
}

// Time writes an instant at the place: "17 Nov 09:12".
func (f Format) Time(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(f.Zone)
	return f.Day(cal.DateIn(t, f.Zone)) + " " + t.Format("15:04")
}

// Ago says how many days before today a day was.
func (f Format) Ago(d cal.Date) string {
	switch n := f.Today.DaysSince(d); {
	case n == 0:
		return "today"
	case n == 1:
		return "yesterday"
	case n > 1:
		return strconv.Itoa(n) + " days ago"
	case n == -1:
		return "tomorrow"
	default:
		return "in " + strconv.Itoa(-n) + " days"
	}
}

// Days writes a number of days with its word.
func Days(n int) string {
	if n == 1 || n == -1 {
		return strconv.Itoa(n) + " day"
	}
	return strconv.Itoa(n) + " days"
}

// Count writes a number with the word for one or for several.
func Count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatInt(n, 10) + " " + many
}

// Words makes a code of the program readable: "accounts_payable" becomes "accounts payable".
func Words(code string) string { return strings.ReplaceAll(code, "_", " ") }

// Title is Words with a capital.
func Title(code string) string {
	w := Words(code)
	if w == "" {
		return w
	}
	return strings.ToUpper(w[:1]) + w[1:]
}

var (
	isoDay      = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)
	plainAmount = regexp.MustCompile(`\b\d+(?:\.\d{1,3})? [A-Z]{3}\b`) // "1234.50 GBP"
)

// Sentence is a sentence of the program with its days and amounts as people of the place
// write them.
func (f Format) Sentence(text string) string {
	text = plainAmount.ReplaceAllStringFunc(text, func(amount string) string {
		decimal, code, _ := strings.Cut(amount, " ")
		c, err := money.ParseCurrency(code)
		if err != nil {
			return amount
		}
		return f.Amount(decimal, c)
	})
	return isoDay.ReplaceAllStringFunc(text, func(iso string) string {
		d, err := cal.Parse(iso)
		if err != nil {
			return iso
		}
		return f.Day(d)
	})
}

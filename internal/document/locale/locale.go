package locale

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Language names one language of messages, as an IETF tag.
type Language string

// The languages messages are written in. American English is a language of its
// own, not British English with a dollar sign.
const (
	EnglishGB Language = "en-GB"
	EnglishUS Language = "en-US"
	German    Language = "de"
)

// nbsp keeps a figure and its unit, or a day and its month, on one line.
const nbsp = "\u00a0"

// Languages lists every language, in the order of the tags.
func Languages() []Language { return []Language{German, EnglishGB, EnglishUS} }

// Parse finds the language for a tag of a customer record. Case and region are
// forgiving ("de-AT" and "DE" are German, "en" is British English); ok is false
// for a language that messages are not written in.
func Parse(tag string) (Language, bool) {
	t := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"))
	switch {
	case t == "en-us" || t == "en-ca":
		return EnglishUS, true
	case t == "en" || strings.HasPrefix(t, "en-"):
		return EnglishGB, true
	case t == "de" || strings.HasPrefix(t, "de-"):
		return German, true
	}
	return "", false
}

// Known reports whether l is a language of this package.
func (l Language) Known() bool { return slices.Contains(Languages(), l) }

var monthsEnglish = [...]string{"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"}

var monthsGerman = [...]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
	"August", "September", "Oktober", "November", "Dezember"}

var weekdaysGerman = [...]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag",
	"Samstag"}

// Day writes a day with its weekday, as deadlines are printed: "Thursday 12 March
// 2026", "Thursday, March 12, 2026", "Donnerstag, 12. März 2026". d must be valid;
// None and Far give "".
func (l Language) Day(d cal.Date) string {
	if !d.Valid() {
		return ""
	}
	switch l {
	case German:
		return weekdaysGerman[d.Weekday()] + ", " + l.Date(d)
	case EnglishUS:
		return d.Weekday().String() + ", " + l.Date(d)
	}
	return d.Weekday().String() + " " + l.Date(d)
}

// Date writes a day without its weekday: "12 March 2026", "March 12, 2026",
// "12. März 2026". None and Far give "".
func (l Language) Date(d cal.Date) string {
	if !d.Valid() {
		return ""
	}
	y, m, day := d.YMD()
	switch l {
	case German:
		return fmt.Sprintf("%d."+nbsp+"%s %d", day, monthsGerman[m-1], y)
	case EnglishUS:
		return fmt.Sprintf("%s"+nbsp+"%d, %d", monthsEnglish[m-1], day, y)
	}
	return fmt.Sprintf("%d"+nbsp+"%s %d", day, monthsEnglish[m-1], y)
}

// ShortDate writes a day for a column of a table, always one unbroken word with
// a written month in English, where figures alone are ambiguous: "12 Mar 2026",
// "Mar 12, 2026", "12.03.2026". None and Far give "".
func (l Language) ShortDate(d cal.Date) string {
	if !d.Valid() {
		return ""
	}
	y, m, day := d.YMD()
	short := time.Month(m).String()[:3]
	switch l {
	case German:
		return fmt.Sprintf("%02d.%02d.%d", day, m, y)
	case EnglishUS:
		return fmt.Sprintf("%s"+nbsp+"%d,"+nbsp+"%d", short, day, y)
	}
	return fmt.Sprintf("%d"+nbsp+"%s"+nbsp+"%d", day, short, y)
}

// Money writes an amount with all places of its currency: "£1,234.50",
// "1.234,50 €", "$1,234.50", "CHF 1,234.50". The dollar sign stands only for US
// dollars in American English and the pound sign only for sterling in English;
// everything else that could be mistaken is written by its code.
func (l Language) Money(m money.Money) string {
	sign, digits := "", m.Decimal()
	if strings.HasPrefix(digits, "-") {
		sign, digits = "\u2212", digits[1:]
	}
	digits = l.group(digits)
	symbol := l.symbol(m.Currency)
	if l == German {
		if symbol == "" {
			symbol = string(m.Currency)
		}
		return sign + digits + nbsp + symbol
	}
	if symbol == "" {
		return sign + string(m.Currency) + nbsp + digits
	}
	return sign + symbol + digits
}

func (l Language) symbol(c money.Currency) string {
	switch {
	case c == "EUR":
		return "€"
	case c == "GBP" && l != German:
		return "£"
	case c == "USD" && l == EnglishUS:
		return "$"
	}
	return ""
}

// group sets thousands apart and writes the decimal mark of the language.
func (l Language) group(digits string) string {
	whole, places, hasPlaces := strings.Cut(digits, ".")
	thousands, mark := ",", "."
	if l == German {
		thousands, mark = ".", ","
	}
	var b strings.Builder
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteByte(whole[i])
	}
	if hasPlaces {
		b.WriteString(mark + places)
	}
	return b.String()
}

// Number writes a whole number with thousands set apart.
func (l Language) Number(n int) string {
	if n < 0 {
		return "\u2212" + l.group(strconv.Itoa(n)[1:])
	}
	return l.group(strconv.Itoa(n))
}

// Rate writes a percentage a year: "11.75%", "10,52 %".
func (l Language) Rate(r money.Rate) string {
	s := strings.Replace(r.String(), "-", "\u2212", 1)
	if l == German {
		return strings.Replace(s, ".", ",", 1) + nbsp + "%"
	}
	return s + "%"
}

package locale

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

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
	y, m, n := d.YMD()
	day, year := strconv.Itoa(n), strconv.Itoa(y)
	switch l {
	case German:
		return day + "." + nbsp + monthsGerman[m-1] + " " + year
	case EnglishUS:
		return monthsEnglish[m-1] + nbsp + day + ", " + year
	}
	return day + nbsp + monthsEnglish[m-1] + " " + year
}

// ShortDate writes a day for a column of a table, always one unbroken word with
// a written month in English, where figures alone are ambiguous: "12 Mar 2026",
// "Mar 12, 2026", "12.03.2026". None and Far give "".
func (l Language) ShortDate(d cal.Date) string {
	if !d.Valid() {
		return ""
	}
	y, m, n := d.YMD()
	day, year, short := strconv.Itoa(n), strconv.Itoa(y), monthsEnglish[m-1][:3]
	switch l {
	case German:
		return twoDigits(n) + "." + twoDigits(int(m)) + "." + year
	case EnglishUS:
		return short + nbsp + day + "," + nbsp + year
	}
	return day + nbsp + short + nbsp + year
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// Money writes an amount with all places of its currency: "£1,234.50",
// "1.234,50 €", "$1,234.50", "CHF 1,234.50". The dollar sign stands only for US
// dollars in American English and the pound sign only for sterling in English;
// everything else that could be mistaken is written by its code.
func (l Language) Money(m money.Money) string {
	out := make([]byte, 0, 40)
	if m.Minor < 0 {
		out = append(out, minus...)
	}
	var buf [24]byte
	digits := money.AppendMinor(buf[:0], m.Minor, m.Currency.Exponent())
	digits = bytes.TrimPrefix(digits, []byte("-"))
	symbol := l.symbol(m.Currency)
	switch {
	case l == German && symbol == "":
		out = append(append(l.group(out, digits), nbsp...), m.Currency...)
	case l == German:
		out = append(append(l.group(out, digits), nbsp...), symbol...)
	case symbol == "":
		out = l.group(append(append(out, m.Currency...), nbsp...), digits)
	default:
		out = l.group(append(out, symbol...), digits)
	}
	return string(out)
}

// minus is the sign of negative amounts and numbers.
const minus = "\u2212"

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

// group appends digits with thousands set apart and the decimal mark of the language.
func (l Language) group(out, digits []byte) []byte {
	whole, places, hasPlaces := bytes.Cut(digits, []byte("."))
	thousands, mark := byte(','), byte('.')
	if l == German {
		thousands, mark = mark, thousands
	}
	for i := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out = append(out, thousands)
		}
		out = append(out, whole[i])
	}
	if hasPlaces {
		out = append(append(out, mark), places...)
	}
	return out
}

// Number writes a whole number with thousands set apart.
func (l Language) Number(n int) string {
	digits := strconv.AppendInt(make([]byte, 0, 24), int64(n), 10)
	if n < 0 {
		return string(l.group([]byte(minus), digits[1:]))
	}
	return string(l.group(make([]byte, 0, 24), digits))
}

// Rate writes a percentage a year: "11.75%", "10,52 %".
func (l Language) Rate(r money.Rate) string {
	s := strings.Replace(r.String(), "-", minus, 1)
	if l == German {
		return strings.Replace(s, ".", ",", 1) + nbsp + "%"
	}
	return s + "%"
}

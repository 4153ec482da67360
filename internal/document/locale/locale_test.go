package locale

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

func plain(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

func TestDays(t *testing.T) {
	d := cal.MustParse("2026-03-12")
	for _, c := range []struct {
		l                Language
		day, date, short string
	}{
		{EnglishGB, "Thursday 12 March 2026", "12 March 2026", "12 Mar 2026"},
		{EnglishUS, "Thursday, March 12, 2026", "March 12, 2026", "Mar 12, 2026"},
		{German, "Donnerstag, 12. März 2026", "12. März 2026", "12.03.2026"},
	} {
		if got := plain(c.l.Day(d)); got != c.day {
			t.Errorf("%s: day %q, want %q", c.l, got, c.day)
		}
		if got := plain(c.l.Date(d)); got != c.date {
			t.Errorf("%s: date %q, want %q", c.l, got, c.date)
		}
		if got := plain(c.l.ShortDate(d)); got != c.short {
			t.Errorf("%s: short date %q, want %q", c.l, got, c.short)
		}
		for _, none := range []cal.Date{cal.None, cal.Far} {
			if c.l.Day(none)+c.l.Date(none)+c.l.ShortDate(none) != "" {
				t.Errorf("%s: a missing date is written as something", c.l)
			}
		}
	}
}

func TestEveryWeekdayAndMonthOfGerman(t *testing.T) {
	seen := map[string]bool{}
	for d := cal.MustParse("2026-01-01"); d <= cal.MustParse("2026-12-31"); d++ {
		day, date, _ := strings.Cut(German.Day(d), ", ")
		seen[day] = true
		seen[strings.Fields(plain(date))[1]] = true
	}
	for _, word := range []string{"Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag",
		"Sonntag", "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
		"Oktober", "November", "Dezember"} {
		if !seen[word] {
			t.Errorf("%s is never written", word)
		}
	}
	if got := German.Day(cal.MustParse("2026-11-21")); !strings.HasPrefix(got, "Samstag") {
		t.Errorf("21 November 2026 is written %q", got)
	}
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		l        Language
		minor    int64
		currency money.Currency
		want     string
	}{
		{EnglishGB, 123450, "GBP", "£1,234.50"},
		{German, 123450, "EUR", "1.234,50 €"},
		{EnglishUS, 123450, "USD", "$1,234.50"},
		{EnglishGB, 123450, "EUR", "€1,234.50"},
		{EnglishGB, 123450, "USD", "USD 1,234.50"},
		{EnglishUS, 123450, "CAD", "CAD 1,234.50"},
		{EnglishUS, 123450, "GBP", "£1,234.50"},
		{German, 123450, "GBP", "1.234,50 GBP"},
		{German, 123450, "CHF", "1.234,50 CHF"},
		{EnglishGB, 1234567, "JPY", "JPY 1,234,567"},
		{German, 5, "EUR", "0,05 €"},
		{EnglishGB, -5, "GBP", "−£0.05"},
		{German, -100000000, "EUR", "−1.000.000,00 €"},
		{EnglishGB, 1234567, "KWD", "KWD 1,234.567"},
		{EnglishGB, 99999, "GBP", "£999.99"},
		{EnglishGB, 100000, "GBP", "£1,000.00"},
	} {
		if got := plain(c.l.Money(money.Money{Minor: c.minor, Currency: c.currency})); got != c.want {
			t.Errorf("%s %d %s: %q, want %q", c.l, c.minor, c.currency, got, c.want)
		}
	}
}

func TestNumberAndRate(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{EnglishGB.Number(1234), "1,234"}, {German.Number(-1234567), "−1.234.567"}, {German.Number(0), "0"},
		{EnglishGB.Rate(11_750_000), "11.75%"}, {German.Rate(10_520_000), "10,52 %"},
		{German.Rate(-880_000), "−0,88 %"},
	} {
		if plain(c.got) != c.want {
			t.Errorf("got %q, want %q", plain(c.got), c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for tag, want := range map[string]Language{"en": EnglishGB, "en_US": EnglishUS, "EN-gb": EnglishGB,
		"de": German, "de-AT": German, " DE ": German, "en-IE": EnglishGB} {
		if got, ok := Parse(tag); !ok || got != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", tag, got, ok, want)
		}
	}
	for _, tag := range []string{"", "fr", "english", "deutsch", "d"} {
		if got, ok := Parse(tag); ok {
			t.Errorf("Parse(%q) = %q, want none", tag, got)
		}
	}
}

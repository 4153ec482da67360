package locale

import (
	"errors"
	"testing"

	"github.com/recoup-project/recoup/internal/core/money"
)

// TestReadAmount: what people type means one amount, or is refused; it never means a hundred
// times as much.
func TestReadAmount(t *testing.T) {
	for _, c := range []struct {
		l        Language
		text     string
		currency money.Currency
		want     string // "" is refused, "?" as ambiguous
	}{
		{EnglishGB, "1234.50", "GBP", "1234.50"}, {EnglishGB, "1,234.50", "GBP", "1234.50"}, {EnglishGB, "1.234,50", "GBP", "1234.50"},
		{EnglishGB, "£1 234", "GBP", "1234.00"}, {EnglishGB, "GBP 12.5", "GBP", "12.50"}, {EnglishGB, "12,5", "GBP", "12.50"},
		{EnglishGB, "1,234", "GBP", "1234.00"}, {German, "1.234", "EUR", "1234.00"}, {EnglishGB, "1.234", "GBP", "1234.00"},
		{EnglishGB, "1,234,567", "GBP", "1234567.00"}, {German, "1.234.567,89", "EUR", "1234567.89"}, {EnglishGB, ".50", "GBP", "0.50"},
		{EnglishGB, "1,234,56", "GBP", ""}, {EnglishGB, "1,23,456.00", "GBP", ""}, {EnglishGB, "12345,678", "GBP", ""}, {EnglishGB, "0,123", "GBP", ""},
		{EnglishGB, "1.234,567.00", "GBP", ""}, {EnglishGB, "12.345", "GBP", "12345.00"}, {EnglishGB, "1.23456", "GBP", ""}, {EnglishGB, "x", "GBP", ""},
		{EnglishGB, "1.234", "KWD", "1.234"}, {EnglishGB, "1,234", "KWD", "?"}, {German, "1,234", "BHD", "1.234"}, {German, "1.234", "BHD", "?"},
		{EnglishGB, "1,234.567", "KWD", "1234.567"}, {EnglishGB, "1,234,567", "KWD", "1234567.000"}, {EnglishGB, "1,234", "JPY", "1234"},
		{EnglishGB, "12.5", "JPY", ""}, {EnglishGB, "1,", "GBP", "1.00"}, {EnglishGB, "-5", "GBP", "-5.00"}, {EnglishGB, "", "GBP", ""},
	} {
		m, err := c.l.ReadAmount(c.text, c.currency)
		got := money.FormatMinor(m.Minor, c.currency.Exponent())
		if err != nil {
			if got = ""; errors.Is(err, ErrAmbiguous) {
				got = "?"
			}
		}
		if got != c.want {
			t.Errorf("%s %q in %s is %q, want %q (%v)", c.l, c.text, c.currency, got, c.want, err)
		}
	}
}

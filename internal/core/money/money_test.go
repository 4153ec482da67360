package money

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseMinor(t *testing.T) {
	for _, test := range []struct {
		text     string
		exponent int
		want     int64
	}{
		{"0", 2, 0}, {"-0", 2, 0}, {"0.00", 2, 0}, {"1", 2, 100}, {"1.", 2, 100}, {".5", 2, 50},
		{"-.05", 2, -5},
		{"+7.25", 2, 725}, {"1234.50", 2, 123450}, {"1234.5", 2, 123450}, {"1234.5000", 2, 123450},
		{"-1234.56", 2, -123456}, {"0012.30", 2, 1230}, {"12", 0, 12}, {"12.0", 0, 12}, {"12.000", 0, 12},
		{"1.234", 3, 1234}, {"1.2345", 4, 12345}, {"11.75", 6, 11_750_000}, {"0.01", 2, 1},
		{"10000000000000.00", 2, MaxMinor}, {"-10000000000000.00", 2, -MaxMinor},
		{"1000000000000000", 0, MaxMinor}, {"00000000000000000000000000000001", 0, 1},
	} {
		got, err := ParseMinor(test.text, test.exponent)
		if err != nil || got != test.want {
			t.Errorf("ParseMinor(%q, %d) = %d, %v, want %d", test.text, test.exponent, got, err, test.want)
		}
	}
}

func TestParseMinorRefuses(t *testing.T) {
	for _, test := range []struct {
		text     string
		exponent int
		want     error
	}{
		{"", 2, ErrSyntax}, {"-", 2, ErrSyntax}, {"+", 2, ErrSyntax}, {".", 2, ErrSyntax},
		{"-.", 2, ErrSyntax},
		{"1,5", 2, ErrSyntax}, {"1.234,50", 2, ErrSyntax}, {"1 234", 2, ErrSyntax}, {" 1", 2, ErrSyntax},
		{"1e5", 2, ErrSyntax}, {"1.2.3", 2, ErrSyntax}, {"--1", 2, ErrSyntax}, {"+-1", 2, ErrSyntax},
		{"1-", 2, ErrSyntax}, {"abc", 2, ErrSyntax}, {"٣", 2, ErrSyntax}, {"1.2x", 2, ErrSyntax},
		{"∞", 2, ErrSyntax}, {"1.239x", 2, ErrSyntax}, {"99999999999999999999x", 2, ErrSyntax},
		{"NaN", 2, ErrSyntax}, {"0x10", 2, ErrSyntax}, {"1_000", 2, ErrSyntax}, {"(5)", 2, ErrSyntax},
		{"1.234", 2, ErrTooPrecise}, {"0.001", 2, ErrTooPrecise}, {"1.5", 0, ErrTooPrecise},
		{"1.0001", 3, ErrTooPrecise}, {"1.2000000001", 2, ErrTooPrecise},
		{"10000000000000.01", 2, ErrOverflow}, {"1000000000000001", 0, ErrOverflow},
		{"99999999999999999999999999", 2, ErrOverflow}, {"9223372036854775808", 0, ErrOverflow},
		{"1000000000000000", 2, ErrOverflow}, {"-100000000000000.00", 2, ErrOverflow},
	} {
		got, err := ParseMinor(test.text, test.exponent)
		if !errors.Is(err, test.want) || got != 0 {
			t.Errorf("ParseMinor(%q, %d) = %d, %v, want %v", test.text, test.exponent, got, err, test.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		text     string
		currency Currency
		want     string
	}{
		{"1234.5", "EUR", "1234.50 EUR"}, {"-0.05", "GBP", "-0.05 GBP"}, {"1234", "JPY", "1234 JPY"},
		{"1.5", "KWD", "1.500 KWD"}, {"2", "CLF", "2.0000 CLF"}, {"3.10", "XXX", "3.10 XXX"},
	} {
		m, err := Parse(test.text, test.currency)
		if err != nil || m.String() != test.want {
			t.Errorf("Parse(%q, %s) = %s, %v, want %s", test.text, test.currency, m, err, test.want)
		}
	}
	for text, want := range map[string]string{
		"1.505":       `amount "1.505": too many decimal places (EUR has 2)`,
		"1.234,5":     `amount "1.234,5": not a decimal number`,
		"10000000e10": `amount "10000000e10": not a decimal number`,
		"1" + strings.Repeat("0", 20): `amount "1` + strings.Repeat("0", 20) +
			`": amount out of range`,
	} {
		if _, err := Parse(text, "EUR"); err == nil || err.Error() != want {
			t.Errorf("Parse(%q) says %v, want %s", text, err, want)
		}
	}
}

func TestFormatMinor(t *testing.T) {
	for _, test := range []struct {
		minor    int64
		exponent int
		want     string
	}{
		{0, 0, "0"}, {0, 2, "0.00"}, {0, 4, "0.0000"}, {5, 0, "5"}, {5, 1, "0.5"}, {5, 2, "0.05"},
		{5, 4, "0.0005"},
		{50, 2, "0.50"}, {100, 2, "1.00"}, {-5, 2, "-0.05"}, {-5, 0, "-5"}, {-100, 2, "-1.00"},
		{123456, 3, "123.456"},
		{10, 1, "1.0"}, {99999, 2, "999.99"}, {math.MaxInt64, 2, "92233720368547758.07"},
		{math.MinInt64, 2, "-92233720368547758.08"}, {math.MinInt64, 0, "-9223372036854775808"},
		{math.MinInt64, 20, "-0.09223372036854775808"}, {1, 20, "0.00000000000000000001"},
	} {
		if got := FormatMinor(test.minor, test.exponent); got != test.want {
			t.Errorf("FormatMinor(%d, %d) = %s, want %s", test.minor, test.exponent, got, test.want)
		}
		if got := string(AppendMinor([]byte("x"), test.minor, test.exponent)); got != "x"+test.want {
			t.Errorf("AppendMinor(x, %d, %d) = %s", test.minor, test.exponent, got)
		}
	}
}

func TestFormatAndParseAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		exponent := rapid.IntRange(0, 15).Draw(t, "exponent")
		minor := rapid.Int64Range(-MaxMinor, MaxMinor).Draw(t, "minor")
		text := FormatMinor(minor, exponent)
		if back, err := ParseMinor(text, exponent); err != nil || back != minor {
			t.Fatalf("%d written as %s is read as %d, %v", minor, text, back, err)
		}
		if _, places, found := strings.Cut(text, "."); found != (exponent > 0) || len(places) != exponent {
			t.Fatalf("%s has other than %d places", text, exponent)
		}
		if back, err := ParseMinor(text+strings.Repeat("0", exponent), exponent+1); exponent > 0 &&
			err == nil && back != minor*10 {
			t.Fatalf("%s with one place more is %d, %v", text, back, err)
		}
	})
}

// Whatever is accepted is the same number when written again.
func FuzzParseMinor(f *testing.F) {
	for _, text := range []string{"0", "-1.50", ".5", "1.", "1,5", "99999999999999999999", "1.005", "+0.10"} {
		f.Add(text, uint8(2))
	}
	f.Fuzz(func(t *testing.T, text string, places uint8) {
		exponent := int(places % 16)
		minor, err := ParseMinor(text, exponent)
		if err != nil {
			known := err == ErrSyntax || err == ErrTooPrecise || err == ErrOverflow
			if minor != 0 || !known {
				t.Fatalf("ParseMinor(%q) = %d, %v", text, minor, err)
			}
			return
		}
		if minor > MaxMinor || minor < -MaxMinor {
			t.Fatalf("%q is accepted as %d", text, minor)
		}
		again := FormatMinor(minor, exponent)
		if plain(again) != plain(text) {
			t.Fatalf("%q is read as %s", text, again)
		}
	})
}

// plain brings a decimal into one form: no plus, no zeros before or after.
func plain(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign = "-"
	}
	s = strings.TrimLeft(s, "+-0")
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	if s == "" {
		sign = ""
	}
	return sign + s
}

func TestCurrencies(t *testing.T) {
	for code, want := range map[Currency]int{
		"EUR": 2, "GBP": 2, "USD": 2, "CHF": 2, "JPY": 0, "ISK": 0, "KRW": 0, "CLP": 0, "VND": 0, "KWD": 3,
		"TND": 3, "BHD": 3, "CLF": 4, "UYW": 4, "HUF": 2, "IDR": 2, "BGN": 2, "ZWG": 2, "": 2, "ABC": 2,
	} {
		if got := code.Exponent(); got != want {
			t.Errorf("%q has exponent %d, want %d", code, got, want)
		}
	}
	for code, places := range exponents {
		if len(code) != 3 || strings.Trim(string(code), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || places > 4 {
			t.Errorf("%q with %d places is no currency", code, places)
		}
		c, err := ParseCurrency(" " + strings.ToLower(string(code)) + "\t")
		if err != nil || c != code || !c.Known() {
			t.Errorf("ParseCurrency of %s in lower case = %q, %v", code, c, err)
		}
	}
	if len(exponents) != 167 {
		t.Errorf("%d currencies, want 167", len(exponents))
	}
	for _, text := range []string{"", "EU", "EURO", "€", "XYZ", "E R", "uſd", "US$", "XAU"} {
		c, err := ParseCurrency(text)
		if !errors.Is(err, ErrUnknownCurrency) || c != "" || c.Known() {
			t.Errorf("ParseCurrency(%q) = %q, %v", text, c, err)
		}
	}
}

func TestAddMinor(t *testing.T) {
	if sum := AddMinor(150, -200); sum != -50 {
		t.Errorf("sum is %d", sum)
	}
	mustPanic(t, "above int64", func() { AddMinor(math.MaxInt64, 1) })
	mustPanic(t, "below int64", func() { AddMinor(math.MinInt64, -1) })
	mustPanic(t, "twice the least", func() { AddMinor(math.MinInt64, math.MinInt64) })
	if AddMinor(math.MaxInt64, math.MinInt64) != -1 || AddMinor(math.MinInt64, 0) != math.MinInt64 ||
		AddMinor(math.MaxInt64-1, 1) != math.MaxInt64 {
		t.Error("sums at the edge of int64 are wrong")
	}
}

func TestAbs(t *testing.T) {
	for minor, want := range map[int64]int64{
		0: 0, 5: 5, -5: 5,
		math.MaxInt64: math.MaxInt64, math.MinInt64 + 1: math.MaxInt64, math.MinInt64: math.MaxInt64,
	} {
		if got := Abs(minor); got != want {
			t.Errorf("Abs(%d) = %d, want %d", minor, got, want)
		}
	}
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}

func TestTextDoesNotAllocate(t *testing.T) {
	buf := make([]byte, 0, 32)
	var minor int64
	if n := testing.AllocsPerRun(100, func() {
		minor, _ = ParseMinor("-12345.67", 2)
		buf = AppendMinor(buf[:0], minor, 2)
	}); n != 0 || string(buf) != "-12345.67" {
		t.Errorf("reading and writing an amount allocates %v times and gives %s", n, buf)
	}
}

func BenchmarkParseMinor(b *testing.B) {
	for b.Loop() {
		if _, err := ParseMinor("-12345.67", 2); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendMinor(b *testing.B) {
	buf := make([]byte, 0, 32)
	for b.Loop() {
		buf = AppendMinor(buf[:0], -1234567, 2)
	}
}

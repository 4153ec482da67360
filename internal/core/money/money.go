package money

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Currency is an ISO 4217 alphabetic code in upper case, for example "EUR".
// The empty Currency is "not stated".
type Currency string

// Money is an amount of one currency. Minor counts minor units (cents for EUR,
// whole yen for JPY, thousandths for KWD) and may be negative.
type Money struct {
	Minor    int64
	Currency Currency
}

// Errors of this package; test with errors.Is.
var (
	ErrSyntax          = errors.New("not a decimal number")
	ErrTooPrecise      = errors.New("more decimal places than the currency has")
	ErrOverflow        = errors.New("amount out of range")
	ErrUnknownCurrency = errors.New("unknown currency")
)

// MaxMinor is the largest magnitude accepted for one amount: 10^15 minor units.
// It leaves room for a sum of 9,000 such amounts and for exact interest in 128 bits.
const MaxMinor = 1_000_000_000_000_000

// ParseCurrency accepts a known ISO 4217 code in any case.
func ParseCurrency(s string) (Currency, error) {
	c := Currency(strings.ToUpper(strings.TrimSpace(s)))
	if _, ok := exponents[c]; !ok {
		return "", fmt.Errorf("%w: %q", ErrUnknownCurrency, s)
	}
	return c, nil
}

// Known reports whether c is an ISO 4217 code this package can count in.
func (c Currency) Known() bool { _, ok := exponents[c]; return ok }

// Exponent is the number of decimal places of the minor unit: 2 for EUR, 0 for
// JPY. Unknown currencies have 2.
func (c Currency) Exponent() int {
	if e, ok := exponents[c]; ok {
		return int(e)
	}
	return 2
}

// Parse reads a plain decimal ("-1234.5", "1234", ".50") with a point as the
// decimal mark and no grouping. Digits beyond the minor unit must be zero.
func Parse(s string, c Currency) (Money, error) {
	minor, err := ParseMinor(s, c.Exponent())
	return Money{Minor: minor, Currency: c}, err
}

// ParseMinor reads a plain decimal into units of 10^-exponent.
func ParseMinor(s string, exponent int) (int64, error) {
	digits, negative := s, false
	if digits != "" && (digits[0] == '-' || digits[0] == '+') {
		negative, digits = digits[0] == '-', digits[1:]
	}
	var minor int64
	places, seenPoint, seenDigit := 0, false, false
	for i := 0; i < len(digits); i++ {
		ch := digits[i]
		if ch == '.' {
			if seenPoint {
				return 0, ErrSyntax
			}
			seenPoint = true
			continue
		}
		if ch < '0' || ch > '9' {
			return 0, ErrSyntax
		}
		seenDigit = true
		if seenPoint {
			if places == exponent {
				if ch != '0' {
					return 0, ErrTooPrecise
				}
				continue
			}
			places++
		}
		minor = minor*10 + int64(ch-'0')
		if minor > MaxMinor {
			return 0, ErrOverflow
		}
	}
	if !seenDigit {
		return 0, ErrSyntax
	}
	for ; places < exponent; places++ {
		if minor *= 10; minor > MaxMinor {
			return 0, ErrOverflow
		}
	}
	if negative {
		minor = -minor
	}
	return minor, nil
}

// String is the plain decimal and the code: "1234.50 EUR".
func (m Money) String() string { return m.Decimal() + " " + string(m.Currency) }

// Decimal is the plain decimal with exactly the currency's places and a point:
// "1234.50", "-0.05". It is the form of every machine-readable output.
func (m Money) Decimal() string { return FormatMinor(m.Minor, m.Currency.Exponent()) }

// FormatMinor writes units of 10^-exponent as a plain decimal.
func FormatMinor(minor int64, exponent int) string {
	return string(AppendMinor(make([]byte, 0, 24), minor, exponent))
}

// AppendMinor appends the plain decimal of units of 10^-exponent to dst.
func AppendMinor(dst []byte, minor int64, exponent int) []byte {
	u := uint64(minor)
	if minor < 0 {
		dst = append(dst, '-')
		u = -u
	}
	var buf [24]byte
	i := len(buf)
	for n := 0; ; n++ {
		if n == exponent && exponent > 0 {
			i--
			buf[i] = '.'
		}
		if u == 0 && n > exponent {
			break
		}
		i--
		buf[i] = byte('0' + u%10)
		u /= 10
		if u == 0 && n >= exponent {
			break
		}
	}
	return append(dst, buf[i:]...)
}

// Add returns m + o. It panics when the currencies differ (a programming error:
// two currencies are never added) or when the sum leaves int64.
func (m Money) Add(o Money) Money {
	if m.Currency != o.Currency {
		panic(fmt.Sprintf("money: adding %s to %s", o.Currency, m.Currency))
	}
	return Money{Minor: AddMinor(m.Minor, o.Minor), Currency: m.Currency}
}

// AddMinor adds two sums of one currency and panics on overflow of int64,
// which no book of amounts within [MaxMinor] reaches.
func AddMinor(a, b int64) int64 {
	s := a + b
	if (a > 0 && b > 0 && s < 0) || (a < 0 && b < 0 && s >= 0) {
		panic("money: sum out of int64")
	}
	return s
}

// Abs is the magnitude of minor units; math.MinInt64 saturates.
func Abs(minor int64) int64 {
	if minor == math.MinInt64 {
		return math.MaxInt64
	}
	if minor < 0 {
		return -minor
	}
	return minor
}

package money

import (
	"cmp"
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
	ErrTooPrecise      = errors.New("too many decimal places")
	ErrOverflow        = errors.New("amount out of range")
	ErrUnknownCurrency = errors.New("unknown currency")
)

// MaxMinor is the largest magnitude accepted for one amount: 10^15 minor units.
// It leaves room for a sum of 9,000 such amounts and for exact interest in 128 bits.
const MaxMinor = 1_000_000_000_000_000

// ParseCurrency accepts a known ISO 4217 code in any case.
func ParseCurrency(s string) (Currency, error) {
	code := strings.TrimSpace(s)
	c := Currency(strings.ToUpper(code))
	if len(code) != 3 || !c.Known() {
		return "", fmt.Errorf("%w: %q (expected a code of ISO 4217, such as EUR)", ErrUnknownCurrency, s)
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
// decimal mark and no grouping. Digits beyond the minor unit must be zero. Errors
// are ErrSyntax, ErrTooPrecise and ErrOverflow, with the text and the currency named.
func Parse(s string, c Currency) (Money, error) {
	minor, err := ParseMinor(s, c.Exponent())
	switch {
	case err == nil:
		return Money{Minor: minor, Currency: c}, nil
	case errors.Is(err, ErrTooPrecise):
		err = fmt.Errorf("amount %q: %w (%s has %d)", s, err, c, c.Exponent())
	default:
		err = fmt.Errorf("amount %q: %w", s, err)
	}
	return Money{Currency: c}, err
}

// ParseMinor reads a plain decimal into units of 10^-exponent, by the rules of
// [Parse] and with its errors bare: it allocates nothing, for rows of a file.
// exponent is 0 to 15.
func ParseMinor(s string, exponent int) (int64, error) {
	digits, negative := s, false
	if digits != "" && (digits[0] == '-' || digits[0] == '+') {
		negative, digits = digits[0] == '-', digits[1:]
	}
	var minor int64
	var problem error // the first that is not about syntax: text that is no number is that only
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
					problem = cmp.Or(problem, ErrTooPrecise)
				}
				continue
			}
			places++
		}
		minor = minor*10 + int64(ch-'0')
		if minor > MaxMinor {
			minor, problem = 0, cmp.Or(problem, ErrOverflow)
		}
	}
	if !seenDigit {
		return 0, ErrSyntax
	}
	if problem != nil {
		return 0, problem
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

// AppendMinor appends the plain decimal of units of 10^-exponent to dst, with
// exactly exponent (0 to 20) places.
func AppendMinor(dst []byte, minor int64, exponent int) []byte {
	u := uint64(minor)
	if minor < 0 {
		dst = append(dst, '-')
		u = -u
	}
	var buf [24]byte
	i := len(buf)
	for places := 0; u != 0 || places <= exponent; places++ {
		if places == exponent && exponent > 0 {
			i--
			buf[i] = '.'
		}
		i--
		buf[i] = byte('0' + u%10)
		u /= 10
	}
	return append(dst, buf[i:]...)
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

package money

import (
	"fmt"
	"math"
	"math/bits"
	"strings"
)

// Rate is a percentage a year in millionths of a percent: 11.75 % is 11_750_000.
type Rate int64

// RateScale is the number of Rate units in one percent.
const RateScale = 1_000_000

// MaxRate is the largest rate accepted: 10,000 %.
const MaxRate Rate = 10_000 * RateScale

// ParseRate reads a plain decimal number of percent: "11.75", "-0.88".
func ParseRate(s string) (Rate, error) {
	units, err := ParseMinor(strings.TrimSpace(s), 6)
	if err != nil {
		return 0, fmt.Errorf("rate %q: %w", s, err)
	}
	if r := Rate(units); r <= MaxRate && r >= -MaxRate {
		return r, nil
	}
	return 0, fmt.Errorf("rate %q: %w", s, ErrOverflow)
}

// String writes the percentage without trailing zeros, at least two places:
// "11.75", "8.00", "-0.88".
func (r Rate) String() string {
	s := FormatMinor(int64(r), 6)
	for strings.HasSuffix(s, "0") && len(s)-strings.IndexByte(s, '.') > 3 {
		s = s[:len(s)-1]
	}
	return s
}

// Rounding names how an exact value becomes minor units.
type Rounding uint8

const (
	// HalfUp rounds to the nearest minor unit, halves away from zero. The rule
	// for interest, once per claim line.
	HalfUp Rounding = iota
	// Down rounds towards zero. The rule for statutory maxima and percentage court fees.
	Down
)

// Exact is a sum of principal × rate × days kept without any rounding, as a
// 128-bit signed count of minor-unit × rate-unit × days. Every segment added to
// one Exact must have the same day-count basis, which is applied once, in [Exact.Round].
// The zero value is zero.
type Exact struct {
	hi int64
	lo uint64
}

// AddSimple adds principal (minor units) × rate × days. days counts both ends of
// the segment and must not be negative. It panics if 128 bits do not suffice,
// which amounts within MaxMinor and rates within MaxRate never reach in 10,000 years.
func (e *Exact) AddSimple(principalMinor int64, rate Rate, days int) {
	if days < 0 {
		panic("money: negative number of days")
	}
	hi, lo := bits.Mul64(absU(principalMinor), absU(int64(rate)))
	carry, low := bits.Mul64(lo, uint64(days))
	over, high := bits.Mul64(hi, uint64(days))
	high, overflow := bits.Add64(high, carry, 0)
	if over != 0 || overflow != 0 || high > math.MaxInt64 {
		panic("money: exact value out of 128 bits")
	}
	segment := Exact{hi: int64(high), lo: low}
	if (principalMinor < 0) != (rate < 0) {
		segment = segment.negated()
	}
	e.AddExact(segment)
}

// AddExact adds another exact value of the same day-count basis. It panics if 128
// bits do not suffice.
func (e *Exact) AddExact(o Exact) {
	lo, carry := bits.Add64(e.lo, o.lo, 0)
	hi, _ := bits.Add64(uint64(e.hi), uint64(o.hi), carry)
	if sum := int64(hi); (e.hi < 0) == (o.hi < 0) && (sum < 0) != (e.hi < 0) {
		panic("money: exact value out of 128 bits")
	}
	e.hi, e.lo = int64(hi), lo
}

// SubExact takes another exact value of the same day-count basis away. It panics as
// AddExact does.
func (e *Exact) SubExact(o Exact) { e.AddExact(o.negated()) }

func (e Exact) negated() Exact {
	lo, borrow := bits.Sub64(0, e.lo, 0)
	hi, _ := bits.Sub64(0, uint64(e.hi), borrow)
	return Exact{hi: int64(hi), lo: lo}
}

// Round divides by the day-count basis (365, 366 or 360) and rounds once to
// minor units. It panics if the result leaves int64.
func (e Exact) Round(basisDays int, mode Rounding) int64 {
	if basisDays <= 0 {
		panic("money: day-count basis must be positive")
	}
	magnitude := e
	if e.hi < 0 {
		magnitude = e.negated()
	}
	divisor := uint64(basisDays) * 100 * RateScale
	if uint64(magnitude.hi) >= divisor {
		panic("money: rounded value out of int64")
	}
	q, r := bits.Div64(uint64(magnitude.hi), magnitude.lo, divisor)
	if mode == HalfUp && r >= divisor-r && q <= math.MaxInt64 {
		q++
	}
	if q > math.MaxInt64 {
		panic("money: rounded value out of int64")
	}
	if e.hi < 0 {
		return -int64(q)
	}
	return int64(q)
}

// Percent is rate percent of an amount in minor units, rounded once: of 123.45 at
// 10 %, Percent(123_45, 10*RateScale, HalfUp) is 12_35.
func Percent(minor int64, rate Rate, mode Rounding) int64 {
	var e Exact
	e.AddSimple(minor, rate, 1)
	return e.Round(1, mode)
}

func absU(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

package money

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

func TestParseRate(t *testing.T) {
	for text, want := range map[string]string{
		"11.75": "11.75", " 8 ": "8.00", "-0.88": "-0.88", "0": "0.00", "9.27": "9.27", "3.375": "3.375",
		"0.000001": "0.000001", "10000": "10000.00", "-10000": "-10000.00", "1.5": "1.50", "5.250000": "5.25",
	} {
		r, err := ParseRate(text)
		if err != nil || r.String() != want {
			t.Errorf("ParseRate(%q) = %s, %v, want %s", text, r, err, want)
		}
	}
	for text, want := range map[string]error{
		"": ErrSyntax, "8 %": ErrSyntax, "8,5": ErrSyntax, "1.2345678": ErrTooPrecise,
		"10000.000001": ErrOverflow, "-10000.01": ErrOverflow, "99999999999999999999": ErrOverflow,
	} {
		if r, err := ParseRate(text); !errors.Is(err, want) || r != 0 {
			t.Errorf("ParseRate(%q) = %s, %v, want %v", text, r, err, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		r := Rate(rapid.Int64Range(-int64(MaxRate), int64(MaxRate)).Draw(t, "rate"))
		if back, err := ParseRate(r.String()); err != nil || back != r {
			t.Fatalf("%d written as %s is read as %d, %v", r, r, back, err)
		}
	})
}

// Worked by hand.
func TestInterest(t *testing.T) {
	const percent = RateScale
	for _, test := range []struct {
		name        string
		minor       int64
		rate        Rate
		days        int
		basis       int
		up, down    int64
		explanation string
	}{
		{"one year", 1_000_00, 8 * percent, 365, 365, 80_00, 80_00, "8 % of 1,000.00"},
		{"one day", 1_000_00, 11_750_000, 1, 365, 32, 32, "117.50 / 365 = 0.3219"},
		{"half a cent up", 1_00, percent / 2, 365, 365, 1, 0, "0.5 % of 1.00 = 0.005"},
		{"half a cent away from zero", -1_00, percent / 2, 365, 365, -1, 0, "as above, a credit"},
		{"just below half", 99, percent / 2, 365, 365, 0, 0, "0.00495"},
		{"negative rate", 100_00, -880_000, 365, 365, -88, -88, "-0.88 % of 100.00"},
		{"both negative", -100_00, -880_000, 365, 365, 88, 88, "a credit at a negative rate"},
		{"leap basis", 3_660_00, 10 * percent, 1, 366, 1_00, 1_00, "366.00 / 366"},
		{"360", 3_600_00, 9 * percent, 90, 360, 81_00, 81_00, "a quarter of 324.00"},
		{"no days", 1_000_00, 8 * percent, 0, 365, 0, 0, ""},
		{"nothing", 0, 8 * percent, 30, 365, 0, 0, ""},
		{"third", 1_00, 1_00 * percent, 1, 3, 33, 33, "1.00 / 3"},
		{"two thirds", 2_00, 1_00 * percent, 1, 3, 67, 66, "2.00 / 3"},
	} {
		var e Exact
		e.AddSimple(test.minor, test.rate, test.days)
		if got := e.Round(test.basis, HalfUp); got != test.up {
			t.Errorf("%s: half up %d, want %d (%s)", test.name, got, test.up, test.explanation)
		}
		if got := e.Round(test.basis, Down); got != test.down {
			t.Errorf("%s: down %d, want %d (%s)", test.name, got, test.down, test.explanation)
		}
	}
}

// Segments are rounded once, not each.
func TestInterestIsRoundedOnce(t *testing.T) {
	var e Exact
	for range 3 {
		e.AddSimple(1_00, 400_000, 365) // 0.004 each
	}
	if got := e.Round(365, HalfUp); got != 1 {
		t.Errorf("three times 0.004 is %d cents, want 1", got)
	}
}

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		minor    int64
		rate     string
		up, down int64
	}{
		{123_45, "10", 12_35, 12_34}, {-123_45, "10", -12_35, -12_34}, {100, "0.5", 1, 0},
		{100, "0.499999", 0, 0}, {1, "100", 1, 1}, {MaxMinor, "10000", MaxMinor * 100, MaxMinor * 100}, {333, "33.333333", 111, 110},
	} {
		rate, err := ParseRate(test.rate)
		if err != nil {
			t.Fatal(err)
		}
		up, down := Percent(test.minor, rate, HalfUp), Percent(test.minor, rate, Down)
		if up != test.up || down != test.down {
			t.Errorf("%s %% of %d = %d and %d, want %d and %d",
				test.rate, test.minor, up, down, test.up, test.down)
		}
	}
}

func TestExactPanics(t *testing.T) {
	huge := func() Exact { // 2^126 and more, still in range
		var e Exact
		e.AddSimple(math.MaxInt64, math.MaxInt64, 2)
		return e
	}
	mustPanic(t, "negative days", func() { new(Exact).AddSimple(1, 1, -1) })
	mustPanic(t, "product out of 128 bits", func() { new(Exact).AddSimple(math.MaxInt64, math.MaxInt64, 4) })
	mustPanic(t, "product far out of 128 bits", func() {
		new(Exact).AddSimple(math.MinInt64, math.MinInt64, math.MaxInt64)
	})
	mustPanic(t, "sum out of 128 bits", func() { e := huge(); e.AddExact(e) })
	mustPanic(t, "negative sum out of 128 bits", func() {
		e := huge().negated()
		e.AddExact(e)
		e.AddExact(e)
	})
	mustPanic(t, "rounded value out of int64", func() { huge().Round(365, Down) })
	mustPanic(t, "no basis", func() { new(Exact).Round(0, HalfUp) })
	mustPanic(t, "negative basis", func() { new(Exact).Round(-360, HalfUp) })
	// int64's largest value and half a unit more, which must not wrap round.
	edge := func(units int64) Exact {
		var e Exact
		e.AddSimple(math.MaxInt64, 100*RateScale, 1)
		e.AddSimple(1, Rate(units), 1)
		return e
	}
	if got := edge(49_999_999).Round(1, HalfUp); got != math.MaxInt64 {
		t.Errorf("largest value rounds to %d", got)
	}
	mustPanic(t, "rounding up out of int64", func() { edge(50_000_000).Round(1, HalfUp) })
	if got := edge(99_999_999).negated().Round(1, Down); got != -math.MaxInt64 {
		t.Errorf("largest negative value rounds to %d", got)
	}
	mustPanic(t, "quotient of 2^64-1 and a half", func() {
		var e Exact
		for range 2 {
			e.AddSimple(math.MaxInt64, 100*RateScale, 1)
		}
		e.AddSimple(1, 150*RateScale, 1)
		e.Round(1, HalfUp)
	})
}

// A million random interest sums against arbitrary-precision decimals.
func TestRoundAgainstDecimals(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	oracle := apd.Context{Precision: 34, MaxExponent: apd.MaxExponent, MinExponent: apd.MinExponent}
	var principal, rate, days, divisor, exact, rounded apd.Decimal
	for range 1_000_000 {
		minor, r, n, basis, mode := randomInterest(random)
		var e Exact
		e.AddSimple(minor, r, n)
		got := e.Round(basis, mode)

		principal.SetInt64(minor)
		rate.SetInt64(int64(r))
		days.SetInt64(int64(n))
		divisor.SetInt64(int64(basis) * 100 * RateScale)
		// Truncating first, at 12 or more places after the point, cannot change how the result rounds.
		oracle.Rounding = apd.RoundDown
		_, err1 := oracle.Mul(&exact, &principal, &rate)
		_, err2 := oracle.Mul(&exact, &exact, &days)
		_, err3 := oracle.Quo(&exact, &exact, &divisor)
		if mode == HalfUp {
			oracle.Rounding = apd.RoundHalfUp
		}
		_, err4 := oracle.Quantize(&rounded, &exact, 0)
		want, err5 := rounded.Int64()
		if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Fatalf("%d at %s %% for %d days on %d, mode %d: %d, want %d",
				minor, r, n, basis, mode, got, want)
		}
		if n == 1 && basis == 1 && Percent(minor, r, mode) != want {
			t.Fatalf("%s %% of %d, mode %d: %d, want %d", r, minor, mode, Percent(minor, r, mode), want)
		}
	}
}

// randomInterest draws small and large values alike, and many that fall on a half.
func randomInterest(random *rand.Rand) (minor int64, r Rate, days, basis int, mode Rounding) {
	magnitude := int64(math.Pow10(1 + random.IntN(15)))
	minor = random.Int64N(2*magnitude+1) - magnitude
	basis = [4]int{365, 366, 360, 1}[random.IntN(4)]
	days = random.IntN(4000)
	switch random.IntN(3) {
	case 0:
		r = Rate(random.Int64N(2*int64(MaxRate)+1)) - MaxRate
	case 1:
		r = Rate(random.Int64N(2000)-400) * (RateScale / 100)
	default: // halves: an odd amount at 50 % for a whole number of years
		r, days = 50*RateScale, basis
	}
	if basis == 1 {
		days = 1
	}
	return minor, r, days, basis, Rounding(random.IntN(2))
}

// Sums of many segments against big integers, in any order, with any sign.
func TestExactSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var e, inTwo, half Exact
		want := new(big.Int)
		n := rapid.IntRange(0, 30).Draw(t, "segments")
		for i := range n {
			minor := rapid.Int64Range(-MaxMinor, MaxMinor).Draw(t, "minor")
			rate := rapid.Int64Range(-int64(MaxRate), int64(MaxRate)).Draw(t, "rate")
			days := rapid.IntRange(0, 40_000).Draw(t, "days")
			e.AddSimple(minor, Rate(rate), days)
			if i%2 == 0 {
				inTwo.AddSimple(minor, Rate(rate), days)
			} else {
				half.AddSimple(minor, Rate(rate), days)
			}
			product := new(big.Int).Mul(big.NewInt(minor), big.NewInt(rate))
			want.Add(want, product.Mul(product, big.NewInt(int64(days))))
		}
		inTwo.AddExact(half)
		got := new(big.Int).Lsh(big.NewInt(e.hi), 64)
		got.Add(got, new(big.Int).SetUint64(e.lo))
		if got.Cmp(want) != 0 || inTwo != e {
			t.Fatalf("sum is %s, in two parts %v, want %s", got, inTwo, want)
		}
		back := e
		back.AddExact(e.negated())
		if back != (Exact{}) {
			t.Fatalf("%v less itself is %v", e, back)
		}
	})
}

func BenchmarkInterest(b *testing.B) {
	for b.Loop() {
		var e Exact
		e.AddSimple(1_234_567, 11_750_000, 184)
		e.AddSimple(1_234_567, 11_250_000, 77)
		e.Round(365, HalfUp)
	}
}

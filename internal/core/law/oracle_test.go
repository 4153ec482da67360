package law

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// The oracle knows nothing of the engine: it walks day by day on time.Time, takes
// its rates from the lists below (typed from the published half-year figures, in
// hundredths of a percent), and rounds with big.Rat.

// ukHundredths[2*(year-2015)+half] is 8 points over Bank Rate on the last day
// before the half-year.
var ukHundredths = []int64{
	850, 850, 850, 850, 825, 825, 850, 850, 875, 875, 875, 810, // 2015-2020
	810, 810, 825, 925, 1150, 1300, 1325, 1325, 1275, 1225, 1175, 1175, // 2021-2026
}

// deHundredths is 9 points over the base rate of the half-year.
var deHundredths = []int64{
	817, 817, 817, 812, 812, 812, 812, 812, 812, 812, 812, 812, // 2015-2020
	812, 812, 812, 812, 1062, 1212, 1262, 1237, 1127, 1027, 1027, 1052, // 2021-2026
}

func halfYearIndex(day time.Time) int {
	index := 2 * (day.Year() - 2015)
	if day.Month() > time.June {
		index++
	}
	return index
}

type oracleMovement struct {
	day   time.Time
	delta int64
	start bool
}

// oracleInterest sums principal × rate of each day in cents × hundredths of a percent.
func oracleInterest(rates []int64, locked bool, principal int64, moves []oracleMovement, first,
	until time.Time) int64 {
	var sum int64
	balance := principal
	for _, m := range moves {
		if m.start || m.day.Before(first) {
			balance += m.delta
		}
	}
	rate := rates[halfYearIndex(first)]
	for day := first; !day.After(until); day = day.AddDate(0, 0, 1) {
		if !locked && (day.YearDay() == 1 || day.Month() == time.July && day.Day() == 1) {
			rate = rates[halfYearIndex(day)]
		}
		if balance > 0 {
			sum += balance * rate
		}
		for _, m := range moves { // counts from tomorrow
			if !m.start && m.day.Equal(day) {
				balance += m.delta
			}
		}
	}
	// Half up: the whole part of (sum / (365 × 10,000)) + 1/2.
	exact := new(big.Rat).SetFrac64(sum, 365*10_000)
	exact.Add(exact, big.NewRat(1, 2))
	return new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
}

// TestAgainstOracle compares 240,000 random claims with the oracle, half of them
// under the locked British rate and half under the floating German one; two in
// three have movements: payments, credits from the start, payments taken back.
func TestAgainstOracle(t *testing.T) {
	cases := 120_000
	if testing.Short() {
		cases = 10_000
	}
	for _, law := range []struct {
		code   string
		rates  []int64
		locked bool
	}{{"GB-EW", ukHundredths, true}, {"DE", deHundredths, false}} {
		t.Run(law.code, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(20261121, 365))
			pack := packOf(t, law.code)
			epoch := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
			firstDay, lastDay := cal.MustParse("2015-01-01"), cal.MustParse("2026-12-31")
			for range cases {
				first := firstDay.AddDays(random.IntN(lastDay.DaysSince(firstDay)))
				until := min(lastDay, first.AddDays(random.IntN(400)-5))
				c := NewClaim("", 1+random.Int64N(50_000_000))
				c.Currency = pack.Currency()
				moves := randomMovements(random, &c, first, epoch)
				got, refused := pack.Interest(&c, first, until)
				want := oracleInterest(law.rates, law.locked, c.PrincipalMinor, moves,
					epoch.AddDate(0, 0, int(first)), epoch.AddDate(0, 0, int(until)))
				if refused != nil || got.Minor != want {
					t.Fatalf("got %d (%v), want %d for %s", got.Minor, refused, want, describe(&c, first, until))
				}
			}
		})
	}
}

func randomMovements(random *rand.Rand, c *Claim, first cal.Date, epoch time.Time) []oracleMovement {
	var moves []oracleMovement
	for range random.IntN(3) * random.IntN(3) {
		m := Movement{Day: first.AddDays(random.IntN(200) - 20), FromStart: random.IntN(5) == 0}
		m.DeltaMinor = -random.Int64N(c.PrincipalMinor/2 + 1)
		if random.IntN(8) == 0 {
			m.DeltaMinor = -m.DeltaMinor
		}
		c.Movements = append(c.Movements, m)
		moves = append(moves, oracleMovement{epoch.AddDate(0, 0, int(m.Day)), m.DeltaMinor, m.FromStart})
	}
	return moves
}

func describe(c *Claim, first, until cal.Date) string {
	return fmt.Sprintf("%d %s from %s to %s, movements %v", c.PrincipalMinor, c.Currency, first, until,
		c.Movements)
}

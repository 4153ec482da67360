package law

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

var (
	firstKnown = cal.MustParse("2010-01-01")
	lastKnown  = cal.MustParse("2026-12-31")
)

// drawCase draws a pack with a statutory rate, a claim with falling principal, and
// two days of interest within the tables.
func drawCase(t *rapid.T, packs []*Pack) (p *Pack, c Claim, first, until cal.Date) {
	p = rapid.SampledFrom(packs).Draw(t, "pack")
	c = NewClaim(p.Currency(), rapid.Int64Range(0, 10_000_000_000).Draw(t, "principal"))
	first = firstKnown.AddDays(rapid.IntRange(0, lastKnown.DaysSince(firstKnown)).Draw(t, "first"))
	until = first.AddDays(rapid.IntRange(0, lastKnown.DaysSince(first)).Draw(t, "days"))
	for range rapid.IntRange(0, 4).Draw(t, "movements") {
		c.Movements = append(c.Movements, Movement{
			Day:        first.AddDays(rapid.IntRange(-50, 1500).Draw(t, "on")),
			DeltaMinor: -rapid.Int64Range(0, 3_000_000_000).Draw(t, "payment"),
			FromStart:  rapid.Bool().Draw(t, "from start"),
		})
	}
	return p, c, first, until
}

func statutoryPacks(t testing.TB) []*Pack { return []*Pack{packOf(t, "GB-EW"), packOf(t, "DE")} }

func mustInterest(t *rapid.T, p *Pack, c *Claim, first, until cal.Date) Interest {
	interest, refused := p.Interest(c, first, until)
	if refused != nil {
		t.Fatalf("refused: %s", refused.Text())
	}
	return interest
}

// TestInterestGrows: interest never falls with more days or more principal, and is
// zero before it starts.
func TestInterestGrows(t *testing.T) {
	packs := statutoryPacks(t)
	rapid.Check(t, func(t *rapid.T) {
		p, c, first, until := drawCase(t, packs)
		interest := mustInterest(t, p, &c, first, until)
		if shorter := mustInterest(t, p, &c, first, until.AddDays(-1)); shorter.Minor > interest.Minor {
			t.Fatalf("one day less gives %d, more than %d", shorter.Minor, interest.Minor)
		}
		if none := mustInterest(t, p, &c, first, first.AddDays(-1)); none.Minor != 0 || len(none.Segments) != 0 {
			t.Fatalf("interest %d on the last day to pay", none.Minor)
		}
		c.PrincipalMinor += rapid.Int64Range(0, 1_000_000).Draw(t, "more")
		if larger := mustInterest(t, p, &c, first, until); larger.Minor < interest.Minor {
			t.Fatalf("more principal gives %d, less than %d", larger.Minor, interest.Minor)
		}
	})
}

// TestSplitChangesNothing: the exact interest of a period is the sum of those of
// its parts. A locked rate is split at its start only, since a later start has
// another rate.
func TestSplitChangesNothing(t *testing.T) {
	pack := packOf(t, "DE")
	rapid.Check(t, func(t *rapid.T) {
		_, c, first, until := drawCase(t, []*Pack{pack})
		c.InvoiceDate = first // the same version of the rule for both parts
		cut := first.AddDays(rapid.IntRange(0, until.DaysSince(first)).Draw(t, "cut"))
		whole := mustInterest(t, pack, &c, first, until)
		parts := mustInterest(t, pack, &c, first, cut).Exact
		parts.AddExact(mustInterest(t, pack, &c, cut.AddDays(1), until).Exact)
		if parts != whole.Exact {
			t.Fatalf("cut after %s: %v, whole %v", cut, parts, whole.Exact)
		}
	})
}

// TestSegmentsAreTheInterest: segments follow each other, lie within the period,
// sum to the exact value, and do not depend on the order of the movements.
func TestSegmentsAreTheInterest(t *testing.T) {
	packs := statutoryPacks(t)
	rapid.Check(t, func(t *rapid.T) {
		p, c, first, until := drawCase(t, packs)
		interest := mustInterest(t, p, &c, first, until)
		var sum money.Exact
		last := first.AddDays(-1)
		for _, s := range interest.Segments {
			if s.From <= last || s.To < s.From || s.To > until || s.Days != s.To.DaysSince(s.From)+1 {
				t.Fatalf("segment %v after %s", s, last)
			}
			if s.PrincipalMinor != max(0, c.balanceBefore(s.From)) || s.PrincipalMinor == 0 {
				t.Fatalf("segment %v has not the balance of its first day", s)
			}
			sum.AddSimple(s.PrincipalMinor, s.Rate.Rate, s.Days)
			last = s.To
		}
		if sum != interest.Exact || sum.Round(365, money.HalfUp) != interest.Minor {
			t.Fatalf("segments give %v, the interest is %v", sum, interest.Exact)
		}
		shuffled := c
		shuffled.Movements = rapid.Permutation(c.Movements).Draw(t, "order")
		if again := mustInterest(t, p, &shuffled, first, until); again.Exact != interest.Exact {
			t.Fatalf("another order of movements gives %v", again.Exact)
		}
	})
}

// TestLockedRateStays: the rate of a British debt is that of its first day on all days.
func TestLockedRateStays(t *testing.T) {
	p := packOf(t, "GB-EW")
	rapid.Check(t, func(t *rapid.T) {
		_, c, first, until := drawCase(t, []*Pack{p})
		want, refused := p.Rate(&c, first, first)
		if refused != nil {
			t.Fatal(refused.Text())
		}
		for _, s := range mustInterest(t, p, &c, first, until).Segments {
			if s.Rate != want {
				t.Fatalf("segment %v, want rate %v", s, want)
			}
		}
	})
}

package law

import (
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
)

func TestInterestRefused(t *testing.T) {
	for _, test := range []struct {
		name         string
		code         string
		change       func(*Claim)
		first, until string
		want         reason.Code
		also         []reason.Code
		computableTo string
	}{
		{"DE floats into 2027", "DE", nil, "2026-12-01", "2027-01-31", reason.UnknownRate, nil, "2026-12-31"},
		{"DE starts in 2027", "DE", nil, "2027-01-10", "2027-01-31", reason.UnknownRate, nil, "2026-12-31"},
		{"GB starts in 2027", "GB-EW", nil, "2027-01-10", "2027-01-31", reason.UnknownRate, nil, "2026-12-31"},
		{"GB before the table", "GB-EW", nil, "2009-06-30", "2009-08-01", reason.UnknownRate, nil, ""},
		{"GB before the statute", "GB-EW", nil, "2001-06-30", "2001-08-01", reason.UnverifiedJurisdiction, nil,
			""},
		{"consumer", "DE", func(c *Claim) { c.Debtor = book.Consumer }, "2026-01-01", "2026-02-01",
			reason.ConsumerDebt, nil, ""},
		{"clause not confirmed", "GB-EW", func(c *Claim) { c.Contract.Clause = ClauseUnconfirmed },
			"2026-01-01", "2026-02-01", reason.ContractRate, nil, ""},
		{"several hold: the first counts, the others are told", "DE", func(c *Claim) {
			c.Debtor, c.Contract.Clause, c.Currency, c.GoverningLawUnknown = book.Consumer, ClauseUnconfirmed, "USD", true
		}, "2027-01-01", "2027-02-01", reason.ConsumerDebt,
			[]reason.Code{reason.ContractRate, reason.UnknownRate, reason.GoverningLawUnknown, reason.Currency}, ""},
		{"governing law", "DE", func(c *Claim) { c.GoverningLawUnknown = true }, "2026-01-01", "2026-02-01",
			reason.GoverningLawUnknown, nil, ""},
		{"currency", "GB-EW", func(c *Claim) { c.Currency = "EUR" }, "2026-01-01", "2026-02-01",
			reason.Currency, nil, ""},
		{"US without terms", "US-NY", nil, "2026-01-01", "2026-02-01", reason.UnverifiedJurisdiction,
			[]reason.Code{reason.TermsRateUnknown}, ""},
		{"US with terms, cap not tabled", "US-NY",
			func(c *Claim) { c.Contract = ContractTerms{ClauseConfirmed, mustRate("9")} },
			"2026-01-01", "2026-02-01", reason.UnverifiedJurisdiction, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := packOf(t, test.code)
			c := debt(p, test.change)
			_, refused := p.Interest(c, day(test.first), day(test.until))
			if refused == nil {
				t.Fatal("a figure was given")
			}
			if refused.Code != test.want || !slices.Equal(refused.Also, test.also) {
				t.Errorf("got %s and %v, want %s and %v", refused.Code, refused.Also, test.want, test.also)
			}
			if refused.ComputableTo != day(test.computableTo) {
				t.Errorf("computable to %s, want %q", refused.ComputableTo, test.computableTo)
			}
			if text := refused.Text(); text == "" || strings.ContainsAny(text, "{}") {
				t.Errorf("text %q", text)
			}
			if refused.Until().Fact() == "" {
				t.Error("no fact would lift the refusal")
			}
		})
	}
}

// TestComputableTo: what was refused for a missing rate is given to the day named.
func TestComputableTo(t *testing.T) {
	p := packOf(t, "DE")
	c := debt(p, nil)
	_, refused := p.Interest(c, day("2026-12-01"), day("2027-06-30"))
	if refused == nil {
		t.Fatal("a figure was given for 2027")
	}
	want := "The reference rate for the first half of 2027 is not in the tables, " +
		"so interest is stated only to 2026-12-31 or reserved in words."
	if refused.Text() != want {
		t.Errorf("got %q", refused.Text())
	}
	interest, refused := p.Interest(c, day("2026-12-01"), refused.ComputableTo)
	if refused != nil || interest.Minor != 893 { // 1,000 × 10.52 % × 31 / 365 = 8.9348
		t.Errorf("to the end of 2026: %d, %v", interest.Minor, refused)
	}
	if interest.Confidence != Medium || interest.KnownUntil != day("2026-12-31") {
		t.Errorf("confidence %s, known until %s", interest.Confidence, interest.KnownUntil)
	}
}

// TestLockedGoesOn: a British debt that began to bear interest in 2026 goes on in 2027.
func TestLockedGoesOn(t *testing.T) {
	p := packOf(t, "GB-SCT")
	interest, refused := p.Interest(debt(p, nil), day("2026-12-31"), day("2028-12-30"))
	if refused != nil {
		t.Fatal(refused.Text())
	}
	// 731 days, 29 February 2028 among them: 1,000 × 11.75 % × 731 / 365 = 235.3219.
	if interest.Minor != 23532 || interest.Days != 731 || interest.KnownUntil != cal.Far {
		t.Errorf("got %d over %d days, known until %s", interest.Minor, interest.Days, interest.KnownUntil)
	}
	if interest.DailyMinor() != 32 || interest.Rule != shapeReferencePlusMargin || interest.Contract {
		t.Errorf("daily %d, rule %s", interest.DailyMinor(), interest.Rule)
	}
	if interest.TableVersion != shippedSet(t).Version() {
		t.Errorf("table version %q", interest.TableVersion)
	}
}

// TestContractRateIsNotStacked: a confirmed contract rate stands in place of the
// statute's, is not cut at half-years, and needs no table.
func TestContractRateIsNotStacked(t *testing.T) {
	for _, code := range []string{"GB-EW", "DE"} {
		p := packOf(t, code)
		c := debt(p, func(c *Claim) { c.Contract = ContractTerms{ClauseConfirmed, mustRate("5")} })
		interest, refused := p.Interest(c, day("2026-12-01"), day("2027-11-30"))
		if refused != nil {
			t.Fatalf("%s: %s", code, refused.Text())
		}
		if interest.Minor != 5000 || len(interest.Segments) != 1 || !interest.Contract {
			t.Errorf("%s: %+v", code, interest)
		}
		if interest.Rule != ruleContractRate || interest.Segments[0].Rate.ID != contractRateID ||
			interest.DailyMinor() != 14 {
			t.Errorf("%s: rule %s, rate %s, daily %d", code, interest.Rule, interest.Segments[0].Rate.ID,
				interest.DailyMinor())
		}
	}
}

// usWithCaps is the shipped set with caps tabled for three states.
func usWithCaps(t *testing.T) *Set {
	t.Helper()
	data, err := shipped.ReadFile("packs/US/pack.json")
	if err != nil {
		t.Fatal(err)
	}
	const caps = `"rate_caps": [
		{"region": "US-OH", "since": "2020-01-01", "max_rate_pct": "8", "source": "test", "confidence": "MEDIUM",
			"checked_on": "2026-11-21"},
		{"region": "US-OH", "since": "2000-01-01", "max_rate_pct": "10", "source": "test", "confidence": "MEDIUM",
			"checked_on": "2026-11-21"},
		{"region": "US-DE", "since": "2000-01-01", "max_rate_pct": "none", "source": "test", "confidence": "HIGH",
			"checked_on": "2026-11-21"},
		{"region": "US-NY", "since": "2000-01-01", "max_rate_pct": "25", "source": "test",
			"confidence": "UNCERTAIN",
			"checked_on": "2026-11-21"}]`
	text := strings.Replace(string(data), `"rate_caps": []`, caps, 1)
	set, err := LoadFS(withFiles(t, map[string]string{"packs/US/pack.json": text}))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestContractOnlyWithinCap: guardrail R20, principal only unless signed terms with
// a rate are on file and the state's cap is known.
func TestContractOnlyWithinCap(t *testing.T) {
	set := usWithCaps(t)
	for _, test := range []struct {
		name, code string
		rate       string
		due        string
		want       int64
		refused    reason.Code
	}{
		{"within the cap", "US-OH", "8", "2025-06-30", 8000, ""},
		{"above the cap", "US-OH", "8.01", "2025-06-30", 0, reason.Penalty},
		{"within the older cap", "US-OH", "9", "2019-06-30", 9000, ""},
		{"no cap", "US-DE", "18", "2025-06-30", 18000, ""},
		{"no terms", "US-OH", "", "2025-06-30", 0, reason.TermsRateUnknown},
		{"an uncertain cap is none", "US-NY", "9", "2025-06-30", 0, reason.UnverifiedJurisdiction},
		{"a state without a row", "US-CA", "9", "2025-06-30", 0, reason.UnverifiedJurisdiction},
		{"no state", "US", "9", "2025-06-30", 0, reason.UnverifiedJurisdiction},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, _ := set.Pack(test.code)
			c := debt(p, func(c *Claim) { c.DueDate = day(test.due) })
			if test.rate != "" {
				c.Contract = ContractTerms{ClauseConfirmed, mustRate(test.rate)}
			}
			first := c.DueDate.AddDays(1)
			interest, refused := p.Interest(c, first, first.AddDays(364))
			if test.refused == "" {
				if refused != nil || interest.Minor != test.want {
					t.Errorf("got %d, %v, want %d", interest.Minor, refused, test.want)
				}
				return
			}
			if refused == nil || refused.Code != test.refused {
				t.Fatalf("got %+v, want %s", refused, test.refused)
			}
			if test.refused == reason.Penalty && !slices.Equal(refused.Args, []string{"8.01", "8.00"}) {
				t.Errorf("arguments %v", refused.Args)
			}
			if caps := p.LevelCap(c, LevelFacts{Day: first, PayBy: first}); caps.Interest.Level != book.PrincipalOnly {
				t.Errorf("level %s, want principal", caps.Interest.Level)
			}
		})
	}
}

// TestUncertainRateIsMissing: a rate marked UNCERTAIN is as good as none, in the
// middle of a table too.
func TestUncertainRateIsMissing(t *testing.T) {
	data, err := shipped.ReadFile("packs/DE/rates_basiszins.csv")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), "2024-07-01,,3.37,HIGH", "2024-07-01,,3.37,UNCERTAIN", 1)
	set, err := LoadFS(withFiles(t, map[string]string{"packs/DE/rates_basiszins.csv": text}))
	if err != nil {
		t.Fatal(err)
	}
	if set.Version() == shippedSet(t).Version() {
		t.Error("another table, the same version")
	}
	p, _ := set.Pack("DE")
	c := debt(p, nil)
	for _, test := range []struct{ first, until, computableTo string }{
		{"2024-01-01", "2024-07-01", "2024-06-30"},
		{"2024-08-01", "2024-09-01", "2024-06-30"},
		{"2024-08-01", "2025-03-01", "2024-06-30"},
	} {
		_, refused := p.Interest(c, day(test.first), day(test.until))
		if refused == nil || refused.Code != reason.UnknownRate ||
			refused.ComputableTo != day(test.computableTo) {
			t.Errorf("%s to %s: %+v", test.first, test.until, refused)
		}
	}
	for _, known := range [][2]string{{"2024-01-01", "2024-06-30"}, {"2025-01-01", "2026-12-31"}} {
		if _, refused := p.Interest(c, day(known[0]), day(known[1])); refused != nil {
			t.Errorf("%v: %s", known, refused.Text())
		}
	}
}

// TestRate: the rate, the reference and its day, as a message names them.
func TestRate(t *testing.T) {
	gb, de := packOf(t, "GB-EW"), packOf(t, "DE")
	rate, refused := gb.Rate(debt(gb, nil), day("2025-07-01"), day("2026-03-01"))
	if refused != nil || rate.Rate != mustRate("12.25") || rate.Reference != mustRate("4.25") ||
		rate.Margin != mustRate("8") || rate.ReferenceDay != day("2025-06-30") ||
		rate.ID != "boe_bank_rate@2025-06-30" {
		t.Errorf("GB: %+v, %v", rate, refused)
	}
	rate, refused = de.Rate(debt(de, nil), day("2025-01-15"), day("2025-07-01"))
	if refused != nil || rate.Rate != mustRate("10.27") || rate.From != day("2025-07-01") ||
		rate.Until != day("2025-12-31") || rate.ReferenceDay != day("2025-07-01") {
		t.Errorf("DE: %+v, %v", rate, refused)
	}
	if rate, refused = de.Rate(debt(de, nil), day("2025-08-15"),
		day("2025-07-01")); rate.Rate != mustRate("10.27") {
		t.Errorf("DE before it starts: %+v, %v", rate, refused)
	}
	if _, refused = de.Rate(debt(de, nil), day("2026-12-15"), day("2027-01-01")); refused == nil ||
		refused.Code != reason.UnknownRate {
		t.Errorf("DE in 2027: %+v", refused)
	}
}

// TestOverpaidBearsNothing: a credit balance earns the debtor no interest and does
// not eat up what accrued before.
func TestOverpaidBearsNothing(t *testing.T) {
	p := packOf(t, "GB-EW")
	c := debt(p, func(c *Claim) {
		c.Movements = []Movement{{Day: day("2026-01-31"), DeltaMinor: -150_000}, {Day: day("2026-02-28"),
			DeltaMinor: 60_000}}
	})
	interest, refused := p.Interest(c, day("2026-01-01"), day("2026-03-31"))
	if refused != nil {
		t.Fatal(refused.Text())
	}
	// 1,000 × 31 days, then −500 × 28 days, then 100 × 31 days, at 11.75 %.
	var e money.Exact
	e.AddSimple(100_000, mustRate("11.75"), 31)
	e.AddSimple(10_000, mustRate("11.75"), 31)
	if interest.Exact != e || len(interest.Segments) != 2 || interest.Minor != 1098 {
		t.Errorf("got %+v", interest)
	}
}

// TestNoDayPanics: interest without a last day is a programming error, not a sum.
func TestNoDayPanics(t *testing.T) {
	p := packOf(t, "GB-EW")
	defer func() {
		if recover() == nil {
			t.Error("interest for ever was computed")
		}
	}()
	p.Interest(debt(p, nil), day("2026-01-01"), cal.Far)
}

func TestRoundUp(t *testing.T) {
	for _, test := range []struct{ rate, want string }{
		{"8", "8"}, {"8.01", "8.5"}, {"8.5", "8.5"}, {"11.15", "11.5"}, {"-0.62", "-0.5"}, {"-0.5", "-0.5"},
		{"0", "0"},
	} {
		if got := roundUp(mustRate(test.rate), mustRate("0.5")); got != mustRate(test.want) {
			t.Errorf("%s up to half a point: %s, want %s", test.rate, got, test.want)
		}
	}
}

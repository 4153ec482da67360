package law

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/reason"
)

func TestCompensationTiers(t *testing.T) {
	irish := irishTiers(t)
	for _, test := range []struct {
		pack  *Pack
		debt  string
		want  string
		named string
	}{
		{packOf(t, "GB-EW"), "0.01", "40.00", "GB below 1,000"},
		{packOf(t, "GB-NIR"), "999.99", "40.00", "GB below 1,000"},
		{packOf(t, "GB-EW"), "1000.00", "70.00", "GB 1,000 itself"},
		{packOf(t, "GB-SCT"), "9999.99", "70.00", "GB below 10,000"},
		{packOf(t, "GB-EW"), "10000.00", "100.00", "GB 10,000 itself"},
		{packOf(t, "GB-EW"), "10000000000000.00", "100.00", "GB largest amount"},
		{packOf(t, "GB-EW"), "0.00", "0.00", "nothing owed"},
		{packOf(t, "DE"), "0.01", "40.00", "DE"},
		{packOf(t, "DE"), "99999999.99", "40.00", "DE"},
		{packOf(t, "US-TX"), "99999.99", "0.00", "US none"},
		{irish, "1000.00", "40.00", "up to 1,000 included"},
		{irish, "1000.01", "70.00", "above 1,000"},
		{irish, "10000.00", "70.00", "up to 10,000 included"},
		{irish, "10000.01", "100.00", "above 10,000"},
	} {
		c := debt(test.pack, func(c *Claim) { c.PrincipalMinor = mustMinor(test.debt) })
		got, refused := test.pack.Compensation(c, day("2026-03-01"), day("2026-03-01"))
		if refused != nil || got.Minor != mustMinor(test.want) {
			t.Errorf("%s, %s: got %s, %v, want %s", test.named, test.debt, decimal(got.Minor), refused, test.want)
		}
	}
}

// irishTiers is the German pack with the tiers of Ireland, whose edges are inclusive.
func irishTiers(t *testing.T) *Pack {
	t.Helper()
	data, err := shipped.ReadFile("packs/DE/pack.json")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), `{ "amount": "40.00" }`,
		`{"up_to_incl": "1000.00", "amount": "40.00"},
		{"up_to_incl": "10000.00", "amount": "70.00"}, {"amount": "100.00"}`, 1)
	set, err := LoadFS(withFiles(t, map[string]string{"packs/DE/pack.json": text}))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := set.Pack("DE")
	return p
}

// TestCompensationBase: the tier is read on the debt as it fell overdue.
func TestCompensationBase(t *testing.T) {
	p := packOf(t, "GB-EW")
	for _, test := range []struct {
		name  string
		moves []Movement
		want  int64
	}{
		{"a payment after default changes nothing", []Movement{{Day: day("2026-03-01"), DeltaMinor: -990_000}},
			10_000},
		{"a payment on the last day to pay does", []Movement{{Day: day("2026-02-28"), DeltaMinor: -990_000}},
			4_000},
		{"a late credit from the start does", []Movement{{Day: day("2026-06-01"), DeltaMinor: -1,
			FromStart: true}}, 7_000},
		{"paid in time", []Movement{{Day: day("2026-02-28"), DeltaMinor: -1_000_000}}, 0},
	} {
		c := debt(p, func(c *Claim) { c.PrincipalMinor, c.Movements = 1_000_000, test.moves })
		got, refused := p.Compensation(c, day("2026-03-01"), day("2026-07-01"))
		if refused != nil || got.Minor != test.want {
			t.Errorf("%s: got %d, %v, want %d", test.name, got.Minor, refused, test.want)
		}
	}
}

func TestCompensationRefused(t *testing.T) {
	gb, de := packOf(t, "GB-EW"), packOf(t, "DE")
	confirmed := func(c *Claim) { c.Contract = ContractTerms{ClauseConfirmed, mustRate("5")} }
	for _, test := range []struct {
		name   string
		pack   *Pack
		change func(*Claim)
		asOf   string
		want   reason.Code
	}{
		{"before default", gb, nil, "2026-02-28", reason.NotInDefault},
		{"consumer", de, func(c *Claim) { c.Debtor = book.Consumer }, "2026-03-01", reason.ConsumerDebt},
		{"clause not confirmed", de, func(c *Claim) { c.Contract.Clause = ClauseUnconfirmed }, "2026-03-01",
			reason.ContractRate},
		{"GB: a contract rate displaces the Act", gb, confirmed, "2026-03-01", reason.ContractRate},
		{"DE: it does not displace the 40", de, confirmed, "2026-03-01", ""},
		{"currency", de, func(c *Claim) { c.Currency = "USD" }, "2026-03-01", reason.Currency},
		{"law not chosen", de, func(c *Claim) { c.GoverningLawUnknown = true }, "2026-03-01",
			reason.GoverningLawUnknown},
		{"before the statute", gb, func(c *Claim) { c.ContractMade = day("2001-01-01") }, "2026-03-01",
			reason.UnverifiedJurisdiction},
	} {
		_, refused := test.pack.Compensation(debt(test.pack, test.change), day("2026-03-01"), day(test.asOf))
		var got reason.Code
		if refused != nil {
			got = refused.Code
			if refused.Text() == "" || strings.ContainsAny(refused.Text(), "{}") || refused.Until().Fact() == "" {
				t.Errorf("%s: text %q", test.name, refused.Text())
			}
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestCompensationCredited(t *testing.T) {
	for code, want := range map[string]bool{"DE": true, "GB-EW": false} {
		p := packOf(t, code)
		got, _ := p.Compensation(debt(p, nil), day("2026-03-01"), day("2026-03-01"))
		if got.Credited != want || got.Currency != p.Currency() || got.Source.Text == "" ||
			got.Rule != shapeTiers {
			t.Errorf("%s: %+v", code, got)
		}
	}
}

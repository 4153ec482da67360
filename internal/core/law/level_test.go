package law

import (
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// The claims of the cases: with an agreed date that has passed, and with a date that
// stands on the invoice only.
func inDefault(c *Claim) { c.DueDate, c.DateAgreed = day("2026-03-02"), book.Yes }
func onInvoice(c *Claim) { c.DueDate, c.InvoiceDate = day("2026-03-02"), day("2026-02-16") }

func with(changes ...func(*Claim)) func(*Claim) {
	return func(c *Claim) {
		for _, change := range changes {
			change(c)
		}
	}
}

var offered = LevelFacts{CompensationOffered: true}

var levelCases = []struct {
	name                   string
	code                   string
	change                 func(*Claim)
	facts                  LevelFacts
	interest, compensation book.Level
	whyInterest, whyComp   reason.Code
}{
	{"GB in default", "GB-EW", inDefault, offered, book.ClaimAll, book.ClaimAll, "", ""},
	{"compensation is offered first", "GB-EW", inDefault, LevelFacts{},
		book.ClaimAll, book.Offer, "", reason.CompensationOfferFirst},
	{"unknown kind is a natural person in business", "GB-EW",
		with(inDefault, func(c *Claim) { c.Debtor = book.UnknownKind }), offered, book.ClaimAll, book.ClaimAll, "", ""},
	{"DE date on the invoice only: formal announces", "DE", onInvoice, offered,
		book.Announce, book.Announce, reason.NotInDefault, reason.NotInDefault},
	{"DE the day the demand is received it still announces", "DE",
		with(onInvoice, func(c *Claim) { c.FirstDemandReceived = day("2026-03-19") }), offered,
		book.Announce, book.Announce, reason.NotInDefault, reason.NotInDefault},
	{"DE the day after it may claim", "DE",
		with(onInvoice, func(c *Claim) { c.FirstDemandReceived = day("2026-03-18") }), offered,
		book.ClaimAll, book.ClaimAll, "", ""},
	{"consumer", "DE", with(inDefault, func(c *Claim) { c.Debtor = book.Consumer }), offered,
		book.PrincipalOnly, book.PrincipalOnly, reason.ConsumerDebt, reason.ConsumerDebt},
	{"figures would run into 2027", "DE", inDefault, LevelFacts{PayBy: day("2027-01-05"),
		CompensationOffered: true},
		book.Announce, book.ClaimAll, reason.UnknownRate, ""},
	{"GB rate locked, so 2027 is no matter", "GB-EW", inDefault,
		LevelFacts{PayBy: day("2027-01-05"), CompensationOffered: true}, book.ClaimAll, book.ClaimAll, "", ""},
	{"the contract's own rate is asked first", "GB-EW",
		with(inDefault, func(c *Claim) { c.Contract.Clause = ClauseUnconfirmed }), offered,
		book.Announce, book.Announce, reason.ContractRate, reason.ContractRate},
	{"GB contract rate confirmed: no compensation under the Act", "GB-EW",
		with(inDefault, func(c *Claim) { c.Contract = ContractTerms{ClauseConfirmed, mustRate("4")} }), offered,
		book.ClaimAll, book.PrincipalOnly, "", reason.ContractRate},
	{"law not chosen", "DE", with(inDefault, func(c *Claim) { c.GoverningLawUnknown = true }), offered,
		book.Announce, book.Announce, reason.GoverningLawUnknown, reason.GoverningLawUnknown},
	{"another currency", "GB-EW", with(inDefault, func(c *Claim) { c.Currency = "EUR" }), offered,
		book.Announce, book.Announce, reason.Currency, reason.Currency},
	{"small debt: compensation over 10 %, interest stays", "DE",
		with(inDefault, func(c *Claim) { c.PrincipalMinor = 39_999 }), offered,
		book.ClaimAll, book.Announce, "", reason.CompensationCap},
	{"exactly 10 %", "DE", with(inDefault, func(c *Claim) { c.PrincipalMinor = 40_000 }), offered,
		book.ClaimAll, book.ClaimAll, "", ""},
	{"the share is read on the message", "DE", with(inDefault, func(c *Claim) { c.PrincipalMinor = 10_000 }),
		LevelFacts{CompensationOffered: true, MessagePrincipalMinor: 500_000, MessageCompensationMinor: 8_000},
		book.ClaimAll, book.ClaimAll, "", ""},
	{"twelve small invoices", "DE", inDefault,
		LevelFacts{CompensationOffered: true, MessagePrincipalMinor: 479_900, MessageCompensationMinor: 48_000},
		book.ClaimAll, book.Announce, "", reason.CompensationCap},
	{"a person lifted the limit", "DE", with(inDefault, func(c *Claim) { c.PrincipalMinor = 10_000 }),
		LevelFacts{CompensationOffered: true, CompensationLifted: true}, book.ClaimAll, book.ClaimAll, "", ""},
	{"lifted, but never offered", "DE", with(inDefault, func(c *Claim) { c.PrincipalMinor = 10_000 }),
		LevelFacts{CompensationLifted: true}, book.ClaimAll, book.Offer, "", reason.CompensationOfferFirst},
	{"US without a state's cap", "US-OH", inDefault, offered,
		book.PrincipalOnly, book.PrincipalOnly, reason.UnverifiedJurisdiction, ""},
	{"US before it is due", "US-OH", func(c *Claim) { c.DueDate = day("2026-04-30") }, offered,
		book.PrincipalOnly, book.PrincipalOnly, reason.UnverifiedJurisdiction, ""},
}

// TestLevelCap: what the law and the facts leave of the wished level, for interest
// and compensation apart, in a message of 19 March 2026 that asks for payment by the 26th.
func TestLevelCap(t *testing.T) {
	for _, test := range levelCases {
		t.Run(test.name, func(t *testing.T) {
			p := packOf(t, test.code)
			f := test.facts
			f.Day = day("2026-03-19")
			if f.PayBy == 0 {
				f.PayBy = day("2026-03-26")
			}
			caps := p.LevelCap(debt(p, test.change), f)
			expectCap(t, "interest", caps.Interest, test.interest, test.whyInterest)
			expectCap(t, "compensation", caps.Compensation, test.compensation, test.whyComp)
		})
	}
}

func expectCap(t *testing.T, what string, got Cap, level book.Level, why reason.Code) {
	t.Helper()
	var code reason.Code
	if got.Why != nil {
		code = got.Why.Code
	}
	if got.Level != level || code != why {
		t.Errorf("%s: got %s because of %q, want %s because of %q", what, got.Level, code, level, why)
	}
}

// TestAnyRateMissing is guardrail R24 here: with every rate table removed the levels
// fall to announce, and nothing panics.
func TestAnyRateMissing(t *testing.T) {
	const none = "from,until,rate_pct,confidence,checked_on,source\n" +
		"2001-01-01,2001-12-31,1,UNCERTAIN,2026-11-21,test\n"
	set, err := LoadFS(withFiles(t, map[string]string{
		"rates/boe_bank_rate.csv": none, "packs/DE/rates_basiszins.csv": none}))
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"GB-EW", "GB-SCT", "GB-NIR", "DE"} {
		p, _ := set.Pack(code)
		c := debt(p, func(c *Claim) { c.DueDate, c.DateAgreed = day("2026-03-02"), book.Yes })
		caps := p.LevelCap(c, LevelFacts{Day: day("2026-03-19"), PayBy: day("2026-03-26"),
			CompensationOffered: true})
		expectCap(t, code+" interest", caps.Interest, book.Announce, reason.UnknownRate)
		expectCap(t, code+" compensation", caps.Compensation, book.ClaimAll, "")
	}
}

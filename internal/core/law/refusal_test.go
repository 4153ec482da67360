package law

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// TestRefusalsAreListed: every code that a refusal can carry has a sentence with as
// many fields as the refusal fills, and can become a reason of a decision.
func TestRefusalsAreListed(t *testing.T) {
	p := packOf(t, "DE")
	c := debt(p, func(c *Claim) { c.Currency = "USD" })
	rule := p.interestRule(c, day("2027-01-01"))
	refusals := []*Refusal{
		notInDefault(cal.None), notInDefault(day("2026-12-01")),
		plainRefusal(reason.Penalty, "9.00", "8.00"), plainRefusal(reason.CompensationCap, "10"),
	}
	for _, code := range []reason.Code{
		reason.UnknownRate, reason.UnverifiedJurisdiction, reason.ConsumerDebt, reason.ContractRate,
		reason.ContractDateUnproven, reason.Currency, reason.GoverningLawUnknown,
		reason.TermsRateUnknown, reason.CompensationOfferFirst,
	} {
		refusals = append(refusals, p.refuse([]reason.Code{code}, c, rule, day("2027-01-01"), day("2027-02-01")))
	}
	for _, refused := range refusals {
		text := reason.New(refused.Code, refused.Until(), refused.Args...).Text()
		if text == "" || strings.ContainsAny(text, "{}") || text != refused.Text() {
			t.Errorf("%s: text %q", refused.Code, text)
		}
	}
}

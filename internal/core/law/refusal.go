package law

import (
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// Refusal says why a figure or a step is not given. It takes a figure out of a
// message; it never stops a message (guardrail R24).
type Refusal struct {
	Code reason.Code
	Args []string // the fields of the code's sentence, in order
	// Also lists the other codes that hold, in the order of precedence.
	Also []reason.Code
	// ComputableTo is the last day for which the rate is known, where a missing
	// rate is the reason; else cal.None. If it lies before the first day of
	// interest, nothing can be computed.
	ComputableTo cal.Date
	// Begins is the first day of interest, where it is known and lies in the
	// future; else cal.None.
	Begins cal.Date
}

// Text is the sentence for people.
func (r *Refusal) Text() string { return reason.Fill(r.Code, r.Args) }

// Until is when looking again makes sense: the day on which default begins, or
// the fact that would lift the refusal.
func (r *Refusal) Until() reason.Until {
	if r.Begins != cal.None {
		return reason.OnDay(r.Begins).Or(reason.UntilFact(liftedBy(r.Code)))
	}
	return reason.UntilFact(liftedBy(r.Code))
}

// liftedBy names the kind of fact that lifts a refusal.
func liftedBy(code reason.Code) string {
	switch code {
	case reason.UnknownRate, reason.UnverifiedJurisdiction:
		return "law table"
	case reason.ContractRate, reason.TermsRateUnknown, reason.Penalty:
		return "contract terms"
	case reason.GoverningLawUnknown, reason.Currency:
		return "choice of law"
	case reason.NotInDefault, reason.ContractDateUnproven:
		return "demand received or date agreed"
	case reason.ConsumerDebt:
		return "debtor kind"
	}
	return "person's decision"
}

// refuse builds the refusal for the first of codes, which must not be empty.
func (p *Pack) refuse(codes []reason.Code, c *Claim, r *interestRule, first, until cal.Date) *Refusal {
	ref := plainRefusal(codes[0])
	ref.Also = append(ref.Also, codes[1:]...)
	switch ref.Code {
	case reason.UnknownRate:
		ref.ComputableTo = r.knownTo(first)
		ref.Args = []string{r.missingPeriod(first, until), ref.ComputableTo.String()}
	case reason.UnverifiedJurisdiction:
		ref.Args = []string{p.code}
	case reason.Currency:
		ref.Args = []string{string(c.Currency), string(p.currency)}
	}
	return ref
}

// plainRefusal is a refusal that no day will lift.
func plainRefusal(code reason.Code, args ...string) *Refusal {
	return &Refusal{Code: code, Args: args, ComputableTo: cal.None, Begins: cal.None}
}

// notInDefault is the refusal of a claim whose default begins later, or at a day
// that depends on a demand (begins = cal.None).
func notInDefault(begins cal.Date) *Refusal {
	when := begins.String()
	if begins == cal.None {
		when = "the day after a clear demand is received"
	}
	ref := plainRefusal(reason.NotInDefault, when)
	ref.Begins = begins
	return ref
}

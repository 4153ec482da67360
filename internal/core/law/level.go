package law

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// CompensationSharePct is the largest share of a message's principal, in percent,
// that compensation may reach before it is only announced (guardrail R2).
const CompensationSharePct = 10

// LevelFacts are the facts of a message that bound its level.
type LevelFacts struct {
	Day   cal.Date // the day of the message
	PayBy cal.Date // the day to which its figures run
	// The sums of the whole message in the claim's currency, on which the limit of
	// guardrail R2 is read. Zero principal means: this claim is the whole message.
	MessagePrincipalMinor    int64
	MessageCompensationMinor int64
	// CompensationLifted: a person lifted the limit for this message.
	CompensationLifted bool
	// CompensationOffered: this customer has been offered compensation before.
	CompensationOffered bool
}

// Cap is the highest level allowed and, if that is below LevelClaim, why.
type Cap struct {
	Level book.Level
	// Why is nil at LevelClaim, and at LevelPrincipal where the law simply knows
	// no such sum.
	Why *Refusal
}

// Caps bound a message about one claim. Interest and compensation fall apart:
// what lowers one need not lower the other.
type Caps struct {
	Interest     Cap
	Compensation Cap
}

// LevelCap is the highest level that the law and the facts permit for a claim on a
// day. Before default everything is announced at most (guardrail R1); a missing
// rate, an unconfirmed contract rate, an undecided law or another currency leave
// announce; consumers, and debts without a rule or a usable contract rate (R20),
// leave the principal.
func (p *Pack) LevelCap(c *Claim, f LevelFacts) Caps {
	d, notYet := p.DefaultFrom(c, f.Day)
	first := d.FirstInterestDay
	if notYet != nil {
		if first = notYet.Begins; first == cal.None {
			first = f.Day
		}
	}
	var caps Caps
	_, refused := p.Interest(c, first, f.PayBy)
	caps.Interest = lowest(notYet, refused)
	compensation, refused := p.Compensation(c, first, max(first, f.Day))
	caps.Compensation = lowest(notYet, refused)
	switch {
	case refused != nil:
		if refused.Code == reason.ContractRate && c.Contract.Clause == ClauseConfirmed {
			caps.Compensation.Level = book.PrincipalOnly
		}
	case compensation.Minor == 0:
		caps.Compensation = Cap{Level: book.PrincipalOnly}
	default:
		caps.Compensation = caps.Compensation.within(c, f, first, compensation.Minor)
	}
	return caps
}

// within applies guardrail R2 to the cap of a compensation that is due.
func (k Cap) within(c *Claim, f LevelFacts, first cal.Date, compensationMinor int64) Cap {
	principal, sum := f.MessagePrincipalMinor, f.MessageCompensationMinor
	if principal == 0 {
		principal, sum = c.balanceBefore(max(first, f.Day).AddDays(1)), compensationMinor
	}
	switch {
	case k.Level <= book.Announce:
	case OverShare(sum, principal, CompensationSharePct) && !f.CompensationLifted:
		return Cap{book.Announce, plainRefusal(reason.CompensationCap, "10")}
	case !f.CompensationOffered:
		return Cap{book.Offer, plainRefusal(reason.CompensationOfferFirst)}
	}
	return k
}

// lowest is the cap that the refusals leave together; of equals the first explains it.
func lowest(refusals ...*Refusal) Cap {
	result := Cap{Level: book.ClaimAll}
	for _, r := range refusals {
		if r == nil {
			continue
		}
		level := levelLeft(r.Code)
		for _, also := range r.Also {
			level = min(level, levelLeft(also))
		}
		if level < result.Level {
			result = Cap{level, r}
		}
	}
	return result
}

// levelLeft is the level a refusal leaves.
func levelLeft(code reason.Code) book.Level {
	switch code {
	case reason.UnknownRate, reason.ContractRate, reason.GoverningLawUnknown, reason.Currency,
		reason.NotInDefault, reason.ContractDateUnproven:
		return book.Announce
	}
	return book.PrincipalOnly
}

// OverShare reports whether compensation passes a share, in percent, of a message's
// principal: guardrail R2 with [CompensationSharePct], or the lower share that a
// creditor has set.
func OverShare(compensationMinor, principalMinor int64, percent int) bool {
	return compensationMinor > money.Percent(principalMinor, money.Rate(percent)*money.RateScale, money.Down)
}

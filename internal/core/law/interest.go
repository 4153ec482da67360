package law

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// Segment is a stretch of days with one principal and one rate.
type Segment struct {
	From, To       cal.Date // both count
	Days           int
	PrincipalMinor int64
	Rate           RatePeriod // for a contract rate only Rate, ID and Source are filled
}

// Interest is the interest on one claim, with everything needed to check it by hand.
type Interest struct {
	// Segments without principal are left out. Under a floating rate a segment
	// ends with each half-year, also where the rate stays.
	Segments     []Segment
	Days         int         // of all segments
	Exact        money.Exact // principal × rate × days, before the division by DayCountDays
	DayCountDays int
	Minor        int64 // rounded once, half up
	// Daily is one further day's interest on the balance after the last day, before the
	// division by DayCountDays, so that claims can be added up and rounded once.
	Daily money.Exact
	// KnownUntil is the last day to which the rate is known; cal.Far for a rate
	// that does not change.
	KnownUntil   cal.Date
	Rule         string     // the rule shape, or contract_rate
	Source       Source     // of the rule
	Confidence   Confidence // the lowest of the rule and of the rates used
	TableVersion string
	// Contract: the contract's own, confirmed rate was used, not the statute's. It
	// is never added to the statutory rate.
	Contract bool
}

const (
	ruleContractRate = "contract_rate"
	contractRateID   = "contract"
)

// Interest computes the interest on a claim from first, the first day of interest
// (Default.FirstInterestDay), to until, both included; the day of payment counts.
// It is zero if until lies before first. The refusal says why no figure is given;
// with unknown_rate, ComputableTo is a day to which it can be asked for again.
func (p *Pack) Interest(c *Claim, first, until cal.Date) (Interest, *Refusal) {
	rule := p.interestRule(c, first)
	var buffer [maxObstacles]reason.Code
	if codes := p.interestObstacles(c, rule, first, until, buffer[:0]); len(codes) > 0 {
		return Interest{}, p.refuseInterest(codes, c, rule, first, until)
	}
	result := Interest{
		DayCountDays: rule.dayCountDays, KnownUntil: rule.knownTo(first), Rule: rule.shape,
		Source: rule.source, Confidence: rule.source.Confidence, TableVersion: p.version,
	}
	if c.Contract.Clause == ClauseConfirmed {
		result.Contract, result.KnownUntil, result.Rule = true, cal.Far, ruleContractRate
	}
	result.Exact, result.Segments = rule.accrue(c, first, until)
	result.Minor = result.Exact.Round(rule.dayCountDays, money.HalfUp)
	for i := range result.Segments {
		segment := &result.Segments[i]
		result.Days += segment.Days
		result.Confidence = min(result.Confidence, segment.Rate.Source.Confidence)
	}
	result.Daily = rule.daily(c, first, until)
	return result, nil
}

// DailyMinor is one further day's interest, rounded for show only: never multiply it.
func (i *Interest) DailyMinor() int64 { return i.Daily.Round(i.DayCountDays, money.HalfUp) }

// Rate is the statutory rate on a day for a claim whose interest starts on first.
// A locked rate is the same on every day.
func (p *Pack) Rate(c *Claim, first, on cal.Date) (RatePeriod, *Refusal) {
	rule := p.interestRule(c, first)
	statute := *c
	statute.Contract = ContractTerms{}
	var buffer [maxObstacles]reason.Code
	codes := p.interestObstacles(&statute, rule, first, max(first, on), buffer[:0])
	if len(codes) > 0 {
		return RatePeriod{}, p.refuseInterest(codes, &statute, rule, first, max(first, on))
	}
	if rule.locked || on < first {
		on = first
	}
	return rule.periods[rule.periodOf(on)], nil
}

// interestRule is the version of the rule that governs the claim, or nil.
func (p *Pack) interestRule(c *Claim, first cal.Date) *interestRule {
	return ruleAt(p.interests, func(r *interestRule) *validity { return &r.validity }, c.arose(first))
}

const maxObstacles = 8

// interestObstacles appends the codes of all that stands against a figure, in the
// order of precedence: no verified rule, consumer, the contract's own rate, a
// missing rate, then the others.
func (p *Pack) interestObstacles(
	c *Claim, r *interestRule, first, until cal.Date, codes []reason.Code,
) []reason.Code {
	if r == nil || r.source.Confidence == Uncertain {
		return append(codes, reason.UnverifiedJurisdiction)
	}
	confirmed := c.Contract.Clause == ClauseConfirmed
	var limit *rateCap
	if !r.statutory {
		if limit = r.capOf(p, c.arose(first)); limit == nil {
			codes = append(codes, reason.UnverifiedJurisdiction)
		}
	}
	if c.Debtor == book.Consumer {
		codes = append(codes, reason.ConsumerDebt)
	}
	if c.Contract.Clause == ClauseUnconfirmed {
		codes = append(codes, reason.ContractRate)
	}
	if r.statutory && !confirmed {
		if !r.rateKnown(first, until) {
			codes = append(codes, reason.UnknownRate)
		}
		if c.GoverningLawUnknown {
			codes = append(codes, reason.GoverningLawUnknown)
		}
		if !slices.Contains(r.currencies, c.Currency) {
			codes = append(codes, reason.Currency)
		}
	}
	if !r.statutory && c.Contract.Clause == NoClause {
		codes = append(codes, reason.TermsRateUnknown)
	}
	if confirmed && limit != nil && limit.limited && c.Contract.Rate > limit.max {
		codes = append(codes, reason.Penalty)
	}
	return codes
}

func (p *Pack) refuseInterest(
	codes []reason.Code, c *Claim, r *interestRule, first, until cal.Date,
) *Refusal {
	ref := p.refuse(codes, c, r, first, until)
	if ref.Code == reason.Penalty {
		ref.Args = []string{c.Contract.Rate.String(), r.capOf(p, c.arose(first)).max.String()}
	}
	return ref
}

// capOf is the cap of the pack's region for a debt that arose on a day, if it is
// known with confidence; nil otherwise, and always for the country as a whole.
func (r *interestRule) capOf(p *Pack, arose cal.Date) *rateCap {
	if !p.isRegion {
		return nil
	}
	for i := range r.caps {
		c := &r.caps[i]
		if c.region == p.code && c.covers(arose) && c.source.Confidence > Uncertain {
			return c
		}
	}
	return nil
}

// rateUsed is the rate of a segment: the half-year's, or the contract's own.
func (r *interestRule) rateUsed(c *Claim, index int) RatePeriod {
	if index >= 0 {
		return r.periods[index]
	}
	return RatePeriod{
		From: cal.None, Until: cal.Far, Rate: c.Contract.Rate, ReferenceDay: cal.None, ID: contractRateID,
		Source: Source{Text: "contract terms on file", Confidence: High, CheckedOn: cal.None},
	}
}

// accrue adds principal × rate × days over [first, until], with the segments of it. The
// rate must be known (rateKnown, or a confirmed contract rate). It panics on a first or
// last day that is none: a programming error.
//
// A segment ends on until, on the day of a movement (which counts for the day
// after) or, with a floating rate, on the last day of a half-year.
func (r *interestRule) accrue(c *Claim, first, until cal.Date) (exact money.Exact, segments []Segment) {
	if !first.Valid() || !until.Valid() {
		panic("law: interest without a first and a last day")
	}
	if until < first {
		return exact, nil
	}
	fixed := c.Contract.Clause == ClauseConfirmed
	index, rate, rateEnds := -1, c.Contract.Rate, cal.Far
	if !fixed {
		index = r.periodOf(first)
		rate = r.periods[index].Rate
	}
	if !fixed && !r.locked {
		rateEnds = r.periods[index].Until
	}
	movements := c.orderedMovements()
	balance := c.balanceBefore(first)
	m := 0
	for day := first; day <= until; {
		end := min(until, rateEnds)
		if m = nextChange(movements, m, day); m < len(movements) {
			end = min(end, movements[m].Day)
		}
		if days := end.DaysSince(day) + 1; balance > 0 {
			exact.AddSimple(balance, rate, days)
			segments = append(segments, Segment{From: day, To: end, Days: days, PrincipalMinor: balance,
				Rate: r.rateUsed(c, index)})
		}
		for ; m < len(movements) && movements[m].Day <= end; m++ {
			if !movements[m].FromStart {
				balance = money.AddMinor(balance, movements[m].DeltaMinor)
			}
		}
		if day = end.AddDays(1); day > rateEnds && day <= until {
			index++
			rate, rateEnds = r.periods[index].Rate, r.periods[index].Until
		}
	}
	return exact, segments
}

// nextChange is the index, from m on, of the first movement on or after a day that
// changes the principal within the period.
func nextChange(movements []Movement, m int, day cal.Date) int {
	for m < len(movements) && (movements[m].FromStart || movements[m].Day < day) {
		m++
	}
	return m
}

// daily is the interest of the day after until, at the rate of until (or of first,
// if that is later).
func (r *interestRule) daily(c *Claim, first, until cal.Date) (exact money.Exact) {
	last := max(first, until)
	balance := max(0, c.balanceBefore(last.AddDays(1)))
	switch {
	case c.Contract.Clause == ClauseConfirmed:
		exact.AddSimple(balance, c.Contract.Rate, 1)
	case r.rateKnown(first, last):
		if r.locked {
			last = first
		}
		exact.AddSimple(balance, r.periods[r.periodOf(last)].Rate, 1)
	}
	return exact
}

package law

import (
	"fmt"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
)

const (
	shapeTiers = "tiers"
	shapeNone  = "none"
)

// Compensation is the fixed sum for the costs of recovery of one debt.
type Compensation struct {
	Minor    int64
	Currency money.Currency
	Rule     string // the rule shape: tiers or none
	// Credited: the sum is credited against later legal costs; of both the greater
	// may be recovered.
	Credited     bool
	Source       Source
	TableVersion string
}

// compensationRule is one version of a jurisdiction's rule on the fixed sum.
type compensationRule struct {
	validity
	debtCurrency money.Currency // in which the tiers are read
	currency     money.Currency // of the sums
	credited     bool
	tiers        []tier // by rising limit
}

// tier is a sum for debts below a limit in minor units.
type tier struct {
	belowMinor  int64
	amountMinor int64
}

type tiersJSON struct {
	DebtCurrency string     `json:"debt_currency"`
	Currency     string     `json:"currency"`
	Credited     bool       `json:"credited_against_legal_costs"`
	Tiers        []tierJSON `json:"tiers"`
}

// tierJSON has one edge, below (exclusive) or up_to_incl (inclusive), and the last
// tier of a list has none.
type tierJSON struct {
	Below    string `json:"below,omitempty"`
	UpToIncl string `json:"up_to_incl,omitempty"`
	Amount   string `json:"amount"`
}

func (r *packReader) buildCompensation(path string, raw *datedJSON, v validity) compensationRule {
	rule := compensationRule{validity: v}
	field := path + ".params"
	switch raw.Shape {
	case shapeTiers:
		var p tiersJSON
		if decodeStrict(r.file, field, raw.Params, &p, r.problems) {
			r.buildTiers(field, &p, &rule)
		}
	case shapeNone:
		decodeStrict(r.file, field, raw.Params, &struct{}{}, r.problems)
	default:
		r.addf(r.file, path+".shape", "%q is no shape (expected %s or %s)", raw.Shape, shapeTiers, shapeNone)
	}
	return rule
}

func (r *packReader) buildTiers(field string, p *tiersJSON, rule *compensationRule) {
	var err error
	if rule.debtCurrency, err = money.ParseCurrency(p.DebtCurrency); err != nil {
		r.addf(r.file, field+".debt_currency", "%v", err)
	}
	if rule.currency, err = money.ParseCurrency(p.Currency); err != nil {
		r.addf(r.file, field+".currency", "%v", err)
	}
	rule.credited = p.Credited
	if len(p.Tiers) == 0 {
		r.addf(r.file, field+".tiers", "expected at least one tier")
	}
	var reached int64
	for i, raw := range p.Tiers {
		path := fmt.Sprintf("%s.tiers[%d]", field, i)
		t := tier{belowMinor: r.tierLimit(path, raw, rule.debtCurrency, i+1 == len(p.Tiers))}
		if t.belowMinor <= reached {
			r.addf(r.file, path, "expected an edge above that of the tier before it")
		}
		reached = t.belowMinor
		amount, err := money.Parse(raw.Amount, rule.currency)
		if err != nil || amount.Minor <= 0 {
			r.addf(r.file, path+".amount", "expected a positive amount, found %q", raw.Amount)
		}
		t.amountMinor = amount.Minor
		rule.tiers = append(rule.tiers, t)
	}
}

// tierLimit is the edge of a tier as an exclusive limit: up_to_incl lies one minor
// unit below it.
func (r *packReader) tierLimit(path string, raw tierJSON, currency money.Currency, last bool) int64 {
	edges := raw.Below != "" && raw.UpToIncl != ""
	if edges || last != (raw.Below == "" && raw.UpToIncl == "") {
		r.addf(r.file, path, "expected below or up_to_incl, and neither in the last tier")
	}
	if last {
		return money.MaxMinor + 1
	}
	text, more := raw.Below, int64(0)
	if text == "" {
		text, more = raw.UpToIncl, 1
	}
	edge, err := money.Parse(text, currency)
	if err != nil {
		r.addf(r.file, path, "%v", err)
	}
	return edge.Minor + more
}

// Compensation is the fixed sum for one debt whose interest starts on first, as it
// stands on asOf. The tier is read on the debt as it stood when it fell overdue:
// gross, less credits from the start and what was paid by the last day to pay. It
// is zero where the law gives none, and where nothing was left to fall overdue.
// The sum is due once for a debt: each message states it anew, and nothing adds it up.
func (p *Pack) Compensation(c *Claim, first, asOf cal.Date) (Compensation, *Refusal) {
	rule := ruleAt(p.compensation, func(r *compensationRule) *validity { return &r.validity }, c.arose(first))
	if codes := p.compensationObstacles(c, rule, first); len(codes) > 0 {
		return Compensation{}, p.refuse(codes, c, nil, first, asOf)
	}
	if asOf < first {
		return Compensation{}, notInDefault(first)
	}
	result := Compensation{
		Currency: rule.currency, Rule: rule.shape, Credited: rule.credited,
		Source: rule.source, TableVersion: p.version,
	}
	debt := c.balanceBefore(first)
	for _, t := range rule.tiers {
		if debt > 0 && debt < t.belowMinor {
			result.Minor = t.amountMinor
			break
		}
	}
	return result, nil
}

// compensationObstacles lists all that stands against the fixed sum, in the order
// of precedence.
func (p *Pack) compensationObstacles(c *Claim, r *compensationRule, first cal.Date) []reason.Code {
	var codes []reason.Code
	if r == nil || r.source.Confidence == Uncertain {
		return append(codes, reason.UnverifiedJurisdiction)
	}
	if c.Debtor == book.Consumer {
		codes = append(codes, reason.ConsumerDebt)
	}
	if r.shape == shapeNone {
		return codes
	}
	interest := p.interestRule(c, first)
	displaced := interest != nil && interest.contractDisplacesCompensation &&
		c.Contract.Clause == ClauseConfirmed
	if displaced || c.Contract.Clause == ClauseUnconfirmed {
		codes = append(codes, reason.ContractRate)
	}
	if c.GoverningLawUnknown {
		codes = append(codes, reason.GoverningLawUnknown)
	}
	if c.Currency != r.debtCurrency {
		codes = append(codes, reason.Currency)
	}
	return codes
}

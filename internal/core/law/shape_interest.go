package law

import (
	"fmt"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

const (
	shapeReferencePlusMargin = "reference_plus_margin"
	shapeContractOnly        = "contract_only"

	fixingLockedAtStart = "locked_at_start"
	fixingFloating      = "floating_half_year"

	referenceDayBefore = "last_day_before_half_year"
	referenceDayFirst  = "first_day_of_half_year"
)

// RatePeriod is the statutory rate of one half-year.
type RatePeriod struct {
	From, Until cal.Date // 1 January to 30 June or 1 July to 31 December
	// Rate is the reference rate plus the margin, rounded as the law says.
	Rate         money.Rate
	Reference    money.Rate
	Margin       money.Rate
	ReferenceDay cal.Date // the day whose reference rate counts
	ID           string   // table and day: "boe_bank_rate@2025-12-31"
	Source       Source   // of the reference rate
	// knownTo is the last day of the unbroken run of usable periods that this one
	// begins; cal.None if it is not usable itself.
	knownTo cal.Date
}

// interestRule is one version of a jurisdiction's rule on interest.
type interestRule struct {
	validity
	// statutory: a statute gives interest without a clause in the contract.
	statutory bool

	// reference_plus_margin: contiguous half-years, oldest first. A locked rate is
	// that of the half-year in which interest starts, for good; a floating one
	// changes with each half-year.
	periods    []RatePeriod
	locked     bool
	currencies []money.Currency // the debts for which the rate is verified
	// contractDisplacesCompensation: a confirmed contract rate takes the fixed
	// compensation away as well as the statutory interest.
	contractDisplacesCompensation bool

	// contract_only: the caps of the regions, newest first for each region.
	caps []rateCap

	dayCountDays int // 365: the year is counted so also in leap years
}

// rateCap is the highest contract rate that a region allows, for debts that arose
// within its validity.
type rateCap struct {
	validity
	region  string
	limited bool // false: the region is known to have no cap
	max     money.Rate
}

type referencePlusMarginJSON struct {
	Reference                     string   `json:"reference"`
	ReferenceDay                  string   `json:"reference_day"`
	MarginPoints                  string   `json:"margin_points"`
	RoundUpToPoints               string   `json:"round_up_to_points,omitempty"`
	Fixing                        string   `json:"fixing"`
	Compounding                   string   `json:"compounding"`
	DayCount                      string   `json:"day_count"`
	Currencies                    []string `json:"currencies"`
	ContractDisplacesCompensation bool     `json:"contract_rate_displaces_compensation"`
}

type contractOnlyJSON struct {
	Compounding string        `json:"compounding"`
	DayCount    string        `json:"day_count"`
	RateCaps    []rateCapJSON `json:"rate_caps"`
}

// rateCapJSON: MaxRatePct is a rate or "none" where the region is known to have no cap.
type rateCapJSON struct {
	Region     string     `json:"region"`
	Since      cal.Date   `json:"since"`
	Until      *cal.Date  `json:"until,omitempty"`
	MaxRatePct string     `json:"max_rate_pct"`
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
	CheckedOn  cal.Date   `json:"checked_on"`
}

func (r *packReader) buildInterest(path string, raw *datedJSON, v validity) interestRule {
	rule := interestRule{validity: v, statutory: raw.Shape == shapeReferencePlusMargin}
	field := path + ".params"
	switch raw.Shape {
	case shapeReferencePlusMargin:
		var p referencePlusMarginJSON
		if decodeStrict(r.file, field, raw.Params, &p, r.problems) {
			r.buildReference(field, &p, &rule)
		}
	case shapeContractOnly:
		var p contractOnlyJSON
		if decodeStrict(r.file, field, raw.Params, &p, r.problems) {
			rule.dayCountDays = r.dayCount(field, p.DayCount, p.Compounding)
			rule.caps = r.buildCaps(field+".rate_caps", p.RateCaps)
		}
	default:
		r.addf(r.file, path+".shape", "%q is no shape (expected %s or %s)", raw.Shape,
			shapeReferencePlusMargin, shapeContractOnly)
	}
	return rule
}

func (r *packReader) buildReference(field string, p *referencePlusMarginJSON, rule *interestRule) {
	rule.dayCountDays = r.dayCount(field, p.DayCount, p.Compounding)
	rule.contractDisplacesCompensation = p.ContractDisplacesCompensation
	switch p.Fixing {
	case fixingLockedAtStart:
		rule.locked = true
	case fixingFloating:
	default:
		r.addf(r.file, field+".fixing", "expected %s or %s", fixingLockedAtStart, fixingFloating)
	}
	if p.ReferenceDay != referenceDayBefore && p.ReferenceDay != referenceDayFirst {
		r.addf(r.file, field+".reference_day", "expected %s or %s", referenceDayBefore, referenceDayFirst)
	}
	margin := r.rate(field+".margin_points", p.MarginPoints)
	var step money.Rate
	if p.RoundUpToPoints != "" {
		if step = r.rate(field+".round_up_to_points", p.RoundUpToPoints); step <= 0 {
			r.addf(r.file, field+".round_up_to_points", "expected more than 0")
			return
		}
	}
	for i, code := range p.Currencies {
		currency, err := money.ParseCurrency(code)
		if err != nil {
			r.addf(r.file, fmt.Sprintf("%s.currencies[%d]", field, i), "%v", err)
		}
		rule.currencies = append(rule.currencies, currency)
	}
	if len(p.Currencies) == 0 {
		r.addf(r.file, field+".currencies", "expected at least one currency")
	}
	if table := r.rates(field+".reference", p.Reference); table != nil {
		rule.periods = halfYears(table, margin, step, p.ReferenceDay == referenceDayBefore)
		if len(rule.periods) == 0 {
			r.addf(r.file, field+".reference", "the table %s covers no half-year", p.Reference)
		}
	}
}

func (r *packReader) rate(field, text string) money.Rate {
	rate, err := money.ParseRate(text)
	if err != nil {
		r.addf(r.file, field, "%v", err)
	}
	return rate
}

func (r *packReader) dayCount(field, dayCount, compounding string) int {
	if compounding != "simple" {
		r.addf(r.file, field+".compounding", "expected simple")
	}
	if dayCount != "act/365" {
		r.addf(r.file, field+".day_count", "expected act/365")
	}
	return 365
}

func (r *packReader) buildCaps(field string, list []rateCapJSON) []rateCap {
	caps := make([]rateCap, len(list))
	newest := map[string]cal.Date{} // by region: the first day of the newer version
	for i := range list {
		raw, path := &list[i], fmt.Sprintf("%s[%d]", field, i)
		c := rateCap{region: raw.Region, limited: raw.MaxRatePct != "none"}
		c.validity = validity{since: raw.Since, until: cal.Far,
			source: Source{Text: raw.Source, Confidence: raw.Confidence, CheckedOn: raw.CheckedOn}}
		if c.limited {
			c.max = r.rate(path+".max_rate_pct", raw.MaxRatePct)
		}
		if raw.Until != nil {
			c.until = *raw.Until
		}
		if newer, ok := newest[raw.Region]; ok {
			c.until = min(c.until, newer.AddDays(-1))
		}
		newest[raw.Region] = raw.Since
		if c.until < c.since || !c.since.Valid() || !raw.CheckedOn.Valid() || raw.Source == "" {
			r.addf(r.file, path, "expected since before until, newest version first, a source and checked_on")
		}
		caps[i] = c
	}
	return caps
}

// halfYears computes the rate of every half-year whose reference day the table
// knows. beforeStart: the reference day is the last day before the half-year,
// else its first day. step > 0 rounds the sum up to a multiple of it.
func halfYears(table *rateTable, margin, step money.Rate, beforeStart bool) []RatePeriod {
	var periods []RatePeriod
	last := table.rows[len(table.rows)-1].until
	year, _, _ := table.rows[0].from.YMD()
	from := cal.Of(year, 1, 1)
	for ; from.Valid(); from = from.AddMonths(6) {
		reference := from
		if beforeStart {
			reference = from.AddDays(-1)
		}
		if reference > last {
			break
		}
		row := table.on(reference)
		if row == nil { // only before the first row: a table has no gaps
			continue
		}
		rate := row.rate + margin
		if step > 0 {
			rate = roundUp(rate, step)
		}
		periods = append(periods, RatePeriod{
			From: from, Until: from.AddMonths(6).AddDays(-1), Rate: rate, Reference: row.rate, Margin: margin,
			ReferenceDay: reference, ID: table.name + "@" + reference.String(), Source: row.source,
		})
	}
	markKnown(periods)
	return periods
}

// markKnown fills in knownTo, from the last period back.
func markKnown(periods []RatePeriod) {
	run := cal.None
	for i := len(periods) - 1; i >= 0; i-- {
		p := &periods[i]
		switch {
		case p.Source.Confidence == Uncertain:
			run = cal.None
		case run == cal.None:
			run = p.Until
		}
		p.knownTo = run
	}
}

// roundUp is the next multiple of step, or rate itself if it is one.
func roundUp(rate, step money.Rate) money.Rate {
	over := rate % step
	switch {
	case over > 0:
		return rate - over + step
	default: // a negative remainder: cutting towards zero is rounding up
		return rate - over
	}
}

// periodOf finds the half-year of a day; -1 if the tables do not reach it.
func (r *interestRule) periodOf(day cal.Date) int {
	last := len(r.periods) - 1
	if last < 0 || day < r.periods[0].From || day > r.periods[last].Until {
		return -1
	}
	i := day.DaysSince(r.periods[0].From) * 2 / 366 // never too far, since a year has at most 366 days
	for day > r.periods[i].Until {
		i++
	}
	return i
}

// knownTo is the last day to which interest that starts on first can be computed:
// cal.Far for a locked rate that is known; for a rate that is not, the last day of
// the tables, or cal.None if first lies before them.
func (r *interestRule) knownTo(first cal.Date) cal.Date {
	i := r.periodOf(first)
	switch {
	case i < 0 && len(r.periods) > 0 && first > r.periods[0].From:
		return r.lastKnown()
	case i < 0:
		return cal.None
	case r.periods[i].knownTo == cal.None:
		return r.periods[i].From.AddDays(-1)
	case r.locked:
		return cal.Far
	}
	return r.periods[i].knownTo
}

// lastKnown is the last day with a usable rate; cal.None if there is none.
func (r *interestRule) lastKnown() cal.Date {
	for i := len(r.periods) - 1; i >= 0; i-- {
		if known := r.periods[i].knownTo; known != cal.None {
			return known
		}
	}
	return cal.None
}

// rateKnown reports whether every day from first to until has a usable rate.
func (r *interestRule) rateKnown(first, until cal.Date) bool {
	if until < first {
		return true
	}
	i := r.periodOf(first)
	return i >= 0 && r.periods[i].knownTo != cal.None && (r.locked || until <= r.periods[i].knownTo)
}

// missingPeriod names the first half-year whose rate is missing, for the refusal.
func (r *interestRule) missingPeriod(first, until cal.Date) string {
	missing := first
	if known := r.knownTo(first); known != cal.None && known >= first && known < until {
		missing = known.AddDays(1)
	}
	return halfYearName(missing)
}

func halfYearName(day cal.Date) string {
	year, month, _ := day.YMD()
	if month <= 6 {
		return fmt.Sprintf("the first half of %d", year)
	}
	return fmt.Sprintf("the second half of %d", year)
}

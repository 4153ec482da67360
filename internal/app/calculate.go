package app

import (
	"cmp"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// The calculators answer from law tables and shipped strategies alone; they need no
// book.

// InterestRequest asks for the interest on one debt.
type InterestRequest struct {
	Jurisdiction string         // code of a law pack: "GB", "DE", "US-OH"
	Currency     money.Currency // "" = that of the jurisdiction
	Principal    string         // a plain decimal, gross
	Due          cal.Date       // last day to pay, as agreed; interest starts the day after
	InvoiceDate  cal.Date
	Until        cal.Date // last day of interest, included
	ContractRate string   // percent a year of signed terms that were confirmed; "" = none
	Debtor       book.DebtorKind
	Payments     []InterestMovement
	Credits      []InterestMovement
}

// InterestMovement is a payment or a credit note of that day.
type InterestMovement struct {
	Day       cal.Date
	Amount    string
	FromStart bool // of a credit note: the debt never was higher
}

// InterestSegment is a stretch of days with one principal and one rate.
type InterestSegment struct {
	FromDay    cal.Date `json:"from_day"`
	ToDay      cal.Date `json:"to_day"`
	Days       int      `json:"days"`
	Principal  string   `json:"principal"`
	RatePct    string   `json:"rate_pct"`
	RateSource string   `json:"rate_source"`
}

// InterestReport is the interest with everything needed to check it by hand.
type InterestReport struct {
	Jurisdiction string            `json:"jurisdiction"`
	Segments     []InterestSegment `json:"segments"`
	Interest     string            `json:"interest"`
	Currency     money.Currency    `json:"currency"`
	Days         int               `json:"days"`
	DayCount     int               `json:"day_count"`
	Daily        string            `json:"daily"` // one further day, rounded for show
	Rule         string            `json:"rule"`
	Source       string            `json:"source"`
	Confidence   string            `json:"confidence"`
	TableVersion string            `json:"table_version"`
}

// Interest computes the interest on one debt whose payment date was agreed, from
// the day after it. Errors: invalid (the input), refused with the code of the law
// where no figure may be given.
func Interest(req InterestRequest) (InterestReport, error) {
	r := InterestReport{Jurisdiction: req.Jurisdiction, Segments: []InterestSegment{}}
	set, err := law.Load()
	if err != nil {
		return r, err
	}
	pack, ok := set.Pack(req.Jurisdiction)
	if !ok {
		return r, refused("unverified_jurisdiction", req.Jurisdiction)
	}
	if req.Until < req.Due {
		return r, invalid("until_before_due", "--until %s lies before the due date %s", req.Until, req.Due)
	}
	r.Currency = money.Currency(cmp.Or(string(req.Currency), string(pack.Currency())))
	claim, err := req.claim(r.Currency)
	if err != nil {
		return r, err
	}
	interest, no := pack.Interest(&claim, req.Due.AddDays(1), req.Until)
	if no != nil {
		e := &Error{Kind: Refused, Code: string(no.Code), Message: no.Text()}
		if no.ComputableTo != cal.None {
			e.Detail = "it can be computed up to " + no.ComputableTo.String()
		}
		for _, code := range no.Also {
			e.Detail += "; also " + string(code) + ": " + reason.Fill(code, nil)
		}
		e.Detail = strings.TrimPrefix(e.Detail, "; ")
		return r, e
	}
	return r.fill(&interest), nil
}

func (r InterestReport) fill(i *law.Interest) InterestReport {
	decimal := func(minor int64) string { return money.FormatMinor(minor, r.Currency.Exponent()) }
	for _, s := range i.Segments {
		r.Segments = append(r.Segments, InterestSegment{FromDay: s.From, ToDay: s.To, Days: s.Days,
			Principal: decimal(s.PrincipalMinor), RatePct: s.Rate.Rate.String(), RateSource: s.Rate.ID})
	}
	r.Interest, r.Daily = decimal(i.Minor), decimal(i.DailyMinor())
	r.Days, r.DayCount = i.Days, i.DayCountDays
	r.Rule, r.Source, r.Confidence, r.TableVersion = i.Rule, i.Source.Text, i.Confidence.String(), i.TableVersion
	return r
}

// claim turns the request into the facts that the law asks for.
func (req *InterestRequest) claim(c money.Currency) (law.Claim, error) {
	claim := law.NewClaim(c, 0)
	principal, err := positive("principal", req.Principal, c)
	if err != nil {
		return claim, err
	}
	claim.PrincipalMinor, claim.Debtor = principal, req.Debtor
	claim.DueDate, claim.DateAgreed, claim.InvoiceDate = req.Due, book.Yes, req.InvoiceDate
	if req.ContractRate != "" {
		rate, ok := contractRate(req.ContractRate)
		if !ok {
			return claim, invalid("rate_invalid", "contract rate %q: expected %s", req.ContractRate, expectedRate)
		}
		claim.Contract = law.ContractTerms{Clause: law.ClauseConfirmed, Rate: rate}
	}
	left := principal
	for i, m := range append(append([]InterestMovement{}, req.Payments...), req.Credits...) {
		field := "payment"
		if i >= len(req.Payments) {
			field = "credit"
		}
		minor, err := positive(field, m.Amount, c)
		if err != nil {
			return claim, err
		}
		if left -= minor; left < 0 {
			return claim, invalid("overpaid", "payments and credits are more than the principal of %s %s",
				req.Principal, c)
		}
		claim.Movements = append(claim.Movements, law.Movement{Day: m.Day, DeltaMinor: -minor,
			FromStart: m.FromStart})
	}
	return claim, nil
}

// positive reads an amount above zero.
func positive(field, text string, c money.Currency) (int64, error) {
	m, err := money.Parse(text, c)
	if err != nil || m.Minor <= 0 {
		return 0, &Error{Kind: Invalid, Code: "amount_invalid", Where: &Where{Field: field},
			Message: field + " \"" + text + "\": expected an amount of " + string(c) + " above zero, such as 1234.50"}
	}
	return m.Minor, nil
}

// ShippedCalendar draws the calendar of a shipped strategy for a creditor and a
// debtor of one country, without a book.
func ShippedCalendar(req CalendarRequest) ([]decide.CalendarStep, error) {
	set, err := strategy.Shipped()
	if err != nil {
		return nil, err
	}
	if set.Strategies[req.Strategy] == nil {
		return nil, invalid("strategy_unknown", "there is no strategy %q; there are %v", req.Strategy,
			strategy.Keys)
	}
	laws, err := law.Load()
	if err != nil {
		return nil, err
	}
	holidays, err := cal.LoadHolidays()
	if err != nil {
		return nil, err
	}
	country, region := SplitRegion(req.Country)
	if _, err := cal.HomeZone(country, region); err != nil {
		return nil, invalid("country_unknown",
			"country %q is not known: expected an ISO 3166 code such as GB, DE or US-OH", req.Country)
	}
	creditor := book.Creditor{ID: 1, Country: country, Subdivision: region, Currency: "EUR"}
	if pack, ok := laws.Pack(country); ok {
		creditor.Currency = pack.Currency()
	}
	d := decide.New(&decide.World{Creditor: &creditor, Set: set, Law: laws, Holidays: holidays,
		Closing: cal.DefaultClosingDays()})
	return d.Calendar(decide.Example{Strategy: req.Strategy, Due: req.Due, Country: country, Region: region,
		Kind: req.Kind}), nil
}

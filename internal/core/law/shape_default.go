package law

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// Ground is what put the debtor in default.
type Ground string

// The grounds. They are public: stored with decisions and shown in messages.
const (
	GroundAgreedDate Ground = "agreed_date"    // the payment date agreed in the contract
	GroundStatute    Ground = "statutory_term" // the statute's own term, no date being agreed
	GroundDemand     Ground = "demand"         // the first clear demand received after the debt was due
)

// Default is the debtor's default with one debt.
type Default struct {
	LastDayToPay     cal.Date // a payment on this day is in time and bears no interest
	FirstInterestDay cal.Date // the day after
	Ground           Ground
	// ReceiptAssumed: when the invoice came in is not known; its date and the
	// letter's transit were used.
	ReceiptAssumed bool
	Source         Source
}

// defaultRule is one version of a jurisdiction's rule on default.
type defaultRule struct {
	validity
	params defaultParams
}

// defaultParams are the parameters of all shapes:
//
//	agreed_date_else_term  term_days, first_day_counts, public_body_max_days
//	german_286             term_days, agreed_date_rolls
//	contract               none
type defaultParams struct {
	termDays          int
	firstDayCounts    bool // the term begins with its first day, not after it
	publicBodyMaxDays int  // longest agreed term of a public body; 0 = no such rule
	agreedDateRolls   bool // an agreed date on a weekend or holiday moves to the next business day
}

const (
	shapeAgreedDateElseTerm = "agreed_date_else_term"
	shapeGerman286          = "german_286"
	shapeContract           = "contract"
)

func (r *packReader) buildDefault(path string, raw *datedJSON, v validity) defaultRule {
	rule := defaultRule{validity: v}
	field := path + ".params"
	switch raw.Shape {
	case shapeAgreedDateElseTerm:
		var p struct {
			TermDays          int  `json:"term_days"`
			FirstDayCounts    bool `json:"first_day_counts"`
			PublicBodyMaxDays int  `json:"public_body_max_days"`
		}
		decodeStrict(r.file, field, raw.Params, &p, r.problems)
		rule.params = defaultParams{termDays: p.TermDays, firstDayCounts: p.FirstDayCounts,
			publicBodyMaxDays: p.PublicBodyMaxDays}
		r.positiveDays(field+".term_days", p.TermDays)
	case shapeGerman286:
		var p struct {
			TermDays        int  `json:"term_days"`
			AgreedDateRolls bool `json:"agreed_date_rolls"`
		}
		decodeStrict(r.file, field, raw.Params, &p, r.problems)
		rule.params = defaultParams{termDays: p.TermDays, agreedDateRolls: p.AgreedDateRolls}
		r.positiveDays(field+".term_days", p.TermDays)
	case shapeContract:
		decodeStrict(r.file, field, raw.Params, &struct{}{}, r.problems)
	default:
		r.addf(r.file, path+".shape", "%q is no shape (expected %s, %s or %s)", raw.Shape,
			shapeAgreedDateElseTerm, shapeGerman286, shapeContract)
	}
	return rule
}

func (r *packReader) positiveDays(field string, days int) {
	if days < 1 {
		r.addf(r.file, field, "expected at least 1 day, found %d", days)
	}
}

// DefaultFrom says since when the debtor is in default with a claim, as it stands
// on asOf (that day included). The refusal is not_in_default while default lies
// ahead, with the day on which it begins if that is known; contract_date_unproven
// if the facts do not even tell the statute's own term; consumer for consumers.
func (p *Pack) DefaultFrom(c *Claim, asOf cal.Date) (Default, *Refusal) {
	var d Default
	switch code := p.defaultAt(c, asOf, &d); code {
	case "":
		return d, nil
	case reason.NotInDefault:
		return Default{}, notInDefault(d.FirstInterestDay)
	case reason.UnverifiedJurisdiction:
		return Default{}, plainRefusal(code, p.code)
	default:
		return Default{}, plainRefusal(code)
	}
}

func (p *Pack) defaultAt(c *Claim, asOf cal.Date, d *Default) reason.Code {
	d.LastDayToPay, d.FirstInterestDay = cal.None, cal.None
	rule := ruleAt(p.defaults, func(r *defaultRule) *validity { return &r.validity }, c.arose(asOf))
	if rule == nil || rule.source.Confidence == Uncertain {
		return reason.UnverifiedJurisdiction
	}
	if c.Debtor == book.Consumer {
		return reason.ConsumerDebt
	}
	var code reason.Code
	switch rule.shape {
	case shapeAgreedDateElseTerm:
		code = rule.agreedDateElseTerm(c, p.letterInland, d)
	case shapeGerman286:
		code = rule.german286(c, d)
	case shapeContract:
		code = rule.contract(c, d)
	}
	if code != "" {
		return code
	}
	d.FirstInterestDay, d.Source = d.LastDayToPay.AddDays(1), rule.source
	if asOf < d.FirstInterestDay {
		return reason.NotInDefault
	}
	return ""
}

// agreedDateElseTerm: the agreed date; else the last day of the term that starts
// with the later of performance and receipt of the invoice, and never before the
// date the creditor's own invoice allows. A public body's agreed date is cut to
// its longest term where performance and receipt are both known.
func (r *defaultRule) agreedDateElseTerm(c *Claim, letter cal.Transit, d *Default) reason.Code {
	if c.DateAgreed == book.Yes && c.DueDate != cal.None {
		d.LastDayToPay, d.Ground = c.DueDate, GroundAgreedDate
		start := max(c.InvoiceReceived, c.Performed)
		known := c.InvoiceReceived != cal.None && c.Performed != cal.None
		if limit := r.params.publicBodyMaxDays; c.Debtor == book.PublicBody && limit > 0 && known {
			if longest := r.params.termEnd(start, limit); longest < c.DueDate {
				d.LastDayToPay, d.Ground = longest, GroundStatute
			}
		}
		return ""
	}
	received := c.InvoiceReceived
	if received == cal.None && c.InvoiceDate != cal.None {
		if c.InvoiceTransit != (cal.Transit{}) {
			letter = c.InvoiceTransit
		}
		received, d.ReceiptAssumed = letter.Arrival(c.InvoiceDate, c.calendar()), true
	}
	if received == cal.None {
		return reason.ContractDateUnproven
	}
	d.LastDayToPay = max(r.params.termEnd(max(received, c.Performed), r.params.termDays), c.DueDate)
	d.Ground = GroundStatute
	return ""
}

// termEnd is the last day of a term counted from (or beginning with) start.
func (p *defaultParams) termEnd(start cal.Date, days int) cal.Date {
	if p.firstDayCounts {
		days--
	}
	return start.AddDays(days)
}

// german286 is BGB section 286: the agreed calendar date; else the earlier of the
// day on which a clear demand was received (not before the due date) and the 30th
// day after both due date and receipt of the invoice, or of the performance where
// receipt of the invoice is not known. Ends on a weekend or holiday at the
// debtor's place move to the next business day (BGB 193); the day of a demand does not.
func (r *defaultRule) german286(c *Claim, d *Default) reason.Code {
	if c.DateAgreed == book.Yes && c.DueDate != cal.None {
		d.LastDayToPay, d.Ground = c.DueDate, GroundAgreedDate
		if r.params.agreedDateRolls {
			d.LastDayToPay = c.calendar().RollForward(c.DueDate)
		}
		return ""
	}
	received := c.InvoiceReceived
	if received == cal.None {
		received = c.Performed
	}
	if received != cal.None {
		end := max(received, c.DueDate).AddDays(r.params.termDays)
		d.LastDayToPay, d.Ground = c.calendar().RollForward(end), GroundStatute
	}
	demand := c.FirstDemandReceived
	if demand != cal.None && demand >= c.DueDate && (d.LastDayToPay == cal.None || demand < d.LastDayToPay) {
		d.LastDayToPay, d.Ground = demand, GroundDemand
	}
	if d.LastDayToPay == cal.None {
		return reason.NotInDefault
	}
	return ""
}

// contract: the date of the contract, and nothing without one.
func (r *defaultRule) contract(c *Claim, d *Default) reason.Code {
	if c.DueDate == cal.None {
		return reason.ContractDateUnproven
	}
	d.LastDayToPay, d.Ground = c.DueDate, GroundAgreedDate
	return ""
}

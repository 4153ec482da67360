package law

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// InterestClause says what is known of a contract's own clause on late-payment
// interest.
type InterestClause uint8

const (
	// NoClause: no such clause is known; the statute, if there is one, applies.
	NoClause InterestClause = iota
	// ClauseUnconfirmed: there is, or may be, a clause, and nobody has said that
	// its rate applies. Figures are refused until a person has.
	ClauseUnconfirmed
	// ClauseConfirmed: signed terms with ContractTerms.Rate are on file and a
	// person confirmed that this rate applies to the debt.
	ClauseConfirmed
)

// ContractTerms are the contract's own terms on interest. Rate counts only with
// ClauseConfirmed; it is simple interest a year.
type ContractTerms struct {
	Clause InterestClause
	Rate   money.Rate
}

// Movement changes the principal of a debt after it arose.
type Movement struct {
	Day cal.Date
	// DeltaMinor is negative for a payment or credit and positive when one is
	// taken back. It changes the principal from the day after Day.
	DeltaMinor int64
	// FromStart marks a credit note that says the debt never was higher: it
	// changes the principal from the first day, whatever Day is.
	FromStart bool
}

// Claim holds the facts of one debt that the law needs. Every day is [cal.None]
// where it is not known; build a Claim with [NewClaim] so that it starts so.
type Claim struct {
	Currency       money.Currency
	PrincipalMinor int64 // gross, VAT included, as it was invoiced

	ContractMade    cal.Date // the day the contract was made
	InvoiceDate     cal.Date
	InvoiceReceived cal.Date
	Performed       cal.Date // goods delivered or service done
	DueDate         cal.Date // last day to pay: agreed, or as printed on the invoice
	DateAgreed      book.Tri // was DueDate agreed in the contract? Unknown counts as No
	// FirstDemandReceived is the day on which the debtor received the first
	// message that clearly demands payment of this debt.
	FirstDemandReceived cal.Date

	Debtor   book.DebtorKind
	Contract ContractTerms
	// Movements after the debt arose; best in order of Day (another order costs
	// a sorted copy).
	Movements []Movement

	// GoverningLawUnknown: see [Applicable]; no figure until a person has chosen.
	GoverningLawUnknown bool

	// Calendar tells business days at the debtor's place; nil counts weekends only.
	Calendar *cal.Calendar
	// InvoiceTransit is how long the invoice travelled, used where its receipt is
	// not known; the zero value means an inland letter.
	InvoiceTransit cal.Transit
}

// NewClaim is a claim with no day known.
func NewClaim(currency money.Currency, principalMinor int64) Claim {
	return Claim{
		Currency: currency, PrincipalMinor: principalMinor,
		ContractMade: cal.None, InvoiceDate: cal.None, InvoiceReceived: cal.None, Performed: cal.None,
		DueDate: cal.None, FirstDemandReceived: cal.None,
	}
}

var weekendsOnly = cal.WeekendsOnly("weekends only")

func (c *Claim) calendar() *cal.Calendar {
	if c.Calendar != nil {
		return c.Calendar
	}
	return weekendsOnly
}

// arose is the day whose version of a rule governs the debt: the day of the
// contract or, if that is not known, the earliest day known of the debt. The
// fallback serves a claim with no such day.
func (c *Claim) arose(fallback cal.Date) cal.Date {
	day := c.ContractMade
	for _, d := range [...]cal.Date{c.InvoiceDate, c.Performed, c.DueDate} {
		if d != cal.None && (day == cal.None || d < day) {
			day = d
		}
	}
	if day == cal.None {
		return fallback
	}
	return day
}

// balanceBefore is the principal on a day: all movements from the start, and all
// others of earlier days.
func (c *Claim) balanceBefore(day cal.Date) int64 {
	balance := c.PrincipalMinor
	for i := range c.Movements {
		if m := &c.Movements[i]; m.FromStart || m.Day < day {
			balance = money.AddMinor(balance, m.DeltaMinor)
		}
	}
	return balance
}

// orderedMovements is Movements in order of day, without a copy if they are so already.
func (c *Claim) orderedMovements() []Movement {
	byDay := func(a, b Movement) int { return a.Day.DaysSince(b.Day) }
	for i := 1; i < len(c.Movements); i++ {
		if c.Movements[i].Day < c.Movements[i-1].Day {
			ordered := slices.Clone(c.Movements)
			slices.SortStableFunc(ordered, byDay)
			return ordered
		}
	}
	return c.Movements
}

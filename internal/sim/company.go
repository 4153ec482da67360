package sim

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger"
)

// Habit is how a debtor pays.
type Habit string

// Habits, from the pleasure to the worry.
const (
	Punctual  Habit = "punctual"  // two days before to one day after the due date
	Forgetful Habit = "forgetful" // a few days after the first reminder
	Slow      Habit = "slow"      // two to three weeks late, always
	Stubborn  Habit = "stubborn"  // after the final demand
	Silent    Habit = "silent"    // stopped paying some weeks ago
)

// Debtor is one invented customer.
type Debtor struct {
	Creditor string // code
	Number   string
	Name     string
	Country  string
	Language string
	Kind     book.DebtorKind
	Address  string
	Email    string // "" for those without: they get letters or a task
	Person   string // who answers the phone
	Phone    string
	Habit    Habit
	Flags    string // set by hand: key_account, gentle, po_required
	Rate     string // percent a year of signed terms; "" = none
	Agreed   book.Tri
	VAT      string // "" where there is none, or nobody asked
	// Still debtors have one open invoice and do nothing about it before the demo day,
	// so that every step of every strategy has somebody who stands at it.
	Still    bool
	Invoices []Invoice
}

// Invoice is one document of a debtor and when it is paid.
type Invoice struct {
	Number   string
	Kind     book.DocumentKind
	Date     cal.Date
	Due      cal.Date // None: the bookkeeping does not know
	Minor    int64    // negative: a credit note
	Currency money.Currency
	PO       string
	PaidOn   cal.Date // of the debtor's own accord; cal.Far: only if reminded, or never
	PartOn   cal.Date // a first part; None if paid in one sum
	PartPaid int64
}

// Company is the invented company: everything that it is follows from its seed.
type Company struct {
	Debtors  []*Debtor
	From     cal.Date // first day of history
	Lines    cal.Date // from this day on the book knows documents and bank lines as they came
	TakeOver cal.Date // the first day on which the program keeps the book
	Until    cal.Date // the demo day
	by       map[string]int
}

// historyDays is how far the company's invoices go back, and daysOn how far they go on
// after the demo day, for a visitor who moves the clock. linesDays is for how long before
// the first reminder the book was only kept, month by month.
const (
	historyDays = 400
	daysOn      = 420
	linesDays   = 255
)

// newCompany invents the company as it stands on a day, its book kept for some days, with
// only every so many of its customers.
func newCompany(seed uint64, until cal.Date, days, every int) *Company {
	c := &Company{From: until.AddDays(-historyDays), Lines: until.AddDays(-days),
		TakeOver: until.AddDays(-days), Until: until, by: map[string]int{}}
	if every == 1 {
		c.Lines -= linesDays
	}
	for i := range plans {
		p := &plans[i]
		rng := rand.New(rand.NewPCG(seed, uint64(len(c.Debtors)+1)))
		for n := range p.customers / every {
			c.Debtors = append(c.Debtors, c.debtor(p, n, rng))
			c.by[c.Debtors[len(c.Debtors)-1].Number] = len(c.Debtors) - 1
		}
	}
	return c
}

// byNumber is the debtor with a customer number; nil for a customer that a visitor made.
func (c *Company) byNumber(number string) *Debtor {
	if i, ok := c.by[number]; ok {
		return c.Debtors[i]
	}
	return nil
}

// habitOf spreads the habits: most pay well, and each strategy finds its debtors.
func habitOf(n int) Habit {
	switch n := n % 20; {
	case n < 9:
		return Punctual
	case n < 16:
		return Forgetful
	case n < 18:
		return Slow
	case n < 19:
		return Stubborn
	}
	return Silent
}

func (c *Company) debtor(p *creditorPlan, n int, rng *rand.Rand) *Debtor {
	place := countries[p.country[:2]]
	name, person := place.name(n, rng)
	d := &Debtor{Creditor: p.code, Number: fmt.Sprintf("%s%05d", p.country[:1], 10001+n), Name: name,
		Country: p.country[:2], Language: place.language, Kind: book.Company, Address: place.address(rng),
		Person: place.people[rng.IntN(len(place.people))], Phone: place.phone(n),
		Habit: habitOf(n), Agreed: book.Yes}
	if person {
		d.Kind = book.Individual
	}
	if n%12 != 5 {
		d.Email = "accounts@" + domain(name)
	}
	if n == 12 {
		d.Address = "" // neither mail nor post: a task
		d.Email = ""
	}
	d.VAT = place.vatID(n)
	switch {
	case n%16 == 3:
		d.Flags = "key_account"
	case n%16 == 9:
		d.Flags = "gentle"
	case n%11 == 8:
		d.Flags = "po_required"
	}
	switch rung := rungOf(p, n); {
	case n == 0:
		c.guided(d, p, rng)
	case n == 2:
		c.overTheRateChange(d, p, rng)
	case rung != nil:
		c.still(d, p, rung, rng)
	case n%15 == 6:
		c.small(d, p, n/15, rng)
	default:
		c.ordinary(d, p, n, rng)
	}
	if p.code == gb {
		c.flawed(d, p, n)
	}
	return d
}

// What the clerks of the company did: customers that were entered twice, and invoices.
const (
	enteredTwice = 110 // and again as the one with number enteredAgain
	enteredAgain = 142
	billedTwice  = 143
)

// flawed plants what somebody has to mend in the data.
func (c *Company) flawed(d *Debtor, p *creditorPlan, n int) {
	switch n {
	case enteredAgain:
		first := c.Debtors[enteredTwice]
		base, _, _ := strings.Cut(first.Name, " Ltd")
		d.Name, d.Email, d.Person, d.VAT = base+" (Head Office) Limited", first.Email, first.Person, first.VAT
	case billedTwice: // the same delivery, on the next day by somebody else
		first := c.bill(d, p, c.Until.AddDays(-11), c.Until.AddDays(19), 138_240)
		first.PaidOn = first.Due.AddDays(3)
		again := c.bill(d, p, c.Until.AddDays(-10), c.Until.AddDays(20), 138_240)
		again.PaidOn = cal.Far
	}
}

// bill adds an invoice to a debtor and returns it.
func (c *Company) bill(d *Debtor, p *creditorPlan, date, due cal.Date, minor int64) *Invoice {
	kind, mark := book.Invoice, ""
	if minor < 0 {
		kind, mark = book.CreditNote, "C"
	}
	d.Invoices = append(d.Invoices, Invoice{
		Number: fmt.Sprintf("%s-%s-%s%03d", p.country[:2], d.Number[1:], mark, len(d.Invoices)+1), Kind: kind,
		Date: date, Due: due, Minor: minor, Currency: p.currency, PaidOn: cal.Far, PartOn: cal.None})
	return &d.Invoices[len(d.Invoices)-1]
}

// ordinary writes a debtor's documents over the whole history: about one a month.
func (c *Company) ordinary(d *Debtor, p *creditorPlan, n int, rng *rand.Rand) {
	terms := []int{14, 30, 30, 45}[n%4]
	if d.Flags == "key_account" {
		d.Habit = []Habit{Slow, Forgetful, Stubborn, Punctual}[n/16%4]
	}
	for day := c.From.AddDays(rng.IntN(30)); day < c.Until.AddDays(daysOn); day = day.AddDays(16 + rng.IntN(26)) {
		minor := int64(12_000 + rng.IntN(rng.IntN(372_000)+10_000))
		if d.Flags == "key_account" {
			minor *= 3
		}
		inv := c.bill(d, p, day, day.AddDays(terms), minor)
		if (d.Flags == "po_required" || n%5 == 2) && rng.IntN(4) > 0 {
			inv.PO = fmt.Sprintf("PO-%d", 45000+rng.IntN(5000))
		}
		inv.PaidOn = c.payDay(d.Habit, inv, rng)
		if rng.IntN(14) == 0 && inv.PaidOn > inv.Due {
			inv.PartOn, inv.PartPaid = inv.Due.AddDays(2), minor/3
		}
		if n == 4 && day > c.TakeOver && day < c.Until.AddDays(-20) {
			inv.Due, inv.PaidOn = cal.None, cal.Far // the bookkeeping forgot the terms
		}
		if rng.IntN(40) == 0 && day > c.TakeOver { // what was credited before is settled
			c.bill(d, p, day.AddDays(3), day.AddDays(3), -minor/10)
		}
	}
}

// small writes the documents of a debtor whose balance stays small: too small for a call.
func (c *Company) small(d *Debtor, p *creditorPlan, n int, rng *rand.Rand) {
	d.Flags, d.Habit = "", []Habit{Silent, Stubborn, Forgetful}[n%3]
	for day := c.From.AddDays(rng.IntN(30)); day < c.Until.AddDays(daysOn); day = day.AddDays(25 + rng.IntN(10)) {
		inv := c.bill(d, p, day, day.AddDays(30), int64(1_100+rng.IntN(900)))
		if inv.PaidOn = c.payDay(d.Habit, inv, rng); inv.Due > c.TakeOver {
			inv.PaidOn = cal.Far
		}
	}
}

// A bad quarter: its first and last day, counted back from the demo day, and how many days
// later everybody paid.
const (
	badFrom, badTo = 270, 180
	badDays        = 22
)

// badTimes is how much later than usual is paid what fell due on a day.
func (c *Company) badTimes(due cal.Date) int {
	if ago := c.Until.DaysSince(due); ago <= badFrom && ago >= badTo {
		return badDays
	}
	return 0
}

// reactive is from which due date on a debtor's own accord is not all: the reminders that
// the program sends get their answers.
func (c *Company) reactive() cal.Date { return c.TakeOver.AddDays(-8) }

// payDay is when a debtor of a habit pays an invoice of its own accord.
func (c *Company) payDay(h Habit, inv *Invoice, rng *rand.Rand) cal.Date {
	slow := inv.Due.AddDays(13 + rng.IntN(9) + c.badTimes(inv.Due))
	switch later := inv.Due >= c.reactive(); {
	case h == Punctual && rng.IntN(25) > 0:
		return inv.Due.AddDays(rng.IntN(4) - 2 + c.badTimes(inv.Due))
	case h == Slow:
		return slow
	case h == Forgetful && (!later || rng.IntN(6) == 0), h == Punctual && !later:
		return inv.Due.AddDays(5 + rng.IntN(7) + c.badTimes(inv.Due))
	case h == Stubborn && !later:
		return inv.Due.AddDays(30 + rng.IntN(14))
	case h == Silent && inv.Due < c.TakeOver.AddDays(-25-rng.IntN(30)):
		return inv.Due.AddDays(10 + rng.IntN(20))
	}
	return cal.Far
}

// row is a document as the bookkeeping exports it on a day.
func (c *Company) row(d *Debtor, inv *Invoice, day cal.Date) *ledger.Row {
	r := &ledger.Row{CustomerNumber: d.Number, CustomerName: d.Name, Kind: d.Kind, KindStated: true,
		Country: d.Country, Language: d.Language,
		Email: d.Email, Role: string(book.AccountsPayable), DocumentKind: inv.Kind, Number: inv.Number,
		Instalment: 1, InvoiceDate: inv.Date,
		DueDate: inv.Due, DateAgreed: d.Agreed, Currency: inv.Currency, AmountMinor: inv.Minor,
		OpenMinor: inv.Minor, PaidOn: cal.None, PO: inv.PO,
		LastReminderDate: cal.None}
	switch {
	case day < c.TakeOver && inv.PaidOn >= c.Lines, day < c.TakeOver && inv.PartOn != cal.None && inv.PartOn >= c.Lines:
	case inv.PaidOn <= day:
		r.PaidOn, r.PaidMinor, r.PaidStated, r.OpenMinor = inv.PaidOn, inv.Minor, true, 0
	case inv.PartOn != cal.None && inv.PartOn <= day:
		r.PaidOn, r.PaidMinor, r.PaidStated, r.OpenMinor = inv.PartOn, inv.PartPaid, true, inv.Minor-inv.PartPaid
	}
	return r
}

// export is what the bookkeeping of a creditor lists on a day: every document of the days
// after since that has come, with what was paid on it by then.
func (c *Company) export(creditor string, since, day cal.Date) iter.Seq[*ledger.Row] {
	return func(yield func(*ledger.Row) bool) {
		for _, d := range c.Debtors {
			if d.Creditor != creditor {
				continue
			}
			for i := range d.Invoices {
				if inv := &d.Invoices[i]; inv.Date > since && inv.Date <= day && !yield(c.row(d, inv, day)) {
					return
				}
			}
		}
	}
}

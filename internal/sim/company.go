package sim

import (
	"fmt"
	"iter"
	"math/rand/v2"

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
	Slow      Habit = "slow"      // three to five weeks late, always
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
	Habit    Habit
	Strategy string // wanted: "key_account", "gentle" or "" for what fits
	Agreed   book.Tri
	Invoices []Invoice
}

// Invoice is one document of a debtor and when it is paid.
type Invoice struct {
	Number   string
	Kind     book.DocumentKind
	Date     cal.Date
	Due      cal.Date
	Minor    int64 // negative: a credit note
	Currency money.Currency
	PO       string
	PaidOn   cal.Date // cal.Far: never
	PartOn   cal.Date // a first part; None if paid in one sum
	PartPaid int64
}

// creditorPlan is one of the company's three legal persons.
type creditorPlan struct {
	code, name, country string
	currency            money.Currency
	customers           int
	settings            map[string]string
}

var plans = []creditorPlan{
	{"brightwater-gb", "Brightwater Components Ltd", "GB-EW", "GBP", 190, map[string]string{
		"sender.address":           "Unit 7, Tideway Business Park\nHull HU9 9ZZ\nUnited Kingdom",
		"sender.register_no":       "00000000 (demo)",
		"sender.registered_in":     "England and Wales",
		"sender.registered_office": "Unit 7, Tideway Business Park, Hull HU9 9ZZ",
		"sender.vat_id":            "GB 000 0000 00 (demo)", "sender.person": "Nina Clarke",
		"sender.phone":    "+44 1632 960 101",
		"sender.reply_to": "accounts@brightwater.example", "mail.from": "accounts@brightwater.example",
		"bank.holder": "Brightwater Components Ltd", "bank.iban": "GB33BUKB20201555555555",
		"bank.routing": "20-20-15", "bank.account": "55555555", "bank.unchanged_since": "2019-04-01",
		"consequences": "hold, court"}},
	{"brightwater-de", "Brightwater Bauteile GmbH", "DE-NW", "EUR", 80, map[string]string{
		"sender.address": "Hafenallee 12\n99999 Musterstadt", "sender.register_no": "HRB 00000 (Demo)",
		"sender.registered_in": "Amtsgericht Musterstadt", "sender.registered_office": "Musterstadt",
		"sender.directors": "Henrike Petersen",
		"sender.vat_id":    "DE000000000 (Demo)", "sender.person": "Jule Petersen", "sender.phone": "+49 30 23125 014",
		"sender.reply_to": "buchhaltung@brightwater.example", "mail.from": "buchhaltung@brightwater.example",
		"bank.holder": "Brightwater Bauteile GmbH", "bank.iban": "DE89370400440532013000",
		"bank.unchanged_since": "2020-01-01",
		"consequences":         "hold, court"}},
	{"brightwater-us", "Brightwater Supply Inc.", "US-OH", "USD", 30, map[string]string{
		"sender.address": "400 Riverside Drive\nColumbus, OH 43299", "sender.register_no": "0000000 (demo)",
		"sender.registered_in": "Ohio",
		"sender.vat_id":        "EIN 00-0000000 (demo)", "sender.person": "Sam Keller",
		"sender.phone":    "+1 614 555 0142",
		"sender.reply_to": "ar@brightwater.example", "mail.from": "ar@brightwater.example",
		"bank.holder": "Brightwater Supply Inc.", "bank.account": "000123456789", "bank.routing": "021000021",
		"bank.unchanged_since": "2021-06-01",
		"consequences":         "hold"}},
}

// Company is the invented company: everything that happens follows from its seed.
type Company struct {
	Debtors []*Debtor
	From    cal.Date // first day of history
	Until   cal.Date // the demo day
}

// historyDays is how far the company's invoices go back.
const historyDays = 400

// NewCompany invents the company as it stands on a day.
func NewCompany(seed uint64, until cal.Date) *Company {
	c := &Company{From: until.AddDays(-historyDays), Until: until}
	for _, p := range plans {
		rng := rand.New(rand.NewPCG(seed, uint64(len(c.Debtors)+1)))
		for n := range p.customers {
			c.Debtors = append(c.Debtors, c.debtor(&p, n, rng))
		}
	}
	return c
}

// habitOf spreads the habits: most pay well, and each strategy finds its debtors.
func habitOf(n int) Habit {
	switch {
	case n%10 < 4:
		return Punctual
	case n%10 < 7:
		return Forgetful
	case n%10 == 7:
		return Slow
	case n%10 == 8:
		return Stubborn
	}
	return Silent
}

func (c *Company) debtor(p *creditorPlan, n int, rng *rand.Rand) *Debtor {
	place := countries[p.country[:2]]
	name, person := place.name(n, rng)
	d := &Debtor{Creditor: p.code, Number: fmt.Sprintf("%s%05d", p.country[:1], 10001+n), Name: name,
		Country: p.country[:2], Language: place.language,
		Kind: book.Company, Address: place.address(rng), Habit: habitOf(n), Agreed: book.Yes}
	if person {
		d.Kind = book.Individual
	}
	if n%12 != 5 {
		d.Email = "accounts@" + domain(name)
	}
	if n%40 == 11 {
		d.Address = "" // neither mail nor post: a task
		d.Email = ""
	}
	switch {
	case n%16 == 3:
		d.Strategy = "key_account"
	case n%16 == 9:
		d.Strategy = "gentle"
	}
	special(d, n)
	c.invoices(d, p, n, rng)
	return d
}

// special makes the debtors that a guided tour visits.
func special(d *Debtor, n int) {
	switch {
	case n == 0 && d.Country == "GB":
		d.Name, d.Email, d.Habit = "Harrow & Pike Ltd", "payables@harrowpike.example", Slow
	case n == 0 && d.Country == "DE":
		d.Name, d.Email, d.Habit, d.Agreed = "Möbelwerk Lindner GmbH", "buchhaltung@moebelwerk-lindner.example",
			Stubborn, book.No
	case n == 0 && d.Country == "US":
		d.Name, d.Email, d.Habit = "Cedar Falls Tooling LLC", "ap@cedarfallstooling.example", Stubborn
	}
}

// invoices writes a debtor's documents over the whole history: about one a month,
// small ones for those whose balances stay small.
func (c *Company) invoices(d *Debtor, p *creditorPlan, n int, rng *rand.Rand) {
	terms := []int{14, 30, 30, 45}[n%4]
	small := n%15 == 6
	number := 1
	for day := c.From.AddDays(rng.IntN(30)); day < c.Until; day = day.AddDays(20 + rng.IntN(28)) {
		minor := int64(20_000 + rng.IntN(480_000))
		if small {
			minor = int64(1_500 + rng.IntN(4_000))
		}
		if d.Strategy == "key_account" {
			minor *= 4
		}
		inv := Invoice{Number: fmt.Sprintf("%s-%s-%03d", p.country[:2], d.Number[1:], number), Kind: book.Invoice,
			Date: day,
			Due:  day.AddDays(terms), Minor: minor, Currency: p.currency, PartOn: cal.None}
		if n%5 == 2 {
			inv.PO = fmt.Sprintf("PO-%d", 45000+rng.IntN(5000))
		}
		inv.PaidOn = payDay(d.Habit, &inv, c.Until, rng)
		if rng.IntN(14) == 0 && inv.PaidOn > inv.Due {
			inv.PartOn, inv.PartPaid = inv.Due.AddDays(2), minor/3
		}
		d.Invoices = append(d.Invoices, inv)
		number++
		if rng.IntN(30) == 0 {
			d.Invoices = append(d.Invoices,
				Invoice{Number: fmt.Sprintf("%s-%s-C%02d", p.country[:2], d.Number[1:], number), Kind: book.CreditNote,
					Date: day.AddDays(3), Due: day.AddDays(3), Minor: -minor / 10, Currency: p.currency, PaidOn: cal.Far,
					PartOn: cal.None})
		}
	}
}

// payDay is when a debtor of a habit pays an invoice.
func payDay(h Habit, inv *Invoice, until cal.Date, rng *rand.Rand) cal.Date {
	switch h {
	case Punctual:
		return inv.Due.AddDays(rng.IntN(4) - 2)
	case Forgetful:
		return inv.Due.AddDays(5 + rng.IntN(7))
	case Slow:
		return inv.Due.AddDays(21 + rng.IntN(14))
	case Stubborn:
		return inv.Due.AddDays(38 + rng.IntN(20))
	}
	if inv.Due < until.AddDays(-90-rng.IntN(30)) {
		return inv.Due.AddDays(10 + rng.IntN(20))
	}
	return cal.Far
}

// row is a document as the bookkeeping exports it on a day.
func (d *Debtor) row(inv *Invoice, day cal.Date) *ledger.Row {
	r := &ledger.Row{CustomerNumber: d.Number, CustomerName: d.Name, Kind: d.Kind, KindStated: true,
		Country: d.Country, Language: d.Language,
		Email: d.Email, Role: string(book.AccountsPayable), DocumentKind: inv.Kind, Number: inv.Number,
		Instalment: 1, InvoiceDate: inv.Date,
		DueDate: inv.Due, DateAgreed: d.Agreed, Currency: inv.Currency, AmountMinor: inv.Minor,
		OpenMinor: inv.Minor, PaidOn: cal.None, PO: inv.PO,
		LastReminderDate: cal.None}
	switch {
	case inv.PaidOn <= day:
		r.PaidOn, r.PaidMinor, r.PaidStated, r.OpenMinor = inv.PaidOn, inv.Minor, true, 0
	case inv.PartOn != cal.None && inv.PartOn <= day:
		r.PaidOn, r.PaidMinor, r.PaidStated, r.OpenMinor = inv.PartOn, inv.PartPaid, true, inv.Minor-inv.PartPaid
	}
	return r
}

// export is what the bookkeeping of a creditor lists on a day: every document of
// the days after since that has come, and those paid in these days.
func (c *Company) export(creditor string, since, day cal.Date) iter.Seq[*ledger.Row] {
	return func(yield func(*ledger.Row) bool) {
		for _, d := range c.Debtors {
			if d.Creditor != creditor {
				continue
			}
			for i := range d.Invoices {
				inv := &d.Invoices[i]
				fresh := inv.Date > since && inv.Date <= day
				moved := inv.Date <= day &&
					((inv.PaidOn > since && inv.PaidOn <= day) || (inv.PartOn > since && inv.PartOn <= day))
				if (fresh || moved) && !yield(d.row(inv, day)) {
					return
				}
			}
		}
	}
}

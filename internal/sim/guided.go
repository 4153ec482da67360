package sim

import (
	"math/rand/v2"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// The debtors that a guided tour visits, and those that stand still at one step each.

// rung is a step of a strategy and how many days after its due date an invoice stands at
// it on the demo day.
type rung struct {
	strategy string
	days     int
}

// The last two are found in Great Britain only, where there are more customers.
var rungs = []rung{
	{"standard", -4}, {"standard", 61}, {"standard", 15}, {"standard", 19}, {"standard", 29},
	{"standard", 36},
	{"gentle", 8}, {"gentle", 27}, {"gentle", 39}, {"gentle", 46}, {"gentle", 66},
	{"firm", -2}, {"firm", 3}, {"firm", 14}, {"firm", 23}, {"firm", 30}, {"firm", 54},
	{"key_account", -8}, {"key_account", 7}, {"key_account", 13}, {"key_account", 29}, {"key_account", 33},
	{"key_account", 44}, {"key_account", 63},
	{"small_balance", 34}, {"small_balance", 65}, {"small_balance", 94},
	{"small_balance", 12}, {"standard", 5},
}

// instead is where British debtors stand whose ladder would have ended: a letter is due.
var instead = rung{"standard", 15}

// atTheEnd reports whether a rung is where a ladder ends and a person decides how to go on.
// Those stand in Germany, so that the first page of the demo is not made of them.
func (r *rung) atTheEnd() bool {
	return r.days == map[string]int{"standard": 61, "gentle": 66, "firm": 54, "key_account": 63, "small_balance": 94}[r.strategy]
}

// rungOf is the step at which the n-th debtor of a creditor stands still; nil for most.
func rungOf(p *creditorPlan, n int) *rung {
	apart := map[string]int{"GB": 6, "DE": 3}[p.country[:2]]
	if apart == 0 || n%apart != 1 || n/apart >= len(rungs) {
		return nil
	}
	r := &rungs[n/apart]
	if r.atTheEnd() && p.country[:2] == "GB" {
		return &instead
	}
	return r
}

// still writes the documents of a debtor who stands at one step on the demo day: a past in
// which everything was paid, on time or late as the strategy wants it, one open invoice,
// and what comes after.
func (c *Company) still(d *Debtor, p *creditorPlan, r *rung, rng *rand.Rand) {
	d.Still, d.Habit, d.Flags = true, Stubborn, ""
	incorporate(d)
	size, late := int64(115_000+rng.IntN(125_000)), 3
	switch r.strategy {
	case "key_account", "gentle":
		d.Flags = r.strategy
	case "firm":
		late = 24
	case "small_balance":
		size, late = int64(1_500+rng.IntN(2_000)), 6
	}
	if r.strategy == "key_account" {
		size *= 5
	}
	if r.days < 0 {
		size = 280_000 // a courtesy note is for larger sums
		if r.strategy == "key_account" {
			size = 1_150_000
		}
	}
	due := c.Until.AddDays(-r.days)
	for day := c.From.AddDays(rng.IntN(30)); day < due.AddDays(-140); day = day.AddDays(25 + rng.IntN(20)) {
		inv := c.bill(d, p, day, day.AddDays(30), size*int64(70+rng.IntN(60))/100)
		inv.PaidOn = inv.Due.AddDays(late + rng.IntN(6))
	}
	c.bill(d, p, due.AddDays(-30), due, size)
	for day := c.Until.AddDays(5 + rng.IntN(20)); day < c.Until.AddDays(daysOn); day = day.AddDays(25 + rng.IntN(20)) {
		inv := c.bill(d, p, day, day.AddDays(30), size)
		inv.PaidOn = c.payDay(Slow, inv, rng)
	}
}

// incorporate makes a debtor a company with a mailbox.
func incorporate(d *Debtor) {
	if _, name, person := strings.Cut(d.Name, " t/a "); person {
		d.Name = name + " Ltd"
	}
	d.Kind, d.Email = book.Company, "accounts@"+domain(d.Name)
}

// rateChange is the last change of the statutory rates that is some days past: they
// change with the half-year.
func (c *Company) rateChange() cal.Date {
	year, month, _ := c.Until.AddDays(-10).YMD()
	return cal.Of(year, 1+(month-1)/6*6, 1)
}

// overTheRateChange writes one old invoice whose interest runs over a change of the rate:
// day by day it follows in Germany, and is locked in Great Britain.
func (c *Company) overTheRateChange(d *Debtor, p *creditorPlan, rng *rand.Rand) {
	d.Still, d.Habit, d.Flags = true, Silent, ""
	incorporate(d)
	due := min(c.rateChange().AddDays(-20), c.Until.AddDays(-60)) // old enough for two promises that were broken
	for day := c.From; day < due.AddDays(-60); day = day.AddDays(30 + rng.IntN(9)) {
		c.bill(d, p, day, day.AddDays(30), int64(90_000+rng.IntN(90_000))).PaidOn = day.AddDays(31)
	}
	c.bill(d, p, due.AddDays(-30), due, 436_000)
}

// guided writes the documents of the debtors that a guided tour visits.
func (c *Company) guided(d *Debtor, p *creditorPlan, rng *rand.Rand) {
	d.Still, d.Kind, d.Flags = true, book.Company, ""
	paid := func(upTo cal.Date, terms, from, spread int, minor int64) {
		for day := c.From.AddDays(4); day < upTo; day = day.AddDays(14) {
			inv := c.bill(d, p, day, day.AddDays(terms), minor*int64(80+rng.IntN(40))/100)
			inv.PaidOn = inv.Due.AddDays(from + rng.IntN(spread))
		}
	}
	open := func(terms int, ages ...int) {
		for i, age := range ages {
			due := c.Until.AddDays(-age)
			c.bill(d, p, due.AddDays(-terms), due, int64(848_000+i*23_450))
		}
	}
	switch d.Country {
	case "GB": // pays four days late as a rule, and now 19
		d.Name, d.Email, d.Habit, d.Flags = "Harrow & Pike Ltd", "payables@harrowpike.example", Slow, "key_account"
		paid(c.Until.AddDays(-104), 30, 3, 3, 850_000)
		open(30, 19, 17, 14, 11, 8, 5, 2, -5, -12)
		c.bill(d, p, c.Until.AddDays(-6), c.Until.AddDays(-6), -64_000)
	case "DE": // the date to pay stands on our invoice only
		d.Name, d.Email, d.Habit, d.Agreed = "Möbelwerk Lindner GmbH", "buchhaltung@moebelwerk-lindner.example",
			Stubborn, book.No
		paid(c.Until.AddDays(-110), 30, 0, 4, 310_000)
		open(30, 46, -9)
	case "US": // terms are signed, and a cheque is in the post
		d.Name, d.Email, d.Habit, d.Rate = "Cedar Falls Tooling LLC", "ap@cedarfallstooling.example", Stubborn, "12"
		paid(c.Until.AddDays(-120), 30, 2, 5, 240_000)
		open(30, 33, 4)
	}
	for day := c.Until.AddDays(3); day < c.Until.AddDays(daysOn); day = day.AddDays(14) {
		inv := c.bill(d, p, day, day.AddDays(30), 640_000)
		inv.PaidOn = inv.Due.AddDays(4 + rng.IntN(12))
	}
}

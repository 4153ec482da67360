package law

import (
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// debt is a claim of 1,000.00 in the pack's currency with facts set by change.
func debt(p *Pack, change func(*Claim)) *Claim {
	c := NewClaim(p.Currency(), 100_000)
	c.Debtor = book.Company
	if change != nil {
		change(&c)
	}
	return &c
}

func regionCalendar(t testing.TB, region string) *cal.Calendar {
	t.Helper()
	holidays, err := cal.LoadHolidays()
	if err != nil {
		t.Fatal(err)
	}
	calendar, ok := holidays.Calendar(region)
	if !ok {
		t.Fatalf("no calendar %s", region)
	}
	return calendar
}

// defaultCases: the facts of a debt of 1,000.00, the place whose calendar counts ("" =
// weekends only), and the last day to pay.
var defaultCases = []struct {
	name, pack string
	change     func(*Claim)
	calendar   string
	last       string
	ground     Ground
}{
	{"GB agreed, a Saturday stays", "GB-EW", func(c *Claim) {
		c.DueDate, c.DateAgreed = day("2025-05-31"),
			book.Yes
	},
		"", "2025-05-31", GroundAgreedDate},
	{"GB not stated = not agreed; invoice date + 2 business days begins the 30 days", "GB-EW",
		func(c *Claim) { c.DueDate, c.InvoiceDate = day("2025-03-20"), day("2025-03-07") },
		"", "2025-04-09", GroundStatute},
	{"GB over Easter the letter needs longer", "GB-EW",
		func(c *Claim) { c.InvoiceDate = day("2025-04-17") },
		"GB-EW", "2025-05-22", GroundStatute},
	{"GB the letter came from abroad", "GB-EW",
		func(c *Claim) { c.InvoiceDate, c.InvoiceTransit = day("2025-03-07"), cal.Transit{Days: 7} },
		"", "2025-04-12", GroundStatute},
	{"GB never before the date the invoice itself allows", "GB-EW",
		func(c *Claim) { c.DueDate, c.InvoiceReceived = day("2025-06-30"), day("2025-03-10") },
		"", "2025-06-30", GroundStatute},
	{"GB performance later than the invoice", "GB-EW",
		func(c *Claim) { c.InvoiceReceived, c.Performed = day("2025-03-10"), day("2025-03-17") },
		"", "2025-04-15", GroundStatute},
	{"GB public body: 30 days at most", "GB-EW", func(c *Claim) {
		c.Debtor, c.DueDate, c.DateAgreed = book.PublicBody, day("2025-06-30"), book.Yes
		c.InvoiceReceived, c.Performed = day("2025-03-10"), day("2025-03-17")
	}, "", "2025-04-15", GroundStatute},
	{"GB public body, receipt not known: the agreed date", "GB-EW", func(c *Claim) {
		c.Debtor, c.DueDate, c.DateAgreed = book.PublicBody, day("2025-06-30"), book.Yes
		c.InvoiceDate, c.Performed = day("2025-03-10"), day("2025-03-17")
	}, "", "2025-06-30", GroundAgreedDate},
	{"GB public body, contract before 16 March 2013: the agreed date", "GB-EW", func(c *Claim) {
		c.Debtor, c.DueDate, c.DateAgreed, c.ContractMade = book.PublicBody, day("2025-06-30"), book.Yes, day("2013-03-15")
		c.InvoiceReceived, c.Performed = day("2025-03-10"), day("2025-03-17")
	}, "", "2025-06-30", GroundAgreedDate},
	{"DE agreed, a Sunday and Whit Monday move", "DE", func(c *Claim) {
		c.DueDate, c.DateAgreed = day("2025-06-08"), book.Yes
	}, "DE-BY", "2025-06-10", GroundAgreedDate},
	{"DE demand on the due date", "DE", func(c *Claim) {
		c.DueDate, c.FirstDemandReceived = day("2025-06-16"), day("2025-06-16")
	}, "", "2025-06-16", GroundDemand},
	{"DE demand on a Saturday is not moved", "DE", func(c *Claim) {
		c.DueDate, c.FirstDemandReceived = day("2025-06-16"), day("2025-06-21")
	}, "", "2025-06-21", GroundDemand},
	{"DE the 30 days end before the demand", "DE", func(c *Claim) {
		c.DueDate, c.InvoiceReceived, c.FirstDemandReceived = day("2025-03-03"), day("2025-03-03"),
			day("2025-05-05")
	}, "", "2025-04-02", GroundStatute},
	{"DE the demand comes before the 30 days end", "DE", func(c *Claim) {
		c.DueDate, c.InvoiceReceived, c.FirstDemandReceived = day("2025-03-03"), day("2025-03-03"),
			day("2025-03-20")
	}, "", "2025-03-20", GroundDemand},
	{"DE a demand before the due date counts for nothing", "DE", func(c *Claim) {
		c.DueDate, c.InvoiceReceived, c.FirstDemandReceived = day("2025-03-03"), day("2025-03-03"),
			day("2025-03-02")
	}, "", "2025-04-02", GroundStatute},
	{"DE receipt not known: from performance", "DE", func(c *Claim) {
		c.DueDate, c.Performed, c.InvoiceDate = day("2025-03-03"), day("2025-03-05"), day("2025-02-20")
	}, "", "2025-04-04", GroundStatute},
	{"DE term ends on Good Friday", "DE", func(c *Claim) {
		c.DueDate, c.InvoiceReceived = day("2025-03-19"), day("2025-03-19")
	}, "DE-BY", "2025-04-22", GroundStatute},
	{"US the contract's date", "US-OH", func(c *Claim) { c.DueDate = day("2025-05-31") },
		"", "2025-05-31", GroundAgreedDate},
}

func TestDefaultFrom(t *testing.T) {
	for _, test := range defaultCases {
		t.Run(test.name, func(t *testing.T) {
			p := packOf(t, test.pack)
			c := debt(p, test.change)
			if test.calendar != "" {
				c.Calendar = regionCalendar(t, test.calendar)
			}
			d, refused := p.DefaultFrom(c, day("2026-11-21"))
			if refused != nil {
				t.Fatalf("refused: %s", refused.Text())
			}
			if d.LastDayToPay != day(test.last) || d.Ground != test.ground {
				t.Errorf("got %s by %s, want %s by %s", d.LastDayToPay, d.Ground, test.last, test.ground)
			}
			if d.FirstInterestDay != d.LastDayToPay.AddDays(1) || d.Source.Text == "" {
				t.Errorf("first day of interest %s, source %q", d.FirstInterestDay, d.Source.Text)
			}
			if _, early := p.DefaultFrom(c, d.LastDayToPay); early == nil ||
				early.Code != reason.NotInDefault || early.Begins != d.FirstInterestDay {
				t.Errorf("on the last day to pay: %+v, want not_in_default until the day after", early)
			}
			if _, due := p.DefaultFrom(c, d.FirstInterestDay); due != nil {
				t.Errorf("on the first day of interest: %s", due.Text())
			}
		})
	}
}

func TestNotInDefault(t *testing.T) {
	gb, de, us := packOf(t, "GB-EW"), packOf(t, "DE"), packOf(t, "US")
	for _, test := range []struct {
		name   string
		pack   *Pack
		change func(*Claim)
		code   reason.Code
		text   string
	}{
		{"GB nothing known but the invoice's own date", gb, func(c *Claim) { c.DueDate = day("2025-03-03") },
			reason.ContractDateUnproven,
			"The due date stands only on the invoice and is not shown to be agreed."},
		{"DE date on the invoice only", de,
			func(c *Claim) { c.DueDate, c.InvoiceDate = day("2025-03-03"), day("2025-02-17") },
			reason.NotInDefault,
			"The debtor is not yet in default; default begins the day after a clear demand is received."},
		{"DE the 30 days run", de, func(c *Claim) {
			c.DueDate, c.InvoiceReceived = day("2026-11-10"),
				day("2026-11-11")
		},
			reason.NotInDefault, "The debtor is not yet in default; default begins 2026-12-12."},
		{"US no date", us, nil, reason.ContractDateUnproven,
			"The due date stands only on the invoice and is not shown to be agreed."},
		{"consumer", gb, func(c *Claim) { c.DueDate, c.DateAgreed, c.Debtor = day("2025-03-03"), book.Yes, book.Consumer },
			reason.ConsumerDebt,
			"The debtor is, or may be, a consumer: no business interest or compensation."},
		{"older than the rule", de, func(c *Claim) { c.DueDate, c.DateAgreed = day("2001-03-03"), book.Yes },
			reason.UnverifiedJurisdiction, "There is no verified rule for DE."},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, refused := test.pack.DefaultFrom(debt(test.pack, test.change), day("2026-11-21"))
			if refused == nil || refused.Code != test.code || refused.Text() != test.text {
				t.Fatalf("got %+v %q, want %s %q", refused, refused.Text(), test.code, test.text)
			}
			until := refused.Until()
			if refused.Begins != cal.None && until.Day() != refused.Begins || until.Fact() == "" {
				t.Errorf("until %s or %q", until.Day(), until.Fact())
			}
		})
	}
}

package cli

import (
	"path/filepath"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
)

type reportCmd struct {
	Aging     agingCmd     `cmd:"" help:"Open items by days after the due date, with the control total."`
	Statement statementCmd `cmd:"" help:"Statement of account of a customer, as PDF or CSV."`
	Weeks     weeksCmd     `cmd:"" help:"Overdue at the end of each week, and collected in it."`
	Reasons   reasonsCmd   `cmd:"" help:"Reasons for late payment, by cause."`
	Avoided   avoidedCmd   `cmd:"" help:"Wrong chases avoided, by week and cause."`
	Data      dataCmd      `cmd:"" help:"What is wrong or doubtful in the data of customers and invoices, and what to do."`
}

// agingCmd reads --by, which elsewhere names the user who acts: a report has none.
type agingCmd struct{}

// Help implements kong.HelpProvider.
func (agingCmd) Help() string { return "--by customer also lists the customers." }

func (c *agingCmd) Run(s *session) error {
	if s.flags.By != "" && s.flags.By != "customer" {
		return usage("--by %s: expected customer", s.flags.By)
	}
	a, err := s.open()
	if err != nil {
		return err
	}
	req := app.AgingRequest{Creditor: s.flags.Creditor, AsOf: s.flags.AsOf, ByCustomer: s.flags.By == "customer"}
	if !s.flags.KnownAt.IsZero() {
		req.KnownAt = &s.flags.KnownAt.Time
	}
	r, err := a.Aging(s.ctx, req)
	if err != nil {
		return err
	}
	if s.flags.JSONL && req.ByCustomer {
		return showList(s, "recoup/aging-customer/1", "customers", r.Customers, nil)
	}
	return s.show("recoup/aging/1", r, func(p *page) { showAging(p, &r) })
}

// bucketTitles head the columns, in the order of book.BucketNames.
var bucketTitles = [book.BucketCount]string{"Not due", "1-30", "31-60", "61-90", "91-120", "121-180",
	"181-365", "366+"}

func showAging(p *page, r *app.AgingReport) {
	p.title("Open items as of %s, by days after the due date", dayName(r.AsOf))
	if len(r.Currencies) == 0 {
		p.line("Nothing is open.")
	}
	for i := range r.Currencies {
		c := &r.Currencies[i]
		decimal := func(minor int64) string { return money.FormatMinor(minor, c.Currency.Exponent()) }
		p.line("")
		p.title("%s", c.Currency)
		var rows [][]string
		for b, sum := range c.Buckets {
			rows = append(rows, []string{bucketTitles[b], count(sum.Count), decimal(sum.AmountMinor)})
		}
		total := c.Total()
		rows = append(rows, []string{"Credits", count(c.Credits.Count), decimal(c.Credits.AmountMinor)},
			[]string{"Total", count(total.Count), decimal(total.AmountMinor)},
			[]string{"Control total", "", decimal(c.ControlMinor)})
		p.table([]string{"Days overdue", ">Items", ">Amount"}, rows)
		showAgingCustomers(p, r, c.Currency)
	}
}

func showAgingCustomers(p *page, r *app.AgingReport, currency money.Currency) {
	var rows [][]string
	for i := range r.Customers {
		for k := range r.Customers[i].Currencies {
			c := &r.Customers[i].Currencies[k]
			if c.Currency != currency {
				continue
			}
			row := []string{r.Customers[i].Customer, r.Customers[i].Name}
			for _, sum := range c.Buckets {
				row = append(row, money.FormatMinor(sum.AmountMinor, currency.Exponent()))
			}
			total := c.Total()
			rows = append(rows, append(row, money.FormatMinor(c.Credits.AmountMinor, currency.Exponent()),
				money.FormatMinor(total.AmountMinor, currency.Exponent())))
		}
	}
	if len(rows) == 0 {
		return
	}
	headings := []string{"Customer", "Name"}
	for _, title := range bucketTitles {
		headings = append(headings, ">"+title)
	}
	p.line("")
	p.table(append(headings, ">Credits", ">Total"), rows)
}

type statementCmd struct {
	Customer string `arg:"" help:"The customer."`
	Out      string `required:"" placeholder:"FILE.pdf|FILE.csv" help:"The file to write; its ending says what it is."`
}

func (c *statementCmd) Run(s *session) error {
	a, _, subject, err := s.found(c.Customer, "")
	if err != nil {
		return err
	}
	f, err := a.Statement(s.ctx, subject.Customer)
	if err != nil {
		return err
	}
	data := f.PDF
	switch strings.ToLower(filepath.Ext(c.Out)) {
	case ".csv":
		data = f.CSV
	case ".pdf":
	default:
		return usage("--out %s: expected a name that ends in .pdf or .csv", c.Out)
	}
	if toStdout, err := s.writeFile(c.Out, data); err != nil || toStdout {
		return err
	}
	return s.show("recoup/statement/1", f, func(p *page) {
		p.line("Wrote %s: customer %s as of %s", c.Out, f.Customer, f.Day)
		warnMissing(p, f.Missing)
	})
}

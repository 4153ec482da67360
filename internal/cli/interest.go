package cli

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

type interestCmd struct {
	Jurisdiction string         `required:"" placeholder:"J" help:"Whose law: GB, DE, US-OH."`
	Principal    string         `required:"" placeholder:"A" help:"The debt, gross: 1234.50."`
	Due          cal.Date       `required:"" placeholder:"DAY" help:"Last day to pay, as agreed."`
	Until        cal.Date       `required:"" placeholder:"DAY" help:"Last day of interest, included."`
	InvoiceDate  cal.Date       `placeholder:"DAY" default:"none" help:"Date of the invoice."`
	Currency     money.Currency `placeholder:"CUR" help:"Default: that of the jurisdiction."`
	ContractRate string         `placeholder:"P" help:"Percent a year in signed terms that were confirmed."`
	Debtor       debtorKind     `default:"unknown" placeholder:"KIND" help:"company, individual, public_body, consumer or unknown."`
	Payment      []movement     `placeholder:"DAY:A" sep:"none" help:"A payment received on DAY. May be repeated."`
	Credit       []creditNote   `placeholder:"DAY:A:from_start|from_date" sep:"none" help:"A credit note of DAY. May be repeated."`
}

func (c *interestCmd) Run(s *session) error {
	req := app.InterestRequest{Jurisdiction: strings.ToUpper(c.Jurisdiction), Currency: c.Currency,
		Principal: c.Principal, Due: c.Due, InvoiceDate: c.InvoiceDate, Until: c.Until,
		ContractRate: c.ContractRate, Debtor: c.Debtor.kind}
	for _, m := range c.Payment {
		req.Payments = append(req.Payments, app.InterestMovement(m))
	}
	for _, m := range c.Credit {
		req.Credits = append(req.Credits, app.InterestMovement(m))
	}
	r, err := app.Interest(req)
	if err != nil {
		return err
	}
	return s.show("recoup/interest/1", r, func(p *page) { showInterest(p, &r) })
}

func showInterest(p *page, r *app.InterestReport) {
	var rows [][]string
	for _, g := range r.Segments {
		rows = append(rows, []string{g.FromDay.String(), g.ToDay.String(), strconv.Itoa(g.Days), g.Principal,
			g.RatePct, g.RateSource})
	}
	p.table([]string{"From", "To", ">Days", ">Principal", ">Rate %", "Rate of"}, rows)
	p.line("Interest %s %s for %d days (days/%d, rounded once); a further day is about %s.",
		r.Interest, r.Currency, r.Days, r.DayCount, r.Daily)
	p.line("%s (%s); tables %s", r.Source, strings.ToLower(r.Confidence), r.TableVersion)
}

// debtorKind is the kind of debtor as people and other systems write it.
type debtorKind struct{ kind book.DebtorKind }

// UnmarshalText implements encoding.TextUnmarshaler. "business", the word of many
// systems, is a company.
func (k *debtorKind) UnmarshalText(b []byte) error {
	word := string(b)
	if word == "business" {
		word = "company"
	}
	var ok bool
	if k.kind, ok = book.ParseDebtorKind(word); !ok {
		return fmt.Errorf("%q: expected company, individual, public_body, consumer or unknown", b)
	}
	return nil
}

// movement is DAY:AMOUNT.
type movement app.InterestMovement

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *movement) UnmarshalText(b []byte) error {
	day, amount, ok := strings.Cut(string(b), ":")
	d, err := cal.Parse(day)
	if !ok || err != nil {
		return fmt.Errorf("%q: expected DAY:AMOUNT, for example 2026-03-31:100.00", b)
	}
	m.Day, m.Amount = d, amount
	return nil
}

// creditNote is DAY:AMOUNT:from_start or DAY:AMOUNT:from_date.
type creditNote app.InterestMovement

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *creditNote) UnmarshalText(b []byte) error {
	cut := max(bytes.LastIndexByte(b, ':'), 0)
	effect := strings.TrimPrefix(string(b[cut:]), ":")
	var m movement
	if err := m.UnmarshalText(b[:cut]); err != nil || effect != "from_start" && effect != "from_date" {
		return fmt.Errorf("%q: expected DAY:AMOUNT:from_start or DAY:AMOUNT:from_date", b)
	}
	*c = creditNote(m)
	c.FromStart = effect == "from_start"
	return nil
}

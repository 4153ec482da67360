package app

import (
	"cmp"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/format/sheet"
)

// report is the request for a report over weeks.
func (e *exporter) report() ReportRequest {
	return ReportRequest{Creditor: cmp.Or(e.req.Creditor, "*"), Weeks: e.req.Weeks}
}

// weeks has a row for each week and currency.
func (e *exporter) weeks() error {
	r, err := e.a.WeeksReport(e.ctx, e.report())
	if err != nil {
		return err
	}
	e.day = r.AsOf
	if err := e.begin("Weeks", []sheet.Column{day("week_from"), day("week_to"), text("currency"), amount("overdue"),
		amount("collected"), number("receipts")}, r.Formula); err != nil {
		return err
	}
	for _, c := range r.Currencies {
		for i := range c.Weeks {
			w := &c.Weeks[i]
			if err := e.row(sheet.D(w.From), sheet.D(w.To), sheet.T(string(c.Currency)), sheet.M(w.Overdue.Minor, c.Currency),
				sheet.M(w.Collected.Minor, c.Currency), sheet.N(w.Receipts)); err != nil {
				return err
			}
		}
	}
	return e.out.Close()
}

// reasons has a row for each reason for late payment that was written down.
func (e *exporter) reasons() error {
	r, err := e.a.ReasonsReport(e.ctx, e.report())
	if err != nil {
		return err
	}
	list, err := e.a.Reasons(e.ctx, e.report(), e.req.Cause)
	if err != nil {
		return err
	}
	e.day = r.AsOf
	if err := e.begin("Reasons", []sheet.Column{day("day"), text("customer_number"), text("customer_name"), text("cause"),
		text("document"), text("words")}, r.Formula, since(r.From)); err != nil {
		return err
	}
	for i := range list {
		l := &list[i]
		if err := e.row(sheet.D(l.Day), sheet.T(l.Customer), sheet.T(l.Name), sheet.T(causeWords(l.Cause)), sheet.T(l.Document),
			sheet.T(l.Text)); err != nil {
			return err
		}
	}
	return e.out.Close()
}

// avoided has a row for each wrong chase avoided.
func (e *exporter) avoided() error {
	r, err := e.a.AvoidedReport(e.ctx, e.report())
	if err != nil {
		return err
	}
	list, err := e.a.Avoided(e.ctx, e.report(), e.req.Cause)
	if err != nil {
		return err
	}
	e.day = r.AsOf
	if err := e.begin("Avoided", []sheet.Column{day("day"), number("message"), text("customer_number"),
		text("customer_name"), text("step"), text("cause"), text("why"), text("currency"), amount("amount")}, r.Formula,
		since(r.Weeks[0].From)); err != nil {
		return err
	}
	for i := range list {
		l := &list[i]
		if err := e.row(sheet.D(l.Day), sheet.N(l.Message), sheet.T(l.Customer), sheet.T(l.Name), sheet.T(l.Step),
			sheet.T(causeWords(l.Cause)), sheet.T(l.Text), sheet.T(string(l.Amount.Currency)),
			sheet.M(l.Amount.Minor, l.Amount.Currency)); err != nil {
			return err
		}
	}
	return e.out.Close()
}

func since(d cal.Date) string { return "From " + d.String() + " on." }

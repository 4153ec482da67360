package cli

import (
	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/money"
)

// overWeeks are the flags of a report over weeks.
type overWeeks struct {
	Weeks int `default:"13" help:"How many weeks, from 1 to 53; the last one ends today."`
}

func (o *overWeeks) request(s *session) app.ReportRequest {
	return app.ReportRequest{Creditor: s.flags.Creditor, Weeks: o.Weeks}
}

type weeksCmd struct{ overWeeks }

func (c *weeksCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	r, err := a.WeeksReport(s.ctx, c.request(s))
	if err != nil {
		return err
	}
	return s.show("recoup/weeks/1", r, func(p *page) {
		p.title("Overdue and collected by week, as of %s", dayName(r.AsOf))
		if len(r.Currencies) == 0 {
			p.line("Nothing was overdue or came in.")
		}
		for i := range r.Currencies {
			k := &r.Currencies[i]
			p.line("")
			p.title("%s", k.Currency)
			var rows [][]string
			for _, w := range k.Weeks {
				rows = append(rows, []string{w.To.String(), decimal(w.Overdue), decimal(w.Collected), count(w.Receipts)})
			}
			p.table([]string{"Week to", ">Overdue", ">Collected", ">Receipts"}, rows)
		}
		p.line("")
		p.line("%s", r.Formula)
	})
}

func decimal(a app.Amount) string { return money.FormatMinor(a.Minor, a.Currency.Exponent()) }

type reasonsCmd struct{ overWeeks }

func (c *reasonsCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	r, err := a.ReasonsReport(s.ctx, c.request(s))
	if err != nil {
		return err
	}
	return s.show("recoup/reasons/1", r, func(p *page) {
		p.title("Reasons for late payment from %s to %s", dayName(r.From), dayName(r.AsOf))
		showCauses(p, "Reason", r.Causes)
		p.line("%s", r.Formula)
	})
}

// showCauses lists causes with their counts.
func showCauses(p *page, heading string, causes []app.CauseCount) {
	var rows [][]string
	for _, k := range causes {
		rows = append(rows, []string{k.Text, count(int64(k.Count)), count(int64(k.Customers))})
	}
	if len(rows) == 0 {
		p.line("None.")
	}
	p.table([]string{heading, ">Times", ">Customers"}, rows)
	p.line("")
}

type avoidedCmd struct{ overWeeks }

func (c *avoidedCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	r, err := a.AvoidedReport(s.ctx, c.request(s))
	if err != nil {
		return err
	}
	return s.show("recoup/avoided/1", r, func(p *page) {
		p.title("Wrong chases avoided: %d in these weeks, %d ever", r.Total, r.Ever)
		var rows [][]string
		for _, w := range r.Weeks {
			rows = append(rows, []string{w.To.String(), count(int64(w.Count))})
		}
		p.table([]string{"Week to", ">Avoided"}, rows)
		p.line("")
		showCauses(p, "Cause", r.Causes)
		p.line("%s", r.Formula)
	})
}

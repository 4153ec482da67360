package cli

import "github.com/recoup-project/recoup/internal/app"

type writeOffCmd struct {
	Refs     []string `arg:"" optional:"" placeholder:"REF" help:"item:NUMBER, or customer:NUMBER for what is proposed of a customer."`
	Proposed bool     `help:"All that is proposed, in one batch."`
	Reason   string   `required:"" placeholder:"T" help:"Why it is given up."`
}

func (c *writeOffCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	r, err := a.WriteOff(s.ctx, req, app.WriteOffRequest{Creditor: s.flags.Creditor, Refs: c.Refs,
		Proposed: c.Proposed, Reason: c.Reason})
	if err != nil {
		return err
	}
	return s.show("recoup/write-off/1", r, func(p *page) {
		var rows [][]string
		for i := range r.Items {
			w := &r.Items[i]
			rows = append(rows, []string{count(w.Entry), w.Customer, w.Item, w.Amount.Amount,
				string(w.Amount.Currency)})
		}
		p.table([]string{">Entry", "Customer", "Item", ">Amount", ""}, rows)
		p.line("Taken back with: recoup reverse CUSTOMER ENTRY --reason T")
	})
}

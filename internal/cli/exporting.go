package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
)

type exportCmd struct {
	What string `arg:"" enum:"aging,items,customers,weeks,reasons,avoided,timeline,run" help:"aging, items, customers, weeks (overdue and collected), reasons (for late payment), avoided (wrong chases), timeline (of a customer) or run."`
	Ref  string `arg:"" optional:"" help:"The customer of a timeline, or the run."`
	Out  string `required:"" placeholder:"FILE" help:"File to write, which must not exist; its ending, .csv or .xlsx, is the format."`

	State string `default:"open" enum:"open,overdue,settled,all" help:"Of items: open, overdue, settled or all."`
}

func (c *exportCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	req := app.ExportRequest{What: c.What, Creditor: s.flags.Creditor, AsOf: s.flags.AsOf,
		Format: strings.TrimPrefix(strings.ToLower(filepath.Ext(c.Out)), "."), Items: app.ItemFilter{State: c.State}}
	switch c.What {
	case "timeline":
		subject, err := a.Find(s.ctx, s.flags.Creditor, c.Ref)
		if err != nil {
			return err
		}
		req.Customer = subject.Customer
	case "run":
		if req.Run, _, err = a.RunOrMessage(s.ctx, "run:"+strings.TrimPrefix(c.Ref, "run:")); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return unreadable(c.Out, err)
	}
	done, err := a.Export(s.ctx, f, req)
	if closing := f.Close(); err == nil && closing != nil {
		err = unreadable(c.Out, closing)
	}
	if err != nil {
		os.Remove(c.Out) // what is written by half is not an export
		return err
	}
	return s.show("recoup/export/1", map[string]any{"file": c.Out, "media_type": done.MediaType, "rows": done.Rows},
		func(p *page) { p.line("Wrote %s (%s)", c.Out, plural(int64(done.Rows), "row", "rows")) })
}

type searchCmd struct {
	Text  []string `arg:"" help:"Beginnings of words of a customer's number, name or contacts, of an invoice's number, or an amount."`
	Limit int      `default:"20" help:"How many are shown."`
}

func (c *searchCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	r, err := a.Search(s.ctx, strings.Join(c.Text, " "), c.Limit)
	if err != nil {
		return err
	}
	return s.show("recoup/search/1", r, func(p *page) {
		var rows [][]string
		for i := range r.Hits {
			h := &r.Hits[i]
			ref, open, cur := "customer:"+h.Customer, "", ""
			if h.Kind == "item" {
				ref = "item:" + h.Document
			}
			if h.Open != nil && h.Open.Minor != 0 {
				open, cur = decimal(*h.Open), string(h.Open.Currency)
			}
			rows = append(rows, []string{ref, h.Name, open, cur, strings.ReplaceAll(h.Matched, "_", " ") + " " + h.Detail})
		}
		if len(rows) == 0 {
			p.line("Nothing was found.")
		}
		p.table([]string{"", "Name", ">Owes", "", "Found in"}, rows)
		if r.More {
			p.line("There is more; say more of what you look for.")
		}
	})
}

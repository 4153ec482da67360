package cli

import (
	"cmp"
	"strings"
)

type dataCmd struct{}

func (c *dataCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	r, err := a.DataQuality(s.ctx, s.flags.Creditor)
	if err != nil {
		return err
	}
	return s.show("recoup/data-quality/1", r, func(p *page) {
		if len(r.Findings) == 0 {
			p.line("Nothing is wrong or in doubt in the data of %s.", r.Creditor)
			return
		}
		kind := ""
		for _, f := range r.Findings {
			if f.Kind != kind {
				kind = f.Kind
				p.title("%s (%d)", strings.ReplaceAll(kind, "_", " "), r.Count(kind))
			}
			about := "customer:" + f.Number
			if f.Item != "" {
				about = "item:" + f.Item
			}
			for _, o := range f.Others {
				about += " and " + cmp.Or(o.Item, "customer:"+o.Number)
			}
			if f.Value != "" {
				about += " (" + f.Value + ")"
			}
			p.line("  %s, %s: %s", f.Name, about, f.Text)
			p.line("    %s", f.Fix)
		}
	})
}

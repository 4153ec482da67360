package web

import (
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
)

// dataKinds are the kinds of findings in words: a heading, and why it matters.
var dataKinds = map[string][2]string{
	app.DataNoContact: {"No way to write", "Nothing can be sent to them, neither by mail nor by post."},
	app.DataRefused:   {"Address refused", "Mail came back. Their next message goes by post, if there is an address."},
	app.DataNoDueDate: {"No due date", "What is due on no day is never asked for."},
	app.DataNoOrder:   {"Order number missing", "These customers pay no invoice without the number of their order."},
	app.DataVATID:     {"VAT id that cannot be right", "Checked by form and check digits; no office was asked."},
	app.DataTwins:     {"Customers that may be one", "Two accounts of one customer get two reminders, and credits meet the wrong one."},
	app.DataRepeated:  {"Invoices that may be one", "The same amount, days apart: asked for twice, it annoys those who pay."},
}

// dataGroup are the findings of one kind.
type dataGroup struct {
	Kind, Title, Why string
	Count            int
	Findings         []app.DataFinding
}

// dataQuality lists what is wrong or doubtful in the data, and what to do about it.
func dataQuality(v *visit) error {
	r, err := v.App.DataQuality(v.r.Context(), v.creditor.Code)
	if err != nil {
		return err
	}
	var groups []dataGroup
	for _, c := range r.Counts {
		g := dataGroup{Kind: c.Kind, Title: dataKinds[c.Kind][0], Why: dataKinds[c.Kind][1], Count: c.Count}
		first := slices.IndexFunc(r.Findings, func(f app.DataFinding) bool { return f.Kind == c.Kind })
		for _, f := range r.Findings[first:] {
			if f.Kind == c.Kind {
				g.Findings = append(g.Findings, f)
			}
		}
		groups = append(groups, g)
	}
	return v.page("Data to mend", dataPage(v, r.Count(), groups))
}

// capital begins a sentence. Those of findings begin with a plain letter.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

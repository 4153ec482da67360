package web

import (
	"strings"

	"github.com/recoup-project/recoup/internal/app"
)

// customers is the list of the customers of a creditor.
func customers(v *visit) error {
	all, err := v.App.Customers(v.r.Context(), v.creditor.Code)
	if err != nil {
		return err
	}
	q := strings.ToLower(strings.TrimSpace(v.r.FormValue("q")))
	shown := all[:0]
	for _, c := range all {
		if q == "" || strings.Contains(strings.ToLower(c.Name+" "+c.Number), q) {
			shown = append(shown, c)
		}
	}
	return v.page("Customers", customersPage(v, shown, q))
}

var _ = app.CustomerLine{}

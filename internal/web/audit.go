package web

import (
	"cmp"
	"strconv"

	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/app"
)

// auditLog lists the commands that changed the book, the newest first.
func auditLog(v *visit) error {
	before, _ := strconv.ParseInt(v.r.FormValue("before"), 10, 64)
	list, err := v.App.AuditLog(v.r.Context(), app.AuditFilter{Before: before, Actor: v.r.FormValue("actor"),
		Command: v.r.FormValue("command"), Limit: 50})
	if err != nil {
		return err
	}
	return v.page("Audit log", auditPage(v, list, nil))
}

// verifyAudit recomputes the whole chain.
func verifyAudit(v *visit) error {
	report, err := v.App.VerifyAudit(v.r.Context(), "", nil)
	if err != nil {
		return err
	}
	list, err := v.App.AuditLog(v.r.Context(), app.AuditFilter{Limit: 50})
	if err != nil {
		return err
	}
	return v.page("Audit log", auditPage(v, list, &report))
}

// inputType is the type of an input, and what a phone's keyboard should offer.
func inputType(kind string) templ.Attributes {
	return templ.Attributes{"type": cmp.Or(kind, "text")}
}

package web

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
)

// papersPage lists the papers that found no document, with those they may belong to.
func papersPage(v *visit) error {
	page, err := v.App.ListLoosePapers(v.r.Context(), v.creditor.Code, v.r.FormValue("after"), pageLength)
	if err != nil {
		return err
	}
	return v.page("Papers", papersView(v, &page))
}

// placePaper gives a paper its document or customer, or puts it away.
func placePaper(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if v.r.FormValue("do") == "discard" {
		if err := v.App.DiscardPaper(v.r.Context(), v.request(""), id); err != nil {
			return err
		}
		return v.done("/papers", "Put away.")
	}
	ref := cmp.Or(strings.TrimSpace(v.r.FormValue("other")), strings.TrimSpace(v.r.FormValue("ref")))
	if ref == "" {
		return &app.Error{Kind: app.Invalid, Code: "reference_missing", Message: "say which invoice or customer the paper belongs to"}
	}
	kind := app.PaperKind(cmp.Or(v.r.FormValue("kind"), string(app.PaperInvoice)))
	if _, err := v.App.AssignPaper(v.r.Context(), v.request(""), id, v.creditor.Code, ref, kind); err != nil {
		return err
	}
	return v.done("/papers", "Kept with "+strings.TrimPrefix(ref, "item:")+".")
}

// loosePaperFile hands out a waiting paper; it is never shown within a page.
func loosePaperFile(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	p, raw, err := v.App.LooseBytes(v.r.Context(), id)
	if err != nil {
		return err
	}
	return v.file(p.Name, p.MediaType, raw)
}

var paperWords = map[app.PaperKind]string{app.PaperInvoice: "copy of the invoice", app.PaperDelivery: "proof of delivery",
	app.PaperContract: "contract", app.PaperSlip: "delivery slip of a letter", app.PaperOther: "something else"}

func sizeText(bytes int64) string {
	const kilo = 1024
	if bytes < kilo*kilo {
		return strconv.FormatInt(max(bytes/kilo, 1), 10) + " kB"
	}
	return strconv.FormatInt(bytes/(kilo*kilo), 10) + " MB"
}

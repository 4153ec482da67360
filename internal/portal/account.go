package portal

import (
	"bytes"
	"encoding/csv"
	"mime"
	"net/http"
	"strconv"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document"
)

// account is the page itself.
func account(v *visit) error {
	v.choose(v.r.URL.Query())
	return v.write(http.StatusOK, accountPage(v))
}

// forward shows the link for whoever approves payments at the debtor.
func forward(v *visit) error {
	if v.Approver {
		return notThere()
	}
	return v.write(http.StatusOK, forwardPage(v))
}

// notThere is the answer for what this link does not open.
func notThere() error {
	return &app.Error{Kind: app.NotFound, Code: "page_not_found", Message: "there is no such page"}
}

// statement is the list of what is open as a file.
func statement(v *visit) error {
	var b bytes.Buffer
	b.WriteString("\ufeff") // by which a spreadsheet knows the encoding
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	put := func(cells ...string) { _ = w.Write(cells) } // a bytes.Buffer takes everything
	plain := func(m money.Money) string { return money.FormatMinor(m.Minor, m.Currency.Exponent()) }
	put("kind", "number", "po", "date", "due_date", "currency", "amount", "paid_or_credited", "open", "state")
	for _, i := range v.Items {
		amount := money.Money{Minor: i.AmountMinor, Currency: i.Open.Currency}
		paid := money.Money{Minor: i.AmountMinor - i.Open.Minor, Currency: i.Open.Currency}
		put("invoice", document.SafeCell(i.Number), document.SafeCell(i.PO), i.InvoiceDate.String(), i.DueDate.String(),
			string(i.Open.Currency), plain(amount), plain(paid), plain(i.Open), string(i.State))
	}
	for _, c := range v.Credits {
		less := c.Amount
		less.Minor = -less.Minor
		put(string(c.Kind), "", "", c.Day.String(), "", string(less.Currency), "", "", plain(less), "")
	}
	w.Flush()
	return v.download("statement-"+v.Today.String()+".csv", "text/csv; charset=utf-8", b.Bytes())
}

// paper is a copy of an invoice: to be kept, never opened within this page.
func paper(v *visit) error {
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return notThere()
	}
	f, err := v.app.PortalFile(v.r.Context(), v.Token, id)
	if err != nil {
		return err
	}
	return v.download(f.Name, f.MediaType, f.Bytes)
}

func (v *visit) download(name, mediaType string, body []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if h.Get("Content-Disposition") == "" { // a name that no header can carry
		h.Set("Content-Disposition", "attachment")
	}
	_, _ = v.w.Write(body) // who went away needs no file
	return nil
}

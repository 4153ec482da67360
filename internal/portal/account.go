package portal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/web/look"
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

// statement is the statement of account as a file, of all that is open.
func statement(v *visit) error {
	f, err := v.app.PortalStatement(v.r.Context(), v.Token)
	if e := app.AsError(err); err != nil && e.Code == "nothing_open" {
		return notThere()
	}
	if err != nil {
		return err
	}
	name := "statement-" + f.Day.String()
	if strings.HasSuffix(v.r.URL.Path, ".csv") {
		return v.download(name+".csv", "text/csv; charset=utf-8", append([]byte("\ufeff"), f.CSV...)) // by which a spreadsheet knows the encoding
	}
	if f.PDF == nil {
		return notThere()
	}
	return v.download(name+".pdf", "application/pdf", f.PDF)
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
	h.Set("Content-Disposition", look.Disposition(name))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = v.w.Write(body) // who went away needs no file
	return nil
}

package web

import (
	"html"
	"net/http"
	"strconv"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/web/look"
)

// pdfPolicy is that of a PDF in a frame of our own: the browser's viewer, and nothing else.
const pdfPolicy = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

// showPDF writes a PDF to be seen in a frame.
func (v *visit) showPDF(name string, body []byte) error {
	h := v.w.Header()
	h.Set("Content-Security-Policy", pdfPolicy)
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", look.Inline(name))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	v.w.WriteHeader(http.StatusOK)
	_, err := v.w.Write(body)
	return err
}

// plainPage is a plain text as a page for a frame.
func plainPage(subject, text string) string {
	return `<!DOCTYPE html><html lang="en"><title>` + html.EscapeString(subject) + `</title><meta name="viewport" content="width=device-width">` +
		`<pre style="white-space:pre-wrap;font:13px/1.5 ui-monospace,Menlo,monospace;margin:16px;color:#1c1d1a">` +
		html.EscapeString(subject) + "\n\n" + html.EscapeString(text) + "</pre></html>"
}

// notWritten says in a frame why there is nothing to show.
func notWritten(err error) string {
	return plainPage("It cannot be written like this", app.AsError(err).Error())
}

package web

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// timelineLength is how many lines of a timeline come at once.
const timelineLength = 20

// timelineOf is a page of a customer's timeline, of what the viewer may read.
func (v *visit) timelineOf(id int64, cursor string) (app.TimelinePage, error) {
	page, err := v.App.Timeline(v.r.Context(), id, cursor, timelineLength)
	page.Lines = app.LinesVisibleTo(v.user.User.Role, page.Lines)
	return page, err
}

// customerTimeline is the next piece of a timeline, for the page that shows it already.
func customerTimeline(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	view, err := v.customerOf(id)
	if err != nil {
		return err
	}
	if v.r.Header.Get("HX-Request") == "" { // somebody opened the piece as a page
		return v.seeOther(customerPath(id) + "?" + v.r.URL.RawQuery + "#timeline")
	}
	page, err := v.timelineOf(id, v.r.FormValue("older"))
	if err != nil {
		return err
	}
	return v.partial(timelineLines(v, &view, &page))
}

// statementFile hands out the statement of account of a customer as PDF or CSV.
func statementFile(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if _, err := v.customerOf(id); err != nil {
		return err
	}
	s, err := v.App.Statement(v.r.Context(), id)
	if err != nil {
		return err
	}
	name := "statement-" + s.Customer + "-" + s.Day.String()
	if v.r.FormValue("format") == "csv" {
		return v.file(name+".csv", "text/csv; charset=utf-8", s.CSV)
	}
	return v.file(name+".pdf", "application/pdf", s.PDF)
}

// attached is a file that was sent with a form, if there is one.
func (v *visit) attached(field string) (app.PaperFile, bool, error) {
	from, header, err := v.r.FormFile(field)
	if err == http.ErrMissingFile || err == http.ErrNotMultipart {
		return app.PaperFile{}, false, nil
	}
	if err != nil {
		return app.PaperFile{}, false, err
	}
	defer from.Close()
	var body bytes.Buffer
	if _, err := io.Copy(&body, from); err != nil {
		return app.PaperFile{}, false, err
	}
	return app.PaperFile{Name: header.Filename, Bytes: body.Bytes()}, true, nil
}

// addPaper keeps a file with a customer or with one of its invoices.
func addPaper(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	creditor, ref, _, err := v.subject(id)
	if err != nil {
		return err
	}
	file, given, err := v.attached("file")
	if err != nil {
		return err
	}
	if !given {
		return &app.Error{Kind: app.Invalid, Code: "file_missing", Message: "choose a file: PDF, PNG or JPEG", Where: &app.Where{Field: "file"}}
	}
	if _, err := v.App.KeepPaper(v.r.Context(), v.request(""), creditor, ref, app.PaperKind(v.r.FormValue("kind")), file); err != nil {
		return err
	}
	return v.done(customerPath(id)+"#papers", file.Name+" is kept. Messages about the invoice carry its copy.")
}

// errNoPaper is also the answer to who may not know that there is one.
var errNoPaper = &app.Error{Kind: app.NotFound, Code: "paper_not_found", Message: "there is no such paper"}

// hidden reports whether a paper belongs to a note that the viewer may not read (guardrail R30).
func (v *visit) hidden(p *app.Paper) bool { return p.Privileged && !v.user.may(access.ViewPrivileged) }

// paperFile hands out a kept file; it is never shown within a page.
func paperFile(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	paper, err := v.number("paper")
	if err != nil {
		return err
	}
	if _, err := v.customerOf(id); err != nil {
		return err
	}
	p, raw, err := v.App.PaperBytes(v.r.Context(), id, paper)
	if err != nil {
		return err
	}
	if v.hidden(&p) {
		return errNoPaper
	}
	return v.file(p.Name, p.MediaType, raw)
}

// removePaper takes a file away from where it is kept.
func removePaper(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	paper, err := v.number("paper")
	if err != nil {
		return err
	}
	if _, err := v.customerOf(id); err != nil {
		return err
	}
	papers, err := v.App.Papers(v.r.Context(), id, 0)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(papers, func(p app.Paper) bool { return p.ID == paper && v.hidden(&p) }) {
		return errNoPaper
	}
	if err := v.App.RemovePaper(v.r.Context(), v.request(""), id, paper); err != nil {
		return err
	}
	return v.done(customerPath(id)+"#papers", "Taken away; that it was there stays in the timeline.")
}

// copyWords are the kinds of files that can be kept by hand.
var copyWords = [][2]string{{string(app.PaperInvoice), "copy of the invoice"}, {string(app.PaperDelivery), "proof of delivery"},
	{string(app.PaperContract), "contract"}, {string(app.PaperOther), "something else"}}

func copyWord(k app.PaperKind) string {
	if i := slices.IndexFunc(copyWords, func(w [2]string) bool { return w[0] == string(k) }); i >= 0 {
		return copyWords[i][1]
	}
	return "delivery slip of a letter"
}

// kilobytes is the size of a file for people.
func kilobytes(size int64) string { return strconv.FormatInt((size+1023)/1024, 10) + " kB" }

// claimLevels says how far a message may go with a sum.
var claimLevels = map[string]string{"principal": "not at all", "announce": "to be announced only", "offer": "to be offered, not claimed yet",
	"claim": "may be claimed"}

// claimGrounds says since when the debtor is late in the eyes of the law.
var claimGrounds = map[string]string{"agreed_date": "the date to pay was agreed", "statutory_term": "the statute's own term is over",
	"demand": "a clear demand was received"}

// timelineTone marks what is good and what is not; the words say it too.
func timelineTone(l *app.TimelineLine) string {
	switch {
	case l.Good:
		return "good"
	case l.Bad:
		return "bad"
	}
	return ""
}

// claimedAs says how a message before named the sums.
func claimedAs(level string) string {
	if level == "offer" {
		return "offered"
	}
	return "claimed"
}

// claimBasis says by which rule, rate and source the sums of an item stand, and why one does not.
func claimBasis(v *visit, k *app.ClaimToday) string {
	parts := []string{cmp.Or(k.LawName, k.Law)}
	if k.Rate != "" {
		parts = append(parts, "rate "+k.Rate+" % a year ("+k.RateSource+"), "+v.f.Money(k.Daily.Minor, k.Daily.Currency)+" a day")
	}
	for _, s := range []struct {
		name string
		*app.ClaimSum
	}{{"interest", &k.Interest}, {"compensation", &k.Compensation}} {
		if s.Source != "" {
			parts = append(parts, s.name+": "+s.Source)
		}
		if s.Why != "" {
			parts = append(parts, s.name+" no further: "+v.sentence(strings.TrimSuffix(s.Why, ".")))
		}
	}
	return strings.Join(parts, "; ") + "."
}

package cli

import (
	"bytes"
	"cmp"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

type importCmd struct {
	Invoices  importInvoicesCmd  `cmd:"" help:"Documents of customers, from a CSV or Excel file."`
	OpenItems importOpenItemsCmd `cmd:"" help:"The same, said of a list of what is open."`
	Customers importCustomersCmd `cmd:"" help:"Customers with their contacts."`
	Contacts  importContactsCmd  `cmd:"" help:"Contacts of customers that are there."`
	Documents importPapersCmd    `cmd:"" help:"Copies of invoices and proofs of delivery: PDFs, pictures, folders and ZIP archives of such."`
}

// fileFlags say how a file is to be understood: the answers to what it does not tell.
type fileFlags struct {
	Layout          string            `placeholder:"L" help:"Name of a known layout, or a part of it; plain is our own. Default: guessed from the file."`
	DateOrder       string            `enum:"dmy,mdy," default:"" placeholder:"dmy|mdy" help:"Which comes first in dates, where the file does not show it."`
	Decimal         string            `placeholder:",|." help:"The decimal mark, where the file does not show it."`
	Encoding        string            `placeholder:"E" help:"utf-8, windows-1252 and others, where it cannot be told."`
	DefaultCurrency money.Currency    `placeholder:"CUR" help:"Currency of rows that name none."`
	Sheet           string            `placeholder:"NAME" help:"The sheet of a workbook, where several have a list."`
	Column          map[string]string `placeholder:"FIELD=HEADING" help:"Which column a field is, where the heading does not tell; FIELD= is none."`
}

// tell puts the answers into a request.
func (f *fileFlags) tell(im *app.ImportRequest) error {
	if f.Decimal != "" && f.Decimal != "," && f.Decimal != "." { // an enum of the parser cannot hold a comma
		return usage("--decimal %q: expected , or .", f.Decimal)
	}
	im.Layout, im.DateOrder, im.Decimal = f.Layout, f.DateOrder, f.Decimal
	im.Encoding, im.DefaultCurrency, im.Sheet = f.Encoding, f.DefaultCurrency, f.Sheet
	var err error
	im.Columns, err = app.ParseColumns(f.Column)
	return err
}

type importFlags struct {
	Files []string `arg:"" name:"file" help:"CSV or Excel files; - is standard input."`
	fileFlags
	AllOrNothing bool `help:"Import nothing if one row is rejected."`
}

type importInvoicesCmd struct{ importDocuments }
type importOpenItemsCmd struct{ importDocuments }

type importDocuments struct {
	importFlags
	Complete       bool `help:"The file lists everything that is open as of --as-of: what it leaves out is settled."`
	ConfirmSettles bool `help:"Let a complete list settle more than a fifth of the open items."`
}

type importCustomersCmd struct{ importFlags }
type importContactsCmd struct{ importFlags }

func (c *importInvoicesCmd) Run(s *session) error  { return c.run(s, app.ImportInvoices) }
func (c *importOpenItemsCmd) Run(s *session) error { return c.run(s, app.ImportOpenItems) }
func (c *importCustomersCmd) Run(s *session) error {
	return s.importFiles(&c.importFlags, app.ImportRequest{Kind: app.ImportCustomers})
}
func (c *importContactsCmd) Run(s *session) error {
	return s.importFiles(&c.importFlags, app.ImportRequest{Kind: app.ImportContacts})
}

func (c *importDocuments) run(s *session, kind app.ImportKind) error {
	if c.Complete && s.flags.AsOf == cal.None {
		return usage("--complete needs --as-of DAY: the day whose state the list shows")
	}
	if c.Complete && len(c.Files) > 1 {
		return usage("--complete takes one file: two lists cannot both be complete")
	}
	return s.importFiles(&c.importFlags, app.ImportRequest{Kind: kind, Complete: c.Complete,
		ConfirmSettles: c.ConfirmSettles})
}

// importedFile is the answer for one file.
type importedFile struct {
	File string `json:"file"`
	app.ImportReport
}

// importFiles imports one file after another. It stops at the first that cannot be
// imported at all; those before it stay.
func (s *session) importFiles(f *importFlags, im app.ImportRequest) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	im.Creditor, im.AsOf, im.AllOrNothing = s.flags.Creditor, s.flags.AsOf, f.AllOrNothing
	if err := f.tell(&im); err != nil {
		return err
	}
	if len(f.Files) > 1 && req.CommandID != "" {
		return usage("--command-id names one command: import one file at a time")
	}
	var done []importedFile
	for _, name := range f.Files {
		report, err := s.importFile(a, req, im, name)
		if err != nil {
			return s.importFailed(name, &report, err)
		}
		done = append(done, importedFile{name, report})
	}
	return s.showImports(done)
}

func (s *session) importFile(
	a *app.App, req app.Request, im app.ImportRequest, name string,
) (app.ImportReport, error) {
	im.File = filepath.Base(name)
	if name == "-" {
		raw, err := io.ReadAll(s.in)
		if err != nil {
			return app.ImportReport{}, unreadable("standard input", err)
		}
		im.Source, im.File = bytes.NewReader(raw), "standard input"
		return a.Import(s.ctx, req, im)
	}
	file, err := openFile(name)
	if err != nil {
		return app.ImportReport{}, err
	}
	defer file.Close()
	im.Source = file
	return a.Import(s.ctx, req, im)
}

// importFailed tells why nothing of a file was imported, with the rows it was about.
func (s *session) importFailed(name string, report *app.ImportReport, err error) error {
	if len(report.Rejected) == 0 && report.Read == 0 {
		return err
	}
	if s.machine() {
		return s.showFailed("recoup/import/1", importedFile{name, *report}, app.AsError(err), nil)
	}
	p := &page{out: s.errs}
	showRejected(p, name, report)
	return err
}

// showImports answers for all files: for one file its report, for several a list.
// With rejected rows it was done in part, and with nothing but them not at all.
func (s *session) showImports(done []importedFile) error {
	people := func(p *page) {
		for i := range done {
			showImport(p, &done[i])
		}
	}
	var answer any = map[string]any{"files": done}
	if len(done) == 1 {
		answer = done[0]
	}
	rejected, good := 0, 0
	for i := range done {
		r := &done[i]
		rejected += r.RejectedRows
		good += r.Created + r.Updated + r.Unchanged
	}
	if rejected > 0 && good == 0 {
		e := &app.Error{Kind: app.Invalid, Code: "rows_rejected",
			Message: "every row is rejected, so nothing was imported"}
		return s.showFailed("recoup/import/1", answer, e, people)
	}
	if err := s.show("recoup/import/1", answer, people); err != nil {
		return err
	}
	if rejected > 0 {
		return errPartly
	}
	return nil
}

func showImport(p *page, r *importedFile) {
	p.title("%s: read as %s, %s", r.File, cmp.Or(r.Layout, "guessed"), plural(int64(r.Read), "row", "rows"))
	var rows [][]string
	for _, c := range []struct {
		what string
		n    int
	}{
		{"created", r.Created}, {"updated", r.Updated}, {"unchanged", r.Unchanged},
		{"credit notes", r.Credits}, {"payments", r.Payments}, {"settled by list", r.SettledByList},
		{"reopened", r.Reopened}, {"new customers", r.Customers}, {"new contacts", r.Contacts},
		{"contacts replaced", r.ContactsReplaced},
		{"for review", r.InReview}, {"rows left out", r.Skipped - r.Drafts - r.Payables},
		{"drafts and voided documents left out", r.Drafts},
		{"bills of suppliers left out", r.Payables}, {"rejected", r.RejectedRows},
	} {
		if c.n > 0 {
			rows = append(rows, []string{c.what, strconv.Itoa(c.n)})
		}
	}
	p.table([]string{"", ">Rows"}, rows)
	for _, t := range r.Totals {
		line := t.Amount + " " + string(t.Currency) + " in " + plural(int64(t.Count), "row", "rows")
		if t.Open != t.Amount {
			line += ", " + t.Open + " of it open"
		}
		p.line("%s: is that what your bookkeeping says?", line)
	}
	if len(r.UnusedColumns) > 0 {
		p.line("Columns not read: %s.", strings.Join(r.UnusedColumns, ", "))
	}
	for _, w := range r.Warnings {
		p.warn("%s", w)
	}
	showSkipped(p, r.SkippedRows)
	showRejected(p, r.File, &r.ImportReport)
}

// shownSkipped is how many rows that were left out people see.
const shownSkipped = 5

func showSkipped(p *page, rows []app.SkippedRow) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r app.SkippedRow) bool { return !app.Unclassified(r) })
	for i, r := range rows {
		if i == shownSkipped {
			p.line("… and %d more left out; --json lists them", len(rows)-i)
			return
		}
		p.line("Row %d left out, %s: %s", r.Row, r.Why, r.Text)
	}
}

// shownRejected is how many rejected rows people see.
const shownRejected = 20

func showRejected(p *page, file string, r *app.ImportReport) {
	for i, j := range r.Rejected {
		if i == shownRejected {
			p.line("… and %d more; --json lists them", len(r.Rejected)-i)
			return
		}
		p.warn("%s, row %d, %s: %q; expected %s", file, j.Row, cmp.Or(j.Field, "row"), j.Value, j.Expected)
	}
}

type confirmTotalCmd struct {
	Currency money.Currency `arg:"" help:"Currency of the total."`
	Amount   string         `arg:"" help:"The total of the bookkeeping: 63118.40."`
}

func (c *confirmTotalCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	m, err := money.Parse(c.Amount, c.Currency)
	if err != nil {
		return invalid("amount_invalid", "%q: expected an amount of %s such as 63118.40", c.Amount, c.Currency)
	}
	if err := a.ConfirmTotal(s.ctx, req, s.flags.Creditor, m); err != nil {
		return err
	}
	answer := struct {
		Amount   string         `json:"amount"`
		Currency money.Currency `json:"currency"`
	}{m.Decimal(), c.Currency}
	return s.show("recoup/confirm-total/1", answer, func(p *page) { p.line("Confirmed: %s is open.", m) })
}

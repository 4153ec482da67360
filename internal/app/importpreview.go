package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger"
)

// DraftPreview is what a file would do to the book, and how it is understood.
type DraftPreview struct {
	DraftInfo
	CreditorCode string
	Kind         ImportKind
	AsOf         cal.Date // as answered, else as proposed

	// Failed says why the file cannot be read at all; all below is empty then.
	Failed *Error

	Layout   string // product and report, or "guessed"
	Notes    []string
	Sheets   []string // of a workbook
	Evidence []ledger.Evidence
	Columns  []DraftColumn
	Fixed    bool // the columns are made of postings or balances and cannot be mapped
	Titles   []string
	Currency money.Currency // of all amounts, where the file states none; "" where it does
	Assumed  bool           // it is the creditor's, and nobody has said so

	// Question is the next one to be answered; nil: the file can be imported.
	Question *DraftQuestion
	Open     int // questions that are open, this one included

	// The following is there once the form of the file is clear.
	Rows      []DraftRow // the first ones, as they would be read
	Report    ImportReport
	Rejected  []DraftRejected
	Customers int            // in the rows that are read
	Overdue   int            // rows that are open and overdue as of the day of the file
	Late      []DraftOverdue // whose they are, the largest first
	Totals    []ImportTotal  // what is open by the end of the day of the file, as the book will hold it
	Reminded  bool           // the file has columns about reminders
	DueDays   int            // after its day an invoice without due date is due; 0: nobody has said
	Undue     int            // open rows without a due date: nothing is demanded of them
	UndueOpen []MoneyText    // what is open of them, by currency
	Undated   int            // of them rows without a day of the invoice: no days can be counted
}

// DraftColumn is a column of the file and what it is read as.
type DraftColumn struct {
	Header  string
	Field   string // "" is not read
	Form    string // of its days: dmy, mdy, iso …
	Samples []string
}

// DraftQuestion is something that only a person can tell.
type DraftQuestion struct {
	Code string // sheet, date_order, decimal, column, extent, as_of, settles_many,
	// unread_rows (answered by repairs, or by further documents)
	Text    string
	Choices []string
	Propose string // the likely answer, or ""
	Field   string // of column: which one is asked for
	Row     int
}

// DraftRow is a document as it would be read.
type DraftRow struct {
	Row                              int
	Kind, Number, CustomerNo, Name   string
	Issued, Due                      cal.Date
	DueDerived                       bool // from terms, or the days given for all
	Amount, Open                     MoneyText
	PO, Email                        string
	ContactName, Role, Phone, Street string // of people
}

// DraftRejected is a row that is not taken, with its cells as they stand in the file, so
// that they can be corrected.
type DraftRejected struct {
	Row    int
	Header []string
	Cells  []string
	Errors []RejectedRow
}

const (
	previewRows     = 20
	previewRejected = 100
)

// PreviewDraft looks at the file of a draft and tries the import, without doing it.
// Errors: not found (draft_not_found).
func (a *App) PreviewDraft(ctx context.Context, id int64) (*DraftPreview, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &DraftPreview{DraftInfo: w.info, CreditorCode: w.creditor.Code, Kind: w.im.Kind, AsOf: w.im.AsOf, Failed: w.failed}
	if w.src != nil {
		p.Sheets = w.src.Sheets()
	}
	if w.failed != nil {
		return p, nil
	}
	p.understand(w)
	if len(w.look.Questions) > 0 {
		p.ask(w.questions())
		return p, nil
	}
	st, err := stageAs(ctx, &w.im, w.src, w.look.Layout)
	if err != nil {
		if err = w.fail(err); err == nil {
			p.Failed = w.failed
		}
		return p, err
	}
	p.count(w, st)
	p.Report, err = a.importStaged(ctx, Request{Actor: "preview", DryRun: true}, w.im, st)
	questions := w.questions()
	var refused *Error
	switch {
	case errors.As(err, &refused) && refused.Code == "settles_many":
		questions = append(questions, DraftQuestion{Code: refused.Code, Text: refused.Message, Choices: []string{"yes", "no"}})
	case errors.As(err, &refused) && refused.Code == "unread_rows":
		questions = append(questions, DraftQuestion{Code: refused.Code, Text: refused.Message, Row: refused.Where.Row,
			Choices: []string{string(ExtentAdditional)}})
	case errors.As(err, &refused) && refused.Kind == Invalid:
		p.Failed = refused
	case err != nil:
		return nil, err
	}
	p.ask(questions)
	if err := p.firstRows(w); err != nil {
		return nil, err
	}
	return p, p.rejected(w)
}

// understand takes over how the file is understood.
func (p *DraftPreview) understand(w *draftWork) {
	l := &w.look.Layout
	p.Layout, p.Notes, p.Evidence, p.Titles = l.Name, l.Notes, w.look.Evidence, w.look.Titles
	p.Fixed = l.Shape != "" && len(w.look.Columns) != l.RawWidth+1
	for _, c := range w.look.Columns {
		field := ""
		if c.Field != ledger.NoField {
			field = c.Field.String()
		}
		p.Columns = append(p.Columns, DraftColumn{Header: c.Header, Field: field, Form: string(c.Dates), Samples: c.Samples})
		p.Reminded = p.Reminded || c.Field == ledger.LastReminderDate
	}
	p.Assumed, p.DueDays = w.assumed, l.DueDays
	if !l.HasCurrency() {
		p.Currency = l.DefaultCurrency
	}
}

func (p *DraftPreview) ask(questions []DraftQuestion) {
	if p.Open = len(questions); p.Open > 0 {
		p.Question = &questions[0]
	}
}

// question is the next open question about what the file is, or nil.
func (w *draftWork) question() *DraftQuestion {
	if w.failed != nil {
		return &DraftQuestion{Code: w.failed.Code, Text: w.failed.Message}
	}
	if open := w.questions(); len(open) > 0 {
		return &open[0]
	}
	return nil
}

// questions are those that the answers leave open: first how the file is written, then
// what it is.
func (w *draftWork) questions() []DraftQuestion {
	var open []DraftQuestion
	for _, q := range w.look.Questions {
		d := DraftQuestion{Code: q.Code, Text: q.Text, Choices: q.Choices, Row: q.Row}
		if q.Field != ledger.NoField {
			d.Field = q.Field.String()
		}
		open = append(open, d)
	}
	if w.im.contacts() {
		return open
	}
	answers := &w.info.Answers
	if answers.Extent == "" {
		open = append(open, DraftQuestion{Code: "extent", Choices: []string{string(ExtentComplete), string(ExtentAdditional)},
			Text: "Does the file list everything that is open, or further documents?"})
	}
	if answers.AsOf == "" {
		open = append(open, DraftQuestion{Code: "as_of", Propose: w.proposedDay().String(),
			Text: "As of the end of which day is the file true?"})
	}
	return open
}

// count counts the rows that somebody may have been reminded of.
func (p *DraftPreview) count(w *draftWork, st *stage) {
	for i := range st.rows {
		if st.rows[i].overdue(w.im.AsOf) {
			p.Overdue++
		}
	}
	p.countUndue(st)
	p.Customers, p.Late, p.Totals = len(st.customers), st.late(w.im.AsOf), st.openOn(w.im.AsOf)
}

// countUndue counts what is open and has no due date.
func (p *DraftPreview) countUndue(st *stage) {
	sums := make([]int64, len(st.currencies))
	for i := range st.rows {
		r := &st.rows[i]
		if r.credit || r.open <= 0 || r.due != cal.None {
			continue
		}
		p.Undue++
		if r.invoice == cal.None {
			p.Undated++
		}
		sums[r.currency] = money.AddMinor(sums[r.currency], r.open)
	}
	for i, sum := range sums {
		if sum > 0 {
			p.UndueOpen = append(p.UndueOpen, moneyText(sum, st.currencies[i]))
		}
	}
	slices.SortFunc(p.UndueOpen, func(x, y MoneyText) int { return cmp.Compare(x.Currency, y.Currency) })
}

// errEnough ends reading.
var errEnough = errors.New("enough rows")

// firstRows reads the first rows once more, as the import would.
func (p *DraftPreview) firstRows(w *draftWork) error {
	add := func(r DraftRow) error {
		if p.Rows = append(p.Rows, r); len(p.Rows) == previewRows {
			return errEnough
		}
		return nil
	}
	people := func(c *ledger.Contact) error {
		return add(DraftRow{Row: c.Line, CustomerNo: c.CustomerNumber, Name: c.CustomerName, Email: c.Email,
			ContactName: c.Name, Role: c.Role, Phone: c.Phone, Street: c.Postal.Street, Issued: cal.None, Due: cal.None})
	}
	if _, err := w.src.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var err error
	switch w.im.Kind {
	case ImportContacts:
		_, err = ledger.ReadContacts(w.info.Name, w.src, w.look.Layout, people)
	case ImportCustomers:
		_, err = ledger.ReadCustomers(w.info.Name, w.src, w.look.Layout, people)
	default:
		_, err = ledger.Read(w.info.Name, w.src, w.look.Layout, func(r *ledger.Row) error {
			kind := book.Invoice
			if r.DocumentKind == book.CreditNote {
				kind = book.CreditNote
			}
			return add(DraftRow{Row: r.Line, Kind: string(kind), Number: r.Number, CustomerNo: r.CustomerNumber,
				Name: r.CustomerName, Issued: r.InvoiceDate, Due: r.DueDate, DueDerived: r.DueDerived, Amount: moneyText(r.AmountMinor, r.Currency),
				Open: moneyText(r.OpenMinor, r.Currency), PO: r.PO, Email: r.Email})
		})
	}
	if errors.Is(err, errEnough) {
		err = nil
	}
	return err
}

// rejected gathers the rejected rows with the cells of the file.
func (p *DraftPreview) rejected(w *draftWork) error {
	wanted := map[int]bool{}
	for _, r := range p.Report.Rejected {
		if len(wanted) < previewRejected {
			wanted[r.Row] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	if at := w.look.Layout.HeaderRow; at > 0 {
		wanted[at] = true
	}
	cells, err := ledger.Cells(w.src, w.look.Layout, wanted)
	if err != nil {
		return err
	}
	by := map[int]*DraftRejected{}
	for _, r := range p.Report.Rejected {
		if !wanted[r.Row] {
			continue
		}
		if by[r.Row] == nil {
			by[r.Row] = &DraftRejected{Row: r.Row, Cells: cells[r.Row], Header: cells[w.look.Layout.HeaderRow]}
		}
		by[r.Row].Errors = append(by[r.Row].Errors, r)
	}
	for _, r := range by {
		p.Rejected = append(p.Rejected, *r)
	}
	slices.SortFunc(p.Rejected, func(a, b DraftRejected) int { return cmp.Compare(a.Row, b.Row) })
	return nil
}

func newReader(raw []byte) io.ReadSeeker { return bytes.NewReader(raw) }

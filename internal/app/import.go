package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger"
	"github.com/recoup-project/recoup/internal/store"
)

// ImportKind says what a file holds.
type ImportKind string

// What can be imported from a file.
const (
	ImportInvoices  ImportKind = "invoices"   // documents of customers; the same as open items
	ImportOpenItems ImportKind = "open-items" // documents of customers
	ImportCustomers ImportKind = "customers"  // customers with their contacts
	ImportContacts  ImportKind = "contacts"   // contacts of customers that exist
)

// ImportRequest is one file and how it is to be understood.
type ImportRequest struct {
	Creditor string
	Kind     ImportKind
	File     string // name, for messages
	Source   io.ReadSeeker

	// Complete: the file lists everything that is open as of AsOf, so what we hold
	// open and it does not list is settled. Otherwise it adds documents.
	Complete bool
	// AsOf is the day whose state the file shows; None or the zero value is today.
	AsOf cal.Date
	// AllOrNothing refuses the whole file if one row is rejected.
	AllOrNothing bool
	// ConfirmSettles lets a complete list settle or reduce more than a fifth of the
	// open items.
	ConfirmSettles bool

	// Answers to what the file does not tell; see ledger.Hints.
	Layout          string
	DateOrder       string
	Decimal         string
	Encoding        string
	DefaultCurrency money.Currency
	Columns         map[ledger.Field]string
	Sheet           string // of a workbook

	// DueDays after its day an invoice is due for which the file states neither a due date nor
	// terms; 0: nothing is said, and nothing is demanded of it.
	DueDays int

	// Repairs are cells that a person corrected, in place of those of the file.
	Repairs ledger.Repairs
	// Reminded says which reminders went out before; the zero value leaves it to the file.
	Reminded Reminded
}

// Reminded is what a person says about reminders that went out before an import.
type Reminded struct {
	Which   RemindedWhich `json:"which,omitempty"`
	On      cal.Date      `json:"on,omitempty"`      // the day of the last one; not stated: the day of the file
	Numbers []string      `json:"numbers,omitempty"` // of the documents, with RemindedTicked
	// Customers are keys of DraftOverdue, with RemindedTicked: all that is overdue of these.
	Customers []string `json:"customers,omitempty"`
}

// RemindedWhich says of which documents a reminder went out.
type RemindedWhich string

// Of which documents reminders went out.
const (
	RemindedColumn RemindedWhich = ""       // what the columns of the file say
	RemindedNone   RemindedWhich = "none"   // of none, whatever a column says
	RemindedAll    RemindedWhich = "all"    // of all that were overdue by then
	RemindedTicked RemindedWhich = "ticked" // of those documents and customers that are given
)

// SkippedRow is a row of the file that was left out, and why.
type SkippedRow struct {
	Row  int    `json:"row"`
	Why  string `json:"why"`
	Text string `json:"text"`
}

// Unclassified reports whether a row was left out for its looks alone: a heading or a sum,
// which a person may want to see. Others were left out for what they say.
func Unclassified(r SkippedRow) bool { return r.Why == ledger.SkipHeading || r.Why == ledger.SkipTotal }

// RejectedRow is one cell, or row, that was not imported. Row is the physical line
// of the file, from 1.
type RejectedRow struct {
	Row      int    `json:"row"`
	Field    string `json:"field"`
	Value    string `json:"value"`
	Expected string `json:"expected"`
}

// ImportTotal is the control total of one currency of the file: what its accepted
// rows add up to, credits negative.
type ImportTotal struct {
	Currency money.Currency `json:"currency"`
	Count    int            `json:"count"`
	Amount   string         `json:"amount"`
	Open     string         `json:"open"`
}

// ImportReport says what became of a file: Created + Updated + Unchanged + rejected
// rows = Read.
type ImportReport struct {
	Read             int           `json:"read"`
	Created          int           `json:"created"`
	Updated          int           `json:"updated"`
	Unchanged        int           `json:"unchanged"`
	Credits          int           `json:"credits"`           // credit notes among the rows
	Payments         int           `json:"payments"`          // payments recorded, with their value day
	SettledByList    int           `json:"settled_by_list"`   // items settled or reduced per bookkeeping
	Reopened         int           `json:"reopened"`          // items open again, or for more
	Customers        int           `json:"customers"`         // customers created
	Contacts         int           `json:"contacts"`          // contacts created
	ContactsReplaced int           `json:"contacts_replaced"` // contacts out of use: the file corrects them
	InReview         int           `json:"in_review"`         // items taken over so old that a person looks first
	Skipped          int           `json:"skipped"`           // rows left out: titles, totals, blank, and
	Drafts           int           `json:"drafts"`            // of them documents that are drafts or void
	Payables         int           `json:"payables"`          // of them bills of suppliers, and other documents that nobody owes us
	RejectedRows     int           `json:"rejected_rows"`
	Rejected         []RejectedRow `json:"rejected"`
	Totals           []ImportTotal `json:"totals"`
	Layout           string        `json:"layout"`
	AsOf             cal.Date      `json:"as_of"`
	Complete         bool          `json:"complete"`
	UnusedColumns    []string      `json:"unused_columns,omitempty"` // headers of the file that are not read
	SkippedRows      []SkippedRow  `json:"skipped_rows,omitempty"`   // the first of them that are not blank
	Warnings         []string      `json:"warnings,omitempty"`

	open int // open items the creditor had before a complete list
}

// settlesManyPercent is the part of the open items that a complete list may settle
// or reduce without being asked about.
const settlesManyPercent = 20

// importInput is what identifies an import for a repetition of its command.
type importInput struct {
	Creditor, Kind, SHA256 string
	Complete, AllOrNothing bool
	AsOf                   cal.Date
	Layout                 ledger.Layout
	Repairs                ledger.Repairs `json:",omitempty"`
	Reminded               *Reminded      `json:",omitempty"`
}

// Import brings a file into the book: it validates the whole file, then writes all
// of it in one transaction. Importing the same file again writes nothing. Good rows
// go in and rejected ones are listed, unless AllOrNothing is set.
//
// Errors: invalid (layout_ambiguous with the question, a file that cannot be read,
// rows_rejected with AllOrNothing), refused (settles_many, unread_rows: a
// complete list in which open items are missing has rows without a readable number), not
// found (creditor). With rows_rejected, settles_many and unread_rows the report is returned too.
func (a *App) Import(ctx context.Context, req Request, im ImportRequest) (ImportReport, error) {
	st, err := a.stageFile(ctx, &im)
	if err != nil {
		return ImportReport{}, err
	}
	return a.importStaged(ctx, req, im, st)
}

// importStaged brings a staged file into the book.
func (a *App) importStaged(ctx context.Context, req Request, im ImportRequest, st *stage) (ImportReport, error) {
	report := st.report
	if im.AllOrNothing && report.RejectedRows > 0 {
		return report, rowsRejected(&im, &report)
	}
	input := importInput{Creditor: im.Creditor, Kind: string(im.Kind), SHA256: st.sha256, Complete: im.Complete,
		AllOrNothing: im.AllOrNothing, AsOf: im.AsOf, Layout: st.layout, Repairs: im.Repairs}
	if im.Reminded.Which != RemindedColumn {
		input.Reminded = &im.Reminded
	}
	tenants, err := a.db.Tenants(ctx)
	if err != nil {
		return report, err
	}
	out, err := a.write(ctx, req, "import", input, func(r *recorder) error {
		apply := newApply(a, r, st, &im, len(tenants))
		err := apply.run()
		report = apply.report
		if err != nil && !errors.Is(err, store.ErrNothing) {
			return err
		}
		if saved := r.result(report.short()); saved != nil {
			return saved
		}
		return err
	})
	if err == nil && out.Replayed {
		return answered(out)
	}
	return report, err
}

func answered(out store.Outcome) (report ImportReport, err error) {
	err = json.Unmarshal(out.Result, &report)
	return report, err
}

// rowsRejected is the error of an all-or-nothing import.
func rowsRejected(im *ImportRequest, report *ImportReport) error {
	e := &Error{Kind: Invalid, Code: "rows_rejected",
		Message: fmt.Sprintf("%d rows are rejected, so nothing was imported", report.RejectedRows)}
	if len(report.Rejected) > 0 {
		first := report.Rejected[0]
		e.Detail = fmt.Sprintf("first: row %d, %s: %q, expected %s", first.Row, first.Field, first.Value,
			first.Expected)
		e.Where = &Where{File: im.File, Row: first.Row, Field: first.Field}
	}
	return e
}

// storedRejections is how many rejected rows the book keeps of a report.
const storedRejections = 1000

// short is the report as it is kept with its command.
func (r *ImportReport) short() ImportReport {
	s := *r
	s.Rejected = s.Rejected[:min(len(s.Rejected), storedRejections)]
	return s
}

func (r *ImportReport) reject(line int, field, value, expected string) {
	r.RejectedRows++
	if len(r.Rejected) < 10_000 {
		r.Rejected = append(r.Rejected, RejectedRow{Row: line, Field: field, Value: value, Expected: expected})
	}
}

// finish puts the lists of the report in order.
func (r *ImportReport) finish() {
	slices.SortStableFunc(r.Rejected, func(a, b RejectedRow) int { return cmp.Compare(a.Row, b.Row) })
	slices.SortFunc(r.Totals, func(a, b ImportTotal) int { return cmp.Compare(a.Currency, b.Currency) })
	if r.Rejected == nil {
		r.Rejected = []RejectedRow{}
	}
	if r.Totals == nil {
		r.Totals = []ImportTotal{}
	}
}

// stageFile reads the whole file and validates it, without the book.
func (a *App) stageFile(ctx context.Context, im *ImportRequest) (*stage, error) {
	switch im.Kind {
	case ImportInvoices, ImportOpenItems, ImportCustomers, ImportContacts:
	default:
		return nil, invalid("import_kind",
			"cannot import %q: expected invoices, open-items, customers or contacts", im.Kind)
	}
	if im.Complete && (im.Kind == ImportCustomers || im.Kind == ImportContacts) {
		return nil, invalid("import_kind", "only a list of open items can be complete")
	}
	src, err := ledger.Open(im.Source)
	if err != nil {
		return nil, fileError(im.File, err)
	}
	src.Repair(im.Repairs)
	layout, err := a.layout(ctx, im, src)
	if err != nil {
		return nil, err
	}
	return stageAs(ctx, im, src, layout)
}

// stageAs reads a whole file that is understood, and validates it.
func stageAs(ctx context.Context, im *ImportRequest, src *ledger.File, layout ledger.Layout) (*stage, error) {
	hash := sha256.New()
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	size, err := io.Copy(hash, src.ReadSeeker)
	if err != nil {
		return nil, err
	}
	st := newStage(layout, size)
	st.remind(im)
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	switch im.Kind {
	case ImportCustomers:
		err = st.readContacts(ctx, im.File, src, ledger.ReadCustomers)
	case ImportContacts:
		err = st.readContacts(ctx, im.File, src, ledger.ReadContacts)
	default:
		err = st.readRows(ctx, im.File, src)
	}
	if err != nil {
		return nil, fileError(im.File, err)
	}
	st.sha256 = hex.EncodeToString(hash.Sum(nil))
	st.report.AsOf, st.report.Complete, st.report.Layout = im.AsOf, im.Complete, layout.Name
	st.report.UnusedColumns = slices.DeleteFunc(slices.Clone(layout.Unused),
		func(header string) bool { return strings.TrimSpace(header) == "" })
	for _, note := range layout.Notes {
		st.report.Warnings = append(st.report.Warnings, layout.Name+": "+note)
	}
	return st, nil
}

func (im *ImportRequest) contacts() bool {
	return im.Kind == ImportContacts || im.Kind == ImportCustomers
}

// layout guesses how the file is to be read, with the answers of the request and
// the layout saved for the same header.
func (a *App) layout(ctx context.Context, im *ImportRequest, src *ledger.File) (ledger.Layout, error) {
	hints, err := im.hints()
	if err != nil {
		return ledger.Layout{}, err
	}
	guess := ledger.Guess
	switch im.Kind {
	case ImportCustomers:
		guess = ledger.GuessCustomers
	case ImportContacts:
		guess = ledger.GuessContacts
	}
	layout, questions, err := guess(src, hints)
	if err != nil {
		return layout, fileError(im.File, err)
	}
	if saved, err := a.savedLayout(ctx, layout.Fingerprint); err != nil {
		return layout, err
	} else if saved != nil && !equalJSON(saved, &layout) {
		hints.Saved = saved
		if layout, questions, err = guess(src, hints); err != nil {
			return layout, fileError(im.File, err)
		}
	}
	if len(questions) > 0 {
		return layout, ambiguous(im.File, questions)
	}
	return layout, nil
}

// hints are the answers of the request.
func (im *ImportRequest) hints() (ledger.Hints, error) {
	encoding, err := ledger.ParseEncoding(im.Encoding)
	if err != nil {
		return ledger.Hints{}, fileError(im.File, err)
	}
	return ledger.Hints{Layout: im.Layout, Encoding: encoding, DateOrder: ledger.DateOrder(im.DateOrder),
		Decimal: im.Decimal, DefaultCurrency: im.DefaultCurrency, Columns: im.Columns, Sheet: im.Sheet, DueDays: im.DueDays}, nil
}

// ParseColumns reads which heading is which field, by the names of our own layout. Errors:
// invalid (unknown_field, listing them).
func ParseColumns(told map[string]string) (map[ledger.Field]string, error) {
	columns := make(map[ledger.Field]string, len(told))
	for name, heading := range told {
		f, ok := ledger.ParseField(name)
		if !ok {
			return nil, &Error{Kind: Invalid, Code: "unknown_field", Where: &Where{Field: name},
				Message: sprintf("there is no field %q; there are %s", name, strings.Join(ledger.FieldNames(), ", "))}
		}
		columns[f] = heading
	}
	return columns, nil
}

func equalJSON(a, b *ledger.Layout) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// savedLayout is the layout that an earlier import used for the same header.
func (a *App) savedLayout(ctx context.Context, fingerprint string) (saved *ledger.Layout, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		raw := ""
		err := store.One(tx, "SELECT layout FROM import_layout WHERE tenant_id = $1 AND fingerprint = $2",
			[]any{a.tenant, fingerprint}, func(r store.Rows) { raw = r.Text(0) })
		if err != nil {
			return err
		}
		saved = &ledger.Layout{}
		return json.Unmarshal([]byte(raw), saved)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return saved, err
}

// ambiguous is the error for what the file does not tell; it asks all of it at once and
// names the flags that answer. Place and detail are of the first question.
func ambiguous(file string, questions []ledger.Question) error {
	var text []string
	for _, q := range questions {
		text = append(text, q.Text+" Answer with "+map[string]string{
			ledger.AskDateOrder: "--date-order dmy or --date-order mdy",
			ledger.AskDecimal:   "--decimal , or --decimal .",
			ledger.AskCurrency:  "--default-currency CODE",
			ledger.AskColumn:    "--column FIELD=HEADING, or a better heading of the column",
			ledger.AskSheet:     "--sheet NAME",
		}[q.Code])
	}
	q := &questions[0]
	return &Error{Kind: Invalid, Code: "layout_ambiguous", Message: strings.Join(text, ". "),
		Detail: "question: " + q.Code,
		Where:  &Where{File: file, Row: q.Row, Field: q.Field.String()}}
}

// fileError gives an error about the file as a whole its kind.
func fileError(file string, err error) error {
	for _, known := range []error{ledger.ErrEmpty, ledger.ErrNoHeader, ledger.ErrUnsupported,
		ledger.ErrEncoding, ledger.ErrLayout,
		ledger.ErrOtherFile, ledger.ErrLimit, ledger.ErrBroken, ledger.ErrDamaged} {
		if errors.Is(err, known) {
			return &Error{Kind: Invalid, Code: "file_unreadable", Message: err.Error(), Where: &Where{File: file}}
		}
	}
	return err
}

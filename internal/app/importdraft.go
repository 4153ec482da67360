package app

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger"
	"github.com/recoup-project/recoup/internal/store"
)

// MaxUpload bounds a file that is given to be imported.
const MaxUpload = 64 << 20

// NewDraft is a file that is to be imported step by step.
type NewDraft struct {
	Creditor string
	Kind     ImportKind // "": open items, unless the file shows that it is a list of contacts
	Name     string     // of the file
	Bytes    []byte
	User     int64 // who gave it; 0: nobody in particular
}

// DraftAnswers are what a person has said about a file so far. The zero value leaves
// everything to the file.
type DraftAnswers struct {
	Kind            ImportKind              `json:"kind,omitempty"`
	Layout          string                  `json:"layout,omitempty"`
	Sheet           string                  `json:"sheet,omitempty"`
	Encoding        string                  `json:"encoding,omitempty"`
	DateOrder       string                  `json:"date_order,omitempty"` // dmy, mdy
	Decimal         string                  `json:"decimal,omitempty"`    // "." or ","
	DefaultCurrency money.Currency          `json:"default_currency,omitempty"`
	Columns         map[ledger.Field]string `json:"columns,omitempty"`  // field → heading; "": no column has it
	DueDays         int                     `json:"due_days,omitempty"` // after its day an invoice without due date is due
	Repairs         ledger.Repairs          `json:"repairs,omitempty"`
	Extent          Extent                  `json:"extent,omitempty"`
	AsOf            string                  `json:"as_of,omitempty"` // a day
	ConfirmSettles  bool                    `json:"confirm_settles,omitempty"`
	AllOrNothing    bool                    `json:"all_or_nothing,omitempty"`
	Reminded        *Reminded               `json:"reminded,omitempty"`
}

// maxDueDays bounds the days that a person gives to invoices without a due date.
const maxDueDays = 365

// Extent says what a file of documents is.
type Extent string

// What a file of documents is.
const (
	ExtentComplete   Extent = "complete"   // all that is open as of its day
	ExtentAdditional Extent = "additional" // further documents
)

// DraftInfo is a file that waits for its import.
type DraftInfo struct {
	ID       int64
	Creditor int64
	User     int64
	MadeAt   time.Time
	Name     string
	SHA256   string
	Answers  DraftAnswers
}

// CreateDraft keeps a file to be imported step by step and returns its id. Nothing of it
// is in the book yet, and nothing of it is read. Errors: invalid (file_too_large,
// file_unreadable for an empty file), not found (creditor).
func (a *App) CreateDraft(ctx context.Context, d NewDraft) (int64, error) {
	switch {
	case len(d.Bytes) == 0:
		return 0, &Error{Kind: Invalid, Code: "file_unreadable", Message: "the file is empty", Where: &Where{File: d.Name}}
	case len(d.Bytes) > MaxUpload:
		return 0, &Error{Kind: Invalid, Code: "file_too_large", Where: &Where{File: d.Name},
			Message: sprintf("the file has more than %d MiB: import it with the command line", MaxUpload>>20)}
	}
	hash, err := a.db.Blobs().Put(ctx, a.tenant, d.Bytes)
	if err != nil {
		return 0, err
	}
	id := int64(0)
	err = a.again(ctx, func(tx store.MarkTx) error {
		c, err := a.creditor(tx, d.Creditor)
		if err != nil {
			return err
		}
		if id, err = tx.NextIDs("import_draft", 1); err != nil {
			return err
		}
		answers, err := json.Marshal(DraftAnswers{Kind: d.Kind})
		if err != nil {
			return err
		}
		ins := tx.Insert("import_draft")
		ins.Int(id).Int(c.ID).Int(d.User).Time(tx.Now()).Text(string(d.Kind)).Text(fileName(d.Name)).Text(hash.String()).
			Text(string(answers))
		return ins.One()
	})
	return id, err
}

// fileName is the last part of a path as some browser or archive gives it, as text that is
// read in the order it has: a mark that turns it around could hide what kind of file it is.
func fileName(name string) string {
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[:200])
	}
	return strings.TrimSpace(name)
}

// Drafts lists the files of a creditor that wait for their import, newest first. Errors:
// not found (creditor).
func (a *App) Drafts(ctx context.Context, creditor string) (list []DraftInfo, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		list, err = a.drafts(tx, "creditor_id = $2", c.ID)
		return err
	})
	return list, err
}

func (a *App) drafts(tx store.Tx, where string, arg any) (list []DraftInfo, err error) {
	err = store.Each(tx, `SELECT draft_id, creditor_id, user_id, made_at, name, sha256, answers FROM import_draft
		WHERE tenant_id = $1 AND `+where+` ORDER BY draft_id DESC`, []any{a.tenant, arg}, func(r store.Rows) error {
		d := DraftInfo{ID: r.Int64(0), Creditor: r.Int64(1), User: r.Int64(2), MadeAt: r.Time(3), Name: r.Text(4),
			SHA256: r.Text(5)}
		list = append(list, d)
		return json.Unmarshal([]byte(r.Text(6)), &list[len(list)-1].Answers)
	})
	return list, err
}

// draft reads one draft with its creditor's code.
func (a *App) draft(ctx context.Context, id int64) (d DraftInfo, c CreditorInfo, today cal.Date, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		found, err := a.drafts(tx, "draft_id = $2", id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return notFound("draft_not_found", "there is no import %d: it was done or taken back", id)
		}
		d = found[0]
		if c, err = a.creditorOf(tx, d.Creditor); err != nil {
			return err
		}
		today = c.today(tx)
		return nil
	})
	return d, c, today, err
}

// AnswerDraft replaces what was said about a file. Errors: invalid (naming the answer that
// cannot be), not found (draft_not_found).
func (a *App) AnswerDraft(ctx context.Context, id int64, answers DraftAnswers) error {
	if err := answers.check(); err != nil {
		return err
	}
	text, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	return a.again(ctx, func(tx store.MarkTx) error {
		n, err := tx.Exec("UPDATE import_draft SET answers = $3, kind = $4 WHERE tenant_id = $1 AND draft_id = $2",
			a.tenant, id, string(text), string(answers.Kind))
		if err == nil && n == 0 {
			err = notFound("draft_not_found", "there is no import %d: it was done or taken back", id)
		}
		return err
	})
}

// check refuses answers that no question has.
func (d *DraftAnswers) check() error {
	bad := func(field, expected string) error {
		return &Error{Kind: Invalid, Code: "answer_invalid", Message: field + ": expected " + expected,
			Where: &Where{Field: field}}
	}
	switch d.Kind {
	case "", ImportInvoices, ImportOpenItems, ImportCustomers, ImportContacts:
	default:
		return bad("kind", "open-items, invoices, customers or contacts")
	}
	switch {
	case !slices.Contains([]string{"", "dmy", "mdy"}, d.DateOrder):
		return bad("date_order", "dmy or mdy")
	case !slices.Contains([]string{"", ".", ","}, d.Decimal):
		return bad("decimal", "a point or a comma")
	case d.DefaultCurrency != "" && !d.DefaultCurrency.Known():
		return bad("default_currency", "a currency code such as EUR")
	case !slices.Contains([]Extent{"", ExtentComplete, ExtentAdditional}, d.Extent):
		return bad("extent", "complete or additional")
	case d.AsOf != "" && !cal.ParseBytes([]byte(d.AsOf)).Valid():
		return bad("as_of", "a day like 2026-03-31")
	case d.DueDays < 0 || d.DueDays > maxDueDays:
		return bad("due_days", sprintf("a number of days from 0 to %d", maxDueDays))
	case d.Reminded != nil && !slices.Contains([]RemindedWhich{RemindedColumn, RemindedNone, RemindedAll, RemindedTicked},
		d.Reminded.Which):
		return bad("reminded", "all, none or ticked")
	}
	if _, err := ledger.ParseEncoding(d.Encoding); err != nil {
		return bad("encoding", "utf-8, utf-16le, utf-16be, windows-1252 or iso-8859-15")
	}
	return nil
}

// DiscardDraft forgets a file that was not imported. Doing it twice is no error.
func (a *App) DiscardDraft(ctx context.Context, id int64) error {
	return a.again(ctx, func(tx store.MarkTx) error {
		_, err := tx.Exec("DELETE FROM import_draft WHERE tenant_id = $1 AND draft_id = $2", a.tenant, id)
		return err
	})
}

// ApplyDraft imports a file as its preview shows it, and forgets the draft. Errors:
// invalid (draft_open with the question that is not answered, and those of Import),
// refused (settles_many, unread_rows), not found (draft_not_found).
func (a *App) ApplyDraft(ctx context.Context, req Request, id int64) (ImportReport, error) {
	w, err := a.openDraft(ctx, id)
	if err != nil {
		return ImportReport{}, err
	}
	if q := w.question(); q != nil {
		return ImportReport{}, &Error{Kind: Invalid, Code: "draft_open", Message: "not answered yet: " + q.Text,
			Detail: "question: " + q.Code, Where: &Where{File: w.info.Name, Row: q.Row, Field: q.Field}}
	}
	st, err := stageAs(ctx, &w.im, w.src, w.look.Layout)
	if err != nil {
		return ImportReport{}, fileError(w.info.Name, err)
	}
	report, err := a.importStaged(ctx, req, w.im, st)
	if err != nil || req.DryRun {
		return report, err
	}
	return report, a.DiscardDraft(ctx, id)
}

// draftWork is a draft at work: its file, opened, and how it is understood.
type draftWork struct {
	info     DraftInfo
	creditor CreditorInfo
	today    cal.Date
	src      *ledger.File
	im       ImportRequest
	look     *ledger.Look
	failed   *Error // the file cannot be understood
	assumed  bool   // the file states no currency: that of the creditor is taken
}

// openDraft opens the file of a draft and looks at it with the answers so far. A file that
// cannot be understood is no error here: it is told in the preview.
func (a *App) openDraft(ctx context.Context, id int64) (*draftWork, error) {
	w := &draftWork{}
	var err error
	if w.info, w.creditor, w.today, err = a.draft(ctx, id); err != nil {
		return nil, err
	}
	hash, err := store.ParseHash(w.info.SHA256)
	if err != nil {
		return nil, err
	}
	raw, err := a.db.Blobs().Get(ctx, a.tenant, hash)
	if err != nil {
		return nil, err
	}
	w.im = w.info.Answers.request(w.creditor.Code, w.info.Name, w.today)
	if w.src, err = ledger.Open(newReader(raw)); err != nil {
		return w, w.fail(err)
	}
	w.im.Source = w.src
	w.src.Repair(w.im.Repairs)
	if err := a.lookAt(ctx, w); err != nil {
		return w, w.fail(err)
	}
	w.takeDay()
	if w.look.Empty {
		w.failed = &Error{Kind: Invalid, Code: "file_without_rows", Where: &Where{File: w.info.Name},
			Message: "the file has 0 rows: a heading, and nothing below it"}
	}
	return w, nil
}

// proposedDay is the day whose end the file most likely shows: the one that its titles name,
// else the last that is over. Of today nobody can know yet what will be paid.
func (w *draftWork) proposedDay() cal.Date {
	if w.look.AsOf.Valid() && w.look.AsOf <= w.today {
		return w.look.AsOf
	}
	return w.today.AddDays(-1)
}

// takeDay reads the file as of the proposed day as long as nobody has said another one.
func (w *draftWork) takeDay() {
	if w.info.Answers.AsOf != "" {
		return
	}
	if said := w.info.Answers.Reminded; said != nil && !stated(said.On) {
		w.im.Reminded.On = w.proposedDay()
	}
	w.im.AsOf = w.proposedDay()
}

// fail keeps an error about the file for the preview; others it returns.
func (w *draftWork) fail(err error) error {
	var e *Error
	if err = fileError(w.info.Name, err); errors.As(err, &e) && e.Kind == Invalid {
		w.failed = e
		return nil
	}
	return err
}

// lookAt guesses the layout. A list of contacts that was given for one of open items is
// taken for what it is.
func (a *App) lookAt(ctx context.Context, w *draftWork) error {
	hints, err := w.im.hints()
	if err != nil {
		return err
	}
	try := func() error {
		as := map[ImportKind]ledger.LookAs{ImportContacts: ledger.LookContacts, ImportCustomers: ledger.LookCustomers}[w.im.Kind]
		w.look, err = ledger.LookAt(w.src, hints, as)
		return err
	}
	if err = try(); errors.Is(err, ledger.ErrIsContacts) && w.info.Answers.Kind == "" {
		w.im.Kind = ImportContacts
		err = try()
	}
	if err != nil {
		return err
	}
	if w.info.Answers.Kind == "" && !w.im.contacts() && asksForDocuments(w.look.Questions) {
		people, err := ledger.LookAt(w.src, hints, ledger.LookContacts)
		if err == nil && len(people.Questions) == 0 {
			w.im.Kind, w.look = ImportContacts, people
		}
	}
	saved, err := a.savedLayout(ctx, w.look.Layout.Fingerprint)
	if err != nil {
		return err
	}
	if saved != nil && !equalJSON(saved, &w.look.Layout) {
		hints.Saved = saved
		if err := try(); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(w.look.Questions, func(q ledger.Question) bool { return q.Code == ledger.AskCurrency }) {
		return nil
	}
	w.assumed = true // told in the preview, where it can be changed
	w.im.DefaultCurrency, hints.DefaultCurrency = w.creditor.Currency, w.creditor.Currency
	return try()
}

// asksForDocuments reports whether a file shows neither a number nor an amount of a document.
func asksForDocuments(questions []ledger.Question) bool {
	number, amount := false, false
	for _, q := range questions {
		number = number || q.Code == ledger.AskColumn && q.Field == ledger.Number
		amount = amount || q.Code == ledger.AskColumn && q.Field == ledger.Amount
	}
	return number && amount
}

// request is what the answers ask of the import.
func (d *DraftAnswers) request(creditor, file string, today cal.Date) ImportRequest {
	im := ImportRequest{Creditor: creditor, Kind: d.Kind, File: file, Layout: d.Layout, Sheet: d.Sheet,
		Encoding: d.Encoding, DateOrder: d.DateOrder, Decimal: d.Decimal, DefaultCurrency: d.DefaultCurrency,
		Columns: d.Columns, DueDays: d.DueDays, Repairs: d.Repairs, Complete: d.Extent == ExtentComplete, AsOf: today,
		ConfirmSettles: d.ConfirmSettles, AllOrNothing: d.AllOrNothing}
	if im.Kind == "" {
		im.Kind = ImportOpenItems
	}
	if day := cal.ParseBytes([]byte(d.AsOf)); day.Valid() {
		im.AsOf = day
	}
	if d.Reminded != nil {
		im.Reminded = *d.Reminded
		if !stated(im.Reminded.On) {
			im.Reminded.On = im.AsOf
		}
	}
	return im
}

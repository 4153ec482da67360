package app

import (
	"encoding/json"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// rowState is what becomes of a staged row.
type rowState uint8

const (
	rowNew rowState = iota
	rowUnchanged
	rowChanged
	rowRejected
)

// importApply brings a stage into the book inside one transaction.
type importApply struct {
	*recorder
	app      *App
	st       *stage
	im       *ImportRequest
	report   ImportReport
	creditor CreditorInfo
	today    cal.Date
	asOf     cal.Date
	review   int // days overdue from which an item taken over waits for a person

	customers []importCustomer // by staged customer
	held      int64            // customers of the creditor
	documents int64            // and their invoices
	states    []rowState
	changes   []itemChange
	missing   []itemChange // open items that a complete list does not name
	later     laterFacts
	credits   map[int64]creditOf // by item: what is left of credit notes
	credited  map[int64]bool     // credit notes of which the file says what is left
	affected  []int64            // accounts that existed and got facts
	restated  map[int64]bool     // customers that the file describes otherwise
	wrote     bool
	alone     bool // the book has one tenant, and it has no items
}

// importCustomer is the customer in the book that a staged one is.
type importCustomer struct {
	id    int64 // 0: to be created
	party int64
	used  bool       // an accepted row or contact names it
	named *namesakes // where the file gives no number: who has its name
}

// creditOf is the credit of a credit note.
type creditOf struct{ entry, left int64 }

func newApply(a *App, r *recorder, st *stage, im *ImportRequest, tenants int) *importApply {
	ap := &importApply{recorder: r, app: a, st: st, im: im, report: st.report, credited: map[int64]bool{},
		restated: map[int64]bool{}, alone: tenants == 1}
	ap.report.Rejected = slices.Clone(st.report.Rejected)
	ap.report.Warnings = slices.Clone(st.report.Warnings)
	return ap
}

// run matches the stage with the book and writes the difference. It returns
// store.ErrNothing if there is none.
func (ap *importApply) run() error {
	if err := ap.prepare(); err != nil {
		return err
	}
	ap.plausible()
	if err := ap.match(); err != nil {
		return err
	}
	ap.count()
	if err := ap.missesUnread(); err != nil {
		return err
	}
	if err := ap.settlesMany(); err != nil {
		return err
	}
	for _, write := range []func() error{ap.writeCustomers, ap.writeNew, ap.writeContacts, ap.writeChanges,
		ap.writeCashKnown} {
		if err := write(); err != nil {
			return err
		}
	}
	ap.report.finish()
	if ap.im.AllOrNothing && ap.report.RejectedRows > 0 {
		return rowsRejected(ap.im, &ap.report)
	}
	if !ap.wrote {
		return store.ErrNothing
	}
	if err := ap.refresh(ap.asOf, ap.affected...); err != nil {
		return err
	}
	if err := ap.writeLayout(); err != nil {
		return err
	}
	return ap.writeImport()
}

func (ap *importApply) prepare() (err error) {
	if ap.creditor, err = ap.app.creditor(ap, ap.im.Creditor); err != nil {
		return err
	}
	ap.today = ap.creditor.today(ap)
	if ap.asOf = ap.im.AsOf; !stated(ap.asOf) {
		ap.asOf = ap.today
	}
	if ap.asOf > ap.today {
		return invalid("as_of_in_future", "--as-of %s lies after today, %s", ap.asOf, ap.today)
	}
	ap.report.AsOf = ap.asOf
	by, err := ap.app.rulesOf(ap, ap.creditor.ID)
	if err != nil {
		return err
	}
	ap.review = by.set.Policy.ReviewAfterDays
	ap.states = make([]rowState, len(ap.st.rows))
	if ap.alone {
		err = store.Each(ap, "SELECT item_id FROM item WHERE tenant_id = $1 LIMIT 1", []any{ap.tenant},
			func(store.Rows) error {
				ap.alone = false
				return nil
			})
		if err != nil {
			return err
		}
	}
	return ap.matchCustomers()
}

// reject refuses a staged row because of what the book holds.
func (ap *importApply) reject(row int32, field, value, expected string) {
	ap.states[row] = rowRejected
	ap.report.reject(int(ap.st.rows[row].line), field, value, expected)
}

// count fills the report with what matching found.
func (ap *importApply) count() {
	ap.report.Credits = 0
	for i := range ap.states {
		row := &ap.st.rows[i]
		switch ap.states[i] {
		case rowRejected:
			continue
		case rowNew:
			ap.report.Created++
		case rowChanged:
			ap.report.Updated++
		case rowUnchanged:
			ap.report.Unchanged++
		}
		if row.credit {
			ap.report.Credits++
		}
		ap.customers[row.customer].used = true
	}
	ap.report.Totals = ap.st.totals(func(i int) bool { return ap.states[i] == rowRejected })
	for i := range ap.changes {
		if c := &ap.changes[i]; c.settles() && !ap.st.rows[c.row].credit {
			ap.report.SettledByList++
		}
	}
	ap.report.SettledByList += len(ap.missing)
}

// missesUnread refuses a complete list that would settle what it does not name while it has
// rows of which not even the number is known: the item may stand in one of them.
func (ap *importApply) missesUnread() error {
	lost := &ap.st.lost
	if lost.rows == 0 || len(ap.missing) == 0 {
		return nil
	}
	rows := sprintf("row %d cannot be read, not even its document number", lost.first)
	if lost.rows > 1 {
		rows = sprintf("%d rows, first row %d, cannot be read, not even their document numbers", lost.rows, lost.first)
	}
	return &Error{Kind: Refused, Code: "unread_rows", Where: &Where{File: ap.im.File, Row: int(lost.first)},
		Message: sprintf("%s, and %d open items are in no other row: a complete list would count them as paid. "+
			"Correct the rows, or import the file as further documents", rows, len(ap.missing))}
}

// settlesMany refuses a complete list that would settle or reduce many items.
func (ap *importApply) settlesMany() error {
	if !ap.im.Complete || ap.im.ConfirmSettles ||
		ap.report.SettledByList*100 <= ap.report.open*settlesManyPercent {
		return nil
	}
	return &Error{Kind: Refused, Code: "settles_many",
		Message: sprintf("the list would settle or reduce %d of %d open items; "+
			"confirm that it is the complete list of what is open as of %s", ap.report.SettledByList, ap.report.open,
			ap.asOf)}
}

// writeCashKnown records that cash is known up to the day of a complete list.
func (ap *importApply) writeCashKnown() error {
	if !ap.im.Complete {
		return nil
	}
	known := int64(0)
	err := store.One(ap, `SELECT count(*) FROM cash_known WHERE tenant_id = $1 AND creditor_id = $2 AND day = $3
		AND source = 'list'`,
		[]any{ap.tenant, ap.creditor.ID, ap.asOf}, func(r store.Rows) { known = r.Int64(0) })
	if err != nil || known > 0 {
		return err
	}
	ap.wrote = true
	return ap.knowCash(ap.creditor.ID, ap.asOf, "list")
}

// writeLayout saves how the file was read, for the next one with the same header.
func (ap *importApply) writeLayout() error {
	text, err := json.Marshal(ap.st.layout)
	if err != nil {
		return err
	}
	_, err = ap.Exec(`INSERT INTO import_layout (tenant_id, fingerprint, name, layout) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant_id, fingerprint) DO UPDATE SET name = excluded.name, layout = excluded.layout`,
		ap.tenant, ap.st.layout.Fingerprint, ap.st.layout.Name, string(text))
	return err
}

func (ap *importApply) writeImport() error {
	id, err := ap.NextIDs("import", 1)
	if err != nil {
		return err
	}
	text, err := json.Marshal(ap.report.short())
	if err != nil {
		return err
	}
	ins := ap.Insert("import")
	ins.Int(id).Int(ap.Seq()).Int(ap.creditor.ID).Text(string(ap.im.Kind)).Day(ap.asOf).Bool(ap.im.Complete)
	ins.Text(ap.st.sha256).Int(int64(ap.report.Read)).Text(string(text))
	return ins.One()
}

// stated reports whether a request names a day: neither None nor the zero value,
// which is a day of 1970 that nobody asks for.
func stated(d cal.Date) bool { return d != cal.None && d != 0 }

// issued is the day on which a document begins to count: its date; without one,
// the due date if that is past, else the day of the file.
func (ap *importApply) issued(r *stagedRow) cal.Date {
	switch {
	case r.invoice != cal.None:
		return r.invoice
	case r.due != cal.None:
		return min(r.due, ap.asOf)
	}
	return ap.asOf
}

// newFacts are the facts of a document that the book does not know yet.
type newFacts struct {
	issued  cal.Date
	paid    int64 // with value day
	paidDay cal.Date
	listed  int64 // paid or used up before, on days that nobody stated
	listDay cal.Date
	open    int64
	settled cal.Date
	byMoney bool
}

func (ap *importApply) newFacts(r *stagedRow) newFacts {
	f := newFacts{issued: ap.issued(r), open: r.open, paidDay: cal.None, listDay: cal.None, settled: cal.None}
	gone := r.amount - r.open
	if r.paidOn != cal.None {
		f.paid = min(r.paid, gone)
	}
	if f.listed = gone - f.paid; f.listed > 0 {
		f.listDay = max(ap.asOf, f.issued)
	}
	if f.paid > 0 {
		f.paidDay = max(r.paidOn, f.issued)
	}
	if f.open == 0 && r.amount > 0 && !r.credit {
		f.settled = max(f.paidDay, f.listDay)
		f.byMoney = f.paid > 0 && (f.paidDay == f.settled)
	}
	return f
}

// entries is how many entries the facts take.
func (f *newFacts) entries(amount int64) int {
	n := 0
	for _, minor := range []int64{amount, f.paid, f.listed} {
		if minor > 0 {
			n++
		}
	}
	return n
}

func (ap *importApply) currency(r *stagedRow) money.Currency { return ap.st.currencies[r.currency] }

func documentKind(credit bool) book.DocumentKind {
	if credit {
		return book.CreditNote
	}
	return book.Invoice
}

package app

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unsafe"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger"
)

// stage is a file read and validated, before it meets the book. It is not changed
// by applying it, so that a transaction may be run again.
type stage struct {
	layout ledger.Layout
	sha256 string
	report ImportReport

	rows      []stagedRow
	texts     []byte    // of the rows, each after its length
	byNumber  textIndex // normalised number → first row of its chain
	customers []stagedCustomer
	byCode    textIndex // normalised customer number
	byName    textIndex // normalised name, of customers without a number
	contacts  []stagedContact

	reminded *reminded // what a person says; nil: the file does

	unread map[string]bool // normalised numbers of rows that could not be taken
	lost   finding         // rows of which not even the number could be read

	undated finding // rows with the level of a reminder and no day of it

	lastNumber, lastName string // of the row before: files are often sorted by customer
	lastCustomer         int32
	currencies           []money.Currency
}

// stagedText is where a text of a row begins in stage.texts; 0 is the empty text.
type stagedText uint32

// maxStagedTexts bounds them, with room for one more row.
const maxStagedTexts = 1<<32 - 1<<20

// stagedRow is one document or instalment of the file. Amounts are magnitudes:
// credit says which side they are on. A file may have millions of rows, so there is
// no pointer in it.
type stagedRow struct {
	number   stagedText // as in the file
	norm     stagedText
	po       stagedText
	amount   int64
	open     int64
	paid     int64 // of it with value day paidOn
	customer int32
	next     int32 // next row with the same number, -1 at the end
	line     int32
	invoice  cal.Date
	due      cal.Date
	paidOn   cal.Date
	reported cal.Date
	currency uint8
	level    uint8
	inst     int16
	agreed   book.Tri
	credit   bool
	further  bool // not the first row of its number
	openSaid bool // the file states what is open, or what was paid
}

// stagedCustomer is what the file says about one customer; the first row that
// states something counts.
type stagedCustomer struct {
	number, norm   string // norm "": known by name only
	name, nameNorm string
	country        string
	region         string // its code, beside the country
	language       string
	postal         ledger.Postal
	kind           book.DebtorKind
	kindStated     bool
	line           int32
	contact        int32 // the last of its addresses
}

// stagedContact is one address of a customer.
type stagedContact struct {
	customer           int32
	line               int32
	before             int32 // address of the same customer
	role               string
	name, email, phone string
}

const noRow = int32(-1)

// newStage makes room for the rows that a file of so many bytes may have.
func newStage(layout ledger.Layout, bytes int64) *stage {
	const bytesPerRow, most = 100, 1 << 20
	rows := min(bytes/bytesPerRow, most)
	st := &stage{layout: layout, unread: map[string]bool{}, rows: make([]stagedRow, 0, rows), texts: make([]byte, 1, 1+bytes/8),
		lastCustomer: noRow}
	st.byNumber = newTextIndex(rows, func(at int32) string { return st.text(st.rows[at].norm) })
	st.byCode = newTextIndex(0, func(at int32) string { return st.customers[at].norm })
	st.byName = newTextIndex(0, func(at int32) string { return st.customers[at].nameNorm })
	return st
}

// keep stores a text of a row.
func (st *stage) keep(s string) stagedText {
	if s == "" {
		return 0
	}
	at := len(st.texts)
	st.texts = append(binary.AppendUvarint(st.texts, uint64(len(s))), s...)
	return stagedText(at)
}

// text is a text of a row. It shares the memory of the stage, where no text changes.
func (st *stage) text(t stagedText) string {
	n, size := binary.Uvarint(st.texts[t:])
	b := st.texts[int(t)+size:][:n]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// listedSkips is how many rows that were left out a report lists.
const listedSkips = 200

// reminded applies what a person says about reminders to the rows of a file.
type reminded struct {
	which  RemindedWhich
	on     cal.Date
	ticked map[string]bool // normalised numbers
	whose  map[string]bool // keys of customers
}

// remind takes over what the request says about reminders.
func (st *stage) remind(im *ImportRequest) {
	if im.Reminded.Which == RemindedColumn {
		return
	}
	st.reminded = &reminded{which: im.Reminded.Which, on: im.Reminded.On, ticked: map[string]bool{},
		whose: map[string]bool{}}
	if !stated(st.reminded.on) {
		st.reminded.on = im.AsOf
	}
	for _, number := range im.Reminded.Numbers {
		st.reminded.ticked[normaliseNumber(number)] = true
	}
	for _, key := range im.Reminded.Customers {
		st.reminded.whose[key] = true
	}
}

// key names a customer of the file: by number, or by name where it has none.
func (c *stagedCustomer) key() string { return cmp.Or(c.norm, "name:"+c.nameNorm) }

// overdue reports whether a row is open and was due before a day.
func (s *stagedRow) overdue(on cal.Date) bool {
	return !s.credit && s.open > 0 && s.due != cal.None && s.due < on
}

// tell says of a row whether a first reminder went out: never before it was overdue, and
// never of what nobody can be reminded of.
func (r *reminded) tell(s *stagedRow, norm, customer string) {
	overdue := s.overdue(r.on)
	if r.which == RemindedAll && overdue || r.which == RemindedTicked && overdue && (r.ticked[norm] || r.whose[customer]) {
		if s.reported == cal.None || s.level == 0 {
			s.reported, s.level = r.on, 1
		}
		return
	}
	s.reported, s.level = cal.None, 0
}

// readRows stages a file of documents.
func (st *stage) readRows(ctx context.Context, file string, src io.Reader) error {
	tell := importProgress(ctx)
	read, err := ledger.Read(file, src, st.layout, func(row *ledger.Row) error {
		if len(st.rows)%progressEvery == 0 {
			tell(len(st.rows), false)
		}
		if len(st.rows)&0xfff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if len(st.texts) > maxStagedTexts {
			return fmt.Errorf("%w: the document numbers and references are too much for one file", ledger.ErrLimit)
		}
		st.row(row)
		return nil
	})
	if err != nil {
		return err
	}
	tell(len(st.rows), true)
	st.took(read)
	st.report.Totals = st.totals(nil)
	st.report.finish()
	return nil
}

// totals adds up the staged rows by currency, without those left out.
func (st *stage) totals(leftOut func(row int) bool) []ImportTotal {
	sums := make([]ledger.Sum, len(st.currencies))
	for i := range st.rows {
		if leftOut != nil && leftOut(i) {
			continue
		}
		r := &st.rows[i]
		s := &sums[r.currency]
		s.Count++
		if r.credit {
			s.AmountMinor, s.OpenMinor = money.AddMinor(s.AmountMinor, -r.amount), money.AddMinor(s.OpenMinor, -r.open)
		} else {
			s.AmountMinor, s.OpenMinor = money.AddMinor(s.AmountMinor, r.amount), money.AddMinor(s.OpenMinor, r.open)
		}
	}
	var totals []ImportTotal
	for i, s := range sums {
		if c := st.currencies[i]; s.Count > 0 {
			totals = append(totals, ImportTotal{Currency: c, Count: s.Count,
				Amount: money.FormatMinor(s.AmountMinor, c.Exponent()), Open: money.FormatMinor(s.OpenMinor,
					c.Exponent())})
		}
	}
	return totals
}

// took takes over what the reader reports.
func (st *stage) took(read *ledger.Report) {
	st.report.Read = read.Totals.Rows + read.RejectedRows
	st.report.Drafts, st.report.Payables = read.SkippedBy[ledger.SkipStatus], read.SkippedBy[ledger.SkipPayable]
	st.report.Skipped = read.SkippedRows
	st.report.RejectedRows += read.RejectedRows
	for _, number := range read.Unread {
		st.notRead(number, 0)
	}
	if read.Lost > 0 && (st.lost.rows == 0 || int32(read.LostRow) < st.lost.first) {
		st.lost.first = int32(read.LostRow)
	}
	st.lost.rows += read.Lost
	for _, e := range read.Rejected {
		st.report.Rejected = append(st.report.Rejected, RejectedRow{Row: e.Row, Field: e.Field, Value: e.Value,
			Expected: e.Expected})
	}
	for _, skipped := range read.Skipped {
		if skipped.Why != ledger.SkipBlank && len(st.report.SkippedRows) < listedSkips {
			st.report.SkippedRows = append(st.report.SkippedRows, SkippedRow(skipped))
		}
	}
	if read.HiddenRows > 0 {
		st.report.Warnings = append(st.report.Warnings, fmt.Sprintf(
			"%d rows are hidden in the sheet, by a filter or by hand; they were read too", read.HiddenRows))
	}
	if read.UnterminatedRow > 0 {
		st.report.Warnings = append(st.report.Warnings,
			fmt.Sprintf("row %d, the last one, has no line end: if the file was cut, "+
				"rows are missing; compare the control totals", read.UnterminatedRow))
	}
}

// row stages one document.
func (st *stage) row(row *ledger.Row) {
	customer := st.customer(row)
	norm := normaliseNumber(row.Number)
	if norm == "" {
		st.drop(row, "number", row.Number, "a document number")
		return
	}
	s := stagedRow{customer: customer, line: int32(row.Line), next: noRow,
		invoice: row.InvoiceDate, due: row.DueDate, paidOn: row.PaidOn, reported: row.LastReminderDate,
		level: uint8(row.LastReminderLevel), inst: int16(row.Instalment), agreed: row.DateAgreed,
		currency: st.currency(row.Currency),
		credit:   row.DocumentKind == book.CreditNote, openSaid: row.OpenStated || row.PaidStated ||
			row.PaidOn != cal.None,
		amount: money.Abs(row.AmountMinor), open: money.Abs(row.OpenMinor), paid: money.Abs(row.PaidMinor)}
	if st.reminded != nil {
		st.reminded.tell(&s, norm, st.customers[customer].key())
	}
	if s.reported < s.invoice && s.reported != cal.None {
		st.drop(row, ledger.LastReminderDate.String(), s.reported.String(),
			sprintf("a day from the invoice date, %s, on", s.invoice))
		return
	}
	if s.reported == cal.None && s.level > 0 {
		st.undated.add(true, s.line)
		s.level = 0 // nobody knows when, or whether, that was said
	}
	at := int32(len(st.rows))
	head, known := st.byNumber.find(norm)
	if known && !st.chain(head, at, &s, row) {
		return
	}
	s.number, s.po = st.keep(row.Number), st.keep(row.PO)
	if s.norm = s.number; norm != row.Number {
		s.norm = st.keep(norm)
	}
	if s.credit {
		st.report.Credits++
	}
	st.rows = append(st.rows, s)
	if !known {
		st.byNumber.put(norm, at)
	}
}

// chain links a further row of the same number: another instalment, or the credit
// note beside the invoice. It rejects a row that repeats one.
func (st *stage) chain(head, at int32, s *stagedRow, row *ledger.Row) bool {
	last := head
	for i := head; i != noRow; i = st.rows[i].next {
		other := &st.rows[i]
		if other.customer != s.customer {
			st.drop(row, "number", row.Number, fmt.Sprintf("a number of one customer only; row %d has it for another",
				other.line))
			return false
		}
		if other.inst == s.inst && other.credit == s.credit {
			st.drop(row, "number", row.Number, fmt.Sprintf("each document (and instalment) once; row %d is the same",
				other.line))
			return false
		}
		last = i
	}
	st.rows[last].next, s.further = at, true
	return true
}

// drop rejects a row that the reader accepted.
func (st *stage) drop(row *ledger.Row, field, value, expected string) {
	st.notRead(row.Number, row.Line)
	st.report.reject(row.Line, field, value, expected)
}

// maxUnread is of how many rows that were not taken the numbers are kept.
const maxUnread = 20_000

// notRead keeps the number of a row that is not taken: its document is in the file, so a
// complete list does not settle it.
func (st *stage) notRead(number string, line int) {
	norm := normaliseNumber(number)
	if norm == "" || len(st.unread) >= maxUnread {
		st.lost.add(true, int32(line))
		return
	}
	st.unread[strings.Clone(norm)] = true
}

func (st *stage) currency(c money.Currency) uint8 {
	for i, have := range st.currencies {
		if have == c {
			return uint8(i)
		}
	}
	st.currencies = append(st.currencies, c)
	return uint8(len(st.currencies) - 1)
}

// customer finds or stages the customer of a row.
func (st *stage) customer(row *ledger.Row) int32 {
	at := st.lastCustomer
	if at == noRow || st.lastNumber != row.CustomerNumber || st.lastName != row.CustomerName {
		at = st.customerKey(row.CustomerNumber, row.CustomerName, row.Line)
		st.lastNumber, st.lastName, st.lastCustomer = row.CustomerNumber, row.CustomerName, at
	}
	c := &st.customers[at]
	if c.country == "" {
		c.country, c.region = SplitRegion(row.Country)
	}
	if c.language == "" {
		c.language = row.Language
	}
	if row.KindStated && !c.kindStated {
		c.kind, c.kindStated = row.Kind, true
	}
	if row.Email != "" {
		st.addresses(at, row.Line, row.Role, row.Email)
	}
	return at
}

// customerKey finds or stages a customer by number, or by name where the file has
// no number.
func (st *stage) customerKey(number, name string, line int) int32 {
	norm, index := normaliseNumber(number), &st.byCode
	key := norm
	if norm == "" {
		key, index = normalise(name), &st.byName
	}
	at, known := index.find(key)
	if !known {
		at = int32(len(st.customers))
		c := stagedCustomer{number: strings.Clone(number), norm: strings.Clone(norm), line: int32(line),
			contact: noRow}
		if norm == "" {
			c.nameNorm = key
		}
		st.customers = append(st.customers, c)
		index.put(key, at)
	}
	if c := &st.customers[at]; c.name == "" && name != "" {
		c.name, c.nameNorm = strings.Clone(name), normalise(name)
	}
	return at
}

// addresses stages the addresses of a cell, "a@x; b@x". The same address of the
// same customer is staged once, or seldom: apply removes the rest.
func (st *stage) addresses(customer int32, line int, role, cell string) {
	const look = 16 // back at so many
	c := &st.customers[customer]
	for address := range strings.SplitSeq(cell, "; ") {
		known := false
		for i, n := c.contact, 0; i != noRow && n < look && !known; n++ {
			known = strings.EqualFold(st.contacts[i].email, address)
			i = st.contacts[i].before
		}
		if !known {
			st.contacts = append(st.contacts, stagedContact{customer: customer, line: int32(line), role: role,
				email: strings.Clone(address), before: c.contact})
			c.contact = int32(len(st.contacts) - 1)
		}
	}
}

// peopleReader reads a file of contacts or of customers.
type peopleReader func(string, io.Reader, ledger.Layout, func(*ledger.Contact) error) (*ledger.Report, error)

// readContacts stages a file of customers and their contacts. A row without an address
// to write to is staged too: it is counted, and writes no contact.
func (st *stage) readContacts(ctx context.Context, file string, src io.Reader, read peopleReader) error {
	tell := importProgress(ctx)
	report, err := read(file, src, st.layout, func(c *ledger.Contact) error {
		if len(st.contacts)%progressEvery == 0 {
			tell(len(st.contacts), false)
		}
		at := st.customer(&ledger.Row{Line: c.Line, CustomerNumber: c.CustomerNumber, CustomerName: c.CustomerName,
			Country: c.Country, Language: c.Language, Kind: c.Kind, KindStated: c.KindStated})
		if s := &st.customers[at]; s.postal == (ledger.Postal{Country: s.postal.Country}) {
			s.postal = c.Postal
		}
		if c.Email == "" {
			st.contacts = append(st.contacts, stagedContact{customer: at, line: int32(c.Line), role: c.Role,
				name: c.Name, phone: c.Phone})
			return ctx.Err()
		}
		for i, address := range strings.Split(c.Email, "; ") {
			contact := stagedContact{customer: at, line: int32(c.Line), role: c.Role, name: c.Name, email: address}
			if i == 0 {
				contact.phone = c.Phone
			}
			st.contacts = append(st.contacts, contact)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	tell(len(st.contacts), true)
	st.took(report)
	st.report.finish()
	return nil
}

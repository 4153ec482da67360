package ledger

import (
	"bytes"
	"fmt"
	"io"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Read streams a file from its beginning through a decided layout. Each good row
// is handed to handle; the Row is overwritten by the next one, its strings may be
// kept. Every other row is in the Report. file is the name used in row errors.
//
// The error is one of the file as a whole ([ErrLayout], [ErrOtherFile],
// [ErrLimit], [ErrBroken], an error of src) or the one handle returned, which
// stops reading; the Report then covers the rows so far. Rejected rows are no error.
func Read(file string, src io.Reader, layout Layout, handle func(*Row) error) (*Report, error) {
	if err := layout.Validate(); err != nil {
		return &Report{}, err
	}
	r, err := newReader(file, src, &layout)
	if err != nil {
		return &Report{}, err
	}
	r.sums = make(map[money.Currency]*Sum)
	r.decimal = layout.Decimal[0]
	r.openRequired = layout.Name != PlainLayout && r.col[OpenAmount] >= 0
	err = r.readAll(handle)
	r.report.Totals.ByCurrency = make(map[money.Currency]Sum, len(r.sums))
	for c, s := range r.sums {
		r.report.Totals.ByCurrency[c] = *s
	}
	return r.report, err
}

// reader turns the cells of a frame into rows.
type reader struct {
	*frame
	dates    [numFields]DateOrder
	floatID  [numFields]bool
	decimal  byte
	row      Row
	errs     []RowError
	sums     map[money.Currency]*Sum
	sum      *Sum           // of the currency of the last row
	currency money.Currency // of the last row
	exponent struct {
		currency money.Currency
		decimals int
	}
	strings  *interner
	texts    texts
	terms    termsRead
	before   [numFields]memory
	scratch  []byte
	previous lineItem
	counted  bool // an amount of the row was read, in the row's currency
	// openRequired: another program's column of open amounts is there, and an
	// empty cell in it could mean nothing is open. Nobody who has paid is chased.
	openRequired bool
}

// lineItem is what rows of one document have in common where a file has one row
// per line of an invoice.
type lineItem struct {
	number, customer string
	amount, open     int64
	due              cal.Date
	line             int
}

// newReader is a reader of a file of any kind: it knows how the layout writes dates
// and numbers.
func newReader(file string, src io.Reader, layout *Layout) (*reader, error) {
	f, err := newFrame(file, src, layout)
	if err != nil {
		return nil, err
	}
	r := &reader{frame: f, strings: newInterner()}
	for _, c := range layout.Columns {
		r.dates[c.Field], r.floatID[c.Field] = c.Dates, c.FloatID
	}
	return r, nil
}

func (r *reader) readAll(handle func(*Row) error) error {
	for {
		switch err := r.next(); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if why := r.notReceivable(); why != "" {
			r.report.skip(r.line, why, r.firstText())
			continue
		}
		if r.parse(); len(r.errs) > 0 {
			number := r.row.Number
			if r.longer { // a stray delimiter may have moved its cells
				number = ""
			}
			r.reject(number, r.errs...)
			continue
		}
		if r.layout.LineItems && r.isFurtherLine() {
			continue
		}
		if err := r.count(); err != nil {
			return err
		}
		if err := handle(&r.row); err != nil {
			return err
		}
	}
}

// notReceivable finds documents that are not to be collected: drafts, voided
// ones, supplier bills.
func (r *reader) notReceivable() string {
	if status := r.cell(Status); len(status) > 0 && skipStatusWords[foldWord(string(status))] != "" {
		return SkipStatus
	}
	if r.col[DocumentKind] < 0 || r.layout.BySign {
		return ""
	}
	switch kind := r.cell(DocumentKind); {
	case len(kind) == 0 || string(kind) == "invoice" || string(kind) == "credit_note":
		return ""
	case documentWords[foldWord(string(kind))] == payable:
		return SkipPayable
	}
	return ""
}

// isFurtherLine reports whether the row repeats the document of the row before,
// as files with one row per invoice line do. It is then skipped, or rejected if
// it contradicts the first.
func (r *reader) isFurtherLine() bool {
	row, p := &r.row, &r.previous
	if p.line == 0 || p.number != row.Number || p.customer != row.CustomerName {
		*p = lineItem{row.Number, row.CustomerName, row.AmountMinor, row.OpenMinor, row.DueDate, r.line}
		return false
	}
	if p.amount == row.AmountMinor && p.open == row.OpenMinor && p.due == row.DueDate {
		r.report.skip(r.line, SkipLineItem, r.firstText())
		return true
	}
	r.reject(row.Number, RowError{Field: Number.String(), Value: row.Number,
		Expected: fmt.Sprintf("the amounts and due date of row %d, which is the same document", p.line)})
	return true
}

// count adds the row to the control totals.
func (r *reader) count() error {
	t := &r.report.Totals
	if r.sum == nil || r.currency != r.row.Currency {
		r.currency = r.row.Currency
		if r.sum = r.sums[r.currency]; r.sum == nil {
			r.sum = &Sum{}
			r.sums[r.currency] = r.sum
		}
	}
	const room = 1<<63 - 1 - money.MaxMinor
	if money.Abs(r.sum.AmountMinor) > room || money.Abs(r.sum.OpenMinor) > room {
		return fmt.Errorf("%w: the total in %s is out of range at row %d", ErrLimit, r.currency, r.line)
	}
	r.sum.Count++
	r.sum.AmountMinor += r.row.AmountMinor
	r.sum.OpenMinor += r.row.OpenMinor
	t.Rows++
	if r.row.DocumentKind == book.CreditNote {
		t.Credits++
	}
	return nil
}

// fail notes an error of one cell of the current row.
func (r *reader) fail(f Field, value []byte, expected string) {
	r.errs = append(r.errs, RowError{Field: f.String(), Value: shorten(value), Expected: expected})
}

// maxReminderLevel is the highest level of a reminder: ours go from 1, friendly, to 5,
// handed to a lawyer or the court.
const maxReminderLevel = 5

// parse fills r.row and r.errs from the current cells.
func (r *reader) parse() {
	r.errs = r.errs[:0]
	row := &r.row
	*row = Row{Line: r.line}
	row.CustomerNumber, row.CustomerName = r.id(CustomerNumber, false), r.text(CustomerName)
	if row.CustomerNumber != "" || row.CustomerName != "" {
		if r.layout.Shape != shapeLabelled {
			r.party = [2]string{} // a list whose rows have their customer: none is left to another
		}
	} else {
		row.CustomerNumber, row.CustomerName = r.party[0], r.party[1]
	}
	if row.CustomerNumber == "" && row.CustomerName == "" && len(r.errs) == 0 {
		r.fail(r.customerColumn(), nil, "a customer number or name")
	}
	r.parseCustomer(row)
	row.Number = r.id(Number, true)
	row.PO = r.text(PO)
	row.Instalment = r.whole(Instalment, 1, 999, 1)
	row.InvoiceDate, row.DueDate = r.date(InvoiceDate), r.date(DueDate)
	row.PaidOn, row.LastReminderDate = r.date(PaidOn), r.date(LastReminderDate)
	row.LastReminderLevel = r.whole(LastReminderLevel, 0, maxReminderLevel, 0)
	row.DateAgreed, row.Disputed = r.yesNo(DateAgreed), r.yesNo(Disputed)
	r.parseAmounts(row)
	r.deriveDue(row)
}

func (r *reader) customerColumn() Field {
	if r.col[CustomerNumber] >= 0 {
		return CustomerNumber
	}
	return CustomerName
}

func (r *reader) parseCustomer(row *Row) {
	if cell := r.cell(Kind); !isPlaceholder(cell) {
		row.Kind, row.KindStated = r.kind(cell)
	}
	row.Country = r.coded(Country, parseCountry, expectedCountry)
	row.Language = r.coded(Language, parseLanguage, expectedLanguage)
	row.Email = r.email()
	row.Role = r.coded(Role, parseRole, expectedRole)
}

// kind reads the kind of a debtor in our words or those of others.
func (r *reader) kind(cell []byte) (kind book.DebtorKind, ok bool) {
	if kind, ok = book.ParseDebtorKind(string(cell)); !ok {
		kind, ok = book.ParseDebtorKind(kindWords[foldWord(string(cell))])
	}
	if !ok {
		r.fail(Kind, cell, expectedKind)
	}
	return kind, ok
}

func parseRole(b []byte) (string, bool) {
	role, ok := roleWords[foldWord(string(b))]
	return role, ok
}

// coded reads a cell with one of a list of values; values read before come from
// memory.
func (r *reader) coded(f Field, parse func([]byte) (string, bool), expected string) string {
	cell := r.cell(f)
	if isPlaceholder(cell) {
		return ""
	}
	if text, same := r.again(f, cell); same {
		return text
	}
	known, slot := r.strings.find(f, cell)
	if !known {
		text, ok := parse(cell)
		if !ok {
			r.fail(f, cell, expected)
			return ""
		}
		slot.field, slot.raw, slot.text = f, string(cell), text
	}
	r.before[f] = memory{raw: slot.raw, text: slot.text}
	return slot.text
}

// memory is the text of a field in the row before.
type memory struct{ raw, text string }

// again returns the text of the row before if the cell is the same: files are
// often sorted by customer.
func (r *reader) again(f Field, cell []byte) (string, bool) {
	m := &r.before[f]
	return m.text, m.raw == string(cell)
}

// remember keeps the text of this row for the next.
func (r *reader) remember(f Field, cell []byte, text string) string {
	m := &r.before[f]
	m.text, m.raw = text, text
	if text != string(cell) {
		m.raw = string(cell)
	}
	return text
}

// plain is plainText of a cell, cheap for the usual one.
func (r *reader) plain(cell []byte) string {
	if cell[0] != '\'' && cell[0] != '=' && isOneLine(cell) {
		return r.texts.keep(cell)
	}
	return plainText(cell)
}

// text reads a cell of free text.
func (r *reader) text(f Field) string {
	cell := r.cell(f)
	if len(cell) == 0 {
		return ""
	}
	if text, same := r.again(f, cell); same {
		return text
	}
	return r.remember(f, cell, r.plain(cell))
}

// email reads a cell of one or several addresses.
func (r *reader) email() string {
	cell := r.cell(Email)
	if isPlaceholder(cell) {
		return ""
	}
	if text, same := r.again(Email, cell); same {
		return text
	}
	text, ok := parseEmail(r.plain(cell))
	if !ok {
		r.fail(Email, cell, expectedEmail)
		return ""
	}
	return r.remember(Email, cell, text)
}

// plainText undoes what programs put around text to keep spreadsheets from
// calculating with it: our own apostrophe before = + - @, and ="00123".
func plainText(b []byte) string {
	if isGuarded(b) {
		return cleanText(string(b[1:]))
	}
	if n := len(b); n > 3 && b[0] == '=' && b[1] == '"' && b[n-1] == '"' {
		b = b[2 : n-1]
	}
	return cleanText(string(b))
}

// maxIDBytes bounds document and customer numbers.
const maxIDBytes = 255

// id reads a document or customer number, which is text.
func (r *reader) id(f Field, required bool) string {
	cell := r.cell(f)
	switch n := len(cell); {
	case n == 0:
		if required {
			r.fail(f, nil, "a number")
		}
		return ""
	case n > maxIDBytes:
		r.fail(f, cell, fmt.Sprintf("at most %d characters", maxIDBytes))
		return ""
	case r.floatID[f] && n > 2 && string(cell[n-2:]) == ".0":
		cell = cell[:n-2]
	case isShortened(cell):
		r.fail(f, cell, "the whole number; a spreadsheet has shortened it")
		return ""
	}
	if text, same := r.again(f, cell); same {
		return text
	}
	return r.remember(f, cell, r.plain(cell))
}

// isShortened recognises a long number that a spreadsheet wrote as 1.93E+09.
func isShortened(b []byte) bool {
	plus := bytes.IndexByte(b, '+')
	e := plus - 1
	if e < 1 || b[e] != 'E' && b[e] != 'e' || !allDigits(b[plus+1:]) || !isDigit(b[0]) {
		return false
	}
	whole, decimals, point := bytes.Cut(b[:e], []byte{'.'})
	if !point {
		whole, decimals, point = bytes.Cut(b[:e], []byte{','})
	}
	return allDigits(whole) && (!point || allDigits(decimals))
}

func (r *reader) whole(f Field, least, most, absent int) int {
	cell := r.cell(f)
	if isPlaceholder(cell) {
		return absent
	}
	if n := number(cell[:min(len(cell), 4)]); allDigits(cell) && len(cell) <= 3 && n >= least && n <= most {
		return n
	}
	r.fail(f, cell, fmt.Sprintf("a whole number from %d to %d", least, most))
	return absent
}

func (r *reader) yesNo(f Field) book.Tri {
	cell := r.cell(f)
	if isPlaceholder(cell) {
		return book.Unstated
	}
	t, ok := parseYesNo(cell)
	if !ok {
		r.fail(f, cell, "yes or no")
	}
	return t
}

func (r *reader) date(f Field) cal.Date {
	cell := r.cell(f)
	if len(cell) == 0 {
		return cal.None
	}
	d, ok := parseDate(cell, r.dates[f])
	if !ok {
		r.fail(f, cell, expectedDate[r.dates[f]])
		return cal.None
	}
	return d
}

var expectedDate = map[DateOrder]string{
	ISO:        "a date like 2026-03-31 (1900 to 2199)",
	YMD:        "a date like 2026/03/31 (1900 to 2199)",
	DMY:        "a date like 31/03/2026, day first (1900 to 2199)",
	MDY:        "a date like 03/31/2026, month first (1900 to 2199)",
	YMDCompact: "a date like 20260331 (1900 to 2199)",
	FloatYMD:   "a date like 20260331.0 (1900 to 2199)",
	Serial:     "a day as a spreadsheet counts it, like 46112 (1990 to 2099)",
	MonthName:  "a date like 31-Mar-2026 (1900 to 2199)",
}

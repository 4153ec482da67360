package ledger

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// frame walks over the records of a file and hands on those that are data: it
// checks the header, and reports title, blank, heading, total, broken and ragged
// rows itself.
type frame struct {
	file   string
	layout *Layout
	report *Report
	src    records
	rec    record
	cells  [][]byte // of the current row, as many as the header has
	line   int
	rows   int  // data rows so far
	longer bool // the current row has more columns than the header, empty ones

	col       [numFields]int // column of each field, -1: none
	seen      bool           // the header was read
	above     []string       // the first row of a header of two
	lastField Field
	lastForms uint64 // forms seen in the last column, see formOf

	numberHeader string
	least        int       // cells of a row, see Layout.least
	party        [2]string // number and name of the customer that a row above named
}

func newFrame(file string, src io.Reader, l *Layout) (*frame, error) {
	rows, err := openRecords(src, l)
	if err != nil {
		return nil, err
	}
	f := &frame{file: file, layout: l, report: &Report{}, src: rows, seen: l.HeaderRow == 0, least: l.least()}
	for i := range f.col {
		f.col[i] = -1
	}
	for _, c := range l.Columns {
		f.col[c.Field] = c.Index
		if c.Field == Number {
			f.numberHeader = c.Header
		}
		if c.Index == l.Width-1 {
			f.lastField = c.Field
		}
	}
	return f, nil
}

// next goes to the next data row. It returns io.EOF at the end.
func (f *frame) next() error {
	for {
		if err := f.src.next(&f.rec); err != nil {
			if err == io.EOF && f.seen {
				f.report.HiddenRows = hiddenRows(f.src)
			}
			if err == io.EOF && !f.seen {
				return fmt.Errorf("%w: the file ends before row %d", ErrOtherFile, f.layout.HeaderRow)
			}
			return err
		}
		f.line = f.rec.line
		if !f.seen {
			if err := f.beforeHeader(); err != nil {
				return err
			}
			continue
		}
		if f.rows++; f.rows > MaxRows {
			return tooManyRows()
		}
		if f.rec.why == SkipParty {
			f.takeParty(f.rec.cells)
		}
		if f.rec.why != "" {
			f.report.skip(f.line, f.rec.why, f.firstText())
			continue
		}
		if !f.rec.terminated {
			f.report.UnterminatedRow = f.line
		}
		if f.isData() {
			return nil
		}
	}
}

// beforeHeader reports the rows above the header and checks the header itself.
func (f *frame) beforeHeader() error {
	switch {
	case f.line < f.layout.HeaderRow:
		why := SkipTitle
		if f.rec.why == SkipParty {
			f.takeParty(f.rec.cells)
		}
		switch {
		case f.firstFilled() < 0:
			why = SkipBlank
		case f.layout.HeaderRows == 2 && f.line == f.layout.HeaderRow-1:
			f.above, why = cellTexts(f.rec.cells), SkipHeader
		}
		f.report.skip(f.line, why, f.firstText())
		return nil
	case f.line > f.layout.HeaderRow, f.rec.bad != "",
		Fingerprint(trimHeader(numbered(joinHeaders(f.above, cellTexts(f.rec.cells))))) != f.layout.Fingerprint:
		return fmt.Errorf("%w: row %d begins with %q", ErrOtherFile, f.line, f.firstText())
	}
	f.seen = true
	return nil
}

// isData reports whether the record is a data row of full width; if not, it has
// been reported.
func (f *frame) isData() bool {
	width := f.layout.Width
	f.cells = f.rec.cells
	if f.rec.bad != "" {
		f.reject(f.rec.number, RowError{Field: f.rec.field, Value: shorten(f.rec.raw), Expected: f.rec.bad})
		return false
	}
	if f.longer = len(f.cells) > width && f.blankFrom(width); f.longer {
		f.cells = f.cells[:width]
	}
	if len(f.cells) == width && !f.isOdd() {
		return f.completeIfLast()
	}
	if len(f.cells) < width && len(f.cells) >= f.least && f.rec.terminated {
		for len(f.cells) < width {
			f.cells = append(f.cells, nil)
		}
		if !f.isOdd() {
			return true
		}
	}
	why := f.skipReason()
	switch {
	case why == SkipBlank, why != "" && (f.rec.terminated || len(f.cells) == width):
		f.report.skip(f.line, why, f.firstText())
		return false
	case len(f.cells) != width:
		f.reject("", RowError{Value: strconv.Itoa(len(f.cells)) + " columns",
			Expected: fmt.Sprintf("%d columns, as in the header", width)})
		return false
	}
	return f.completeIfLast()
}

// isOdd reports whether a row of full width may be no document: it lacks a number
// or an amount, its number is a word for a sum or the header again, or it is the
// first one, which may be a second header row.
func (f *frame) isOdd() bool {
	number := f.cell(Number)
	hasAmount := len(f.cell(Amount)) > 0 || len(f.cell(OpenAmount)) > 0
	return f.rows == 1 || len(number) == 0 || !hasAmount || isTotalText(number) ||
		string(number) == f.numberHeader
}

// skipReason says why the current row is no document, or "".
func (f *frame) skipReason() string {
	first := f.firstFilled()
	switch {
	case first < 0:
		return SkipBlank
	case f.isHeader():
		return SkipHeader
	case f.isParty():
		f.takeParty(f.cells)
		return SkipParty
	case isTotalText(f.cells[first]) && f.isTotal(), f.onlyAmounts():
		return SkipTotal
	case f.blankFrom(first+1) && len(f.cells) > 1, len(f.cells) == 1 && f.layout.Width > 2:
		return SkipHeading
	case f.rows == 1 && f.noDigits() && f.col[Number] >= 0:
		return SkipHeader // a second header row; of people nothing need have a digit
	}
	return ""
}

// isParty reports whether a row has the number and the name of a customer and nothing else.
func (f *frame) isParty() bool {
	if f.col[Number] < 0 || len(f.cell(CustomerNumber)) == 0 || len(f.cell(CustomerName)) == 0 {
		return false
	}
	for i, c := range f.cells {
		if i != f.col[CustomerNumber] && i != f.col[CustomerName] && len(trimCell(c)) > 0 {
			return false
		}
	}
	return true
}

// takeParty remembers the customer that a row names for those below.
func (f *frame) takeParty(cells [][]byte) {
	f.party = [2]string{}
	for i, field := range []Field{CustomerNumber, CustomerName} {
		if at := f.col[field]; at >= 0 && at < len(cells) {
			f.party[i] = plainText(trimCell(cells[at]))
		}
	}
}

// onlyAmounts reports whether a row has at least two amounts and nothing else: the sums of
// the columns above it. A document with neither number nor customer could not be read.
func (f *frame) onlyAmounts() bool {
	amounts := 0
	for i, c := range f.cells {
		if c = trimCell(c); len(c) == 0 {
			continue
		}
		if _, ok := stripAmount(c); !ok {
			return false
		}
		if i == f.col[Amount] || i == f.col[OpenAmount] || i == f.col[PaidAmount] {
			amounts++
		}
	}
	return amounts > 1 && len(f.cell(Number)) == 0 && len(f.cell(CustomerNumber)) == 0 &&
		len(f.cell(CustomerName)) == 0 && len(f.cell(DueDate)) == 0 && len(f.cell(InvoiceDate)) == 0
}

// isTotal reports whether a row that begins with a word for a sum is one: a
// customer may be called Total, but then there are a number and dates. A row too
// short to have them has none.
func (f *frame) isTotal() bool {
	if number := f.cell(Number); len(number) > 0 && !isTotalText(number) {
		return false
	}
	first := f.firstFilled()
	for i := range f.layout.Columns {
		c := &f.layout.Columns[i]
		if c.Index == first {
			continue // the word for the sum itself
		}
		tells := c.Field.isDate() || c.Field == Email || c.Field == Phone || c.Field == Street || c.Field == Town
		if tells && c.Index < len(f.cells) && len(trimCell(f.cells[c.Index])) > 0 {
			return false
		}
	}
	return true
}

// isHeader reports whether the row repeats the header, as on a new page.
func (f *frame) isHeader() bool {
	if len(f.cells) != f.layout.Width {
		return false
	}
	for i := range f.layout.Columns {
		c := &f.layout.Columns[i]
		if string(trimCell(f.cells[c.Index])) != c.Header {
			return false
		}
	}
	return true
}

func (f *frame) noDigits() bool {
	for _, c := range f.cells {
		if bytes.ContainsAny(c, "0123456789") {
			return false
		}
	}
	return true
}

// cell is the trimmed cell of a field; nil if the file has no such column.
func (f *frame) cell(field Field) []byte {
	i := f.col[field]
	if i < 0 || i >= len(f.cells) {
		return nil
	}
	return trimCell(f.cells[i])
}

func (f *frame) blankFrom(i int) bool {
	for ; i < len(f.cells); i++ {
		if len(trimCell(f.cells[i])) > 0 {
			return false
		}
	}
	return true
}

func (f *frame) firstFilled() int {
	for i, c := range f.rec.cells {
		if len(trimCell(c)) > 0 {
			return i
		}
	}
	return -1
}

func (f *frame) firstText() []byte {
	if i := f.firstFilled(); i >= 0 {
		return f.rec.cells[i]
	}
	return nil
}

// reject notes the current row as one that cannot be read; number as in [Report.reject].
func (f *frame) reject(number string, errs ...RowError) {
	for i := range errs {
		errs[i].File, errs[i].Row = f.file, f.line
	}
	f.report.reject(number, errs...)
}

// completeIfLast guards against a file cut inside its last cell: without a line
// end behind it, that cell must have a form seen before in its column.
func (f *frame) completeIfLast() bool {
	if f.lastField == NoField {
		return true
	}
	cell := trimCell(f.cells[len(f.cells)-1])
	form := formOf(f.lastField, cell)
	quoted := f.rec.raw[len(f.rec.raw)-1] == '"'
	if f.rec.terminated || quoted || f.lastForms == 0 || f.lastForms&form != 0 {
		f.lastForms |= form
		return true
	}
	f.reject("", RowError{Field: f.lastField.String(), Value: shorten(cell),
		Expected: "a whole cell: the file ends here without a line end, in a form no other row has"})
	return false
}

// formOf is a bit for the form of a cell: empty or not, and the number of
// decimals of an amount or the length of a date.
func formOf(f Field, cell []byte) uint64 {
	n := 0
	switch {
	case len(cell) == 0:
		return 1
	case f.isAmount():
		if mark := bytes.LastIndexAny(cell, ".,"); mark >= 0 {
			n = len(cell) - mark
		}
	case f.isDate():
		n = len(cell)
	}
	return 2 << min(n, 40)
}

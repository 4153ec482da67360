package ledger

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// journalFields are the columns of the documents that a journal of postings is made into.
var journalFields = []Field{CustomerNumber, CustomerName, DocumentKind, Number, InvoiceDate, DueDate, Currency, Amount,
	OpenAmount, PaidOn, PaidAmount}

// journal makes documents of postings. A document is what is posted on one account of a
// customer under one number: its debits are its amount, its credits what was paid of it. A
// credit without an invoice of its number is a credit note, unless a mark (the French
// lettrage) sets it against invoices of the account.
//
// All documents are held until the file ends; each counts as the row of its first posting.
type journal struct {
	records
	layout *Layout
	book   bookkeeping
	docs   []*document
	byKey  map[string]*document
	broken map[string]int // accounts with a posting that cannot be read: its row
	ended  bool
	cells  [][]byte
	text   []byte
}

// bookkeeping reads the postings of one program.
type bookkeeping interface {
	// above sees a row above the header.
	above(*record)
	// header sees the header.
	header([]string)
	// postings reads what a row posts on accounts of customers: nothing, one or two. why is
	// the reason why a row is none; bad says what is wrong with a field.
	postings(rec *record, to []posting) (found []posting, why string, bad *badCell)
}

// badCell is a cell of a posting that could not be read.
type badCell struct {
	accounts []string // that the row posts on
	field    Field
	value    []byte
	expected string
}

// posting is one amount on the account of a customer. Amounts are in ten-thousandths, since
// what a currency has is looked at later; a debit is positive.
type posting struct {
	account, name, number string
	day, due              cal.Date
	currency              string
	scaled                int64
	mark                  string // what sets it against others of the account, or ""
	sales                 string // the journal it stands in
	payment               bool   // surely money
}

// document is what was posted under one number.
type document struct {
	posting
	line          int
	begins        int64 // its first posting that is no money
	debit, credit int64
	used          int64 // of a credit, set against other documents
	paid          int64 // of the credit, by money
	paidOn        cal.Date
}

func newJournal(r records, l *Layout, b bookkeeping) *journal {
	return &journal{records: r, layout: l, book: b, byKey: map[string]*document{}, broken: map[string]int{}}
}

func (j *journal) source() records { return j.records }

func (j *journal) next(rec *record) error {
	var found [2]posting
	for !j.ended {
		err := j.records.next(rec)
		if err == io.EOF {
			j.ended = true
			j.settleMarks()
			break
		}
		if err != nil {
			return err
		}
		rec.why, rec.field, rec.number = "", "", ""
		switch {
		case rec.line < j.layout.HeaderRow:
			j.book.above(rec)
			return nil
		case rec.line == j.layout.HeaderRow:
			j.book.header(cellTexts(rec.cells))
			return nil
		case rec.bad != "":
			return nil
		case isBlankRecord(rec):
			rec.why = SkipBlank
			return nil
		}
		posted, why, bad := j.book.postings(rec, found[:0])
		if bad != nil {
			for _, account := range bad.accounts {
				if _, known := j.broken[account]; !known {
					j.broken[account] = rec.line
				}
			}
			rec.field, rec.bad, rec.raw = bad.field.String(), bad.expected, bad.value
			return nil
		}
		if rec.why = why; why != "" {
			return nil
		}
		if !j.post(posted, rec.line) {
			rec.why = SkipPosting
			return nil
		}
	}
	if len(j.docs) == 0 {
		return io.EOF
	}
	j.emit(rec, j.docs[0])
	j.docs = j.docs[1:]
	return nil
}

func isBlankRecord(rec *record) bool {
	for _, c := range rec.cells {
		if len(trimCell(c)) > 0 {
			return false
		}
	}
	return true
}

// post adds postings to their documents. It reports whether the row is the first of one.
func (j *journal) post(posted []posting, line int) (first bool) {
	for i := range posted {
		p := &posted[i]
		key := p.account + "\x00" + p.number + "\x00" + p.currency
		d := j.byKey[key]
		if d == nil {
			d = &document{posting: *p, line: line, paidOn: cal.None}
			j.byKey[key], first = d, true
			j.docs = append(j.docs, d)
		}
		d.add(p)
	}
	return first
}

func (d *document) add(p *posting) {
	d.name = cmp.Or(d.name, p.name)
	d.mark = cmp.Or(d.mark, p.mark)
	d.due = max(d.due, p.due)
	if !p.payment && d.begins == 0 { // what came before was paid ahead
		d.begins, d.day, d.sales = p.scaled, p.day, p.sales
	}
	if p.scaled >= 0 {
		d.debit += p.scaled
		return
	}
	d.credit -= p.scaled
	if p.payment {
		d.paid -= p.scaled
		d.paidOn = max(d.paidOn, p.day)
	}
}

// settleMarks sets credits against the invoices of the same mark, oldest first. What comes
// from a journal of sales is a credit note, all else is money.
func (j *journal) settleMarks() {
	groups, sales := map[string][]*document{}, map[string]bool{}
	for _, d := range j.docs {
		if d.mark != "" {
			key := d.account + "\x00" + d.mark + "\x00" + d.currency
			groups[key] = append(groups[key], d)
		}
		if d.debit > d.credit {
			sales[d.sales] = true
		}
	}
	for _, group := range groups {
		slices.SortStableFunc(group, func(a, b *document) int {
			return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.line, b.line))
		})
		for _, from := range group {
			for _, to := range group {
				used := min(from.credit-from.debit-from.used, to.debit-to.credit)
				if used <= 0 {
					continue
				}
				from.used += used
				to.credit += used
				if from.payment = !sales[from.sales]; from.payment {
					to.paid += used
					to.paidOn = max(to.paidOn, from.day)
				}
			}
		}
	}
}

// emit writes a document as a row of our own layout.
func (j *journal) emit(rec *record, d *document) {
	*rec = record{line: d.line, terminated: true}
	if line, broken := j.broken[d.account]; broken {
		rec.field, rec.raw, rec.number = Number.String(), []byte(d.number+" "), d.number
		rec.bad = fmt.Sprintf("the posting of the same account in row %d to be readable: what is open depends on it", line)
		return
	}
	amount, open, kind := d.debit, d.debit-d.credit, "invoice"
	if d.debit < d.credit || d.debit == 0 || d.debit == d.credit && d.begins < 0 {
		amount, open, kind = -d.credit, d.debit-d.credit+d.used, "credit_note"
		if d.payment && open == 0 {
			rec.why, rec.cells = SkipPosting, [][]byte{[]byte(d.number)}
			return
		}
	}
	paid, paidOn := "", ""
	if d.paid > 0 && kind == "invoice" {
		paid, paidOn = scaledText(min(d.paid, amount)), dayText(d.paidOn)
	}
	texts := map[Field]string{CustomerNumber: d.account, CustomerName: d.name, DocumentKind: kind, Number: d.number,
		InvoiceDate: dayText(d.day), DueDate: dayText(d.due), Currency: d.currency, Amount: scaledText(amount),
		OpenAmount: scaledText(open), PaidOn: paidOn, PaidAmount: paid}
	j.cells = j.cells[:0]
	for _, f := range shapedHeader[j.layout.Shape] {
		j.cells = append(j.cells, []byte(texts[f]))
	}
	rec.cells, rec.raw = j.cells, []byte(d.number+" ")
}

func dayText(d cal.Date) string {
	if !d.Valid() || d == 0 {
		return ""
	}
	return d.String()
}

// scale is how many decimals the amounts of postings are read with.
const scale = 4

// scaledText writes ten-thousandths as a plain decimal with at least two decimals.
func scaledText(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := strconv.FormatInt(n, 10)
	for len(digits) <= scale {
		digits = "0" + digits
	}
	whole, fraction := digits[:len(digits)-scale], digits[len(digits)-scale:]
	for len(fraction) > 2 && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	return sign + whole + "." + fraction
}

// maxWholeDigits bounds an amount, so that sums of millions of them cannot overflow.
const maxWholeDigits = 11

// scaledAmount reads an amount of a journal: digits with at most one mark, which is the
// decimal one, since journals are written without thousands. The empty cell is nothing.
func scaledAmount(cell []byte) (n int64, ok bool) {
	if len(cell) == 0 {
		return 0, true
	}
	negative := cell[0] == '-'
	if negative || cell[0] == '+' {
		cell = cell[1:]
	}
	whole, fraction := cell, []byte(nil)
	if mark := bytes.IndexAny(cell, ".,"); mark >= 0 {
		whole, fraction = cell[:mark], cell[mark+1:]
	}
	if len(whole)+len(fraction) == 0 || len(whole) > maxWholeDigits || len(fraction) > scale ||
		len(whole) > 0 && !allDigits(whole) || len(fraction) > 0 && !allDigits(fraction) {
		return 0, false
	}
	for i := range len(whole) + scale {
		n *= 10
		switch {
		case i < len(whole):
			n += int64(whole[i] - '0')
		case i-len(whole) < len(fraction):
			n += int64(fraction[i-len(whole)] - '0')
		}
	}
	if negative {
		n = -n
	}
	return n, true
}

const expectedPosted = "an amount without thousands marks, like 1234,56"

// textOf is a cell as text.
func textOf(cell []byte) string { return strings.Clone(plainText(cell)) }

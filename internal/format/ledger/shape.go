package ledger

import (
	"bytes"
	"fmt"
	"slices"
)

// shaper makes documents of rows that are none: invoices below a row with their customer,
// postings of a journal, balances. It hands on one record for each of the file, those that
// are no document with their reason.
type shaper interface {
	records
	source() records
}

// Shapes of files; see shaped.
const (
	shapeParties  = "customers-above"      // invoices stand below a row that names their customer
	shapeDATEV    = "datev-postings"       // postings of DATEV
	shapeFEC      = "fec-postings"         // postings of a French FEC
	shapeSage     = "sage-postings"        // postings of a Sage audit trail
	shapeBalances = "balances-by-job"      // a balance per customer and job
	shapeLabelled = "labelled-customers"   // rows such as "A/C: 4711, Name: Pike Ltd" name the customer of those below
	partyHeader   = "customer (row above)" // header of the column that shapeParties adds
)

// labelledHeader are the headers of the columns that shapeLabelled adds.
var labelledHeader = []string{"customer number (row above)", partyHeader}

// shapedHeader is the header that a shape gives its rows: the names of our own layout.
var shapedHeader = map[string][]Field{
	shapeDATEV:    journalFields,
	shapeFEC:      journalFields,
	shapeSage:     slices.DeleteFunc(slices.Clone(journalFields), func(f Field) bool { return f == Currency }),
	shapeBalances: {CustomerNumber, CustomerName, Number, Amount, OpenAmount},
}

// shaped wraps the rows of a file in the shape of its layout.
func shaped(r records, l *Layout) (records, error) {
	switch l.Shape {
	case shapeParties:
		return &parties{records: r, layout: l}, nil
	case shapeLabelled:
		return &labelled{records: r, layout: l}, nil
	case shapeDATEV:
		return newJournal(r, l, &datev{}), nil
	case shapeFEC:
		return newJournal(r, l, &fec{}), nil
	case shapeSage:
		return newJournal(r, l, &sage{}), nil
	case shapeBalances:
		return &balances{records: r, layout: l}, nil
	}
	return nil, fmt.Errorf("%w: shape %q", ErrLayout, l.Shape)
}

// shape gives the layout its shape, and the header that its rows have then.
func (g *guesser) shape(k *known) {
	if g.layout.Shape = k.shape; k.shape == "" {
		return
	}
	g.layout.RawWidth = len(g.header)
	switch k.shape {
	case shapeParties:
		g.header = append(slices.Clone(g.header), partyHeader)
	case shapeLabelled:
		g.header = append(slices.Clone(g.header), labelledHeader...)
	default:
		g.header = nil
		for _, f := range shapedHeader[k.shape] {
			g.header = append(g.header, f.String())
		}
	}
	g.layout.Width = len(g.header)
}

// place finds columns of a raw header by name; -1 where one is missing.
func place(header []string, names ...string) []int {
	folded := foldAll(header)
	at := make([]int, len(names))
	for i, name := range names {
		at[i] = slices.Index(folded, foldWord(name))
	}
	return at
}

// cellAt is a trimmed cell of a raw record.
func cellAt(rec *record, column int) []byte {
	if column < 0 || column >= len(rec.cells) {
		return nil
	}
	return trimCell(rec.cells[column])
}

// parties gives each invoice the customer that a row above it names: a row of only a name,
// which may begin with "Total" as some companies do.
type parties struct {
	records
	layout *Layout
	header bool
	party  []byte
	cells  [][]byte
}

func (p *parties) source() records { return p.records }

func (p *parties) next(rec *record) error {
	if err := p.records.next(rec); err != nil {
		return err
	}
	rec.why, rec.field = "", ""
	if rec.line <= p.layout.HeaderRow || rec.bad != "" {
		return nil
	}
	first, filled := []byte(nil), 0
	for _, c := range rec.cells {
		if c = trimCell(c); len(c) > 0 {
			if filled++; filled == 1 {
				first = c
			}
		}
	}
	switch {
	case filled > 1 && isTotalText(first):
		rec.why = SkipTotal
	case filled == 1 && !p.isSum(first):
		p.party = append(p.party[:0], first...)
	case filled > 1:
		p.cells = append(p.cells[:0], rec.cells...)
		for len(p.cells) < p.layout.RawWidth {
			p.cells = append(p.cells, nil)
		}
		p.cells = append(p.cells[:p.layout.RawWidth], p.party)
		rec.cells = p.cells
	}
	return nil
}

// isSum reports whether a text alone in its row is the sum of the customer above.
func (p *parties) isSum(text []byte) bool {
	return isTotalText(text) && (bytes.IndexByte(text, ' ') < 0 || len(p.party) > 0 && bytes.HasSuffix(text, p.party))
}

// balances makes an opening balance of each row of customer and job.
type balances struct {
	records
	layout *Layout
	at     []int // columns of the file
	cells  [][]byte
}

func (b *balances) source() records { return b.records }

// next hands on customer number, name, a number for the balance, and the balance twice: it
// is all that is known of the amount.
func (b *balances) next(rec *record) error {
	if err := b.records.next(rec); err != nil {
		return err
	}
	rec.why, rec.field = "", ""
	switch {
	case rec.bad != "" || rec.line < b.layout.HeaderRow:
		return nil
	case rec.line == b.layout.HeaderRow:
		b.at = place(cellTexts(rec.cells), "Customer No", "Customer Name", "Job No", "Balance")
		return nil
	case b.at == nil:
		return nil
	}
	customer, name, job, balance := cellAt(rec, b.at[0]), cellAt(rec, b.at[1]), cellAt(rec, b.at[2]), cellAt(rec, b.at[3])
	switch {
	case len(customer) == 0 && len(name) == 0 && len(balance) == 0:
		rec.why = SkipBlank
	case len(customer) == 0 && len(job) == 0, isTotalText(customer), isTotalText(job):
		rec.why = SkipTotal
	case len(balance) == 0 || isZero(balance):
		rec.why = SkipNothing
	default:
		number := slices.Concat([]byte("Opening balance "), customer, []byte(" "), job)
		b.cells = append(b.cells[:0], customer, name, trimCell(number), balance, balance)
		rec.cells = b.cells
	}
	return nil
}

// isZero reports whether an amount cell is nothing: a dash, or no digit but 0.
func isZero(cell []byte) bool {
	for _, c := range cell {
		if c >= '1' && c <= '9' {
			return false
		}
	}
	return isDash(cell) || slices.Contains(cell, '0')
}

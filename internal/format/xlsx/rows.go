package xlsx

import (
	"fmt"
	"io"
	"slices"
)

// Row is one row of a sheet. It is overwritten by the next one.
type Row struct {
	Number int  // as Excel shows it, from 1
	Hidden bool // by a filter or by hand
	Cells  [][]byte
}

// Rows walks over the rows of a sheet that are stored in it.
type Rows struct {
	book   *Book
	src    io.ReadCloser
	xml    *scanner
	number int
	inData bool

	merges  []merge // of the sheet, by first row; those before next are begun
	next    int
	running []merge
	filled  int    // bytes that merges have put into rows
	text    []byte // of all cells of the row
	ends    []cell
	cells   [][]byte
}

// cell is where a cell of the current row stands in its text.
type cell struct {
	column, from, to int
	written          bool // it is a text, not a number
}

// merge is a text cell over several rows of one column.
type merge struct {
	column, from, to int // rows from 1, both included
	text             []byte
}

// Rows opens a sheet by its place in [Book.Sheets]. Errors as of [Open].
func (b *Book) Rows(sheet int) (*Rows, error) {
	if err := b.load(); err != nil {
		return nil, err
	}
	sh := &b.Sheets[sheet]
	if !sh.looked {
		merges, err := b.findMerges(sh.part)
		if err != nil {
			return nil, err
		}
		sh.merges, sh.looked = merges, true
	}
	src, err := b.open(sh.part)
	if err != nil {
		return nil, err
	}
	return &Rows{book: b, src: src, xml: newScanner(src), merges: sh.merges}, nil
}

// findMerges lists the cells of a sheet that go over several rows. They stand behind the
// rows, so that the sheet has to be read once for them.
func (b *Book) findMerges(part string) ([]merge, error) {
	var found []merge
	err := b.scan(part, func(s *scanner) error {
		if s.name != "mergeCell" {
			return nil
		}
		m, ok := parseMerge(s.rawAttr("ref"))
		if ok && m.to > m.from {
			found = append(found, m)
		}
		if len(found) > maxMerges {
			return fmt.Errorf("%w: more than %d merged cells", ErrLimit, maxMerges)
		}
		return nil
	})
	slices.SortStableFunc(found, func(a, b merge) int { return a.from - b.from })
	return found, err
}

// parseMerge reads "A2:A7" or "A2:B7"; the text belongs to the first column.
func parseMerge(ref []byte) (m merge, ok bool) {
	for i, c := range ref {
		if c == ':' {
			first, from := parseRef(ref[:i])
			_, to := parseRef(ref[i+1:])
			return merge{column: first, from: from, to: to}, first >= 0 && from > 0
		}
	}
	return merge{}, false
}

// parseRef reads "AB12" as column from 0 and row from 1; -1 and 0 where it is none.
func parseRef(ref []byte) (column, row int) {
	i := 0
	for ; i < len(ref) && i < 4; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		column = column*26 + int(c-'A') + 1
	}
	for _, c := range ref[i:] {
		if c < '0' || c > '9' || row > 10_000_000 {
			return -1, 0
		}
		row = row*10 + int(c-'0')
	}
	return column - 1, row
}

// Close ends reading.
func (r *Rows) Close() error { return r.src.Close() }

// Next reads the next row. It returns io.EOF after the last one, [ErrBroken], [ErrLimit]
// or an error of the source.
func (r *Rows) Next(row *Row) error {
	for {
		token, err := r.xml.next()
		switch {
		case err == io.EOF:
			if r.inData {
				return fmt.Errorf("%w: it ends inside a sheet", ErrBroken)
			}
			return io.EOF
		case err != nil:
			return err
		case token == words:
		case r.xml.name == "sheetData":
			r.inData = token == opens && !r.xml.empty
		case token == opens && r.xml.name == "row" && r.inData:
			return r.readRow(row)
		}
	}
}

func (r *Rows) readRow(row *Row) error {
	number := r.number + 1
	if stated := r.xml.rawAttr("r"); len(stated) > 0 {
		_, number = parseRef(stated)
	}
	if number <= r.number {
		return fmt.Errorf("%w: row %d comes after row %d", ErrBroken, number, r.number)
	}
	r.number = number
	row.Number, row.Hidden = number, isTrue(string(r.xml.rawAttr("hidden")))
	r.text, r.ends = r.text[:0], r.ends[:0]
	if !r.xml.empty {
		if err := r.readCells(); err != nil {
			return err
		}
	}
	if err := r.fillMerges(); err != nil {
		return err
	}
	row.Cells = r.cut()
	return nil
}

func (r *Rows) readCells() error {
	column := -1
	for {
		token, err := r.xml.next()
		switch {
		case err == io.EOF:
			return fmt.Errorf("%w: it ends inside row %d", ErrBroken, r.number)
		case err != nil:
			return err
		case token == closes && r.xml.name == "row":
			return nil
		case token != opens || r.xml.name != "c":
			continue
		}
		column++
		if ref := r.xml.rawAttr("r"); len(ref) > 0 {
			stated, _ := parseRef(ref)
			if stated < column {
				return fmt.Errorf("%w: row %d has its cells in disorder", ErrBroken, r.number)
			}
			column = stated
		}
		if column >= 1<<14 {
			return fmt.Errorf("%w: row %d has too many columns", ErrBroken, r.number)
		}
		if r.xml.empty {
			continue
		}
		if err := r.readCell(column); err != nil {
			return err
		}
	}
}

// readCell reads the value of one cell.
func (r *Rows) readCell(column int) error {
	kind := cellKind(r.xml.rawAttr("t"))
	st := style{}
	if n, ok := smallNumber(r.xml.rawAttr("s")); ok && n < len(r.book.styles) {
		st = r.book.styles[n]
	}
	from, depth, spoken := len(r.text), "", false
	for {
		token, err := r.xml.next()
		switch {
		case err == io.EOF:
			return fmt.Errorf("%w: it ends inside row %d", ErrBroken, r.number)
		case err != nil:
			return err
		case token == words:
			if depth == "v" && kind != kindInline || depth == "t" && kind == kindInline && !spoken {
				r.text = append(r.text, r.xml.text...)
			}
		case token == opens && !r.xml.empty:
			depth = r.xml.name
			spoken = spoken || depth == "rPh"
		case token == closes && r.xml.name == "c":
			return r.keep(column, from, kind, st)
		default:
			depth = ""
			spoken = spoken && r.xml.name != "rPh"
		}
		if len(r.text)-from > MaxCellBytes {
			return fmt.Errorf("%w: row %d has a cell of more than %d KiB", ErrLimit, r.number, MaxCellBytes>>10)
		}
	}
}

// maxRowBytes bounds the text of one row, which shared strings could make large.
const maxRowBytes = 4 << 20

// keep turns the raw value of a cell, the end of r.text, into its text.
func (r *Rows) keep(column, from int, kind cellType, st style) error {
	raw := r.text[from:]
	c := cell{column: column, from: from, written: kind != kindNumber}
	switch kind {
	case kindShared:
		n, ok := smallNumber(raw)
		text, found := r.book.strings.at(n)
		if !ok || !found {
			return fmt.Errorf("%w: row %d refers to a text that is not there", ErrBroken, r.number)
		}
		r.text = append(r.text[:from], decodeEscapes(text)...)
	case kindInline, kindText:
		if decoded := decodeEscapes(raw); len(decoded) != len(raw) {
			r.text = append(r.text[:from], decoded...)
		}
	case kindBool:
		word := "no"
		if isTrue(string(raw)) {
			word = "yes"
		}
		r.text = append(r.text[:from], word...)
	case kindNumber:
		r.text = appendNumber(r.text[:from], string(raw), st, r.book.date1904)
	}
	c.to = len(r.text)
	if c.to > maxRowBytes {
		return fmt.Errorf("%w: row %d has more than %d MiB", ErrLimit, r.number, maxRowBytes>>20)
	}
	if c.to > c.from {
		r.ends = append(r.ends, c)
	}
	return nil
}

// fillMerges begins the merged cells of the row and puts the texts of running ones where
// the row has nothing.
func (r *Rows) fillMerges() error {
	if len(r.running) == 0 && (r.next >= len(r.merges) || r.merges[r.next].from > r.number) {
		return nil
	}
	r.running = slices.DeleteFunc(r.running, func(m merge) bool { return m.to < r.number })
	for _, m := range r.running {
		at, found := slices.BinarySearchFunc(r.ends, m.column, func(c cell, column int) int { return c.column - column })
		if found || len(r.text)+len(m.text) > maxRowBytes {
			continue
		}
		if r.filled += len(m.text) + filledCell; r.filled > MaxUnpacked {
			return fmt.Errorf("%w: its merged cells stand for more than %d MiB by row %d", ErrLimit, MaxUnpacked>>20, r.number)
		}
		from := len(r.text)
		r.text = append(r.text, m.text...)
		r.ends = slices.Insert(r.ends, at, cell{column: m.column, from: from, to: len(r.text), written: true})
	}
	for ; r.next < len(r.merges) && r.merges[r.next].from <= r.number; r.next++ {
		m := r.merges[r.next]
		if m.from < r.number {
			continue // its first row is not stored: it has no text
		}
		at, found := slices.BinarySearchFunc(r.ends, m.column, func(c cell, column int) int { return c.column - column })
		if !found || !r.ends[at].written {
			continue
		}
		m.text = slices.Clone(r.text[r.ends[at].from:r.ends[at].to])
		if k := slices.IndexFunc(r.running, func(o merge) bool { return o.column == m.column }); k >= 0 {
			r.running[k] = m // merged cells never overlap: the file is wrong, and one text a column is enough
		} else {
			r.running = append(r.running, m)
		}
	}
	return nil
}

// filledCell is what a cell filled by a merge counts beside its text.
const filledCell = 32

// cut makes the cells of the row.
func (r *Rows) cut() [][]byte {
	r.cells = r.cells[:0]
	for _, c := range r.ends {
		for len(r.cells) < c.column {
			r.cells = append(r.cells, nil)
		}
		r.cells = append(r.cells, r.text[c.from:c.to:c.to])
	}
	return r.cells
}

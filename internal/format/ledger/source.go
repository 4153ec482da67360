package ledger

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/format/xlsx"
)

// File is an opened file: text with delimiters or an Excel workbook, with what a person
// corrected in it. [Guess], [Read] and their siblings take it as their source. It reads
// as the bytes of the file.
type File struct {
	io.ReadSeeker
	book    *xlsx.Book
	repairs Repairs
}

// Repairs are cells that a person corrected: by physical row from 1 and column from 0,
// what is to be read in place of what stands there.
type Repairs map[int]map[int]string

// Open looks at the beginning of a file to tell a workbook from text. Errors: those of a
// file as a whole, or of src.
func Open(src io.ReadSeeker) (*File, error) {
	if f, ok := src.(*File); ok {
		return f, nil
	}
	f := &File{ReadSeeker: src}
	size, err := src.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var magic [4]byte
	if n, _ := io.ReadFull(src, magic[:]); n < len(magic) || string(magic[:]) != "PK\x03\x04" {
		return f, nil
	}
	at, ok := src.(io.ReaderAt)
	if !ok {
		return nil, fmt.Errorf("%w: a workbook has to be a file", ErrUnsupported)
	}
	f.book, err = xlsx.Open(at, size)
	return f, workbookError(err)
}

// Repair sets what a person corrected in the file.
func (f *File) Repair(cells Repairs) { f.repairs = cells }

// Sheets lists the sheets that a person sees in a workbook; none for text.
func (f *File) Sheets() []string {
	var names []string
	if f.book != nil {
		for i := range f.book.Sheets {
			if s := &f.book.Sheets[i]; !s.Hidden {
				names = append(names, s.Name)
			}
		}
	}
	return names
}

// workbookError gives an error of a workbook its kind here.
func workbookError(err error) error {
	switch {
	case errors.Is(err, xlsx.ErrNotWorkbook):
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	case errors.Is(err, xlsx.ErrLimit):
		return fmt.Errorf("%w: %s", ErrLimit, strings.TrimPrefix(err.Error(), xlsx.ErrLimit.Error()+": "))
	}
	return err
}

// records are the rows of a file one after another. next returns io.EOF after the last
// one; broken rows are no error, see record.bad.
type records interface {
	next(*record) error
}

// openRecords opens a file from its beginning, as the layout says. A src that is no [File]
// is text.
func openRecords(src io.Reader, l *Layout) (r records, err error) {
	if f, ok := src.(*File); ok {
		r, err = f.rawRecords(l)
	} else {
		r, err = (&File{}).textRecords(src, l)
	}
	if err == nil && l.Shape != "" {
		r, err = shaped(r, l)
	}
	return r, err
}

// hiddenRows counts the hidden rows among records that were read to their end.
func hiddenRows(r records) int {
	switch r := r.(type) {
	case *sheetRecords:
		return r.hidden
	case *repairedRecords:
		return hiddenRows(r.records)
	case shaper:
		return hiddenRows(r.source())
	}
	return 0
}

// rawRecords are the rows as they stand in the file, repaired.
func (f *File) rawRecords(l *Layout) (records, error) {
	var r records
	switch {
	case f.book != nil:
		sheet := slices.IndexFunc(f.book.Sheets, func(s xlsx.Sheet) bool { return s.Name == l.Sheet })
		if sheet < 0 {
			return nil, fmt.Errorf("%w: the workbook has no sheet %q", ErrOtherFile, l.Sheet)
		}
		rows, err := f.book.Rows(sheet)
		if err != nil {
			return nil, workbookError(err)
		}
		r = &sheetRecords{rows: rows, width: l.rawWidth()}
	case l.Sheet != "":
		return nil, fmt.Errorf("%w: it is no workbook, and the layout is of sheet %q", ErrOtherFile, l.Sheet)
	default:
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		return f.textRecords(f, l)
	}
	return f.repaired(r), nil
}

// textRecords are the rows of delimited text.
func (f *File) textRecords(src io.Reader, l *Layout) (records, error) {
	delim, err := l.delimiter()
	if err != nil {
		return nil, err
	}
	text, decoded, err := decode(src, l.Encoding, l.LoneCR)
	if err != nil {
		return nil, err
	}
	return f.repaired(newSplitter(text, delim, decoded)), nil
}

func (f *File) repaired(r records) records {
	if len(f.repairs) == 0 {
		return r
	}
	return &repairedRecords{records: r, cells: f.repairs}
}

// sheetRecords are the rows of a sheet of a workbook.
type sheetRecords struct {
	rows   *xlsx.Rows
	row    xlsx.Row
	width  int // columns that every row has at least
	cells  [][]byte
	hidden int
	done   error
}

func (s *sheetRecords) next(rec *record) error {
	if s.done != nil {
		return s.done
	}
	if err := s.rows.Next(&s.row); err != nil {
		s.done = workbookError(err)
		s.rows.Close()
		return s.done
	}
	if s.row.Hidden {
		s.hidden++
	}
	if s.row.Number > math.MaxInt32 {
		return fmt.Errorf("%w: row %d", ErrLimit, s.row.Number)
	}
	*rec = record{line: s.row.Number, raw: []byte{' '}, terminated: true}
	s.cells = append(s.cells[:0], s.row.Cells...)
	for len(s.cells) < s.width {
		s.cells = append(s.cells, nil)
	}
	rec.cells = s.cells
	if len(s.cells) > MaxColumns {
		rec.cells, rec.bad = nil, tooManyColumns
		return nil
	}
	for _, c := range rec.cells {
		if len(c) > 0 && !utf8.Valid(c) {
			rec.cells, rec.bad, rec.raw = nil, "valid UTF-8 text", c
			break
		}
	}
	return nil
}

// repairedRecords puts corrected cells in the place of those of the file.
type repairedRecords struct {
	records
	cells Repairs
}

func (p *repairedRecords) next(rec *record) error {
	if err := p.records.next(rec); err != nil {
		return err
	}
	row := p.cells[rec.line]
	if row == nil || rec.bad != "" {
		return nil
	}
	cells := slices.Clone(rec.cells)
	for column, text := range row {
		if column < 0 || column >= MaxColumns {
			continue
		}
		for len(cells) <= column {
			cells = append(cells, nil)
		}
		cells[column] = []byte(text)
	}
	rec.cells = cells
	return nil
}

package sheet

import (
	"fmt"
	"io"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Kind is what a column holds. A cell of it may also be empty.
type Kind uint8

// Kinds of columns.
const (
	Text   Kind = iota
	Number      // whole numbers
	Amount      // money, with the decimals of its currency
	Day
)

// Column is one column: its name heads it.
type Column struct {
	Name string
	Kind Kind
}

// Cell is the value of a cell. The zero Cell is an empty one of text.
type Cell struct {
	kind     Kind
	empty    bool
	text     string
	n        int64
	exponent int
}

// T is a cell of text.
func T(s string) Cell { return Cell{kind: Text, text: s} }

// N is a cell of a whole number.
func N[I ~int | ~int64](n I) Cell { return Cell{kind: Number, n: int64(n)} }

// M is a cell of money in minor units.
func M(minor int64, c money.Currency) Cell {
	return Cell{kind: Amount, n: minor, exponent: c.Exponent()}
}

// D is a cell of a day; None and Far make an empty one.
func D(d cal.Date) Cell { return Cell{kind: Day, n: int64(d), empty: !d.Valid()} }

// Writer takes the rows of a table, one after another, and Close ends it. The first error
// is kept and returned by all later calls.
type Writer interface {
	Row(cells ...Cell) error
	Close() error
}

// Formats are the formats that New knows.
var Formats = []string{"csv", "xlsx"}

// MediaType is what a file of a format is called on the way; "" for a format that is none.
func MediaType(format string) string {
	switch format {
	case "csv":
		return "text/csv; charset=utf-8"
	case "xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return ""
}

// New begins a table of a format. name is that of the sheet; about says in a few lines what
// the table shows and as of when, and stands on a sheet of its own, in XLSX only.
func New(w io.Writer, format, name string, columns []Column, about ...string) (Writer, error) {
	switch format {
	case "csv":
		return newCSV(w, columns)
	case "xlsx":
		return newXLSX(w, name, columns, about)
	}
	return nil, fmt.Errorf("format %q: expected csv or xlsx", format)
}

// fits reports an error for a row that does not fit its columns.
func fits(columns []Column, cells []Cell) error {
	if len(cells) != len(columns) {
		return fmt.Errorf("a row of %d cells in a table of %d columns", len(cells), len(columns))
	}
	for i, c := range cells {
		if c.kind != columns[i].Kind && c != (Cell{}) {
			return fmt.Errorf("column %s: a cell of another kind", columns[i].Name)
		}
	}
	return nil
}

package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// csvWriter writes comma-separated values in UTF-8: amounts with a point and all decimals,
// days as ISO.
type csvWriter struct {
	columns []Column
	out     *csv.Writer
	row     []string
	err     error
}

func newCSV(w io.Writer, columns []Column) (Writer, error) {
	c := &csvWriter{columns: columns, out: csv.NewWriter(w), row: make([]string, len(columns))}
	for i := range columns {
		c.row[i] = columns[i].Name
	}
	c.err = c.out.Write(c.row)
	return c, c.err
}

// Row implements Writer.
func (c *csvWriter) Row(cells ...Cell) error {
	if c.err == nil {
		c.err = fits(c.columns, cells)
	}
	if c.err != nil {
		return c.err
	}
	for i := range cells {
		c.row[i] = cells[i].csv()
	}
	c.err = c.out.Write(c.row)
	return c.err
}

// Close implements Writer.
func (c *csvWriter) Close() error {
	c.out.Flush()
	if c.err == nil {
		c.err = c.out.Error()
	}
	return c.err
}

func (c *Cell) csv() string {
	switch {
	case c.empty:
		return ""
	case c.kind == Number:
		return strconv.FormatInt(c.n, 10)
	case c.kind == Amount:
		return money.FormatMinor(c.n, c.exponent)
	case c.kind == Day:
		return cal.Date(c.n).String()
	}
	return harmless(c.text)
}

// begins are the characters with which a program that opens a CSV takes a cell for a
// formula, or drops what makes it none; the wide ones are read as the plain ones.
const begins = "=+-@\t\r\n\x00＝＋－＠"

// harmless puts a quote before text that would be taken for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune(begins, []rune(s)[0]) {
		return "'" + s
	}
	return s
}

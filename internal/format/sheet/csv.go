package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

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
	return Harmless(c.text)
}

// begins are the characters with which a program that opens a CSV takes a cell for a
// formula, or drops what makes it none; the wide ones are read as the plain ones.
const begins, dropped = "=+-@＝＋－＠", "\t\r\n\x00"

// ends are the characters that end a cell for some program: in Germany Excel takes a
// semicolon for the comma, and no quote keeps a cell together then.
const ends = ";,|\t\r\n"

// Harmless is a text as a CSV may hold it: with a quote before everything that a spreadsheet
// would take for a formula, at its beginning and behind whatever may end a cell. Blanks and
// double quotes before it do not count, as programs drop them.
func Harmless(s string) string {
	if !strings.ContainsAny(s, begins+dropped) {
		return s
	}
	var b strings.Builder
	from := 0 // of what is not written yet
	for at := 0; ; {
		rest := strings.TrimLeftFunc(s[at:], func(r rune) bool {
			return r == '"' || !strings.ContainsRune(ends, r) && (unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
		})
		first, _ := utf8.DecodeRuneInString(rest)
		if rest != "" && strings.ContainsRune(begins, first) || at == 0 && strings.IndexAny(s, dropped) == 0 {
			b.WriteString(s[from:at])
			b.WriteByte('\'')
			from = at
		}
		next := strings.IndexAny(s[at:], ends)
		if next < 0 {
			b.WriteString(s[from:])
			return b.String()
		}
		at += next + 1
	}
}

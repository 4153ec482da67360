package sheet

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// sheetRows is how many rows a sheet can have; a longer table goes on on another.
const sheetRows = excelize.TotalRows

// exactDigits is how many digits of a number a spreadsheet keeps; a longer one is text.
const exactDigits = 15

// xlsxWriter writes a workbook: rows of one sheet, or of several if they are too many.
type xlsxWriter struct {
	w       io.Writer
	name    string
	columns []Column
	about   []string
	file    *excelize.File
	stream  *excelize.StreamWriter
	sheets  int
	at      int // row of the sheet
	rows    int // rows a sheet may have
	head    int // style
	day     int
	amounts map[int]int // styles by decimals
	cells   []any
	err     error
}

func newXLSX(w io.Writer, name string, columns []Column, about []string) (Writer, error) {
	x := &xlsxWriter{w: w, name: name, columns: columns, about: about, file: excelize.NewFile(), rows: sheetRows,
		amounts: map[int]int{}, cells: make([]any, len(columns))}
	if x.head, x.err = x.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); x.err != nil {
		return nil, x.err
	}
	if x.day, x.err = x.style("yyyy-mm-dd"); x.err != nil {
		return nil, x.err
	}
	x.err = x.begin()
	return x, x.err
}

func (x *xlsxWriter) style(format string) (int, error) {
	return x.file.NewStyle(&excelize.Style{CustomNumFmt: &format})
}

// begin begins a sheet: the names of the columns, which stay in sight.
func (x *xlsxWriter) begin() error {
	name := x.name
	if x.sheets++; x.sheets == 1 {
		if err := x.file.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else {
		name = fmt.Sprintf("%s %d", x.name, x.sheets)
		if _, err := x.file.NewSheet(name); err != nil {
			return err
		}
	}
	var err error
	if x.stream, err = x.file.NewStreamWriter(name); err != nil {
		return err
	}
	for i, c := range x.columns {
		width := map[Kind]float64{Text: 22, Number: 10, Amount: 15, Day: 12}[c.Kind]
		if err := x.stream.SetColWidth(i+1, i+1, max(width, float64(len(c.Name)+2))); err != nil {
			return err
		}
		x.cells[i] = excelize.Cell{StyleID: x.head, Value: c.Name}
	}
	if err := x.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	x.at = 1
	return x.stream.SetRow("A1", x.cells)
}

// Row implements Writer.
func (x *xlsxWriter) Row(cells ...Cell) error {
	if x.err == nil {
		x.err = fits(x.columns, cells)
	}
	if x.err == nil && x.at == x.rows {
		if x.err = x.stream.Flush(); x.err == nil {
			x.err = x.begin()
		}
	}
	for i := 0; i < len(cells) && x.err == nil; i++ {
		x.cells[i], x.err = x.cell(&cells[i])
	}
	if x.err == nil {
		x.at++
		x.err = x.stream.SetRow("A"+strconv.Itoa(x.at), x.cells)
	}
	return x.err
}

// cell is a value as the library takes it. Text always is text there, whatever it begins with.
func (x *xlsxWriter) cell(c *Cell) (any, error) {
	switch {
	case c.empty:
		return nil, nil
	case c.kind == Text:
		return printable(c.text), nil
	case c.kind == Day:
		return excelize.Cell{StyleID: x.day, Value: cal.Date(c.n).Time()}, nil
	}
	decimal := money.FormatMinor(c.n, c.exponent)
	if len(strings.Trim(strings.ReplaceAll(decimal, ".", ""), "-")) > exactDigits {
		return decimal, nil
	}
	// The file keeps numbers as decimals of at most seventeen digits; the nearest float of
	// one with at most fifteen is written as that very decimal.
	value, err := strconv.ParseFloat(decimal, 64)
	if err != nil || c.kind == Number {
		return value, err
	}
	style, ok := x.amounts[c.exponent]
	if !ok {
		format := "#,##0"
		if c.exponent > 0 {
			format += "." + strings.Repeat("0", c.exponent)
		}
		if style, err = x.style(format); err != nil {
			return nil, err
		}
		x.amounts[c.exponent] = style
	}
	return excelize.Cell{StyleID: style, Value: value}, nil
}

// printable leaves out what a workbook cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
}

// Close implements Writer.
func (x *xlsxWriter) Close() error {
	defer x.file.Close()
	if x.err == nil {
		x.err = x.stream.Flush()
	}
	if x.err == nil && len(x.about) > 0 {
		x.err = x.tellAbout()
	}
	if x.err == nil {
		_, x.err = x.file.WriteTo(x.w)
	}
	return x.err
}

func (x *xlsxWriter) tellAbout() error {
	const name = "About"
	if _, err := x.file.NewSheet(name); err != nil {
		return err
	}
	if err := x.file.SetColWidth(name, "A", "A", 100); err != nil {
		return err
	}
	for i, line := range x.about {
		if err := x.file.SetCellStr(name, "A"+strconv.Itoa(i+1), printable(line)); err != nil {
			return err
		}
	}
	return nil
}

package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// sheetRows is how many rows a sheet can have; a longer table goes on on another.
const sheetRows = 1 << 20

// exactDigits is how many digits of a number a spreadsheet keeps; a longer one is text.
const exactDigits = 15

// dayZero is the day 0 of a workbook's calendar, for days from March 1900 on.
var dayZero = cal.Of(1899, 12, 30)

// Styles of cells that every workbook has; those of amounts come after them.
const (
	stylePlain = iota
	styleHead
	styleDay
	styleAmounts
)

// xlsxWriter writes a workbook (ECMA-376, SpreadsheetML) row by row: one sheet, or several
// if the rows are too many. Amounts and days are written as the decimals they are: no
// figure passes through a float.
type xlsxWriter struct {
	zip     *zip.Writer
	out     *bufio.Writer // of the sheet being written
	name    string
	columns []Column
	about   []string
	sheets  []string // names
	at      int      // row of the sheet
	rows    int      // rows a sheet may have
	amounts []int    // decimals of the styles of amounts
	err     error
}

func newXLSX(w io.Writer, name string, columns []Column, about []string) (Writer, error) {
	x := &xlsxWriter{zip: zip.NewWriter(w), name: name, columns: columns, about: about, rows: sheetRows}
	x.err = x.begin()
	return x, x.err
}

// open begins the next sheet of the workbook.
func (x *xlsxWriter) open(name, views, cols string) error {
	x.sheets = append(x.sheets, name)
	entry, err := x.zip.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(x.sheets)))
	if err != nil {
		return err
	}
	x.out, x.at = bufio.NewWriterSize(entry, 1<<16), 0
	_, err = x.out.WriteString(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
		views + cols + "<sheetData>")
	return err
}

// begin begins a sheet of the table: the names of the columns, which stay in sight.
func (x *xlsxWriter) begin() error {
	name := x.name
	if n := len(x.sheets); n > 0 {
		name = fmt.Sprintf("%s %d", x.name, n+1)
	}
	var cols strings.Builder
	for i, c := range x.columns {
		width := max(map[Kind]int{Text: 22, Number: 10, Amount: 15, Day: 12}[c.Kind], utf8.RuneCountInString(c.Name)+2)
		fmt.Fprintf(&cols, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, width)
	}
	const frozen = `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" ` +
		`state="frozen"/></sheetView></sheetViews>`
	if err := x.open(name, frozen, "<cols>"+cols.String()+"</cols>"); err != nil {
		return err
	}
	x.row(func() {
		for i, c := range x.columns {
			x.text(i, c.Name, styleHead)
		}
	})
	return nil
}

// finish ends the sheet.
func (x *xlsxWriter) finish() error {
	x.out.WriteString("</sheetData></worksheet>")
	return x.out.Flush()
}

// row writes one row; the first error of the file is told by its flush.
func (x *xlsxWriter) row(cells func()) {
	x.at++
	x.out.WriteString(`<row r="` + strconv.Itoa(x.at) + `">`)
	cells()
	x.out.WriteString("</row>")
}

// cellAt writes the beginning of a cell of a column.
func (x *xlsxWriter) cellAt(column, style int, kind string) {
	x.out.WriteString(`<c r="` + letters(column) + strconv.Itoa(x.at) + `"`)
	if style != stylePlain {
		x.out.WriteString(` s="` + strconv.Itoa(style) + `"`)
	}
	x.out.WriteString(kind + ">")
}

func (x *xlsxWriter) text(column int, s string, style int) {
	x.cellAt(column, style, ` t="inlineStr"`)
	x.out.WriteString(`<is><t xml:space="preserve">`)
	xml.EscapeText(x.out, []byte(printable(s)))
	x.out.WriteString("</t></is></c>")
}

func (x *xlsxWriter) number(column int, decimal string, style int) {
	x.cellAt(column, style, "")
	x.out.WriteString("<v>" + decimal + "</v></c>")
}

// letters is the name of a column: A to Z, AA and so on.
func letters(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// Row implements Writer.
func (x *xlsxWriter) Row(cells ...Cell) error {
	if x.err == nil {
		x.err = fits(x.columns, cells)
	}
	if x.err == nil && x.at == x.rows {
		if x.err = x.finish(); x.err == nil {
			x.err = x.begin()
		}
	}
	if x.err != nil {
		return x.err
	}
	x.row(func() {
		for i := range cells {
			x.cell(i, &cells[i])
		}
	})
	return nil
}

// cell writes a value. Text always is text there, whatever it begins with.
func (x *xlsxWriter) cell(column int, c *Cell) {
	switch {
	case c.empty || c.kind == Text && c.text == "":
	case c.kind == Text:
		x.text(column, c.text, stylePlain)
	case c.kind == Day:
		x.number(column, strconv.Itoa(cal.Date(c.n).DaysSince(dayZero)), styleDay)
	default:
		decimal := money.FormatMinor(c.n, c.exponent)
		switch {
		case len(strings.Trim(strings.ReplaceAll(decimal, ".", ""), "-")) > exactDigits:
			x.text(column, decimal, stylePlain)
		case c.kind == Number:
			x.number(column, decimal, stylePlain)
		default:
			x.number(column, decimal, x.amountStyle(c.exponent))
		}
	}
}

// amountStyle is the style of amounts with so many decimals.
func (x *xlsxWriter) amountStyle(decimals int) int {
	for i, d := range x.amounts {
		if d == decimals {
			return styleAmounts + i
		}
	}
	x.amounts = append(x.amounts, decimals)
	return styleAmounts + len(x.amounts) - 1
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
	if x.err == nil {
		x.err = x.finish()
	}
	if x.err == nil && len(x.about) > 0 {
		x.err = x.tellAbout()
	}
	for _, part := range x.parts() {
		if x.err != nil {
			return x.err
		}
		var entry io.Writer
		if entry, x.err = x.zip.Create(part[0]); x.err == nil {
			_, x.err = io.WriteString(entry, xml.Header+part[1])
		}
	}
	if x.err == nil {
		x.err = x.zip.Close()
	}
	return x.err
}

func (x *xlsxWriter) tellAbout() error {
	if err := x.open("About", "", `<cols><col min="1" max="1" width="100" customWidth="1"/></cols>`); err != nil {
		return err
	}
	for _, line := range x.about {
		x.row(func() { x.text(0, line, stylePlain) })
	}
	return x.finish()
}

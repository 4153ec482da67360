package exports

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// cell is one cell before it is written: text, or a day or amount that each form writes its
// own way.
type cell struct {
	text  string
	day   cal.Date
	minor int64
	of    money.Currency // of an amount
	kind  byte           // 't', 'd' or 'a'
}

type row []cell

func t(text string) cell { return cell{text: text, kind: 't'} }

func d(day cal.Date) cell {
	if day == cal.None {
		return t("")
	}
	return cell{day: day, kind: 'd'}
}

func a(minor int64, of money.Currency) cell { return cell{minor: minor, of: of, kind: 'a'} }

// texts is a row of texts.
func texts(line string, separator string) row {
	var r row
	for text := range strings.SplitSeq(line, separator) {
		r = append(r, t(text))
	}
	return r
}

// csvStyle is how a program writes delimited text.
type csvStyle struct {
	delimiter  string
	encoding   string // "" is UTF-8
	date       func(cal.Date) string
	amount     func(int64, money.Currency) string
	quoteTexts bool
	noQuotes   bool
}

func iso(d cal.Date) string { return d.String() }

// days writes a day by a pattern of D, M and Y.
func days(pattern string) func(cal.Date) string {
	return func(day cal.Date) string {
		y, m, dd := day.YMD()
		return strings.NewReplacer("DD", fmt.Sprintf("%02d", dd), "MM", fmt.Sprintf("%02d", m),
			"YYYY", fmt.Sprintf("%04d", y), "D", strconv.Itoa(dd), "Mon", cal.Of(y, m, 1).Time().Format("Jan"),
			"M", strconv.Itoa(m)).Replace(pattern)
	}
}

func point(minor int64, c money.Currency) string { return money.FormatMinor(minor, c.Exponent()) }

func comma(minor int64, c money.Currency) string {
	return strings.Replace(point(minor, c), ".", ",", 1)
}

// thousands writes 1,234.56.
func thousands(minor int64, c money.Currency) string {
	return grouped(point(money.Abs(minor), c), minor < 0, ",", 3)
}

// indian writes 1,23,456.00 Dr.
func indian(minor int64, c money.Currency) string {
	side := " Dr"
	if minor < 0 {
		side = " Cr"
	}
	return grouped(point(money.Abs(minor), c), false, ",", 2) + side
}

// german writes 1.234,56 with a minus behind.
func german(minor int64, c money.Currency) string {
	text := grouped(point(money.Abs(minor), c), false, ".", 3)
	if at := strings.LastIndexByte(text, '.'); at >= 0 && c.Exponent() > 0 {
		text = text[:at] + "," + text[at+1:]
	}
	if minor < 0 {
		text += "-"
	}
	return text
}

// grouped puts a mark between the thousands, and between groups of further digits.
func grouped(plain string, negative bool, mark string, further int) string {
	whole, fraction, hasFraction := strings.Cut(plain, ".")
	out := whole
	if len(whole) > 3 {
		out = whole[len(whole)-3:]
		for rest := whole[:len(whole)-3]; rest != ""; {
			n := min(further, len(rest))
			out, rest = rest[len(rest)-n:]+mark+out, rest[:len(rest)-n]
		}
	}
	if hasFraction {
		out += "." + fraction
	}
	if negative {
		out = "-" + out
	}
	return out
}

func (s *csvStyle) write(w io.Writer, rows []row) error {
	var enc encoding.Encoding = encoding.Nop
	switch s.encoding {
	case "windows-1252":
		enc = charmap.Windows1252
	case "iso-8859-15":
		enc = charmap.ISO8859_15
	case "utf-16":
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-8-bom":
		enc = unicode.UTF8BOM
	}
	encoded := encoding.ReplaceUnsupported(enc.NewEncoder()).Writer(w)
	out := bufio.NewWriter(encoded)
	for _, r := range rows {
		for i, c := range r {
			if i > 0 {
				out.WriteString(s.delimiter)
			}
			out.WriteString(s.cell(c))
		}
		out.WriteString("\r\n")
	}
	return out.Flush()
}

func (s *csvStyle) cell(c cell) string {
	text := c.text
	switch c.kind {
	case 'd':
		text = s.date(c.day)
	case 'a':
		text = s.amount(c.minor, c.of)
	case 't':
		if s.quoteTexts && text != "" {
			return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
	}
	if !s.noQuotes && strings.ContainsAny(text, s.delimiter+"\"\n") {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}

// writeXLSX writes a workbook as Excel would: days as serial numbers in a format that does
// not tell the order, amounts as numbers.
func writeXLSX(w io.Writer, sheet string, rows []row) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	pattern := "d/m/yy"
	day, err := f.NewStyle(&excelize.Style{CustomNumFmt: &pattern})
	if err != nil {
		return err
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, r := range rows {
		if len(r) == 0 {
			continue // a blank row is not stored
		}
		cells := make([]any, len(r))
		for j, c := range r {
			switch {
			case c.kind == 'd':
				cells[j] = excelize.Cell{StyleID: day, Value: c.day.DaysSince(cal.Of(1899, 12, 30))}
			case c.kind == 'a':
				n, err := strconv.ParseFloat(point(c.minor, c.of), 64)
				if err != nil {
					return err
				}
				cells[j] = n
			case c.text != "":
				cells[j] = c.text
			}
		}
		if err := out.SetRow("A"+strconv.Itoa(i+1), cells); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

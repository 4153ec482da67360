package ledger

import (
	"bufio"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// WritePlain writes rows in our plain layout: CSV, UTF-8, comma, CR LF, ISO days,
// point decimals, the columns of the plain layout in order. Credit notes have
// negative amounts; what a row does not state stays empty.
//
// A spreadsheet that opens the file calculates with no text of it: text cells
// that begin with = + - @ get an apostrophe in front, which [Read] takes off
// again. Amounts, dates and other cells that the program writes itself never do.
func WritePlain(w io.Writer, rows iter.Seq[*Row]) error {
	p := plainWriter{out: bufio.NewWriterSize(w, 64<<10)}
	for i, f := range plainFields {
		if i > 0 {
			p.line = append(p.line, ',')
		}
		p.line = append(p.line, f.String()...)
	}
	p.end()
	for row := range rows {
		p.row(row)
		if p.err != nil {
			return p.err
		}
	}
	if p.err == nil {
		p.err = p.out.Flush()
	}
	return p.err
}

type plainWriter struct {
	out  *bufio.Writer
	line []byte
	err  error
}

// row writes the cells in the order of plainFields.
func (p *plainWriter) row(r *Row) {
	p.text(r.CustomerNumber)
	p.next().text(r.CustomerName)
	kind := ""
	if r.KindStated {
		kind = r.Kind.String()
	}
	p.next().raw(kind)
	p.next().text(r.Country)
	p.next().text(r.Language)
	p.next().text(r.Email)
	p.next().text(r.Role)
	p.next().text(string(r.DocumentKind))
	p.next().text(r.Number)
	p.next().number(max(r.Instalment, 1))
	p.next().date(r.InvoiceDate)
	p.next().date(r.DueDate)
	agreed := ""
	if r.DateAgreed != book.Unstated {
		agreed = r.DateAgreed.String()
	}
	p.next().raw(agreed)
	p.next().text(string(r.Currency))
	p.next().amount(r.AmountMinor, r.Currency, true)
	p.next().amount(r.OpenMinor, r.Currency, r.OpenStated)
	p.next().date(r.PaidOn)
	p.next().amount(r.PaidMinor, r.Currency, r.PaidStated)
	p.next().text(r.PO)
	p.next().date(r.LastReminderDate)
	p.next()
	if r.LastReminderLevel > 0 {
		p.number(r.LastReminderLevel)
	}
	p.end()
}

func (p *plainWriter) next() *plainWriter {
	p.line = append(p.line, ',')
	return p
}

func (p *plainWriter) end() {
	p.line = append(p.line, '\r', '\n')
	if p.err == nil {
		_, p.err = p.out.Write(p.line)
	}
	p.line = p.line[:0]
}

func (p *plainWriter) raw(s string)  { p.line = append(p.line, s...) }
func (p *plainWriter) number(n int)  { p.line = strconv.AppendInt(p.line, int64(n), 10) }
func (p *plainWriter) text(s string) { p.line = appendText(p.line, s) }
func (p *plainWriter) date(d cal.Date) {
	if d.Valid() {
		p.line = d.Append(p.line)
	}
}

func (p *plainWriter) amount(minor int64, c money.Currency, stated bool) {
	if stated {
		p.line = money.AppendMinor(p.line, minor, c.Exponent())
	}
}

// appendText appends a text cell, guarded against spreadsheets and quoted where
// CSV needs it.
func appendText(dst []byte, s string) []byte {
	s = cleanText(strings.ToValidUTF8(s, "\uFFFD"))
	if isGuarded([]byte("'" + s)) {
		s = "'" + s
	}
	quote := false
	for i := 0; i < len(s) && !quote; i++ {
		quote = s[i] == ',' || s[i] == '"' || s[i] == ';' || s[i] == '\t' || s[i] == '|'
	}
	if !quote {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}

// isGuarded reports whether a cell begins with apostrophes and then a character
// that makes a spreadsheet calculate. One apostrophe is the guard; text that had
// apostrophes of its own there got one more.
func isGuarded(b []byte) bool {
	n := 0
	for n < len(b) && b[n] == '\'' {
		n++
	}
	if n == 0 || n == len(b) {
		return false
	}
	switch b[n] {
	case '=', '+', '-', '@', '\t', '\r':
		return true
	}
	return false
}

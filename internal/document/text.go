package document

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// The widths of a text mail, in characters.
const (
	textWidth  = 72 // paragraphs are wrapped here
	tableWidth = 78 // a wider table is written row by row instead
)

// block is a part of the text form: text as it is, or a heading, a paragraph or a table
// that waits for its values.
type block struct {
	text        string
	words       []piece // of a heading or a paragraph
	underline   string  // of a heading
	first, rest string  // what the lines of a paragraph begin with
	table       []tableRow
	alignments  []east.Alignment
}

// tableRow is a row of cells.
type tableRow struct {
	cells    [][]piece
	repeated bool
}

// textMaker makes of the parsed page the blocks of a plain text for a mail: paragraphs
// wrapped, tables aligned where they fit and otherwise one block a row.
type textMaker struct {
	parsed
	out   []block
	holes int
	rows  int
}

// say adds text as it is.
func (w *textMaker) say(s string) {
	if n := len(w.out); n > 0 && w.out[n-1].words == nil && w.out[n-1].table == nil {
		w.out[n-1].text += s
		return
	}
	w.out = append(w.out, block{text: s})
}

// add adds a block, written at once if it has no holes.
func (w *textMaker) add(b block, of *pieces) {
	w.holes += of.holes
	b.words = append([]piece{}, of.list...) // not nil
	if of.holes > 0 {
		w.out = append(w.out, b)
		return
	}
	var f filler
	f.block(&b)
	w.say(string(f.out))
}

func (w *textMaker) blocks(n ast.Node, indent string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.block(c, indent)
	}
}

func (w *textMaker) block(n ast.Node, indent string) {
	switch n := n.(type) {
	case *ast.Heading:
		rule := "-"
		if n.Level == 1 {
			rule = "="
		}
		w.say("\n")
		w.add(block{underline: rule}, w.inline(n))
	case *ast.Paragraph:
		w.say("\n")
		w.add(block{first: indent, rest: indent}, w.linked(n))
	case *ast.List:
		w.list(n, indent)
	case *ast.ThematicBreak:
		w.say("\n-- \n")
	case *east.Table:
		w.table(n)
	}
}

// inline is the text of a node's children, without any markup. Line breaks that a
// template asks for are "\n", those of the source are spaces.
func (w *textMaker) inline(n ast.Node) *pieces {
	var out pieces
	w.collect(&out, n, false)
	out.shut()
	return &out
}

// linked is the inline text with the address of a link after its words.
func (w *textMaker) linked(n ast.Node) *pieces {
	var out pieces
	w.collect(&out, n, true)
	out.shut()
	return &out
}

func (w *textMaker) collect(out *pieces, n ast.Node, addresses bool) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		t, isText := c.(*ast.Text)
		l, isLink := c.(*ast.Link)
		switch {
		case isText:
			out.add(w.words(t), w.marks, func(s string) string { return s })
			if t.HardLineBreak() {
				out.write("\n")
			} else if t.SoftLineBreak() {
				out.write(" ")
			}
		case isLink && addresses:
			w.link(out, l)
		default:
			w.collect(out, c, addresses)
		}
	}
}

// link writes the words of a link, and its address unless they are the same. Whether
// words with a hole are is not known, so such a hole counts as lost.
func (w *textMaker) link(out *pieces, l *ast.Link) {
	words := w.inline(l)
	if words.holes > 0 {
		return
	}
	said, address := "", strings.TrimPrefix(unescape(l.Destination), "mailto:")
	for _, p := range words.list {
		said += p.text
	}
	out.write(said)
	if said != address {
		out.write(" <")
		out.add(address, w.marks, func(s string) string { return s })
		out.write(">")
	}
}

func (w *textMaker) list(n *ast.List, indent string) {
	w.say("\n")
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		mark := indent + "- "
		if n.IsOrdered() {
			mark = fmt.Sprintf("%s%d. ", indent, number)
			number++
		}
		rest := strings.Repeat(" ", utf8.RuneCountInString(mark))
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			switch c.(type) {
			case *ast.TextBlock, *ast.Paragraph:
				w.add(block{first: mark, rest: rest}, w.linked(c))
				mark = rest
			default:
				w.block(c, rest)
			}
		}
	}
}

func (w *textMaker) table(n *east.Table) {
	b := block{alignments: n.Alignments}
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		row := tableRow{repeated: w.isRepeated(r)}
		if row.repeated {
			w.rows++
		}
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			cell := w.inline(c)
			w.holes += cell.holes
			row.cells = append(row.cells, cell.list)
		}
		b.table = append(b.table, row)
	}
	w.say("\n")
	w.out = append(w.out, b)
}

// text writes the text form.
func (f *filler) text(list []block) string {
	for i := range list {
		f.block(&list[i])
	}
	return string(spaced(bytes.TrimLeft(f.out, "\n")))
}

// spaced makes ordinary spaces, which survive copying into a bank's form, of those that
// had to keep words together until wrapping was done. It writes over the text it is given.
func spaced(text []byte) []byte {
	const first, second = 0xc2, 0xa0 // U+00A0
	out, rest := text[:0], text
	for {
		n := bytes.IndexByte(rest, first)
		if n < 0 || n+1 == len(rest) {
			return append(out, rest...)
		}
		out = append(out, rest[:n]...)
		if rest[n+1] == second {
			out = append(out, ' ')
		} else {
			out = append(out, rest[n:n+2]...)
		}
		rest = rest[n+2:]
	}
}

func (f *filler) block(b *block) {
	switch {
	case b.table != nil:
		f.table(b)
	case b.words == nil:
		f.out = append(f.out, b.text...)
	case b.underline != "":
		title := f.fill(b.words)
		width := min(textWidth, utf8.RuneCountInString(title))
		f.out = append(f.out, title+"\n"+strings.Repeat(b.underline, width)+"\n"...)
	default:
		f.out = wrap(f.out, f.fill(b.words), b.first, b.rest)
	}
}

// fill is a text with its values in their holes.
func (f *filler) fill(list []piece) string {
	if len(list) == 1 && list[0].hole {
		return f.next()
	}
	if len(list) == 1 {
		return list[0].text
	}
	f.line = f.line[:0]
	for i := range list {
		if list[i].hole {
			f.line = append(f.line, f.next()...)
		} else {
			f.line = append(f.line, list[i].text...)
		}
	}
	return string(f.line)
}

func (f *filler) table(b *block) {
	rows := make([][]string, 0, len(b.table))
	for i := range b.table {
		n := 1
		if b.table[i].repeated {
			n = f.times()
		}
		for range n {
			cells := make([]string, len(b.table[i].cells))
			for k, cell := range b.table[i].cells {
				cells[k] = strings.TrimSpace(f.fill(cell))
			}
			rows = append(rows, cells)
		}
	}
	widths := make([]int, len(rows[0]))
	total := 2 * (len(widths) - 1)
	for i := range widths {
		for _, r := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i]))
		}
		total += widths[i]
	}
	if total > tableWidth {
		f.records(rows)
		return
	}
	for i, r := range rows {
		f.aligned(r, widths, b.alignments)
		if i == 0 {
			f.out = append(f.out, strings.Repeat("-", total)+"\n"...)
		}
	}
}

func (f *filler) aligned(cells []string, widths []int, alignments []east.Alignment) {
	for i, cell := range cells {
		pad := blanks[:widths[i]-utf8.RuneCountInString(cell)]
		if i > 0 {
			f.out = append(f.out, "  "...)
		}
		if alignments[i] == east.AlignRight {
			f.out = append(append(f.out, pad...), cell...)
		} else {
			f.out = append(append(f.out, cell...), pad...)
		}
	}
	f.out = append(bytes.TrimRight(f.out, " "), '\n')
}

// blanks are as many as a table is wide.
var blanks = strings.Repeat(" ", tableWidth)

// records writes a wide table as one short block a row: the first cell with its
// heading, then every other cell that says something.
func (f *filler) records(rows [][]string) {
	head := rows[0]
	for i, r := range rows[1:] {
		if i > 0 {
			f.out = append(f.out, '\n')
		}
		f.out = append(unbroken(f.out, head[0], r[0]), '\n')
		f.line = f.line[:0]
		for k := 1; k < len(r); k++ {
			if r[k] == "" || r[k] == "–" {
				continue
			}
			if len(f.line) > 0 {
				f.line = append(f.line, "; "...)
			}
			f.line = unbroken(f.line, head[k], r[k])
		}
		f.out = wrap(f.out, string(f.line), "  ", "  ")
	}
}

// unbroken appends a heading and its value, which stay on one line if they fit on it.
func unbroken(out []byte, head, value string) []byte {
	fits := utf8.RuneCountInString(head)+2+utf8.RuneCountInString(value) <= textWidth-2
	for _, s := range [...]string{head, ": ", value} {
		for word, after, more := strings.Cut(s, " "); ; word, after, more = strings.Cut(after, " ") {
			out = append(out, word...)
			if !more {
				break
			}
			if fits {
				out = append(out, "\u00a0"...)
			} else {
				out = append(out, ' ')
			}
		}
	}
	return out
}

// wrap writes text broken at spaces; a line break in the text stays. A word that is
// longer than a line stands alone on it, uncut.
func wrap(out []byte, s, first, rest string) []byte {
	indent := first
	s = strings.TrimRight(s, "\n ")
	for more := true; more; indent = rest {
		var line string
		line, s, more = strings.Cut(s, "\n")
		out = append(out, indent...)
		out = append(wrapLine(out, line, utf8.RuneCountInString(indent), rest), '\n')
	}
	return out
}

// wrapLine writes the words of one line of text, behind as much as stands there already.
func wrapLine(out []byte, line string, before int, rest string) []byte {
	width := 0
	for len(line) > 0 {
		end := strings.IndexByte(line, ' ')
		if end < 0 {
			end = len(line)
		}
		word := line[:end]
		line = line[min(end+1, len(line)):]
		if word == "" {
			continue
		}
		n := utf8.RuneCountInString(word)
		switch {
		case width == 0:
		case before+width+1+n > textWidth:
			out = append(append(out, '\n'), rest...)
			width = 0
		default:
			out = append(out, ' ')
			width++
		}
		out = append(out, word...)
		width += n
	}
	return out
}

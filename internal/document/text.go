package document

import (
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

// writeText writes the page as plain text for a mail: paragraphs wrapped, tables
// aligned where they fit and otherwise one block a row.
func writeText(p page) string {
	w := textWriter{page: p}
	w.blocks(p.root, "")
	// Wrapping is done: what had to stay together may now be an ordinary space,
	// which survives copying into a bank's form.
	return strings.ReplaceAll(strings.TrimLeft(w.b.String(), "\n"), "\u00a0", " ")
}

type textWriter struct {
	page
	b strings.Builder
}

func (w *textWriter) blocks(n ast.Node, indent string) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.block(c, indent)
	}
}

func (w *textWriter) block(n ast.Node, indent string) {
	switch n := n.(type) {
	case *ast.Heading:
		title := w.inline(n)
		rule := "-"
		if n.Level == 1 {
			rule = "="
		}
		width := min(textWidth, utf8.RuneCountInString(title))
		fmt.Fprintf(&w.b, "\n%s\n%s\n", title, strings.Repeat(rule, width))
	case *ast.Paragraph:
		w.b.WriteString("\n" + wrap(w.linked(n), indent, indent))
	case *ast.List:
		w.list(n, indent)
	case *ast.ThematicBreak:
		w.b.WriteString("\n-- \n")
	case *east.Table:
		w.table(n)
	}
}

// linked is the inline text with the address of a link after its words.
func (w *textWriter) linked(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		l, isLink := c.(*ast.Link)
		if !isLink {
			b.WriteString(w.one(c))
			continue
		}
		words, address := w.inline(l), strings.TrimPrefix(unescape(l.Destination), "mailto:")
		b.WriteString(words)
		if words != address {
			b.WriteString(" <" + address + ">")
		}
	}
	return b.String()
}

func (w *textWriter) one(c ast.Node) string {
	if t, isText := c.(*ast.Text); isText {
		s := unescape(t.Segment.Value(w.source))
		switch {
		case t.HardLineBreak():
			return s + "\n"
		case t.SoftLineBreak():
			return s + " "
		}
		return s
	}
	return w.linked(c)
}

func (w *textWriter) list(n *ast.List, indent string) {
	w.b.WriteByte('\n')
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
				w.b.WriteString(wrap(w.linked(c), mark, rest))
				mark = rest
			default:
				w.block(c, rest)
			}
		}
	}
}

func (w *textWriter) table(n *east.Table) {
	rows := w.rows(n)
	widths := make([]int, len(rows[0]))
	total := 2 * (len(widths) - 1)
	for i := range widths {
		for _, r := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i]))
		}
		total += widths[i]
	}
	w.b.WriteByte('\n')
	if total > tableWidth {
		w.records(rows)
		return
	}
	for i, r := range rows {
		w.aligned(r, widths, n.Alignments)
		if i == 0 {
			w.b.WriteString(strings.Repeat("-", total) + "\n")
		}
	}
}

func (w *textWriter) aligned(cells []string, widths []int, alignments []east.Alignment) {
	var line strings.Builder
	for i, cell := range cells {
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i > 0 {
			line.WriteString("  ")
		}
		if alignments[i] == east.AlignRight {
			line.WriteString(pad + cell)
		} else {
			line.WriteString(cell + pad)
		}
	}
	w.b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}

// records writes a wide table as one short block a row: the first cell with its
// heading, then every other cell that says something.
func (w *textWriter) records(rows [][]string) {
	head := rows[0]
	for i, r := range rows[1:] {
		if i > 0 {
			w.b.WriteByte('\n')
		}
		w.b.WriteString(unbroken(head[0]+": "+r[0]) + "\n")
		var parts []string
		for k := 1; k < len(r); k++ {
			if r[k] != "" && r[k] != "–" {
				parts = append(parts, unbroken(head[k]+": "+r[k]))
			}
		}
		w.b.WriteString(wrap(strings.Join(parts, "; "), "  ", "  "))
	}
}

// unbroken keeps a heading and its value on one line.
func unbroken(s string) string {
	if utf8.RuneCountInString(s) > textWidth-2 {
		return s
	}
	return strings.ReplaceAll(s, " ", "\u00a0")
}

// wrap breaks text at spaces; a line break in the text stays. A word that is longer
// than a line stands alone on it, uncut.
func wrap(s, first, rest string) string {
	var b strings.Builder
	indent := first
	for _, line := range strings.Split(strings.TrimRight(s, "\n "), "\n") {
		width := 0
		b.WriteString(indent)
		for _, word := range strings.Split(line, " ") {
			n := utf8.RuneCountInString(word)
			if n == 0 {
				continue
			}
			switch {
			case width == 0:
			case utf8.RuneCountInString(indent)+width+1+n > textWidth:
				b.WriteString("\n" + rest)
				width = 0
			default:
				b.WriteByte(' ')
				width++
			}
			b.WriteString(word)
			width += n
		}
		b.WriteByte('\n')
		indent = rest
	}
	return b.String()
}

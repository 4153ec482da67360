package document

import (
	"fmt"
	"html"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// No colour is ever set on text or background, so that the reader's own light or
// dark scheme stays whole; borders are a grey that is visible on both.
const (
	styleBody = "margin:0;padding:16px;" +
		"font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;" +
		"font-size:16px;line-height:1.5"
	styleMain   = "max-width:720px;margin:0 auto"
	styleTable  = "border-collapse:collapse;font-size:14px;margin:0 0 16px"
	styleButton = "display:inline-block;padding:10px 20px;border:2px solid;border-radius:6px;" +
		"color:inherit;font-weight:bold;text-decoration:none"
	styleRow = "border-bottom:1px solid #808080;vertical-align:top"
)

// appendHead writes what stands before the page.
func appendHead(out []byte, lang locale.Language, title string) []byte {
	for _, s := range [...]string{"<!doctype html>\n<html lang=\"", html.EscapeString(string(lang)), htmlHead,
		html.EscapeString(title), htmlBody} {
		out = append(out, s...)
	}
	return out
}

const (
	htmlHead = "\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta name=\"color-scheme\" content=\"light dark\">\n<title>"
	htmlBody = "</title>\n</head>\n<body style=\"" + styleBody + "\">\n<div style=\"" + styleMain + "\">\n"
	htmlFoot = "</div>\n</body>\n</html>\n"
)

// htmlWriter makes of the parsed page the pieces of a complete HTML document without
// any remote part.
type htmlWriter struct {
	parsed
	b *pieces
}

func (w *htmlWriter) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.node(c)
	}
}

// element writes a node's children between two tags.
func (w *htmlWriter) element(n ast.Node, open, shut string) {
	w.b.write(open)
	w.children(n)
	w.b.write(shut)
}

// node writes one node; parsePage has refused every other kind.
func (w *htmlWriter) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		size := "20px"
		if n.Level > 1 {
			size = "17px"
		}
		open := fmt.Sprintf("<h%d style=\"font-size:%s;line-height:1.3;margin:24px 0 8px\">", n.Level, size)
		w.element(n, open, fmt.Sprintf("</h%d>\n", n.Level))
	case *ast.Paragraph:
		w.element(n, "<p style=\"margin:0 0 16px\">", "</p>\n")
	case *ast.TextBlock:
		w.children(n)
	case *ast.List:
		w.list(n)
	case *ast.ListItem:
		w.element(n, "<li style=\"margin:0 0 4px\">", "</li>\n")
	case *ast.ThematicBreak:
		w.b.write("<hr style=\"border:0;border-top:1px solid #808080;margin:24px 0 16px\">\n")
	case *ast.Text:
		w.text(n)
	case *ast.Emphasis:
		tag := "em"
		if n.Level == 2 {
			tag = "strong"
		}
		w.element(n, "<"+tag+">", "</"+tag+">")
	case *ast.Link:
		w.link(n)
	case *east.Table:
		w.table(n)
	}
}

func (w *htmlWriter) text(n *ast.Text) {
	w.b.add(w.words(n), w.marks, html.EscapeString)
	switch {
	case n.HardLineBreak():
		w.b.write("<br>\n")
	case n.SoftLineBreak():
		w.b.write("\n")
	}
}

// link writes a link; one that is a paragraph of its own looks like a button. Its border
// and words have the colours of the text around it, so that it stays readable on any ground.
func (w *htmlWriter) link(n *ast.Link) {
	w.b.write("<a href=\"")
	w.b.add(unescape(n.Destination), w.marks, html.EscapeString)
	w.b.write("\"")
	if alone(n) {
		w.b.write(" style=\"" + styleButton + "\"")
	}
	w.element(n, ">", "</a>")
}

// alone reports whether a link is all that its paragraph says.
func alone(n *ast.Link) bool {
	_, paragraph := n.Parent().(*ast.Paragraph)
	return paragraph && n.Parent().ChildCount() == 1
}

func (w *htmlWriter) list(n *ast.List) {
	tag := "ul"
	if n.IsOrdered() {
		tag = "ol"
	}
	w.element(n, "<"+tag+" style=\"margin:0 0 16px;padding-left:24px\">\n", "</"+tag+">\n")
}

// table writes a table in a box of its own that scrolls on a narrow screen, with
// the first cell of each row as its heading.
func (w *htmlWriter) table(n *east.Table) {
	w.b.write("<div style=\"overflow-x:auto\">\n<table cellpadding=\"6\" style=\"" + styleTable +
		"\">\n")
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		_, header := r.(*east.TableHeader)
		if header {
			w.b.write("<thead>\n")
		}
		if w.isRepeated(r) {
			row := htmlWriter{parsed: w.parsed, b: &pieces{}}
			row.row(r, header)
			w.b.repeat(row.b)
		} else {
			w.row(r, header)
		}
		if header {
			w.b.write("</thead>\n<tbody>\n")
		}
	}
	w.b.write("</tbody>\n</table>\n</div>\n")
}

func (w *htmlWriter) row(r ast.Node, header bool) {
	w.b.write("<tr style=\"" + styleRow + "\">\n")
	for c := r.FirstChild(); c != nil; c = c.NextSibling() {
		w.cell(c.(*east.TableCell), header, c == r.FirstChild())
	}
	w.b.write("</tr>\n")
}

// cell writes one cell. It uses the short old attributes instead of a style: some
// readers cut a mail off after 100 kB, and 200 rows of styles are more than that.
func (w *htmlWriter) cell(n *east.TableCell, header, first bool) {
	open, shut := "<td", "</td>\n"
	switch {
	case header:
		open, shut = "<th scope=\"col\"", "</th>\n"
	case first:
		open, shut = "<th scope=\"row\" style=\"font-weight:normal\"", "</th>\n"
	}
	if n.Alignment == east.AlignRight {
		open += " align=\"right\""
	} else if header || first {
		open += " align=\"left\""
	}
	// Figures stay whole, and so do the numbers that a wide table begins with.
	if !header && (n.Alignment == east.AlignRight || first && n.Parent().ChildCount() > 4) {
		open += " nowrap"
	}
	w.element(n, open+">", shut)
}

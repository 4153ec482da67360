package letter

import (
	"strings"

	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/pdf"
)

// The sizes of a table, the largest that fits is taken.
var tableFonts = []font{tableFont(9.5), tableFont(9), tableFont(8.5), tableFont(8), tableFont(7.5)}

func tableFont(size float64) font {
	return font{size: pdf.Points(size), leading: pdf.Points(size * 1.42), tabular: true}
}

const (
	cellGap  = 9 * pdf.Pt
	hairline = pdf.Unit(400)
)

var ruleGrey = pdf.Colour{R: 0x99, G: 0x99, B: 0x99}

// grid is a table whose columns have their places.
type grid struct {
	of     *document.Block
	font   font
	head   font
	x      []pdf.Unit // left edges
	widths []pdf.Unit
}

// newGrid places the columns between two edges.
func newGrid(b *document.Block, left, right pdf.Unit) *grid {
	g := &grid{of: b}
	width := right - left
	for _, f := range tableFonts {
		g.font, g.head = f, f
		g.head.size, g.head.leading = min(f.size, pdf.Points(8.5)), pdf.Points(10.8)
		if g.natural() <= width {
			break
		}
	}
	sum := g.natural()
	if sum > width {
		g.shrink(sum - width)
		sum = width
	}
	sum += g.widen(width - sum)
	n := pdf.Unit(len(g.widths))
	extra := (width - sum) / max(1, n-1)
	x := left
	for i, w := range g.widths {
		g.x = append(g.x, x)
		if pdf.Unit(i) == n-1 { // the last column ends where the text ends
			g.widths[i] = right - x
		}
		x += w + cellGap + extra
	}
	return g
}

// natural measures the columns: each as wide as its widest cell and the longest word of
// its heading. It returns the width of all with what stands between.
func (g *grid) natural() pdf.Unit {
	g.widths = make([]pdf.Unit, len(g.of.Right))
	for i, cells := range g.of.Rows {
		for c := range cells {
			if i == 0 {
				for _, w := range strings.Fields(said(cells[c])) {
					g.widths[c] = max(g.widths[c], g.head.style(true, false).Width(w))
				}
				continue
			}
			for _, r := range cells[c] {
				g.widths[c] = max(g.widths[c], g.font.style(r.Bold, r.Italic).Width(strings.TrimSpace(said(cells[c]))))
			}
		}
	}
	sum := cellGap * pdf.Unit(len(g.widths)-1)
	for _, w := range g.widths {
		sum += w
	}
	return sum
}

// widen gives headings the room they need for one line, as long as there is some, and
// returns how much they took.
func (g *grid) widen(room pdf.Unit) (taken pdf.Unit) {
	if len(g.of.Rows) == 0 {
		return 0
	}
	for c := range g.widths {
		if c < len(g.of.Rows[0]) {
			need := g.head.style(true, false).Width(strings.TrimSpace(said(g.of.Rows[0][c]))) - g.widths[c]
			if need > 0 && taken+need <= room {
				g.widths[c] += need
				taken += need
			}
		}
	}
	return taken
}

// shrink takes what is too much from the columns of text, the widest first; figures stay
// whole while there is another way.
func (g *grid) shrink(excess pdf.Unit) {
	const least = 48 * pdf.Pt
	for _, right := range []bool{false, true} {
		for excess > 0 {
			widest := -1
			for c, w := range g.widths {
				if g.of.Right[c] == right && w > least && (widest < 0 || w > g.widths[widest]) {
					widest = c
				}
			}
			if widest < 0 {
				break
			}
			by := min(excess, g.widths[widest]-least, 12*pdf.Pt)
			g.widths[widest] -= by
			excess -= by
		}
	}
}

// row sets the cells of one row; what is too long for its column takes more lines.
func (g *grid) row(cells []document.Cell, f font, bold bool) row {
	var out row
	lines := make([][]row, len(cells))
	most := 1
	for c := range cells {
		runs := []document.Run(cells[c])
		if bold {
			runs = plain(said(runs), true)
		}
		lines[c] = f.lines(runs, 0, g.widths[c])
		most = max(most, len(lines[c]))
	}
	for c := range cells {
		for i, l := range lines[c] {
			at := i
			if bold { // headings stand on the line
				at = most - len(lines[c]) + i
			}
			x := g.x[c]
			if g.of.Right[c] {
				x += g.widths[c] - l.end()
			}
			out.add(l, x, pdf.Unit(at)*f.leading)
		}
	}
	out.height = pdf.Unit(most) * f.leading
	return out
}

// end is how far the texts of a row reach.
func (r *row) end() (x pdf.Unit) {
	for _, m := range r.marks {
		x = max(x, m.x+m.style.Width(strings.TrimRight(m.text, " ")))
	}
	return x
}

// block is the table with its heading and a hairline under each row.
func (g *grid) block(left, right pdf.Unit) block {
	b := block{before: 2 * pdf.Pt}
	head := g.row(g.of.Rows[0], g.head, true)
	head.height += 3 * pdf.Pt
	head.rule(left, right, head.height, pdf.Points(0.8), pdf.Black)
	head.height += pdf.Pt
	b.head = &head
	for _, cells := range g.of.Rows[1:] {
		r := g.row(cells, g.font, false)
		r.height += 2 * pdf.Pt
		r.rule(left, right, r.height, hairline, ruleGrey)
		r.height += pdf.Points(0.8)
		b.rows = append(b.rows, r)
	}
	if len(b.rows) == 0 { // a table without rows is its heading
		b.rows, b.head = []row{head}, nil
	}
	return b
}

// carry lets the sum of a column go over a page break. sums are the sums of the rows
// before each row, written.
func (g *grid) carry(b *block, column int, sums []string, l labels, left pdf.Unit) {
	edge := g.x[column] + g.widths[column]
	of := func(words string) func(int) row {
		return func(i int) row {
			r := row{height: g.font.leading + 3*pdf.Pt}
			style := g.font.style(true, false)
			r.say(left, g.font.baseline()+pdf.Pt, style, pdf.Black, words)
			r.sayRight(edge, g.font.baseline()+pdf.Pt, style, pdf.Black, sums[i])
			return r
		}
	}
	b.carried, b.brought = of(l.forward), of(l.brought)
}

// columnOf is the first column that reads as wanted in every row; -1 if none does.
func columnOf(b *document.Block, wanted []string) int {
	for c := range b.Right {
		same := len(b.Rows)-1 == len(wanted)
		for i := 0; same && i < len(wanted); i++ {
			same = c < len(b.Rows[i+1]) && strings.TrimSpace(said(b.Rows[i+1][c])) == wanted[i]
		}
		if same && len(wanted) > 0 {
			return c
		}
	}
	return -1
}

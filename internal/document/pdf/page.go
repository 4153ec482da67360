package pdf

import (
	"slices"
	"strconv"
)

// Colour is red, green and blue.
type Colour struct{ R, G, B uint8 }

// Black is the colour of text.
var Black = Colour{}

// page is the page that is being written. What is drawn stands below what is written: so
// the text of a page is one, and each line of it says only how far it is from the one before.
type page struct {
	width, height Unit
	draw, text    content
	stroke        Colour
	line          Unit
	open          bool // lines are laid out and not drawn yet
	face          *font
	size          Unit
	x, y          int64 // where the line of text before began, in hundredths of a point
	slanted       bool
	images        []int // numbers of the pictures on it
}

// content is a part of what a page says, with the colour that it is filled with.
type content struct {
	out  []byte
	fill Colour
}

func (c *content) unit(u Unit) { c.hundredths(hundredths(u)) }

func (c *content) hundredths(v int64) { c.out = append(appendHundredths(c.out, v), ' ') }

func (c *content) op(s string) { c.out = append(append(c.out, s...), '\n') }

// colour says a colour, as grey where it is one.
func (c *content) colour(v Colour, grey, rgb string) {
	parts := []uint8{v.R, v.G, v.B}
	op := rgb
	if v.R == v.G && v.G == v.B {
		parts, op = parts[:1], grey
	}
	for _, part := range parts {
		c.out = strconv.AppendFloat(c.out, float64(int(part)*1000/255)/1000, 'f', -1, 32)
		c.out = append(c.out, ' ')
	}
	c.op(op)
}

func (c *content) fills(v Colour) {
	if c.fill != v {
		c.fill = v
		c.colour(v, "g", "rg")
	}
}

// content is all that the page says.
func (p *page) content() []byte {
	p.strokes()
	if len(p.text.out) == 0 {
		return p.draw.out
	}
	if len(p.draw.out) > 0 && p.draw.fill != Black {
		p.draw.fills(Black) // which the text begins with
	}
	p.draw.op("BT")
	p.draw.out = append(p.draw.out, p.text.out...)
	p.draw.op("ET")
	return p.draw.out
}

// Text writes a line of text; y is its baseline. A character that the face lacks is
// written as the replacement character and remembered, see [Writer.Missing].
func (w *Writer) Text(x, y Unit, s Style, c Colour, text string) {
	text = shown(text)
	if text == "" {
		return
	}
	p := w.page
	p.text.fills(c)
	p.moves(tenths(x), tenths(p.height-y), s.Slanted)
	w.glyphs(s, text)
}

// moves begins a line of text.
func (p *page) moves(x, y int64, slanted bool) {
	switch {
	case slanted:
		p.text.out = append(p.text.out, "1 0 .2 1 "...)
		p.text.hundredths(x)
		p.text.hundredths(y)
		p.text.op("Tm")
	case p.slanted:
		p.text.out = append(p.text.out, "1 0 0 1 "...)
		p.text.hundredths(x)
		p.text.hundredths(y)
		p.text.op("Tm")
	default:
		p.text.hundredths(x - p.x)
		p.text.hundredths(y - p.y)
		p.text.op("Td")
	}
	p.x, p.y, p.slanted = x, y, slanted
}

// sets chooses a font.
func (p *page) sets(f *font, size Unit) {
	if p.face != f || p.size != size {
		p.face, p.size = f, size
		p.text.out = append(append(p.text.out, f.name...), ' ')
		p.text.unit(size)
		p.text.op("Tf")
	}
}

// glyphs writes the glyphs of a text, moved where a pair of them stands too far apart.
func (w *Writer) glyphs(s Style, text string) {
	out := &w.page.text
	before, table := uint16(0), -1
	for _, r := range text {
		g, said := w.glyph(s, r)
		c := w.codes.code(said)
		f := w.font(s.Face, c.table)
		f.used[c.byte], f.glyphs[c.byte] = true, g
		if c.table != table {
			if table >= 0 {
				out.op(")]TJ")
			}
			w.page.sets(f, s.Size)
			out.out = append(out.out, "[("...)
			table = c.table
		}
		if before != 0 {
			if by := s.Face.kerning(before, g); by != 0 {
				out.out = append(out.out, ')')
				out.out = strconv.AppendInt(out.out, int64(-by), 10)
				out.out = append(out.out, '(')
			}
		}
		if c.byte == '(' || c.byte == ')' || c.byte == '\\' {
			out.out = append(out.out, '\\')
		}
		out.out = append(out.out, c.byte)
		before = g
	}
	out.op(")]TJ")
}

// glyph is the glyph of a character in a style, and the sign that the file names it by.
func (w *Writer) glyph(s Style, r rune) (uint16, sign) {
	g, ok := s.Face.glyph(r)
	if !ok {
		if !slices.Contains(w.missing, r) {
			w.missing = append(w.missing, r)
		}
		return g, sign{r: '\ufffd'}
	}
	if s.Tabular {
		if t, ok := s.Face.tabular[g]; ok {
			return t, sign{r: r, tabular: true}
		}
	}
	return g, sign{r: r}
}

// Line draws a line.
func (w *Writer) Line(x1, y1, x2, y2, width Unit, c Colour) {
	p := w.page
	p.pen(c, width)
	p.draw.hundredths(tenths(x1))
	p.draw.hundredths(tenths(p.height - y1))
	p.draw.op("m")
	p.draw.hundredths(tenths(x2))
	p.draw.hundredths(tenths(p.height - y2))
	p.draw.op("l")
	p.open = true
}

// pen chooses how lines are drawn. Lines that are drawn alike are drawn at once.
func (p *page) pen(c Colour, width Unit) {
	if p.stroke != c || p.line != width {
		p.strokes()
	}
	if p.stroke != c {
		p.stroke = c
		p.draw.colour(c, "G", "RG")
	}
	if p.line != width {
		p.line = width
		p.draw.unit(width)
		p.draw.op("w")
	}
}

// strokes draws the lines that are laid out.
func (p *page) strokes() {
	if p.open {
		p.draw.op("S")
		p.open = false
	}
}

// Rectangle is a rectangle by its upper left corner.
type Rectangle struct{ X, Y, Width, Height Unit }

// Fill fills rectangles. Text stands above them, whenever it is written.
func (w *Writer) Fill(c Colour, list ...Rectangle) {
	p := w.page
	p.strokes()
	p.draw.fills(c)
	for _, r := range list {
		p.rectangle(r)
	}
	p.draw.op("f")
}

// Frame draws the border of a rectangle.
func (w *Writer) Frame(r Rectangle, width Unit, c Colour) {
	w.page.pen(c, width)
	w.page.rectangle(r)
	w.page.open = true
}

func (p *page) rectangle(r Rectangle) {
	p.draw.unit(r.X)
	p.draw.unit(p.height - r.Y - r.Height)
	p.draw.unit(r.Width)
	p.draw.unit(r.Height)
	p.draw.op("re")
}

// Picture draws a picture into a rectangle.
func (w *Writer) Picture(img *Image, r Rectangle) {
	p := w.page
	n := w.image(img)
	if !slices.Contains(p.images, n) {
		p.images = append(p.images, n)
	}
	p.strokes()
	p.draw.out = append(p.draw.out, "q "...)
	p.draw.unit(r.Width)
	p.draw.out = append(p.draw.out, "0 0 "...)
	p.draw.unit(r.Height)
	p.draw.unit(r.X)
	p.draw.unit(p.height - r.Y - r.Height)
	p.draw.out = append(p.draw.out, "cm /I"...)
	p.draw.out = strconv.AppendInt(p.draw.out, int64(n), 10)
	p.draw.op(" Do Q")
}

// Modules draws the dark squares of a square code into a rectangle.
func (w *Writer) Modules(code [][]bool, r Rectangle, c Colour) {
	p := w.page
	p.strokes()
	p.draw.fills(c)
	n := Unit(len(code))
	p.draw.out = append(p.draw.out, "q "...)
	p.draw.out = append(strconv.AppendFloat(p.draw.out, float64(r.Width/n)/1000, 'f', 3, 64), " 0 0 "...)
	p.draw.out = append(strconv.AppendFloat(p.draw.out, float64(r.Height/n)/1000, 'f', 3, 64), ' ')
	p.draw.unit(r.X)
	p.draw.unit(p.height - r.Y - r.Height)
	p.draw.op("cm")
	for y, row := range code {
		for x := 0; x < len(row); {
			run := 0
			for x+run < len(row) && row[x+run] {
				run++
			}
			if run > 0 {
				for _, v := range [...]int{x, len(code) - 1 - y, run} {
					p.draw.out = append(strconv.AppendInt(p.draw.out, int64(v), 10), ' ')
				}
				p.draw.op("1 re")
			}
			x += run + 1
		}
	}
	p.draw.op("f Q")
}

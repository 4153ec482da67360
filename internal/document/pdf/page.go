package pdf

import (
	"slices"
	"strconv"
)

// Colour is red, green and blue.
type Colour struct{ R, G, B uint8 }

// Black is the colour of text.
var Black = Colour{}

// page is the page that is being written.
type page struct {
	width, height Unit
	out           []byte
	in            bool // between BT and ET
	face          *font
	size          Unit
	fill, stroke  Colour
	line          Unit
	images        []int // numbers of the pictures on it
}

func (p *page) unit(u Unit) { p.out = append(appendUnit(p.out, u), ' ') }

func (p *page) op(s string) { p.out = append(append(p.out, s...), '\n') }

// ends ends the text that is open, so that something may be drawn.
func (p *page) ends() {
	if p.in {
		p.op("ET")
		p.in = false
	}
}

func (p *page) colour(c Colour, op string) {
	for _, v := range []uint8{c.R, c.G, c.B} {
		p.out = strconv.AppendFloat(p.out, float64(int(v)*1000/255)/1000, 'f', -1, 32)
		p.out = append(p.out, ' ')
	}
	p.op(op)
}

func (p *page) fills(c Colour) {
	if p.fill != c {
		p.fill = c
		p.colour(c, "rg")
	}
}

// Text writes a line of text; y is its baseline. A character that the face lacks is
// written as the replacement character and remembered, see [Writer.Missing].
func (w *Writer) Text(x, y Unit, s Style, c Colour, text string) {
	text = shown(text)
	if text == "" {
		return
	}
	p, f := w.page, w.fonts[s.Face]
	if f == nil {
		f = w.font(s.Face)
	}
	p.fills(c)
	if !p.in {
		p.op("BT")
		p.in, p.face = true, nil
	}
	if p.face != f || p.size != s.Size {
		p.face, p.size = f, s.Size
		p.out = append(append(p.out, f.name...), ' ')
		p.unit(s.Size)
		p.op("Tf")
	}
	if s.Slanted {
		p.out = append(p.out, "1 0 .2 1 "...)
	} else {
		p.out = append(p.out, "1 0 0 1 "...)
	}
	p.unit(x)
	p.unit(p.height - y)
	p.op("Tm")
	w.glyphs(s, f, text)
}

const hexDigits = "0123456789ABCDEF"

// glyphs writes the glyphs of a text, moved where a pair of them stands too far apart.
func (w *Writer) glyphs(s Style, f *font, text string) {
	p := w.page
	p.out = append(p.out, "[<"...)
	before := uint16(0)
	for _, r := range text {
		g, ok := s.Face.glyph(r)
		if !ok && !slices.Contains(w.missing, r) {
			w.missing = append(w.missing, r)
		}
		if s.Tabular {
			if t, ok := s.Face.tabular[g]; ok {
				g = t
			}
		}
		if before != 0 {
			if by := s.Face.kerning(before, g); by != 0 {
				p.out = append(p.out, '>')
				p.out = strconv.AppendInt(p.out, int64(-by*1000/s.Face.upem), 10)
				p.out = append(p.out, '<')
			}
		}
		n := f.number(g, r, ok)
		p.out = append(p.out, hexDigits[n>>12], hexDigits[n>>8&15], hexDigits[n>>4&15], hexDigits[n&15])
		before = g
	}
	p.op(">]TJ")
}

// Line draws a line.
func (w *Writer) Line(x1, y1, x2, y2, width Unit, c Colour) {
	p := w.page
	p.ends()
	if p.stroke != c {
		p.stroke = c
		p.colour(c, "RG")
	}
	p.thick(width)
	p.unit(x1)
	p.unit(p.height - y1)
	p.op("m")
	p.unit(x2)
	p.unit(p.height - y2)
	p.op("l S")
}

func (p *page) thick(width Unit) {
	if p.line != width {
		p.line = width
		p.unit(width)
		p.op("w")
	}
}

// Rectangle is a rectangle by its upper left corner.
type Rectangle struct{ X, Y, Width, Height Unit }

// Fill fills rectangles.
func (w *Writer) Fill(c Colour, list ...Rectangle) {
	w.page.ends()
	w.page.fills(c)
	for _, r := range list {
		w.rectangle(r)
	}
	w.page.op("f")
}

// Frame draws the border of a rectangle.
func (w *Writer) Frame(r Rectangle, width Unit, c Colour) {
	p := w.page
	p.ends()
	if p.stroke != c {
		p.stroke = c
		p.colour(c, "RG")
	}
	p.thick(width)
	w.rectangle(r)
	p.op("S")
}

func (w *Writer) rectangle(r Rectangle) {
	p := w.page
	p.unit(r.X)
	p.unit(p.height - r.Y - r.Height)
	p.unit(r.Width)
	p.unit(r.Height)
	p.op("re")
}

// Picture draws a picture into a rectangle.
func (w *Writer) Picture(img *Image, r Rectangle) {
	p := w.page
	n := w.image(img)
	if !slices.Contains(p.images, n) {
		p.images = append(p.images, n)
	}
	p.ends()
	p.out = append(p.out, "q "...)
	p.unit(r.Width)
	p.out = append(p.out, "0 0 "...)
	p.unit(r.Height)
	p.unit(r.X)
	p.unit(p.height - r.Y - r.Height)
	p.out = append(p.out, "cm /I"...)
	p.out = strconv.AppendInt(p.out, int64(n), 10)
	p.op(" Do Q")
}

// Modules draws the dark squares of a square code into a rectangle.
func (w *Writer) Modules(code [][]bool, r Rectangle, c Colour) {
	p := w.page
	p.ends()
	p.fills(c)
	n := Unit(len(code))
	p.out = append(p.out, "q "...)
	p.out = append(strconv.AppendFloat(p.out, float64(r.Width/n)/1000, 'f', 3, 64), " 0 0 "...)
	p.out = append(strconv.AppendFloat(p.out, float64(r.Height/n)/1000, 'f', 3, 64), ' ')
	p.unit(r.X)
	p.unit(p.height - r.Y - r.Height)
	p.op("cm")
	for y, row := range code {
		for x := 0; x < len(row); {
			run := 0
			for x+run < len(row) && row[x+run] {
				run++
			}
			if run > 0 {
				for _, v := range [...]int{x, len(code) - 1 - y, run} {
					p.out = append(strconv.AppendInt(p.out, int64(v), 10), ' ')
				}
				p.op("1 re")
			}
			x += run + 1
		}
	}
	p.op("f Q")
}

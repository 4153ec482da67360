package letter

import (
	"strings"

	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/pdf"
)

// kind says what a mark on the page is.
type kind uint8

const (
	textMark kind = iota
	lineMark
	frameMark
	codeMark
	pictureMark
)

// mark is one thing on a page, placed relative to the row it is in: a text by its
// baseline, a line by both ends, anything else by its upper left corner.
type mark struct {
	kind          kind
	x, y          pdf.Unit
	width, height pdf.Unit
	style         pdf.Style
	colour        pdf.Colour
	text          string
	code          [][]bool
	picture       *pdf.Image
}

// row is what is never split over pages.
type row struct {
	height pdf.Unit
	marks  []mark
}

func (r *row) say(x, y pdf.Unit, s pdf.Style, c pdf.Colour, text string) {
	if text != "" {
		r.marks = append(r.marks, mark{x: x, y: y, style: s, colour: c, text: text})
	}
}

// sayRight writes a text that ends at x.
func (r *row) sayRight(x, y pdf.Unit, s pdf.Style, c pdf.Colour, text string) {
	r.say(x-s.Width(text), y, s, c, text)
}

func (r *row) rule(x1, x2, y, width pdf.Unit, c pdf.Colour) {
	r.marks = append(r.marks, mark{kind: lineMark, x: x1, y: y, width: x2 - x1, height: width, colour: c})
}

// add puts the marks of another row into this one, moved.
func (r *row) add(other row, x, y pdf.Unit) {
	for _, m := range other.marks {
		m.x, m.y = m.x+x, m.y+y
		r.marks = append(r.marks, m)
	}
}

// font is a size of running text with its leading.
type font struct {
	size, leading pdf.Unit
	tabular       bool
	colour        pdf.Colour
}

// The sizes of a letter.
var (
	grey    = pdf.Colour{R: 0x55, G: 0x55, B: 0x55}
	small   = font{size: pdf.Points(8), leading: pdf.Points(10.8)}
	label   = font{size: pdf.Points(8), leading: pdf.Points(12.6), colour: grey}
	inLabel = font{size: pdf.Points(9), leading: pdf.Points(12.6), tabular: true}
	foot    = font{size: pdf.Points(7.3), leading: pdf.Points(9.8), colour: grey}
)

func (f font) style(bold, italic bool) pdf.Style {
	s := pdf.Style{Face: pdf.Regular(), Size: f.size, Tabular: f.tabular, Slanted: italic}
	if bold {
		s.Face = pdf.Bold()
	}
	return s
}

// word is a piece of a line that is not broken.
type word struct {
	run   document.Run
	text  string
	width pdf.Unit
	glued bool // to the word before, without a space
	ends  bool // the line ends after it
}

// words cuts runs at their spaces, and what is wider than a line wherever it must be.
func (f font) words(runs []document.Run, width pdf.Unit) []word {
	var out []word
	glued := false
	for _, r := range runs {
		style := f.style(r.Bold, r.Italic)
		for i, text := range strings.Split(r.Text, " ") {
			if i > 0 {
				glued = false
			}
			if text == "" {
				continue
			}
			for text != "" {
				part := fitting(style, text, width)
				out = append(out, word{run: r, text: part, width: style.Width(part), glued: glued})
				text, glued = text[len(part):], true
			}
		}
		if r.Break && len(out) > 0 {
			out[len(out)-1].ends, glued = true, false
		}
	}
	return out
}

// fitting is as much of a word as fits a width: all of it, or up to a sign after which
// words may be broken, or else as many characters as fit; at least one.
func fitting(s pdf.Style, text string, width pdf.Unit) string {
	if s.Width(text) <= width {
		return text
	}
	best, sign := 0, 0
	for i, r := range text {
		end := i + len(string(r))
		if best > 0 && s.Width(text[:end]) > width {
			break
		}
		best = end
		if strings.ContainsRune("-/@._–", r) {
			sign = end
		}
	}
	if sign > best/3 {
		return text[:sign]
	}
	return text[:best]
}

// lines breaks runs into rows of a width, beginning at x.
func (f font) lines(runs []document.Run, x, width pdf.Unit) []row {
	var out []row
	var line []word
	used := pdf.Unit(0)
	shut := func() {
		if len(line) > 0 {
			out = append(out, f.line(line, x))
		}
		line, used = nil, 0
	}
	words := f.words(runs, width)
	for i := 0; i < len(words); {
		n, sum := 1, words[i].width // as many as hang together
		for ; i+n < len(words) && words[i+n].glued; n++ {
			sum += words[i+n].width
		}
		if sum > width { // parts of one word that is too long, each of which fits
			n, sum = 1, words[i].width
		}
		space := pdf.Unit(0)
		if len(line) > 0 && !words[i].glued {
			space = f.style(words[i].run.Bold, false).Width(" ")
		}
		if len(line) > 0 && used+space+sum > width {
			shut()
			space = 0
		}
		line = append(line, words[i:i+n]...)
		used += space + sum
		if words[i+n-1].ends {
			shut()
		}
		i += n
	}
	shut()
	return out
}

// line sets words beside each other; those of one style are one text.
func (f font) line(words []word, x pdf.Unit) row {
	r := row{height: f.leading}
	base := f.baseline()
	for i := 0; i < len(words); {
		text, first := words[i].text, words[i].run
		k := i + 1
		for ; k < len(words) && words[k].run.Bold == first.Bold && words[k].run.Italic == first.Italic; k++ {
			if !words[k].glued {
				text += " "
			}
			text += words[k].text
		}
		if k < len(words) && !words[k].glued {
			text += " "
		}
		style := f.style(first.Bold, first.Italic)
		r.say(x, base, style, f.colour, text)
		x += style.Width(text)
		i = k
	}
	return r
}

// baseline is where text stands in a row of its leading.
func (f font) baseline() pdf.Unit { return (f.leading + f.size*72/100) / 2 }

// plain is text in one style.
func plain(text string, bold bool) []document.Run { return []document.Run{{Text: text, Bold: bold}} }

// said is the text of runs.
func said(runs []document.Run) string {
	if len(runs) == 1 {
		return runs[0].Text
	}
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
		if r.Break {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

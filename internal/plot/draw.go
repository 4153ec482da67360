package plot

import (
	"io"
	"strconv"
	"strings"
)

// drawing gathers the text of one svg element.
type drawing struct{ strings.Builder }

// escaped writes what XML understands as text and in a quoted attribute; a character that
// XML does not allow is left out.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&#34;")
		case r == '\'':
			b.WriteString("&#39;")
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// name is s as part of an id or class.
func name(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, s)
}

// px is a coordinate.
func px(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// round keeps coordinates to a tenth of a pixel.
func round(v float64) float64 {
	if v < 0 {
		return -round(-v)
	}
	return float64(int64(v*10+0.5)) / 10
}

func plain(v int64) string { return strconv.FormatInt(v, 10) }

// textWidth is about how wide a text of the plot's size is.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case strings.ContainsRune(" .,:;'|ijlI\u00a0\u202f", r):
			w += 3.6
		case r == '–' || r == '-' || r == 'f' || r == 't' || r == 'r':
			w += 5
		case r >= 'A' && r <= 'Z' || r == 'm' || r == 'w':
			w += 8.4
		default:
			w += 6.9
		}
	}
	return w
}

// shortened cuts a label to the room there is.
func shortened(s string, room float64) string {
	if textWidth(s) <= room {
		return s
	}
	runes := []rune(s)
	for len(runes) > 1 && textWidth(string(runes)+"…") > room {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimSpace(string(runes)) + "…"
}

// attrs writes name="value" pairs; values are numbers, classes or escaped by the caller.
func (d *drawing) open(tag string, attrs ...string) {
	d.WriteByte('<')
	d.WriteString(tag)
	for i := 0; i+1 < len(attrs); i += 2 {
		d.WriteString(` ` + attrs[i] + `="` + attrs[i+1] + `"`)
	}
}

func (d *drawing) element(tag string, attrs ...string) {
	d.open(tag, attrs...)
	d.WriteString("/>\n")
}

func (d *drawing) text(x, y float64, class, s string) {
	if s == "" {
		return
	}
	d.open("text", "x", px(round(x)), "y", px(round(y)), "class", class)
	d.WriteString(">" + escaped(s) + "</text>\n")
}

func (d *drawing) line(x1, y1, x2, y2 float64, class string) {
	d.element("line", "x1", px(round(x1)), "y1", px(round(y1)), "x2", px(round(x2)), "y2", px(round(y2)),
		"class", class)
}

// link begins a link. Its name is a title, not a label: what is written inside may be shorter
// than the name, which a label must repeat to the letter.
func (d *drawing) link(to, name string) {
	d.open("a", "href", escaped(to))
	d.WriteString("><title>" + escaped(name) + "</title>\n")
}

// bar draws a rectangle in the colour and, from the second series on, the pattern of a
// series.
func (d *drawing) bar(f *Frame, x, y, w, h float64, series int, title string) {
	x, y, w, h = round(x), round(y), round(w), round(h)
	if w <= 0 || h <= 0 {
		return
	}
	n := strconv.Itoa(series%maxSeries + 1)
	d.open("rect", "x", px(x), "y", px(y), "width", px(w), "height", px(h), "class", "bar s"+n)
	if title == "" {
		d.WriteString("/>\n")
	} else {
		d.WriteString("><title>" + escaped(title) + "</title></rect>\n")
	}
	if series > 0 {
		d.element("rect", "x", px(x), "y", px(y), "width", px(w), "height", px(h), "class", "mark",
			"fill", "url(#"+name(f.ID)+"-p"+n+")")
	}
}

// patterns are the marks that tell series apart without colour.
var patterns = [maxSeries]string{"",
	`<path d="M0 6L6 0M-1.5 1.5L1.5 -1.5M4.5 7.5L7.5 4.5" class="stroke"/>`,
	`<circle cx="3" cy="3" r="1.2" class="dot"/>`,
	`<path d="M0 3H6" class="stroke"/>`,
	`<path d="M0 0L6 6M-1.5 4.5L1.5 7.5M4.5 -1.5L7.5 1.5" class="stroke"/>`,
	`<path d="M0 3H6M3 0V6" class="stroke"/>`,
}

// svg writes the whole element: its head, the patterns of its series and the body. With
// links inside it is a group that can be entered, else one image.
func (f *Frame) svg(w io.Writer, height float64, series int, links bool, body func(d *drawing)) (int64, error) {
	d := &drawing{}
	id, role := name(f.ID), "img"
	if links {
		role = "group"
	}
	class := "plot"
	for word := range strings.FieldsSeq(f.Class) {
		class += " " + name(word)
	}
	d.open("svg", "xmlns", "http://www.w3.org/2000/svg", "class", class, "viewBox",
		"0 0 "+px(f.width())+" "+px(round(height)), "width", px(f.width()), "height", px(round(height)),
		"role", role, "aria-labelledby", id+"-t "+id+"-d")
	d.WriteString(">\n<title id=\"" + id + "-t\">" + escaped(f.Title) + "</title>\n<desc id=\"" + id + "-d\">" +
		escaped(f.Desc) + "</desc>\n")
	if series > 1 {
		d.WriteString("<defs>\n")
		for i := 1; i < min(series, maxSeries); i++ {
			d.WriteString(`<pattern id="` + id + "-p" + strconv.Itoa(i+1) +
				`" width="6" height="6" patternUnits="userSpaceOnUse">` + patterns[i] + "</pattern>\n")
		}
		d.WriteString("</defs>\n")
	}
	body(d)
	d.WriteString("</svg>\n")
	n, err := io.WriteString(w, d.String())
	return int64(n), err
}

package plot

import (
	_ "embed"
	"io"
	"strings"
)

// CSS styles every plot; it takes its colours from custom properties of the page: --ink,
// --ink-2, --ink-3, --line, --line-strong, --surface, --accent, --warn, --info, --good,
// --bad and --font.
//
//go:embed plot.css
var CSS string

// maxSeries is how many series have a colour and a pattern of their own.
const maxSeries = 6

// Series is one row of figures: a value for each place of the axis.
type Series struct {
	Name   string
	Values []int64
}

// at is a value, 0 beyond the end.
func (s *Series) at(i int) int64 {
	if i < len(s.Values) {
		return s.Values[i]
	}
	return 0
}

// Frame is what every plot has. Width is in pixels of the drawing, 720 where it is 0; a
// plot narrower than 480 writes its values short. Two plots of one page have different IDs.
type Frame struct {
	ID    string // letters, digits and hyphens; begins the ids inside the drawing
	Title string // what is shown, of what, in which unit
	Desc  string // what a person would see at a glance, in one sentence
	Class string // further classes
	Width int
	// Format writes a value in full, Short on an axis and where there is little room; a
	// nil Short is Format.
	Format, Short func(int64) string
}

// Table is the figures behind a plot, as text. The first column heads the rows; all others
// are numbers. Links, where there are some, lead from each row to what is behind it.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
	Links   []string
}

// Plot is a drawing with its table. WriteTo writes one svg element.
type Plot interface {
	io.WriterTo
	Table() Table
}

func (f *Frame) width() float64 {
	if f.Width > 0 {
		return float64(f.Width)
	}
	return 720
}

func (f *Frame) narrow() bool { return f.width() < 480 }

func (f *Frame) full(v int64) string {
	if f.Format == nil {
		return plain(v)
	}
	return f.Format(v)
}

func (f *Frame) short(v int64) string {
	if f.Short == nil {
		return f.full(v)
	}
	return f.Short(v)
}

// fitting is a value in full where it has room, else short, else nothing.
func (f *Frame) fitting(v int64, room float64) string {
	for _, text := range []string{f.full(v), f.short(v)} {
		if textWidth(text) <= room {
			return text
		}
	}
	return ""
}

// safeLink is a link within the site, "" for any other.
func safeLink(links []string, i int) string {
	if i >= len(links) {
		return ""
	}
	l := links[i]
	if strings.HasPrefix(l, "?") || strings.HasPrefix(l, "#") ||
		strings.HasPrefix(l, "/") && !strings.HasPrefix(l, "//") && !strings.HasPrefix(l, "/\\") {
		return l
	}
	return ""
}

// safeLinks are the links of the rows of a table, in order; nil where there are none.
func safeLinks(links []string) []string {
	var safe []string
	for i := range links {
		safe = append(safe, safeLink(links, i))
	}
	return safe
}

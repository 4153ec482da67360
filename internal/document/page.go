package document

import (
	"bytes"
	"errors"
	"html"
	"strings"
	"sync"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// page is one parsed message with holes for its values: the one source of every form
// of it. It is immutable and safe for concurrent use.
type page struct {
	html    []piece
	text    []block
	outline []sketch
}

// errMisplaced is the end of a source whose marks are not where a page has them: a row
// that stands in no table, or a value in a cell that no column has.
var errMisplaced = errors.New("a mark of the source is not on the page")

// makePage parses a source. Without marks, what looks like one is text.
func makePage(source string, parts []region, marks bool) (*page, error) {
	p, err := parseMarkdown(source)
	if err != nil {
		return nil, err
	}
	p.marks = marks
	h, t := htmlWriter{parsed: p, b: &pieces{}}, textMaker{parsed: p}
	o := outliner{parsed: p, parts: parts}
	h.children(p.root)
	h.b.shut()
	t.blocks(p.root, "")
	o.page()
	holes, rows := strings.Count(source, hole), strings.Count(source, repeat)
	if marks && (h.b.holes != holes || t.holes != holes || o.holes != holes ||
		h.b.rows != rows || t.rows != rows || o.rows != rows) {
		return nil, errMisplaced
	}
	return &page{html: h.b.list, text: t.out, outline: o.out}, nil
}

// pages are the pages of the sources that were written last; nil stands for a source
// that is misplaced.
var pages = struct {
	sync.RWMutex
	known map[string]*page
}{known: map[string]*page{}}

// The pages that are kept take a few megabytes.
const (
	maxPages     = 256
	maxPageBytes = 32 << 10 // of the source of one that is kept
)

// pageOf is the page of a source, parsed unless it is known. Errors: errMisplaced, and
// those of parseMarkdown.
func pageOf(s *source) (*page, error) {
	key := s.key()
	pages.RLock()
	p, known := pages.known[string(key)]
	pages.RUnlock()
	if known {
		if p == nil {
			return nil, errMisplaced
		}
		return p, nil
	}
	p, err := makePage(string(s.text), s.parts, true)
	if err != nil && !errors.Is(err, errMisplaced) || len(s.text) > maxPageBytes {
		return p, err
	}
	pages.Lock()
	defer pages.Unlock()
	if len(pages.known) >= maxPages {
		clear(pages.known)
	}
	pages.known[string(key)] = p
	return p, err
}

// piece is a part of a form: text, a hole, or a row that is repeated.
type piece struct {
	text string
	row  []piece
	hole bool
}

// pieces are written one after the other.
type pieces struct {
	list  []piece
	open  []byte // the text that is being written
	holes int
	rows  int
}

func (p *pieces) write(s string) { p.open = append(p.open, s...) }

// shut ends the text that is being written.
func (p *pieces) shut() {
	if len(p.open) > 0 {
		p.list = append(p.list, piece{text: string(p.open)})
		p.open = p.open[:0]
	}
}

// add writes text with its holes.
func (p *pieces) add(s string, marks bool, escape func(string) string) {
	for {
		before, after, found := strings.Cut(s, hole)
		if !marks || !found {
			p.write(escape(s))
			return
		}
		p.write(escape(before))
		p.shut()
		p.list = append(p.list, piece{hole: true})
		p.holes++
		s = after
	}
}

// repeat adds a row that is repeated.
func (p *pieces) repeat(row *pieces) {
	p.shut()
	row.shut()
	p.list = append(p.list, piece{row: row.list})
	p.holes += row.holes
	p.rows++
}

// isRepeated reports whether a row of a table bears the mark of one.
func (p *parsed) isRepeated(row ast.Node) bool {
	t := p.first(row)
	return t != nil && p.marks && bytes.HasPrefix(t.Segment.Value(p.source), []byte(repeat))
}

// first is the text that a row of a table begins with; nil if it begins otherwise.
func (p *parsed) first(row ast.Node) *ast.Text {
	if _, ok := row.(*east.TableRow); !ok || row.FirstChild() == nil {
		return nil
	}
	t, _ := row.FirstChild().FirstChild().(*ast.Text)
	return t
}

// words are what a text says, without the mark of a repeated row.
func (p *parsed) words(t *ast.Text) string {
	raw := t.Segment.Value(p.source)
	if row := t.Parent().Parent(); row != nil && p.first(row) == t && p.isRepeated(row) {
		raw = bytes.TrimLeft(raw[len(repeat):], " \t")
	}
	return unescape(raw)
}

// filler puts the values of one message into the holes of a page.
type filler struct {
	values  []string
	repeats []int
	out     []byte
	line    []byte // what is being put together
}

func (f *filler) next() string {
	v := f.values[0]
	f.values = f.values[1:]
	return v
}

func (f *filler) times() int {
	n := f.repeats[0]
	f.repeats = f.repeats[1:]
	return n
}

// writeText is the page as plain text for a mail, with the values of a source.
func (p *page) writeText(s *source) string {
	f := filler{values: s.values, repeats: s.repeats, out: make([]byte, 0, 4<<10),
		line: make([]byte, 0, 512)}
	return f.text(p.text)
}

// writeHTML is the page as a complete HTML document, with the values of a source.
func (p *page) writeHTML(s *source, lang locale.Language, title string) string {
	f := filler{values: s.values, repeats: s.repeats, out: make([]byte, 0, 8<<10)}
	f.out = appendHead(f.out, lang, title)
	f.html(p.html)
	return string(append(f.out, htmlFoot...))
}

// html writes the pieces of the HTML form.
func (f *filler) html(list []piece) {
	for i := range list {
		switch p := &list[i]; {
		case p.hole:
			f.out = append(f.out, html.EscapeString(f.next())...)
		case p.row != nil:
			for range f.times() {
				f.html(p.row)
			}
		default:
			f.out = append(f.out, p.text...)
		}
	}
}

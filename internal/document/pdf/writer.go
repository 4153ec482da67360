package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"sync"
	"unicode/utf16"

	"github.com/klauspost/compress/zlib"
)

// Info describes a file to who opens it.
type Info struct {
	Title    string
	Author   string
	Subject  string
	Language string // an IETF tag
}

// The first objects of every file.
const (
	objCatalog = iota + 1
	objPages
	objInfo
	objFirst
)

// Writer writes one file. It is used by one goroutine. Errors of the stream below it are
// kept and returned by [Writer.Close].
type Writer struct {
	out     io.Writer
	at      int64
	sum     hash.Hash
	err     error
	info    Info
	objects []place // by number
	small   []smallObject
	pages   []int
	page    *page
	codes   codes
	fonts   map[fontKey]*font
	order   []*font
	list    int // the object that lists the fonts of all pages
	images  map[*Image]int
	missing []rune
	packer  *zlib.Writer
	packed  bytes.Buffer
	buffers [2][]byte // of the page before, to be used again
}

// place is where an object is: at a position of the file, or in an object that holds small
// ones.
type place struct {
	at     int64
	holder int // 0: at a position
	index  int
}

// smallObject is an object that waits for others, to be packed together with them.
type smallObject struct {
	number int
	text   []byte
}

// smallTogether is how many are packed together: each takes the more the fewer they are,
// and a reader unpacks all of them to read one.
const smallTogether = 200

// packers are kept, because each takes a megabyte.
var packers = sync.Pool{New: func() any {
	w, _ := zlib.NewWriterLevel(nil, 9) // a level that there is
	return w
}}

// NewWriter begins a file.
func NewWriter(out io.Writer, info Info) *Writer {
	w := &Writer{out: out, sum: sha256.New(), info: info, objects: make([]place, objFirst),
		fonts: map[fontKey]*font{}, images: map[*Image]int{}}
	w.packer = packers.Get().(*zlib.Writer)
	w.write([]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"))
	return w
}

// Missing lists the characters for which no face had a glyph, in the order in which they
// were met.
func (w *Writer) Missing() []rune { return slices.Clone(w.missing) }

// Pages is how many pages there are.
func (w *Writer) Pages() int {
	if w.page != nil {
		return len(w.pages) + 1
	}
	return len(w.pages)
}

func (w *Writer) write(b []byte) {
	if w.err != nil {
		return
	}
	w.sum.Write(b)
	n, err := w.out.Write(b)
	w.at += int64(n)
	w.err = err
}

// object reserves the number of an object.
func (w *Writer) object() int {
	w.objects = append(w.objects, place{})
	return len(w.objects) - 1
}

// define says what an object is that has no bytes of its own.
func (w *Writer) define(n int, format string, args ...any) {
	w.small = append(w.small, smallObject{n, fmt.Appendf(nil, format, args...)})
	if len(w.small) == smallTogether {
		w.hold()
	}
}

// hold writes the small objects that wait, packed together.
func (w *Writer) hold() {
	if len(w.small) == 0 {
		return
	}
	holder := w.object()
	var index, texts []byte
	for i, o := range w.small {
		w.objects[o.number] = place{holder: holder, index: i}
		index = fmt.Appendf(index, "%d %d ", o.number, len(texts))
		texts = append(append(texts, o.text...), '\n')
	}
	w.stream(holder, fmt.Sprintf("/Type/ObjStm/N %d/First %d", len(w.small), len(index)), append(index, texts...), false)
	w.small = w.small[:0]
}

// stream writes an object of bytes, packed unless they are already; dict is what else is
// said of it.
func (w *Writer) stream(n int, dict string, data []byte, packed bool) {
	if !packed {
		w.packed.Reset()
		w.packer.Reset(&w.packed)
		_, _ = w.packer.Write(data) // to memory
		_ = w.packer.Close()
		data = w.packed.Bytes()
		dict += "/Filter/FlateDecode"
	}
	w.objects[n] = place{at: w.at}
	w.write(fmt.Appendf(nil, "%d 0 obj\n<<%s/Length %d>>stream\n", n, dict, len(data)))
	w.write(data)
	w.write([]byte("\nendstream\nendobj\n"))
}

// AddPage begins a page; the one before is done.
func (w *Writer) AddPage(width, height Unit) {
	w.endPage()
	w.page = &page{width: width, height: height, line: Pt, draw: content{out: w.buffers[0][:0]},
		text: content{out: w.buffers[1][:0]}}
}

func (w *Writer) endPage() {
	p := w.page
	if p == nil {
		return
	}
	content, n := w.object(), w.object()
	w.stream(content, "", p.content(), false)
	var images []byte
	for _, i := range p.images {
		images = fmt.Appendf(images, "/I%d %d 0 R", i, i)
	}
	if images != nil {
		images = fmt.Appendf(nil, "/XObject<<%s>>", images)
	}
	w.define(n, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s %s]/Contents %d 0 R/Resources<</Font %d 0 R%s>>>>",
		appendUnit(nil, p.width), appendUnit(nil, p.height), content, w.fontList(), images)
	w.pages = append(w.pages, n)
	w.buffers, w.page = [2][]byte{p.draw.out, p.text.out}, nil
}

// fontList is the object that lists the fonts of all pages, written at the end.
func (w *Writer) fontList() int {
	if w.list == 0 {
		w.list = w.object()
	}
	return w.list
}

// Close writes what is left of the file: the glyphs that were used, and where everything
// is. It returns the first error of the stream below; it does not close that.
func (w *Writer) Close() error {
	w.endPage()
	list := w.fontList()
	w.closeCodes()
	var names []byte
	for _, f := range w.order {
		names = fmt.Appendf(names, "%s %d 0 R", f.name, f.object)
		f.close(w)
	}
	w.define(list, "<<%s>>", names)
	kids := make([]byte, 0, 12*len(w.pages))
	for _, n := range w.pages {
		kids = append(strconv.AppendInt(kids, int64(n), 10), " 0 R "...)
	}
	w.define(objPages, "<</Type/Pages/Count %d/Kids[%s]>>", len(w.pages), bytes.TrimRight(kids, " "))
	w.define(objCatalog, "<</Type/Catalog/Pages 2 0 R/Lang%s/ViewerPreferences<</DisplayDocTitle true>>>>",
		textString(w.info.Language))
	w.define(objInfo, "<</Title%s/Author%s/Subject%s/Producer(Recoup)>>", textString(w.info.Title),
		textString(w.info.Author), textString(w.info.Subject))
	w.hold()
	w.index()
	packers.Put(w.packer)
	w.packer = nil
	return w.err
}

// index writes where every object is, and where that is written.
func (w *Writer) index() {
	id := w.sum.Sum(nil)[:16]
	n, at := w.object(), w.at
	w.objects[n] = place{at: at}
	width := 2 // bytes of a position
	for v := max(at, int64(len(w.objects))); v >= 1<<(8*width); {
		width++
	}
	row := func(out []byte, kind byte, where int64, index int) []byte {
		out = append(out, kind)
		for i := width - 1; i >= 0; i-- {
			out = append(out, byte(where>>(8*i)))
		}
		return append(out, byte(index))
	}
	table := row(nil, 0, 0, 255)
	for _, o := range w.objects[1:] {
		if o.holder > 0 {
			table = row(table, 2, int64(o.holder), o.index)
		} else {
			table = row(table, 1, o.at, 0)
		}
	}
	w.stream(n, fmt.Sprintf("/Type/XRef/Size %d/W[1 %d 1]/Root 1 0 R/Info 3 0 R/ID[<%x><%x>]", len(w.objects), width,
		id, id), table, false)
	w.write(fmt.Appendf(nil, "startxref\n%d\n%%%%EOF\n", at))
}

// textString is a text outside the pages, in the form that holds every character.
func textString(s string) []byte {
	if isPlain(s) && !bytes.ContainsAny([]byte(s), `()\`) {
		return fmt.Appendf(nil, "(%s)", s)
	}
	out := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		out = fmt.Appendf(out, "%04X", u)
	}
	return append(out, '>')
}

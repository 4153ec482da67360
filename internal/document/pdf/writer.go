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
	offsets []int64 // of each object; 0: not written yet
	pages   []int
	page    *page
	fonts   map[*Face]*font
	order   []*font
	images  map[*Image]int
	missing []rune
	packer  *zlib.Writer
	packed  bytes.Buffer
	buffer  []byte // of the page before, to be used again
}

// packers are kept, because each takes a megabyte.
var packers = sync.Pool{New: func() any {
	w, _ := zlib.NewWriterLevel(nil, 6) // a level that there is
	return w
}}

// NewWriter begins a file.
func NewWriter(out io.Writer, info Info) *Writer {
	w := &Writer{out: out, sum: sha256.New(), info: info, offsets: make([]int64, objFirst),
		fonts: map[*Face]*font{}, images: map[*Image]int{}}
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
	w.offsets = append(w.offsets, 0)
	return len(w.offsets) - 1
}

// define writes an object.
func (w *Writer) define(n int, format string, args ...any) {
	w.offsets[n] = w.at
	w.write(fmt.Appendf(nil, "%d 0 obj\n"+format+"\nendobj\n", append([]any{n}, args...)...))
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
	w.offsets[n] = w.at
	w.write(fmt.Appendf(nil, "%d 0 obj\n<<%s/Length %d>>stream\n", n, dict, len(data)))
	w.write(data)
	w.write([]byte("\nendstream\nendobj\n"))
}

// AddPage begins a page; the one before is done.
func (w *Writer) AddPage(width, height Unit) {
	w.endPage()
	w.page = &page{width: width, height: height, out: w.buffer[:0], line: Pt}
}

func (w *Writer) endPage() {
	p := w.page
	if p == nil {
		return
	}
	p.ends()
	content, n := w.object(), w.object()
	w.stream(content, "", p.out, false)
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
	w.buffer, w.page = p.out, nil
}

// fontList is the object that lists the fonts of all pages, written at the end.
func (w *Writer) fontList() int {
	if len(w.order) == 0 {
		w.font(Regular())
	}
	return w.order[0].list
}

// Close writes what is left of the file: the glyphs that were used, and where everything
// is. It returns the first error of the stream below; it does not close that.
func (w *Writer) Close() error {
	w.endPage()
	list := w.fontList()
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
	id := w.sum.Sum(nil)[:16]
	at := w.at
	table := fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets))
	for _, offset := range w.offsets[1:] {
		table = fmt.Appendf(table, "%010d 00000 n \n", offset)
	}
	w.write(fmt.Appendf(table, "trailer\n<</Size %d/Root 1 0 R/Info 3 0 R/ID[<%x><%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(w.offsets), id, id, at))
	packers.Put(w.packer)
	w.packer = nil
	return w.err
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

package pdftext

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ledongthuc/pdf"
)

// Limits bound the work on one file. The zero value takes the usual ones.
type Limits struct {
	Bytes  int           // of the file; 20 MiB
	Pages  int           // that are read, from the first; 3
	Time   time.Duration // in all, without waiting for other files; 2 s
	Text   int           // bytes of text; 256 KiB
	Memory uint64        // bytes by which the program may grow meanwhile; 128 MiB
}

// Errors; test with errors.Is.
var (
	ErrNotPDF = errors.New("not a PDF that can be read")
	ErrLimit  = errors.New("the PDF takes too long or is too large")
)

// maxOperators bounds the drawing of one file, whatever its time.
const maxOperators = 2_000_000

func (l Limits) filled() Limits {
	if l.Bytes == 0 {
		l.Bytes = 20 << 20
	}
	if l.Pages == 0 {
		l.Pages = 3
	}
	if l.Time == 0 {
		l.Time = 2 * time.Second
	}
	if l.Text == 0 {
		l.Text = 256 << 10
	}
	if l.Memory == 0 {
		l.Memory = 128 << 20
	}
	return l
}

// turn is held by the one file that is read: what a file may take, several together would
// take several times.
var turn = make(chan struct{}, 1)

// lookEvery is how often the memory is looked at: a few megabytes are unpacked meanwhile.
const lookEvery = 2 * time.Millisecond

// inUse is the memory of the program's objects.
func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// Text returns the words of the first pages, blanks between them. A file without words, a
// scan, gives the empty text. Errors: [ErrNotPDF], [ErrLimit].
//
// The library that is used panics on some files and may loop on others: each runs apart,
// and is stopped where it next reads or draws. They come one after another; while one that
// cannot be stopped holds the turn, the others are not read.
func Text(data []byte, limits Limits) (string, error) {
	limits = limits.filled()
	switch {
	case len(data) > limits.Bytes:
		return "", fmt.Errorf("%w: more than %d MiB", ErrLimit, limits.Bytes>>20)
	}
	at := bytes.Index(data[:min(len(data), 1024)], []byte("%PDF-"))
	if at < 0 {
		return "", ErrNotPDF
	}
	data = data[at:]
	x := &extraction{src: bytes.NewReader(data), size: int64(len(data)), limits: limits}
	type result struct {
		text string
		err  error
	}
	select {
	case turn <- struct{}{}:
	case <-time.After(10 * limits.Time):
		return "", fmt.Errorf("%w: another one is still being read", ErrLimit)
	}
	done, before := make(chan result, 1), inUse()
	go func() {
		text, err := x.run()
		<-turn
		done <- result{text, err}
	}()
	timer, look := time.NewTimer(limits.Time), time.NewTicker(lookEvery)
	defer timer.Stop()
	defer look.Stop()
	for {
		select {
		case r := <-done:
			return r.text, r.err
		case <-timer.C:
			x.stopped.Store(true)
			return "", fmt.Errorf("%w: more than %s", ErrLimit, limits.Time)
		case <-look.C:
			if now := inUse(); now > before && now-before > limits.Memory {
				x.stopped.Store(true)
				return "", fmt.Errorf("%w: more than %d MiB of memory", ErrLimit, limits.Memory>>20)
			}
		}
	}
}

// extraction is the work on one file.
type extraction struct {
	src       *bytes.Reader
	size      int64
	limits    Limits
	stopped   atomic.Bool
	operators int
	text      strings.Builder
	enc       pdf.TextEncoding
}

// errEnd ends the work from within the library.
var errEnd = errors.New("end")

// ReadAt implements io.ReaderAt: the library cannot go on once it is stopped.
func (x *extraction) ReadAt(p []byte, at int64) (int, error) {
	if x.stopped.Load() {
		panic(errEnd)
	}
	return x.src.ReadAt(p, at)
}

func (x *extraction) run() (text string, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			text, err = x.text.String(), nil
			if fault != errEnd && text == "" {
				err = fmt.Errorf("%w: %v", ErrNotPDF, fault)
			}
		}
	}()
	r, err := pdf.NewReader(io.ReaderAt(x), x.size)
	if err != nil {
		return "", fmt.Errorf("%w: %v", ErrNotPDF, err)
	}
	for n := 1; n <= min(r.NumPage(), x.limits.Pages); n++ {
		x.page(r.Page(n))
		x.text.WriteByte('\n')
	}
	return x.text.String(), nil
}

// page adds the words of one page.
func (x *extraction) page(p pdf.Page) {
	if p.V.IsNull() || p.V.Key("Contents").IsNull() {
		return
	}
	fonts := map[string]pdf.Font{}
	for _, name := range p.Fonts() {
		fonts[name] = p.Font(name)
	}
	x.draw(p.V.Key("Contents"), fonts)
	objects := p.Resources().Key("XObject")
	for _, name := range objects.Keys() { // letterheads and whole pages may stand in forms
		if form := objects.Key(name); form.Key("Subtype").Name() == "Form" {
			inner := map[string]pdf.Font{}
			resources := form.Key("Resources").Key("Font")
			for _, name := range resources.Keys() {
				inner[name] = pdf.Font{V: resources.Key(name)}
			}
			x.draw(form, inner)
		}
	}
}

// draw takes the texts of one stream of drawing operators.
func (x *extraction) draw(stream pdf.Value, fonts map[string]pdf.Font) {
	x.enc = nil
	pdf.Interpret(stream, func(stack *pdf.Stack, operator string) {
		if x.operators++; x.operators > maxOperators || x.text.Len() > x.limits.Text || x.stopped.Load() {
			panic(errEnd)
		}
		var args []pdf.Value
		for stack.Len() > 0 {
			args = append([]pdf.Value{stack.Pop()}, args...)
		}
		switch operator {
		case "BT", "ET", "T*", "Td", "TD", "Tm":
			x.text.WriteByte(' ')
		case "Tf":
			if len(args) == 2 {
				if font, ok := fonts[args[0].Name()]; ok {
					x.enc = font.Encoder()
				}
			}
		case "Tj", "'", "\"":
			if operator != "Tj" {
				x.text.WriteByte(' ')
			}
			if len(args) > 0 {
				x.show(args[len(args)-1])
			}
		case "TJ":
			if len(args) == 1 {
				x.showAll(args[0])
			}
		}
	})
}

// wideGap is from which move between glyphs, in thousandths of the font size, a blank is
// meant.
const wideGap = -200

func (x *extraction) showAll(parts pdf.Value) {
	for i := range parts.Len() {
		part := parts.Index(i)
		if part.Kind() == pdf.String {
			x.show(part)
		} else if part.Float64() < wideGap {
			x.text.WriteByte(' ')
		}
	}
}

func (x *extraction) show(v pdf.Value) {
	raw := v.RawString()
	if x.enc != nil {
		raw = x.enc.Decode(raw)
	}
	x.text.WriteString(strings.ToValidUTF8(raw, ""))
}

package ledger

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

const delimiters = ",;\t|"

// maxBrokenQuotes bounds the work on a file that is not CSV: after each broken
// quote reading starts again at the next line.
const maxBrokenQuotes = 10_000

// record is one row of the file as the splitter found it. Its slices are valid
// until the next call.
type record struct {
	line       int      // physical line of its first byte, from 1
	cells      [][]byte // unquoted; nil if broken
	raw        []byte   // for messages only
	terminated bool     // a line end follows
	bad        string   // not empty: the row is broken, and this was expected
	field      string   // of bad: the field that is broken, if it is one
	number     string   // of bad: the document number, where it is known all the same
	why        string   // not empty: the row is no document, for this reason
}

// splitter cuts decoded text into records: RFC 4180 with any single-byte
// delimiter, plus literal quotes inside unquoted cells, which many exporters
// write. It differs from encoding/csv in what this package needs: a record and
// its memory are bounded, a broken quote costs one line and not the rest of the
// file, and the missing line end of the last row is seen.
type splitter struct {
	src     io.Reader
	delim   byte
	decoded bool // the text came out of a decoder: U+FFFD marks damage

	buf        []byte
	start, end int
	line       int // physical line at start
	eof        bool
	srcErr     error
	overlong   bool // inside a line longer than MaxRecordBytes
	broken     int
	quoted     bool // the record just scanned holds quotes, perhaps line feeds
	bounds     []bound
	cells      [][]byte
}

// bound is the place of one cell in the record, without its quotes.
type bound struct {
	from, to int
	escaped  bool // holds doubled quotes
}

// readBytes is how much of a file is read at a time.
const readBytes = 64 << 10

func newSplitter(src io.Reader, delim byte, decoded bool) *splitter {
	return &splitter{src: src, delim: delim, decoded: decoded, line: 1, buf: make([]byte, readBytes),
		cells: make([][]byte, 0, 64), bounds: make([]bound, 0, 64)}
}

// splitText splits a text that is in memory. It changes the text.
func splitText(text []byte, delim byte, decoded bool) *splitter {
	return &splitter{delim: delim, decoded: decoded, line: 1, buf: text, end: len(text), eof: true}
}

// What scan found at the start of the buffer.
type scanned uint8

const (
	scanDone scanned = iota
	scanMore         // the record goes on beyond the buffer
	scanBroken
)

// next reads the next record into rec. It returns io.EOF after the last one, an
// error of the source, or [ErrBroken]. Broken records are no error: see record.bad.
func (s *splitter) next(rec *record) error {
	for {
		data := s.buf[s.start:s.end]
		if len(data) == 0 && s.eof {
			if s.srcErr != nil {
				return s.srcErr
			}
			return io.EOF
		}
		if s.overlong {
			s.skipLine(data)
			continue
		}
		consumed, state, bad := s.scan(data)
		switch {
		case state == scanDone:
			s.accept(rec, data, consumed)
			return nil
		case state == scanBroken:
			return s.reject(rec, data, bad)
		case len(data) >= MaxRecordBytes:
			rec.line, rec.cells, rec.raw, rec.terminated = s.line, nil, data, true
			rec.bad = fmt.Sprintf("a row of at most %d MiB", MaxRecordBytes>>20)
			s.overlong = true
			return nil
		}
		s.fill()
	}
}

// skipLine drops what is left of an overlong line.
func (s *splitter) skipLine(data []byte) {
	if nl := bytes.IndexByte(data, '\n'); nl >= 0 {
		s.start += nl + 1
		s.line++
		s.overlong = false
		return
	}
	s.start = s.end
	s.fill()
}

// accept hands over a complete record and checks its text.
func (s *splitter) accept(rec *record, data []byte, consumed int) {
	raw := data[:consumed]
	rec.line, rec.raw, rec.bad = s.line, raw, s.badText(raw)
	last := raw[consumed-1]
	rec.terminated = last == '\n' || last == '\r'
	s.start += consumed
	s.line++
	if s.quoted {
		s.line += bytes.Count(raw[:consumed-1], newline)
	}
	rec.cells = s.cells[:0]
	for _, b := range s.bounds {
		cell := data[b.from:b.to]
		if len(cell) > MaxCellBytes {
			rec.bad = fmt.Sprintf("cells of at most %d KiB", MaxCellBytes>>10)
		}
		if b.escaped && rec.bad == "" {
			cell = unescape(cell)
		}
		rec.cells = append(rec.cells, cell)
	}
	s.cells = rec.cells
}

var newline = []byte{'\n'}

// reject hands over a broken record and starts again at the next physical line.
func (s *splitter) reject(rec *record, data []byte, bad string) error {
	if s.broken++; s.broken > maxBrokenQuotes {
		return fmt.Errorf("%w: more than %d; is this a CSV file?", ErrBroken, maxBrokenQuotes)
	}
	consumed, terminated := len(data), false
	if nl := bytes.IndexByte(data, '\n'); nl >= 0 {
		consumed, terminated = nl+1, true
	}
	rec.line, rec.cells, rec.raw, rec.terminated, rec.bad = s.line, nil, data[:consumed], terminated, bad
	s.start += consumed
	s.line++
	return nil
}

// badText says what is wrong with the characters of a row, or "".
func (s *splitter) badText(raw []byte) string {
	switch {
	case bytes.IndexByte(raw, 0) >= 0:
		return "text without NUL bytes"
	case !utf8.Valid(raw):
		return "valid UTF-8 text; if the file has another encoding, name it"
	case s.decoded && bytes.Contains(raw, []byte("\uFFFD")):
		return "text that is valid in the encoding of the file; if it has another one, name it"
	}
	return ""
}

// scan finds the record at the start of data and fills s.bounds. consumed
// includes the line end.
func (s *splitter) scan(data []byte) (consumed int, state scanned, bad string) {
	nl := bytes.IndexByte(data, '\n')
	if nl < 0 && !s.eof {
		return 0, scanMore, ""
	}
	line, consumed := data, len(data)
	if nl >= 0 {
		line, consumed = data[:nl], nl+1
	}
	if s.quoted = bytes.IndexByte(line, '"') >= 0; s.quoted {
		return s.scanQuoted(data)
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	bounds, from, delim := s.bounds[:0], 0, s.delim
	for i, ch := range line {
		if ch == delim {
			bounds = append(bounds, bound{from: from, to: i})
			from = i + 1
		}
	}
	s.bounds = append(bounds, bound{from: from, to: len(line)})
	if len(s.bounds) > MaxColumns {
		return 0, scanBroken, tooManyColumns
	}
	return consumed, scanDone, ""
}

var (
	tooManyColumns = fmt.Sprintf("at most %d columns", MaxColumns)
	unclosedQuote  = fmt.Sprintf("a closing quote within %d KiB", MaxCellBytes>>10)
)

const strayQuote = `a delimiter after the closing quote (a quote inside a quoted cell is written twice)`

// scanQuoted is scan for a record that holds quotes.
func (s *splitter) scanQuoted(data []byte) (consumed int, state scanned, bad string) {
	s.bounds = s.bounds[:0]
	for at := 0; ; {
		if len(s.bounds) == MaxColumns {
			return 0, scanBroken, tooManyColumns
		}
		var cell bound
		var after int // index of the byte behind the cell
		if at < len(data) && data[at] == '"' {
			if cell, after, state, bad = s.quotedCell(data, at); state != scanDone {
				return 0, state, bad
			}
		} else {
			after = at
			for after < len(data) && data[after] != s.delim && data[after] != '\n' {
				after++
			}
			cell = bound{from: at, to: after}
			if after < len(data) && data[after] == '\n' || after == len(data) {
				if after > at && data[after-1] == '\r' {
					cell.to--
				}
			}
		}
		s.bounds = append(s.bounds, cell)
		switch {
		case after == len(data):
			if !s.eof {
				return 0, scanMore, ""
			}
			return after, scanDone, ""
		case data[after] == '\n':
			return after + 1, scanDone, ""
		}
		at = after + 1
	}
}

// quotedCell finds the end of the quoted cell that opens at data[at]. after is
// the index of the delimiter or line feed behind it, or len(data) at the end.
func (s *splitter) quotedCell(data []byte, at int) (cell bound, after int, state scanned, bad string) {
	cell.from = at + 1
	for from := cell.from; ; {
		k := bytes.IndexByte(data[from:min(len(data), cell.from+MaxCellBytes+2)], '"')
		if k < 0 {
			if !s.eof && len(data)-cell.from <= MaxCellBytes {
				return cell, 0, scanMore, ""
			}
			return cell, 0, scanBroken, unclosedQuote
		}
		quote := from + k
		rest := data[quote+1:]
		switch {
		case len(rest) == 0 && !s.eof, len(rest) == 1 && rest[0] == '\r' && !s.eof:
			return cell, 0, scanMore, ""
		case len(rest) > 0 && rest[0] == '"':
			cell.escaped = true
			from = quote + 2
			continue
		case len(rest) == 0 || rest[0] == s.delim || rest[0] == '\n':
			cell.to = quote
			return cell, quote + 1, scanDone, ""
		case rest[0] == '\r' && (len(rest) == 1 || rest[1] == '\n'):
			cell.to = quote
			return cell, quote + 2, scanDone, ""
		}
		return cell, 0, scanBroken, strayQuote
	}
}

// unescape halves doubled quotes in place.
func unescape(cell []byte) []byte {
	out := cell[:0]
	for i := 0; i < len(cell); i++ {
		out = append(out, cell[i])
		if cell[i] == '"' {
			i++
		}
	}
	return out
}

// fill reads more of the source behind what is in the buffer.
func (s *splitter) fill() {
	if s.start > 0 {
		s.end = copy(s.buf, s.buf[s.start:s.end])
		s.start = 0
	}
	if s.end == len(s.buf) {
		bigger := make([]byte, min(2*len(s.buf), MaxRecordBytes))
		s.end = copy(bigger, s.buf[:s.end])
		s.buf = bigger
	}
	for range 100 {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.eof = true
			if err != io.EOF {
				s.srcErr = err
			}
			return
		}
		if n > 0 {
			return
		}
	}
	s.eof, s.srcErr = true, io.ErrNoProgress
}

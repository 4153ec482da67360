package document

import (
	"bytes"
	"slices"
	"strconv"
)

// source is the Markdown of one message with a hole for each value. Since no value can
// become markup, the Markdown is the same for all messages that differ in nothing
// but their values: it is parsed once (see [pageOf]) and the values are put in as the
// page is written.
type source struct {
	text    []byte
	values  []string // one for each hole, in their order; a hole in a repeated row has one each time
	repeats []int    // how often each row stands that bears the mark of a repeated one
	parts   []region // the shared blocks that paper sets apart
}

// region is where in a source a part of it stands.
type region struct {
	part     Part
	from, to int
}

// key names the page of the source: its text, and where the parts are.
func (s *source) key() []byte {
	key := append(s.text, hole...) // no page is another's beginning
	for _, r := range s.parts {
		key = append(strconv.AppendInt(append(key, r.part...), int64(r.from), 10), '-')
		key = append(strconv.AppendInt(key, int64(r.to), 10), ' ')
	}
	return key
}

// The two marks in a source, of a private area of Unicode. No template may write them.
const (
	hole   = "\uE000"
	repeat = "\uE001"
)

// put leaves a hole for a value.
func (s *source) put(v string) {
	s.text = append(s.text, hole...)
	s.values = append(s.values, v)
}

// add appends another source.
func (s *source) add(other *source) {
	for _, r := range other.parts {
		s.parts = append(s.parts, region{r.part, r.from + len(s.text), r.to + len(s.text)})
	}
	s.text = append(s.text, other.text...)
	s.values = append(s.values, other.values...)
	s.repeats = append(s.repeats, other.repeats...)
}

// size is about how long the message is that the source makes.
func (s *source) size() int {
	n := len(s.text)
	for _, v := range s.values {
		n += len(v)
	}
	return n
}

// reset empties the source and keeps its memory.
func (s *source) reset() {
	s.text, s.values, s.repeats, s.parts = s.text[:0], s.values[:0], s.repeats[:0], s.parts[:0]
}

// repeatMark stands behind the bar that opens a repeated row.
const repeatMark = repeat + " "

// fold makes the row of a table that was written from at on a repeated one: if it is the
// row before again, but for its values, it is only counted. before is where that row
// begins, or -1. It returns where the row that now stands last begins, or -1 if what
// was written is no row.
func (s *source) fold(before, at int) int {
	row := s.text[at:]
	if len(row) < 3 || row[0] != '|' || !bytes.HasSuffix(row, []byte("|\n")) || at > 0 && s.text[at-1] != '\n' ||
		bytes.IndexByte(row, '\n') != len(row)-1 {
		return -1
	}
	if before >= 0 && bytes.Equal(s.text[before+1+len(repeatMark):at], row[1:]) {
		s.text = s.text[:at]
		s.repeats[len(s.repeats)-1]++
		return before
	}
	s.text = append(s.text, repeatMark...)
	copy(s.text[at+1+len(repeatMark):], s.text[at+1:])
	copy(s.text[at+1:], repeatMark)
	s.repeats = append(s.repeats, 1)
	return at
}

// filled is the Markdown with every value in its place, escaped, and where its parts are
// then. The source must not have repeated rows.
func (s *source) filled() (string, []region) {
	var b bytes.Buffer
	parts := slices.Clone(s.parts)
	rest, at := s.text, 0
	for _, v := range s.values {
		before, after, _ := bytes.Cut(rest, []byte(hole))
		b.Write(before)
		value := escapeMarkdown(v)
		b.WriteString(value)
		at += len(before)
		for i, r := range s.parts { // what stands behind the hole moves by what the value is longer
			if r.from > at {
				parts[i].from += len(value) - len(hole)
			}
			if r.to > at {
				parts[i].to += len(value) - len(hole)
			}
		}
		at += len(hole)
		rest = after
	}
	b.Write(rest)
	return b.String(), parts
}

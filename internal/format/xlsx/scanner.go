package xlsx

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// token is what the scanner found.
type token uint8

const (
	opens  token = iota // an element begins: name, attributes, empty
	closes              // an element ends: name
	words               // text between elements
)

// scanner reads the XML of a workbook: elements, attributes and text, without namespaces,
// and nothing that a workbook has no use for. A document type is refused.
type scanner struct {
	src   *bufio.Reader
	name  string // of the element, without its prefix
	empty bool   // the element closes itself
	text  []byte // of words, valid until the next call; entities are resolved
	tag   []byte // of the element
	names map[string]string
	spare []byte

	quote  byte // that is open in the tag so far
	looked int  // how much of the tag was looked at for it
}

// maxTag bounds one tag.
const maxTag = 64 << 10

func newScanner(src io.Reader) *scanner {
	return &scanner{src: bufio.NewReaderSize(src, maxTag), names: map[string]string{}}
}

// next goes to the next element or text. It returns io.EOF at the end.
func (s *scanner) next() (token, error) {
	for {
		c, err := s.src.ReadByte()
		if err != nil {
			return 0, err
		}
		if c != '<' {
			s.src.UnreadByte()
			if err := s.readText(); err != nil {
				return 0, err
			}
			return words, nil
		}
		kind, skip, err := s.readTag()
		if err != nil {
			return 0, err
		}
		if !skip {
			return kind, nil
		}
	}
}

// readText reads up to the next tag. What goes beyond the limit of a cell is an error.
func (s *scanner) readText() error {
	s.spare = s.spare[:0]
	for {
		part, err := s.src.ReadSlice('<')
		if err == nil {
			part = part[:len(part)-1]
			s.src.UnreadByte()
		}
		s.spare = append(s.spare, part...)
		switch {
		case len(s.spare) > MaxCellBytes:
			return fmt.Errorf("%w: a text of more than %d KiB", ErrLimit, MaxCellBytes>>10)
		case err == nil || err == io.EOF:
			s.text = unescape(s.spare)
			return nil
		case err != bufio.ErrBufferFull:
			return err
		}
	}
}

// readTag reads a tag whose < was read. skip: it is nothing to look at.
func (s *scanner) readTag() (kind token, skip bool, err error) {
	s.tag, s.quote, s.looked = s.tag[:0], 0, 0
	for {
		part, err := s.src.ReadSlice('>')
		s.tag = append(s.tag, part...)
		switch {
		case len(s.tag) > maxTag:
			return 0, false, fmt.Errorf("%w: an element of more than %d KiB", ErrLimit, maxTag>>10)
		case err == io.EOF:
			return 0, false, fmt.Errorf("%w: it ends inside an element", ErrBroken)
		case err != nil && err != bufio.ErrBufferFull:
			return 0, false, err
		case err == nil && s.tagEnds():
			return s.classify()
		}
	}
}

// tagEnds reports whether the > at the end of what was read ends the tag: it does not
// inside a quoted value, a comment or a CDATA section.
func (s *scanner) tagEnds() bool {
	switch {
	case bytes.HasPrefix(s.tag, []byte("!--")):
		return len(s.tag) >= 6 && bytes.HasSuffix(s.tag, []byte("-->"))
	case bytes.HasPrefix(s.tag, []byte("![CDATA[")):
		return bytes.HasSuffix(s.tag, []byte("]]>"))
	}
	for _, c := range s.tag[s.looked:] {
		switch {
		case s.quote == 0 && (c == '"' || c == '\''):
			s.quote = c
		case c == s.quote:
			s.quote = 0
		}
	}
	s.looked = len(s.tag)
	return s.quote == 0
}

func (s *scanner) classify() (kind token, skip bool, err error) {
	tag := s.tag[:len(s.tag)-1]
	switch {
	case len(tag) == 0:
		return 0, false, fmt.Errorf("%w: an element without a name", ErrBroken)
	case tag[0] == '?' || bytes.HasPrefix(tag, []byte("!--")):
		return 0, true, nil
	case bytes.HasPrefix(tag, []byte("![CDATA[")):
		s.text = bytes.TrimSuffix(tag[len("![CDATA["):], []byte("]]"))
		return words, false, nil
	case tag[0] == '!':
		return 0, false, fmt.Errorf("%w: it declares a document type", ErrBroken)
	case tag[0] == '/':
		s.name = s.intern(bytes.TrimRight(tag[1:], " \t\r\n"))
		return closes, false, nil
	}
	s.empty = tag[len(tag)-1] == '/'
	if s.empty {
		tag = tag[:len(tag)-1]
	}
	end := bytes.IndexAny(tag, " \t\r\n")
	if end < 0 {
		end = len(tag)
	}
	s.name = s.intern(tag[:end])
	s.tag = tag[end:]
	return opens, false, nil
}

// intern is the local name of an element without allocating for those seen before.
func (s *scanner) intern(name []byte) string {
	if colon := bytes.LastIndexByte(name, ':'); colon >= 0 {
		name = name[colon+1:]
	}
	if known, ok := s.names[string(name)]; ok {
		return known
	}
	text := string(name)
	if len(s.names) < 1000 {
		s.names[text] = text
	}
	return text
}

// attr is the value of an attribute of the element that was opened, "" without it.
func (s *scanner) attr(name string) string { return string(unescape(bytes.Clone(s.rawAttr(name)))) }

// rawAttr is attr without resolving entities; it shares the memory of the scanner.
func (s *scanner) rawAttr(name string) []byte {
	b := s.tag
	for {
		eq := bytes.IndexByte(b, '=')
		if eq < 0 {
			return nil
		}
		key := bytes.Trim(b[:eq], " \t\r\n")
		if colon := bytes.LastIndexByte(key, ':'); colon >= 0 {
			key = key[colon+1:]
		}
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		if len(b) < 2 || b[0] != '"' && b[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			return nil
		}
		if string(key) == name {
			return b[1 : 1+end]
		}
		b = b[end+2:]
	}
}

var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}

// unescape resolves entities in place. One that it does not know stays as it stands.
func unescape(b []byte) []byte {
	at := bytes.IndexByte(b, '&')
	if at < 0 {
		return b
	}
	out := b[:at]
	for rest := b[at:]; len(rest) > 0; {
		end := bytes.IndexByte(rest[:min(len(rest), 12)], ';')
		if rest[0] != '&' || end < 0 {
			out, rest = append(out, rest[0]), rest[1:]
			continue
		}
		if resolved, ok := entity(string(rest[1:end])); ok {
			out, rest = append(out, resolved...), rest[end+1:]
			continue
		}
		out, rest = append(out, rest[0]), rest[1:]
	}
	return out
}

func entity(name string) (string, bool) {
	if text, ok := entities[name]; ok {
		return text, true
	}
	if len(name) < 2 || name[0] != '#' {
		return "", false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return "", false
	}
	return string(rune(n)), true
}

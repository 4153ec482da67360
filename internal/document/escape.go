package document

import (
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MissingError is returned when a template writes a field that the message leaves
// empty. Guard an optional field with {{if}} or {{with}}.
type MissingError struct{ Field string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("the message has no %s, and the text needs it", e.Field)
}

// clean makes one line of imported text: control characters and line breaks become
// spaces, invisible formatting (text direction, zero width) is dropped, runs of
// spaces become one. Non-breaking spaces stay.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case r > ' ' && r < 0x7f:
		case r == utf8.RuneError:
			r = unicode.ReplacementChar
		case r == '\u200c' || r == '\u200d': // joiners that scripts and names need
		case unicode.Is(unicode.Cf, r):
			continue
		case unicode.IsControl(r) || r == ' ' || r == '\u2028' || r == '\u2029':
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isClean reports plain text without anything that clean would change: the usual case.
func isClean(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == ' ' && before == ' ' {
			return false
		}
		before = s[i]
	}
	return before != ' ' || s == ""
}

// escapeMarkdown writes a value so that it reads as itself and as nothing else.
// The pipe and the backslash go as numeric references, because a table splits its
// cells before it looks at backslashes.
func escapeMarkdown(s string) string {
	s = clean(s)
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	for _, r := range s {
		switch {
		case r == '|':
			b.WriteString("&#124;")
		case r == '\\':
			b.WriteString("&#92;")
		case r < utf8.RuneSelf && isPunct(byte(r)):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unescape reads raw Markdown text once, left to right: a backslash before ASCII
// punctuation stands for that character, a reference for its character. What came
// out of one is never read again.
func unescape(raw []byte) string {
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\\' && i+1 < len(raw) && isPunct(raw[i+1]):
			i++
			b.WriteByte(raw[i])
		case c == '&':
			end := referenceEnd(raw[i:])
			b.WriteString(html.UnescapeString(string(raw[i : i+end])))
			i += end - 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// referenceEnd is the length of the character reference at the start of raw; 1 if
// there is none.
func referenceEnd(raw []byte) int {
	for i := 1; i < len(raw) && i < 12; i++ {
		c := raw[i]
		if c == ';' && i > 1 {
			return i + 1
		}
		if c != '#' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			break
		}
	}
	return 1
}

// isPunct reports ASCII punctuation, which a backslash can escape.
func isPunct(c byte) bool {
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c|0x20 >= 'a' && c|0x20 <= 'z')
}

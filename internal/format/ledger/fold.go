package ledger

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var digraphs = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "ß", "ss", "ø", "o", "æ", "a",
	"œ", "o",
	"ł", "l", "đ", "d", "ð", "d", "#", "no", "№", "no", "º", "o", "°", "o")

// foldWord reduces a header or a word to what it says: lower case, no accents,
// spaces or punctuation, ae/oe/ue as the umlaut they stand for, # as "no".
// "*Invoice No.", "invoice_no" and "INVOICE #" are one word.
func foldWord(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(digraphs.Replace(strings.ToLower(s))) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	// Once more, for umlauts written with a combining mark or as two letters.
	return digraphs.Replace(b.String())
}

// cleanText makes one line of a text cell: no control characters, no blanks at
// its ends. Inner spacing stays as it is in the source.
func cleanText(s string) string {
	if isOneLine(s) {
		return strings.Trim(s, " ")
	}
	return cleanSlow(s)
}

// isOneLine reports whether s surely holds nothing that cleanText would take out,
// blanks at its ends excepted. Only some characters beyond ASCII are looked at
// closely, so that names with accents are fast.
func isOneLine[T ~string | ~[]byte](s T) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= ' ' && c < 0x7f:
		case c < utf8.RuneSelf:
			return false
		case c == 0xc2, c >= 0xe1 && c <= 0xe3, c == 0xef: // C1 controls, kinds of blanks, U+FEFF
			return false
		}
	}
	return true
}

func cleanSlow(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\uFEFF' {
			gap = true
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// trimCell drops blanks, also no-break ones, at the ends of a cell.
func trimCell(b []byte) []byte {
	if n := len(b); n == 0 || isInk(b[0]) && isInk(b[n-1]) {
		return b
	}
	return trimWide(b)
}

// isInk reports whether a byte is a visible ASCII character.
func isInk(c byte) bool { return c > ' ' && c < 0x7f }

func trimWide(b []byte) []byte {
	blank := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\uFEFF' }
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if !blank(r) {
			break
		}
		b = b[n:]
	}
	for len(b) > 0 {
		r, n := utf8.DecodeLastRune(b)
		if !blank(r) {
			break
		}
		b = b[:len(b)-n]
	}
	return b
}

package ledger

import (
	"bytes"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
)

// Pasted is one line of text that was pasted as a list of contacts. What its cells are is
// seen from what they hold, whatever their order.
type Pasted struct {
	Line  int // from 1
	Text  string
	Email string // one or several, separated by "; "
	Phone string
	Role  string
	Rest  []string // the other cells: customer number, customer name, person, in the order of the line
	Bad   string   // looks like an e-mail address and is none
}

// maxPasted bounds the lines of a paste.
const maxPasted = 5_000

// ParsePaste reads lines of cells separated by tabs, semicolons or commas, as they come out
// of a spreadsheet, a mail or a directory; also "Name <address>". Blank lines and a first
// line of headings are left out.
func ParsePaste(text string) []Pasted {
	var out []Pasted
	delim := pasteDelimiter(text)
	n := 0
	for line := range strings.Lines(text) {
		if n++; n > maxPasted {
			break
		}
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		p := parsePasted(line, delim)
		p.Line, p.Text = n, shorten([]byte(line))
		if len(out) == 0 && p.isHeading() {
			continue
		}
		out = append(out, p)
	}
	return out
}

// pasteDelimiter is the delimiter that most lines have: a tab, else a semicolon, else a
// comma.
func pasteDelimiter(text string) byte {
	lines := 1 + strings.Count(strings.TrimSpace(text), "\n")
	for _, delim := range []byte("\t;") {
		if 2*strings.Count(text, string(delim)) >= lines {
			return delim
		}
	}
	return ','
}

func parsePasted(line string, delim byte) Pasted {
	rec := record{}
	if splitText([]byte(line), delim, false).next(&rec) != nil || rec.bad != "" {
		rec.cells = bytes.Split([]byte(line), []byte{delim})
	}
	p := Pasted{}
	for _, cell := range rec.cells {
		text := strings.ToValidUTF8(plainText(trimCell(cell)), "")
		if name, address, found := strings.Cut(text, "<"); found && strings.HasSuffix(address, ">") {
			p.take(strings.TrimSuffix(address, ">"))
			text = strings.Trim(strings.TrimSpace(name), `"`)
		}
		p.take(text)
	}
	return p
}

// take gives a cell its place.
func (p *Pasted) take(text string) {
	text = strings.TrimSpace(text)
	email, isEmail := parseEmail(strings.TrimPrefix(text, "mailto:"))
	role, isRole := roleWords[foldWord(text)]
	switch {
	case text == "":
	case isEmail && p.Email == "":
		p.Email = email
	case isEmail:
		p.Email += "; " + email
	case strings.Contains(text, "@"):
		p.Bad = text
	case isPhone(text) && p.Phone == "":
		p.Phone = text
	case isRole && p.Role == "":
		p.Role = role
	default:
		p.Rest = append(p.Rest, text)
	}
}

// isPhone reports whether a text is a phone number: at least six digits, with marks of
// phone numbers, or a plus or a zero in front; a bare number may be a customer's.
func isPhone(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-()/. \u00a0", r):
			return false
		}
	}
	return digits >= 6 && digits <= 18 && (text[0] == '+' || text[0] == '(' || strings.ContainsAny(text, " /"))
}

// isHeading reports whether a line names columns.
func (p *Pasted) isHeading() bool {
	if p.Email+p.Phone+p.Bad != "" || len(p.Rest) == 0 {
		return false
	}
	for _, text := range p.Rest {
		if _, known := contactWords[foldWord(text)]; !known {
			return false
		}
	}
	return true
}

// RoleOr is the role that the line states, or else the usual one.
func (p *Pasted) RoleOr(usual book.Role) book.Role {
	if p.Role != "" {
		return book.Role(p.Role)
	}
	return usual
}

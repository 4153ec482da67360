package email

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"mime"
	"net/mail"
	"slices"
	"strings"
)

// wire is a mail being written as the bytes that go out.
type wire struct {
	b          []byte
	boundaries [][]int // where each stands; the outer one first
}

// encode writes the whole mail: a text and an HTML form as alternatives, and attachments
// beside them (RFC 2046).
func (m *Mail) encode(messageID string) []byte {
	w := wire{b: make([]byte, 0, m.size()*3/2+4<<10)}
	w.head(m, messageID)
	mixed := -1
	w.b = append(w.b, "Content-Type: "...)
	if len(m.Attachments) > 0 {
		mixed = w.container("mixed")
		w.b = append(w.b, "\r\n\r\n"...)
		w.delimiter(mixed, true)
		w.b = append(w.b, "Content-Type: "...)
	}
	alternative := w.container("alternative")
	w.b = append(w.b, "\r\n\r\n"...)
	w.delimiter(alternative, true)
	w.body("text/plain", m.Text)
	w.delimiter(alternative, false)
	w.body("text/html", m.HTML)
	w.end(alternative)
	for i := range m.Attachments {
		w.delimiter(mixed, false)
		w.file(&m.Attachments[i])
	}
	if mixed >= 0 {
		w.end(mixed)
	}
	w.fillBoundaries()
	return w.b
}

// head writes the header but for what says how the body is made.
func (w *wire) head(m *Mail, messageID string) {
	if m.Automatic {
		w.field("Auto-Submitted", "auto-generated")
	}
	w.field("Date", m.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	if m.InReplyTo != "" {
		w.field("In-Reply-To", "<"+m.InReplyTo+">")
	}
	w.field("MIME-Version", "1.0")
	w.field("Message-ID", "<"+messageID+">")
	if len(m.References) > 0 {
		w.field("References", "<"+strings.Join(m.References, "> <")+">")
	}
	w.field("Subject", words(m.Subject))
	w.addresses("From", m.From)
	w.addresses("To", m.To...)
	w.addresses("Cc", m.Cc...)
	if m.ReplyTo != (Address{}) {
		w.addresses("Reply-To", m.ReplyTo)
	}
}

func (w *wire) addresses(name string, list ...Address) {
	if len(list) == 0 {
		return
	}
	shown := make([]string, len(list))
	for i, a := range list {
		shown[i] = (&mail.Address{Name: a.shown(), Address: a.addr}).String()
		if strings.Contains(a.name, encodedWord) && mime.QEncoding.Encode("UTF-8", a.name) == a.name {
			shown[i] = words(a.name) + " <" + a.addr + ">"
		}
	}
	w.field(name, strings.Join(shown, ", "))
}

// encodedWord begins what readers of mail decode, also where nobody encoded it.
const encodedWord = "=?"

// words encodes a text of a header after RFC 2047 if it needs that: as beyond ASCII, or as it
// would be decoded to something else, such as the end of a field.
func words(s string) string {
	if encoded := mime.QEncoding.Encode("UTF-8", s); encoded != s || !strings.Contains(s, encodedWord) {
		return encoded
	}
	const most = 42 // of an encoded word's 75 characters, before base64 makes four of three
	var list []string
	for part := range slices.Chunk([]byte(s), most) {
		list = append(list, "=?UTF-8?b?"+base64.StdEncoding.EncodeToString(part)+"?=")
	}
	return strings.Join(list, " ")
}

// lineMax is how long a line of a header or a body should be at most (RFC 2045, 2047).
const lineMax = 76

// field writes a header field and breaks it between words where it gets too long.
func (w *wire) field(name, value string) {
	w.b = append(append(w.b, name...), ": "...)
	room := lineMax - len(name) - 4
	for more := true; more; {
		var word string
		word, value, more = strings.Cut(value, " ")
		if room-len(word) <= 1 {
			w.b = append(w.b[:len(w.b)-1], "\r\n "...)
			room = lineMax - 3
		}
		w.b = append(w.b, word...)
		room -= len(word)
		if more {
			w.b = append(w.b, ' ')
			room--
		}
	}
	w.b = append(w.b, "\r\n"...)
}

// container writes the type of a body of several parts, and returns its boundary.
func (w *wire) container(kind string) int {
	w.b = append(append(append(w.b, "multipart/"...), kind...), ";\r\n boundary="...)
	w.boundaries = append(w.boundaries, nil)
	w.boundary(len(w.boundaries) - 1)
	return len(w.boundaries) - 1
}

// boundaryLen is how many hexadecimal digits a boundary has.
const boundaryLen = 60

// boundary leaves room for a boundary, to be filled in at the end.
func (w *wire) boundary(n int) {
	w.boundaries[n] = append(w.boundaries[n], len(w.b))
	for range boundaryLen {
		w.b = append(w.b, ' ')
	}
}

// delimiter begins a part.
func (w *wire) delimiter(n int, first bool) {
	if !first {
		w.b = append(w.b, "\r\n"...)
	}
	w.b = append(w.b, "--"...)
	w.boundary(n)
	w.b = append(w.b, "\r\n"...)
}

// end is behind the last part.
func (w *wire) end(n int) {
	w.b = append(w.b, "\r\n--"...)
	w.boundary(n)
	w.b = append(w.b, "--\r\n"...)
}

// fillBoundaries makes the boundaries from the rest of the mail, so that the bytes
// depend on nothing but the content, and no content can foresee them.
func (w *wire) fillBoundaries() {
	sum := sha256.Sum256(w.b)
	for i, places := range w.boundaries {
		derived := sha256.Sum256(append(sum[:], byte(i)))
		digits := hex.EncodeToString(derived[:])[:boundaryLen]
		for _, at := range places {
			copy(w.b[at:], digits)
		}
	}
}

// body writes one form of the text.
func (w *wire) body(kind, text string) {
	w.b = append(w.b, "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: "...)
	w.b = append(append(w.b, kind...), "; charset=UTF-8\r\n\r\n"...)
	w.b = appendQuoted(w.b, text)
}

// file writes an attachment, with its name encoded after RFC 2231.
func (w *wire) file(f *File) {
	kind, params, _ := mime.ParseMediaType(f.MediaType)
	if params == nil {
		params = map[string]string{}
	}
	params["name"] = f.Name
	w.b = append(w.b, "Content-Disposition: "...)
	w.b = append(w.b, mime.FormatMediaType("attachment", map[string]string{"filename": f.Name})...)
	w.b = append(w.b, "\r\nContent-Transfer-Encoding: base64\r\nContent-Type: "...)
	w.b = append(append(w.b, mime.FormatMediaType(kind, params)...), "\r\n\r\n"...)
	const lineBytes = lineMax / 4 * 3
	for rest := f.Bytes; len(rest) > 0; {
		n := min(len(rest), lineBytes)
		w.b = append(base64.StdEncoding.AppendEncode(w.b, rest[:n]), "\r\n"...)
		rest = rest[n:]
	}
}

// plain are the bytes that stand for themselves in quoted-printable text.
var plain = func() (t [256]bool) {
	for c := ' '; c <= '~'; c++ {
		t[c] = c != '='
	}
	t['\t'] = true
	return t
}()

// appendQuoted writes text as quoted-printable (RFC 2045): each line break, whichever it
// is, becomes CR LF. It is the encoding of mime/quotedprintable, line by line instead of
// byte by byte.
func appendQuoted(dst []byte, text string) []byte {
	const most = lineMax - 1 // the last place is for the mark of a soft break
	column := 0
	quote := func(c byte) {
		if column+3 > most {
			dst, column = append(dst, "=\r\n"...), 0
		}
		dst = append(dst, '=', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		column += 3
	}
	endLine := func() {
		if column == 0 {
			return
		}
		if c := dst[len(dst)-1]; c == ' ' || c == '\t' { // a space at the end would get lost
			dst = dst[:len(dst)-1]
			column--
			quote(c)
		}
	}
	for at := 0; at < len(text); {
		end, run := min(len(text), at+most-column), at
		for run < end && plain[text[run]] {
			run++
		}
		dst = append(dst, text[at:run]...)
		column += run - at
		if at = run; at == len(text) {
			break
		}
		switch c := text[at]; {
		case c == '\r' || c == '\n':
			endLine()
			dst, column = append(dst, "\r\n"...), 0
			if at++; c == '\r' && at < len(text) && text[at] == '\n' {
				at++
			}
		case plain[c]: // the line is full
			dst, column = append(dst, "=\r\n"...), 0
		default:
			quote(c)
			at++
		}
	}
	endLine()
	return dst
}

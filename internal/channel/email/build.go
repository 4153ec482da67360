package email

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/channel"
)

// Mail is one mail before it is bytes.
type Mail struct {
	// Message and Book make the Message-ID: the id of the message in its book, and
	// the book's own id. The same message has the same Message-ID however often its
	// bytes are made, so that a receiver can see a double.
	Message string
	Book    string

	From    Address
	ReplyTo Address // optional: the zero Address leaves the field out
	To      []Address
	Cc      []Address // optional
	Subject string
	Date    time.Time // written in the zone it carries, to the second
	Text    string    // both forms are needed
	HTML    string
	// InReplyTo and References are Message-IDs without angle brackets, for a mail
	// that continues a thread; optional.
	InReplyTo  string
	References []string
	// Automatic says that no person released this mail; it is then marked so that
	// out-of-office programs do not answer it (RFC 3834).
	Automatic   bool
	Attachments []File
}

// File is an attachment. The name is what the reader sees.
type File struct {
	Name      string
	MediaType string // for example "text/csv; charset=utf-8"
	Bytes     []byte
}

// Built is a mail as bytes with the envelope that goes with it.
type Built struct {
	Bytes     []byte // RFC 5322, ASCII, every line ended by CR LF
	MessageID string // without angle brackets
	Envelope  channel.Envelope
}

// MaxBytes is the largest mail that is built: 20 MiB, below what common servers take.
const MaxBytes = 20 << 20

// MaxRecipients is how many people one mail is written to, copies included.
const MaxRecipients = 20

// ErrMail is returned for a mail that lacks something.
var ErrMail = errors.New("mail is incomplete")

var idPart = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

var messageIDForm = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]+@[A-Za-z0-9.\[\]:-]+$`)

// MessageID is the Message-ID of a message of a book, without angle brackets.
func MessageID(message, book, domain string) string { return "m" + message + "." + book + "@" + domain }

// Build makes the bytes. The same Mail gives the same bytes. It refuses, with
// [ErrMail], [ErrHeader] or [ErrAddress], anything that is not safe to send.
func Build(m Mail) (Built, error) {
	if err := m.check(); err != nil {
		return Built{}, err
	}
	id := MessageID(m.Message, m.Book, m.From.Domain())
	wire := m.encode(id)
	if err := checkWire(wire); err != nil {
		return Built{}, err
	}
	return Built{Bytes: wire, MessageID: id, Envelope: m.envelope()}, nil
}

// envelope comes from the parsed addresses only; nobody stands in it twice.
func (m Mail) envelope() channel.Envelope {
	env := channel.Envelope{From: m.From.addr}
	for _, a := range m.To {
		if !slices.Contains(env.To, a.addr) {
			env.To = append(env.To, a.addr)
		}
	}
	for _, a := range m.Cc {
		if !slices.Contains(env.To, a.addr) && !slices.Contains(env.Copies, a.addr) {
			env.Copies = append(env.Copies, a.addr)
		}
	}
	return env
}

func (m Mail) check() error {
	switch {
	case m.From == (Address{}):
		return fmt.Errorf("%w: no sender", ErrMail)
	case len(m.To) == 0:
		return fmt.Errorf("%w: no recipient", ErrMail)
	case len(m.To)+len(m.Cc) > MaxRecipients:
		return fmt.Errorf("%w: more than %d recipients", ErrMail, MaxRecipients)
	case !idPart.MatchString(m.Message) || !idPart.MatchString(m.Book):
		return fmt.Errorf("%w: message and book ids must be letters, digits and hyphens", ErrMail)
	case strings.TrimSpace(m.Subject) == "" || len(m.Subject) > 500:
		return fmt.Errorf("%w: a subject of 1 to 500 characters", ErrMail)
	case m.Date.IsZero():
		return fmt.Errorf("%w: no date", ErrMail)
	case strings.TrimSpace(m.Text) == "" || strings.TrimSpace(m.HTML) == "":
		return fmt.Errorf("%w: both the text and the HTML form are needed", ErrMail)
	}
	for _, a := range append(append([]Address{}, m.To...), m.Cc...) {
		if a == (Address{}) {
			return fmt.Errorf("%w: an empty recipient", ErrMail)
		}
	}
	if err := checkHeader("subject", m.Subject); err != nil {
		return err
	}
	for _, id := range append([]string{m.InReplyTo}, m.References...) {
		if id != "" && (len(id) > 250 || !messageIDForm.MatchString(id)) {
			return fmt.Errorf("%w: %q is not a Message-ID", ErrHeader, id)
		}
	}
	return m.checkFiles()
}

func (m Mail) checkFiles() error {
	for _, f := range m.Attachments {
		if err := checkHeader("attachment name", f.Name); err != nil {
			return err
		}
		if len(f.Name) > 200 || strings.ContainsAny(f.Name, `/\`) || strings.Trim(f.Name, ". ") == "" {
			return fmt.Errorf("%w: %q is not a file name", ErrMail, f.Name)
		}
		_, _, err := mime.ParseMediaType(f.MediaType)
		if err != nil || checkHeader("media type", f.MediaType) != nil {
			return fmt.Errorf("%w: attachment %q has no media type", ErrMail, f.Name)
		}
	}
	if m.size() > MaxBytes {
		return fmt.Errorf("%w: larger than 20 MiB", ErrMail)
	}
	return nil
}

// size is about how long the mail is.
func (m Mail) size() int {
	size := len(m.Text) + len(m.HTML)
	for _, f := range m.Attachments {
		size += len(f.Bytes) * 4 / 3
	}
	return size
}

// checkWire proves that what was built is what the wire takes: ASCII, no bare CR or
// LF, no line over 998 characters.
func checkWire(raw []byte) error {
	if !isASCII(raw) || bytes.IndexByte(raw, 0) >= 0 {
		return fmt.Errorf("%w: the built mail holds a byte that is no ASCII, or zero", ErrHeader)
	}
	for rest := raw; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		switch {
		case end < 1 || bytes.IndexByte(rest[:end], '\r') != end-1:
			return fmt.Errorf("%w: a bare line break in the built mail, or none at its end", ErrHeader)
		case end-1 > 998:
			return fmt.Errorf("%w: a line over 998 characters in the built mail", ErrHeader)
		}
		rest = rest[end+1:]
	}
	return nil
}

// isASCII looks at eight bytes at once: every mail as a whole passes through it.
func isASCII(raw []byte) bool {
	var bits uint64
	for ; len(raw) >= 8; raw = raw[8:] {
		bits |= binary.LittleEndian.Uint64(raw)
	}
	for _, c := range raw {
		bits |= uint64(c)
	}
	return bits&0x8080808080808080 == 0
}

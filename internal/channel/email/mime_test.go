package email

import (
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gomail "github.com/wneessen/go-mail"
	"pgregory.net/rapid"
)

// byLibrary is a mail as a library builds it: with other boundaries the same bytes.
func byLibrary(t interface{ Fatal(...any) }, m Mail) []byte {
	address := func(a Address) *mail.Address { return &mail.Address{Name: a.shown(), Address: a.addr} }
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	msg.FromMailAddress(address(m.From))
	for _, a := range m.To {
		msg.AddToMailAddress(address(a))
	}
	for _, a := range m.Cc {
		msg.AddCcMailAddress(address(a))
	}
	if m.ReplyTo != (Address{}) {
		msg.ReplyToMailAddress(address(m.ReplyTo))
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.Date)
	msg.SetMessageIDWithValue(MessageID(m.Message, m.Book, m.From.Domain()))
	if m.InReplyTo != "" {
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+m.InReplyTo+">")
	}
	if len(m.References) > 0 {
		msg.SetGenHeader(gomail.HeaderReferences, "<"+strings.Join(m.References, "> <")+">")
	}
	if m.Automatic {
		msg.SetGenHeader("Auto-Submitted", "auto-generated")
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	for _, f := range m.Attachments {
		kind, params, err := mime.ParseMediaType(f.MediaType)
		if err != nil {
			t.Fatal(err)
		}
		params["name"] = f.Name
		err = msg.AttachReader(f.Name, bytes.NewReader(f.Bytes), func(file *gomail.File) {
			file.Header.Set("Content-Type", mime.FormatMediaType(kind, params))
			file.Header.Set("Content-Disposition",
				mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	return raw.Bytes()
}

var boundaryForm = regexp.MustCompile(`boundary=([0-9a-f]{60})`)

// namedBoundaries writes "first" and "second" for the boundaries of a mail.
func namedBoundaries(raw []byte) string {
	s := string(raw)
	for i, found := range boundaryForm.FindAllStringSubmatch(s, -1) {
		s = strings.ReplaceAll(s, found[1], []string{"first", "second"}[i])
	}
	return s
}

// TestBuiltAsByALibrary compares our bytes with those of a library, over mails of every
// shape: only the boundaries differ.
func TestBuiltAsByALibrary(t *testing.T) {
	// The library swallows some line breaks after a bare CR; texts have none.
	text := rapid.StringMatching(`(?s)[^\r]{1,400}`)
	line := rapid.StringMatching(`[ -~äß€漢🙂]{0,120}`)
	id := rapid.StringMatching(`[a-z0-9]{1,60}@[a-z]{1,30}\.example`)
	address := rapid.Custom(func(t *rapid.T) Address {
		a, err := NewAddress(strings.TrimSpace(line.Draw(t, "name")), id.Draw(t, "address"))
		if err != nil {
			t.Fatal(err)
		}
		return a
	})
	file := rapid.Custom(func(t *rapid.T) File {
		return File{Name: rapid.StringMatching(`[a-z ä€-]{1,40}\.csv`).Draw(t, "file"),
			MediaType: rapid.SampledFrom([]string{"text/csv; charset=utf-8", "application/pdf"}).Draw(t, "type"),
			Bytes:     rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "bytes")}
	})
	rapid.Check(t, func(t *rapid.T) {
		m := Mail{Message: "1-2", Book: "b", From: address.Draw(t, "from"),
			To: rapid.SliceOfN(address, 1, 3).Draw(t, "to"), Cc: rapid.SliceOfN(address, 0, 3).Draw(t, "cc"),
			Subject: "s " + line.Draw(t, "subject"), Date: time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "date"), 0),
			Text: "x" + text.Draw(t, "text"), HTML: "x" + text.Draw(t, "html"),
			References: rapid.SliceOfN(id, 0, 4).Draw(t, "references"), Automatic: rapid.Bool().Draw(t, "automatic"),
			Attachments: rapid.SliceOfN(file, 0, 2).Draw(t, "files")}
		if len(m.References) > 0 {
			m.InReplyTo = m.References[0]
		}
		if rapid.Bool().Draw(t, "reply") {
			m.ReplyTo = address.Draw(t, "reply to")
		}
		b, err := Build(m)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(namedBoundaries(byLibrary(t, m)), namedBoundaries(b.Bytes)); diff != "" {
			t.Fatalf("(-library +ours):\n%s", diff)
		}
	})
}

// TestQuotedTextComesBack: whatever the text, it is read as itself, with its line breaks
// as CR LF, and no line is too long.
func TestQuotedTextComesBack(t *testing.T) {
	breaks := strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`(?s)([a-z=ä \t\r\n.]|[ -~]{60,90}){0,9}`).Draw(t, "text")
		raw := appendQuoted(nil, text)
		got, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
		if want := breaks.Replace(text); err != nil || string(got) != want {
			t.Fatalf("%q is read as %q (%v)", text, got, err)
		}
		for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
			if len(line) > lineMax {
				t.Fatalf("a line of %d: %q", len(line), line)
			}
		}
	})
}

// TestNothingOddIsBuilt: what a built mail must not hold is found wherever it stands.
func TestNothingOddIsBuilt(t *testing.T) {
	for name, raw := range map[string]string{
		"a bare CR": "a\rb\r\n", "a bare LF": "a\nb\r\n", "a CR at the end": "a\r\n\r", "LF first": "\na\r\n",
		"zero": "a\x00\r\n", "no ASCII": "a\x80\r\n", "no end of line": "a\r\nb",
		"a long line": strings.Repeat("x", 999) + "\r\n",
	} {
		if err := checkWire([]byte(raw)); err == nil {
			t.Errorf("%s passed", name)
		}
	}
	if err := checkWire([]byte("a\r\n\r\n" + strings.Repeat("x", 998) + "\r\n")); err != nil {
		t.Error(err)
	}
}

func BenchmarkBuild(b *testing.B) {
	m := sampleMail(b)
	m.Text = strings.Repeat("Invoice INV-4711 of 2026-02-01, due 2026-03-02: 1.234,50 €\n", 40)
	m.HTML = strings.Repeat(`<tr><td class="n">INV-4711</td><td>2026-02-01</td><td>1.234,50&nbsp;€</td></tr>`+"\n", 70)
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if _, err := Build(m); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			byLibrary(b, m)
		}
	})
}

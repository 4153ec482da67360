package email

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/hostile"
)

func mustAddress(t testing.TB, name, addr string) Address {
	t.Helper()
	a, err := NewAddress(name, addr)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func sampleMail(t testing.TB) Mail {
	return Mail{
		Message: "1042", Book: "7f3a", From: mustAddress(t, "Hélène Marsh", "ar@creditor.example"),
		To: []Address{mustAddress(t, "Accounts Payable", "ap@debtor.example")},
		Cc: []Address{mustAddress(t, "", "copy@debtor.example")}, ReplyTo: mustAddress(t, "",
			"reply@creditor.example"),
		Subject: "Zahlungserinnerung: Rechnung 4711, 1.234,50 €",
		Date:    time.Date(2026, 3, 19, 9, 30, 0, 0, time.FixedZone("", 3600)),
		Text:    "Guten Tag,\n\nbitte zahlen Sie 1.234,50 €.\n.\nEnde\n",
		HTML:    "<!doctype html><p>Bitte zahlen Sie 1.234,50&nbsp;€.</p>",
	}
}

func TestTheSameMailIsTheSameBytes(t *testing.T) {
	m := sampleMail(t)
	m.Attachments = []File{
		{Name: "offene Posten – März.csv", MediaType: "text/csv; charset=utf-8",
			Bytes: []byte("a,b\r\n1,2\r\n")},
		{Name: "zeros.txt", MediaType: "text/plain", Bytes: []byte(strings.Repeat("0", 200))},
	}
	m.InReplyTo, m.References = "m1.7f3a@creditor.example", []string{"m0.7f3a@creditor.example",
		"m1.7f3a@creditor.example"}
	first, err := Build(m)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := Build(m)
		if err != nil || !bytes.Equal(first.Bytes, again.Bytes) {
			t.Fatalf("built differently (%v)", err)
		}
	}
	m.Text += "x"
	if other, _ := Build(m); bytes.Contains(other.Bytes, boundaryOf(t, first.Bytes)) {
		t.Error("another mail has the same boundary")
	}
}

func boundaryOf(t *testing.T, raw []byte) []byte {
	found := boundaryForm.FindSubmatch(raw)
	if found == nil {
		t.Fatal("no boundary")
	}
	return found[1]
}

func TestWhatTheMailSays(t *testing.T) {
	m := sampleMail(t)
	m.Automatic = true
	m.Attachments = []File{{Name: "offene Posten – März.csv", MediaType: "text/csv; charset=utf-8",
		Bytes: []byte("a,b\r\n")}}
	b, err := Build(m)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := mail.ReadMessage(bytes.NewReader(b.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"Message-Id": "<m1042.7f3a@creditor.example>", "Date": "Thu, 19 Mar 2026 09:30:00 +0100",
		"Auto-Submitted": "auto-generated", "Mime-Version": "1.0", "Subject": m.Subject,
		"From": "Hélène Marsh <ar@creditor.example>", "To": `"Accounts Payable" <ap@debtor.example>`,
		"Cc": "<copy@debtor.example>", "Reply-To": "<reply@creditor.example>",
	} {
		var words mime.WordDecoder
		got, err := words.DecodeHeader(msg.Header.Get(field))
		if err != nil || got != want {
			t.Errorf("%s: %q (%v), want %q", field, got, err, want)
		}
	}
	for _, none := range []string{"User-Agent", "X-Mailer", "Bcc", "List-Unsubscribe", "Precedence"} {
		if msg.Header.Get(none) != "" {
			t.Errorf("the mail has a %s field", none)
		}
	}
	if fmt.Sprint(b.Envelope) != "{ar@creditor.example [ap@debtor.example] [copy@debtor.example]}" {
		t.Errorf("envelope %v", b.Envelope)
	}
	parts := leaves(t, msg.Header.Get("Content-Type"), msg.Body)
	if len(parts) != 3 || !strings.HasPrefix(parts[0], "text/plain") || !strings.HasPrefix(parts[1],
		"text/html") ||
		!strings.Contains(parts[2], "offene Posten – März.csv") {
		t.Errorf("parts %q", parts)
	}
}

// leaves lists the parts of a mail that are no containers, by type and file name.
func leaves(t *testing.T, contentType string, body io.Reader) []string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return []string{kind}
	}
	var out []string
	r := multipart.NewReader(body, params["boundary"])
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		inner := leaves(t, p.Header.Get("Content-Type"), p)
		if name := p.FileName(); name != "" {
			inner[0] += " " + name
		}
		out = append(out, inner...)
	}
}

// breaking are the texts of which a header can hold nothing.
func breaking() (all []string) {
	for _, p := range hostile.Lines() {
		if !utf8.ValidString(p) || strings.ContainsFunc(p, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
			all = append(all, p)
		}
	}
	return all
}

// TestWhatPassesIsOneField: a text or the name of a file that is let through is one field of
// the mail and changes no other, nor who gets it; another parser reads what was meant.
func TestWhatPassesIsOneField(t *testing.T) {
	passed := 0
	for _, p := range append(hostile.Lines(), hostile.Names()...) {
		for field, put := range map[string]func(*Mail) error{
			"subject": func(m *Mail) error { m.Subject = p; return nil },
			"attachment": func(m *Mail) error {
				m.Attachments = []File{{Name: p, MediaType: "text/csv", Bytes: []byte("x")}}
				return nil
			},
			"name":     func(m *Mail) (err error) { m.To[0], err = NewAddress(p, "ap@debtor.example"); return err },
			"sender":   func(m *Mail) (err error) { m.From, err = NewAddress(p, "ar@creditor.example"); return err },
			"reply to": func(m *Mail) (err error) { m.ReplyTo, err = NewAddress(p, "reply@creditor.example"); return err },
		} {
			m := sampleMail(t)
			err := put(&m)
			if err != nil {
				continue
			}
			b, err := Build(m)
			if err != nil {
				continue
			}
			passed++
			msg, err := mail.ReadMessage(bytes.NewReader(b.Bytes))
			if err != nil {
				t.Fatal(err)
			}
			to, err := msg.Header.AddressList("To")
			if err != nil || len(to) != 1 || to[0].Address != "ap@debtor.example" || len(msg.Header) != 9 || len(b.Envelope.To) != 1 || len(b.Envelope.Copies) != 1 {
				t.Errorf("%q as %s: %v to %v, %v", p, field, msg.Header, to, err)
			}
			for _, head := range []string{"To", "From", "Reply-To"} {
				if said, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get(head)); err != nil || strings.ContainsAny(said, "\r\n") {
					t.Errorf("%q as %s is read as %s: %q, %v", p, field, head, said, err)
				}
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
			if err != nil || strings.TrimSpace(subject) != strings.TrimSpace(m.Subject) {
				t.Errorf("%q as %s: the subject is %q, %v", p, field, subject, err)
			}
			if field == "name" && to[0].Name != p {
				t.Errorf("the name %q is read as %q", p, to[0].Name)
			}
		}
	}
	if passed < 200 {
		t.Errorf("only %d passed, so that little was tried", passed)
	}
}

// TestHeaderInjection puts every hostile text into every field that reaches a
// header: it must be refused, or come back as the one field it was put into.
func TestHeaderInjection(t *testing.T) {
	payloads := breaking()
	if len(payloads) < 300 {
		t.Fatalf("only %d payloads", len(payloads))
	}
	for i, p := range payloads {
		for field, put := range map[string]func(*Mail) error{
			"subject":    func(m *Mail) error { m.Subject = p; return nil },
			"in-reply":   func(m *Mail) error { m.InReplyTo = p; return nil },
			"references": func(m *Mail) error { m.References = []string{p}; return nil },
			"attachment": func(m *Mail) error {
				m.Attachments = []File{{Name: p, MediaType: "text/csv", Bytes: []byte("x")}}
				return nil
			},
			"media type": func(m *Mail) error {
				m.Attachments = []File{{Name: "a.csv", MediaType: "text/csv" + p, Bytes: []byte("x")}}
				return nil
			},
			"message id": func(m *Mail) error { m.Message = p; return nil },
			"book":       func(m *Mail) error { m.Book = p; return nil },
			"name": func(m *Mail) (err error) {
				m.To[0], err = NewAddress(p, "ap@debtor.example")
				return err
			},
			"address": func(m *Mail) (err error) {
				m.To[0], err = NewAddress("", "ap@debtor.example"+p)
				return err
			},
			"local part": func(m *Mail) (err error) {
				m.To[0], err = NewAddress("", p+"@debtor.example")
				return err
			},
			"whole": func(m *Mail) (err error) { m.ReplyTo, err = ParseAddress(p); return err },
		} {
			m := sampleMail(t)
			err := put(&m)
			if err == nil {
				_, err = Build(m)
			}
			if err == nil {
				t.Errorf("payload %d (%q) passed as %s", i, p, field)
			} else if !errors.Is(err, ErrHeader) && !errors.Is(err, ErrAddress) && !errors.Is(err, ErrMail) {
				t.Errorf("payload %d as %s: an odd error: %v", i, field, err)
			}
		}
	}
}

// TestHostileBodies puts the same texts where they are allowed: they must not add a
// field, a part or a recipient.
func TestHostileBodies(t *testing.T) {
	for i, p := range hostile.Lines() {
		m := sampleMail(t)
		m.Text, m.HTML = "x"+p, "<p>"+p+"</p>"
		b, err := Build(m)
		if err != nil {
			t.Errorf("payload %d: %v", i, err)
			continue
		}
		msg, err := mail.ReadMessage(bytes.NewReader(b.Bytes))
		if err != nil {
			t.Fatal(err)
		}
		if len(msg.Header) != 9 || len(leaves(t, msg.Header.Get("Content-Type"), msg.Body)) != 2 {
			t.Errorf("payload %d (%q) changed the shape of the mail: %v", i, p, msg.Header)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, good := range []string{"a@b.example", "first.last+tag@sub.host.example", "o'neil@host",
		"a_b-c@xn--bcher-kva.example"} {
		if _, err := NewAddress("", good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "a", "a@", "@b", "a@b@c", "a b@c.example", "<a@b.example>",
		"a@b.example,c@d.example",
		"a@b.example c@d.example", `"a b"@c.example`, "a@[127.0.0.1]", "a..b@c.example", ".a@b.example",
		"a@-b.example",
		"bücher@b.example", "a@bücher.example", "a@b.example\r\nRCPT TO:<x@y.example>", "a@b.example> SIZE=1",
		strings.Repeat("a", 65) + "@b.example", "a@" + strings.Repeat("b", 254)} {
		if _, err := NewAddress("", bad); err == nil {
			t.Errorf("%q passed as an address", bad)
		}
	}
	a, err := ParseAddress(`"Marsh, Hélène" <ar@creditor.example>`)
	if err != nil || a.name != "Marsh, Hélène" || a.addr != "ar@creditor.example" ||
		a.Domain() != "creditor.example" {
		t.Errorf("%v, %v", a, err)
	}
}

// TestNamesComeBack: whatever name is allowed, a second parser reads the same name
// and the same single address.
func TestNamesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := strings.TrimSpace(rapid.String().Draw(t, "name"))
		subject := "s" + rapid.String().Draw(t, "subject")
		a, err := NewAddress(name, "ap@debtor.example")
		if err != nil {
			return
		}
		m := Mail{Message: "1", Book: "b", From: a, To: []Address{a}, Subject: subject, Date: time.Unix(1, 0),
			Text: "t", HTML: "h"}
		b, err := Build(m)
		if err != nil {
			return
		}
		msg, err := mail.ReadMessage(bytes.NewReader(b.Bytes))
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		list, err := msg.Header.AddressList("To")
		if err != nil || len(list) != 1 || list[0].Address != "ap@debtor.example" {
			t.Fatalf("name %q comes back as %v (%v)", name, list, err)
		}
		if want := strings.Join(strings.Fields(a.shown()),
			" "); strings.Join(strings.Fields(list[0].Name), " ") != want {
			t.Fatalf("name %q comes back as %q", name, list[0].Name)
		}
	})
}

func TestIncompleteMails(t *testing.T) {
	for name, spoil := range map[string]func(*Mail){
		"no sender":     func(m *Mail) { m.From = Address{} },
		"no recipient":  func(m *Mail) { m.To = nil },
		"empty copy":    func(m *Mail) { m.Cc = []Address{{}} },
		"no subject":    func(m *Mail) { m.Subject = " " },
		"no date":       func(m *Mail) { m.Date = time.Time{} },
		"no text":       func(m *Mail) { m.Text = "" },
		"no HTML":       func(m *Mail) { m.HTML = "\n" },
		"path":          func(m *Mail) { m.Attachments = []File{{Name: "../x", MediaType: "text/csv"}} },
		"dots":          func(m *Mail) { m.Attachments = []File{{Name: "..", MediaType: "text/csv"}} },
		"no media type": func(m *Mail) { m.Attachments = []File{{Name: "x"}} },
		"too large": func(m *Mail) {
			m.Attachments = []File{{Name: "x", MediaType: "text/csv", Bytes: make([]byte, MaxBytes)}}
		},
	} {
		m := sampleMail(t)
		spoil(&m)
		if _, err := Build(m); !errors.Is(err, ErrMail) {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
}

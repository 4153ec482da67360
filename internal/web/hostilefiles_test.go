package web

import (
	"encoding/csv"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/recoup-project/recoup/internal/core/book"
)

// bare is a text without what a file may leave out or set otherwise: blanks, what is not
// seen, and what is not ASCII, for which a face may have no sign.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x7f || unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// files: in letters, mails and tables the texts of strangers are texts: a PDF
// says them as they are, a mail has the fields and the reader that it should have, and no cell
// of a table begins a formula.
func (h *hostileSite) files(t *testing.T) {
	cookie := h.session("owner")
	letters, mails := 0, 0
	for i, m := range h.messages {
		switch {
		case m.Channel == book.Letter && letters < 25:
			letters++
			if text := pdfText(t, h.ask(messagePath(m.ID)+"/letter.pdf", nil, cookie).body); !strings.Contains(bare(text), bare(m.Name)) {
				t.Errorf("the letter does not say %q:\n%.600s", m.Name, text)
			}
		case m.Channel == book.Email && i%5 == 0:
			mails++
			h.mailIs(h.ask(messagePath(m.ID)+"/mail.eml", nil, cookie).body, m.Name)
		}
	}
	if letters < 20 || mails < 50 {
		t.Errorf("only %d letters and %d mails", letters, mails)
	}
	for _, what := range []string{"customers", "items", "aging"} {
		h.tableIs(what, h.ask("/export/"+what+"/file?state=all", nil, cookie).body)
	}
}

func pdfText(t *testing.T, pdf string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(file, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return string(out)
}

// mailIs reads a mail with the parser of the standard library: its fields are the known ones,
// each once, it has one reader, and its text says the name.
func (h *hostileSite) mailIs(raw, name string) {
	h.t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		h.t.Fatal(err)
	}
	known := []string{"From", "To", "Cc", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Reply-To", "X-Unsent", "Auto-Submitted", "In-Reply-To", "References",
		"X-Auto-Response-Suppress", "X-Recoup-Message", "X-Recoup-Book"}
	for field, values := range m.Header {
		if !slices.Contains(known, field) || len(values) != 1 {
			h.t.Errorf("a mail to %q has %s: %q", name, field, values)
		}
	}
	if to, err := m.Header.AddressList("To"); err != nil || len(to) != 1 || !strings.HasSuffix(to[0].Address, "@customer.example") {
		h.t.Errorf("a mail to %q goes to %v, %v", name, m.Header["To"], err)
	}
	if text := partsOf(h.t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body); !strings.Contains(bare(text), bare(name)) {
		h.t.Errorf("a mail does not say %q", name)
	}
}

// partsOf is the text of all parts of a mail that are plain text.
func partsOf(t testing.TB, kind, encoding string, body io.Reader) string {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if media == "text/plain" {
		if strings.EqualFold(encoding, "quoted-printable") {
			body = quotedprintable.NewReader(body)
		}
		raw, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	text := ""
	if strings.HasPrefix(media, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err != nil {
				break
			}
			text += partsOf(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
		}
	}
	return text
}

// tableIs reads a table as a program does that takes a comma, a semicolon or a tab for the
// end of a cell.
func (h *hostileSite) tableIs(what, text string) {
	h.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) < 100 {
		h.t.Fatalf("%s: %d rows, %v", what, len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+@\t\r\n", rune(cell[0])) {
				h.t.Errorf("%s: a cell begins a formula: %q", what, cell)
			}
		}
	}
}

package look

import (
	"mime"
	"strings"
	"testing"
	"unicode"

	"github.com/recoup-project/recoup/internal/hostile"
)

// TestDisposition: whatever a file is called, the header is one line with one name that leads
// nowhere, and the browser keeps the file.
func TestDisposition(t *testing.T) {
	for _, name := range append(hostile.Names(), hostile.Lines()...) {
		h := Disposition(name)
		if strings.ContainsFunc(h, func(r rune) bool { return r < ' ' || r > '~' }) || len(h) > 4*1024 {
			t.Errorf("%q makes the header %q", name, h)
		}
		how, params, err := mime.ParseMediaType(h)
		if err != nil || how != "attachment" || len(params) > 1 {
			t.Errorf("%q makes the header %q, %v", name, h, err)
		}
		got := params["filename"]
		if strings.ContainsAny(got, "/\\\"\x00") || strings.ContainsFunc(got, unicode.IsControl) || strings.ContainsRune(got, '\u202e') || got == "." || got == ".." {
			t.Errorf("%q is kept as %q", name, got)
		}
	}
	if got := Disposition("Überweisung März.pdf"); got != "attachment; filename*=utf-8''%C3%9Cberweisung%20M%C3%A4rz.pdf" {
		t.Error(got)
	}
	if got := Inline("a.pdf"); got != `inline; filename=a.pdf` {
		t.Error(got)
	}
}

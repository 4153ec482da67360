package pdf

import (
	"strconv"
	"strings"
	"testing"
)

// TestMoreCharactersThanAByteNames: a file with more of them than one table of bytes holds
// reads as it was written, also where a byte stands for a bracket or a backslash.
func TestMoreCharactersThanAByteNames(t *testing.T) {
	var many []string
	for _, from := range []rune{0xc0, 0x100, 0x391, 0x410} {
		line := ""
		for r := from; r < from+112; r++ {
			if Regular().Covers(r) && Bold().Covers(r) && shown(string(r)) == string(r) {
				line += string(r)
			}
		}
		many = append(many, `(a\b) `+line)
	}
	var missing []rune
	data := sample(t, func(w *Writer) {
		for i, line := range many {
			w.Text(MM(5), MM(20)+Unit(i)*20*Pt, Style{Face: Regular(), Size: 6 * Pt}, Black, line)
			w.Text(MM(5), MM(20)+Unit(i)*20*Pt+10*Pt, Style{Face: Bold(), Size: 6 * Pt, Tabular: true}, Black, line)
		}
		missing = w.Missing()
		if len(w.codes.tables) < 2 {
			t.Error("one table holds them all: the test shows nothing")
		}
	})
	if len(missing) > 0 {
		t.Errorf("missing %q", string(missing))
	}
	if got := tool(t, data, "qpdf", "--check", "FILE"); !strings.Contains(got, "No syntax or stream encoding errors") {
		t.Errorf("qpdf says %s", got)
	}
	text := tool(t, data, "pdftotext", "-raw", "FILE", "-")
	for _, line := range many {
		if n := strings.Count(text, line); n != 2 {
			t.Errorf("%d times, want 2: %q", n, line)
		}
	}
	if t.Failed() {
		t.Logf("the text reads\n%s", text)
	}
}

// TestManyPages: more objects than are packed together, in a file too long for two bytes of
// position.
func TestManyPages(t *testing.T) {
	const pages = 600
	data := sample(t, func(w *Writer) {
		for i := range pages {
			if i > 0 {
				w.AddPage(MM(210), MM(297))
			}
			w.Text(MM(20), MM(20), Style{Face: Regular(), Size: 10 * Pt}, Black, "page "+strconv.Itoa(i+1))
			w.Line(MM(20), MM(30), MM(20)+Unit(i), MM(30), 300, Black)
		}
	})
	if len(data) < 1<<16 {
		t.Errorf("%d bytes: the test shows nothing", len(data))
	}
	if got := tool(t, data, "qpdf", "--check", "FILE"); !strings.Contains(got, "No syntax or stream encoding errors") {
		t.Errorf("qpdf says %s", got)
	}
	text := strings.Split(tool(t, data, "pdftotext", "FILE", "-"), "\f")
	for i := range pages {
		if want := "page " + strconv.Itoa(i+1); strings.TrimSpace(text[i]) != want {
			t.Fatalf("page %d reads %q, want %q", i+1, text[i], want)
		}
	}
}

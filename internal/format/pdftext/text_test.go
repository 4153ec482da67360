package pdftext

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// file writes a PDF with one page of the drawing operators given.
func file(draw string) []byte {
	var b bytes.Buffer
	var offsets []int
	b.WriteString("%PDF-1.4\n")
	for i, body := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(draw), draw),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"} {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s endobj\n", i+1, body)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF", len(offsets)+1, xref)
	return b.Bytes()
}

func TestText(t *testing.T) {
	for draw, want := range map[string]string{
		"BT /F1 12 Tf 50 700 Td (Invoice) Tj 100 0 Td (R-2026/001) Tj ET": "Invoice R-2026/001",
		"BT /F1 12 Tf [(IN)-20(V-)15(7)-500(due)] TJ ET":                  "INV-7 due",
		"BT /F1 12 Tf (M\\374ller) Tj ET":                                 "Müller",
		"0 0 m 10 10 l S":                                                 "",
	} {
		text, err := Text(file(draw), Limits{})
		if got := strings.Join(strings.Fields(text), " "); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", draw, got, err, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	if _, err := Text([]byte("hello"), Limits{}); !errors.Is(err, ErrNotPDF) {
		t.Error(err)
	}
	if _, err := Text([]byte("%PDF-1.4 and nothing else"), Limits{}); !errors.Is(err, ErrNotPDF) {
		t.Error(err)
	}
	if _, err := Text(file(""), Limits{Bytes: 100}); !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
	if _, err := Text(file(""), Limits{Time: time.Nanosecond}); err != nil && !errors.Is(err, ErrLimit) {
		t.Error(err)
	}
	if text, err := Text(file(strings.Repeat("BT /F1 9 Tf (abcdefgh) Tj ET ", 5000)), Limits{Text: 1000}); err != nil || len(text) > 1100 {
		t.Error(len(text), err)
	}
}

// A small file may unpack to much: it is stopped by what it takes, not only by its time, and
// the next one is read as ever.
func TestMemory(t *testing.T) {
	bomb := file(strings.Repeat("1 ", 2<<20))
	_, err := Text(bomb, Limits{Time: time.Minute, Memory: 16 << 20})
	if !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "16 MiB of memory") {
		t.Error(err)
	}
	if text, err := Text(file("BT /F1 12 Tf (R-1) Tj ET"), Limits{}); err != nil || strings.TrimSpace(text) != "R-1" {
		t.Error(text, err)
	}
}

// Of invoices that others wrote, the words with digits are those that another program
// finds.
func TestRealInvoices(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..", "shared", "data", "einvoice")
	poppler, err := exec.LookPath("pdftotext")
	if _, missing := os.Stat(root); missing != nil || err != nil {
		t.Skip("the collection of invoices or pdftotext is not here")
	}
	files, found, wanted := 0, 0, 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".pdf") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		theirs, err := exec.Command(poppler, "-l", "3", path, "-").Output()
		if err != nil {
			return nil // damaged
		}
		files++
		text, err := Text(data, Limits{Time: 30 * time.Second})
		ours := squeeze(text)
		for word := range strings.FieldsSeq(string(theirs)) {
			if strings.ContainsAny(word, "0123456789") {
				wanted++
				if strings.Contains(ours, word) {
					found++
				}
			}
		}
		if err != nil {
			t.Logf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files, %d of %d words with digits", files, found, wanted)
	if files > 0 && found*100 < wanted*95 {
		t.Errorf("%d of %d words with digits", found, wanted)
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// FuzzText: whatever the bytes, it returns.
func FuzzText(f *testing.F) {
	f.Add(file("BT /F1 12 Tf 50 700 Td (Invoice) Tj ET"))
	f.Add([]byte("%PDF-1.7\n1 0 obj<</Type/ObjStm/N 1/First 5/Length 9>>stream\n1 0 [[[[\nendstream endobj"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if len(data) <= 1<<18 {
			Text(data, Limits{Time: 500 * time.Millisecond})
		}
	})
}

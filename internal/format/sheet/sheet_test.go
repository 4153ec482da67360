package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/hostile"
)

var columns = []Column{{"name", Text}, {"n", Number}, {"amount", Amount}, {"day", Day}}

func write(t testing.TB, format string, rows ...[]Cell) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := New(&b, format, "Items", columns, "Open items", "=1+1")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSV(t *testing.T) {
	got := string(write(t, "csv", []Cell{T("Möbel, \"Haus\""), N(-3), M(-123_456, "EUR"), D(cal.MustParse("2026-03-06"))},
		[]Cell{{}, N(0), M(-5, "JPY"), D(cal.None)}, []Cell{T("-9"), N(1), M(1_234_567, "KWD"), D(cal.Far)}))
	want := "name,n,amount,day\n\"Möbel, \"\"Haus\"\"\",-3,-1234.56,2026-03-06\n,0,-5,\n'-9,1,1234.567,\n"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestHostileCells(t *testing.T) {
	cells := hostile.Cells()
	var rows [][]Cell
	for i, s := range cells {
		rows = append(rows, []Cell{T(s), N(i), M(int64(-i), "EUR"), D(cal.Date(i))})
	}
	read, err := csv.NewReader(bytes.NewReader(write(t, "csv", rows...))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range read[1:] {
		if first := []rune(row[0])[0]; strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", first) {
			t.Errorf("csv: %q begins a formula", row[0])
		}
		if row[2] != money.FormatMinor(int64(-i), 2) {
			t.Errorf("csv: amount %q", row[2])
		}
	}
	book := write(t, "xlsx", rows...)
	for name, body := range parts(t, book) {
		if strings.HasPrefix(name, "xl/worksheets/") && (strings.Contains(body, "<f>") || strings.Contains(body, "<f ")) {
			t.Errorf("xlsx: %s has a formula", name)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, s := range cells {
		at := "A" + strconv.Itoa(i+2)
		if got, err := f.GetCellValue("Items", at); err != nil || strings.ReplaceAll(got, "\r\n", "\n") != strings.ReplaceAll(printable(s), "\r\n", "\n") {
			if strings.TrimSpace(got) != strings.TrimSpace(printable(s)) {
				t.Errorf("xlsx: %q is read as %q, %v", s, got, err)
			}
		}
	}
}

// TestHarmless: nothing of a text begins a formula, also where another character ends a cell,
// and but for the quotes it is the same text.
func TestHarmless(t *testing.T) {
	for s, want := range map[string]string{"": "", "R-1": "R-1", "-9": "'-9", " =1": "' =1", "a;=1": "a;'=1", "a\n\n- b": "a\n\n'- b", "a\n\nb": "a\n\nb",
		"x\";\"=2": "x\";'\"=2", "=1;=2": "'=1;'=2", "\tx": "'\tx", "5 + 3 = 8": "5 + 3 = 8", "a, b; c": "a, b; c"} {
		if got := Harmless(s); got != want {
			t.Errorf("%q is written %q, want %q", s, got, want)
		}
	}
	for _, s := range hostile.Cells() {
		got := Harmless(s)
		if strings.ReplaceAll(got, "'", "") != strings.ReplaceAll(s, "'", "") {
			t.Errorf("%q became %q", s, got)
		}
		for _, piece := range strings.FieldsFunc(got, func(r rune) bool { return strings.ContainsRune(";,|\t\r\n", r) }) {
			if piece = strings.TrimLeft(piece, "\" \u00a0\ufeff\u200b\x00\x0b\u2028"); piece != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(piece)[0]) {
				t.Errorf("%q is written %q, where %q begins a formula", s, got, piece)
			}
		}
	}
}

// parts are the files in a workbook.
func parts(t testing.TB, book []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, file := range z.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[file.Name] = string(body)
	}
	return all
}

// TestXLSXCells holds that amounts, numbers and days are numbers of the file, with the
// decimals of their currency, and that what a number cannot hold is text.
func TestXLSXCells(t *testing.T) {
	book := write(t, "xlsx", []Cell{T("a"), N(-3), M(-123_456_789, "EUR"), D(cal.MustParse("2026-03-06"))},
		[]Cell{T("b"), N(7), M(5, "JPY"), D(cal.None)}, []Cell{T("c"), N(7), M(123_456_789_012_345_678, "EUR"), D(cal.None)},
		[]Cell{T("d"), N(7), M(1_234_567, "KWD"), D(cal.None)})
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for at, want := range map[string]string{"B2": "-3", "C2": "-1,234,567.89", "D2": "2026-03-06", "C3": "5", "D3": "",
		"C4": "1234567890123456.78", "C5": "1,234.567", "A1": "name"} {
		if got, err := f.GetCellValue("Items", at); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", at, got, err, want)
		}
	}
	sheet := parts(t, book)["xl/worksheets/sheet1.xml"]
	for _, want := range []string{"<v>-1234567.89</v>", "<v>46087</v>", "<v>1234.567</v>"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet has no %s", want)
		}
	}
	if got, err := f.GetCellValue("About", "A2"); err != nil || got != "=1+1" {
		t.Errorf("about: %q, %v", got, err)
	}
}

func TestTooManyRowsGoOnOnAnotherSheet(t *testing.T) {
	var b bytes.Buffer
	w, err := newXLSX(&b, "Items", columns[:1], nil)
	if err != nil {
		t.Fatal(err)
	}
	w.(*xlsxWriter).rows = 3
	for i := range 5 {
		if err := w.Row(T(strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := f.GetCellValue("Items 3", "A2"); err != nil || got != "4" || len(f.GetSheetList()) != 3 {
		t.Error(got, err, f.GetSheetList())
	}
}

func TestRowsFitTheirColumns(t *testing.T) {
	for _, format := range Formats {
		for _, row := range [][]Cell{{T("a")}, {T("a"), T("1"), M(1, "EUR"), D(0)}, {N(1), N(1), M(1, "EUR"), D(0)}} {
			w, err := New(io.Discard, format, "x", columns)
			if err != nil {
				t.Fatal(err)
			}
			if w.Row(row...) == nil || w.Close() == nil {
				t.Errorf("%s takes %v", format, row)
			}
		}
	}
	if _, err := New(io.Discard, "pdf", "x", columns); err == nil || MediaType("pdf") != "" {
		t.Error("pdf is a format")
	}
}

// TestSums holds that the amounts of a file add up to those that went in.
func TestSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minors := rapid.SliceOfN(rapid.Int64Range(-1e12, 1e12), 1, 20).Draw(t, "minors")
		var rows bytes.Buffer
		w, err := New(&rows, "csv", "x", []Column{{"amount", Amount}})
		if err != nil {
			t.Fatal(err)
		}
		var want, sum int64
		for _, m := range minors {
			want += m
			if err := w.Row(M(m, "GBP")); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Fields(rows.String())[1:] {
			m, err := money.Parse(line, "GBP")
			if err != nil {
				t.Fatal(err)
			}
			sum += m.Minor
		}
		if sum != want {
			t.Errorf("sum %d, want %d", sum, want)
		}
	})
}

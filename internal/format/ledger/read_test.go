package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
)

const germanFile = "Kunden-Nr.;Kundenname;Rechnung;Datum;fällig;Währung;Betrag\r\n" +
	"00042;Möbel Krüger;R-1;05.01.2026;04.02.2026;EUR;1.190,00\r\n" +
	"7;Weiß & Söhne;R-2;31.01.2026;02.03.2026;EUR;90,50\r\n"

// The same text in every encoding gives the same rows.
func TestEncodings(t *testing.T) {
	_, want, _ := readAll(t, []byte(germanFile), Hints{})
	encode := func(e encoding.Encoding, text string) []byte {
		b, err := e.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	le, be := unicode.LittleEndian, unicode.BigEndian
	for _, c := range []struct {
		name string
		data []byte
		enc  Encoding
	}{
		{"UTF-8", []byte(germanFile), UTF8},
		{"UTF-8 with mark", []byte("\uFEFF" + germanFile), UTF8},
		{"UTF-16 LE with mark", encode(unicode.UTF16(le, unicode.UseBOM), germanFile), UTF16LE},
		{"UTF-16 BE with mark", encode(unicode.UTF16(be, unicode.UseBOM), germanFile), UTF16BE},
		{"UTF-16 LE", encode(unicode.UTF16(le, unicode.IgnoreBOM), germanFile), UTF16LE},
		{"UTF-16 BE", encode(unicode.UTF16(be, unicode.IgnoreBOM), germanFile), UTF16BE},
		{"Windows-1252", encode(charmap.Windows1252, germanFile), Windows1252},
		{"lone CR", []byte(strings.ReplaceAll(germanFile, "\r\n", "\r")), UTF8},
		{"Windows-1252 with lone CR", encode(charmap.Windows1252, strings.ReplaceAll(germanFile, "\r\n",
			"\r")), Windows1252},
	} {
		t.Run(c.name, func(t *testing.T) {
			layout, rows, report := readAll(t, c.data, Hints{})
			if layout.Encoding != c.enc || layout.LoneCR != strings.Contains(c.name, "lone") {
				t.Errorf("encoding %s, lone CR %v", layout.Encoding, layout.LoneCR)
			}
			if diff := cmp.Diff(want, rows); diff != "" || report.RejectedRows > 0 {
				t.Error(diff, report.Rejected)
			}
		})
	}
}

func TestEightBitEncodings(t *testing.T) {
	file := func(name string) string { return strings.ReplaceAll(germanFile, "Möbel Krüger", name) }
	for _, c := range []struct {
		e    encoding.Encoding
		name string
		want Encoding
	}{
		{charmap.ISO8859_15, "100 € Laden", ISO8859_15},
		{charmap.ISO8859_15, "Le Cœur", ISO8859_15},
		{charmap.Windows1252, "100 € – Laden", Windows1252},
		{charmap.Windows1252, "Šárka’s", Windows1252},
		{charmap.Windows1252, "½ price", Windows1252},
	} {
		data, err := c.e.NewEncoder().Bytes([]byte(file(c.name)))
		if err != nil {
			t.Fatal(err)
		}
		layout, rows, _ := readAll(t, data, Hints{})
		if layout.Encoding != c.want || rows[0].CustomerName != c.name {
			t.Errorf("%q: %s, read as %q", c.name, layout.Encoding, rows[0].CustomerName)
		}
	}
	// A hint overrules detection.
	_, rows, _ := readAll(t, []byte(strings.ReplaceAll(file("A"), "A;", "\xa4;")), Hints{Encoding: Windows1252})
	if rows[0].CustomerName != "¤" {
		t.Errorf("with a hint: %q", rows[0].CustomerName)
	}
}

// The only accented letter of a large file decides its encoding wherever it
// stands, also across the edge of a read.
func TestEncodingDecidedByOneByte(t *testing.T) {
	for offset := -3; offset <= 3; offset++ {
		filler := strings.Repeat("x", readBytes+offset)
		for enc, letter := range map[Encoding]string{UTF8: "é", Windows1252: "\xe9"} {
			got, _, err := detectEncoding(strings.NewReader(filler + letter + "end"))
			if err != nil || got != enc {
				t.Errorf("offset %d: %s, %v; want %s", offset, got, err, enc)
			}
		}
	}
}

// One damaged row of a UTF-8 file is rejected alone; it does not turn the
// accents of all others into nonsense.
func TestDamagedRow(t *testing.T) {
	data := strings.Replace(germanFile, "R-2", "R-\xff2", 1) +
		"8;Süd\x00;R-3;31.01.2026;02.03.2026;EUR;90,50\r\n"
	_, rows, report := readAll(t, []byte(data), Hints{})
	if len(rows) != 1 || rows[0].CustomerName != "Möbel Krüger" || report.RejectedRows != 2 ||
		report.Rejected[0].Row != 3 || report.Rejected[1].Row != 4 {
		t.Errorf("rows %+v, rejected %v", rows, report.Rejected)
	}
}

func TestWholeFileErrors(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"empty", "", ErrEmpty}, {"blank", " \n\r\n", ErrEmpty}, {"mark only", "\uFEFF", ErrEmpty},
		{"spreadsheet", "PK\x03\x04rest", ErrDamaged}, {"PDF", "%PDF-1.7", ErrUnsupported},
		{"old spreadsheet", "\xd0\xcf\x11\xe0\xa1", ErrUnsupported}, {"prose", "Dear Sir,\nplease pay.\n",
			ErrNoHeader},
		{"header too far down", strings.Repeat("title\n", HeaderWithin) + germanFile, ErrNoHeader},
		{"not a CSV", germanFile + strings.Repeat("\"a\"b\n", maxBrokenQuotes+1), ErrBroken},
	} {
		if _, _, err := Guess(strings.NewReader(c.text), Hints{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, _, err := Guess(strings.NewReader(strings.Repeat("t\n", HeaderWithin-1)+germanFile),
		Hints{}); err != nil {
		t.Errorf("header in row %d: %v", HeaderWithin, err)
	}
	for hint, want := range map[string]error{"ibm": ErrOtherFile, "xero": ErrUnsupported,
		"nonesuch": ErrUnsupported} {
		if _, _, err := Guess(strings.NewReader(germanFile), Hints{Layout: hint}); !errors.Is(err, want) {
			t.Errorf("layout %s: %v, want %v", hint, err, want)
		}
	}
}

func TestParseEncoding(t *testing.T) {
	for name, want := range map[string]Encoding{"": "", "UTF8": UTF8, "latin1": Windows1252,
		"ISO-8859-1": Windows1252,
		"cp1252":     Windows1252, "Latin-9": ISO8859_15, "utf_16le": UTF16LE, "UTF-16BE": UTF16BE} {
		if got, err := ParseEncoding(name); err != nil || got != want {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	if _, err := ParseEncoding("ebcdic"); !errors.Is(err, ErrEncoding) {
		t.Error(err)
	}
}

// A layout survives JSON and answers for the next file with the same header what
// that file cannot tell; a file with another header is refused.
func TestSavedLayout(t *testing.T) {
	first := "Customer No,Invoice No,Due Date,Amount,Remark\n1,1,31/01/2026,\"1.234,50\",x\n"
	layout, _, _ := readAll(t, []byte(first), Hints{DefaultCurrency: "EUR",
		Columns: map[Field]string{PO: "Remark"}})
	text, err := json.Marshal(layout)
	if err != nil {
		t.Fatal(err)
	}
	var saved Layout
	if err := json.Unmarshal(text, &saved); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(layout, saved); diff != "" {
		t.Error(diff)
	}
	unclear := "CUSTOMER NO;Invoice no.;Due date;Amount;Remark\n1;2;02/01/2026;1.234;y\n"
	if _, questions, err := Guess(strings.NewReader(unclear),
		Hints{DefaultCurrency: "EUR"}); len(questions) != 2 {
		t.Errorf("without the saved layout: %v, %v", questions, err)
	}
	_, rows, _ := readAll(t, []byte(unclear), Hints{Saved: &saved})
	if r := rows[0]; r.DueDate.String() != "2026-01-02" || r.AmountMinor != 123400 || r.PO != "y" ||
		r.Currency != "EUR" {
		t.Errorf("%+v", r)
	}
	other := "Customer No,Invoice No,Invoice Date,Amount,Remark\n1,1,31/01/2026,\"1.234,50\",x\n"
	if _, err := Read("", strings.NewReader(other), saved, keepNothing); !errors.Is(err, ErrOtherFile) {
		t.Errorf("another header: %v", err)
	}
	if _, err := Read("", strings.NewReader(""), saved, keepNothing); !errors.Is(err, ErrOtherFile) {
		t.Errorf("no header: %v", err)
	}
	if err := json.Unmarshal([]byte(`{"columns":[{"field":"colour"}]}`), &saved); err == nil {
		t.Error("an unknown field passes")
	}
}

func keepNothing(*Row) error { return nil }

// Read refuses every layout that is not decided.
func TestValidate(t *testing.T) {
	good, _, err := Guess(strings.NewReader(germanFile), Hints{})
	if err != nil || good.Validate() != nil {
		t.Fatal(err, good.Validate())
	}
	without := func(l *Layout, f Field) {
		l.Columns = slices.DeleteFunc(l.Columns, func(c Column) bool { return c.Field == f })
	}
	for name, spoil := range map[string]func(*Layout){
		"date order":   func(l *Layout) { l.Columns[3].Dates = "" },
		"decimal":      func(l *Layout) { l.Decimal = "" },
		"grouping":     func(l *Layout) { l.Grouping = ",." },
		"delimiter":    func(l *Layout) { l.Delimiter = "x" },
		"no number":    func(l *Layout) { without(l, Number) },
		"no amount":    func(l *Layout) { without(l, Amount) },
		"no customer":  func(l *Layout) { without(l, CustomerNumber); without(l, CustomerName) },
		"no currency":  func(l *Layout) { without(l, Currency) },
		"two columns":  func(l *Layout) { l.Columns[1].Field = l.Columns[0].Field },
		"no field":     func(l *Layout) { l.Columns[1].Field = NoField },
		"beyond width": func(l *Layout) { l.Columns[1].Index = l.Width },
		"encoding":     func(l *Layout) { l.Encoding = "ebcdic" },
	} {
		l := good
		l.Columns = slices.Clone(good.Columns)
		spoil(&l)
		if _, err := Read("", strings.NewReader(germanFile), l, keepNothing); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestHandlerStops(t *testing.T) {
	layout, _, _ := Guess(strings.NewReader(germanFile), Hints{})
	stop := errors.New("enough")
	report, err := Read("", strings.NewReader(germanFile), layout, func(*Row) error { return stop })
	if !errors.Is(err, stop) || report.Totals.Rows != 1 {
		t.Errorf("%v after %d rows", err, report.Totals.Rows)
	}
}

// Totals never overflow: reading stops with an error instead.
func TestTotalsOutOfRange(t *testing.T) {
	one := "1,%d,2026-01-01,JPY,1000000000000000\n"
	var b strings.Builder
	b.WriteString("customer_number,number,due_date,currency,amount\n")
	for i := range 9300 {
		fmt.Fprintf(&b, one, i)
	}
	layout, _, _ := Guess(strings.NewReader(b.String()), Hints{})
	report, err := Read("", strings.NewReader(b.String()), layout, keepNothing)
	if !errors.Is(err, ErrLimit) || report.Totals.Rows < 9000 {
		t.Errorf("%v after %d rows", err, report.Totals.Rows)
	}
}

// The lists of a report are bounded, its counts are not.
func TestReportIsBounded(t *testing.T) {
	data := "customer_number,number,due_date,currency,amount\n" +
		strings.Repeat("1,1,2026-01-01,EUR,x\n\n", 12_000)
	_, rows, report := readAll(t, []byte(data), Hints{})
	if len(rows) != 0 || report.RejectedRows != 12_000 || len(report.Rejected) != maxListed ||
		report.SkippedRows != 12_000 || len(report.Skipped) != maxListed {
		t.Errorf("rejected %d (%d listed), skipped %d (%d listed)", report.RejectedRows, len(report.Rejected),
			report.SkippedRows, len(report.Skipped))
	}
}

// A file of any length is read in the same memory.
func TestMemoryIsBounded(t *testing.T) {
	small, large := generatePlain(1_000), generatePlain(41_000)
	layout, _, err := Guess(bytes.NewReader(small), Hints{})
	if err != nil {
		t.Fatal(err)
	}
	read := func(data []byte) func() {
		return func() {
			if _, err := Read("", bytes.NewReader(data), layout, keepNothing); err != nil {
				t.Fatal(err)
			}
		}
	}
	perRow := (testing.AllocsPerRun(3, read(large)) - testing.AllocsPerRun(3, read(small))) / 40_000
	if perRow > 0.1 {
		t.Errorf("%.2f allocations a row", perRow)
	}
}

// repeated is an endless file: a header and the same row again and again.
type repeated struct {
	head, row string
	rows      int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.head != "" {
		n := copy(p, r.head)
		r.head = r.head[n:]
		return n, nil
	}
	n := 0
	for r.rows > 0 && len(p)-n >= len(r.row) {
		n += copy(p[n:], r.row)
		r.rows--
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestRowLimit(t *testing.T) {
	head := "number,customer_number,amount\n"
	layout, _, err := Guess(strings.NewReader(head), Hints{DefaultCurrency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	for extra, want := range map[int]error{0: nil, 1: ErrLimit} {
		report, err := Read("", &repeated{head, "1,1,1\n", MaxRows + extra}, layout, keepNothing)
		if !errors.Is(err, want) || report.Totals.Rows != MaxRows {
			t.Errorf("%d rows: %v after %d", MaxRows+extra, err, report.Totals.Rows)
		}
	}
}

func TestReportAddsUp(t *testing.T) {
	data := "Report\n\nCustomer,Invoice,Due,Amount,Currency\n" +
		"A,1,2026-01-01,10.00,EUR\nB,2,2026-01-02,-4.00,EUR\nC,3,never,1.00,EUR\n\n" +
		"Total,,,6.00,\nA,4,2026-01-01,5,USD"
	_, rows, report := readAll(t, []byte(data), Hints{})
	want := Totals{Rows: 3, Credits: 1, ByCurrency: map[money.Currency]Sum{
		"EUR": {Count: 2, AmountMinor: 600, OpenMinor: 600}, "USD": {Count: 1, AmountMinor: 500, OpenMinor: 500}}}
	if diff := cmp.Diff(want, report.Totals); diff != "" {
		t.Error(diff)
	}
	if lines := strings.Count(data, "\n"); len(rows)+report.RejectedRows+report.SkippedRows != lines {
		t.Errorf("%d rows, %d rejected, %d skipped of %d", len(rows), report.RejectedRows, report.SkippedRows,
			lines)
	}
	if report.UnterminatedRow != 9 || rows[1].DocumentKind != book.CreditNote {
		t.Errorf("unterminated %d, second row %+v", report.UnterminatedRow, rows[1])
	}
	e := report.Rejected[0]
	if e.Error() != `file.csv, row 6, due_date: "never", expected a date like 2026-03-31 (1900 to 2199)` {
		t.Errorf("%s", e.Error())
	}
}

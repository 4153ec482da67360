package ledger

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

func pointers(rows []Row) func(func(*Row) bool) {
	return func(yield func(*Row) bool) {
		for i := range rows {
			if !yield(&rows[i]) {
				return
			}
		}
	}
}

func writePlain(t interface{ Fatal(...any) }, rows []Row) []byte {
	var b bytes.Buffer
	if err := WritePlain(&b, pointers(rows)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lineText is any text of one line as the reader hands it over, with everything
// that CSV, spreadsheets and total rows make awkward in it.
func lineText(least int) *rapid.Generator[string] {
	awkward := rapid.SampledFrom([]string{"=1+1", "'=x", "''@", "+49 1", "-17", "@home", "a,b", `"q"`,
		"x;y", "Total",
		"'t Hooft", "é", "≠", "n/a", "a\tb", "sep=;", `="1"`, "00012", "12.0", "ß\u00a0x", "ÅΩ|"})
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(awkward, rapid.StringOfN(rapid.RuneFrom(nil, unicode.L, unicode.N, unicode.P,
			unicode.Zs), least, 12, -1)).
			Draw(t, "text")
		return cleanText(s)
	})
}

func dayOrNone(t *rapid.T, label string) cal.Date {
	if rapid.IntRange(0, 3).Draw(t, label+" stated") == 0 {
		return cal.None
	}
	return cal.Of(rapid.IntRange(firstYear, lastYear).Draw(t, label+" year"),
		rapid.IntRange(1, 12).Draw(t, label+" month"), rapid.IntRange(1, 28).Draw(t, label+" day"))
}

// anyRow makes a row as Read would hand it over.
func anyRow(t *rapid.T) Row {
	r := Row{
		CustomerNumber: lineText(0).Draw(t, "customer"), CustomerName: lineText(0).Draw(t, "name"),
		Number:      lineText(1).Filter(func(s string) bool { return s != "" && len(s) < 200 }).Draw(t, "number"),
		PO:          lineText(0).Draw(t, "po"),
		KindStated:  rapid.Bool().Draw(t, "kind stated"),
		Country:     rapid.SampledFrom([]string{"", "DE", "US"}).Draw(t, "country"),
		Language:    rapid.SampledFrom([]string{"", "de", "en-GB"}).Draw(t, "language"),
		Email:       rapid.SampledFrom([]string{"", "a@b.example", "+x@y.example; a@b.example"}).Draw(t, "email"),
		Role:        rapid.SampledFrom([]string{"", "accounts_payable", "director"}).Draw(t, "role"),
		Instalment:  rapid.IntRange(1, 999).Draw(t, "instalment"),
		InvoiceDate: cal.Of(2026, 1, 5), DueDate: dayOrNone(t, "due"), PaidOn: dayOrNone(t, "paid on"),
		LastReminderDate:  dayOrNone(t, "reminded"),
		LastReminderLevel: rapid.IntRange(0, maxReminderLevel).Draw(t, "level"),
		DateAgreed:        rapid.SampledFrom([]book.Tri{book.Unstated, book.Yes, book.No}).Draw(t, "agreed"),
		Currency:          rapid.SampledFrom([]money.Currency{"EUR", "JPY", "KWD", "CLF"}).Draw(t, "currency"),
		AmountMinor:       rapid.Int64Range(0, money.MaxMinor).Draw(t, "amount"),
		OpenStated:        rapid.Bool().Draw(t, "open stated"), PaidStated: rapid.Bool().Draw(t, "paid stated"),
		DocumentKind: book.Invoice,
	}
	if r.CustomerNumber == "" && r.CustomerName == "" {
		r.CustomerName = "A"
	}
	if r.KindStated {
		r.Kind = rapid.SampledFrom([]book.DebtorKind{book.UnknownKind, book.Company, book.PublicBody}).Draw(t,
			"kind")
	}
	part := rapid.Int64Range(0, r.AmountMinor).Draw(t, "part")
	switch {
	case r.OpenStated && r.PaidStated:
		r.OpenMinor, r.PaidMinor = part, (r.AmountMinor-part)/2
	case r.OpenStated:
		r.OpenMinor = part
		if r.PaidOn != cal.None {
			r.PaidMinor = r.AmountMinor - part
		}
	case r.PaidStated:
		r.OpenMinor, r.PaidMinor = r.AmountMinor-part, part
	case r.PaidOn != cal.None:
		r.PaidMinor = r.AmountMinor
	default:
		r.OpenMinor = r.AmountMinor
	}
	if rapid.Bool().Draw(t, "credit") {
		r.DocumentKind = book.CreditNote
		r.AmountMinor, r.OpenMinor, r.PaidMinor = -r.AmountMinor, -r.OpenMinor, -r.PaidMinor
	}
	return r
}

// What is written in the plain layout is read back as it was.
func TestPlainRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(anyRow), 1, 5).Draw(t, "rows")
		data := writePlain(t, rows)
		layout, questions, err := Guess(bytes.NewReader(data), Hints{})
		if err != nil || len(questions) > 0 || layout.Name != PlainLayout {
			t.Fatalf("%s: %v, %v\n%s", layout.Name, questions, err, data)
		}
		i := 0
		report, err := Read("", bytes.NewReader(data), layout, func(r *Row) error {
			rows[i].Line = i + 2
			if diff := cmp.Diff(rows[i], *r); diff != "" {
				t.Fatalf("%s\n%s", diff, data)
			}
			i++
			return nil
		})
		if err != nil || i != len(rows) {
			t.Fatalf("%d of %d rows, %v, rejected %v, skipped %v\n%s", i, len(rows), err, report.Rejected,
				report.Skipped, data)
		}
	})
}

// No cell of free text reaches a spreadsheet as a formula, whatever the text;
// cells the program makes itself stay numbers.
func TestNoFormulas(t *testing.T) {
	for _, text := range []string{"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
		" =1", "'=1",
		"\u00a0=1", "\uFEFF=1", "\x00=1", "\xff=1"} {
		row := Row{CustomerNumber: text, CustomerName: text, Number: text, PO: text, Currency: "EUR",
			AmountMinor:  -100,
			DocumentKind: book.CreditNote, InvoiceDate: cal.None, DueDate: cal.None, PaidOn: cal.None,
			LastReminderDate: cal.None}
		data := writePlain(t, []Row{row})
		records, _ := split(t, bytes.NewReader(data), ',')
		for i, cell := range records[1] {
			dangerous := cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n")
			if isAmount := plainFields[i].isAmount(); dangerous && !isAmount {
				t.Errorf("%q: %s is written as %q", text, plainFields[i], cell)
			} else if plainFields[i] == Amount && cell != "-1.00" {
				t.Errorf("the amount is written as %q", cell)
			}
		}
		_, rows, _ := readAll(t, data, Hints{})
		want := cleanText(strings.ToValidUTF8(text, "\uFFFD"))
		if len(rows) != 1 || rows[0].CustomerName != want || rows[0].Number != want {
			t.Errorf("%q came back as %+v", text, rows)
		}
	}
}

func TestWritePlainErrors(t *testing.T) {
	rows := slices.Repeat([]Row{{Number: strings.Repeat("x", 1000), Currency: "EUR"}}, 100)
	if err := WritePlain(brokenWriter{}, pointers(rows)); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
	if err := WritePlain(brokenWriter{}, pointers(nil)); !errors.Is(err, errBroken) {
		t.Errorf("header only: got %v", err)
	}
}

var errBroken = errors.New("no space left")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// TestGuessPlainBySample: the cells of a plain file are looked at in a sample, and in all
// of it if the sample does not keep the layout's promises. (The encoding is read of all.)
func TestGuessPlainBySample(t *testing.T) {
	rows := make([]Row, 3*profileSample)
	for i := range rows {
		rows[i] = Row{CustomerNumber: "C1", CustomerName: "Customer", DocumentKind: book.Invoice, Number: "N1",
			Instalment: 1, InvoiceDate: cal.MustParse("2026-01-31"), DueDate: cal.MustParse("2026-02-28"),
			Currency: "EUR", AmountMinor: 12_345, OpenMinor: 12_345, OpenStated: true, PaidOn: cal.None,
			LastReminderDate: cal.None}
	}
	file := writePlain(t, rows)
	for _, c := range []struct {
		was, is string
		whole   bool
	}{
		{"2026-01-31", "2026-01-31", false},
		{"2026-01-31", "31/01/2026", true},
		{"123.45", "123,45 ", true},
	} {
		src := &counted{Reader: bytes.NewReader(bytes.Replace(file, []byte(c.was), []byte(c.is), 1))}
		layout, questions, err := Guess(src, Hints{})
		if err != nil || len(questions) > 0 || layout.Name != PlainLayout || layout.Decimal != "." {
			t.Fatal(c.is, layout, questions, err)
		}
		if whole := src.n >= 2*len(file); whole != c.whole {
			t.Errorf("%s: %d of %d bytes were read", c.is, src.n, len(file))
		}
		for _, column := range layout.Columns {
			if column.Field.isDate() && column.Dates != ISO {
				t.Errorf("%s: column %s is read as %s", c.is, column.Header, column.Dates)
			}
		}
	}
}

// counted counts what is read.
type counted struct {
	*bytes.Reader
	n int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += n
	return n, err
}

package ledger

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
)

// FuzzGuessRead: whatever the bytes, nothing panics or hangs, every row is
// accounted for, and the rows handed over hold what their documentation promises
// and survive being written and read again.
func FuzzGuessRead(f *testing.F) {
	cases, _ := filepath.Glob(filepath.Join("testdata", "layouts", "*.case"))
	for _, path := range cases {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(strings.SplitN(string(text), divider, 3)[1]))
	}
	f.Add([]byte(plainSample))
	f.Add([]byte(germanFile))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		hints := Hints{DateOrder: DMY, Decimal: ".", DefaultCurrency: "EUR"}
		rows := fuzzRead(t, data, hints)
		if len(rows) == 0 {
			return
		}
		again := fuzzRead(t, writePlain(t, rows), Hints{})
		if len(again) != len(rows) {
			t.Fatalf("%d rows written, %d read", len(rows), len(again))
		}
		for i := range rows {
			a, b := rows[i], again[i]
			a.Line, b.Line, a.Disputed = 0, 0, book.Unstated
			a.Instalment, b.PaidStated = b.Instalment, a.PaidStated
			a.OpenStated, b.OpenStated, a.PaidMinor, b.PaidMinor = true, true, 0, 0
			if a != b {
				t.Fatalf("written %+v\nread    %+v", a, b)
			}
		}
	})
}

func fuzzRead(t *testing.T, data []byte, hints Hints) []Row {
	layout, questions, err := Guess(bytes.NewReader(data), hints)
	if err != nil || len(questions) > 0 {
		return nil
	}
	var rows []Row
	open := make(map[money.Currency]int64)
	report, err := Read("", bytes.NewReader(data), layout, func(r *Row) error {
		checkRow(t, r)
		open[r.Currency] += r.OpenMinor
		// A document that is called Total and has neither dates nor a customer number,
		// or a number that looks shortened, is read otherwise in the plain layout.
		if !isTotalText([]byte(r.Number)) && !isTotalText([]byte(r.CustomerNumber)) &&
			!isShortened([]byte(r.Number)) {
			r.OpenStated = true
			rows = append(rows, *r)
		}
		return nil
	})
	if err != nil {
		return nil
	}
	sum := 0
	for c, s := range report.Totals.ByCurrency {
		sum += s.Count
		if s.OpenMinor != open[c] {
			t.Fatalf("open %s %d, rows say %d", c, s.OpenMinor, open[c])
		}
	}
	if sum != report.Totals.Rows {
		t.Fatalf("%d rows, %d by currency", report.Totals.Rows, sum)
	}
	return rows
}

func checkRow(t *testing.T, r *Row) {
	t.Helper()
	for _, s := range []string{r.CustomerNumber, r.CustomerName, r.Number, r.PO, r.Email} {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || s != strings.TrimSpace(s) {
			t.Fatalf("text %q", s)
		}
	}
	sign := int64(1)
	if r.DocumentKind == book.CreditNote {
		sign = -1
	}
	amount, open, paid := sign*r.AmountMinor, sign*r.OpenMinor, sign*r.PaidMinor
	if amount < 0 || open < 0 || paid < 0 || open+paid > amount || !r.Currency.Known() || r.Number == "" ||
		r.CustomerNumber+r.CustomerName == "" || r.Line < 1 || r.Instalment < 1 {
		t.Fatalf("row %+v", *r)
	}
}

package ledger

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// realFile reads a file of the collection of real exports, which is not part of
// the repository.
func realFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", "ar", name))
	if err != nil {
		t.Skipf("the collection of real files is not beside the repository: %v", err)
	}
	return b
}

// readAll guesses and reads; it fails the test on questions and errors.
func readAll(t *testing.T, data []byte, hints Hints) (Layout, []Row, *Report) {
	t.Helper()
	layout, questions, err := Guess(bytes.NewReader(data), hints)
	if err != nil {
		t.Fatalf("Guess: %v", err)
	}
	if len(questions) > 0 {
		t.Fatalf("unexpected questions: %+v", questions)
	}
	var rows []Row
	report, err := Read("file.csv", bytes.NewReader(data), layout, func(r *Row) error {
		rows = append(rows, *r)
		return nil
	})
	if err != nil {
		t.Fatalf("Read: %v\nlayout %+v", err, layout)
	}
	return layout, rows, report
}

func distinct(rows []Row, key func(*Row) string) int {
	seen := make(map[string]bool)
	for i := range rows {
		seen[key(&rows[i])] = true
	}
	return len(seen)
}

func TestRealIBM(t *testing.T) {
	data := realFile(t, "ibm_late_payment_histories.csv")
	_, questions, err := Guess(bytes.NewReader(data), Hints{})
	if err != nil || len(questions) != 1 || questions[0].Code != AskCurrency {
		t.Fatalf("without a currency: %v, %+v; want one question for the currency", err, questions)
	}
	layout, rows, report := readAll(t, data, Hints{DefaultCurrency: "USD"})
	if layout.Name != "IBM late payment histories" {
		t.Errorf("layout %q", layout.Name)
	}
	if due, _ := layout.Column(DueDate); due.Dates != MDY {
		t.Errorf("dates %q, want mdy", due.Dates)
	}
	want := Sum{Count: 2466, AmountMinor: 14770318}
	if got := report.Totals.ByCurrency["USD"]; got != want || report.RejectedRows+report.SkippedRows != 0 {
		t.Errorf("totals %+v, want %+v; rejected %d, skipped %d", got, want, report.RejectedRows,
			report.SkippedRows)
	}
	if n := distinct(rows, func(r *Row) string { return r.CustomerNumber }); n != 100 {
		t.Errorf("%d customers, want 100", n)
	}
	if n := distinct(rows, func(r *Row) string { return r.Number }); n != 2466 {
		t.Errorf("%d distinct numbers, want 2466", n)
	}
	late, open, openMinor := 0, 0, int64(0)
	day := cal.MustParse("2013-06-30")
	for i := range rows {
		r := &rows[i]
		if r.PaidOn > r.DueDate {
			late++
		}
		if r.InvoiceDate <= day && r.PaidOn > day {
			open++
			openMinor += r.AmountMinor
		}
		if r.OpenMinor != 0 || r.PaidMinor != r.AmountMinor || r.Disputed == book.Unstated {
			t.Fatalf("row %d is not settled in full: %+v", r.Line, r)
		}
	}
	if late != 877 || open != 84 || openMinor != 511985 {
		t.Errorf("late %d, open at %s %d / %d; want 877, 84 / 511985", late, day, open, openMinor)
	}
}

func TestRealHighRadius(t *testing.T) {
	data := realFile(t, "highradius_open_items_9700.csv")
	layout, rows, report := readAll(t, data, Hints{})
	if layout.Name != "SAP-style receivables extract (HighRadius)" {
		t.Errorf("layout %q", layout.Name)
	}
	want := map[money.Currency]Sum{
		"USD": {Count: 8953, AmountMinor: 27511371683, OpenMinor: 27511371683},
		"CAD": {Count: 747, AmountMinor: 4447100908, OpenMinor: 4447100908},
	}
	for c, sum := range want {
		if report.Totals.ByCurrency[c] != sum {
			t.Errorf("%s: %+v, want %+v", c, report.Totals.ByCurrency[c], sum)
		}
	}
	if report.RejectedRows+report.SkippedRows != 0 || len(rows) != 9700 {
		t.Errorf("%d rows, rejected %v", len(rows), report.Rejected)
	}
	if n := distinct(rows, func(r *Row) string { return r.CustomerNumber }); n != 664 {
		t.Errorf("%d customers, want 664", n)
	}
	if n := distinct(rows, func(r *Row) string { return r.Number }); n != 9700 {
		t.Errorf("%d distinct numbers, want 9700", n)
	}
	if first := rows[0]; first.CustomerNumber != "0200706844" || first.Number != "1930571429" ||
		first.DueDate != cal.MustParse("2020-03-13") || first.AmountMinor != 873471 {
		t.Errorf("first row %+v", first)
	}
	checkAging(t, rows, "USD", [5]bucket{{130, 175700791}, {2674, 8122068026}, {4142, 13275748372},
		{1999, 5920813883}, {8, 17040611}})
	checkAging(t, rows, "CAD", [5]bucket{{}, {199, 1061490231}, {313, 1980592542}, {235, 1405018135}, {}})
}

type bucket struct {
	count int
	minor int64
}

// checkAging compares the days after due as of 2020-05-31 with published figures.
func checkAging(t *testing.T, rows []Row, c money.Currency, want [5]bucket) {
	t.Helper()
	var got [5]bucket
	for i := range rows {
		r := &rows[i]
		if r.Currency != c {
			continue
		}
		days := cal.MustParse("2020-05-31").DaysSince(r.DueDate)
		b := &got[min(max((days+29)/30, 0), 4)]
		b.count++
		b.minor += r.OpenMinor
	}
	if got != want {
		t.Errorf("aging in %s %v, want %v", c, got, want)
	}
}

// Every layout of the collection is recognised by its header; Coupa's, which has none, by what
// its columns hold.
func TestRealHeaders(t *testing.T) {
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "exports", "HEADERS.tsv")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("the collection of real headers is not beside the repository: %v", err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSpace(line), "\t")
		if len(parts) != 3 || parts[0] == "layout" {
			continue
		}
		n++
		header := strings.FieldsFunc(parts[2], func(r rune) bool { return strings.ContainsRune("|,;", r) })
		k := recognise(foldAll(header))
		if k == nil {
			t.Errorf("%s is not recognised", parts[0])
			continue
		}
		if foldWord(k.name)[:3] != foldWord(parts[0])[:3] {
			t.Errorf("%s is recognised as %s", parts[0], k.name)
		}
	}
	if n < 19 {
		t.Errorf("%d layouts", n)
	}
}

// A purchase ledger with month names, no document numbers and no currency: the
// reader must ask for what is missing and read the rest right.
func TestRealCassandra(t *testing.T) {
	data := realFile(t, "cassandra_udyam_train.csv")
	layout, questions, err := Guess(bytes.NewReader(data), Hints{DefaultCurrency: "INR"})
	if err != nil {
		t.Fatal(err)
	}
	asked := map[Field]bool{}
	for _, q := range questions {
		asked[q.Field] = true
	}
	if !asked[Number] || asked[DueDate] || asked[Amount] {
		t.Errorf("questions %+v, want one for the number and none for dates or amounts", questions)
	}
	if c, _ := layout.Column(InvoiceDate); c.Dates != MonthName {
		t.Errorf("invoice dates %+v, want month names", c)
	}
	hints := Hints{DefaultCurrency: "INR", Columns: map[Field]string{Number: "Created",
		CustomerName: "Vendor_Name"}}
	_, rows, report := readAll(t, data, hints)
	if len(rows) != 8753 || report.RejectedRows != 0 {
		t.Errorf("%d rows, rejected %d: %v", len(rows), report.RejectedRows, report.Rejected[:min(3,
			len(report.Rejected))])
	}
}

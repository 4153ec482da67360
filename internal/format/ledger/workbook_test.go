package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// workbookOf writes sheets by name, rows of texts and numbers.
func workbookOf(t testing.TB, names []string, sheets ...[][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, name := range names {
		if i == 0 {
			f.SetSheetName("Sheet1", name)
		} else {
			f.NewSheet(name)
		}
		for r, row := range sheets[i] {
			at, _ := excelize.CoordinatesToCellName(1, r+1)
			if err := f.SetSheetRow(name, at, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	listHeader = []any{"Customer no", "Customer name", "Invoice no", "Due date", "Currency", "Amount"}
	listRow    = []any{"0042", "Pike Ltd", "00711", "2026-03-31", "GBP", 12.5}
)

// The first sheet may be notes; the list may begin below titles; hidden rows are read and
// counted; ids stay text.
func TestWorkbook(t *testing.T) {
	data := workbookOf(t, []string{"Notes", "List"}, [][]any{{"Made by Ann"}},
		[][]any{{"Open items"}, {}, listHeader, listRow, {"0043", "Moor", 712, "2026-03-31", "GBP", -3}, {"Total", nil, nil, nil, nil, 9.5}})
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	f.SetRowVisible("List", 5, false)
	var hidden bytes.Buffer
	f.Write(&hidden)
	src, err := Open(bytes.NewReader(hidden.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if got := src.Sheets(); len(got) != 2 || got[1] != "List" {
		t.Error(got)
	}
	layout, questions, err := Guess(src, Hints{})
	if err != nil || len(questions) > 0 || layout.Sheet != "List" || layout.HeaderRow != 3 {
		t.Fatal(layout, questions, err)
	}
	var rows []Row
	report, err := Read("", src, layout, func(r *Row) error { rows = append(rows, *r); return nil })
	if err != nil || len(rows) != 2 || report.RejectedRows != 0 || report.HiddenRows != 1 {
		t.Fatal(rows, report, err)
	}
	if r := rows[0]; r.CustomerNumber != "0042" || r.Number != "00711" || r.AmountMinor != 1250 || r.Line != 4 {
		t.Errorf("%+v", r)
	}
	if r := rows[1]; r.Number != "712" || r.AmountMinor != -300 || r.Line != 5 {
		t.Errorf("%+v", r)
	}
}

// Two sheets with lists are a question; the answer takes one of them.
func TestWorkbookAsksForSheet(t *testing.T) {
	data := workbookOf(t, []string{"UK", "US"}, [][]any{listHeader, listRow}, [][]any{listHeader, listRow, listRow})
	_, questions, err := Guess(bytes.NewReader(data), Hints{})
	if err != nil || len(questions) != 1 || questions[0].Code != AskSheet || strings.Join(questions[0].Choices, ",") != "UK,US" {
		t.Fatal(questions, err)
	}
	src, _ := Open(bytes.NewReader(data))
	layout, questions, err := Guess(src, Hints{Sheet: "US"})
	if err != nil || len(questions) > 0 {
		t.Fatal(questions, err)
	}
	if report, err := Read("", src, layout, func(*Row) error { return nil }); err != nil || report.Totals.Rows != 2 {
		t.Error(report, err)
	}
	if _, _, err := Guess(src, Hints{Sheet: "none"}); !errors.Is(err, ErrEmpty) {
		t.Error(err)
	}
}

// A column of days that a spreadsheet took for dates where it could, month first, is told.
func TestExchangedDays(t *testing.T) {
	rows := [][]any{listHeader}
	for i := range 12 {
		rows = append(rows, []any{"C", "Pike", fmt.Sprint(i), fmt.Sprintf("2026-%02d-0%d", i+1, i%9+1), "GBP", 10})
	}
	for _, last := range []string{"31/03/2026", "2026-03-31"} {
		data := workbookOf(t, []string{"S"}, append(slices.Clone(rows), []any{"C", "Pike", "99", last, "GBP", 10}))
		layout, _, err := Guess(bytes.NewReader(data), Hints{})
		if warned := len(layout.Notes) == 1; err != nil || warned != (last == "31/03/2026") {
			t.Error(last, layout.Notes, err)
		}
	}
}

// What a person corrected is read in the place of what stands there, in text as in a
// workbook.
func TestRepairs(t *testing.T) {
	text := "customer_number,number,due_date,currency,amount\nC1,R1,31/13/2026,GBP,10.00\nC1,R2,2026-03-31,GBP,1O.00\n"
	book := workbookOf(t, []string{"S"}, [][]any{{"customer_number", "number", "due_date", "currency", "amount"},
		{"C1", "R1", "31/13/2026", "GBP", 10}, {"C1", "R2", "2026-03-31", "GBP", "1O.00"}})
	for _, data := range [][]byte{[]byte(text), book} {
		src, err := Open(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			repairs        Repairs
			rows, rejected int
		}{{nil, 0, 2}, {Repairs{2: {2: "2026-12-31"}}, 1, 1}, {Repairs{2: {2: "2026-12-31"}, 3: {4: "10.00"}, 9: {9: "x"}}, 2, 0}} {
			src.Repair(c.repairs)
			layout, questions, err := Guess(src, Hints{})
			if err != nil || len(questions) > 0 {
				t.Fatal(questions, err)
			}
			report, err := Read("", src, layout, func(*Row) error { return nil })
			if err != nil || report.Totals.Rows != c.rows || report.RejectedRows != c.rejected {
				t.Errorf("%v: %+v, %v", c.repairs, report, err)
			}
		}
	}
}

// FuzzWorkbook: whatever stands in the cells of a workbook, the rows keep what their
// documentation promises.
func FuzzWorkbook(f *testing.F) {
	f.Add("Customer,Invoice no,Due date,Amount,Currency\nPike,1,2026-03-31,10.00,EUR\n")
	f.Add("\n\nTitle\nInvoice Number,Invoice Date,Due Date,Invoice Reference,< 1 Month,1 Month,2 Months,3 Months,Older,Total\nPike\nR1,2026-01-01,2026-02-01,,1,,,,,1\n")
	f.Add("EXTF,1,1\nUmsatz (ohne Soll/Haben-Kz),Soll/Haben-Kennzeichen,Gegenkonto (ohne BU-Schlüssel),Belegdatum,Belegfeld 1,Konto\n1,S,10001,0101,R,8400\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return
		}
		var rows [][]any
		for line := range strings.Lines(text) {
			var row []any
			for c := range strings.SplitSeq(strings.TrimRight(line, "\n"), ",") {
				row = append(row, strings.ToValidUTF8(c, ""))
			}
			rows = append(rows, row)
		}
		data := workbookOf(t, []string{"S"}, rows)
		src, err := Open(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		layout, questions, err := Guess(src, Hints{DateOrder: DMY, Decimal: ".", DefaultCurrency: "EUR"})
		if err != nil || len(questions) > 0 {
			return
		}
		if _, err := Read("", src, layout, func(r *Row) error { checkRow(t, r); return nil }); err != nil {
			return
		}
	})
}

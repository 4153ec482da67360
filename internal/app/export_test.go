package app

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// exported is a table as rows by the names of its columns.
func (b *testBook) exported(req ExportRequest) []map[string]string {
	b.t.Helper()
	var file bytes.Buffer
	req.Format = "csv"
	info, err := b.Export(b.ctx, &file, req)
	if err != nil {
		b.t.Fatal(err)
	}
	read, err := csv.NewReader(&file).ReadAll()
	if err != nil || info.Rows != len(read)-1 || !strings.HasPrefix(info.Name, req.What+"-2026-03-") {
		b.t.Fatalf("%+v, %d lines, %v", info, len(read), err)
	}
	var rows []map[string]string
	for _, line := range read[1:] {
		row := map[string]string{}
		for i, name := range read[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	req.Format = "xlsx"
	file.Reset()
	if info, err = b.Export(b.ctx, &file, req); err != nil || info.Rows != len(rows) || !bytes.HasPrefix(file.Bytes(), []byte("PK")) {
		b.t.Fatalf("xlsx: %+v, %v", info, err)
	}
	return rows
}

func sumOf(t *testing.T, rows []map[string]string, column string) (sum int64) {
	for _, row := range rows {
		m, err := money.Parse(row[column], "GBP")
		if err != nil {
			t.Fatal(column, err)
		}
		sum += m.Minor
	}
	return sum
}

func TestExport(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		name := `=HYPERLINK("http://evil.example","pay")`
		if _, err := b.SetCustomer(b.ctx, tester, b.customer["A"], CustomerChange{Name: &name}); err != nil {
			t.Fatal(err)
		}
		m := money.Money{Minor: 1_300_00, Currency: "GBP"}
		for _, ref := range []string{"customer:A", "customer:B"} { // more than they owe: credits stay
			if _, err := b.Pay(b.ctx, tester, PayRequest{Ref: ref, Amount: m, On: cal.MustParse("2026-03-05")}); err != nil {
				t.Fatal(err)
			}
		}
		b.run(ApproveNone)
		aging, err := b.Aging(b.ctx, AgingRequest{})
		if err != nil {
			t.Fatal(err)
		}
		book0 := &aging.Currencies[0]
		rows := b.exported(ExportRequest{What: "aging"})
		for i, bucket := range book.BucketNames {
			if sum := sumOf(t, rows, bucket); sum != book0.Buckets[i].AmountMinor {
				t.Errorf("%s: %d, the book has %d", bucket, sum, book0.Buckets[i].AmountMinor)
			}
		}
		if credits := sumOf(t, rows, "credits"); credits != book0.Credits.AmountMinor || credits >= 0 ||
			sumOf(t, rows, "total") != book0.ControlMinor {
			t.Errorf("credits %d, the book has %d", credits, book0.Credits.AmountMinor)
		}
		if rows[0]["customer_name"] != "'"+name {
			t.Errorf("a name that is a formula: %s", rows[0]["customer_name"])
		}
		open := book0.Total().AmountMinor - book0.Credits.AmountMinor
		if rows = b.exported(ExportRequest{What: "items", Creditor: "main"}); sumOf(t, rows, "open_amount") != open || len(rows) != 14 {
			t.Errorf("items: %d rows, %d", len(rows), sumOf(t, rows, "open_amount"))
		}
		if rows = b.exported(ExportRequest{What: "customers"}); sumOf(t, rows, "open") != open || len(rows) != 15 {
			t.Errorf("customers: %d rows, %d", len(rows), sumOf(t, rows, "open"))
		}
		for _, class := range []string{"fact", "privileged"} {
			if _, err := b.Note(b.ctx, tester, NoteRequest{Ref: "customer:C", Text: "@" + class, Class: class}); err != nil {
				t.Fatal(err)
			}
		}
		rows = b.exported(ExportRequest{What: "timeline", Customer: b.customer["C"]})
		for _, row := range rows {
			if strings.Contains(row["words"], "privileged") {
				t.Error("a privileged note is exported")
			}
		}
		if rows[0]["words"] != "'@fact" || rows[0]["kind"] != "note" {
			t.Errorf("%v", rows[0])
		}
		if rows = b.exported(ExportRequest{What: "run", Run: 1}); len(rows) != 10 || rows[0]["state"] != "proposed" {
			t.Errorf("run: %d rows", len(rows))
		}
		var none bytes.Buffer
		for _, bad := range []ExportRequest{{What: "x", Format: "csv"}, {What: "aging", Format: "pdf"}, {What: "customers", Format: "csv", Sort: "x"},
			{What: "items", Format: "csv", Creditor: "nobody"}, {What: "run", Format: "csv", Run: 99}, {What: "timeline", Format: "csv", Customer: 99}} {
			if _, err := b.Export(b.ctx, &none, bad); err == nil {
				t.Errorf("%+v is no error", bad)
			}
		}
	})
}

func TestRunDifference(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		b.run(ApproveNone)
		d, err := b.RunDifference(b.ctx, 0, 5)
		if err != nil || d.New != 12 || d.Before != 0 || !d.More || len(d.Lines) != 5 || d.Lines[0].What != "new" {
			t.Errorf("the first run: %+v, %v", d, err)
		}
		b.goTo(cal.MustParse("2026-03-09"))
		b.pay("item:A1", "100.00", "2026-03-09")
		b.pay("item:B1", "40.00", "2026-03-09")
		b.addCustomers(newCustomer{number: "NEW", kind: "company", country: "GB", email: "ap@new.example"})
		b.addItems(newItem{customer: "NEW", number: "N1", due: "2026-02-27", minor: 100_00, agreed: book.Yes})
		b.run(ApproveNone)
		b.run(ApproveNone) // again: what stands still counts
		d, err = b.RunDifference(b.ctx, 0, 0)
		if err != nil || d.New != 1 || d.Gone != 1 || d.Changed != 1 || d.Same != 10 || d.BeforeDay != "2026-03-06" {
			t.Fatalf("%+v, %v", d, err)
		}
		want := []string{"new NEW: Opening statement for 100.00 GBP.",
			"changed B: Opening statement for 60.00 GBP, before Opening statement for 100.00 GBP.",
			"gone A: Opening statement was expired: its day has passed."}
		for i, l := range d.Lines {
			if got := l.What + " " + l.Customer + ": " + l.Text; got != want[i] {
				t.Errorf("%s, want %s", got, want[i])
			}
		}
		if _, err := b.RunDifference(b.ctx, 99, 0); AsError(err).Kind != NotFound {
			t.Error(err)
		}
	})
}

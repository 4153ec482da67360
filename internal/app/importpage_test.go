package app

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/format/ledger/exports"
)

func TestUseOf(t *testing.T) {
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	if w, err := z.Create("INV-1.pdf"); err != nil {
		t.Fatal(err)
	} else if _, err := w.Write([]byte("%PDF-1.4")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	from := exports.Random(3, 20, cal.Of(2026, 3, 31), "GBP")
	for name, c := range map[string]struct {
		data []byte
		want FileUse
	}{
		"pdf": {[]byte("%PDF-1.7 x"), UsePapers}, "png": {[]byte("\x89PNG\r\n\x1a\nx"), UsePapers}, "zip of papers": {archive.Bytes(), UsePapers},
		"workbook": {exported(t, "QuickBooks A/R", "xlsx", from), UseList}, "csv": {exported(t, "QuickBooks A/R", "csv", from), UseList},
		"nothing known": {[]byte{0, 1, 2, 3}, UseList},
	} {
		if got := UseOf(c.data); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// What is open by the day of a file leaves out later invoices and takes back later payments.
func TestDraftTotals(t *testing.T) {
	b := onSQLite(t, "GB", "2026-04-01")
	id := b.draftOf("list.csv", []byte("customer_number,number,document_kind,invoice_date,due_date,currency,amount,paid_on\n"+
		"C1,R1,invoice,2026-01-01,2026-01-31,GBP,10.00,2026-03-20\nC1,R2,invoice,2026-01-01,2026-01-31,GBP,7.00,2026-02-20\n"+
		"C1,R3,invoice,2026-03-16,2026-04-15,GBP,5.00,\nC1,R4,credit_note,2026-02-01,,GBP,2.00,\nC2,R5,invoice,2026-02-01,2026-03-01,EUR,4.00,\n"))
	for _, c := range []struct{ day, want string }{{"2026-03-15", "EUR 4.00 1, GBP 8.00 2"}, {"2026-03-31", "EUR 4.00 1, GBP 3.00 2"},
		{"2025-12-31", "EUR 0.00 0, GBP 0.00 0"}} {
		p := b.answer(id, func(a *DraftAnswers) { a.Extent, a.AsOf = ExtentComplete, c.day })
		got := ""
		for i, sum := range p.Totals {
			if i > 0 {
				got += ", "
			}
			got += sprintf("%s %s %d", sum.Currency, sum.Open, sum.Count)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s (%v)", c.day, got, c.want, p.Rejected)
		}
	}
}

// Whether a list is complete only a person can say; as its day the last one that is over is
// proposed, since of today nobody knows yet what will be paid.
func TestDraftProposes(t *testing.T) {
	b := onSQLite(t, "GB", "2026-04-01")
	text := "customer_number,number,due_date,currency,amount\nC1,R1,2026-02-28,GBP,10.00\n"
	p := b.preview(b.draftOf("list.csv", []byte(text)))
	wantQuestion(t, p, "extent")
	if p.Question.Propose != "" || p.AsOf != cal.MustParse("2026-03-31") || len(p.Totals) != 1 {
		t.Errorf("proposes %q, as of %s, %v", p.Question.Propose, p.AsOf, p.Totals)
	}
	p = b.answer(p.ID, func(a *DraftAnswers) { a.Extent, a.Reminded = ExtentComplete, &Reminded{Which: RemindedAll} })
	if wantQuestion(t, p, "as_of"); p.Question.Propose != "2026-03-31" || p.Report.AsOf != p.AsOf {
		t.Errorf("%+v, %s", p.Question, p.Report.AsOf)
	}
	p = b.preview(b.draftOf("titled.csv", []byte("Open items as of 2026-02-27\n"+text)))
	if p.AsOf != cal.MustParse("2026-02-27") {
		t.Errorf("the title names 27 February, proposed %s", p.AsOf)
	}
}

// The currency of a file that states none is that of the creditor, told and to be changed;
// what the file holds is seen without any question.
func TestDraftAssumesCurrency(t *testing.T) {
	b := onSQLite(t, "GB", "2026-04-01")
	id := b.draftOf("list.csv", []byte("Customer,Invoice,Due date,Outstanding\nPike Ltd,R1,2026-02-28,10.00\nWells Ltd,R2,2026-02-28,5.50\n"))
	p := b.preview(id)
	wantQuestion(t, p, "extent")
	if p.Currency != "GBP" || !p.Assumed || p.Customers != 2 || p.Report.Read != 2 || p.Totals[0].Open != "15.50" {
		t.Errorf("%s %v %d %+v", p.Currency, p.Assumed, p.Customers, p.Totals)
	}
	p = b.answer(id, func(a *DraftAnswers) { a.DefaultCurrency = "EUR" })
	if p.Currency != "EUR" || p.Assumed || p.Totals[0].Currency != "EUR" {
		t.Errorf("%s %v %+v", p.Currency, p.Assumed, p.Totals)
	}
	p = b.preview(b.draftOf("stated.csv", []byte("Customer,Invoice,Due date,Currency,Outstanding\nPike Ltd,R1,2026-02-28,USD,10.00\n")))
	if p.Currency != "" || p.Assumed || p.Totals[0].Currency != "USD" {
		t.Errorf("the file states it: %s %v %+v", p.Currency, p.Assumed, p.Totals)
	}
}

// What has no due date is counted, with the days that a person gives for all of it; what is
// derived is marked.
func TestDraftWithoutDueDates(t *testing.T) {
	b := onSQLite(t, "GB", "2026-04-01")
	id := b.draftOf("list.csv", []byte("Client,Invoice,Invoice date,Terms,Outstanding\nPike Ltd,R1,2026-02-01,30 days,10.00\n"+
		"Pike Ltd,R2,2026-02-01,as agreed,5.50\nWells Ltd,R3,2026-02-01,,1400.00\nWells Ltd,R4,,,2.00\nWells Ltd,R5,,,-3.00\n"))
	p := b.preview(id)
	if p.Undue != 3 || p.Undated != 1 || len(p.UndueOpen) != 1 || p.UndueOpen[0].Amount != "1407.50" || p.Overdue != 1 ||
		!p.Rows[0].DueDerived || p.Rows[0].Due != cal.MustParse("2026-03-03") {
		t.Errorf("%d rows of %v, %d undated, %d overdue, %+v", p.Undue, p.UndueOpen, p.Undated, p.Overdue, p.Rows[0])
	}
	p = b.answer(id, func(a *DraftAnswers) { a.Extent, a.AsOf, a.DueDays = ExtentAdditional, "2026-03-31", 14 })
	if p.Undue != 1 || p.Overdue != 3 || p.Rows[1].Due != cal.MustParse("2026-02-15") || p.DueDays != 14 {
		t.Errorf("with 14 days: %d rows, %d overdue, %+v", p.Undue, p.Overdue, p.Rows[1])
	}
	if _, err := b.ApplyDraft(b.ctx, tester, id); err != nil {
		t.Fatal(err)
	}
	if err := b.AnswerDraft(b.ctx, id, DraftAnswers{DueDays: 400}); AsError(err).Code != "answer_invalid" {
		t.Error(err)
	}
}

// A file without rows says so before anything is asked.
func TestDraftWithoutRows(t *testing.T) {
	b := onSQLite(t, "GB", "2026-04-01")
	for _, rows := range []string{"", ",,,\n\n"} {
		p := b.preview(b.draftOf("list.csv", []byte("Customer,Invoice,Due date,Outstanding\n"+rows)))
		if p.Failed == nil || p.Failed.Code != "file_without_rows" || p.Question != nil {
			t.Errorf("%q: %v %v", rows, p.Failed, p.Question)
		}
	}
}

func TestMapColumns(t *testing.T) {
	now := []DraftColumn{{Header: "No", Field: "number"}, {Header: "Sum", Field: "amount"}, {Header: "Ref"}, {Header: ""}}
	for _, c := range []struct {
		fields []string
		want   string
	}{
		{[]string{"number", "amount", "", ""}, ""}, {[]string{"number", "", "amount", ""}, "amount=Ref "},
		{[]string{"number", "", "", ""}, "amount= "}, {[]string{"po", "amount", "number", ""}, "number=Ref po=No "},
		{[]string{"number", "number", "", ""}, "two columns cannot both be the number"}, {[]string{"number", "amount", "x", ""}, "\"x\" is nothing that a column can be"},
		{[]string{"number", "amount", "", "po"}, "column 4 has no heading: give it one in the file"}, {[]string{"number"}, "the file has 4 columns, not 1: look at it again"},
	} {
		var a DraftAnswers
		got := ""
		if err := a.MapColumns(now, c.fields); err != nil {
			got = AsError(err).Message
		}
		for _, name := range []string{"amount", "number", "po"} {
			for f, header := range a.Columns {
				if f.String() == name {
					got += name + "=" + header + " "
				}
			}
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.fields, got, c.want)
		}
	}
}

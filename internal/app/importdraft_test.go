package app

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/format/ledger"
	"github.com/recoup-project/recoup/internal/format/ledger/exports"
	"github.com/recoup-project/recoup/internal/store"
)

// exported is a ledger in the layout whose name begins so.
func exported(t testing.TB, name, form string, from exports.Ledger) []byte {
	t.Helper()
	for _, l := range exports.Layouts() {
		if len(l.Name) >= len(name) && l.Name[:len(name)] == name {
			var b bytes.Buffer
			if err := l.Render(&b, form, from); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
	}
	t.Fatalf("no layout %s", name)
	return nil
}

func (b *ledgerBook) draftOf(name string, data []byte) int64 {
	b.t.Helper()
	id, err := b.CreateDraft(b.ctx, NewDraft{Creditor: "main", Name: name, Bytes: data})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *ledgerBook) preview(id int64) *DraftPreview {
	b.t.Helper()
	p, err := b.PreviewDraft(b.ctx, id)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (b *ledgerBook) answer(id int64, change func(*DraftAnswers)) *DraftPreview {
	b.t.Helper()
	answers := b.preview(id).Answers
	change(&answers)
	if err := b.AnswerDraft(b.ctx, id, answers); err != nil {
		b.t.Fatal(err)
	}
	return b.preview(id)
}

func wantQuestion(t testing.TB, p *DraftPreview, code string) {
	t.Helper()
	got := ""
	if p.Question != nil {
		got = p.Question.Code
	}
	if p.Failed != nil || got != code {
		t.Fatalf("question %q, failed %v; want %q", got, p.Failed, code)
	}
}

// The newcomer's path: a workbook, one question at a time, a look, done; the same file
// again changes nothing.
func TestDraftToBook(t *testing.T) {
	from := exports.Random(11, 120, cal.Of(2026, 3, 31), "GBP")
	data := exported(t, "QuickBooks A/R", "xlsx", from)
	eachEngine(t, "GB", "2026-04-01", func(t *testing.T, b *ledgerBook) {
		id := b.draftOf(`C:\files\aging.xlsx`, data)
		p := b.preview(id)
		wantQuestion(t, p, "extent")
		if p.Layout != "QuickBooks A/R Aging Detail" || p.Name != "aging.xlsx" || p.Currency != "GBP" {
			t.Errorf("%+v %+v", p.Layout, p.Question)
		}
		p = b.answer(id, func(a *DraftAnswers) { a.Extent = ExtentComplete })
		wantQuestion(t, p, "as_of")
		if p.Question.Propose != "2026-03-31" {
			t.Errorf("proposes %q, the title says 31 March", p.Question.Propose)
		}
		if len(p.Rows) != previewRows || p.Report.Created == 0 || p.Report.RejectedRows != 0 || len(p.Report.Totals) != 1 {
			t.Errorf("%+v", p.Report)
		}
		if _, err := b.ApplyDraft(b.ctx, tester, id); AsError(err).Code != "draft_open" {
			t.Error(err)
		}
		p = b.answer(id, func(a *DraftAnswers) { a.AsOf = "2026-03-31" })
		wantQuestion(t, p, "")
		report, err := b.ApplyDraft(b.ctx, tester, id)
		if err != nil || report.Created != p.Report.Created || report.Totals[0] != p.Report.Totals[0] {
			t.Fatal(report, err)
		}
		if _, err := b.PreviewDraft(b.ctx, id); AsError(err).Code != "draft_not_found" {
			t.Error(err)
		}
		again := b.draftOf("aging.xlsx", data)
		p = b.answer(again, func(a *DraftAnswers) { a.Extent, a.AsOf = ExtentComplete, "2026-03-31" })
		wantQuestion(t, p, "") // the currency is remembered
		if p.Report.Created+p.Report.Updated != 0 || p.Report.Unchanged != report.Created {
			t.Errorf("again: %+v", p.Report)
		}
	})
}

// A bad cell is corrected on screen, a column is given its meaning, and both are seen at
// once.
func TestDraftRepairs(t *testing.T) {
	b := onSQLite(t, "GB", "2026-04-01")
	id := b.draftOf("list.csv", []byte("Customer no,Invoice no,Due date,Currency,Amount,Our ref\n"+
		"C1,R1,2026-02-31,GBP,10.00,x7\nC1,R2,2026-02-28,GBP,1O.00,x8\nC2,R3,2026-02-28,GBP,5.00,x9\n"))
	if err := b.AnswerDraft(b.ctx, id, DraftAnswers{Extent: ExtentAdditional, AsOf: "2026-03-31"}); err != nil {
		t.Fatal(err)
	}
	p := b.preview(id)
	wantQuestion(t, p, "")
	if len(p.Rejected) != 2 || p.Rejected[0].Row != 2 || p.Rejected[0].Cells[2] != "2026-02-31" ||
		p.Rejected[0].Header[2] != "Due date" || p.Rejected[1].Errors[0].Field != "amount" {
		t.Fatalf("%+v", p.Rejected)
	}
	p = b.answer(id, func(a *DraftAnswers) {
		a.Repairs = ledger.Repairs{2: {2: "2026-02-28"}, 3: {4: "10.00"}}
		a.Columns = map[ledger.Field]string{ledger.PO: "Our ref"}
	})
	if p.Report.RejectedRows != 0 || p.Report.Created != 3 || p.Rows[0].PO != "x7" || p.Columns[5].Field != "po" {
		t.Errorf("%+v %+v", p.Report, p.Rows)
	}
	p = b.answer(id, func(a *DraftAnswers) { a.Columns = map[ledger.Field]string{ledger.DueDate: ""} })
	if p.Columns[2].Field != "" || p.Rows[0].Due != cal.None || p.Rows[0].PO != "" {
		t.Errorf("%+v", p.Columns)
	}
	if err := b.AnswerDraft(b.ctx, id, DraftAnswers{DateOrder: "ymd"}); AsError(err).Code != "answer_invalid" {
		t.Error(err)
	}
	if list, err := b.Drafts(b.ctx, "main"); err != nil || len(list) != 1 || list[0].Name != "list.csv" {
		t.Error(list, err)
	}
	if err := b.DiscardDraft(b.ctx, id); err != nil {
		t.Error(err)
	}
}

// A complete list that would settle much asks once more, and says how much.
func TestDraftSettlesMany(t *testing.T) {
	b := onSQLite(t, "GB", "2026-04-01")
	all := "customer_number,number,due_date,currency,amount\nC1,R1,2026-02-28,GBP,10.00\nC1,R2,2026-02-28,GBP,10.00\n"
	if _, err := b.importText(all, ImportRequest{}); err != nil {
		t.Fatal(err)
	}
	id := b.draftOf("half.csv", []byte(all[:len(all)-len("C1,R2,2026-02-28,GBP,10.00\n")]))
	p := b.answer(id, func(a *DraftAnswers) { a.Extent, a.AsOf = ExtentComplete, "2026-04-01" })
	wantQuestion(t, p, "settles_many")
	if p.Report.SettledByList != 1 {
		t.Errorf("%+v", p.Report)
	}
	if _, err := b.ApplyDraft(b.ctx, tester, id); AsError(err).Code != "settles_many" {
		t.Error(err)
	}
	b.answer(id, func(a *DraftAnswers) { a.ConfirmSettles = true })
	if report, err := b.ApplyDraft(b.ctx, tester, id); err != nil || report.SettledByList != 1 {
		t.Error(report, err)
	}
}

// What a person says about reminders decides where the ladder begins.
func TestDraftReminded(t *testing.T) {
	text := "customer_number,number,invoice_date,due_date,currency,amount,last_reminder_date,last_reminder_level\n" +
		"C1,R1,2026-01-01,2026-02-28,GBP,10.00,,\nC1,R2,2026-01-01,2026-02-28,GBP,10.00,2026-03-10,2\n" +
		"C1,R3,2026-03-01,2026-05-28,GBP,10.00,,\n"
	for _, c := range []struct {
		say  Reminded
		want string
	}{
		{Reminded{}, "R1 0, R2 2 2026-03-10, R3 0"},
		{Reminded{Which: RemindedNone}, "R1 0, R2 0, R3 0"},
		{Reminded{Which: RemindedAll, On: cal.Of(2026, 3, 15)}, "R1 1 2026-03-15, R2 2 2026-03-10, R3 0"},
		{Reminded{Which: RemindedTicked, Numbers: []string{"r1"}}, "R1 1 2026-03-31, R2 0, R3 0"},
		{Reminded{Which: RemindedTicked, Customers: []string{"C1"}}, "R1 1 2026-03-31, R2 2 2026-03-10, R3 0"},
		{Reminded{Which: RemindedTicked, Customers: []string{"C2"}}, "R1 0, R2 0, R3 0"},
	} {
		b := onSQLite(t, "GB", "2026-04-01")
		id := b.draftOf("list.csv", []byte(text))
		p := b.answer(id, func(a *DraftAnswers) { a.Extent, a.AsOf, a.Reminded = ExtentAdditional, "2026-03-31", &c.say })
		if p.Overdue != 2 || !p.Reminded || p.Customers != 1 || len(p.Late) != 1 || p.Late[0].Key != "C1" || p.Late[0].Rows != 2 ||
			p.Late[0].Open[0].Amount != "20.00" {
			t.Errorf("%d overdue, %+v", p.Overdue, p.Late)
		}
		if _, err := b.ApplyDraft(b.ctx, tester, id); err != nil {
			t.Fatal(err)
		}
		if got := b.reportedLevels(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.say, got, c.want)
		}
	}
}

// reportedLevels lists what the items say of earlier reminders.
func (b *ledgerBook) reportedLevels() string {
	out := ""
	err := b.read(b.ctx, func(tx store.Tx) error {
		out = ""
		return store.Each(tx, "SELECT number, reported_level, reported_day FROM item WHERE tenant_id = $1 ORDER BY number",
			[]any{b.tenant}, func(r store.Rows) error {
				if out != "" {
					out += ", "
				}
				out += fmt.Sprintf("%s %d", r.Text(0), r.Int64(1))
				if day := r.Day(2); day != cal.None {
					out += " " + day.String()
				}
				return nil
			})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// A list of contacts that was given as anything is taken for what it is, and a layout that
// holds nothing says what to export instead.
func TestDraftOfOtherFiles(t *testing.T) {
	from := exports.Random(11, 40, cal.Of(2026, 3, 31), "GBP")
	b := onSQLite(t, "GB", "2026-04-01")
	if _, err := b.importText(string(exported(t, "Business Central", "csv", from)), ImportRequest{AsOf: cal.Of(2026, 3, 31)}); err != nil {
		t.Fatal(err)
	}
	p := b.preview(b.draftOf("people.xlsx", exported(t, "QuickBooks Customer", "xlsx", from)))
	wantQuestion(t, p, "")
	if p.Kind != ImportContacts || p.Rows[0].Email == "" {
		t.Errorf("%+v", p)
	}
	p = b.preview(b.draftOf("mine.csv", []byte("Customer number,Contact,Email\n10001,Ann Pike,ann@pike.example\n")))
	wantQuestion(t, p, "")
	if p.Kind != ImportContacts || p.Rows[0].Email != "ann@pike.example" {
		t.Errorf("%+v", p)
	}
	for name, data := range map[string][]byte{"council.xlsx": exported(t, "UK council", "xlsx", from), "poem.txt": []byte("The fog\ncomes"),
		"broken.xlsx": []byte("PK\x03\x04 nothing")} {
		if p := b.preview(b.draftOf(name, data)); p.Failed == nil || p.Failed.Code != "file_unreadable" {
			t.Errorf("%s: %+v", name, p.Failed)
		}
	}
}

// BenchmarkPreview is the preview of 10,000 rows, which is to be there in a second.
func BenchmarkPreview(b *testing.B) {
	from := exports.Random(5, 10_000, cal.Of(2026, 3, 31), "GBP")
	for _, form := range []string{"csv", "xlsx"} {
		b.Run(form, func(b *testing.B) {
			book := onSQLite(b, "GB", "2026-04-01")
			data := exported(b, "DocketManager", form, from)
			id := book.draftOf("list."+form, data)
			if err := book.AnswerDraft(book.ctx, id, DraftAnswers{Extent: ExtentComplete, AsOf: "2026-03-31",
				DefaultCurrency: "GBP"}); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if p := book.preview(id); p.Question != nil || p.Report.Created < 9_000 {
					b.Fatal(p.Question, p.Failed)
				}
			}
		})
	}
}

package app

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// TestClaims: what may be claimed is what the calculator says, each sum as far as the law and
// the facts let it go, and nothing of what is held.
func TestClaims(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-04")
		b.addCustomers(newCustomer{number: "A", kind: "company", country: "GB"}, newCustomer{number: "D", kind: "company", country: "DE"},
			newCustomer{number: "K", kind: "consumer", country: "GB"})
		b.addItems(newItem{"A", "A-1", "2025-11-30", 1_000_00, book.Yes}, newItem{"A", "A-2", "2026-02-01", 500_00, book.Yes},
			newItem{"A", "A-3", "2026-04-01", 700_00, book.Yes}, newItem{"K", "K-1", "2025-11-30", 100_00, book.Yes})
		b.dispute("item:A-2")
		list, err := b.Claims(b.ctx, b.customer["A"])
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		c := list[0]
		want, err := Interest(InterestRequest{Jurisdiction: c.Law, Principal: "1000.00", Due: cal.MustParse("2025-11-30"),
			InvoiceDate: cal.None, Until: cal.MustParse("2026-03-04"), Debtor: book.Company})
		if err != nil {
			t.Fatal(err)
		}
		if c.Document != "A-1" || c.From != "2025-12-01" || c.Ground != "agreed_date" || c.Interest.Level != "claim" ||
			c.Interest.Amount == nil || money.FormatMinor(c.Interest.Amount.Minor, 2) != want.Interest || c.Interest.Source != want.Source {
			t.Errorf("interest: %+v, want %s by %s", c, want.Interest, want.Source)
		}
		if c.Rate != want.Segments[len(want.Segments)-1].RatePct || c.Daily == nil || money.FormatMinor(c.Daily.Minor, 2) != want.Daily {
			t.Errorf("rate %s, daily %v, want %s %s", c.Rate, c.Daily, want.Segments[0].RatePct, want.Daily)
		}
		if c.Compensation.Level != "offer" || c.Compensation.Amount == nil || c.Compensation.Amount.Minor != 70_00 || c.Compensation.Why == "" {
			t.Errorf("compensation: %+v", c.Compensation) // offered before it is claimed (guardrail R2)
		}
		if c.Before != nil {
			t.Errorf("nothing was claimed yet: %+v", c.Before)
		}
		if list, err = b.Claims(b.ctx, b.customer["K"]); err != nil || len(list) != 0 {
			t.Errorf("a consumer: %+v, %v", list, err)
		}
		if _, err := b.Claims(b.ctx, 999); AsError(err).Kind != NotFound {
			t.Errorf("nobody: %v", err)
		}
	})
}

// dispute disputes all of what a reference names.
func (b *testBook) dispute(ref string) {
	b.t.Helper()
	if _, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: ref, Kind: book.HoldDispute, Reason: "wrong"}); err != nil {
		b.t.Fatal(err)
	}
}

func TestItemsByDueDateAndDispute(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-04")
		b.addCustomers(newCustomer{number: "A", kind: "company", country: "GB"}, newCustomer{number: "B", kind: "company", country: "GB"})
		b.addItems(newItem{"A", "A-1", "2026-01-31", 100_00, book.Yes}, newItem{"A", "A-2", "2026-02-01", 100_00, book.Yes},
			newItem{"B", "B-1", "2026-02-28", 100_00, book.Yes}, newItem{"B", "B-2", "2026-03-01", 100_00, book.Yes})
		b.dispute("item:A-2")
		b.dispute("customer:B")
		numbers := func(f ItemFilter) string {
			page, err := b.ListItems(b.ctx, f, "number", "", 0)
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, i := range page.Items {
				all = append(all, i.Document)
			}
			return strings.Join(all, " ")
		}
		for want, f := range map[string]ItemFilter{
			"A-2 B-1":     {DueFrom: cal.MustParse("2026-02-01"), DueTo: cal.MustParse("2026-02-28")},
			"B-2":         {DueFrom: cal.MustParse("2026-03-01")},
			"A-1":         {DueTo: cal.MustParse("2026-01-31")},
			"A-2 B-1 B-2": {Disputed: true},
		} {
			if got := numbers(f); got != want {
				t.Errorf("%+v: %s, want %s", f, got, want)
			}
		}
		holds, err := b.Holds(b.ctx, "", "customer:B")
		if err != nil || len(holds) != 1 {
			t.Fatal(holds, err)
		}
		if _, err := b.EndHold(b.ctx, tester, holds[0].Hold, "withdrawn", ""); err != nil {
			t.Fatal(err)
		}
		if got := numbers(ItemFilter{Disputed: true}); got != "A-2" {
			t.Errorf("after the end of a dispute: %s", got)
		}
	})
}

func TestKeepPaper(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-04")
		b.addCustomers(newCustomer{number: "A", kind: "company", country: "GB"})
		b.addItems(newItem{"A", "A-1", "2026-01-31", 100_00, book.Yes})
		picture := PaperFile{"signed.png", append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 40)...)}
		if _, err := b.KeepPaper(b.ctx, tester, "", "item:A-1", PaperDelivery, picture); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Note(b.ctx, tester, NoteRequest{Ref: "customer:A", Text: "see the file", File: &picture}); err != nil {
			t.Fatal(err)
		}
		list, err := b.Papers(b.ctx, b.customer["A"], 0)
		if err != nil || len(list) != 2 || list[0].Number != "A-1" || list[0].Kind != PaperDelivery || list[1].Item != 0 || list[1].Kind != PaperOther {
			t.Fatalf("%+v, %v", list, err)
		}
		for _, bad := range []PaperFile{{"x.exe", []byte("MZ")}, {"empty.pdf", nil}} {
			if _, err := b.KeepPaper(b.ctx, tester, "", "item:A-1", PaperInvoice, bad); AsError(err).Code != "paper_invalid" {
				t.Errorf("%s: %v", bad.Name, err)
			}
			if _, err := b.Note(b.ctx, tester, NoteRequest{Ref: "customer:A", Text: "not kept", File: &bad}); AsError(err).Code != "paper_invalid" {
				t.Errorf("%s: %v", bad.Name, err)
			}
		}
	})
}

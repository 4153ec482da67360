package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

func TestTimeline(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-06")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"},
			newCustomer{number: "C2", kind: "company", country: "GB"})
		b.addItems(newItem{"C1", "INV-1", "2026-02-20", 60_000, book.Yes}, newItem{"C1", "INV-2", "2026-02-20", 90_000, book.Yes},
			newItem{"C2", "INV-9", "2026-02-20", 1, book.Yes})
		if _, err := b.CashKnown(b.ctx, tester, "", cal.MustParse("2026-03-05")); err != nil {
			t.Fatal(err)
		}
		b.run(ApproveAll)
		b.sendAll()
		b.goTo(cal.MustParse("2026-03-09"))
		b.pay("item:INV-1", "600.00", "2026-03-07")
		b.holdBack("item:INV-2", book.HoldDispute, "100.00", "")
		if _, err := b.Note(b.ctx, tester, NoteRequest{Ref: "item:INV-2", Text: "opinion of counsel", Class: "privileged"}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.LateReason(b.ctx, tester, "", "customer:C1", "no_po", "they look for it"); err != nil {
			t.Fatal(err)
		}
		country := "DE"
		if _, err := b.SetCustomer(b.ctx, tester, b.customer["C1"], CustomerChange{Country: &country}); err != nil {
			t.Fatal(err)
		}
		whole, err := b.Timeline(b.ctx, b.customer["C1"], "", 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range whole.Lines {
			got = append(got, l.Day.String()+" "+l.Text)
		}
		want := []string{
			`2026-03-09 Country was set to "DE".`,
			"2026-03-09 Reason for late payment: No order number.",
			"2026-03-09 Note (INV-2).",
			"2026-03-09 Disputed: 100.00 GBP of INV-2.",
			"2026-03-07 Payment of 600.00 GBP came in.",
			"2026-03-06 Opening statement by email was sent, for 1500.00 GBP, to be paid by 2026-03-20; it counts as received on 2026-03-06.",
			"2026-03-06 Contact added: accounts_payable ap@c1.example.",
			"2026-01-21 Invoice INV-2 over 900.00 GBP, due 2026-02-20.",
			"2026-01-21 Invoice INV-1 over 600.00 GBP, due 2026-02-20.",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if l := whole.Lines[2]; l.Class != "privileged" || l.Words != "opinion of counsel" || l.By != "test" || l.At.IsZero() || l.Document != "INV-2" {
			t.Errorf("%+v", l)
		}
		for _, size := range []int{1, 2, 4} {
			var paged []string
			for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
				page, err := b.Timeline(b.ctx, b.customer["C1"], cursor, size)
				if err != nil || n > 20 {
					t.Fatal(n, err)
				}
				for _, l := range page.Lines {
					paged = append(paged, l.Day.String()+" "+l.Text)
				}
				cursor = page.Next
			}
			if !slices.Equal(paged, got) {
				t.Errorf("pages of %d:\n%s", size, strings.Join(paged, "\n"))
			}
		}
		if _, err := b.Timeline(b.ctx, 999, "", 0); AsError(err).Kind != NotFound {
			t.Error(err)
		}
	})
}

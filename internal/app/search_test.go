package app

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
)

func TestSearch(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-06")
		b.addCustomers(newCustomer{number: "4711", kind: "company", country: "GB", email: "ann.li@northgate.example"},
			newCustomer{number: "47110", kind: "company", country: "GB"}, newCustomer{number: "K-99", kind: "company", country: "GB"},
			newCustomer{number: "M1", kind: "company", country: "DE"})
		for number, name := range map[string]string{"4711": "Northgate Interiors GmbH", "47110": "Harrow & Pike Ltd",
			"K-99": "Pike Northern Ltd", "M1": "Möbelwerk Weißgerber"} {
			if _, err := b.SetCustomer(b.ctx, tester, b.customer[number], CustomerChange{Name: &name}); err != nil {
				t.Fatal(err)
			}
		}
		b.addItems(newItem{"4711", "INV-2047", "2026-02-01", 123_456, book.Yes}, newItem{"47110", "INV-2048", "2026-02-01", 50_000, book.Yes},
			newItem{"K-99", "R 77/1", "2026-02-01", 900_00, book.Yes})
		b.pay("item:INV-2048", "100.00", "2026-03-05")
		for _, c := range []struct{ text, want string }{
			{"4711", "customer 4711 number, customer 47110 number"},
			{"pike", "customer K-99 name, customer 47110 name"}, // one begins with it
			{"pike har", "customer 47110 name"},
			{"k99", "customer K-99 number"},
			{"K-99", "customer K-99 number"},
			{"mobelwerk", "customer M1 name"}, {"MÖBEL", "customer M1 name"}, {"weissg", "customer M1 name"},
			{"northg", "customer 4711 name"},
			{"ann.li@north", "customer 4711 contact"}, {"ann", "customer 4711 contact"},
			{"inv-204", "item INV-2047 document, item INV-2048 document"},
			{"r77/1", "item R 77/1 document"},
			{"1,234.56", "item INV-2047 open_amount"}, {"£ 1.234,56", "item INV-2047 open_amount"},
			{"400", "item INV-2048 open_amount"}, {"500.00", "item INV-2048 amount"},
			{"orthgate", ""}, {"", ""}, {"%", ""}, {"'; DROP TABLE item; --", ""}, {"\u0301", ""},
		} {
			r, err := b.Search(b.ctx, c.text, 10)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, h := range r.Hits {
				what := h.Customer
				if h.Kind == "item" {
					what = h.Document
				}
				got = append(got, h.Kind+" "+what+" "+h.Matched)
			}
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("%q finds %q, want %q", c.text, text, c.want)
			}
		}
		r, err := b.Search(b.ctx, "inv", 1)
		if err != nil || len(r.Hits) != 0 {
			t.Error("a word without a digit is no number:", r, err)
		}
		if r, err = b.Search(b.ctx, "inv-204", 1); err != nil || len(r.Hits) != 1 || !r.More {
			t.Error(r, err)
		}
		name := "Quite Another Ltd"
		if _, err := b.SetCustomer(b.ctx, tester, b.customer["M1"], CustomerChange{Name: &name}); err != nil {
			t.Fatal(err)
		}
		if r, err = b.Search(b.ctx, "another", 1); err != nil || len(r.Hits) != 1 {
			t.Error("a changed name is found at once:", r, err)
		}
	})
}

func TestAmountText(t *testing.T) {
	for text, want := range map[string]string{"1,234.50": "1234.50", "1.234,50": "1234.50", "1 234": "1234", "€1.234": "1234",
		"12.5": "12.5", "12,50 €": "12.50", "1'234.5": "1234.5", "abc": "", "12a": "", "": "", "-5": "", "1234567890123456": ""} {
		if got := amountText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestListCustomers(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		b.addCustomers(newCustomer{number: "NOTHING", kind: "company", country: "DE", strategy: "gentle"})
		b.run(ApproveNone)
		names := func(f CustomerFilter, sort string, size int) string {
			var got []string
			for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
				page, err := b.ListCustomers(b.ctx, f, sort, cursor, size)
				if err != nil || n > 20 {
					t.Fatal(err, n)
				}
				for _, c := range page.Customers {
					got = append(got, c.Customer)
				}
				if cursor = page.Next; cursor == "" && page.Total != len(got) {
					t.Errorf("%d of %d lines", len(got), page.Total)
				}
			}
			return strings.Join(got, " ")
		}
		for _, c := range []struct {
			f          CustomerFilter
			sort, want string
		}{
			{CustomerFilter{}, "", "DISPUTE PHONE A B C D E F G H I J K L TINY NOTHING"},
			{CustomerFilter{}, "oldest", "PHONE DISPUTE TINY A B C D E F G H I J K L NOTHING"},
			{CustomerFilter{}, "number", "A B C D DISPUTE E F G H I J K L NOTHING PHONE TINY"},
			{CustomerFilter{Creditor: "main"}, "name", "A B C D DISPUTE E F G H I J K L NOTHING PHONE TINY"},
			{CustomerFilter{NoContact: true, Overdue: true}, "open", "DISPUTE PHONE TINY"},
			{CustomerFilter{Held: book.HoldDispute}, "", "DISPUTE"}, {CustomerFilter{Country: "DE"}, "", "NOTHING"},
			{CustomerFilter{Currency: "EUR"}, "", ""}, {CustomerFilter{Strategy: "gentle"}, "", "NOTHING"},
			{CustomerFilter{Collector: -1, Text: "phone"}, "", "PHONE"}, {CustomerFilter{Collector: 7}, "", ""},
		} {
			for _, size := range []int{0, 1, 4} {
				if got := names(c.f, c.sort, size); got != c.want {
					t.Errorf("%+v by %q in pages of %d: %s, want %s", c.f, c.sort, size, got, c.want)
				}
			}
		}
		b.sendAll()
		three := 1
		if got := names(CustomerFilter{Stage: &three}, "", 0); got != "" {
			t.Error(got)
		}
		if _, err := b.ListCustomers(b.ctx, CustomerFilter{}, "name; DROP", "", 0); AsError(err).Code != "sort_invalid" {
			t.Error(err)
		}
		page, err := b.ListCustomers(b.ctx, CustomerFilter{Text: "phone"}, "", "", 0)
		if err != nil {
			t.Fatal(err)
		}
		r := page.Customers[0]
		if r.Overdue.Minor != 520_00 || r.LateItems != 2 || r.Days != 64 || r.Oldest != "2026-01-01" || r.Strategy == "" || r.Country != "GB" {
			t.Errorf("%+v", r)
		}
	})
}

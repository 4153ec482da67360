package app

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

func TestListItems(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-06")
		b.addCustomers(newCustomer{number: "A", kind: "company", country: "GB"}, newCustomer{number: "B", kind: "company", country: "GB"})
		b.addItems(newItem{"A", "A-1", "2026-03-05", 500_00, book.Yes}, newItem{"B", "B-1", "2026-02-04", 300_00, book.Yes},
			newItem{"A", "A-2", "2026-02-03", 300_00, book.Yes}, newItem{"B", "B-2", "2025-01-01", 100_00, book.Yes},
			newItem{"A", "A-3", "2026-03-06", 50_00, book.Yes}, newItem{"B", "B-3", "2026-02-20", 70_00, book.Yes})
		b.pay("item:B-3", "70.00", "2026-03-05")
		b.holdBack("item:A-2", book.HoldDispute, "", "")
		for _, c := range []struct {
			f          ItemFilter
			sort, want string
		}{
			{ItemFilter{}, "", "B-2 A-2 B-1 A-1 A-3"}, {ItemFilter{}, "open", "A-1 A-2 B-1 B-2 A-3"},
			{ItemFilter{State: "all"}, "number", "A-1 A-2 A-3 B-1 B-2 B-3"}, {ItemFilter{State: "settled"}, "amount", "B-3"},
			{ItemFilter{State: "overdue", Customer: b.customer["A"]}, "", "A-2 A-1"}, {ItemFilter{Number: "b"}, "number", "B-1 B-2"},
			{ItemFilter{Bucket: "not_due"}, "", "A-3"}, {ItemFilter{Bucket: "d1_30"}, "", "B-1 A-1"},
			{ItemFilter{Bucket: "d31_60"}, "", "A-2"}, {ItemFilter{Bucket: "d366_up"}, "", "B-2"}, {ItemFilter{Currency: "EUR"}, "", ""},
		} {
			for _, size := range []int{0, 1, 2} {
				var got []string
				for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
					page, err := b.ListItems(b.ctx, c.f, c.sort, cursor, size)
					if err != nil || n > 10 {
						t.Fatal(c, n, err)
					}
					for _, it := range page.Items {
						got = append(got, it.Document)
					}
					cursor = page.Next
				}
				if text := strings.Join(got, " "); text != c.want {
					t.Errorf("%+v by %q in pages of %d: %s, want %s", c.f, c.sort, size, text, c.want)
				}
			}
		}
		page, err := b.ListItems(b.ctx, ItemFilter{}, "", "", 2)
		if err != nil || page.Items[1].Days != 31 || page.Items[1].Bucket != "d31_60" || strings.Join(page.Items[1].Held, " ") != "dispute" {
			t.Errorf("%+v, %v", page, err)
		}
		b.itemsBeyondABlock(t)
	})
}

// itemsBeyondABlock holds that lists go on after the last item of a block, in every order.
func (b *testBook) itemsBeyondABlock(t *testing.T) {
	s, err := b.survey(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, sort := range ItemSorts {
		first, err := b.ListItems(b.ctx, ItemFilter{State: "all"}, sort, "", 3)
		if err != nil {
			t.Fatal(err)
		}
		s.lazy.Lock()
		last := s.blocks[sprintf("%+v %s %v %d %d", ItemFilter{State: "all"}, sort, nil, 0, 0)][2]
		s.lazy.Unlock()
		next := itemCursor{Value: last.value, Customer: last.customer, Item: last.item}.text()
		rest, err := b.ListItems(b.ctx, ItemFilter{State: "all"}, sort, next, 3)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, it := range append(first.Items, rest.Items...) {
			seen[it.Document] = true
		}
		if len(seen) != 6 {
			t.Errorf("by %s: %d of 6 documents in two blocks", sort, len(seen))
		}
	}
	for _, bad := range []string{"x", "eyJ2IjoiYSJ9", "eyJ2IjpbMV19", "eyJ2Ijp7fX0"} {
		if _, err := b.ListItems(b.ctx, ItemFilter{}, "due", bad, 3); AsError(err).Kind != Invalid {
			t.Errorf("cursor %q: %v", bad, err)
		}
	}
}

// TestBucketsOfLists holds that the list of a bucket has the items that the aging counts.
func TestBucketsOfLists(t *testing.T) {
	today := cal.MustParse("2026-03-06")
	for n := -3; n < 400; n++ {
		due := today.AddDays(-n)
		in := book.BucketNames[book.Bucket(due, today)]
		for _, name := range book.BucketNames {
			if first, last := bucketDays(name, today); (due >= first && due <= last) != (name == in) {
				t.Errorf("due %d days ago: %s lists it from %s to %s, the aging has it in %s", n, name, first, last, in)
			}
		}
	}
}

func TestSavedFilters(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-06")
		save := func(f SavedFilter) int64 {
			id, err := b.SaveFilter(b.ctx, tester, f)
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		mine := save(SavedFilter{User: 7, Page: "customers", Name: " Big  ones ", Query: "sort=open"})
		if again := save(SavedFilter{User: 7, Page: "customers", Name: "Big ones", Query: "sort=overdue"}); again != mine {
			t.Error("the same name is another filter")
		}
		save(SavedFilter{Page: "customers", Name: "All Germans", Query: "country=DE"})
		save(SavedFilter{User: 8, Page: "customers", Name: "Not mine", Query: ""})
		list, err := b.SavedFilters(b.ctx, 7, "customers")
		if err != nil || len(list) != 2 || list[0].Name != "All Germans" || list[1].Query != "sort=overdue" {
			t.Errorf("%+v, %v", list, err)
		}
		for _, f := range []SavedFilter{{Page: "x", Name: "a"}, {Page: "customers"}, {Page: "customers", Name: "a", Query: strings.Repeat("x", 2001)}} {
			if _, err := b.SaveFilter(b.ctx, tester, f); AsError(err).Code != "filter_invalid" {
				t.Error(f.Page, f.Name, err)
			}
		}
		if err := b.DeleteFilter(b.ctx, tester, 8, mine); AsError(err).Kind != NotFound {
			t.Error("somebody else's filter:", err)
		}
		if err := b.DeleteFilter(b.ctx, tester, 7, mine); err != nil {
			t.Error(err)
		}
	})
}

package app

import (
	"fmt"
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// queue reads the letters to print in pages of n and checks the total against them.
func (b *testBook) queue(n int) (ids []int64, last PrintQueue) {
	b.t.Helper()
	for cursor := ""; ; cursor = last.Next {
		var err error
		if last, err = b.PrintQueue(b.ctx, "main", cursor, n); err != nil || len(last.Waiting) > n {
			b.t.Fatal(len(last.Waiting), err)
		}
		for _, l := range last.Waiting {
			ids = append(ids, l.Message)
		}
		if last.Next == "" {
			break
		}
	}
	if last.Total != len(ids) {
		b.t.Errorf("total %d of %d letters to print", last.Total, len(ids))
	}
	return ids, last
}

// TestPrintQueuePages: the pages hold each letter that waits once; one that is printed waits
// to be posted with its batch, and the day after it bears another day.
func TestPrintQueuePages(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-01-15")
		b.readyToSend()
		for i := range 5 {
			n := fmt.Sprintf("C%d", i)
			b.addCustomers(newCustomer{number: n, kind: "company", country: "GB", address: "1 High Street\nTown"})
			b.addItems(newItem{n, "INV-" + n, "2026-03-02", 60_000, book.Yes})
		}
		b.goTo(cal.MustParse("2026-03-05"))
		b.knowCash("2026-03-04")
		b.run(ApproveAll)
		ids, q := b.queue(2)
		if len(ids) != 5 || !ascending(ids) || q.Later != 0 || len(q.Batches) != 0 {
			t.Fatalf("%v, %+v", ids, q)
		}
		some := []int64{ids[1], ids[2]}
		batch, err := b.PrintLetters(b.ctx, tester, PrintOrder{Messages: some})
		if err != nil || len(batch.Letters) != 2 {
			t.Fatalf("%+v, %v", batch, err)
		}
		left, q := b.queue(2)
		if !slices.Equal(left, []int64{ids[0], ids[3], ids[4]}) {
			t.Errorf("left to print: %v of %v", left, ids)
		}
		if len(q.Batches) != 1 || q.Batches[0].Count != 2 || q.Batches[0].Waiting != 2 || q.Batches[0].Letters[0].Name != "C1 Ltd" {
			t.Errorf("printed: %+v", q.Batches)
		}
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: ids[1], Day: cal.None}); err != nil {
			t.Fatal(err)
		}
		if _, q = b.queue(50); q.Batches[0].Waiting != 1 || q.Batches[0].Count != 2 {
			t.Errorf("of two letters one is posted: %+v", q.Batches)
		}
		b.goTo(cal.MustParse("2026-03-06"))
		if left, q = b.queue(50); len(left) != 0 || q.Later != 4 {
			t.Errorf("the day after: %v, %+v", left, q)
		}
	})
}

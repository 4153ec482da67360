package book

import (
	"testing"

	"pgregory.net/rapid"
)

// TestReplayOfAStory folds an invoice, a payment, and that the payment was an error.
func TestReplayOfAStory(t *testing.T) {
	entries := []Entry{
		{ID: 1, Item: 7, From: Sales, To: Principal, Minor: 100_00},
		{ID: 2, Item: 5, From: Sales, To: Principal, Minor: 40_00},
		{ID: 3, From: Unapplied, To: Cash, Minor: 120_00},
		{ID: 4, From: Cash, To: Unapplied, Minor: 120_00, Corrects: 3},
		{ID: 5, Item: 7, From: Principal, To: Sales, Minor: 10_00},
	}
	allocations := []Allocation{
		{ID: 1, Entry: 3, Item: 7, Head: Principal, Minor: 100_00},
		{ID: 2, Entry: 3, Item: 7, Head: Principal, Minor: -100_00, Corrects: 1},
	}
	for _, c := range []struct {
		name                     string
		entries, allocations     int // how much of the story is told
		first, second, unapplied int64
	}{
		{"nothing", 0, 0, 0, 0, 0},
		{"one invoice", 1, 0, 100_00, 0, 0},
		{"both", 2, 0, 100_00, 40_00, 0},
		{"money", 3, 0, 100_00, 40_00, 120_00},
		{"set against the first", 3, 1, 0, 40_00, 20_00},
		{"the payment was an error", 4, 2, 100_00, 40_00, 0},
		{"so was part of the invoice", 5, 2, 90_00, 40_00, 0},
	} {
		var r Replay
		for range 2 { // and once more after a reset
			r.Reset()
			for i := range c.entries {
				r.Entry(&entries[i])
			}
			for i := range c.allocations {
				r.Allocation(&allocations[i])
			}
			if r.Open(7, Principal) != c.first || r.Open(5, Principal) != c.second || r.Credit(3) != c.unapplied {
				t.Errorf("%s: open %d and %d, unapplied %d, want %+v", c.name, r.Open(7, Principal),
					r.Open(5, Principal), r.Credit(3), c)
			}
		}
	}
}

// drawFacts makes entries and allocations of a few items and heads, in no order of ids.
func drawFacts(t *rapid.T) (entries []Entry, allocations []Allocation) {
	heads := rapid.SampledFrom([]Head{Principal, Interest, Compensation, Fee, Cost})
	ids, items := rapid.Int64Range(1, 30), rapid.Int64Range(1, 12)
	for range rapid.IntRange(1, 40).Draw(t, "entries") {
		e := Entry{ID: ids.Draw(t, "id"), Minor: rapid.Int64Range(1, 1_000_000).Draw(t, "minor")}
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			e.Item, e.From, e.To = items.Draw(t, "item"), Sales, heads.Draw(t, "to")
		case 1:
			e.Item, e.From, e.To = items.Draw(t, "item"), heads.Draw(t, "from"), Sales
		case 2:
			e.From, e.To = Unapplied, Cash
		default:
			e.From, e.To, e.Corrects = Cash, Unapplied, ids.Draw(t, "corrects")
		}
		entries = append(entries, e)
	}
	for range rapid.IntRange(0, 20).Draw(t, "allocations") {
		allocations = append(allocations, Allocation{Entry: ids.Draw(t, "payment"), Item: items.Draw(t, "set against"),
			Head: heads.Draw(t, "under"), Minor: rapid.Int64Range(-500, 1_000_000).Draw(t, "amount")})
	}
	return entries, allocations
}

// TestReplayTiesToThePostings: whatever is posted and allocated, in whatever order of
// ids, what is open less what is unapplied is the balance of the postings alone; the
// totals are those of all items and credits.
func TestReplayTiesToThePostings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Replay
		var postings, balance int64
		entries, allocations := drawFacts(t)
		for i := range entries {
			r.Entry(&entries[i])
			postings += entries[i].Debits() - entries[i].Credits()
		}
		for i := range allocations {
			r.Allocation(&allocations[i])
		}
		for h := Principal; h <= Cost; h++ {
			var open int64
			for item := int64(12); item >= 1; item-- {
				open += r.Open(item, h)
			}
			if open != r.OpenTotal(h) {
				t.Fatalf("under head %d all items owe %d, in total %d", h, open, r.OpenTotal(h))
			}
			balance += open
		}
		var left int64
		for entry := int64(1); entry <= 30; entry++ {
			left += r.Credit(entry)
		}
		if left != r.CreditTotal() || balance-left != postings {
			t.Fatalf("open %d, unapplied %d (in total %d); the postings say %d", balance, left, r.CreditTotal(), postings)
		}
	})
}

// TestReplayKeepsItemsApart: each item owes what a plain sum by item says.
func TestReplayKeepsItemsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Replay
		type claim struct {
			item int64
			head Head
		}
		owed, left := map[claim]int64{}, map[int64]int64{}
		entries, allocations := drawFacts(t)
		for i := range entries {
			e := &entries[i]
			r.Entry(e)
			switch {
			case e.To.OfClaim():
				owed[claim{e.Item, e.To}] += e.Minor
			case e.From.OfClaim():
				owed[claim{e.Item, e.From}] -= e.Minor
			case e.From == Unapplied:
				left[e.ID] += e.Minor
			default:
				left[e.Corrects] -= e.Minor
			}
		}
		for i := range allocations {
			a := &allocations[i]
			r.Allocation(a)
			owed[claim{a.Item, a.Head}] -= a.Minor
			left[a.Entry] -= a.Minor
		}
		for c, want := range owed {
			if got := r.Open(c.item, c.head); got != want {
				t.Fatalf("item %d owes %d under head %d, want %d", c.item, got, c.head, want)
			}
		}
		for entry, want := range left {
			if got := r.Credit(entry); got != want {
				t.Fatalf("of entry %d %d are left, want %d", entry, got, want)
			}
		}
	})
}

package book

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

func TestBucketEdges(t *testing.T) {
	due := cal.MustParse("2026-03-02")
	for _, c := range []struct{ late, bucket int }{
		{-400, NotDue}, {0, NotDue}, {1, Days1to30}, {30, Days1to30}, {31, Days31to60}, {60, Days31to60},
		{61, Days61to90}, {90, Days61to90}, {91, Days91to120}, {120, Days91to120}, {121, Days121to180},
		{180, Days121to180}, {181, Days181to365}, {365, Days181to365}, {366, Days366up}, {4000, Days366up},
	} {
		if got := Bucket(due, due.AddDays(c.late)); got != c.bucket {
			t.Errorf("%d days late: %s, want %s", c.late, BucketNames[got], BucketNames[c.bucket])
		}
	}
	if got := Bucket(cal.None, due); got != NotDue {
		t.Errorf("no due date: %s, want never overdue", BucketNames[got])
	}
}

func TestAgingTotals(t *testing.T) {
	var a, b Aging
	a.Buckets[NotDue].Add(100)
	a.Buckets[Days1to30].Add(250)
	b.Buckets[Days1to30].Add(50)
	b.Credits.Add(-30)
	a.Merge(&b)
	if got, want := a.Buckets[Days1to30], (Sum{2, 300}); got != want {
		t.Errorf("merged bucket %+v, want %+v", got, want)
	}
	if got, want := a.Total(), (Sum{4, 370}); got != want {
		t.Errorf("total %+v, want %+v: credits reduce the balance", got, want)
	}
}

// invoice and payment of one account, on the days and by the commands of a story.
func story() ([]Entry, []Allocation) {
	day := cal.MustParse
	return []Entry{
			{ID: 1, Seq: 1, Item: 7, Kind: EntryInvoice, Day: day("2026-01-10"), Currency: "EUR",
				From: Sales, To: Principal, Minor: 100_00},
			{ID: 2, Seq: 1, Item: 5, Kind: EntryInvoice, Day: day("2026-01-20"), Currency: "EUR",
				From: Sales, To: Principal, Minor: 40_00},
			{ID: 3, Seq: 2, Kind: EntryPayment, Day: day("2026-02-01"), Currency: "EUR",
				From: Unapplied, To: Cash, Minor: 120_00},
			{ID: 4, Seq: 4, Kind: EntryPayment, Day: day("2026-02-01"), Currency: "EUR",
				From: Cash, To: Unapplied, Minor: 120_00, Corrects: 3},
		}, []Allocation{
			{ID: 1, Seq: 2, Entry: 3, Item: 7, Head: Principal, Minor: 100_00, Day: day("2026-02-01")},
			{ID: 2, Seq: 4, Entry: 3, Item: 7, Head: Principal, Minor: -100_00, Day: day("2026-02-01"), Corrects: 1},
		}
}

// TestReplayAsOfAndAsKnown folds one story to several days and as it was known
// after several commands.
func TestReplayAsOfAndAsKnown(t *testing.T) {
	for _, c := range []struct {
		name              string
		day               string
		seq               int64
		first, second     int64 // open of the items 7 and 5
		unapplied, ledger int64
	}{
		{"before anything", "2026-01-09", 9, 0, 0, 0, 0},
		{"one invoice", "2026-01-10", 9, 100_00, 0, 0, 100_00},
		{"the day before the payment", "2026-01-31", 2, 100_00, 40_00, 0, 140_00},
		{"paid, as known then", "2026-02-01", 2, 0, 40_00, 20_00, 20_00},
		{"the payment was an error, as known now", "2026-02-01", 4, 100_00, 40_00, 0, 140_00},
		{"paid, before it was recorded", "2026-02-01", 1, 100_00, 40_00, 0, 140_00},
	} {
		r := NewReplay(cal.MustParse(c.day), c.seq)
		entries, allocations := story()
		for i := range entries {
			r.Entry(&entries[i])
		}
		for i := range allocations {
			r.Allocation(&allocations[i])
		}
		if r.Open(7, Principal) != c.first || r.Open(5, Principal) != c.second || r.Credit(3) != c.unapplied ||
			r.Control()["EUR"] != c.ledger {
			t.Errorf("%s: open %d and %d, unapplied %d, balance %d, want %+v", c.name, r.Open(7, Principal),
				r.Open(5, Principal), r.Credit(3), r.Control()["EUR"], c)
		}
		r.Reset()
		if r.Open(7, Principal) != 0 || r.Credit(3) != 0 || r.Control()["EUR"] != c.ledger {
			t.Errorf("%s: a reset keeps the account or loses the balance", c.name)
		}
	}
}

// TestReplayTiesToTheControl: whatever is posted and allocated, what is open less
// what is unapplied is the balance of the postings alone.
func TestReplayTiesToTheControl(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := cal.MustParse("2026-06-30")
		r := NewReplay(day, 1000)
		var items, payments []int64
		heads := []Head{Principal, Interest, Compensation, Fee, Cost}
		entries := rapid.IntRange(1, 40).Draw(t, "entries")
		for id := int64(1); id <= int64(entries); id++ {
			e := Entry{ID: id, Seq: rapid.Int64Range(1, 1500).Draw(t, "seq"), Currency: "GBP",
				Day:   day.AddDays(rapid.IntRange(-30, 10).Draw(t, "day")),
				Minor: rapid.Int64Range(1, 1_000_000).Draw(t, "minor")}
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				e.Item = rapid.Int64Range(1, 12).Draw(t, "item")
				e.From, e.To = Sales, rapid.SampledFrom(heads).Draw(t, "head")
				items = append(items, e.Item)
			case 1:
				e.From, e.To = Unapplied, Cash
				payments = append(payments, id)
			default:
				e.From, e.To = Cash, Unapplied
				payments = append(payments, id)
			}
			r.Entry(&e)
		}
		if len(items) > 0 && len(payments) > 0 {
			for range rapid.IntRange(0, 20).Draw(t, "allocations") {
				r.Allocation(&Allocation{Entry: rapid.SampledFrom(payments).Draw(t, "payment"),
					Item: rapid.SampledFrom(items).Draw(t, "to"), Head: rapid.SampledFrom(heads).Draw(t, "to head"),
					Minor: rapid.Int64Range(-500, 1_000_000).Draw(t, "amount"), Day: day})
			}
		}
		var balance int64
		for item := int64(1); item <= 12; item++ {
			for _, h := range heads {
				balance += r.Open(item, h)
			}
		}
		for _, p := range payments {
			balance -= r.Credit(p)
		}
		if want := r.Control()[money.Currency("GBP")]; balance != want {
			t.Fatalf("open less unapplied is %d, the postings say %d", balance, want)
		}
	})
}

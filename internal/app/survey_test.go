package app

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// overdueByAging is what the aging says is overdue in a currency today.
func (b *testBook) overdueByAging(c money.Currency) (open, overdue int64) {
	b.t.Helper()
	r, err := b.Aging(b.ctx, AgingRequest{})
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range r.Currencies {
		if r.Currencies[i].Currency == c {
			for k, sum := range r.Currencies[i].Buckets {
				open += sum.AmountMinor
				if k != book.NotDue {
					overdue += sum.AmountMinor
				}
			}
		}
	}
	return open, overdue
}

func (b *testBook) today() TodayFigures {
	b.t.Helper()
	r, err := b.Today(b.ctx, "")
	if err != nil {
		b.t.Fatal(err)
	}
	f := r.Creditors[0].Figures[0]
	if open, overdue := b.overdueByAging(f.Currency); open != f.Open.Minor || overdue != f.Overdue.Minor {
		b.t.Errorf("open %d, overdue %d; the aging says %d and %d", f.Open.Minor, f.Overdue.Minor, open, overdue)
	}
	return f
}

func (b *testBook) pay(ref, amount, day string) {
	b.t.Helper()
	m, err := money.Parse(amount, "GBP")
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.Pay(b.ctx, tester, PayRequest{Ref: ref, Amount: m, On: cal.MustParse(day)}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *testBook) holdBack(ref string, kind book.HoldKind, amount string, until string) {
	b.t.Helper()
	h := HoldRequest{Ref: ref, Kind: kind, Reason: "test", From: cal.None, Until: cal.ParseBytes([]byte(until))}
	if amount != "" {
		h.Amount, _ = money.Parse(amount, "GBP")
	}
	if _, err := b.AddHold(b.ctx, tester, h); err != nil {
		b.t.Fatal(err)
	}
}

// TestTodayFigures follows the figures of the first page through a morning, each time
// beside the aging. 2026-03-06 is a Friday.
func TestTodayFigures(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-06")
		b.addCustomers(newCustomer{number: "A", kind: "company", country: "GB", email: "a@a.example"},
			newCustomer{number: "B", kind: "company", country: "GB"}, newCustomer{number: "C", kind: "consumer", country: "GB"})
		b.addItems(newItem{customer: "A", number: "A1", due: "2026-02-04", minor: 100_00},
			newItem{customer: "A", number: "A2", due: "2026-03-05", minor: 200_00},
			newItem{customer: "A", number: "A3", due: "2026-03-06", minor: 50_00}, // due today is not overdue
			newItem{customer: "B", number: "B1", due: "2026-01-01", minor: 700_00},
			newItem{customer: "C", number: "C1", due: "2026-01-01", minor: 9_00})
		f := b.today()
		if f.Overdue.Minor != 1009_00 || f.OverdueCustomers != 3 || f.Actionable.Minor != 1000_00 || f.ActionableCustomers != 2 {
			t.Errorf("at first: %+v", f)
		}
		if f.Largest.Customer != "B" || f.Largest.SharePct != 69 || f.Largest.Name != "B Ltd" {
			t.Errorf("largest %+v", f.Largest)
		}
		if f.Expected.Minor != 50_00 || f.ExpectedUntil != cal.MustParse("2026-03-08") {
			t.Errorf("expected %v by %v", f.Expected, f.ExpectedUntil)
		}
		b.holdBack("item:A2", book.HoldDispute, "80.00", "")
		b.holdBack("item:B1", book.HoldPromise, "", "2026-03-08")
		b.pay("item:A1", "30.00", "2026-03-05")
		b.pay("customer:A", "400.00", "2026-03-04") // before the last business day
		f = b.today()
		if f.Disputed.Minor != 0 || f.Promised.Minor != 700_00 || f.CameIn.Minor != 30_00 || f.CameInCount != 1 {
			t.Errorf("then: %+v", f)
		}
		if f.Expected.Minor != 700_00 || f.Actionable.Minor != 0 {
			t.Errorf("then expected %v, to chase %v", f.Expected, f.Actionable)
		}
		b.goTo(cal.MustParse("2026-03-09"))
		if f = b.today(); f.CameIn.Minor != 0 || f.CameInSince != cal.MustParse("2026-03-06") {
			t.Errorf("on Monday: %+v", f)
		}
	})
}

// TestSurveyOfLaterPayments holds that money of a day to come does not count before it.
func TestSurveyOfLaterPayments(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-06")
		b.addCustomers(newCustomer{number: "A", kind: "company", country: "GB"}, newCustomer{number: "B", kind: "company", country: "GB"},
			newCustomer{number: "Z", kind: "company", country: "GB"})
		b.addItems(newItem{customer: "A", number: "A1", due: "2026-02-04", minor: 100_00},
			newItem{customer: "B", number: "B1", due: "2026-02-04", minor: 100_00},
			newItem{customer: "Z", number: "Z1", due: "2026-02-04", minor: 100_00})
		b.do("pay_later", func(w *recorder) error {
			for customer, minor := range map[string]int64{"A": 100_00, "B": 40_00} {
				item := b.item[customer+"1"]
				e := credited(book.EntryPayment, money.Money{Minor: minor, Currency: "GBP"}, cal.MustParse("2026-03-10"))
				var err error
				if e.ID, err = w.NextIDs("entry", 1); err != nil {
					return err
				}
				entries, allocations := w.Insert("entry"), w.Insert("allocation")
				if err := putEntry(entries, b.customer[customer], w.Seq(), &e, 0, nil); err != nil {
					return err
				}
				id, err := w.NextIDs("allocation", 1)
				if err != nil {
					return err
				}
				if err := putAllocation(allocations, b.customer[customer], w.Seq(), &book.Allocation{ID: id, Entry: e.ID, Item: item,
					Head: book.Principal, Minor: minor, Day: e.Day}); err != nil {
					return err
				}
				if err := entries.Close(); err != nil {
					return err
				}
				if err := allocations.Close(); err != nil {
					return err
				}
				if err := w.refresh(cal.MustParse("2026-03-06"), b.customer[customer]); err != nil {
					return err
				}
			}
			return nil
		})
		if f := b.today(); f.Overdue.Minor != 300_00 || f.OverdueCustomers != 3 || f.CameIn.Minor != 0 {
			t.Errorf("before: %+v", f)
		}
		b.goTo(cal.MustParse("2026-03-10"))
		if f := b.today(); f.Overdue.Minor != 160_00 || f.OverdueCustomers != 2 || f.CameIn.Minor != 140_00 || f.CameInCount != 2 {
			t.Errorf("on the day: %+v", f)
		}
	})
}

func (b *testBook) olderSurvey() *survey {
	b.t.Helper()
	s, err := b.survey(MayBeOlder(b.ctx))
	if err != nil {
		b.t.Error(err)
	}
	return s
}

// TestSurveyIsMadeOnce holds that callers share a survey until something changes, and that
// a run alone does not make another at once; after a pause nobody sees an old one.
func TestSurveyIsMadeOnce(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-03-06")
	b.addCustomers(newCustomer{number: "A", kind: "company", country: "GB", email: "a@a.example"})
	b.addItems(newItem{customer: "A", number: "A1", due: "2026-02-04", minor: 100_00})
	survey := func() *survey {
		s, err := b.survey(b.ctx)
		if err != nil {
			t.Error(err)
		}
		return s
	}
	all := make([]any, 16)
	var wait sync.WaitGroup
	for i := range all {
		wait.Go(func() { all[i] = survey() })
	}
	wait.Wait()
	if slices.ContainsFunc(all, func(s any) bool { return s != all[0] }) {
		t.Error("callers at the same time got several surveys")
	}
	if survey() != all[0] {
		t.Error("another survey without a change")
	}
	b.do("run_batch", func(w *recorder) error { return nil })
	if survey() != all[0] {
		t.Error("another survey for a batch of a run")
	}
	b.seen.trueAt = time.Now().Add(-oldest - time.Millisecond)
	after := survey()
	if after == all[0] {
		t.Error("the survey from before a run that is long over")
	}
	b.pay("item:A1", "1.00", "2026-03-06")
	b.seen.trueAt = time.Now().Add(time.Hour)
	if b.olderSurvey() != after {
		t.Error("who may see what is a little older waited for another survey")
	}
	if survey() == after {
		t.Error("the same survey after a payment")
	}
	b.pay("item:A1", "1.00", "2026-03-06")
	b.seen.trueAt = time.Now().Add(-oldest - time.Millisecond)
	if f := b.olderSurvey(); f.lines[0].open != 98_00 {
		t.Errorf("after a pause the first reader sees %d open", f.lines[0].open)
	}
}

package app

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// TestWeeksAreTheAging holds that what a week says was overdue is the aging of its last
// day, over a ledger with payments, parts, payments taken back and write-offs.
func TestWeeksAreTheAging(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-04")
		random := rand.New(rand.NewPCG(7, 11))
		today := cal.MustParse("2026-03-04")
		var collected int64
		for c := range 3 {
			number := "C" + strconv.Itoa(c)
			b.addCustomers(newCustomer{number: number, kind: "company", country: "GB"})
			for i := range 10 {
				inv := number + "-" + strconv.Itoa(i)
				due := today.AddDays(20 - random.IntN(150))
				b.addItems(newItem{number, inv, due.String(), 10_000 + random.Int64N(9_000), book.Yes})
				if i%3 == 0 {
					continue
				}
				paid := min(today, due.AddDays(random.IntN(40)-10))
				minor := 1_000 + random.Int64N(9_000)
				r, err := b.Pay(b.ctx, tester, PayRequest{Ref: "item:" + inv, Amount: money.Money{Minor: minor, Currency: "GBP"}, On: paid})
				if err != nil {
					t.Fatal(err)
				}
				if i%5 == 1 {
					if err := b.Reverse(b.ctx, tester, "", "item:"+inv, r.Entry, paid); err != nil {
						t.Fatal(err)
					}
				} else if paid >= cal.MustParse("2025-12-08") {
					collected += minor
				}
			}
		}
		r, err := b.WeeksReport(b.ctx, ReportRequest{})
		if err != nil || len(r.Currencies) != 1 || len(r.Currencies[0].Weeks) != 13 {
			t.Fatalf("%+v, %v", r, err)
		}
		var sum int64
		for _, w := range r.Currencies[0].Weeks {
			a, err := b.Aging(b.ctx, AgingRequest{AsOf: w.To})
			if err != nil {
				t.Fatal(err)
			}
			var overdue int64
			for k, s := range a.Currencies[0].Buckets {
				if k != book.NotDue {
					overdue += s.AmountMinor
				}
			}
			if w.Overdue.Minor != overdue {
				t.Errorf("week to %v: overdue %d, the aging says %d", w.To, w.Overdue.Minor, overdue)
			}
			sum += w.Collected.Minor
		}
		if first := r.Currencies[0].Weeks[0]; first.From != cal.MustParse("2025-12-08") || r.Currencies[0].Weeks[12].To != today {
			t.Errorf("weeks from %v to %v", first.From, r.Currencies[0].Weeks[12].To)
		}
		if sum != collected {
			t.Errorf("collected %d in all weeks, want %d", sum, collected)
		}
		if long, err := b.WeeksReport(b.ctx, ReportRequest{Weeks: 52, Creditor: "*"}); err != nil || len(long.Currencies[0].Weeks) != 52 ||
			cmp.Diff(long.Currencies[0].Weeks[39:], r.Currencies[0].Weeks) != "" {
			t.Error("the last weeks of 52 are not those of 13:", err)
		}
		if _, err := b.WeeksReport(b.ctx, ReportRequest{Weeks: 54}); AsError(err).Code != "weeks_invalid" {
			t.Error(err)
		}
	})
}

func TestReasonsReport(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		for _, n := range [][2]string{{"item:A1", "no_po"}, {"item:B1", "no_po"}, {"customer:A", "no_po"}, {"customer:C", "oversight"}} {
			if _, err := b.LateReason(b.ctx, tester, "", n[0], n[1], "said on the phone"); err != nil {
				t.Fatal(err)
			}
		}
		r, err := b.ReasonsReport(b.ctx, ReportRequest{})
		want := []CauseCount{{"no_po", "No order number", 3, 2}, {"oversight", "Oversight", 1, 1}}
		if diff := cmp.Diff(want, r.Causes); diff != "" || err != nil || r.Total != 4 {
			t.Error(diff, err)
		}
		list, err := b.Reasons(b.ctx, ReportRequest{}, "no_po")
		if err != nil || len(list) != 3 || list[0].Customer != "A" || list[2].Document != "A1" || list[2].Text != "said on the phone" {
			t.Errorf("%+v, %v", list, err)
		}
		for _, cause := range LateReasons {
			if lateReasonWords[cause] == "" {
				t.Errorf("%s has no words", cause)
			}
		}
	})
}

func TestAvoidedReport(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	b.holdBack("item:INV-1", book.HoldAlreadyPaid, "", "")
	var o outTray
	o.outcome = Delivered
	if report := b.sendWith(&o); report.Sent != 0 {
		t.Fatalf("%+v", report)
	}
	r, err := b.AvoidedReport(b.ctx, ReportRequest{Weeks: 2})
	if err != nil || r.Total != 1 || r.Ever != 1 || r.Weeks[1].Count != 1 || r.Weeks[1].Causes["already_paid"] != 1 ||
		r.Causes[0].Text != "the customer says it is paid" {
		t.Errorf("%+v, %v", r, err)
	}
	list, err := b.Avoided(b.ctx, ReportRequest{}, "already_paid")
	if err != nil || len(list) != 1 || list[0].Step != "friendly" || list[0].Amount.Minor == 0 || list[0].Customer != "C1" {
		t.Errorf("%+v, %v", list, err)
	}
	today, err := b.Today(b.ctx, "")
	if err != nil || today.Creditors[0].AvoidedMonth != 1 || today.Creditors[0].AvoidedEver != 1 {
		t.Errorf("%+v, %v", today, err)
	}
	lane, err := b.Machine(b.ctx, "")
	if err != nil || len(lane.Stopped) != 1 || lane.Stopped[0].Count != 1 {
		t.Errorf("%+v, %v", lane, err)
	}
}

package app

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// lanesBook is a morning with work in every lane: twelve customers who are asked for money
// by mail, one without an address whom only a call reaches, one who disputes.
func lanesBook(t *testing.T, address string) *testBook {
	b := newTestBook(t, address, "GB", "2026-03-06")
	for _, n := range []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"} {
		b.addCustomers(newCustomer{number: n, kind: "company", country: "GB", email: "ap@" + strings.ToLower(n) + ".example"})
		b.addItems(newItem{customer: n, number: n + "1", due: "2026-02-27", minor: 100_00, agreed: book.Yes})
	}
	b.addCustomers(newCustomer{number: "PHONE", kind: "company", country: "GB"},
		newCustomer{number: "DISPUTE", kind: "company", country: "GB"}, newCustomer{number: "TINY", kind: "company", country: "GB"})
	b.addItems(newItem{customer: "PHONE", number: "P1", due: "2026-01-01", minor: 500_00},
		newItem{customer: "PHONE", number: "P2", due: "2026-02-01", minor: 20_00},
		newItem{customer: "DISPUTE", number: "DX1", due: "2026-02-01", minor: 800_00},
		newItem{customer: "TINY", number: "T1", due: "2026-02-01", minor: 8_00})
	b.holdBack("item:DX1", book.HoldDispute, "", "")
	return b
}

func TestLanes(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		calls, err := b.Calls(b.ctx, "main", "", 0)
		if err != nil || calls.Total != 13 || calls.Calls[0].Customer != "PHONE" || calls.Calls[0].Ask.Minor != 520_00 {
			t.Errorf("before the run: %+v, %v", calls, err)
		}
		if why := calls.Calls[0].Why; why != "2 invoices, the oldest 64 days overdue. No contact ever." {
			t.Error(why)
		}
		b.run(ApproveNone)
		lane, err := b.Machine(b.ctx, "")
		if err != nil || len(lane.Groups) != 1 || lane.Messages != 12 || lane.Customers != 12 {
			t.Fatalf("machine: %+v, %v", lane, err)
		}
		g := lane.Groups[0]
		if g.Count != 12 || g.Waiting != 12 || g.Amount.Minor != 1200_00 || g.PayBy == "" || g.PayBy != g.PayByLast {
			t.Errorf("group %+v", g)
		}
		if len(lane.Held) != 1 || lane.Held[0].Reason != "cash_stale" || lane.Held[0].Count != 12 {
			t.Errorf("held back %+v", lane.Held)
		}
		if calls, err = b.Calls(b.ctx, "", "", 0); err != nil || calls.Total != 1 || calls.Calls[0].Customer != "PHONE" {
			t.Errorf("after the run those written to are not called: %+v, %v", calls, err)
		}
		var all []int64
		for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
			page, err := b.Planned(b.ctx, PlannedFilter{Creditor: "main", Step: g.Step}, cursor, 5)
			if err != nil || n > 3 {
				t.Fatal(err, n)
			}
			for _, m := range page.Messages {
				all = append(all, m.Message)
			}
			cursor = page.Next
		}
		if len(all) != 12 || !ascending(all) {
			t.Errorf("pages: %v", all)
		}
	})
}

func ascending(ids []int64) bool {
	for i := 1; i < len(ids); i++ {
		if ids[i] <= ids[i-1] {
			return false
		}
	}
	return true
}

func TestMustDo(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		for i, due := range []string{"2026-03-09", "2026-03-05", "2026-03-06", "2026-03-06"} {
			b.do("task", func(w *recorder) error {
				return w.openTask(b.customer[string("ABCD"[i])], "post_letter", "GBP", "", 100_00, cal.MustParse(due))
			})
		}
		if _, err := b.Note(b.ctx, tester, NoteRequest{Ref: "customer:L", Text: "look again", Next: cal.MustParse("2026-03-07")}); err != nil {
			t.Fatal(err)
		}
		b.goTo(cal.MustParse("2026-03-07"))
		var got []string
		for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
			page, err := b.MustDo(b.ctx, "", cursor, 2)
			if err != nil || n > 3 || page.Total != 5 {
				t.Fatal(err, n, page.Total)
			}
			for _, line := range page.Tasks {
				got = append(got, line.DueDay.String()+" "+line.Customer+" "+line.Kind)
			}
			cursor = page.Next
		}
		want := "2026-03-05 B post_letter, 2026-03-06 C post_letter, 2026-03-06 D post_letter, 2026-03-07 L note, 2026-03-09 A post_letter"
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("got  %s\nwant %s", text, want)
		}
		if _, err := b.MustDo(b.ctx, "", "no-cursor", 2); AsError(err).Kind != Invalid {
			t.Error(err)
		}
	})
}

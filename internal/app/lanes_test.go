package app

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
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
		if err != nil || calls.Total != 1 || calls.Calls[0].Customer != "PHONE" || calls.Calls[0].Ask.Minor != 520_00 {
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

// TestOneContactADay: who is written to today is not on the call list, also if a call is a step
// of the strategy; where the message still waits for a person the line says so.
func TestOneContactADay(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-20")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes}, newItem{"C1", "INV-2", "2026-03-14", 60_000, book.Yes})
		o := outTray{outcome: Delivered}
		b.live(&o, "2026-03-05", "2026-03-17") // its call is due on the day of the other's reminder
		listed := func() []CallLine {
			page, err := b.Calls(b.ctx, "", "", 0)
			if err != nil {
				t.Fatal(err)
			}
			return page.Calls
		}
		if len(o.mails) != 3 || len(listed()) != 0 {
			t.Errorf("after %d mails: %+v", len(o.mails), listed())
		}
		b.at("2026-03-18", 9)
		if list := listed(); len(list) != 1 || !list[0].Task || list[0].Drafted {
			t.Errorf("on the day after: %+v", list)
		}
	})
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-20")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes}, newItem{"C1", "INV-2", "2026-03-14", 60_000, book.Yes})
	b.live(&outTray{outcome: Delivered}, "2026-03-05", "2026-03-16")
	b.at("2026-03-17", 9)
	b.run(ApproveNone)
	page, err := b.Calls(b.ctx, "", "", 0)
	if err != nil || len(page.Calls) != 1 || !page.Calls[0].Drafted || !strings.Contains(page.Calls[0].Why, "waits for its release") {
		t.Errorf("while the message waits: %+v, %v", page.Calls, err)
	}
}

// TestWorthACall: nobody is called without a step of the strategy below the sum from which it
// has calls, or while no later than usual.
func TestWorthACall(t *testing.T) {
	s := &survey{creditors: []surveyCreditor{{today: cal.MustParse("2026-03-20"), callFrom: func(key string) int64 {
		return map[string]int64{"firm": 250, "key_account": 0}[key] + map[string]int64{"": 500}[key]
	}}}, strategies: []string{"", "firm", "key_account"}, currencies: []money.Currency{"GBP"}}
	for _, c := range []struct {
		strategy int16
		ask      int64
		usual    lateness
		oldest   string
		worth    bool
	}{
		{0, 500_00, lateness{}, "2026-03-01", true},
		{0, 499_99, lateness{}, "2026-03-01", false},
		{1, 250_00, lateness{}, "2026-03-01", true},
		{2, 49_99, lateness{}, "2026-03-01", false},
		{2, 50_00, lateness{}, "2026-03-01", true},
		{0, 900_00, lateness{days: 26, n: 8}, "2026-02-25", false},
		{0, 900_00, lateness{days: 22, n: 8}, "2026-02-25", true},
		{0, 900_00, lateness{}, "2026-03-17", false},
	} {
		s.customers = []surveyCustomer{{strategy: c.strategy, usual: c.usual}}
		l := surveyLine{ask: c.ask, overdue: c.ask, oldest: cal.MustParse(c.oldest)}
		if got := s.uncalled(&l) == ""; got != c.worth {
			t.Errorf("%+v: %v", c, got)
		}
	}
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
		for i, task := range []string{"post_letter 2026-03-09", "post_letter 2026-03-05", "post_letter 2026-03-06",
			"post_letter 2026-03-06", "no_contact 2026-01-02", "decide 2026-02-02", "address_failed 2026-03-06", "debtor_copy 2026-03-09",
			"debtor_dispute 2026-03-05"} {
			kind, due, _ := strings.Cut(task, " ")
			b.do("task", func(w *recorder) error {
				return w.openTask(b.customer[string("ABCDEFGHI"[i])], kind, "GBP", "", 100_00, cal.MustParse(due))
			})
		}
		if _, err := b.Note(b.ctx, tester, NoteRequest{Ref: "customer:L", Text: "look again", Next: cal.MustParse("2026-03-07")}); err != nil {
			t.Fatal(err)
		}
		b.goTo(cal.MustParse("2026-03-07"))
		var got []string
		for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
			page, err := b.MustDo(b.ctx, "", cursor, 2)
			if err != nil || n > 5 || page.Total != 10 {
				t.Fatal(err, n, page.Total)
			}
			for _, line := range page.Tasks {
				got = append(got, line.DueDay.String()+" "+line.Customer+" "+line.Kind)
			}
			cursor = page.Next
		}
		want := "2026-03-05 B post_letter, 2026-03-06 C post_letter, 2026-03-06 D post_letter, 2026-03-09 A post_letter, " +
			"2026-03-05 I debtor_dispute, 2026-03-09 H debtor_copy, 2026-03-07 L note, 2026-03-06 G address_failed, " +
			"2026-02-02 F decide, 2026-01-02 E no_contact"
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("got  %s\nwant %s", text, want)
		}
		if _, err := b.MustDo(b.ctx, "", "no-cursor", 2); AsError(err).Kind != Invalid {
			t.Error(err)
		}
	})
}

package app

import (
	"context"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// TestCall: what came of a call is the last contact, ends the open call of the ladder, comes
// back on the day of the next step, and is refused without one.
func TestCall(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		b.do("call task", func(w *recorder) error {
			return b.insert(w, "task", map[string]any{"task_id": 900, "customer_id": b.customer["PHONE"], "kind": "call",
				"step": "call_1", "currency": "GBP", "due_day": cal.MustParse("2026-03-06"), "role": "collector", "state": "open"})
		})
		next := cal.MustParse("2026-03-09")
		ask := CallRequest{Creditor: "main", Ref: "customer:PHONE", Outcome: "no_answer", Text: "rang twice", Next: next}
		for field, c := range map[string]CallRequest{
			"outcome": {Ref: ask.Ref, Outcome: "fine", Next: next},
			"next":    {Ref: ask.Ref, Outcome: "reached"},
		} {
			c.Creditor = "main"
			if _, err := b.Call(b.ctx, tester, c); AsError(err).Code != "note_invalid" || AsError(err).Where.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		past := ask
		past.Next = cal.MustParse("2026-03-06")
		if _, err := b.Call(b.ctx, tester, past); AsError(err).Code != "note_invalid" {
			t.Errorf("a next step today: %v", err)
		}
		if _, err := b.Call(b.ctx, tester, ask); err != nil {
			t.Fatal(err)
		}
		calls, err := b.Calls(b.ctx, "main", "", 0)
		if err != nil || calls.Calls[0].Customer != "PHONE" || calls.Calls[0].Task || calls.Calls[0].Contact == nil ||
			*calls.Calls[0].Contact != (Contact{cal.MustParse("2026-03-06"), "call", "no_answer"}) {
			t.Errorf("call list %+v, %v", calls.Calls[0], err)
		}
		if _, err := b.Call(b.ctx, tester, ask); err != nil {
			t.Fatal(err)
		}
		told, err := b.Timeline(b.ctx, b.customer["PHONE"], "", 2)
		if err != nil || told.Lines[0].Text != "Call: no answer, to look at again on 2026-03-09." || told.Lines[1].Text != told.Lines[0].Text {
			t.Errorf("timeline %+v, %v", told.Lines, err)
		}
		b.goTo(next)
		page, err := b.MustDo(b.ctx, "main", "", 0)
		if err != nil || page.Total != 1 || page.Tasks[0].Customer != "PHONE" {
			t.Errorf("on the day of the next step: %+v, %v", page, err)
		}
	})
}

// TestUncalled: every account is on the call list or among those left out, once.
func TestUncalled(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		b.addCustomers(newCustomer{number: "NEW", kind: "company", country: "GB"}, newCustomer{number: "DAYS", kind: "company", country: "GB"})
		b.addItems(newItem{customer: "DAYS", number: "Y1", due: "2026-03-04", minor: 900_00})
		b.run(ApproveNone)
		list, err := b.Uncalled(context.Background(), "main")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, u := range list {
			got[u.Reason] = u.Accounts
		}
		for reason, want := range map[string]int{UncalledNothing: 1, UncalledExcluded: 0, UncalledHeld: 1, UncalledCredit: 0,
			UncalledContacted: 12, UncalledOnItsWay: 1, UncalledSmall: 1} {
			if got[reason] != want {
				t.Errorf("%s: %d, want %d", reason, got[reason], want)
			}
		}
	})
}

// TestCustomersFigures: the figures of a customer's page are those of the lists, and its items
// say what holds them and what they were told last.
func TestCustomersFigures(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		b.run(ApproveAll)
		b.sendAll()
		page, err := b.ListCustomers(b.ctx, CustomerFilter{}, "", "", 50)
		if err != nil || len(page.Customers) != 15 {
			t.Fatal(len(page.Customers), err)
		}
		for _, row := range page.Customers {
			v, err := b.Customer(b.ctx, row.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range v.Balances {
				if k.Currency == row.Open.Currency && k.Actionable != row.Ask.Decimal() {
					t.Errorf("%s: actionable %s, the list has %s", row.Customer, k.Actionable, row.Ask.String())
				}
			}
		}
		v, err := b.Customer(b.ctx, b.customer["DISPUTE"])
		if err != nil || v.Balances[0].Disputed != "800.00" || v.Balances[0].Actionable != "0.00" ||
			len(v.Items[0].Held) != 1 || v.Items[0].Held[0] != book.HoldDispute {
			t.Errorf("disputed: %+v, %+v, %v", v.Balances, v.Items, err)
		}
		if v, err = b.Customer(b.ctx, b.customer["A"]); err != nil || v.Items[0].Told != "opening" || v.Items[0].ToldOn == "" {
			t.Errorf("told: %+v, %v", v.Items, err)
		}
	})
}

package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// TestHeadsOfAMessage: lists and explanations show the total that a message claims,
// by head, as the message itself does; what is only offered is no part of it.
func TestHeadsOfAMessage(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example",
		address: "1 High Street\nYork"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 600_000, book.Yes})
	seen := map[string]bool{}
	for day := cal.MustParse("2026-03-05"); day <= cal.MustParse("2026-04-02"); day++ {
		b.goTo(day)
		b.run(ApproveAll)
		list, err := b.Outbox(b.ctx, OutboxFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if m := &list[i]; m.Day == day {
				seen[m.Step] = true
				b.checkHeads(m)
			}
		}
		b.approvePersonal()
		b.sendAll()
	}
	if !seen["friendly"] || !seen["formal"] || !seen["final_demand"] {
		t.Errorf("messages: %v", seen)
	}
}

func (b *testBook) checkHeads(m *OutboxMessage) {
	b.t.Helper()
	h := m.Claimed
	minor := func(decimal string) int64 {
		if decimal == "" {
			return 0
		}
		v, err := money.Parse(decimal, m.Currency)
		if err != nil {
			b.t.Fatal(err)
		}
		return v.Minor
	}
	if h.Principal != m.Amount || minor(h.Total) != minor(h.Principal)+minor(h.Interest)+minor(h.Compensation) {
		b.t.Errorf("%s: %s asked for, heads %+v", m.Step, m.Amount, h)
	}
	claims, offers := minor(h.Compensation) == 7000, minor(h.OfferedCompensation) == 7000
	if claims != (m.Step == "final_demand") || offers != (m.Step == "formal") ||
		claims != (minor(h.Interest) > 0) || offers != (minor(h.OfferedInterest) > 0) {
		b.t.Errorf("%s: heads %+v", m.Step, h)
	}
	text, err := b.Preview(b.ctx, m.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	if !strings.Contains(strings.ReplaceAll(text.Text, ",", ""), h.Total) {
		b.t.Errorf("%s: the message does not ask for %s:\n%s", m.Step, h.Total, text.Text)
	}
	e, err := b.Explain(b.ctx, ExplainRequest{Customer: b.customer["C1"], On: m.Day})
	if err != nil {
		b.t.Fatal(err)
	}
	if last := e.Messages[len(e.Messages)-1]; m.Step == last.Step && last.Claimed != h {
		b.t.Errorf("%s: explained as %+v, listed as %+v", m.Step, last.Claimed, h)
	}
}

// TestExplainTellsWhatIsStale: a decision is no longer the stored one when a fact came in,
// a message left, or a setting changed, until the next run.
func TestExplainTellsWhatIsStale(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		check := func(when, want string) {
			t.Helper()
			e, err := b.Explain(b.ctx, ExplainRequest{Customer: b.customer["C1"], On: cal.None})
			if err != nil || e.Source+e.StaleBy != want {
				t.Errorf("%s: source %s %s, %v, expected %s", when, e.Source, e.StaleBy, err, want)
			}
		}
		check("after the run", "stored")
		if err := b.SetSetting(b.ctx, tester, "main", SettingPolicy+"brake_factor", "5"); err != nil {
			t.Fatal(err)
		}
		check("after a setting", "staleinputs")
		b.run(ApproveAll)
		check("after the next run", "stored")
		b.sendWith(&outTray{outcome: Delivered})
		check("after the sending", "staleaccount")
	})
}

// TestExplainTellsEnds: a message that was ended stands in the explanation with who
// ended it and why; a proposal that only lapsed does not.
func TestExplainTellsEnds(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		list, err := b.Outbox(b.ctx, OutboxFilter{})
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v", list, err)
		}
		anna := Request{Actor: "anna", Reason: "they rang"}
		if _, err := b.Reject(b.ctx, anna, []int64{list[0].ID}); err != nil {
			t.Fatal(err)
		}
		b.at("2026-03-06", 6)
		b.run(ApproveNone) // a proposal, which lapses
		b.at("2026-03-09", 6)
		b.run(ApproveAll)
		if _, err := b.Pay(b.ctx, tester, PayRequest{Ref: "INV-1",
			Amount: money.Money{Minor: 60_000, Currency: "GBP"}}); err != nil {
			t.Fatal(err)
		}
		b.at("2026-03-09", 10)
		b.knowCash("2026-03-06")
		b.sendWith(&outTray{outcome: Delivered})
		e, err := b.Explain(b.ctx, ExplainRequest{Customer: b.customer["C1"], On: cal.None})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range e.Messages {
			if m.Ended == nil || m.Ended.At.IsZero() {
				t.Fatalf("no end: %+v", m)
			}
			got = append(got, strings.Join([]string{m.Day, m.State, m.Claimed.Total, m.Ended.By, m.Ended.Reason,
				m.Ended.Why}, " "))
		}
		want := []string{"2026-03-05 rejected 600.00 anna refused_by_person they rang",
			"2026-03-09 stopped 600.00 test paid_since_planning "}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// TestExplainedStops: why the last look stopped a message is told with its days and names.
func TestExplainedStops(t *testing.T) {
	for want, stop := range map[string]func(*testBook){
		"Paused until 2026-03-08.":   func(b *testBook) { b.hold("customer:C1", book.HoldPause, "2026-03-08") },
		"Disputed since 2026-03-05.": func(b *testBook) { b.hold("item:INV-1", book.HoldDispute, "") },
		"No strategy applies: a consumer; Recoup is for business debts.": func(b *testBook) {
			kind := "consumer"
			b.change(CustomerChange{Kind: &kind})
		},
	} {
		onBothEngines(t, func(t *testing.T, address string) {
			b := friendlyBook(t, address)
			stop(b)
			b.sendWith(&outTray{outcome: Delivered})
			e := b.explained("C1")
			if len(e.Messages) != 1 || e.Messages[0].Ended == nil || e.Messages[0].Ended.Text != want {
				t.Errorf("%+v, expected %q", e.Messages, want)
			}
		})
	}
}

// TestExplainedEnds: the sentence of an end names what its code leaves open; the end of a
// promise asks for nothing, and shows no amount.
func TestExplainedEnds(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.at("2026-03-06", 6) // its day is over
		b.run(ApproveAll)
		b.at("2026-03-06", 10)
		b.knowCash("2026-03-06")
		b.sendWith(&outTray{outcome: Rejection})
		b.hold("item:INV-1", book.HoldPromise, "2026-03-10")
		b.at("2026-03-13", 6)
		b.knowCash("2026-03-12")
		b.run(ApproveNone)
		e := b.explained("C1")
		var ends []string
		for _, m := range e.Messages {
			if m.Ended != nil {
				ends = append(ends, m.Ended.Text)
			}
		}
		want := []string{"The text was made for 2026-03-05 and is not sent later.",
			"The mail server refused it: the server's words."}
		if diff := cmp.Diff(want, ends); diff != "" {
			t.Errorf("ends (-want +got)\n%s", diff)
		}
		k := slices.IndexFunc(e.Decision.Actions, func(a ExplainedAction) bool { return a.Hold != 0 })
		if k < 0 || e.Decision.Actions[k].Amount != "" || e.Decision.Actions[k].Curr != "" {
			t.Errorf("actions %+v", e.Decision.Actions)
		}
	})
}

// TestExplainedStop: what was stopped for all of a creditor is explained by that, not by what
// a server had answered before.
func TestExplainedStop(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.sendWith(&outTray{outcome: Later})
		if err := b.SetSetting(b.ctx, tester, "main", "bank.account", "87654321"); err != nil {
			t.Fatal(err)
		}
		e := b.explained("C1")
		if len(e.Messages) != 1 || e.Messages[0].Ended == nil || e.Messages[0].Reason != "bank_changed" {
			t.Fatalf("%+v", e.Messages)
		}
		if text := e.Messages[0].Ended.Text; text != "" {
			t.Errorf("bank_changed is explained by %q", text)
		}
	})
}

// TestExplainOfAnItemTellsItsOwnMessages: a message about other items of the customer is
// told of the customer, not of the item.
func TestExplainOfAnItemTellsItsOwnMessages(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	b.addItems(newItem{"C1", "OLD", "2026-03-02", 60_000, book.Yes}, newItem{"C1", "NEW", "2026-04-02", 60_000, book.Yes})
	b.goTo(cal.MustParse("2026-03-05"))
	b.run(ApproveAll)
	for item, want := range map[string]int{"": 1, "OLD": 1, "NEW": 0} {
		e, err := b.Explain(b.ctx, ExplainRequest{Customer: b.customer["C1"], Item: b.item[item], On: cal.None})
		if err != nil || len(e.Messages) != want {
			t.Errorf("item %q: %+v, %v; expected %d messages", item, e.Messages, err, want)
		}
	}
}

package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// TestAPersonsLineStays: a person's line outlives the proposal it was written into. A
// proposal whose figures are the same stays; one that is made anew, the same day or on a
// later one, has the line; and what has the line is not released automatically.
func TestAPersonsLineStays(t *testing.T) {
	const line = "Thank you for the call this morning."
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.at("2026-03-05", 6)
		b.knowCash("2026-03-04")
		b.run(ApproveNone)
		first := b.waitingIDs()
		if _, err := b.Edit(b.ctx, tester, first, line); err != nil {
			t.Fatal(err)
		}
		wait := func(when string, same bool, want string) {
			t.Helper()
			ids := b.waitingIDs()
			if len(ids) != 1 || slices.Equal(ids, first) != same {
				t.Fatalf("%s: messages %v, first %v", when, ids, first)
			}
			p, err := b.Preview(b.ctx, ids[0])
			if err != nil || strings.Contains(p.Text, line) != (want != "") {
				t.Errorf("%s: line %q expected, %v:\n%s", when, want, err, p.Text)
			}
			first = ids
		}
		if err := b.SetSetting(b.ctx, tester, "main", "sender.phone", "0113 496 0000"); err != nil {
			t.Fatal(err)
		}
		b.run(ApproveNone)
		wait("after a setting changed", true, line)

		if err := b.SetSetting(b.ctx, tester, "main", SettingAuto+"standard.friendly", "yes"); err != nil {
			t.Fatal(err)
		}
		b.run(ApproveNone)
		wait("after automatic mode was switched on", true, line)

		if _, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: "item:INV-1", Kind: book.HoldDispute, Until: cal.None,
			Amount: money.Money{Minor: 5_000, Currency: "GBP"}, Reason: "one box was broken"}); err != nil {
			t.Fatal(err)
		}
		b.run(ApproveNone)
		wait("after the figures changed", false, line)

		b.at("2026-03-07", 6) // a Saturday
		b.run(ApproveNone)
		if ids := b.waitingIDs(); len(ids) != 0 {
			t.Fatalf("on Saturday: %v", ids)
		}
		b.at("2026-03-09", 6)
		b.knowCash("2026-03-09")
		b.run(ApproveNone)
		wait("on Monday", false, line)

		if _, err := b.Edit(b.ctx, tester, first, ""); err != nil {
			t.Fatal(err)
		}
		if err := b.SetSetting(b.ctx, tester, "main", SettingAuto+"standard.friendly", ""); err != nil {
			t.Fatal(err)
		}
		b.at("2026-03-10", 6)
		b.run(ApproveNone)
		wait("after the line was taken out", false, "")
	})
}

// TestAnOpeningStatementStays: a proposed opening statement keeps its place in the backlog
// and its number when the customers are looked at once more on its day.
func TestAnOpeningStatementStays(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-05")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-01-05", 60_000, book.Yes})
		b.run(ApproveNone)
		first := b.waitingIDs()
		b.touchAll()
		report := b.run(ApproveNone)
		if ids := b.waitingIDs(); len(first) != 1 || !slices.Equal(ids, first) ||
			!slices.Equal(b.messages("C1"), []string{"2026-03-05 opening email proposed"}) {
			t.Errorf("first %v, then %v: %q", first, ids, b.messages("C1"))
		}
		if report.DecisionsByAction["opening"] != 1 || report.AwaitingPerson != 1 {
			t.Errorf("report: %+v", report)
		}
	})
}

// TestTheSendersAddressIsAnInput: mails under way are judged and written anew when the
// address they come from changes.
func TestTheSendersAddressIsAnInput(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	if err := b.SetSetting(b.ctx, tester, "main", SettingMailFrom, "office@northgate.example"); err != nil {
		t.Fatal(err)
	}
	if report := b.run(ApproveNone); report.LookedAt != 1 {
		t.Errorf("looked at %d customers", report.LookedAt)
	}
}

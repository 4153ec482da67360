package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// TestRunAfterDaysWithoutRun: with weeks between the runs a customer gets the one step
// that is due each time, no step is skipped and none comes twice; what needs cash known
// up to date waits for it.
func TestRunAfterDaysWithoutRun(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example", address: "1 High Street\nYork"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.at("2026-03-05", 10)
		b.run(ApproveAll) // friendly is released for 5 March and never sent
		var o outTray
		o.outcome = Delivered
		var got []string
		for _, day := range []string{"2026-03-26", "2026-04-22", "2026-05-20", "2026-06-17", "2026-07-15", "2026-08-12", "2026-09-09"} {
			b.at(day, 11)
			report := b.run(ApproveAll)
			b.approvePersonal()
			if sent := b.sendWith(&o); sent.Sent != 0 {
				t.Errorf("%s: %d messages left though nobody looked at the bank", day, sent.Sent)
			}
			b.knowCash(cal.MustParse(day).AddDays(-1).String())
			sent := b.sendWith(&o)
			b.sendAll() // and the letters are posted
			for step, n := range report.DecisionsByAction {
				if step != "none" {
					got = append(got, day+" "+step)
				}
				if n != 1 {
					t.Errorf("%s: %s %d times", day, step, n)
				}
			}
			if sent.Sent > 1 || len(report.DecisionsByAction) != 1 {
				t.Errorf("%s: %d mails, %v", day, sent.Sent, report.DecisionsByAction)
			}
			if again := b.run(ApproveAll); again.MessagesQueued+again.TasksRaised != 0 {
				t.Errorf("%s: the same day again: %+v", day, again)
			}
		}
		want := []string{"2026-03-26 friendly", "2026-04-22 call_1", "2026-05-20 formal", "2026-06-17 call_2", "2026-07-15 final_demand",
			"2026-08-12 decide"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		wantMessages := []string{"2026-03-26 friendly email sent", "2026-05-20 formal email sent", "2026-07-15 final_demand letter sent",
			"2026-07-15 final_demand email sent"}
		if diff := cmp.Diff(wantMessages, b.messages("C1")); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	})
}

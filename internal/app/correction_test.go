package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// TestBrakeLeavesACorrection: a brake that trips on the day of a correction neither
// holds it nor takes from it what it corrects.
func TestBrakeLeavesACorrection(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		o := outTray{outcome: Delivered}
		b.sendWith(&o)
		list, err := b.Outbox(b.ctx, OutboxFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			number := fmt.Sprintf("D%03d", i)
			b.addCustomers(newCustomer{number: number, kind: "company", country: "GB", email: "ap@d.example"})
			b.addItems(newItem{number, "INV-" + number, "2026-03-06", 50_000, book.Yes})
		}
		b.at("2026-03-11", 10)
		b.knowCash("2026-03-10")
		if _, err := b.Void(b.ctx, tester, []int64{list[0].ID}); err != nil {
			t.Fatal(err)
		}
		b.approvePersonal()
		if report := b.run(ApproveAll); !report.Brake.Tripped {
			t.Fatalf("the brake did not trip: %+v", report.Brake)
		}
		report, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}})
		if err != nil || report.Sent != 1 {
			t.Fatalf("sent %+v, %v", report, err)
		}
		if text := o.mails[len(o.mails)-1].Text; !strings.Contains(text, "5 March 2026") {
			t.Errorf("the correction does not name what it takes back:\n%s", text)
		}
	})
}

// TestVoidTwoMessagesOfACustomer: each of two messages voided on one day is followed by
// a correction of its own, and a run of that day leaves both as they are.
func TestVoidTwoMessagesOfACustomer(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.sendAll()
		for day := cal.MustParse("2026-03-06"); day <= cal.MustParse("2026-03-19"); day++ {
			b.goTo(day)
			b.run(ApproveAll)
			b.approvePersonal()
			b.sendAll()
		}
		if sent := b.messages("C1"); len(sent) != 2 {
			t.Fatalf("sent: %v", sent)
		}
		b.at("2026-03-20", 10)
		report, err := b.Void(b.ctx, tester, []int64{1, 2})
		if err != nil || len(report.Changed) != 2 {
			t.Fatalf("void: %+v, %v", report, err)
		}
		b.run(ApproveNone)
		want := []string{"2026-03-20 correction email proposed", "2026-03-20 correction email proposed"}
		if diff := cmp.Diff(want, b.messages("C1")[:2]); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	})
}

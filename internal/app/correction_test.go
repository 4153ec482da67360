package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
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

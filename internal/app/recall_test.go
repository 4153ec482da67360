package app

import (
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
)

// TestSwitchingOffRecalls: what went out by itself until a person switched that off, for
// the step or the customer, waits for a person again; what a person released goes.
func TestSwitchingOffRecalls(t *testing.T) {
	mode := "ask_first"
	for name, off := range map[string]func(*testBook){
		"step":     func(b *testBook) { b.sets("test", "auto.standard.friendly", "no") },
		"removed":  func(b *testBook) { b.sets("test", "auto.standard.friendly", "") },
		"customer": func(b *testBook) { b.change(CustomerChange{Mode: &mode}) },
	} {
		t.Run(name, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, address string) {
				b := newTestBook(t, address, "GB", "2026-02-01")
				b.readyToSend()
				b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
				b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
				b.sets("test", "auto.standard.friendly", "yes")
				b.at("2026-03-05", 10)
				b.knowCash("2026-03-04")
				b.run(ApproveNone)
				if got := b.messages("C1"); !slices.Equal(got, []string{"2026-03-05 friendly email approved"}) {
					t.Fatal(got)
				}
				off(b)
				waits := []string{"2026-03-05 friendly email proposed"}
				if got := b.messages("C1"); !slices.Equal(got, waits) {
					t.Errorf("switched off: %v", got)
				}
				o := outTray{outcome: Delivered}
				if report := b.sendWith(&o); report.Sent != 0 {
					t.Errorf("%+v", report)
				}
				b.run(ApproveNone)
				if got := b.messages("C1"); !slices.Equal(got, waits) {
					t.Errorf("the next run: %v", got)
				}
				b.approvePersonal()
				off(b)
				if report := b.sendWith(&o); report.Sent != 1 {
					t.Errorf("released by a person: %+v %v", report, b.messages("C1"))
				}
				n := b.number(`SELECT COUNT(*) FROM message WHERE tenant_id = $1 AND reason = 'not_automatic'`)
				if n != 1 {
					t.Errorf("%d messages say why they were taken back", n)
				}
			})
		})
	}
}

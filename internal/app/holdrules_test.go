package app

import (
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// TestMoratorium: 60 days, the first one counted, for natural persons and unknown
// kinds; refused for companies, public bodies and traders registered for VAT.
func TestMoratorium(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-02")
		kinds := []string{"individual", "unknown", "company", "public_body", "consumer"}
		for _, kind := range append(kinds, "trader") {
			stored := kind
			if kind == "trader" {
				stored = "individual"
			}
			b.addCustomers(newCustomer{number: kind, kind: stored, country: "GB"})
			b.addItems(newItem{kind, "INV-" + kind, "2026-02-02", 60_000, book.Yes})
		}
		b.do("test_vat", func(w *recorder) error {
			_, err := w.Exec("UPDATE party SET vat_id = 'GB123456789' WHERE tenant_id = $1 AND name = 'trader Ltd'", b.tenant)
			return err
		})
		for ref, want := range map[string]string{
			"customer:individual": "2026-04-30", "customer:unknown": "2026-04-30", "customer:consumer": "2026-04-30",
			"customer:company": "moratorium_not_for", "customer:public_body": "moratorium_not_for",
			"customer:trader": "moratorium_not_for", "item:INV-individual": "hold_invalid",
		} {
			h, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: ref, Kind: book.HoldMoratorium, Reason: "notice of today"})
			got := "open"
			if err != nil {
				got = AsError(err).Code
			} else if h.Until != nil {
				got = h.Until.String()
			}
			if got != want {
				t.Errorf("%s: %s, expected %s (%v)", ref, got, want, err)
			}
		}
		h, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: "customer:individual", Kind: book.HoldMoratorium, Until: cal.Far,
			Reason: "in crisis treatment"})
		if err != nil || h.Until != nil || !h.Live {
			t.Errorf("without an end: %+v, %v", h, err)
		}
	})
}

package app

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
)

// TestDataQuality: each kind of finding is found once, and what is in order is not found.
func TestDataQuality(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-02")
		b.addCustomers(
			newCustomer{number: "Fine", kind: "company", country: "GB", email: "ap@fine.example"},
			newCustomer{number: "Nowhere", kind: "company", country: "GB"},
			newCustomer{number: "Refused", kind: "company", country: "GB", email: "ap@refused.example"},
			newCustomer{number: "Orders", kind: "company", country: "GB", email: "ap@orders.example"},
			newCustomer{number: "Taxed", kind: "company", country: "DE", email: "ap@taxed.example"},
			newCustomer{number: "Paid", kind: "company", country: "GB"},
			newCustomer{number: "Other", kind: "company", country: "DE", email: "ap@other.example"},
		)
		b.addItems(
			newItem{customer: "Fine", number: "F-1", due: "2026-02-01", minor: 100_00, agreed: book.Yes},
			newItem{customer: "Fine", number: "F-2", due: "2026-02-01", minor: 100_00, agreed: book.Yes},
			newItem{customer: "Nowhere", number: "N-1", due: "2026-02-01", minor: 200_00, agreed: book.Yes},
			newItem{customer: "Refused", number: "R-1", due: "2026-02-01", minor: 300_00, agreed: book.Yes},
			newItem{customer: "Orders", number: "O-1", due: "2026-02-01", minor: 400_00, agreed: book.Yes},
			newItem{customer: "Taxed", number: "T-1", due: "2026-02-01", minor: 500_00, agreed: book.Yes},
		)
		b.do("test_findings", func(w *recorder) error {
			for _, sql := range []string{
				"UPDATE contact SET state = 'bounced' WHERE tenant_id = $1 AND email = 'ap@refused.example'",
				"UPDATE customer SET flags = 'gentle po_required' WHERE tenant_id = $1 AND number = 'Orders'",
				"UPDATE party SET vat_id = 'DE136695978' WHERE tenant_id = $1 AND name = 'Taxed Ltd'",
				"UPDATE party SET name = 'The TAXED Company' WHERE tenant_id = $1 AND name = 'Other Ltd'",
				"UPDATE item SET due_date = NULL WHERE tenant_id = $1 AND number = 'O-1'",
			} {
				if _, err := w.Exec(sql, b.tenant); err != nil {
					return err
				}
			}
			return nil
		})
		r, err := b.DataQuality(t.Context(), "main")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range r.Findings {
			about := f.Kind + " " + f.Number + " " + f.Item
			for _, o := range f.Others {
				about += " with " + o.Number + " " + o.Item
			}
			got = append(got, strings.TrimSpace(about))
			if f.Text == "" || f.Fix == "" {
				t.Errorf("%s says not what is wrong or what to do", f.Kind)
			}
		}
		want := []string{"no_contact Nowhere", "address_refused Refused", "no_due_date Orders O-1", "no_order_number Orders O-1",
			"vat_id Taxed", "same_customer Taxed  with Other", "repeated_invoice Fine F-2 with Fine F-1"}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("found\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if r.Count() != 7 || r.Count(DataVATID) != 1 {
			t.Errorf("counts %+v", r.Counts)
		}
		one, err := b.DataFindings(t.Context())
		if err != nil || len(one) != 1 || one[0].OK || !one[0].Warning || !strings.Contains(one[0].Text, "1 vat id") {
			t.Errorf("in one line: %+v, %v", one, err)
		}
	})
}

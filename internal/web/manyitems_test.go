package web

import (
	"fmt"
	"strings"
	"testing"
)

// TestCustomerWithManyItems: the page of a customer with hundreds of invoices shows the oldest
// and the one that is asked for, says how many there are, and leads to all of them.
func TestCustomerWithManyItems(t *testing.T) {
	s := newSite(t)
	var b strings.Builder
	for i := range 150 {
		fmt.Fprintf(&b, "C-1,Big Ltd,company,GB,en-GB,ap@big.example,accounts_payable,invoice,INV-%03d,1,2025-12-%02d,2026-%02d-%02d,yes,GBP,100.00,100.00\n",
			i, 1+i%28, 1+i/100, 1+i%28)
	}
	s.ledger(b.String())
	s.run()
	s.user("owner")
	body := s.reads("/customers/1?item=INV-149", "the 50 oldest of 150,", `href="/invoices?customer=1"`, `id="item-INV-149"`,
		`placeholder="the whole account, or an invoice"`)
	if n := strings.Count(body, `id="item-INV-`); n != 50 {
		t.Errorf("%d items are shown, expected 50", n)
	}
	if strings.Contains(body, "<option value=\"INV-000\"") {
		t.Error("items are to be chosen from a list of 150")
	}
	body = s.reads("/customers/1", `id="item-INV-000"`)
	if strings.Contains(body, `id="item-INV-149"`) {
		t.Error("one of the latest due is among the oldest")
	}
}

package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// TestOthersCustomers: who sees only their own customers learns nothing of the others, on no
// page; and finds the own ones however many others there are of the kind.
func TestOthersCustomers(t *testing.T) {
	s := newSite(t)
	var rows strings.Builder
	for n := range 80 {
		fmt.Fprintf(&rows, "O-%d,Othername %d Ltd,company,GB,en-GB,ap@other%d.example,accounts_payable,invoice,INV-1%03d,1,2026-01-10,2026-02-09,yes,GBP,777.00,777.00\n", n, n, n, n)
	}
	rows.WriteString("M-1,Mine Ltd,company,GB,en-GB,ap@mine.example,accounts_payable,invoice,INV-1999,1,2026-01-10,2026-02-09,yes,GBP,777.00,777.00\n")
	s.ledger(rows.String())
	s.run()
	s.user(access.Owner)
	sales := s.session(s.user(access.Sales))
	found, err := s.app.Find(t.Context(), "", "customer:M-1")
	if err != nil {
		t.Fatal(err)
	}
	login := "sales"
	if _, err := s.app.SetCustomer(t.Context(), system, found.Customer, app.CustomerChange{AccountOwner: &login}); err != nil {
		t.Fatal(err)
	}
	own := s.ask(customerPath(found.Customer), nil, sales)
	if own.code != http.StatusOK {
		t.Fatal(own)
	}
	for _, rt := range routes {
		if rt.method != "GET" {
			continue
		}
		a := s.ask(parts.Replace(strings.Replace(rt.pattern, "{step}", "friendly", 1)), nil, sales, changedCookie)
		if strings.Contains(a.body, "Othername") || strings.Contains(a.body, "62,937.00") {
			t.Errorf("%s tells of others' customers: %v", rt.pattern, a)
		}
	}
	for _, q := range []string{"INV-1", "777"} {
		if a := s.ask("/search?q="+q, nil, sales); !strings.Contains(a.to+a.body, customerPath(found.Customer)) {
			t.Errorf("%s does not find the own customer among many others: %v", q, a)
		}
	}
	there, none := s.ask("/customers/harbour-foods-ltd/O-7", nil, sales), s.ask("/customers/harbour-foods-ltd/O-777", nil, sales)
	says := func(a answer, number string) string {
		_, page, _ := strings.Cut(a.body, "<main")
		return strings.ReplaceAll(page, number, "")
	}
	if there.code != http.StatusNotFound || none.code != http.StatusNotFound || says(there, "O-7") != says(none, "O-777") {
		t.Errorf("whether somebody else's customer is there: %v, %v", there, none)
	}
	if a := s.ask("/customers/harbour-foods-ltd/M-1", nil, sales); a.to != customerPath(found.Customer) {
		t.Errorf("the own one: %v", a)
	}
}

package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/access"
)

// TestKeptPages: a page that is given again is never older than the last command, and never
// somebody else's.
func TestKeptPages(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	s.user(access.Sales)
	owner, sales := s.session("owner"), s.session("sales")
	if a := s.ask("/customers", nil, owner); !strings.Contains(a.body, "Northgate") {
		t.Fatal(a)
	}
	if a := s.ask("/customers", nil, sales); strings.Contains(a.body, "Northgate") {
		t.Errorf("sales sees what was kept for the owner: %v", a)
	}
	if a := s.ask("/customers/1/payment", url.Values{"kind": {"payment"}, "amount": {"1240"}, "item": {"INV-1"}}, owner); a.code != 303 {
		t.Fatal(a)
	}
	changed := &http.Cookie{Name: cookieChanged, Value: "1"} // as the browser has it after the form
	if a := s.ask("/customers", nil, owner, changed); strings.Contains(a.body, "1,550.50") {
		t.Errorf("the list is as before the payment: %v", a)
	}
}

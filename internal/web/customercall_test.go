package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/access"
)

// TestACallIsNoted: the page of a customer says what to ask for, takes what came of a call
// with the day of the next step, and says what is missing without it.
func TestACallIsNoted(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.run()
	me := s.session(s.user(access.Owner))
	page := s.ask("/customers/1", nil, me).body
	for _, part := range []string{`href="#call"`, `href="mailto:ap@northgate.example`, "Worth acting on today", "£1,240.00 in full, today"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	form := url.Values{"outcome": {"reached"}, "text": {"In the run of Friday"}, "back": {"/customers/1"}}
	if a := s.ask("/customers/1/call", form, me); !strings.Contains(a.body, "In the run of Friday") || !strings.Contains(a.body, "next step") {
		t.Errorf("without a next step: %d %.200s", a.code, a.body)
	}
	form.Set("next", "2026-03-13")
	if a := s.ask("/customers/1/call", form, me); a.to != "/customers/1" {
		t.Fatalf("%d to %q: %.300s", a.code, a.to, a.body)
	}
	if page = s.ask("/customers/1", nil, me).body; !strings.Contains(page, "Call: reached, to look at again on Fri 13 Mar") {
		t.Error("the timeline does not tell the call")
	}
}

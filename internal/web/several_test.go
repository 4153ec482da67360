package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/access"
)

// TestSeveralCustomers: one thing done to several customers on the list is done to all of
// them or, saying whose it was not possible for, to none; a pause can be taken back whole.
func TestSeveralCustomers(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	s.user(access.Legal)
	cookie := s.session("owner")
	form := func(do string, more ...string) url.Values {
		f := url.Values{"customer": {"1", "2"}, "do": {do}, "back": {"/customers"}}
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return f
	}
	if a := s.ask("/customers/change", form("strategy", "strategy", "firm"), cookie); a.code != http.StatusSeeOther {
		t.Fatal(a)
	}
	for _, id := range []int64{1, 2} {
		if c, err := s.app.Customer(t.Context(), id); err != nil || c.Strategy != "firm" {
			t.Errorf("%+v %v", c.Strategy, err)
		}
	}
	a := s.ask("/customers/change", form("pause", "until", "2026-03-01"), cookie) // before the day of the book
	if !strings.Contains(a.body, "Northgate Interiors Ltd (C-1)") || !strings.Contains(a.body, "nothing was changed for any of them") ||
		strings.Count(a.body, "data-pick checked") != 2 {
		t.Errorf("a day that is over: %v", a)
	}
	if a = s.ask("/customers/change", form("pause", "until", "2026-03-20"), cookie); a.code != http.StatusSeeOther {
		t.Fatal(a)
	}
	f := flashOf(t, a)
	if !strings.Contains(f.Text, "2 customers") {
		t.Errorf("%+v", f)
	}
	undo := f.Undo
	holds := func() (n int) {
		for _, c := range []string{"C-1", "C-2"} {
			all, err := s.app.Holds(t.Context(), "", "customer:"+c)
			if err != nil {
				t.Fatal(err)
			}
			for i := range all {
				if all[i].Ended == "" {
					n++
				}
			}
		}
		return n
	}
	if holds() != 2 || undo == "" {
		t.Fatalf("%d paused, undo %q", holds(), undo)
	}
	if a := s.ask(undo, url.Values{"back": {"/customers"}}, s.session("legal")); a.code != http.StatusSeeOther || holds() != 0 {
		t.Errorf("taken back: %d are paused, %v", holds(), a)
	}
}

// flashOf is the sentence that an answer leaves for the next page.
func flashOf(t *testing.T, a answer) *flash {
	t.Helper()
	for _, c := range a.head.Values("Set-Cookie") {
		if value, ok := strings.CutPrefix(c, cookieFlash+"="); ok {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.AddCookie(&http.Cookie{Name: cookieFlash, Value: strings.SplitN(value, ";", 2)[0]})
			if f := takeFlash(httptest.NewRecorder(), r); f != nil {
				return f
			}
		}
	}
	t.Fatalf("it says nothing: %v", a)
	return nil
}

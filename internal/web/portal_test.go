package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestDebtorsNeedNoAccount: what is below /p/ is answered by the pages of debtors, whoever
// asks, under the policy of every page; a form from another site is not.
func TestDebtorsNeedNoAccount(t *testing.T) {
	asked := 0
	s := New(Options{Portal: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusTeapot)
	})})
	for _, c := range []struct {
		method, site string
		want         int
	}{{http.MethodGet, "", http.StatusTeapot}, {http.MethodGet, "cross-site", http.StatusTeapot},
		{http.MethodPost, "same-origin", http.StatusTeapot}, {http.MethodPost, "cross-site", http.StatusForbidden}} {
		r := httptest.NewRequest(c.method, "/p/1abc/promise", nil)
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		rec := httptest.NewRecorder()
		s.Handler().ServeHTTP(rec, r)
		if rec.Code != c.want || rec.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s from %q: %d, expected %d under the policy", c.method, c.site, rec.Code, c.want)
		}
	}
	if asked != 3 {
		t.Errorf("the pages of debtors were asked %d times, expected 3", asked)
	}
}

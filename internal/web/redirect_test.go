package web

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/browser"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/hostile"
)

// TestNoWayOff gives every parameter that says where to go on to addresses of other sites:
// no answer leads there, and the browser agrees on where it leads.
func TestNoWayOff(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	seen := map[string]bool{}
	follow := func(what string, a answer) {
		t.Helper()
		if a.code >= 500 {
			t.Errorf("%s: %v", what, a)
		}
		seen[a.to] = true
	}
	list := hostile.Redirects()
	for i, to := range list {
		for _, door := range []string{"/signin", "/signout"}[:1+i%2] {
			follow(door, s.ask(door, url.Values{"login": {"owner"}, "password": {password}, "back": {to}}))
		}
		for n, rt := range routes {
			if rt.method != "POST" || (i+n)%7 != 0 && rt.pattern != "/theme" {
				continue
			}
			form := url.Values{"back": {to}, "after": {to}, "theme": {"dark"}, "creditor": {"harbour-foods-ltd"}, "password": {password}}
			r := s.request("POST", parts.Replace(rt.pattern), form, s.session("owner"))
			r.Header.Set("Referer", "http://evil.example/")
			follow(rt.pattern, s.do(r))
		}
		if got := local(to); got != "" {
			seen[path.Clean(got)] = true
		}
		follow("signed out", s.ask("/today?back="+url.QueryEscape(to), nil))
	}
	p := browser.Start(t).Page(t, s.URL)
	p.Open("/healthz")
	for to := range seen {
		if off := browser.Eval[string](p, "new URL("+quoted(to)+", location).origin"); off != s.URL {
			t.Errorf("an answer leads to %q, which is %s", to, off)
		}
	}
	if len(seen) < 5 {
		t.Errorf("only %d places were led to", len(seen))
	}
}

// quoted is a text as a script writes it.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		b.WriteString(fmt.Sprintf(`\u{%x}`, r))
	}
	return b.String() + `"`
}

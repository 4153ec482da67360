package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/sim"
)

// signs tries a password through a proxy and returns what came of it.
func (s *site) signs(login, secret, via string) answer {
	r := s.request("POST", "/signin", url.Values{"login": {login}, "password": {secret}})
	if via != "" {
		r.Header.Set("X-Forwarded-For", via)
	}
	r.Header.Set("X-Forwarded-Proto", "https")
	return s.do(r)
}

func secureCookie(a answer) bool {
	for _, c := range a.head.Values("Set-Cookie") {
		if strings.HasPrefix(c, cookieSession+"=") && strings.Contains(c, "; Secure") {
			return true
		}
	}
	return false
}

// TestProxies: behind a proxy that is trusted each client has its own tries, by the address
// that the proxy saw and not by one that the client wrote down; of anybody else such headers
// mean nothing.
func TestProxies(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	exhaust := func(via string) (last answer) {
		for range 40 {
			last = s.signs("nobody", "wrong password here", via)
		}
		return last
	}
	if a := s.signs("owner", password, "203.0.113.7"); a.code != http.StatusSeeOther || secureCookie(a) {
		t.Errorf("a header of somebody unknown is believed: %v %v", a, a.head)
	}
	s.web.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("10.0.0.0/8")}
	if a := exhaust("198.51.100.1"); a.code != http.StatusTooManyRequests {
		t.Fatalf("no end of tries: %v", a)
	}
	if a := s.signs("owner", password, "203.0.113.7, 10.1.2.3"); a.code != http.StatusSeeOther || !secureCookie(a) {
		t.Errorf("another client is locked out: %v %v", a, a.head)
	}
	if a := s.signs("owner", password, "203.0.113.9, 198.51.100.1"); a.code != http.StatusTooManyRequests {
		t.Errorf("an address that the client wrote down itself counts: %v", a)
	}
}

// TestDemoBehindProxy: the demo signs nobody in by itself who came through a proxy.
func TestDemoBehindProxy(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	s.web.Demo = &sim.World{}
	if a := s.ask("/me", nil); a.code != http.StatusOK {
		t.Fatal(a)
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Via"} {
		r := s.request("GET", "/me", nil)
		r.Header.Set(name, "x")
		if a := s.do(r); a.code != http.StatusSeeOther || !strings.HasPrefix(a.to, "/signin") {
			t.Errorf("%s: %v", name, a)
		}
	}
}

// TestPasswordTries: nowhere is a password tried without end, also not by who is signed in.
func TestPasswordTries(t *testing.T) {
	for path, form := range map[string]url.Values{
		"/me":                           {"do": {"password"}, "old": {"wrong password here"}, "new": {"another green bicycle"}, "back": {"/me"}},
		"/confirm":                      {"password": {"wrong password here"}, "back": {"/me"}},
		"/strategies/standard/activate": {"password": {"wrong password here"}, "why": {"x"}, "source": {"x"}, "back": {"/me"}},
	} {
		s := newSite(t)
		s.user(access.Owner)
		owner := s.session("owner")
		var last answer
		for range 7 {
			last = s.ask(path, form, owner)
		}
		if !strings.Contains(last.body, "too many tries") {
			t.Errorf("%s: %v", path, last)
		}
	}
}

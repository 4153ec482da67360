package web

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/browser"
	"github.com/recoup-project/recoup/internal/core/access"
)

// TestPagesInABrowser opens every page in a real browser, in both themes and as wide as a phone:
// none breaks a rule of accessibility, none makes the browser complain, and none is wider
// than a phone.
func TestPagesInABrowser(t *testing.T) {
	browser.NeedAxe(t)
	s := newSite(t)
	s.ledger(smallLedger)
	s.run()
	s.user(access.Owner)
	s.draft("list.csv", waitingList)
	b := browser.Start(t)
	for _, rt := range routes {
		if rt.method != "GET" || rt.pattern == "/{$}" || rt.upload || rt.file || strings.HasSuffix(rt.pattern, "/body") ||
			strings.HasSuffix(rt.pattern, "/file") {
			continue
		}
		path := parts.Replace(rt.pattern)
		name := strings.Trim(strings.NewReplacer("/", "-", ".", "").Replace(path), "-")
		t.Run(name, func(t *testing.T) {
			p := b.Page(t, s.URL)
			p.Cookie(s.session("owner"))
			for _, theme := range []string{"light", "dark"} {
				p.Theme(theme).Open(path).Accessible(name + " " + theme).Shot(name + "-" + theme)
			}
			p.Theme("light").Size(390, 844).Open(path).Shot(name + "-phone")
			if wide := browser.Eval[int](p, "document.documentElement.scrollWidth"); wide > 390 {
				t.Errorf("%s is %d pixels wide on a phone of 390", path, wide)
			}
		})
	}
}

// TestFirstOwner: who has the token that the program printed becomes the owner.
func TestFirstOwner(t *testing.T) {
	s := newSite(t)
	token, err := s.app.SetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := browser.Start(t).Page(t, s.URL)
	p.Open("/today")
	if !strings.HasPrefix(p.Location(), "/setup") {
		t.Fatalf("a book without users shows %s", p.Location())
	}
	p.Open("/setup?token=wrong").Fill("Your name", "Maya Okafor").Fill("Short name", "maya").Fill("Password", password)
	p.Follow("Begin").Reads("token")
	if p.Troubles(); !strings.HasPrefix(p.Location(), "/setup") {
		t.Fatalf("a wrong token leads to %s", p.Location())
	}
	p.Open("/setup?token="+token).Fill("Your name", "Maya Okafor").Fill("Short name", "maya").Fill("Password", password)
	p.Follow("Begin").Open("/today").Reads("Tuesday 10 March")
	p.Press("MO").Follow("Sign out").Reads("Sign in")
	p.Fill("Short name", "maya").Fill("Password", "not the right one").Follow("Sign in").Reads("Sign in")
	p.Troubles()
	p.Fill("Short name", "maya").Fill("Password", password).Follow("Sign in").Reads("Tuesday 10 March")
	if users, err := s.app.Users(t.Context()); err != nil || len(users) != 1 || users[0].Role != access.Owner {
		t.Fatalf("users %v, %v", users, err)
	}
}

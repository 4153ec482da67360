package web

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
)

var update = flag.Bool("update", false, "write the golden files anew")

// parts fills the parts of a pattern with things that exist.
var parts = strings.NewReplacer("{$}", "", "{id}", "1", "{contact}", "1", "{entry}", "1", "{key}", "standard", "{language}", "en-GB",
	"{step}", "formal", "{what}", "items", "{paper}", "1", "{day}", "2026-03-12", "{login}", "auditor", "{creditor}", "harbour-foods-ltd",
	"{number}", "C-1", "{lane}", "must", "{name}", "letter.pdf", "{sha256}", "0")

// TestRolesAndRoutes asks for every route in every role and compares who gets through with
// the golden table. A new route shows up there, and so needs somebody to look at it.
func TestRolesAndRoutes(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.run()
	s.draft("list.csv", waitingList)
	for _, role := range access.Roles {
		s.user(role)
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-52s", "")
	for _, role := range access.Roles {
		fmt.Fprintf(&table, " %-14s", role)
	}
	table.WriteString("signed out\n")
	for _, rt := range routes {
		fmt.Fprintf(&table, "%-52s", rt.method+" "+rt.pattern)
		var form url.Values
		if rt.method == "POST" {
			form = url.Values{}
		}
		for _, role := range access.Roles {
			a := s.ask(parts.Replace(rt.pattern), form, s.session(strings.ReplaceAll(string(role), "_", ".")))
			word := "yes"
			switch {
			case strings.Contains(a.body, "not_permitted") || strings.Contains(a.body, "your role does not allow"):
				word = "-"
			case a.code >= 500:
				t.Errorf("%s %s as %s: %v", rt.method, rt.pattern, role, a)
			}
			if got := word == "yes"; got && !access.May(role, rt.may) {
				t.Errorf("%s %s: %s gets through without %s", rt.method, rt.pattern, role, rt.may)
			}
			fmt.Fprintf(&table, " %-14s", word)
		}
		a := s.ask(parts.Replace(rt.pattern), form)
		if a.code != 303 || !strings.HasPrefix(a.to, "/signin") {
			t.Errorf("%s %s signed out: %v", rt.method, rt.pattern, a)
		}
		table.WriteString("-\n")
	}
	golden(t, "testdata/roles_and_routes.txt", table.String())
}

// golden compares text with a file, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", name, got)
	}
}

// TestForeignForms: a form of another site does nothing.
func TestForeignForms(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	for _, site := range []string{"cross-site", "same-site"} {
		r := s.request("POST", "/customers/1/note", url.Values{"text": {"x"}}, s.session("owner"))
		r.Header.Set("Sec-Fetch-Site", site)
		if a := s.do(r); a.code != 403 {
			t.Errorf("%s: %v", site, a)
		}
	}
	r := s.request("POST", "/customers/1/note", url.Values{"text": {"x"}}, s.session("owner"))
	r.Header.Del("Sec-Fetch-Site")
	r.Header.Set("Origin", "http://evil.example")
	if a := s.do(r); a.code != 403 {
		t.Errorf("foreign origin: %v", a)
	}
}

// TestHeaders: what every answer must say to a browser.
func TestHeaders(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	for _, path := range []string{"/signin", "/today", "/assets/nothing.css", "/nothing"} {
		h := s.ask(path, nil, s.session("owner")).head
		for name, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the policy lets something unsafe in: %s", policy)
	}
}

// TestPrivilegedNotes: who may not read privileged notes does not read them on the page of
// the day, in the lane, or on the page of the customer, when it is time to look at them again.
func TestPrivilegedNotes(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	s.user(access.Auditor)
	if _, err := s.app.Note(t.Context(), system, app.NoteRequest{Ref: "customer:C-1", Class: "privileged", Text: "what counsel advised",
		Next: cal.MustParse(testDay).AddDays(1)}); err != nil {
		t.Fatal(err)
	}
	if err := s.app.MoveClock(t.Context(), system, time.Date(2026, 3, 11, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/today", "/today/must", "/customers/1"} {
		if a := s.ask(path, nil, s.session("owner"), changedCookie); !strings.Contains(a.body, "what counsel advised") {
			t.Errorf("%s does not show the owner the note: %v", path, a)
		}
		if a := s.ask(path, nil, s.session("auditor"), changedCookie); a.code != 200 || strings.Contains(a.body, "what counsel advised") {
			t.Errorf("%s shows the auditor the note: %v", path, a)
		}
	}
}

// TestPrivilegedFiles: the file of a privileged note, its name too, is there for exactly the
// roles that may read the note: in the list, in the timeline, as bytes, and to be taken away.
func TestPrivilegedFiles(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	for _, class := range []string{"privileged", "fact"} {
		if a := s.upload("/customers/1/note", map[string]string{"class": class, "text": "a " + class + " note"}, class+"-advice.png",
			append(picture, class...), s.session("owner")); a.code != 303 {
			t.Fatal(a)
		}
	}
	for _, role := range access.Roles {
		login := "owner"
		if role != access.Owner {
			login = s.user(role)
		}
		may := access.May(role, access.ViewPrivileged)
		ask := func(path string) answer { return s.ask(path, nil, s.session(login), changedCookie) }
		page := ask("/customers/1")
		if !access.May(role, access.ViewAll) { // sales sees only own customers
			if page.code != 404 && page.code != 403 {
				t.Errorf("%s: %v", role, page)
			}
			continue
		}
		if got := strings.Contains(page.body, "privileged-advice.png"); got != may {
			t.Errorf("%s reads the name of the file on the page: %v, want %v", role, got, may)
		}
		if !strings.Contains(page.body, "fact-advice.png") {
			t.Errorf("%s does not see the file of a fact", role)
		}
		if got := ask("/customers/1/papers/1/file").code == 200; got != may {
			t.Errorf("%s gets the file: %v, want %v", role, got, may)
		}
		if a := ask("/customers/1/papers/2/file"); a.code != 200 {
			t.Errorf("%s does not get the file of a fact: %v", role, a)
		}
		if !may {
			if a := s.ask("/customers/1/papers/1/remove", url.Values{}, s.session(login)); a.code != 403 && a.code != 404 {
				t.Errorf("%s takes away a file it may not know of: %v", role, a)
			}
		}
	}
}

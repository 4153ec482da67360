package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

var (
	postForms = regexp.MustCompile(`(?s)<form[^>]*method="post"[^>]*>.*?</form>`)
	formNames = regexp.MustCompile(`name="form" value="([0-9a-f]{32})"`)
	actions   = regexp.MustCompile(`action="([^"]*)"`)
)

// twoCreditors is a book with work of a second creditor, fisch, beside the first.
func (s *site) twoCreditors() {
	s.t.Helper()
	if _, err := s.app.AddCreditor(s.t.Context(), system, app.NewCreditor{Name: "Harbour Fisch GmbH", Code: "fisch", Country: "DE", Currency: "EUR"}); err != nil {
		s.t.Fatal(err)
	}
	s.ledgerOf("harbour-foods-ltd", smallLedger)
	s.ledgerOf("fisch", strings.ReplaceAll(strings.ReplaceAll(smallLedger, "C-", "F-"), "INV-", "RE-"))
}

func inCookie(code string) *http.Cookie { return &http.Cookie{Name: cookieCreditor, Value: code} }

// TestEveryForm: every form of every page says which creditor its page was about, and has an
// id of its own; none was forgotten.
func TestEveryForm(t *testing.T) {
	s := newSite(t)
	s.twoCreditors()
	s.run()
	s.user(access.Owner)
	if _, err := s.app.CreateDraft(t.Context(), app.NewDraft{Creditor: "harbour-foods-ltd", Name: "list.csv", Bytes: []byte(waitingList)}); err != nil {
		t.Fatal(err)
	}
	owner, seen, ids := s.session("owner"), map[string]bool{}, map[string]bool{}
	for _, rt := range routes {
		if rt.method != "GET" || rt.file {
			continue
		}
		a := s.ask(parts.Replace(rt.pattern), nil, owner, inCookie("harbour-foods-ltd"), changedCookie)
		for _, form := range postForms.FindAllString(a.body, -1) {
			action := actions.FindStringSubmatch(form)[1]
			seen[action] = true
			if !strings.Contains(form, `name="creditor"`) {
				t.Errorf("%s: the form to %s does not say its creditor", rt.pattern, action)
			}
			if strings.HasPrefix(action, "/creditor") {
				continue
			}
			id := formNames.FindStringSubmatch(form)
			if id == nil || ids[id[1]] {
				t.Errorf("%s: the form to %s has no id of its own: %v", rt.pattern, action, id)
				continue
			}
			ids[id[1]] = true
		}
	}
	for _, want := range []string{"/run", "/cash-known", "/customers/1/payment", "/settings/bank", "/settings/logo", "/import", "/import/1",
		"/customers/change", "/users", "/me", "/signout", "/texts/en-GB/formal"} {
		if !seen[want] {
			t.Errorf("the form to %s was not seen: %v", want, seen)
		}
	}
}

// TestOtherCreditor: a form of a page about one creditor does nothing once another is chosen,
// as in a second window, and says so; no form at all is taken to mean whoever is chosen.
func TestOtherCreditor(t *testing.T) {
	s := newSite(t)
	s.twoCreditors()
	s.user(access.Owner)
	owner := s.session("owner")
	before, err := s.app.AuditLog(t.Context(), app.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, rt := range routes {
		if rt.method != "POST" || rt.anyCreditor {
			continue
		}
		for _, about := range []string{"harbour-foods-ltd", ""} {
			form := url.Values{"creditor": {about}, "day": {testDay}, "bank.iban": {"GB33BUKB20201555555555"}, "bank.holder": {"x"}, "text": {"x"},
				"kind": {"payment"}, "amount": {"1"}, "mode": {"observe"}, "back": {"/today"}}
			a := s.ask(parts.Replace(rt.pattern), form, owner, inCookie("fisch"))
			if a.code != http.StatusConflict || !strings.Contains(a.body, "Another creditor is chosen") || !strings.Contains(a.body, "Nothing was changed") {
				t.Errorf("%s of %q: %v", rt.pattern, about, a)
			}
		}
	}
	after, err := s.app.AuditLog(t.Context(), app.AuditFilter{})
	if err != nil || len(after) != len(before) {
		t.Errorf("%d commands, %d before: %v", len(after), len(before), err)
	}
	if a := s.ask("/cash-known", url.Values{"creditor": {"fisch"}, "day": {testDay}}, owner, inCookie("fisch")); a.code != http.StatusSeeOther {
		t.Errorf("the one that is chosen: %v", a)
	}
	if a := s.ask("/me", url.Values{"do": {"cover"}, "creditor": {"harbour-foods-ltd"}, "back": {"/me"}}, owner, inCookie("fisch")); a.code != http.StatusSeeOther {
		t.Errorf("the own account is of no creditor: %v", a)
	}
}

// TestSentTwice: a form that is sent twice, as by a double click, is done once and answers the
// same; with other content, or from a page that was loaded anew, it is done again.
func TestSentTwice(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	owner := s.session("owner")
	formOf := func(action string) url.Values {
		for _, form := range postForms.FindAllString(s.ask("/customers/1", nil, owner).body, -1) {
			if strings.Contains(form, `action="`+action+`"`) {
				return url.Values{"form": {formNames.FindStringSubmatch(form)[1]}, "creditor": {"harbour-foods-ltd"}, "back": {"/customers/1"}}
			}
		}
		t.Fatalf("no form to %s", action)
		return nil
	}
	commands := func(name string) (n int) {
		log, err := s.app.AuditLog(t.Context(), app.AuditFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range log {
			if log[i].Command == name {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		action, command string
		fields          url.Values
		other           [2]string
	}{
		{"/customers/1/payment", "pay", url.Values{"kind": {"payment"}, "amount": {"310.50"}, "item": {"INV-2"}}, [2]string{"reference", "another"}},
		{"/customers/1/payment", "credit", url.Values{"kind": {"credit"}, "amount": {"10"}, "item": {"INV-1"}}, [2]string{"amount", "11"}},
		{"/customers/1/note", "note", url.Values{"class": {"fact"}, "text": {"they called"}}, [2]string{"text", "they called again"}},
		{"/customers/1/hold", "hold_add", url.Values{"kind": {"pause"}, "reason": {"holiday"}, "until": {"2026-03-20"}}, [2]string{"until", "2026-03-21"}},
		{"/customers/1/contact", "add_contact", url.Values{"role": {"accounts_payable"}, "email": {"new@northgate.example"}}, [2]string{"email", "newer@northgate.example"}},
	} {
		form := formOf(c.action)
		for name, value := range c.fields {
			form[name] = value
		}
		first, second := s.ask(c.action, form, owner), s.ask(c.action, form, owner)
		if first.code != http.StatusSeeOther || second.code != http.StatusSeeOther || commands(c.command) != 1 {
			t.Errorf("%s twice: %d commands: %v, then %v", c.command, commands(c.command), first, second)
			continue
		}
		if x, y := flashOf(t, first), flashOf(t, second); *x != *y {
			t.Errorf("%s answers %+v, then %+v", c.command, x, y)
		}
		form.Set(c.other[0], c.other[1])
		if a := s.ask(c.action, form, owner); c.fields.Get("item") != "INV-2" && (a.code != http.StatusSeeOther || commands(c.command) != 2) {
			t.Errorf("%s with another %s: %v", c.command, c.other[0], a)
		}
	}
	form := formOf("/customers/1/note")
	form.Set("text", "they called")
	form.Set("class", "fact")
	if a := s.ask("/customers/1/note", form, owner); a.code != http.StatusSeeOther || commands("note") != 3 {
		t.Errorf("from a page loaded anew: %v", a)
	}
}

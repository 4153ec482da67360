package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/money"
)

// TestWantsLead: what the book still wants names no command, and each finding leads to a
// page or place that is there; of another creditor by taking that one first.
func TestWantsLead(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	s.user(access.Auditor)
	if _, err := s.app.AddCreditor(t.Context(), system, app.NewCreditor{Name: "Harbour Fisch GmbH", Code: "fisch", Country: "DE", Currency: money.Currency("EUR")}); err != nil {
		t.Fatal(err)
	}
	if err := s.app.SetSetting(t.Context(), system, "", app.SettingMode, "observe"); err != nil {
		t.Fatal(err)
	}
	found, err := s.app.Doctor(t.Context(), false, nil)
	if err != nil {
		t.Fatal(err)
	}
	page := s.ask("/settings", nil, s.session("owner"), changedCookie).body
	wants, _, _ := strings.Cut(page, `class="pack"`)
	if strings.Contains(page, "recoup config") || strings.Contains(page, "recoup mail") || strings.Contains(page, "recoup confirm") {
		t.Error("the page names a command")
	}
	v := &visit{}
	v.user.User.Role, v.user.User.Active = access.Owner, true
	for i := range found {
		f := &found[i]
		if f.OK || f.Name == "engine_versions" || f.Name == "file_mode" {
			continue
		}
		links := mends(v, f)
		if len(links) == 0 {
			t.Errorf("%s (%s) leads nowhere", f.Name, f.Text)
		}
		if f.Name == "sender" && len(links) != len(slices.DeleteFunc(slices.Clone(f.Lacks), func(n string) bool { return n == "smtp.url" })) {
			t.Errorf("of %v only %v lead somewhere", f.Lacks, links)
		}
	}
	for _, want := range []string{`href="#mode"`, `href="/settings/mail"`, `href="/settings/mail#test"`, `href="#f-sender.person"`, "Mend it at Harbour Fisch GmbH"} {
		if !strings.Contains(wants, want) {
			t.Errorf("the page lacks %s:\n%s", want, wants)
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(wants, -1) {
		if m[1] != "main" && !strings.Contains(page, `id="`+m[1]+`"`) {
			t.Errorf("#%s is nowhere on the page", m[1])
		}
	}
	if a := s.ask("/creditor", url.Values{"creditor": {"fisch"}, "to": {"/settings#f-sender.person"}}, s.session("owner")); a.to != "/settings#f-sender.person" {
		t.Errorf("%v", a)
	}
	if a := s.ask("/creditor", url.Values{"creditor": {"fisch"}, "to": {"//evil.example"}}, s.session("owner")); a.to != "/today" {
		t.Errorf("it leads to another house: %v", a)
	}
	if a := s.ask("/settings", nil, s.session("auditor")); strings.Contains(a.body, "Mend it at") || strings.Contains(a.body, `href="#mode"`) {
		t.Error("who may change nothing is led to the forms")
	}
	for name, links := range mendsByName {
		for _, m := range links {
			if path, id, _ := strings.Cut(m.whole(), "#"); id != "" && !strings.Contains(s.ask(path, nil, s.session("owner")).body, `id="`+id+`"`) {
				t.Errorf("%s: %s is nowhere", name, m.href)
			}
		}
	}
}

// TestFirstAccount: the account that customers pay into can be given whole on the page, with
// since when it has been the same; later its day is not taken along with another account.
func TestFirstAccount(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	cookie := s.session("owner")
	form := url.Values{"bank.holder": {"Harbour Foods Ltd"}, "bank.iban": {"GB33BUKB20201555555555"}, "bank.unchanged_since": {"2020-01-01"}, "back": {"/settings"}}
	value := func() string {
		got, err := s.app.Setting(t.Context(), "", "bank.unchanged_since")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if a := s.ask("/settings/bank", form, cookie); a.code != 303 || value() != "2020-01-01" {
		t.Fatalf("%q %v", value(), a)
	}
	form.Set("bank.unchanged_since", "2021-01-01")
	if a := s.ask("/settings/bank", form, cookie); a.code != 303 || value() != "2021-01-01" {
		t.Fatalf("another day of the same account: %q %v", value(), a)
	}
	form.Set("bank.iban", "GB82WEST12345698765432")
	if a := s.ask("/settings/bank", form, cookie); a.code != 303 || value() != "" {
		t.Errorf("another account is as old as the one before: %q %v", value(), a)
	}
}

package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// TestStaleForms: an old page takes nothing back that others changed since; what both changed
// is told with both values, and what was typed stands in the form again.
func TestStaleForms(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	s.user(access.Controller)
	owner, ctx := s.session("owner"), t.Context()
	off, name, place, mode := false, "Somebody New", "1 New Road", "observe"
	if _, err := s.app.SetUser(ctx, system, "controller", app.UserChange{Active: &off}); err != nil {
		t.Fatal(err)
	}
	user := url.Values{"was.name": {"The controller"}, "was.email": {""}, "was.role": {"controller"}, "was.active": {"yes"},
		"name": {"Cory Controller"}, "email": {""}, "role": {"controller"}, "active": {"yes"}, "back": {"/users"}}
	a := s.ask("/users/controller", user, owner)
	if u, err := s.app.User(ctx, "controller"); a.code != http.StatusSeeOther || err != nil || u.Active || u.Name != "Cory Controller" {
		t.Errorf("%+v %v: %v", u, err, a)
	}
	if _, err := s.app.SetUser(ctx, system, "controller", app.UserChange{Name: &name}); err != nil {
		t.Fatal(err)
	}
	user.Set("was.name", "Cory Controller")
	user.Set("name", "Cory B. Controller")
	a = s.ask("/users/controller", user, owner)
	if u, err := s.app.User(ctx, "controller"); err != nil || u.Name != name || !strings.Contains(a.body, "Somebody New”, you wrote “Cory B. Controller”") ||
		!strings.Contains(a.body, `value="Cory B. Controller"`) || !strings.Contains(a.body, `name="was.name" value="Somebody New"`) {
		t.Errorf("%+v %v: %v", u, err, a)
	}
	if _, err := s.app.SetCustomer(ctx, system, 1, app.CustomerChange{Address: &place, Mode: &mode}); err != nil {
		t.Fatal(err)
	}
	set := url.Values{"was.address": {""}, "address": {""}, "was.mode": {""}, "mode": {""}, "was.vat_id": {""}, "vat_id": {"GB123"}, "back": {"/customers/1"}}
	a = s.ask("/customers/1/set", set, owner)
	if c, err := s.app.Customer(ctx, 1); err != nil || c.Address != place || c.Mode != mode || c.VATID != "GB123" || a.code != http.StatusSeeOther {
		t.Errorf("%+v %v: %v", c, err, a)
	}
	set.Set("address", "2 Old Street")
	a = s.ask("/customers/1/set", set, owner)
	if c, err := s.app.Customer(ctx, 1); err != nil || c.Address != place || !strings.Contains(a.body, "2 Old Street") {
		t.Errorf("%+v %v: %v", c, err, a)
	}
	if err := s.app.SetSetting(ctx, system, "", "sender.person", "Anna"); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"was.sender.person": {""}, "sender.person": {""}, "was.sender.phone": {""}, "sender.phone": {"0123"}, "back": {"/settings"}}
	s.ask("/settings", form, owner)
	if got, _ := s.app.Setting(ctx, "", "sender.person"); got != "Anna" {
		t.Errorf("an old page makes the person %q", got)
	}
	form.Set("sender.person", "Bert")
	a = s.ask("/settings", form, owner)
	if got, _ := s.app.Setting(ctx, "", "sender.person"); got != "Anna" || !strings.Contains(a.body, "“Anna”, you wrote “Bert”") {
		t.Errorf("%q: %v", got, a)
	}
	bank := url.Values{"bank.holder": {"Harbour Foods Ltd"}, "bank.iban": {"GB33BUKB20201555555555"}, "was.bank.holder": {""}, "was.bank.iban": {""}, "back": {"/settings"}}
	s.ask("/settings/bank", bank, owner)
	bank.Set("bank.iban", "GB82WEST12345698765432")
	s.ask("/settings/bank", bank, owner)
	if got, _ := s.app.Setting(ctx, "", "bank.iban"); got != "GB33BUKB20201555555555" {
		t.Errorf("two saw no account, and the second overwrites that of the first: %q", got)
	}
}

// TestStaleText: words that came in force since the editor was opened are not lost.
func TestStaleText(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	owner := s.session("owner")
	shown := func() url.Values {
		all, err := s.app.TextVersions(t.Context(), "en-GB", "friendly")
		if err != nil {
			t.Fatal(err)
		}
		p := app.PartsOf(all[0].Source)
		return url.Values{"was.version": {strconv.FormatInt(all[0].Version, 10)}, "subject": {p.Subject}, "tone": {p.Tone}, "why": {"ours"}, "back": {"/texts/en-GB/friendly"},
			"body": {p.Body}}
	}
	first, second := shown(), shown()
	first.Set("body", first.Get("body")+"\nFirst.")
	second.Set("body", second.Get("body")+"\nSecond.")
	if a := s.ask("/texts/en-GB/friendly", first, owner); a.code != http.StatusSeeOther {
		t.Fatal(a)
	}
	if a := s.ask("/texts/en-GB/friendly", second, owner); !strings.Contains(a.body, "other words in force") || !strings.Contains(a.body, "Second.") {
		t.Error(a)
	}
	if now := shown(); !strings.Contains(now.Get("body"), "First.") {
		t.Errorf("in force are the words of an old page: %q", now.Get("body"))
	}
}

// TestStaleAnswers: what was said about a list in another window is not taken back.
func TestStaleAnswers(t *testing.T) {
	s := newSite(t)
	s.user(access.Owner)
	owner := s.session("owner")
	id := s.draft("list.csv", waitingList)
	p, err := s.app.PreviewDraft(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	old := answersMark(&p.Answers)
	changed := p.Answers
	changed.AllOrNothing = !changed.AllOrNothing
	if err := s.app.AnswerDraft(t.Context(), id, changed); err != nil {
		t.Fatal(err)
	}
	if a := s.ask(draftPath(id), url.Values{"was.answers": {old}, "back": {draftPath(id)}}, owner); !strings.Contains(a.body, "has answered for this list meanwhile") {
		t.Error(a)
	}
	if a := s.ask(draftPath(id), url.Values{"was.answers": {answersMark(&changed)}, "back": {draftPath(id)}}, owner); a.code != http.StatusSeeOther {
		t.Error(a)
	}
}

package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// TestFailedForms: a form that could not be done is answered with its page and says so to
// machines too.
func TestFailedForms(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.user(access.Owner)
	owner := s.session("owner")
	a := s.ask("/customers/1/payment", url.Values{"kind": {"payment"}, "amount": {"1,234,56"}, "back": {"/customers/1"}}, owner)
	if a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "1,234,56") || !strings.Contains(a.body, "expected an amount") {
		t.Error(a)
	}
}

// TestLongFlash: a long sentence is cut between two letters.
func TestLongFlash(t *testing.T) {
	w := httptest.NewRecorder()
	putFlash(w, flash{Text: "x" + strings.Repeat("ü", maxFlash)})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, c := range w.Result().Cookies() {
		r.AddCookie(c)
	}
	f := takeFlash(httptest.NewRecorder(), r)
	if f == nil || !utf8.ValidString(f.Text) || strings.ContainsRune(f.Text, utf8.RuneError) || !strings.HasSuffix(f.Text, "ü…") {
		t.Errorf("%+v", f)
	}
}

// TestNoCreditor: a book without a creditor says what to do.
func TestNoCreditor(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	id, err := s.app.DB().CreateTenant(ctx, "Nobody yet", "GB")
	if err != nil {
		t.Fatal(err)
	}
	empty, err := app.New(s.app.DB(), id, "test")
	if err != nil {
		t.Fatal(err)
	}
	bare := &site{app: empty, t: t, web: New(Options{App: empty})}
	bare.Server = httptest.NewServer(bare.web.Handler())
	t.Cleanup(bare.Close)
	bare.user(access.Owner)
	if a := bare.ask("/today", nil, bare.session("owner")); a.code != http.StatusConflict || !strings.Contains(a.body, "recoup creditor add") {
		t.Error(a)
	}
}

// TestMailServerPassword: another mail server asks for the password again, and then nothing of
// the form is kept without it.
func TestMailServerPassword(t *testing.T) {
	s := newSite(t)
	login := s.user(access.Owner)
	u, err := s.app.User(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	late := app.Request{Actor: login, Role: access.Owner, Confirmed: time.Now().Add(-time.Hour)}
	changes := []app.SettingChange{{Name: app.SettingMailFrom, Value: "thief@evil.example"}, {Name: app.SettingSMTP, Value: "smtp://evil.example:587"}}
	if err := s.app.SetSettings(t.Context(), late, changes); err == nil || app.AsError(err).Code != "password_needed" {
		t.Errorf("%s: %v", u.Login, err)
	}
	if got, _ := s.app.Setting(t.Context(), "", app.SettingMailFrom); got != "" {
		t.Errorf("half of it was kept: %q", got)
	}
	late.Confirmed = time.Now()
	if err := s.app.SetSettings(t.Context(), late, changes); err != nil {
		t.Error(err)
	}
}

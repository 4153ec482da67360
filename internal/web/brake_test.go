package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// TestBrake: a run that would send far more than usual is stopped, and the page says so in
// words; who may lets it go with a reason, who may not reads who may.
func TestBrake(t *testing.T) {
	s := newSite(t)
	rows := ""
	for _, n := range []string{"1", "2", "3"} {
		rows += "C-" + n + ",Northgate " + n + " Ltd,company,GB,en-GB,ap@north" + n + ".example,accounts_payable,invoice,INV-" + n +
			",1,2026-02-20,2026-03-12,yes,GBP,900.00,900.00\n"
	}
	s.ledger(rows)
	for _, role := range []access.Role{access.Owner, access.CreditManager, access.Controller, access.Legal} {
		s.user(role)
	}
	for name, value := range map[string]string{"policy.brake_factor": "1", "policy.backlog_per_day": "1", "policy.backlog_percent": "0"} {
		if err := s.app.SetSetting(t.Context(), system, "", name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.app.MoveClock(t.Context(), system, time.Date(2026, 3, 25, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.CashKnown(t.Context(), system, "", cal.MustParse("2026-03-24")); err != nil {
		t.Fatal(err)
	}
	r, err := s.app.Run(t.Context(), system, app.RunRequest{AsOf: cal.None, Approve: app.ApproveAll})
	if err != nil || !r.Brake.Tripped || r.Brake.WouldSend != 3 || r.Brake.Limit != 1 {
		t.Fatalf("%+v %v", r.Brake, err)
	}
	held := func() (n int) {
		list, err := s.app.Outbox(t.Context(), app.OutboxFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if list[i].State == book.Approved && list[i].Reason == string(reason.Brake) {
				n++
			}
		}
		return n
	}
	if held() != 3 {
		t.Fatalf("%d messages are held", held())
	}
	page := func(login string) string { return s.ask("/messages", nil, s.session(login), changedCookie).body }
	for _, login := range []string{"owner", "credit.manager"} {
		if p := page(login); !strings.Contains(p, "The brake holds 3 released messages") || !strings.Contains(p, "Let them go") {
			t.Errorf("%s: %s", login, p)
		}
	}
	for _, login := range []string{"controller", "legal"} {
		if p := page(login); !strings.Contains(p, "The brake holds 3") || !strings.Contains(p, "An owner or a credit manager") || strings.Contains(p, "Let them go") {
			t.Errorf("%s: %s", login, p)
		}
	}
	let := url.Values{"release": {"1"}, "why": {"the spring invoices are all due today"}, "back": {"/messages"}}
	if a := s.ask("/run", let, s.session("controller")); a.code == http.StatusSeeOther || held() != 3 {
		t.Errorf("a controller lets them go: %v", a)
	}
	let.Set("why", "")
	if a := s.ask("/run", let, s.session("credit.manager")); a.code == http.StatusSeeOther || strings.Contains(a.body, "--reason") || held() != 3 {
		t.Errorf("without a reason: %v", a)
	}
	let.Set("why", "the spring invoices are all due today")
	if a := s.ask("/run", let, s.session("credit.manager")); a.code != http.StatusSeeOther || held() != 0 {
		t.Errorf("%d are still held: %v", held(), a)
	}
	if p := page("controller"); strings.Contains(p, "The brake holds") {
		t.Error("the page still tells of the brake")
	}
	log := s.ask("/audit", nil, s.session("owner"), changedCookie)
	if !strings.Contains(log.body, "the spring invoices are all due today") {
		t.Errorf("the reason stands nowhere in the log: %v", log)
	}
}

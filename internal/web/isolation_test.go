package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// TestOtherTenants asks for every route with the numbers of another tenant's customers,
// messages, tasks and holds in the same database: nothing of it is told or changed.
func TestOtherTenants(t *testing.T) {
	s := newSite(t)
	s.ledger(smallLedger)
	s.run()
	s.user(access.Owner)
	ctx := context.Background()
	id, err := s.app.DB().CreateTenant(ctx, "Foreign Trading", "GB")
	if err != nil {
		t.Fatal(err)
	}
	other, err := app.New(s.app.DB(), id, "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.AddCreditor(ctx, system, app.NewCreditor{Code: "foreign", Name: "Foreign Trading", Country: "GB", Currency: "GBP"}); err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	for n := range 40 {
		fmt.Fprintf(&rows, "F-%d,Foreign Debtor %d Ltd,company,GB,en-GB,ap@foreign%d.example,accounts_payable,invoice,FOREIGN-%d,1,2026-01-10,2026-02-09,yes,GBP,1240.00,1240.00\n", n, n, n, n)
	}
	foreign := &site{app: other, t: t}
	foreign.ledger(rows.String())
	foreign.run()
	if _, err := other.AddHold(ctx, system, app.HoldRequest{Creditor: "foreign", Ref: "customer:F-39", Kind: "pause", Until: cal.MustParse("2026-04-01"), Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	before, err := other.AuditLog(ctx, app.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	theirs := strings.NewReplacer("{$}", "", "{id}", "38", "{contact}", "38", "{entry}", "38", "{key}", "standard",
		"{language}", "en-GB", "{step}", "formal", "{login}", "owner", "{creditor}", "foreign", "{number}", "F-38", "{lane}", "must")
	cookie := s.session("owner")
	for _, rt := range routes {
		var form url.Values
		if rt.method == "POST" {
			form = url.Values{"message": {"38"}, "customer": {"38"}, "do": {"approve"}, "kind": {"pause"}, "until": {"2026-04-01"},
				"reason": {"x"}, "text": {"x"}, "amount": {"1"}, "item": {"FOREIGN-38"}, "outcome": {"done"}, "creditor": {"harbour-foods-ltd"}}
		}
		path := theirs.Replace(rt.pattern)
		a := s.ask(path, form, cookie)
		if strings.Contains(strings.ToLower(a.body), "foreign d") || strings.Contains(a.body, "Foreign Trading") {
			t.Errorf("%s %s tells of another tenant: %v", rt.method, path, a)
		}
		if strings.Contains(rt.pattern, "{id}") && a.code != 404 && a.code != 422 && a.code != 303 {
			t.Errorf("%s %s with a number of another tenant: %v", rt.method, path, a)
		}
	}
	after, err := other.AuditLog(ctx, app.AuditFilter{})
	if err != nil || len(after) != len(before) {
		t.Errorf("%d commands of the other tenant, %d before: %v", len(after), len(before), err)
	}
}

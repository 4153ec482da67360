package duty

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/mailcheck"
	"github.com/recoup-project/recoup/internal/channel/sink"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

// noDNS is a computer without the internet.
type noDNS struct{ asked int }

func (n *noDNS) LookupTXT(context.Context, string) ([]string, error) {
	n.asked++
	return nil, &net.DNSError{Err: "no network", IsTemporary: true}
}

// TestCheckMail: a look at a book on the computer's clock asks the server and the domain, and
// without the internet says so.
func TestCheckMail(t *testing.T) {
	ctx := context.Background()
	s, err := sink.Start(sink.Options{})
	must(t, err)
	defer s.Close()
	db, err := open.Open(ctx, t.TempDir()+"/book.db", store.Options{Create: true})
	must(t, err)
	defer db.Close()
	tenant, err := db.CreateTenant(ctx, "Test", "GB")
	must(t, err)
	a, err := app.New(db, tenant, "test")
	must(t, err)
	_, err = a.AddCreditor(ctx, tester, app.NewCreditor{Code: "main", Name: "Northgate", Country: "GB", Currency: "GBP"})
	must(t, err)
	must(t, a.SetSetting(ctx, tester, "", "mail.from", "ledger@northgate.example"))
	must(t, a.SetSetting(ctx, tester, "", "smtp.url", s.URL()))
	dns := noDNS{}
	got, err := CheckMail(ctx, a, MailCheck{Provider: "google", DNS: &dns})
	must(t, err)
	var codes []string
	for _, f := range got.Findings {
		codes = append(codes, f.About+" "+string(f.State)+" "+f.Code)
	}
	want := "connection good ok, spf unknown no_dns, dkim unknown no_dns, dmarc unknown no_dns"
	if text := strings.Join(codes, ", "); text != want || !got.OK() || dns.asked == 0 || got.Provider != "google" {
		t.Errorf("%s\nwant %s\n%+v", text, want, got)
	}
	s.SetFaults(sink.Fault{Stage: sink.AtMail, Action: sink.Reject, Every: 1})
	if got, err = CheckMail(ctx, a, MailCheck{DNS: &dns}); err != nil || got.OK() ||
		got.Findings[0].Code != "from_refused" || got.Provider != "own" || got.Findings[2].State != mailcheck.Unknown {
		t.Errorf("%+v %v", got, err)
	}
	if s.Count() != 0 {
		t.Error("a look sent a mail")
	}
}

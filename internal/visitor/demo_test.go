package visitor

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/browser"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/portal"
	"github.com/recoup-project/recoup/internal/sim"
	"github.com/recoup-project/recoup/internal/web"
)

// demo makes the demo and serves it as `recoup demo --serve` does.
func demo(t *testing.T) (*sim.World, string) {
	t.Helper()
	w, err := sim.Open(context.Background(), sim.Options{Dir: t.TempDir(), Seed: 2026, Today: cal.MustParse("2026-11-17"), Build: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	server := httptest.NewUnstartedServer(nil)
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	at := "http://localhost:" + port
	if err := w.App.SetSetting(context.Background(), app.Request{Actor: "system"}, "", app.SettingPortalURL, at); err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = web.New(web.Options{App: w.App, Build: "test", Status: w.Status, Licence: w.Licence(), Demo: w,
		Portal: portal.New(w.App, nil)}).Handler()
	server.Start()
	t.Cleanup(server.Close)
	return w, at
}

// TestTheFirstTenMinutes lives through the demo in the order of a visitor. It is one story:
// each part goes on where the one before ended.
func TestTheFirstTenMinutes(t *testing.T) {
	w, at := demo(t)
	p := browser.Start(t).Page(t, at)
	customer := ""
	for _, part := range []struct {
		says string
		do   func(t *testing.T)
	}{
		{"no login, and a banner that says that nothing leaves this machine", func(t *testing.T) {
			p.Open("/").Reads("Demo", "Tuesday 17 November · nothing leaves this machine")
			if p.Location() != "/today" {
				t.Errorf("it begins at %s", p.Location())
			}
			p.Reads("Owner: Olivia Hart", "+1 day", "+7 days", "Reset").Shot("visitor-today")
		}},
		{"today: what is overdue and how much of it one customer, expected this week, the three lanes", func(t *testing.T) {
			p.Reads("Overdue", "of it Harrow & Pike Ltd", "Expected this week", "Must do", "Call list", "Goes out today",
				"Wrong chases avoided", "came in since")
		}},
		{"one draft as the customer sees it, why, and what would change it", func(t *testing.T) {
			p.Follow("Look through").Reads("To look at").Follow(firstMessage(p)).Reads("What now?", "Subject", "Release", "Why?", "Would stop it")
			p.Shot("visitor-message")
			customer = browser.Eval[string](p, `document.querySelector('h1 a').getAttribute('href')`)
		}},
		{"released, it is in the demo mailbox, and its link opens the debtor's page", func(t *testing.T) {
			p.Follow("Release").Reads("1 message released")
			p.Open("/demo/mail")
			waitForMail(p)
			p.Follow(firstLink(p, "main a.item")).Reads("In the outbox")
			p.Follow("Open the debtor's page")
			if !strings.HasPrefix(p.Location(), "/p/") {
				t.Fatalf("the link leads to %s", p.Location())
			}
			p.Shot("visitor-portal")
		}},
		{"the debtor promises Friday, and the promise is on our list", func(t *testing.T) {
			p.Follow("I pay on a day").Shot("visitor-promise")
			p.Fill(firstLabel(p, "date"), "2026-11-20").Fill("Your name", "Dana Wells")
			submit(p)
			p.Shot("visitor-promised")
			p.Open(customer).Reads("Promise to pay")
		}},
		{"the weekly brief of the owner is in the mailbox too", func(t *testing.T) {
			p.Open("/demo/mail?q=Your+week").Reads("Your week:", "to olivia.hart@brightwater.example", "Mon 16 Nov")
		}},
		{"what there is to mend in the data, each with what to do", func(t *testing.T) {
			p.Open("/reports").Follow("Data to mend").Reads("findings in the customers", "VAT id that cannot be right",
				"Customers that may be one", "Invoices that may be one", "Order number missing", "No due date", "No way to write")
		}},
		{"a week later the promise was kept or broken, and money held messages back", func(t *testing.T) {
			p.Follow("+7 days").Reads("Tuesday 24 November", "It is Tuesday 24 November")
			p.Open("/demo").Reads("What happened", "came in").Shot("visitor-news")
		}},
		{"the aging as a plot, down to the items", func(t *testing.T) {
			p.Open("/reports/aging").Reads("Aging", "control total")
		}},
		{"the book as others see it, and the debtor's page", func(t *testing.T) {
			choose(p, "See it as", "ben.okafor").Reads("You are Ben Okafor now: auditor")
			p.Open("/settings")
			choose(p, "See it as", "debtor")
			if !strings.HasPrefix(p.Location(), "/p/") {
				t.Errorf("the debtor's view is at %s", p.Location())
			}
			p.Open("/")
			choose(p, "See it as", "olivia.hart").Reads("You are Olivia Hart now: owner")
		}},
		{"back to the beginning with one click", func(t *testing.T) {
			choose(p, "See it as", "marcus.reid").Reads("You are Marcus Reid now")
			p.Follow("Reset").Reads("Tuesday 17 November", "The demo is as it was")
			if who := browser.Eval[string](p, `document.querySelector("select[name=as]").value`); who != "marcus.reid" {
				t.Errorf("after the reset the visitor is %s", who)
			}
			if day, _, err := w.Now(t.Context()); err != nil || day != cal.MustParse("2026-11-17") {
				t.Errorf("the clock stands at %s, %v", day, err)
			}
		}},
	} {
		if !t.Run(strings.ReplaceAll(part.says, " ", "_"), part.do) {
			return
		}
	}
}

// TestTryThis: each of the ten sentences leads to a screen that has something on it.
func TestTryThis(t *testing.T) {
	_, at := demo(t)
	p := browser.Start(t).Page(t, at)
	if len(sim.TryThis) != 10 {
		t.Errorf("%d sentences, expected ten", len(sim.TryThis))
	}
	for i, try := range sim.TryThis {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			p.Open(try.Path)
			if text := p.Text(); strings.Contains(text, "Nothing here") || strings.Contains(text, "Not allowed") || len(text) < 400 {
				t.Errorf("%s leads to %s, which shows:\n%s", try.Text, try.Path, text)
			}
			if strings.Contains(try.Text, "Mahnung") && !strings.Contains(strings.ToLower(p.Text()), "formal reminder") {
				t.Errorf("%s leads to %s, where there is none:\n%s", try.Text, try.Path, p.Text())
			}
		})
	}
}

// TestElsewhere: from another machine nobody is signed in by itself.
func TestElsewhere(t *testing.T) {
	w, _ := demo(t)
	handler := web.New(web.Options{App: w.App, Demo: w}).Handler()
	for _, c := range []struct{ peer, host string }{{"192.0.2.7:4000", "localhost:8080"}, {"127.0.0.1:4000", "evil.example"}} {
		r := httptest.NewRequest(http.MethodGet, "/today", nil)
		r.RemoteAddr, r.Host = c.peer, c.host
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		if rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), "/signin") {
			t.Errorf("%v: %d %s", c, rec.Code, rec.Header().Get("Location"))
		}
	}
}

// firstMessage is the name of the first message of the list.
func firstMessage(p *browser.Page) string {
	return browser.Eval[string](p, `document.querySelector('tbody th a').innerText`)
}

// firstLink is what stands in the first link that a selector finds.
func firstLink(p *browser.Page, selector string) string {
	return browser.Eval[string](p, fmt.Sprintf(`document.querySelector(%q).innerText.replace(/\s+/g, " ").trim()`, selector))
}

// firstLabel is the label of the first field of a type.
func firstLabel(p *browser.Page, kind string) string {
	return browser.Eval[string](p, fmt.Sprintf(`document.querySelector("label[for='" + document.querySelector("input[type=%s]").id + "']").innerText`, kind))
}

// waitForMail looks again until the newest mail is of today.
func waitForMail(p *browser.Page) {
	p.Until("a mail of today", `(async () => {
		const text = await (await fetch("/demo/mail")).text();
		if (!/17\s+Nov\s+1?\d:\d\d/.test(text.replace(/&nbsp;|\u00a0/g, " "))) return false;
		location.reload();
		return true;
	})()`)
	p.Open("/demo/mail")
}

// submit presses the main button of the page's form.
func submit(p *browser.Page) {
	p.Follow(browser.Eval[string](p, `document.querySelector('main form button.primary, form button.primary').innerText`))
}

// choose takes a value of a list that takes effect at once.
func choose(p *browser.Page, label, value string) *browser.Page {
	return p.Choose(label, value)
}

package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
)

func (b *testBook) sets(by, name, value string) {
	b.t.Helper()
	if err := b.SetSetting(b.ctx, Request{Actor: by}, "main", name, value); err != nil {
		b.t.Fatal(err)
	}
}

func (b *testBook) mailTest(o *outTray) {
	b.t.Helper()
	if _, err := b.MailTest(b.ctx, tester, "", "me@northgate.example", o.open); err != nil {
		b.t.Fatal(err)
	}
}

// bankFindings are what doctor says about changed accounts.
func (b *testBook) bankFindings() (texts []string) {
	b.t.Helper()
	all, err := b.readiness(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range all {
		if f.Name == "bank_details" {
			texts = append(texts, f.Text)
		}
	}
	return texts
}

// TestChangedAccountHoldsAllMessages: who changes the account after messages were
// released stops them; what is released then waits for a test message, and for another
// person or three days (guardrail R15).
func TestChangedAccountHoldsAllMessages(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		o := outTray{outcome: Delivered}
		b.sets("cli:anna", "bank.account", "87654321")
		list, err := b.Outbox(b.ctx, OutboxFilter{})
		if err != nil || len(list) != 1 || list[0].State != book.Stopped || list[0].Reason != "bank_changed" {
			t.Fatalf("%+v %v", list, err)
		}
		err = b.SetSetting(b.ctx, tester, "main", settingUnchanged, "2018-09-03")
		if AsError(err).Code != "bank_changed" {
			t.Errorf("unchanged since before the change: %v", err)
		}
		_, err = b.MailTest(b.ctx, tester, "", "me@northgate.example", o.open)
		if AsError(err).Code != "sender_incomplete" {
			t.Errorf("the old word still stands: %v", err)
		}
		b.sets("anna", settingUnchanged, "2026-03-05") // the same person, called otherwise
		b.run(ApproveAll)
		waits := func(when string) {
			t.Helper()
			report := b.sendWith(&o)
			if diff := cmp.Diff(counts("bank_changed", 1), report.Waiting); diff != "" || report.Sent != 0 {
				t.Errorf("%s: %+v (waiting -want +got):\n%s", when, report, diff)
			}
		}
		waits("nobody confirmed it")
		b.mailTest(&o)
		waits("tested, and not confirmed")
		want := "main: anna changed the account that customers pay into; nothing leaves until " +
			"another person confirms it or it is 2026-03-08 10:00"
		if got := b.bankFindings(); !slices.Equal(got, []string{want}) {
			t.Errorf("doctor: %q", got)
		}
		b.sets("bob", settingUnchanged, "2026-03-05")
		if report := b.sendWith(&o); report.Sent != 1 || len(b.bankFindings()) != 0 {
			t.Errorf("confirmed: %+v", report)
		}
		if text := o.mails[len(o.mails)-1].Text; !strings.Contains(text, "87654321") ||
			!strings.Contains(text, "since 5 March 2026") {
			t.Error(text)
		}
	})
}

// TestChangedAccountThreeDays: without a second person a change counts after three days,
// and also then a test message is needed.
func TestChangedAccountThreeDays(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	o := outTray{outcome: Delivered}
	b.sets("anna", "bank.iban", "GB29 NWBK 6016 1331 9268 19") // beside another account
	b.sets("anna", settingUnchanged, "2026-03-05")
	b.at("2026-03-09", 11)
	b.knowCash("2026-03-08")
	b.run(ApproveAll)
	if report := b.sendWith(&o); !slices.Equal(report.Waiting, counts("bank_changed", 1)) {
		t.Errorf("not tested: %+v", report)
	}
	if got := b.bankFindings(); len(got) != 1 || strings.Contains(got[0], "another person") {
		t.Errorf("doctor: %q", got)
	}
	b.mailTest(&o)
	if report := b.sendWith(&o); report.Sent != 1 {
		t.Errorf("tested: %+v", report)
	}
	b.sets("bob", "bank.iban", "GB29NWBK60161331926819") // the same, written otherwise
	if got := b.bankFindings(); len(got) != 0 {
		t.Errorf("doctor: %q", got)
	}
}

// TestWhoTookPartConfirmsNothing: of two people who changed the account neither is the
// second one; and what is removed first is changed all the same.
func TestWhoTookPartConfirmsNothing(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	o := outTray{outcome: Delivered}
	b.sets("anna", settingUnchanged, "")
	b.sets("anna", "bank.account", "87654321")
	b.sets("bob", "bank.holder", "Northgate")
	b.sets("anna", settingUnchanged, "2026-03-05")
	b.mailTest(&o)
	if got := b.bankFindings(); len(got) != 1 || !strings.Contains(got[0], "anna, bob") {
		t.Errorf("doctor: %q", got)
	}
	b.sets("carol", settingUnchanged, "2026-03-05")
	if got := b.bankFindings(); len(got) != 0 {
		t.Errorf("doctor: %q", got)
	}
}

// TestUnchangedSinceAhead: nobody knows what will not have changed.
func TestUnchangedSinceAhead(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	err := b.SetSetting(b.ctx, tester, "main", settingUnchanged, "2026-02-02")
	if AsError(err).Code != "day_in_future" {
		t.Error(err)
	}
	b.sets("test", settingUnchanged, "2026-02-01")
}

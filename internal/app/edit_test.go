package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// TestEditingAReleasedMessageAsksAgain: who released a message released its words. With
// other words it waits again, and nothing leaves until somebody has released those.
func TestEditingAReleasedMessageAsksAgain(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		report, err := b.Edit(b.ctx, tester, []int64{list[0].ID}, "Thank you for the call this morning.")
		if err != nil || len(report.Changed) != 1 || report.Changed[0].To != book.Proposed || report.Changed[0].Anew == 0 {
			t.Fatalf("%+v, %v", report, err)
		}
		var o outTray
		o.outcome = Delivered
		if r := b.sendWith(&o); r.Sent != 0 {
			t.Fatalf("sent with words that nobody released: %+v", r)
		}
		if p, err := b.Preview(b.ctx, report.Changed[0].Anew); err != nil || !strings.Contains(p.Text, "call this morning") {
			t.Errorf("%v\n%s", err, p.Text)
		}
		b.mustApprove(report.Changed[0].Anew)
		if r := b.sendWith(&o); r.Sent != 1 || !strings.Contains(o.mails[0].Text, "call this morning") {
			t.Errorf("released anew: %+v", r)
		}
	})
}

// TestALineIsHeldToWhatAnyWordIs: no account that is not ours, no hard word in a soft message,
// nothing without end; the message then stays as it was.
func TestALineIsHeldToWhatAnyWordIs(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved})
		if err != nil {
			t.Fatal(err)
		}
		ids := []int64{list[0].ID}
		for line, code := range map[string]string{
			"Our bank has changed: please pay to IBAN GB29 NWBK 6016 1331 9268 19": "account_in_words",
			"please pay to gb29nwbk60161331926819 from now on":                     "account_in_words",
			"New sort code 20-11-26, account 87654321":                             "account_in_words",
			"We will take you to court tomorrow.":                                  "line_refused",
			strings.Repeat("very ", 200) + "long":                                  "line_too_long",
		} {
			if _, err := b.Edit(b.ctx, tester, ids, line); err == nil || AsError(err).Code != code {
				t.Errorf("%s: %v, expected %s", line, err, code)
			}
		}
		for _, line := range []string{"It is the account that you know, 12-34-56 12345678.", "Invoice INV-1 was for 600.00 GBP, on 16.11.2026.",
			"Please ring 0117 496 0000 about order 4711000123."} {
			report, err := b.Edit(b.ctx, tester, ids, line)
			if err != nil || len(report.Changed) != 1 {
				t.Fatalf("%s: %+v, %v", line, report, err)
			}
			if ids[0] = report.Changed[0].Message; report.Changed[0].Anew != 0 {
				ids[0] = report.Changed[0].Anew
			}
		}
	})
}

// TestAPrintedLetterKeepsItsWords: what is on paper cannot be changed.
func TestAPrintedLetterKeepsItsWords(t *testing.T) {
	b, m, _ := demandReady(t, t.TempDir()+"/book.db")
	if _, err := b.PrintLetters(b.ctx, tester, PrintOrder{}); err != nil {
		t.Fatal(err)
	}
	report, err := b.Edit(b.ctx, tester, []int64{m.ID}, "Thank you.")
	if err != nil || len(report.Refused) != 1 || report.Refused[0].Code != "letter_printed" {
		t.Fatalf("%+v, %v", report, err)
	}
	if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: m.ID, Day: cal.None, Enclosed: true}); err != nil {
		t.Error(err)
	}
}

// TestAccountsInWords finds numbers to pay to and leaves others alone.
func TestAccountsInWords(t *testing.T) {
	ours := []string{"DE02 1203 0000 0000 2020 51", "4711000123"}
	for text, want := range map[string]bool{
		"DE89 3704 0044 0532 0130 00":                 true,
		"de89.3704.0044.0532.0130.00 ist neu":         true,
		"Neu:DE89370400440532013000.":                 true,
		"DE02120300000000202051 wie immer":            false,
		"ＤＥ８９ ３７０４ ００４４ ０５３２ ０１３０ ００":                 true,
		"Konto 87654321":                              true,
		"Ihr Konto 4711000123 bei uns":                false,
		"Rufen Sie uns an: 0351 4960142":              false,
		"please credit our account by 2026-11-16":     false,
		"Order PO12345678901234 of 16.11.2026":        false,
		"FY26 was a good year for both of us, thanks": false,
	} {
		if found := foreignAccount(text, ours); (found != "") != want {
			t.Errorf("%q: found %q", text, found)
		}
	}
	text, err := TextSource("en-GB", "friendly")
	if err != nil {
		t.Fatal(err)
	}
	found, err := CheckText("en-GB", "friendly", text+"\nPlease pay to DE89 3704 0044 0532 0130 00.\n")
	if err != nil || !slices.ContainsFunc(found, func(f TextFinding) bool { return f.Code == "account_in_words" }) {
		t.Errorf("a text of our own with an account: %+v, %v", found, err)
	}
}

package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// live runs each day from one to another, releases what a person may release in one go
// and sends it.
func (b *testBook) live(o *outTray, from, to string) {
	b.t.Helper()
	for day := cal.MustParse(from); day <= cal.MustParse(to); day++ {
		b.at(day.String(), 11)
		b.knowCash(day.String())
		b.run(ApproveAll)
		b.sendWith(o)
	}
}

func (b *testBook) hold(ref string, kind book.HoldKind, until string) int64 {
	b.t.Helper()
	req := HoldRequest{Ref: ref, Kind: kind, Until: cal.None, Reason: "on the telephone"}
	if until != "" {
		req.Until = cal.MustParse(until)
	}
	h, err := b.AddHold(b.ctx, tester, req)
	if err != nil {
		b.t.Fatal(err)
	}
	return h.Hold
}

// outcomes lists how the holds of an item ended.
func (b *testBook) outcomes(ref string) string {
	b.t.Helper()
	list, err := b.Holds(b.ctx, "main", ref)
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, h := range list {
		out = append(out, h.Ended+" "+h.Outcome)
	}
	return strings.Join(out, ", ")
}

// TestPromisesAreJudged: the run judges promises by the money that has arrived, records
// how they ended, and plans the note, which a person releases; the second promise about
// an item gets a note of its own.
func TestPromisesAreJudged(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		var o outTray
		o.outcome = Delivered
		b.live(&o, "2026-03-05", "2026-03-06")
		b.hold("item:INV-1", book.HoldPromise, "2026-03-10")
		b.live(&o, "2026-03-09", "2026-03-12")
		b.goTo(cal.MustParse("2026-03-13"))
		report := b.run(ApproveNone)
		if report.AwaitingPerson != 1 || report.DecisionsByAction["promise_broken"] != 1 {
			t.Errorf("the note waits for a person: %+v", report)
		}
		b.at("2026-03-13", 11)
		b.knowCash("2026-03-12")
		b.approvePersonal()
		b.sendWith(&o)
		text := o.mails[len(o.mails)-1].Text
		for _, want := range []string{"On 6 March 2026 you told us that £600.00 would reach us by Tuesday\n10 March 2026. We have not received it.",
			"so that it reaches us by Friday 20 March 2026"} {
			if !strings.Contains(text, want) {
				t.Errorf("the note does not say %q:\n%s", want, text)
			}
		}
		b.hold("item:INV-1", book.HoldPromise, "2026-03-17")
		b.live(&o, "2026-03-16", "2026-03-16")
		if _, err := b.Pay(b.ctx, tester, PayRequest{Ref: "item:INV-1", Amount: amountOf(t, "150.00 GBP"), On: cal.None}); err != nil {
			t.Fatal(err)
		}
		b.live(&o, "2026-03-17", "2026-03-20")
		if text = o.mails[len(o.mails)-1].Text; !strings.Contains(text, "Of this, £150.00 has arrived.") {
			t.Errorf("the second note:\n%s", text)
		}
		if got, want := b.outcomes("item:INV-1"), "2026-03-13 broken, 2026-03-20 partly"; got != want {
			t.Errorf("outcomes %s, expected %s", got, want)
		}
		want := []string{"2026-03-05 friendly email sent", "2026-03-13 broken_promise email sent", "2026-03-20 broken_promise email sent"}
		if diff := cmp.Diff(want, b.messages("C1")); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		b.hold("item:INV-1", book.HoldPromise, "2026-03-24")
		if _, err := b.Pay(b.ctx, tester, PayRequest{Ref: "item:INV-1", Amount: amountOf(t, "450.00 GBP"), On: cal.None}); err != nil {
			t.Fatal(err)
		}
		b.live(&o, "2026-03-23", "2026-03-27")
		if got, want := b.outcomes("item:INV-1"), "2026-03-13 broken, 2026-03-20 partly, 2026-03-27 kept"; got != want {
			t.Errorf("outcomes %s, expected %s", got, want)
		}
		b.sound()
	})
}

// sound checks every cache against the replay, and the chain. The test server is fast, not safe.
func (b *testBook) sound() {
	b.t.Helper()
	all, err := b.Doctor(b.ctx, true, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range all {
		if !f.OK && !f.Warning && !strings.Contains("fsync full_page_writes synchronous_commit", f.Name) {
			b.t.Errorf("doctor: %s: %s", f.Name, f.Text)
		}
	}
}

// TestDisputesAndPauses: a dispute decided for us is answered with a fresh deadline, each
// time; after a long pause the first message shows how the account stands.
func TestDisputesAndPauses(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		var o outTray
		o.outcome = Delivered
		b.live(&o, "2026-03-05", "2026-03-06")
		first := b.hold("item:INV-1", book.HoldDispute, "")
		b.at("2026-03-16", 9)
		b.end(first, "upheld")
		b.live(&o, "2026-03-16", "2026-03-16")
		text := o.mails[len(o.mails)-1].Text
		for _, want := range []string{"On 6 March 2026 you asked us to look into this invoice.", "by Monday 23 March 2026"} {
			if !strings.Contains(text, want) {
				t.Errorf("the answer does not say %q:\n%s", want, text)
			}
		}
		second := b.hold("item:INV-1", book.HoldDispute, "")
		b.at("2026-03-18", 9)
		b.end(second, "upheld")
		b.live(&o, "2026-03-18", "2026-03-18")
		b.hold("customer:C1", book.HoldPause, "2026-04-21")
		b.live(&o, "2026-04-20", "2026-04-24")
		text = o.mails[len(o.mails)-1].Text
		if !strings.Contains(text, "how the account stands as at 22 April 2026") || !strings.Contains(text, "INV-2") {
			t.Errorf("after the pause:\n%s", text)
		}
		want := []string{"2026-03-05 friendly email sent", "2026-03-16 dispute_answer email sent", "2026-03-18 dispute_answer email sent",
			"2026-04-22 resumption email sent"}
		if diff := cmp.Diff(want, b.messages("C1")); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		b.sound()
	})
}

// TestNoteAfterAPromiseTakenBack: a later promise that was entered by mistake does not
// keep the note about the broken one from being written.
func TestNoteAfterAPromiseTakenBack(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	var o outTray
	o.outcome = Delivered
	b.live(&o, "2026-03-05", "2026-03-06")
	b.hold("item:INV-1", book.HoldPromise, "2026-03-10")
	b.goTo(cal.MustParse("2026-03-13"))
	b.run(ApproveNone)
	mistake := b.hold("item:INV-1", book.HoldPromise, "2026-03-27")
	b.at("2026-03-16", 9)
	b.end(mistake, "withdrawn")
	b.live(&o, "2026-03-16", "2026-03-16")
	want := "On 6 March 2026 you told us that £600.00 would reach us by Tuesday\n10 March 2026."
	if text := o.mails[len(o.mails)-1].Text; !strings.Contains(text, want) {
		t.Errorf("the note does not say %q:\n%s", want, text)
	}
}

// TestNoPromiseIsJudgedBlind: a promise counts as broken only when cash is known well
// enough; money of the right day that is recorded late keeps it.
func TestNoPromiseIsJudgedBlind(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	var o outTray
	o.outcome = Delivered
	b.live(&o, "2026-03-05", "2026-03-06")
	b.hold("item:INV-1", book.HoldPromise, "2026-03-10")
	b.goTo(cal.MustParse("2026-03-13"))
	if report := b.run(ApproveNone); report.DecisionsByAction["promise_broken"] != 0 {
		t.Errorf("judged with cash known to the 6th: %+v", report)
	}
	if _, err := b.Pay(b.ctx, tester, PayRequest{Ref: "item:INV-1", Amount: amountOf(t, "600.00 GBP"),
		On: cal.MustParse("2026-03-10")}); err != nil {
		t.Fatal(err)
	}
	b.live(&o, "2026-03-16", "2026-03-16")
	if got, want := b.outcomes("item:INV-1"), "2026-03-16 kept"; got != want {
		t.Errorf("outcomes %s, expected %s", got, want)
	}
	b.sound()
}

// TestAnAnswerBeforeTheDueDate: who questioned an invoice that is not yet due hears at once
// that it stands, and to pay it by its due date.
func TestAnAnswerBeforeTheDueDate(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-20")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-20", 60_000, book.Yes})
		b.at("2026-03-03", 11)
		hold := b.hold("item:INV-1", book.HoldDispute, "")
		b.at("2026-03-05", 11)
		b.end(hold, "upheld")
		tray := &outTray{outcome: Delivered}
		b.live(tray, "2026-03-05", "2026-03-06")
		const asks = "reaches us by Friday 20 March 2026"
		if len(tray.mails) != 1 || !strings.Contains(strings.Join(strings.Fields(tray.mails[0].Text), " "), asks) {
			t.Errorf("mails %+v", tray.mails)
		}
		if got := b.messages("C1"); !slices.Equal(got, []string{"2026-03-05 dispute_answer email sent"}) {
			t.Errorf("messages %q", got)
		}
	})
}

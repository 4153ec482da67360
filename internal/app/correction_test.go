package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// TestBrakeLeavesACorrection: a brake that trips on the day of a correction neither
// holds it nor takes from it what it corrects.
func TestBrakeLeavesACorrection(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		o := outTray{outcome: Delivered}
		b.sendWith(&o)
		list, err := b.Outbox(b.ctx, OutboxFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			number := fmt.Sprintf("D%03d", i)
			b.addCustomers(newCustomer{number: number, kind: "company", country: "GB", email: "ap@d.example"})
			b.addItems(newItem{number, "INV-" + number, "2026-03-06", 50_000, book.Yes})
		}
		b.at("2026-03-11", 10)
		b.knowCash("2026-03-10")
		if _, err := b.Void(b.ctx, tester, []int64{list[0].ID}); err != nil {
			t.Fatal(err)
		}
		b.approvePersonal()
		if report := b.run(ApproveAll); !report.Brake.Tripped {
			t.Fatalf("the brake did not trip: %+v", report.Brake)
		}
		report, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}})
		if err != nil || report.Sent != 1 {
			t.Fatalf("sent %+v, %v", report, err)
		}
		if text := o.mails[len(o.mails)-1].Text; !strings.Contains(text, "5 March 2026") {
			t.Errorf("the correction does not name what it takes back:\n%s", text)
		}
	})
}

// TestVoidTwoMessagesOfACustomer: each of two messages voided on one day is followed by
// a correction of its own, and a run of that day leaves both as they are.
func TestVoidTwoMessagesOfACustomer(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.sendAll()
		b.everyDay("2026-03-06", "2026-03-19")
		if sent := b.messages("C1"); len(sent) != 2 {
			t.Fatalf("sent: %v", sent)
		}
		b.at("2026-03-20", 10)
		report, err := b.Void(b.ctx, tester, []int64{1, 2})
		if err != nil || len(report.Changed) != 2 {
			t.Fatalf("void: %+v, %v", report, err)
		}
		b.run(ApproveNone)
		want := []string{"2026-03-20 correction email proposed", "2026-03-20 correction email proposed"}
		if diff := cmp.Diff(want, b.messages("C1")[:2]); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	})
}

// TestACorrectionComesFirst: after a message was taken back nothing goes to its customer
// before the correction, which stays proposed until a person says what becomes of it; and
// what was taken back counts for the gap to the next message.
func TestACorrectionComesFirst(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		o := outTray{outcome: Delivered}
		b.sendWith(&o)
		if _, err := b.Void(b.ctx, tester, []int64{1}); err != nil {
			t.Fatal(err)
		}
		waits := []string{"2026-03-05 correction email proposed"}
		for _, day := range []string{"2026-03-05", "2026-03-06", "2026-03-09", "2026-03-16"} {
			b.at(day, 10)
			b.knowCash(day)
			report := b.run(ApproveAll)
			if diff := cmp.Diff(waits, b.messages("C1")); diff != "" {
				t.Errorf("%s: messages (-want +got):\n%s", day, diff)
			}
			if said := report.DecisionsByReason["correction_open"]; day == "2026-03-05" && said != 1 {
				t.Errorf("%v", report.DecisionsByReason)
			}
		}
		b.payAll("C1")
		if report, err := b.Approve(b.ctx, tester, []int64{2}); err != nil || len(report.Changed) != 1 {
			t.Fatalf("%+v %v", report, err)
		}
		if report := b.sendWith(&o); report.Sent != 1 || !strings.Contains(o.mails[len(o.mails)-1].Text, "5 March 2026") {
			t.Errorf("%+v", report)
		}
	})
}

// payAll settles all items of a customer.
func (b *testBook) payAll(customer string) {
	b.t.Helper()
	b.do("test_paid", func(w *recorder) error {
		if _, err := w.Exec(`UPDATE item SET open_minor = 0 WHERE tenant_id = $1 AND customer_id = $2`, b.tenant,
			b.customer[customer]); err != nil {
			return err
		}
		return w.touch(b.customer[customer])
	})
}

// TestTakenBackCountsAsContact: the customer heard what was taken back, so the gap to the
// next message runs from it.
func TestTakenBackCountsAsContact(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.sendWith(&outTray{outcome: Delivered})
		if _, err := b.Void(b.ctx, tester, []int64{1}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Reject(b.ctx, tester, []int64{2}); err != nil {
			t.Fatal(err)
		}
		for _, day := range []string{"2026-03-05", "2026-03-06", "2026-03-09", "2026-03-10", "2026-03-11"} {
			b.at(day, 10)
			b.run(ApproveAll)
			if got := b.messages("C1"); len(got) != 0 {
				t.Fatalf("%s: %v", day, got)
			}
		}
		b.at("2026-03-12", 10)
		b.run(ApproveAll)
		if diff := cmp.Diff([]string{"2026-03-12 friendly email approved"}, b.messages("C1")); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	})
}

// correctionBook is a book whose first message was sent and taken back; its correction,
// message 2, is released.
func correctionBook(t *testing.T, address string) (*testBook, *outTray) {
	t.Helper()
	b := friendlyBook(t, address)
	o := &outTray{outcome: Delivered}
	b.sendWith(o)
	if _, err := b.Void(b.ctx, tester, []int64{1}); err != nil {
		t.Fatal(err)
	}
	b.mustApprove(2)
	return b, o
}

func (b *testBook) mustApprove(ids ...int64) {
	b.t.Helper()
	if report, err := b.Approve(b.ctx, tester, ids); err != nil || len(report.Changed) != len(ids) {
		b.t.Fatalf("approve %d: %+v, %v", ids, report, err)
	}
}

// TestAStoppedCorrectionIsOwed: a correction that the last look stops, or that did not
// leave, waits for its release again; meanwhile nothing else goes to the customer. A
// person rejects it, or it is sent; it cannot be put off.
func TestAStoppedCorrectionIsOwed(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b, o := correctionBook(t, address)
		h, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: "customer:C1", Kind: book.HoldInsolvency, Reason: "a letter of the court"})
		if err != nil {
			t.Fatal(err)
		}
		if report := b.sendWith(o); cmp.Diff(counts("insolvency", 1), report.Stopped) != "" {
			t.Fatalf("%+v", report)
		}
		waits := []string{"2026-03-05 correction email proposed"}
		if diff := cmp.Diff(waits, b.messages("C1")); diff != "" {
			t.Errorf("after the stop (-want +got):\n%s", diff)
		}
		if report, err := b.Approve(b.ctx, tester, []int64{2}); err != nil || len(report.Refused) != 1 || report.Refused[0].Code != "insolvency" {
			t.Errorf("released during the proceedings: %+v, %v", report, err)
		}
		_, err = b.Postpone(b.ctx, tester, []int64{2}, cal.MustParse("2026-03-10"))
		wantCode(t, err, "correction_not_postponed")
		if _, err := b.EndHold(b.ctx, tester, h.Hold, "", ""); err != nil {
			t.Fatal(err)
		}
		b.at("2026-03-16", 10)
		b.knowCash("2026-03-13")
		b.run(ApproveNone)
		if diff := cmp.Diff(waits, b.messages("C1")); diff != "" {
			t.Errorf("after the proceedings (-want +got):\n%s", diff)
		}
		b.mustApprove(2)
		o.outcome = NoAnswer
		b.sendWith(o)
		if m, err := b.ResolveOutbox(b.ctx, tester, 2, false); err != nil || m.State != book.Proposed {
			t.Errorf("not sent: %+v, %v", m, err)
		}
		b.mustApprove(2)
		o.outcome = Delivered
		if report := b.sendWith(o); report.Sent != 1 || !strings.Contains(o.mails[len(o.mails)-1].Text, "5 March 2026") {
			t.Errorf("%+v", report)
		}
	})
}

// TestACorrectionFindsAnotherWay: where the address is gone the next run proposes the
// correction to another contact, else by post, else a person is asked for an address.
func TestACorrectionFindsAnotherWay(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*testBook)
		want   []string
		tasks  int64
	}{
		"another contact": {func(b *testBook) {
			b.do("test_contact", func(w *recorder) error {
				return b.insert(w, "contact", map[string]any{"customer_id": b.customer["C1"], "contact_id": 7, "role": "general",
					"email": "office@c1.example", "state": "ok"})
			})
		}, []string{"2026-03-05 correction email proposed"}, 1},
		"by post": {func(*testBook) {}, []string{"2026-03-05 correction letter proposed"}, 1},
		"no way": {func(b *testBook) {
			b.do("test_address", func(w *recorder) error {
				if _, err := w.Exec("UPDATE party SET address = '' WHERE tenant_id = $1", b.tenant); err != nil {
					return err
				}
				_, err := w.Exec("UPDATE task SET state = 'done' WHERE tenant_id = $1", b.tenant)
				return err
			})
		}, []string{"2026-03-05 correction email proposed"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, address string) {
				b, o := correctionBook(t, address)
				o.outcome, o.refused = Rejection, true
				if report := b.sendWith(o); report.Failed != 1 {
					t.Fatalf("%+v", report)
				}
				tt.change(b)
				b.at("2026-03-16", 10)
				b.knowCash("2026-03-13")
				b.run(ApproveAll)
				b.run(ApproveAll)
				if diff := cmp.Diff(tt.want, b.messages("C1")); diff != "" {
					t.Errorf("messages (-want +got):\n%s", diff)
				}
				if n := b.number("SELECT COUNT(*) FROM task WHERE tenant_id = $1 AND kind = 'address_failed'"); n != tt.tasks {
					t.Errorf("%d tasks, expected %d", n, tt.tasks)
				}
				if name == "no way" {
					return
				}
				o.outcome, o.refused = Delivered, false
				b.mustApprove(3)
				if name == "by post" {
					if m, err := b.MarkSent(b.ctx, tester, SentByHand{Message: 3, Day: cal.None}); err != nil || m.State != book.Sent {
						t.Errorf("posted: %+v, %v", m, err)
					}
					return
				}
				if report := b.sendWith(o); report.Sent != 1 || o.mails[len(o.mails)-1].To != "office@c1.example" {
					t.Errorf("%+v to %s", report, o.mails[len(o.mails)-1].To)
				}
			})
		})
	}
}

// TestVoidTakesBothHalves: a final demand goes by mail and by post. Taking back the mail
// that has left ends the letter that was not posted yet; taking back what went both ways
// is followed by a correction both ways.
func TestVoidTakesBothHalves(t *testing.T) {
	for name, want := range map[string][]string{
		"letter not posted": {"2026-04-02 correction email proposed"},
		"letter posted":     {"2026-04-02 correction letter proposed", "2026-04-02 correction email proposed"},
	} {
		t.Run(name, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, address string) {
				b, list := finalDemand(t, address, "")
				b.at("2026-04-02", 10)
				b.knowCash("2026-04-01")
				o := outTray{outcome: Delivered}
				if report := b.sendWith(&o); report.Sent != 1 || report.ToPost != 1 {
					t.Fatalf("%+v", report)
				}
				at := slices.IndexFunc(list, func(m OutboxMessage) bool { return m.Channel == book.Letter })
				mail, letter := list[1-at].ID, list[at].ID
				if name == "letter posted" {
					if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: letter, Day: cal.None, Enclosed: true}); err != nil {
						t.Fatal(err)
					}
				}
				report, err := b.Void(b.ctx, tester, []int64{mail})
				voided := []int64{}
				for _, c := range report.Changed {
					if c.To == book.Voided {
						voided = append(voided, c.Message)
					}
				}
				if err != nil || !slices.Equal(voided, []int64{mail, letter}) || len(report.Refused) != 0 {
					t.Fatalf("void: %+v, %v", report, err)
				}
				got := slices.DeleteFunc(b.messages("C1"), func(m string) bool { return !strings.HasPrefix(m, "2026-04-02") })
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("messages (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestVoidedStepIsToldAnew: where the formal reminder is taken back after the call that
// follows it was raised, an open call is taken back too and the ladder goes on with the
// formal reminder: a required step is never left out.
func TestVoidedStepIsToldAnew(t *testing.T) {
	for name, anew := range map[string]string{"call open": "2026-04-02", "call made": "2026-04-07"} { // a call is a contact
		t.Run(name, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, address string) {
				b := formalSent(t, address)
				b.everyDay("2026-03-20", "2026-03-31")
				if got := b.openTasks(); !slices.Equal(got, []string{"call"}) {
					t.Fatalf("open: %v", got)
				}
				if name == "call made" {
					if err := b.TaskDone(b.ctx, tester, b.open().ID, "reached", cal.None); err != nil {
						t.Fatal(err)
					}
				}
				formal := b.number("SELECT message_id FROM message WHERE tenant_id = $1 AND lead_step = 'formal' AND channel = 'email'")
				if _, err := b.Void(b.ctx, tester, []int64{formal}); err != nil {
					t.Fatal(err)
				}
				b.everyDay("2026-04-01", "2026-04-12")
				if got := b.openTasks(); len(got) != 0 {
					t.Errorf("open: %v", got)
				}
				if got := b.number("SELECT COUNT(*) FROM task WHERE tenant_id = $1 AND outcome = '" +
					string(reason.EarlierStep) + "'"); got == 1 != (name == "call open") {
					t.Errorf("%d calls taken back", got)
				}
				want := []string{"2026-03-05 friendly email sent",
					"2026-03-31 correction email sent", "2026-03-31 correction letter sent",
					anew + " formal email sent", anew + " formal letter sent"}
				if diff := cmp.Diff(want, b.messages("C1")); diff != "" {
					t.Errorf("messages (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestVoidTakesHalvesOfTwoRuns: the letter was planned by a later run of the day, after the
// address had been entered.
func TestVoidTakesHalvesOfTwoRuns(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 600_000, book.Yes})
		b.everyDay("2026-03-05", "2026-03-18")
		b.goTo(cal.MustParse("2026-03-19"))
		b.run(ApproveNone)
		b.change(CustomerChange{Address: ptr("1 High Street\nYork")})
		b.run(ApproveNone)
		b.mustApprove(b.proposed()...)
		b.sendAll()
		want := []string{"2026-03-05 friendly email sent", "2026-03-19 formal email sent", "2026-03-19 formal letter sent"}
		if diff := cmp.Diff(want, b.messages("C1")); diff != "" {
			t.Fatalf("messages (-want +got):\n%s", diff)
		}
		formal := b.number(`SELECT message_id FROM message WHERE tenant_id = $1 AND lead_step = 'formal' AND channel = 'email'
			AND live = 1`)
		if report, err := b.Void(b.ctx, tester, []int64{formal}); err != nil || len(report.Changed) != 2 {
			t.Errorf("void: %+v, %v", report, err)
		}
	})
}

// TestVoidOfWhatEnded: a mail that a person rejected is not taken back, nor is the letter
// that stands.
func TestVoidOfWhatEnded(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b, list := finalDemand(t, address, "")
		mail := list[slices.IndexFunc(list, func(m OutboxMessage) bool { return m.Channel == book.Email })].ID
		if report, err := b.Reject(b.ctx, tester, []int64{mail}); err != nil || len(report.Changed) != 1 {
			t.Fatalf("reject: %+v, %v", report, err)
		}
		report, err := b.Void(b.ctx, tester, []int64{mail})
		if err != nil || len(report.Changed) != 0 || len(report.Refused) != 1 {
			t.Errorf("void: %+v, %v", report, err)
		}
		if got := b.messages("C1"); !slices.Contains(got, "2026-04-02 final_demand letter approved") {
			t.Errorf("messages: %v", got)
		}
	})
}

// formalSent is a book whose customer was sent the formal reminder by mail and by post.
func formalSent(t *testing.T, address string) *testBook {
	t.Helper()
	b := newTestBook(t, address, "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example",
		address: "1 High Street\nYork"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 600_000, book.Yes})
	b.everyDay("2026-03-05", "2026-03-19")
	return b
}

// everyDay runs, releases and sends everything from day to day, the last included.
func (b *testBook) everyDay(from, to string) {
	b.t.Helper()
	for day := cal.MustParse(from); day <= cal.MustParse(to); day++ {
		b.goTo(day)
		b.run(ApproveAll)
		b.approvePersonal()
		b.sendAll()
	}
}

package app

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// formalBook is a book on Thursday 19 March 2026, ten o'clock, with a formal reminder
// released that offers interest and compensation.
func formalBook(t *testing.T, address string) *testBook {
	t.Helper()
	b := newTestBook(t, address, "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 600_000, book.Unstated})
	agreed := "yes"
	b.change(CustomerChange{DateAgreed: &agreed})
	b.toFormal()
	b.at("2026-03-19", 10)
	b.knowCash("2026-03-18")
	return b
}

// activate puts a version of a shipped strategy in force whose steps were changed.
func (b *testBook) activate(key string, change func(*strategy.Step)) {
	b.t.Helper()
	s := *b.set.Strategies[key]
	s.Version, s.Steps = s.Version+1, slices.Clone(s.Steps)
	for i := range s.Steps {
		change(&s.Steps[i])
	}
	body, err := json.Marshal(s)
	if err == nil {
		_, err = b.ActivateStrategy(b.ctx, tester, body)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *testBook) change(c CustomerChange) {
	b.t.Helper()
	if _, err := b.SetCustomer(b.ctx, tester, b.customer["C1"], c); err != nil {
		b.t.Fatal(err)
	}
}

// TestReleasedIsDecidedOnceMore: what changes the figures of a released message, the law
// that it claims by, or whom it is written for, stops it; the next run makes it anew.
func TestReleasedIsDecidedOnceMore(t *testing.T) {
	text := func(v string) *string { return &v }
	customer := func(c CustomerChange) func(*testBook) { return func(b *testBook) { b.change(c) } }
	cases := map[string]func(*testBook){
		"law":           customer(CustomerChange{Law: text("DE")}),
		"contract rate": customer(CustomerChange{ContractRate: text("12")}),
		"kind":          customer(CustomerChange{Kind: text("unknown")}),
		"language":      customer(CustomerChange{Language: text("de")}),
		"date agreed":   customer(CustomerChange{DateAgreed: text("no")}),
		"contact": func(b *testBook) {
			b.do("test_contact", func(w *recorder) error {
				if _, err := w.Exec(`UPDATE contact SET contact_id = 7, email = 'new@c1.example' WHERE tenant_id = $1`,
					b.tenant); err != nil {
					return err
				}
				if err := b.insert(w, "contact", map[string]any{"customer_id": b.customer["C1"], "contact_id": 1,
					"role": "orderer", "email": "ap@c1.example", "state": "ok"}); err != nil {
					return err
				}
				return w.touch(b.customer["C1"])
			})
		},
		"due date": func(b *testBook) {
			b.do("test_due", func(w *recorder) error {
				if _, err := w.Exec(`UPDATE item SET due_date = $2 WHERE tenant_id = $1`, b.tenant,
					cal.MustParse("2026-03-04")); err != nil {
					return err
				}
				return w.touch(b.customer["C1"])
			})
		},
		"moved to another strategy": customer(CustomerChange{Strategy: text("firm")}),
		"each is to be looked at": func(b *testBook) {
			b.activate("standard", func(s *strategy.Step) {
				if s.Key == "formal" {
					s.Approval, s.ApprovalRole = strategy.Person, "owner"
				}
			})
		},
		"an input of all decisions": func(b *testBook) {
			if err := b.SetSetting(b.ctx, tester, "main", "policy.compensation_max_pc", "0"); err != nil {
				b.t.Fatal(err)
			}
		},
	}
	onBothEngines(t, func(t *testing.T, address string) {
		b := formalBook(t, address)
		b.change(CustomerChange{Law: text("DE")})
		o := outTray{outcome: Delivered}
		if report := b.sendWith(&o); !slices.Equal(report.Stopped, counts("changed_since_approval", 1)) {
			t.Fatalf("%+v", report)
		}
		b.run(ApproveAll)
		if report := b.sendWith(&o); report.Sent != 1 {
			t.Errorf("planned anew: %+v, %v", report, b.messages("C1"))
		}
	})
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			b := formalBook(t, t.TempDir()+"/book.db")
			change(b)
			o := outTray{outcome: Delivered}
			report := b.sendWith(&o)
			if diff := cmp.Diff(counts("changed_since_approval", 1), report.Stopped); diff != "" || len(o.mails) != 0 {
				t.Errorf("%+v (stopped -want +got):\n%s", report, diff)
			}
		})
	}
}

// TestWhatChangesNothingStopsNothing: facts and settings that leave the message as it is
// let it go.
func TestWhatChangesNothingStopsNothing(t *testing.T) {
	for name, change := range map[string]func(*testBook){
		"nothing": func(*testBook) {},
		"another step of its strategy": func(b *testBook) {
			b.activate("standard", func(s *strategy.Step) {
				if s.Key == "final_demand" {
					s.DeadlineDays = 21
				}
			})
		},
		"a softer release": func(b *testBook) {
			b.activate("standard", func(s *strategy.Step) {
				if s.Key == "formal" {
					s.Approval = strategy.AutoOK
				}
			})
		},
		"a fact":      func(b *testBook) { b.do("test_touch", func(w *recorder) error { return w.touch(b.customer["C1"]) }) },
		"a setting":   func(b *testBook) { b.sets("test", "sender.phone", "0113 000 0000") },
		"another run": func(b *testBook) { b.sets("test", "sender.phone", "0113 000 0000"); b.run(ApproveNone) },
	} {
		t.Run(name, func(t *testing.T) {
			b := formalBook(t, t.TempDir()+"/book.db")
			change(b)
			o := outTray{outcome: Delivered}
			if report := b.sendWith(&o); report.Sent != 1 {
				t.Errorf("%+v %v", report, b.messages("C1"))
			}
		})
	}
}

// TestTheMailDoesNotStopItsLetter: a final demand goes by mail and by post; that the one
// has left is no reason against the other.
func TestTheMailDoesNotStopItsLetter(t *testing.T) {
	b, list := finalDemand(t, t.TempDir()+"/book.db", "")
	b.at("2026-04-02", 10)
	b.knowCash("2026-04-01")
	o := outTray{outcome: Delivered}
	if report := b.sendWith(&o); report.Sent != 1 || report.ToPost != 1 {
		t.Fatalf("%+v", report)
	}
	if report := b.sendWith(&o); len(report.Stopped) != 0 || report.ToPost != 1 {
		t.Errorf("%+v", report)
	}
	letter := list[slices.IndexFunc(list, func(m OutboxMessage) bool { return m.Channel == book.Letter })]
	if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: letter.ID, Day: cal.None, Enclosed: true}); err != nil {
		t.Error(err)
	}
}

// TestReleaseIsDecidedOnceMore: what can no longer be released as it is is refused, and
// the next run proposes it anew.
func TestReleaseIsDecidedOnceMore(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
	b.at("2026-03-05", 10)
	b.run(ApproveNone)
	german := "de"
	b.change(CustomerChange{Language: &german})
	old := b.proposed()
	report, err := b.Approve(b.ctx, tester, old)
	if err != nil || len(report.Refused) != 1 || report.Refused[0].Code != "changed_since_approval" {
		t.Errorf("%+v %v", report, err)
	}
	b.run(ApproveNone)
	if report, err = b.Approve(b.ctx, tester, b.proposed()); err != nil || len(report.Changed) != 1 {
		t.Errorf("%+v %v", report, err)
	}
}

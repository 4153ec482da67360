package app

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// TestAnAddressNobodyCanWriteTo: whether a server refuses it or it is no address at all,
// the message ends as failed, a person is asked, the address is not written to again,
// and the same step goes by the next way.
func TestAnAddressNobodyCanWriteTo(t *testing.T) {
	for name, o := range map[string]*outTray{
		"refused at RCPT": {outcome: Rejection, refused: true},
		"no address":      {fault: fmt.Errorf("%w: \"ap(at)c1\"", ErrRecipient)},
	} {
		t.Run(name, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, address string) {
				b := friendlyBook(t, address)
				if r := b.sendWith(o); r.Failed != 1 || r.Sent != 0 || len(r.Waiting) != 0 {
					t.Fatalf("report %+v", r)
				}
				if tasks := b.openTasks(); !slices.Equal(tasks, []string{TaskAddressFailed}) {
					t.Errorf("tasks %v", tasks)
				}
				list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Failed})
				if err != nil || len(list) != 1 || list[0].Answer == "" {
					t.Errorf("outbox %+v %v", list, err)
				}
				if state := b.contactState("C1"); state != "bounced" {
					t.Errorf("the contact is %s", state)
				}
				b.at("2026-03-06", 10)
				b.run(ApproveAll)
				if diff := cmp.Diff([]string{"2026-03-06 friendly letter approved"}, b.messages("C1")); diff != "" {
					t.Errorf("the next day (-want +got):\n%s", diff)
				}
				if tasks := b.openTasks(); slices.Contains(tasks, TaskMessageRefused) {
					t.Errorf("tasks %v", tasks)
				}
			})
		})
	}
}

// TestAMailThatTheServerRefuses: a mail refused for what it says is not sent again. As
// long as nobody has looked at it the same step goes by post, or waits where there is no
// postal address; once somebody has, mail is tried again.
func TestAMailThatTheServerRefuses(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		b.addCustomers(newCustomer{number: "C2", kind: "company", country: "GB", email: "ap@c2.example"})
		b.addItems(newItem{"C2", "INV-3", "2026-03-05", 60_000, book.Yes})
		refusing, taking := &outTray{outcome: Rejection}, &outTray{outcome: Delivered}
		if r := b.sendWith(refusing); r.Failed != 1 {
			t.Fatalf("report %+v", r)
		}
		b.at("2026-03-06", 10)
		b.run(ApproveAll)
		if got := b.messages("C1"); !slices.Equal(got, []string{"2026-03-06 friendly letter approved"}) {
			t.Errorf("the next day: %q", got)
		}
		b.at("2026-03-09", 10)
		b.knowCash("2026-03-08")
		b.run(ApproveAll)
		if r := b.sendWith(refusing); r.Failed != 1 {
			t.Fatalf("report %+v", r)
		}
		b.at("2026-03-10", 10)
		b.run(ApproveAll)
		why := b.explained("C2").Decision.Reasons
		if len(b.messages("C2")) != 0 || len(why) == 0 || why[0].Code != string(reason.MailRefused) {
			t.Errorf("without a postal address: %q %+v", b.messages("C2"), why)
		}
		tasks, err := b.Tasks(b.ctx, "main", false)
		k := slices.IndexFunc(tasks, func(l TaskLine) bool { return l.Customer == "C2" })
		if err != nil || k < 0 || tasks[k].Kind != TaskMessageRefused {
			t.Fatalf("tasks %+v %v", tasks, err)
		}
		if err := b.TaskDone(b.ctx, tester, tasks[k].ID, "looked", cal.None); err != nil {
			t.Fatal(err)
		}
		b.at("2026-03-11", 10)
		b.run(ApproveAll)
		if r := b.sendWith(taking); r.Sent != 1 {
			t.Errorf("once somebody looked: %+v %q", r, b.messages("C2"))
		}
	})
}

// TestOurOwnFaultFailsNoMessage: what is wrong with the sender's details keeps messages
// waiting; no address is blamed for it.
func TestOurOwnFaultFailsNoMessage(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	r := b.sendWith(&outTray{fault: fmt.Errorf("sender: not a mail address")})
	if diff := cmp.Diff(counts("sender_incomplete", 1), r.Waiting); diff != "" || r.Failed != 0 {
		t.Errorf("report %+v (waiting -want +got):\n%s", r, diff)
	}
	if state := b.contactState("C1"); state != "ok" || len(b.openTasks()) != 0 {
		t.Errorf("contact %s, tasks %v", state, b.openTasks())
	}
}

func (b *testBook) contactState(customer string) (state string) {
	b.t.Helper()
	if err := b.read(b.ctx, func(tx store.Tx) error {
		return store.One(tx, `SELECT state FROM contact WHERE tenant_id = $1 AND customer_id = $2`,
			[]any{b.tenant, b.customer[customer]}, func(r store.Rows) { state = r.Text(0) })
	}); err != nil {
		b.t.Fatal(err)
	}
	return state
}

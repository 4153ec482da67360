package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/store"
)

// tasks lists "customer kind amount state outcome" of all tasks that are no step.
func (b *testBook) tasks() []string {
	b.t.Helper()
	list, err := b.Tasks(b.ctx, "main", true)
	if err != nil {
		b.t.Fatal(err)
	}
	out := []string{}
	for _, t := range list {
		if t.Step == "" {
			out = append(out, strings.TrimSpace(strings.Join([]string{t.Customer, t.Kind, t.Amount, t.State, t.Outcome}, " ")))
		}
	}
	return out
}

// TestReviewTask: what is held for a person's look comes with a task; the task ends
// with the last hold.
func TestReviewTask(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-02")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "OLD-1", "2025-08-01", 60_000, book.Yes}, newItem{"C1", "OLD-2", "2025-08-02", 70_000, book.Yes})
		var holds []int64
		for _, ref := range []string{"item:OLD-1", "item:OLD-2"} {
			h, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: ref, Kind: book.HoldReview, Reason: "taken over"})
			if err != nil {
				t.Fatal(err)
			}
			holds = append(holds, h.Hold)
		}
		b.run(ApproveAll)
		want := "C1 " + decide.TaskReview + " 1300.00 "
		if diff := cmp.Diff([]string{want + "open"}, b.tasks()); diff != "" {
			t.Errorf("tasks (-want +got):\n%s", diff)
		}
		b.end(holds[0], "seen")
		b.goTo(cal.MustParse("2026-03-03"))
		b.run(ApproveAll)
		if diff := cmp.Diff([]string{want + "open"}, b.tasks()); diff != "" {
			t.Errorf("one item is still held (-want +got):\n%s", diff)
		}
		b.end(holds[1], "seen")
		b.goTo(cal.MustParse("2026-03-04"))
		b.run(ApproveAll)
		if diff := cmp.Diff([]string{want + "cancelled answered"}, b.tasks()); diff != "" {
			t.Errorf("both were looked at (-want +got):\n%s", diff)
		}
	})
}

// TestTasksEndWithTheirCause: what a task asks for was seen to elsewhere, and the next run ends
// it; before, it stays open.
func TestTasksEndWithTheirCause(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-02")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB"},
			newCustomer{number: "C2", kind: "company", country: "GB", email: "ap@c2.example"},
			newCustomer{number: "C3", kind: "company", country: "GB", email: "ap@c3.example"},
			newCustomer{number: "C4", kind: "company", country: "GB", email: "ap@c4.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-02-02", 60_000, book.Yes}, newItem{"C2", "INV-2", "2026-02-02", 60_000, book.Yes},
			newItem{"C3", "INV-3", "2026-03-30", 60_000, book.Yes}, newItem{"C4", "INV-4", "2026-02-02", 60_000, book.Yes})
		b.pay("customer:C4", "700.00", "2026-03-02")
		flags := "key_account"
		if _, err := b.SetCustomer(b.ctx, tester, b.customer["C3"], CustomerChange{Flags: &flags}); err != nil {
			t.Fatal(err)
		}
		due := func(day cal.Date) {
			b.do("due", func(w *recorder) error {
				if _, err := w.Exec("UPDATE item SET due_date = $3 WHERE tenant_id = $1 AND customer_id = $2", b.tenant, b.customer["C2"], day); err != nil {
					return err
				}
				return w.touch(b.customer["C2"])
			})
		}
		due(cal.None)
		states := func() string {
			var out []string
			for _, line := range b.tasks() {
				f := strings.Fields(line)
				out = append(out, strings.Join(append(f[:2:2], f[3:]...), " "))
			}
			slices.Sort(out)
			return strings.Join(out, ", ")
		}
		b.run(ApproveNone)
		asked := "C1 no_contact open, C2 fix_due_date open, C3 name_account_owner open, C4 allocate_credit open"
		if got := states(); got != asked {
			t.Fatalf("asked: %s", got)
		}
		b.goTo(cal.MustParse("2026-03-03"))
		b.run(ApproveNone)
		if got := states(); got != asked {
			t.Errorf("while nobody saw to it: %s", got)
		}
		if _, err := b.AddContact(b.ctx, tester, b.customer["C1"], NewContact{Role: book.AccountsPayable, Email: "ap@c1.example"}); err != nil {
			t.Fatal(err)
		}
		owner := "sam"
		for range 2 { // the second time it is so already
			if _, err := b.SetCustomer(b.ctx, tester, b.customer["C3"], CustomerChange{AccountOwner: &owner}); err != nil {
				t.Fatal(err)
			}
		}
		if n := b.number("SELECT count(*) FROM txn WHERE tenant_id = $1 AND command = 'set_customer'"); n != 2 {
			t.Errorf("%d commands set the flags and the account owner", n)
		}
		b.addItems(newItem{"C4", "INV-5", "2026-04-30", 20_000, book.Yes}) // more than the credit
		if _, err := b.Apply(b.ctx, tester, "main", "customer:C4"); err != nil {
			t.Fatal(err)
		}
		due(cal.MustParse("2026-03-30"))
		b.goTo(cal.MustParse("2026-03-04"))
		b.run(ApproveNone)
		want := "C1 no_contact cancelled answered, C2 fix_due_date cancelled answered, C3 name_account_owner cancelled answered, " +
			"C4 allocate_credit cancelled answered"
		if got := states(); got != want {
			t.Errorf("seen to: %s, expected %s", got, want)
		}
	})
}

// end ends a hold with an outcome.
func (b *testBook) end(hold int64, outcome string) {
	b.t.Helper()
	if _, err := b.EndHold(b.ctx, tester, hold, outcome, ""); err != nil {
		b.t.Fatal(err)
	}
}

// TestWriteOff: residues and small balances are proposed, written off in one batch with a
// reason, and open again when the entry is taken back.
func TestWriteOff(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"},
			newCustomer{number: "C2", kind: "company", country: "GB", email: "ap@c2.example"},
			newCustomer{number: "C3", kind: "company", country: "GB", email: "ap@c3.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes}, newItem{"C1", "INV-2", "2026-05-20", 70_000, book.Yes},
			newItem{"C2", "INV-3", "2026-03-02", 2_500, book.Yes}, newItem{"C3", "INV-4", "2026-03-02", 5_000, book.Yes})
		if _, err := b.Pay(b.ctx, tester, PayRequest{Ref: "item:INV-1", Amount: amountOf(t, "599.40 GBP"), On: cal.None}); err != nil {
			t.Fatal(err)
		}
		var o outTray
		b.readyToSend()
		o.outcome = Delivered
		b.live(&o, "2026-03-03", "2026-06-05")
		want := []string{"C1 write_off_residue 0.60 open"}
		if diff := cmp.Diff(want, b.tasks()); diff != "" {
			t.Errorf("tasks (-want +got):\n%s", diff)
		}
		for _, m := range o.mails {
			if strings.Contains(m.Text, "INV-1") && !strings.Contains(m.Subject, "nvoice check") {
				t.Errorf("a residue was chased: %s", m.Subject)
			}
		}
		off := func(w WriteOffRequest) (string, string) {
			w.Reason = "not worth a stamp"
			r, err := b.WriteOff(b.ctx, tester, w)
			if err != nil {
				return "", AsError(err).Code
			}
			var out []string
			for _, i := range r.Items {
				out = append(out, i.Customer+" "+i.Item+" "+i.Amount.Amount)
			}
			return strings.Join(out, ", "), ""
		}
		if _, code := off(WriteOffRequest{Refs: []string{"item:INV-4"}}); code != "write_off_limit" {
			t.Errorf("50.00 was written off: %q", code)
		}
		if _, code := off(WriteOffRequest{}); code != "write_off_what" {
			t.Errorf("nothing named: %q", code)
		}
		if _, code := off(WriteOffRequest{Refs: []string{"customer:C3"}}); code != "nothing_proposed" {
			t.Errorf("50.00 was proposed: %q", code)
		}
		got, code := off(WriteOffRequest{Proposed: true})
		if got != "C1 item:INV-1 0.60, C2 item:INV-3 25.00" {
			t.Fatalf("written off: %s, %s", got, code)
		}
		if _, code := off(WriteOffRequest{Proposed: true}); code != "nothing_proposed" {
			t.Errorf("written off twice: %q", code)
		}
		if diff := cmp.Diff([]string{"C1 write_off_residue 0.60 done written_off"}, b.tasks()); diff != "" {
			t.Errorf("tasks (-want +got):\n%s", diff)
		}
		b.sound()
		r, err := b.WriteOff(b.ctx, tester, WriteOffRequest{Refs: []string{"item:INV-3"}, Reason: "again"})
		if AsError(err).Code != "item_not_open" {
			t.Errorf("a settled item: %+v, %v", r, err)
		}
		entry := b.number("SELECT max(entry_id) FROM entry WHERE tenant_id = $1 AND kind = 6")
		if err := b.Reverse(b.ctx, tester, "main", "customer:C2", entry, cal.None); err != nil {
			t.Fatal(err)
		}
		if open := b.number("SELECT open_minor FROM item WHERE tenant_id = $1 AND number = 'INV-3'"); open != 2_500 {
			t.Errorf("taken back, %d is open", open)
		}
		b.sound()
	})
}

// number is the one number a query answers with.
func (b *testBook) number(query string) (n int64) {
	b.t.Helper()
	err := b.read(b.ctx, func(tx store.Tx) error {
		return store.One(tx, query, []any{b.tenant}, func(r store.Rows) { n = r.Int64(0) })
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

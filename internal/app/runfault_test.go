package app

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

// ledgerOf fifty customers of all sorts, a few weeks before they fall due.
func (b *testBook) ledgerOf(n int) {
	b.t.Helper()
	var customers []newCustomer
	var items []newItem
	kinds := []string{"company", "individual", "unknown", "company"}
	for i := range n {
		c := newCustomer{number: fmt.Sprintf("C%03d", i), kind: kinds[i%4], country: "GB"}
		if i%7 != 6 {
			c.email = "ap@" + c.number + ".example"
		}
		if i%5 != 4 {
			c.address = "1 High Street\nTown"
		}
		customers = append(customers, c)
		for k := range 1 + i%3 {
			items = append(items, newItem{c.number, fmt.Sprintf("INV-%03d-%d", i, k), cal.MustParse("2026-03-02").AddDays(i%9 - k*12).String(),
				int64(4_000 + i*19_000), book.Tri(i % 3)})
		}
	}
	b.addCustomers(customers...)
	b.addItems(items...)
}

// inForce is the condition on a notice n that its message, if it has one, is live, and that
// its task was not taken back.
const inForce = `NOT EXISTS (SELECT 1 FROM message m WHERE m.tenant_id = $1 AND m.message_id = n.message_id AND m.live = 0)
	AND NOT EXISTS (SELECT 1 FROM task k WHERE k.tenant_id = $1 AND k.task_id = n.task_id AND k.state = 'cancelled'
		AND k.outcome <> 'overtaken')`

// state is everything a run writes, as text that does not depend on ids of runs.
func (b *testBook) state() string {
	b.t.Helper()
	var out strings.Builder
	err := b.read(b.ctx, func(tx store.Tx) error {
		out.Reset()
		for _, q := range []string{
			"SELECT customer_id, valid_from_day, next_look_on, strategy, payload FROM decision WHERE tenant_id = $1 ORDER BY customer_id, valid_from_day, seq",
			"SELECT customer_id, day, lead_step, channel, state, figures FROM message WHERE tenant_id = $1 AND live = 1 ORDER BY customer_id, day, lead_step, channel",
			"SELECT customer_id, item_id, step, channel, cycle FROM notice n WHERE tenant_id = $1 AND " + inForce + " ORDER BY customer_id, item_id, cycle, step, channel",
			"SELECT customer_id, kind, step, due_day, state FROM task WHERE tenant_id = $1 ORDER BY customer_id, kind, step, due_day",
			"SELECT customer_id, next_look_on, '', '', '' FROM account WHERE tenant_id = $1 ORDER BY customer_id",
		} {
			if err := store.Each(tx, q, []any{b.tenant}, func(r store.Rows) error {
				fmt.Fprintf(&out, "%d", r.Int64(0))
				for i := 1; i < 5; i++ {
					fmt.Fprintf(&out, " %s", cell(r, i, q))
				}
				out.WriteByte('\n')
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out.String()
}

// cell reads a column as text whatever its type is in that query.
func cell(r store.Rows, i int, query string) string {
	switch name := strings.Split(query, ", ")[i]; {
	case strings.HasSuffix(name, "day"), name == "next_look_on":
		return r.Day(i).String()
	case strings.Contains(query, "FROM notice") && (i == 1 || i == 4):
		return fmt.Sprint(r.Int64(i))
	case strings.HasPrefix(query, "SELECT customer_id, valid_from_day") && i == 4:
		return string(r.Bytes(i))
	}
	return r.Text(i)
}

// TestRunWithEveryStoreCallFailing fails one call of the store after another over a
// run of fifty customers, and loses the answer of each commit: after each failure
// the book is as before or after the transaction, never between, and in the end it
// is as if nothing had failed.
func TestRunWithEveryStoreCallFailing(t *testing.T) {
	calm := newTestBook(t, filepath.Join(t.TempDir(), "calm.db"), "GB", "2026-01-15")
	calm.ledgerOf(50)
	calm.goTo(cal.MustParse("2026-03-05"))
	before := calm.state()
	calm.run(ApproveAll)
	after := calm.state()
	if before == after {
		t.Fatal("the run wrote nothing")
	}
	t.Run("sqlite", func(t *testing.T) {
		b, sick, faulty := sickBook(t, filepath.Join(t.TempDir(), "book.db"))
		failures := 0
		for n := int64(1); ; n++ {
			if b.failAt(sick, faulty, n, before, after) {
				break
			}
			failures++
		}
		if failures < 50 {
			t.Errorf("only %d calls could fail: the wrapper is not where the run is", failures)
		}
		if got := b.state(); got != after {
			t.Errorf("after all failures (-calm +this):\n%s", cmp.Diff(after, got))
		}
	})
	// PostgreSQL's store cures one failure by asking again: each place needs a book.
	t.Run("postgres", func(t *testing.T) {
		for n := int64(1); n < 700; n += 50 {
			b, sick, faulty := sickBook(t, pgtest.Database(t))
			for !b.failAt(sick, faulty, n, before, after) {
			}
			if got := b.state(); got != after {
				t.Errorf("call %d failed once (-calm +this):\n%s", n, cmp.Diff(after, got))
			}
		}
	})
}

// sickBook is a book on the morning of a run, and use cases over it that can fail.
func sickBook(t *testing.T, address string) (*testBook, *App, *storetest.Faulty) {
	t.Helper()
	b := newTestBook(t, address, "GB", "2026-01-15")
	b.ledgerOf(50)
	b.goTo(cal.MustParse("2026-03-05"))
	faulty := storetest.Wrap(b.DB())
	sick, err := New(faulty, b.Tenant(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return b, sick, faulty
}

// failAt runs with the n-th call failing and reports whether the run came to its
// end all the same. The book is as before or as after, never between.
func (b *testBook) failAt(sick *App, faulty *storetest.Faulty, n int64, before, after string) bool {
	b.t.Helper()
	faulty.FailAt(n)
	_, err := sick.Run(b.ctx, tester, RunRequest{AsOf: cal.None, Approve: ApproveAll})
	if got := b.state(); got != before && got != after {
		b.t.Fatalf("call %d failed: the book is neither as before nor as after:\n%s", n, cmp.Diff(after, got))
	}
	if err != nil && !errors.Is(err, store.ErrUnavailable) {
		b.t.Fatalf("call %d failed: the run says %v", n, err)
	}
	return err == nil
}

// TestRunWithLostCommitAnswers loses the answer of the k-th commit of a run.
func TestRunWithLostCommitAnswers(t *testing.T) {
	calm := newTestBook(t, filepath.Join(t.TempDir(), "calm.db"), "GB", "2026-01-15")
	calm.ledgerOf(50)
	calm.goTo(cal.MustParse("2026-03-05"))
	calm.run(ApproveAll)
	after := calm.state()
	for k := int64(1); k <= 3; k++ {
		b := newTestBook(t, filepath.Join(t.TempDir(), "book.db"), "GB", "2026-01-15")
		b.ledgerOf(50)
		b.goTo(cal.MustParse("2026-03-05"))
		faulty := storetest.Wrap(b.DB())
		sick, err := New(faulty, b.Tenant(), "test")
		if err != nil {
			t.Fatal(err)
		}
		faulty.LoseCommitAt(k)
		if _, err := sick.Run(b.ctx, tester, RunRequest{AsOf: cal.None, Approve: ApproveAll}); !errors.Is(err, store.ErrCommitUnknown) {
			t.Fatalf("commit %d: %v", k, err)
		}
		b.run(ApproveAll)
		if diff := cmp.Diff(after, b.state()); diff != "" {
			t.Errorf("answer of commit %d lost, run again (-calm +this):\n%s", k, diff)
		}
	}
}

// TestDecisionsAreEqualOnBothEngines lives through six weeks on both engines: every
// decision, message, notice and task is the same.
func TestDecisionsAreEqualOnBothEngines(t *testing.T) {
	live := func(address string) string {
		b := newTestBook(t, address, "GB", "2026-01-15")
		b.ledgerOf(60)
		for day := cal.MustParse("2026-02-20"); day <= cal.MustParse("2026-04-03"); day++ {
			b.goTo(day)
			b.run(ApproveAll)
			b.approvePersonal()
			b.sendAll()
		}
		return b.state()
	}
	lite, server := live(filepath.Join(t.TempDir(), "book.db")), live(pgtest.Database(t))
	if diff := cmp.Diff(lite, server); diff != "" {
		t.Errorf("(-sqlite +postgres):\n%s", diff)
	}
	if strings.Count(lite, "final_demand") == 0 {
		t.Error("nobody came to a final demand: the six weeks are too tame")
	}
}

// TestBrake: a run that would send far more than usual is stopped as a whole, until
// a person releases it with a reason; unreleased, its texts expire with the day.
func TestBrake(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := bookOf300(t, address, "GB")
		report := b.run(ApproveAll)
		if !report.Brake.Tripped || report.Brake.WouldSend != 300 || report.Brake.Limit != 90 {
			t.Fatalf("brake: %+v", report.Brake)
		}
		if n := b.sendable(); n != 0 {
			t.Errorf("%d messages of a braked run can leave", n)
		}
		release := RunRequest{AsOf: cal.None, Approve: ApproveAll, ReleaseBrake: true}
		if _, err := b.Run(b.ctx, tester, release); err == nil {
			t.Error("the brake was released without a reason")
		}
		if _, err := b.Run(b.ctx, Request{Actor: "test", Reason: "new customers of the fair"}, release); err != nil {
			t.Fatal(err)
		}
		if n := b.number("SELECT COUNT(*) FROM message WHERE tenant_id = $1 AND reason = 'brake'"); n != 0 {
			t.Errorf("%d released messages still name the brake", n)
		}
		if n := b.sendable(); n != 300 {
			t.Errorf("%d messages can leave after the release, expected 300", n)
		}
		b.goTo(cal.MustParse("2026-03-06"))
		if next := b.run(ApproveAll); next.Expired != 300 || next.MessagesQueued != 300 || !next.Brake.Tripped {
			t.Errorf("the next day: %+v", next)
		}
	})
}

// bookOf300 has as many debtors in a country, each with one invoice that is overdue.
func bookOf300(t *testing.T, address, country string) *testBook {
	t.Helper()
	b := newTestBook(t, address, "GB", "2026-01-15")
	var customers []newCustomer
	var items []newItem
	for i := range 300 {
		number := fmt.Sprintf("C%03d", i)
		customers = append(customers, newCustomer{number: number, kind: "company", country: country,
			email: "ap@" + number + ".example"})
		items = append(items, newItem{number, "INV-" + number, "2026-03-02", 50_000, book.Yes})
	}
	b.addCustomers(customers...)
	b.addItems(items...)
	b.goTo(cal.MustParse("2026-03-05"))
	return b
}

// TestBrakeOfTomorrowsMails: mails to the other side of the earth are of the next day, and
// the release of the brake means them too.
func TestBrakeOfTomorrowsMails(t *testing.T) {
	b := bookOf300(t, t.TempDir()+"/book.db", "NZ")
	if report := b.run(ApproveAll); !report.Brake.Tripped {
		t.Fatalf("brake: %+v", report.Brake)
	}
	const braked = "SELECT COUNT(*) FROM message WHERE tenant_id = $1 AND reason = 'brake' AND day = %d"
	tomorrow := fmt.Sprintf(braked, cal.MustParse("2026-03-06"))
	equal(t, "braked mails of tomorrow", b.number(tomorrow), 300)
	release := RunRequest{AsOf: cal.None, Approve: ApproveAll, ReleaseBrake: true}
	if _, err := b.Run(b.ctx, Request{Actor: "test", Reason: "new customers of the fair"}, release); err != nil {
		t.Fatal(err)
	}
	equal(t, "still braked", b.number(tomorrow), 0)
}

// sendable counts the messages that a sender may take.
func (b *testBook) sendable() int64 {
	b.t.Helper()
	var n int64
	err := b.read(b.ctx, func(tx store.Tx) error {
		return store.One(tx, `SELECT COUNT(*) FROM message m JOIN run r ON r.tenant_id = m.tenant_id AND r.run_id = m.run_id
			WHERE m.tenant_id = $1 AND r.tenant_id = $1 AND m.state = 'approved' AND r.state = 'released'`, []any{b.tenant},
			func(r store.Rows) { n = r.Int64(0) })
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// TestDaysWithoutRun: after a week without a run each customer gets the one step
// that is due, with the gap respected.
func TestDaysWithoutRun(t *testing.T) {
	b := newTestBook(t, filepath.Join(t.TempDir(), "book.db"), "GB", "2026-01-15")
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example", address: "1 High Street"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
	for _, day := range []string{"2026-03-05", "2026-03-06", "2026-03-31", "2026-04-01", "2026-04-29", "2026-04-30"} {
		b.goTo(cal.MustParse(day))
		b.run(ApproveAll)
		b.approvePersonal()
		b.sendAll()
	}
	want := []string{"2026-03-05 friendly email sent", "2026-04-29 formal email sent"}
	if diff := cmp.Diff(want, b.messages("C1")); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// TestVoidRun takes a run back: its messages are void, its steps can be told again,
// and those that were sent are followed by a proposed correction.
func TestVoidRun(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-01-15")
		b.ledgerOf(12)
		b.goTo(cal.MustParse("2026-03-05"))
		report := b.run(ApproveAll)
		sent := b.sendAll()
		if sent == 0 || sent != report.MessagesQueued {
			t.Fatalf("%d sent of %d", sent, report.MessagesQueued)
		}
		changed, err := b.VoidRun(b.ctx, tester, report.Run)
		if err != nil || int64(len(changed.Changed)) != sent {
			t.Fatalf("voided %+v, %v", changed, err)
		}
		if n := b.endedFor(string(reason.VoidedByPerson)); n != sent {
			t.Errorf("%d messages say that a person took them back, expected %d", n, sent)
		}
		if n := int64(len(b.proposed())); n != sent {
			t.Errorf("%d corrections proposed for %d sent messages", n, sent)
		}
		if _, err := b.Reject(b.ctx, tester, b.proposed()); err != nil {
			t.Fatal(err)
		}
		b.goTo(cal.MustParse("2026-03-12")) // the gap passes from what they heard
		if again := b.run(ApproveAll); again.MessagesQueued < sent {
			t.Errorf("after voiding %d messages only %d are planned again", sent, again.MessagesQueued)
		}
	})
}

// endedFor counts the messages that ended for a reason.
func (b *testBook) endedFor(why string) int64 {
	b.t.Helper()
	var n int64
	err := b.read(b.ctx, func(tx store.Tx) error {
		return store.One(tx, "SELECT COUNT(*) FROM message WHERE tenant_id = $1 AND live = 0 AND reason = $2", []any{b.tenant, why},
			func(r store.Rows) { n = r.Int64(0) })
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// TestPaidLetterIsNotPosted: a payment stops a released letter too; whoever posted it
// all the same says on which day.
func TestPaidLetterIsNotPosted(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-01-15")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", address: "1 High Street\nTown"},
			newCustomer{number: "C2", kind: "company", country: "GB", address: "2 High Street\nTown"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes}, newItem{"C2", "INV-2", "2026-03-02", 60_000, book.Yes})
		b.goTo(cal.MustParse("2026-03-05"))
		if report := b.run(ApproveAll); report.MessagesQueued != 2 {
			t.Fatalf("run: %+v", report)
		}
		if _, err := b.Pay(b.ctx, tester, PayRequest{Creditor: "main", Ref: "item:INV-1", Amount: money.Money{Minor: 60_000, Currency: "GBP"}, On: cal.None}); err != nil {
			t.Fatal(err)
		}
		letters, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved, Channel: book.Letter})
		if err != nil || len(letters) != 2 {
			t.Fatalf("letters %+v, %v", letters, err)
		}
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: letters[0].ID, Day: cal.None}); AsError(err).Code != string(reason.Paid) {
			t.Errorf("posting a paid letter: %v", err)
		}
		stopped, err := b.stopLetters(b.ctx, tester)
		if err != nil || stopped[string(reason.Paid)] != 1 || len(stopped) != 1 {
			t.Errorf("stopped %v, %v", stopped, err)
		}
		if left, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved, Channel: book.Letter}); err != nil || len(left) != 1 || left[0].Customer != "C2" {
			t.Errorf("left to post: %+v, %v", left, err)
		}
	})
}

// TestPostingIsAskedUntilTheLetterLeft: neither an email, nor a letter in another
// currency, nor one of two letters ends the question whether the letters were posted.
func TestPostingIsAskedUntilTheLetterLeft(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyLetter(t, address)
		b.goTo(cal.MustParse("2026-03-06"))
		b.run(ApproveAll)
		asked := func() bool {
			tasks, err := b.Tasks(b.ctx, "", false)
			if err != nil {
				t.Fatal(err)
			}
			return len(tasks) == 1 && tasks[0].Kind == TaskPostLetter
		}
		day := cal.MustParse("2026-03-05")
		for i, m := range []messageRow{{channel: book.Email, currency: "GBP"}, {channel: book.Letter, currency: "EUR"},
			{channel: book.Letter, currency: "GBP"}} {
			m.id, m.customer = int64(90+i), b.customer["C1"]
			b.do("test_sent", func(w *recorder) error {
				return w.sentByHand(&m, w.Now(), day, day, day+1, "sent_by_hand", 0, nil)
			})
			if !asked() {
				t.Fatalf("%s in %s closed the task of the letter that waits", m.channel, m.currency)
			}
		}
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: 1, Day: day}); err != nil || asked() {
			t.Errorf("after the posting: asked is %v, %v", asked(), err)
		}
	})
}

// TestLetterPostedAndPaidSince: a letter that was posted before the payment came is
// recorded by the day on which it left, although it can no longer be written as it was.
func TestLetterPostedAndPaidSince(t *testing.T) {
	for _, paid := range []int64{20_000, 60_000} {
		onBothEngines(t, func(t *testing.T, address string) {
			b := friendlyLetter(t, address)
			if _, err := b.Pay(b.ctx, tester, PayRequest{Creditor: "main", Ref: "item:INV-1",
				Amount: money.Money{Minor: paid, Currency: "GBP"}, On: cal.None}); err != nil {
				t.Fatal(err)
			}
			_, err := b.MarkSent(b.ctx, tester, SentByHand{Message: 1, Day: cal.MustParse("2026-03-05")})
			if err != nil {
				t.Errorf("%d paid since: %v", paid, err)
			}
		})
	}
}

// TestUnreadableLetterIsNotMarkedSent: a fault while the letter is written is told, and
// no letter is recorded without its text and without a look at its enclosures.
func TestUnreadableLetterIsNotMarkedSent(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyLetter(t, address)
		b.do("test_damage", func(w *recorder) error {
			_, err := w.Exec("UPDATE customer SET contract_rate = 'damaged' WHERE tenant_id = $1", b.tenant)
			return err
		})
		if m, err := b.MarkSent(b.ctx, tester, SentByHand{Message: 1, Day: cal.MustParse("2026-03-05")}); err == nil {
			t.Errorf("recorded without evidence: %+v", m)
		}
	})
}

// friendlyLetter is a book on Thursday 5 March 2026 with one released letter, message 1.
func friendlyLetter(t *testing.T, address string) *testBook {
	t.Helper()
	b := newTestBook(t, address, "GB", "2026-01-15")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", address: "1 High Street\nTown"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
	b.goTo(cal.MustParse("2026-03-05"))
	if report := b.run(ApproveAll); report.MessagesQueued != 1 {
		t.Fatalf("run: %+v", report)
	}
	return b
}

// TestPaidCustomerHasNoTasks: once everything is paid, calls and decisions about it
// are closed by the next run.
func TestPaidCustomerHasNoTasks(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-01-15")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		for _, day := range []string{"2026-03-05", "2026-03-17"} {
			b.goTo(cal.MustParse(day))
			b.run(ApproveAll)
			b.sendAll()
		}
		if tasks, err := b.Tasks(b.ctx, "", false); err != nil || len(tasks) != 1 || tasks[0].Step != "call_1" {
			t.Fatalf("before the payment: %+v, %v", tasks, err)
		}
		if _, err := b.Pay(b.ctx, tester, PayRequest{Creditor: "main", Ref: "item:INV-1", Amount: money.Money{Minor: 60_000, Currency: "GBP"}, On: cal.None}); err != nil {
			t.Fatal(err)
		}
		b.run(ApproveAll)
		if tasks, err := b.Tasks(b.ctx, "", false); err != nil || len(tasks) != 0 {
			t.Errorf("after the payment: %+v, %v", tasks, err)
		}
	})
}

// TestLetterPostedYesterday: a letter that nobody said was posted is asked about the
// next business day, can still be confirmed for its own day, and is not drafted again
// meanwhile; after that day it is dated anew.
func TestLetterPostedYesterday(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-01-15")
		for _, n := range []string{"C1", "C2"} {
			b.addCustomers(newCustomer{number: n, kind: "company", country: "GB", address: "1 High Street\nTown"})
			b.addItems(newItem{n, "INV-" + n, "2026-03-02", 60_000, book.Yes})
		}
		b.goTo(cal.MustParse("2026-03-05"))
		b.run(ApproveAll)
		letters, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved, Channel: book.Letter})
		if err != nil || len(letters) != 2 {
			t.Fatalf("letters %+v, %v", letters, err)
		}
		b.goTo(cal.MustParse("2026-03-06"))
		if report := b.run(ApproveAll); report.MessagesQueued != 0 || report.Expired != 0 {
			t.Errorf("the next day: %+v", report)
		}
		if tasks, err := b.Tasks(b.ctx, "", false); err != nil || len(tasks) != 2 || tasks[0].Kind != TaskPostLetter {
			t.Errorf("tasks %+v, %v", tasks, err)
		}
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: letters[0].ID, Day: cal.MustParse("2026-03-05")}); err != nil {
			t.Errorf("posted yesterday: %v", err)
		}
		if tasks, err := b.Tasks(b.ctx, "", false); err != nil || len(tasks) != 1 {
			t.Errorf("tasks after one was confirmed: %+v, %v", tasks, err)
		}
		b.goTo(cal.MustParse("2026-03-09"))
		if report := b.run(ApproveAll); report.Expired != 1 || report.MessagesQueued != 1 {
			t.Errorf("on Monday: %+v", report)
		}
		if tasks, err := b.Tasks(b.ctx, "", false); err != nil || len(tasks) != 0 {
			t.Errorf("tasks on Monday: %+v, %v", tasks, err)
		}
	})
}

// TestLetterBesideMail: a formal reminder whose letter nobody posted is posted anew while
// there is time; that the first letter was posted on its day can still be said.
func TestLetterBesideMail(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b, _, first, again := lapsedLetter(t, address)
		released := func() []OutboxMessage {
			list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved, Channel: book.Letter})
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if list := released(); len(list) != 1 || again.Step != "formal" || again.Day != cal.MustParse("2026-03-23") {
			t.Fatalf("after %+v lapsed: %+v", first, list)
		}
		if tasks, err := b.Tasks(b.ctx, "", false); err != nil || slices.ContainsFunc(tasks, func(t TaskLine) bool { return t.Kind == TaskPostLetter }) {
			t.Errorf("the letter that lapsed is still asked about: %+v, %v", tasks, err)
		}
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: first.ID, Day: cal.None}); err == nil ||
			AsError(err).Code != string(reason.TextExpired) || !strings.Contains(AsError(err).Message, "say so with that day") {
			t.Errorf("a letter that lapsed, without its day: %v", err)
		}
		m, err := b.MarkSent(b.ctx, tester, SentByHand{Message: first.ID, Day: first.Day})
		if err != nil || m.State != book.Sent {
			t.Fatalf("posted on its day after all: %+v, %v", m, err)
		}
		if e, err := b.Evidence(b.ctx, first.ID); err != nil || !strings.Contains(e.Readable().Text, "Formal reminder") {
			t.Errorf("evidence of the posted letter: %+v, %v", e, err)
		}
		for named, code := range map[cal.Date]string{cal.None: "", first.Day: "", first.Day + 1: "sent_before"} {
			_, err := b.MarkSent(b.ctx, tester, SentByHand{Message: first.ID, Day: named})
			if (err == nil) != (code == "") || err != nil && AsError(err).Code != code {
				t.Errorf("posted before, and again with %s: %v", named, err)
			}
		}
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: again.ID, Day: cal.None}); err == nil ||
			AsError(err).Code == string(reason.TextExpired) {
			t.Errorf("the second letter beside the first: %v", err)
		}
		b.live(&outTray{outcome: Delivered}, "2026-03-24", "2026-03-25")
		if left := released(); len(left) > 0 {
			t.Errorf("the step goes by post again: %+v", left)
		}
		b.sound()
	})
}

// TestLetterBesideMailNamesItsDay: the letter that is posted after its mail names the mail's
// day to pay by and the same interest, and the mail is no earlier request of it.
func TestLetterBesideMailNamesItsDay(t *testing.T) {
	b, mail, _, anew := lapsedLetter(t, t.TempDir()+"/book.db")
	if anew.PayBy != mail.PayBy {
		t.Errorf("the mail names %s, the letter %s", mail.PayBy, anew.PayBy)
	}
	letter, err := b.Preview(b.ctx, anew.ID)
	if err != nil {
		t.Fatal(err)
	}
	e, err := b.Evidence(b.ctx, mail.ID)
	if err != nil {
		t.Fatal(err)
	}
	interest := regexp.MustCompile(`Interest[^£]*£[0-9.,]+`)
	was := interest.FindString(e.Readable().Text)
	if was == "" {
		t.Fatalf("the mail states no interest:\n%s", e.Readable().Text)
	}
	holds(t, letter.Text, []string{"26 March 2026", strings.Join(strings.Fields(was), " "), "5 Mar"}, "19 March", "19 Mar 2026")
}

// lapsedLetter is a book on Monday 23 March 2026: the mail of a formal reminder was sent,
// its letter has lapsed, and another one is released.
func lapsedLetter(t *testing.T, address string) (b *testBook, mail, lapsed, anew OutboxMessage) {
	t.Helper()
	b = newTestBook(t, address, "GB", "2026-01-15")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example", address: "1 High Street\nTown"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 600_000, book.Yes})
	o := outTray{outcome: Delivered}
	one := func(state book.MessageState, ch book.Channel) OutboxMessage {
		list, err := b.Outbox(b.ctx, OutboxFilter{State: state, Channel: ch})
		if err != nil || len(list) == 0 {
			t.Fatalf("%s by %s: %+v, %v", state, ch, list, err)
		}
		return list[len(list)-1]
	}
	b.live(&o, "2026-03-05", "2026-03-19")
	mail, lapsed = one(book.Sent, book.Email), one(book.Approved, book.Letter)
	b.live(&o, "2026-03-20", "2026-03-23")
	anew = one(book.Approved, book.Letter)
	if mail.Step != "formal" || lapsed.Day != mail.Day || anew.Day <= lapsed.Day {
		t.Fatalf("mail %+v, letter %+v, anew %+v", mail, lapsed, anew)
	}
	return b, mail, lapsed, anew
}

// TestVoidTakesTheLetterDatedAnew: a step is taken back as a whole also where its letter
// came later than its mail, and a letter that lapsed does not come to stand again.
func TestVoidTakesTheLetterDatedAnew(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b, mail, lapsed, anew := lapsedLetter(t, address)
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: anew.ID, Day: cal.None}); err != nil {
			t.Fatal(err)
		}
		r, err := b.Void(b.ctx, tester, []int64{mail.ID})
		if err != nil || len(r.Changed) != 2 || r.Changed[1].Message != anew.ID {
			t.Errorf("%+v, %v", r, err)
		}
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: lapsed.ID, Day: lapsed.Day}); err == nil ||
			AsError(err).Code != string(reason.MessageEnded) {
			t.Errorf("the letter of a step that was taken back: %v", err)
		}
		b.sound()
	})
}

// TestLaterLetterOfAVoidedMail: nor does the letter that was dated anew and lapsed too.
func TestLaterLetterOfAVoidedMail(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b, mail, _, anew := lapsedLetter(t, address)
		b.live(&outTray{outcome: Delivered}, "2026-03-24", "2026-03-25")
		if r, err := b.Void(b.ctx, tester, []int64{mail.ID}); err != nil || len(r.Changed) != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: anew.ID, Day: anew.Day}); err == nil ||
			AsError(err).Code != string(reason.MessageEnded) {
			t.Errorf("the later letter of a step that was taken back: %v", err)
		}
	})
}

// TestEvidenceOfALetterPaidSince: the evidence of a letter recorded after a part was paid
// states what the letter asked for.
func TestEvidenceOfALetterPaidSince(t *testing.T) {
	b, _, lapsed, _ := lapsedLetter(t, t.TempDir()+"/book.db")
	if _, err := b.Pay(b.ctx, tester, PayRequest{Creditor: "main", Ref: "item:INV-1",
		Amount: money.Money{Minor: 250_000, Currency: "GBP"}, On: cal.None}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: lapsed.ID, Day: lapsed.Day}); err != nil {
		t.Fatal(err)
	}
	e, err := b.Evidence(b.ctx, lapsed.ID)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, e.Readable().Text, []string{"INV-1", "Total in GBP: £6,000.00"}, "(part)", "Set aside", "£2,500.00")
}

// TestReadableEvidence: the words of what was sent come from its own bytes.
func TestReadableEvidence(t *testing.T) {
	e := Evidence{Bytes: []byte("From: a@x.example\r\nMime-Version: 1.0\r\nSubject: =?UTF-8?Q?Rechnung_f=C3=A4llig?=\r\n" +
		"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=UTF-8\r\n" +
		"Content-Transfer-Encoding: quoted-printable\r\n\r\nBetrag 10,00 =E2=82=AC\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--b--\r\n")}
	if got := e.Readable(); got.Subject != "Rechnung fällig" || got.Text != "Betrag 10,00 €" {
		t.Errorf("%+v", got)
	}
	letter := Evidence{Bytes: []byte("Dear Sir or Madam,\n\nplease pay.\n")}
	if got := letter.Readable(); got.Text != string(letter.Bytes) {
		t.Errorf("%+v", got)
	}
}

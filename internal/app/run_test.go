package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// TestRunFollowsTheCalendar runs the standard strategy day by day over one invoice
// to which nobody reacts: the messages go out on the days of the calendar table.
func TestRunFollowsTheCalendar(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example", address: "1 High Street"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 600_000, book.Yes})
		for day := cal.MustParse("2026-02-02"); day <= cal.MustParse("2026-05-01"); day++ {
			b.goTo(day)
			b.run(ApproveAll)
			b.approvePersonal()
			b.sendAll()
		}
		want := []string{
			"2026-02-23 courtesy email sent",
			"2026-03-05 friendly email sent",
			"2026-03-19 formal email sent",
			"2026-03-19 formal letter sent",
			"2026-04-02 final_demand letter sent",
			"2026-04-02 final_demand email sent",
		}
		if diff := cmp.Diff(want, b.messages("C1")); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	})
}

// approvePersonal releases what waits for a person, one by one.
func (b *testBook) approvePersonal() {
	b.t.Helper()
	for _, id := range b.proposed() {
		if _, err := b.Approve(b.ctx, tester, []int64{id}); err != nil {
			b.t.Fatal(err)
		}
	}
}

// TestRunIsIdempotent runs the same day three times: nothing is planned twice and
// the later runs look at nobody they need not look at.
func TestRunIsIdempotent(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.goTo(cal.MustParse("2026-03-05"))
		first := b.run(ApproveAll)
		if first.MessagesQueued != 1 || first.LookedAt != 1 {
			t.Fatalf("first run: %+v", first)
		}
		for range 2 {
			again := b.run(ApproveAll)
			if again.MessagesQueued != 0 || again.LookedAt != 0 {
				t.Errorf("the same day again: %+v", again)
			}
		}
		if got := b.messages("C1"); len(got) != 1 {
			t.Errorf("messages: %v", got)
		}
	})
}

// TestProposalsAreReplacedWhenFiguresChange: an unreleased proposal of today with
// other figures is ended and planned anew; one with the same figures stays.
func TestProposalsAreReplacedWhenFiguresChange(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.goTo(cal.MustParse("2026-03-05"))
		b.run(ApproveNone)
		before := b.proposed()
		b.addItems(newItem{"C1", "INV-2", "2026-03-20", 10_000, book.Yes}) // not due: the figures stay
		b.run(ApproveNone)
		if diff := cmp.Diff(before, b.proposed()); diff != "" {
			t.Errorf("a proposal with the same figures changed:\n%s", diff)
		}
		b.addItems(newItem{"C1", "INV-3", "2026-03-01", 20_000, book.Yes}) // overdue: other figures
		b.run(ApproveNone)
		after := b.proposed()
		if len(after) != 1 || after[0] == before[0] {
			t.Errorf("proposals %v, then %v: expected one new one", before, after)
		}
		report, err := b.Approve(b.ctx, tester, before)
		if err != nil || len(report.Refused) != 1 {
			t.Errorf("releasing the replaced proposal: %+v, %v", report, err)
		}
	})
}

// TestTakeOver is the import of a ledger with 350 customers overdue up to 400 days:
// on the first day at most 35 messages, all opening statements, none formal.
func TestTakeOver(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-10")
		var customers []newCustomer
		var items []newItem
		for i := range 350 {
			number := fmt.Sprintf("C%03d", i)
			customers = append(customers, newCustomer{number: number, kind: "company", country: "GB", email: "ap@" + number + ".example"})
			due := cal.MustParse("2026-03-09").AddDays(-i * 400 / 350)
			items = append(items, newItem{number, "INV-" + number, due.String(), 50_000, book.Yes})
		}
		b.addCustomers(customers...)
		b.addItems(items...)
		report := b.run(ApproveAll)
		if report.MessagesQueued > 35 || report.MessagesQueued == 0 {
			t.Errorf("first day: %d messages, expected 1 to 35", report.MessagesQueued)
		}
		for step, n := range report.DecisionsByAction {
			if step != "opening" && step != "none" && step != "name_account_owner" && n > 0 {
				t.Errorf("first day: %d decisions for %s, expected only opening statements", n, step)
			}
		}
		spread := report.DecisionsByReason[string(reason.BacklogSpread)]
		if spread == 0 {
			t.Errorf("nobody waits for a turn: %v", report.DecisionsByReason)
		}
		opened, idle := report.DecisionsByAction["opening"], report.DecisionsByAction["none"]
		if opened != report.MessagesQueued || opened+spread > 350 || idle > spread {
			t.Errorf("customers are counted twice: %v", report.DecisionsByAction)
		}
		b.sendAll()
		for day := cal.MustParse("2026-03-11"); day <= cal.MustParse("2026-03-31"); day++ {
			b.goTo(day)
			if next := b.run(ApproveAll); next.DecisionsByAction["opening"] > 35 {
				t.Errorf("%s: %d opening statements", day, next.DecisionsByAction["opening"])
			}
			b.sendAll()
		}
		for i := range 350 {
			number := fmt.Sprintf("C%03d", i)
			got := b.messages(number)
			if n := strings.Count(strings.Join(got, "\n"), "opening"); i > 3 && n != 1 {
				t.Errorf("%s: %d opening statements in three weeks: %v", number, n, got)
			}
		}
	})
}

// TestDryRunIsTheRun: on each day of a take-over, with a turn of the month, messages
// that expire and customers that wait for their turn, the dry run tells what the run
// after it does, and leaves nothing behind.
func TestDryRunIsTheRun(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-27")
		for i := range 60 {
			number := fmt.Sprintf("C%03d", i)
			b.addCustomers(newCustomer{number: number, kind: "company", country: "GB", email: "ap@c.example"})
			b.addItems(newItem{number, "INV-" + number, cal.MustParse("2026-03-20").AddDays(-i).String(),
				int64(50_000 + i), book.Yes})
		}
		dry := tester
		dry.DryRun = true
		seen := map[string]int64{}
		for day := cal.MustParse("2026-03-27"); day <= cal.MustParse("2026-04-02"); day++ {
			b.goTo(day)
			mode := ApproveAll
			if day%2 == 0 {
				mode = ApproveNone
			}
			foretold, err := b.Run(b.ctx, dry, RunRequest{AsOf: cal.None, Approve: mode})
			if err != nil {
				t.Fatal(err)
			}
			report := b.run(mode)
			if diff := cmp.Diff(report, foretold); diff != "" {
				t.Errorf("%s: the dry run foretold (-now +then):\n%s", day, diff)
			}
			seen["expired"] += report.Expired
			seen["spread"] += report.DecisionsByReason[string(reason.BacklogSpread)]
			seen["ranked"] += report.DecisionsByReason[string(reason.KeyWithoutOwner)]
		}
		if seen["expired"] == 0 || seen["spread"] == 0 || seen["ranked"] == 0 {
			t.Errorf("the days had too little to tell: %v", seen)
		}
		if r, err := b.VerifyAudit(b.ctx, "", nil); err != nil || !r.OK {
			t.Errorf("audit: %+v, %v", r, err)
		}
	})
}

func (b *testBook) proposed() []int64 {
	b.t.Helper()
	var ids []int64
	err := b.read(b.ctx, func(tx store.Tx) error {
		ids = ids[:0]
		return store.Each(tx, "SELECT message_id FROM message WHERE tenant_id = $1 AND state = 'proposed' ORDER BY message_id",
			[]any{b.tenant}, func(r store.Rows) error { ids = append(ids, r.Int64(0)); return nil })
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return ids
}

// TestTopTenAreRankedOnceAMonth: the largest customers by sales of twelve months are
// marked; without an account owner they keep their strategy and a task asks for one.
func TestTopTenAreRankedOnceAMonth(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		var customers []newCustomer
		var items []newItem
		for i := range 40 {
			number := fmt.Sprintf("C%02d", i)
			customers = append(customers, newCustomer{number: number, kind: "company", country: "GB", email: "ap@" + number + ".example"})
			items = append(items, newItem{number, "INV-" + number, "2026-03-02", int64(100_000 + i*1_000), book.Yes})
		}
		b.addCustomers(customers...)
		b.addItems(items...)
		b.run(ApproveAll)
		marked := b.topTen() // at most a tenth of all
		if diff := cmp.Diff([]string{"C36", "C37", "C38", "C39"}, marked); diff != "" {
			t.Errorf("the largest (-want +got):\n%s", diff)
		}
		b.addItems(newItem{"C00", "INV-BIG", "2026-03-20", 9_000_000, book.Yes})
		b.goTo(cal.MustParse("2026-02-20"))
		b.run(ApproveAll)
		if diff := cmp.Diff(marked, b.topTen()); diff != "" {
			t.Errorf("the rank changed within the month:\n%s", diff)
		}
		b.goTo(cal.MustParse("2026-03-02"))
		b.run(ApproveAll)
		if got := b.topTen(); got[0] != "C00" || len(got) != 4 {
			t.Errorf("next month: %v", got)
		}
	})
}

func (b *testBook) topTen() []string {
	b.t.Helper()
	var out []string
	err := b.read(b.ctx, func(tx store.Tx) error {
		out = out[:0]
		return store.Each(tx, "SELECT number FROM customer WHERE tenant_id = $1 AND flags = 'top_ten' ORDER BY number", []any{b.tenant},
			func(r store.Rows) error { out = append(out, r.Text(0)); return nil })
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// TestCatchUp runs the days since the last run one after another: what they plan for
// days that have passed does not leave, and today each customer gets one message.
func TestCatchUp(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-27")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.run(ApproveAll)
		b.at("2026-03-09", 10)
		b.knowCash("2026-03-06")
		for day := cal.MustParse("2026-03-04"); day <= cal.MustParse("2026-03-06"); day++ {
			r, err := b.Run(b.ctx, tester, RunRequest{AsOf: day, Approve: ApproveAll})
			if err != nil || r.Day != day {
				t.Fatalf("%s: %+v, %v", day, r, err)
			}
		}
		_, err := b.Run(b.ctx, tester, RunRequest{AsOf: cal.MustParse("2026-03-06") - 1, Approve: ApproveAll})
		wantCode(t, err, "not_today")
		_, err = b.Run(b.ctx, tester, RunRequest{AsOf: cal.MustParse("2026-03-10"), Approve: ApproveAll})
		wantCode(t, err, "not_today")
		b.run(ApproveAll)
		if report := b.sendWith(&outTray{outcome: Delivered}); report.Sent != 1 {
			t.Errorf("sent %+v", report)
		}
		if diff := cmp.Diff([]string{"2026-03-09 friendly email sent"}, b.messages("C1")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

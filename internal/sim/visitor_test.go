package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// standing is everything of a world that two worlds of one seed must have in common.
func standing(t *testing.T, w *World) []string {
	t.Helper()
	var all []string
	for _, sql := range []string{
		`SELECT 'item', number, customer_id, open_minor, amount_minor FROM item WHERE tenant_id = $1 ORDER BY 3, 2`,
		`SELECT 'entry', currency, customer_id, entry_id, amount_minor FROM entry WHERE tenant_id = $1 ORDER BY 3, 4`,
		`SELECT lead_step, state, message_id, customer_id, total_minor FROM message WHERE tenant_id = $1 ORDER BY 3`,
		`SELECT 'hold', kind, customer_id, hold_id, amount_minor FROM hold WHERE tenant_id = $1 ORDER BY 3, 4`,
		`SELECT kind, state, task_id, customer_id, amount_minor FROM task WHERE tenant_id = $1 ORDER BY 3`,
		// Messages that one pass stops are stopped in any order.
		`SELECT command, actor, row_count, count(*), 0 FROM txn WHERE tenant_id = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
	} {
		err := w.App.DB().Read(t.Context(), w.App.Tenant(), func(tx store.Tx) error {
			return store.Each(tx, sql, []any{w.App.Tenant()}, func(r store.Rows) error {
				all = append(all, fmt.Sprintln(r.Text(0), r.Text(1), r.Int64(2), r.Int64(3), r.Int64(4)))
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return append(all, w.s.Day.String())
}

// differences are the first lines of two worlds that are not the same.
func differences(a, b []string) string {
	var out []string
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] && len(out) < 10 {
			out = append(out, a[i]+" | "+b[i])
		}
	}
	return fmt.Sprintf("%d and %d lines, first differences:\n%s", len(a), len(b), strings.Join(out, "\n"))
}

// TestVisitor: what a visitor releases leaves at once, and what they record stays and is
// judged by the money, while somebody else reads.
func TestVisitor(t *testing.T) {
	ctx := t.Context()
	w := opened(t, Options{Dir: t.TempDir(), Seed: 5, Today: tuesday, Days: 12, Build: "test", every: 2})
	m := releasedByVisitor(t, w)
	promised := promiseByVisitor(t, w, m.Customer)

	reading, stop := context.WithCancel(ctx)
	var readers sync.WaitGroup
	readers.Go(func() {
		for reading.Err() == nil {
			if _, err := w.App.Customers(reading, ""); err != nil && reading.Err() == nil {
				t.Error(err)
			}
			w.Mails(reading, MailFilter{})
		}
	})
	if _, err := w.Advance(ctx, 9, nil); err != nil {
		t.Error(err)
	}
	holds, err := w.App.Holds(ctx, gb, "customer:"+promised.Customer)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(holds, func(h app.HoldReport) bool { return h.Hold == promised.Hold })
	if i < 0 || !slices.Contains([]string{"kept", "partly", "broken"}, holds[i].Outcome) {
		t.Errorf("the visitor's promise was not judged: %+v", holds)
	}
	if _, err := w.Reset(ctx); err != nil {
		t.Error(err)
	}
	releasedByVisitor(t, w) // it sends again
	stop()
	readers.Wait()
	err = w.Alone(func() error {
		_, err := w.App.Run(ctx, as("visitor"), app.RunRequest{AsOf: cal.None, Approve: app.ApproveNone})
		return err
	})
	if err != nil {
		t.Errorf("a run beside the world: %v", err)
	}
}

// releasedByVisitor releases a mail to a British debtor and waits until it has arrived.
func releasedByVisitor(t *testing.T, w *World) app.OutboxMessage {
	t.Helper()
	waiting, err := w.App.Outbox(t.Context(), app.OutboxFilter{Creditor: gb, State: book.Proposed, Channel: book.Email})
	if err != nil || len(waiting) == 0 {
		t.Fatalf("%d messages wait, %v", len(waiting), err)
	}
	m := waiting[0]
	if _, err := w.App.Approve(t.Context(), as("visitor"), []int64{m.ID}); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		if lines, _ := w.Mails(t.Context(), MailFilter{Limit: 1}); len(lines) == 1 && lines[0].Message == m.ID {
			return m
		}
		time.Sleep(20 * time.Millisecond)
	}
	now, err := w.App.OutboxMessage(t.Context(), m.ID)
	t.Fatalf("the released message did not arrive: %+v, %v", now, err)
	return m
}

// promiseByVisitor records a promise of a customer about whom nothing is agreed.
func promiseByVisitor(t *testing.T, w *World, but string) app.HoldReport {
	t.Helper()
	all, err := w.overdueOf(t.Context(), gb, 5)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(o owed) bool { return o.customer != but && w.Company.byNumber(o.customer).Still })
	h, err := w.App.AddHold(t.Context(), as("visitor"), app.HoldRequest{Creditor: gb, Ref: "item:" + all[i].name,
		Kind: book.HoldPromise, Until: tuesday + 2, Reason: "by Thursday"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestLivedTwice: a day that broke off and is lived again books and says nothing twice.
func TestLivedTwice(t *testing.T) {
	ctx := t.Context()
	w := made(t, 11, 12)
	live := func() {
		t.Helper()
		if err := w.evening(ctx); err != nil {
			t.Fatal(err)
		}
		w.s.Day, w.s.Evening = w.s.Day+1, false
		if err := w.morning(ctx, true); err != nil {
			t.Fatal(err)
		}
	}
	live()
	before := *w.s
	before.Events = slices.Clone(w.s.Events)
	live()
	paid := payments(t, w)
	w.s = &before // as if nothing had been written down since
	live()
	if now := payments(t, w); now != paid {
		t.Errorf("%d payments, after the same day again %d", paid, now)
	}
	sound(t, w)
}

func payments(t *testing.T, w *World) int64 {
	t.Helper()
	n, err := w.number(t.Context(), "SELECT count(*) FROM entry WHERE tenant_id = $1 AND kind = 3")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

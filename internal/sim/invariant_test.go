package sim

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// judge looks over the world's shoulder: what left on a day must have been owed, and not
// spoken for, when it left. It knows nothing of strategies.
type judge struct {
	w       *World
	demands map[string]cal.Date // by customer and currency: the last day of one
	seen    map[string]int      // mails by step
	judged  map[int64]bool
}

func newJudge(w *World) *judge {
	return &judge{w, map[string]cal.Date{}, map[string]int{}, map[int64]bool{}}
}

// answers are the steps that answer something that happened: they keep no distance.
var answers = map[string]bool{"broken_promise": true, "dispute_answer": true, "resumption": true}

// sentToday judges the messages that left today. It is asked before anything else happens.
func (j *judge) sentToday(ctx context.Context) error {
	sent, err := j.w.App.Outbox(ctx, app.OutboxFilter{State: book.Sent, Channel: book.Email})
	if err != nil {
		return err
	}
	for i := range sent {
		if m := &sent[i]; m.Day == j.w.s.Day && !j.judged[m.ID] {
			j.judged[m.ID] = true
			if err := j.message(ctx, m); err != nil {
				return fmt.Errorf("%s, message %d (%s to %s): %w", m.Day, m.ID, m.Step, m.Customer, err)
			}
		}
	}
	return nil
}

func (j *judge) message(ctx context.Context, m *app.OutboxMessage) error {
	j.seen[m.Step]++
	if stages[m.Step] == "" {
		return nil // it asks for nothing
	}
	owed, err := j.w.owedBy(ctx, m.Customer)
	if err != nil {
		return err
	}
	claimed, err := money.Parse(m.Amount, m.Currency)
	if err != nil {
		return err
	}
	var open int64
	for _, item := range m.Items {
		for _, o := range owed {
			if o.name == item {
				open += o.minor
			}
		}
	}
	if claimed.Minor > open || open == 0 {
		return fmt.Errorf("asks for %s, of which %d is open: a wrong chase", m.Amount, open)
	}
	if held, err := j.held(ctx, m); err != nil || held != "" {
		return fmt.Errorf("asks in spite of %s: %w", held, err)
	}
	if answers[m.Step] {
		return nil
	}
	key := m.Customer + string(m.Currency)
	if last, ok := j.demands[key]; ok && m.Day.DaysSince(last) < 7 {
		return fmt.Errorf("asks on %s after %s: at least five business days apart", m.Day, last)
	}
	j.demands[key] = m.Day
	return nil
}

// held is what keeps the whole of a message's customer or all of its items back today.
func (j *judge) held(ctx context.Context, m *app.OutboxMessage) (kind string, err error) {
	w := j.w
	err = w.App.DB().Read(ctx, w.App.Tenant(), func(tx store.Tx) error {
		return store.Each(tx, `SELECT h.kind, COALESCE(i.number, '') FROM hold h
			JOIN customer c ON c.tenant_id = h.tenant_id AND c.customer_id = h.customer_id
			LEFT JOIN item i ON i.tenant_id = h.tenant_id AND i.customer_id = h.customer_id AND i.item_id = h.item_id
			LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id AND e.hold_id = h.hold_id
			WHERE h.tenant_id = $1 AND c.number = $2 AND e.hold_id IS NULL AND h.amount_minor = 0
				AND h.from_day <= $3 AND (h.until_day IS NULL OR h.until_day >= $3)`,
			[]any{w.App.Tenant(), m.Customer, w.s.Day}, func(r store.Rows) error {
				if item := r.Text(1); item == "" || slices.Contains(m.Items, item) {
					kind = r.Text(0)
				}
				return nil
			})
	})
	return kind, err
}

// TestDebtorYearsWithBehaviours lives in worlds whose debtors pay late, in part, twice and
// across the post, promise and break, dispute, say they have paid, ask for copies and move
// away, and judges every mail when it leaves. A failure names its seed.
func TestDebtorYearsWithBehaviours(t *testing.T) {
	seeds, days := uint64(1), 76
	if os.Getenv("RECOUP_DEEP") != "" {
		seeds, days = 60, 300
	}
	if testing.Short() {
		t.Skip("some debtor-years: some seconds")
	}
	kinds := map[string]bool{}
	for seed := range seeds {
		w := made(t, 100+seed, 3)
		j := newJudge(w)
		w.watch = j.sentToday
		for lived := 0; lived < days; lived += 2 {
			if _, err := w.Advance(t.Context(), 2, nil); err != nil {
				t.Fatalf("seed %d: %v", 100+seed, err)
			}
		}
		sound(t, w)
		for _, kind := range w.lived {
			kinds[kind] = true
		}
		if j.seen["friendly"] == 0 || j.seen["formal"] == 0 {
			t.Errorf("seed %d: mails by step %v", 100+seed, j.seen)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		t.Logf("seed %d: %d days, %d mails", 100+seed, days, w.Sink.Count())
	}
	var never []string
	for _, kind := range []string{evPay, evPayAgain, evPromise, evDispute, evDisputeEnd, evSaysPaid, evCopy, evCopySent,
		evAway, evReply, evReplyRead, evCalled} {
		if !kinds[kind] {
			never = append(never, kind)
		}
	}
	if rare := 4; len(never) > rare || len(never) > 0 && seeds > 1 { // one world does not see all of it
		t.Errorf("no debtor ever did %v: the worlds are too tame", never)
	}
}

// TestJudgeFindsAWrongChase: the canary. A mail about money that has come, one inside a
// promise, and a demand too soon after another must be found out.
func TestJudgeFindsAWrongChase(t *testing.T) {
	ctx := t.Context()
	w := made(t, 5, 3)
	all, err := w.overdueOf(ctx, gb, 3)
	if err != nil || len(all) < 2 {
		t.Fatalf("%d overdue items, %v", len(all), err)
	}
	o := all[0]
	m := app.OutboxMessage{ID: 1, Customer: o.customer, Step: "friendly", Day: w.s.Day, Channel: book.Email,
		Amount: o.money(o.minor).Decimal(), Currency: o.currency, Items: []string{o.name}}
	j := newJudge(w)
	if err := j.message(ctx, &m); err != nil {
		t.Fatalf("a rightful mail: %v", err)
	}
	again := m
	again.ID, again.Step = 2, "formal"
	if j.message(ctx, &again) == nil {
		t.Error("two demands on one day were found to be in order")
	}
	m.Amount = o.money(o.minor + 1).Decimal()
	if newJudge(w).message(ctx, &m) == nil {
		t.Error("a demand for more than is open was found to be in order")
	}
	m.Amount = o.money(o.minor).Decimal()
	if _, err := w.App.AddHold(ctx, as("test"), app.HoldRequest{Creditor: gb, Ref: "item:" + o.name,
		Kind: book.HoldPromise, Until: w.s.Day + 2, Reason: "by Thursday"}); err != nil {
		t.Fatal(err)
	}
	if newJudge(w).message(ctx, &m) == nil {
		t.Error("a demand inside a promise was found to be in order")
	}
}

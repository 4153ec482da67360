package main

import (
	"context"
	"math"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// replayBatch is how many accounts are replayed at once.
const replayBatch = 1000

// oursReplay folds every entry and allocation of the book as of a day: what open
// amounts are made of, without the caches.
func oursReplay(ctx context.Context, t *task, m *meter) error {
	return m.measure(func() error {
		return withBook(ctx, t, func(a *app.App) error {
			return a.DB().Read(ctx, a.Tenant(), func(tx store.Tx) error {
				return replayAll(tx, a.Tenant(), t.Day, m)
			})
		})
	})
}

func replayAll(tx store.Tx, tenant int64, day cal.Date, m *meter) error {
	var last, facts, control int64
	if err := store.One(tx, "SELECT COALESCE(MAX(customer_id), 0) FROM account WHERE tenant_id = $1",
		[]any{tenant}, func(r store.Rows) { last = r.Int64(0) }); err != nil {
		return err
	}
	replays := make([]*book.Replay, replayBatch)
	for i := range replays {
		replays[i] = book.NewReplay(day, math.MaxInt64)
	}
	for first := int64(1); first <= last; first += replayBatch {
		for _, r := range replays {
			r.Reset()
		}
		n, err := replayRange(tx, []any{tenant, first, first + replayBatch, day}, replays)
		if err != nil {
			return err
		}
		facts += n
	}
	for _, r := range replays {
		control += r.Control()[currency]
	}
	m.fact("facts", facts)
	m.fact("control_minor", control)
	return nil
}

// replayRange folds the accounts of one range of customers. The engine leaves out what
// is effective later, so that days need not be read.
func replayRange(tx store.Tx, args []any, replays []*book.Replay) (facts int64, err error) {
	first := args[1].(int64)
	var e book.Entry
	err = store.Each(tx, `SELECT customer_id, entry_id, item_id, amount_minor, corrects, heads, currency
		FROM entry WHERE tenant_id = $1 AND customer_id >= $2 AND customer_id < $3
		AND effective_day <= $4 ORDER BY customer_id, entry_id`, args, func(r store.Rows) error {
		facts++
		if b := r.Bytes(6); string(b) != string(e.Currency) {
			e.Currency = money.Currency(b)
		}
		e.Minor = r.Int64(3)
		e.From, e.To = book.HeadsOf(r.Int64(5))
		if e.Debits() != 0 {
			e.Item = r.Int64(2)
		}
		if e.Credits() != 0 {
			e.ID, e.Corrects = r.Int64(1), r.Int64(4)
		}
		replays[r.Int64(0)-first].Entry(&e)
		return nil
	})
	if err != nil {
		return facts, err
	}
	var al book.Allocation
	err = store.Each(tx, `SELECT customer_id, entry_id, item_id, head, amount_minor
		FROM allocation WHERE tenant_id = $1 AND customer_id >= $2 AND customer_id < $3
		AND effective_day <= $4 ORDER BY customer_id, allocation_id`, args, func(r store.Rows) error {
		facts++
		al.Entry, al.Item, al.Head, al.Minor = r.Int64(1), r.Int64(2), book.Head(r.Int64(3)), r.Int64(4)
		replays[r.Int64(0)-first].Allocation(&al)
		return nil
	})
	return facts, err
}

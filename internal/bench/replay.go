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

// words are the few texts of kinds, heads and currencies, made once.
type words map[string]string

func (w words) text(b []byte) string {
	if s, ok := w[string(b)]; ok {
		return s
	}
	w[string(b)] = string(b)
	return w[string(b)]
}

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
	w := words{}
	for first := int64(1); first <= last; first += replayBatch {
		for _, r := range replays {
			r.Reset()
		}
		n, err := replayRange(tx, []any{tenant, first, first + replayBatch}, replays, w)
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

// replayRange folds the accounts of one range of customers.
func replayRange(tx store.Tx, args []any, replays []*book.Replay, w words) (facts int64, err error) {
	first := args[1].(int64)
	var e book.Entry
	err = store.Each(tx, `SELECT customer_id, entry_id, seq, item_id, kind, effective_day, currency,
		from_head, to_head, amount_minor, corrects
		FROM entry WHERE tenant_id = $1 AND customer_id >= $2 AND customer_id < $3
		ORDER BY customer_id, entry_id`, args, func(r store.Rows) error {
		facts++
		e = book.Entry{ID: r.Int64(1), Seq: r.Int64(2), Item: r.Int64(3),
			Kind: book.EntryKind(w.text(r.Bytes(4))), Day: r.Day(5), Currency: money.Currency(w.text(r.Bytes(6))),
			From: book.Head(w.text(r.Bytes(7))), To: book.Head(w.text(r.Bytes(8))),
			Minor: r.Int64(9), Corrects: r.Int64(10)}
		replays[r.Int64(0)-first].Entry(&e)
		return nil
	})
	if err != nil {
		return facts, err
	}
	var al book.Allocation
	err = store.Each(tx, `SELECT customer_id, allocation_id, seq, entry_id, item_id, head, amount_minor,
		effective_day, corrects FROM allocation WHERE tenant_id = $1 AND customer_id >= $2 AND customer_id < $3
		ORDER BY customer_id, allocation_id`, args, func(r store.Rows) error {
		facts++
		al = book.Allocation{ID: r.Int64(1), Seq: r.Int64(2), Entry: r.Int64(3), Item: r.Int64(4),
			Head: book.Head(w.text(r.Bytes(5))), Minor: r.Int64(6), Day: r.Day(7), Corrects: r.Int64(8)}
		replays[r.Int64(0)-first].Allocation(&al)
		return nil
	})
	return facts, err
}

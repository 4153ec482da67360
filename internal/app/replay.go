package app

import (
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// Replayed is what a replay found. Of several currencies its amounts are numbers to
// compare, not money.
type Replayed struct {
	Facts       int64 // entries and allocations
	OpenMinor   int64 // principal that items owe
	CreditMinor int64 // money and credits that are set against no item
}

// Replay folds every entry and allocation effective up to the end of day (cal.Far: all)
// into open amounts, account by account, without any cache. It is the replay to which
// [App.Deep] proves the caches equal.
func (a *App) Replay(ctx context.Context, day cal.Date) (Replayed, error) {
	var all Replayed
	err := a.read(ctx, func(tx store.Tx) error {
		all = Replayed{}
		return eachReplay(tx, day, noSeqLimit, func(_ string, _ []any, r *replay) error {
			all.Facts += r.facts
			all.OpenMinor = money.AddMinor(all.OpenMinor, r.OpenTotal(book.Principal))
			all.CreditMinor = money.AddMinor(all.CreditMinor, r.CreditTotal())
			return nil
		})
	})
	return all, err
}

// replay is the open amounts of some accounts, and of how many facts they are made.
type replay struct {
	book.Replay
	facts int64
}

// eachReplay folds the facts of all accounts, effective up to the end of day and recorded
// by command seq, and gives each batch with the condition that selects it: on $1 the
// tenant, from customer $2 to customer $3.
func eachReplay(tx store.Tx, day cal.Date, seq int64, fn func(where string, args []any, r *replay) error) error {
	var last int64
	if err := store.One(tx, "SELECT COALESCE(MAX(customer_id), 0) FROM account WHERE tenant_id = $1",
		[]any{tx.Tenant()}, func(r store.Rows) { last = r.Int64(0) }); err != nil {
		return err
	}
	var r replay
	where := "tenant_id = $1 AND customer_id >= $2 AND customer_id <= $3"
	for first := int64(1); first <= last; first += batchSize {
		args := []any{tx.Tenant(), first, first + batchSize - 1}
		if err := r.fold(tx, where, args, day, seq); err != nil {
			return err
		}
		if err := fn(where, args, &r); err != nil {
			return err
		}
	}
	return nil
}

// fold starts anew with the facts of a selection of accounts. It reads no column that the
// amounts do not need: neither accounts nor currencies, for an item and a credit have one
// of each; days and numbers of commands are the engine's to compare.
func (r *replay) fold(tx store.Tx, where string, args []any, day cal.Date, seq int64) error {
	r.Reset()
	r.facts = 0
	where, args = asOf(where, args, day, seq)
	var e book.Entry
	err := store.Each(tx, "SELECT entry_id, item_id, amount_minor, corrects, heads FROM entry WHERE "+where, args,
		func(row store.Rows) error {
			e.ID, e.Item, e.Minor, e.Corrects = row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3)
			e.From, e.To = book.HeadsOf(row.Int64(4))
			r.Entry(&e)
			r.facts++
			return nil
		})
	if err != nil {
		return err
	}
	var a book.Allocation
	return store.Each(tx, "SELECT entry_id, item_id, head, amount_minor FROM allocation WHERE "+where, args,
		func(row store.Rows) error {
			a.Entry, a.Item, a.Head, a.Minor = row.Int64(0), row.Int64(1), book.Head(row.Int64(2)), row.Int64(3)
			r.Allocation(&a)
			r.facts++
			return nil
		})
}

// asOf narrows a selection to facts effective up to the end of day (cal.Far: all) and
// recorded by command seq.
func asOf(where string, args []any, day cal.Date, seq int64) (string, []any) {
	args = slices.Clone(args)
	if day != cal.Far {
		args = append(args, day)
		where += sprintf(" AND effective_day <= $%d", len(args))
	}
	if seq != noSeqLimit {
		args = append(args, seq)
		where += sprintf(" AND seq <= $%d", len(args))
	}
	return where, args
}

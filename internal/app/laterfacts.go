package app

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// laterFacts are the effects of entries and allocations that became effective
// after a day, or known after a command: what must be added to a current amount to
// get the one of that day. Ids of items and entries are unique in a tenant.
type laterFacts struct {
	items      map[int64]laterAmount
	credits    map[int64]laterAmount // by the entry that gave the credit
	currencies map[int64]money.Currency

	// The part of both that the bookkeeping stated with a later list, without
	// saying when it happened.
	listedItems, listedCredits map[int64]int64
}

type laterAmount struct{ customer, minor int64 }

// of is the later effect on an item or, for a credit note, on its credit, and the
// part of it that a later list stated.
func (l *laterFacts) of(b *bookItem, credit creditOf) (minor, listed int64) {
	if b.credit {
		return l.credits[credit.entry].minor, l.listedCredits[credit.entry]
	}
	return l.items[b.item].minor, l.listedItems[b.item]
}

// factsAfter reads the facts effective after day or recorded after command seq. With
// entries false there is no such entry, only allocations are looked at.
func factsAfter(tx store.Tx, tenant int64, day cal.Date, seq int64, entries bool) (laterFacts, error) {
	l := laterFacts{items: map[int64]laterAmount{}, credits: map[int64]laterAmount{},
		currencies:  map[int64]money.Currency{},
		listedItems: map[int64]int64{}, listedCredits: map[int64]int64{}}
	listed := map[int64]bool{}
	add := func(to map[int64]laterAmount, customer, id, minor int64) {
		to[id] = laterAmount{customer, to[id].minor + minor}
	}
	where, args := "tenant_id = $1 AND effective_day > $2", []any{tenant, day}
	if seq != noSeqLimit {
		where, args = "tenant_id = $1 AND (effective_day > $2 OR seq > $3)", append(args, seq)
	}
	addEntry := func(customer int64, e *book.Entry) error {
		if e.To == book.Principal || e.From == book.Principal {
			add(l.items, customer, e.Item, -e.Debits())
		}
		if c := e.Credits(); c != 0 {
			id := cmp.Or(e.Corrects, e.ID)
			add(l.credits, customer, id, -c)
			l.currencies[id] = e.Currency
			if e.Kind == book.EntrySettledByList {
				listed[e.ID] = true
				if e.Corrects != 0 {
					l.listedCredits[id] -= c
				}
			}
		}
		return nil
	}
	if entries {
		if err := eachEntry(tx, where, args, addEntry); err != nil {
			return l, err
		}
	}
	missing := map[int64]bool{}
	err := eachAllocation(tx, where, args, func(customer int64, a *book.Allocation) error {
		if a.Head == book.Principal {
			add(l.items, customer, a.Item, a.Minor)
			if listed[a.Entry] {
				l.listedItems[a.Item] += a.Minor
			}
		}
		add(l.credits, customer, a.Entry, a.Minor)
		if _, ok := l.currencies[a.Entry]; !ok {
			missing[a.Entry] = true
		}
		return nil
	})
	if err != nil || len(missing) == 0 {
		return l, err
	}
	return l, l.findCurrencies(tx, tenant, missing)
}

// findCurrencies reads the currencies of earlier entries whose money was set
// against items later.
func (l *laterFacts) findCurrencies(tx store.Tx, tenant int64, entries map[int64]bool) error {
	var customers []int64
	for id := range entries {
		customers = append(customers, l.credits[id].customer)
	}
	slices.Sort(customers)
	for chunk := range slices.Chunk(slices.Compact(customers), batchSize) {
		where, args := customerRange(tenant, chunk)
		err := store.Each(tx, "SELECT entry_id, currency FROM entry WHERE "+where, args, func(r store.Rows) error {
			if entries[r.Int64(0)] {
				l.currencies[r.Int64(0)] = currency(r.Bytes(1))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// accountFold reads whole accounts, a batch at a time: the facts of each and the caches
// that they are compared with. It keeps its memory between batches: accounts are valid
// until the next load.
type accountFold struct {
	tx store.Tx

	accounts []foldedAccount
	at       int // merge position in accounts

	items       []itemStanding
	entries     []book.Entry
	allocations []book.Allocation
	credits     []creditStanding
}

// foldedAccount is the cached columns of an account and its part of what was read.
type foldedAccount struct {
	customer    int64
	paymentDays string
	documents   int64
	billed      int64

	items       []itemStanding
	entries     []book.Entry
	allocations []book.Allocation
	credits     []creditStanding // the cache
}

// load reads the accounts of a selection (a condition on tenant and customer).
func (f *accountFold) load(where string, args []any) error {
	f.accounts = f.accounts[:0]
	err := store.Each(f.tx,
		"SELECT customer_id, payment_days, documents, billed_minor FROM account WHERE "+where+" ORDER BY customer_id", args,
		func(r store.Rows) error {
			f.accounts = append(f.accounts, foldedAccount{customer: r.Int64(0), paymentDays: r.Text(1),
				documents: r.Int64(2), billed: r.Int64(3)})
			return nil
		})
	if err != nil {
		return err
	}
	f.items, f.at = f.items[:0], 0
	err = eachItemCache(f.tx, where, args, func(customer int64, i *itemStanding) error {
		if a := f.next(customer); a != nil {
			grow(&f.items, &a.items, *i)
		}
		return nil
	})
	if err != nil {
		return err
	}
	f.entries, f.at = f.entries[:0], 0
	err = eachEntry(f.tx, where, args, func(customer int64, e *book.Entry) error {
		if a := f.next(customer); a != nil {
			grow(&f.entries, &a.entries, *e)
		}
		return nil
	})
	if err != nil {
		return err
	}
	f.allocations, f.at = f.allocations[:0], 0
	err = eachAllocation(f.tx, where, args, func(customer int64, x *book.Allocation) error {
		if a := f.next(customer); a != nil {
			grow(&f.allocations, &a.allocations, *x)
		}
		return nil
	})
	if err != nil {
		return err
	}
	f.credits, f.at = f.credits[:0], 0
	return eachCredit(f.tx, where, args, func(customer int64, c creditStanding) error {
		if a := f.next(customer); a != nil {
			grow(&f.credits, &a.credits, c)
		}
		return nil
	})
}

func eachCredit(tx store.Tx, where string, args []any, fn func(customer int64,
	c creditStanding) error) error {
	return store.Each(tx,
		"SELECT customer_id, entry_id, kind, currency, effective_day, open_minor FROM credit WHERE "+where+
			" ORDER BY customer_id, entry_id", args, func(r store.Rows) error {
			return fn(r.Int64(0), creditStanding{entry: r.Int64(1), kind: book.EntryKindOf(r.Int64(2)),
				currency: currency(r.Bytes(3)), day: r.Day(4), left: r.Int64(5)})
		})
}

// next moves the merge to a customer; nil if it is not among those loaded. Rows come in
// ascending order of customer.
func (f *accountFold) next(customer int64) *foldedAccount {
	for f.at < len(f.accounts) && f.accounts[f.at].customer < customer {
		f.at++
	}
	if f.at < len(f.accounts) && f.accounts[f.at].customer == customer {
		return &f.accounts[f.at]
	}
	return nil
}

// fold computes the standing of an account from its facts.
func (a *foldedAccount) fold(s *standing) {
	s.reset()
	for i := range a.items {
		s.item(a.items[i])
	}
	for i := range a.entries {
		s.entry(&a.entries[i])
	}
	for i := range a.allocations {
		s.allocation(&a.allocations[i])
	}
	s.finish()
}

// customerRange is the condition on a list of customers (ascending).
func customerRange(tenant int64, ids []int64) (string, []any) {
	if first, last := ids[0], ids[len(ids)-1]; last-first+1 <= int64(len(ids)) {
		return "tenant_id = $1 AND customer_id >= $2 AND customer_id <= $3", []any{tenant, first, last}
	}
	return "tenant_id = $1 AND customer_id IN ids($2)", []any{tenant, ids}
}

// refresh brings the caches of accounts into line with their facts and raises
// their versions: a fact of each was recorded. A settled item that is open again
// starts a new cycle from day.
func (r *recorder) refresh(day cal.Date, customers ...int64) error {
	slices.Sort(customers)
	customers = slices.Compact(customers)
	var s standing
	f := accountFold{tx: r}
	for chunk := range slices.Chunk(customers, batchSize) {
		where, args := customerRange(r.tenant, chunk)
		if err := f.load(where, args); err != nil {
			return err
		}
		for i := range f.accounts {
			f.accounts[i].fold(&s)
			if err := r.store(&f.accounts[i], &s, day); err != nil {
				return err
			}
		}
		if _, err := r.Exec(`UPDATE account SET version = version + 1 WHERE tenant_id = $1
			AND customer_id IN ids($2)`,
			r.tenant, chunk); err != nil {
			return err
		}
	}
	return nil
}

// store writes the caches of one account that differ from its standing.
func (r *recorder) store(a *foldedAccount, s *standing, day cal.Date) error {
	for i := range s.items {
		it := &s.items[i]
		if it.now == it.was {
			continue
		}
		if _, err := r.Exec(`UPDATE item SET amount_minor = $4, open_minor = $5, settled_day = $6
			WHERE tenant_id = $1 AND customer_id = $2 AND item_id = $3`,
			r.tenant, a.customer, it.id, it.now.amount, it.now.open, it.now.settled); err != nil {
			return err
		}
		if it.was.settled != cal.None && it.now.open > 0 {
			if err := r.raiseCycle(a.customer, it.id, it.cycle+1, day, "reopened"); err != nil {
				return err
			}
		}
	}
	if err := r.storeCredits(a, s); err != nil {
		return err
	}
	if a.repeats(s) {
		return nil
	}
	_, err := r.Exec(`UPDATE account SET payment_days = $3, documents = $4, billed_minor = $5 WHERE tenant_id = $1
		AND customer_id = $2`, r.tenant, a.customer, book.FormatSettled(s.settled), s.documents, s.billed)
	return err
}

// repeats reports whether the cached columns of the account say what its facts give.
func (a *foldedAccount) repeats(s *standing) bool {
	return a.paymentDays == book.FormatSettled(s.settled) && a.documents == s.documents && a.billed == s.billed
}

func (r *recorder) storeCredits(a *foldedAccount, s *standing) error {
	now := s.openCredits()
	if slices.Equal(now, a.credits) {
		return nil
	}
	if _, err := r.Exec("DELETE FROM credit WHERE tenant_id = $1 AND customer_id = $2", r.tenant,
		a.customer); err != nil {
		return err
	}
	ins := r.Insert("credit")
	for i := range now {
		putCredit(ins, a.customer, &now[i])
	}
	return ins.Close()
}

// openCredits are the credits with something left, by entry.
func (s *standing) openCredits() []creditStanding {
	var open []creditStanding
	for _, c := range s.credits {
		if c.left != 0 {
			open = append(open, c)
		}
	}
	return open
}

func putCredit(ins *store.Inserter, customer int64, c *creditStanding) error {
	ins.Int(customer).Int(c.entry).Int(c.left).Day(c.day).Int(c.kind.Number()).Text(string(c.currency))
	return ins.End()
}

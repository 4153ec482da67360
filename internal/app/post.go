package app

import (
	"fmt"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// This file is the one place that writes entries and allocations of accounts that
// exist. Facts are written first; refresh then folds the facts of the account and
// brings every cache into line with them. So a cache cannot say anything that the
// facts do not.

// postings gathers entries and allocations and writes them in order of account. The
// caller refreshes the accounts when all their facts are written.
type postings struct {
	entries     []accountEntry
	allocations []accountAllocation
}

type accountEntry struct {
	customer int64
	book.Entry
	words int64 // its text, apart from the facts
	hash  []byte
}

// accountAllocation is an allocation of an entry that exists or, with of > 0, of
// the posting at of-1.
type accountAllocation struct {
	customer int64
	of       int
	book.Allocation
}

// add adds an entry and, for an item, the allocation of all of it on a day.
func (p *postings) add(customer int64, e book.Entry, item int64, day cal.Date) {
	p.entries = append(p.entries, accountEntry{customer: customer, Entry: e})
	if item != 0 {
		p.split(customer, part{item, e.Minor, day})
	}
}

// part is an amount set against one item.
type part struct {
	item  int64
	minor int64
	day   cal.Date
}

// split sets a part of the entry added last against an item.
func (p *postings) split(customer int64, to part) {
	p.allocations = append(p.allocations, accountAllocation{customer, len(p.entries),
		book.Allocation{Item: to.item, Head: book.Principal, Minor: to.minor, Day: to.day}})
}

// set sets credit of an entry that exists against an item; negative with Corrects: takes
// it back.
func (p *postings) set(customer int64, a book.Allocation) {
	p.allocations = append(p.allocations, accountAllocation{customer: customer, Allocation: a})
}

// write writes what was gathered. Accounts were added in ascending order.
func (p *postings) write(r *recorder) error {
	if len(p.entries) > 0 {
		first, err := r.NextIDs("entry", len(p.entries))
		if err != nil {
			return err
		}
		ins := r.Insert("entry")
		for i := range p.entries {
			e := &p.entries[i]
			e.ID = first + int64(i)
			putEntry(ins, e.customer, r.Seq(), &e.Entry, e.words, e.hash)
		}
		if err := ins.Close(); err != nil {
			return err
		}
	}
	if len(p.allocations) == 0 {
		return nil
	}
	first, err := r.NextIDs("allocation", len(p.allocations))
	if err != nil {
		return err
	}
	ins := r.Insert("allocation")
	for i := range p.allocations {
		a := &p.allocations[i]
		if a.ID = first + int64(i); a.of > 0 {
			a.Entry = p.entries[a.of-1].ID
		}
		putAllocation(ins, a.customer, r.Seq(), &a.Allocation)
	}
	return ins.Close()
}

// postEntry records an entry with its text and what of it is set against items at once,
// and returns its id.
func (r *recorder) postEntry(customer int64, e book.Entry, text string, parts []part) (int64, error) {
	words, hash, err := r.words(text)
	if err != nil {
		return 0, err
	}
	p := postings{entries: []accountEntry{{customer, e, words, hash}}}
	for _, to := range parts {
		p.split(customer, to)
	}
	err = p.write(r)
	return p.entries[0].ID, err
}

// putEntry writes one row of entry.
func putEntry(ins *store.Inserter, customer, seq int64, e *book.Entry, words int64, hash []byte) error {
	ins.Int(customer).Int(e.ID).Int(e.Item).Int(e.Minor).Int(e.Corrects).Int(seq).Int(words).Day(e.Day)
	ins.Int(e.Heads()).Int(e.Kind.Number()).Text(string(e.Currency)).Bytes(hash)
	return ins.End()
}

// putAllocation writes one row of allocation.
func putAllocation(ins *store.Inserter, customer, seq int64, a *book.Allocation) error {
	ins.Int(customer).Int(a.ID).Int(a.Entry).Int(a.Item).Int(a.Minor).Int(a.Corrects).Int(seq).Day(a.Day)
	ins.Int(int64(a.Head))
	return ins.End()
}

// creditHead is the head to which an entry that raises unapplied credit moves it, by kind.
func creditHead(kind book.EntryKind) book.Head {
	switch kind {
	case book.EntryPayment, book.EntryRefund:
		return book.Cash
	case book.EntrySettledByList:
		return book.Bookkeeping
	case book.EntryWriteOff:
		return book.WrittenOff
	}
	return book.Sales
}

// credited is an entry that raises unapplied credit: money received, a credit
// note, a settlement per bookkeeping, a write-off.
func credited(kind book.EntryKind, m money.Money, day cal.Date) book.Entry {
	return book.Entry{Kind: kind, Day: day, Currency: m.Currency, From: book.Unapplied, To: creditHead(kind),
		Minor: m.Minor}
}

// countered is an entry that takes credit of an earlier one back, wholly or in part.
func countered(e *book.Entry, minor int64, day cal.Date) book.Entry {
	return book.Entry{Item: e.Item, Kind: e.Kind, Day: day, Currency: e.Currency, From: e.To, To: e.From,
		Minor: minor, Corrects: e.ID}
}

// adjusted is an entry that corrects the amount of an item by delta.
func adjusted(item int64, delta money.Money, day cal.Date) book.Entry {
	e := book.Entry{Item: item, Kind: book.EntryAdjustment, Day: day, Currency: delta.Currency,
		From: book.Sales, To: book.Principal, Minor: delta.Minor}
	if delta.Minor < 0 {
		e.From, e.To, e.Minor = book.Principal, book.Sales, -delta.Minor
	}
	return e
}

// reverse takes an entry back as of a day: what it was set against is open again,
// and a counter-entry takes the money away. Errors: not found; conflict if it was
// reversed before or is itself a reversal.
func (r *recorder) reverse(customer, entry int64, day cal.Date) error {
	facts, err := r.facts(customer)
	if err != nil {
		return err
	}
	e := facts.find(entry)
	switch {
	case e == nil:
		return notFound("entry_not_found", "there is no entry %d on this account", entry)
	case e.Corrects != 0 || e.Credits() <= 0:
		return &Error{Kind: Conflict, Code: "not_reversible",
			Message: fmt.Sprintf("entry %d cannot be reversed by itself", entry)}
	}
	left := e.Minor
	for i := range facts.entries {
		if facts.entries[i].Corrects == entry {
			left += facts.entries[i].Credits()
		}
	}
	if left <= 0 {
		return &Error{Kind: Conflict, Code: "reversed_before", Message: fmt.Sprintf("entry %d was reversed before",
			entry)}
	}
	var p postings
	for _, a := range facts.net() {
		if a.Entry == entry {
			p.set(customer, takenBack(a, a.Minor, day))
		}
	}
	p.add(customer, countered(e, left, max(day, e.Day)), 0, cal.None)
	return p.write(r)
}

// takenBack is the allocation that takes minor of an earlier one back.
func takenBack(a book.Allocation, minor int64, day cal.Date) book.Allocation {
	return book.Allocation{Entry: a.Entry, Item: a.Item, Head: a.Head, Minor: -minor, Day: max(day, a.Day),
		Corrects: a.ID}
}

// accountFacts are the entries and allocations of one account, by id.
type accountFacts struct {
	entries     []book.Entry
	allocations []book.Allocation
}

func (f *accountFacts) find(entry int64) *book.Entry {
	for i := range f.entries {
		if f.entries[i].ID == entry {
			return &f.entries[i]
		}
	}
	return nil
}

// net are the allocations still in force: what was taken back is subtracted from
// the one it corrects, and empty ones are left out.
func (f *accountFacts) net() []book.Allocation {
	at := make(map[int64]int, len(f.allocations))
	var net []book.Allocation
	for _, a := range f.allocations {
		if i, ok := at[a.Corrects]; ok && a.Corrects != 0 {
			net[i].Minor += a.Minor
			continue
		}
		at[a.ID] = len(net)
		net = append(net, a)
	}
	kept := net[:0]
	for _, a := range net {
		if a.Minor != 0 {
			kept = append(kept, a)
		}
	}
	return kept
}

func (r *recorder) facts(customer int64) (*accountFacts, error) {
	f := &accountFacts{}
	where, args := "tenant_id = $1 AND customer_id = $2", []any{r.tenant, customer}
	err := eachEntry(r, where, args, func(_ int64, e *book.Entry) error {
		f.entries = append(f.entries, *e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = eachAllocation(r, where, args, func(_ int64, a *book.Allocation) error {
		f.allocations = append(f.allocations, *a)
		return nil
	})
	return f, err
}

// eachEntry reads entries in order of account and id.
func eachEntry(tx store.Tx, where string, args []any, fn func(customer int64, e *book.Entry) error) error {
	var e book.Entry
	return store.Each(tx, `SELECT customer_id, entry_id, item_id, amount_minor, corrects, seq, effective_day,
		heads, kind, currency FROM entry WHERE `+where+" ORDER BY customer_id, entry_id", args,
		func(r store.Rows) error {
			e = book.Entry{ID: r.Int64(1), Item: r.Int64(2), Minor: r.Int64(3), Corrects: r.Int64(4), Seq: r.Int64(5),
				Day: r.Day(6), Kind: book.EntryKindOf(r.Int64(8)), Currency: currency(r.Bytes(9))}
			e.From, e.To = book.HeadsOf(r.Int64(7))
			return fn(r.Int64(0), &e)
		})
}

// eachAllocation reads allocations in order of account and id.
func eachAllocation(tx store.Tx, where string, args []any, fn func(customer int64,
	a *book.Allocation) error) error {
	var a book.Allocation
	return store.Each(tx, `SELECT customer_id, allocation_id, seq, entry_id, item_id, head, amount_minor,
		effective_day, corrects
		FROM allocation WHERE `+where+" ORDER BY customer_id, allocation_id", args, func(r store.Rows) error {
		a = book.Allocation{ID: r.Int64(1), Seq: r.Int64(2), Entry: r.Int64(3), Item: r.Int64(4),
			Head:  book.Head(r.Int64(5)),
			Minor: r.Int64(6), Day: r.Day(7), Corrects: r.Int64(8)}
		return fn(r.Int64(0), &a)
	})
}

// eachItemCache reads what rows of items know, in order of account and id.
func eachItemCache(tx store.Tx, where string, args []any, fn func(customer int64,
	i *itemStanding) error) error {
	var i itemStanding
	return store.Each(tx, `SELECT customer_id, item_id, document_kind, number_norm, due_date, amount_minor,
		open_minor,
		settled_day, cycle FROM item WHERE `+where+" ORDER BY customer_id, item_id", args,
		func(r store.Rows) error {
			i = itemStanding{id: r.Int64(1), kind: book.DocumentKindOf(r.Int64(2)), number: r.Text(3),
				due: r.Day(4),
				was: itemCache{amount: r.Int64(5), open: r.Int64(6), settled: r.Day(7)}, cycle: r.Int64(8)}
			return fn(r.Int64(0), &i)
		})
}

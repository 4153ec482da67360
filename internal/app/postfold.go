package app

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// standing is what the facts of one account say: the truth that the caches repeat.
// The zero value is ready; reset keeps its memory.
type standing struct {
	items     []itemStanding   // by id
	credits   []creditStanding // by entry
	documents int64
	billed    int64 // amounts of all invoices, whatever their currency
	settled   []book.Settled

	index   map[int64]int // item → position in items
	entries map[int64]int // entry → position in credits
	changes []openChange
	numbers map[string]bool
}

// itemStanding is one item: what its row knows and what the facts give.
type itemStanding struct {
	id      int64
	kind    book.DocumentKind
	number  string // normalised
	due     cal.Date
	was     itemCache
	now     itemCache
	cycle   int64
	paidDay bool // the last cent was settled by money of a known value day
}

// itemCache are the cached columns of an item.
type itemCache struct {
	amount, open int64
	settled      cal.Date
}

// creditStanding is what is left of the credit of one entry.
type creditStanding struct {
	entry    int64
	kind     book.EntryKind
	currency money.Currency
	day      cal.Date
	left     int64
}

// openChange is one change of an item's open amount, for finding the day on which
// it was settled.
type openChange struct {
	item  int
	day   cal.Date
	minor int64
	money bool // a payment, not a credit note, write-off or the bookkeeping's list
}

func (s *standing) reset() {
	s.items, s.credits, s.settled = s.items[:0], s.credits[:0], s.settled[:0]
	s.changes, s.documents, s.billed = s.changes[:0], 0, 0
	if s.index == nil {
		s.index, s.entries, s.numbers = map[int64]int{}, map[int64]int{}, map[string]bool{}
		return
	}
	clear(s.index)
	clear(s.entries)
	clear(s.numbers)
}

// item adds an item as its row has it. Items come in order of id, before entries.
func (s *standing) item(i itemStanding) {
	i.now = itemCache{settled: cal.None}
	s.index[i.id] = len(s.items)
	s.items = append(s.items, i)
	if i.kind == book.Invoice && !s.numbers[i.number] {
		s.numbers[i.number] = true
		s.documents++
	}
}

// entry folds one entry. Entries come in order of id, before allocations.
func (s *standing) entry(e *book.Entry) {
	if at, ok := s.index[e.Item]; ok {
		it := &s.items[at]
		switch {
		case it.kind == book.CreditNote && e.Kind == book.EntryCreditNote && e.Corrects == 0,
			it.kind == book.CreditNote && e.Kind == book.EntryAdjustment:
			it.now.amount += e.Credits()
		case e.To == book.Principal || e.From == book.Principal:
			it.now.amount += e.Debits()
			s.change(at, e.Day, e.Debits(), false)
		}
	}
	c := e.Credits()
	if c == 0 {
		return
	}
	if e.Corrects == 0 {
		s.entries[e.ID] = len(s.credits)
		s.credits = append(s.credits, creditStanding{entry: e.ID, kind: e.Kind, currency: e.Currency, day: e.Day,
			left: c})
		return
	}
	if at, ok := s.entries[e.Corrects]; ok {
		s.credits[at].left += c
	}
}

// allocation folds one allocation, whose entry was folded before.
func (s *standing) allocation(a *book.Allocation) {
	paid := false
	if at, ok := s.entries[a.Entry]; ok {
		s.credits[at].left -= a.Minor
		paid = s.credits[at].kind == book.EntryPayment
	}
	if at, ok := s.index[a.Item]; ok && a.Head == book.Principal {
		s.change(at, a.Day, -a.Minor, paid)
	}
}

func (s *standing) change(at int, day cal.Date, minor int64, paid bool) {
	s.items[at].now.open += minor
	s.changes = append(s.changes, openChange{item: at, day: day, minor: minor, money: paid})
}

// finish works out settled days, the account's latest payments and what was billed.
//
// An item is settled on the last day on which its open amount changed, if it is
// zero since. It tells how the customer pays only if money of a known value day
// was set against it on that day: the bookkeeping's list, a credit note or a
// write-off say nothing about when somebody paid.
func (s *standing) finish() {
	slices.SortFunc(s.changes, func(a, b openChange) int {
		return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.day, b.day))
	})
	for from := 0; from < len(s.changes); {
		to := from
		for to < len(s.changes) && s.changes[to].item == s.changes[from].item {
			to++
		}
		s.settle(s.changes[from:to])
		from = to
	}
	s.settled = latest(s.settled)
	for i := range s.items {
		if it := &s.items[i]; it.kind == book.Invoice {
			s.billed = money.AddMinor(s.billed, it.now.amount)
		}
	}
}

// settle works out the settled day of one item from its changes in order of day.
func (s *standing) settle(changes []openChange) {
	it := &s.items[changes[0].item]
	if it.now.open != 0 || it.kind != book.Invoice {
		return
	}
	for to := len(changes); to > 0; {
		day, sum, paid := changes[to-1].day, int64(0), false
		for to > 0 && changes[to-1].day == day {
			to--
			sum += changes[to].minor
			paid = paid || changes[to].money
		}
		if sum != 0 || to == 0 {
			it.now.settled, it.paidDay = day, paid
			break
		}
	}
	if it.paidDay && it.due != cal.None {
		s.settled = append(s.settled, book.Settled{Day: it.now.settled, DaysLate: it.now.settled.DaysSince(it.due)})
	}
}

// latest sorts settled items newest first and keeps what an account keeps. Ties
// are broken by lateness, so that the order of recording does not matter.
func latest(settled []book.Settled) []book.Settled {
	slices.SortFunc(settled, func(a, b book.Settled) int {
		return cmp.Or(cmp.Compare(b.Day, a.Day), cmp.Compare(a.DaysLate, b.DaysLate))
	})
	return settled[:min(len(settled), book.MaxSettled)]
}

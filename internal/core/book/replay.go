package book

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/money"
)

// Replay folds entries and allocations into open amounts in minor units. Which of them
// count, those effective by a day or recorded by a command, is for the caller to choose.
// They come in any order and may be of many accounts, for ids of items and entries are
// unique in a tenant. The zero value is ready; Reset keeps its memory.
type Replay struct {
	owed [Cost]amounts // what items owe, by head of claim from Principal on
	left amounts       // what is left of credits, by their entry
}

// Reset forgets everything that was folded.
func (r *Replay) Reset() {
	r.left.reset()
	for i := range r.owed {
		r.owed[i].reset()
	}
}

// under is what items owe under a head of claim.
func (r *Replay) under(h Head) *amounts { return &r.owed[h-Principal] }

// Entry folds one entry: its id, item, amount, heads and what it corrects.
func (r *Replay) Entry(e *Entry) {
	if d := e.Debits(); d != 0 {
		head := e.To
		if !head.OfClaim() {
			head = e.From
		}
		r.under(head).add(e.Item, d)
	}
	switch c := e.Credits(); {
	case c == 0:
	case e.Corrects != 0:
		r.left.add(e.Corrects, c)
	default:
		r.left.add(e.ID, c)
	}
}

// Allocation folds one allocation: its entry, item, head and amount. Under what is no
// head of claim nothing is owed.
func (r *Replay) Allocation(a *Allocation) {
	r.left.add(a.Entry, -a.Minor)
	if a.Head.OfClaim() {
		r.under(a.Head).add(a.Item, -a.Minor)
	}
}

// Open is what an item still owes under a head of claim.
func (r *Replay) Open(item int64, h Head) int64 { return r.under(h).of(item) }

// Credit is what is left of the credit of one entry.
func (r *Replay) Credit(entry int64) int64 { return r.left.of(entry) }

// OpenTotal is what all items together owe under a head of claim. Of several
// currencies it is a number to compare, not an amount.
func (r *Replay) OpenTotal(h Head) int64 { return r.under(h).total() }

// CreditTotal is what is left of all credits together, as OpenTotal.
func (r *Replay) CreditTotal() int64 { return r.left.total() }

// amounts are amounts by id. Ids that come in ascending order, as almost all do, lie
// side by side, and each is looked for behind the one before; the others are in a map.
type amounts struct {
	ids   []int64
	minor []int64
	at    int // of the id that was found last
	other map[int64]int64
}

func (a *amounts) reset() {
	a.ids, a.minor, a.at = a.ids[:0], a.minor[:0], 0
	clear(a.other)
}

func (a *amounts) add(id, minor int64) {
	switch n := len(a.ids); {
	case n == 0 || id > a.ids[n-1]:
		a.ids, a.minor = append(a.ids, id), append(a.minor, minor)
	case a.find(id):
		a.minor[a.at] += minor
	case a.other == nil:
		a.other = map[int64]int64{id: minor}
	default:
		a.other[id] += minor
	}
}

func (a *amounts) of(id int64) int64 {
	if a.find(id) {
		return a.minor[a.at]
	}
	return a.other[id]
}

// find looks for an id side by side with the others and leaves its place in at.
func (a *amounts) find(id int64) (found bool) {
	if next := a.at + 1; next < len(a.ids) && a.ids[next] == id {
		a.at = next
		return true
	}
	a.at, found = slices.BinarySearch(a.ids, id)
	return found
}

func (a *amounts) total() int64 {
	var sum int64
	for _, minor := range a.minor {
		sum = money.AddMinor(sum, minor)
	}
	for _, minor := range a.other {
		sum = money.AddMinor(sum, minor)
	}
	return sum
}

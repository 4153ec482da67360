package book

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Aging buckets by days after the contractual due date, unrolled and without
// grace. The order is that of every aging report.
const (
	NotDue = iota
	Days1to30
	Days31to60
	Days61to90
	Days91to120
	Days121to180
	Days181to365
	Days366up
	BucketCount
)

// BucketNames are the fields of an aging report, in the order of the buckets.
var BucketNames = [BucketCount]string{"not_due", "d1_30", "d31_60", "d61_90", "d91_120", "d121_180", "d181_365", "d366_up"}

// Bucket is the aging bucket of an item on a day. An item without a due date is
// never overdue: not due.
func Bucket(due, day cal.Date) int {
	if due == cal.None {
		return NotDue
	}
	switch n := day.DaysSince(due); {
	case n <= 0:
		return NotDue
	case n <= 30:
		return Days1to30
	case n <= 60:
		return Days31to60
	case n <= 90:
		return Days61to90
	case n <= 120:
		return Days91to120
	case n <= 180:
		return Days121to180
	case n <= 365:
		return Days181to365
	}
	return Days366up
}

// Sum is a count of items and their amount in minor units.
type Sum struct {
	Count       int64
	AmountMinor int64
}

// Add counts one item.
func (s *Sum) Add(minor int64) {
	s.Count++
	s.AmountMinor = money.AddMinor(s.AmountMinor, minor)
}

// Merge adds another sum of the same currency.
func (s *Sum) Merge(o Sum) {
	s.Count += o.Count
	s.AmountMinor = money.AddMinor(s.AmountMinor, o.AmountMinor)
}

// Aging is the open items of one currency by age, with unapplied credits apart
// (their amount is negative).
type Aging struct {
	Buckets [BucketCount]Sum
	Credits Sum
}

// Merge adds another aging of the same currency.
func (a *Aging) Merge(o *Aging) {
	for i := range a.Buckets {
		a.Buckets[i].Merge(o.Buckets[i])
	}
	a.Credits.Merge(o.Credits)
}

// Total is all buckets and credits: the balance that the aging must tie to.
func (a *Aging) Total() Sum {
	t := a.Credits
	for i := range a.Buckets {
		t.Merge(a.Buckets[i])
	}
	return t
}

// Replay folds the entries and allocations of one account, effective up to the
// end of Day and recorded by command Seq, into open amounts. The zero value is
// not ready; use [NewReplay]. Reset it between accounts: it keeps its memory.
type Replay struct {
	Day cal.Date
	Seq int64

	items   []openAmount // by item id, ascending
	credits []openCredit // by entry id, ascending
	control map[money.Currency]int64
	code    money.Currency // of the entry before
	sum     int64          // of entries in it that are not in control yet
}

type openAmount struct {
	id   int64
	owed [5]int64 // by head of claim
}

type openCredit struct {
	id   int64
	left int64
}

// NewReplay returns a fold as of the end of day, as known after command seq.
func NewReplay(day cal.Date, seq int64) *Replay {
	return &Replay{Day: day, Seq: seq, control: map[money.Currency]int64{}}
}

// Reset forgets the account and keeps the control balances.
func (r *Replay) Reset() { r.items, r.credits = r.items[:0], r.credits[:0] }

// headIndex is the place of a head of claim in openAmount.owed.
func headIndex(h Head) int { return int(h - Principal) }

// Entry folds one entry. Entries of an account come in order of id.
func (r *Replay) Entry(e *Entry) {
	if e.Day > r.Day || e.Seq > r.Seq {
		return
	}
	if e.Currency != r.code {
		r.control[r.code] += r.sum
		r.code, r.sum = e.Currency, 0
	}
	d, c := e.Debits(), e.Credits()
	r.sum += d - c
	if d != 0 {
		head := e.To
		if !head.OfClaim() {
			head = e.From
		}
		r.item(e.Item).owed[headIndex(head)] += d
	}
	switch {
	case c == 0:
	case e.Corrects != 0:
		r.credit(e.Corrects).left += c
	default:
		r.credit(e.ID).left += c
	}
}

// Allocation folds one allocation; its entry must have been folded before.
func (r *Replay) Allocation(a *Allocation) {
	if a.Day > r.Day || a.Seq > r.Seq {
		return
	}
	r.credit(a.Entry).left -= a.Minor
	r.item(a.Item).owed[headIndex(a.Head)] -= a.Minor
}

// Open is what an item still owes under a head of claim.
func (r *Replay) Open(item int64, h Head) int64 {
	if i, found := r.findItem(item); found {
		return r.items[i].owed[headIndex(h)]
	}
	return 0
}

// Credit is what is left of the credit of one entry.
func (r *Replay) Credit(entry int64) int64 {
	if i, found := r.findCredit(entry); found {
		return r.credits[i].left
	}
	return 0
}

// Control is the balance of one currency over all accounts folded: debits less
// credits, independent of any allocation.
func (r *Replay) Control() map[money.Currency]int64 {
	if r.code != "" {
		r.control[r.code] += r.sum
		r.code, r.sum = "", 0
	}
	delete(r.control, "") // from before the first entry
	return r.control
}

func (r *Replay) findItem(id int64) (int, bool) {
	return slices.BinarySearchFunc(r.items, id, func(o openAmount, id int64) int { return cmp.Compare(o.id, id) })
}

func (r *Replay) findCredit(id int64) (int, bool) {
	return slices.BinarySearchFunc(r.credits, id, func(o openCredit, id int64) int { return cmp.Compare(o.id, id) })
}

// item is the open amount of an item, made if need be: entries of new items come in
// order of their ids.
func (r *Replay) item(id int64) *openAmount {
	n := len(r.items)
	if n == 0 || r.items[n-1].id < id {
		r.items = append(r.items, openAmount{id: id})
		return &r.items[n]
	}
	i, found := r.findItem(id)
	if !found {
		r.items = slices.Insert(r.items, i, openAmount{id: id})
	}
	return &r.items[i]
}

// credit is the credit of an entry, made if need be.
func (r *Replay) credit(id int64) *openCredit {
	n := len(r.credits)
	if n == 0 || r.credits[n-1].id < id {
		r.credits = append(r.credits, openCredit{id: id})
		return &r.credits[n]
	}
	i, found := r.findCredit(id)
	if !found {
		r.credits = slices.Insert(r.credits, i, openCredit{id: id})
	}
	return &r.credits[i]
}

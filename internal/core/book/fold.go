package book

import (
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

package book

import (
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
)

func TestBucketEdges(t *testing.T) {
	due := cal.MustParse("2026-03-02")
	for _, c := range []struct{ late, bucket int }{
		{-400, NotDue}, {0, NotDue}, {1, Days1to30}, {30, Days1to30}, {31, Days31to60}, {60, Days31to60},
		{61, Days61to90}, {90, Days61to90}, {91, Days91to120}, {120, Days91to120}, {121, Days121to180},
		{180, Days121to180}, {181, Days181to365}, {365, Days181to365}, {366, Days366up}, {4000, Days366up},
	} {
		if got := Bucket(due, due.AddDays(c.late)); got != c.bucket {
			t.Errorf("%d days late: %s, want %s", c.late, BucketNames[got], BucketNames[c.bucket])
		}
	}
	if got := Bucket(cal.None, due); got != NotDue {
		t.Errorf("no due date: %s, want never overdue", BucketNames[got])
	}
}

func TestAgingTotals(t *testing.T) {
	var a, b Aging
	a.Buckets[NotDue].Add(100)
	a.Buckets[Days1to30].Add(250)
	b.Buckets[Days1to30].Add(50)
	b.Credits.Add(-30)
	a.Merge(&b)
	if got, want := a.Buckets[Days1to30], (Sum{2, 300}); got != want {
		t.Errorf("merged bucket %+v, want %+v", got, want)
	}
	if got, want := a.Total(), (Sum{4, 370}); got != want {
		t.Errorf("total %+v, want %+v: credits reduce the balance", got, want)
	}
}

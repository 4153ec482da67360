package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// lateness is how late somebody usually pays: the median of days, over n paid items.
type lateness struct {
	days int16
	n    int16
}

// latenessMin is from how many paid items on a habit is told.
const latenessMin = 3

func (l lateness) known() bool { return l.n >= latenessMin }

// median is the middle of some numbers of days; of an even count the lower of the two in
// the middle, so that it is a number of days that was seen.
func median(days []int) lateness {
	if len(days) == 0 {
		return lateness{}
	}
	slices.Sort(days)
	m := days[(len(days)-1)/2]
	return lateness{int16(max(-9999, min(9999, m))), int16(min(len(days), 9999))}
}

// usually is the habit in the payments up to a day; scratch is reused.
func usually(settled []book.Settled, day cal.Date, scratch []int) (lateness, []int) {
	scratch = scratch[:0]
	for i := range settled {
		if settled[i].Day <= day {
			scratch = append(scratch, settled[i].DaysLate)
		}
	}
	return median(scratch), scratch
}

// Lateness is how late a customer usually pays, and how late it is now.
type Lateness struct {
	// UsualDays is the median of the days after the due date of the latest paid items, at
	// most the 24 that the account keeps; negative: before it. N is how many these are.
	UsualDays int `json:"usual_days"`
	N         int `json:"n"`
	// NowDays is how many days the oldest open item is overdue, 0 if none is.
	NowDays int `json:"now_days"`
}

// Known reports whether so many items were paid that a habit may be told.
func (l Lateness) Known() bool { return l.N >= latenessMin }

// Text is the sentence for people, "" where too little is known: "Usually 4 days late
// (n = 31), now 19."
func (l Lateness) Text() string {
	if !l.Known() {
		return ""
	}
	habit := "Usually paid on the day"
	switch {
	case l.UsualDays > 0:
		habit = "Usually " + days(l.UsualDays) + " late"
	case l.UsualDays < 0:
		habit = "Usually " + days(-l.UsualDays) + " early"
	}
	now := ""
	if l.NowDays > 0 {
		now = sprintf(", now %d", l.NowDays)
		if l.UsualDays <= 0 {
			now += " late"
		}
	}
	return sprintf("%s (n = %d)%s.", habit, l.N, now)
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return sprintf("%d days", n)
}

// latenessOf is the habit of an account beside where it stands on a day.
func latenessOf(acc *book.Account, day cal.Date) Lateness {
	u, _ := usually(acc.Settled, day, nil)
	l := Lateness{UsualDays: int(u.days), N: int(u.n)}
	for i := range acc.Items {
		if it := &acc.Items[i]; it.Issued(day) && it.Overdue(day) {
			l.NowDays = max(l.NowDays, it.DaysOverdue(day))
		}
	}
	return l
}

package decide

import (
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
)

// TestHeldTogether: holds of one kind about the same hold on the days of either, and their
// reason is given once, for all of these days; a part or another subject speaks for itself.
func TestHeldTogether(t *testing.T) {
	hold := func(id int64, kind book.HoldKind, from, until string) book.Hold {
		h := holdOf(kind, 1, from, until, "", "")
		h.ID = id
		return h
	}
	pause := func(id int64, from, until string) book.Hold { return hold(id, book.HoldPause, from, until) }
	ended := pause(1, "03-04", "03-20")
	ended.EndDay = cal.MustParse("2026-03-10")
	account0 := pause(2, "03-06", "03-20")
	account0.Item = 0
	part := func(id int64, until string) book.Hold {
		h := hold(id, book.HoldDispute, "03-06", until)
		h.Minor = 1000
		return h
	}
	for name, tt := range map[string]struct {
		holds []book.Hold
		code  reason.Code
		want  []string // texts, and the first day on which each changes by itself
	}{
		"overlapping": {[]book.Hold{pause(1, "03-04", "03-15"), pause(2, "03-10", "03-20")}, reason.Paused,
			[]string{"Paused until 2026-03-20. 2026-03-21"}},
		"the later first": {[]book.Hold{pause(1, "03-10", "03-20"), pause(2, "03-04", "03-15")}, reason.Paused,
			[]string{"Paused until 2026-03-20. 2026-03-21"}},
		"one within the other": {[]book.Hold{pause(1, "03-04", ""), pause(2, "03-10", "03-20")}, reason.Paused,
			[]string{"Paused until a person ends it. never"}},
		"the next day": {[]book.Hold{pause(1, "03-04", "03-12"), pause(2, "03-13", "03-20")}, reason.Paused,
			[]string{"Paused until 2026-03-20. 2026-03-21"}},
		"a day between": {[]book.Hold{pause(1, "03-04", "03-12"), pause(2, "03-14", "03-20")}, reason.Paused,
			[]string{"Paused until 2026-03-12. 2026-03-13"}},
		"since the first": {[]book.Hold{hold(1, book.HoldDispute, "03-04", "03-10"), hold(2, book.HoldDispute, "03-08", "")},
			reason.Disputed, []string{"Disputed since 2026-03-04. never"}},
		"ended": {[]book.Hold{ended, pause(2, "03-06", "03-15")}, reason.Paused,
			[]string{"Paused until 2026-03-15. 2026-03-16"}},
		"the account": {[]book.Hold{pause(1, "03-04", "03-15"), account0}, reason.Paused,
			[]string{"Paused until 2026-03-20. 2026-03-21"}},
		"two parts": {[]book.Hold{part(1, "03-15"), part(2, "03-20")}, reason.Disputed,
			[]string{"Disputed since 2026-03-06. 2026-03-16", "Disputed since 2026-03-06. 2026-03-21"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := testWorld(t, "GB")
			d := New(w)
			a := account(w, "2026-03-02")
			a.Holds = tt.holds
			var dec Decision
			d.Decide(a, cal.MustParse("2026-03-12"), &dec)
			var got []string
			for _, r := range because(&dec, tt.code) {
				got = append(got, r.Text()+" "+r.Until().Day().String())
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("got %q, want %q", got[i], tt.want[i])
				}
			}
		})
	}
}

// TestPromiseSuperseded: who promises a later day before the first is over has not broken
// the first; who promises a part more, or took the later promise back, has.
func TestPromiseSuperseded(t *testing.T) {
	first := holdOf(book.HoldPromise, 1, "03-06", "03-10", "", "")
	later := holdOf(book.HoldPromise, 1, "03-09", "03-17", "", "")
	later.ID = 8
	of := func(change func(*book.Hold)) book.Hold { h := later; change(&h); return h }
	const broken = "03-13 promise_broken, "
	for name, tt := range map[string]struct {
		second book.Hold
		want   string // from 6 to 24 March
	}{
		"a later day": {later, "03-13 promise_superseded, 03-20 promise_broken, 03-20 broken_promise>03-27"},
		"for the account": {of(func(h *book.Hold) { h.Item = 0 }),
			"03-13 promise_superseded, 03-20 promise_broken, 03-20 broken_promise>03-27"},
		"an earlier day": {of(func(h *book.Hold) { h.Until = cal.MustParse("2026-03-09") }),
			"03-12 promise_broken, " + broken + "03-13 broken_promise>03-20"},
		"too late": {of(func(h *book.Hold) { h.From = cal.MustParse("2026-03-14") }),
			broken + "03-13 broken_promise>03-20, 03-20 promise_broken, 03-20 broken_promise>03-27"},
		"of a part": {of(func(h *book.Hold) { h.Minor = 1000 }),
			broken + "03-13 broken_promise>03-20, 03-20 promise_broken, 03-20 broken_promise>03-27"},
		"taken back": {of(func(h *book.Hold) { h.EndDay, h.Outcome = cal.MustParse("2026-03-16"), "withdrawn" }),
			broken + "03-16 broken_promise>03-23"},
	} {
		t.Run(name, func(t *testing.T) {
			w := testWorld(t, "GB")
			d := New(w)
			a := account(w, "2026-03-02")
			told(d, a, "03-02", "03-05")
			a.Holds = []book.Hold{first, tt.second}
			if got := told(d, a, "03-06", "03-24"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

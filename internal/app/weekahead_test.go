package app

import (
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// TestWeekAhead holds that the days to come bring what runs of these days then plan, when
// everything is released and sent, and nobody pays.
func TestWeekAhead(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-06")
		for i, due := range []string{"2026-03-02", "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-13", "2026-02-20"} {
			n := string("ABCDEF"[i])
			b.addCustomers(newCustomer{number: n, kind: "company", country: "GB", email: "ap@" + n + ".example", address: "1 Street\nYork"})
			b.addItems(newItem{customer: n, number: n + "1", due: due, minor: 3_000_00, agreed: book.Yes})
		}
		if err := b.SetSetting(b.ctx, tester, "main", "auto.standard.friendly", "yes"); err != nil {
			t.Fatal(err)
		}
		known := func(day cal.Date) {
			if _, err := b.CashKnown(b.ctx, tester, "", day); err != nil {
				t.Fatal(err)
			}
		}
		known(cal.MustParse("2026-03-06"))
		b.run(ApproveAll)
		b.sendAll()
		ahead, err := b.WeekAhead(b.ctx, "main")
		if err != nil || len(ahead.Days) != 7 {
			t.Fatalf("%+v, %v", ahead, err)
		}
		messages, byItself := 0, 0
		for _, d := range ahead.Days[1:] {
			b.goTo(d.Day)
			known(d.Day)
			b.run(ApproveAll)
			lane, err := b.Machine(b.ctx, "")
			if err != nil {
				t.Fatal(err)
			}
			more := map[string]int{} // planned than told
			for _, g := range lane.Groups {
				more[g.Step] += g.Count
				messages += g.Count
			}
			for _, g := range append(slices.Clone(d.ByItself), d.Person...) {
				more[g.Step] -= g.Count
			}
			for step, n := range more {
				if n != 0 {
					t.Errorf("%v, %s: %d more were planned than told", d.Day, step, n)
				}
			}
			for _, g := range d.ByItself {
				if byItself += g.Count; g.Step != "friendly" {
					t.Errorf("%v: %s would go out by itself", d.Day, g.Step)
				}
			}
			b.sendAll()
		}
		if messages != 3 || byItself != 2 {
			t.Errorf("%d messages in the week, %d by themselves; want 3 and 2", messages, byItself)
		}
	})
}

func TestDayAhead(t *testing.T) {
	b := lanesBook(t, t.TempDir()+"/book.db")
	monday := cal.MustParse("2026-03-09")
	b.goTo(monday.AddDays(-2))
	page, err := b.DayAhead(b.ctx, "", monday, "", 5)
	if err != nil || page.Total < 12 || len(page.Lines) != 5 || page.Lines[0].How != "person" {
		t.Fatalf("%+v, %v", page, err)
	}
	next, err := b.DayAhead(b.ctx, "", monday, page.Next, 500)
	if err != nil || len(next.Lines) != page.Total-5 || slices.Contains(page.Lines, next.Lines[0]) {
		t.Errorf("%+v, %v", next, err)
	}
	if _, err := b.DayAhead(b.ctx, "", monday.AddDays(30), "", 5); AsError(err).Code != "day_invalid" {
		t.Error(err)
	}
}

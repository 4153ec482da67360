package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// TestSeveral: a change of several customers is of all or of none, says whose it could not
// be, and a pause is taken back as a whole.
func TestSeveral(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-03-06")
		today := cal.MustParse("2026-03-06")
		for _, n := range []string{"1", "2", "3"} {
			b.addCustomers(newCustomer{number: "C" + n, kind: "company", country: "GB", email: "ap@c" + n + ".example"})
			b.addItems(newItem{"C" + n, "INV-" + n, "2026-02-20", 60_000, book.Yes})
		}
		all := []int64{b.customer["C1"], b.customer["C2"], b.customer["C3"]}
		strategyOf := func(number string) string {
			v, err := b.Customer(b.ctx, b.customer[number])
			if err != nil {
				t.Fatal(err)
			}
			return v.Strategy
		}
		firm, none := "firm", "no such ladder"
		if _, err := b.SetCustomers(b.ctx, tester, append(all, 999), CustomerChange{Strategy: &firm}); AsError(err).Kind != NotFound ||
			!strings.Contains(err.Error(), "customer 999") || strategyOf("C1") != "" {
			t.Errorf("a customer that is not there: %v; C1 is %q", err, strategyOf("C1"))
		}
		wantCode(t, func() error {
			_, err := b.SetCustomers(b.ctx, tester, all, CustomerChange{Strategy: &none})
			return err
		}(), "customer_invalid")
		wantCode(t, func() error {
			_, err := b.SetCustomers(b.ctx, tester, nil, CustomerChange{Strategy: &firm})
			return err
		}(), "nothing_to_change")
		if n, err := b.SetCustomers(b.ctx, tester, all, CustomerChange{Strategy: &firm}); err != nil || n != 3 || strategyOf("C1") != "firm" || strategyOf("C3") != "firm" {
			t.Fatal(n, err)
		}

		held := func(number string) int {
			list, err := b.Holds(b.ctx, "", "customer:"+number)
			if err != nil {
				t.Fatal(err)
			}
			return len(slices.DeleteFunc(list, func(h HoldReport) bool { return h.Ended != "" }))
		}
		until := today.AddDays(5)
		if _, err := b.Pause(b.ctx, tester, append(all, 999), until, "holiday"); AsError(err).Kind != NotFound || held("C1") != 0 {
			t.Errorf("a customer that is not there: %v", err)
		}
		if _, err := b.Pause(b.ctx, tester, all, today.AddDays(-1), "holiday"); AsError(err).Kind != Invalid ||
			!strings.Contains(err.Error(), "C1") || held("C1") != 0 {
			t.Errorf("a day that is over: %v", err)
		}
		b.holdBack("customer:C2", book.HoldPause, "", until.AddDays(9).String())
		p, err := b.Pause(b.ctx, tester, all, until, "holiday")
		if err != nil || p.Paused != 2 || p.Before != 1 || held("C1") != 1 || held("C2") != 1 || held("C3") != 1 {
			t.Fatalf("%+v %v", p, err)
		}
		if again, err := b.Pause(b.ctx, tester, all, until, "once more"); err != nil || again.Paused != 0 || again.Before != 3 {
			t.Errorf("%+v %v", again, err)
		}
		if n, err := b.Unpause(b.ctx, tester, p.Command); err != nil || n != 2 || held("C1") != 0 || held("C2") != 1 || held("C3") != 0 {
			t.Errorf("%d %v: C2's own pause must stand", n, err)
		}
		wantCode(t, func() error { _, err := b.Unpause(b.ctx, tester, p.Command); return err }(), "hold_ended")
		wantCode(t, func() error { _, err := b.Unpause(b.ctx, tester, 1); return err }(), "pause_not_found")
		b.asRecorded()
	})
}

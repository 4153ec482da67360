package app

import (
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// whole reads a shelf in pages of n and checks that each message comes once.
func (b *testBook) whole(f ShelfFilter, n int) (all []OutboxMessage, last ShelfPage) {
	b.t.Helper()
	seen := map[int64]bool{}
	for cursor := ""; ; cursor = last.Next {
		var err error
		if last, err = b.Shelf(b.ctx, f, cursor, n); err != nil {
			b.t.Fatal(err)
		}
		for _, m := range last.Messages {
			if seen[m.ID] {
				b.t.Fatalf("message %d comes twice", m.ID)
			}
			seen[m.ID] = true
			all = append(all, m)
		}
		if len(last.Messages) > n {
			b.t.Fatalf("a page of %d has %d messages", n, len(last.Messages))
		}
		if last.Next == "" {
			break
		}
	}
	if last.Total != len(all) {
		b.t.Errorf("%+v: total %d of %d messages", f, last.Total, len(all))
	}
	return all, last
}

// waitingNow are the messages that wait for a release, all of one step.
func (b *testBook) waitingNow() (step string, ids []int64) {
	b.t.Helper()
	page, err := b.Shelf(b.ctx, ShelfFilter{Creditor: "main"}, "", 0)
	if err != nil || len(page.Waiting) != 1 {
		b.t.Fatalf("%+v, %v", page, err)
	}
	step = page.Waiting[0].Step
	sets, err := b.WaitingSets(b.ctx, "main", step)
	if err != nil || len(sets) != 1 || len(sets[0].Messages) != 12 {
		b.t.Fatal(sets, err)
	}
	return step, sets[0].Messages
}

// TestShelf: the pages of a shelf hold what the whole outbox holds of it, and the counts are
// those of the lists, whatever became of the messages.
func TestShelf(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		b.run(ApproveNone)
		step, ids := b.waitingNow()
		if _, page := b.whole(ShelfFilter{Creditor: "main"}, 5); page.Shelf != ShelfWaiting || page.Total != 12 {
			t.Errorf("where nothing is asked for, what waits is shown first: %+v", page)
		}
		if _, err := b.Approve(b.ctx, tester, ids[:6]); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Reject(b.ctx, tester, ids[6:8]); err != nil {
			t.Fatal(err)
		}
		b.do("test_states", func(w *recorder) error {
			for id, set := range map[int64]string{ids[0]: "state = 'sent'", ids[1]: "state = 'unknown'", ids[2]: "state = 'claimed'"} {
				if _, err := w.Exec("UPDATE message SET "+set+" WHERE tenant_id = $1 AND message_id = $2", b.tenant, id); err != nil {
					return err
				}
			}
			return nil
		})
		list, err := b.Outbox(b.ctx, OutboxFilter{Creditor: "main"})
		if err != nil || len(list) != 12 {
			t.Fatal(len(list), err)
		}
		for _, shelf := range Shelves {
			all, page := b.whole(ShelfFilter{Creditor: "main", Shelf: shelf}, 2)
			for _, s := range Shelves {
				want := 0
				for i := range list {
					if s.holds(list[i].State, list[i].Channel) {
						want++
					}
				}
				if page.Counts[s] != want {
					t.Errorf("%d messages are counted on %s, expected %d", page.Counts[s], s, want)
				}
			}
			if len(all) != page.Counts[shelf] {
				t.Errorf("%s: %d messages, %d counted", shelf, len(all), page.Counts[shelf])
			}
			for _, m := range all {
				if k := slices.IndexFunc(list, func(x OutboxMessage) bool { return x.ID == m.ID }); k < 0 ||
					!shelf.holds(m.State, m.Channel) || len(m.Items) != 1 || m.Claimed.Total != list[k].Claimed.Total {
					t.Errorf("%s: %+v", shelf, m)
				}
			}
		}
		if page, err := b.Shelf(b.ctx, ShelfFilter{Creditor: "main"}, "", 0); err != nil || len(page.Waiting) != 1 ||
			page.Waiting[0] != (StepCount{Step: step, Count: 4}) {
			t.Errorf("what waits by step: %+v, %v", page.Waiting, err)
		}
		if all, _ := b.whole(ShelfFilter{Shelf: ShelfToday, Step: "formal"}, 2); len(all) != 0 {
			t.Errorf("of another step: %+v", all)
		}
		if _, err := b.Shelf(b.ctx, ShelfFilter{Shelf: "attic"}, "", 0); AsError(err).Code != "shelf_invalid" {
			t.Error(err)
		}
	})
}

// TestShelfOfLaterDays: what ended stays on today's shelf for its day only, what may still
// leave as long as it may; the brake's messages are counted.
func TestShelfOfLaterDays(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		b.run(ApproveAll)
		list, _ := b.whole(ShelfFilter{Creditor: "main"}, 50)
		first := list[0].ID
		b.do("test_states", func(w *recorder) error {
			_, err := w.Exec("UPDATE message SET state = 'sent' WHERE tenant_id = $1 AND message_id = $2", b.tenant, first)
			return err
		})
		if _, page := b.whole(ShelfFilter{}, 7); page.Shelf != ShelfToday || page.Total != 12 {
			t.Errorf("where nothing waits, all of today is shown: %+v", page)
		}
		b.goTo(cal.MustParse("2026-03-07"))
		all, page := b.whole(ShelfFilter{}, 7)
		if page.Total != 11 || slices.ContainsFunc(all, func(m OutboxMessage) bool { return m.State == book.Sent }) {
			t.Errorf("the day after: %+v", page)
		}
		b.do("test_brake", func(w *recorder) error {
			if _, err := w.Exec("UPDATE run SET state = 'braked' WHERE tenant_id = $1", b.tenant); err != nil {
				return err
			}
			_, err := w.Exec("UPDATE message SET reason = 'brake' WHERE tenant_id = $1 AND state = 'approved'", b.tenant)
			return err
		})
		if page, err := b.Shelf(b.ctx, ShelfFilter{Creditor: "main"}, "", 0); err != nil || page.Braked != 11 || page.Total != 11 {
			t.Errorf("the brake holds %d of %d, %v", page.Braked, page.Total, err)
		}
	})
}

// TestPlaceWaiting: one by one through what waits, also from a message that no longer does.
func TestPlaceWaiting(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		b.addItems(newItem{customer: "F", number: "F2", due: "2026-02-27", minor: 50_00, agreed: book.Yes})
		b.run(ApproveNone)
		_, ids := b.waitingNow()
		customerOf := func(id int64) string {
			m, err := b.OutboxMessage(b.ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			return m.Customer
		}
		place := func(id int64, want WaitingPlace) {
			t.Helper()
			if got, err := b.PlaceWaiting(b.ctx, "main", id); err != nil || got != want {
				t.Errorf("message %d: %+v, %v, expected %+v", id, got, err, want)
			}
		}
		place(ids[0], WaitingPlace{At: 1, Of: 12, Next: ids[1]})
		place(ids[11], WaitingPlace{At: 12, Of: 12, Before: ids[10]})
		if _, err := b.Approve(b.ctx, tester, ids[4:5]); err != nil {
			t.Fatal(err)
		}
		place(ids[4], WaitingPlace{Of: 11, Before: ids[3], Next: ids[5]})
		place(ids[5], WaitingPlace{At: 5, Of: 11, Before: ids[3], Next: ids[6]})
		if _, err := b.PlaceWaiting(b.ctx, "main", 999); AsError(err).Code != "message_not_found" {
			t.Error(err)
		}
		if id, err := b.LargestWaiting(b.ctx, "main"); err != nil || customerOf(id) != "F" {
			t.Errorf("the largest is %d, %v", id, err)
		}
	})
}

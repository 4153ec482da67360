package app

import (
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// TestNoLetterPassesWhatHoldsMails: whatever keeps the mail of a step waiting keeps its letter
// from being printed, from being told as posted, and is said in the queue. A person who names
// the day says that it did leave.
func TestNoLetterPassesWhatHoldsMails(t *testing.T) {
	sql := func(text string) func(*testBook) {
		return func(b *testBook) {
			b.do("test_state", func(w *recorder) error {
				_, err := w.Exec(text, b.tenant)
				return err
			})
		}
	}
	for name, c := range map[string]struct {
		hold func(*testBook)
		want string
	}{
		"cash is not known":  {func(*testBook) {}, "cash_stale"},
		"the brake holds it": {sql("UPDATE run SET state = 'braked' WHERE tenant_id = $1"), "brake"},
		"the run stands":     {sql("UPDATE run SET state = 'running' WHERE tenant_id = $1"), "run_unfinished"},
		"the book observes": {func(b *testBook) {
			if err := b.SetSetting(b.ctx, tester, "main", SettingMode, "observe"); err != nil {
				b.t.Fatal(err)
			}
		}, "observe_mode"},
		"the customer is observed": {func(b *testBook) { b.knowCash("2026-04-01"); b.customerMode("observe") }, "customer_observed"},
		"a detail is missing": {func(b *testBook) {
			if err := b.SetSetting(b.ctx, tester, "main", "sender.phone", ""); err != nil {
				b.t.Fatal(err)
			}
		}, "sender_incomplete"},
		"a call was made today": {func(b *testBook) {
			b.knowCash("2026-04-01")
			b.do("test_call", func(w *recorder) error {
				return b.insert(w, "task", map[string]any{"task_id": 900, "customer_id": b.customer["C1"], "kind": "call",
					"state": "done", "done_day": cal.MustParse("2026-04-02"), "due_day": cal.MustParse("2026-04-02")})
			})
		}, "cap_day"},
	} {
		t.Run(name, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, address string) {
				b, list := finalDemand(t, address, "")
				b.at("2026-04-02", 10)
				m := letterOf(t, list)
				c.hold(b)
				r, err := b.PrintLetters(b.ctx, tester, PrintOrder{})
				if err == nil || len(r.Refused) != 1 || r.Refused[0].Code != c.want {
					t.Errorf("printed: %+v, %v; expected %s", r, err, c.want)
				}
				q, err := b.PrintQueue(b.ctx, "main", "", 10)
				if err != nil || len(q.Waiting) != 1 || q.Waiting[0].Held == "" {
					t.Errorf("queue %+v, %v", q, err)
				}
				posted := SentByHand{Message: m.ID, Day: cal.None, Enclosed: true}
				if _, err := b.MarkSent(b.ctx, tester, posted); err == nil || AsError(err).Code != c.want {
					t.Errorf("posted now: %v; expected %s", err, c.want)
				}
				posted.Day = m.Day
				if _, err := b.MarkSent(b.ctx, tester, posted); err != nil {
					t.Errorf("it was posted all the same: %v", err)
				}
			})
		})
	}
}

// TestWhatWasPrintedEarlierIsAskedAgain: between the printer and the post office the book may
// be put back to observing.
func TestWhatWasPrintedEarlierIsAskedAgain(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b, m, _ := demandReady(t, address)
		batch, err := b.PrintLetters(b.ctx, tester, PrintOrder{})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.SetSetting(b.ctx, tester, "main", SettingMode, "observe"); err != nil {
			t.Fatal(err)
		}
		report, err := b.MarkBatchSent(b.ctx, tester, batch.ID, SentByHand{Day: cal.None})
		if err != nil || len(report.Refused) != 1 || report.Refused[0].Code != "observe_mode" {
			t.Errorf("%+v, %v", report, err)
		}
		report, err = b.MarkBatchSent(b.ctx, tester, batch.ID, SentByHand{Day: m.Day})
		if err != nil || len(report.Changed) != 1 {
			t.Errorf("it was posted before: %+v, %v", report, err)
		}
	})
}

// TestALetterNeedsTheTotalAndNoMailServer: on the system's clock a letter waits for the
// confirmed total (guardrail R26), and for no test message nor mail server.
func TestALetterNeedsTheTotalAndNoMailServer(t *testing.T) {
	h := &holdReasons{tested: false, desks: map[int64]*desk{}, today: map[int64]cal.Date{}, cash: map[int64]cal.Date{}}
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-02")
	b.readyToSend()
	d, err := b.deskNow()
	if err != nil {
		t.Fatal(err)
	}
	delete(d.values, SettingSMTP)
	delete(d.values, SettingMailFrom)
	h.desks[b.creditor] = d
	c := candidateMessage{creditor: b.creditor, currency: "GBP", channel: book.Letter}
	if why := h.reason(&c); why != "total_unconfirmed" {
		t.Errorf("a letter waits for %q", why)
	}
	d.values[SettingConfirmed+"GBP"] = "2026-02-01"
	if why := h.reason(&c); why != "" {
		t.Errorf("a letter waits for %q", why)
	}
	c.channel = book.Email
	if why := h.reason(&c); why != "no_test_message" {
		t.Errorf("a mail waits for %q", why)
	}
	if missing := d.missing(); !slices.Contains(missing, SettingSMTP) {
		t.Errorf("a mail lacks %v", missing)
	}
}

// deskNow is the desk of the only creditor.
func (b *testBook) deskNow() (d *desk, err error) {
	err = b.read(b.ctx, func(tx store.Tx) error {
		d, err = b.deskOf(tx, "")
		return err
	})
	return d, err
}

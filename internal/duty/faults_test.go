package duty

import (
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/channel/sink"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// TestFaultyServer sends through a server that fails on more than every third mail
// in every way a server can: nothing arrives twice, nothing is lost, and only what
// was accepted without an answer is unknown.
func TestFaultyServer(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		s := startSink(t,
			sink.Fault{Stage: sink.AtRcpt, Action: sink.Refuse, Every: 7},
			sink.Fault{Stage: sink.BeforeAnswer, Action: sink.Reject, Every: 11},
			sink.Fault{Stage: sink.InBody, Action: sink.Drop, Every: 13},
			sink.Fault{Stage: sink.AfterStored, Action: sink.Drop, Every: 17},
			sink.Fault{Stage: sink.AfterStored, Action: sink.Stall, Every: 19, For: 30 * time.Millisecond},
			sink.Fault{Stage: sink.BeforeAnswer, Action: sink.Refuse, Every: 23},
			sink.Fault{Stage: sink.AtMail, Action: sink.Refuse, Every: 29},
			sink.Fault{Stage: sink.BeforeAnswer, Action: sink.Drop, Every: 31})
		f := newFixture(t, address, s.URL())
		n := 600
		f.release(n)
		at := theDay.Time().Add(10 * time.Hour)
		for at.Hour() < 16 && f.states()["approved"] > 0 {
			f.send()
			at = at.Add(15 * time.Minute)
			must(t, f.db.SetClock(f.ctx, at))
		}
		f.checkFaults(s, n)
	})
}

// checkFaults: refused for good is failed and asked about, its address only if the
// address was refused; the rest is as after kills.
func (f *fixture) checkFaults(s *sink.Sink, n int) {
	f.t.Helper()
	states := f.states()
	f.t.Logf("%v, %d arrived in %d attempts", states, s.Count(), s.Attempts())
	if states["sent"]+states["failed"]+states["unknown"] != n {
		f.t.Errorf("%v: not every message came to an end", states)
	}
	if doubles := s.Doubles(); len(doubles) > 0 {
		f.t.Errorf("arrived twice: %v", doubles)
	}
	if got, least, most := s.Count(), states["sent"], states["sent"]+states["unknown"]; got < least ||
		got > most {
		f.t.Errorf("%d arrived; %d are sent and %d unknown", got, states["sent"], states["unknown"])
	}
	tasks := map[string]int{}
	must(f.t, f.db.Read(f.ctx, f.app.Tenant(), func(tx store.Tx) error {
		clear(tasks)
		return store.Each(tx, `SELECT kind, count(*) FROM task WHERE tenant_id = $1
			AND state = 'open' GROUP BY kind`,
			[]any{f.app.Tenant()}, func(r store.Rows) error { tasks[r.Text(0)] = int(r.Int64(1)); return nil })
	}))
	if tasks["message_refused"] != states["failed"] || tasks["message_unknown"] != states["unknown"] {
		f.t.Errorf("tasks %v for messages %v", tasks, states)
	}
}

// TestRefusedAddress: an address the server refuses is not written to again, the
// item is free for another way, and a person is asked.
func TestRefusedAddress(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		s := startSink(t, sink.Fault{Stage: sink.AtRcpt, Action: sink.Reject, Every: 1})
		f := newFixture(t, address, s.URL())
		f.release(1)
		if report := f.send(); report.Failed != 1 {
			t.Fatalf("report %+v", report)
		}
		must(t, f.db.Read(f.ctx, f.app.Tenant(), func(tx store.Tx) error {
			return store.One(tx, `SELECT c.state, n.task_id, i.cycle, m.live, m.answer, k.kind, m.reason FROM message m
				JOIN contact c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
				JOIN notice n ON n.tenant_id = m.tenant_id AND n.message_id = m.message_id
				JOIN item i ON i.tenant_id = m.tenant_id AND i.customer_id = m.customer_id
				JOIN task k ON k.tenant_id = m.tenant_id AND k.customer_id = m.customer_id
				WHERE m.tenant_id = $1`, []any{f.app.Tenant()}, func(r store.Rows) {
				if r.Text(0) != "bounced" || r.Int64(1) != 0 || r.Int64(2) != 1 || r.Int64(3) != 0 || r.Text(4) == "" ||
					r.Text(5) != "address_failed" || r.Text(6) != string(reason.RefusedByServer) {
					t.Errorf("contact %s, notice of task %d, cycle %d, live %d, answer %q, task %s", r.Text(0), r.Int64(1),
						r.Int64(2),
						r.Int64(3), r.Text(4), r.Text(5))
				}
			})
		}))
	})
}

// TestErrorBurstPauses: a server that takes nothing stops the pass after at most
// twenty failures, plus those under way, and nothing is lost.
func TestErrorBurstPauses(t *testing.T) {
	s := startSink(t, sink.Fault{Stage: sink.AtMail, Action: sink.Refuse, Every: 1})
	f := newFixture(t, t.TempDir()+"/book.db", s.URL())
	f.release(300)
	report := f.send()
	if report.Paused != "error_burst" || report.Retry < 20 || report.Retry > 30 || report.Sent != 0 {
		t.Errorf("report %+v", report)
	}
	if states := f.states(); states["approved"] != 300 {
		t.Errorf("states %v", states)
	}
	s.SetFaults()
	must(t, f.db.SetClock(f.ctx, theDay.Time().Add(10*time.Hour+5*time.Minute)))
	if report = f.send(); report.Sent != 300 || s.Count() != 300 {
		t.Errorf("after the server is back: %+v", report)
	}
}

// TestWrongPasswordLosesNothing: what the server says about the sender is no word
// about the recipient.
func TestWrongPasswordLosesNothing(t *testing.T) {
	s := startSink(t, sink.Fault{Stage: sink.AtMail, Action: sink.Reject, Every: 1})
	f := newFixture(t, t.TempDir()+"/book.db", s.URL())
	f.release(3)
	if report := f.send(); report.Failed != 0 || report.Retry != 3 {
		t.Errorf("report %+v", report)
	}
}

// TestSimulatedBookSendsToThisMachineOnly: a mail server elsewhere is never dialled.
func TestSimulatedBookSendsToThisMachineOnly(t *testing.T) {
	f := newFixture(t, t.TempDir()+"/book.db", "smtp://192.0.2.1:25")
	f.release(2)
	started := time.Now()
	report := f.send()
	if report.Retry != 2 || report.Sent != 0 || time.Since(started) > 5*time.Second {
		t.Errorf("report %+v after %v", report, time.Since(started))
	}
	list, err := f.app.OutboxMessage(f.ctx, f.ids[0])
	must(t, err)
	if list.State != "approved" || list.Answer == "" || cal.DateIn(list.NotBefore, time.UTC) != theDay {
		t.Errorf("outbox: %+v", list)
	}
}

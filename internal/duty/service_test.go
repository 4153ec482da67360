package duty

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/sink"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

// serve starts a service that looks often and runs at six, and stops it with the test.
func (f *fixture) serve() (s *Service, stop func()) {
	f.t.Helper()
	return f.serveFrom(6)
}

func (f *fixture) serveFrom(hour int) (s *Service, stop func()) {
	f.t.Helper()
	s = New(Options{App: f.app, Licence: f.licence, RunHour: hour, Every: 10 * time.Millisecond,
		Pause: 50 * time.Millisecond})
	ctx, cancel := context.WithCancel(f.ctx)
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			f.t.Errorf("serve: %v", err)
		}
	}
	f.t.Cleanup(stop)
	return s, stop
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for give := time.Now().Add(20 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(give) {
			t.Fatalf("it did not come about: %s", what)
		}
	}
}

// runs lists the days of finished runs.
func (f *fixture) runs() (days []string) {
	f.t.Helper()
	must(f.t, f.db.Read(f.ctx, f.app.Tenant(), func(tx store.Tx) error {
		days = nil
		return store.Each(tx, `SELECT day FROM run WHERE tenant_id = $1 AND state <> 'running' ORDER BY run_id`,
			[]any{f.app.Tenant()},
			func(r store.Rows) error { days = append(days, r.Day(0).String()); return nil })
	}))
	return days
}

// TestServiceRunsOnceADayAndSends: the run is made at six at the creditor's place,
// once, and once after days without one; what a person releases leaves soon.
func TestServiceRunsOnceADayAndSends(t *testing.T) {
	onBothEngines(t, func(t *testing.T, place string) {
		s := startSink(t)
		f := newFixture(t, place, s.URL())
		f.release(2)
		before := len(f.runs())
		next := theDay + 1
		must(t, f.db.SetClock(f.ctx, next.Time().Add(5*time.Hour)))
		service, _ := f.serve()
		eventually(t, "on duty", func() bool { return service.Status().OnDuty })
		time.Sleep(100 * time.Millisecond)
		if got := f.runs(); len(got) != before {
			t.Errorf("runs before six: %v", got)
		}
		must(t, f.db.SetClock(f.ctx, next.Time().Add(6*time.Hour)))
		eventually(t, "the run of the next day", func() bool { return len(f.runs()) == before+1 })
		if s.Count() != 0 {
			t.Errorf("%d messages left without a release", s.Count())
		}
		list, err := f.app.Outbox(f.ctx, app.OutboxFilter{State: "proposed"})
		must(t, err)
		if len(list) != 2 {
			t.Fatalf("the run proposed %+v", list)
		}
		must(t, f.db.SetClock(f.ctx, next.Time().Add(10*time.Hour)))
		_, err = f.app.Approve(f.ctx, tester, []int64{list[0].ID, list[1].ID})
		must(t, err)
		eventually(t, "two messages arrived", func() bool { return s.Count() == 2 })
		must(t, f.db.SetClock(f.ctx, (next+6).Time().Add(9*time.Hour)))
		eventually(t, "one run after six days", func() bool { return len(f.runs()) == before+2 })
		time.Sleep(100 * time.Millisecond)
		if got := f.runs(); len(got) != before+2 || got[len(got)-1] != (next+6).String() {
			t.Errorf("runs %v", got)
		}
	})
}

// TestServiceRunsAtMidnight: the hour 0 is midnight, not the usual hour.
func TestServiceRunsAtMidnight(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "book.db"), startSink(t).URL())
	must(t, f.db.SetClock(f.ctx, (theDay+1).Time().Add(30*time.Minute)))
	f.serveFrom(0)
	eventually(t, "the run after midnight", func() bool { return len(f.runs()) == 1 })
}

// TestServicePausesAndComesBack: a dead server pauses sending; when it is back,
// one message tries first and then everything leaves, once.
func TestServicePausesAndComesBack(t *testing.T) {
	s := startSink(t, sink.Fault{Stage: sink.AtMail, Action: sink.Refuse, Every: 1})
	f := newFixture(t, filepath.Join(t.TempDir(), "book.db"), s.URL())
	f.release(100)
	service, _ := f.serve()
	eventually(t, "paused", func() bool { return service.Status().Paused == app.PausedErrors })
	s.SetFaults()
	must(t, f.db.SetClock(f.ctx, theDay.Time().Add(11*time.Hour)))
	eventually(t, "everything arrived", func() bool { return s.Count() == 100 })
	eventually(t, "no longer paused", func() bool { return service.Status().Paused == "" })
	if d := s.Doubles(); len(d) > 0 {
		t.Errorf("arrived twice: %v", d)
	}
}

// TestServiceHandsOverTheDuty: a service that stops leaves nothing half done, and
// another process goes on.
func TestServiceHandsOverTheDuty(t *testing.T) {
	onBothEngines(t, func(t *testing.T, place string) {
		s := startSink(t)
		f := newFixture(t, place, s.URL())
		f.release(300)
		_, stop := f.serve()
		eventually(t, "some arrived", func() bool { return s.Count() > 20 })
		stop()
		if states := f.states(); states["claimed"]+states["handing_over"]+states["unknown"] != 0 {
			t.Errorf("left half done: %v", states)
		}
		second := f.openCopy(place)
		second.serve()
		eventually(t, "everything arrived", func() bool { return s.Count() == 300 })
		eventually(t, "everything is sent", func() bool { return f.states()["sent"] == 300 })
		if d := s.Doubles(); len(d) > 0 {
			t.Errorf("arrived twice: %v", d)
		}
	})
}

// TestServiceWithoutLicence says why it sends nothing, and sends once it is armed.
func TestServiceWithoutLicence(t *testing.T) {
	s := startSink(t)
	f := newFixture(t, filepath.Join(t.TempDir(), "book.db"), s.URL())
	f.release(1)
	must(t, f.licence.Disarm())
	service, _ := f.serve()
	eventually(t, "the reason is shown", func() bool { return service.Status().Error == "sending: not_armed" })
	if s.Count() != 0 {
		t.Error("a book without a licence sent")
	}
	_, err := Arm(f.ctx, f.app, f.licence, tester)
	must(t, err)
	eventually(t, "it arrived", func() bool { return s.Count() == 1 && service.Status().Error == "" })
}

// TestClockJumpPauses: when the system's clock jumps by more than an hour, run and
// sending stop, also if it jumps back, until a person starts the service anew.
func TestClockJumpPauses(t *testing.T) {
	ctx := context.Background()
	var shift atomic.Int64
	place := filepath.Join(t.TempDir(), "book.db")
	db, err := open.Open(ctx, place, store.Options{Create: true, Now: func() time.Time {
		return time.Now().Add(time.Duration(shift.Load()))
	}})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	tenant, err := db.CreateTenant(ctx, "Test", "GB")
	must(t, err)
	a, err := app.New(db, tenant, "test")
	must(t, err)
	f := &fixture{t: t, ctx: ctx, db: db, app: a}
	f.creditor, err = a.AddCreditor(ctx, tester, app.NewCreditor{Code: "main", Name: "Northgate", Country: "GB",
		Currency: "GBP"})
	must(t, err)
	f.licence, err = NewLicence(ctx, a, place)
	must(t, err)
	must(t, ArmNew(ctx, a, f.licence))
	service, stop := f.serve()
	eventually(t, "a first look", func() bool { return service.Status().OnDuty })
	time.Sleep(50 * time.Millisecond)
	for _, jump := range []time.Duration{40 * time.Minute, 3 * time.Hour, -3 * time.Hour,
		time.Duration(40*24) * time.Hour} {
		shift.Add(int64(jump))
		if jump < time.Hour && jump > 0 {
			time.Sleep(100 * time.Millisecond)
			if got := service.Status().Paused; got != "" {
				t.Errorf("a jump of %v paused: %s", jump, got)
			}
			continue
		}
		eventually(t, "paused after "+jump.String(),
			func() bool { return service.Status().Paused == app.PausedClock })
		runs := len(f.runs())
		time.Sleep(50 * time.Millisecond)
		if len(f.runs()) != runs {
			t.Error("a run was made while paused")
		}
		shift.Add(int64(-jump))
		time.Sleep(50 * time.Millisecond)
		if service.Status().Paused != app.PausedClock {
			t.Error("it went on by itself")
		}
		stop()
		shift.Add(int64(jump))
		service, stop = f.serve()
		eventually(t, "goes on", func() bool { return service.Status().OnDuty })
		time.Sleep(50 * time.Millisecond)
		if got := service.Status().Paused; got != "" {
			t.Errorf("started anew, it is paused: %s", got)
		}
	}
}

// TestPersonsRun: while the service holds the duty a run that a person asks for is made with
// it, between two rounds; without the service's duty it takes its own.
func TestPersonsRun(t *testing.T) {
	onBothEngines(t, func(t *testing.T, place string) {
		s := startSink(t)
		f := newFixture(t, place, s.URL())
		service, stop := f.serve()
		eventually(t, "on duty", func() bool { return service.Status().OnDuty })
		ask := app.RunRequest{AsOf: today, Approve: app.ApproveNone}
		if _, err := f.app.Run(f.ctx, actor, ask); app.AsError(err).Code != "duty_held" {
			t.Errorf("beside the service: %v", err)
		}
		if _, err := service.Run(f.ctx, actor, ask); err != nil {
			t.Errorf("with the service: %v", err)
		}
		service.turn.Lock()
		ctx, cancel := context.WithTimeout(f.ctx, 30*time.Millisecond)
		if _, err := service.Run(ctx, actor, ask); app.AsError(err).Code != "sending_now" {
			t.Errorf("while a round is under way: %v", err)
		}
		cancel()
		service.turn.Unlock()
		stop()
		if _, err := service.Run(f.ctx, actor, ask); err != nil {
			t.Errorf("after the service: %v", err)
		}
	})
}

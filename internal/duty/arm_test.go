package duty

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

// openCopy opens a book at another place, or again.
func (f *fixture) openCopy(address string) *fixture {
	f.t.Helper()
	db, err := open.Open(f.ctx, address, store.Options{})
	must(f.t, err)
	f.t.Cleanup(func() { db.Close() })
	a, err := app.New(db, f.app.Tenant(), "test")
	must(f.t, err)
	l, err := NewLicence(f.ctx, a, address)
	must(f.t, err)
	return &fixture{t: f.t, ctx: f.ctx, db: db, app: a, licence: l, address: address, creditor: f.creditor,
		ids: f.ids, customer: f.customer}
}

// refusesToSend checks that nothing leaves until a person armed the copy, and that
// arming lists what may have gone.
func (f *fixture) refusesToSend(beyond int64, mayHaveGone int) {
	f.t.Helper()
	_, err := SendOnce(f.ctx, f.app, f.licence, tester)
	if e := app.AsError(err); err == nil || e.Code != "not_armed" || e.Kind != app.Refused || e.Detail == "" {
		f.t.Fatalf("sending: %v", err)
	}
	look, err := Look(f.ctx, f.app, f.licence)
	must(f.t, err)
	if look.Armed || look.WasArmed || look.BeyondBook != beyond || len(look.MayHaveGone) != mayHaveGone ||
		look.Why == "" {
		f.t.Errorf("before arming: %+v", look)
	}
	if _, err := SendOnce(f.ctx, f.app, f.licence, tester); err == nil {
		f.t.Error("looking armed the book")
	}
	why := app.Request{Actor: "anna", Reason: "the other disk died"}
	trial := why
	trial.DryRun = true
	tried, err := Arm(f.ctx, f.app, f.licence, trial)
	must(f.t, err)
	if _, err := SendOnce(f.ctx, f.app, f.licence, tester); err == nil || tried.Armed {
		f.t.Errorf("trying to arm armed the book: %+v", tried)
	}
	done, err := Arm(f.ctx, f.app, f.licence, why)
	must(f.t, err)
	if !done.Armed {
		f.t.Errorf("arming: %+v", done)
	}
	log, err := f.app.AuditLog(f.ctx, app.AuditFilter{Command: "arm"})
	must(f.t, err)
	if len(log) == 0 || log[0].Actor != why.Actor || log[0].Reason != why.Reason {
		f.t.Errorf("the record of arming: %+v", log)
	}
	if _, err = SendOnce(f.ctx, f.app, f.licence, tester); err != nil {
		f.t.Errorf("sending after arming: %v", err)
	}
}

// copyFile copies the content of a closed book over another file, keeping the
// file's place in the file system if there is one.
func copyFile(t testing.TB, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, raw, 0o600))
}

// TestCopiedBookSendsNothing: the file of the licence does not travel with a copy;
// and if a careless copy takes the whole folder along, the place is another.
func TestCopiedBookSendsNothing(t *testing.T) {
	s := startSink(t)
	here := filepath.Join(t.TempDir(), "book.db")
	f := newFixture(t, here, s.URL())
	f.release(3)
	must(t, f.db.Close())
	there := filepath.Join(t.TempDir(), "book.db")
	copyFile(t, here, there)
	f.openCopy(there).refusesToSend(0, 3)

	folder := filepath.Join(t.TempDir(), "book.db")
	copyFile(t, here, folder)
	copyFile(t, here+".armed", folder+".armed")
	f.openCopy(folder).refusesToSend(0, 3)

	if report := f.openCopy(here).send(); report.Sent != 3 {
		t.Errorf("the book that stayed where it was: %+v", report)
	}
}

// TestRestoredBookSendsNothing puts an older state back into the very same file:
// the licence knows of numbers and commands that this book does not know.
func TestRestoredBookSendsNothing(t *testing.T) {
	s := startSink(t)
	here := filepath.Join(t.TempDir(), "book.db")
	f := newFixture(t, here, s.URL())
	f.release(5)
	must(t, f.db.Close())
	backup := filepath.Join(t.TempDir(), "backup.db")
	copyFile(t, here, backup)
	g := f.openCopy(here)
	if report := g.send(); report.Sent != 5 {
		t.Fatalf("report %+v", report)
	}
	must(t, g.db.Close())
	copyFile(t, backup, here)
	f.openCopy(here).refusesToSend(5, 5)
}

// TestLicenceOnServer: the licence of a book on a server lies where this machine is
// told, and is bound to the book.
func TestLicenceOnServer(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		s := startSink(t)
		f := newFixture(t, address, s.URL())
		f.release(2)
		raw, err := os.ReadFile(f.licence.path)
		must(t, err)
		must(t, f.licence.Disarm())
		f.refusesToSend(0, 2)
		must(t, os.WriteFile(f.licence.path, []byte("{"), 0o600))
		f.refusesToSend(0, 0)
		must(t, os.WriteFile(f.licence.path, raw, 0o600)) // an old one: the book is ahead of it
		f.release(1)
		if report := f.send(); report.Sent != 1 {
			t.Errorf("report %+v", report)
		}
	})
}

// TestOneHolder: while one process is on duty another one neither sends nor serves.
func TestOneHolder(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		s := startSink(t)
		f := newFixture(t, address, s.URL())
		f.release(1)
		held, err := f.db.Duty(f.ctx)
		must(t, err)
		second := f.openCopy(address)
		if _, err := SendOnce(f.ctx, second.app, second.licence, tester); app.AsError(err).Code != "duty_held" {
			t.Errorf("a second sender: %v", err)
		}
		if err := New(Options{App: second.app, Licence: second.licence}).Serve(f.ctx); app.AsError(err).Code != "duty_held" {
			t.Errorf("a second service: %v", err)
		}
		held.Release()
		if report := second.send(); report.Sent != 1 {
			t.Errorf("after the first let go: %+v", report)
		}
	})
}

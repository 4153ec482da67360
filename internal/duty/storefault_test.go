package duty

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

// outcomesMailer hands over with an outcome that depends on the message, so that
// one pass takes every way there is.
type outcomesMailer struct {
	fakeMailer
	position map[int64]int // of the message in the pass
	arrived  map[int64]int
}

func (m *outcomesMailer) open(app.MailServer) (app.Mailer, error) { return m, nil }

// AtOnce: one after the other, so that the n-th call is the same in each pass.
func (m *outcomesMailer) AtOnce() int { return 1 }

func (m *outcomesMailer) Deliver(ctx context.Context, p app.Parcel,
	handingOver func(context.Context) error) app.Handover {
	id := messageOf(string(p.Bytes))
	if m.position[id]%6 == 5 {
		return app.Handover{Outcome: app.NotSent, Err: errors.New("connection refused"),
			Answer: "connection refused"}
	}
	if err := handingOver(ctx); err != nil {
		return app.Handover{Outcome: app.NotSent, Err: err}
	}
	switch m.position[id] % 6 {
	case 1:
		return app.Handover{Outcome: app.Rejection, Answer: "550 no", RecipientRefused: true}
	case 2:
		return app.Handover{Outcome: app.Later, Answer: "451 later"}
	case 3:
		m.arrived[id]++
		return app.Handover{Outcome: app.NoAnswer, Err: errors.New("no answer")}
	}
	m.arrived[id]++
	return app.Handover{Outcome: app.Delivered, Answer: "250 OK"}
}

// TestEveryStoreCallFails lets each single call of a pass to the database fail
// once, and the answer of each commit be lost once: afterwards nothing left twice,
// what left is sent or unknown, and what did not leave is in the outbox or ended.
func TestEveryStoreCallFails(t *testing.T) {
	f := newFixture(t, filepath.Join(t.TempDir(), "book.db"), "smtp://127.0.0.1:1")
	f.release(6)
	_, err := f.pay(f.ids[4])
	must(t, err)
	must(t, f.db.Close())
	calls, commits := f.passWithFault("no fault", func(*storetest.Faulty) {})
	t.Logf("%d calls, %d commits", calls, commits)
	if calls < 100 || commits < 10 {
		t.Errorf("a pass makes %d calls and %d commits: the test does not see them", calls, commits)
	}
	step := int64(1)
	if testing.Short() {
		step = 9
	}
	for n := int64(1); n <= calls; n += step {
		f.passWithFault(fmt.Sprintf("call %d fails", n), func(f *storetest.Faulty) { f.FailAt(n) })
	}
	for n := int64(1); n <= commits; n++ {
		f.passWithFault(fmt.Sprintf("answer of commit %d is lost", n),
			func(f *storetest.Faulty) { f.LoseCommitAt(n) })
	}
}

// commitCounter counts what a book commits.
type commitCounter struct {
	store.DB
	commits int64
}

func (c *commitCounter) Mark(ctx context.Context, tenant int64, fn func(store.MarkTx) error) error {
	c.commits++
	return c.DB.Mark(ctx, tenant, fn)
}

func (c *commitCounter) Write(ctx context.Context, tenant int64, cmd store.Command,
	fn func(store.WriteTx) error) (store.Outcome, error) {
	c.commits++
	return c.DB.Write(ctx, tenant, cmd, fn)
}

// anyLicence lets every copy send: these books are copies.
type anyLicence struct{}

func (anyLicence) Check(context.Context, *app.App) error { return nil }
func (anyLicence) Raise(int64, int64, int64) error       { return nil }

// passWithFault makes one pass with a fault over a copy of the book, puts the
// outbox in order, makes one without, and compares. It returns how many calls and
// commits the first pass made.
func (f *fixture) passWithFault(name string, set func(*storetest.Faulty)) (calls, commits int64) {
	f.t.Helper()
	place := filepath.Join(f.t.TempDir(), "copy.db")
	copyFile(f.t, f.address, place)
	g := f.openCopy(place)
	faulty := storetest.Wrap(g.db)
	counter := &commitCounter{DB: faulty}
	a, err := app.New(counter, g.app.Tenant(), "test")
	must(f.t, err)
	m := &outcomesMailer{fakeMailer: fakeMailer{delivered: map[int64]int{}}, position: map[int64]int{},
		arrived: map[int64]int{}}
	for i, id := range f.ids {
		m.position[id] = i
	}
	ask := app.SendRequest{Open: m.open, Licence: anyLicence{}}
	faulty.FailAt(0)
	set(faulty)
	_, _ = a.Send(f.ctx, tester, ask) // fails or recovers by itself: both may be
	calls, commits = faulty.Calls(), counter.commits
	_, err = g.app.RecoverOutbox(f.ctx, tester)
	must(f.t, err)
	_, err = g.app.Send(f.ctx, tester, ask)
	must(f.t, err)
	g.checkOutcomes(name, m)
	must(f.t, g.db.Close())
	return calls, commits
}

func (f *fixture) checkOutcomes(at string, m *outcomesMailer) {
	f.t.Helper()
	states := f.stateOf()
	allowed := map[int][]string{0: {"sent", "unknown"}, 1: {"failed", "unknown"}, 2: {"approved", "unknown"},
		3: {"unknown"},
		4: {"stopped"}, 5: {"approved"}}
	for _, id := range f.ids {
		i := m.position[id]
		ok := false
		for _, s := range allowed[i] {
			ok = ok || states[id] == s
		}
		if !ok || m.arrived[id] > 1 || (m.arrived[id] == 1) != (i == 0 || i == 3) {
			f.t.Errorf("%s: message %d is %s and arrived %d times", at, i, states[id], m.arrived[id])
		}
	}
}

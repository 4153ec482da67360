package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/audit"
	"github.com/recoup-project/recoup/internal/store/sqlite"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

var ctx = context.Background()

func smallBook(t testing.TB) (*sqlite.DB, int64) {
	t.Helper()
	db := storetest.NewSQLite(t, store.Options{Schema: storetest.Schema()}).(*sqlite.DB)
	tenant, err := db.CreateTenant(ctx, "Acme", "DE")
	if err != nil {
		t.Fatal(err)
	}
	return db, tenant
}

// note records one note as a command of its own.
func note(db store.DB, tenant, id int64, body string) (store.Outcome, error) {
	c := store.Command{Name: "note", Actor: "test", ID: fmt.Sprint("note-", id)}
	return db.Write(ctx, tenant, c, func(tx store.WriteTx) error {
		ins := tx.Insert("note")
		ins.Int(id).Int(tx.Seq()).Text(body).End()
		return ins.Close()
	})
}

func verified(t testing.TB, db store.DB, tenant, commands int64) {
	t.Helper()
	r, err := audit.Verify(ctx, db, tenant, audit.Options{})
	if err != nil || !r.OK() || r.Commands != commands {
		t.Errorf("audit: %+v %v, want %d commands", r, err, commands)
	}
}

// queued runs fn after the writer is busy with a first command, and lets it go on
// when n jobs are waiting behind it, so that they form one group.
func queued(t *testing.T, db *sqlite.DB, tenant int64, fn func(wg *sync.WaitGroup)) {
	t.Helper()
	busy, free := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := db.Write(ctx, tenant, store.Command{Name: "first", Actor: "test"}, func(store.WriteTx) error {
			close(busy)
			<-free
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-busy
	fn(&wg)
	for range 200 { // until they wait, or nearly all do; the assertions hold either way
		time.Sleep(time.Millisecond)
	}
	close(free)
	wg.Wait()
}

func TestWaitingCommandsAreCommittedTogether(t *testing.T) {
	db, tenant := smallBook(t)
	before := db.Commits()
	queued(t, db, tenant, func(wg *sync.WaitGroup) {
		for i := range int64(50) {
			wg.Go(func() {
				if _, err := note(db, tenant, i, "x"); err != nil {
					t.Error(err)
				}
			})
		}
	})
	if n := db.Commits() - before; n > 3 {
		t.Errorf("51 commands took %d commits; expected one or two", n)
	}
	verified(t, db, tenant, 51)
}

// TestEngineRollsBackAGroup: when the engine throws a whole group away because of one
// job, the others are run again and only that one fails.
func TestEngineRollsBackAGroup(t *testing.T) {
	db, tenant := smallBook(t)
	queued(t, db, tenant, func(wg *sync.WaitGroup) {
		for i := range int64(20) {
			wg.Go(func() {
				if i%7 == 3 {
					if err := db.EngineRollsBack(); !errors.Is(err, store.ErrUnavailable) {
						t.Errorf("job during which the engine rolled back: %v", err)
					}
					return
				}
				if _, err := note(db, tenant, i, "x"); err != nil {
					t.Error(err)
				}
			})
		}
	})
	verified(t, db, tenant, 18)
}

func TestAbandonedJobsDoNotRun(t *testing.T) {
	db, tenant := smallBook(t)
	queued(t, db, tenant, func(wg *sync.WaitGroup) {
		short, cancel := context.WithCancel(ctx)
		wg.Go(func() {
			_, err := db.Write(short, tenant, store.Command{Name: "n", Actor: "a"}, func(store.WriteTx) error {
				t.Error("an abandoned command ran")
				return nil
			})
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		time.Sleep(20 * time.Millisecond)
		cancel()
	})
	verified(t, db, tenant, 1)
}

func TestFileLimit(t *testing.T) {
	db, tenant := smallBook(t)
	if err := db.SetMaxPages("60"); err != nil {
		t.Fatal(err)
	}
	var full error
	done := int64(0)
	for full == nil && done < 1000 {
		if _, full = note(db, tenant, done, string(make16k())); full == nil {
			done++
		}
	}
	if !errors.Is(full, store.ErrDiskFull) || !errors.Is(full, store.ErrUnavailable) {
		t.Fatalf("after %d commands: %v", done, full)
	}
	verified(t, db, tenant, done)
	if err := db.SetMaxPages("100000"); err != nil {
		t.Fatal(err)
	}
	if o, err := note(db, tenant, done, "x"); err != nil || o.Seq != done+1 {
		t.Errorf("after space came back: %+v %v", o, err)
	}
	verified(t, db, tenant, done+1)
}

func make16k() []byte {
	b := make([]byte, 16<<10)
	for i := range b {
		b[i] = 'a' + byte(i%26)
	}
	return b
}

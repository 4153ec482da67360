package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/sqlite"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

var demoStart = time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)

// TestOverwriteTakesABookBack: what was kept comes back under those who have the book
// open, and they go on writing.
func TestOverwriteTakesABookBack(t *testing.T) {
	ctx := t.Context()
	db := storetest.NewSQLite(t, store.Options{Create: true, SimulatedFrom: demoStart})
	path := db.(*sqlite.DB).Path()
	tenant, err := db.CreateTenant(ctx, "Demo", "GB")
	if err != nil {
		t.Fatal(err)
	}
	record(t, db, tenant, "before")
	kept := filepath.Join(t.TempDir(), "kept")
	if err := sqlite.Overwrite(ctx, kept, path); err != nil {
		t.Fatal(err)
	}
	record(t, db, tenant, "after")
	if err := db.SetClock(ctx, demoStart.Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	reader := make(chan error)
	err = db.Read(ctx, tenant, func(store.Tx) error { // a reader in the middle of a snapshot keeps nobody waiting
		go func() { reader <- sqlite.Overwrite(ctx, path, kept) }()
		return <-reader
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := commandsOf(t, db, tenant); n != 1 {
		t.Errorf("%d commands after going back, expected 1", n)
	}
	info, err := db.Book(ctx)
	if err != nil || !info.Now.Equal(demoStart) {
		t.Errorf("the clock stands at %s, %v; expected %s", info.Now, err, demoStart)
	}
	record(t, db, tenant, "again")
	if n := commandsOf(t, db, tenant); n != 2 {
		t.Errorf("%d commands, expected 2", n)
	}
}

// TestOverwriteRefuses: a real book is never overwritten, nor another one.
func TestOverwriteRefuses(t *testing.T) {
	ctx := t.Context()
	path := func(o store.Options) string {
		return storetest.NewSQLite(t, o).(*sqlite.DB).Path()
	}
	real, demo := path(store.Options{Create: true}), path(store.Options{Create: true, SimulatedFrom: demoStart})
	other := path(store.Options{Create: true, SimulatedFrom: demoStart})
	for _, c := range [][2]string{{real, demo}, {demo, real}, {demo, other}, {filepath.Join(t.TempDir(), "x"), real}} {
		if err := sqlite.Overwrite(ctx, c[0], c[1]); err == nil {
			t.Errorf("%s was overwritten by %s", c[0], c[1])
		}
	}
}

func record(t *testing.T, db store.DB, tenant int64, why string) {
	t.Helper()
	_, err := db.Write(context.Background(), tenant, store.Command{Name: "test", Actor: "test", Reason: why},
		func(store.WriteTx) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
}

func commandsOf(t *testing.T, db store.DB, tenant int64) (n int64) {
	t.Helper()
	err := db.Read(context.Background(), tenant, func(tx store.Tx) error {
		return store.One(tx, "SELECT count(*) FROM txn WHERE tenant_id = $1", []any{tenant},
			func(r store.Rows) { n = r.Int64(0) })
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

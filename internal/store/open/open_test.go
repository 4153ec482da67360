package open_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var ctx = context.Background()

// onBoth runs a test with an address where there is no book yet, on both engines.
func onBoth(t *testing.T, test func(t *testing.T, address string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "böok %41.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.Database(t)) })
}

func TestOpenAsksBeforeItMakesOrMigrates(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		refused := func(what string, opts store.Options, want error) {
			t.Helper()
			db, err := open.Open(ctx, address, opts)
			if err == nil {
				db.Close()
			}
			if !errors.Is(err, want) {
				t.Errorf("%s: %v", what, err)
			}
		}
		older := fstest.MapFS{}
		for name, f := range storetest.Schema().(fstest.MapFS) {
			older[name] = f
		}
		newer := fstest.MapFS{"0002_more.sql": {Data: []byte("ALTER TABLE note ADD COLUMN class TEXT;\n" +
			"CREATE TABLE extra ( -- state\n  tenant_id INTEGER NOT NULL,\n  PRIMARY KEY (tenant_id)\n) STRICT;")}}
		for name, f := range older {
			newer[name] = f
		}
		refused("no book", store.Options{Schema: older}, store.ErrNotFound)
		refused("no book, migrate", store.Options{Schema: older, Migrate: true}, store.ErrNotFound)
		if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) > 0 {
				t.Errorf("looking for a book made %v", left)
			}
		}
		db, err := open.Open(ctx, address, store.Options{Schema: older, Create: true})
		if err != nil {
			t.Fatal(err)
		}
		before, err := db.Book(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.CreateTenant(ctx, "Acme", "DE"); err != nil {
			t.Fatal(err)
		}
		db.Close()
		refused("older", store.Options{Schema: newer}, store.ErrOlderBook)
		refused("older, create", store.Options{Schema: newer, Create: true}, store.ErrOlderBook)
		db, err = open.Open(ctx, address, store.Options{Schema: newer, Migrate: true})
		if err != nil {
			t.Fatal(err)
		}
		after, err := db.Book(ctx)
		if err != nil || after.UID != before.UID || after.SchemaVersion != 2 {
			t.Errorf("after migration: %+v %v", after, err)
		}
		if err := db.Prepare(ctx, "SELECT class FROM note WHERE tenant_id = $1"); err != nil {
			t.Error(err)
		}
		db.Close()
		refused("newer", store.Options{Schema: older, Create: true, Migrate: true}, store.ErrNewerBook)
	})
}

// TestABookOfAnotherBuildIsRefused: the same version with another text is not opened and
// not migrated.
func TestABookOfAnotherBuildIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		text := storetest.Schema().(fstest.MapFS)
		other, more := fstest.MapFS{}, fstest.MapFS{"0009_more.sql": {Data: []byte(
			"CREATE TABLE extra ( -- state\n  tenant_id INTEGER NOT NULL,\n  PRIMARY KEY (tenant_id)\n) STRICT;")}}
		for name, f := range text {
			other[name] = &fstest.MapFile{Data: append([]byte("-- another build\n"), f.Data...)}
			more[name] = other[name]
		}
		db, err := open.Open(ctx, address, store.Options{Schema: text, Create: true})
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
		for what, opts := range map[string]store.Options{"open": {Schema: other}, "create": {Schema: other, Create: true},
			"migrate": {Schema: more, Migrate: true}} {
			if db, err := open.Open(ctx, address, opts); !errors.Is(err, store.ErrOtherBook) {
				t.Errorf("%s: %v", what, err)
				if err == nil {
					db.Close()
				}
			}
		}
		if db, err = open.Open(ctx, address, store.Options{Schema: text}); err != nil {
			t.Fatal(err)
		}
		db.Close()
	})
}

func TestMigrationNeedsTheDuty(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		opts := store.Options{Schema: storetest.Schema(), Create: true}
		db, err := open.Open(ctx, address, opts)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		duty, err := db.Duty(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer duty.Release()
		newer := fstest.MapFS{"0002_more.sql": {Data: []byte("ALTER TABLE note ADD COLUMN class TEXT;")}}
		for name, f := range opts.Schema.(fstest.MapFS) {
			newer[name] = f
		}
		if _, err := open.Open(ctx, address, store.Options{Schema: newer, Migrate: true}); !errors.Is(err,
			store.ErrDutyHeld) {
			t.Errorf("migration beside a running server: %v", err)
		}
	})
}

// TestFailedMigration: a statement that fails names its place, and its file leaves
// nothing behind.
func TestFailedMigration(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		files := fstest.MapFS{"0002_bad.sql": {Data: []byte("CREATE TABLE fine ( -- state\n" +
			"  tenant_id INTEGER NOT NULL,\n" +
			"  PRIMARY KEY (tenant_id)\n) STRICT;\nUPDATE nowhere SET x = 1;")}}
		for name, f := range storetest.Schema().(fstest.MapFS) {
			files[name] = f
		}
		_, err := open.Open(ctx, address, store.Options{Schema: files, Create: true})
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "0002_bad.sql, line 5") {
			t.Fatal(err)
		}
		files["0002_bad.sql"].Data = []byte(strings.Replace(string(files["0002_bad.sql"].Data),
			"UPDATE nowhere SET x = 1", "UPDATE fine SET tenant_id = 1", 1))
		db, err := open.Open(ctx, address, store.Options{Schema: files, Migrate: true, Create: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.CreateTenant(ctx, "Acme", "DE"); err != nil {
			t.Error(err)
		}
	})
}

// TestTheProgramsOwnSchema opens the real schema on both engines and prepares a read
// and a write of every table.
func TestTheProgramsOwnSchema(t *testing.T) {
	onBoth(t, func(t *testing.T, address string) {
		db, err := open.Open(ctx, address, store.Options{Create: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		tenant, err := db.CreateTenant(ctx, "Acme", "DE")
		if err != nil {
			t.Fatal(err)
		}
		var reads []string
		for _, table := range db.Schema().Tables {
			names := make([]string, len(table.Columns))
			for i, c := range table.Columns {
				names[i] = c.Name
			}
			read := "SELECT " + strings.Join(names, ", ") + " FROM " + table.Name
			if table.TenantFirst {
				read += " WHERE tenant_id = $1"
			}
			reads = append(reads, read)
		}
		if err := storetest.PrepareAll(db, reads); err != nil {
			t.Error(err)
		}
		_, err = db.Write(ctx, tenant, store.Command{Name: "n", Actor: "a"}, func(tx store.WriteTx) error {
			_, err := tx.NextIDs("customer", 5)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]store.Engine{
		"book.db": store.SQLite, "sqlite:book.db": store.SQLite, "/a/postgres/x": store.SQLite,
		"postgres://u@h/d": store.Postgres, "postgresql://h/d": store.Postgres,
	} {
		if got, _ := open.Address(address); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
	_, err := open.Open(ctx, "postgres://user:secret@localhost:1/none?connect_timeout=1", store.Options{})
	if !errors.Is(err, store.ErrUnavailable) || strings.Contains(err.Error(), "secret") {
		t.Errorf("server that is not there: %v", err)
	}
}

package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/recoup-project/recoup/internal/durable"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/engine"
)

// Book implements store.DB.
func (db *DB) Book(ctx context.Context) (store.Book, error) {
	var b store.Book
	err := db.snapshot(ctx, func(cn *conn, now time.Time) (err error) {
		b, err = engine.ReadBook(ctx, cn, db.schema.Version, now)
		return err
	})
	return b, err
}

// Tenants implements store.DB.
func (db *DB) Tenants(ctx context.Context) ([]store.Tenant, error) {
	var tenants []store.Tenant
	err := db.snapshot(ctx, func(cn *conn, _ time.Time) (err error) {
		tenants, err = engine.ReadTenants(ctx, cn)
		return err
	})
	return tenants, err
}

// CreateTenant implements store.DB.
func (db *DB) CreateTenant(ctx context.Context, name, country string) (int64, error) {
	var id int64
	err := db.raw(ctx, func(cn *conn) (err error) {
		if id, err = engine.NextTenant(ctx, cn); err != nil {
			return err
		}
		return engine.CreateTenant(ctx, cn, id, name, country)
	})
	return id, err
}

// SetClock implements store.DB.
func (db *DB) SetClock(ctx context.Context, t time.Time) error {
	return db.raw(ctx, func(cn *conn) error { return engine.SetClock(ctx, cn, t) })
}

// Init makes the book's own row after the first migration.
func (db *DB) Init(ctx context.Context) error {
	return db.raw(ctx, func(cn *conn) error { return engine.InitBook(ctx, cn, db.opts) })
}

// raw runs fn on the writer with statements that the guard would refuse.
func (db *DB) raw(ctx context.Context, fn func(cn *conn) error) error {
	return db.submit(&job{ctx: ctx, keep: true, run: fn})
}

// Snapshot implements store.DB.
func (db *DB) Snapshot(ctx context.Context, fn func(store.SnapshotTx) error) error {
	return db.snapshot(ctx, func(cn *conn, now time.Time) error {
		return fn(&snapshotTx{ctx: ctx, db: db, cn: cn, now: now})
	})
}

type snapshotTx struct {
	ctx  context.Context
	db   *DB
	cn   *conn
	now  time.Time
	last *engine.Tx
}

// Tx implements store.SnapshotTx.
func (s *snapshotTx) Tx(tenant int64) (store.Tx, error) {
	if s.last != nil {
		s.last.Finish(nil)
	}
	s.last = engine.NewTx(s.ctx, s.cn, s.db.guards, engine.Read, tenant, s.now)
	return s.last, nil
}

// Tenants implements store.SnapshotTx.
func (s *snapshotTx) Tenants() ([]store.Tenant, error) { return engine.ReadTenants(s.ctx, s.cn) }

// Fill implements store.DB.
func (db *DB) Fill(ctx context.Context, fn func(store.FillTx) error) error {
	return db.raw(ctx, func(cn *conn) error {
		if err := engine.CheckEmpty(ctx, cn); err != nil {
			return err
		}
		if err := cn.run("PRAGMA defer_foreign_keys=ON"); err != nil {
			return err
		}
		fill := engine.NewFill(ctx, cn, db.guards, nil)
		return fill.Finish(fn(fill))
	})
}

// Check implements store.DB.
func (db *DB) Check(ctx context.Context) ([]store.Finding, error) {
	findings := []store.Finding{Versions(), db.fileSystemFinding(), db.modeFinding()}
	err := db.snapshot(ctx, func(cn *conn, _ time.Time) error {
		for _, pragma := range [][2]string{{"journal_mode", "wal"}, {"synchronous", "2"}} {
			name, want := pragma[0], pragma[1]
			got, err := cn.pragmaValue(name)
			if err != nil {
				return err
			}
			findings = append(findings, store.Finding{Name: name, OK: got == want,
				Text: fmt.Sprintf("%s is %s; expected %s", name, got, want)})
		}
		return nil
	})
	return findings, err
}

// IntegrityCheck runs SQLite's own check of the whole file.
func (db *DB) IntegrityCheck(ctx context.Context) error {
	return db.snapshot(ctx, func(cn *conn, _ time.Time) error {
		got, err := cn.pragmaValue("integrity_check")
		if err == nil && got != "ok" {
			err = &store.Error{Kind: store.ErrUnavailable, Op: "integrity check of " + db.path,
				Err: fmt.Errorf("%s", got)}
		}
		return err
	})
}

// SnapshotFile writes the book as it is now into a new file, while it is in use. The
// file is synced when it returns.
func (db *DB) SnapshotFile(ctx context.Context, file string) error {
	cn, err := db.reader(ctx)
	if err != nil {
		return err
	}
	defer func() { db.readers <- cn }()
	if err := cn.pragma("query_only=OFF"); err != nil {
		return err
	}
	cn.c.SetInterrupt(ctx.Done())
	_, err = cn.Exec(ctx, "VACUUM INTO $1", []store.Value{engine.Text(file)})
	cn.c.SetInterrupt(nil)
	if back := cn.pragma("query_only=ON"); err == nil {
		err = back
	}
	if err != nil {
		return err
	}
	return store.FileError("sync "+file, durable.Sync(file))
}

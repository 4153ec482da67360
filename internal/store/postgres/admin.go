package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/engine"
)

// Book implements store.DB.
func (db *DB) Book(ctx context.Context) (store.Book, error) {
	var b store.Book
	err := db.retry(ctx, func() error {
		return db.snapshot(ctx, 0, func(cn *conn, now time.Time) (err error) {
			b, err = engine.ReadBook(ctx, cn, db.schema.Version, now)
			return err
		})
	})
	return b, err
}

// Tenants implements store.DB.
func (db *DB) Tenants(ctx context.Context) ([]store.Tenant, error) {
	var tenants []store.Tenant
	err := db.retry(ctx, func() error {
		return db.snapshot(ctx, 0, func(cn *conn, _ time.Time) (err error) {
			tenants, err = engine.ReadTenants(ctx, cn)
			return err
		})
	})
	return tenants, err
}

// CreateTenant implements store.DB.
func (db *DB) CreateTenant(ctx context.Context, name, country string) (int64, error) {
	var id int64
	err := db.raw(ctx, 0, func(cn *conn, _ time.Time) (err error) {
		if err := cn.run(ctx, "LOCK TABLE tenant IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return err
		}
		if id, err = engine.NextTenant(ctx, cn); err != nil {
			return err
		}
		if err := cn.enter(ctx, id); err != nil {
			return err
		}
		return engine.CreateTenant(ctx, cn, id, name, country)
	})
	return id, err
}

// enter makes a tenant the one of the transaction.
func (cn *conn) enter(ctx context.Context, tenant int64) error {
	return cn.trip(ctx, "", []step{tenantStep(tenant)}, "")
}

// SetClock implements store.DB.
func (db *DB) SetClock(ctx context.Context, t time.Time) error {
	return db.raw(ctx, 0, func(cn *conn, _ time.Time) error { return engine.SetClock(ctx, cn, t) })
}

// Init makes the book's own row after the first migration.
func (db *DB) Init(ctx context.Context) error {
	return db.raw(ctx, 0, func(cn *conn, _ time.Time) error { return engine.InitBook(ctx, cn, db.opts) })
}

// Snapshot implements store.DB.
func (db *DB) Snapshot(ctx context.Context, fn func(store.SnapshotTx) error) error {
	return db.snapshot(ctx, 0, func(cn *conn, now time.Time) error {
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
	if err := s.cn.enter(s.ctx, tenant); err != nil {
		return nil, err
	}
	s.last = engine.NewTx(s.ctx, s.cn, s.db.guards, engine.Read, tenant, s.now)
	return s.last, nil
}

// Tenants implements store.SnapshotTx.
func (s *snapshotTx) Tenants() ([]store.Tenant, error) { return engine.ReadTenants(s.ctx, s.cn) }

// Fill implements store.DB.
func (db *DB) Fill(ctx context.Context, fn func(store.FillTx) error) error {
	return db.raw(ctx, 0, func(cn *conn, _ time.Time) error {
		if err := engine.CheckEmpty(ctx, cn); err != nil {
			return err
		}
		if err := cn.run(ctx, "SET CONSTRAINTS ALL DEFERRED"); err != nil {
			return err
		}
		fill := engine.NewFill(ctx, cn, db.guards, func(tenant int64) error { return cn.enter(ctx, tenant) })
		return fill.Finish(fn(fill))
	})
}

// Check implements store.DB.
func (db *DB) Check(ctx context.Context) ([]store.Finding, error) {
	var findings []store.Finding
	err := db.snapshot(ctx, 0, func(cn *conn, _ time.Time) error {
		for _, setting := range []struct{ name, want, why string }{
			{"fsync", "on", "a crash of the server could lose or damage the book"},
			{"full_page_writes", "on", "a crash of the server could damage the book"},
			{"synchronous_commit", "on", "the last commands could be lost after they were answered"},
			{"server_encoding", "UTF8", "text could not be stored"},
		} {
			got, err := cn.text(ctx, "SELECT current_setting('"+setting.name+"')")
			if err != nil {
				return err
			}
			ok := got == setting.want || setting.name == "synchronous_commit" && (got == "remote_apply" ||
				got == "remote_write")
			findings = append(findings, finding(setting.name, ok,
				fmt.Sprintf("%s is %s", setting.name, got), "set it to "+setting.want+": "+setting.why))
		}
		role, err := cn.text(ctx, `SELECT CASE WHEN rolsuper THEN 'superuser' WHEN rolbypassrls THEN 'bypassrls'
ELSE 'ordinary' END FROM pg_roles WHERE rolname = current_user`)
		if err != nil {
			return err
		}
		findings = append(findings, finding("role", role == "ordinary", "the role is "+role,
			"connect as a role without SUPERUSER and BYPASSRLS: row security does not bind this one"))
		pid, err := cn.text(ctx, "SELECT CAST(pg_backend_pid() AS text)")
		if err != nil {
			return err
		}
		direct := pid == formatInt(int64(cn.pg.PID()))
		findings = append(findings, finding("pooler", direct, fmt.Sprintf("connected directly: %t", direct),
			"connect to the server itself: a pooler in transaction mode breaks prepared statements and the duty lock"))
		return nil
	})
	return findings, err
}

func finding(name string, ok bool, text, advice string) store.Finding {
	if !ok {
		text += "; " + advice
	}
	return store.Finding{Name: name, OK: ok, Text: text}
}

// text runs a query that gives one text.
func (cn *conn) text(ctx context.Context, sql string) (string, error) {
	var s string
	err := cn.trip(ctx, "", []step{{sql: sql, row: func(r store.Rows) { s = r.Text(0) }}}, "")
	return s, err
}

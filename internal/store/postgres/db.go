package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/engine"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// DB is a book in a PostgreSQL database.
type DB struct {
	dsn    string
	opts   store.Options
	schema *schema.Schema
	guards *engine.Guards
	pool   *pool
	blobs  *blobs
}

var _ store.DB = (*DB)(nil)

// writersMax is how many connections there may be besides those for readers.
const writersMax = 8

// Open opens a book that exists and has this schema's version. It connects when the
// first transaction needs it. Errors: store.ErrInvalid for an address it cannot read.
func Open(dsn string, s *schema.Schema, opts store.Options) (*DB, error) {
	opts = opts.WithDefaults()
	p, err := newPool(dsn, opts.MaxReaders+writersMax)
	if err != nil {
		return nil, err
	}
	db := &DB{dsn: dsn, opts: opts, schema: s, guards: &engine.Guards{Schema: s}, pool: p}
	db.blobs = &blobs{db}
	return db, nil
}

// Close implements store.DB.
func (db *DB) Close() error { return db.pool.close() }

// Engine implements store.DB.
func (db *DB) Engine() store.Engine { return store.Postgres }

// Schema implements store.DB.
func (db *DB) Schema() *schema.Schema { return db.schema }

// Blobs implements store.DB.
func (db *DB) Blobs() store.BlobStore { return db.blobs }

const setTenantSQL = "SELECT set_config('recoup.tenant', $1, true)"

// setMarkSQL is setTenantSQL for marks. Their lists are shorter than the ten elements
// that the server expects of a list it does not know, which would make it plan anew each
// time, for longer than the mark takes.
const setMarkSQL = "SELECT set_config('recoup.tenant', $1, true), " +
	"set_config('plan_cache_mode', 'force_generic_plan', true)"

// How a transaction begins.
const (
	beginSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	beginWrite    = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
)

// step is one statement of a round trip; each answers a row, or nothing.
type step struct {
	sql  string
	args []store.Value
	row  func(store.Rows) // called for each row; may be nil
	stmt *stmt
}

func tenantStep(tenant int64) step {
	v := store.Value{Kind: store.KindText}
	if tenant != 0 {
		v = store.Value{Kind: store.KindText, S: formatInt(tenant)}
	}
	return step{sql: setTenantSQL, args: []store.Value{v}}
}

func markStep(tenant int64) step {
	s := tenantStep(tenant)
	s.sql = setMarkSQL
	return s
}

func (db *DB) clockStep(now *time.Time) step {
	return step{sql: engine.SelectClockSQL, row: func(r store.Rows) { *now = engine.ReadClock(r, db.opts.Now) }}
}

// trip sends statements in one round trip: plain text first and last (BEGIN, COMMIT;
// "" for none), prepared steps between. After an error the server skips the rest.
func (cn *conn) trip(ctx context.Context, first string, steps []step, last string) error {
	var batch pgconn.Batch
	if first != "" {
		batch.ExecParams(first, nil, nil, nil, nil)
	}
	for i := range steps {
		st, err := cn.prepare(ctx, steps[i].sql)
		if err != nil {
			return err
		}
		values, err := cn.encode(st, steps[i].sql, steps[i].args)
		if err != nil {
			return err
		}
		steps[i].stmt = st
		batch.ExecStatement(st.desc, values, st.formats, binaryFormat)
	}
	if last != "" {
		batch.ExecParams(last, nil, nil, nil, nil)
	}
	results := cn.pg.ExecBatch(ctx, &batch)
	at := 0
	if first != "" {
		at = -1
	}
	var failed error
	for ; results.NextResult(); at++ {
		reader := results.ResultReader()
		if at < 0 || at >= len(steps) {
			tag, err := reader.Close()
			if err == nil && last == "COMMIT" && at >= len(steps) && tag.String() != "COMMIT" {
				failed = &store.Error{Kind: store.ErrUnavailable, Op: "commit: the server rolled back"}
			}
			continue
		}
		r := &rows{ctx: ctx, conn: cn, sql: steps[at].sql, reader: reader, fields: steps[at].stmt.desc.Fields}
		for r.Next() {
			if steps[at].row != nil {
				steps[at].row(r)
			}
		}
		if failed == nil {
			failed = r.Err()
		}
	}
	if err := results.Close(); err != nil {
		return cn.translate(ctx, "transaction", err)
	}
	return failed
}

// rollback ends a transaction; a connection that cannot is thrown away.
func (cn *conn) rollback() {
	if cn.broken || cn.pg.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if cn.pg.IsBusy() || cn.run(ctx, "ROLLBACK") != nil {
		cn.broken = true
	}
}

// Read implements store.DB.
func (db *DB) Read(ctx context.Context, tenant int64, fn func(store.Tx) error) error {
	return db.retry(ctx, func() error {
		return db.snapshot(ctx, tenant, func(cn *conn, now time.Time) error {
			tx := engine.NewTx(ctx, cn, db.guards, engine.Read, tenant, now)
			return tx.Finish(fn(tx))
		})
	})
}

// snapshot runs fn inside a read transaction that has begun.
func (db *DB) snapshot(ctx context.Context, tenant int64, fn func(cn *conn, now time.Time) error) error {
	cn, err := db.pool.get(ctx)
	if err != nil {
		return err
	}
	defer db.pool.put(cn)
	defer cn.rollback()
	var now time.Time
	if err := cn.trip(ctx, beginSnapshot, []step{tenantStep(tenant), db.clockStep(&now)}, ""); err != nil {
		return err
	}
	return fn(cn, now)
}

// Prepare implements store.DB.
func (db *DB) Prepare(ctx context.Context, sql string) error {
	if err := db.guards.Check(sql); err != nil {
		return err
	}
	cn, err := db.pool.get(ctx)
	if err != nil {
		return err
	}
	defer db.pool.put(cn)
	_, err = cn.prepare(ctx, sql)
	return err
}

// A transaction that lost a race or its connection before the commit is run anew so
// often, waiting longer each time: about three seconds in all.
const (
	triesMax  = 9
	firstWait = 10 * time.Millisecond
)

// retry runs fn until it succeeds or fails for a reason that repetition does not cure.
func (db *DB) retry(ctx context.Context, fn func() error) error {
	wait := firstWait
	for try := 1; ; try++ {
		err := fn()
		if err == nil || try == triesMax || !again(err) {
			return err
		}
		if !sleep(ctx, wait) {
			return err
		}
		wait *= 2
	}
}

// sleep waits; false if the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

package sqlite

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/blobdir"
	"github.com/recoup-project/recoup/internal/store/engine"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// DB is a book in a file.
type DB struct {
	path       string
	opts       store.Options
	schema     *schema.Schema
	guards     *engine.Guards
	writer     *conn // used by writeLoop only
	jobs       chan *job
	writerDone chan struct{}
	readers    chan *conn // idle readers; nil stands for one not yet opened
	blobs      *blobdir.Dir
	closing    sync.RWMutex
	closed     bool
	commits    atomic.Int64
}

var _ store.DB = (*DB)(nil)

var errClosed = &store.Error{Kind: store.ErrUnavailable, Op: "the book is closed"}

// Open opens a book that exists and has this schema's version. It refuses to work on
// a network file system or without synchronous FULL. Errors: store.ErrNotFound,
// store.ErrUnavailable, store.ErrInvalid.
func Open(path string, s *schema.Schema, opts store.Options) (*DB, error) {
	return OpenAfter(path, s, opts, func(func(string) (string, error)) error { return nil })
}

// OpenAfter is Open after a look at the file through the connection that writes later, so
// that it is opened once: look asks queries of one value, and its error refuses the book,
// which nothing has changed then.
func OpenAfter(path string, s *schema.Schema, opts store.Options, look func(ask func(query string) (string, error)) error) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, &store.Error{Kind: store.ErrNotFound, Op: "book " + path, Err: err}
	}
	if err := CheckFileSystem(path); err != nil {
		return nil, err
	}
	opts = opts.WithDefaults()
	writer, err := openConn(path, s, syncOf(&opts), false)
	if err != nil {
		return nil, err
	}
	if err := look(writer.value); err != nil {
		writer.close()
		return nil, err
	}
	db := &DB{path: path, opts: opts, schema: s, guards: &engine.Guards{Schema: s}, writer: writer,
		jobs: make(chan *job, groupJobsMax), writerDone: make(chan struct{}),
		readers: make(chan *conn, opts.MaxReaders), blobs: blobdir.New(path + ".blobs")}
	if syncOf(&opts) != syncFull {
		db.blobs = blobdir.NewUnsynced(path + ".blobs")
	}
	if err := db.start(); err != nil {
		writer.close()
		return nil, err
	}
	return db, nil
}

// How SQLite waits for the disk at a commit, by its own numbers.
const syncOff, syncFull = "0", "2"

// syncOf is FULL, but for a demo in the making.
func syncOf(o *store.Options) string {
	if o.Unsynced && o.Create && !o.SimulatedFrom.IsZero() {
		return syncOff
	}
	return syncFull
}

func (db *DB) start() error {
	mode, err := db.writer.pragmaValue("journal_mode=WAL")
	if err != nil {
		return err
	}
	sync, err := db.writer.pragmaValue("synchronous")
	if err != nil {
		return err
	}
	if want := syncOf(&db.opts); mode != "wal" || sync != want {
		return &store.Error{Kind: store.ErrUnavailable, Op: "book " + db.path, Err: fmt.Errorf(
			"journal mode is %q and synchronous %q: expected wal and %s", mode, sync, want)}
	}
	for range db.opts.MaxReaders {
		db.readers <- nil
	}
	go db.writeLoop()
	return nil
}

// Close implements store.DB.
func (db *DB) Close() error {
	db.closing.Lock()
	if db.closed {
		db.closing.Unlock()
		return nil
	}
	db.closed = true
	close(db.jobs)
	db.closing.Unlock()
	<-db.writerDone
	var first error
	for range db.opts.MaxReaders {
		if cn := <-db.readers; cn != nil {
			if err := cn.close(); err != nil && first == nil {
				first = err
			}
		}
	}
	if err := db.writer.close(); err != nil && first == nil {
		first = err
	}
	return translate("close "+db.path, first, db.schema)
}

// Engine implements store.DB.
func (db *DB) Engine() store.Engine { return store.SQLite }

// Schema implements store.DB.
func (db *DB) Schema() *schema.Schema { return db.schema }

// Blobs implements store.DB.
func (db *DB) Blobs() store.BlobStore { return db.blobs }

// Read implements store.DB.
func (db *DB) Read(ctx context.Context, tenant int64, fn func(store.Tx) error) error {
	return db.snapshot(ctx, func(cn *conn, now time.Time) error {
		tx := engine.NewTx(ctx, cn, db.guards, engine.Read, tenant, now)
		return tx.Finish(fn(tx))
	})
}

// snapshot runs fn on a reader inside a read transaction that has begun.
func (db *DB) snapshot(ctx context.Context, fn func(cn *conn, now time.Time) error) error {
	cn, err := db.reader(ctx)
	if err != nil {
		return err
	}
	defer func() { db.readers <- cn }()
	if err := cn.run("BEGIN"); err != nil {
		return err
	}
	defer func() {
		cn.c.SetInterrupt(nil)
		if !cn.c.AutocommitEnabled() {
			_ = cn.run("ROLLBACK")
		}
	}()
	if ctx.Done() != nil {
		cn.c.SetInterrupt(ctx.Done())
	}
	now, err := cn.clock(ctx, db.opts.Now) // the first statement takes the snapshot
	if err == nil {
		err = fn(cn, now)
	}
	if ctx.Err() != nil && err != nil {
		return ctx.Err()
	}
	return err
}

// opened takes an idle reader that is open, if there is one: another is opened only while
// all of them are at work, since each keeps memory of its own.
func (db *DB) opened(got *conn) *conn {
	for range cap(db.readers) {
		if got != nil {
			break
		}
		select {
		case other := <-db.readers:
			db.readers <- got
			got = other
		default:
			return got
		}
	}
	return got
}

// reader takes an idle reader, or opens one.
func (db *DB) reader(ctx context.Context) (*conn, error) {
	db.closing.RLock()
	closed := db.closed
	db.closing.RUnlock()
	if closed {
		return nil, errClosed
	}
	select {
	case cn := <-db.readers:
		if cn = db.opened(cn); cn != nil {
			return cn, nil
		}
		cn, err := openConn(db.path, db.schema, syncOf(&db.opts), true)
		if err != nil {
			db.readers <- nil
			return nil, err
		}
		return cn, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Prepare implements store.DB.
func (db *DB) Prepare(ctx context.Context, sql string) error {
	if err := db.guards.Check(sql); err != nil {
		return err
	}
	cn, err := db.reader(ctx)
	if err != nil {
		return err
	}
	defer func() { db.readers <- cn }()
	_, err = cn.prepare(sql)
	return err
}

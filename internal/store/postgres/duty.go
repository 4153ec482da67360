package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

// dutyKey is the advisory lock of the book in its database ("recoup" in ASCII).
const dutyKey = 0x7265636f7570

// How often the duty's connection is asked whether it still lives, and how long an
// answer may take: a lost lock is known after at most the sum.
const (
	dutyEvery = 2 * time.Second
	dutyWait  = 3 * time.Second
)

// Duty implements store.DB.
func (db *DB) Duty(ctx context.Context) (store.Duty, error) { return LockDuty(ctx, db.dsn) }

// LockDuty takes the duty lock of a book that need not be open: an advisory lock of
// a connection kept for it, which ends with the connection. Errors:
// store.ErrDutyHeld, store.ErrUnavailable, store.ErrInvalid.
func LockDuty(ctx context.Context, dsn string) (store.Duty, error) {
	p, err := newPool(dsn, 1)
	if err != nil {
		return nil, err
	}
	cn, err := p.connect(ctx)
	if err != nil {
		return nil, err
	}
	got, err := cn.text(ctx, "SELECT CAST(pg_try_advisory_lock("+formatInt(dutyKey)+") AS text)")
	if err == nil && got != "true" {
		err = &store.Error{Kind: store.ErrDutyHeld, Op: "duty lock"}
	}
	if err != nil {
		cn.close()
		return nil, err
	}
	d := &duty{conn: cn, lost: make(chan struct{}), stop: make(chan struct{}), stopped: make(chan struct{})}
	go d.watch()
	return d, nil
}

type duty struct {
	conn    *conn
	lost    chan struct{}
	once    sync.Once
	stop    chan struct{}
	stopped chan struct{}
}

// watch asks the connection for a sign of life until Release.
func (d *duty) watch() {
	defer close(d.stopped)
	defer d.conn.close()
	tick := time.NewTicker(dutyEvery)
	defer tick.Stop()
	for {
		select {
		case <-d.stop:
			d.unlock()
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), dutyWait)
		err := d.conn.pg.Ping(ctx)
		cancel()
		if err != nil {
			close(d.lost)
			return
		}
	}
}

// unlock gives the lock back at once. Closing the connection would do it too, but
// only when the server gets round to it, and the next holder must not be refused.
func (d *duty) unlock() {
	ctx, cancel := context.WithTimeout(context.Background(), dutyWait)
	defer cancel()
	// If this fails, closing the connection does it.
	_, _ = d.conn.text(ctx, "SELECT CAST(pg_advisory_unlock("+formatInt(dutyKey)+") AS text)")
}

// Lost implements store.Duty.
func (d *duty) Lost() <-chan struct{} { return d.lost }

// Release implements store.Duty.
func (d *duty) Release() {
	d.once.Do(func() { close(d.stop) })
	<-d.stopped
}

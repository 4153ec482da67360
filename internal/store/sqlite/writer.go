package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/engine"
)

// A group of commands committed together is bounded, so that the first of them does
// not wait for ever.
const (
	groupJobsMax = 256
	groupTimeMax = 50 * time.Millisecond
)

// job is one closure waiting for the writer.
type job struct {
	ctx   context.Context
	state atomic.Int32 // jobWaiting, then jobTaken or jobAbandoned
	run   func(cn *conn) error
	keep  bool // after run: keep what it did; false for a dry run
	err   error
	panic any
	done  chan struct{}
}

const (
	jobWaiting = iota
	jobTaken
	jobAbandoned
)

// submit hands a job to the writer and waits until what it did is durable.
func (db *DB) submit(j *job) error {
	j.done = make(chan struct{})
	db.closing.RLock()
	if db.closed {
		db.closing.RUnlock()
		return errClosed
	}
	select {
	case db.jobs <- j:
		db.closing.RUnlock()
	case <-j.ctx.Done():
		db.closing.RUnlock()
		return j.ctx.Err()
	}
	select {
	case <-j.done:
	case <-j.ctx.Done():
		if j.state.CompareAndSwap(jobWaiting, jobAbandoned) {
			return j.ctx.Err()
		}
		<-j.done // it is running: its outcome must be known
	}
	if j.panic != nil {
		panic(j.panic)
	}
	return j.err
}

// writeLoop is the one writer.
func (db *DB) writeLoop() {
	defer close(db.writerDone)
	for first := range db.jobs {
		if group := db.runGroup(first); group != nil {
			// The engine rolled all of them back because of one. They did nothing
			// wrong: each gets a transaction of its own.
			for _, j := range group {
				db.runAlone(j)
			}
		}
	}
}

// runGroup runs jobs in one transaction and answers all of them after its commit:
// also a replay or a conflict may rest on what another job of the group wrote. It
// returns those that must be run again, alone.
func (db *DB) runGroup(first *job) (again []*job) {
	if !first.state.CompareAndSwap(jobWaiting, jobTaken) {
		return nil
	}
	if err := db.writer.run("BEGIN IMMEDIATE"); err != nil {
		first.err = err
		close(first.done)
		return nil
	}
	var group []*job
	started := time.Now()
	for j := first; j != nil; j = db.nextJob(len(group), started) {
		j.err = db.runSavepoint(j)
		if db.writer.c.AutocommitEnabled() { // the whole transaction is gone
			close(j.done)
			return group
		}
		group = append(group, j)
	}
	db.commit(group)
	return nil
}

// nextJob takes another waiting job into the group, nil if none waits. Before it says
// that none does, those that are about to submit one get the processor once: a sync
// costs more than they do.
func (db *DB) nextJob(taken int, started time.Time) *job {
	yielded := false
	for taken < groupJobsMax && time.Since(started) < groupTimeMax {
		select {
		case j, open := <-db.jobs:
			if !open {
				return nil
			}
			if j.state.CompareAndSwap(jobWaiting, jobTaken) {
				return j
			}
		default:
			if yielded {
				return nil
			}
			yielded = true
			runtime.Gosched()
		}
	}
	return nil
}

// runAlone runs a job that was taken before in a transaction of its own.
func (db *DB) runAlone(j *job) {
	if j.err = db.writer.run("BEGIN IMMEDIATE"); j.err != nil {
		close(j.done)
		return
	}
	j.err = db.runSavepoint(j)
	if db.writer.c.AutocommitEnabled() {
		close(j.done)
		return
	}
	db.commit([]*job{j})
}

// runSavepoint runs one job; if it fails or is not to be kept, only its own changes
// are rolled back.
func (db *DB) runSavepoint(j *job) error {
	if err := db.writer.run("SAVEPOINT job"); err != nil {
		return err
	}
	err := j.call(db.writer)
	if db.writer.c.AutocommitEnabled() {
		if err == nil {
			err = &store.Error{Kind: store.ErrUnavailable, Op: "transaction ended by the engine"}
		}
		return err
	}
	if err != nil || !j.keep {
		if back := db.writer.run("ROLLBACK TO job"); back != nil && err == nil {
			err = back
		}
	}
	if end := db.writer.run("RELEASE job"); end != nil && err == nil {
		err = end
	}
	return err
}

// commit makes what is to be kept durable with one sync, and answers all jobs.
func (db *DB) commit(group []*job) {
	kept := func(j *job) bool { return j.err == nil && j.keep }
	var err error
	if slices.ContainsFunc(group, kept) {
		err = db.writer.run("COMMIT")
		db.commits.Add(1)
	}
	db.rollback()
	for _, j := range group {
		if j.err == nil {
			j.err = err
		}
		close(j.done)
	}
}

func (db *DB) rollback() {
	if !db.writer.c.AutocommitEnabled() {
		// If even this fails the next BEGIN fails and tells why.
		_ = db.writer.run("ROLLBACK")
	}
}

// call runs the closure; a panic is kept for the goroutine that asked.
func (j *job) call(cn *conn) (err error) {
	defer func() {
		if p := recover(); p != nil {
			j.panic = fmt.Sprintf("%v\n%s", p, debug.Stack())
			err = errors.New("the closure panicked")
		}
	}()
	if err := j.ctx.Err(); err != nil {
		return err
	}
	j.panic = nil
	return j.run(cn)
}

// Write implements store.DB.
func (db *DB) Write(ctx context.Context, tenant int64, c store.Command,
	fn func(store.WriteTx) error) (store.Outcome, error) {
	if err := engine.CheckCommand(tenant, &c, db.opts.Now()); err != nil {
		return store.Outcome{}, err
	}
	var outcome store.Outcome
	j := &job{ctx: ctx}
	j.run = func(cn *conn) (err error) {
		j.keep = false
		outcome, j.keep, err = db.command(ctx, cn, tenant, &c, fn)
		return err
	}
	err := db.submit(j)
	if err != nil {
		return store.Outcome{}, err
	}
	return outcome, nil
}

// command runs one command inside a savepoint and says whether to keep it.
func (db *DB) command(ctx context.Context, cn *conn, tenant int64, c *store.Command,
	fn func(store.WriteTx) error) (outcome store.Outcome, keep bool, err error) {
	head, err := cn.head(ctx, tenant)
	if err != nil {
		return outcome, false, err
	}
	prior, err := cn.prior(ctx, tenant, c.ID)
	if err != nil {
		return outcome, false, err
	}
	if prior != nil {
		outcome, err = engine.Replay(c, prior)
		return outcome, false, err
	}
	now, err := cn.clock(ctx, db.opts.Now)
	if err != nil {
		return outcome, false, err
	}
	tx := engine.NewTx(ctx, cn, db.guards, engine.Write, tenant, now)
	tx.BeginCommand(head)
	err = tx.Finish(fn(tx))
	if errors.Is(err, store.ErrNothing) || err == nil && c.DryRun {
		return tx.Outcome(c, false), false, nil
	}
	if err != nil {
		return outcome, false, err
	}
	link := tx.EndCommand(c, head)
	hash := link.Hash()
	if _, err := cn.Exec(ctx, engine.InsertTxnSQL, tx.InsertTxnArgs(&link, hash)); err != nil {
		return outcome, false, err
	}
	_, err = cn.Exec(ctx, engine.UpdateHeadSQL,
		[]store.Value{engine.Int(tenant), engine.Int(link.Seq), engine.Bytes(hash[:])})
	return tx.Outcome(c, true), err == nil, err
}

// Mark implements store.DB.
func (db *DB) Mark(ctx context.Context, tenant int64, fn func(store.MarkTx) error) error {
	j := &job{ctx: ctx}
	j.run = func(cn *conn) error {
		j.keep = false
		now, err := cn.clock(ctx, db.opts.Now)
		if err != nil {
			return err
		}
		tx := engine.NewTx(ctx, cn, db.guards, engine.Mark, tenant, now)
		err = tx.Finish(fn(tx))
		if errors.Is(err, store.ErrNothing) {
			return nil
		}
		j.keep = err == nil
		return err
	}
	return db.submit(j)
}

// head reads the end of a tenant's chain.
func (cn *conn) head(ctx context.Context, tenant int64) (h engine.Head, err error) {
	rows, err := cn.Query(ctx, engine.SelectHeadSQL, []store.Value{engine.Int(tenant)})
	if err != nil {
		return h, err
	}
	defer rows.Close()
	if !rows.Next() {
		if rows.Err() != nil {
			return h, rows.Err()
		}
		return h, &store.Error{Kind: store.ErrNotFound, Op: fmt.Sprintf("tenant %d", tenant)}
	}
	return engine.ReadHead(rows), rows.Err()
}

// prior looks for a command under an id; nil if there is none.
func (cn *conn) prior(ctx context.Context, tenant int64, id string) (*engine.Prior, error) {
	rows, err := cn.Query(ctx, engine.SelectPriorSQL, []store.Value{engine.Int(tenant), engine.Text(id)})
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	return engine.ReadPrior(rows), rows.Err()
}

// clock reads the book's time.
func (cn *conn) clock(ctx context.Context, system func() time.Time) (time.Time, error) {
	rows, err := cn.Query(ctx, engine.SelectClockSQL, nil)
	if err != nil {
		return time.Time{}, err
	}
	defer rows.Close()
	if !rows.Next() {
		if rows.Err() != nil {
			return time.Time{}, rows.Err()
		}
		return time.Time{}, &store.Error{Kind: store.ErrNotFound, Op: "book"}
	}
	return engine.ReadClock(rows, system), rows.Err()
}

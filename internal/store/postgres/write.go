package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/engine"
)

// Write implements store.DB.
func (db *DB) Write(ctx context.Context, tenant int64, c store.Command,
	fn func(store.WriteTx) error) (store.Outcome, error) {
	if err := engine.CheckCommand(tenant, &c, db.opts.Now()); err != nil {
		return store.Outcome{}, err
	}
	w := write{db: db, tenant: tenant, command: &c, fn: fn}
	var outcome store.Outcome
	err := db.retry(ctx, func() (err error) {
		outcome, err = w.try(ctx)
		return err
	})
	if err != nil {
		if w.sent != nil && !errors.Is(err, store.ErrConflict) {
			err = &store.Error{Kind: store.ErrCommitUnknown, Op: "command " + c.Name + " with id " + c.ID, Err: err}
		}
		return store.Outcome{}, err
	}
	return outcome, nil
}

// write is one call of Write over its tries.
type write struct {
	db      *DB
	tenant  int64
	command *store.Command
	fn      func(store.WriteTx) error
	sent    *[32]byte // hash of the link whose commit was sent without an answer
}

// try runs the command once, or finds it recorded.
func (w *write) try(ctx context.Context) (store.Outcome, error) {
	cn, err := w.db.pool.get(ctx)
	if err != nil {
		return store.Outcome{}, err
	}
	defer w.db.pool.put(cn)
	defer func() {
		if cn.pg.TxStatus() != 'I' {
			cn.rollback()
		}
	}()
	o, err := w.begin(ctx, cn)
	if err != nil {
		return store.Outcome{}, err
	}
	if o.prior != nil {
		outcome, err := engine.Replay(w.command, o.prior)
		if err == nil && w.sent != nil && *w.sent == o.prior.Hash {
			outcome.Replayed = false // it was this very call, whose answer was lost
		}
		return outcome, err
	}
	w.sent = nil // the head is locked and the command is not there: it was not committed
	tx := engine.NewTx(ctx, cn, w.db.guards, engine.Write, w.tenant, o.now)
	tx.BeginCommand(o.head)
	err = tx.Finish(w.fn(tx))
	if errors.Is(err, store.ErrNothing) || err == nil && w.command.DryRun {
		return tx.Outcome(w.command, false), nil
	}
	if err != nil {
		return store.Outcome{}, err
	}
	return tx.Outcome(w.command, true), w.commit(ctx, cn, tx, o.head)
}

// opening is what a command learns at its start.
type opening struct {
	head  engine.Head
	prior *engine.Prior
	now   time.Time
}

// begin locks the tenant's head, then looks for the command: in this order, so that
// what another call recorded meanwhile is seen.
func (w *write) begin(ctx context.Context, cn *conn) (o opening, err error) {
	found := false
	err = cn.trip(ctx, beginWrite, []step{
		tenantStep(w.tenant),
		{sql: engine.SelectHeadSQL, args: []store.Value{engine.Int(w.tenant)},
			row: func(r store.Rows) { o.head, found = engine.ReadHead(r), true }},
		{sql: engine.SelectPriorSQL, args: []store.Value{engine.Int(w.tenant), engine.Text(w.command.ID)},
			row: func(r store.Rows) { o.prior = engine.ReadPrior(r) }},
		w.db.clockStep(&o.now),
	}, "")
	if err == nil && !found {
		err = &store.Error{Kind: store.ErrNotFound, Op: fmt.Sprintf("tenant %d", w.tenant)}
	}
	return o, err
}

// commit records the link and commits, in one round trip.
func (w *write) commit(ctx context.Context, cn *conn, tx *engine.Tx, head engine.Head) error {
	link := tx.EndCommand(w.command, head)
	hash := link.Hash()
	err := cn.trip(ctx, "", []step{
		{sql: engine.InsertTxnSQL, args: tx.InsertTxnArgs(&link, hash)},
		{sql: engine.UpdateHeadSQL, args: []store.Value{
			engine.Int(w.tenant), engine.Int(link.Seq), engine.Bytes(hash[:])}},
	}, "COMMIT")
	if err != nil && !answered(err) {
		w.sent = &hash
	}
	return err
}

// Mark implements store.DB.
func (db *DB) Mark(ctx context.Context, tenant int64, fn func(store.MarkTx) error) error {
	return db.retry(ctx, func() error {
		return db.raw(ctx, tenant, func(cn *conn, now time.Time) error {
			tx := engine.NewTx(ctx, cn, db.guards, engine.Mark, tenant, now)
			return tx.Finish(fn(tx))
		})
	})
}

// raw runs fn in a writing transaction and commits it; store.ErrNothing rolls back
// without an error.
func (db *DB) raw(ctx context.Context, tenant int64, fn func(cn *conn, now time.Time) error) error {
	cn, err := db.pool.get(ctx)
	if err != nil {
		return err
	}
	defer db.pool.put(cn)
	defer func() {
		if cn.pg.TxStatus() != 'I' {
			cn.rollback()
		}
	}()
	var now time.Time
	if err := cn.trip(ctx, beginWrite, []step{markStep(tenant), db.clockStep(&now)}, ""); err != nil {
		return err
	}
	if err := fn(cn, now); err != nil {
		if errors.Is(err, store.ErrNothing) {
			return nil
		}
		return err
	}
	err = cn.trip(ctx, "", nil, "COMMIT")
	if err != nil && !answered(err) {
		return &store.Error{Kind: store.ErrCommitUnknown, Op: "mark", Err: err}
	}
	return err
}

func formatInt(i int64) string { return strconv.FormatInt(i, 10) }

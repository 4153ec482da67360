package engine

import (
	"context"

	"github.com/recoup-project/recoup/internal/store"
)

// FillTx implements store.FillTx on a Conn.
type FillTx struct {
	ctx    context.Context
	conn   Conn
	guards *Guards
	enter  func(tenant int64) error // tells the engine the tenant; nil if it need not know
	last   *Tx
	err    error
}

// NewFill starts a fill.
func NewFill(ctx context.Context, cn Conn, guards *Guards, enter func(tenant int64) error) *FillTx {
	return &FillTx{ctx: ctx, conn: cn, guards: guards, enter: enter}
}

// Insert implements store.FillTx.
func (f *FillTx) Insert(tenant int64, table string) *store.Inserter {
	if err := f.as(tenant); err != nil {
		return store.FailedInserter(err)
	}
	return f.last.Insert(table)
}

// Exec implements store.FillTx.
func (f *FillTx) Exec(tenant int64, sql string, args ...any) (int64, error) {
	if err := f.as(tenant); err != nil {
		return 0, err
	}
	values := make([]store.Value, len(args))
	for i, arg := range args {
		v, err := store.ValueOf(arg)
		if err != nil {
			return 0, err
		}
		values[i] = v
	}
	return f.conn.Exec(f.ctx, sql, values)
}

// Finish ends the fill after its closure returned err.
func (f *FillTx) Finish(err error) error {
	if f.last != nil {
		err = f.last.Finish(err)
	}
	if err == nil {
		err = f.err
	}
	return err
}

// as changes to a tenant.
func (f *FillTx) as(tenant int64) error {
	if f.last != nil && f.last.tenant == tenant {
		return f.last.ready()
	}
	if f.last != nil {
		if err := f.last.Finish(nil); err != nil {
			f.err = err
			return err
		}
	}
	if f.enter != nil {
		if err := f.enter(tenant); err != nil {
			return err
		}
	}
	f.last = &Tx{ctx: f.ctx, conn: f.conn, guards: f.guards, mode: Fill, tenant: tenant}
	return nil
}

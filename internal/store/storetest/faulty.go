package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

// ErrFault is the error that a Faulty book gives on purpose. It is an
// ErrUnavailable, as a broken connection would be.
var ErrFault = &store.Error{Kind: store.ErrUnavailable, Op: "fault on purpose"}

// Faulty is a book that fails on purpose. Every Query, Exec, NextIDs, row, Close of
// an inserter and commit is a call; they are counted over all transactions.
type Faulty struct {
	store.DB
	failAt atomic.Int64 // number of the call that fails; 0: none
	loseAt atomic.Int64 // number of the commit whose answer is lost; 0: none
	delay  atomic.Int64
	calls  atomic.Int64
	commit atomic.Int64
}

// Wrap makes a book that can fail.
func Wrap(db store.DB) *Faulty { return &Faulty{DB: db} }

// FailAt makes the n-th call from now fail once; 0 makes none fail.
func (f *Faulty) FailAt(n int64) { f.calls.Store(0); f.failAt.Store(n) }

// LoseCommitAt lets the n-th commit from now be done, but tells ErrCommitUnknown.
func (f *Faulty) LoseCommitAt(n int64) { f.commit.Store(0); f.loseAt.Store(n) }

// Delay makes every call wait.
func (f *Faulty) Delay(d time.Duration) { f.delay.Store(int64(d)) }

// Calls is the number of calls since the last FailAt.
func (f *Faulty) Calls() int64 { return f.calls.Load() }

func (f *Faulty) call() error {
	if d := time.Duration(f.delay.Load()); d > 0 {
		time.Sleep(d)
	}
	if n := f.calls.Add(1); n == f.failAt.Load() {
		return ErrFault
	}
	return nil
}

// answer is what the caller hears of a commit that was done.
func (f *Faulty) answer() error {
	if n := f.commit.Add(1); n == f.loseAt.Load() {
		return &store.Error{Kind: store.ErrCommitUnknown, Op: "fault on purpose"}
	}
	return nil
}

// Read implements store.DB.
func (f *Faulty) Read(ctx context.Context, tenant int64, fn func(store.Tx) error) error {
	return f.DB.Read(ctx, tenant, func(tx store.Tx) error { return fn(&faultyTx{Tx: tx, f: f}) })
}

// Write implements store.DB.
func (f *Faulty) Write(ctx context.Context, tenant int64, c store.Command,
	fn func(store.WriteTx) error) (store.Outcome, error) {
	o, err := f.DB.Write(ctx, tenant, c, func(tx store.WriteTx) error {
		if err := fn(&faultyWriteTx{faultyMarkTx{faultyTx{tx, f}, tx}, tx}); err != nil {
			return err
		}
		return f.call() // the commit
	})
	if err == nil && o.Seq > 0 && !o.Replayed {
		err = f.answer()
	}
	if err != nil {
		return store.Outcome{}, err
	}
	return o, nil
}

// Mark implements store.DB.
func (f *Faulty) Mark(ctx context.Context, tenant int64, fn func(store.MarkTx) error) error {
	nothing := false
	err := f.DB.Mark(ctx, tenant, func(tx store.MarkTx) error {
		err := fn(&faultyMarkTx{faultyTx{tx, f}, tx})
		nothing = errors.Is(err, store.ErrNothing)
		if err != nil {
			return err
		}
		return f.call()
	})
	if err == nil && !nothing {
		err = f.answer()
	}
	return err
}

type faultyTx struct {
	store.Tx
	f *Faulty
}

// Query implements store.Tx.
func (tx *faultyTx) Query(sql string, args ...any) (store.Rows, error) {
	if err := tx.f.call(); err != nil {
		return nil, err
	}
	return tx.Tx.Query(sql, args...)
}

type faultyMarkTx struct {
	faultyTx
	inner store.MarkTx
}

// Exec implements store.MarkTx.
func (tx *faultyMarkTx) Exec(sql string, args ...any) (int64, error) {
	if err := tx.f.call(); err != nil {
		return 0, err
	}
	return tx.inner.Exec(sql, args...)
}

// ExecEach implements store.MarkTx.
func (tx *faultyMarkTx) ExecEach(sql string, args [][]any) ([]int64, error) {
	if err := tx.f.call(); err != nil {
		return nil, err
	}
	return tx.inner.ExecEach(sql, args)
}

// NextIDs implements store.MarkTx.
func (tx *faultyMarkTx) NextIDs(table string, n int) (int64, error) {
	if err := tx.f.call(); err != nil {
		return 0, err
	}
	return tx.inner.NextIDs(table, n)
}

// Insert implements store.MarkTx.
func (tx *faultyMarkTx) Insert(table string) *store.Inserter {
	return tx.f.wrap(tx.inner.Insert(table))
}

// Replace implements store.MarkTx.
func (tx *faultyMarkTx) Replace(table string) *store.Inserter {
	return tx.f.wrap(tx.inner.Replace(table))
}

func (f *Faulty) wrap(ins *store.Inserter) *store.Inserter {
	ins.WrapSink(func(s store.RowSink) store.RowSink { return &faultySink{s, f} })
	return ins
}

type faultyWriteTx struct {
	faultyMarkTx
	write store.WriteTx
}

// Seq implements store.WriteTx.
func (tx *faultyWriteTx) Seq() int64 { return tx.write.Seq() }

// SetResult implements store.WriteTx.
func (tx *faultyWriteTx) SetResult(b []byte) { tx.write.SetResult(b) }

type faultySink struct {
	store.RowSink
	f *Faulty
}

// Row implements store.RowSink.
func (s *faultySink) Row(values []store.Value) error {
	if err := s.f.call(); err != nil {
		return err
	}
	return s.RowSink.Row(values)
}

// Close implements store.RowSink.
func (s *faultySink) Close() error {
	if err := s.f.call(); err != nil {
		return err
	}
	return s.RowSink.Close()
}

package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// Conn is one connection inside a transaction: what an engine provides. Statements
// come in the common text and are translated by it; errors go out translated.
type Conn interface {
	Query(ctx context.Context, sql string, args []store.Value) (Rows, error)
	Exec(ctx context.Context, sql string, args []store.Value) (int64, error)
	ExecEach(ctx context.Context, sql string, args [][]store.Value) ([]int64, error)
	// Sink writes rows of a table; with replace over those of the same primary key.
	Sink(ctx context.Context, t *schema.Table, replace bool) store.RowSink
}

// Rows are rows of a Conn.
type Rows interface {
	store.Rows
	Closed() bool
}

// Flusher is a RowSink that buffers; it is flushed before other statements.
type Flusher interface{ Flush() error }

// Mode says what a transaction may do.
type Mode uint8

// Modes of a transaction.
const (
	Read Mode = iota
	Mark
	Write
	Fill // everything, for restores
)

// Guards inspects statements once and remembers what it found.
type Guards struct {
	Schema *schema.Schema
	seen   sync.Map // sql → guardResult
}

type guardResult struct {
	guard schema.Guard
	err   error
}

func (g *Guards) inspect(sql string) (schema.Guard, error) {
	if known, ok := g.seen.Load(sql); ok {
		r := known.(guardResult)
		return r.guard, r.err
	}
	guard, err := g.Schema.Inspect(sql)
	if err != nil {
		err = &store.Error{Kind: store.ErrInvalid, Op: "statement " + short(sql), Err: err}
	}
	g.seen.Store(sql, guardResult{guard, err})
	return guard, err
}

// Check reports why a statement is refused, nil if it is not.
func (g *Guards) Check(sql string) error {
	_, err := g.inspect(sql)
	return err
}

// Tx is a transaction on either engine. It implements store.WriteTx; readers and
// markers are given only their half of it.
type Tx struct {
	conn      Conn
	guards    *Guards
	mode      Mode
	ctx       context.Context
	tenant    int64
	now       time.Time
	seq       int64
	digest    store.Digest
	result    []byte
	rows      Rows
	inserters []*store.Inserter
	sinks     []store.RowSink
	args      []store.Value
	failed    error // the first error of the engine: nothing runs after it
	done      bool
}

var _ store.WriteTx = (*Tx)(nil)

// NewTx starts the rules of a transaction that the engine has begun.
func NewTx(ctx context.Context, conn Conn, guards *Guards, mode Mode, tenant int64, now time.Time) *Tx {
	return &Tx{ctx: ctx, conn: conn, guards: guards, mode: mode, tenant: tenant, now: now}
}

// Query implements store.Tx.
func (tx *Tx) Query(sql string, args ...any) (store.Rows, error) {
	guard, err := tx.admit(sql, args)
	if err != nil {
		return nil, err
	}
	if guard.Writes && tx.mode == Read {
		return nil, store.Invalid("statement %s writes inside Read", short(sql))
	}
	rows, err := tx.conn.Query(tx.ctx, sql, tx.args)
	if err != nil {
		return nil, tx.fail(err)
	}
	tx.rows = rows
	return rows, nil
}

// Exec implements store.MarkTx.
func (tx *Tx) Exec(sql string, args ...any) (int64, error) {
	if tx.mode == Read {
		return 0, store.Invalid("Exec inside Read")
	}
	if _, err := tx.admit(sql, args); err != nil {
		return 0, err
	}
	n, err := tx.conn.Exec(tx.ctx, sql, tx.args)
	return n, tx.fail(err)
}

// ExecEach implements store.MarkTx.
func (tx *Tx) ExecEach(sql string, args [][]any) ([]int64, error) {
	if tx.mode == Read {
		return nil, store.Invalid("ExecEach inside Read")
	}
	if len(args) == 0 {
		return nil, nil
	}
	values := make([][]store.Value, len(args))
	for i := range args {
		if _, err := tx.admit(sql, args[i]); err != nil {
			return nil, err
		}
		values[i] = slices.Clone(tx.args)
	}
	n, err := tx.conn.ExecEach(tx.ctx, sql, values)
	return n, tx.fail(err)
}

// fail keeps the first error of the engine. A transaction in which a statement
// failed is of no more use on PostgreSQL; SQLite is held to the same.
func (tx *Tx) fail(err error) error {
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// Now implements store.Tx.
func (tx *Tx) Now() time.Time { return tx.now }

// Context implements store.Tx.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Tenant implements store.Tx.
func (tx *Tx) Tenant() int64 { return tx.tenant }

// Seq implements store.WriteTx.
func (tx *Tx) Seq() int64 { return tx.seq }

// SetResult implements store.WriteTx.
func (tx *Tx) SetResult(b []byte) { tx.result = b }

const nextIDsSQL = `INSERT INTO id_block (tenant_id, table_name, next_id) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, table_name) DO UPDATE SET next_id = id_block.next_id + $4
RETURNING next_id`

// NextIDs implements store.MarkTx.
func (tx *Tx) NextIDs(table string, n int) (int64, error) {
	if n < 1 || tx.guards.Schema.Table(table) == nil {
		return 0, store.Invalid("NextIDs(%q, %d): expected a table of the schema and at least one id", table, n)
	}
	if err := tx.ready(); err != nil {
		return 0, err
	}
	tx.args = append(tx.args[:0], store.Value{Kind: store.KindInt, I: tx.tenant},
		store.Value{Kind: store.KindText, S: table},
		store.Value{Kind: store.KindInt, I: int64(n) + 1}, store.Value{Kind: store.KindInt, I: int64(n)})
	rows, err := tx.conn.Query(tx.ctx, nextIDsSQL, tx.args)
	if err != nil {
		return 0, tx.fail(err)
	}
	defer rows.Close()
	var next int64
	for rows.Next() {
		next = rows.Int64(0)
	}
	return next - int64(n), tx.fail(rows.Err())
}

// Insert implements store.MarkTx.
func (tx *Tx) Insert(table string) *store.Inserter { return tx.inserter(table, false) }

// Replace implements store.MarkTx.
func (tx *Tx) Replace(table string) *store.Inserter {
	t := tx.guards.Schema.Table(table)
	if t != nil && (t.IsFact() ||
		slices.ContainsFunc(t.Indexes, func(ix schema.Index) bool { return ix.Unique })) {
		return store.FailedInserter(store.Invalid("replace in %s: facts are only added to, and a row "+
			"with two unique keys could take the place of two", table))
	}
	return tx.inserter(table, true)
}

func (tx *Tx) inserter(table string, replace bool) *store.Inserter {
	t := tx.guards.Schema.Table(table)
	switch {
	case t == nil:
		return store.FailedInserter(store.Invalid("insert into %s: there is no such table", table))
	case tx.mode == Read, tx.done:
		return store.FailedInserter(store.Invalid("insert into %s outside Write or Mark", table))
	case t.Mark == schema.Store && tx.mode != Fill:
		return store.FailedInserter(store.Invalid("insert into %s: the table is the store's own", table))
	case t.IsFact() && tx.mode == Mark:
		return store.FailedInserter(store.Invalid("insert into %s: facts are recorded by Write only", table))
	}
	var digest *store.Digest
	if t.IsFact() && tx.mode == Write {
		digest = &tx.digest
	}
	sink := tx.conn.Sink(tx.ctx, t, replace)
	ins := store.NewInserter(t, tx.tenant, sink, digest, tx.seq)
	tx.dropClosed()
	tx.inserters = append(tx.inserters, ins)
	tx.sinks = append(tx.sinks, sink)
	return ins
}

// dropClosed forgets inserters that are done; their errors are kept.
func (tx *Tx) dropClosed() {
	kept := 0
	for i, ins := range tx.inserters {
		tx.fail(ins.Err())
		if !ins.Closed() {
			tx.inserters[kept], tx.sinks[kept] = ins, tx.sinks[i]
			kept++
		}
	}
	tx.inserters, tx.sinks = tx.inserters[:kept], tx.sinks[:kept]
}

// Finish ends the transaction's rules after the closure returned err. The error it
// returns stands against a commit.
func (tx *Tx) Finish(err error) error {
	tx.done = true
	if tx.rows != nil {
		tx.rows.Close()
		tx.fail(tx.rows.Err())
	}
	if err == nil {
		err = tx.failed
	}
	for _, ins := range tx.inserters {
		switch {
		case err != nil:
		case !ins.Closed():
			err = store.Invalid("the closure left the Inserter of %s open", ins.Table())
		case ins.Err() != nil:
			err = ins.Err()
		}
	}
	if err == nil && len(tx.result) > maxResult {
		err = store.Invalid("result of %d bytes: expected at most %d", len(tx.result), maxResult)
	}
	return err
}

const maxResult = 1 << 20

// ready reports why no statement may run now.
func (tx *Tx) ready() error {
	if tx.done {
		return store.Invalid("the transaction is used after its closure returned")
	}
	if err := tx.ctx.Err(); err != nil {
		return err
	}
	if tx.rows != nil && !tx.rows.Closed() {
		return store.Invalid("rows of the query before are still open: read to the end or Close them first")
	}
	if tx.rows != nil {
		tx.fail(tx.rows.Err())
	}
	for i, sink := range tx.sinks {
		tx.fail(tx.inserters[i].Err())
		if f, ok := sink.(Flusher); ok && !tx.inserters[i].Closed() {
			tx.fail(f.Flush())
		}
	}
	if tx.failed != nil {
		return fmt.Errorf("an earlier statement of the transaction failed: %w", tx.failed)
	}
	return nil
}

// admit checks a statement of the closure and its arguments, which it leaves in tx.args.
func (tx *Tx) admit(sql string, args []any) (schema.Guard, error) {
	guard, err := tx.guards.inspect(sql)
	if err != nil {
		return guard, err
	}
	if err := tx.ready(); err != nil {
		return guard, err
	}
	tx.args = tx.args[:0]
	for i, arg := range args {
		v, err := store.ValueOf(arg)
		if err != nil {
			return guard, fmt.Errorf("statement %s, $%d: %w", short(sql), i+1, err)
		}
		tx.args = append(tx.args, v)
	}
	for _, n := range guard.TenantParams {
		if n > len(args) || tx.args[n-1].Kind != store.KindInt || tx.args[n-1].I != tx.tenant {
			return guard, store.Invalid("statement %s: $%d must be this transaction's tenant %d",
				short(sql), n, tx.tenant)
		}
	}
	return guard, nil
}

// short is the beginning of a statement, for error texts.
func short(sql string) string {
	const most = 60
	if len(sql) <= most {
		return fmt.Sprintf("%q", sql)
	}
	return fmt.Sprintf("%q…", sql[:most])
}

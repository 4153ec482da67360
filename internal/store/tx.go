package store

import (
	"context"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// Tx is one transaction on the rows of one tenant. It is used by one goroutine and
// not kept after the closure returns. After an error of the engine (a conflict, a
// constraint) no further statement runs and the transaction is rolled back, whatever
// the closure returns: who expects a conflict looks first. Inside Write that is safe,
// because the commands of a tenant are serial.
type Tx interface {
	// Query runs a SELECT (or, in writers, a statement with RETURNING). Arguments
	// are int, int64, string, []byte, bool (0 or 1), cal.Date (NULL for
	// cal.None), time.Time (instant text), nil, or []int64
	// for ids($n). Errors while stepping are told by Rows.Err.
	Query(sql string, args ...any) (Rows, error)

	// Now is the book's time at the start of the transaction: UTC, whole
	// milliseconds, the same at every call.
	Now() time.Time

	// Context is the context of the transaction.
	Context() context.Context

	// Tenant is the tenant whose rows are visible.
	Tenant() int64
}

// MarkTx writes outside the audit chain.
type MarkTx interface {
	Tx

	// Exec runs a statement and returns the number of rows it changed. It refuses
	// with ErrInvalid to insert into or delete from a fact table, or to change its
	// hashed columns. Other errors: ErrConflict with the constraint's name.
	Exec(sql string, args ...any) (int64, error)

	// ExecEach runs a statement once for each list of arguments, in their order, and
	// returns the number of rows that each changed. It is Exec in a loop, in one round
	// trip to a server. Errors: those of Exec; what was changed before is rolled back
	// with the transaction.
	ExecEach(sql string, args [][]any) ([]int64, error)

	// NextIDs takes n ids of a table and returns the first.
	NextIDs(table string, n int) (first int64, err error)

	// Insert starts writing rows. Fact tables only inside Write.
	Insert(table string) *Inserter

	// Replace is Insert, but a row takes the place of the one with the same primary
	// key, if there is one. A key is given at most once. What another transaction did
	// to that row since it was read is lost, but for a column marked as one that rises:
	// it keeps the larger value. Errors: ErrInvalid for fact
	// tables, which are only added to, and for tables with a second unique key.
	Replace(table string) *Inserter
}

// WriteTx records facts.
type WriteTx interface {
	MarkTx

	// Seq is the number of this command: what fact rows carry in their seq column.
	Seq() int64

	// SetResult stores what a repetition of this command will get back as
	// Outcome.Result. At most 1 MiB.
	SetResult([]byte)
}

// Rows steps through the result of a query. Columns are numbered from 0. Reading a
// column as another type than it has makes Err return ErrInvalid and yields zero.
type Rows interface {
	// Next moves to the next row. At the end, or on an error, it closes the rows
	// and returns false.
	Next() bool

	Int64(i int) int64 // 0 for NULL
	Bool(i int) bool   // false for NULL
	Text(i int) string // "" for NULL
	Bytes(i int) []byte
	Day(i int) cal.Date // cal.None for NULL; no allocation
	Time(i int) time.Time
	IsNull(i int) bool

	// Err is the first error of the query, checked after Next returned false.
	Err() error
	// Close ends the query early. It may be called more than once.
	Close()
}

// Each runs a query and calls fn for each row. It is the short form of the loop
// around Query, Next, Err and Close.
func Each(tx Tx, sql string, args []any, fn func(Rows) error) error {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// One runs a query that gives at most one row and calls fn with it. It returns
// ErrNotFound if there is none.
func One(tx Tx, sql string, args []any, fn func(Rows)) error {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return ErrNotFound
	}
	fn(rows)
	return rows.Err()
}

// InstantFormat is how instants are stored: RFC 3339 in UTC with milliseconds, so
// that they sort as text.
const InstantFormat = "2006-01-02T15:04:05.000Z"

package sqlite

import (
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
	zsqlite "zombiezen.com/go/sqlite"
)

// rows steps through a prepared statement.
type rows struct {
	conn    *conn
	stmt    *stmt
	sql     string
	err     error
	closed  bool
	checked uint64 // columns whose type was looked at, bit by number
	buf     []byte // what Bytes returned for this row
	short   [32]byte
}

// Next implements store.Rows.
func (r *rows) Next() bool {
	if r.closed {
		return false
	}
	r.buf = r.buf[:0]
	has, err := r.stmt.s.Step()
	if err != nil {
		r.fail(translate("query "+r.sql, err, r.conn.schema))
		has = false
	}
	if !has || r.err != nil {
		r.Close()
		return false
	}
	return true
}

// Close implements store.Rows.
func (r *rows) Close() {
	if r.closed {
		return
	}
	r.closed, r.checked = true, 0
	if err := r.stmt.s.Reset(); err != nil {
		r.fail(translate("query "+r.sql, err, r.conn.schema))
	}
}

// Closed implements engine.Rows.
func (r *rows) Closed() bool { return r.closed }

// Err implements store.Rows.
func (r *rows) Err() error { return r.err }

// Int64 implements store.Rows.
func (r *rows) Int64(i int) int64 {
	if !r.is(i, zsqlite.TypeInteger) {
		return 0
	}
	return r.stmt.s.ColumnInt64(i)
}

// Bool implements store.Rows.
func (r *rows) Bool(i int) bool { return r.Int64(i) != 0 }

// Text implements store.Rows.
func (r *rows) Text(i int) string {
	if !r.is(i, zsqlite.TypeText) {
		return ""
	}
	return r.stmt.s.ColumnText(i)
}

// Bytes implements store.Rows. Text may be read as bytes too.
func (r *rows) Bytes(i int) []byte {
	if !r.is(i, zsqlite.TypeBlob) {
		return nil
	}
	at := len(r.buf)
	n := r.stmt.s.ColumnBytes(i, r.buf[at:cap(r.buf)])
	switch {
	case n == 0 && r.stmt.s.ColumnIsNull(i):
		return nil
	case at+n == cap(r.buf): // it may be longer; what was returned before stays valid in the old buffer
		n = r.stmt.s.ColumnLen(i)
		r.buf = make([]byte, 0, max(2*cap(r.buf), n+1, 256))
		at = 0
		r.stmt.s.ColumnBytes(i, r.buf[:n])
	}
	r.buf = r.buf[:at+n]
	return r.buf[at : at+n : at+n]
}

// Day implements store.Rows.
func (r *rows) Day(i int) cal.Date {
	if !r.is(i, zsqlite.TypeInteger) {
		return cal.None
	}
	stored := r.stmt.s.ColumnInt64(i)
	if stored == 0 && r.stmt.s.ColumnIsNull(i) {
		return cal.None
	}
	d, err := store.ParseDay(stored)
	r.fail(err)
	return d
}

// Time implements store.Rows.
func (r *rows) Time(i int) time.Time {
	if !r.is(i, zsqlite.TypeText) {
		return time.Time{}
	}
	n := r.stmt.s.ColumnBytes(i, r.short[:])
	t, err := store.ParseInstant(r.short[:n])
	r.fail(err)
	return t
}

// IsNull implements store.Rows.
func (r *rows) IsNull(i int) bool { return r.closed || r.stmt.s.ColumnIsNull(i) }

// is reports whether column i may be read as this type.
func (r *rows) is(i int, want zsqlite.ColumnType) bool {
	return r.checked>>uint(i)&1 != 0 || r.look(i, want)
}

// look looks at the type of a column: once a query, for tables are STRICT and a column
// of a result has one type besides NULL. Text may be read as bytes too.
func (r *rows) look(i int, want zsqlite.ColumnType) bool {
	if r.closed {
		return false
	}
	if i < 0 || i >= r.stmt.s.ColumnCount() {
		r.fail(store.Invalid("query %.60q: there is no column %d", r.sql, i))
		return false
	}
	switch got := r.stmt.s.ColumnType(i); {
	case got == zsqlite.TypeNull:
		return false
	case got == want, got == zsqlite.TypeText && want == zsqlite.TypeBlob:
		r.checked |= 1 << uint(i) // no bit beyond 64 columns: they are looked at each time
		return true
	default:
		r.fail(store.Invalid("query %.60q: column %d is %s, read as %s", r.sql, i, got, want))
		return false
	}
}

func (r *rows) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

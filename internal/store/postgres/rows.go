package postgres

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// rows steps through the answer of the server as it arrives.
type rows struct {
	ctx    context.Context
	conn   *conn
	sql    string
	reader *pgconn.ResultReader
	fields []pgconn.FieldDescription
	row    [][]byte
	err    error
	closed bool
}

// Next implements store.Rows.
func (r *rows) Next() bool {
	if r.closed {
		return false
	}
	if r.err != nil || !r.reader.NextRow() {
		r.Close()
		return false
	}
	r.row = r.reader.Values()
	return true
}

// Close implements store.Rows.
func (r *rows) Close() {
	if r.closed {
		return
	}
	r.closed, r.row = true, nil
	if _, err := r.reader.Close(); err != nil {
		r.fail(r.conn.translate(r.ctx, "query "+r.sql, err))
	}
}

// Closed implements engine.Rows.
func (r *rows) Closed() bool { return r.closed }

// Err implements store.Rows.
func (r *rows) Err() error { return r.err }

// Int64 implements store.Rows.
func (r *rows) Int64(i int) int64 {
	b := r.column(i)
	if b == nil {
		return 0
	}
	switch r.fields[i].DataTypeOID {
	case oidInt8:
		return int64(binary.BigEndian.Uint64(b))
	case oidInt4:
		return int64(int32(binary.BigEndian.Uint32(b)))
	case oidInt2:
		return int64(int16(binary.BigEndian.Uint16(b)))
	case oidBool:
		return int64(b[0])
	}
	r.mismatch(i, "an integer")
	return 0
}

// Bool implements store.Rows.
func (r *rows) Bool(i int) bool { return r.Int64(i) != 0 }

// Text implements store.Rows.
func (r *rows) Text(i int) string { return string(r.textBytes(i)) }

// Bytes implements store.Rows. Text may be read as bytes too.
func (r *rows) Bytes(i int) []byte {
	b := r.column(i)
	if b == nil || r.fields[i].DataTypeOID == oidBytea {
		return b
	}
	return r.textBytes(i)
}

// Day implements store.Rows.
func (r *rows) Day(i int) cal.Date {
	if r.column(i) == nil {
		return cal.None
	}
	d, err := store.ParseDay(r.Int64(i))
	r.fail(err)
	return d
}

// Time implements store.Rows.
func (r *rows) Time(i int) time.Time {
	t, err := store.ParseInstant(r.textBytes(i))
	r.fail(err)
	return t
}

// IsNull implements store.Rows.
func (r *rows) IsNull(i int) bool { return r.column(i) == nil }

func (r *rows) textBytes(i int) []byte {
	b := r.column(i)
	if b == nil {
		return nil
	}
	switch r.fields[i].DataTypeOID {
	case oidText, oidVarchar, oidName:
		return b
	}
	r.mismatch(i, "text")
	return nil
}

// column is the raw value of a column; nil for NULL or after the end.
func (r *rows) column(i int) []byte {
	if r.row == nil {
		return nil
	}
	if i < 0 || i >= len(r.row) {
		r.fail(store.Invalid("query %.60q: there is no column %d", r.sql, i))
		return nil
	}
	return r.row[i]
}

func (r *rows) mismatch(i int, as string) {
	r.fail(store.Invalid("query %.60q: column %d has PostgreSQL type %d, read as %s (cast sums to bigint)",
		r.sql, i, r.fields[i].DataTypeOID, as))
}

func (r *rows) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

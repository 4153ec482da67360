package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// A sink sends its rows when it holds so many rows or bytes.
const (
	sinkRowsMax  = 5000
	sinkBytesMax = 4 << 20
)

// sink gathers rows by column and inserts them with one statement over arrays. They
// are unnested side by side in the select list: in FROM each would first be stored.
type sink struct {
	ctx     context.Context
	conn    *conn
	table   *schema.Table
	sql     string
	columns []array
	rows    int
	bytes   int
	err     error
}

func newSink(ctx context.Context, cn *conn, t *schema.Table, replace bool) *sink {
	names := make([]string, len(t.Columns))
	arrays := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
		arrays[i] = fmt.Sprintf("unnest($%d::%s[])", i+1, [...]string{"bigint", "text", "bytea", "integer"}[c.Type])
	}
	k := &sink{ctx: ctx, conn: cn, table: t, columns: make([]array, len(t.Columns)),
		sql: fmt.Sprintf("INSERT INTO %s (%s) SELECT %s",
			t.Name, strings.Join(names, ", "), strings.Join(arrays, ", "))}
	if replace {
		k.sql += onConflict(t)
	}
	return k
}

// onConflict lets a row take the place of the one with the same primary key.
func onConflict(t *schema.Table) string {
	var key, rest []string
	for i, c := range t.Columns {
		if slices.Contains(t.PrimaryKey, i) {
			key = append(key, c.Name)
		} else {
			rest = append(rest, c.Name+" = EXCLUDED."+c.Name)
		}
	}
	return fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s", strings.Join(key, ", "), strings.Join(rest, ", "))
}

// Row implements store.RowSink.
func (k *sink) Row(values []store.Value) error {
	if k.err != nil {
		return k.err
	}
	for i := range values {
		k.bytes += k.columns[i].add(&values[i])
	}
	k.rows++
	if k.rows >= sinkRowsMax || k.bytes >= sinkBytesMax {
		// While a query is being read the connection is busy; the rows wait.
		if !k.conn.pg.IsBusy() {
			return k.Flush()
		}
	}
	return nil
}

// Flush implements engine.Flusher.
func (k *sink) Flush() error {
	if k.rows == 0 || k.err != nil {
		return k.err
	}
	st, err := k.conn.prepare(k.ctx, k.sql)
	if err == nil {
		values := make([][]byte, len(k.columns))
		for i := range k.columns {
			values[i] = k.columns[i].encode([...]uint32{oidInt8, oidText, oidBytea, oidInt4}[k.table.Columns[i].Type])
		}
		_, err = k.conn.pg.ExecStatement(k.ctx, st.desc, values, st.formats, binaryFormat).Close()
		err = k.conn.translate(k.ctx, "insert into "+k.table.Name, err)
	}
	for i := range k.columns {
		k.columns[i].reset()
	}
	k.rows, k.bytes, k.err = 0, 0, err
	return err
}

// Close implements store.RowSink.
func (k *sink) Close() error { return k.Flush() }

// array builds the binary form of a one-dimensional PostgreSQL array.
type array struct {
	b     []byte
	n     uint32
	nulls bool
}

const arrayHeader = 20

// add appends an element and returns the bytes it took.
func (a *array) add(v *store.Value) int {
	if len(a.b) == 0 {
		a.b = append(a.b, make([]byte, arrayHeader)...)
	}
	a.n++
	before := len(a.b)
	switch v.Kind {
	case store.KindNull:
		a.nulls = true
		a.b = appendUint32(a.b, 0xFFFFFFFF)
	case store.KindInt:
		a.b = appendUint64(appendUint32(a.b, 8), uint64(v.I))
	case store.KindDay:
		a.b = appendUint32(appendUint32(a.b, 4), uint32(v.I))
	case store.KindBytes:
		a.b = append(appendUint32(a.b, uint32(len(v.B))), v.B...)
	default:
		a.b = v.AppendText(appendUint32(a.b, 0))
		binary.BigEndian.PutUint32(a.b[before:], uint32(len(a.b)-before-4))
	}
	return len(a.b) - before
}

// encode is the array with its header; valid until the next add or reset.
func (a *array) encode(element uint32) []byte {
	if a.n == 0 {
		empty := make([]byte, 12)
		binary.BigEndian.PutUint32(empty[8:], element)
		return empty
	}
	var nulls uint32
	if a.nulls {
		nulls = 1
	}
	for i, field := range [5]uint32{1, nulls, element, a.n, 1} {
		binary.BigEndian.PutUint32(a.b[4*i:], field)
	}
	return a.b
}

func (a *array) reset() { a.b, a.n, a.nulls = a.b[:0], 0, false }

func appendUint32(b []byte, u uint32) []byte { return binary.BigEndian.AppendUint32(b, u) }
func appendUint64(b []byte, u uint64) []byte { return binary.BigEndian.AppendUint64(b, u) }

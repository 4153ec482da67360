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

// So many rows at least are sent with what they have in common as single values: each
// set of such columns is a statement of its own to prepare.
const commonRowsMin = 100

// sink gathers rows by column and inserts them with one statement over arrays. They
// are unnested side by side in the select list: in FROM each would first be stored.
type sink struct {
	ctx     context.Context
	conn    *conn
	table   *schema.Table
	replace bool
	columns []column
	rows    int
	bytes   int
	err     error
}

func newSink(ctx context.Context, cn *conn, t *schema.Table, replace bool) *sink {
	k := &sink{ctx: ctx, conn: cn, table: t, replace: replace, columns: cn.spare[t.Name]}
	delete(cn.spare, t.Name)
	if k.columns == nil {
		k.columns = make([]column, len(t.Columns))
		for i := range t.Columns {
			k.columns[i].small = t.Columns[i].Type == schema.Small
		}
	}
	return k
}

var (
	typeNames = [...]string{"bigint", "text", "bytea", "integer", "smallint"}
	typeOIDs  = [...]uint32{oidInt8, oidText, oidBytea, oidInt4, oidInt2}
)

// statement inserts the rows that are held.
func (k *sink) statement() string {
	names := make([]string, len(k.columns))
	values := make([]string, len(k.columns))
	for i, c := range k.table.Columns {
		names[i] = c.Name
		values[i] = fmt.Sprintf("unnest($%d::%s[])", i+1, typeNames[c.Type])
		if k.columns[i].alike > 0 {
			values[i] = fmt.Sprintf("$%d::%s", i+1, typeNames[c.Type])
		}
	}
	sql := "INSERT INTO " + k.table.Name + " (" + strings.Join(names, ", ") + ") SELECT " +
		strings.Join(values, ", ")
	if k.replace {
		sql += onConflict(k.table)
	}
	return sql
}

// onConflict lets a row take the place of the one with the same primary key.
func onConflict(t *schema.Table) string {
	var key, rest []string
	for i, c := range t.Columns {
		switch {
		case slices.Contains(t.PrimaryKey, i):
			key = append(key, c.Name)
		case c.Rises: // a transaction that committed since the row was read may have raised it
			rest = append(rest, fmt.Sprintf("%s = greatest(%s.%[1]s, EXCLUDED.%[1]s)", c.Name, t.Name))
		default:
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
	if k.rows < commonRowsMin {
		for i := range k.columns {
			k.columns[i].spread()
		}
	}
	if !slices.ContainsFunc(k.columns, func(c column) bool { return c.alike == 0 }) {
		k.columns[0].spread() // equal rows are as many rows
	}
	err := k.send()
	for i := range k.columns {
		k.columns[i].reset()
		k.columns[i].alike = 0
	}
	k.rows, k.bytes, k.err = 0, 0, err
	return err
}

func (k *sink) send() error {
	st, err := k.conn.prepare(k.ctx, k.statement())
	if err != nil {
		return err
	}
	values := make([][]byte, len(k.columns))
	for i := range k.columns {
		if values[i], err = k.columns[i].value(typeOIDs[k.table.Columns[i].Type]); err != nil {
			return err
		}
	}
	_, err = k.conn.pg.ExecStatement(k.ctx, st.desc, values, st.formats, binaryFormat).Close()
	return k.conn.translate(k.ctx, "insert into "+k.table.Name, err)
}

// Close implements store.RowSink.
func (k *sink) Close() error {
	err := k.Flush()
	if err == nil && k.columns != nil {
		k.conn.spare[k.table.Name], k.columns = k.columns, nil
	}
	return err
}

// column is the values of one column of the rows held.
type column struct {
	array             // unless all are alike
	first store.Value // while all are alike
	alike int         // rows that have the value first
}

// add appends a value and returns the bytes it took.
func (c *column) add(v *store.Value) int {
	same := c.alike == 0 || v.Kind == c.first.Kind && v.I == c.first.I && v.S == c.first.S
	if same && c.n == 0 && v.Kind != store.KindBytes { // bytes are valid only now
		c.first = *v
		c.alike++
		return 0
	}
	return c.spread() + c.array.add(v)
}

// spread puts what was alike into the array and returns the bytes it took.
func (c *column) spread() int {
	size := 0
	for ; c.alike > 0; c.alike-- {
		size += c.array.add(&c.first)
	}
	return size
}

// value is what is sent: the one value, or the array.
func (c *column) value(element uint32) ([]byte, error) {
	if c.alike > 0 {
		return encode(element, &c.first)
	}
	return c.encode(element), nil
}

// array builds the binary form of a one-dimensional PostgreSQL array.
type array struct {
	b     []byte
	n     uint32
	nulls bool
	small bool // integers of two bytes
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
		if a.small {
			a.b = append(a.b, 0, 0, 0, 2, byte(v.I>>8), byte(v.I))
			break
		}
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

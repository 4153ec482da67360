package sqlite

import (
	"context"
	"strings"

	"zombiezen.com/go/sqlite"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// rowsPerStatement is how many rows one INSERT takes. With one row a statement the
// engine opens the table, seeks and closes again for each; with a few dozen it keeps
// its place at the end of the tree, which halves the cost of a row. They are INSERT OR
// FAIL, because a statement that must undo itself keeps a journal of its own, whose
// end takes time with the square of the transaction; here a failed row ends the whole
// command anyway.
const rowsPerStatement = 32

// Sink implements engine.Conn: rows are kept and written a few dozen at a time.
func (cn *conn) Sink(_ context.Context, t *schema.Table) store.RowSink {
	return &sink{conn: cn, table: t}
}

type sink struct {
	conn  *conn
	table *schema.Table
	kept  []store.Value // rowsPerStatement rows at most
	one   *sqlite.Stmt  // for one row; nil until needed
	many  *sqlite.Stmt  // for rowsPerStatement rows
	err   error
}

// Row implements store.RowSink.
func (k *sink) Row(values []store.Value) error {
	if k.err != nil {
		return k.err
	}
	if k.kept == nil {
		k.kept = make([]store.Value, 0, rowsPerStatement*len(values))
	}
	k.kept = append(k.kept, values...)
	for i := len(k.kept) - len(values); i < len(k.kept); i++ {
		if v := &k.kept[i]; v.Kind == store.KindBytes {
			v.B = append([]byte(nil), v.B...) // valid only until Row returns
		}
	}
	if len(k.kept) == cap(k.kept) {
		return k.write(rowsPerStatement)
	}
	return nil
}

// Flush implements engine.Flusher.
func (k *sink) Flush() error {
	for len(k.kept) > 0 && k.err == nil {
		k.write(1)
	}
	return k.err
}

// Close implements store.RowSink.
func (k *sink) Close() error { return k.Flush() }

// write inserts the first n rows that are kept.
func (k *sink) write(n int) error {
	var s *sqlite.Stmt
	if s, k.err = k.statement(n); k.err != nil {
		return k.err
	}
	st := stmt{s: s}
	size := n * len(k.table.Columns)
	for i := range k.kept[:size] {
		st.bindOne(i+1, &k.kept[i])
	}
	_, err := s.Step()
	if err == nil {
		err = s.Reset()
	}
	if err != nil {
		k.err = translate("insert into "+k.table.Name, err, k.conn.schema)
		return k.err
	}
	k.kept = k.kept[:copy(k.kept, k.kept[size:])]
	return nil
}

func (k *sink) statement(n int) (*sqlite.Stmt, error) {
	known := &k.one
	if n > 1 {
		known = &k.many
	}
	if *known != nil {
		return *known, nil
	}
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", len(k.table.Columns)), ",") + ")"
	rows := strings.TrimSuffix(strings.Repeat(row+",", n), ",")
	s, err := k.conn.c.Prepare("INSERT OR FAIL INTO " + k.table.Name + " VALUES " + rows)
	*known = s
	return s, translate("insert into "+k.table.Name, err, k.conn.schema)
}

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
func (cn *conn) Sink(_ context.Context, t *schema.Table, replace bool) store.RowSink {
	k := &sink{conn: cn, table: t, verb: "INSERT OR FAIL"}
	if replace {
		k.verb = "REPLACE"
	}
	return k
}

type sink struct {
	conn  *conn
	table *schema.Table
	verb  string
	kept  []store.Value // rowsPerStatement rows; those before used wait to be written
	stale []bool        // of kept: changed since it was bound to many
	used  int
	one   *sqlite.Stmt // for one row; nil until needed
	many  *sqlite.Stmt // for rowsPerStatement rows
	err   error
}

// Row implements store.RowSink.
func (k *sink) Row(values []store.Value) error {
	if k.err != nil {
		return k.err
	}
	if k.kept == nil {
		k.kept = make([]store.Value, rowsPerStatement*len(values))
		k.stale = make([]bool, len(k.kept))
	}
	for i := range values {
		v, kept := &values[i], &k.kept[k.used+i]
		switch {
		case v.Kind == store.KindBytes:
			kept.B = append(kept.B[:0], v.B...) // valid only until Row returns
		case v.Kind != kept.Kind:
		case v.Kind == store.KindText:
			if v.S == kept.S {
				continue
			}
		case v.I == kept.I:
			continue
		}
		kept.Kind, kept.I, kept.S = v.Kind, v.I, v.S
		k.stale[k.used+i] = true
	}
	if k.used += len(values); k.used == len(k.kept) {
		k.used = 0
		return k.insert(&k.many, rowsPerStatement, k.bindMany)
	}
	return nil
}

// bindMany binds all rows. Most columns say the same from row to row, so only what
// differs from the rows before is bound, unless another sink used the statement.
func (k *sink) bindMany(st stmt) {
	all := k.conn.bound[k.table.Name] != k
	k.conn.bound[k.table.Name] = k
	for i := range k.kept {
		if all || k.stale[i] {
			st.bindOne(i+1, &k.kept[i])
			k.stale[i] = false
		}
	}
}

// Flush implements engine.Flusher.
func (k *sink) Flush() error {
	columns := len(k.table.Columns)
	for at := 0; at < k.used && k.err == nil; at += columns {
		k.insert(&k.one, 1, func(st stmt) {
			for i := range columns {
				st.bindOne(i+1, &k.kept[at+i])
			}
		})
	}
	k.used = 0
	return k.err
}

// Close implements store.RowSink.
func (k *sink) Close() error {
	if k.conn.bound[k.table.Name] == k {
		delete(k.conn.bound, k.table.Name)
	}
	return k.Flush()
}

// insert writes n rows with the statement for so many, which bind fills.
func (k *sink) insert(known **sqlite.Stmt, n int, bind func(stmt)) error {
	if *known == nil {
		if *known, k.err = k.statement(n); k.err != nil {
			return k.err
		}
	}
	bind(stmt{s: *known})
	_, err := (*known).Step()
	if err == nil {
		err = (*known).Reset()
	}
	k.err = translate("insert into "+k.table.Name, err, k.conn.schema)
	return k.err
}

func (k *sink) statement(n int) (*sqlite.Stmt, error) {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", len(k.table.Columns)), ",") + ")"
	rows := strings.TrimSuffix(strings.Repeat(row+",", n), ",")
	s, err := k.conn.c.Prepare(k.verb + " INTO " + k.table.Name + " VALUES " + rows)
	return s, translate("insert into "+k.table.Name, err, k.conn.schema)
}

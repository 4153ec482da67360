package sqlite

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unsafe"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/engine"
	"github.com/recoup-project/recoup/internal/store/schema"
	"github.com/recoup-project/recoup/internal/store/sqltext"
	zsqlite "zombiezen.com/go/sqlite"
)

// busyTimeout is how long a statement waits for another process that writes.
const busyTimeout = 30 * time.Second

// conn is one connection with its prepared statements. One goroutine at a time.
type conn struct {
	c      *zsqlite.Conn
	schema *schema.Schema
	stmts  map[string]*stmt // by common text
	bound  map[string]*sink // by table: whose rows its statement for many is bound to
}

// stmt is a prepared statement and where its $n parameters are.
type stmt struct {
	s      *zsqlite.Stmt
	params []int // params[i] is the n of SQLite's parameter i+1
	text   []byte
}

const stmtsMax = 1000

func openConn(path string, s *schema.Schema, sync string, readOnly bool) (*conn, error) {
	c, err := zsqlite.OpenConn(path, zsqlite.OpenReadWrite)
	if err != nil {
		return nil, translate("open "+path, err, s)
	}
	cn := &conn{c: c, schema: s, stmts: map[string]*stmt{}, bound: map[string]*sink{}}
	c.SetBusyTimeout(busyTimeout)
	pragmas := []string{"synchronous=" + sync, "foreign_keys=ON", "temp_store=MEMORY", "trusted_schema=OFF",
		"cache_size=-16384", "wal_autocheckpoint=4000", "journal_size_limit=67108864"}
	if readOnly {
		pragmas = append(pragmas, "query_only=ON")
	}
	for _, p := range pragmas {
		if err := cn.pragma(p); err != nil {
			c.Close()
			return nil, err
		}
	}
	return cn, nil
}

// close finalizes the statements and closes the connection.
func (cn *conn) close() error {
	cn.finalize()
	return cn.c.Close()
}

func (cn *conn) finalize() {
	for _, st := range cn.stmts {
		st.s.Finalize()
	}
	clear(cn.stmts)
}

func (cn *conn) pragma(text string) error {
	_, err := cn.pragmaValue(text)
	return err
}

// pragmaValue runs a pragma and returns the text of its first value.
func (cn *conn) pragmaValue(text string) (string, error) { return cn.value("PRAGMA " + text) }

// value runs a statement once and returns the text of its first value, "" where it has none.
func (cn *conn) value(sql string) (string, error) {
	s, _, err := cn.c.PrepareTransient(sql)
	if err != nil {
		return "", translate(sql, err, cn.schema)
	}
	defer s.Finalize()
	has, err := s.Step()
	if err != nil {
		return "", translate(sql, err, cn.schema)
	}
	if !has {
		return "", nil
	}
	return s.ColumnText(0), nil
}

// run executes a fixed statement without parameters or rows (BEGIN, SAVEPOINT …).
func (cn *conn) run(sql string) error {
	st, err := cn.prepare(sql)
	if err != nil {
		return err
	}
	if _, err := st.s.Step(); err != nil {
		return translate(sql, err, cn.schema)
	}
	return translate(sql, st.s.Reset(), cn.schema)
}

// prepare translates and prepares a statement, or finds it prepared.
func (cn *conn) prepare(sql string) (*stmt, error) {
	if st := cn.stmts[sql]; st != nil {
		return st, nil
	}
	if len(cn.stmts) >= stmtsMax {
		cn.finalize()
	}
	text, err := sqltext.ForSQLite(sql)
	if err != nil {
		return nil, &store.Error{Kind: store.ErrInvalid, Op: "statement", Err: err}
	}
	s, trailing, err := cn.c.PrepareTransient(text)
	if err != nil {
		return nil, translate("prepare "+text, err, cn.schema)
	}
	if trailing > 0 && strings.TrimSpace(text[len(text)-trailing:]) != "" {
		s.Finalize()
		return nil, store.Invalid("statement %.60q: expected one statement", text)
	}
	st := &stmt{s: s}
	for i := 1; i <= s.BindParamCount(); i++ {
		n := sqltext.Token{Text: s.BindParamName(i)}.ParamNumber()
		if n < 1 {
			s.Finalize()
			return nil, store.Invalid("statement %.60q: parameter %q: expected $1, $2 …", text, s.BindParamName(i))
		}
		st.params = append(st.params, n)
	}
	cn.stmts[sql] = st
	return st, nil
}

// bind binds the arguments of a statement.
func (st *stmt) bind(sql string, args []store.Value) error {
	for i, n := range st.params {
		if n > len(args) {
			return store.Invalid("statement %.60q has $%d, but %d arguments are given", sql, n, len(args))
		}
		st.bindOne(i+1, &args[n-1])
	}
	return nil
}

// bindOne binds one value; SQLite copies it.
func (st *stmt) bindOne(param int, v *store.Value) {
	switch v.Kind {
	case store.KindNull:
		st.s.BindNull(param)
	case store.KindInt, store.KindDay:
		st.s.BindInt64(param, v.I)
	case store.KindText:
		st.s.BindText(param, v.S)
	case store.KindBytes:
		st.s.BindBytes(param, v.B)
	case store.KindIDs:
		st.text = appendIDs(st.text[:0], v.IDs)
		st.s.BindText(param, unsafe.String(unsafe.SliceData(st.text), len(st.text)))
	default:
		st.text = v.AppendText(st.text[:0])
		st.s.BindText(param, unsafe.String(unsafe.SliceData(st.text), len(st.text)))
	}
}

// Query implements engine.Conn.
func (cn *conn) Query(_ context.Context, sql string, args []store.Value) (engine.Rows, error) {
	st, err := cn.prepare(sql)
	if err != nil {
		return nil, err
	}
	if err := st.bind(sql, args); err != nil {
		return nil, err
	}
	r := &rows{conn: cn, stmt: st, sql: sql}
	return r, nil
}

// Exec implements engine.Conn.
func (cn *conn) Exec(_ context.Context, sql string, args []store.Value) (int64, error) {
	st, err := cn.prepare(sql)
	if err != nil {
		return 0, err
	}
	if err := st.bind(sql, args); err != nil {
		return 0, err
	}
	has, err := st.s.Step()
	for has && err == nil {
		has, err = st.s.Step()
	}
	if err != nil {
		return 0, translate("exec "+sql, err, cn.schema)
	}
	changed := int64(cn.c.Changes())
	return changed, translate("exec "+sql, st.s.Reset(), cn.schema)
}

// ExecEach implements engine.Conn.
func (cn *conn) ExecEach(ctx context.Context, sql string, args [][]store.Value) ([]int64, error) {
	changed := make([]int64, len(args))
	for i := range args {
		var err error
		if changed[i], err = cn.Exec(ctx, sql, args[i]); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

func appendIDs(b []byte, ids []int64) []byte {
	b = append(b, '[')
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Append(b, id)
	}
	return append(b, ']')
}

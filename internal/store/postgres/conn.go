package postgres

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/engine"
	"github.com/recoup-project/recoup/internal/store/schema"
	"github.com/recoup-project/recoup/internal/store/sqltext"
)

// Types of PostgreSQL that can come or go over the connection.
const (
	oidBool      = 16
	oidBytea     = 17
	oidName      = 19
	oidInt8      = 20
	oidInt2      = 21
	oidInt4      = 23
	oidText      = 25
	oidVarchar   = 1043
	oidInt8Array = 1016
)

// conn is one connection with its prepared statements. One goroutine at a time.
type conn struct {
	pg     *pgconn.PgConn
	stmts  map[string]*stmt // by common text
	made   time.Time
	broken bool
	values [][]byte            // scratch for arguments
	spare  map[string][]column // by table: memory of a sink that was closed, for the next
}

// stmt is a prepared statement.
type stmt struct {
	desc    *pgconn.StatementDescription
	formats []int16
}

const stmtsMax = 1000

var binaryFormat = []int16{1} // one format for all columns of a result

func (cn *conn) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return cn.pg.Close(ctx)
}

// prepare translates and prepares a statement, or finds it prepared.
func (cn *conn) prepare(ctx context.Context, sql string) (*stmt, error) {
	if st := cn.stmts[sql]; st != nil {
		return st, nil
	}
	text, err := sqltext.ForPostgres(sql)
	if err != nil {
		return nil, &store.Error{Kind: store.ErrInvalid, Op: "statement", Err: err}
	}
	if len(cn.stmts) >= stmtsMax {
		if _, err := cn.pg.Exec(ctx, "DEALLOCATE ALL").ReadAll(); err != nil {
			return nil, cn.translate(ctx, "deallocate", err)
		}
		clear(cn.stmts)
	}
	desc, err := cn.pg.Prepare(ctx, "s"+strconv.Itoa(len(cn.stmts)), text, nil)
	if err != nil {
		return nil, cn.translate(ctx, "prepare "+text, err)
	}
	st := &stmt{desc: desc, formats: make([]int16, len(desc.ParamOIDs))}
	for i := range st.formats {
		st.formats[i] = 1
	}
	cn.stmts[sql] = st
	return st, nil
}

// encode puts arguments into the binary form of the statement's parameters. The
// result is valid until the next call.
func (cn *conn) encode(st *stmt, sql string, args []store.Value) ([][]byte, error) {
	if len(args) < len(st.desc.ParamOIDs) {
		return nil, store.Invalid("statement %.60q has %d parameters, but %d arguments are given",
			sql, len(st.desc.ParamOIDs), len(args))
	}
	cn.values = cn.values[:0]
	for i, oid := range st.desc.ParamOIDs {
		b, err := encode(oid, &args[i])
		if err != nil {
			return nil, store.Invalid("statement %.60q, $%d: %w", sql, i+1, err)
		}
		cn.values = append(cn.values, b)
	}
	return cn.values, nil
}

// encode is the binary form of one value; nil is NULL.
func encode(oid uint32, v *store.Value) ([]byte, error) {
	if v.Kind == store.KindNull {
		return nil, nil
	}
	switch oid {
	case oidInt8, oidInt4, oidInt2, oidBool:
		if v.Kind == store.KindInt || v.Kind == store.KindDay {
			return encodeInt(oid, v.I)
		}
	case oidText, oidVarchar, oidName:
		switch v.Kind {
		case store.KindText, store.KindTime:
			return v.AppendText(make([]byte, 0, 32)), nil
		}
	case oidBytea:
		if v.Kind == store.KindBytes {
			return v.B[:len(v.B):len(v.B)], nil
		}
	case oidInt8Array:
		if v.Kind == store.KindIDs {
			var a array
			for _, id := range v.IDs {
				a.add(&store.Value{Kind: store.KindInt, I: id})
			}
			return a.encode(oidInt8), nil
		}
	}
	return nil, fmt.Errorf("given %s, but the statement wants a value of PostgreSQL type %d", v.Kind, oid)
}

func encodeInt(oid uint32, i int64) ([]byte, error) {
	switch {
	case oid == oidInt8:
		return appendUint64(make([]byte, 0, 8), uint64(i)), nil
	case oid == oidInt4 && i >= math.MinInt32 && i <= math.MaxInt32:
		return appendUint32(make([]byte, 0, 4), uint32(i)), nil
	case oid == oidInt2 && i >= math.MinInt16 && i <= math.MaxInt16:
		return []byte{byte(i >> 8), byte(i)}, nil
	case oid == oidBool && (i == 0 || i == 1):
		return []byte{byte(i)}, nil
	}
	return nil, fmt.Errorf("%d does not fit PostgreSQL type %d: cast the parameter to bigint", i, oid)
}

// Query implements engine.Conn.
func (cn *conn) Query(ctx context.Context, sql string, args []store.Value) (engine.Rows, error) {
	st, err := cn.prepare(ctx, sql)
	if err != nil {
		return nil, err
	}
	values, err := cn.encode(st, sql, args)
	if err != nil {
		return nil, err
	}
	reader := cn.pg.ExecStatement(ctx, st.desc, values, st.formats, binaryFormat)
	return &rows{ctx: ctx, conn: cn, sql: sql, reader: reader, fields: st.desc.Fields}, nil
}

// Exec implements engine.Conn.
func (cn *conn) Exec(ctx context.Context, sql string, args []store.Value) (int64, error) {
	st, err := cn.prepare(ctx, sql)
	if err != nil {
		return 0, err
	}
	values, err := cn.encode(st, sql, args)
	if err != nil {
		return 0, err
	}
	tag, err := cn.pg.ExecStatement(ctx, st.desc, values, st.formats, binaryFormat).Close()
	if err != nil {
		return 0, cn.translate(ctx, "exec "+sql, err)
	}
	return tag.RowsAffected(), nil
}

// ExecEach implements engine.Conn.
func (cn *conn) ExecEach(ctx context.Context, sql string, args [][]store.Value) ([]int64, error) {
	st, err := cn.prepare(ctx, sql)
	if err != nil {
		return nil, err
	}
	var batch pgconn.Batch
	for i := range args {
		values, err := cn.encode(st, sql, args[i])
		if err != nil {
			return nil, err
		}
		batch.ExecStatement(st.desc, values, st.formats, binaryFormat)
	}
	results := cn.pg.ExecBatch(ctx, &batch)
	changed := make([]int64, 0, len(args))
	for results.NextResult() {
		tag, _ := results.ResultReader().Close() // its error is that of the batch
		changed = append(changed, tag.RowsAffected())
	}
	if err := results.Close(); err != nil {
		return nil, cn.translate(ctx, "exec "+sql, err)
	}
	return changed, nil
}

// Sink implements engine.Conn.
func (cn *conn) Sink(ctx context.Context, t *schema.Table, replace bool) store.RowSink {
	return newSink(ctx, cn, t, replace)
}

// run executes fixed text without parameters.
func (cn *conn) run(ctx context.Context, sql string) error {
	_, err := cn.pg.Exec(ctx, sql).ReadAll()
	if err != nil {
		return cn.translate(ctx, sql, err)
	}
	return nil
}

// translate is translate, but tells a cancelled context as itself.
func (cn *conn) translate(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		cn.broken = true
		return ctx.Err()
	}
	return translate(op, err)
}

package migrate

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

// goose speaks database/sql; this is as much of a driver over pgconn as it needs:
// one connection, statements with integers and booleans, transactions. The driver
// that comes with pgx would bring a second connection pool into the program.
func init() { sql.Register("recoup-pgconn", pgDriver{}) }

type pgDriver struct{}

// Open implements driver.Driver.
func (pgDriver) Open(dsn string) (driver.Conn, error) {
	c, err := pgconn.Connect(context.Background(), dsn)
	if err != nil {
		return nil, err
	}
	return &pgConn{c}, nil
}

type pgConn struct{ c *pgconn.PgConn }

var (
	_ driver.ExecerContext  = (*pgConn)(nil)
	_ driver.QueryerContext = (*pgConn)(nil)
	_ driver.ConnBeginTx    = (*pgConn)(nil)
)

var errNotNeeded = errors.New("not needed by migrations")

// Prepare implements driver.Conn; statements run through ExecContext and QueryContext.
func (c *pgConn) Prepare(string) (driver.Stmt, error) { return nil, errNotNeeded }

// Begin implements driver.Conn.
func (c *pgConn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// Close implements driver.Conn.
func (c *pgConn) Close() error { return c.c.Close(context.Background()) }

// BeginTx implements driver.ConnBeginTx.
func (c *pgConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	_, err := c.run(ctx, "BEGIN", nil)
	return pgTx{c}, err
}

// ExecContext implements driver.ExecerContext.
func (c *pgConn) ExecContext(ctx context.Context, sql string,
	args []driver.NamedValue) (driver.Result, error) {
	result, err := c.run(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return driver.RowsAffected(result.CommandTag.RowsAffected()), nil
}

// QueryContext implements driver.QueryerContext.
func (c *pgConn) QueryContext(ctx context.Context, sql string,
	args []driver.NamedValue) (driver.Rows, error) {
	result, err := c.run(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return &pgRows{result: result}, nil
}

func (c *pgConn) run(ctx context.Context, sql string, args []driver.NamedValue) (*pgconn.Result, error) {
	values := make([][]byte, len(args))
	for i, a := range args {
		values[i] = fmt.Append(nil, a.Value)
	}
	result := c.c.ExecParams(ctx, sql, values, nil, nil, nil).Read()
	return result, result.Err
}

type pgTx struct{ c *pgConn }

// Commit implements driver.Tx.
func (t pgTx) Commit() error {
	result, err := t.c.run(context.Background(), "COMMIT", nil)
	if err == nil && result.CommandTag.String() != "COMMIT" {
		err = errors.New("the server rolled the transaction back")
	}
	return err
}

// Rollback implements driver.Tx.
func (t pgTx) Rollback() error {
	_, err := t.c.run(context.Background(), "ROLLBACK", nil)
	return err
}

type pgRows struct {
	result *pgconn.Result
	next   int
}

// Columns implements driver.Rows.
func (r *pgRows) Columns() []string {
	names := make([]string, len(r.result.FieldDescriptions))
	for i, f := range r.result.FieldDescriptions {
		names[i] = f.Name
	}
	return names
}

// Close implements driver.Rows.
func (r *pgRows) Close() error { return nil }

// Next implements driver.Rows.
func (r *pgRows) Next(dest []driver.Value) error {
	if r.next >= len(r.result.Rows) {
		return io.EOF
	}
	const boolean = 16
	for i, text := range r.result.Rows[r.next] {
		switch n, err := strconv.ParseInt(string(text), 10, 64); {
		case text == nil:
			dest[i] = nil
		case r.result.FieldDescriptions[i].DataTypeOID == boolean:
			dest[i] = string(text) == "t"
		case err == nil:
			dest[i] = n
		default:
			dest[i] = string(text)
		}
	}
	r.next++
	return nil
}

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/recoup-project/recoup/internal/core/cal"
)

type barePostgres struct {
	ctx context.Context
	c   *pgconn.PgConn
}

func openBarePostgres(ctx context.Context, address string) (*barePostgres, error) {
	c, err := pgconn.Connect(ctx, address)
	return &barePostgres{ctx, c}, err
}

func (b *barePostgres) close() error { return b.c.Close(b.ctx) }

// exec runs statements without parameters.
func (b *barePostgres) exec(sql string) error {
	_, err := b.c.Exec(b.ctx, sql).ReadAll()
	return err
}

// copyLine is a row of COPY's text form being written. No text here needs escapes.
type copyLine struct{ bytes.Buffer }

func (l *copyLine) int(n int64) *copyLine {
	l.Write(strconv.AppendInt(l.AvailableBuffer(), n, 10))
	l.WriteByte('\t')
	return l
}

func (l *copyLine) text(b []byte) *copyLine {
	l.Write(b)
	l.WriteByte('\t')
	return l
}

// end turns the last tab into the end of the row.
func (l *copyLine) end() { l.Bytes()[l.Len()-1] = '\n' }

func (b *barePostgres) importFile(name string) (items int64, err error) {
	var customers, rows copyLine
	err = parseFile(name, func(it *bareItem) error {
		items++
		if it.newCustomer {
			customers.int(it.customer).text(it.custNo).text(it.custName).text(it.email).end()
		}
		rows.int(it.id).int(it.customer).text(it.number).int(int64(it.issued)).int(int64(it.due))
		rows.int(it.amount).int(it.open).int(it.reminded).text(it.currency).end()
		return nil
	})
	if err != nil {
		return items, err
	}
	if err := b.exec("BEGIN; " + bareTables); err != nil {
		return items, err
	}
	if err := errors.Join(b.copyIn("customers", &customers), b.copyIn("items", &rows)); err != nil {
		return items, err
	}
	return items, b.exec(bareIndexes + "COMMIT; ANALYZE items")
}

func (b *barePostgres) copyIn(table string, rows *copyLine) error {
	_, err := b.c.CopyFrom(b.ctx, &rows.Buffer, "COPY "+table+" FROM STDIN")
	return err
}

func (b *barePostgres) open(fn func(customer, due, open, reminded int64)) error {
	r := b.c.ExecParams(b.ctx, "SELECT customer_id, due, open, reminded FROM items WHERE open > 0",
		nil, nil, nil, []int16{1})
	for r.NextRow() {
		v := r.Values()
		fn(bigint(v[0]), bigint(v[1]), bigint(v[2]), bigint(v[3]))
	}
	_, err := r.Close()
	return err
}

// bigint reads the binary form of an integer of eight bytes.
func bigint(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) }

func (b *barePostgres) write(customers []bareCustomer, day cal.Date) (n int64, err error) {
	var actions, outbox copyLine
	for id := range customers {
		c := &customers[id]
		if c.items == 0 {
			continue
		}
		n++
		actions.int(n).int(int64(id)).int(int64(day)).int(c.reminded + 1)
		actions.int(c.open).int(c.interest).int(c.items).end()
		outbox.int(n).int(n).text([]byte("email")).int(0).int(int64(day)).end()
	}
	if err := b.exec("BEGIN"); err != nil {
		return n, err
	}
	if err := errors.Join(b.copyIn("actions", &actions), b.copyIn("outbox", &outbox)); err != nil {
		return n, err
	}
	return n, b.exec("COMMIT")
}

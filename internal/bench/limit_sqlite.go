package main

import (
	"unsafe"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// bareTables are the tables of the limits, for both engines.
const bareTables = `
CREATE TABLE customers (id BIGINT NOT NULL, number TEXT NOT NULL, name TEXT NOT NULL,
  email TEXT NOT NULL);
CREATE TABLE items (id BIGINT NOT NULL, customer_id BIGINT NOT NULL, number TEXT NOT NULL,
  issued BIGINT NOT NULL, due BIGINT NOT NULL, amount BIGINT NOT NULL, open BIGINT NOT NULL,
  reminded BIGINT NOT NULL, currency TEXT NOT NULL);
CREATE TABLE actions (id BIGINT NOT NULL, customer_id BIGINT NOT NULL, day BIGINT NOT NULL,
  level BIGINT NOT NULL, total BIGINT NOT NULL, interest BIGINT NOT NULL, items BIGINT NOT NULL);
CREATE TABLE outbox (id BIGINT NOT NULL, action_id BIGINT NOT NULL, channel TEXT NOT NULL,
  state BIGINT NOT NULL, day BIGINT NOT NULL);
`

const bareIndexes = `
CREATE UNIQUE INDEX customer_number ON customers (number);
CREATE UNIQUE INDEX item_number ON items (number);
CREATE INDEX item_customer ON items (customer_id, due);
`

type bareSQLite struct{ c *sqlite.Conn }

func openBareSQLite(file string) (*bareSQLite, error) {
	c, err := sqlite.OpenConn(file, sqlite.OpenReadWrite, sqlite.OpenCreate)
	if err != nil {
		return nil, err
	}
	b := &bareSQLite{c}
	pragmas := []string{"journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "temp_store=MEMORY"}
	for _, pragma := range pragmas {
		if err := sqlitex.ExecuteTransient(c, "PRAGMA "+pragma, nil); err != nil {
			c.Close()
			return nil, err
		}
	}
	return b, nil
}

func (b *bareSQLite) close() error { return b.c.Close() }

func (b *bareSQLite) importFile(name string) (items int64, err error) {
	if err = sqlitex.ExecuteScript(b.c, bareTables, nil); err != nil {
		return 0, err
	}
	end, err := sqlitex.ImmediateTransaction(b.c)
	if err != nil {
		return 0, err
	}
	defer func() {
		if end(&err); err == nil {
			err = sqlitex.ExecuteScript(b.c, bareIndexes, nil)
		}
	}()
	customer, err := b.c.Prepare("INSERT INTO customers VALUES (?, ?, ?, ?)")
	if err != nil {
		return 0, err
	}
	item, err := b.c.Prepare("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return 0, err
	}
	err = parseFile(name, func(it *bareItem) error {
		items++
		if it.newCustomer {
			if err := insert(customer, []int64{it.customer}, it.custNo, it.custName, it.email); err != nil {
				return err
			}
		}
		return insertItem(item, it)
	})
	return items, err
}

// insert binds integers, then texts, and runs the statement.
func insert(s *sqlite.Stmt, numbers []int64, texts ...[]byte) error {
	for i, n := range numbers {
		s.BindInt64(1+i, n)
	}
	for i, t := range texts {
		s.BindText(1+len(numbers)+i, text(t))
	}
	return step(s)
}

func insertItem(s *sqlite.Stmt, it *bareItem) error {
	s.BindInt64(1, it.id)
	s.BindInt64(2, it.customer)
	s.BindText(3, text(it.number))
	s.BindInt64(4, int64(it.issued))
	s.BindInt64(5, int64(it.due))
	s.BindInt64(6, it.amount)
	s.BindInt64(7, it.open)
	s.BindInt64(8, it.reminded)
	s.BindText(9, text(it.currency))
	return step(s)
}

func step(s *sqlite.Stmt) error {
	if _, err := s.Step(); err != nil {
		return err
	}
	return s.Reset()
}

// text is b as a string; SQLite copies what is bound.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func (b *bareSQLite) open(fn func(customer, due, open, reminded int64)) error {
	s, err := b.c.Prepare("SELECT customer_id, due, open, reminded FROM items WHERE open > 0")
	if err != nil {
		return err
	}
	for {
		more, err := s.Step()
		if err != nil || !more {
			return err
		}
		fn(s.ColumnInt64(0), s.ColumnInt64(1), s.ColumnInt64(2), s.ColumnInt64(3))
	}
}

func (b *bareSQLite) write(customers []bareCustomer, day cal.Date) (n int64, err error) {
	end, err := sqlitex.ImmediateTransaction(b.c)
	if err != nil {
		return 0, err
	}
	defer end(&err)
	action, err := b.c.Prepare("INSERT INTO actions VALUES (?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return 0, err
	}
	outbox, err := b.c.Prepare("INSERT INTO outbox VALUES (?, ?, 'email', ?, ?)")
	if err != nil {
		return 0, err
	}
	for id := range customers {
		c := &customers[id]
		if c.items == 0 {
			continue
		}
		n++
		numbers := []int64{n, int64(id), int64(day), c.reminded + 1, c.open, c.interest, c.items}
		if err = insert(action, numbers); err != nil {
			return n, err
		}
		if err = insert(outbox, []int64{n, n, 0, int64(day)}); err != nil {
			return n, err
		}
	}
	return n, nil
}

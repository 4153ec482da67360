package store

import (
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// Inserter writes rows of one table:
//
//	ins := tx.Insert("allocation")
//	for _, a := range allocations {
//		ins.Int(a.CustomerID).Int(a.ID).Int(tx.Seq()).Int(a.EntryID)…
//		ins.End()
//	}
//	return ins.Close()
//
// Values are given in the order of the schema's columns, all of them, except
// tenant_id, which the store fills in itself. In a fact table the seq column must
// hold the command's own number. The first mistake or error is kept and returned by
// End and Close; nothing is written after it. Rows may be sent in batches: they are
// there for other statements of the same transaction, at the latest after Close.
type Inserter struct {
	table  *schema.Table
	sink   RowSink
	digest *Digest // nil if the table's rows are not hashed
	seq    int64   // what the seq column of a fact must hold; 0: any
	row    []Value
	next   int
	err    error
	closed bool
}

// RowSink takes the rows of an Inserter: the engine's half. Values are in column
// order, tenant_id included, checked against the schema, and valid until it returns.
type RowSink interface {
	Row(values []Value) error
	Close() error
}

// NewInserter is for engines: rows of table for tenant go to sink and, if digest is
// not nil, into the digest of command seq.
func NewInserter(table *schema.Table, tenant int64, sink RowSink, digest *Digest, seq int64) *Inserter {
	ins := &Inserter{table: table, sink: sink, digest: digest, seq: seq, row: make([]Value, len(table.Columns))}
	if table.TenantFirst {
		ins.row[0] = Value{Kind: KindInt, I: tenant}
	}
	ins.next = ins.first()
	return ins
}

// FailedInserter is an inserter that only returns err.
func FailedInserter(err error) *Inserter { return &Inserter{err: err} }

// WrapSink puts wrap around the engine's half, for fault injection in tests.
func (ins *Inserter) WrapSink(wrap func(RowSink) RowSink) {
	if ins.sink != nil {
		ins.sink = wrap(ins.sink)
	}
}

// Int gives an INTEGER or SMALL column.
func (ins *Inserter) Int(v int64) *Inserter { return ins.number(KindInt, v) }

// Bool gives an INTEGER column 0 or 1.
func (ins *Inserter) Bool(v bool) *Inserter { return ins.number(KindInt, boolInt(v)) }

// Text gives a TEXT column.
func (ins *Inserter) Text(s string) *Inserter {
	if ins.err == nil {
		ins.fail(CheckText(s))
	}
	if v := ins.column(KindText); v != nil {
		v.S = s
	}
	return ins
}

// Bytes gives a BLOB column; nil is NULL. b must not change before End.
func (ins *Inserter) Bytes(b []byte) *Inserter {
	if b == nil {
		return ins.Null()
	}
	if v := ins.column(KindBytes); v != nil {
		v.B = b
	}
	return ins
}

// Day gives a DAY column a day; cal.None is NULL, cal.Far is later than any day.
func (ins *Inserter) Day(d cal.Date) *Inserter {
	if d == cal.None {
		return ins.Null()
	}
	return ins.number(KindDay, int64(d))
}

// Time gives a TEXT column an instant; the zero time is NULL.
func (ins *Inserter) Time(t time.Time) *Inserter {
	if t.IsZero() {
		return ins.Null()
	}
	return ins.number(KindTime, t.UnixMilli())
}

// Null gives a column that may be NULL.
func (ins *Inserter) Null() *Inserter {
	ins.column(KindNull)
	return ins
}

// Value gives a column any value of its type. Its text must not change before Close.
func (ins *Inserter) Value(v Value) *Inserter {
	if to := ins.column(v.Kind); to != nil {
		*to = v
		ins.fitsSmall(v.I)
	}
	return ins
}

// End finishes a row.
func (ins *Inserter) End() error {
	switch {
	case ins.err != nil:
		return ins.err
	case ins.closed:
		return ins.fail(Invalid("insert into %s: row after Close", ins.table.Name))
	case ins.next != len(ins.row):
		return ins.fail(Invalid("insert into %s: %d of %d columns given, the next is %s",
			ins.table.Name, ins.next-ins.first(), len(ins.row)-ins.first(), ins.table.Columns[ins.next].Name))
	}
	if ins.digest != nil {
		if i := ins.table.SeqColumn; ins.seq != 0 && ins.row[i].I != ins.seq {
			return ins.fail(Invalid("insert into %s: seq is %d, expected this command's number %d",
				ins.table.Name, ins.row[i].I, ins.seq))
		}
		ins.digest.Add(ins.table, ins.row)
	}
	ins.next = ins.first()
	return ins.fail(ins.sink.Row(ins.row))
}

// One finishes the only row and closes: for a table that gets one row.
func (ins *Inserter) One() error {
	ins.End() // its error is kept, and returned by Close
	return ins.Close()
}

// Close writes what is buffered and returns the first error of all.
func (ins *Inserter) Close() error {
	if ins.closed || ins.table == nil {
		return ins.err
	}
	ins.closed = true
	if ins.err == nil && ins.next != ins.first() {
		ins.fail(Invalid("insert into %s: closed inside a row", ins.table.Name))
	}
	if err := ins.sink.Close(); ins.err == nil {
		ins.fail(err)
	}
	return ins.err
}

// Closed reports whether Close was called; engines refuse to commit otherwise.
func (ins *Inserter) Closed() bool { return ins.closed || ins.table == nil }

// Err is the first error so far.
func (ins *Inserter) Err() error { return ins.err }

// Table is the name of the table.
func (ins *Inserter) Table() string {
	if ins.table == nil {
		return ""
	}
	return ins.table.Name
}

func (ins *Inserter) first() int {
	if ins.table.TenantFirst {
		return 1
	}
	return 0
}

func (ins *Inserter) number(k Kind, n int64) *Inserter {
	if v := ins.column(k); v != nil {
		v.I = n
		ins.fitsSmall(n)
	}
	return ins
}

// fitsSmall refuses a number that the column just given cannot hold.
func (ins *Inserter) fitsSmall(n int64) {
	if col := &ins.table.Columns[ins.next-1]; n != int64(int16(n)) && col.Type == schema.Small {
		ins.fail(Invalid("insert into %s: column %s is SMALL, given %d", ins.table.Name, col.Name, n))
	}
}

// column is where the next value of the row goes, nil if it cannot be one of this kind.
// Of the value that was there before, fields that the kind does not use stay.
func (ins *Inserter) column(k Kind) *Value {
	if ins.err != nil {
		return nil
	}
	if ins.next >= len(ins.row) {
		ins.fail(Invalid("insert into %s: more than %d values in a row", ins.table.Name, len(ins.row)-ins.first()))
		return nil
	}
	if col := &ins.table.Columns[ins.next]; !fits(col, k) {
		ins.fail(Invalid("insert into %s: column %s is %s%s, given %s", ins.table.Name, col.Name,
			col.Type, nullWord(col), k))
		return nil
	}
	v := &ins.row[ins.next]
	ins.next++
	v.Kind = k
	return v
}

func (ins *Inserter) fail(err error) error {
	if ins.err == nil {
		ins.err = err
	}
	return ins.err
}

func fits(col *schema.Column, k Kind) bool {
	switch k {
	case KindNull:
		return !col.NotNull
	case KindInt:
		return col.Type == schema.Integer || col.Type == schema.Small
	case KindDay:
		return col.Type == schema.Day
	case KindText, KindTime:
		return col.Type == schema.Text
	case KindBytes:
		return col.Type == schema.Blob
	}
	return false
}

func nullWord(col *schema.Column) string {
	if col.NotNull {
		return " NOT NULL"
	}
	return ""
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// The limits: programs that do only what cannot be left out. They read, compute
// and write with the same engine and durability as ours, keep no audit, no history
// and no reason, decide nothing, and check nothing.

// bareItem is an item as a limit reads it from the file or the database.
type bareItem struct {
	id, customer     int64 // from 1
	number           []byte
	issued, due      cal.Date
	amount, open     int64
	reminded         int64
	currency, custNo []byte
	custName, email  []byte
	newCustomer      bool
}

// Columns of the plain layout that a limit needs.
const (
	colCustomer, colName, colEmail, colNumber      = 0, 1, 5, 8
	colIssued, colDue, colCurrency                 = 10, 11, 13
	colAmount, colOpen, colLevel, columnsOfPlainly = 14, 15, 20, 21
)

// parseFile reads the file, which has no quoted cells, and calls fn with each item.
// The item's texts are valid until fn returns.
func parseFile(name string, fn func(*bareItem) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	if _, err := in.ReadSlice('\n'); err != nil {
		return err
	}
	ids := map[string]int64{}
	var it bareItem
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := it.parse(bytes.TrimRight(line, "\r\n"), ids); err != nil {
			return err
		}
		if err := fn(&it); err != nil {
			return err
		}
	}
}

func (it *bareItem) parse(line []byte, ids map[string]int64) error {
	var cells [columnsOfPlainly][]byte
	for i := range cells {
		cells[i] = line
		if at := bytes.IndexByte(line, ','); at >= 0 {
			cells[i], line = line[:at], line[at+1:]
		} else if i < len(cells)-1 {
			return fmt.Errorf("a row has %d cells, expected %d", i+1, len(cells))
		}
	}
	it.id++
	it.custNo, it.custName, it.email = cells[colCustomer], cells[colName], cells[colEmail]
	id, known := ids[string(it.custNo)]
	if it.newCustomer = !known; it.newCustomer {
		id = int64(len(ids)) + 1
		ids[string(it.custNo)] = id
	}
	it.customer, it.number, it.currency = id, cells[colNumber], cells[colCurrency]
	it.issued, it.due = cal.ParseBytes(cells[colIssued]), cal.ParseBytes(cells[colDue])
	it.amount, it.open, it.reminded = digits(cells[colAmount]), digits(cells[colOpen]), digits(cells[colLevel])
	return nil
}

// digits reads a number and passes over its point: minor units of two decimals.
func digits(b []byte) int64 {
	n := int64(0)
	for _, c := range b {
		if c >= '0' && c <= '9' {
			n = n*10 + int64(c-'0')
		}
	}
	return n
}

// bareRates are three periods of a yearly rate in hundredths of a percent.
var bareRates = [...]struct {
	from cal.Date
	rate int64
}{{importDay - 2000, 1_250}, {fullDay - 200, 1_225}, {fullDay - 65, 1_175}}

// bareInterest is simple interest from the day after the due date up to a day,
// actual days of 365, rounded half up once.
func bareInterest(open int64, due, day cal.Date) int64 {
	sum := int64(0)
	for i := range bareRates {
		from, to := max(bareRates[i].from, due+1), day+1
		if i+1 < len(bareRates) {
			to = min(to, bareRates[i+1].from)
		}
		if to > from {
			sum += int64(to-from) * bareRates[i].rate
		}
	}
	const year = 365 * 10_000
	hi, lo := bits.Mul64(uint64(open), uint64(sum))
	q, r := bits.Div64(hi, lo, year)
	if r*2 >= year {
		q++
	}
	return int64(q)
}

// bareCustomer is what the limit of the run adds up for a customer.
type bareCustomer struct {
	open, interest int64
	items          int64
	oldest         cal.Date
	reminded       int64
}

func (c *bareCustomer) add(due cal.Date, open, reminded int64, day cal.Date) {
	if due >= day {
		return
	}
	if c.items == 0 || due < c.oldest {
		c.oldest = due
	}
	c.open += open
	c.interest += bareInterest(open, due, day)
	c.items++
	c.reminded = max(c.reminded, reminded)
}

// bareAging is open amounts by days overdue.
type bareAging [5]int64

func (a *bareAging) add(due cal.Date, open int64, day cal.Date) {
	switch late := day - due; {
	case late <= 0:
		a[0] += open
	case late <= 30:
		a[1] += open
	case late <= 60:
		a[2] += open
	case late <= 90:
		a[3] += open
	default:
		a[4] += open
	}
}

// grown returns the place of a customer in a list that grows as they are met.
func grown[T any](list []T, id int64) []T {
	for int64(len(list)) <= id {
		list = append(list, *new(T))
	}
	return list
}

// bareBook is the database of the limits, on either engine.
type bareBook interface {
	importFile(name string) (items int64, err error)
	// open calls fn for each open item.
	open(fn func(customer, due, open, reminded int64)) error
	// write stores one action and one outbox row for each customer with something
	// overdue, in one transaction.
	write(customers []bareCustomer, day cal.Date) (int64, error)
	close() error
}

func openBare(ctx context.Context, address string) (bareBook, error) {
	if strings.HasPrefix(address, "postgres") {
		return openBarePostgres(ctx, address)
	}
	return openBareSQLite(address)
}

func limitImport(ctx context.Context, t *task, m *meter) error {
	return m.measure(func() error {
		b, err := openBare(ctx, t.Book)
		if err != nil {
			return err
		}
		n, err := b.importFile(t.File)
		m.fact("created", n)
		return errors.Join(err, b.close())
	})
}

func limitRun(ctx context.Context, t *task, m *meter) error {
	return m.measure(func() error {
		b, err := openBare(ctx, t.Book)
		if err != nil {
			return err
		}
		var all []bareCustomer
		err = b.open(func(customer, due, open, reminded int64) {
			all = grown(all, customer)
			all[customer].add(cal.Date(due), open, reminded, t.Day)
		})
		if err != nil {
			return errors.Join(err, b.close())
		}
		n, err := b.write(all, t.Day)
		m.fact("actions", n)
		return errors.Join(err, b.close())
	})
}

// limitScan reads all open items and adds them up per customer.
func limitScan(ctx context.Context, t *task, m *meter) error {
	return m.measure(func() error {
		b, err := openBare(ctx, t.Book)
		if err != nil {
			return err
		}
		var all []bareAging
		err = b.open(func(customer, due, open, _ int64) {
			all = grown(all, customer)
			all[customer].add(cal.Date(due), open, t.Day)
		})
		total := int64(0)
		for i := range all {
			for _, sum := range all[i] {
				total += sum
			}
		}
		m.fact("total_minor", total)
		return errors.Join(err, b.close())
	})
}

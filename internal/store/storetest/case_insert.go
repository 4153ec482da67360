package storetest

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

var insertCases = []testCase{
	{"two inserters of one table at once", twoInserters},
	{"many equal rows conflict", equalRows},
	{"rows are replaced", replaceRows},
	{"what may not be replaced", notReplaced},
	{"a replacement does not lower what rises", raisedMeanwhile},
	{"small numbers", smallNumbers},
}

// patterned is a row whose columns change at different times, as those of a batch do.
func patterned(customer, id int64) entry {
	e := euros(customer, id, 1+id%3)
	e.currency, e.state = [...]string{"EUR", "GBP"}[id/50%2], fmt.Sprint("s", id/7)
	if id%5 == 0 {
		e.day = cal.None
	}
	if id%4 != 0 {
		e.hash = []byte{byte(id), byte(customer)}
	}
	return e
}

func putEntry(ins *store.Inserter, seq int64, e entry) {
	ins.Int(e.customer).Int(e.id).Int(seq).Text(e.currency).Day(e.day).Int(e.amount).Bytes(e.hash).Text(e.state).End()
}

// twoInserters: an engine that remembers what it sent last must not mix them up.
func twoInserters(w *world) {
	const n = 300
	_, err := w.db.Write(w.ctx, w.tenant, command("c"), func(tx store.WriteTx) error {
		first, second := tx.Insert("entry"), tx.Insert("entry")
		for i := range int64(n) {
			putEntry(first, tx.Seq(), patterned(1, i))
			if i%3 > 0 {
				putEntry(second, tx.Seq(), patterned(2, i))
			}
		}
		return errors.Join(first.Close(), second.Close())
	})
	w.ok(err)
	seen := 0
	w.ok(w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		return store.Each(tx, `SELECT customer_id, entry_id, currency, effective_day, amount_minor, words_hash, state
			FROM entry WHERE tenant_id = $1`, []any{w.tenant}, func(r store.Rows) error {
			seen++
			e := patterned(r.Int64(0), r.Int64(1))
			if r.Text(2) != e.currency || r.Day(3) != e.day || r.Int64(4) != e.amount || !bytes.Equal(r.Bytes(5), e.hash) ||
				r.Text(6) != e.state {
				w.Errorf("row %d of customer %d is not as it was given", e.id, e.customer)
			}
			return nil
		})
	}))
	w.want("rows", seen, n+n*2/3)
	w.verify("")
}

// equalRows: an engine that sends once what rows have in common still sends all rows.
func equalRows(w *world) {
	_, err := w.db.Write(w.ctx, w.tenant, command("c"), func(tx store.WriteTx) error {
		ins := tx.Insert("entry")
		for range 150 {
			putEntry(ins, tx.Seq(), patterned(1, 4)) // without bytes
		}
		return ins.Close()
	})
	if !errors.Is(err, store.ErrConflict) {
		w.Errorf("the same row 150 times: %v", err)
	}
	w.want("rows", w.entries(w.tenant), 0)
}

func replaceRows(w *world) {
	const n = 100
	other := w.newTenant("Other")
	put := func(tenant int64, state string, from, to int64) {
		w.ok(w.db.Mark(w.ctx, tenant, func(tx store.MarkTx) error {
			ins := tx.Replace("job")
			for id := from; id < to; id++ {
				ins.Int(id).Text(state).Null().Int(id % 3).Null().End()
			}
			return ins.Close()
		}))
	}
	put(other, "theirs", 0, n)
	put(w.tenant, "old", 0, n)
	put(w.tenant, "new", n/2, n+n/2) // half of them are there
	jobs := func(tenant int64, state string) int64 {
		return w.count(tenant, "SELECT count(*) FROM job WHERE tenant_id = $1 AND state = $2", tenant, state)
	}
	w.want("old, new, theirs", fmt.Sprint(jobs(w.tenant, "old"), jobs(w.tenant, "new"), jobs(other, "theirs")),
		fmt.Sprint(n/2, n, n))
	w.want("attempts", w.count(w.tenant, `SELECT CAST(sum(attempts) AS bigint) FROM job
		WHERE tenant_id = $1 AND job_id < 9`, w.tenant), 9)
}

// raisedMeanwhile: a mark raises a version while a command that read it before is about to
// replace the row. On SQLite the mark waits for the command.
func raisedMeanwhile(w *world) {
	w.ok(w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		ins := tx.Insert("standing")
		ins.Int(1).Int(5).Text("old").End()
		return ins.Close()
	}))
	raised := make(chan error, 1)
	_, err := w.db.Write(w.ctx, w.tenant, command(""), func(tx store.WriteTx) error {
		version := int64(0)
		if err := store.One(tx, "SELECT version FROM standing WHERE tenant_id = $1", []any{w.tenant},
			func(r store.Rows) { version = r.Int64(0) }); err != nil {
			return err
		}
		go func() {
			raised <- w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
				_, err := tx.Exec("UPDATE standing SET version = version + 1 WHERE tenant_id = $1", w.tenant)
				return err
			})
		}()
		if w.db.Engine() == store.Postgres {
			w.ok(<-raised)
		}
		ins := tx.Replace("standing")
		ins.Int(1).Int(version).Text("new").End()
		return ins.Close()
	})
	w.ok(err)
	if w.db.Engine() != store.Postgres {
		w.ok(<-raised)
	}
	w.want("version", w.count(w.tenant, "SELECT version FROM standing WHERE tenant_id = $1 AND text = 'new'", w.tenant), 6)
}

func notReplaced(w *world) {
	for _, table := range []string{"entry", "note", "txn", "nonsense"} {
		_, err := w.db.Write(w.ctx, w.tenant, command(""), func(tx store.WriteTx) error {
			return tx.Replace(table).Close()
		})
		if !errors.Is(err, store.ErrInvalid) {
			w.Errorf("replace in %s: %v", table, err)
		}
	}
}

// smallNumbers: the ends of what a SMALL column takes, and what lies beyond.
func smallNumbers(w *world) {
	put := func(attempts ...int64) error {
		return w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
			ins := tx.Insert("job")
			for i, n := range attempts {
				ins.Int(int64(i)).Text("").Null().Int(n).Null().End()
			}
			return ins.Close()
		})
	}
	for _, beyond := range []int64{1 << 15, -1<<15 - 1, 1 << 40} {
		if err := put(1, beyond); !errors.Is(err, store.ErrInvalid) {
			w.Errorf("%d in a SMALL column: %v", beyond, err)
		}
	}
	w.ok(put(0, 1<<15-1, -1<<15))
	w.want("jobs", w.count(w.tenant, `SELECT count(*) FROM job WHERE tenant_id = $1 AND attempts = CASE job_id
		WHEN 0 THEN 0 WHEN 1 THEN 32767 ELSE -32768 END`, w.tenant), 3)
}

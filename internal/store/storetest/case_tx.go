package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

var txCases = []testCase{
	{"values come back as they went in", valuesComeBack},
	{"text that one engine would refuse is refused", badText},
	{"a snapshot does not move", snapshotStands},
	{"readers cannot write", readersCannotWrite},
	{"one statement at a time", oneStatementAtATime},
	{"columns are read as what they are", columnTypes},
	{"id lists", idLists},
	{"words that differ between the engines", dialectWords},
	{"order of text and of NULL", orderOfText},
	{"constraints have kinds and names", constraints},
	{"after a failed statement nothing runs", poisoned},
	{"one statement for many lists of arguments", execEach},
	{"a transaction ends with its closure", usedAfterwards},
	{"a cancelled context ends a transaction", cancelled},
	{"statements of another tenant are refused", otherTenantRefused},
	{"tenants do not see each other", tenantsApart},
	{"fact tables are append-only", appendOnly},
	{"Each and One", eachAndOne},
}

func valuesComeBack(w *world) {
	day, instant := cal.MustParse("2024-02-29"), time.Date(2026, 11, 21, 23, 59, 59, 999_000_000, time.UTC)
	long := bytes.Repeat([]byte{0, 1, 254, 255}, 5000)
	rows := []entry{
		{1, 1, "EUR", day, 1<<63 - 1, long, "Zoë 漢字 🙂"},
		{1, 2, "", cal.None, -1 << 63, nil, ""},
		{1, 3, "x", cal.Far, 1, []byte{}, strings.Repeat("ü", 3000)},
	}
	w.record("c1", rows...)
	w.ok(w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		ins := tx.Insert("job")
		ins.Int(1).Text("a").Time(instant).Int(0).Null().End()
		ins.Int(2).Text("b").Time(time.Time{}).Int(0).Int(1).End()
		return ins.Close()
	}))
	i := 0
	w.ok(w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		err := store.Each(tx, `SELECT currency, effective_day, amount_minor, words_hash, state,
effective_day IS NULL FROM entry WHERE tenant_id = $1 ORDER BY entry_id`,
			[]any{w.tenant}, func(r store.Rows) error {
				e := rows[i]
				i++
				w.want("currency", r.Text(0), e.currency)
				w.want("day", r.Day(1), e.day)
				w.want("amount", r.Int64(2), e.amount)
				if got := r.Bytes(3); !bytes.Equal(got, e.hash) || r.IsNull(3) != (e.hash == nil) {
					w.Errorf("row %d: bytes %d, NULL %t", i, len(got), r.IsNull(3))
				}
				w.want("state", r.Text(4), e.state)
				w.want("state as bytes", string(r.Bytes(4)), e.state)
				w.want("comparison", r.Bool(5), e.day == cal.None)
				return nil
			})
		if err != nil {
			return err
		}
		return store.Each(tx, "SELECT due_at, parent_id, job_id FROM job WHERE tenant_id = $1 ORDER BY job_id",
			[]any{w.tenant}, func(r store.Rows) error {
				first := r.Int64(2) == 1
				w.want("instant", r.Time(0).IsZero(), !first)
				w.want("parent", r.Int64(1), map[bool]int64{true: 0, false: 1}[first])
				if first && !r.Time(0).Equal(instant) {
					w.Errorf("instant %s", r.Time(0))
				}
				return nil
			})
	}))
	w.want("rows", i, 3)
	n := w.count(w.tenant, `SELECT count(*) FROM entry WHERE tenant_id = $1 AND state = $2 AND amount_minor = $3
AND effective_day = $4 AND words_hash = $5`, w.tenant, rows[0].state, rows[0].amount, day, long)
	w.want("found by its values", n, 1)
	w.want("found by instant", w.count(w.tenant,
		"SELECT count(*) FROM job WHERE tenant_id = $1 AND due_at <= $2",
		w.tenant, instant), 1)
	w.want("NULL argument", w.count(w.tenant,
		"SELECT count(*) FROM entry WHERE tenant_id = $1 AND effective_day IS NOT DISTINCT FROM $2",
		w.tenant, cal.None), 1)
}

func execEach(w *world) {
	add := "INSERT INTO job (tenant_id, job_id, state) VALUES ($1, $2, $3)"
	change := "UPDATE job SET state = $3 WHERE tenant_id = $1 AND job_id >= $2"
	w.ok(w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		if n, err := tx.ExecEach(add, nil); err != nil || len(n) != 0 {
			w.Errorf("no arguments: %v, %v", n, err)
		}
		if _, err := tx.ExecEach(add, [][]any{{w.tenant, 1, "a"}, {w.tenant, 2, "a"}, {w.tenant, 3, "a"}}); err != nil {
			return err
		}
		n, err := tx.ExecEach(change, [][]any{{w.tenant, 2, "b"}, {w.tenant, 9, "x"}, {w.tenant, 3, "c"}})
		w.want("changed", fmt.Sprint(n), "[2 0 1]")
		return err
	}))
	w.want("the last one stands", w.count(w.tenant,
		"SELECT count(*) FROM job WHERE tenant_id = $1 AND (job_id = 2 AND state = 'b' OR job_id = 3 AND state = 'c')",
		w.tenant), 2)
	for name, args := range map[string][][]any{
		"a conflict in the midst": {{w.tenant, 4, "a"}, {w.tenant, 1, "a"}, {w.tenant, 5, "a"}},
		"another tenant":          {{w.tenant, 4, "a"}, {w.tenant + 1, 5, "a"}},
	} {
		if err := w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
			_, err := tx.ExecEach(add, args)
			return err
		}); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrInvalid) {
			w.Errorf("%s: %v", name, err)
		}
	}
	w.want("nothing of what failed", w.count(w.tenant, "SELECT count(*) FROM job WHERE tenant_id = $1", w.tenant), 3)
}

func badText(w *world) {
	for _, text := range []string{"a\x00b", "\xff", "ab\xc3", "\xed\xa0\x80"} {
		err := w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
			_, err := tx.Exec("INSERT INTO job (tenant_id, job_id, state) VALUES ($1, 1, $2)", w.tenant, text)
			return err
		})
		if !errors.Is(err, store.ErrInvalid) {
			w.Errorf("Exec with %q: %v", text, err)
		}
		_, err = w.db.Write(w.ctx, w.tenant, command("c"), func(tx store.WriteTx) error {
			return insertEntries(tx, entry{customer: 1, id: 1, currency: text, amount: 1})
		})
		if !errors.Is(err, store.ErrInvalid) {
			w.Errorf("Insert with %q: %v", text, err)
		}
		_, err = w.db.Write(w.ctx, w.tenant, store.Command{Name: "n", Actor: "a", Reason: text},
			func(store.WriteTx) error { return nil })
		if !errors.Is(err, store.ErrInvalid) {
			w.Errorf("reason %q: %v", text, err)
		}
	}
	w.want("head", w.head(w.tenant), 0)
}

func snapshotStands(w *world) {
	w.record("c1", euros(1, 1, 100))
	const sql = "SELECT count(*) FROM entry WHERE tenant_id = $1"
	w.ok(w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		w.record("c2", euros(1, 2, 100)) // before the first statement of this closure
		now := tx.Now()
		for range 2 {
			err := store.One(tx, sql, []any{w.tenant}, func(r store.Rows) { w.want("rows seen", r.Int64(0), 1) })
			if err != nil {
				return err
			}
			w.record("", euros(1, 10+w.head(w.tenant), 100))
		}
		w.want("now", tx.Now(), now)
		return nil
	}))
	w.want("rows afterwards", w.entries(w.tenant), 4)
}

func readersCannotWrite(w *world) {
	err := w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		rows, err := tx.Query("INSERT INTO job (tenant_id, job_id, state) VALUES ($1, 1, 'a') "+
			"RETURNING job_id", w.tenant)
		if err == nil {
			rows.Close()
			err = rows.Err()
		}
		return err
	})
	if !errors.Is(err, store.ErrInvalid) {
		w.Errorf("insert inside Read: %v", err)
	}
	w.want("jobs", w.count(w.tenant, "SELECT count(*) FROM job WHERE tenant_id = $1", w.tenant), 0)
}

func oneStatementAtATime(w *world) {
	w.record("c1", euros(1, 1, 1), euros(1, 2, 1))
	err := w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		rows, err := tx.Query("SELECT entry_id FROM entry WHERE tenant_id = $1", w.tenant)
		w.ok(err)
		w.want("first row", rows.Next(), true)
		if _, err := tx.Query("SELECT 1"); !errors.Is(err, store.ErrInvalid) {
			w.Errorf("second query while rows are open: %v", err)
		}
		rows.Close()
		rows.Close()
		w.want("after Close", rows.Next(), false)
		return store.One(tx, "SELECT CAST(7 AS bigint)", nil, func(r store.Rows) { w.want("then", r.Int64(0), 7) })
	})
	w.ok(err)
}

func columnTypes(w *world) {
	w.record("c1", entry{customer: 1, id: 1, currency: "EUR", amount: 5, state: "abc", hash: []byte("x")})
	for name, read := range map[string]func(store.Rows){
		"integer as text":  func(r store.Rows) { r.Text(0) },
		"integer as bytes": func(r store.Rows) { r.Bytes(0) },
		"text as integer":  func(r store.Rows) { r.Int64(1) },
		"text as day":      func(r store.Rows) { r.Day(1) },
		"text as instant":  func(r store.Rows) { r.Time(1) },
		"bytes as text":    func(r store.Rows) { r.Text(2) },
		"no such column":   func(r store.Rows) { r.Int64(3) },
	} {
		err := w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
			return store.Each(tx, "SELECT amount_minor, state, words_hash FROM entry WHERE tenant_id = $1",
				[]any{w.tenant}, func(r store.Rows) error { read(r); return nil })
		})
		if !errors.Is(err, store.ErrInvalid) {
			w.Errorf("%s: %v", name, err)
		}
	}
}

func idLists(w *world) {
	w.record("c1", euros(1, 1, 1), euros(2, 2, 1), euros(3, 3, 1), euros(-4, 4, 1))
	many := make([]int64, 1000)
	for i := range many {
		many[i] = int64(i) + 2
	}
	for _, c := range []struct {
		ids  []int64
		not  bool
		want string
	}{
		{[]int64{3, 1, 3, 99}, false, "[1 3]"}, {[]int64{}, false, "[]"}, {[]int64{}, true, "[1 2 3 4]"},
		{[]int64{-4, 1}, true, "[2 3]"}, {many, false, "[2 3]"},
	} {
		sql := "SELECT entry_id FROM entry WHERE tenant_id = $1 AND customer_id IN ids($2) ORDER BY entry_id"
		if c.not {
			sql = strings.Replace(sql, " IN ", " NOT IN ", 1)
		}
		got := []int64{}
		w.ok(w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
			got = got[:0]
			return store.Each(tx, sql, []any{w.tenant, c.ids}, func(r store.Rows) error {
				got = append(got, r.Int64(0))
				return nil
			})
		}))
		w.want(fmt.Sprint("ids, not ", c.not), got, c.want)
	}
}

func dialectWords(w *world) {
	w.record("c1", euros(1, 1, 40), euros(1, 2, 60))
	w.ok(w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec("INSERT INTO job (tenant_id, job_id, state) VALUES "+
			"($1, 1, 'for update'), ($1, 2, 'b')", w.tenant)
		if err != nil {
			return err
		}
		err = store.Each(tx, `SELECT job_id FROM job WHERE tenant_id = $1 AND state = 'for update' ORDER BY job_id
LIMIT $2 FOR UPDATE SKIP LOCKED`, []any{w.tenant, 10}, func(r store.Rows) error {
			w.want("locked", r.Int64(0), 1)
			return nil
		})
		if err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE job SET attempts = greatest(attempts + $2, 5), state = state || '!'
WHERE tenant_id = $1`, w.tenant, 1)
		w.want("updated", n, 2)
		return err
	}))
	w.want("greatest", w.count(w.tenant,
		"SELECT least(attempts, $2) FROM job WHERE tenant_id = $1 AND state = 'for update!'", w.tenant, 99), 5)
	w.want("sum", w.count(w.tenant,
		"SELECT CAST(sum(amount_minor) AS bigint) FROM entry WHERE tenant_id = $1 AND $2 <> 0", w.tenant,
		true), 100)
	w.want("parameters in any order", w.count(w.tenant,
		"SELECT amount_minor FROM entry WHERE entry_id = $3 AND customer_id = $1 AND tenant_id = $2", 1,
		w.tenant, 2), 60)
}

func orderOfText(w *world) {
	w.ok(w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		ins := tx.Insert("job")
		for i, state := range []string{"b", "B", "ä", "a", "Z", "_", "10", "9", "z"} {
			ins.Int(int64(i)).Text(state).Null().Int(0).Null().End()
		}
		return ins.Close()
	}))
	got := ""
	w.ok(w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		got = ""
		return store.Each(tx, "SELECT state FROM job WHERE tenant_id = $1 ORDER BY due_at NULLS FIRST, state",
			[]any{w.tenant}, func(r store.Rows) error { got += r.Text(0) + " "; return nil })
	}))
	w.want("by bytes", got, "10 9 B Z _ a b z ä ")
}

func constraints(w *world) {
	w.record("c1", entry{customer: 1, id: 1, currency: "EUR", amount: 1, state: "only"})
	one := func(e entry) func(store.WriteTx) error {
		return func(tx store.WriteTx) error { return insertEntries(tx, e) }
	}
	exec := func(sql string) func(store.WriteTx) error {
		return func(tx store.WriteTx) error { _, err := tx.Exec(sql, w.tenant); return err }
	}
	for _, c := range []struct {
		name       string
		fn         func(store.WriteTx) error
		kind       error
		constraint string
	}{
		{"primary key", one(euros(1, 1, 5)), store.ErrConflict, "entry_pkey"},
		{"unique index", one(entry{customer: 2, id: 1, amount: 1, state: "only"}), store.ErrConflict,
			"entry_state"},
		{"check", one(euros(1, 2, 0)), store.ErrInvalid, ""},
		{"not null", exec("INSERT INTO job (tenant_id, job_id, state) VALUES ($1, 1, NULL)"), store.ErrInvalid, ""},
		{"foreign key", exec("INSERT INTO job (tenant_id, job_id, state, parent_id) VALUES ($1, 1, 'a', 77)"),
			store.ErrConflict, "*"},
		{"no such column", exec("UPDATE job SET state = tempo WHERE tenant_id = $1"), store.ErrInvalid, ""},
		{"not SQL", exec("SELEKT $1"), store.ErrInvalid, ""},
	} {
		_, err := w.db.Write(w.ctx, w.tenant, command(""), c.fn)
		if !errors.Is(err, c.kind) {
			w.Errorf("%s: %v", c.name, err)
		}
		var e *store.Error
		if !errors.As(err, &e) || e.Constraint != c.constraint && c.constraint != "*" {
			w.Errorf("%s: %+v, want constraint %q", c.name, e, c.constraint)
		}
	}
	w.want("head", w.head(w.tenant), 1)
}

func poisoned(w *world) {
	w.record("c1", euros(1, 1, 1))
	_, err := w.db.Write(w.ctx, w.tenant, command("c2"), func(tx store.WriteTx) error {
		w.ok(insertEntries(tx, euros(1, 2, 1)))
		if err := insertEntries(tx, euros(1, 1, 1)); err == nil {
			w.Error("the same key twice was accepted")
		}
		if _, err := tx.Query("SELECT 1"); !errors.Is(err, store.ErrConflict) {
			w.Errorf("statement after a failed one: %v", err)
		}
		return nil // the closure does not care, the store does
	})
	if !errors.Is(err, store.ErrConflict) {
		w.Errorf("Write: %v", err)
	}
	w.want("rows", w.entries(w.tenant), 1)
}

func usedAfterwards(w *world) {
	var kept store.Tx
	w.ok(w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error { kept = tx; return nil }))
	if _, err := kept.Query("SELECT 1"); !errors.Is(err, store.ErrInvalid) {
		w.Errorf("query after the closure: %v", err)
	}
	var late store.WriteTx
	_, err := w.db.Write(w.ctx, w.tenant, command("c"), func(tx store.WriteTx) error { late = tx; return nil })
	w.ok(err)
	if _, err := late.Exec("DELETE FROM job WHERE tenant_id = $1", w.tenant); !errors.Is(err, store.ErrInvalid) {
		w.Errorf("exec after the closure: %v", err)
	}
	if err := late.Insert("job").Close(); !errors.Is(err, store.ErrInvalid) {
		w.Errorf("insert after the closure: %v", err)
	}
}

func cancelled(w *world) {
	ctx, cancel := context.WithCancel(w.ctx)
	_, err := w.db.Write(ctx, w.tenant, command("c1"), func(tx store.WriteTx) error {
		cancel()
		return insertEntries(tx, euros(1, 1, 1))
	})
	if !errors.Is(err, context.Canceled) {
		// The command may have been on its way to the commit; then it must be recorded.
		w.want("cancelled in the closure, but recorded", err, nil)
		w.want("head", w.head(w.tenant), 1)
		return
	}
	w.want("head", w.head(w.tenant), 0)
	if err := w.db.Read(ctx, w.tenant, func(store.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		w.Errorf("Read with a cancelled context: %v", err)
	}
	w.record("c2", euros(1, 2, 1))
}

func otherTenantRefused(w *world) {
	other := w.newTenant("Other")
	err := w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		_, err := tx.Query("SELECT entry_id FROM entry WHERE tenant_id = $1", other)
		return err
	})
	if !errors.Is(err, store.ErrInvalid) {
		w.Errorf("another tenant's number: %v", err)
	}
	for _, sql := range []string{
		"SELECT entry_id FROM entry",
		"SELECT e.entry_id FROM entry e JOIN job j ON j.job_id = e.entry_id WHERE e.tenant_id = $1",
	} {
		if err := w.db.Prepare(w.ctx, sql); !errors.Is(err, store.ErrInvalid) {
			w.Errorf("%s: %v", sql, err)
		}
	}
}

func tenantsApart(w *world) {
	first, other := w.tenant, w.newTenant("Other")
	w.record("c1", euros(1, 1, 100))
	w.tenant = other
	w.record("c1", euros(1, 1, 200), euros(1, 2, 300)) // the same ids and command id, another tenant
	w.want("entries", fmt.Sprint(w.entries(first), w.entries(other)), "1 2")
	w.want("heads", fmt.Sprint(w.head(first), w.head(other)), "1 1")
	err := w.db.Mark(w.ctx, other, func(tx store.MarkTx) error {
		n, err := tx.Exec("UPDATE entry SET state = 'x' WHERE tenant_id = $1", other)
		w.want("changed", n, 2)
		return err
	})
	w.ok(err)
	w.want("untouched", w.count(first,
		"SELECT count(*) FROM entry WHERE tenant_id = $1 AND state = ''", first), 1)
	_, err = w.db.Write(w.ctx, 99, command("c"), func(store.WriteTx) error { return nil })
	if !errors.Is(err, store.ErrNotFound) {
		w.Errorf("Write for a tenant that does not exist: %v", err)
	}
	_, err = w.db.Write(w.ctx, 0, command("c"), func(store.WriteTx) error { return nil })
	if !errors.Is(err, store.ErrInvalid) {
		w.Errorf("Write for no tenant: %v", err)
	}
	tenants, err := w.db.Tenants(w.ctx)
	w.ok(err)
	w.want("tenants", tenants, "[{1 Acme DE 1} {2 Other DE 1}]")
}

func appendOnly(w *world) {
	w.record("c1", euros(1, 1, 1))
	for _, sql := range []string{
		"INSERT INTO entry (tenant_id, customer_id) VALUES ($1, 1)",
		"DELETE FROM entry WHERE tenant_id = $1",
		"UPDATE entry SET amount_minor = 2 WHERE tenant_id = $1",
		"UPDATE txn SET actor = 'x' WHERE tenant_id = $1",
		"UPDATE tenant_head SET seq = 5 WHERE tenant_id = $1",
	} {
		_, err := w.db.Write(w.ctx, w.tenant, command(""), func(tx store.WriteTx) error {
			_, err := tx.Exec(sql, w.tenant)
			return err
		})
		if !errors.Is(err, store.ErrInvalid) {
			w.Errorf("%s: %v", sql, err)
		}
	}
	err := w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error { return tx.Insert("note").Close() })
	if !errors.Is(err, store.ErrInvalid) {
		w.Errorf("facts inside Mark: %v", err)
	}
	err = w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error { return tx.Insert("txn").Close() })
	if !errors.Is(err, store.ErrInvalid) {
		w.Errorf("the store's own table: %v", err)
	}
}

func eachAndOne(w *world) {
	w.record("c1", euros(1, 1, 1), euros(1, 2, 1))
	stop := errors.New("enough")
	err := w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		const sql = "SELECT entry_id FROM entry WHERE tenant_id = $1 AND entry_id >= $2"
		if err := store.One(tx, sql, []any{w.tenant, 3}, func(store.Rows) {}); !errors.Is(err, store.ErrNotFound) {
			w.Errorf("One without a row: %v", err)
		}
		w.ok(store.One(tx, sql, []any{w.tenant, 1}, func(store.Rows) {}))
		return store.Each(tx, sql, []any{w.tenant, 1}, func(store.Rows) error { return stop })
	})
	w.want("Each stops", err, stop)
	err = w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		return store.One(tx, "SELECT entry_id FROM entry WHERE tenant_id = $1 AND entry_id = $2", []any{w.tenant},
			func(store.Rows) {})
	})
	if !errors.Is(err, store.ErrInvalid) {
		w.Errorf("missing argument: %v", err)
	}
}

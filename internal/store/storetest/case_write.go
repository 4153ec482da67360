package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/recoup-project/recoup/internal/store"
)

var writeCases = []testCase{
	{"numbers have no gaps under 8 writers", gaplessNumbers},
	{"a command is recorded once", idempotent},
	{"the same id at the same moment", sameIDConcurrently},
	{"dry run", dryRun},
	{"nothing to record", nothingToRecord},
	{"a failing closure harms nobody else", failingApart},
	{"a panic reaches the caller", panics},
	{"a command without facts", withoutFacts},
	{"incomplete commands", incompleteCommands},
	{"ids are taken once", idsOnce},
	{"marks", marks},
	{"inserter mistakes", inserterMistakes},
	{"inserting while reading", insertWhileReading},
	{"100,000 rows in one command", bigBatch},
	{"results", results},
}

func gaplessNumbers(w *world) {
	const writers, each = 8, 25
	refused := errors.New("refused")
	var wg sync.WaitGroup
	for g := range writers {
		wg.Go(func() {
			for i := range each {
				id := fmt.Sprintf("g%d-%d", g, i)
				var seq int64
				o, err := w.db.Write(w.ctx, w.tenant, command(id), func(tx store.WriteTx) error {
					seq = tx.Seq()
					if err := insertEntries(tx, euros(int64(g), int64(i), seq)); err != nil {
						return err
					}
					if i%5 == 4 {
						return refused // takes no number
					}
					return nil
				})
				if i%5 == 4 {
					w.want("refused", err, refused)
				} else if err != nil || o.Seq != seq || o.Replayed {
					w.Errorf("%s: %+v, closure saw %d: %v", id, o, seq, err)
				}
			}
		})
	}
	wg.Wait()
	const recorded = writers * each * 4 / 5
	w.want("head", w.head(w.tenant), recorded)
	w.want("rows", w.entries(w.tenant), recorded)
	w.want("numbers", w.count(w.tenant,
		"SELECT count(DISTINCT seq) + max(seq) * 1000 FROM txn WHERE tenant_id = $1", w.tenant), recorded*1001)
	w.verify("")
}

func idempotent(w *world) {
	runs := 0
	write := func(c store.Command) (store.Outcome, error) {
		return w.db.Write(w.ctx, w.tenant, c, func(tx store.WriteTx) error {
			runs++
			tx.SetResult([]byte("the first answer"))
			return insertEntries(tx, euros(1, 1, 1))
		})
	}
	first, err := write(command("import-7"))
	w.ok(err)
	again, err := write(command("import-7"))
	w.ok(err)
	w.want("runs", runs, 1)
	w.want("replayed", fmt.Sprint(first.Replayed, again.Replayed), "false true")
	w.want("answer", string(again.Result), "the first answer")
	w.want("number and time", fmt.Sprint(again.Seq, again.RecordedAt), fmt.Sprint(first.Seq, first.RecordedAt))
	other := command("import-7")
	other.Input = []byte("something else")
	if _, err := write(other); !errors.Is(err, store.ErrConflict) {
		w.Errorf("the same id with another input: %v", err)
	}
	w.want("head", w.head(w.tenant), 1)
	w.record("import-8", euros(1, 2, 1))
}

func sameIDConcurrently(w *world) {
	var fresh, replayed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 10 {
				o, err := w.db.Write(w.ctx, w.tenant, command(fmt.Sprint("once-", i)), func(tx store.WriteTx) error {
					return insertEntries(tx, euros(1, int64(i), 1))
				})
				switch {
				case err != nil:
					w.Error(err)
				case o.Replayed:
					replayed.Add(1)
				default:
					fresh.Add(1)
				}
			}
		})
	}
	wg.Wait()
	w.want("fresh and replayed", fmt.Sprint(fresh.Load(), replayed.Load()), "10 70")
	w.want("rows", w.entries(w.tenant), 10)
}

func dryRun(w *world) {
	c := command("try")
	c.DryRun = true
	o, err := w.db.Write(w.ctx, w.tenant, c, func(tx store.WriteTx) error {
		tx.SetResult([]byte("would be 3"))
		if _, err := tx.NextIDs("entry", 3); err != nil {
			return err
		}
		return insertEntries(tx, euros(1, 1, 1))
	})
	w.ok(err)
	w.want("outcome", fmt.Sprintf("%d %t %s", o.Seq, o.Replayed, o.Result), "0 false would be 3")
	w.want("rows", w.entries(w.tenant), 0)
	w.want("head", w.head(w.tenant), 0)
	if o := w.record("try", euros(1, 1, 1)); o.Replayed || o.Seq != 1 {
		w.Errorf("the command after its dry run: %+v", o)
	}
	_, err = w.db.Write(w.ctx, w.tenant, store.Command{Name: "x", Actor: "y", DryRun: true},
		func(tx store.WriteTx) error { return insertEntries(tx, euros(1, 1, 1)) })
	if !errors.Is(err, store.ErrConflict) {
		w.Errorf("a dry run must show the conflict: %v", err)
	}
}

func nothingToRecord(w *world) {
	o, err := w.db.Write(w.ctx, w.tenant, command("c"), func(tx store.WriteTx) error {
		w.ok(insertEntries(tx, euros(1, 1, 1)))
		return fmt.Errorf("no customer is due: %w", store.ErrNothing)
	})
	w.ok(err)
	w.want("seq", o.Seq, 0)
	w.want("rows", w.entries(w.tenant), 0)
	w.ok(w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec("INSERT INTO job (tenant_id, job_id, state) VALUES ($1, 1, 'a')", w.tenant)
		w.ok(err)
		return store.ErrNothing
	}))
	w.want("jobs", w.count(w.tenant, "SELECT count(*) FROM job WHERE tenant_id = $1", w.tenant), 0)
}

// failingApart runs good and bad commands at once, so that an engine that commits in
// groups has them in one group.
func failingApart(w *world) {
	const n = 60
	gate := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { // holds the writer while the others queue up
		w.record("first", euros(9, 9, 1))
		<-gate
	})
	for i := range n {
		wg.Go(func() {
			_, err := w.db.Write(w.ctx, w.tenant, command(fmt.Sprint("c", i)), func(tx store.WriteTx) error {
				if err := insertEntries(tx, euros(1, int64(i), 1)); err != nil {
					return err
				}
				if i%3 == 0 { // a constraint of the database stands against it
					return insertEntries(tx, euros(1, int64(i), 1))
				}
				return nil
			})
			if bad := i%3 == 0; bad != errors.Is(err, store.ErrConflict) || !bad && err != nil {
				w.Errorf("command %d: %v", i, err)
			}
		})
	}
	close(gate)
	wg.Wait()
	w.want("rows", w.entries(w.tenant), n*2/3+1)
	w.want("head", w.head(w.tenant), n*2/3+1)
	w.verify("")
}

func panics(w *world) {
	func() {
		defer func() {
			if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "a bug") {
				w.Errorf("recovered %v", p)
			}
		}()
		w.db.Write(w.ctx, w.tenant, command("c1"), func(tx store.WriteTx) error {
			w.ok(insertEntries(tx, euros(1, 1, 1)))
			panic("a bug")
		})
	}()
	func() {
		defer func() { recover() }()
		w.db.Read(w.ctx, w.tenant, func(store.Tx) error { panic("a bug") })
	}()
	w.record("c2", euros(1, 1, 1))
	w.want("head", w.head(w.tenant), 1)
}

func withoutFacts(w *world) {
	o, err := w.db.Write(w.ctx, w.tenant, command("c"), func(tx store.WriteTx) error {
		_, err := tx.Exec("UPDATE tenant SET inputs_version = inputs_version + 1 WHERE tenant_id = $1", w.tenant)
		return err
	})
	w.ok(err)
	w.want("seq", o.Seq, 1)
	tenants, err := w.db.Tenants(w.ctx)
	w.ok(err)
	w.want("tenants", tenants, "[{1 Acme DE 2}]")
	w.verify("")
}

func incompleteCommands(w *world) {
	for _, c := range []store.Command{{}, {Name: "n"}, {Actor: "a"}} {
		_, err := w.db.Write(w.ctx, w.tenant, c, func(store.WriteTx) error { return nil })
		if !errors.Is(err, store.ErrInvalid) {
			w.Errorf("%+v: %v", c, err)
		}
	}
	ids := map[string]bool{}
	for range 20 {
		o, err := w.db.Write(w.ctx, w.tenant, store.Command{Name: "n", Actor: "a"},
			func(store.WriteTx) error { return nil })
		w.ok(err)
		ids[o.ID] = true
	}
	w.want("ids made", len(ids), 20)
}

func idsOnce(w *world) {
	var mu sync.Mutex
	taken := map[int64]bool{}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 20 {
				var first int64
				n := i%3 + 1
				take := func(tx store.MarkTx) (err error) { first, err = tx.NextIDs("entry", n); return err }
				var err error
				if g%2 == 0 {
					err = w.db.Mark(w.ctx, w.tenant, take)
				} else {
					_, err = w.db.Write(w.ctx, w.tenant, command(""), func(tx store.WriteTx) error { return take(tx) })
				}
				if err != nil {
					w.Error(err)
				}
				mu.Lock()
				for k := range int64(n) {
					if taken[first+k] || first < 1 {
						w.Errorf("id %d is taken twice or not positive", first+k)
					}
					taken[first+k] = true
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	err := w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		_, err := tx.NextIDs("nonsense",
			1)
		return err
	})
	if !errors.Is(err, store.ErrInvalid) {
		w.Errorf("ids of no table: %v", err)
	}
}

func marks(w *world) {
	w.ok(w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		n, err := tx.Exec("INSERT INTO job (tenant_id, job_id, state) VALUES ($1, 1, 'a'), ($1, 2, 'b')", w.tenant)
		w.want("rows", n, 2)
		return err
	}))
	refused := errors.New("refused")
	err := w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec("DELETE FROM job WHERE tenant_id = $1", w.tenant)
		w.ok(err)
		return refused
	})
	w.want("error of the closure", err, refused)
	var claimed []int64
	w.ok(w.db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		claimed = nil
		return store.Each(tx, "UPDATE job SET state = 'claimed' WHERE tenant_id = $1 RETURNING job_id",
			[]any{w.tenant},
			func(r store.Rows) error { claimed = append(claimed, r.Int64(0)); return nil })
	}))
	w.want("claimed", len(claimed), 2)
	w.want("head", w.head(w.tenant), 0)
}

func inserterMistakes(w *world) {
	for name, fn := range map[string]func(tx store.WriteTx) error{
		"too few": func(tx store.WriteTx) error {
			ins := tx.Insert("note")
			ins.Int(1).End()
			return ins.Close()
		},
		"too many": func(tx store.WriteTx) error {
			return tx.Insert("note").Int(1).Int(tx.Seq()).Text("a").Text("b").Close()
		},
		"wrong type": func(tx store.WriteTx) error { return tx.Insert("note").Text("1").Close() },
		"NULL":       func(tx store.WriteTx) error { return tx.Insert("note").Null().Close() },
		"another command's number": func(tx store.WriteTx) error {
			ins := tx.Insert("note")
			ins.Int(1).Int(tx.Seq() + 1).Text("a").End()
			return ins.Close()
		},
		"inside a row":  func(tx store.WriteTx) error { return tx.Insert("note").Int(1).Close() },
		"no such table": func(tx store.WriteTx) error { return tx.Insert("nonsense").Close() },
		"not closed": func(tx store.WriteTx) error {
			tx.Insert("note").Int(1).Int(tx.Seq()).Text("a").End()
			return nil
		},
		"error not looked at": func(tx store.WriteTx) error {
			tx.Insert("note").Int(1).Int(tx.Seq()).Int(7).Close()
			return nil
		},
	} {
		_, err := w.db.Write(w.ctx, w.tenant, command(""), fn)
		if !errors.Is(err, store.ErrInvalid) {
			w.Errorf("%s: %v", name, err)
		}
	}
	w.want("head", w.head(w.tenant), 0)
}

func insertWhileReading(w *world) {
	const n = 12_000 // more than an engine's batch
	entries := make([]entry, n)
	for i := range entries {
		entries[i] = euros(1, int64(i), 5)
	}
	w.record("c1", entries...)
	_, err := w.db.Write(w.ctx, w.tenant, command("c2"), func(tx store.WriteTx) error {
		rows, err := tx.Query("SELECT entry_id FROM entry WHERE tenant_id = $1 AND customer_id = 1 "+
			"ORDER BY entry_id",
			w.tenant)
		if err != nil {
			return err
		}
		defer rows.Close()
		ins := tx.Insert("entry")
		for rows.Next() {
			ins.Int(2).Int(rows.Int64(0)).Int(tx.Seq()).Text("EUR").Null().Int(7).Null().Text("").End()
		}
		if err := rows.Err(); err != nil {
			return err
		}
		// Rows not yet sent are seen by the next statement.
		err = store.One(tx, "SELECT count(*) FROM entry WHERE tenant_id = $1 AND customer_id = 2", []any{w.tenant},
			func(r store.Rows) { w.want("seen before Close", r.Int64(0), n) })
		if err != nil {
			return err
		}
		return ins.Close()
	})
	w.ok(err)
	w.want("rows", w.entries(w.tenant), 2*n)
	w.verify("")
}

func bigBatch(w *world) {
	const n = 100_000
	_, err := w.db.Write(w.ctx, w.tenant, command("import"), func(tx store.WriteTx) error {
		ins, notes := tx.Insert("entry"), tx.Insert("note") // two at once
		for i := range int64(n) {
			ins.Int(i / 10).Int(i).Int(tx.Seq()).Text("EUR").Null().Int(i - n - 1).Null().Text("").End()
			if i%100 == 0 {
				notes.Int(i).Int(tx.Seq()).Text(strings.Repeat("x", int(i%5000))).End()
			}
		}
		return errors.Join(ins.Close(), notes.Close())
	})
	w.ok(err)
	w.want("rows", w.entries(w.tenant), n)
	w.want("sum", w.count(w.tenant, "SELECT CAST(sum(amount_minor) AS bigint) FROM entry WHERE tenant_id = $1",
		w.tenant), -n*(n+3)/2)
	w.verify("")
}

func results(w *world) {
	_, err := w.db.Write(w.ctx, w.tenant, command("big"), func(tx store.WriteTx) error {
		tx.SetResult(make([]byte, 1<<20+1))
		return nil
	})
	if !errors.Is(err, store.ErrInvalid) {
		w.Errorf("result of more than 1 MiB: %v", err)
	}
	for i, result := range [][]byte{nil, {}, {0}, bytes.Repeat([]byte("r"), 1<<20)} {
		c := command(fmt.Sprint("r", i))
		fn := func(tx store.WriteTx) error { tx.SetResult(result); return nil }
		_, err := w.db.Write(w.ctx, w.tenant, c, fn)
		w.ok(err)
		o, err := w.db.Write(w.ctx, w.tenant, c, fn)
		w.ok(err)
		if !o.Replayed || !bytes.Equal(o.Result, result) {
			w.Errorf("result %d: %d bytes, replayed %t", i, len(o.Result), o.Replayed)
		}
	}
}

package storetest

import (
	"errors"
	"fmt"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

var faultCases = []testCase{
	{"each call fails in turn: before or after, never between", eachCallFails},
	{"a lost answer of the commit is cured by asking again", lostAnswer},
	{"a slow book", slowBook},
}

// step is a command that touches everything a command can touch.
func faultStep(w *world, db store.DB, id string) error {
	_, err := db.Write(w.ctx, w.tenant, command(id), func(tx store.WriteTx) error {
		first, err := tx.NextIDs("entry", 2)
		if err != nil {
			return err
		}
		if err := insertEntries(tx, euros(1, first, 10), euros(1, first+1, 20)); err != nil {
			return err
		}
		var n int64
		err = store.One(tx, "SELECT count(*) FROM entry WHERE tenant_id = $1", []any{w.tenant},
			func(r store.Rows) { n = r.Int64(0) })
		if err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO job (tenant_id, job_id, state) VALUES ($1, $2, 'new')", w.tenant, n)
		return err
	})
	if err != nil {
		return err
	}
	return db.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec("UPDATE job SET attempts = attempts + 1 WHERE tenant_id = $1 AND attempts = 0", w.tenant)
		return err
	})
}

func (w *world) state() string {
	w.Helper()
	return fmt.Sprint(w.head(w.tenant), w.entries(w.tenant),
		w.count(w.tenant, "SELECT count(*) FROM job WHERE tenant_id = $1", w.tenant),
		w.count(w.tenant, "SELECT count(*) FROM job WHERE tenant_id = $1 AND attempts = 1", w.tenant))
}

func eachCallFails(w *world) {
	f := Wrap(w.db)
	f.FailAt(0)
	w.ok(faultStep(w, f, "c0"))
	calls := f.Calls()
	if calls < 8 {
		w.Fatalf("the step makes %d calls; it must touch more", calls)
	}
	for n := int64(1); n <= calls; n++ {
		before := w.state()
		f.FailAt(n)
		err := faultStep(w, f, fmt.Sprint("c", n))
		f.FailAt(0)
		if err == nil {
			continue // the engine ran the closure again by itself
		}
		if !errors.Is(err, store.ErrUnavailable) {
			w.Fatalf("call %d: %v", n, err)
		}
		between := fmt.Sprint(n, n*2, n, n-1) // at most: the command is done, its mark is not
		if after := w.state(); after != before && after != fmt.Sprint(n+1, 2*n+2, n+1, n) {
			w.Fatalf("call %d: from %s to %s (%s)", n, before, after, between)
		}
		w.ok(faultStep(w, f, fmt.Sprint("c", n))) // asked again, it is done once
		w.want("state after asking again", w.state(), fmt.Sprint(n+1, 2*n+2, n+1, n+1))
	}
	w.verify("")
}

func lostAnswer(w *world) {
	f := Wrap(w.db)
	f.LoseCommitAt(1)
	write := func() (store.Outcome, error) {
		return f.Write(w.ctx, w.tenant, command("c1"), func(tx store.WriteTx) error {
			return insertEntries(tx, euros(1, 1, 1))
		})
	}
	if _, err := write(); !errors.Is(err, store.ErrCommitUnknown) || !errors.Is(err, store.ErrUnavailable) {
		w.Fatalf("the answer was to be lost: %v", err)
	}
	o, err := write()
	w.ok(err)
	w.want("outcome", fmt.Sprint(o.Seq, o.Replayed), "1 true")
	w.want("rows", w.entries(w.tenant), 1)
	f.LoseCommitAt(1)
	err = f.Mark(w.ctx, w.tenant, func(tx store.MarkTx) error { return nil })
	if !errors.Is(err, store.ErrCommitUnknown) {
		w.Errorf("lost answer of a mark: %v", err)
	}
}

func slowBook(w *world) {
	f := Wrap(w.db)
	f.Delay(2 * time.Millisecond)
	start := time.Now()
	w.ok(faultStep(w, f, "c"))
	if took := time.Since(start); took < 10*time.Millisecond {
		w.Errorf("took %s", took)
	}
}

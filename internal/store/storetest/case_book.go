package storetest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

var bookCases = []testCase{
	{"the book describes itself", describesItself},
	{"the system's clock", systemClock},
	{"a simulated clock", simulatedClock},
	{"one duty holder", oneDutyHolder},
	{"blobs", blobCase},
	{"blobs put at the same moment", blobsConcurrently},
	{"statements are checked without running", preparing},
	{"a closed book", closedBook},
	{"the engine looks at itself", looksAtItself},
}

func describesItself(w *world) {
	b, err := w.db.Book(w.ctx)
	w.ok(err)
	if len(b.UID) != 36 || b.Simulated || b.SchemaVersion != 1 || time.Since(b.CreatedAt) > time.Hour {
		w.Errorf("%+v", b)
	}
	again, err := w.db.Book(w.ctx)
	w.ok(err)
	w.want("uid", again.UID, b.UID)
	if w.db.Schema().Table("entry") == nil || w.db.Engine() == "" {
		w.Error("schema or engine is missing")
	}
}

func systemClock(w *world) {
	before := time.Now().Truncate(time.Millisecond)
	w.ok(w.db.Read(w.ctx, w.tenant, func(tx store.Tx) error {
		now := tx.Now()
		if now.Before(before) || time.Since(now) > time.Minute || now.Location() != time.UTC ||
			now.Nanosecond()%1_000_000 != 0 {
			w.Errorf("now %s, before %s", now, before)
		}
		return nil
	}))
	if err := w.db.SetClock(w.ctx, time.Now()); !errors.Is(err, store.ErrInvalid) {
		w.Errorf("moving the system's clock: %v", err)
	}
}

func simulatedClock(w *world) {
	start := time.Date(2026, 3, 29, 0, 30, 0, 123_456_789, time.UTC)
	db := w.engine.Make(w.T, store.Options{Schema: Schema(), Create: true, SimulatedFrom: start})
	tenant, err := db.CreateTenant(w.ctx, "Demo", "GB")
	w.ok(err)
	at := func() (now time.Time) {
		w.ok(db.Mark(w.ctx, tenant, func(tx store.MarkTx) error { now = tx.Now(); return nil }))
		return now
	}
	w.want("start", at(), start.Truncate(time.Millisecond))
	for _, t := range []time.Time{start.Add(time.Hour), start.Add(time.Hour), start.AddDate(5, 0, 0)} {
		w.ok(db.SetClock(w.ctx, t.In(time.FixedZone("", 7200))))
		w.want("now", at(), t.Truncate(time.Millisecond))
	}
	if err := db.SetClock(w.ctx, start); !errors.Is(err, store.ErrInvalid) {
		w.Errorf("backwards: %v", err)
	}
	o, err := db.Write(w.ctx, tenant, command("c"), func(store.WriteTx) error { return nil })
	w.ok(err)
	w.want("recorded at", o.RecordedAt, start.AddDate(5, 0, 0).Truncate(time.Millisecond))
	b, err := db.Book(w.ctx)
	w.ok(err)
	w.want("book", fmt.Sprint(b.Simulated, b.Now), fmt.Sprint(true, o.RecordedAt))
}

func oneDutyHolder(w *world) {
	first, err := w.db.Duty(w.ctx)
	w.ok(err)
	start := time.Now()
	if _, err := w.db.Duty(w.ctx); !errors.Is(err, store.ErrDutyHeld) {
		w.Errorf("second holder: %v", err)
	}
	if took := time.Since(start); took > time.Second {
		w.Errorf("the refusal took %s", took)
	}
	w.record("c1", euros(1, 1, 1)) // everything else works beside it
	select {
	case <-first.Lost():
		w.Error("lost without a reason")
	default:
	}
	first.Release()
	first.Release()
	next, err := w.db.Duty(w.ctx)
	w.ok(err)
	next.Release()
}

func blobCase(w *world) {
	blobs := w.db.Blobs()
	other := w.newTenant("Other")
	contents := [][]byte{{}, []byte("a"), bytes.Repeat([]byte("mail "), 100_000), make([]byte, 1<<20)}
	for i := range contents[3] { // does not compress
		contents[3][i] = byte(i * i >> 3 * 167)
	}
	var names []store.Hash
	for _, content := range contents {
		h, err := blobs.Put(w.ctx, w.tenant, content)
		w.ok(err)
		w.want("name", h, store.Hash(sha256.Sum256(content)))
		again, err := blobs.Put(w.ctx, w.tenant, content)
		w.ok(err)
		w.want("put twice", again, h)
		got, err := blobs.Get(w.ctx, w.tenant, h)
		w.ok(err)
		if !bytes.Equal(got, content) {
			w.Errorf("blob of %d bytes came back with %d", len(content), len(got))
		}
		if has, err := blobs.Has(w.ctx, other, h); has || err != nil {
			w.Errorf("seen by another tenant: %t %v", has, err)
		}
		if _, err := blobs.Get(w.ctx, other, h); !errors.Is(err, store.ErrNotFound) {
			w.Errorf("got by another tenant: %v", err)
		}
		names = append(names, h)
	}
	slices.SortFunc(names, func(a, b store.Hash) int { return bytes.Compare(a[:], b[:]) })
	var listed []store.Hash
	w.ok(blobs.Each(w.ctx, w.tenant, func(h store.Hash) error { listed = append(listed, h); return nil }))
	w.want("list", listed, names)
	w.ok(blobs.Each(w.ctx, other, func(h store.Hash) error { w.Error("of another tenant"); return nil }))
	w.ok(blobs.Delete(w.ctx, other, names[0]))
	w.ok(blobs.Delete(w.ctx, w.tenant, names[1]))
	w.ok(blobs.Delete(w.ctx, w.tenant, names[1]))
	for i, h := range names[:2] {
		has, err := blobs.Has(w.ctx, w.tenant, h)
		w.ok(err)
		w.want("there", has, i == 0)
	}
	stop := errors.New("enough")
	w.want("stops", blobs.Each(w.ctx, w.tenant, func(store.Hash) error { return stop }), stop)
	for _, bad := range []string{"", "zz", fmt.Sprintf("%065x", 1), fmt.Sprintf("%064x", 1)[:63] + "g"} {
		if _, err := store.ParseHash(bad); !errors.Is(err, store.ErrInvalid) {
			w.Errorf("hash %q: %v", bad, err)
		}
	}
}

func blobsConcurrently(w *world) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 10 {
				h, err := w.db.Blobs().Put(w.ctx, w.tenant, []byte(fmt.Sprint("blob ", i)))
				if err == nil {
					_, err = w.db.Blobs().Get(w.ctx, w.tenant, h)
				}
				if err != nil {
					w.Error(err)
				}
			}
		})
	}
	wg.Wait()
	n := 0
	w.ok(w.db.Blobs().Each(w.ctx, w.tenant, func(store.Hash) error { n++; return nil }))
	w.want("blobs", n, 10)
}

func preparing(w *world) {
	w.ok(PrepareAll(w.db, []string{
		"SELECT CAST(sum(amount_minor) AS bigint) FROM entry WHERE tenant_id = $1 AND customer_id IN ids($2)",
		"UPDATE job SET state = $2 WHERE tenant_id = $1 RETURNING job_id",
		"INSERT INTO lookup (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
	}))
	err := PrepareAll(w.db, []string{"SELECT nonsense FROM entry WHERE tenant_id = $1", "SELECT 1; SELECT 2"})
	if !errors.Is(err, store.ErrInvalid) {
		w.Errorf("bad statements: %v", err)
	}
	w.want("nothing ran", w.count(w.tenant, "SELECT count(*) FROM lookup"), 0)
}

func closedBook(w *world) {
	w.ok(w.db.Close())
	w.ok(w.db.Close())
	for name, err := range map[string]error{
		"Read": w.db.Read(w.ctx, w.tenant, func(store.Tx) error { return nil }),
		"Mark": w.db.Mark(w.ctx, w.tenant, func(store.MarkTx) error { return nil }),
	} {
		if !errors.Is(err, store.ErrUnavailable) {
			w.Errorf("%s on a closed book: %v", name, err)
		}
	}
}

func looksAtItself(w *world) {
	findings, err := w.db.Check(w.ctx)
	w.ok(err)
	if len(findings) < 3 {
		w.Errorf("findings: %v", findings)
	}
	for _, f := range findings {
		if f.Name == "" || f.Text == "" {
			w.Errorf("finding without name or text: %+v", f)
		}
	}
}

package storetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/audit"
)

// Bench measures an engine. Each figure is for the whole of what its name says.
func Bench(b *testing.B, e Engine) {
	b.Run("insert 1M facts in one command", func(b *testing.B) {
		for range b.N {
			b.StopTimer()
			db, tenant := benchBook(b, e)
			b.StartTimer()
			million(b, db, tenant)
		}
	})
	b.Run("read", func(b *testing.B) {
		db, tenant := benchBook(b, e)
		million(b, db, tenant)
		b.Run("scan 1M rows, 5 columns", func(b *testing.B) {
			for range b.N {
				scan(b, db, tenant)
			}
		})
		b.Run("verify the chain over 1M facts", func(b *testing.B) {
			for range b.N {
				r, err := audit.Verify(context.Background(), db, tenant, audit.Options{})
				if err != nil || !r.OK() {
					b.Fatal(r, err)
				}
			}
		})
		b.Run("1000 ids, 10 rows each", func(b *testing.B) {
			for i := range b.N {
				byIDs(b, db, tenant, int64(i%90)*1000)
			}
		})
		b.Run("one row", func(b *testing.B) {
			for i := range b.N {
				oneRow(b, db, tenant, int64(i%100_000))
			}
		})
	})
	for name, writers := range map[string]int{"1 writer": 1, "8 writers": 8, "64 writers": 64} {
		b.Run("one small command/"+name, func(b *testing.B) {
			db, tenant := benchBook(b, e)
			b.ResetTimer()
			small(b, db, tenant, writers)
		})
	}
}

func benchBook(b *testing.B, e Engine) (store.DB, int64) {
	b.Helper()
	db := e.Make(b, store.Options{Schema: Schema(), Create: true})
	tenant, err := db.CreateTenant(context.Background(), "Bench", "DE")
	if err != nil {
		b.Fatal(err)
	}
	return db, tenant
}

func million(b *testing.B, db store.DB, tenant int64) {
	_, err := db.Write(context.Background(), tenant, store.Command{Name: "import", Actor: "bench"},
		func(tx store.WriteTx) error {
			ins := tx.Insert("entry")
			day := cal.MustParse("2026-01-01")
			for i := range int64(1_000_000) {
				ins.Int(i / 10).Int(i).Int(tx.Seq()).Text("EUR").Day(day +
					cal.Date(i%365)).Int(i + 1).Null().Text("").End()
			}
			return ins.Close()
		})
	if err != nil {
		b.Fatal(err)
	}
}

func scan(b *testing.B, db store.DB, tenant int64) {
	var sum int64
	var last cal.Date
	err := db.Read(context.Background(), tenant, func(tx store.Tx) error {
		sum = 0
		return store.Each(tx, `SELECT customer_id, entry_id, effective_day, amount_minor, currency FROM entry
WHERE tenant_id = $1 ORDER BY customer_id, entry_id`, []any{tenant}, func(r store.Rows) error {
			sum += r.Int64(0) + r.Int64(1) + r.Int64(3) + int64(len(r.Bytes(4)))
			last = max(last, r.Day(2))
			return nil
		})
	})
	if err != nil || sum == 0 || last == 0 {
		b.Fatal(err, sum)
	}
}

func byIDs(b *testing.B, db store.DB, tenant, first int64) {
	ids := make([]int64, 1000)
	for i := range ids {
		ids[i] = first + int64(i)
	}
	n := 0
	err := db.Read(context.Background(), tenant, func(tx store.Tx) error {
		n = 0
		return store.Each(tx, `SELECT customer_id, entry_id, amount_minor FROM entry WHERE tenant_id = $1
AND customer_id IN ids($2) ORDER BY customer_id, entry_id`, []any{tenant, ids}, func(r store.Rows) error {
			n++
			return nil
		})
	})
	if err != nil || n != 10_000 {
		b.Fatal(err, n)
	}
}

func oneRow(b *testing.B, db store.DB, tenant, customer int64) {
	err := db.Read(context.Background(), tenant, func(tx store.Tx) error {
		return store.One(tx, "SELECT amount_minor FROM entry WHERE tenant_id = $1 "+
			"AND customer_id = $2 AND entry_id = $3",
			[]any{tenant, customer, customer * 10}, func(r store.Rows) {
				if r.Int64(0) != customer*10+1 {
					b.Fatal("another row")
				}
			})
	})
	if err != nil {
		b.Fatal(err)
	}
}

func small(b *testing.B, db store.DB, tenant int64, writers int) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for {
				id := next.Add(1)
				if id > int64(b.N) {
					return
				}
				_, err := db.Write(context.Background(), tenant, store.Command{Name: "note", Actor: "bench"},
					func(tx store.WriteTx) error {
						ins := tx.Insert("entry")
						ins.Int(id).Int(id).Int(tx.Seq()).Text("EUR").Null().Int(1).Null().Text("").End()
						return ins.Close()
					})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

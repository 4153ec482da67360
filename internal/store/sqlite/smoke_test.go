package sqlite_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	db, err := open.Open(ctx, filepath.Join(t.TempDir(), "a b?.db"), store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	id, err := db.CreateTenant(ctx, "Acme", "DE")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 100 {
				o, err := db.Write(ctx, id, store.Command{Name: "x", Actor: "system"}, func(tx store.WriteTx) error {
					first, err := tx.NextIDs("cycle", 1)
					if err != nil {
						return err
					}
					ins := tx.Insert("cycle")
					ins.Int(int64(g)).Int(first).Int(int64(i)).Int(tx.Seq()).Text("2026-01-01").Text("voided").End()
					tx.SetResult([]byte("hi"))
					return ins.Close()
				})
				if err != nil || o.Seq == 0 {
					t.Error(o, err)
					return
				}
			}
		})
	}
	wg.Wait()
	b, err := db.Book(ctx)
	t.Log(b, err)
	f, err := db.Check(ctx)
	t.Log(f, err)
	err = db.Read(ctx, id, func(tx store.Tx) error {
		return store.One(tx, "SELECT count(*), max(seq) FROM cycle WHERE tenant_id = $1 AND customer_id IN ids($2)", []any{id, []int64{1, 2}}, func(r store.Rows) {
			t.Log(r.Int64(0), r.Int64(1))
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/sqlite"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

// TestDiskFull fills a small file system again and again, with different space left:
// nothing may be half-written, and all goes on when there is space.
func TestDiskFull(t *testing.T) {
	storetest.OnSmallDisk(t, func(dir string) { onFullDisk(t, dir) })
}

func onFullDisk(t *testing.T, dir string) {
	opened, err := open.Open(ctx, filepath.Join(dir, "b.db"), store.Options{Schema: storetest.Schema(),
		Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	db := opened.(*sqlite.DB)
	tenant, err := db.CreateTenant(ctx, "Acme", "DE")
	if err != nil {
		t.Fatal(err)
	}
	body := string(make16k()[:3000])
	done, hits := int64(0), 0
	for _, free := range []int64{0, 1, 4, 8, 16, 40, 64, 100, 0, 200, 12, 5, 300, 28} {
		ballast := storetest.FillUp(t, dir, free<<10)
		for range 60 {
			o, err := note(db, tenant, done, body)
			if err != nil {
				if !errors.Is(err, store.ErrDiskFull) {
					t.Fatalf("%d kB free: %v", free, err)
				}
				hits++
				break
			}
			done++
			if o.Seq != done {
				t.Fatalf("%d kB free: command %d has number %d", free, done, o.Seq)
			}
		}
		if _, err := db.Blobs().Put(ctx, tenant, []byte(body)); err != nil && !errors.Is(err, store.ErrDiskFull) {
			t.Errorf("blob with %d kB free: %v", free, err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		if _, err := note(db, tenant, done, body); err != nil {
			t.Fatalf("after space came back: %v", err)
		}
		done++
		verified(t, db, tenant, done)
	}
	if hits < 5 {
		t.Errorf("the disk was full only %d times", hits)
	}
	if err := db.IntegrityCheck(ctx); err != nil {
		t.Error(err)
	}
}

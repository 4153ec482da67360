package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/sqlite"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

// TestDiskFull fills a small file system again and again, with different space left:
// nothing may be half-written, and all goes on when there is space.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("needs the right to mount a file system (root): %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
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
		ballast := fillUp(t, dir, free<<10)
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

// fillUp writes a file that leaves so many bytes free.
func fillUp(t *testing.T, dir string, free int64) string {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "ballast")
	size := int64(st.Bavail)*st.Bsize - free
	if err := os.WriteFile(name, make([]byte, max(0, size)), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

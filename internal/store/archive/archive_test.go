package archive_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/archive"
	"github.com/recoup-project/recoup/internal/store/audit"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var (
	ctx  = context.Background()
	opts = store.Options{Schema: storetest.Schema()}
)

var engines = map[string]func(testing.TB, store.Options) store.DB{
	"sqlite": storetest.NewSQLite, "postgres": storetest.NewPostgres,
}

// fill records facts, jobs that name each other, and blobs, for two tenants.
func fill(t *testing.T, db store.DB) {
	t.Helper()
	for tenant := int64(1); tenant <= 2; tenant++ {
		if _, err := db.CreateTenant(ctx, fmt.Sprint("Tenant ", tenant), "DE"); err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			_, err := db.Write(ctx, tenant, store.Command{Name: "fill", Actor: "test"}, func(tx store.WriteTx) error {
				return rows(tx, int64(i), tenant)
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Blobs().Put(ctx, tenant, []byte(strings.Repeat("x", i*100*int(tenant)))); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func rows(tx store.WriteTx, i, tenant int64) error {
	entries, jobs := tx.Insert("entry"), tx.Insert("job")
	for k := range int64(50) {
		entries.Int(i).Int(k).Int(tx.Seq()).Text([]string{"EUR", "USD", "Ü"}[k%3]).Day(cal.Date(20000 + k)).
			Int(1<<40 + k*tenant).Bytes([]byte{byte(k), 0}).Text("").End()
	}
	jobs.Int(i*2 + 1).Text("a").Time(tx.Now()).Int(0).Null().End()
	jobs.Int(i*2 + 2).Text("b").Null().Int(3).Int(i*2 + 1).End()
	if err := errors.Join(entries.Close(), jobs.Close()); err != nil {
		return err
	}
	// The lower id names the higher one: a copy in order of keys meets it too early.
	_, err := tx.Exec("UPDATE job SET parent_id = $2 WHERE tenant_id = $1 AND job_id = $3",
		tenant, i*2+2, i*2+1)
	return err
}

func equal(t *testing.T, a, b store.DB) {
	t.Helper()
	x, err := archive.Count(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := archive.Count(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range archive.Compare(x, y) {
		t.Error(d)
	}
	for tenant := int64(1); tenant <= 2; tenant++ {
		report, err := audit.Verify(ctx, b, tenant, audit.Options{})
		if err != nil || !report.OK() || report.Head.Seq != 4 {
			t.Errorf("audit of the copy: %+v %v", report, err)
		}
	}
}

func TestCopyInEveryDirection(t *testing.T) {
	for from, makeFrom := range engines {
		for to, makeTo := range engines {
			t.Run(from+" to "+to, func(t *testing.T) {
				source, target := makeFrom(t, opts), makeTo(t, opts)
				fill(t, source)
				proof, err := archive.Copy(ctx, source, target)
				if err != nil {
					t.Fatal(err)
				}
				if proof.Blobs != 8 || proof.Rows() < 400 {
					t.Errorf("%d blobs, %d rows", proof.Blobs, proof.Rows())
				}
				equal(t, source, target)
				if _, err := archive.Copy(ctx, source, target); !errors.Is(err, store.ErrConflict) {
					t.Errorf("copy into a book that is not empty: %v", err)
				}
				o, err := target.Write(ctx, 1, store.Command{Name: "next", Actor: "test"},
					func(store.WriteTx) error { return nil })
				if err != nil || o.Seq != 5 {
					t.Errorf("the copy goes on: %+v %v", o, err)
				}
			})
		}
	}
}

func TestCompareSeesEveryDifference(t *testing.T) {
	db := storetest.NewSQLite(t, opts)
	fill(t, db)
	count := func() []archive.Totals {
		totals, err := archive.Count(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		return totals
	}
	for _, c := range []struct{ sql, want string }{
		{"UPDATE job SET attempts = attempts WHERE tenant_id = $1", ""},
		{"UPDATE entry SET state = 'x' WHERE tenant_id = $1",
			"entry of tenant 1: same number of rows, but other content"},
		{"UPDATE job SET due_at = NULL WHERE tenant_id = $1 AND job_id = 1",
			"job of tenant 1: same number of rows"},
		{"UPDATE job SET parent_id = NULL WHERE tenant_id = $1", "other content"},
		{"DELETE FROM job WHERE tenant_id = $1", "job of tenant 1: 8 rows against 0"},
	} {
		before := count()
		err := db.Mark(ctx, 1, func(tx store.MarkTx) error { _, err := tx.Exec(c.sql, int64(1)); return err })
		if err != nil {
			t.Fatal(err)
		}
		d := strings.Join(archive.Compare(before, count()), ";")
		if (c.want == "") != (d == "") || !strings.Contains(d, c.want) {
			t.Errorf("%s: %q, want %q", c.sql, d, c.want)
		}
	}
	a, b := count(), count()
	b[len(b)-1].Table = "other"
	for i := range b {
		if sum := b[i].Sums["amount_minor USD"]; sum != nil {
			sum.SetInt64(7)
		}
	}
	if d := archive.Compare(a, b); len(d) != 3 || len(archive.Compare(a, a[1:])) != 1 {
		t.Errorf("differences: %v", d)
	}
}

func TestBackupAndRestoreInEveryDirection(t *testing.T) {
	for from, makeFrom := range engines {
		source := makeFrom(t, opts)
		fill(t, source)
		var backup bytes.Buffer
		m, err := archive.Backup(ctx, source, opts, &backup, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if m.Blobs != 8 || m.Heads[2].Seq != 4 || m.SchemaVersion != 1 || time.Since(m.TakenAt) > time.Hour {
			t.Errorf("%+v", m)
		}
		for to, address := range map[string]string{
			"sqlite": filepath.Join(t.TempDir(), "restored.db"), "postgres": pgtest.Database(t),
		} {
			t.Run(from+" to "+to, func(t *testing.T) {
				if _, err := archive.Restore(ctx, bytes.NewReader(backup.Bytes()), address, opts); err != nil {
					t.Fatal(err)
				}
				restored, err := open.Open(ctx, address, opts)
				if err != nil {
					t.Fatal(err)
				}
				defer restored.Close()
				equal(t, source, restored)
				n := 0
				err = restored.Blobs().Each(ctx, 2, func(h store.Hash) error {
					n++
					_, err := restored.Blobs().Get(ctx, 2, h)
					return err
				})
				if err != nil || n != 4 {
					t.Errorf("%d blobs: %v", n, err)
				}
				if _, err := archive.Restore(ctx, bytes.NewReader(backup.Bytes()), address,
					opts); !errors.Is(err, store.ErrConflict) {
					t.Errorf("restore over a book: %v", err)
				}
			})
		}
	}
}

func TestBackupOfABookInUse(t *testing.T) {
	db := storetest.NewSQLite(t, opts)
	fill(t, db)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := int64(0); ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			_, err := db.Write(ctx, 1, store.Command{Name: "more", Actor: "test"}, func(tx store.WriteTx) error {
				ins := tx.Insert("note")
				ins.Int(i).Int(tx.Seq()).Text("n").End()
				return ins.Close()
			})
			if err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for range 3 {
		var backup bytes.Buffer
		if _, err := archive.Backup(ctx, db, opts, &backup, ""); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "r.db")
		m, err := archive.Restore(ctx, &backup, file, opts)
		if err != nil {
			t.Fatal(err)
		}
		restored, err := open.Open(ctx, file, opts)
		if err != nil {
			t.Fatal(err)
		}
		known := m.Heads[1]
		report, err := audit.Verify(ctx, restored, 1, audit.Options{Known: &known})
		if err != nil || !report.OK() || report.Head != known {
			t.Errorf("%+v %v", report, err)
		}
		restored.Close()
	}
	close(stop)
	<-stopped
}

// TestDamagedBackups cuts, flips and rearranges a backup: nothing may be restored.
func TestDamagedBackups(t *testing.T) {
	db := storetest.NewSQLite(t, opts)
	fill(t, db)
	var b bytes.Buffer
	if _, err := archive.Backup(ctx, db, opts, &b, ""); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	dir := t.TempDir()
	try := func(name string, data []byte) {
		t.Helper()
		file := filepath.Join(dir, "r.db")
		_, err := archive.Restore(ctx, bytes.NewReader(data), file, opts)
		if !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Fatalf("%s: left behind: %v", name, left)
		}
	}
	content := len(bytes.TrimRight(whole, "\x00"))
	for cut := 0; cut < content; cut += 1 + content/150 {
		try(fmt.Sprint("cut at ", cut), whole[:cut])
	}
	for _, at := range flips(t, whole) {
		data := bytes.Clone(whole)
		data[at] ^= 1
		try(fmt.Sprint("flipped at ", at), data)
	}
	try("nothing", nil)
	try("not a backup", []byte("hello"))
	try("without a blob", without(t, whole, "blobs/2/"))
	try("without the book", without(t, whole, "book"))
	try("without the manifest", without(t, whole, "manifest"))
}

// flips picks positions inside the contents of the archive's files.
func flips(t *testing.T, whole []byte) (at []int) {
	r := bytes.NewReader(whole)
	tr := tar.NewReader(r)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			return at
		}
		if err != nil {
			t.Fatal(err)
		}
		start := len(whole) - r.Len()
		switch {
		case strings.HasPrefix(h.Name, "manifest"):
			at = append(at, start+bytes.Index(whole[start:], []byte("BookSHA256"))+20)
			at = append(at, start+bytes.Index(whole[start:], []byte(`"Seq": 4`))+7)
		case strings.HasPrefix(h.Name, "blobs"): // the last bits of a blob may be padding
			at = append(at, start)
		default:
			at = append(at, start, start+int(h.Size)/2, start+int(h.Size)-1)
		}
	}
}

// without is an archive less the first file with a prefix.
func without(t *testing.T, whole []byte, prefix string) []byte {
	var b bytes.Buffer
	tr, tw := tar.NewReader(bytes.NewReader(whole)), tar.NewWriter(&b)
	dropped := false
	for {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !dropped && strings.HasPrefix(h.Name, prefix) {
			dropped = true
			continue
		}
		if err := tw.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(tw, tr); err != nil {
			t.Fatal(err)
		}
	}
	if !dropped {
		t.Fatalf("no file %s", prefix)
	}
	tw.Close()
	return b.Bytes()
}

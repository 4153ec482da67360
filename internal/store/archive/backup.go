package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/audit"
	"github.com/recoup-project/recoup/internal/store/engine"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/sqlite"
)

// Names in a backup, in this order.
const (
	bookName     = "book.sqlite"
	blobFolder   = "blobs/"
	manifestName = "manifest.json"
)

// Manifest describes a backup; it is the last file in it.
type Manifest struct {
	Format        int // 1
	Engine        store.Engine
	BookUID       string
	SchemaVersion int64
	TakenAt       time.Time
	BookSHA256    string
	Blobs         int64
	Heads         map[int64]audit.Head // the end of each tenant's audit chain
}

// Backup writes a backup of a book that may be in use: first the tables in one
// consistent state, then the blobs, so that every blob a row names is there. The
// options are those the book was opened with. work is a folder for a temporary file
// of the size of the book; "" is the system's.
func Backup(ctx context.Context, db store.DB, opts store.Options, w io.Writer,
	work string) (Manifest, error) {
	dir, err := os.MkdirTemp(work, "recoup-backup-")
	if err != nil {
		return Manifest{}, store.FileError("backup", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, bookName)
	if err := snapshotFile(ctx, db, opts, file); err != nil {
		return Manifest{}, err
	}
	m, err := describe(ctx, db.Engine(), opts, file)
	if err != nil {
		return m, err
	}
	tw := tar.NewWriter(w)
	if err := addFile(tw, bookName, file, m.TakenAt); err != nil {
		return m, store.FileError("backup", err)
	}
	if m.Blobs, err = addBlobs(ctx, db, tw, m); err != nil {
		return m, err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = addBytes(tw, manifestName, text, m.TakenAt)
	}
	if err == nil {
		err = tw.Close()
	}
	if err != nil {
		return m, store.FileError("backup", err)
	}
	return m, nil
}

// snapshotFile makes a SQLite file that holds the book's tables.
func snapshotFile(ctx context.Context, db store.DB, opts store.Options, file string) error {
	if own, ok := db.(interface {
		SnapshotFile(ctx context.Context, file string) error
	}); ok {
		return own.SnapshotFile(ctx, file)
	}
	opts.Create, opts.SimulatedFrom = true, time.Time{}
	target, err := open.Open(ctx, file, opts)
	if err != nil {
		return err
	}
	_, err = Copy(ctx, withoutBlobs{db}, target)
	if closing := target.Close(); err == nil {
		err = closing
	}
	return err
}

// describe opens the snapshot and builds the manifest from it, not from the book,
// which may have moved on.
func describe(ctx context.Context, e store.Engine, opts store.Options, file string) (Manifest, error) {
	m := Manifest{Format: 1, Engine: e, TakenAt: opts.WithDefaults().Now().UTC().Truncate(time.Second)}
	heads, book, err := readHeads(ctx, opts, file)
	if err != nil {
		return m, err
	}
	m.BookUID, m.SchemaVersion, m.Heads = book.UID, book.SchemaVersion, heads
	m.BookSHA256, err = hashFile(file)
	return m, err
}

// readHeads opens a SQLite file and closes it again, so that nothing is left in a
// journal beside it.
func readHeads(ctx context.Context, opts store.Options, file string,
) (map[int64]audit.Head, store.Book, error) {
	opts.Create, opts.Migrate = false, false
	db, err := open.Open(ctx, file, opts)
	if err != nil {
		return nil, store.Book{}, err
	}
	defer db.Close()
	book, err := db.Book(ctx)
	if err != nil {
		return nil, book, err
	}
	heads := map[int64]audit.Head{}
	err = db.Snapshot(ctx, func(s store.SnapshotTx) error {
		tenants, err := s.Tenants()
		if err != nil {
			return err
		}
		for _, t := range tenants {
			tx, err := s.Tx(t.ID)
			if err != nil {
				return err
			}
			err = store.One(tx, "SELECT seq, hash FROM tenant_head WHERE tenant_id = $1", []any{t.ID},
				func(r store.Rows) { heads[t.ID] = audit.Head{Seq: r.Int64(0), Hash: store.Hash(r.Bytes(1))} })
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = db.(*sqlite.DB).IntegrityCheck(ctx)
	}
	return heads, book, err
}

func addBlobs(ctx context.Context, db store.DB, tw *tar.Writer, m Manifest) (n int64, err error) {
	for _, tenant := range slices.Sorted(maps.Keys(m.Heads)) {
		err := db.Blobs().Each(ctx, tenant, func(h store.Hash) error {
			data, err := db.Blobs().Get(ctx, tenant, h)
			if err != nil {
				return err
			}
			packed, err := engine.PackBlob(data)
			if err != nil {
				return err
			}
			n++
			return store.FileError("backup",
				addBytes(tw, fmt.Sprintf("%s%d/%s", blobFolder, tenant, h), packed, m.TakenAt))
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func addBytes(tw *tar.Writer, name string, data []byte, at time.Time) error {
	return add(tw, name, bytes.NewReader(data), int64(len(data)), at)
}

func addFile(tw *tar.Writer, name, file string, at time.Time) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return add(tw, name, f, info.Size(), at)
}

func add(tw *tar.Writer, name string, r io.Reader, size int64, at time.Time) error {
	err := tw.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: at, Format: tar.FormatPAX})
	if err != nil {
		return err
	}
	_, err = io.Copy(tw, r)
	return err
}

func hashFile(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", store.FileError("backup", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", store.FileError("backup", err)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// withoutBlobs is a book whose blobs are not copied: they go into the archive one by one.
type withoutBlobs struct{ store.DB }

// Blobs implements store.DB.
func (withoutBlobs) Blobs() store.BlobStore { return noBlobs{} }

type noBlobs struct{ store.BlobStore }

// Each implements store.BlobStore.
func (noBlobs) Each(context.Context, int64, func(store.Hash) error) error { return nil }

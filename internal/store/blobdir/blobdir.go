package blobdir

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/recoup-project/recoup/internal/durable"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/engine"
)

// Dir is a folder of blobs. It is made when the first blob is put.
type Dir struct {
	root  string
	write func(path string, write func(io.Writer) error) error
	named func(dir string) error // makes the names in a folder durable
}

var _ store.BlobStore = (*Dir)(nil)

// New uses this folder.
func New(root string) *Dir { return &Dir{root, durable.File, durable.Folder} }

// NewUnsynced uses this folder without waiting for the disk: for a book that is made anew
// if the machine stops (store.Options.Unsynced).
func NewUnsynced(root string) *Dir {
	return &Dir{root, durable.Unsynced, func(string) error { return nil }}
}

// Put implements store.BlobStore. The file appears under its name only when it is
// complete: it is written beside it, synced, and renamed.
func (d *Dir) Put(ctx context.Context, tenant int64, data []byte) (store.Hash, error) {
	h := store.Hash(sha256.Sum256(data))
	if err := ctx.Err(); err != nil {
		return h, err
	}
	name := d.file(tenant, h)
	if _, err := os.Stat(name); err == nil {
		return h, nil
	}
	packed, err := engine.PackBlob(data)
	if err != nil {
		return h, err
	}
	dir := filepath.Dir(name)
	if err := d.makeDir(dir); err != nil {
		return h, translate(h, err)
	}
	return h, translate(h, d.write(name, func(w io.Writer) error {
		_, err := w.Write(packed)
		return err
	}))
}

// makeDir makes a folder and syncs the folders that name it.
func (d *Dir) makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for up := filepath.Dir(dir); len(up) >= len(filepath.Dir(d.root)); up = filepath.Dir(up) {
		if err := d.named(up); err != nil {
			return err
		}
		if up == filepath.Dir(up) {
			break
		}
	}
	return nil
}

// Get implements store.BlobStore.
func (d *Dir) Get(ctx context.Context, tenant int64, h store.Hash) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	packed, err := os.ReadFile(d.file(tenant, h))
	if err != nil {
		return nil, translate(h, err)
	}
	return engine.UnpackBlob(h, packed)
}

// Has implements store.BlobStore.
func (d *Dir) Has(_ context.Context, tenant int64, h store.Hash) (bool, error) {
	_, err := os.Stat(d.file(tenant, h))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, translate(h, err)
}

// Each implements store.BlobStore.
func (d *Dir) Each(ctx context.Context, tenant int64, fn func(h store.Hash) error) error {
	root := d.tenant(tenant)
	return filepath.WalkDir(root, func(_ string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return translate(store.Hash{}, err)
		case e.IsDir():
			return ctx.Err()
		}
		h, err := store.ParseHash(e.Name())
		if err != nil {
			return nil // an unfinished file of a crashed Put
		}
		return fn(h)
	})
}

// Delete implements store.BlobStore.
func (d *Dir) Delete(_ context.Context, tenant int64, h store.Hash) error {
	err := os.Remove(d.file(tenant, h))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = d.named(filepath.Dir(d.file(tenant, h)))
	}
	return translate(h, err)
}

func (d *Dir) tenant(tenant int64) string {
	return filepath.Join(d.root, strconv.FormatInt(tenant, 10))
}

func (d *Dir) file(tenant int64, h store.Hash) string {
	name := h.String()
	return filepath.Join(d.tenant(tenant), name[:2], name)
}

func translate(h store.Hash, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &store.Error{Kind: store.ErrNotFound, Op: "blob " + h.String(), Err: err}
	}
	return store.FileError("blob "+h.String(), err)
}

package archive

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/durable"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/blobdir"
	"github.com/recoup-project/recoup/internal/store/engine"
	"github.com/recoup-project/recoup/internal/store/open"
)

// Restore makes the book at an address from a backup. The address must not hold a
// book yet. Nothing is there until the whole backup has been read and verified: the
// file's hash, SQLite's own check, every blob's hash, the ends of the audit chains.
// On SQLite the book then appears under its name; on PostgreSQL it is copied into the
// database and the copy proven. Errors: store.ErrConflict if there is a book,
// store.ErrInvalid if the backup is damaged, incomplete or no backup.
func Restore(ctx context.Context, r io.Reader, address string, opts store.Options) (Manifest, error) {
	kind, dsn := open.Address(address)
	work := ""
	if kind == store.SQLite {
		if _, err := os.Stat(dsn); err == nil {
			return Manifest{}, &store.Error{Kind: store.ErrConflict, Op: "restore", Err: fmt.Errorf(
				"%s exists; expected a name where there is no book", dsn)}
		}
		work = filepath.Dir(dsn) // so that it can be renamed into place
	}
	dir, err := os.MkdirTemp(work, "recoup-restore-")
	if err != nil {
		return Manifest{}, store.FileError("restore", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, bookName)
	m, err := unpack(ctx, r, dir)
	if err != nil {
		return m, err
	}
	if err := verify(ctx, m, file, opts); err != nil {
		return m, err
	}
	if kind == store.SQLite {
		return m, moveIntoPlace(file, dsn)
	}
	return m, copyIntoPlace(ctx, file, address, opts)
}

// unpack reads the archive into a folder and returns its manifest.
func unpack(ctx context.Context, r io.Reader, dir string) (m Manifest, err error) {
	tr := tar.NewReader(r)
	blobs := blobdir.New(filepath.Join(dir, bookName+".blobs"))
	var count int64
	done := false
	for {
		header, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return m, damaged("%w", err)
		}
		switch {
		case done:
			return m, damaged("%s comes after the manifest", header.Name)
		case header.Name == bookName:
			err = unpackBook(tr, filepath.Join(dir, bookName))
		case strings.HasPrefix(header.Name, blobFolder):
			count++
			err = unpackBlob(ctx, tr, blobs, strings.TrimPrefix(header.Name, blobFolder))
		case header.Name == manifestName:
			done = true
			err = json.NewDecoder(io.LimitReader(tr, 64<<20)).Decode(&m)
		default:
			err = fmt.Errorf("%s does not belong in a backup", header.Name)
		}
		if err != nil {
			return m, damaged("%w", err)
		}
	}
	switch {
	case !done:
		return m, damaged("it ends before its manifest")
	case m.Format != 1:
		return m, damaged("its format is %d; this program reads 1", m.Format)
	case m.Blobs != count:
		return m, damaged("it holds %d blobs; expected %d", count, m.Blobs)
	}
	return m, nil
}

func unpackBook(r io.Reader, file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

// unpackBlob reads "<tenant>/<hash>".
func unpackBlob(ctx context.Context, r io.Reader, blobs *blobdir.Dir, name string) error {
	number, hash, _ := strings.Cut(name, "/")
	tenant, err := strconv.ParseInt(number, 10, 64)
	if err != nil || tenant < 1 {
		return fmt.Errorf("blob %q: expected <tenant>/<hash>", name)
	}
	h, err := store.ParseHash(hash)
	if err != nil {
		return err
	}
	packed, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	data, err := engine.UnpackBlob(h, packed)
	if err != nil {
		return err
	}
	_, err = blobs.Put(ctx, tenant, data)
	return err
}

// verify compares what was unpacked with the manifest.
func verify(ctx context.Context, m Manifest, file string, opts store.Options) error {
	sum, err := hashFile(file)
	if err != nil {
		return damaged("%w", err)
	}
	if sum != m.BookSHA256 {
		return damaged("the book has hash %s; expected %s", sum, m.BookSHA256)
	}
	heads, book, err := readHeads(ctx, opts, file)
	switch {
	case errors.Is(err, store.ErrOlderBook), errors.Is(err, store.ErrNewerBook),
		errors.Is(err, store.ErrOtherBook):
		return err
	case err != nil:
		return damaged("%w", err)
	case book.UID != m.BookUID || !maps.Equal(heads, m.Heads):
		return damaged("the book is not the one that the manifest describes")
	}
	return nil
}

// moveIntoPlace renames blobs, then the book: the book's name appears last.
func moveIntoPlace(file, target string) error {
	if _, err := os.Stat(file + ".blobs"); err == nil {
		if err := os.Rename(file+".blobs", target+".blobs"); err != nil {
			return store.FileError("restore", err)
		}
	}
	if err := os.Rename(file, target); err != nil {
		return store.FileError("restore", err)
	}
	return store.FileError("restore", durable.Folder(filepath.Dir(target)))
}

// copyIntoPlace copies the unpacked book into another engine.
func copyIntoPlace(ctx context.Context, file, address string, opts store.Options) error {
	opts.Create, opts.Migrate = false, false
	from, err := open.Open(ctx, file, opts)
	if err != nil {
		return err
	}
	defer from.Close()
	opts.Create = true
	to, err := open.Open(ctx, address, opts)
	if err != nil {
		return err
	}
	_, err = Copy(ctx, from, to)
	if closing := to.Close(); err == nil {
		err = closing
	}
	return err
}

func damaged(format string, args ...any) error {
	return &store.Error{Kind: store.ErrInvalid, Op: "restore: the backup is damaged or incomplete",
		Err: fmt.Errorf(format, args...)}
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/recoup-project/recoup/internal/durable"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/archive"
	"github.com/recoup-project/recoup/internal/store/migrate"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// OpenBook opens the book at an address with its use cases; Close ends it. Errors:
// not found, refused (older_book, newer_book), unavailable.
func OpenBook(ctx context.Context, address, build string) (*App, error) {
	db, err := open.Open(ctx, address, store.Options{})
	if errors.Is(err, store.ErrNotFound) {
		return nil, noBook(address, err)
	}
	if err != nil {
		return nil, err
	}
	a, err := openTenant(ctx, db, build)
	if err != nil {
		db.Close()
	}
	return a, err
}

func noBook(address string, cause error) error {
	return &Error{Kind: NotFound, Code: "book_not_found", Message: "there is no book at " +
		ShownAddress(address), Err: cause}
}

// Close waits for what is running and closes the book.
func (a *App) Close() error {
	a.sessions.close()
	return a.db.Close()
}

// openTenant returns the use cases of the one tenant of an open book.
func openTenant(ctx context.Context, db store.DB, build string) (*App, error) {
	tenants, err := db.Tenants(ctx)
	if err != nil {
		return nil, err
	}
	if len(tenants) != 1 {
		return nil, errUnfinished()
	}
	return New(db, tenants[0].ID, build)
}

func errUnfinished() error {
	return &Error{Kind: Conflict, Code: "book_unfinished",
		Message: "the book was not finished when it was made: repeat recoup init with the same words"}
}

// ShownAddress is the address of a book without a password.
func ShownAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	return u.Redacted()
}

// BookVersion is the version of the books that this program makes.
func BookVersion() int64 {
	s, _, err := schema.Shipped()
	if err != nil {
		return 0 // a program whose own schema is wrong fails its tests
	}
	return s.Version
}

// Migration is what bringing a book up to date did.
type Migration struct {
	From    int64  `json:"from"`
	To      int64  `json:"to"`
	Changed bool   `json:"changed"`
	Backup  string `json:"backup,omitempty"` // made before
}

// MigrateBook brings an older book up to this program's version, after a backup to
// a new file. A dry run only tells the versions. Errors: not found, newer_book,
// duty_held, and those of the backup: without one nothing is changed.
func MigrateBook(ctx context.Context, address, backup string, dryRun bool) (Migration, error) {
	m := Migration{To: BookVersion()}
	engine, dsn := open.Address(address)
	if _, err := os.Stat(dsn); engine == store.SQLite && err != nil {
		return m, noBook(address, err)
	}
	var err error
	var digest string
	if m.From, digest, err = migrate.Version(ctx, engine, dsn); err != nil {
		return m, err
	}
	switch {
	case m.From == migrate.NoBook:
		return m, noBook(address, nil)
	case m.From > m.To:
		return m, migrate.NewerBook(m.From, m.To)
	}
	_, files, err := schema.Shipped()
	if err == nil && digest != schema.DigestOf(files, m.From) {
		err = migrate.OtherBook(m.From)
	}
	if err != nil || m.From == m.To {
		return m, err
	}
	m.Changed, m.Backup = true, backup
	if dryRun {
		return m, nil
	}
	older, err := olderSchema(m.From)
	if err != nil {
		return m, err
	}
	if _, err := backupWith(ctx, address, backup, store.Options{Schema: older}); err != nil {
		return m, err
	}
	db, err := open.Open(ctx, address, store.Options{Migrate: true})
	if err != nil {
		return m, err
	}
	return m, db.Close()
}

// olderSchema is the schema text as it was at an earlier version.
func olderSchema(version int64) (fs.FS, error) {
	_, files, err := schema.Shipped()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		if f.Version <= version {
			names = append(names, f.Name)
		}
	}
	return someFiles{schema.Files, names}, nil
}

// someFiles shows only some files of a folder.
type someFiles struct {
	fs.FS
	names []string
}

// ReadDir implements fs.ReadDirFS.
func (s someFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(s.FS, name)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return !slices.Contains(s.names, e.Name()) }), err
}

// BackupReport describes a backup that was written and verified.
type BackupReport struct {
	File    string `json:"file"`
	Book    string `json:"book"` // its uid
	Version int64  `json:"version"`
	TakenAt string `json:"taken_at"`
	SHA256  string `json:"sha256"` // of the tables
	Blobs   int64  `json:"blobs"`
	Size    int64  `json:"size_bytes"`
}

func reportOf(file string, m archive.Manifest) BackupReport {
	r := BackupReport{File: file, Book: m.BookUID, Version: m.SchemaVersion, SHA256: m.BookSHA256,
		Blobs:   m.Blobs,
		TakenAt: m.TakenAt.UTC().Format("2006-01-02T15:04:05Z")}
	if info, err := os.Stat(file); err == nil {
		r.Size = info.Size()
	}
	return r
}

// BackupBook writes the book at an address, which may be in use, to a new file. The
// file appears under its name only when it is complete and on the disk. The right
// to send does not go with it. A dry run takes the file away again. Errors: conflict
// (the file exists), unavailable.
func BackupBook(ctx context.Context, address, file string, dryRun bool) (BackupReport, error) {
	r, err := backupWith(ctx, address, file, store.Options{})
	if err == nil && dryRun {
		err = os.Remove(file)
	}
	return r, err
}

// inScratch gives fn a place for a book that is taken away afterwards: where a dry
// run makes a book.
func inScratch(fn func(address string) error) error {
	dir, err := os.MkdirTemp("", "recoup-dry-run-")
	if err != nil {
		return fileTrouble(dir, err)
	}
	defer os.RemoveAll(dir)
	return fn(filepath.Join(dir, "book.db"))
}

func backupWith(ctx context.Context, address, file string, opts store.Options) (BackupReport, error) {
	if _, err := os.Lstat(file); err == nil {
		return BackupReport{}, &Error{Kind: Conflict, Code: "file_exists",
			Message: "the file exists already; a backup is written to a new one",
			Where:   &Where{File: file}}
	}
	db, err := open.Open(ctx, address, opts)
	if err != nil {
		return BackupReport{}, err
	}
	defer db.Close()
	var m archive.Manifest
	err = writeWhole(file, func(w io.Writer) (err error) {
		m, err = archive.Backup(ctx, db, opts, w, filepath.Dir(file))
		return err
	})
	return reportOf(file, m), err
}

// writeWhole writes a file so that it is there completely or not at all. Errors: write's
// own; unavailable (disk_full, file_trouble).
func writeWhole(file string, write func(io.Writer) error) error {
	var failed error
	err := durable.File(file, func(w io.Writer) error {
		failed = write(w)
		return failed
	})
	if err != nil && failed == nil {
		err = fileTrouble(file, err)
	}
	return err
}

func fileTrouble(file string, err error) error {
	e := &Error{Kind: Unavailable, Code: "file_trouble", Message: "the file cannot be read or written",
		Where: &Where{File: file}, Err: err}
	if durable.Full(err) {
		e.Code, e.Message = "disk_full", "the disk is full; the file was not written"
	}
	return e
}

// RestoreBook makes the book at an address, where there must be none, from a
// backup. Nothing appears before all of it has been verified. The restored book is
// not armed. A dry run restores it to a place of its own, which it takes away again.
// Errors: conflict (there is a book), invalid (the backup is damaged).
func RestoreBook(ctx context.Context, file, address string, dryRun bool) (BackupReport, error) {
	f, err := os.Open(file)
	if err != nil {
		return BackupReport{}, &Error{Kind: Invalid, Code: "file_unreadable",
			Message: "the backup cannot be read", Where: &Where{File: file}, Err: err}
	}
	defer f.Close()
	var m archive.Manifest
	restore := func(address string) (err error) {
		m, err = archive.Restore(ctx, f, address, store.Options{})
		return err
	}
	if !dryRun {
		err = restore(address)
	} else if err = vacant(ctx, address, nil); err == nil {
		err = inScratch(restore)
	}
	if errors.Is(err, store.ErrConflict) || err != nil && AsError(err).Code == "book_exists" {
		err = &Error{Kind: Conflict, Code: "book_exists", Message: "there is a book at " + ShownAddress(address) +
			", and a backup is never restored over one: restore it under another name, or move that book away first",
			Err: err}
	}
	return reportOf(file, m), err
}

// CopyReport is what a copy was found to hold, equal to its source.
type CopyReport struct {
	To     string `json:"to"`
	Tables int    `json:"tables"`
	Rows   int64  `json:"rows"`
	Blobs  int64  `json:"blobs"`
}

// CopyBook copies a book to another address, on either engine, and proves that both
// hold the same. The copy is not armed. A dry run copies it to a place of its own,
// which it takes away again. Errors: conflict (there is a book), invalid (the copy
// does not equal its source).
func CopyBook(ctx context.Context, from, to string, dryRun bool) (CopyReport, error) {
	r := CopyReport{To: ShownAddress(to)}
	source, err := open.Open(ctx, from, store.Options{})
	if err != nil {
		return r, err
	}
	defer source.Close()
	info, err := source.Book(ctx)
	if err != nil {
		return r, err
	}
	if err := vacant(ctx, to, &info.Simulated); err != nil {
		return r, err
	}
	copyTo := func(address string) error {
		target, err := open.Open(ctx, address, store.Options{Create: true})
		if err != nil {
			return err
		}
		defer target.Close()
		proof, err := archive.Copy(ctx, source, target)
		if err != nil {
			return fmt.Errorf("copy to %s: %w", r.To, err)
		}
		r.Tables, r.Rows, r.Blobs = len(proof.Totals), proof.Rows(), proof.Blobs
		return nil
	}
	if dryRun {
		err = inScratch(copyTo)
		return r, err
	}
	err = copyTo(to)
	return r, err
}

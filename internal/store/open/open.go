package open

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/migrate"
	"github.com/recoup-project/recoup/internal/store/schema"
	"github.com/recoup-project/recoup/internal/store/sqlite"
)

// Open opens the book at an address: the path of a file (SQLite; "sqlite:" may stand
// before it), or postgres://… .
//
// Without options the book must exist and have the program's version. With
// Options.Create a missing book is made, with Options.Migrate an older one is brought
// up to date; both take the duty lock while they work. Errors: store.ErrNotFound,
// store.ErrOlderBook, store.ErrNewerBook, store.ErrOtherBook, store.ErrDutyHeld, store.ErrInvalid,
// store.ErrUnavailable.
func Open(ctx context.Context, address string, opts store.Options) (store.DB, error) {
	engine, dsn := Address(address)
	read := schema.Shipped
	if opts.Schema != nil {
		read = func() (*schema.Schema, []schema.File, error) { return schema.Load(opts.Schema) }
	}
	s, files, err := read()
	if err != nil {
		return nil, err
	}
	b := book{engine: engine, dsn: dsn, schema: s, files: files, opts: opts}
	if engine == store.SQLite && !opts.Create && !opts.Migrate {
		return sqlite.OpenAfter(dsn, s, opts, func(ask func(string) (string, error)) error {
			version, digest, err := migrate.VersionBy(engine, ask)
			if err == nil {
				_, err = b.current(version, digest)
			}
			return err
		})
	}
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	return b.open(ctx)
}

// Address tells the engine of an address and the engine's own name for the book.
func Address(address string) (store.Engine, string) {
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		return store.Postgres, address
	}
	return store.SQLite, strings.TrimPrefix(address, "sqlite:")
}

type book struct {
	engine store.Engine
	dsn    string
	schema *schema.Schema
	files  []schema.File
	opts   store.Options
}

// prepare brings the book to the program's version, if that is asked for.
func (b *book) prepare(ctx context.Context) error {
	version, digest, err := b.version(ctx)
	if err != nil {
		return err
	}
	if current, err := b.current(version, digest); current || err != nil {
		return err
	}
	duty, err := b.duty(ctx)
	if err != nil {
		return err
	}
	defer duty.Release()
	if err := b.keepPrivate(); err != nil {
		return err
	}
	if err := migrate.Up(ctx, b.engine, b.dsn, b.files); err != nil {
		return err
	}
	return b.init(ctx)
}

// current reports whether a book has the program's version; where it has not, and may not
// be brought to it, the error says so.
func (b *book) current(version int64, digest string) (bool, error) {
	switch {
	case version == migrate.NoBook && !b.opts.Create:
		return false, &store.Error{Kind: store.ErrNotFound, Op: "book " + b.name()}
	case version > b.schema.Version:
		return false, migrate.NewerBook(version, b.schema.Version)
	case version != migrate.NoBook && digest != schema.DigestOf(b.files, version):
		return false, migrate.OtherBook(version)
	case version != b.schema.Version && version != migrate.NoBook && !b.opts.Migrate:
		return false, &store.Error{Kind: store.ErrOlderBook, Op: "book " + b.name(),
			Err: fmt.Errorf("it has version %d, this program version %d", version, b.schema.Version)}
	}
	return version == b.schema.Version, nil
}

// keepPrivate makes the file of a new book so that only its owner reads it: it holds
// the password of the mail server. SQLite gives the files beside it the same mode.
func (b *book) keepPrivate() error {
	if b.engine != store.SQLite {
		return nil
	}
	f, err := os.OpenFile(b.dsn, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return &store.Error{Kind: store.ErrUnavailable, Op: "book " + b.name(), Err: err}
	}
	return f.Close()
}

// version is the book's version and the digest of its schema text; a missing file is
// not made by looking.
func (b *book) version(ctx context.Context) (version int64, digest string, err error) {
	if b.engine == store.SQLite {
		if err := sqlite.CheckFileSystem(b.dsn); err != nil {
			return 0, "", err
		}
		if _, err := os.Stat(b.dsn); err != nil {
			return migrate.NoBook, "", nil
		}
	}
	return migrate.Version(ctx, b.engine, b.dsn)
}

// name is the address without a password.
func (b *book) name() string {
	if b.engine == store.SQLite {
		return b.dsn
	}
	before, after, ok := strings.Cut(b.dsn, "@")
	if !ok {
		return before
	}
	return "postgres://…@" + after
}

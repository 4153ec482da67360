package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // also the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// NoBook is the version of a database that holds no book, or one whose making broke off
// before the book's own row was there: then the making goes on where it stopped.
const NoBook = -1

// versions is goose's table. Goose counts from 1 and schema files from 0000, so file
// NNNN is goose's version NNNN + 1.
const versions = "schema_version"

// texts remembers the digest of the schema text by which each version was made: before
// a release the text of a version changes in place.
const texts = "schema_text"

// Version is the number of the newest schema file applied, or NoBook, and the digest
// of the text it was made by, "" if the book does not say.
func Version(ctx context.Context, e store.Engine, dsn string) (version int64, digest string, err error) {
	db, _, err := connect(e, dsn)
	if err != nil {
		return NoBook, "", err
	}
	defer db.Close()
	version, digest, err = VersionBy(e, func(query string) (value string, err error) {
		err = db.QueryRowContext(ctx, query).Scan(&value)
		return value, err
	})
	if err != nil {
		return NoBook, "", trouble("version of the book", err)
	}
	return version, digest, nil
}

// VersionBy is Version of a book that is open already: ask answers a query of one value.
func VersionBy(e store.Engine, ask func(query string) (string, error)) (version int64, digest string, err error) {
	number := func(query string) (n int64) {
		if err == nil {
			var text string
			if text, err = ask(query); err == nil {
				n, err = strconv.ParseInt(text, 10, 64)
			}
		}
		return n
	}
	exists := func(table string) bool {
		if e == store.Postgres {
			return number("SELECT count(to_regclass('"+table+"'))") > 0
		}
		return number("SELECT count(*) FROM sqlite_master WHERE name = '"+table+"'") > 0
	}
	if exists(versions) {
		version = number("SELECT coalesce(max(version_id), 0) FROM " + versions)
	}
	if version > 0 && exists("book") && number("SELECT count(*) FROM book") == 0 {
		version = 0
	}
	if version > 0 && exists(texts) && err == nil {
		digest, err = ask("SELECT coalesce(max(digest), '') FROM " + texts + " WHERE version = (SELECT max(version) FROM " + texts + ")")
	}
	if err != nil {
		return NoBook, "", err
	}
	return version - 1, digest, nil
}

// trouble gives an error of the database its kind: the disk is full, which also shows
// as no room for the index of SQLite's log, the file is no database, or it cannot answer.
func trouble(op string, err error) error {
	kind := store.ErrUnavailable
	var engine *sqlite.Error
	if errors.As(err, &engine) {
		switch {
		case engine.Code()&0xff == sqlite3.SQLITE_FULL || engine.Code() == sqlite3.SQLITE_IOERR_SHMSIZE:
			kind = store.ErrDiskFull
		case engine.Code()&0xff == sqlite3.SQLITE_NOTADB:
			kind = store.ErrInvalid
		}
	}
	return &store.Error{Kind: kind, Op: op, Err: err}
}

// Up applies the schema files that the book does not have yet, each in a transaction
// of its own. The caller holds the duty lock. Errors: store.ErrNewerBook,
// store.ErrUnavailable; they name the file and line of the statement that failed.
func Up(ctx context.Context, e store.Engine, dsn string, files []schema.File) error {
	version, _, err := Version(ctx, e, dsn)
	if err != nil {
		return err
	}
	if newest := files[len(files)-1].Version; version > newest {
		return NewerBook(version, newest)
	}
	db, dialect, err := connect(e, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	var migrations []*goose.Migration
	for _, f := range files {
		up := func(ctx context.Context, tx *sql.Tx) error { return apply(ctx, tx, e, f) }
		migrations = append(migrations, goose.NewGoMigration(f.Version+1, &goose.GoFunc{RunTx: up}, nil))
	}
	provider, err := goose.NewProvider(dialect, db, nil, goose.WithGoMigrations(migrations...),
		goose.WithTableName(versions), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			err = partial.Err
		}
		return trouble("migrate the book", err)
	}
	return nil
}

// OtherBook is the error for a book of the program's version with other tables.
func OtherBook(version int64) error {
	return &store.Error{Kind: store.ErrOtherBook, Op: "open the book", Err: fmt.Errorf(
		"its tables of version %d are not those of this program", version)}
}

// NewerBook is the error for a book of a later version.
func NewerBook(book, program int64) error {
	return &store.Error{Kind: store.ErrNewerBook, Op: "open the book", Err: fmt.Errorf(
		"the book has version %d and this program knows versions up to %d: install a newer program", book, program)}
}

func apply(ctx context.Context, tx *sql.Tx, e store.Engine, f schema.File) error {
	for _, st := range f.Statements {
		forms := []string{st.SQLite}
		if e == store.Postgres {
			forms = st.Postgres
		}
		for _, form := range forms {
			if _, err := tx.ExecContext(ctx, form); err != nil {
				return fmt.Errorf("schema %s, line %d: %w", f.Name, st.Line, err)
			}
		}
	}
	for _, form := range []string{
		"CREATE TABLE IF NOT EXISTS " + texts + " (version INTEGER PRIMARY KEY, digest TEXT NOT NULL)",
		fmt.Sprintf("INSERT INTO %s (version, digest) VALUES (%d, '%s')", texts, f.Version, f.Digest),
	} {
		if _, err := tx.ExecContext(ctx, form); err != nil {
			return fmt.Errorf("schema %s: %w", f.Name, err)
		}
	}
	return nil
}

// sqliteParameters are for making a book: pages of 8 KB, which rows that are only added
// split half as often as those of 4 KB. The size must be set before the journal, which
// the driver sees to: it takes the pragmas first.
const sqliteParameters = "_pragma=page_size(8192)&_journal_mode=WAL&_pragma=busy_timeout(30000)" +
	"&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)"

func connect(e store.Engine, dsn string) (*sql.DB, goose.Dialect, error) {
	driver, dialect, address := "sqlite", goose.DialectSQLite3, ""
	if e == store.Postgres {
		driver, dialect, address = "recoup-pgconn", goose.DialectPostgres, dsn
	} else {
		address = (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: dsn}).EscapedPath(),
			RawQuery: sqliteParameters}).String()
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, "", trouble("open the book", err)
	}
	db.SetMaxOpenConns(1)
	return db, dialect, nil
}

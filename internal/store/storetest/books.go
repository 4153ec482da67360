package storetest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

// NewSQLite makes an empty book in a folder of the test. The zero Options give the
// program's own schema. The book closes with the test.
func NewSQLite(t testing.TB, opts store.Options) store.DB {
	t.Helper()
	opts.Create = true
	return openBook(t, filepath.Join(t.TempDir(), "the book?.db"), opts)
}

// NewPostgres makes an empty book in a database of the test; see package pgtest for
// what its TestMain must do.
func NewPostgres(t testing.TB, opts store.Options) store.DB {
	t.Helper()
	opts.Create = true
	if !opts.SimulatedFrom.IsZero() {
		return openBook(t, pgtest.Database(t), opts)
	}
	key := "book"
	if opts.Schema != nil {
		key = "small"
	}
	return openBook(t, pgtest.FromTemplate(t, key, func(address string) error {
		db, err := open.Open(context.Background(), address, opts)
		if err != nil {
			return err
		}
		return db.Close()
	}), opts)
}

func openBook(t testing.TB, address string, opts store.Options) store.DB {
	t.Helper()
	db, err := open.Open(context.Background(), address, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

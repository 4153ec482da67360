//go:build unix

package open_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

// TestBookIsItsOwners: nobody else reads the file of a book, nor those beside it, since
// it holds a password; who made it readable is told.
func TestBookIsItsOwners(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	db, err := open.Open(ctx, path, store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.CreateTenant(ctx, "Test", "GB"); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v", filepath.Base(file), info.Mode().Perm())
		}
	}
	readable := func() bool {
		all, err := db.Check(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(all, func(f store.Finding) bool {
			return f.Name == "file_mode" && !f.OK && strings.Contains(f.Text, "chmod 600")
		})
	}
	if readable() {
		t.Error("a new book is said to be readable")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if !readable() {
		t.Error("nobody is told that others can read the book")
	}
}

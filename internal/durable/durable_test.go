package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFileIsWholeOrAsItWas: a write that fails leaves the old file and nothing beside it.
func TestFileIsWholeOrAsItWas(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, text := range []string{"first", "second"} {
		if err := File(path, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			t.Fatal(err)
		}
	}
	failed := errors.New("no more")
	err := File(path, func(w io.Writer) error { io.WriteString(w, "thi"); return failed })
	if err != failed {
		t.Errorf("error %v", err)
	}
	raw, err := os.ReadFile(path)
	if err != nil || string(raw) != "second" {
		t.Errorf("%q, %v", raw, err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("in the folder are %v, %v", all, err)
	}
	if err := Sync(path); err != nil {
		t.Error(err)
	}
	if err := Sync(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("sync of no file: %v", err)
	}
}

// TestTree: every file of a folder and of those in it is reached, and one that cannot be
// synced is told.
func TestTree(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "below/b", "below/further/c"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := Unsynced(path, func(w io.Writer) error { _, err := io.WriteString(w, name); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := Tree(dir); err != nil {
		t.Error(err)
	}
	if err := Tree(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("sync of no folder: %v", err)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "below/b")); err != nil || string(raw) != "below/b" {
		t.Errorf("%q, %v", raw, err)
	}
}

func TestFull(t *testing.T) {
	if !Full(&os.PathError{Op: "write", Path: "f", Err: syscall.ENOSPC}) || Full(os.ErrNotExist) || Full(nil) {
		t.Error("a full disk is not told from other errors")
	}
}

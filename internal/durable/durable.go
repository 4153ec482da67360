package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// File replaces a file by what write writes. When it returns nil, content and name are
// on the disk; otherwise the file is as it was. The folder must be there. Errors: write's
// own, unchanged, or of the file system.
func File(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return Folder(filepath.Dir(path))
}

// Sync makes content and name of a file that was written otherwise durable.
func Sync(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = f.Sync()
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return Folder(filepath.Dir(path))
}

// Full reports whether an error says that there is no room on the disk.
func Full(err error) bool { return errors.Is(err, syscall.ENOSPC) }

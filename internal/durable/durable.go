package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
)

// File replaces a file by what write writes. When it returns nil, content and name are
// on the disk; otherwise the file is as it was. The folder must be there. Errors: write's
// own, unchanged, or of the file system.
func File(path string, write func(io.Writer) error) error {
	if err := replace(path, write, (*os.File).Sync); err != nil {
		return err
	}
	return Folder(filepath.Dir(path))
}

// Unsynced replaces a file as File does, without waiting for the disk: a crash of the
// program leaves it whole or as it was, one of the machine need not. For what Tree makes
// durable before anybody relies on it.
func Unsynced(path string, write func(io.Writer) error) error {
	return replace(path, write, func(*os.File) error { return nil })
}

func replace(path string, write func(io.Writer) error, settle func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = settle(f)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// treeAtOnce is how many files Tree syncs at a time: file systems answer waiting syncs
// together.
const treeAtOnce = 16

// Tree makes everything in a folder durable: the content of its files and all names.
func Tree(dir string) error {
	var group sync.WaitGroup
	var failed atomic.Pointer[error]
	free := make(chan struct{}, treeAtOnce)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		one := syncFile
		switch {
		case e.IsDir():
			one = Folder
		case !e.Type().IsRegular():
			return nil
		}
		free <- struct{}{}
		group.Go(func() {
			if err := one(path); err != nil {
				failed.Store(&err)
			}
			<-free
		})
		return nil
	})
	group.Wait()
	if at := failed.Load(); at != nil {
		err = errors.Join(err, *at)
	}
	return err
}

// Sync makes content and name of a file that was written otherwise durable.
func Sync(path string) error {
	if err := syncFile(path); err != nil {
		return err
	}
	return Folder(filepath.Dir(path))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = f.Sync()
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

// Full reports whether an error says that there is no room on the disk.
func Full(err error) bool { return errors.Is(err, syscall.ENOSPC) }

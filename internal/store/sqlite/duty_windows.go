package sqlite

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile locks a file for this process without waiting; held reports that another
// process has it.
func lockFile(f *os.File) (held bool, err error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err = windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
	return err == windows.ERROR_LOCK_VIOLATION, err
}

//go:build unix

package sqlite

import (
	"os"
	"syscall"
)

// lockFile locks a file for this process without waiting; held reports that another
// process has it.
func lockFile(f *os.File) (held bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return err == syscall.EWOULDBLOCK, err
}

//go:build unix

package duty

import (
	"os"
	"syscall"
)

// inode is the number under which the file system keeps a file: a copy has another.
func inode(path string) (uint64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Ino), nil
	}
	return 0, nil
}

package app

import (
	"os"
	"syscall"
	"testing"
)

// TestFullDiskIsNamed: a file that found no room says so, as the database does.
func TestFullDiskIsNamed(t *testing.T) {
	for err, want := range map[error]string{syscall.ENOSPC: "disk_full", os.ErrPermission: "file_trouble"} {
		wantCode(t, fileTrouble("backup.tar", &os.PathError{Op: "write", Path: "backup.tar", Err: err}), want)
	}
}

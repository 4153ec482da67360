package sqlite

import (
	"fmt"
	"path/filepath"
	"syscall"

	"github.com/recoup-project/recoup/internal/store"
)

// networkFileSystems are those whose locks SQLite cannot rely on, by the number
// that statfs(2) gives.
var networkFileSystems = map[uint32]string{
	0x6969:     "NFS",
	0x517B:     "SMB",
	0xFE534D42: "SMB",
	0xFF534D42: "CIFS",
	0x01021997: "9P",
	0x5346414F: "AFS",
	0x00C36400: "Ceph",
	0x0BD00BD0: "Lustre",
}

// CheckFileSystem refuses a path on a network file system: two machines could write
// the same book at once. Errors: store.ErrInvalid.
func CheckFileSystem(path string) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(path), &st); err != nil {
		return &store.Error{Kind: store.ErrNotFound, Op: "folder of the book " + path, Err: err}
	}
	if name, ok := networkFileSystems[uint32(st.Type)]; ok {
		return &store.Error{Kind: store.ErrInvalid, Op: "book " + path, Err: fmt.Errorf(
			"it lies on a network file system (%s), whose locks are not reliable; "+
				"expected a local disk, or a PostgreSQL server", name)}
	}
	return nil
}

package sqlite

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/store"
)

// TestedVersions are the engine, its C library and its Go face as they passed the
// conformance suite together. The C library follows no versioning rules, so another
// combination is another engine.
var TestedVersions = []string{
	"modernc.org/libc v1.78.0",
	"modernc.org/sqlite v1.60.1",
	"zombiezen.com/go/sqlite v1.4.2",
}

// Versions compares what this program was built with against TestedVersions.
func Versions() store.Finding {
	f := store.Finding{Name: "engine_versions"}
	info, ok := debug.ReadBuildInfo()
	if !ok || len(info.Deps) == 0 {
		f.Text = "the program does not say which versions of the SQLite engine it was built with"
		return f
	}
	var built []string
	for _, dep := range info.Deps {
		if dep.Replace != nil {
			dep = dep.Replace
		}
		if slices.ContainsFunc(TestedVersions, func(s string) bool { return strings.HasPrefix(s, dep.Path+" ") }) {
			built = append(built, dep.Path+" "+dep.Version)
		}
	}
	slices.Sort(built)
	f.OK = slices.Equal(built, TestedVersions)
	f.Text = "built with " + strings.Join(built, ", ")
	if !f.OK {
		f.Text += fmt.Sprintf("; the tested combination is %s: install a released build",
			strings.Join(TestedVersions, ", "))
	}
	return f
}

func (db *DB) fileSystemFinding() store.Finding {
	f := store.Finding{Name: "file_system", OK: true, Text: "the book lies on a local disk"}
	if err := CheckFileSystem(db.path); err != nil {
		f.OK, f.Text = false, err.Error()
	}
	return f
}

// modeFinding looks at whether others than the owner can read the book, which holds the
// password of the mail server. Windows has no such modes.
func (db *DB) modeFinding() store.Finding {
	f := store.Finding{Name: "file_mode", OK: true, Text: "only its owner can read the book"}
	for _, file := range []string{db.path, db.path + "-wal", db.path + "-shm"} {
		info, err := os.Stat(file)
		if runtime.GOOS != "windows" && err == nil && info.Mode()&0o077 != 0 {
			f.OK = false
			f.Text = fmt.Sprintf("other users of this computer can read %s and the passwords in it: chmod 600 %s*",
				file, db.path)
			break
		}
	}
	return f
}

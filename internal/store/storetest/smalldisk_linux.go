package storetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
)

// ownSpaceEnv marks a test that was started again in name spaces of its own.
const ownSpaceEnv = "RECOUP_TEST_OWN_NAMESPACE"

// OnSmallDisk runs a test on a folder that is a file system of 16 MB. To mount one takes
// the right to do so: where this user lacks it, the test is started again in name spaces
// of its own, in which every user may.
func OnSmallDisk(t *testing.T, test func(dir string)) {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m")
	switch {
	case err == nil:
		t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
		test(dir)
	case os.Getenv(ownSpaceEnv) == "":
		inOwnSpace(t)
	default:
		t.Fatalf("mounting a small file system: %v", err)
	}
}

// inOwnSpace runs the test that calls it as the root of name spaces of its own.
func inOwnSpace(t *testing.T) {
	t.Helper()
	again := exec.Command(os.Args[0], "-test.run=^"+regexp.QuoteMeta(t.Name())+"$", "-test.timeout=10m")
	again.Env = append(os.Environ(), ownSpaceEnv+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	if out, err := again.CombinedOutput(); err != nil {
		t.Fatalf("with a small file system in name spaces of its own: %v\n%s", err, out)
	}
}

// FillUp writes a file, and returns its name, that leaves so many bytes of a small disk free.
func FillUp(t *testing.T, dir string, free int64) string {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "ballast")
	if err := os.WriteFile(name, make([]byte, max(0, int64(st.Bavail)*st.Bsize-free)), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

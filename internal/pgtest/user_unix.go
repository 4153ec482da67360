//go:build unix

package pgtest

import (
	"os/exec"
	"syscall"
)

// runAs makes a command run as another user and group.
func runAs(cmd *exec.Cmd, id uint32) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id, Gid: id}}
}

package pgtest

import (
	"os/exec"
	"runtime"
	"syscall"
)

// startBound starts a process that the kernel ends with this one. The kernel watches
// the thread that started it, so that thread is kept.
func startBound(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		select {}
	}()
	return <-started
}

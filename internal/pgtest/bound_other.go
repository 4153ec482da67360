//go:build !linux

package pgtest

import "os/exec"

func startBound(cmd *exec.Cmd) error { return cmd.Start() }

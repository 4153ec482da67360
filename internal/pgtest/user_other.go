//go:build !unix

package pgtest

import "os/exec"

// runAs does nothing: only Unix has a root that the server refuses to run as.
func runAs(*exec.Cmd, uint32) {}

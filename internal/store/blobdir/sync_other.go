//go:build !unix

package blobdir

// syncDir does nothing: this system cannot sync a folder; renames are journaled.
func syncDir(string) error { return nil }

//go:build !unix

package durable

// Folder does nothing: this system cannot sync a folder; its renames are journaled.
func Folder(string) error { return nil }

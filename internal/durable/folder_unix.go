//go:build unix

package durable

import "os"

// Folder makes the names in a folder durable: those of new, renamed and removed files.
func Folder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

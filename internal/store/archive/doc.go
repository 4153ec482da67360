// Package archive moves whole books: copies from one engine to the other, backups
// into one file, and restores.
//
// It must never write into a book that holds anything, never end in silence with a
// copy that differs from its source, and never take along what says that a book may
// send: a restored book must be armed anew.
//
// A backup is a tar file, the same for both engines: the book as a SQLite file, then
// the blobs, then a manifest with hashes. Any SQLite tool can look into it.
package archive

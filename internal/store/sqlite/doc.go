// Package sqlite is the engine that keeps a book in one SQLite file.
//
// One goroutine writes. Commands that arrive while a commit is being synced are run
// one after another, each in its own savepoint, and committed together with one
// sync: group commit. Readers have their own connections and see snapshots. The
// journal is a write-ahead log and every commit is synced (synchronous FULL).
//
// It must never run without that sync, except while a demo is made that is thrown away if
// it does not come to its end (store.Options.Unsynced), on a network file system, or let
// an engine error out untranslated.
package sqlite

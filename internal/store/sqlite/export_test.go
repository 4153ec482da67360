package sqlite

import "context"

// Path is the file of the book.
func (db *DB) Path() string { return db.path }

// Commits is the number of commits since the book was opened.
func (db *DB) Commits() int64 { return db.commits.Load() }

// EngineRollsBack submits a job during which the engine rolls back the transaction by
// itself, as SQLite does when the disk is full.
func (db *DB) EngineRollsBack() error {
	return db.raw(context.Background(), func(cn *conn) error { return cn.run("ROLLBACK") })
}

// SetMaxPages limits the size of the file, in pages.
func (db *DB) SetMaxPages(n string) error {
	return db.raw(context.Background(), func(cn *conn) error { return cn.pragma("max_page_count=" + n) })
}

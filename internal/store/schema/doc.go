// Package schema holds the schema text of a book and what is derived from it: the
// registry of tables and the form for PostgreSQL.
//
// The text is written once, for SQLite. It must never hold what only one engine
// understands and must never be changed after a release: a new file is added.
package schema

// Package migrate brings a book's tables to the version of the schema text, with
// goose. It is the only place that uses database/sql.
//
// It must never run without the duty lock, skip or repeat a file, or touch a book
// that is newer than the program.
package migrate

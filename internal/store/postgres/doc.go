// Package postgres is the engine that keeps a book in a PostgreSQL database.
//
// Every transaction tells the server its tenant, and row security (forced for the
// owner too) hides everybody else's rows. A command locks its tenant's head row
// first, so commands of a tenant are serial as on SQLite; reads are repeatable
// snapshots. Rows go in as arrays, thousands a statement: COPY is not possible
// under row security. A commit whose answer is lost is asked for again.
//
// It must never keep state in a session that a transaction needs (besides prepared
// statements and the duty lock), and never let a server error out untranslated.
package postgres

// Package book holds the types of all facts, the account that gathers them, and
// the fold that turns facts into balances: what is open, overdue and unapplied
// as of a day and as known at an instant.
//
// It decides nothing and knows no database: facts come in as slices ordered by
// key, and the same facts always give the same account. It must never add two
// currencies and never change a fact.
package book

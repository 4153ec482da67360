// Package store is the interface between the program and its database: one SQL
// text, two engines (SQLite in a file, PostgreSQL on a server), one behaviour.
//
// Its job is to record facts in commands, each with its link in the audit chain,
// and to read them back in consistent snapshots. It must never hold a rule about
// debts, read the machine's clock inside a transaction (every transaction has one
// Now), or let an engine's error reach a caller untranslated.
//
// # The pieces
//
//   - [DB] is an open book: Read, Write, Mark, Duty and Blobs.
//   - [Command] names what is written and by whom; [Outcome] says what became of it.
//   - [Tx], [WriteTx] and [MarkTx] are what a closure gets; [Rows] and [Inserter] move data.
//   - package schema holds the schema text and the registry of tables;
//     packages sqlite and postgres are the engines; package open picks one by the
//     address of the book; package storetest holds the conformance suite.
//
// # One SQL text
//
// Statements are written once and run on both engines. Parameters are $1, $2 …, each
// may be used more than once. A few words are translated for an engine; write them so:
//
//   - x IN ids($3), x NOT IN ids($3): $3 is a []int64, which may be empty;
//   - greatest(a, b), least(a, b): arguments must not be NULL;
//   - FOR UPDATE, FOR SHARE, SKIP LOCKED: dropped on SQLite, where writers are serial.
//
// Sums are written CAST(sum(x) AS bigint), booleans are 0 or 1, there is no LIKE, and
// order by a nullable column says where NULL goes (NULLS FIRST or NULLS LAST).
//
// # Closures
//
// A closure given to Read, Write or Mark may run more than once and may be rolled
// back after it returned nil: it does database work only, sets its results by
// assignment (never appends to what an earlier run left), and is short (≤ 50 ms for
// writers). One statement at a time: the Rows of a query are read to the end or
// closed before the next statement.
package store

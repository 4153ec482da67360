// Package pgtest gives tests a real PostgreSQL: one server for a test process (or for
// a whole run of the tests, see command with), a database of its own for each test,
// and a role that row security binds.
//
// It must never be used by the program itself, never touch a server that it did not
// start or was not told of, and never skip a test: without PostgreSQL they fail with
// the command that installs it.
package pgtest

// Package engine is the half of a store engine that does not depend on the engine:
// the rules of a transaction, of a command and of the audit chain.
//
// It must never talk to a database itself: it asks a Conn.
package engine

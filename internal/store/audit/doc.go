// Package audit proves that the facts of a tenant are those that were recorded: it
// recomputes the chain of commands and the digest of every command's rows.
//
// It must never change anything, and never need more memory than one window of rows.
//
// What the proof is worth: whoever can write the database can also recompute the
// chain. Only a head that was noted elsewhere (an export, a mail, another person)
// shows that nothing was rewritten since; Options.Known takes it.
package audit

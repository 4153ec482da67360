// Package app holds the use cases: what a person, a schedule or a file can do to
// the book. It is the only caller of the rules in core and of the store, and the
// only place where the two meet.
//
// One exported method is one transaction, with three named exceptions: Run (one
// transaction per thousand customers), Import (staged in batches, applied in one)
// and the sender's marks. It must hold no rule about debts (those are in core) and
// no presentation (those are the faces: command line, web, API).
package app

package store

import "time"

// Command names one act of a person or of the program. It becomes one row of txn:
// audit entry, order of knowledge and idempotency record in one.
type Command struct {
	// Name of the use case, for example "import_invoices". Required.
	Name string
	// Actor who acts: a user id, or "system". Required. It is hashed into the
	// chain, so it must be an id, never a person's name or address.
	Actor string
	// ID of the command. Whoever may have to repeat it chooses one; empty means a
	// new random one.
	ID string
	// Input is what the command was asked to do. Only its hash is stored.
	Input []byte
	// Reason a person gave; hashed into the chain, so it must not name people.
	Reason string
	// DryRun runs the closure and rolls everything back. Outcome.Result is kept.
	DryRun bool
}

// Outcome says what became of a command.
type Outcome struct {
	Seq        int64     // its number; 0 after a dry run or ErrNothing
	RecordedAt time.Time // by the book's clock
	Replayed   bool      // recorded by an earlier call; the closure did not run
	Result     []byte    // what the closure set
	ID         string    // the command's id, given or made
}

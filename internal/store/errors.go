package store

import (
	"errors"
	"fmt"

	"github.com/recoup-project/recoup/internal/durable"
)

// Kinds of error. Test with errors.Is.
var (
	// ErrInvalid: the call itself is wrong (bad text, wrong column type, a
	// statement that is not allowed here). Repeating it does not help.
	ErrInvalid = errors.New("invalid")
	// ErrNotFound: there is no such row, tenant, blob or book.
	ErrNotFound = errors.New("not found")
	// ErrConflict: a unique key or another constraint stands against it, or the
	// command id was used with another input.
	ErrConflict = errors.New("conflict")
	// ErrUnavailable: the database cannot answer now; a later repetition may succeed.
	ErrUnavailable = errors.New("database unavailable")
	// ErrDiskFull is an ErrUnavailable: nothing was written, and writing works
	// again when there is space.
	ErrDiskFull = fmt.Errorf("disk full: %w", ErrUnavailable)
	// ErrCommitUnknown is an ErrUnavailable: the connection broke at the commit,
	// which may or may not have been done.
	ErrCommitUnknown = fmt.Errorf("answer of the commit lost: %w", ErrUnavailable)
	// ErrNewerBook: the book was written by a newer version of the program.
	ErrNewerBook = errors.New("book is newer than this program")
	// ErrOtherBook: the book has the program's version and other tables. It was made by a
	// program between two releases.
	ErrOtherBook = errors.New("book was made by another build of this version")
	// ErrOlderBook: the book must be migrated before this program can use it.
	ErrOlderBook = errors.New("book is older than this program and must be migrated")
	// ErrDutyHeld: another process runs and sends for this book.
	ErrDutyHeld = errors.New("another process holds the duty of this book")
	// ErrNothing is returned by a closure that found nothing to record: the
	// transaction is rolled back, no number is taken, and Write returns no error.
	ErrNothing = errors.New("nothing to record")
)

// Error is an engine's error, translated. Kind is one of the kinds above;
// errors.Is finds both Kind and Err.
type Error struct {
	Kind error
	Op   string // what was being done, for the operator
	// Constraint names the unique index or primary key behind an ErrConflict where the
	// engine tells it. Primary keys are named "<table>_pkey" on both engines.
	Constraint string
	Err        error // the engine's own error, nil if none
}

// Error is the text for the operator.
func (e *Error) Error() string {
	s := e.Kind.Error()
	if e.Constraint != "" {
		s += " (" + e.Constraint + ")"
	}
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// Invalid builds an ErrInvalid with a sentence.
func Invalid(format string, args ...any) error {
	return &Error{Kind: ErrInvalid, Err: fmt.Errorf(format, args...)}
}

// FileError is the error of a file beside the database: disk full or unavailable; nil for
// none.
func FileError(op string, err error) error {
	if err == nil {
		return nil
	}
	kind := ErrUnavailable
	if durable.Full(err) {
		kind = ErrDiskFull
	}
	return &Error{Kind: kind, Op: op, Err: err}
}

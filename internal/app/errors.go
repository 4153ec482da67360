package app

import (
	"errors"
	"fmt"

	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// Kind of an error, the same for every face: one mapping to exit status and HTTP.
type Kind string

// Kinds.
const (
	Invalid     Kind = "invalid"     // the input is wrong; trying again will not help
	NotFound    Kind = "not_found"   // there is no such thing
	Conflict    Kind = "conflict"    // it contradicts what is recorded
	Refused     Kind = "refused"     // a rule forbids it
	Unavailable Kind = "unavailable" // it may work later
	Internal    Kind = "internal"    // a fault of the program
)

// Error is what a use case returns: a code for programs, a sentence for people,
// detail for the operator, and where in the input it lies.
type Error struct {
	Kind    Kind
	Code    string
	Message string
	Detail  string
	Where   *Where
	Err     error
}

// Where is a place in an input file. Row is the physical line, from 1.
type Where struct {
	File  string `json:"file,omitempty"`
	Row   int    `json:"row,omitempty"`
	Field string `json:"field,omitempty"`
}

// Error is the sentence and the place.
func (e *Error) Error() string {
	s := e.Message
	if w := e.Where; w != nil {
		if w.File != "" {
			s = w.File + ": " + s
		}
		if w.Row > 0 {
			s = fmt.Sprintf("%s (row %d, %s)", s, w.Row, w.Field)
		}
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

func invalid(code, format string, args ...any) error {
	return &Error{Kind: Invalid, Code: code, Message: fmt.Sprintf(format, args...)}
}

func notFound(code, format string, args ...any) error {
	return &Error{Kind: NotFound, Code: code, Message: fmt.Sprintf(format, args...)}
}

func refused(code reason.Code, args ...string) error {
	return &Error{Kind: Refused, Code: string(code), Message: reason.Fill(code, args)}
}

// AsError gives any error its kind, so that a face maps kinds only.
func AsError(err error) *Error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, store.ErrNotFound):
		return &Error{Kind: NotFound, Code: "not_found", Message: "not found", Err: err}
	case errors.Is(err, store.ErrInvalid):
		return &Error{Kind: Invalid, Code: "invalid", Message: "the input is not valid", Err: err}
	case isRepeated(err):
		return &Error{Kind: Conflict, Code: "command_repeated", Message: "this was recorded before under the same id, " +
			"with another input: look at what it did before you do it once more"}
	case errors.Is(err, store.ErrConflict):
		return &Error{Kind: Conflict, Code: "conflict", Message: "it contradicts what is recorded", Err: err}
	case errors.Is(err, store.ErrDutyHeld):
		return &Error{Kind: Unavailable, Code: "duty_held", Message: "another process runs and sends for this book"}
	case errors.Is(err, store.ErrNewerBook):
		return &Error{Kind: Refused, Code: "newer_book",
			Message: "the book was written by a newer version of the program", Err: err}
	case errors.Is(err, store.ErrOtherBook):
		return &Error{Kind: Refused, Code: "other_book", Err: err,
			Message: "the book was made by a build between two releases, and this program cannot read it: use that " +
				"build, or make a new book"}
	case errors.Is(err, store.ErrOlderBook):
		return &Error{Kind: Refused, Code: "older_book",
			Message: "the book must be brought up to date first: recoup migrate", Err: err}
	case errors.Is(err, store.ErrDiskFull):
		return &Error{Kind: Unavailable, Code: "disk_full", Err: err,
			Message: "the disk is full; what did not fit was not recorded, and nothing is half-written"}
	case errors.Is(err, store.ErrUnavailable):
		return &Error{Kind: Unavailable, Code: "unavailable", Message: "the database cannot answer now", Err: err}
	}
	return &Error{Kind: Internal, Code: "internal", Message: "a fault of the program", Err: err}
}

func refusedText(code, message string) error {
	return &Error{Kind: Refused, Code: code, Message: message}
}

// isRepeated reports whether a command was recorded before under the same id, of another
// input.
func isRepeated(err error) bool {
	var e *store.Error
	return errors.As(err, &e) && e.Kind == store.ErrConflict && e.Constraint == "txn_command"
}

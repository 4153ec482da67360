package store

import (
	"io/fs"
	"time"
)

// Options of opening a book. The zero value opens an existing book of this version.
type Options struct {
	// Schema is the schema text; nil is the book's own. For tests of the store.
	Schema fs.FS
	// Create makes the book if there is none.
	Create bool
	// SimulatedFrom, with Create, gives the book a simulated clock that stands at
	// this instant.
	SimulatedFrom time.Time
	// Unsynced, with SimulatedFrom, commits without waiting for the disk: for a demo that is
	// made anew if the machine stops before it is done. Whoever asks for it closes the book,
	// makes its folder durable and opens it again before it is relied on.
	Unsynced bool
	// Migrate brings an older book up to date. The caller has made a backup.
	Migrate bool
	// Now is the machine's clock; nil is time.Now. For tests of the store.
	Now func() time.Time
	// MaxReaders limits concurrent Read transactions; 0 is 8.
	MaxReaders int
}

// WithDefaults fills in what is not given.
func (o Options) WithDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxReaders <= 0 {
		o.MaxReaders = 8
	}
	return o
}

package app

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// hold records a hold of an account or item, with the reason of a person, and returns its
// id.
func (w *recorder) hold(customer int64, h book.Hold, why string) (int64, error) {
	words, hash, err := w.words(why)
	if err != nil {
		return 0, err
	}
	if h.ID, err = w.NextIDs("hold", 1); err != nil {
		return 0, err
	}
	ins := w.Insert("hold")
	putHold(ins, customer, w.Seq(), &h, words, hash)
	if err := ins.Close(); err != nil {
		return 0, err
	}
	return h.ID, w.touch(customer)
}

// putHold writes one row of hold.
func putHold(ins *store.Inserter, customer, seq int64, h *book.Hold, words int64, hash []byte) error {
	until := h.Until
	if until == cal.Far { // until it is ended
		until = cal.None
	}
	ins.Int(customer).Int(h.ID).Int(seq).Int(h.Item).Text(string(h.Kind)).Text(string(h.Currency)).Int(h.Minor)
	ins.Day(h.From).Day(until).Int(words).Bytes(hash)
	return ins.End()
}

// putHoldEnd writes one row of hold_end: day is the first on which it no longer holds.
func putHoldEnd(ins *store.Inserter, customer, hold, seq int64, day cal.Date, outcome string, words int64,
	hash []byte) error {
	ins.Int(customer).Int(hold).Int(seq).Day(day).Text(outcome).Int(words).Bytes(hash)
	return ins.End()
}

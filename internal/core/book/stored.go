package book

import "slices"

// The words that stand in every row of items and entries are stored as numbers. A
// number, once given, stays.

// entryKinds are the kinds of entries by their number, from 1.
var entryKinds = []EntryKind{EntryInvoice, EntryCreditNote, EntryPayment, EntrySettledByList, EntryAdjustment,
	EntryWriteOff, EntryRefund, EntryClaim, EntryWaiver}

// Number is the stored form; 0 for what is no kind of entry.
func (k EntryKind) Number() int64 { return int64(slices.Index(entryKinds, k) + 1) }

// EntryKindOf reads the stored form; "" for a number that was never given.
func EntryKindOf(stored int64) EntryKind {
	if stored < 1 || stored > int64(len(entryKinds)) {
		return ""
	}
	return entryKinds[stored-1]
}

// Number is the stored form: 1 for an invoice, 2 for a credit note.
func (k DocumentKind) Number() int64 {
	if k == CreditNote {
		return 2
	}
	return 1
}

// DocumentKindOf reads the stored form.
func DocumentKindOf(stored int64) DocumentKind {
	if stored == CreditNote.Number() {
		return CreditNote
	}
	return Invoice
}

// Heads is the stored form of both heads of an entry: 100 times the number of the one
// it moves from, and that of the one it moves to.
func (e *Entry) Heads() int64 { return 100*int64(e.From) + int64(e.To) }

// HeadsOf reads the stored form.
func HeadsOf(stored int64) (from, to Head) { return Head(stored / 100), Head(stored % 100) }

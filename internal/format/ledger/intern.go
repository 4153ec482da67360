package ledger

import "hash/maphash"

// interner remembers the texts of columns with few different values (country,
// language, role), so that they are parsed once. Its size is fixed: a slot is
// overwritten when another text falls on it. Names and numbers are not kept here:
// with thousands of customers the memory misses cost more than a new string; for
// them the text of the row before is remembered (see reader.again).
type interner struct {
	seed  maphash.Seed
	slots []slot
}

type slot struct {
	raw, text string
	field     Field
}

const internSlots = 1 << 10

func newInterner() *interner {
	return &interner{seed: maphash.MakeSeed(), slots: make([]slot, internSlots)}
}

// get finds the text made from a raw cell of a field before.
func (in *interner) get(f Field, raw []byte) (text string, at *slot) {
	at = &in.slots[(maphash.Bytes(in.seed, raw)+uint64(f)*0x9e3779b97f4a7c15)%internSlots]
	if at.field == f && at.raw == string(raw) {
		return at.text, nil
	}
	return "", at
}

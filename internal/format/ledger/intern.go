package ledger

import "hash/maphash"

// interner remembers recent texts, so that a name on thousands of rows is one
// string. Its size is fixed: a slot is overwritten when another text falls on it.
type interner struct {
	seed  maphash.Seed
	slots []slot
}

type slot struct {
	raw, text string
	kind      uint8
}

const internSlots = 1 << 15

func newInterner() *interner {
	return &interner{seed: maphash.MakeSeed(), slots: make([]slot, internSlots)}
}

// get returns make(raw), from memory if this raw text of this kind was made
// before. Results that are not ok are not remembered.
func (in *interner) get(raw []byte, kind uint8, make func([]byte) (string, bool)) string {
	s := &in.slots[(maphash.Bytes(in.seed, raw)+uint64(kind)*0x9e3779b97f4a7c15)%internSlots]
	if s.kind == kind && s.raw == string(raw) {
		return s.text
	}
	text, ok := make(raw)
	if !ok {
		return text
	}
	s.kind, s.text = kind, text
	if s.raw = text; text != string(raw) {
		s.raw = string(raw)
	}
	return text
}

package ledger

import (
	"hash/maphash"
	"strings"
)

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

// find returns the slot of a raw cell of a field, and whether it holds that cell.
func (in *interner) find(f Field, raw []byte) (known bool, at *slot) {
	at = &in.slots[(maphash.Bytes(in.seed, raw)+uint64(f)*0x9e3779b97f4a7c15)%internSlots]
	return at.field == f && at.raw == string(raw), at
}

// texts makes strings of cells, some kilobytes at a time instead of one by one. A
// string that is kept for long keeps its chunk.
type texts struct{ chunk strings.Builder }

const chunkBytes = 4 << 10

func (t *texts) keep(b []byte) string {
	if t.chunk.Cap()-t.chunk.Len() < len(b) {
		t.chunk.Reset() // leaves the strings of the old chunk as they are
		t.chunk.Grow(max(chunkBytes, len(b)))
	}
	from := t.chunk.Len()
	t.chunk.Write(b)
	return t.chunk.String()[from:]
}

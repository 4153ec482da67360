package app

import "hash/maphash"

// textIndex finds things by a text, as a map does, but keeps eight bytes for each and
// nothing that the garbage collector would follow: the texts stay with their owner.
// Things are numbered from 0.
type textIndex struct {
	text  func(at int32) string // of a thing
	seed  maphash.Seed
	slots []textSlot // a power of two of them, at most three quarters taken
	count int
}

// textSlot is empty where at is 0; else thing at-1 is there.
type textSlot struct {
	hash uint32
	at   int32
}

// newTextIndex makes room for so many things; more may come.
func newTextIndex(room int64, text func(at int32) string) textIndex {
	size := int64(16)
	for size*3/4 < room {
		size *= 2
	}
	return textIndex{text: text, seed: maphash.MakeSeed(), slots: make([]textSlot, size)}
}

// find returns the thing that was put under a text.
func (x *textIndex) find(key string) (at int32, known bool) {
	slot := x.slot(key, x.hash(key))
	return slot.at - 1, slot.at != 0
}

// put adds a thing under a text that is not there yet.
func (x *textIndex) put(key string, at int32) {
	if x.count++; x.count > len(x.slots)*3/4 {
		old := x.slots
		x.slots = make([]textSlot, 2*len(old))
		for _, s := range old {
			if s.at != 0 {
				*x.free(s.hash) = s
			}
		}
	}
	hash := x.hash(key)
	*x.free(hash) = textSlot{hash, at + 1}
}

func (x *textIndex) hash(key string) uint32 { return uint32(maphash.String(x.seed, key) >> 32) }

// slot is where a text is, or the empty one where it would be put.
func (x *textIndex) slot(key string, hash uint32) *textSlot {
	for i := int(hash); ; i++ {
		s := &x.slots[i&(len(x.slots)-1)]
		if s.at == 0 || s.hash == hash && x.text(s.at-1) == key {
			return s
		}
	}
}

func (x *textIndex) free(hash uint32) *textSlot {
	for i := int(hash); ; i++ {
		if s := &x.slots[i&(len(x.slots)-1)]; s.at == 0 {
			return s
		}
	}
}

package pdf

import "sort"

// The two tables of OpenType that say how glyphs stand beside each other, as far as
// letters need them: figures of one width, and pairs that move together.

// lookups calls fn for each subtable of a feature, with the kind of its lookup. extension
// is the kind that only points to another.
func lookups(table []byte, feature string, extension uint16, fn func(kind uint16, sub []byte)) {
	if len(table) < 10 {
		return
	}
	features, list := table[u16(table, 6):], table[u16(table, 8):]
	seen := map[uint16]bool{}
	for i := range int(u16(features, 0)) {
		record := features[2+6*i:]
		if string(record[:4]) != feature {
			continue
		}
		of := features[u16(record, 4):]
		for k := range int(u16(of, 2)) {
			index := u16(of, 4+2*k)
			if seen[index] {
				continue
			}
			seen[index] = true
			lookup := list[u16(list, 2+2*int(index)):]
			for s := range int(u16(lookup, 4)) {
				kind, sub := u16(lookup, 0), lookup[u16(lookup, 6+2*s):]
				if kind == extension {
					kind, sub = u16(sub, 2), sub[u32(sub, 4):]
				}
				fn(kind, sub)
			}
		}
	}
}

// singleSubstitution is the glyph for a glyph of a feature.
func singleSubstitution(gsub []byte, feature string) map[uint16]uint16 {
	out := map[uint16]uint16{}
	lookups(gsub, feature, 7, func(kind uint16, sub []byte) {
		if kind != 1 {
			return
		}
		for i, g := range coverage(sub[u16(sub, 2):]) {
			if u16(sub, 0) == 1 {
				out[g] = g + u16(sub, 4)
			} else {
				out[g] = u16(sub, 6+2*i)
			}
		}
	})
	return out
}

// coverage lists the glyphs that a subtable is about.
func coverage(table []byte) []uint16 {
	var out []uint16
	n := int(u16(table, 2))
	for i := range n {
		if u16(table, 0) == 1 {
			out = append(out, u16(table, 4+2*i))
			continue
		}
		for g := int(u16(table, 4+6*i)); g <= int(u16(table, 6+6*i)); g++ {
			out = append(out, uint16(g))
		}
	}
	return out
}

// pairs is one subtable of pairs of glyphs that move together.
type pairs struct {
	first         []uint16 // by glyph: where it stands in the coverage, from 1; 0: not at all
	named         [][]byte // format 1, by where the first glyph stands
	lefts, rights []uint16 // format 2: classes by glyph
	columns       int
	values        []byte
}

// pairKerning reads the pairs in the order in which they decide. Only how far the first
// glyph advances is read; a subtable that says more is left out.
func pairKerning(gpos []byte, glyphs int) []pairs {
	var out []pairs
	lookups(gpos, "kern", 9, func(kind uint16, sub []byte) {
		if kind != 2 || u16(sub, 4) != 4 || u16(sub, 6) != 0 {
			return
		}
		p := pairs{first: make([]uint16, glyphs)}
		for i, g := range coverage(sub[u16(sub, 2):]) {
			p.first[g] = uint16(i + 1)
		}
		if u16(sub, 0) == 1 {
			for i := range int(u16(sub, 8)) {
				p.named = append(p.named, sub[u16(sub, 10+2*i):])
			}
		} else {
			p.lefts, p.rights = classes(sub[u16(sub, 8):], glyphs), classes(sub[u16(sub, 10):], glyphs)
			p.columns, p.values = int(u16(sub, 14)), sub[16:]
		}
		out = append(out, p)
	})
	return out
}

// classes is the class of each glyph.
func classes(table []byte, glyphs int) []uint16 {
	out := make([]uint16, glyphs)
	if u16(table, 0) == 1 {
		for i := range int(u16(table, 4)) {
			out[int(u16(table, 2))+i] = u16(table, 6+2*i)
		}
		return out
	}
	for i := range int(u16(table, 2)) {
		for g := int(u16(table, 4+6*i)); g <= int(u16(table, 6+6*i)); g++ {
			out[g] = u16(table, 8+6*i)
		}
	}
	return out
}

// ordinaryPairs looks up once how the characters of ASCII move, of which most text is.
func (f *Face) ordinaryPairs() {
	const n = len(f.ascii)
	f.ordinary, f.ordinaryBy = make([]uint8, len(f.advance)), make([]int16, n*n)
	for left := ' '; left < rune(n); left++ {
		for right := ' '; right < rune(n); right++ {
			f.ordinaryBy[int(left)*n+int(right)] = int16(f.pair(f.ascii[left], f.ascii[right]))
		}
	}
	for r := ' '; r < rune(n); r++ {
		f.ordinary[f.ascii[r]] = uint8(r)
	}
	f.ordinary[0] = 0
}

// kerning is by how much the second glyph moves towards the first, or away, in units of a
// file.
func (f *Face) kerning(left, right uint16) int {
	if a, b := f.ordinary[left], f.ordinary[right]; a != 0 && b != 0 {
		return int(f.ordinaryBy[int(a)*len(f.ascii)+int(b)])
	}
	return f.pair(left, right)
}

// pair looks up how two glyphs move.
func (f *Face) pair(left, right uint16) int {
	for i := range f.pairs {
		p := &f.pairs[i]
		at := int(p.first[left])
		switch {
		case at == 0:
		case p.named == nil:
			return f.em(s16(p.values, 2*(int(p.lefts[left])*p.columns+int(p.rights[right]))))
		default:
			set := p.named[at-1]
			n := int(u16(set, 0))
			k := sort.Search(n, func(k int) bool { return u16(set, 2+4*k) >= right })
			if k < n && u16(set, 2+4*k) == right {
				return f.em(s16(set, 4+4*k))
			}
		}
	}
	return 0
}

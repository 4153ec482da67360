package pdf

import (
	"encoding/binary"
	"slices"
)

// Flags of a part of a composite glyph.
const (
	wordArguments = 1 << 0
	hasScale      = 1 << 3
	moreParts     = 1 << 5
	twoScales     = 1 << 6
	twoByTwo      = 1 << 7
)

// outline is the outline of a glyph; empty for a space.
func (f *Face) outline(g uint16) []byte { return f.tables["glyf"][f.offset[g]:f.offset[g+1]] }

// parts calls fn with where each part of a composite glyph names its glyph.
func parts(outline []byte, fn func(at int)) {
	if len(outline) < 10 || s16(outline, 0) >= 0 {
		return
	}
	for at := 10; ; {
		flags := u16(outline, at)
		fn(at + 2)
		at += 6
		if flags&wordArguments != 0 {
			at += 2
		}
		switch {
		case flags&hasScale != 0:
			at += 2
		case flags&twoScales != 0:
			at += 4
		case flags&twoByTwo != 0:
			at += 8
		}
		if flags&moreParts == 0 {
			return
		}
	}
}

// subset is a font file with the glyphs given, numbered in their order, and behind them
// those that they are made of. Glyph 0 must be the first.
func (f *Face) subset(glyphs []uint16) []byte {
	all := slices.Clone(glyphs)
	number := make(map[uint16]uint16, len(all))
	for i, g := range all {
		number[g] = uint16(i)
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(all); i++ { // grows as parts are met
		g := all[i]
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		hmtx = binary.BigEndian.AppendUint16(hmtx, f.advance[g])
		hmtx = append(hmtx, f.bearing(g)...)
		at := len(glyf)
		glyf = append(glyf, f.outline(g)...)
		parts(glyf[at:], func(k int) {
			part := u16(glyf, at+k)
			if _, known := number[part]; !known {
				number[part] = uint16(len(all))
				all = append(all, part)
			}
			binary.BigEndian.PutUint16(glyf[at+k:], number[part])
		})
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(all)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(all)))
	return fontFile([]table{{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca},
		{"maxp", maxp}})
}

// bearing is the two bytes of the left side bearing of a glyph.
func (f *Face) bearing(g uint16) []byte {
	hmtx, full := f.tables["hmtx"], int(u16(f.tables["hhea"], 34))
	if int(g) < full {
		return hmtx[4*int(g)+2:][:2]
	}
	return hmtx[4*full+2*(int(g)-full):][:2]
}

type table struct {
	tag  string
	data []byte
}

// fontFile puts tables, in the order of their tags, together to a file with its checksums.
func fontFile(tables []table) []byte {
	n := len(tables)
	power := 1
	for power*2 <= n {
		power *= 2
	}
	log := 0
	for 1<<(log+1) <= power {
		log++
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, power * 16, log, n*16 - power*16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at, headAt := 12+16*n, 0
	for _, t := range tables {
		if t.tag == "head" {
			headAt = at
		}
		out = append(out, t.tag...)
		for _, v := range []uint32{checksum(t.data), uint32(at), uint32(len(t.data))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		at += (len(t.data) + 3) / 4 * 4
	}
	for _, t := range tables {
		out = append(out, t.data...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[headAt+8:], 0xb1b0afba-checksum(out))
	return out
}

func checksum(b []byte) uint32 {
	sum := uint32(0)
	for len(b) >= 4 {
		sum += u32(b, 0)
		b = b[4:]
	}
	var rest [4]byte
	copy(rest[:], b)
	return sum + u32(rest[:], 0)
}

package pdf

import (
	"encoding/binary"
	"slices"
)

// subset is a font file with the glyphs given, numbered in their order, and behind them
// those that they are made of; glyph 0 must be the first. codes says with which byte the
// pages name a glyph: codes[i] that of glyphs[i].
func (f *Face) subset(glyphs []uint16, codes []byte) []byte {
	all := slices.Clone(glyphs)
	numbers := make(map[uint16]uint16, len(all))
	for i, g := range all {
		numbers[g] = uint16(i)
	}
	number := func(part uint16) uint16 {
		n, known := numbers[part]
		if !known {
			n = uint16(len(all))
			numbers[part] = n
			all = append(all, part)
		}
		return n
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(all); i++ { // grows as parts are met
		loca = append16(loca, len(glyf)/2)
		at := len(glyf)
		glyf = f.glyphFor(glyf, all[i], number)
		left := 0
		if len(glyf) > at {
			left = s16(glyf, at+2)
		}
		hmtx = append16(append16(hmtx, int(f.advance[all[i]])), left)
		if len(glyf)%2 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = append16(loca, len(glyf)/2)
	head, hhea, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[18:], em)
	binary.BigEndian.PutUint16(head[50:], 0) // offsets in words
	for _, at := range []int{36, 38, 40, 42} {
		binary.BigEndian.PutUint16(head[at:], uint16(f.em(s16(head, at))))
	}
	for _, at := range []int{4, 6, 8, 10, 12, 14, 16} {
		binary.BigEndian.PutUint16(hhea[at:], uint16(f.em(s16(hhea, at))))
	}
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(all)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(all)))
	clear(maxp[16:28]) // what hints would need
	return fontFile([]table{{"cmap", characterMap(codes)}, {"glyf", glyf}, {"head", head}, {"hhea", hhea},
		{"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}})
}

// characterMap is the table that says which glyph a byte names.
func characterMap(codes []byte) []byte {
	out := []byte{0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 12, 0, 0, 1, 6, 0, 0}
	at := len(out)
	out = append(out, make([]byte, 256)...)
	for i, c := range codes {
		if i > 0 {
			out[at+int(c)] = byte(i)
		}
	}
	return out
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

package pdf

import (
	"fmt"
	"hash/fnv"
	"slices"
	"unicode/utf16"
)

// Pages name a glyph by one byte. Which character a byte stands for is the same in every
// face, so that all of them share one table of characters; a file with more characters
// than one byte can name has more than one such table.

// Characters that can be typed in English have their own byte.
const (
	firstByte = 0x20
	lastByte  = 0xff
	ownBytes  = 0x7f // from here on they are given to other characters as these come
)

// sign is a character, and whether it is a figure of the width that all have.
type sign struct {
	r       rune
	tabular bool
}

// code is a byte in one of the tables of a file.
type code struct {
	table int
	byte  byte
}

// codes are the signs of a file.
type codes struct {
	of     map[sign]code
	tables []*codeTable
}

// codeTable is what the bytes of one table stand for.
type codeTable struct {
	signs  [lastByte + 1]rune // 0: nothing yet
	next   int                // the next byte to be given; beyond the last: none is left
	object int
}

// code is the byte of a sign, given when it is met first.
func (c *codes) code(s sign) code {
	if len(c.tables) == 0 {
		c.of, c.tables = map[sign]code{}, []*codeTable{{next: ownBytes}}
	}
	if s.r >= firstByte && s.r < ownBytes && !s.tabular {
		return code{0, byte(s.r)}
	}
	if known, ok := c.of[s]; ok {
		return known
	}
	last := len(c.tables) - 1
	if c.tables[last].next > lastByte {
		c.tables = append(c.tables, &codeTable{next: firstByte})
		last++
	}
	t := c.tables[last]
	given := code{last, byte(t.next)}
	t.signs[t.next] = s.r
	t.next++
	c.of[s] = given
	return given
}

// font is a face in one file, with the glyphs of one table of codes that were used.
type font struct {
	face   *Face
	table  int
	name   string // as the pages call it
	object int
	glyphs [lastByte + 1]uint16 // by code
	used   [lastByte + 1]bool
}

type fontKey struct {
	face  *Face
	table int
}

// font is the font of a face for a table of codes, made when it is used first.
func (w *Writer) font(face *Face, table int) *font {
	key := fontKey{face, table}
	f := w.fonts[key]
	if f == nil {
		f = &font{face: face, table: table, name: fmt.Sprintf("/F%d", len(w.order)+1), object: w.object()}
		w.fonts[key] = f
		w.order = append(w.order, f)
	}
	return f
}

// close writes the objects of the font, with the glyphs that were used.
func (f *font) close(w *Writer) {
	glyphs, codes := []uint16{0}, []byte{0}
	first, last := lastByte, 0
	for c, used := range f.used {
		if used {
			glyphs, codes = append(glyphs, f.glyphs[c]), append(codes, byte(c))
			first, last = min(first, c), max(last, c)
		}
	}
	var widths []byte
	for c := first; c <= last; c++ {
		width := 0
		if f.used[c] {
			width = int(f.face.advance[f.glyphs[c]])
		}
		widths = fmt.Appendf(widths, "%d ", width)
	}
	file, descriptor := w.object(), w.object()
	data := f.face.subset(glyphs, codes)
	w.stream(file, fmt.Sprintf("/Length1 %d", len(data)), data, false)
	name := tag(glyphs) + "+" + f.face.name
	box := f.face.box
	w.define(descriptor, "<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0"+
		"/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>", name, f.face.em(box[0]), f.face.em(box[1]),
		f.face.em(box[2]), f.face.em(box[3]), f.face.em(f.face.ascent), f.face.em(f.face.descent),
		f.face.em(f.face.capital), file)
	w.define(f.object, "<</Type/Font/Subtype/TrueType/BaseFont/%s/FirstChar %d/LastChar %d/Widths[%s]"+
		"/FontDescriptor %d 0 R/ToUnicode %d 0 R>>", name, first, last, widths[:len(widths)-1], descriptor,
		w.codes.tables[f.table].object)
}

// tag is the six letters that name a subset, made of the glyphs that are in it.
func tag(glyphs []uint16) string {
	h := fnv.New64a()
	for _, g := range glyphs {
		_, _ = h.Write([]byte{byte(g >> 8), byte(g)})
	}
	sum := h.Sum64()
	var tag [6]byte
	for i := range tag {
		tag[i] = byte('A' + sum%26)
		sum /= 26
	}
	return string(tag[:])
}

// closeCodes writes which character each byte stands for, so that text can be copied and
// searched.
func (w *Writer) closeCodes() {
	for i, t := range w.codes.tables {
		var own []byte
		if i == 0 {
			own = []byte("1 beginbfrange\n<20><7E><0020>\nendbfrange\n")
		}
		t.object = w.object()
		w.stream(t.object, "", t.characters(own), false)
	}
}

// characters is a table in the form that readers want; own says what its bytes are that
// were not given.
func (t *codeTable) characters(own []byte) []byte {
	out := []byte("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n" +
		"/CMapType 2 def\n1 begincodespacerange\n<00><FF>\nendcodespacerange\n")
	out = append(out, own...)
	var given []int
	for c, r := range t.signs {
		if r != 0 {
			given = append(given, c)
		}
	}
	for list := range slices.Chunk(given, 100) { // the most that one list may have
		out = fmt.Appendf(out, "%d beginbfchar\n", len(list))
		for _, c := range list {
			out = fmt.Appendf(out, "<%02X><", c)
			for _, u := range utf16.Encode([]rune{t.signs[c]}) {
				out = fmt.Appendf(out, "%04X", u)
			}
			out = append(out, ">\n"...)
		}
		out = append(out, "endbfchar\n"...)
	}
	return append(out, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"...)
}

package pdf

import (
	"fmt"
	"hash/fnv"
	"unicode/utf16"
)

// font is a face in one file: the glyphs of it that were used, numbered as they came.
type font struct {
	face    *Face
	name    string // as the pages call it
	object  int
	list    int // the object that lists the fonts; of the first font
	numbers []uint16
	glyphs  []uint16 // by number
	says    []rune   // by number: the character that the glyph stands for
}

// font is the font of a face, made when it is used first.
func (w *Writer) font(face *Face) *font {
	f := &font{face: face, name: fmt.Sprintf("/F%d", len(w.order)+1), object: w.object(),
		numbers: make([]uint16, len(face.advance)), glyphs: []uint16{0}, says: []rune{0xfffd}}
	if len(w.order) == 0 {
		f.list = w.object()
	}
	w.fonts[face] = f
	w.order = append(w.order, f)
	return f
}

// number is under which number a glyph is written.
func (f *font) number(g uint16, r rune, ok bool) uint16 {
	if g == 0 {
		return 0
	}
	if n := f.numbers[g]; n != 0 {
		return n
	}
	if !ok {
		r = 0xfffd
	}
	n := uint16(len(f.glyphs))
	f.numbers[g] = n
	f.glyphs, f.says = append(f.glyphs, g), append(f.says, r)
	return n
}

// close writes the font with the glyphs that were used.
func (f *font) close(w *Writer) {
	file, descriptor, descendant, unicode := w.object(), w.object(), w.object(), w.object()
	data := f.face.subset(f.glyphs)
	w.stream(file, fmt.Sprintf("/Length1 %d", len(data)), data, false)
	name := f.tag() + "+" + f.face.name
	em := func(v int) int { return v * 1000 / f.face.upem }
	box := f.face.box
	w.define(descriptor, "<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0"+
		"/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>", name, em(box[0]), em(box[1]), em(box[2]),
		em(box[3]), em(f.face.ascent), em(f.face.descent), em(f.face.capital), file)
	var widths []byte
	for _, g := range f.glyphs {
		widths = fmt.Appendf(widths, "%d ", em(int(f.face.advance[g])))
	}
	w.define(descendant, "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)"+
		"/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/W[0[%s]]>>",
		name, descriptor, widths[:len(widths)-1])
	w.stream(unicode, "", f.characters(), false)
	w.define(f.object, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]"+
		"/ToUnicode %d 0 R>>", name, descendant, unicode)
}

// tag is the six letters that name a subset, made of the glyphs that are in it.
func (f *font) tag() string {
	h := fnv.New64a()
	for _, g := range f.glyphs {
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

// characters says which character each number stands for, so that text can be copied and
// searched.
func (f *font) characters() []byte {
	out := []byte("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n" +
		"/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	const most = 100 // entries in one list
	for from := 0; from < len(f.says); from += most {
		list := f.says[from:min(from+most, len(f.says))]
		out = fmt.Appendf(out, "%d beginbfchar\n", len(list))
		for i, r := range list {
			out = fmt.Appendf(out, "<%04X><", from+i)
			for _, u := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, "%04X", u)
			}
			out = append(out, ">\n"...)
		}
		out = append(out, "endbfchar\n"...)
	}
	return append(out, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"...)
}

package pdf

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/text/unicode/norm"
)

//go:embed fonts/Inter-Regular.ttf
var interRegular []byte

//go:embed fonts/Inter-SemiBold.ttf
var interBold []byte

// Regular is the face of running text.
var Regular = sync.OnceValue(func() *Face { return mustFace("Inter-Regular", interRegular) })

// Bold is the face of what matters most.
var Bold = sync.OnceValue(func() *Face { return mustFace("Inter-SemiBold", interBold) })

func mustFace(name string, data []byte) *Face {
	f, err := parseFace(name, data)
	if err != nil {
		panic(fmt.Sprintf("the face %s in this program: %v", name, err))
	}
	return f
}

// Face is one parsed TrueType font. It is immutable and safe for concurrent use.
type Face struct {
	name                     string
	tables                   map[string][]byte
	upem                     int
	advance                  []uint16 // by glyph, in units of a file
	offset                   []uint32 // of each glyph in the table glyf, and the end of the last
	glyphs                   map[rune]uint16
	ascii                    [128]uint16
	tabular                  map[uint16]uint16 // the glyph of one width for a glyph
	pairs                    []pairs           // of glyphs that move together or apart
	ordinary                 []uint8           // by glyph: the character of ASCII that it is; 0: none
	ordinaryBy               []int16           // how far pairs of those move, both by character
	replacement              uint16            // stands for a character that the face lacks
	ascent, descent, capital int               // in units of the face
	box                      [4]int
}

var errFace = errors.New("not a TrueType font that this program can read")

func parseFace(name string, data []byte) (*Face, error) {
	f := &Face{name: name, tables: map[string][]byte{}, glyphs: map[rune]uint16{}}
	if len(data) < 12 {
		return nil, errFace
	}
	for i := range int(u16(data, 4)) {
		entry := data[12+16*i:]
		from, length := u32(entry, 8), u32(entry, 12)
		if int(from)+int(length) > len(data) {
			return nil, errFace
		}
		f.tables[string(entry[:4])] = data[from : from+length]
	}
	for _, needed := range []string{"head", "hhea", "hmtx", "maxp", "loca", "glyf", "cmap", "OS/2"} {
		if len(f.tables[needed]) == 0 {
			return nil, fmt.Errorf("%w: no table %s", errFace, needed)
		}
	}
	f.metrics()
	if err := f.characters(); err != nil {
		return nil, err
	}
	for r := range f.ascii {
		f.ascii[r] = f.glyphs[rune(r)]
	}
	f.replacement = f.glyphs['\ufffd'] // else glyph 0, the empty box
	f.tabular = map[uint16]uint16{}
	widths := singleSubstitution(f.tables["GSUB"], "tnum")
	for r := '0'; r <= '9'; r++ { // other signs would stand too wide in a number like A-17
		if g, ok := widths[f.ascii[r]]; ok {
			f.tabular[f.ascii[r]] = g
		}
	}
	f.pairs = pairKerning(f.tables["GPOS"], len(f.advance))
	f.ordinaryPairs()
	return f, nil
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
func s16(b []byte, at int) int    { return int(int16(u16(b, at))) }
func u32(b []byte, at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }

// metrics reads how wide glyphs are and where they stand.
func (f *Face) metrics() {
	head, hhea, hmtx := f.tables["head"], f.tables["hhea"], f.tables["hmtx"]
	f.upem = int(u16(head, 18))
	for i := range f.box {
		f.box[i] = s16(head, 36+2*i)
	}
	f.ascent, f.descent = s16(hhea, 4), s16(hhea, 6)
	f.capital = s16(f.tables["OS/2"], 88)
	n, full := int(u16(f.tables["maxp"], 4)), int(u16(hhea, 34))
	f.advance = make([]uint16, n)
	for i := range n {
		f.advance[i] = uint16(f.em(int(u16(hmtx, 4*min(i, full-1)))))
	}
	f.offset = make([]uint32, n+1)
	for i := range f.offset {
		if u16(head, 50) == 0 {
			f.offset[i] = 2 * uint32(u16(f.tables["loca"], 2*i))
		} else {
			f.offset[i] = u32(f.tables["loca"], 4*i)
		}
	}
}

// characters reads which glyph stands for a character, from a Unicode table of format 4
// or 12.
func (f *Face) characters() error {
	cmap := f.tables["cmap"]
	for i := range int(u16(cmap, 2)) {
		table := cmap[u32(cmap, 4+8*i+4):]
		switch u16(table, 0) {
		case 4:
			f.segments(table)
		case 12:
			for k := range int(u32(table, 12)) {
				group := table[16+12*k:]
				for r := u32(group, 0); r <= u32(group, 4); r++ {
					f.glyphs[rune(r)] = uint16(u32(group, 8) + r - u32(group, 0))
				}
			}
		}
	}
	if len(f.glyphs) == 0 {
		return fmt.Errorf("%w: no Unicode table", errFace)
	}
	return nil
}

func (f *Face) segments(table []byte) {
	n := int(u16(table, 6)) / 2
	ends, starts, deltas, offsets := table[14:], table[16+2*n:], table[16+4*n:], table[16+6*n:]
	for i := range n {
		for r := int(u16(starts, 2*i)); r <= int(u16(ends, 2*i)) && r < 0xffff; r++ {
			glyph := uint16(r) + u16(deltas, 2*i)
			if off := int(u16(offsets, 2*i)); off != 0 {
				if glyph = u16(offsets, 2*i+off+2*(r-int(u16(starts, 2*i)))); glyph != 0 {
					glyph += u16(deltas, 2*i)
				}
			}
			if glyph != 0 {
				f.glyphs[rune(r)] = glyph
			}
		}
	}
}

// shown is the text as it is shown: composed, without what has no width, and with
// ordinary spaces.
func shown(s string) string {
	if isPlain(s) {
		return s
	}
	out := make([]rune, 0, len(s))
	for _, r := range norm.NFC.String(s) {
		switch {
		case r == '\u00a0' || r == '\u202f' || r == '\t':
			r = ' '
		case r < ' ' || r == '\u00ad' || r >= '\u200b' && r <= '\u200f' || r >= '\u202a' && r <= '\u202e' ||
			r == '\ufeff' || r == '\u2060':
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// glyph is the glyph of a character; ok is false where the replacement stands for it.
func (f *Face) glyph(r rune) (g uint16, ok bool) {
	if r < 128 {
		g = f.ascii[r]
	} else {
		g = f.glyphs[r]
	}
	if g == 0 {
		return f.replacement, false
	}
	return g, true
}

// Style is how text is set.
type Style struct {
	Face    *Face
	Size    Unit
	Tabular bool // figures of one width
	Slanted bool
}

// Width is how wide a text is.
func (s Style) Width(text string) Unit {
	sum, before := 0, uint16(0)
	for _, r := range shown(text) {
		g := s.of(r)
		sum += int(s.Face.advance[g])
		if before != 0 {
			sum += s.Face.kerning(before, g)
		}
		before = g
	}
	return Unit(sum * int(s.Size) / em)
}

// of is the glyph of a character in the style.
func (s Style) of(r rune) uint16 {
	g, _ := s.Face.glyph(r)
	if s.Tabular {
		if t, ok := s.Face.tabular[g]; ok {
			return t
		}
	}
	return g
}

// Covers reports whether the face has a glyph for a character.
func (f *Face) Covers(r rune) bool {
	_, ok := f.glyph(r)
	return ok
}

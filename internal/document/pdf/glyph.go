package pdf

import "encoding/binary"

// Glyphs are written anew for a file: on a square of em units a side instead of the finer
// one of the face, without hints, and without points that the others say already. Paper
// cannot show the difference, and a letter is a third smaller.

// em is the side of the square that glyphs of a file stand in; lengths of pages are in
// thousandths of it too.
const em = 1000

// em is a length of the face in units of a file, rounded.
func (f *Face) em(v int) int {
	if v < 0 {
		return -f.em(-v)
	}
	return (2*v*em + f.upem) / (2 * f.upem)
}

// Flags of a point of an outline.
const (
	onCurve = 1 << iota
	shortX
	shortY
	again // the next byte says how often
	sameX // or, of a short one, to the right
	sameY // or, of a short one, up
)

// Flags of a part of a composite glyph.
const (
	wordArguments   = 1 << 0
	hasScale        = 1 << 3
	moreParts       = 1 << 5
	twoScales       = 1 << 6
	twoByTwo        = 1 << 7
	hasInstructions = 1 << 8
)

// point is a point of an outline.
type point struct {
	x, y int
	on   bool // on the curve; else it pulls it
}

// outline is the outline of a glyph as the face has it; empty for a space.
func (f *Face) outline(g uint16) []byte { return f.tables["glyf"][f.offset[g]:f.offset[g+1]] }

// glyphFor appends a glyph as a file has it; number is the number that a part of it has there.
func (f *Face) glyphFor(out []byte, g uint16, number func(uint16) uint16) []byte {
	from := f.outline(g)
	if len(from) < 10 {
		return out
	}
	if s16(from, 0) < 0 {
		return f.composite(out, from, number)
	}
	return appendContours(out, f.contours(from))
}

// composite appends a glyph that is made of others.
func (f *Face) composite(out, from []byte, number func(uint16) uint16) []byte {
	out = append(out, 0xff, 0xff)
	for at := 2; at < 10; at += 2 {
		out = append16(out, f.em(s16(from, at)))
	}
	for at := 10; ; {
		flags := u16(from, at)
		part := number(u16(from, at+2))
		at += 4
		var x, y int
		if flags&wordArguments != 0 {
			x, y = s16(from, at), s16(from, at+2)
			at += 4
		} else {
			x, y = int(int8(from[at])), int(int8(from[at+1]))
			at += 2
		}
		size := 0
		switch {
		case flags&hasScale != 0:
			size = 2
		case flags&twoScales != 0:
			size = 4
		case flags&twoByTwo != 0:
			size = 8
		}
		out = append16(append16(out, int(flags&^hasInstructions|wordArguments)), int(part))
		out = append16(append16(out, f.em(x)), f.em(y))
		out = append(out, from[at:at+size]...)
		at += size
		if flags&moreParts == 0 {
			return out
		}
	}
}

// contours reads the closed lines of a simple outline, in units of a file.
func (f *Face) contours(from []byte) [][]point {
	n := s16(from, 0)
	ends := from[10:]
	count := int(u16(ends, 2*n-2)) + 1
	at := 10 + 2*n + 2 + int(u16(ends, 2*n))
	flags := make([]byte, 0, count)
	for len(flags) < count {
		flag := from[at]
		at++
		flags = append(flags, flag)
		if flag&again != 0 {
			for range from[at] {
				flags = append(flags, flag)
			}
			at++
		}
	}
	points := make([]point, count)
	read := func(short, same byte, set func(i, v int)) {
		v := 0
		for i, flag := range flags {
			switch {
			case flag&short != 0 && flag&same != 0:
				v += int(from[at])
				at++
			case flag&short != 0:
				v -= int(from[at])
				at++
			case flag&same == 0:
				v += s16(from, at)
				at += 2
			}
			set(i, f.em(v))
		}
	}
	read(shortX, sameX, func(i, v int) { points[i].x, points[i].on = v, flags[i]&onCurve != 0 })
	read(shortY, sameY, func(i, v int) { points[i].y = v })
	var out [][]point
	begin := 0
	for i := range n {
		end := int(u16(ends, 2*i)) + 1
		out = append(out, needed(points[begin:end]))
		begin = end
	}
	return out
}

// needed leaves out the points in the middle between two that pull the curve: a reader of
// the font puts them there by itself. The first stays: not every reader can do without.
func needed(list []point) []point {
	out := make([]point, 0, len(list))
	for i, p := range list {
		a, b := list[(i+len(list)-1)%len(list)], list[(i+1)%len(list)]
		if i > 0 && p.on && !a.on && !b.on && near(2*p.x, a.x+b.x) && near(2*p.y, a.y+b.y) {
			continue
		}
		out = append(out, p)
	}
	return out
}

func near(a, b int) bool { return a-b <= 1 && b-a <= 1 }

// appendContours appends a simple glyph.
func appendContours(out []byte, contours [][]point) []byte {
	var flags, xs, ys []byte
	box := [4]int{1 << 15, 1 << 15, -1 << 15, -1 << 15}
	var before point
	ends, count := []byte(nil), 0
	for _, list := range contours {
		for _, p := range list {
			box = [4]int{min(box[0], p.x), min(box[1], p.y), max(box[2], p.x), max(box[3], p.y)}
			flag := byte(0)
			if p.on {
				flag = onCurve
			}
			var bits byte
			bits, xs = appendStep(xs, p.x-before.x, shortX, sameX)
			flag |= bits
			bits, ys = appendStep(ys, p.y-before.y, shortY, sameY)
			flags, before = append(flags, flag|bits), p
		}
		count += len(list)
		ends = append16(ends, count-1)
	}
	out = append16(out, len(contours))
	for _, v := range box {
		out = append16(out, v)
	}
	out = append(append(out, ends...), 0, 0) // no instructions
	for i := 0; i < len(flags); {
		n := 1
		for i+n < len(flags) && flags[i+n] == flags[i] && n < 256 {
			n++
		}
		if n > 2 {
			out = append(out, flags[i]|again, byte(n-1))
		} else {
			n = 1
			out = append(out, flags[i])
		}
		i += n
	}
	return append(append(out, xs...), ys...)
}

// appendStep appends how far a point is from the one before, and says its flags.
func appendStep(out []byte, by int, short, same byte) (byte, []byte) {
	switch {
	case by == 0:
		return same, out
	case by > 0 && by < 256:
		return short | same, append(out, byte(by))
	case by < 0 && by > -256:
		return short, append(out, byte(-by))
	}
	return 0, append16(out, by)
}

func append16(b []byte, v int) []byte { return binary.BigEndian.AppendUint16(b, uint16(v)) }

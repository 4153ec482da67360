package plot

// scale maps values to heights: nice steps from at or below the lowest value, and never
// above zero, to at or above the highest.
type scale struct {
	low, high, step int64
	top, height     float64
}

// newScale makes about as many steps as are wanted.
func newScale(lowest, highest int64, steps int, top, height float64) scale {
	lowest, highest = min(lowest, 0), max(highest, 0)
	if lowest == 0 && highest == 0 {
		highest = 1
	}
	span := uint64(highest) - uint64(lowest) // also where the difference is beyond int64
	s := scale{step: niceStep(span, uint64(steps)), top: top, height: height}
	s.low, s.high = -ceilTo(-lowest, s.step), ceilTo(highest, s.step)
	return s
}

// niceStep is the smallest of 1, 2 and 5 times a power of ten that a span holds at most so
// many times.
func niceStep(span, steps uint64) int64 {
	const largest = uint64(1e18)
	for power := uint64(1); power < largest; power *= 10 {
		for _, n := range []uint64{1, 2, 5} {
			if span <= n*power*steps {
				return int64(n * power)
			}
		}
	}
	return int64(largest)
}

// ceilTo rounds a value that is not negative up to a multiple of step, as far as that can
// be written.
func ceilTo(v, step int64) int64 {
	n := v / step
	if v%step != 0 && n < (1<<62)/step {
		n++
	}
	return n * step
}

// y is the height of a value in the drawing.
func (s *scale) y(v int64) float64 {
	return s.top + s.height*(float64(s.high)-float64(v))/(float64(s.high)-float64(s.low))
}

// ticks are the steps from low to high.
func (s *scale) ticks() []int64 {
	var all []int64
	for v := s.low; ; v += s.step {
		all = append(all, v)
		if s.high-v < s.step {
			return all
		}
	}
}

// axis draws the steps with their values and returns nothing to its left.
func (s *scale) axis(d *drawing, f *Frame, left, right float64) {
	for _, v := range s.ticks() {
		class := "grid"
		if v == 0 {
			class = "base"
		}
		d.line(left, s.y(v), right, s.y(v), class)
		d.text(left-8, s.y(v)+4, "tick end", f.short(v))
	}
}

// room is how wide the values beside the axis are.
func (s *scale) room(f *Frame) float64 {
	w := 0.0
	for _, v := range s.ticks() {
		w = max(w, textWidth(f.short(v)))
	}
	return w + 12
}

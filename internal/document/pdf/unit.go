package pdf

import (
	"math"
	"strconv"
)

// Unit is a length in thousandths of a point. Positions are from the upper left corner
// of the page.
type Unit int

// Pt is one point, the 72nd part of an inch.
const Pt Unit = 1000

// MM is a length in millimetres.
func MM(mm float64) Unit { return Unit(math.Round(mm * 72000 / 25.4)) }

// Points is a length in points, for sizes that are no whole number of them.
func Points(pt float64) Unit { return Unit(math.Round(pt * 1000)) }

// hundredths is a length in hundredths of a point, which is as exact as pages are.
func hundredths(u Unit) int64 {
	if u < 0 {
		return -hundredths(-u)
	}
	return int64(u+5) / 10
}

// tenths is a length in hundredths of a point, rounded to tenths: where a text or a line
// begins need not be more exact, and says less so.
func tenths(u Unit) int64 {
	if u < 0 {
		return -tenths(-u)
	}
	return int64(u+50) / 100 * 10
}

// appendHundredths writes a length in points.
func appendHundredths(b []byte, v int64) []byte {
	if v < 0 {
		b = append(b, '-')
		v = -v
	}
	if v >= 100 || v == 0 {
		b = strconv.AppendInt(b, v/100, 10)
	}
	if rest := v % 100; rest != 0 {
		b = append(b, '.', byte('0'+rest/10))
		if rest%10 != 0 {
			b = append(b, byte('0'+rest%10))
		}
	}
	return b
}

func appendUnit(b []byte, u Unit) []byte { return appendHundredths(b, hundredths(u)) }

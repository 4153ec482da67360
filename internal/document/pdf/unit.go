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

// appendUnit writes a length in points with at most two decimals.
func appendUnit(b []byte, u Unit) []byte {
	if u < 0 {
		b = append(b, '-')
		u = -u
	}
	cents := int64(u+5) / 10
	b = strconv.AppendInt(b, cents/100, 10)
	if rest := cents % 100; rest != 0 {
		b = append(b, '.', byte('0'+rest/10))
		if rest%10 != 0 {
			b = append(b, byte('0'+rest%10))
		}
	}
	return b
}

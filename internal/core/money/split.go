package money

import (
	"cmp"
	"math/bits"
	"slices"
)

// Split divides a sum in proportion to weights, such as a payment over open items
// by their amounts or a debt into instalments. The parts sum to the whole, each is
// less than one minor unit away from its exact share, and equal input gives equal
// parts: the minor units left over by rounding down go one each to the parts with
// the largest remainders, among equals to those that come first. A part of weight 0
// is 0. A negative total is split like its magnitude.
//
// It panics if a weight is negative, or if the weights sum to 0 (unless the total
// is 0 too) or beyond int64.
func Split(totalMinor int64, weights []int64) []int64 {
	var sum int64
	for _, w := range weights {
		if w < 0 {
			panic("money: negative weight")
		}
		sum = AddMinor(sum, w)
	}
	parts := make([]int64, len(weights))
	if totalMinor == 0 {
		return parts
	}
	if sum == 0 {
		panic("money: nothing to split by")
	}
	total, left := absU(totalMinor), absU(totalMinor)
	remainders := make([]uint64, len(weights))
	for i, w := range weights {
		hi, lo := bits.Mul64(total, uint64(w))
		share, r := bits.Div64(hi, lo, uint64(sum))
		parts[i], remainders[i] = int64(share), r
		left -= share
	}
	for _, i := range largest(remainders, int(left)) {
		parts[i]++
	}
	if totalMinor < 0 {
		for i := range parts {
			parts[i] = -parts[i]
		}
	}
	return parts
}

// largest returns the places of the n largest values, among equals the first.
func largest(values []uint64, n int) []int {
	places := make([]int, len(values))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	return places[:n]
}

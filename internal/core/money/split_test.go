package money

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		total   int64
		weights []int64
		want    []int64
	}{
		{100, []int64{1, 1, 1}, []int64{34, 33, 33}},
		{-100, []int64{1, 1, 1}, []int64{-34, -33, -33}},
		{200, []int64{1, 1, 1}, []int64{67, 67, 66}},
		{10, []int64{1, 2, 3, 4}, []int64{1, 2, 3, 4}},
		{5, []int64{70, 20, 10}, []int64{4, 1, 0}}, // 3.5, 1.0, 0.5: the first half wins
		{1, []int64{1, 3}, []int64{0, 1}},          // 0.25, 0.75
		{7, []int64{0, 5, 0, 5}, []int64{0, 4, 0, 3}},
		{0, []int64{3, 4}, []int64{0, 0}},
		{0, []int64{0, 0}, []int64{0, 0}},
		{0, nil, []int64{}},
		{1, []int64{math.MaxInt64}, []int64{1}},
		{math.MinInt64, []int64{7}, []int64{math.MinInt64}},
		{math.MaxInt64, []int64{math.MaxInt64 - 1, 1}, []int64{math.MaxInt64 - 1, 1}},
		{1_000_00, []int64{123_45, 9_999_99, 1}, []int64{12_19, 987_81, 0}},
	} {
		if got := Split(test.total, test.weights); !slices.Equal(got, test.want) {
			t.Errorf("Split(%d, %v) = %v, want %v", test.total, test.weights, got, test.want)
		}
	}
	mustPanic(t, "negative weight", func() { Split(1, []int64{2, -1}) })
	mustPanic(t, "no weights", func() { Split(1, nil) })
	mustPanic(t, "weights of 0", func() { Split(1, []int64{0, 0}) })
	mustPanic(t, "weights beyond int64", func() { Split(1, []int64{math.MaxInt64, 1}) })
}

func TestSplitProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64().Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1<<56), 1, 60).Draw(t, "weights")
		weights[rapid.IntRange(0, len(weights)-1).Draw(t, "place")] |= 1 // not all 0
		parts := Split(total, weights)
		var sum, sumWeights int64
		for i, part := range parts {
			sum += part
			sumWeights += weights[i]
			if part != 0 && (part < 0) != (total < 0) {
				t.Fatalf("part %d of %d has the other sign", part, total)
			}
		}
		if sum != total || len(parts) != len(weights) {
			t.Fatalf("%d parts sum to %d, want %d of %d", len(parts), sum, len(weights), total)
		}
		for i, part := range parts {
			// |part × Σweights - total × weight| < Σweights: less than one unit off.
			off := new(big.Int).Mul(big.NewInt(part), big.NewInt(sumWeights))
			off.Sub(off, new(big.Int).Mul(big.NewInt(total), big.NewInt(weights[i])))
			if off.CmpAbs(big.NewInt(sumWeights)) >= 0 {
				t.Fatalf("part %d is a unit or more off its share", i)
			}
			for k := range i {
				if weights[k] > weights[i] && Abs(parts[k]) < Abs(part) {
					t.Fatalf("weight %d gets %d, weight %d gets %d", weights[k], parts[k], weights[i], part)
				}
				if weights[k] == weights[i] && Abs(parts[k]) < Abs(part) {
					t.Fatalf("of two equal weights the later gets more: %d and %d", parts[k], part)
				}
			}
		}
		if !slices.Equal(parts, Split(total, weights)) {
			t.Fatal("the same split twice differs")
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	weights := []int64{123_45, 9_999_99, 1, 450_00, 77_10, 12_00}
	for b.Loop() {
		Split(1_000_00, weights)
	}
}

package app

import "strings"

// DiffLine is a line of two versions of a text: of both, or of one only.
type DiffLine struct {
	Op   string `json:"op"` // " " both, "-" before, "+" after
	Text string `json:"text"`
}

// diffCells bounds the work of a comparison; texts that differ in more are told as a whole.
const diffCells = 4 << 20

// TextDiff compares two versions of a text line by line.
func TextDiff(before, after string) []DiffLine {
	a, b := diffLines(before), diffLines(after)
	var head, tail []DiffLine
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head = append(head, DiffLine{" ", a[0]})
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail = append([]DiffLine{{" ", a[len(a)-1]}}, tail...)
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return append(append(head, diffMiddle(a, b)...), tail...)
}

func diffLines(s string) []string {
	if s = strings.TrimRight(s, "\n"); s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// diffMiddle compares what neither begins nor ends alike, by the longest common lines.
func diffMiddle(a, b []string) []DiffLine {
	var out []DiffLine
	if len(a)*len(b) > diffCells {
		for _, s := range a {
			out = append(out, DiffLine{"-", s})
		}
		for _, s := range b {
			out = append(out, DiffLine{"+", s})
		}
		return out
	}
	// common[i][j] is how many lines a from i on and b from j on have in common, in order.
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, DiffLine{" ", a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = append(out, DiffLine{"-", a[i]})
			i++
		default:
			out = append(out, DiffLine{"+", b[j]})
			j++
		}
	}
	return out
}

package app

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// How long a number has to be, without its marks, to be looked for: a text is full of short
// numbers that mean something else.
const (
	shortestInName = 3
	shortestInText = 5
)

// mostRuns is of how many runs of letters and digits a number may consist: RE 2026/03-0001
// has four.
const mostRuns = 6

// maxPaperRuns bounds the runs of a text that are looked at.
const maxPaperRuns = 20_000

// paperRun is a sequence of letters and digits, in capitals.
type paperRun struct {
	text    string
	decimal bool // a point or comma stands before it, as in sums and days
}

// match finds the documents whose numbers stand in a text, without regard to blanks and
// marks. A number that is part of a longer one found at the same place does not count. Of
// several items of one number the first instalment is taken, and the invoice before the
// credit note.
func (p paperNumbers) match(text string, shortest int) []paperItem {
	var found []paperItem
	for _, number := range p.numbersIn(text, shortest) {
		found = append(found, firstOf(p[number]))
	}
	return found
}

// in finds the numbers in the text of a file, as many as are suggested to a person at most.
func (p paperNumbers) in(text string) []string {
	found := p.numbersIn(text, shortestInText)
	return found[:min(len(found), mostCandidates)]
}

// numbersIn finds the numbers in a text, each once.
func (p paperNumbers) numbersIn(text string, shortest int) (found []string) {
	runs := runsOf(text)
	seen := map[string]bool{}
	for from := 0; from < len(runs); from++ {
		number, length := p.longestAt(runs[from:], shortest)
		if length == 0 {
			continue
		}
		if !seen[number] {
			seen[number] = true
			found = append(found, number)
		}
		from += length - 1
	}
	return found
}

// longestAt finds the longest number that begins with the first run. Digits on both sides of
// a point or comma are a sum or a day, not one number.
func (p paperNumbers) longestAt(runs []paperRun, shortest int) (best string, length int) {
	joined := ""
	for n, r := range runs[:min(mostRuns, len(runs))] {
		if n > 0 && r.decimal && allDigits(r.text) && allDigits(runs[n-1].text) {
			break
		}
		joined += r.text
		if len(joined) < shortest {
			continue
		}
		if len(p[joined]) > 0 {
			best, length = joined, n+1
		}
	}
	return best, length
}

func allDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

func firstOf(items []paperItem) paperItem {
	return slices.MinFunc(items, func(a, b paperItem) int {
		if a.credit != b.credit {
			if b.credit {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.inst, b.inst)
	})
}

// runsOf splits a text into its runs.
func runsOf(text string) []paperRun {
	var runs []paperRun
	text = strings.ToUpper(text)
	from, gap := -1, ""
	for i, r := range text + " " {
		if r > 127 && !unicode.IsSpace(r) || r <= 127 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			if from < 0 {
				from = i
			}
			continue
		}
		if from >= 0 {
			if runs = append(runs, paperRun{text[from:i], gap == "." || gap == ","}); len(runs) == maxPaperRuns {
				return runs
			}
			from, gap = -1, ""
		}
		gap += string(r)
	}
	return runs
}

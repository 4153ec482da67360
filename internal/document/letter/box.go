package letter

import (
	"strings"

	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/pdf"
)

var (
	boxText  = font{size: pdf.Points(9.5), tabular: true} // leading: see spacing
	boxLabel = font{size: pdf.Points(8.5), colour: grey}
	boxTitle = font{size: pdf.Points(10.5), leading: pdf.Points(16)}
	boxNote  = font{size: pdf.Points(7.8), leading: pdf.Points(10.4)}
)

// payBox is the boxed payment block: amount and day where the message demands them, the
// account, the reference, and the code for a bank's app.
func (s *setting) payBox(list []document.Block) row {
	const edge = 11 * pdf.Pt
	left, right := s.sheet.left, s.sheet.right
	out := row{height: edge}
	inner, squares := right-edge, code(s.m)
	side := mm(27)
	if squares != nil {
		inner -= side + 14*pdf.Pt
	}
	stack := func(rows []row) {
		for _, r := range rows {
			out.add(r, 0, out.height)
			out.height += r.height
		}
	}
	var pairs [][2][]document.Run
	if m := s.m; m.Step.Demand() && m.PayBy.Valid() {
		amount := m.Language.Money(moneyOf(m, m.Totals().TotalMinor))
		pairs = append(pairs, [2][]document.Run{plain(s.labels.amount+":", false), plain(amount, false)},
			[2][]document.Run{plain(s.labels.payBy+":", false), plain(m.Language.Day(m.PayBy), false)})
	}
	var notes [][]row
	title := titleAt(list)
	for i := range list {
		switch {
		case list[i].Kind == document.ListBlock:
			pairs = append(pairs, pair(list[i].Runs))
		case i == title:
			stack(boxTitle.lines(list[i].Runs, left+edge, inner-left-edge))
			out.height += 2 * pdf.Pt
		default:
			notes = append(notes, boxNote.lines(list[i].Runs, left+edge, right-left-2*edge))
		}
	}
	first := (len(pairs) + 1) / 2
	one, other := pairsWidth(pairs[:first]), pairsWidth(pairs[first:])
	if all := inner - left - edge; squares == nil && len(pairs) > 4 && one+other <= all { // room for two columns
		cut := left + edge + min(max(all/2, one), all-other)
		rows := s.pairRows(pairs[:first], left+edge, cut)
		for i, r := range s.pairRows(pairs[first:], cut, inner) {
			if i == len(rows) {
				rows = append(rows, row{height: r.height})
			}
			rows[i].add(r, 0, 0)
		}
		stack(rows)
	} else {
		stack(s.pairRows(pairs, left+edge, inner))
	}
	if squares != nil {
		top := pdf.Unit(edge)
		out.marks = append(out.marks, mark{kind: codeMark, x: right - edge - side, y: top, width: side, height: side,
			code: squares})
		caption := small.style(false, false)
		out.say(right-edge-side/2-caption.Width(s.labels.scan)/2, top+side+10*pdf.Pt, caption, grey, s.labels.scan)
		out.height = max(out.height, top+side+14*pdf.Pt)
	}
	for _, rows := range notes {
		out.height += 6 * pdf.Pt
		stack(rows)
	}
	out.height += edge - 3*pdf.Pt
	out.marks = append(out.marks, mark{kind: frameMark, x: left, y: 0, width: right - left, height: out.height})
	return out
}

// titleAt is which block is the title: the one before the list of names and values.
func titleAt(list []document.Block) int {
	for i := range list {
		if list[i].Kind == document.ListBlock {
			return i - 1
		}
	}
	return 0
}

// pair cuts a line at its first colon into what it is called and what it is.
func pair(runs []document.Run) (p [2][]document.Run) {
	for i, r := range runs {
		if before, after, found := strings.Cut(r.Text, ": "); found {
			name, value := r, r
			name.Text, value.Text = before+":", after
			p[0] = append(append(p[0], runs[:i]...), name)
			p[1] = append(append(p[1], value), runs[i+1:]...)
			return p
		}
	}
	p[1] = runs
	return p
}

// pairsWidth is the width in which no name and no value is broken: the number of an account
// reads as one.
func pairsWidth(pairs [][2][]document.Run) pdf.Unit {
	values := pdf.Unit(0)
	for _, p := range pairs {
		values = max(values, boxText.style(false, false).Width(said(p[1])))
	}
	return namesWidth(pairs) + values + 10*pdf.Pt
}

func namesWidth(pairs [][2][]document.Run) pdf.Unit {
	names := pdf.Unit(0)
	for _, p := range pairs {
		names = max(names, boxLabel.style(false, false).Width(said(p[0])))
	}
	return names + 10*pdf.Pt
}

// pairRows sets names and values in two columns.
func (s *setting) pairRows(pairs [][2][]document.Run, left, right pdf.Unit) []row {
	boxText, boxLabel := boxText, boxLabel
	boxText.leading, boxLabel.leading = s.box, s.box
	names := min(namesWidth(pairs), (right-left)/2)
	var out []row
	for _, p := range pairs {
		values := boxText.lines(p[1], left+names, right-left-names)
		for i, name := range boxLabel.lines(p[0], left, names) {
			if i == len(values) {
				values = append(values, row{height: boxText.leading})
			}
			values[i].add(name, 0, 0)
		}
		out = append(out, values...)
	}
	return out
}

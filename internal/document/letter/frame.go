package letter

import (
	"fmt"
	"strings"

	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/pdf"
)

var (
	nameFont   = font{size: pdf.Points(15), leading: pdf.Points(18)}
	returnFont = font{size: pdf.Points(6.5), leading: pdf.Points(8.5), colour: grey}
	titleFont  = font{size: pdf.Points(13), leading: pdf.Points(17)}
)

// place puts a row on a page at a height.
func place(page *[]mark, r row, y pdf.Unit) {
	for _, m := range r.marks {
		m.y += y
		*page = append(*page, m)
	}
}

// frame writes what stands on the first page beside the text.
func (s *setting) frame(page *[]mark) {
	s.letterhead(page)
	s.address(page)
	s.info(page)
	for _, y := range append(s.sheet.folds[:len(s.sheet.folds):len(s.sheet.folds)], s.sheet.punch) {
		if y > 0 {
			var r row
			length := mm(4)
			if y == s.sheet.punch {
				length = mm(6)
			}
			r.rule(mm(4), mm(4)+length, 0, pdf.Points(0.4), grey)
			place(page, r, y)
		}
	}
}

// letterhead is the logo or the name of the sender in its colour, and its address.
func (s *setting) letterhead(page *[]mark) {
	c := &s.m.Creditor
	y := mm(14)
	end := y // of the logo or the name
	if logo := s.look.Logo; logo != nil {
		width, height := mm(60), mm(60)*pdf.Unit(logo.Height)/pdf.Unit(logo.Width)
		if most := mm(20); height > most {
			width, height = width*most/height, most
		}
		end += height
		*page = append(*page, mark{kind: pictureMark, x: s.sheet.left, y: y, width: width, height: height, picture: logo})
	} else {
		name := nameFont
		name.colour = s.look.Colour
		width := s.sheet.infoX - s.sheet.left - mm(6)
		if s.form == French { // whose numbers stand on the left
			width = mm(98)
		}
		for style := name.style(true, false); style.Width(c.LegalName) > 2*width && name.size > 9*pdf.Pt; style = name.style(true, false) {
			name.size, name.leading = name.size-pdf.Pt, name.leading-pdf.Pt
		}
		for _, r := range name.lines(plain(c.LegalName, true), s.sheet.left, width) {
			place(page, r, end)
			end += r.height
		}
	}
	x := max(s.sheet.infoX, mm(125))
	at := y
	lines := c.Address
	if s.look.Logo != nil {
		lines = append([]string{c.LegalName}, lines...)
	}
	for i, text := range lines {
		for _, r := range small.lines(plain(text, i == 0 && s.look.Logo != nil), x, s.sheet.right-x) {
			if at+r.height <= s.sheet.headBottom {
				place(page, r, at)
			}
			at += r.height
		}
	}
	var rule row
	rule.rule(s.sheet.left, s.sheet.right, 0, pdf.Points(0.9), s.look.Colour)
	place(page, rule, min(max(at, end)+5*pdf.Pt, s.sheet.headBottom))
}

// address fills the window. What is too much for it is set smaller, so that it stays inside.
func (s *setting) address(page *[]mark) {
	win := s.sheet.window
	runs := plain(s.m.Debtor.LegalName, false)
	for _, line := range s.m.Debtor.Address {
		runs[len(runs)-1].Break = true
		runs = append(runs, document.Run{Text: line})
	}
	f := font{size: pdf.Points(10.5), leading: pdf.Points(13.4)}
	rows := f.lines(runs, win.X, win.Width)
	for pdf.Unit(len(rows))*f.leading > win.Height && f.size > pdf.Points(6) {
		f.size -= pdf.Points(0.25)
		f.leading = f.size * 118 / 100
		rows = f.lines(runs, win.X, win.Width)
	}
	at := win.Y
	if s.sheet.returnLine {
		c := &s.m.Creditor
		line := returnFont
		text := oneLine(strings.Join(append([]string{c.LegalName}, c.Address...), " · "))
		for line.style(false, false).Width(text) > win.Width && line.size > pdf.Points(4.5) {
			line.size -= pdf.Points(0.25)
		}
		for _, r := range line.lines(plain(text, false), win.X, win.Width)[:1] {
			r.rule(win.X, win.X+win.Width, r.height+pdf.Pt, pdf.Unit(300), ruleGrey)
			place(page, r, at-r.height-3*pdf.Pt)
		}
	}
	for _, r := range rows {
		place(page, r, at)
		at += r.height
	}
}

// info is the block of numbers, day and who answers.
func (s *setting) info(page *[]mark) {
	m, l := s.m, s.labels
	lines := [][2]string{{l.date, m.Language.Day(m.Date)}}
	if m.Debtor.CustomerNumber != m.Debtor.LegalName {
		lines = append(lines, [2]string{l.account, m.Debtor.CustomerNumber}, [2]string{l.reference, s.reference()})
	}
	lines = append(lines, [2]string{l.contact, m.Creditor.Person}, [2]string{l.phone, m.Creditor.Phone},
		[2]string{l.email, m.Creditor.ReplyTo}, [2]string{l.sent, m.SentBy})
	names := pdf.Unit(0)
	for _, line := range lines {
		if line[1] != "" {
			names = max(names, label.style(false, false).Width(line[0])+8*pdf.Pt)
		}
	}
	y := s.sheet.infoY
	for _, line := range lines {
		if line[1] == "" {
			continue
		}
		var r row
		r.say(s.sheet.infoX, inLabel.baseline(), label.style(false, false), grey, line[0])
		place(page, r, y)
		value := inLabel
		for value.style(false, false).Width(line[1]) > s.sheet.infoWidth-names && value.size > pdf.Points(7.5) {
			value.size -= pdf.Points(0.25)
		}
		for _, r := range value.lines(plain(line[1], false), s.sheet.infoX+names, s.sheet.infoWidth-names) {
			place(page, r, y)
			y += r.height
		}
	}
	s.infoEnd = y
}

// numberRoom is kept free beside the imprint for the number of the page.
const numberRoom = 62 * pdf.Pt

// imprint is what stands at the foot of the first page: what the law wants of the sender,
// and where to pay if no box says so.
func (s *setting) imprint(blocks []document.Block, boxed bool) []row {
	var parts []string
	for i := range blocks {
		line := ""
		for _, r := range blocks[i].Runs {
			line += r.Text
			if r.Break {
				parts = append(parts, strings.TrimSpace(line))
				line = ""
			}
		}
		parts = append(parts, strings.TrimSpace(line))
	}
	if !boxed {
		b := s.m.Creditor.Bank
		for _, p := range [][2]string{{"IBAN", b.IBAN}, {"BIC", b.BIC}, {"Sort code", b.SortCode},
			{"Routing number (ABA)", b.Routing}, {s.labels.bankAccount, b.Account}} {
			if p[1] != "" {
				parts = append(parts, p[0]+" "+p[1])
			}
		}
	}
	var lines []row
	width, line := s.sheet.right-s.sheet.left-numberRoom, ""
	for _, p := range append(parts, "") {
		longer := line + "  ·  " + p
		if line == "" {
			longer = p
		}
		if p != "" && foot.style(false, false).Width(longer) <= width {
			line = longer
			continue
		}
		lines = append(lines, foot.lines(plain(line, false), s.sheet.left, width)...)
		line = p
	}
	return lines
}

// footers write the foot of every page, now that it is known how many there are, and
// above the further ones what they belong to.
func (s *setting) footers(pages [][]mark, imprint []row, title string, first bool) {
	for i := range pages {
		number := fmt.Sprintf(s.labels.pageOf, i+1, len(pages))
		var r row
		r.sayRight(s.sheet.right, 0, foot.style(false, false), grey, number)
		if i == 0 && first {
			y := s.sheet.height - mm(10) - rowsHeight(imprint)
			place(&pages[i], r, y+2*pdf.Pt+foot.baseline())
			var rule row
			rule.rule(s.sheet.left, s.sheet.right, 0, hairline, ruleGrey)
			place(&pages[i], rule, y)
			for _, line := range imprint {
				place(&pages[i], line, y+2*pdf.Pt)
				y += line.height
			}
			continue
		}
		place(&pages[i], r, s.sheet.height-mm(10)-foot.leading+foot.baseline())
		head := row{}
		style := foot.style(false, false)
		half := (s.sheet.right - s.sheet.left) / 2
		head.say(s.sheet.left, 0, style, grey, cut(style, s.m.Creditor.LegalName, half-cellGap))
		about := " · " + s.m.Language.Date(s.m.Date) + " · " + cut(style, s.m.Debtor.CustomerNumber, half/3)
		about = cut(style, title, half-style.Width(about)) + about
		head.sayRight(s.sheet.right, 0, style, grey, about)
		head.rule(s.sheet.left, s.sheet.right, 4*pdf.Pt, hairline, ruleGrey)
		place(&pages[i], head, mm(15))
	}
}

// cut shortens what only says again which letter a page belongs to.
func cut(s pdf.Style, text string, width pdf.Unit) string {
	if s.Width(text) <= width {
		return text
	}
	short := []rune(text)
	for len(short) > 0 && s.Width(string(short)+"…") > width {
		short = short[:len(short)-1]
	}
	return strings.TrimRight(string(short), " ,:") + "…"
}

func rowsHeight(rows []row) (sum pdf.Unit) {
	for _, r := range rows {
		sum += r.height
	}
	return sum
}
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

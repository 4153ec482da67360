package letter

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/pdf"
)

// Version changes whenever the same letter could give other bytes.
const Version = "2"

// Look is how the letters of a sender look.
type Look struct {
	Country string     // of the sender's post, as ISO 3166 has it: it decides the form
	Logo    *pdf.Image // nil: the name stands in its place
	Colour  pdf.Colour // of the name and the rule below; text is black
}

// Letter is one message to be posted.
type Letter struct {
	Message    document.Message
	Outline    document.Outline // of the message, see [document.Outlined]
	Enclosures []document.Enclosure
}

// Result says what became of a letter.
type Result struct {
	Pages   int    // with its enclosures
	Missing []rune // characters for which there is no glyph; a replacement stands for each
}

// Render writes one letter as a file of its own.
func Render(look Look, l Letter) ([]byte, Result, error) {
	var out bytes.Buffer
	out.Grow(32 << 10)
	w := pdf.NewWriter(&out, pdf.Info{Title: l.Outline.Subject, Author: l.Message.Creditor.LegalName,
		Subject: l.Message.Debtor.LegalName, Language: string(l.Message.Language)})
	pages := write(w, look, &l, false)
	err := w.Close()
	return out.Bytes(), Result{Pages: pages, Missing: w.Missing()}, err
}

// Batch is many letters in one file, for one print. Each begins on a sheet of its own.
type Batch struct {
	w      *pdf.Writer
	look   Look
	duplex bool
}

// NewBatch begins a batch. Printed on both sides (duplex), a letter and an enclosure of an
// odd number of pages is followed by an empty one.
func NewBatch(out io.Writer, look Look, title, author string, duplex bool) *Batch {
	return &Batch{w: pdf.NewWriter(out, pdf.Info{Title: title, Author: author}), look: look, duplex: duplex}
}

// Add writes a letter and returns how many pages it takes, empty ones not counted.
func (b *Batch) Add(l Letter) int { return write(b.w, b.look, &l, b.duplex) }

// Pages is how many pages the file has, empty ones counted.
func (b *Batch) Pages() int { return b.w.Pages() }

// Missing lists the characters for which there was no glyph in any letter so far.
func (b *Batch) Missing() []rune { return b.w.Missing() }

// Close ends the file. It returns the first error of the stream.
func (b *Batch) Close() error { return b.w.Close() }

// setting is one letter while it is set.
type setting struct {
	look    Look
	form    Form
	sheet   sheet
	m       *document.Message
	labels  labels
	infoEnd pdf.Unit
	spacing
}

// write sets a letter and its enclosures.
func write(w *pdf.Writer, look Look, l *Letter, duplex bool) int {
	s := &setting{look: look, form: FormOf(look.Country), m: &l.Message, labels: labelsOf[l.Message.Language]}
	s.sheet = sheets[s.form]
	blocks := titled(&l.Outline)
	papers := [][][]mark{s.spaced(func() *flow { return s.letter(blocks) })}
	if slices.ContainsFunc(l.Message.Attachments,
		func(a document.Attachment) bool { return a.Kind == document.ItemsList }) {
		papers = append(papers, s.spaced(s.allItems))
	}
	for i := range l.Enclosures {
		paper := l.Enclosures[i].Outline.Blocks
		papers = append(papers, s.spaced(func() *flow { return s.enclosure(paper) }))
	}
	n := 0
	for _, pages := range papers {
		for _, page := range pages {
			w.AddPage(s.sheet.width, s.sheet.height)
			draw(w, page)
		}
		if duplex && len(pages)%2 == 1 {
			w.AddPage(s.sheet.width, s.sheet.height)
		}
		n += len(pages)
	}
	return n
}

// spaced sets a paper with more air, unless set closely it takes fewer pages.
func (s *setting) spaced(set func() *flow) [][]mark {
	s.spacing = airy
	first := set()
	if !first.mayShrink() {
		return first.pages
	}
	for _, s.spacing = range []spacing{tight, snug} {
		if closer := set(); len(closer.pages) < len(first.pages) {
			return closer.pages
		}
	}
	return first.pages
}

// draw writes the marks of a page.
func draw(w *pdf.Writer, page []mark) {
	for i := range page {
		m := &page[i]
		r := pdf.Rectangle{X: m.x, Y: m.y, Width: m.width, Height: m.height}
		switch m.kind {
		case textMark:
			w.Text(m.x, m.y, m.style, m.colour, m.text)
		case lineMark:
			w.Line(m.x, m.y, m.x+m.width, m.y, m.height, m.colour)
		case frameMark:
			w.Frame(r, pdf.Points(0.9), m.colour)
		case codeMark:
			w.Modules(m.code, r, m.colour)
		case pictureMark:
			w.Picture(m.picture, r)
		}
	}
}

// titled are the blocks of a message, with its subject as the title if it has no other.
func titled(o *document.Outline) []document.Block {
	if titleOf(o.Blocks) != "" {
		return o.Blocks
	}
	title := document.Block{Kind: document.HeadingBlock, Level: 1, Runs: plain(o.Subject, true)}
	at := 0
	for at < len(o.Blocks) && o.Blocks[at].Part == document.HeadPart {
		at++
	}
	return slices.Insert(slices.Clone(o.Blocks), at, title)
}

// parted is an outline in the parts that paper sets apart.
type parted struct {
	body, pay, sign, imprint []document.Block
}

// part takes an outline apart. The head is not among the parts: window and numbers say it.
func part(list []document.Block) (p parted) {
	ruled := false
	for _, b := range list {
		switch {
		case b.Part == document.HeadPart:
		case b.Part == document.PayPart:
			p.pay = append(p.pay, b)
		case b.Part == document.SignPart && b.Kind == document.RuleBlock:
			ruled = true
		case b.Part == document.SignPart && ruled:
			p.imprint = append(p.imprint, b)
		case b.Part == document.SignPart:
			p.sign = append(p.sign, b)
		default:
			p.body = append(p.body, b)
		}
	}
	return p
}

// letter sets the pages of the letter itself.
func (s *setting) letter(blocks []document.Block) *flow {
	p := part(blocks)
	imprint := s.imprint(p.imprint, len(p.pay) > 0)
	firstFoot := s.sheet.height - mm(10) - rowsHeight(imprint) - mm(3)
	f := &flow{begin: mm(24), bottom: func(page int) pdf.Unit {
		if page == 0 {
			return firstFoot
		}
		return s.sheet.height - mm(19)
	}}
	var frame []mark
	s.frame(&frame)
	f.page(max(s.sheet.text, s.infoEnd+mm(5)))
	f.pages[0] = frame
	list := s.blocks(p.body)
	if end := s.end(p); end.height > 0 {
		if len(list) > 0 {
			list[len(list)-1].keep = true
		}
		list = append(list, block{before: 8 * pdf.Pt, rows: []row{end}, whole: true})
	}
	f.all(list)
	s.footers(f.pages, imprint, titleOf(blocks), true)
	return f
}

// enclosure sets a paper that goes with the letter.
func (s *setting) enclosure(blocks []document.Block) *flow {
	f := &flow{begin: mm(24), bottom: func(int) pdf.Unit { return s.sheet.height - mm(19) }}
	f.page(f.begin)
	f.all(s.blocks(blocks))
	s.footers(f.pages, nil, titleOf(blocks), false)
	return f
}

// titleOf is what a text is called.
func titleOf(blocks []document.Block) string {
	for i := range blocks {
		if blocks[i].Kind == document.HeadingBlock {
			return said(blocks[i].Runs)
		}
	}
	return ""
}

// end is the payment block and the signature, which are never apart.
func (s *setting) end(p parted) row {
	var out row
	if len(p.pay) > 0 {
		out = s.payBox(p.pay)
		out.height += s.paragraph + 5*pdf.Pt
	}
	signed := false
	for i := range p.sign {
		rows := s.body.lines(s.withoutInfo(p.sign[i].Runs), s.sheet.left, s.sheet.right-s.sheet.left)
		if !signed && slices.ContainsFunc(p.sign[i].Runs, func(r document.Run) bool { return r.Break }) {
			signed = true
			out.height += s.hand
		}
		for _, r := range rows {
			out.add(r, 0, out.height)
			out.height += r.height
		}
		out.height += s.paragraph
	}
	return out
}

// withoutInfo leaves the lines of a signature out that stand beside the address already.
func (s *setting) withoutInfo(runs []document.Run) []document.Run {
	var out, line []document.Run
	flush := func() {
		text := strings.TrimSpace(strings.ReplaceAll(said(line), "\u00a0", " "))
		known := s.m.Creditor.Phone != "" && strings.HasSuffix(text, " "+s.m.Creditor.Phone) ||
			s.m.Creditor.ReplyTo != "" && text == s.m.Creditor.ReplyTo
		if !known {
			out = append(out, line...)
		}
		line = nil
	}
	for _, r := range runs {
		if line = append(line, r); r.Break {
			flush()
		}
	}
	flush()
	if n := len(out); n > 0 {
		out[n-1].Break = false // nothing follows any more
	}
	return out
}

// blocks sets the body of a text.
func (s *setting) blocks(list []document.Block) []block {
	left, right := s.sheet.left, s.sheet.right
	var out []block
	var items *grid
	column := -1
	for i := range list {
		b := &list[i]
		switch b.Kind {
		case document.HeadingBlock:
			out = append(out, s.heading(b))
		case document.ParagraphBlock:
			if items != nil && b.Part == document.ItemPart {
				out[len(out)-1].keep = true
				out = append(out, s.totals(b, items, column))
				continue
			}
			rows := s.body.lines(b.Runs, left, right-left)
			out = append(out, block{before: s.paragraph, rows: rows, keep: strings.HasSuffix(said(b.Runs), ":")})
		case document.ListBlock:
			out = append(out, s.listItem(b))
		case document.RuleBlock:
			r := row{height: 2 * pdf.Pt}
			r.rule(left, right, pdf.Pt, hairline, ruleGrey)
			out = append(out, block{before: s.paragraph, rows: []row{r}})
		case document.TableBlock:
			g := newGrid(b, left, right)
			t := g.block(left, right)
			if b.Part == document.ItemPart && items == nil {
				items = g
				column = s.carry(g, &t)
			}
			t.before = s.paragraph
			out = append(out, t)
		}
	}
	return out
}

func (s *setting) heading(b *document.Block) block {
	f, before := titleFont, pdf.Unit(0)
	if b.Level > 1 {
		f, before = font{size: pdf.Points(11), leading: pdf.Points(15)}, 11*pdf.Pt
	}
	runs := slices.Clone(b.Runs)
	for i := range runs {
		runs[i].Bold = true
	}
	return block{before: before, rows: f.lines(runs, s.sheet.left, s.sheet.right-s.sheet.left), keep: true, whole: true}
}

func (s *setting) listItem(b *document.Block) block {
	const indent = 13 * pdf.Pt
	x := s.sheet.left + pdf.Unit(max(0, b.Level-1))*indent
	rows := s.body.lines(b.Runs, x+indent, s.sheet.right-x-indent)
	before := 2 * pdf.Pt
	if n := len(rows); n > 0 {
		stretch(&rows[n-1], s.sheet.right)
	}
	if b.Mark != "" && len(rows) > 0 {
		rows[0].say(x+pdf.Pt, s.body.baseline(), s.body.style(false, false), pdf.Black, b.Mark)
	}
	return block{before: before, rows: rows}
}

// stretch lets dots that are to be written on go to the edge.
func stretch(r *row, edge pdf.Unit) {
	if len(r.marks) == 0 {
		return
	}
	m := &r.marks[len(r.marks)-1]
	for strings.HasSuffix(m.text, "..........") && m.x+m.style.Width(m.text+".") <= edge {
		m.text += "."
	}
}

// carry lets the open sum of the items go over page breaks, and returns the column it is in.
func (s *setting) carry(g *grid, b *block) int {
	wanted := make([]string, 0, len(s.m.Items))
	sums := make([]string, 0, len(s.m.Items)+1)
	sum := int64(0)
	for i := range s.m.Items[:min(len(s.m.Items), max(0, len(g.of.Rows)-1))] {
		sums = append(sums, s.amount(sum))
		wanted = append(wanted, s.amount(s.m.Items[i].OpenMinor))
		sum = money.AddMinor(sum, s.m.Items[i].OpenMinor)
	}
	column := columnOf(g.of, wanted)
	if column >= 0 {
		g.carry(b, column, sums, s.labels, s.sheet.left)
	}
	return column
}

// totals sets the lines below the items: what each is called, and its amount below the
// open ones.
func (s *setting) totals(b *document.Block, g *grid, column int) block {
	f := font{size: g.font.size, leading: g.font.leading + 2*pdf.Pt, tabular: true}
	out := block{before: 3 * pdf.Pt, whole: true}
	var line []document.Run
	shut := func() {
		name, value, found := cutLast(line)
		edge := s.sheet.right
		if column >= 0 {
			edge = g.x[column] + g.widths[column]
		}
		width := f.style(value.Bold, false).Width(value.Text)
		room := edge - width - cellGap - s.sheet.left
		if !found || room < 60*pdf.Pt {
			out.rows = append(out.rows, f.lines(line, s.sheet.left, s.sheet.right-s.sheet.left)...)
		} else {
			rows := f.lines(name, s.sheet.left, room)
			for i := range rows[:len(rows)-1] { // one name over two lines hangs together
				rows[i].height = g.font.leading
			}
			rows[len(rows)-1].sayRight(edge, f.baseline(), f.style(value.Bold, false), pdf.Black, value.Text)
			out.rows = append(out.rows, rows...)
		}
		line = nil
	}
	for _, r := range b.Runs {
		line = append(line, r)
		if r.Break {
			line[len(line)-1].Break = false
			shut()
		}
	}
	if len(line) > 0 {
		shut()
	}
	return out
}

// cutLast cuts a line behind its last colon.
func cutLast(line []document.Run) (name []document.Run, value document.Run, found bool) {
	last := len(line) - 1
	i := strings.LastIndex(line[last].Text, ": ")
	if i <= 0 || strings.TrimSpace(line[last].Text[i+2:]) == "" {
		return line, value, false
	}
	name, value = slices.Clone(line), line[last]
	name[last].Text = line[last].Text[:i+1]
	value.Text = strings.TrimSpace(line[last].Text[i+2:])
	return name, value, true
}

func (s *setting) amount(minor int64) string { return s.m.Language.Money(moneyOf(s.m, minor)) }

func moneyOf(m *document.Message, minor int64) money.Money {
	return money.Money{Minor: minor, Currency: m.Currency}
}

// reference is how the text writes the reference of the message.
func (s *setting) reference() string { return document.ReferenceText(s.m.Reference) }

package document

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// Part says which stretch of a message a block belongs to, where paper sets it apart.
type Part string

// The parts of a message. They are the shared blocks of the texts by name; whatever
// else a text says is its body.
const (
	BodyPart Part = ""
	HeadPart Part = "head"  // sender, receiver, numbers and day
	ItemPart Part = "items" // the table of what the message is about, and its total
	PayPart  Part = "pay"   // where to pay
	SignPart Part = "sign"  // the greeting and who signs; after a rule what the law wants of the sender
)

// BlockKind says what a block is.
type BlockKind uint8

// The kinds of a block.
const (
	HeadingBlock BlockKind = iota
	ParagraphBlock
	ListBlock // one paragraph of an item of a list
	TableBlock
	RuleBlock
)

// Block is one block of a message, with its values.
type Block struct {
	Part  Part
	Kind  BlockKind
	Level int    // of a heading from 1; of a list how deep it stands, from 1
	Mark  string // of a list: "•" or "1."; "" for a further paragraph of the same item
	Runs  []Run  // of a heading, a paragraph and a list
	Rows  [][]Cell
	Right []bool // of a table: which columns are set to the right
}

// Cell is one cell of a table. The first row is the heading.
type Cell []Run

// Run is text in one style.
type Run struct {
	Text         string // spaces and non-breaking spaces; no line breaks
	Bold, Italic bool
	Break        bool // the line ends after it
}

// Outline is one message as blocks, for a layout that sets it on pages.
type Outline struct {
	Subject         string
	Blocks          []Block
	TemplateVersion string // as in [Rendered]
	Warnings        []Finding
}

// Outlined writes a message with a template as blocks. They come from the same parsed page
// as the text and the HTML of [Render], so that paper can never say anything else.
// Errors: those of [Render].
func Outlined(t *Template, m Message) (Outline, error) {
	subject, p, s, err := prepare(t, m)
	if err != nil {
		return Outline{}, err
	}
	f := filler{values: s.values, repeats: s.repeats}
	return Outline{Subject: subject, Blocks: f.outline(p.outline), TemplateVersion: t.ID,
		Warnings: LintWords(t.Language, t.Tone, m.PersonalLine)}, nil
}

// sketch is a block that waits for its values.
type sketch struct {
	Block
	runs []sketchRun
	rows []sketchRow
}

type sketchRun struct {
	Run
	list []piece
}

type sketchRow struct {
	cells    [][]sketchRun
	repeated bool
}

// outliner makes of the parsed page the blocks of its outline.
type outliner struct {
	parsed
	parts []region
	part  Part
	out   []sketch
	holes int
	rows  int
}

// enter finds the part that a node of the page belongs to, by where its first text stands.
// A node without text is of the part before it.
func (w *outliner) enter(n ast.Node) {
	at := firstText(n)
	if at < 0 {
		return
	}
	w.part = BodyPart
	for _, r := range w.parts {
		if at >= r.from && at < r.to {
			w.part = r.part
		}
	}
}

func firstText(n ast.Node) int {
	if t, ok := n.(*ast.Text); ok {
		return t.Segment.Start
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if at := firstText(c); at >= 0 {
			return at
		}
	}
	return -1
}

func (w *outliner) page() {
	for c := w.root.FirstChild(); c != nil; c = c.NextSibling() {
		w.enter(c)
		w.block(c, 0)
	}
}

func (w *outliner) add(b Block, n ast.Node) {
	b.Part = w.part
	w.out = append(w.out, sketch{Block: b, runs: w.inline(n)})
}

func (w *outliner) block(n ast.Node, depth int) {
	switch n := n.(type) {
	case *ast.Heading:
		w.add(Block{Kind: HeadingBlock, Level: n.Level}, n)
	case *ast.Paragraph, *ast.TextBlock:
		w.add(Block{Kind: ParagraphBlock}, n)
	case *ast.List:
		w.list(n, depth+1)
	case *ast.ThematicBreak:
		w.out = append(w.out, sketch{Block: Block{Part: w.part, Kind: RuleBlock}})
	case *east.Table:
		w.table(n)
	}
}

func (w *outliner) list(n *ast.List, depth int) {
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "•"
		if n.IsOrdered() {
			mark = fmt.Sprintf("%d.", number)
			number++
		}
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			switch c.(type) {
			case *ast.TextBlock, *ast.Paragraph:
				w.add(Block{Kind: ListBlock, Level: depth, Mark: mark}, c)
				mark = ""
			default:
				w.block(c, depth)
			}
		}
	}
}

func (w *outliner) table(n *east.Table) {
	b := sketch{Block: Block{Part: w.part, Kind: TableBlock}}
	for _, a := range n.Alignments {
		b.Right = append(b.Right, a == east.AlignRight)
	}
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		row := sketchRow{repeated: w.isRepeated(r)}
		if row.repeated {
			w.rows++
		}
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			row.cells = append(row.cells, w.inline(c))
		}
		b.rows = append(b.rows, row)
	}
	w.out = append(w.out, b)
}

// inline are the runs of a node's children.
func (w *outliner) inline(n ast.Node) []sketchRun {
	var out []sketchRun
	w.collect(&out, n, Run{})
	return out
}

func (w *outliner) collect(out *[]sketchRun, n ast.Node, style Run) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			w.say(out, w.words(c), style, w.marks)
			switch {
			case c.HardLineBreak():
				if len(*out) > 0 {
					(*out)[len(*out)-1].Break = true
				}
			case c.SoftLineBreak():
				w.say(out, " ", style, false)
			}
		case *ast.Emphasis:
			inner := style
			inner.Bold, inner.Italic = style.Bold || c.Level == 2, style.Italic || c.Level == 1
			w.collect(out, c, inner)
		case *ast.Link:
			before := len(*out)
			w.collect(out, c, style)
			said, address := "", strings.TrimPrefix(unescape(c.Destination), "mailto:")
			for _, r := range (*out)[before:] {
				for _, p := range r.list {
					said += p.text
				}
			}
			if said != address {
				w.say(out, " <"+address+">", style, w.marks)
			}
		}
	}
}

func (w *outliner) say(out *[]sketchRun, s string, style Run, marks bool) {
	var p pieces
	p.add(s, marks, func(s string) string { return s })
	p.shut()
	w.holes += p.holes
	*out = append(*out, sketchRun{Run: style, list: p.list})
}

// outline writes the blocks.
func (f *filler) outline(list []sketch) []Block {
	out := make([]Block, len(list))
	for i := range list {
		out[i] = list[i].Block
		out[i].Runs = f.runs(list[i].runs)
		for k := range list[i].rows {
			row := &list[i].rows[k]
			n := 1
			if row.repeated {
				n = f.times()
			}
			for range n {
				cells := make([]Cell, len(row.cells))
				for c := range row.cells {
					cells[c] = f.runs(row.cells[c])
				}
				out[i].Rows = append(out[i].Rows, cells)
			}
		}
	}
	return out
}

func (f *filler) runs(list []sketchRun) []Run {
	if len(list) == 0 {
		return nil
	}
	out := make([]Run, 0, len(list))
	for i := range list {
		r := list[i].Run
		r.Text = f.fill(list[i].list)
		if n := len(out); n > 0 && !out[n-1].Break && out[n-1].Bold == r.Bold && out[n-1].Italic == r.Italic {
			out[n-1].Text += r.Text
			out[n-1].Break = r.Break
			continue
		}
		out = append(out, r)
	}
	return out
}

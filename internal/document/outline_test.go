package document

import (
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// joined are blocks whose runs of one style are one run, however they came about.
func joined(blocks []Block) []Block {
	out := slices.Clone(blocks)
	join := func(runs []Run) []Run {
		var kept []Run
		for _, r := range runs {
			n := len(kept)
			if n > 0 && !kept[n-1].Break && kept[n-1].Bold == r.Bold && kept[n-1].Italic == r.Italic {
				kept[n-1].Text += r.Text
				kept[n-1].Break = r.Break
			} else if r.Text != "" || r.Break {
				kept = append(kept, r)
			}
		}
		return kept
	}
	for i := range out {
		out[i].Runs = join(out[i].Runs)
		out[i].Rows = slices.Clone(out[i].Rows)
		for k, row := range out[i].Rows {
			out[i].Rows[k] = slices.Clone(row)
			for c := range row {
				out[i].Rows[k][c] = join(row[c])
			}
		}
	}
	return out
}

// spoken is what the blocks say, in one line.
func spoken(blocks []Block) string {
	var b strings.Builder
	say := func(runs []Run) {
		for _, r := range runs {
			b.WriteString(r.Text)
			if r.Break {
				b.WriteByte(' ')
			}
		}
		b.WriteByte(' ')
	}
	for i := range blocks {
		say(blocks[i].Runs)
		for _, row := range blocks[i].Rows {
			for _, cell := range row {
				say(cell)
			}
		}
	}
	return squeeze(b.String())
}

// TestAnOutlineSaysWhatTheMailSays: word for word, for every text that ships, and its
// parts are where paper looks for them.
func TestAnOutlineSaysWhatTheMailSays(t *testing.T) {
	everyText(t, func(t *testing.T, tpl *Template) {
		m := Sample(tpl.Language, tpl.Step, tpl.Variant)
		o, err := Outlined(tpl, m)
		if err != nil {
			t.Fatal(err)
		}
		r := mustRender(t, m)
		if got, want := spoken(o.Blocks), squeeze(visible(r.HTML)); got != want {
			t.Errorf("the outline says\n%s\nthe mail\n%s", got, want)
		}
		if o.Subject != r.Subject || o.TemplateVersion != r.TemplateVersion {
			t.Errorf("subject %q of %s, want %q of %s", o.Subject, o.TemplateVersion, r.Subject, r.TemplateVersion)
		}
		for _, part := range []Part{HeadPart, SignPart} {
			if !slices.ContainsFunc(o.Blocks, func(b Block) bool { return b.Part == part }) {
				t.Errorf("no block of part %s", part)
			}
		}
		if o.Blocks[0].Part != HeadPart || o.Blocks[len(o.Blocks)-1].Part != SignPart {
			t.Errorf("the first block is of part %q, the last of %q", o.Blocks[0].Part, o.Blocks[len(o.Blocks)-1].Part)
		}
	})
}

// TestTheOutlineOfATable: rows, columns to the right and the part of it.
func TestTheOutlineOfATable(t *testing.T) {
	m := Sample(locale.EnglishGB, Formal, Standard)
	tpl, err := Shipped(m.Language, m.Step, m.Variant)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Outlined(tpl, m)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(o.Blocks, func(b Block) bool { return b.Kind == TableBlock && b.Part == ItemPart })
	if i < 0 || len(o.Blocks[i].Rows) != len(m.Items)+1 || o.Blocks[i].Rows[1][0][0].Text != m.Items[0].Number {
		t.Fatalf("no table of the items in %+v", o.Blocks)
	}
	if b := o.Blocks[i]; b.Right[0] || !b.Right[len(b.Right)-1] {
		t.Errorf("columns to the right: %v", b.Right)
	}
	pay := slices.IndexFunc(o.Blocks, func(b Block) bool { return b.Part == PayPart })
	if pay < 0 || o.Blocks[pay].Kind != ParagraphBlock || !o.Blocks[pay].Runs[0].Bold {
		t.Errorf("the payment block begins with %+v", o.Blocks[max(0, pay)])
	}
	rule := slices.IndexFunc(o.Blocks, func(b Block) bool { return b.Kind == RuleBlock })
	if rule < 0 || o.Blocks[rule].Part != SignPart {
		t.Error("the rule before what the law wants of the sender is not of the signature")
	}
}

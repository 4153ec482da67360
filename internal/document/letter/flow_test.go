package letter

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/pdf"
)

// TestNothingLeavesThePage: whatever names, addresses, numbers and amounts are, every mark
// stands on its page, texts above the foot, and no two pages share the number of rows.
func TestNothingLeavesThePage(t *testing.T) {
	text := rapid.OneOf(rapid.SampledFrom([]string{"Müller & Söhne GmbH", "Ω", "株式会社", strings.Repeat("W", 120), strings.Repeat("ab ", 60),
		"x@y.example"}), rapid.StringN(1, 60, -1))
	rapid.Check(t, func(t *rapid.T) {
		m := british(rapid.SampledFrom([]document.Step{document.Friendly, document.Formal, document.FinalDemand}).Draw(t, "step"))
		if n := rapid.IntRange(0, 90).Draw(t, "items"); n > 0 {
			m = long(n)
		}
		put := func(to *string, label string) {
			if v := strings.TrimSpace(text.Draw(t, label)); strings.TrimSpace(shownText(v)) != "" {
				*to = v
			}
		}
		put(&m.Debtor.LegalName, "name")
		put(&m.Creditor.LegalName, "sender")
		put(&m.Creditor.Person, "person")
		put(&m.PersonalLine, "line")
		m.Debtor.Address = append([]string{}, m.Debtor.Address...)
		for i := range rapid.IntRange(0, 6).Draw(t, "lines") {
			m.Debtor.Address = append(m.Debtor.Address, "x")
			put(&m.Debtor.Address[len(m.Debtor.Address)-1], "address")
			_ = i
		}
		for i := range m.Items {
			if i%7 == 0 {
				put(&m.Items[i].Number, "number")
				put(&m.Items[i].PO, "po")
			}
			m.Items[i].OpenMinor = rapid.Int64Range(1, 1e13).Draw(t, "open")
			m.Items[i].OriginalMinor, m.Items[i].PaidMinor = m.Items[i].OpenMinor, 0
		}
		m.Date = cal.MustParse("2026-03-19")
		country := rapid.SampledFrom([]string{"DE", "GB", "FR", "US"}).Draw(t, "country")
		tpl, err := document.Shipped(m.Language, m.Step, m.Variant)
		if err != nil {
			t.Fatal(err)
		}
		o, err := document.Outlined(tpl, m)
		if err != nil {
			t.Skip(err.Error()) // a message that nobody could send: rapid draws another, and fails if too few are left
		}
		s := &setting{look: Look{Country: country}, form: FormOf(country), m: &m, labels: labelsOf[m.Language]}
		s.sheet, s.spacing = sheets[s.form], airy
		for i, page := range s.letter(titled(&o)).pages {
			for _, k := range page {
				right := k.x + k.width
				if k.kind == textMark {
					right = k.x + k.style.Width(strings.TrimRight(k.text, " "))
				}
				if k.x < 0 || right > s.sheet.width-mm(5) || k.y < mm(5) || k.y+k.height*pdf.Unit(btoi(k.kind != lineMark)) > s.sheet.height-mm(5) {
					t.Fatalf("%s, page %d: %q from %d to %d at %d", country, i+1, k.text, k.x/pdf.Pt, right/pdf.Pt, k.y/pdf.Pt)
				}
			}
		}
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// shownText is what of a text has any width.
func shownText(s string) string {
	return strings.Map(func(r rune) rune {
		if pdf.Regular().Covers(r) {
			return r
		}
		return -1
	}, s)
}

// rowsOf makes blocks of rows of one height.
func rowsOf(n int, whole, keep bool) block {
	b := block{whole: whole, keep: keep}
	for range n {
		b.rows = append(b.rows, row{height: 10, marks: []mark{{}}})
	}
	return b
}

// TestPageBreaks: how many rows stand on each page of ten rows.
func TestPageBreaks(t *testing.T) {
	for name, test := range map[string]struct {
		blocks []block
		want   string
	}{
		"fits":                       {[]block{rowsOf(10, false, false)}, "10"},
		"one too many takes another": {[]block{rowsOf(11, false, false)}, "9 2"},
		"a heading goes along":       {[]block{rowsOf(8, false, false), rowsOf(1, true, true), rowsOf(5, false, false)}, "8 6"},
		"a whole block is not split": {[]block{rowsOf(6, false, false), rowsOf(5, true, false)}, "6 5"},
		"a signature takes the last lines along": {[]block{rowsOf(8, false, true), rowsOf(3, true, false)},
			"6 5"},
		"a block longer than a page is split all the same": {[]block{rowsOf(25, true, false)}, "10 10 5"},
	} {
		f := &flow{bottom: func(int) pdf.Unit { return 100 }}
		f.page(0)
		f.all(test.blocks)
		var got []string
		for _, p := range f.pages {
			got = append(got, string(rune('0'+len(p)/10))+string(rune('0'+len(p)%10)))
		}
		if s := strings.ReplaceAll(" "+strings.Join(got, " "), " 0", " "); strings.TrimSpace(s) != test.want {
			t.Errorf("%s: %s, want %s", name, strings.TrimSpace(s), test.want)
		}
	}
}

package document

import (
	"github.com/google/go-cmp/cmp"

	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"text/template"

	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// inlined renders a message without holes: every value stands in the Markdown, which is
// parsed for this message alone.
func inlined(t *rapid.T, tpl *Template, m Message) (text, html string, blocks []Block) {
	v := newView(&m)
	var s source
	if err := tpl.body.execute(v, &s, false); err != nil {
		t.Fatal(err)
	}
	filled, parts := s.filled()
	p, err := makePage(filled, parts, false)
	if err != nil {
		t.Fatal(err)
	}
	subject, err := tpl.subject.line(v)
	if err != nil {
		t.Fatal(err)
	}
	return p.writeText(&source{}), p.writeHTML(&source{}, m.Language, subject), new(filler).outline(p.outline)
}

// TestHolesChangeNothing: a page that was parsed with holes and filled later is byte by
// byte the page of the same values parsed in their places.
func TestHolesChangeNothing(t *testing.T) {
	value := rapid.OneOf(rapid.SampledFrom([]string{"Müller & Söhne GmbH", "12.", "1)", "A|B", "-x", "**b**"}),
		rapid.StringOfN(rapid.RuneFrom([]rune("\\|*_`[]()<>#&;!~-+.={}\"' \tab1é£")), 1, 30, -1))
	var texts []*Template
	everyText(t, func(_ *testing.T, tpl *Template) { texts = append(texts, tpl) })
	rapid.Check(t, func(t *rapid.T) {
		tpl := rapid.SampledFrom(texts).Draw(t, "text")
		m := Sample(tpl.Language, tpl.Step, tpl.Variant)
		put := func(to *string, label string) {
			if v := value.Draw(t, label); clean(v) != "" {
				*to = v
			}
		}
		put(&m.Debtor.LegalName, "name")
		put(&m.Debtor.ContactName, "contact")
		put(&m.PersonalLine, "line")
		m.Debtor.Address = slices.Clone(m.Debtor.Address)
		for i := range m.Debtor.Address {
			put(&m.Debtor.Address[i], "address")
		}
		for n := rapid.IntRange(0, 3).Draw(t, "more"); n > 0 && len(m.Items) > 0; n-- {
			m.Items = append(m.Items, m.Items[0])
		}
		for i := range m.Items {
			put(&m.Items[i].Number, "number")
			m.Items[i].PO = value.Draw(t, "po")
		}
		r, err := Render(tpl, m)
		if err != nil {
			t.Fatal(err)
		}
		text, html, blocks := inlined(t, tpl, m)
		o, err := Outlined(tpl, m)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(joined(blocks), joined(o.Blocks)); diff != "" {
			t.Fatalf("%s: the outline (-without +with holes)\n%s", tpl.ID, diff)
		}
		if r.Text != text || r.HTML != html {
			t.Fatalf("%s: with holes\n%s\nwithout\n%s", tpl.ID, r.Text, text)
		}
	})
}

// TestMarksThatFindNoPlace: a source whose rows stand in no table, or whose values stand
// where a page drops them, gives what it gives without marks.
func TestMarksThatFindNoPlace(t *testing.T) {
	m := Sample(locale.EnglishGB, Reminder, Standard)
	for body, want := range map[string]string{
		"a row\n{{range .items}}| {{.number}} |\n{{end}}": "a row | INV-2026-0042 | | INV-2026-0051 |\n",
		"| A |\n|---|\n{{range .items}}| {{.number}} | {{.open}} |\n{{end}}": "A\n-------------\n" +
			"INV-2026-0042\nINV-2026-0051\n",
		"[{{.name}}](https://x.example/a)":   "Payment reminder <https://x.example/a>\n",
		"x {{with .block.head}}{{.}}{{end}}": "",
	} {
		tpl, err := Parse(locale.EnglishGB, Reminder, Standard,
			"---\nsubject: x\ntone: warm\nversion: 1\n---\n"+body)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time it is known
			r, err := Render(tpl, m)
			if err != nil || want != "" && r.Text != want {
				t.Errorf("%s: %q (%v), want %q", body, r.Text, err, want)
			}
		}
	}
}

// TestAPageIsParsedOnce: messages that differ in their values and in the number of their
// rows share a page.
func TestAPageIsParsedOnce(t *testing.T) {
	m := Sample(locale.German, Friendly, Standard)
	m.Items = append(m.Items[:1:1], m.Items[0]) // one item has words of its own
	mustRender(t, m)
	pages.RLock()
	before := len(pages.known)
	pages.RUnlock()
	m.Debtor.LegalName = "Another Name"
	m.Items = append(m.Items[:len(m.Items):len(m.Items)], m.Items[0], m.Items[0], m.Items[0])
	mustRender(t, m)
	pages.RLock()
	defer pages.RUnlock()
	if len(pages.known) != before {
		t.Errorf("%d pages are known, were %d", len(pages.known), before)
	}
}

// tree is a message as text/template wants it.
func tree(v *view, group record, row int) map[string]any {
	out := map[string]any{}
	plain := func(v value) any {
		switch v.kind {
		case numberValue:
			return v.number
		case truthValue:
			return v.number != 0
		}
		return v.text
	}
	for name, e := range group {
		switch e := e.(type) {
		case record:
			out[name] = tree(v, e, row)
		case field:
			out[name] = plain(e(v))
		case column:
			out[name] = plain(e(v, row))
		case *list:
			rows := make([]any, e.len(v))
			for i := range rows {
				if e.texts != nil {
					rows[i] = clean(e.texts(v)[i])
				} else {
					rows[i] = tree(v, e.columns, i)
				}
			}
			out[name] = rows
		}
	}
	return out
}

// TestProgramsDoWhatTheirTemplatesSay: each shipped text, run here, writes what the
// standard library's engine writes for it.
func TestProgramsDoWhatTheirTemplatesSay(t *testing.T) {
	joined := func(list []any, between string) string {
		var parts []string
		for _, v := range list {
			parts = append(parts, v.(string))
		}
		return strings.Join(parts, between)
	}
	below := func(list []any) string { return joined(list, "\\\n") }
	functions := template.FuncMap{"join": joined, "lines": below}
	theirs := func(t *testing.T, p *program, data map[string]any) string {
		var b bytes.Buffer
		tpl, err := template.New(p.tree.Name).Option("missingkey=error").Funcs(functions).
			AddParseTree(p.tree.Name, p.tree)
		if err == nil {
			err = tpl.Execute(&b, data)
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	everyText(t, func(t *testing.T, tpl *Template) {
		m := Sample(tpl.Language, tpl.Step, tpl.Variant)
		v := newView(&m)
		data := tree(v, fields(), 0)
		blocks := map[string]any{}
		for name, p := range tpl.blocks {
			blocks[name] = strings.Trim(theirs(t, p, data), "\n")
		}
		data = maps.Clone(data)
		data["block"] = blocks
		var s source
		if err := tpl.body.execute(v, &s, false); err != nil {
			t.Fatal(err)
		}
		ours := string(s.text)
		for _, value := range s.values {
			ours = strings.Replace(ours, hole, value, 1)
		}
		if want := theirs(t, tpl.body, data); ours != want {
			t.Errorf("ours\n%s\ntheirs\n%s", ours, want)
		}
	})
}

package document

import (
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/document/locale"
)

const sampleLink = "https://pay.example/p/2m7q8k4v1x9z3c5b7n6d8f0g2h4j6k8m0p"

// TestTheLinkStandsOnce: a message that names the debtor's page has one button and one line
// of text for it, where to pay is said; one without has neither and is what it was.
func TestTheLinkStandsOnce(t *testing.T) {
	said := map[locale.Language]string{locale.EnglishGB: "See and settle", locale.EnglishUS: "See and settle",
		locale.German: "Ansehen und begleichen"}
	everyText(t, func(t *testing.T, tpl *Template) {
		m := Sample(tpl.Language, tpl.Step, tpl.Variant)
		before := mustRender(t, m)
		m.Link = sampleLink
		r := mustRender(t, m)
		want := 1
		if tpl.Step == Receipt || tpl.Step == Correction {
			want = 0
		}
		words := said[tpl.Language]
		if n := strings.Count(r.Text, words+"\n<"+sampleLink+">\n"); n != want {
			t.Errorf("the text has the link %d times, expected %d", n, want)
		}
		if n := strings.Count(r.HTML, `<p style="margin:0 0 16px"><a href="`+sampleLink+`" style="`+styleButton+`">`+words+`</a></p>`); n != want {
			t.Errorf("the HTML has the button %d times, expected %d", n, want)
		}
		without := strings.Replace(r.Text, words+"\n<"+sampleLink+">\n\n", "", 1)
		if without != before.Text {
			t.Errorf("the link changes more of the text than its own line")
		}
		if strings.Contains(before.Text+before.HTML, words) {
			t.Errorf("a message without a link has its words")
		}
		text, html := "", ""
		v := newView(&m)
		var s source
		if err := tpl.body.execute(v, &s, false); err != nil {
			t.Fatal(err)
		}
		o, err := Outlined(tpl, m)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(spoken(o.Blocks), words+" <"+sampleLink+">"); n != want {
			t.Errorf("the outline has the link %d times, expected %d", n, want)
		}
		if known := pageKnown(tpl, m); !known {
			t.Errorf("the page of a message with a link is parsed for each message")
		}
		filled, parts := s.filled()
		p, err := makePage(filled, parts, false)
		if err != nil {
			t.Fatal(err)
		}
		text, html = p.writeText(&source{}), p.writeHTML(&source{}, m.Language, r.Subject)
		if text != r.Text || html != r.HTML {
			t.Errorf("with its address in place the page is another")
		}
	})
}

// pageKnown reports whether the page of a message is kept, for others like it.
func pageKnown(t *Template, m Message) bool {
	var s source
	if t.body.execute(newView(&m), &s, true) != nil {
		return false
	}
	p, err := pageOf(&s)
	return err == nil && p != nil
}

// TestLinksThatAreNone: what is no plain web address is refused before anything is written.
func TestLinksThatAreNone(t *testing.T) {
	for _, bad := range []string{"javascript:alert(1)", "pay.example/p/1", "https://u:p@pay.example/", "https://pay.example/a b",
		"https://pay.example/)](https://evil.example", "https://pay.example/<b>", "ftp://pay.example/", "https://", "\ue000"} {
		m := Sample(locale.EnglishGB, Friendly, Standard)
		m.Link = bad
		tpl, err := Shipped(m.Language, m.Step, m.Variant)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = Render(tpl, m); err == nil || !slices.ContainsFunc(flat(err), func(e error) bool {
			f, ok := e.(*FieldError)
			return ok && f.Field == "link"
		}) {
			t.Errorf("%q: %v, expected a refusal of the link", bad, err)
		}
	}
}

func flat(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	return []error{err}
}

// TestOnlyTheLinkMayBeAnAddress: no other field gets into the address of a link.
func TestOnlyTheLinkMayBeAnAddress(t *testing.T) {
	const head = "---\nsubject: x\ntone: warm\nversion: 1\n---\n"
	for body, good := range map[string]bool{
		"[Pay]({{.link}})": true, "[Pay](https://x.example/{{.link}})": false, "[Pay]({{.reference}})": false,
		"[Pay]({{.link}}/{{.reference}})": false, "[{{.reference}}]({{.link}})": true,
	} {
		_, err := Parse(locale.EnglishGB, Friendly, Standard, head+body)
		if (err == nil) != good {
			t.Errorf("%s: %v", body, err)
		}
	}
}

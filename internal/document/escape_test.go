package document

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// hostileValues are texts that a customer record, an invoice or a bank line can hold.
var hostileValues = []string{
	"[x](javascript:alert(1))", "![x](https://evil.example/p.png)", "<script>alert(1)</script>", "`code`",
	"**bold**",
	"_under_", "# heading", "- list", "1. list", "> quote", "---", "a | b", `a \| b`, `back\slash`, `\`,
	`\\`, "&lt;b&gt;",
	"&#60;b&#62;", "https://evil.example", "<https://evil.example>", "www.evil.example",
	"[x]: https://evil.example",
	"[x][y]", "~~gone~~", "***", "a\nb", "a\r\nb", "a\n\n# b", "a  \nb", "{{.creditor.name}}",
	"{{template \"x\"}}",
	"=1+1", "a\tb", "\u202etxt.exe", "zero\u200bwidth", "```\ncode\n```", "    indented",
	"| a | b |\n|---|---|\n| c | d |",
	"\"quoted\"", "it's", "a&b", "a<b>c", "|", "||", "|---|", "*", "**", "_", "[", "](", ")", "<", ">",
	"<!-- x -->", "&", "&amp;amp;",
	"\\*", "\\&amp;", "\x00nul", "x\u2028y", "Ünïcödé 株式会社", "\xff\xfe",
}

// visible is the text of an HTML document as a reader sees it.
func visible(doc string) string {
	_, body, _ := strings.Cut(doc, "<body")
	_, body, _ = strings.Cut(body, ">")
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, ""))
}

// tags are all tags of an HTML document, without their text.
func tags(doc string) string {
	return strings.Join(regexp.MustCompile(`<[^>]*>`).FindAllString(doc, -1), "")
}

func friendlyWith(put func(*Message)) (Rendered, error) {
	tpl, err := Shipped(locale.EnglishGB, Friendly, Standard)
	if err != nil {
		return Rendered{}, err
	}
	m := Sample(locale.EnglishGB, Friendly, Standard)
	put(&m)
	return Render(tpl, m)
}

// places are fields of a message that imported text reaches: a paragraph, a line
// start, a table cell and a list item.
var places = map[string]func(*Message, string){
	"name":    func(m *Message, s string) { m.Debtor.LegalName = s },
	"contact": func(m *Message, s string) { m.Debtor.ContactName = s },
	"number":  func(m *Message, s string) { m.Items[0].Number = s },
	"po":      func(m *Message, s string) { m.Items[0].PO = s },
	"address": func(m *Message, s string) { m.Debtor.Address = []string{s, "York"} },
	"line":    func(m *Message, s string) { m.PersonalLine = s },
	"holder":  func(m *Message, s string) { m.Creditor.Bank.Holder = s },
}

// TestValuesNeverBecomeMarkup: a hostile value gives exactly the tags of a harmless
// one, and reads as itself in both forms.
func TestValuesNeverBecomeMarkup(t *testing.T) {
	for place, put := range places {
		harmless, err := friendlyWith(func(m *Message) { put(m, "harmless") })
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range hostileValues {
			r, err := friendlyWith(func(m *Message) { put(m, value) })
			if err != nil {
				if place == "line" || utf8.ValidString(value) {
					t.Errorf("%s = %q: %v", place, value, err)
				}
				continue
			}
			if tags(r.HTML) != tags(harmless.HTML) {
				t.Errorf("%s = %q changed the markup", place, value)
			}
			want := clean(value)
			if got := visible(r.HTML); !strings.Contains(got, want) {
				t.Errorf("%s = %q is not shown as itself in HTML", place, value)
			}
			if !strings.Contains(squeeze(r.Text), squeeze(want)) {
				t.Errorf("%s = %q is not shown as itself in the text", place, value)
			}
			if strings.ContainsAny(r.Subject, "\r\n\x00") {
				t.Errorf("%s = %q broke the subject %q", place, value, r.Subject)
			}
		}
	}
}

// squeeze forgets where lines were wrapped.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestAnyValueReadsAsItself(t *testing.T) {
	harmless, err := friendlyWith(func(m *Message) { m.Items[0].PO = "x" })
	if err != nil {
		t.Fatal(err)
	}
	nasty := rapid.StringOfN(rapid.RuneFrom([]rune("\\|*_`[]()<>#&;!~-+.={}\"' \n\tab1é\u00a0\u202e")), 1,
		30, -1)
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(nasty, rapid.String()).Draw(t, "value")
		r, err := friendlyWith(func(m *Message) { m.Items[0].PO = value })
		if err != nil {
			t.Fatal(err)
		}
		want := clean(value)
		if want == "" {
			return // the column is then without a value
		}
		if tags(r.HTML) != tags(harmless.HTML) {
			t.Fatalf("%q changed the markup", value)
		}
		if !strings.Contains(visible(r.HTML), ">"+want+"<") && !strings.Contains(visible(r.HTML), want) {
			t.Fatalf("%q reads otherwise in HTML", value)
		}
	})
}

func TestEscapeAndUnescapeAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if got := unescape([]byte(escapeMarkdown(s))); got != clean(s) {
			t.Fatalf("%q comes back as %q", s, got)
		}
	})
}

func TestNoRemoteContent(t *testing.T) {
	everyText(t, func(t *testing.T, tpl *Template) {
		r, err := Render(tpl, Sample(tpl.Language, tpl.Step, tpl.Variant))
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"src=", "url(", "<img", "<link", "<script", "<style", "@import", "http:",
			"https:", "background", "javascript", "<iframe", "<form"} {
			if strings.Contains(strings.ToLower(r.HTML), bad) {
				t.Errorf("the HTML holds %q", bad)
			}
		}
		if strings.Contains(r.Text, "\u00a0") {
			t.Error("the text holds a non-breaking space")
		}
	})
}

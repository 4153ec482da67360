package document

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// parseBody makes a text of a step from a body alone.
func parseBody(body string) (*Template, error) {
	return Parse(locale.EnglishGB, Friendly, Standard, "---\nsubject: x\ntone: warm\nversion: 1\n---\n"+body)
}

// hostileTemplates try to run code, to read what is not theirs, or to eat time and
// memory. Every one must be refused when it is read.
func hostileTemplates() []string {
	list := []string{
		`{{define "a"}}x{{end}}`, `{{block "a" .}}x{{end}}`, `{{template "a"}}`, `{{template "a" .}}`,
		`{{call .creditor.name}}`, `{{index .items 0}}`, `{{slice .name 1 2}}`, `{{html .name}}`,
		`{{js .name}}`,
		`{{urlquery .name}}`, `{{print .name}}`, `{{println .name}}`, `{{printf "%s" .name}}`,
		`{{printf "%999999999d" 1}}`,
		`{{env "PATH"}}`, `{{expandenv "$HOME"}}`, `{{getHostByName "x"}}`, `{{repeat 999999999 "x"}}`,
		`{{readFile "/etc/passwd"}}`,
		`{{include "x"}}`, `{{tpl "x" .}}`, `{{fail "x"}}`, `{{now}}`, `{{exec "id"}}`, `{{os.Exit}}`,
		`{{.Exit}}`,
		`{{_markdown "x" .name}}`, `{{_plain "x" .name}}`,
		`{{$x := .name}}{{$x}}`, `{{$x := .name}}{{$x = "y"}}`, `{{range $i, $e := .items}}{{$i}}{{end}}`,
		`{{with $x := .name}}{{$x}}{{end}}`, `{{if $x := .name}}{{$x}}{{end}}`,
		`{{range .items}}{{range $.items}}x{{end}}{{end}}`, `{{range .items}}{{range .}}x{{end}}{{end}}`,
		`{{range .items}}{{if .po}}{{range $.earlier}}x{{end}}{{end}}{{end}}`,
		`{{range .items}}x{{else}}{{range .items}}{{range $.items}}x{{end}}{{end}}{{end}}`,
		`{{range 1000000000}}x{{end}}`, `{{range .count}}x{{end}}`, `{{range .name}}x{{end}}`,
		`{{range .creditor}}x{{end}}`,
		`{{range .one}}x{{end}}`, `{{range (len .items)}}x{{end}}`, `{{range .items | len}}x{{end}}`,
		`{{range .items}}{{break}}{{end}}`, `{{range .items}}{{continue}}{{end}}`,
		`{{.creditor.name.Len}}`, `{{.items.Foo}}`, `{{.name.foo}}`, `{{(.creditor).name}}`, `{{nil}}`,
		`{{1.5}}`, `{{1i}}`,
		`{{.nothing}}`, `{{.creditor.phon}}`, `{{$.nothing}}`, `{{range .items}}{{.nothing}}{{end}}`,
		`{{with .creditor}}{{.number}}{{end}}`, `{{.items}}`, `{{.creditor}}`, `{{.one}}`, `{{.}}`, `{{$}}`,
		`{{range .items}}{{.}}{{end}}`, `{{.name | js}}`, `{{.name | printf "%s"}}`,
		`{{len (index .items 0)}}`,
		`{{join (call .x) ","}}`, `{{.block.nothing}}`, `{{.block.pay.name}}`,
		`[x]({{.name}})`, `[x](https://a.example/{{.reference}})`, `[x](mailto:{{.creditor.reply_to}})`,
		`[x]({{if .one}}https://{{end}}{{.name}})`, `[x]{{if .one}}({{.name}}){{end}}`, `![x]({{.name}})`,
		`[x](<{{.name}}>)`,
		`{{`, `{{.name`, `{{end}}`, `{{if .one}}`, `{{if}}x{{end}}`, `{{else}}`, `{{/* open`, "{{.name\n}",
		`{{"x}}`,
		`{{'x'}}` + strings.Repeat(`{{.name}}`, maxNodes), strings.Repeat("x", maxSourceBytes+1),
		strings.Repeat(`{{if .one}}`, 3000) + strings.Repeat(`{{end}}`, 3000),
	}
	for _, f := range []string{"Method", "String", "Error", "Write", "Close", "Minor", "GoString",
		"MarshalText", "Func"} {
		for _, at := range []string{".creditor.%s", ".%s", ".items.%s", "$.%s", ".name.%s", ".block.%s",
			"(.name).%s", ".count.%s",
			".claim.%s", ".bank.%s", ".one.%s", ".debtor.address.%s"} {
			list = append(list, "{{"+fmt.Sprintf(at, f)+"}}")
		}
	}
	for _, f := range []string{"env", "glob", "dir", "exists", "lookup", "file", "os", "http", "sql",
		"unsafe"} {
		list = append(list, "{{"+f+"}}", "{{"+f+` "x"}}`, `{{.name | `+f+`}}`)
	}
	return list
}

func TestHostileTemplatesAreRefused(t *testing.T) {
	list := hostileTemplates()
	if len(list) < 200 {
		t.Fatalf("only %d templates", len(list))
	}
	for _, body := range list {
		start := time.Now()
		tpl, err := parseBody(body)
		if err == nil { // what is not seen in the fields must be seen in the Markdown
			_, err = Render(tpl, Sample(locale.EnglishGB, Friendly, Standard))
		}
		if !errors.Is(err, ErrTemplate) {
			t.Errorf("%.80q: %v, want a refusal", body, err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%.80q took %s", body, took)
		}
	}
}

func TestRefusalsNameThePlace(t *testing.T) {
	_, err := parseBody("one\ntwo {{.creditor.phon}}\n")
	if err == nil || !strings.Contains(err.Error(), "friendly:2") || !strings.Contains(err.Error(),
		"phone, register, registered_in, reply_to") {
		t.Errorf("%v: want line 2 and the fields there are", err)
	}
}

func TestWhatTemplatesMayDo(t *testing.T) {
	m := Sample(locale.EnglishGB, Reminder, Standard)
	for body, want := range map[string]string{
		`{{if and .one (not .more)}}a{{else}}b{{end}}`:       "b\n",
		`{{range .items}}{{.number}} {{end}}`:                "INV-2026-0042 INV-2026-0051\n",
		`{{with .creditor}}{{.person}}{{end}}`:               "Helen Marsh\n",
		`{{or .contract "none"}} {{len .items}}`:             "none 2\n",
		`{{if eq .claim.level "principal"}}p{{end}}`:         "p\n",
		`{{if gt .count 1}}m{{end}}`:                         "m\n",
		`{{join .creditor.address ", "}}`:                    "Unit 4, Canal Road, Leeds LS12 2EJ\n",
		`{{.creditor.address | lines}}`:                      "Unit 4, Canal Road\nLeeds LS12 2EJ\n",
		"{{/* a note */}}x":                                  "x\n",
		`{{range .attachments}}{{.}}{{else}}no files{{end}}`: "no files\n",
		"**bold** *leaning* [site](https://x.example/a)":     "bold leaning site <https://x.example/a>\n",
		"[write to us](mailto:ar@x.example)":                 "write to us <ar@x.example>\n",
		"a &amp; b &#8364; \\*":                              "a & b € *\n",
	} {
		tpl, err := Parse(locale.EnglishGB, Reminder, Standard,
			"---\nsubject: x\ntone: warm\nversion: 1\n---\n"+body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if r, err := Render(tpl, m); err != nil || r.Text != want {
			t.Errorf("%s: %q (%v), want %q", body, r.Text, err, want)
		}
	}
}

func TestAMissingFieldIsAnErrorNotAGap(t *testing.T) {
	for body, field := range map[string]string{
		"{{.contract}}": "contract", "{{.promise.day}}": "promise.day", "{{.sum.interest}}": "sum.interest",
		"{{range .items}}{{.po}}{{end}}": "po", `{{join .attachments ", "}}`: "join .attachments",
		"{{.claim.from}}": "claim.from",
	} {
		tpl, err := parseBody(body)
		if err != nil {
			t.Fatal(err)
		}
		m := Sample(locale.EnglishGB, Friendly, Standard)
		m.Items[0].PO = ""
		_, err = Render(tpl, m)
		var missing *MissingError
		if !errors.As(err, &missing) || !strings.HasPrefix(missing.Field, field) {
			t.Errorf("%s: %v, want the missing field %s named", body, err, field)
		}
	}
}

func TestOutputIsCapped(t *testing.T) {
	m := Sample(locale.EnglishGB, Friendly, Standard)
	m.PersonalLine = strings.Repeat("a long line ", 1000)
	tpl, err := parseBody(strings.Repeat("{{.personal_line}}\n", 200))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Render(tpl, m); !errors.Is(err, ErrOutputTooLong) {
		t.Errorf("%v, want %v", err, ErrOutputTooLong)
	}
}

// endless is what patterns take that a parser does not get through: its effort grows
// with a power of their number, so that no machine is fast enough.
const endless = time.Minute

// TestCostlyMarkupEnds: patterns that make Markdown parsers slow are read and
// rendered, or refused.
func TestCostlyMarkupEnds(t *testing.T) {
	m := Sample(locale.EnglishGB, Friendly, Standard)
	for _, pattern := range []string{"[", "]", "[a](", "![", "*a ", "_a*", "**a *b ", "- ", "1. ", "> ", "|a", "a|\n", "\\",
		"&", "&#", "# ", "\n\n", "a\n", "*", "_", "- a\n  ", "[a](http://b) ", "[[a]", "a](b", "***a", "{{range .items}}" + strings.Repeat("| a |", 900) +
			"\n|---|\n{{end}}", "{{range .items}}" + strings.Repeat("- a\n", 900) + "{{end}}"} {
		for _, n := range []int{499, 3999, (maxSourceBytes - 200) / len(pattern)} {
			start := time.Now()
			tpl, err := parseBody(strings.Repeat(pattern, min(n, (maxSourceBytes-200)/len(pattern))))
			if err == nil {
				_, err = Render(tpl, m)
			}
			if took := time.Since(start); took > endless {
				t.Errorf("%.40q %d times took %s (%v)", pattern, n, took, err)
			}
		}
	}
}

func TestFrontMatter(t *testing.T) {
	good := "---\nsubject: x\ntone: warm\nversion: 1\n---\n"
	for _, bad := range []string{"", "text", "---\nsubject: x\n", strings.Replace(good, "warm", "rude", 1),
		strings.Replace(good, "version: 1\n", "", 1), strings.Replace(good, "tone", "colour", 1),
		strings.Replace(good, "version: 1", "subject: y", 1), strings.Replace(good, "subject: x", "subject",
			1),
		strings.Replace(good, "subject: x", "subject: {{.nothing}}", 1)} {
		if _, err := Parse(locale.EnglishGB, Friendly, Standard, bad); !errors.Is(err, ErrTemplate) {
			t.Errorf("%q: %v, want a refusal", bad, err)
		}
	}
	if _, err := Parse("fr", Friendly, Standard, good); !errors.Is(err, ErrTemplate) {
		t.Errorf("French: %v", err)
	}
	if _, err := Parse(locale.German, "call_1", Standard, good); !errors.Is(err, ErrTemplate) {
		t.Errorf("a call: %v", err)
	}
	windows, err := Parse(locale.EnglishGB, Friendly, Standard, strings.ReplaceAll(good+"x\n", "\n", "\r\n"))
	if err != nil || windows.Version != "1" {
		t.Errorf("CR LF: %v", err)
	}
}

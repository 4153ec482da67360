package document

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func textOf(t *testing.T, markdown string) string {
	t.Helper()
	p, err := makePage(markdown, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	return p.writeText(&source{})
}

func TestTextForms(t *testing.T) {
	long := strings.Repeat("word ", 30)
	for name, c := range map[string]struct{ source, want string }{
		"heading":      {"# Title\n\n## Part\n\ntext", "Title\n=====\n\nPart\n----\n\ntext\n"},
		"hard break":   {"a\\\nb", "a\nb\n"},
		"soft break":   {"a\nb", "a b\n"},
		"rule":         {"a\n\n---\n\nb", "a\n\n-- \n\nb\n"},
		"list":         {"- a\n- b", "- a\n- b\n"},
		"ordered":      {"3. a\n4. b", "3. a\n4. b\n"},
		"list in list": {"- a\n  - b\n- c", "- a\n\n  - b\n- c\n"},
		"hanging": {"- " + long, "- " + strings.TrimSpace(long[:70]) + "\n  " +
			strings.TrimSpace(long[70:140]) + "\n  word word\n"},
		"unbreakable": {"a\u00a0b " + strings.Repeat("x", 80), "a b\n" + strings.Repeat("x", 80) + "\n"},
		"table":       {"| A | B |\n|:--|--:|\n| x | 1 |\n| yy | 22 |", "A    B\n------\nx    1\nyy  22\n"},
		"wide table": {"| A | B | C |\n|:--|--:|:--|\n| x | " + strings.Repeat("1", 40) + " | " +
			strings.Repeat("2", 40) + " |",
			"A: x\n  B: " + strings.Repeat("1", 40) + ";\n  C: " + strings.Repeat("2", 40) + "\n"},
		"empty cells": {"| A | B | C |\n|---|---|---|\n| x | – | " + strings.Repeat("2", 80) + " |",
			"A: x\n  C:\n  " + strings.Repeat("2", 80) + "\n"},
	} {
		if got := textOf(t, c.source); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestLinesFitAMail: no line of a shipped text is longer than a table may be, except
// where a single word is.
func TestLinesFitAMail(t *testing.T) {
	everyText(t, func(t *testing.T, tpl *Template) {
		r := mustRender(t, Sample(tpl.Language, tpl.Step, tpl.Variant))
		for _, line := range strings.Split(r.Text, "\n") {
			if n := utf8.RuneCountInString(line); n > tableWidth {
				t.Errorf("%d characters: %q", n, line)
			}
		}
		if strings.Contains(r.Text, "\n\n\n") || strings.Contains(r.Text, " \n") &&
			!strings.Contains(r.Text, "\n-- \n") {
			t.Error("the text has gaps or spaces at line ends")
		}
	})
}

// TestNoTraceOfMarkup: what readers see holds no leftover of Markdown or of fields.
func TestNoTraceOfMarkup(t *testing.T) {
	everyText(t, func(t *testing.T, tpl *Template) {
		r := mustRender(t, Sample(tpl.Language, tpl.Step, tpl.Variant))
		for form, text := range map[string]string{"subject": r.Subject, "text": r.Text,
			"HTML": visible(r.HTML)} {
			for _, mark := range []string{"**", "{{", "}}", "\\", "<no value>", "&#", "|", "](", "map[",
				"%!"} {
				if strings.Contains(text, mark) {
					t.Errorf("the %s shows %q", form, mark)
				}
			}
		}
	})
}

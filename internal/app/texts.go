package app

import (
	"errors"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// TextLine is one text.
type TextLine struct {
	Language string `json:"language"`
	Step     string `json:"step"`
	Tone     string `json:"tone"`
	Version  string `json:"version"`
	ID       string `json:"id"`
	Own      bool   `json:"own"` // the tenant's own words, else those that ship
}

// Texts lists the texts that ship, by language and step; language "" is all.
func Texts(language string) ([]TextLine, error) {
	languages := locale.Languages()
	if language != "" {
		l, err := textLanguage(language)
		if err != nil {
			return nil, err
		}
		languages = []locale.Language{l}
	}
	all := []TextLine{}
	for _, l := range languages {
		for _, step := range document.Steps() {
			t, err := document.Shipped(l, step, document.Standard)
			if err != nil {
				return nil, err
			}
			all = append(all, TextLine{string(l), string(step), string(t.Tone), t.Version, t.ID, false})
		}
	}
	return all, nil
}

func textLanguage(tag string) (locale.Language, error) {
	l, ok := locale.Parse(tag)
	if !ok {
		return l, invalid("language_unknown", "there are no texts in %q: expected en-GB, en-US or de", tag)
	}
	return l, nil
}

func textStep(step string) (document.Step, error) {
	if !slices.Contains(document.Steps(), document.Step(step)) {
		var names []string
		for _, s := range document.Steps() {
			names = append(names, string(s))
		}
		return "", invalid("step_unknown", "there is no text for %q; there are %s", step, strings.Join(names, ", "))
	}
	return document.Step(step), nil
}

// TextSource is the source of a text that ships, to be copied and edited.
func TextSource(language, step string) (string, error) {
	l, err := textLanguage(language)
	if err != nil {
		return "", err
	}
	s, err := textStep(step)
	if err != nil {
		return "", err
	}
	source, _, err := document.ShippedSource(l, s, document.Standard)
	return source, err
}

// TextFinding is something a text may not say, or must and does not.
type TextFinding struct {
	Line int    `json:"line"`
	Code string `json:"code"`
	Text string `json:"text"`
}

// LintText holds a text to its tone and to what its step must contain. Errors:
// invalid with template_refused, if it is no text at all.
func LintText(language, step, source string) ([]TextFinding, error) {
	l, err := textLanguage(language)
	if err != nil {
		return nil, err
	}
	s, err := textStep(step)
	if err != nil {
		return nil, err
	}
	t, err := document.Parse(l, s, document.Standard, source)
	if errors.Is(err, document.ErrTemplate) {
		return nil, &Error{Kind: Invalid, Code: "template_refused", Message: err.Error()}
	}
	if err != nil {
		return nil, err
	}
	all := []TextFinding{}
	for _, f := range document.Lint(t) {
		all = append(all, TextFinding{f.Line, f.Code, f.Text})
	}
	return all, nil
}

package web

import (
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// texts lists the words of all messages, by language.
func texts(v *visit) error {
	language := v.r.FormValue("language")
	if _, ok := locale.Parse(language); !ok {
		language = string(v.f.Language)
	}
	list, err := app.Texts(language)
	if err != nil {
		return err
	}
	return v.page("Texts", textsPage(v, list, language))
}

// wording is what the page of one text shows.
type wording struct {
	app.TextLine
	Source   string
	Findings []app.TextFinding
}

// textPage shows the source of a text and what the lint says of it.
func textPage(v *visit) error {
	language, step := v.r.PathValue("language"), v.r.PathValue("step")
	source, err := app.TextSource(language, step)
	if err != nil {
		return err
	}
	w := wording{Source: strings.TrimSpace(source)}
	if w.Findings, err = app.LintText(language, step, source); err != nil {
		return err
	}
	list, err := app.Texts(language)
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(list, func(t app.TextLine) bool { return t.Step == step }); at >= 0 {
		w.TextLine = list[at]
	}
	return v.page(stepName(step), wordingPage(v, &w))
}

// toneWords say what a tone may and may not do.
var toneWords = map[string]string{
	"warm":    "Warm: assumes an oversight; no word of what lateness leads to.",
	"neutral": "Neutral: facts and one date; no court, no third party.",
	"firm":    "Firm: names default, deadline and what the law gives; no court, no third party.",
	"legal":   "Legal: names only the steps that are switched on and could lawfully come next.",
}

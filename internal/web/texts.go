package web

import (
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// texts lists the words of all messages, by language.
func texts(v *visit) error {
	language := v.r.FormValue("language")
	if _, ok := locale.Parse(language); !ok {
		language = string(v.f.Language)
	}
	list, err := v.App.Texts(v.r.Context(), language)
	if err != nil {
		return err
	}
	return v.page("Texts", textsPage(v, list, language))
}

// wording is what the page of one text shows.
type wording struct {
	app.TextParts
	Language, Step string
	Tones          []string
	Findings       []app.TextFinding
	Fields         []document.FieldGroup
	Versions       []app.TextVersion
	Messages       []app.TextMessage
	Message        int64
	Mine           bool // the reader may change it
}

// path is the address of the text's page.
func (w *wording) path() string { return "/texts/" + w.Language + "/" + w.Step }

// textPage is the editor of a text: the words, the fields, a preview, and the versions.
func textPage(v *visit) error {
	w := wording{Language: v.r.PathValue("language"), Step: v.r.PathValue("step"), Mine: v.user.may(access.Strategies)}
	var err error
	if w.Versions, err = v.App.TextVersions(v.r.Context(), w.Language, w.Step); err != nil {
		return err
	}
	w.TextParts, w.Tones = app.PartsOf(w.Versions[0].Source), app.StepTones(w.Step)
	if from, ferr := strconv.ParseInt(v.r.FormValue("from"), 10, 64); ferr == nil {
		for _, old := range w.Versions {
			if old.Version == from {
				w.TextParts = app.PartsOf(old.Source)
			}
		}
	}
	if v.failed != nil && v.failed.action == w.path() {
		w.TextParts = app.TextParts{Subject: v.failed.value("subject"), Tone: v.failed.value("tone"), Body: v.failed.value("body")}
	}
	if w.Findings, err = app.CheckText(w.Language, w.Step, w.Source()); err != nil {
		return err
	}
	if v.user.may(access.ViewAll) { // whose messages they are is not for everybody
		if w.Messages, err = v.App.TextMessages(v.r.Context(), v.creditor.Code, w.Language, w.Step); err != nil {
			return err
		}
	}
	if len(w.Messages) > 0 {
		w.Message = w.Messages[0].ID
	}
	language, _ := locale.Parse(w.Language)
	w.Fields = document.Fields(language, document.Step(w.Step))
	return v.page(v.stepName(w.Step), wordingPage(v, &w))
}

// value is what was filled into a field of a form that could not be done.
func (f *failure) value(field string) string {
	if values := f.form[field]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// written is the text as it stands in the editor.
func (v *visit) written() string {
	return app.TextParts{Subject: v.r.PostFormValue("subject"), Tone: v.r.PostFormValue("tone"),
		Body: v.r.PostFormValue("body")}.Source()
}

// setText puts the words of the editor in force, or those that ship.
func setText(v *visit) error {
	source, says := v.written(), "In force: everything written from now on says it so. What was released with the old words waits for you again."
	if v.r.PostFormValue("do") == "shipped" {
		source, says = "", "Back to the words that ship."
	}
	why := strings.TrimSpace(v.r.PostFormValue("why"))
	if why == "" {
		return &app.Error{Kind: app.Invalid, Code: "reason_missing", Message: "say why the words change, for those who read the log later"}
	}
	language, step := v.r.PathValue("language"), v.r.PathValue("step")
	saw, err := strconv.ParseInt(v.r.PostFormValue("was.version"), 10, 64)
	if err != nil {
		saw = -1
	}
	if _, err := v.App.SetTextOver(v.r.Context(), v.request(why), language, step, source, saw); err != nil {
		return err
	}
	return v.done("/texts/"+language+"/"+step, says)
}

// checkText is what the lint says of the words in the editor, while they are written.
func checkText(v *visit) error {
	found, err := app.CheckText(v.r.PathValue("language"), v.r.PathValue("step"), v.written())
	if err != nil {
		return err
	}
	return v.partial(findingsList(found))
}

// tryText shows the words in the editor as they would be read, in a frame: as mail, as plain
// text, or on paper.
func tryText(v *visit) error {
	trial := app.TextTrial{Creditor: v.creditor.Code, Language: v.r.PathValue("language"), Step: v.r.PathValue("step"), Source: v.written()}
	trial.Message, _ = strconv.ParseInt(v.r.PostFormValue("message"), 10, 64)
	if v.r.PostFormValue("as") == "letter" {
		l, err := v.App.LetterText(v.r.Context(), trial)
		if err != nil {
			return v.writeMessage(notWritten(err))
		}
		return v.showPDF(trial.Step+".pdf", l.Bytes)
	}
	p, err := v.App.PreviewText(v.r.Context(), trial)
	if err != nil {
		return v.writeMessage(notWritten(err))
	}
	if v.r.PostFormValue("as") == "text" {
		return v.writeMessage(plainPage(p.Subject, p.Text))
	}
	return v.writeMessage(p.HTML)
}

// toneWords say what a tone may and may not do.
var toneWords = map[string]string{
	"warm":    "Warm: assumes an oversight; no word of what lateness leads to.",
	"neutral": "Neutral: facts and one date; no court, no third party.",
	"firm":    "Firm: names default, deadline and what the law gives; no court, no third party.",
	"legal":   "Legal: names only the steps that are switched on and could lawfully come next.",
}

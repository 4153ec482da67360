package app

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/store"
)

// A tenant's own texts are versions of a language and a step, the newest in force; an empty
// one is the text that ships. A variant with a text of its own, such as the English letter
// to natural persons, stays as it ships: what the law asks of it is more than the lint knows.

// textKey names one version of a tenant's own text.
type textKey struct {
	language, step string
	version        int64
}

// ownTexts are the versions in force, by language and step.
type ownTexts map[[2]string]textKey

// ownTexts reads which versions are in force.
func (a *App) ownTexts(tx store.Tx) (ownTexts, error) {
	var own ownTexts
	return own, store.Each(tx, `SELECT language, step, MAX(version) FROM text_version WHERE tenant_id = $1
		GROUP BY language, step ORDER BY language, step`, []any{a.tenant}, func(r store.Rows) error {
		if own == nil {
			own = ownTexts{}
		}
		own[[2]string{r.Text(0), r.Text(1)}] = textKey{r.Text(0), r.Text(1), r.Int64(2)}
		return nil
	})
}

// template is the text that a message is written with. Own texts are compiled once and kept:
// a version never changes.
func (a *App) template(tx store.Tx, d *desk, msg *document.Message) (*document.Template, error) {
	if t := d.trial; t != nil && t.Language == msg.Language && t.Step == msg.Step {
		return t, nil
	}
	if msg.Variant != document.Standard {
		if t, err := document.Shipped(msg.Language, msg.Step, msg.Variant); err != nil || t.Variant == msg.Variant {
			return t, err
		}
	}
	return a.textInForce(tx, d.texts, msg.Language, msg.Step)
}

func (a *App) textInForce(tx store.Tx, own ownTexts, l locale.Language, step document.Step) (*document.Template, error) {
	key, ok := own[[2]string{string(l), string(step)}]
	if !ok {
		return document.Shipped(l, step, document.Standard)
	}
	if t, ok := a.texts.Load(key); ok {
		return t.(*document.Template), nil
	}
	source, err := a.textBody(tx, key)
	if err != nil {
		return nil, err
	}
	t, err := document.Shipped(l, step, document.Standard)
	if source != "" {
		t, err = document.Parse(l, step, document.Standard, source)
	}
	if errors.Is(err, document.ErrTemplate) { // kept by another version of the program
		return nil, refusedText("template_refused", sprintf("the text %s of %s, version %d, is not understood any more: %v",
			step, l, key.version, err))
	}
	if err == nil {
		a.texts.Store(key, t)
	}
	return t, err
}

func (a *App) textBody(tx store.Tx, key textKey) (string, error) {
	source := ""
	return source, store.One(tx, `SELECT body FROM text_version WHERE tenant_id = $1 AND language = $2 AND step = $3
		AND version = $4`, []any{a.tenant, key.language, key.step, key.version},
		func(r store.Rows) { source = r.Text(0) })
}

// TextVersion is one version of a text. Version 0 is the one that ships.
type TextVersion struct {
	Version int64     `json:"version"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at,omitzero"`
	Reason  string    `json:"reason,omitempty"`
	Shipped bool      `json:"shipped"` // the words that ship
	Source  string    `json:"source"`
}

// TextVersions are all versions of a text, the one in force first, the one that ships last.
// Errors: invalid (the language, the step).
func (a *App) TextVersions(ctx context.Context, language, step string) ([]TextVersion, error) {
	shipped, err := TextSource(language, step)
	if err != nil {
		return nil, err
	}
	var all []TextVersion
	err = a.read(ctx, func(tx store.Tx) error {
		all = nil
		return store.Each(tx, `SELECT v.version, t.actor, t.recorded_at, t.reason, v.body FROM text_version v
			JOIN txn t ON t.tenant_id = v.tenant_id AND t.seq = v.seq WHERE v.tenant_id = $1 AND v.language = $2
			AND v.step = $3 ORDER BY v.version DESC`, []any{a.tenant, language, step}, func(r store.Rows) error {
			v := TextVersion{Version: r.Int64(0), By: r.Text(1), At: r.Time(2), Reason: r.Text(3), Source: r.Text(4)}
			if v.Source == "" {
				v.Source, v.Shipped = shipped, true
			}
			all = append(all, v)
			return nil
		})
	})
	return append(all, TextVersion{Shipped: true, Source: shipped}), err
}

// Texts lists the texts in force, by language and step; language "" is all.
func (a *App) Texts(ctx context.Context, language string) ([]TextLine, error) {
	list, err := Texts(language)
	if err != nil {
		return nil, err
	}
	err = a.read(ctx, func(tx store.Tx) error {
		own, err := a.ownTexts(tx)
		if err != nil {
			return err
		}
		for i := range list {
			l := &list[i]
			key, ok := own[[2]string{l.Language, l.Step}]
			if !ok {
				continue
			}
			t, err := a.textInForce(tx, own, locale.Language(l.Language), document.Step(l.Step))
			if err != nil {
				return err
			}
			l.Tone, l.ID = string(t.Tone), t.ID
			if l.Own = t.Version == ownVersion(key.version); l.Own {
				l.Version = t.Version
			}
		}
		return nil
	})
	return list, err
}

// ownVersion is how the id of a template names a version of a tenant's own.
func ownVersion(n int64) string { return "own." + strconv.FormatInt(n, 10) }

// SetText puts a tenant's own text in force for a language and a step, for all messages that
// are written from now on; an empty source goes back to the text that ships. What was
// released with the old words and has not left is proposed anew: nobody has read the new ones.
//
// Errors: invalid (the language, the step; template_refused: it is no text;
// template_findings: the lint refuses it, or a message may lack what it needs);
// conflict (text_unchanged).
func (a *App) SetText(ctx context.Context, req Request, language, step, source string) (TextVersion, error) {
	return a.SetTextOver(ctx, req, language, step, source, -1)
}

// SetTextOver is SetText by who saw a version, 0 for the text that ships: another one that came
// in force meanwhile is not lost. Errors: also conflict (text_changed).
func (a *App) SetTextOver(ctx context.Context, req Request, language, step, source string, saw int64) (TextVersion, error) {
	if source = strings.ReplaceAll(source, "\r\n", "\n"); source != "" {
		found, err := CheckText(language, step, source)
		if err != nil {
			return TextVersion{}, err
		}
		if len(found) > 0 {
			return TextVersion{}, refusedFindings(found)
		}
	} else if _, err := TextSource(language, step); err != nil {
		return TextVersion{}, err
	}
	var kept TextVersion
	o, err := a.write(ctx, req, "set_text", []any{language, step, source, saw}, func(r *recorder) error {
		own, err := a.ownTexts(r)
		if err != nil {
			return err
		}
		before, version := own[[2]string{language, step}], int64(1)
		if saw >= 0 && saw != before.version {
			return &Error{Kind: Conflict, Code: "text_changed", Message: "somebody else has put other words in force meanwhile: " +
				"look at them in the list of versions; what you wrote stands here, and may be kept after that"}
		}
		if before.version > 0 {
			version = before.version + 1
			if body, err := a.textBody(r, before); err != nil {
				return err
			} else if body == withVersion(source, before.version) {
				return &Error{Kind: Conflict, Code: "text_unchanged", Message: "these are the words in force"}
			}
		} else if source == "" {
			return &Error{Kind: Conflict, Code: "text_unchanged", Message: "the text that ships is in force"}
		}
		body := withVersion(source, version)
		ins := r.Insert("text_version")
		ins.Text(language).Text(step).Int(version).Int(r.Seq()).Text(body)
		if err := ins.One(); err != nil {
			return err
		}
		if err := a.recallText(r, language, step); err != nil {
			return err
		}
		kept = TextVersion{Version: version, By: req.Actor, At: r.Now(), Reason: req.Reason, Shipped: source == "", Source: body}
		if err := r.result(kept); err != nil {
			return err
		}
		return r.inputsChanged()
	})
	if err == nil && o.Replayed {
		kept, _, err = answer[TextVersion](o, err)
	}
	return kept, err
}

var versionLine = regexp.MustCompile(`(?m)^\s*version\s*:.*$`)

// withVersion puts the number of a version into the settings of a text, so that the id of
// the template, and with it the evidence of each message, names it.
func withVersion(source string, version int64) string {
	head, body, ok := strings.Cut(source, "\n---\n")
	if !ok {
		return source
	}
	return versionLine.ReplaceAllLiteralString(head, "version: "+ownVersion(version)) + "\n---\n" + body
}

// recallText ends released messages of a step in a language that have not left, and proposes
// them anew. Letters that were printed stay: they are on paper in the old words.
func (a *App) recallText(r *recorder, language, step string) error {
	var ids []int64
	creditors, err := a.creditors(r)
	if err != nil {
		return err
	}
	ending := map[int64][]int64{}
	printed := map[int64]bool{}
	for i := range creditors {
		if err := a.eachPrinted(r, creditors[i].ID, creditors[i].today(r), func(l printedLetter) { printed[l.message] = true }); err != nil {
			return err
		}
	}
	if err := store.Each(r, `SELECT m.message_id, m.creditor_id, c.language FROM message m
		JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
		WHERE m.tenant_id = $1 AND m.state = 'approved' AND m.lead_step = $2 ORDER BY m.message_id`, []any{a.tenant, step},
		func(row store.Rows) error {
			c, err := creditorByID(creditors, row.Int64(1))
			if err != nil || printed[row.Int64(0)] || string(languageFor(row.Text(2), c.Country)) != language {
				return err
			}
			ids = append(ids, row.Int64(0))
			ending[c.ID] = append(ending[c.ID], row.Int64(0))
			return nil
		}); err != nil || len(ids) == 0 {
		return err
	}
	for i := range creditors {
		if err := r.voidMessages(ending[creditors[i].ID], book.Stopped, string(reason.Changed),
			creditors[i].today(r)); err != nil {
			return err
		}
	}
	same, err := r.messageFacts(ids)
	if err != nil {
		return err
	}
	return r.propose(same)
}

// languageFor is the language of messages to a customer: the customer's if messages are
// written in it, else that of the creditor's country.
func languageFor(customer, country string) locale.Language {
	if l, ok := locale.Parse(customer); ok {
		return l
	}
	if l, ok := locale.OfCountry(country); ok {
		return l
	}
	return locale.EnglishGB
}

// CheckText holds a text to everything that SetText asks of it: that it is a text, the lint
// of its tone, what its step must contain, and that it can be written over a message with
// everything, over one that lacks all it may lack, and over the longest. None: it can be put in force.
// Errors: invalid (the language, the step).
func CheckText(language, step, source string) ([]TextFinding, error) {
	l, err := textLanguage(language)
	if err != nil {
		return nil, err
	}
	s, err := textStep(step)
	if err != nil {
		return nil, err
	}
	t, err := document.Parse(l, s, document.Standard, source)
	if err != nil {
		return []TextFinding{refusedFinding(err)}, nil
	}
	all := []TextFinding{}
	for _, f := range document.Lint(t) {
		all = append(all, TextFinding{f.Line, f.Code, f.Text})
	}
	for i, line := range strings.Split(source, "\n") {
		if account := foreignAccount(line, nil); account != "" {
			all = append(all, TextFinding{0, "account_in_words", fmt.Sprintf("line %d of the file: %s looks like an account; "+
				"where to pay is written from the settings", i+1, account)})
		}
	}
	for _, m := range []document.Message{document.Sample(l, s, document.Standard), document.Sparse(l, s, document.Standard),
		document.Crowded(l, s, document.Standard)} {
		_, err := document.Render(t, m)
		var missing *document.MissingError
		switch {
		case err == nil:
			continue
		case errors.As(err, &missing):
			name := missing.Field
			all = append(all, TextFinding{0, "may_be_missing", fmt.Sprintf("a message may have no %s: write the sentence with it "+
				"within {{if .%s}} and {{end}}", name, strings.TrimPrefix(lastWord(name), "."))})
		default:
			all = append(all, refusedFinding(err))
		}
		break // the others would say the same again
	}
	return all, nil
}

// lastWord is the field of a written expression such as "join .attachments".
func lastWord(s string) string {
	for _, w := range strings.Fields(s) {
		if strings.HasPrefix(w, ".") {
			return w
		}
	}
	return s
}

var placeInText = regexp.MustCompile(`:(\d+)(?::\d+)?: `)

// refusedFinding is why something is no text, with its line where that is known.
func refusedFinding(err error) TextFinding {
	f := TextFinding{Code: "template_refused", Text: strings.TrimPrefix(err.Error(), document.ErrTemplate.Error()+": ")}
	if errors.Is(err, document.ErrOutputTooLong) {
		f.Code = "too_long"
	}
	if at := placeInText.FindStringSubmatchIndex(f.Text); at != nil && !strings.Contains(f.Text[:at[0]], " subject") {
		f.Line, _ = strconv.Atoi(f.Text[at[2]:at[3]])
		f.Text = f.Text[at[1]:]
	}
	return f
}

func refusedFindings(found []TextFinding) error {
	code := "template_findings"
	if found[0].Code == "template_refused" {
		code = "template_refused"
	}
	text := found[0].Text
	if found[0].Line > 0 {
		text = sprintf("line %d: %s", found[0].Line, text)
	}
	if more := len(found) - 1; more > 0 {
		text += sprintf(" (and %d more)", more)
	}
	return &Error{Kind: Invalid, Code: code, Message: text}
}

// TextParts is a text as people edit it: the settings apart from the words.
type TextParts struct {
	Subject string `json:"subject"`
	Tone    string `json:"tone"`
	Body    string `json:"body"`
}

// PartsOf takes a text apart. What is no text is all body.
func PartsOf(source string) TextParts {
	source = strings.ReplaceAll(source, "\r\n", "\n")
	head, body, ok := strings.Cut(strings.TrimPrefix(source, "---\n"), "\n---\n")
	if !ok {
		return TextParts{Body: source}
	}
	p := TextParts{Body: strings.TrimSpace(body) + "\n"}
	for _, line := range strings.Split(head, "\n") {
		key, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(key) {
		case "subject":
			p.Subject = strings.TrimSpace(value)
		case "tone":
			p.Tone = strings.TrimSpace(value)
		}
	}
	return p
}

// Source puts a text together.
func (p TextParts) Source() string {
	line := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	body := strings.TrimSpace(strings.ReplaceAll(p.Body, "\r\n", "\n"))
	return "---\nsubject: " + line(p.Subject) + "\ntone: " + line(p.Tone) + "\nversion: 1\n---\n" + body + "\n"
}

// StepTones are the tones that a text of a step may have.
func StepTones(step string) []string {
	var tones []string
	for _, t := range document.Tones(document.Step(step)) {
		tones = append(tones, string(t))
	}
	return slices.Clip(tones)
}

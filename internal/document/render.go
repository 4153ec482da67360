package document

import (
	"fmt"
	"strings"
)

// RendererVersion changes whenever the same template and message could give other
// bytes. Bytes that were sent are kept; this says which code can make them again.
const RendererVersion = "1"

// Rendered is one message in the forms a mail needs.
type Rendered struct {
	Subject string // one line without control characters
	Text    string // lines end in \n; no non-breaking spaces
	HTML    string // a complete document without remote content
	// TemplateVersion names the exact text (see [Template.ID]) and RendererVersion
	// the code: together with the message they make equal bytes again.
	TemplateVersion string
	RendererVersion string
	// Warnings are findings about the personal line, which a template lint cannot
	// see; the preview shows them to the person who wrote it.
	Warnings []Finding
}

// Render writes a message with a template. It returns every problem of the message
// as a [FieldError], a [*MissingError] for a field that the text needs and the
// message leaves empty, and [ErrOutputTooLong]; it never returns part of a message.
func Render(t *Template, m Message) (Rendered, error) {
	if err := check(t, m); err != nil {
		return Rendered{}, err
	}
	data := tree(m)
	subject, err := t.subject.run(data)
	if err != nil {
		return Rendered{}, fmt.Errorf("subject of %s: %w", t.ID, err)
	}
	blocks := make(map[string]any, len(t.blocks))
	for name, block := range t.blocks {
		if !t.body.fields["block."+name] {
			continue
		}
		s, err := block.run(data)
		if err != nil {
			return Rendered{}, fmt.Errorf("block %s of %s: %w", name, t.ID, err)
		}
		blocks[name] = markdown(strings.Trim(s, "\n"))
	}
	data["block"] = blocks
	source, err := t.body.run(data)
	if err != nil {
		return Rendered{}, fmt.Errorf("text of %s: %w", t.ID, err)
	}
	p, err := parsePage(source)
	if err != nil {
		return Rendered{}, fmt.Errorf("text of %s: %w", t.ID, err)
	}
	subject = strings.ReplaceAll(clean(subject), "\u00a0", " ")
	return Rendered{
		Subject: subject, Text: writeText(p), HTML: writeHTML(p, m.Language, subject),
		TemplateVersion: t.ID, RendererVersion: RendererVersion,
		Warnings: LintWords(t.Language, t.Tone, m.PersonalLine),
	}, nil
}

package document

import (
	"errors"
	"fmt"
)

// RendererVersion changes whenever the same template and message could give other
// bytes. Bytes that were sent are kept; this says which code can make them again.
const RendererVersion = "3"

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
	subject, p, s, err := prepare(t, m)
	if err != nil {
		return Rendered{}, err
	}
	return Rendered{
		Subject: subject, Text: p.writeText(s), HTML: p.writeHTML(s, m.Language, subject),
		TemplateVersion: t.ID, RendererVersion: RendererVersion,
		Warnings: LintWords(t.Language, t.Tone, m.PersonalLine),
	}, nil
}

// prepare is the subject of a message, its parsed page and the values for it.
func prepare(t *Template, m Message) (string, *page, *source, error) {
	if err := check(t, m); err != nil {
		return "", nil, nil, err
	}
	v := newView(&m)
	subject, err := t.subject.line(v)
	if err != nil {
		return "", nil, nil, fmt.Errorf("subject of %s: %w", t.ID, err)
	}
	s := &source{text: make([]byte, 0, 4<<10), values: make([]string, 0, 64), parts: make([]region, 0, 4)}
	if err := t.body.execute(v, s, true); err != nil {
		return "", nil, nil, fmt.Errorf("text of %s: %w", t.ID, err)
	}
	p, err := pageOf(s)
	if errors.Is(err, errMisplaced) {
		s.reset()
		if err := t.body.execute(v, s, false); err != nil {
			return "", nil, nil, fmt.Errorf("text of %s: %w", t.ID, err)
		}
		text, parts := s.filled()
		p, err = makePage(text, parts, false)
		s.reset()
	}
	if err != nil {
		return "", nil, nil, fmt.Errorf("text of %s: %w", t.ID, err)
	}
	return subject, p, s, nil
}

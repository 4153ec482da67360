package document

import (
	"fmt"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// Enclosure is a paper that goes with a letter, written for that letter.
type Enclosure struct {
	Kind AttachmentKind
	Name string // as the letter lists it
	Text string
	HTML string
	// Outline is the same for a layout that sets it on pages.
	Outline Outline
}

// Enclosures writes the four papers that the English debt protocol wants with a
// letter of claim: the statement of account, and forms of our own that ask and say
// what the Information Sheet, the Reply Form and the Financial Statement in the
// annexes of the protocol do. The official ones are at www.justice.gov.uk, Civil
// Procedure Rules, Pre-Action Protocol for Debt Claims. A message of another kind has
// none. Errors: those of [Render].
func Enclosures(m Message) ([]Enclosure, error) {
	if m.Variant != Individual || m.Language != locale.EnglishGB || m.Step != FinalDemand {
		return nil, nil
	}
	var out []Enclosure
	for _, paper := range ProtocolEnclosures() {
		t, err := enclosureText(paper.Kind)
		if err != nil {
			return nil, err
		}
		r, err := Render(t, m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", paper.Name, err)
		}
		o, err := Outlined(t, m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", paper.Name, err)
		}
		out = append(out, Enclosure{Kind: paper.Kind, Name: paper.Name, Text: r.Text, HTML: r.HTML, Outline: o})
	}
	return out, nil
}

func enclosureText(kind AttachmentKind) (*Template, error) {
	name := templatePath(locale.EnglishGB, "enclosures/"+string(kind))
	if t, ok := parsedTemplates.Load(name); ok {
		return t.(*Template), nil
	}
	source, err := shippedFiles.ReadFile(name)
	if err != nil {
		return nil, err
	}
	t, err := Parse(locale.EnglishGB, FinalDemand, Individual, string(source))
	if err != nil {
		return nil, err
	}
	kept, _ := parsedTemplates.LoadOrStore(name, t)
	return kept.(*Template), nil
}

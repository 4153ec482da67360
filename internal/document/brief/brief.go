package brief

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/locale"
)

// Data is what a brief tells.
type Data struct {
	Language  locale.Language // one of locale.Languages
	Creditors []Creditor
	Link      string // of the first page; "" leaves it out
}

// Creditor is the week of one creditor.
type Creditor struct {
	Name      string
	From, Day cal.Date // the first day of the week told, and the day of the brief
	CashKnown cal.Date // None: never
	Figures   []Figures
	New       []Customer // overdue since this week, the largest first
	NewCount  int        // of all of them
	Ahead     []Step     // goes out by itself in the next seven days
	MustDo    int        // open work other than calls
	Release   int        // messages that wait for a person
	Avoided   int        // wrong chases avoided in the week
	Observes  bool       // nothing leaves the book
}

// Figures are the amounts of one currency.
type Figures struct {
	CameIn      money.Money
	Receipts    int
	FellOverdue money.Money // fell due in the week and is not paid
	FellCount   int
	Overdue     money.Money
	Buckets     []Bucket // of what is overdue; empty ones are left out
}

// Bucket is what is overdue for so many days.
type Bucket struct {
	Days   string // "1–30"
	Count  int
	Amount money.Money
}

// Customer is who is new among those who owe overdue.
type Customer struct {
	Name   string
	Amount money.Money
}

// Step is how many messages of a step go out.
type Step struct {
	Key   string // "friendly"
	Count int
}

// Mail is a brief as it is sent.
type Mail struct {
	Subject, Text, HTML string
}

// section is a heading with its lines.
type section struct {
	Title string
	Lines []line
}

// line is a sentence, or a figure beside its name.
type line struct{ Name, Value string }

// page is a brief in words.
type page struct {
	Subject, Lead, Open, Link string
	Language                  string
	Creditors                 []creditorPage
}

type creditorPage struct {
	Name     string // "" where there is only one
	Sections []section
}

//go:embed brief.html
var source string

var mail = template.Must(template.New("brief").Parse(source))

// Write writes a brief.
func Write(d *Data) (Mail, error) {
	p := wordsOf(d.Language).page(d)
	var b bytes.Buffer
	if err := mail.Execute(&b, p); err != nil {
		return Mail{}, err
	}
	return Mail{Subject: p.Subject, Text: p.text(), HTML: b.String()}, nil
}

// text is the brief without HTML, of equal content.
func (p *page) text() string {
	var b strings.Builder
	b.WriteString(p.Lead + "\n")
	for _, c := range p.Creditors {
		if c.Name != "" {
			b.WriteString("\n" + strings.ToUpper(c.Name) + "\n")
		}
		for _, s := range c.Sections {
			b.WriteString("\n" + s.Title + "\n")
			for _, l := range s.Lines {
				b.WriteString("  " + l.Name)
				if l.Value != "" {
					b.WriteString(": " + l.Value)
				}
				b.WriteString("\n")
			}
		}
	}
	if p.Link != "" {
		b.WriteString("\n" + p.Open + ": " + p.Link + "\n")
	}
	return b.String()
}

package cli

import (
	"fmt"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
)

type templateCmd struct {
	List    templateListCmd    `cmd:"" help:"The texts in force."`
	Show    templateShowCmd    `cmd:"" help:"The source of a text."`
	Lint    templateLintCmd    `cmd:"" help:"Whether a text says what it must, and nothing that it may not."`
	Preview templatePreviewCmd `cmd:"" help:"A planned message as the customer will read it."`
	Set     templateSetCmd     `cmd:"" help:"Put a text of your own in force."`
	Diff    templateDiffCmd    `cmd:"" help:"What a text changes."`
}

type templateListCmd struct {
	Language string `placeholder:"L" help:"Only en-GB, en-US or de."`
}

func (c *templateListCmd) Run(s *session) error {
	list, err := s.texts(c.Language)
	if err != nil {
		return err
	}
	return showList(s, "recoup/template-list/1", "templates", list, func(p *page) {
		var rows [][]string
		for _, t := range list {
			rows = append(rows, []string{t.Language, t.Step, t.Tone, t.Version})
		}
		p.table([]string{"Language", "Step", "Tone", "Version"}, rows)
	})
}

// texts are those in force; without a book, those that ship.
func (s *session) texts(language string) ([]app.TextLine, error) {
	if _, err := s.address(); err != nil {
		return app.Texts(language)
	}
	a, err := s.open()
	if err != nil {
		return nil, err
	}
	return a.Texts(s.ctx, language)
}

// textInForce is the source of a text in force; without a book, that which ships.
func (s *session) textInForce(language, step string) (string, error) {
	if _, err := s.address(); err != nil {
		return app.TextSource(language, step)
	}
	a, err := s.open()
	if err != nil {
		return "", err
	}
	versions, err := a.TextVersions(s.ctx, language, step)
	if err != nil {
		return "", err
	}
	return versions[0].Source, nil
}

type templateSetCmd struct {
	Step     string `arg:"" help:"The step: friendly, formal and so on."`
	File     string `arg:"" optional:"" help:"The text, as template show writes it; - is standard input."`
	Language string `default:"en-GB" placeholder:"L" help:"en-GB, en-US or de."`
	Shipped  bool   `help:"Go back to the text that ships."`
	Reason   string `required:"" placeholder:"T" help:"Why, for the audit log."`
}

func (c *templateSetCmd) Run(s *session) error {
	if c.Shipped == (c.File != "") {
		return usage("expected a file, or --shipped")
	}
	source := ""
	if !c.Shipped {
		raw, err := s.readFile(c.File)
		if err != nil {
			return err
		}
		source = string(raw)
	}
	a, req, err := s.opened(c.Reason)
	if err != nil {
		return err
	}
	v, err := a.SetText(s.ctx, req, c.Language, c.Step, source)
	if err != nil {
		if c.File != "" {
			err = inFile(c.File, err)
		}
		return err
	}
	answer := map[string]any{"step": c.Step, "language": c.Language, "version": v.Version, "shipped": v.Shipped}
	return s.show("recoup/template-set/1", answer, func(p *page) {
		if v.Shipped {
			p.line("%s/%s is the text that ships again, for everything written from now on.", c.Language, c.Step)
			return
		}
		p.line("%s/%s version %d is in force, for everything written from now on.", c.Language, c.Step, v.Version)
		p.line("What was released with the old words and has not left is proposed anew.")
	})
}

type templateDiffCmd struct {
	Step     string `arg:"" help:"The step."`
	File     string `arg:"" optional:"" help:"A text of your own; - is standard input. Default: the text in force against the one that ships."`
	Language string `default:"en-GB" placeholder:"L" help:"en-GB, en-US or de."`
}

func (c *templateDiffCmd) Run(s *session) error {
	before, err := app.TextSource(c.Language, c.Step)
	if err != nil {
		return err
	}
	after, err := s.textInForce(c.Language, c.Step)
	if err != nil {
		return err
	}
	if c.File != "" {
		raw, err := s.readFile(c.File)
		if err != nil {
			return err
		}
		before, after = after, strings.ReplaceAll(string(raw), "\r\n", "\n")
	}
	lines := app.TextDiff(before, after)
	answer := map[string]any{"step": c.Step, "language": c.Language, "lines": lines}
	return s.show("recoup/template-diff/1", answer, func(p *page) {
		differs := false
		for _, l := range lines {
			if l.Op != " " {
				p.line("%s %s", l.Op, l.Text)
				differs = true
			}
		}
		if !differs {
			p.line("Nothing differs.")
		}
	})
}

type templateShowCmd struct {
	Step     string `arg:"" help:"The step: friendly, formal and so on."`
	Language string `default:"en-GB" placeholder:"L" help:"en-GB, en-US or de."`
}

func (c *templateShowCmd) Run(s *session) error {
	source, err := s.textInForce(c.Language, c.Step)
	if err != nil {
		return err
	}
	answer := map[string]string{"step": c.Step, "language": c.Language, "source": source}
	return s.show("recoup/template/1", answer, func(p *page) { p.line("%s", strings.TrimRight(source, "\n")) })
}

type templateLintCmd struct {
	File     string `arg:"" optional:"" help:"A text of your own; - is standard input. Default: all texts that ship."`
	Step     string `placeholder:"S" help:"Which step it is for."`
	Language string `default:"en-GB" placeholder:"L" help:"Its language."`
}

// lintedText is what is wrong with one text.
type lintedText struct {
	Text     string            `json:"text"`
	Findings []app.TextFinding `json:"findings"`
}

func (c *templateLintCmd) Run(s *session) error {
	linted, err := c.lint(s)
	if err != nil {
		return err
	}
	found := 0
	for _, l := range linted {
		found += len(l.Findings)
	}
	people := func(p *page) { showLinted(p, linted, found) }
	answer := map[string]any{"texts": linted}
	if found > 0 {
		return s.showFailed("recoup/template-lint/1", answer, &app.Error{Kind: app.Invalid,
			Code:    "template_findings",
			Message: plural(int64(found), "finding", "findings")}, people)
	}
	return s.show("recoup/template-lint/1", answer, people)
}

func showLinted(p *page, linted []lintedText, found int) {
	for _, l := range linted {
		for _, f := range l.Findings {
			p.warn("%s, line %d: %s [%s]", l.Text, f.Line, f.Text, f.Code)
		}
	}
	p.line("%s read, %s", plural(int64(len(linted)), "text", "texts"), plural(int64(found), "finding",
		"findings"))
}

func (c *templateLintCmd) lint(s *session) ([]lintedText, error) {
	if c.File != "" {
		if c.Step == "" {
			return nil, usage("template lint FILE needs --step: what a text must say depends on it")
		}
		raw, err := s.readFile(c.File)
		if err != nil {
			return nil, err
		}
		found, err := app.LintText(c.Language, c.Step, string(raw))
		return []lintedText{{c.File, found}}, err
	}
	list, err := app.Texts("")
	if err != nil {
		return nil, err
	}
	var linted []lintedText
	for _, t := range list {
		source, err := app.TextSource(t.Language, t.Step)
		if err != nil {
			return nil, err
		}
		found, err := app.LintText(t.Language, t.Step, source)
		if err != nil {
			return nil, err
		}
		linted = append(linted, lintedText{fmt.Sprintf("%s/%s", t.Language, t.Step), found})
	}
	return linted, nil
}

type templatePreviewCmd struct {
	Message string `arg:"" help:"A message, as recoup outbox list shows it."`
}

func (c *templatePreviewCmd) Run(s *session) error {
	a, _, id, err := s.openedFor("message", c.Message, "")
	if err != nil {
		return err
	}
	v, err := a.Preview(s.ctx, id)
	if err != nil {
		return err
	}
	return s.show("recoup/template-preview/1", v, func(p *page) { showPreview(p, &v) })
}

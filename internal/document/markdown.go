package document

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// parsed is Markdown as a tree of nodes.
type parsed struct {
	root   ast.Node
	source []byte
	marks  bool // the marks of a source are holes, not text
}

// grammar knows headings, paragraphs, lists, rules, emphasis, links and tables, and
// nothing else: no raw HTML, no images, no code, no link definitions.
var grammar = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	),
	parser.WithInlineParsers(
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewEmphasisParser(), 500),
	),
	parser.WithParagraphTransformers(
		util.Prioritized(extension.NewTableParagraphTransformer(), 200),
	),
)

// Limits of the markup in one page. A message needs a fraction of it; parsers of
// Markdown need time that grows with its square.
const (
	maxBrackets  = 500
	maxEmphasis  = 4000
	maxListDepth = 3
	maxIndent    = 12
)

// listMarks are list marks that open lists in lists on one line.
var listMarks = regexp.MustCompile(`^[ \t]*(?:(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]+|$)){4}`)

// checkEffort refuses markup that only a parser's stopwatch would notice. Values of
// the data do not count: they are escaped.
func checkEffort(source string) error {
	brackets, emphasis := 0, 0
	for i := 0; i < len(source); i++ {
		switch source[i] {
		case '\\':
			i++
		case '[', ']':
			brackets++
		case '*', '_':
			emphasis++
		}
	}
	if brackets > maxBrackets || emphasis > maxEmphasis {
		return fmt.Errorf("%w: more than %d brackets or %d marks of emphasis", ErrTemplate, maxBrackets,
			maxEmphasis)
	}
	for line := range strings.Lines(source) {
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		if indent > maxIndent && indent < len(strings.TrimRight(line, "\n")) || listMarks.MatchString(line) {
			return fmt.Errorf("%w: lists more than %d deep: %.40q", ErrTemplate, maxListDepth, line)
		}
	}
	return nil
}

// parseMarkdown parses Markdown and refuses whatever the forms cannot write.
func parseMarkdown(source string) (parsed, error) {
	if err := checkEffort(source); err != nil {
		return parsed{}, err
	}
	src := []byte(source)
	p := parsed{root: grammar.Parse(text.NewReader(src)), source: src}
	err := ast.Walk(p.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.Heading, *ast.List, *ast.ListItem,
			*ast.ThematicBreak, *ast.Text, *ast.Emphasis,
			*east.Table, *east.TableHeader, *east.TableRow, *east.TableCell:
			return ast.WalkContinue, nil
		case *ast.Link:
			return ast.WalkContinue, checkLink(unescape(n.Destination))
		}
		return ast.WalkStop, fmt.Errorf("%w: a message cannot hold %s", ErrTemplate, n.Kind())
	})
	return p, err
}

// ValidLink reports whether an address can stand in a message: a web address in full and
// in plain characters.
func ValidLink(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		!strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>()[]"\`, r) })
}

// checkLink allows web and mail addresses that are written out in a template.
func checkLink(destination string) error {
	if destination == hole { // {{.link}}, which is checked with its message
		return nil
	}
	u, err := url.Parse(destination)
	if err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil {
		return nil
	}
	if err == nil && u.Scheme == "mailto" && strings.Contains(u.Opaque, "@") {
		return nil
	}
	return fmt.Errorf("%w: a link must be a full http, https or mailto address, not %q", ErrTemplate,
		destination)
}

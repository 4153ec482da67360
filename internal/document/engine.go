package document

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// Limits of one template. Together they bound its time by construction: a list is
// walked once and never inside another, so no template does more than
// maxNodes × maxRows small steps, whatever the data holds.
const (
	maxSourceBytes = 64 << 10
	maxNodes       = 4000
	maxRows        = 200 // the longest list a template sees
	maxOutputBytes = 1 << 20
)

// ErrTemplate is returned for a template that uses what templates may not use.
var ErrTemplate = errors.New("template refused")

// ErrOutputTooLong is returned when a rendered message would pass 1 MiB.
var ErrOutputTooLong = errors.New("message longer than 1 MiB")

// markdown is text that this package made and that is not escaped again. No value
// of a message ever has this type.
type markdown string

// functions is everything a template can call: pure, total and short. and, or,
// not, eq, ne, lt, gt and len are those of text/template.
var functions = template.FuncMap{
	"join":     join,
	"lines":    lines,
	escapeMark: escapeValue,
	escapeLine: plainValue,
}

var allowedFunctions = []string{"and", "or", "not", "eq", "ne", "lt", "gt", "len", "join", "lines"}

// escapeMark and escapeLine are appended to every output; a source cannot call them.
const (
	escapeMark = "_markdown"
	escapeLine = "_plain"
)

// join writes a list of texts in one line, for example `join .creditor.address ", "`.
func join(list []any, separator string) (string, error) {
	parts := make([]string, len(list))
	for i, v := range list {
		s, ok := v.(string)
		if !ok {
			return "", fmt.Errorf("join wants a list of texts")
		}
		parts[i] = s
	}
	return strings.Join(parts, separator), nil
}

// lines writes a list of texts one below the other.
func lines(list []any) (markdown, error) {
	parts := make([]string, len(list))
	for i, v := range list {
		s, ok := v.(string)
		if !ok {
			return "", fmt.Errorf("lines wants a list of texts")
		}
		parts[i] = escapeMarkdown(s)
	}
	return markdown(strings.Join(parts, "\\\n")), nil
}

// program is one checked template, safe for concurrent use.
type program struct {
	tree   *parse.Tree
	ready  *template.Template
	fields map[string]bool // every dotted path it names, as written
}

// compile parses and checks a source. Every output is piped into escape. fields is
// the shape of the data: a field that is not in it is refused here, not at run time.
func compile(name, source, escape string, fields map[string]any) (*program, error) {
	if len(source) > maxSourceBytes {
		return nil, fmt.Errorf("%w: %s is longer than 64 KiB", ErrTemplate, name)
	}
	known := make(map[string]any, len(allowedFunctions))
	for _, f := range allowedFunctions {
		known[f] = true
	}
	trees, err := parse.Parse(name, source, "{{", "}}", known)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTemplate, err)
	}
	tree := trees[name]
	if len(trees) > 1 {
		return nil, fmt.Errorf("%w: %s defines a template of its own", ErrTemplate, name)
	}
	if tree == nil || tree.Root == nil {
		tree = &parse.Tree{Name: name, Root: &parse.ListNode{NodeType: parse.NodeList}}
	}
	c := checker{name: name, tree: tree, root: fields, escape: escape, named: map[string]bool{}}
	if err := c.list(tree.Root, fields, false); err != nil {
		return nil, err
	}
	ready, err := template.New(name).Option("missingkey=error").Funcs(functions).AddParseTree(name, tree)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTemplate, err)
	}
	return &program{tree: tree, ready: ready, fields: c.named}, nil
}

// run executes the program over data of the shape it was compiled for.
func (p *program) run(data map[string]any) (string, error) {
	var out cappedBuilder
	if err := p.ready.Execute(&out, data); err != nil {
		return "", cleanExecError(err)
	}
	return out.String(), nil
}

// cleanExecError keeps the sentence of our own errors and drops the engine's frame.
func cleanExecError(err error) error {
	var missing *MissingError
	if errors.As(err, &missing) {
		return missing
	}
	if errors.Is(err, ErrOutputTooLong) {
		return ErrOutputTooLong
	}
	return err
}

type cappedBuilder struct{ strings.Builder }

func (b *cappedBuilder) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxOutputBytes {
		return 0, ErrOutputTooLong
	}
	return b.Builder.Write(p)
}

// checker walks a parsed template, refuses what is not on the list, and adds the
// escape to every output.
type checker struct {
	name   string
	tree   *parse.Tree
	root   map[string]any
	escape string
	nodes  int
	named  map[string]bool
	before string // what stands open before the node at hand, see openLink
}

func (c *checker) refuse(n parse.Node, format string, args ...any) error {
	where, _ := c.tree.ErrorContext(n)
	return fmt.Errorf("%w: %s: %s", ErrTemplate, where, fmt.Sprintf(format, args...))
}

func (c *checker) count(n parse.Node) error {
	if c.nodes++; c.nodes > maxNodes {
		return c.refuse(n, "more than %d parts", maxNodes)
	}
	return nil
}

// list checks a list of nodes. dot is the shape of the value at hand.
func (c *checker) list(l *parse.ListNode, dot any, inRange bool) error {
	if l == nil {
		return nil
	}
	for _, n := range l.Nodes {
		if err := c.count(n); err != nil {
			return err
		}
		if err := c.node(n, dot, inRange); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) node(n parse.Node, dot any, inRange bool) error {
	switch n := n.(type) {
	case *parse.TextNode:
		c.before = openLink(c.before + string(n.Text))
		return nil
	case *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		return c.action(n, dot)
	case *parse.IfNode:
		if _, err := c.pipe(n.Pipe, dot); err != nil {
			return err
		}
		if err := c.list(n.List, dot, inRange); err != nil {
			return err
		}
		return c.list(n.ElseList, dot, inRange)
	case *parse.WithNode:
		inner, err := c.pipe(n.Pipe, dot)
		if err != nil {
			return err
		}
		if err := c.list(n.List, inner, inRange); err != nil {
			return err
		}
		return c.list(n.ElseList, dot, inRange)
	case *parse.RangeNode:
		return c.loop(n, dot, inRange)
	}
	return c.refuse(n, "%s is not allowed in a message", strings.TrimSpace(firstLine(n.String())))
}

func (c *checker) loop(n *parse.RangeNode, dot any, inRange bool) error {
	if inRange {
		return c.refuse(n, "a list inside a list is not allowed")
	}
	if len(n.Pipe.Cmds) != 1 || len(n.Pipe.Cmds[0].Args) != 1 {
		return c.refuse(n, "range takes one list and nothing else")
	}
	shape, err := c.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	rows, ok := shape.([]any)
	if !ok || len(rows) == 0 {
		return c.refuse(n, "%s is not a list", n.Pipe)
	}
	if err := c.list(n.List, rows[0], true); err != nil {
		return err
	}
	return c.list(n.ElseList, dot, inRange)
}

// action checks one output and pipes it into the escape, which is told the name of
// the field so that a missing one can be named.
func (c *checker) action(n *parse.ActionNode, dot any) error {
	if c.before != "" {
		return c.refuse(n, "a field inside the address of a link is not allowed")
	}
	shape, err := c.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	switch shape.(type) {
	case []any, map[string]any, bool:
		return c.refuse(n, "%s is not a text", n.Pipe)
	}
	label := strings.TrimPrefix(n.Pipe.String(), ".")
	n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{
		NodeType: parse.NodeCommand, Pos: n.Pos,
		Args: []parse.Node{
			parse.NewIdentifier(c.escape).SetPos(n.Pos),
			&parse.StringNode{NodeType: parse.NodeString, Pos: n.Pos, Quoted: strconv.Quote(label),
				Text: label},
		},
	})
	return nil
}

// openLink is the part of text from the last "](" of a Markdown link on, if the
// address that begins there is not closed yet.
func openLink(text string) string {
	i := strings.LastIndex(text, "](")
	if i < 0 || strings.ContainsAny(text[i:], ")\n") {
		if strings.HasSuffix(text, "]") {
			return "]" // an address may begin with the next text
		}
		return ""
	}
	return text[i:]
}

// pipe checks a pipeline and returns the shape of its value: an example value for
// a field, a string for everything a function returns.
func (c *checker) pipe(p *parse.PipeNode, dot any) (any, error) {
	if p == nil {
		return nil, fmt.Errorf("%w: %s: an empty pipeline", ErrTemplate, c.name)
	}
	if len(p.Decl) > 0 {
		return nil, c.refuse(p, "variables are not allowed")
	}
	var shape any = ""
	for _, cmd := range p.Cmds {
		if err := c.count(cmd); err != nil {
			return nil, err
		}
		for i, arg := range cmd.Args {
			s, err := c.argument(arg, dot, i == 0)
			if err != nil {
				return nil, err
			}
			if i == 0 {
				shape = s
			}
		}
	}
	if len(p.Cmds) > 1 {
		shape = ""
	}
	return shape, nil
}

func (c *checker) argument(arg parse.Node, dot any, first bool) (any, error) {
	if err := c.count(arg); err != nil {
		return nil, err
	}
	switch n := arg.(type) {
	case *parse.FieldNode:
		return c.field(n, n.Ident, dot)
	case *parse.VariableNode:
		if n.Ident[0] != "$" {
			return nil, c.refuse(n, "variables are not allowed")
		}
		return c.field(n, n.Ident[1:], c.root)
	case *parse.DotNode:
		return dot, nil
	case *parse.IdentifierNode:
		if !first || !slices.Contains(allowedFunctions, n.Ident) {
			return nil, c.refuse(n, "function %s is not allowed", n.Ident)
		}
		return "", nil
	case *parse.PipeNode:
		return c.pipe(n, dot)
	case *parse.StringNode, *parse.BoolNode:
		return "", nil
	case *parse.NumberNode:
		if !n.IsInt {
			return nil, c.refuse(n, "only whole numbers are allowed")
		}
		return 0, nil
	}
	return nil, c.refuse(arg, "%s is not allowed in a message", arg)
}

// field finds the shape of a dotted path.
func (c *checker) field(n parse.Node, path []string, at any) (any, error) {
	c.named[strings.Join(path, ".")] = true
	for i, name := range path {
		m, ok := at.(map[string]any)
		if !ok {
			return nil, c.refuse(n, "%s has no field %q", strings.Join(path[:i], "."), name)
		}
		next, ok := m[name]
		if !ok {
			return nil, c.refuse(n, "no field %q; there are %s", strings.Join(path[:i+1], "."), names(m))
		}
		at = next
	}
	return at, nil
}

func names(m map[string]any) string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

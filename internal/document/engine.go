package document

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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

var allowedFunctions = []string{"and", "or", "not", "eq", "ne", "lt", "gt", "len", "join", "lines"}

// compile parses and checks a source. plain is for a source that is no Markdown. root
// are the fields it may name: one that is not among them is refused here, not when it
// runs.
func compile(name, source string, plain bool, root record) (*program, error) {
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
	c := compiler{name: name, tree: tree, root: root, plain: plain, named: map[string]bool{}}
	ops, err := c.list(tree.Root, root, false)
	if err != nil {
		return nil, err
	}
	return &program{tree: tree, ops: ops, fields: c.named}, nil
}

// compiler walks a parsed template, refuses what is not on the list, and makes of the
// rest a program.
type compiler struct {
	name   string
	tree   *parse.Tree
	root   record
	plain  bool
	nodes  int
	named  map[string]bool
	before string // what stands open before the node at hand, see openLink
}

func (c *compiler) refuse(n parse.Node, format string, args ...any) error {
	where, _ := c.tree.ErrorContext(n)
	return fmt.Errorf("%w: %s: %s", ErrTemplate, where, fmt.Sprintf(format, args...))
}

func (c *compiler) count(n parse.Node) error {
	if c.nodes++; c.nodes > maxNodes {
		return c.refuse(n, "more than %d parts", maxNodes)
	}
	return nil
}

// list compiles a list of nodes. at is the value at hand.
func (c *compiler) list(l *parse.ListNode, at expr, inRange bool) ([]op, error) {
	if l == nil {
		return nil, nil
	}
	var ops []op
	for _, n := range l.Nodes {
		if err := c.count(n); err != nil {
			return nil, err
		}
		o, err := c.node(n, at, inRange)
		if err != nil {
			return nil, err
		}
		if o != nil {
			ops = append(ops, o)
		}
	}
	return ops, nil
}

func (c *compiler) node(n parse.Node, at expr, inRange bool) (op, error) {
	switch n := n.(type) {
	case *parse.TextNode:
		if strings.Contains(string(n.Text), hole) || strings.Contains(string(n.Text), repeat) {
			return nil, c.refuse(n, "a character of a private area is not allowed in a message")
		}
		c.before = openLink(c.before + string(n.Text))
		return literal(n.Text), nil
	case *parse.CommentNode:
		return nil, nil
	case *parse.ActionNode:
		return c.action(n, at)
	case *parse.IfNode:
		return c.branch(&n.BranchNode, at, inRange, false)
	case *parse.WithNode:
		return c.branch(&n.BranchNode, at, inRange, true)
	case *parse.RangeNode:
		return c.walk(n, at, inRange)
	}
	return nil, c.refuse(n, "%s is not allowed in a message", strings.TrimSpace(firstLine(n.String())))
}

// branch compiles {{if}} and {{with}}. A record or a list stays what it is as the
// value at hand; any other value is known when it runs.
func (c *compiler) branch(n *parse.BranchNode, at expr, inRange, with bool) (op, error) {
	condition, err := c.pipe(n.Pipe, at)
	if err != nil {
		return nil, err
	}
	o := &branch{condition: condition}
	inner := at
	if with {
		switch condition.(type) {
		case record, *list:
			inner = condition
		default:
			inner, o.dot = dot{}, true
		}
	}
	if o.then, err = c.list(n.List, inner, inRange); err != nil {
		return nil, err
	}
	o.otherwise, err = c.list(n.ElseList, at, inRange)
	return o, err
}

func (c *compiler) walk(n *parse.RangeNode, at expr, inRange bool) (op, error) {
	if inRange {
		return nil, c.refuse(n, "a list inside a list is not allowed")
	}
	if len(n.Pipe.Cmds) != 1 || len(n.Pipe.Cmds[0].Args) != 1 {
		return nil, c.refuse(n, "range takes one list and nothing else")
	}
	over, err := c.pipe(n.Pipe, at)
	if err != nil {
		return nil, err
	}
	l, ok := over.(*list)
	if !ok {
		return nil, c.refuse(n, "%s is not a list", n.Pipe)
	}
	o := &walk{list: l}
	var inner expr = dot{}
	if l.columns != nil {
		inner = l.columns
	}
	if o.body, err = c.list(n.List, inner, true); err != nil {
		return nil, err
	}
	o.otherwise, err = c.list(n.ElseList, at, inRange)
	return o, err
}

// action compiles one output. It is told how the field is written, so that a missing
// one can be named.
func (c *compiler) action(n *parse.ActionNode, at expr) (op, error) {
	if c.before != "" && (c.before != "](" || n.Pipe.String() != ".link") {
		return nil, c.refuse(n, "a field inside the address of a link is not allowed")
	}
	of, err := c.pipe(n.Pipe, at)
	if err != nil {
		return nil, err
	}
	if !isText(of) {
		return nil, c.refuse(n, "%s is not a text", n.Pipe)
	}
	return &output{of: of, label: strings.TrimPrefix(n.Pipe.String(), "."), plain: c.plain}, nil
}

// isText reports whether a template can write what an expression gives, as far as is
// known before it runs.
func isText(e expr) bool {
	switch e := e.(type) {
	case record, *list:
		return false
	case field:
		return e(oneOfEverything()).kind != truthValue
	}
	return true
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

// pipe compiles a pipeline: each value is the last argument of the next call.
func (c *compiler) pipe(p *parse.PipeNode, at expr) (expr, error) {
	if p == nil {
		return nil, fmt.Errorf("%w: %s: an empty pipeline", ErrTemplate, c.name)
	}
	if len(p.Decl) > 0 {
		return nil, c.refuse(p, "variables are not allowed")
	}
	var last expr
	for _, cmd := range p.Cmds {
		if err := c.count(cmd); err != nil {
			return nil, err
		}
		var err error
		if last, err = c.command(cmd, at, last); err != nil {
			return nil, err
		}
	}
	return last, nil
}

// command compiles a value, or a call of a function.
func (c *compiler) command(cmd *parse.CommandNode, at, last expr) (expr, error) {
	if err := c.count(cmd.Args[0]); err != nil {
		return nil, err
	}
	name, isCall := cmd.Args[0].(*parse.IdentifierNode)
	if !isCall {
		if len(cmd.Args) > 1 || last != nil {
			return nil, c.refuse(cmd, "%s is no function", cmd.Args[0])
		}
		return c.argument(cmd.Args[0], at)
	}
	if !slices.Contains(allowedFunctions, name.Ident) {
		return nil, c.refuse(name, "function %s is not allowed", name.Ident)
	}
	o := &call{name: name.Ident}
	for _, arg := range cmd.Args[1:] {
		if err := c.count(arg); err != nil {
			return nil, err
		}
		e, err := c.argument(arg, at)
		if err != nil {
			return nil, err
		}
		if between, ok := arg.(*parse.StringNode); ok && o.name == "join" {
			e = made(between.Text) // the spaces of ", " count
		}
		o.args = append(o.args, e)
	}
	if last != nil {
		o.args = append(o.args, last)
	}
	return o, nil
}

func (c *compiler) argument(arg parse.Node, at expr) (expr, error) {
	switch n := arg.(type) {
	case *parse.FieldNode:
		return c.field(n, n.Ident, at)
	case *parse.VariableNode:
		if n.Ident[0] != "$" {
			return nil, c.refuse(n, "variables are not allowed")
		}
		return c.field(n, n.Ident[1:], c.root)
	case *parse.DotNode:
		return at, nil
	case *parse.PipeNode:
		return c.pipe(n, at)
	case *parse.StringNode:
		return said(n.Text), nil
	case *parse.BoolNode:
		return truth(n.True), nil
	case *parse.NumberNode:
		if !n.IsInt {
			return nil, c.refuse(n, "only whole numbers are allowed")
		}
		return number(int(n.Int64)), nil
	}
	return nil, c.refuse(arg, "%s is not allowed in a message", arg)
}

// field finds what a dotted path names.
func (c *compiler) field(n parse.Node, path []string, at expr) (expr, error) {
	c.named[strings.Join(path, ".")] = true
	for i, name := range path {
		group, ok := at.(record)
		if !ok {
			return nil, c.refuse(n, "%s has no field %q", strings.Join(path[:i], "."), name)
		}
		if at, ok = group[name]; !ok {
			return nil, c.refuse(n, "no field %q; there are %s", strings.Join(path[:i+1], "."), names(group))
		}
	}
	return at, nil
}

func names(group record) string {
	return strings.Join(slices.Sorted(maps.Keys(group)), ", ")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

package document

import (
	"bytes"
	"fmt"
	"strings"
	"text/template/parse"
)

// program is one checked template, ready to run, safe for concurrent use.
type program struct {
	tree   *parse.Tree
	ops    []op
	fields map[string]bool // every dotted path it names, as written
}

// run is one execution of a program.
type run struct {
	view  *view
	out   *source
	row   int   // of the list being walked
	dot   value // inside the walk of a list of texts, or {{with}} of a value
	size  int   // bytes written so far
	fold  bool  // count equal rows of a table instead of repeating them
	stack []value
}

// op is one step of a program.
type op interface{ run(*run) error }

func (r *run) all(ops []op) error {
	for _, o := range ops {
		if err := o.run(r); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) grow(n int) error {
	if r.size += n; r.size > maxOutputBytes {
		return ErrOutputTooLong
	}
	return nil
}

// literal writes text of the template.
type literal string

func (o literal) run(r *run) error {
	r.out.text = append(r.out.text, o...)
	return r.grow(len(o))
}

// output writes a value. A plain one stands in a line that is no Markdown.
type output struct {
	of    expr
	label string
	plain bool
}

func (o *output) run(r *run) error {
	if block, ok := o.of.(*part); ok {
		return block.write(r)
	}
	v, err := o.of.eval(r)
	if err != nil {
		return err
	}
	if v.kind == markupValue {
		r.out.add(v.markup)
		return r.grow(v.markup.size())
	}
	text, err := v.written(o.label)
	if err != nil {
		return err
	}
	if o.plain {
		r.out.text = append(r.out.text, text...)
	} else {
		r.out.put(text)
	}
	return r.grow(len(text))
}

// branch is {{if}} or, with a dot, {{with}}.
type branch struct {
	condition       expr
	dot             bool
	then, otherwise []op
}

func (o *branch) run(r *run) error {
	v, err := o.condition.eval(r)
	if err != nil {
		return err
	}
	if !v.holds(r.view) {
		return r.all(o.otherwise)
	}
	if !o.dot {
		return r.all(o.then)
	}
	outer := r.dot
	r.dot = v
	err = r.all(o.then)
	r.dot = outer
	return err
}

// walk is {{range}}. A list is never walked inside another.
type walk struct {
	list            *list
	body, otherwise []op
}

func (o *walk) run(r *run) error {
	n := o.list.len(r.view)
	if n == 0 {
		return r.all(o.otherwise)
	}
	outer := r.dot
	before := -1
	for i := range n {
		if o.list.texts != nil {
			r.dot = said(o.list.texts(r.view)[i])
		}
		r.row = i
		at := len(r.out.text)
		if err := r.all(o.body); err != nil {
			return err
		}
		if r.fold {
			before = r.out.fold(before, at)
		}
	}
	r.dot = outer
	return nil
}

// expr is something that has a value.
type expr interface{ eval(*run) (value, error) }

func (f field) eval(r *run) (value, error)  { return f(r.view), nil }
func (c column) eval(r *run) (value, error) { return c(r.view, r.row), nil }
func (l *list) eval(*run) (value, error)    { return value{kind: listValue, list: l}, nil }
func (record) eval(*run) (value, error)     { return value{kind: recordValue}, nil }
func (v value) eval(*run) (value, error)    { return v, nil }

// dot is the value at hand.
type dot struct{}

func (dot) eval(r *run) (value, error) { return r.dot, nil }

// part is a block that the texts of one language share. It stands without the line
// breaks around it.
type part struct {
	name    string
	program *program
}

func (p *part) write(r *run) error {
	at := len(r.out.text)
	if err := r.all(p.program.ops); err != nil {
		return fmt.Errorf("block %s: %w", p.name, err)
	}
	trimmed := bytes.Trim(r.out.text[at:], "\n")
	r.out.text = append(r.out.text[:at], trimmed...)
	switch part := Part(p.name); part {
	case HeadPart, ItemPart, PayPart, SignPart:
		r.out.parts = append(r.out.parts, region{part, at, len(r.out.text)})
	}
	return nil
}

func (p *part) eval(r *run) (value, error) {
	in := run{view: r.view, out: &source{}, fold: r.fold}
	err := p.write(&in)
	return value{kind: markupValue, markup: in.out}, err
}

// call calls a function. and and or stop at the value that decides.
type call struct {
	name string
	args []expr
}

func (c *call) eval(r *run) (value, error) {
	if c.name == "and" || c.name == "or" {
		return c.decide(r, c.name == "or")
	}
	base := len(r.stack)
	for _, arg := range c.args {
		v, err := arg.eval(r)
		if err != nil {
			return value{}, err
		}
		r.stack = append(r.stack, v)
	}
	v, err := functions[c.name](r.view, r.stack[base:])
	r.stack = r.stack[:base]
	return v, err
}

// decide is the first value that holds, or that does not, and else the last one.
func (c *call) decide(r *run, until bool) (v value, err error) {
	for _, arg := range c.args {
		if v, err = arg.eval(r); err != nil || v.holds(r.view) == until {
			break
		}
	}
	return v, err
}

// execute runs a program over a message.
func (p *program) execute(v *view, into *source, fold bool) error {
	r := run{view: v, out: into, fold: fold}
	return r.all(p.ops)
}

// line runs a program whose output is one line and no Markdown.
func (p *program) line(v *view) (string, error) {
	var out source
	err := p.execute(v, &out, false)
	return strings.ReplaceAll(clean(string(out.text)), "\u00a0", " "), err
}

package document

import (
	"fmt"
	"strconv"
	"strings"
)

// value is what a field or a function gives.
type value struct {
	kind   valueKind
	text   string
	number int // of a truth value: 1 or 0
	list   *list
	markup *source
}

type valueKind uint8

const (
	textValue valueKind = iota
	numberValue
	truthValue
	listValue
	recordValue
	markupValue // made by this package and not escaped again; no value of a message is one
)

var kindNames = [...]string{"text", "number", "truth value", "list", "group of fields", "markup"}

// said is a text of the message: one clean line, so that spaces alone are nothing.
func said(s string) value { return value{text: clean(s)} }

// made is a text that this package wrote, clean as it is.
func made(s string) value { return value{text: s} }

func number(n int) value { return value{kind: numberValue, number: n} }

func truth(ok bool) value {
	v := value{kind: truthValue}
	if ok {
		v.number = 1
	}
	return v
}

// holds reports whether a condition on the value is met: it says something, is not
// zero, or is true.
func (v *value) holds(in *view) bool {
	switch v.kind {
	case textValue:
		return v.text != ""
	case listValue:
		return v.list.len(in) > 0
	case recordValue:
		return true
	case markupValue:
		return len(v.markup.text) > 0
	}
	return v.number != 0
}

// written is the text a template writes for a value; label names it where it is missing.
func (v *value) written(label string) (string, error) {
	switch {
	case v.kind == textValue && v.text != "":
		return v.text, nil
	case v.kind == numberValue:
		return strconv.Itoa(v.number), nil
	}
	return "", &MissingError{Field: label}
}

// function is what a template can call: pure, total and short. and and or are not
// among them, because they look only at as many values as they need.
type function func(in *view, args []value) (value, error)

var functions = map[string]function{
	"not":   not,
	"eq":    equal,
	"ne":    func(in *view, args []value) (value, error) { return inverse(equal(in, args)) },
	"lt":    ordered(func(c int) bool { return c < 0 }),
	"gt":    ordered(func(c int) bool { return c > 0 }),
	"len":   length,
	"join":  join,
	"lines": lines,
}

func not(in *view, args []value) (value, error) {
	if len(args) != 1 {
		return value{}, fmt.Errorf("not wants one value")
	}
	return truth(!args[0].holds(in)), nil
}

func inverse(v value, err error) (value, error) {
	v.number = 1 - v.number
	return v, err
}

// equal reports whether the first value equals one of the others.
func equal(_ *view, args []value) (value, error) {
	if len(args) < 2 {
		return value{}, fmt.Errorf("a comparison wants two values")
	}
	for i := range args[1:] {
		c, err := compare(&args[0], &args[1+i])
		if err != nil || c == 0 {
			return truth(true), err
		}
	}
	return truth(false), nil
}

func ordered(is func(int) bool) function {
	return func(_ *view, args []value) (value, error) {
		if len(args) != 2 || args[0].kind == truthValue {
			return value{}, fmt.Errorf("a comparison wants two texts or two numbers")
		}
		c, err := compare(&args[0], &args[1])
		return truth(is(c)), err
	}
}

func compare(a, b *value) (int, error) {
	if a.kind != b.kind || a.kind > truthValue {
		return 0, fmt.Errorf("a %s and a %s cannot be compared", kindNames[a.kind], kindNames[b.kind])
	}
	if a.kind == textValue {
		return strings.Compare(a.text, b.text), nil
	}
	return a.number - b.number, nil
}

func length(in *view, args []value) (value, error) {
	switch {
	case len(args) == 1 && args[0].kind == textValue:
		return number(len(args[0].text)), nil
	case len(args) == 1 && args[0].kind == listValue:
		return number(args[0].list.len(in)), nil
	}
	return value{}, fmt.Errorf("len wants one text or list")
}

// join writes a list of texts in one line, for example `join .creditor.address ", "`.
func join(in *view, args []value) (value, error) {
	if len(args) != 2 || args[0].kind != listValue || args[0].list.texts == nil || args[1].kind != textValue {
		return value{}, fmt.Errorf("join wants a list of texts and what stands between them")
	}
	parts := args[0].list.texts(in)
	out := make([]string, len(parts))
	for i, s := range parts {
		out[i] = clean(s)
	}
	return said(strings.Join(out, args[1].text)), nil
}

// lines writes a list of texts one below the other.
func lines(in *view, args []value) (value, error) {
	if len(args) != 1 || args[0].kind != listValue || args[0].list.texts == nil {
		return value{}, fmt.Errorf("lines wants a list of texts")
	}
	var out source
	for i, s := range args[0].list.texts(in) {
		if i > 0 {
			out.text = append(out.text, "\\\n"...)
		}
		out.put(clean(s))
	}
	return value{kind: markupValue, markup: &out}, nil
}

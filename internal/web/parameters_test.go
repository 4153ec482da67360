package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// parametersRead tells for the function that answers a route which parameters of the request
// it asks for, itself or through what it calls. It is read from the source, so that a new
// parameter is known without a list; where two functions have one name it knows too many.
func parametersRead(t testing.TB) func(answer any) []string {
	t.Helper()
	s := source{calls: map[string]map[string]bool{}, names: map[string]map[string]bool{}, readers: map[string]bool{"FormValue": true, "Get": true, "Has": true}}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var all []*ast.File
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".go") && !strings.HasSuffix(f.Name(), "_test.go") {
			parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, parsed)
		}
	}
	for range 2 { // the second time it knows which functions pass a name on
		for _, f := range all {
			s.take(f)
		}
	}
	return func(answer any) []string {
		name := runtime.FuncForPC(reflect.ValueOf(answer).Pointer()).Name()
		found, seen := map[string]bool{}, map[string]bool{}
		s.gather(name[strings.LastIndex(name, ".")+1:], found, seen)
		var list []string
		for n := range found {
			list = append(list, n)
		}
		slices.Sort(list)
		return list
	}
}

// source is what the functions of a package call, and which names they ask a request for.
type source struct {
	calls, names map[string]map[string]bool
	readers      map[string]bool
}

var parameterName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (s *source) take(f *ast.File) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		name := fn.Name.Name
		if s.calls[name] == nil {
			s.calls[name], s.names[name] = map[string]bool{}, map[string]bool{}
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				s.calls[name][n.Name] = true
			case *ast.CallExpr:
				s.call(name, n)
			}
			return true
		})
	}
}

// call notes a call that asks for a parameter, by a name or by one that it was given.
func (s *source) call(in string, c *ast.CallExpr) {
	called := ""
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		called = f.Sel.Name
	case *ast.Ident:
		called = f.Name
	}
	if !s.readers[called] {
		return
	}
	for _, arg := range c.Args {
		switch a := arg.(type) {
		case *ast.BasicLit:
			if name, err := strconv.Unquote(a.Value); err == nil && parameterName.MatchString(name) {
				s.names[in][name] = true
			}
		case *ast.Ident:
			if called == "FormValue" {
				s.readers[in] = true
			}
		}
	}
}

// gather collects the names of a function and of everything it mentions.
func (s *source) gather(fn string, found, seen map[string]bool) {
	if seen[fn] {
		return
	}
	seen[fn] = true
	for n := range s.names[fn] {
		found[n] = true
	}
	for called := range s.calls[fn] {
		s.gather(called, found, seen)
	}
}

// TestParametersAreFound: the reader of the source finds what is known to be there.
func TestParametersAreFound(t *testing.T) {
	read := parametersRead(t)
	for _, c := range []struct {
		answer func(*visit) error
		want   []string
	}{{invoices, []string{"currency", "state", "bucket", "number", "due_from", "due_to", "customer", "sort", "after"}}, {search, []string{"q"}}, {auditLog, nil}} {
		got := read(c.answer)
		for _, want := range c.want {
			if !slices.Contains(got, want) {
				t.Errorf("%q is not found, only %v", want, got)
			}
		}
	}
	total := 0
	for _, rt := range routes {
		if rt.method == "GET" {
			total += len(read(rt.answer))
		}
	}
	if total < 50 {
		t.Errorf("only %d", total)
	}
}

package app

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/access"
)

var update = flag.Bool("update", false, "write the golden files anew")

// recording are the functions that record a command, with the place of its name among
// their arguments.
var recording = map[string]int{"write": 2, "answering": 3, "changeWaiting": 2, "recordEnd": 2, "give": 2,
	"addNote": 2}

// passing are those of them that pass on the name that they were given.
var passing = []string{"answering", "changeWaiting", "recordEnd", "give", "addNote"}

// commandsOf finds the names of the commands that the package records.
func commandsOf(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				at, records := recording[calledName(call)]
				isRun := calledName(call) == "write" && len(call.Args) == 4
				if isRun { // of a run: why, name, input, what
					at = 1
				}
				if !records || len(call.Args) <= at {
					return true
				}
				lit, ok := call.Args[at].(*ast.BasicLit)
				switch {
				case ok:
					name, _ := strconv.Unquote(lit.Value)
					names[name] = true
				case !slices.Contains(passing, fn.Name.Name) && fn.Name.Name != "write":
					t.Errorf("%s: %s records a command whose name cannot be read here", f.Name(), fn.Name.Name)
				}
				return true
			})
		}
	}
	return names
}

func calledName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// TestEveryCommandAsksAPermission: a command that a user may give stands in the table, and
// the table names no command that is not there.
func TestEveryCommandAsksAPermission(t *testing.T) {
	names := commandsOf(t)
	if len(names) < 40 {
		t.Fatalf("only %d commands were found", len(names))
	}
	names["send"] = true // a pass over the outbox is many commands
	for name := range names {
		if _, ok := permits[name]; !ok {
			t.Errorf("the command %s has no row in permits", name)
		}
	}
	for name, p := range permits {
		if !names[name] {
			t.Errorf("permits has a row for %s, which nothing records", name)
		}
		if !slices.Contains(access.Permissions, p.to) {
			t.Errorf("%s asks for %q, which is no permission", name, p.to)
		}
	}
}

// TestCommandsByRole compares who may give which command with the table as it was agreed.
func TestCommandsByRole(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	var lines []string
	ask := func(what string, permit func(Request) error) {
		line := what
		for _, role := range access.Roles {
			r := Request{Actor: "anna", Role: role, Confirmed: b.wall()}
			err := permit(r)
			r.Confirmed = r.Confirmed.Add(-ConfirmedFor)
			stale := permit(r)
			switch {
			case err != nil:
				line += ",no"
				if AsError(err).Code != "not_permitted" || AsError(err).Kind != Refused {
					t.Errorf("%s: %v", what, err)
				}
			case stale != nil:
				line += ",password"
				wantCode(t, stale, "password_needed")
			default:
				line += ",yes"
			}
		}
		lines = append(lines, line)
	}
	for name := range permits {
		ask(name, func(r Request) error { return b.permit(r, name) })
	}
	for _, name := range []string{"mode", "smtp.url", "bank.iban", "bank.unchanged_since", "policy.tolerance",
		"auto.standard.friendly", "sender.name", "session.hours"} {
		ask("setting "+name, func(r Request) error { return b.permitSetting(r, name) })
	}
	ask("run --release-brake", func(r Request) error { return b.permitRun(r, &RunRequest{ReleaseBrake: true}) })
	ask("a command without a row", func(r Request) error { return b.permit(r, "not_in_the_table") })
	slices.Sort(lines)
	head := "command"
	for _, r := range access.Roles {
		head += "," + string(r)
	}
	got := strings.Join(append([]string{head}, lines...), "\n") + "\n"
	if *update {
		if err := os.WriteFile("testdata/commands_by_role.csv", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/commands_by_role.csv")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("who may do what has changed (-agreed +now):\n%s", diff)
	}
	if err := b.permit(Request{Actor: "cli:anna"}, "not_in_the_table"); err != nil {
		t.Error("whoever holds the book is refused:", err)
	}
}

// TestPersonApproves: what a person must release one by one is not released by whoever
// does the day's work.
func TestPersonApproves(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	b.hire("anna", access.Owner, "")
	b.hire("ben", access.Controller, "")
	b.hire("sam", access.Sales, "")
	list, err := b.Outbox(b.ctx, OutboxFilter{})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	_, err = b.Approve(b.ctx, b.as("sam"), []int64{list[0].ID})
	wantCode(t, err, "not_permitted")
	person := &messageRow{approval: "person"}
	if err := person.approvable(b.as("ben")); AsError(err).Code != "not_permitted" {
		t.Error(err)
	}
	if err := person.approvable(b.as("anna")); err != nil {
		t.Error(err)
	}
}

package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ban is something that must not stand in some files, and what to use instead.
type ban struct {
	pattern *regexp.Regexp
	in      func(file string) bool
	instead string
}

func core(file string) bool { return strings.HasPrefix(file, "internal/core/") && !isTest(file) }

func isTest(file string) bool { return strings.HasSuffix(file, "_test.go") }

// generated reports whether a file is written by the generator of page templates.
func generated(file string) bool { return strings.HasSuffix(file, "_templ.go") }

func product(file string) bool { return !isTest(file) }

var bans = []ban{
	{regexp.MustCompile(`\btime\.Now\(`), core, "take the day as an argument; the book's clock is read by the store"},
	{regexp.MustCompile(`\b(float64|float32)\b`), core, "int64 minor units, money.Rate and money.Exact"},
	{regexp.MustCompile(`\bos\.|\bnet/http\b|"database/sql"`), core, "core sees no file, network or database"},
	{regexp.MustCompile(`24\s*\*\s*time\.Hour|\.AddDate\(`), func(f string) bool {
		return product(f) && !strings.HasPrefix(f, "internal/core/cal/") && !strings.HasPrefix(f, "internal/store/storetest/")
	},
		"cal.Date: a day is never 24 hours, and AddDate overflows month ends"},
	{regexp.MustCompile(`\btempl\.Raw\b`), product, "templ's own escaping"},
	{regexp.MustCompile(`"math/rand"`), product, "math/rand/v2 with a seed that is written down, or crypto/rand"},
	{regexp.MustCompile(`\bfmt\.Print(ln|f)?\(`), func(f string) bool {
		return product(f) && strings.HasPrefix(f, "internal/") && !strings.HasPrefix(f, "internal/bench/")
	},
		"write to the io.Writer that was handed in"},
	{regexp.MustCompile(`panic\("not implemented|TODO|FIXME`), func(f string) bool { return f != "internal/house/tidy_test.go" },
		"do it, or leave it out and say so in the docs"},
}

// TestTidy names the replacement for what is banned.
func TestTidy(t *testing.T) {
	files := 0
	eachGoFile(t, func(file string) {
		files++
		raw, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(raw), "\n") {
			code := line
			if at := strings.Index(code, "//"); at >= 0 && !strings.Contains(code[:at], `"`) {
				code = code[:at]
			}
			for _, b := range bans {
				if b.in(file) && b.pattern.MatchString(code) {
					t.Errorf("%s:%d: %q is banned here; instead: %s", file, i+1, strings.TrimSpace(code), b.instead)
				}
			}
		}
	})
	if files < 50 {
		t.Fatalf("only %d files were read: the test looks in the wrong place", files)
	}
}

// The limits of one sitting.
const (
	maxFunctionLines = 70
	maxFileLines     = 800
)

// TestReadableAtOneSitting: functions and files stay short.
func TestReadableAtOneSitting(t *testing.T) {
	eachGoFile(t, func(file string) {
		if isTest(file) || generated(file) || strings.Contains(file, "testdata/") {
			return
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if n := set.Position(f.End()).Line; n > maxFileLines {
			t.Errorf("%s has %d lines; split it where its subject splits (at most %d)", file, n, maxFileLines)
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if n := set.Position(fn.End()).Line - set.Position(fn.Pos()).Line + 1; n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines; a function does one thing (at most %d)", file, fn.Name.Name, n, maxFunctionLines)
			}
		}
	})
}

// TestNothingPrivate: nothing of a workplace stands in the repository.
func TestNothingPrivate(t *testing.T) {
	private := regexp.MustCompile(`(?i)/work/(main|shared)\b|/root/|proxy\.golang\.org|registry\.npmjs|deb\.debian\.org|\bhelper-\d`)
	eachFile(t, func(file string) {
		if strings.HasPrefix(file, "internal/house/") {
			return
		}
		switch filepath.Ext(file) {
		case ".go", ".md", ".sql", ".json", ".csv", ".txtar", ".sh", ".yml", ".yaml", "":
		default:
			return
		}
		raw, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > 1<<20 {
			return
		}
		if at := private.FindIndex(raw); at != nil {
			t.Errorf("%s: %q is private to a workplace", file, raw[at[0]:at[1]])
		}
	})
}

package house

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/recoup-project/recoup/"

const root = "../.."

// room is one line of the import table: what a part of the tree may import of the
// rest of the tree, and why no more.
type room struct {
	path string   // the package, or the folder whose packages it means
	may  []string // what its packages may import, besides packages of the same room
	why  string
}

// table is the import table of docs/architecture.md. The longest path that fits a
// package decides.
var table = []room{
	{"internal/core/money", nil, "amounts know nothing else"},
	{"internal/core/cal", nil, "days know nothing else"},
	{"internal/core/reason", []string{"internal/core/cal"}, "a reason ends on a day"},
	{"internal/core/access", nil, "who may do what knows nothing else"},
	{"internal/core/book", []string{"internal/core/money", "internal/core/cal", "internal/core/reason"}, "facts know amounts, days and reasons"},
	{"internal/core/quality", []string{"internal/core/money", "internal/core/cal"}, "doubts about data need no facts"},
	{"internal/core/law", []string{"internal/core/money", "internal/core/cal", "internal/core/reason", "internal/core/book"}, "the law speaks of facts, never of strategies"},
	{"internal/core/strategy", []string{"internal/core/money", "internal/core/cal", "internal/core/reason", "internal/core/book"}, "rules do not import each other"},
	{"internal/core/decide", []string{"internal/core"}, "Decide stands on all of core"},
	{"internal/format", []string{"internal/core"}, "bytes to facts and back: no database, no use case"},
	{"internal/document", []string{"internal/core", "internal/format/sheet"}, "a text is made of plain values; what a cell may hold is said once"},
	{"internal/durable", nil, "files know nothing else"},
	{"internal/password", nil, "passwords know nothing else"},
	{"internal/throttle", nil, "counting tries knows nothing else"},
	{"internal/store", []string{"internal/core", "internal/durable"}, "the store knows types, never rules"},
	{"internal/store/storetest", []string{"internal/core", "internal/store", "internal/pgtest"}, "the conformance suite is ordinary code that tests call"},
	{"internal/pgtest", nil, "a server for tests"},
	{"internal/channel", []string{"internal/core", "internal/document"}, "a channel carries bytes"},
	{"internal/payprovider", []string{"internal/core", "internal/document"}, "a provider carries bytes"},
	{"internal/app", []string{"internal/core", "internal/format", "internal/document", "internal/store", "internal/durable", "internal/password"}, "the use cases are the only caller of core and store"},
	{"internal/duty", []string{"internal/app", "internal/channel", "internal/payprovider", "internal/store", "internal/core", "internal/durable"}, "run and send use the use cases"},
	{"internal/plot", nil, "plots are drawn from plain numbers"},
	{"internal/web", []string{"internal/app", "internal/duty", "internal/channel/mailcheck", "internal/core", "internal/document", "internal/plot", "internal/sim", "internal/throttle"}, "a thin face; clock and mailbox of the demo are pages of it, and what is known of mail providers"},
	{"internal/portal", []string{"internal/app", "internal/core", "internal/document", "internal/throttle", "internal/web/look"}, "a thin face for the debtor"},
	{"internal/browser", nil, "a browser for tests"},
	{"internal/hostile", nil, "texts for tests"},
	{"internal/sim", []string{"internal/app", "internal/duty", "internal/core", "internal/channel", "internal/store", "internal/format", "internal/durable", "internal/document/pdf"}, "the world around the real app"},
	{"internal/cli", []string{"internal/app", "internal/duty", "internal/core", "internal/store", "internal/channel", "internal/document", "internal/sim", "internal/web", "internal/portal"}, "a thin face"},
	{"internal/house", nil, "tests only"},
	{"internal/visitor", []string{"internal"}, "tests that live through the program in a browser"},
	{"internal/faults", []string{"internal"}, "tests that kill the real program"},
	{"internal/bench", []string{"internal"}, "measures the parts"},
	{"cmd", []string{"internal"}, "wiring"},
}

// testOnly may be imported by the tests of any package.
var testOnly = []string{"internal/pgtest", "internal/durable", "internal/browser", "internal/hostile", "internal/portal", "internal/store/storetest", "internal/channel/channeltest", "internal/channel/sink", "internal/store", "internal/format/ledger/exports"}

// TestImportTable holds the house: who may import whom, with the reason.
func TestImportTable(t *testing.T) {
	seen := 0
	eachGoFile(t, func(file string) {
		pkg := path.Dir(file)
		from, ok := roomOf(pkg)
		if !ok {
			t.Errorf("%s: the package has no line in the import table; add one with its reason", pkg)
			return
		}
		for _, imported := range importsOf(t, file) {
			to, inside := strings.CutPrefix(imported, module)
			if !inside {
				if strings.HasPrefix(from.path, "internal/core") && strings.Contains(imported, ".") && !strings.HasSuffix(file, "_test.go") {
					t.Errorf("%s imports %s: core is pure, it imports the standard library and itself only", file, imported)
				}
				continue
			}
			seen++
			if !allowed(from, to, strings.HasSuffix(file, "_test.go")) {
				t.Errorf("%s imports %s: %s may not (%s); it may import %v", file, to, from.path, from.why, from.may)
			}
		}
	})
	if seen < 20 {
		t.Fatalf("only %d imports inside the module were seen: the test looks in the wrong place", seen)
	}
}

func allowed(from room, to string, test bool) bool {
	if within(to, from.path) {
		return true
	}
	for _, p := range from.may {
		if within(to, p) {
			return true
		}
	}
	if test {
		for _, p := range testOnly {
			if within(to, p) {
				return true
			}
		}
	}
	return false
}

func within(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

func roomOf(pkg string) (room, bool) {
	best := room{}
	for _, r := range table {
		if within(pkg, r.path) && len(r.path) > len(best.path) {
			best = r
		}
	}
	return best, best.path != ""
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// eachGoFile calls f with every Go file of the module, relative to its root.
func eachGoFile(t *testing.T, f func(file string)) {
	t.Helper()
	eachFile(t, func(file string) {
		if strings.HasSuffix(file, ".go") {
			f(file)
		}
	})
}

func eachFile(t *testing.T, f func(file string)) {
	t.Helper()
	skip := []string{".git", "node_modules", "bin", "tmp", "demo"}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(skip, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, p)
		f(filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryPackageSaysItsJob: each package has a doc.go that names its one job.
func TestEveryPackageSaysItsJob(t *testing.T) {
	packages := map[string]bool{}
	eachGoFile(t, func(file string) {
		if !strings.HasSuffix(file, "_test.go") && !strings.Contains(file, "testdata/") {
			packages[path.Dir(file)] = true
		}
	})
	for pkg := range packages {
		raw, err := os.ReadFile(filepath.Join(root, pkg, "doc.go"))
		if err != nil {
			if main, err := os.ReadFile(filepath.Join(root, pkg, "main.go")); err == nil && strings.HasPrefix(string(main), "// Command "+path.Base(pkg)+" ") {
				continue // a program says it in main.go
			}
			t.Errorf("%s has no doc.go that says its one job and what it must never do", pkg)
			continue
		}
		if !strings.Contains(string(raw), "// Package "+path.Base(pkg)+" ") {
			t.Errorf("%s/doc.go does not begin with \"Package %s …\"", pkg, path.Base(pkg))
		}
	}
}

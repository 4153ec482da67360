package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDependenciesHaveReasons: every direct module of go.mod has one line of reason
// in docs/dependencies.md, and no line stands there without its module.
func TestDependenciesHaveReasons(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	direct := map[string]string{}
	line := regexp.MustCompile(`^\s*(?:require\s+)?([a-z0-9./_\-]+\.[a-z]+/[^\s]+|[a-z]+\.[a-z]+/[^\s]+|[^\s]+\.[^\s]+)\s+(v[^\s]+)(\s*// indirect)?$`)
	for _, l := range strings.Split(string(mod), "\n") {
		if m := line.FindStringSubmatch(l); m != nil && m[3] == "" {
			direct[m[1]] = m[2]
		}
	}
	if len(direct) < 5 {
		t.Fatalf("only %d direct modules found in go.mod", len(direct))
	}
	listed := map[string]bool{}
	row := regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\|")
	for _, m := range row.FindAllStringSubmatch(string(doc), -1) {
		listed[m[1]] = true
		if _, ok := direct[m[1]]; !ok {
			t.Errorf("docs/dependencies.md gives a reason for %s, which go.mod does not require directly", m[1])
		}
		if strings.TrimSpace(m[2]) == "" {
			t.Errorf("docs/dependencies.md: %s has no reason", m[1])
		}
	}
	for name := range direct {
		if !listed[name] {
			t.Errorf("go.mod requires %s; docs/dependencies.md gives no reason for it", name)
		}
	}
}

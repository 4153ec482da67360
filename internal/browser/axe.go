package browser

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Violation is one rule of axe-core that a page breaks.
type Violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

// axe is the text of axe-core, from node_modules of this or a folder above.
var axe = sync.OnceValue(func() string {
	dir, err := os.Getwd()
	for err == nil {
		if text, err := os.ReadFile(filepath.Join(dir, "node_modules/axe-core/axe.min.js")); err == nil {
			return string(text)
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return ""
})

// NeedAxe skips a test, saying so, where axe-core is not installed.
func NeedAxe(t *testing.T) {
	t.Helper()
	if axe() == "" {
		t.Skip("axe-core is not installed; make test installs it")
	}
}

// Accessible fails for every rule of WCAG 2.2 AA and of good practice that axe-core finds
// broken on the page as it stands.
func (p *Page) Accessible(name string) *Page {
	p.t.Helper()
	Eval[bool](p, axe()+";true")
	found := Eval[[]Violation](p, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
		resultTypes: ["violations"], iframes: false}).then((r) => r.violations.map((v) => ({id: v.id, help: v.help,
		nodes: v.nodes.slice(0, 4).map((n) => n.html.slice(0, 200) + " :: " + (n.any[0] ? n.any[0].message : ""))})))`)
	for _, v := range found {
		p.t.Errorf("%s: %s: %s\n  %s", name, v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
	}
	return p
}

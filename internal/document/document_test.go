package document

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/document/locale"
)

var update = flag.Bool("update", false, "write the golden files anew")

// everyText runs a test for each text that ships.
func everyText(t *testing.T, f func(t *testing.T, tpl *Template)) {
	for _, lang := range locale.Languages() {
		for _, step := range Steps() {
			for _, variant := range []Variant{Standard, Individual} {
				_, found, err := ShippedSource(lang, step, variant)
				if err != nil {
					t.Errorf("%s has no text for %s: %v", lang, step, err)
					continue
				}
				if found != variant {
					continue
				}
				t.Run(string(lang)+"/"+string(step)+string(variant), func(t *testing.T) {
					tpl, err := Shipped(lang, step, variant)
					if err != nil {
						t.Fatal(err)
					}
					f(t, tpl)
				})
			}
		}
	}
}

func TestGolden(t *testing.T) {
	everyText(t, func(t *testing.T, tpl *Template) {
		r, err := Render(tpl, Sample(tpl.Language, tpl.Step, tpl.Variant))
		if err != nil {
			t.Fatal(err)
		}
		name := string(tpl.Step)
		if tpl.Variant != Standard {
			name += "." + string(tpl.Variant)
		}
		base := filepath.Join("testdata", "golden", string(tpl.Language), name)
		compareGolden(t, base+".txt", "Subject: "+r.Subject+"\n\n"+r.Text)
		compareGolden(t, base+".html", r.HTML)
	})
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run go test ./internal/document -update)", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, d)
	}
}

func TestEveryShippedTextPassesItsLint(t *testing.T) {
	everyText(t, func(t *testing.T, tpl *Template) {
		for _, f := range Lint(tpl) {
			t.Errorf("line %d: %s: %s", f.Line, f.Code, f.Text)
		}
	})
}

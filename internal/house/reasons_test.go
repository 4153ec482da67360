package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryReasonIsGivenAndTested: a reason code that the program never gives, or
// that no test reaches by name, does not belong in the list.
func TestEveryReasonIsGivenAndTested(t *testing.T) {
	constant := regexp.MustCompile(`(?m)^\t(\w+)\s+(?:reason\.)?Code\s*=\s*"(\w+)"`)
	codes := map[string]string{} // constant → code
	for _, name := range []string{"codes_decide.go", "codes_law.go", "codes_law_infos.go"} {
		raw, err := os.ReadFile(filepath.Join(root, "internal/core/reason", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range constant.FindAllStringSubmatch(string(raw), -1) {
			codes[m[1]] = m[2]
		}
	}
	if len(codes) < 40 {
		t.Fatalf("only %d codes found", len(codes))
	}
	given, tested := map[string]bool{}, map[string]bool{}
	eachFile(t, func(file string) {
		isGo, story := strings.HasSuffix(file, ".go"), strings.HasSuffix(file, ".txtar")
		if (!isGo && !story) || strings.HasPrefix(file, "internal/core/reason/") || strings.HasPrefix(file, "internal/house/") {
			return
		}
		raw, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		for name, code := range codes {
			named := strings.Contains(text, "reason."+name) || strings.Contains(text, `"`+code+`"`) || strings.Contains(text, code+" ") ||
				strings.Contains(text, " "+code) || strings.Contains(text, "'"+code+"'")
			switch {
			case !named:
			case story || strings.HasSuffix(file, "_test.go"):
				tested[name] = true
			case strings.Contains(text, "reason."+name):
				given[name] = true
			}
		}
	})
	for name, code := range codes {
		if !given[name] {
			t.Errorf("no part of the program gives the reason %s (%s): give it or retire it", name, code)
		}
		if !tested[name] {
			t.Errorf("no test reaches the reason %s (%s)", name, code)
		}
	}
}

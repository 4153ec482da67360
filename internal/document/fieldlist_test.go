package document

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// TestFieldListIsWhole: the list for people names every field that a text can name, once, and
// no other; what it writes into a text is a text.
func TestFieldListIsWhole(t *testing.T) {
	var told []string
	for _, g := range fieldGroups() {
		for _, f := range g.fields {
			told = append(told, f[0])
		}
	}
	slices.Sort(told)
	if d := cmp.Diff(allPaths(), told); d != "" {
		t.Error(d)
	}
	for _, step := range Steps() {
		for _, g := range Fields(locale.EnglishGB, step) {
			for _, f := range g.Fields {
				if strings.Contains(f.Path, ": ") {
					continue // within a line of a list
				}
				if _, err := parseBody(f.Insert); err != nil {
					t.Errorf("%s, %s: %v", step, f.Insert, err)
				}
			}
		}
	}
}

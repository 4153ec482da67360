package web

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/app"
)

// TestPolicyValuesAreNamed: each policy value that can be set has words with its unit.
func TestPolicyValuesAreNamed(t *testing.T) {
	for _, name := range app.SettingNames() {
		if field, ok := strings.CutPrefix(name, app.SettingPolicy); ok && policyWords[field] == "" {
			t.Errorf("%s has no words", name)
		}
	}
	for name, want := range map[string]string{"Keller Bau e. K.": "Keller Bau e. K.", "Keller Bau GmbH": "Keller Bau GmbH."} {
		if got := sentenceEnd(name); got != want {
			t.Errorf("%q", got)
		}
	}
}

package document

import "testing"

// TestShippedTextsLackNothing: every text that ships can be written over a message that has
// nothing it may lack, one that has everything, and the longest.
func TestShippedTextsLackNothing(t *testing.T) {
	everyText(t, func(t *testing.T, tpl *Template) {
		for name, m := range map[string]Message{"full": Sample(tpl.Language, tpl.Step, tpl.Variant),
			"sparse": Sparse(tpl.Language, tpl.Step, tpl.Variant), "crowded": Crowded(tpl.Language, tpl.Step, tpl.Variant)} {
			if _, err := Render(tpl, m); err != nil {
				t.Errorf("%s, %s: %v", tpl.ID, name, err)
			}
		}
	})
}

package document

import (
	"fmt"
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/strategy"
)

// TestStrategiesWishForWhatTextsSay holds the validation of strategies to the texts: a
// level is accepted of a step if its text can be written with it, and the tone of every
// text is accepted, and none that a text of the step cannot have.
func TestStrategiesWishForWhatTextsSay(t *testing.T) {
	accepts := func(step Step, tone Tone, level string) bool {
		channels := `"channels":["letter"],"count_from":"letter"`
		_, err := strategy.Parse(fmt.Appendf(nil, `{"key":"standard","version":2,"name":"x","steps":[{"key":%q,"kind":"message",
			%s,"tone":%q,"to":["general"],"deadline_days":14,"level":%q,"approval":"person"}]}`, step, channels, tone, level))
		return err == nil
	}
	ladder := []Step{Courtesy, Confirm, Statement, Friendly, Reminder, Second, Formal, LastNote, FinalDemand}
	everyText(t, func(t *testing.T, tpl *Template) {
		if !slices.Contains(ladder, tpl.Step) {
			if accepts(tpl.Step, tpl.Tone, "principal") {
				t.Errorf("a strategy may have the step %s", tpl.Step)
			}
			return
		}
		for _, tone := range []Tone{Warm, Neutral, Firm, Legal} {
			level := "principal"
			if !tpl.Step.Demand() {
				level = "none"
			}
			if accepts(tpl.Step, tone, level) != slices.Contains(tones[tpl.Step], tone) {
				t.Errorf("%s, tone %s: a strategy may wish for it: %t", tpl.Step, tone, accepts(tpl.Step, tone, level))
			}
		}
		for _, level := range []Level{Principal, Announce, Offer, Claim} {
			m := Sample(tpl.Language, tpl.Step, tpl.Variant)
			m.Claim.Level, m.CostsMinor = level, 0
			for i := range m.Items {
				m.Items[i].Level = level
				if level == Offer || level == Claim {
					m.Items[i].InterestMinor = 100
				} else {
					m.Items[i].InterestMinor, m.Items[i].CompensationMinor = 0, 0
				}
			}
			m.Claim.Ground, m.Claim.Rule, m.Claim.Rate, m.Claim.Until = AgreedDate, "the rule", "8 %", m.PayBy
			if !m.Claim.Until.Valid() {
				m.Claim.Until = m.Date
			}
			_, err := Render(tpl, m)
			written := err == nil && tpl.Step.Demand()
			if got := accepts(tpl.Step, tpl.Tone, string(level)); got != written {
				t.Errorf("%s %s at level %s: a strategy may wish for it: %t; writing it: %v", tpl.Language, tpl.Step, level, got, err)
			}
		}
	})
}

package strategy

import (
	"testing"

	"github.com/recoup-project/recoup/internal/core/money"
)

// TestThresholds: a creditor's sums take the place of those that the steps have, in the
// ladders they are for, and give no step a condition that it had not. The set they were
// laid over stays as it is.
func TestThresholds(t *testing.T) {
	shipped, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	sum := func(v int64) *int64 { return &v }
	policy := shipped.Policy
	policy.Thresholds = Thresholds{OwnMessageFrom: sum(20), OwnMessagePercent: sum(2), LettersFrom: sum(3000),
		MessengerFrom: sum(20_000), CallsFrom: map[string]int64{"firm": 0},
		CourtesyFrom: map[string]int64{"standard": 1}}
	own := shipped.With(&policy)
	step := func(s *Set, strategy, key string) *Step {
		st := s.Strategies[strategy]
		return &st.Steps[st.Index(key)]
	}
	sums := map[string]func(*Set) int64{
		"own message": func(s *Set) int64 { return step(s, "standard", "friendly").MinOpen },
		"own total":   func(s *Set) int64 { return step(s, "small_balance", "second").MinTotal },
		"own share":   func(s *Set) int64 { return int64(step(s, "gentle", "friendly").MinPercent) },
		"letters":     func(s *Set) int64 { return step(s, "standard", "formal").PostFrom },
		"calls":       func(s *Set) int64 { return step(s, "firm", "call_1").SkipBelow },
		"courtesy":    func(s *Set) int64 { return step(s, "standard", "courtesy").MinItem },
	}
	for what, want := range map[string]int64{"own message": 20, "own total": 20, "own share": 2, "letters": 3000,
		"calls": 0, "courtesy": 1} {
		if got, was := sums[what](own), sums[what](shipped); got != want || was == want {
			t.Errorf("%s: %d, was %d, want %d", what, got, was, want)
		}
	}
	for _, kept := range []struct{ got, want int64 }{
		{step(own, "standard", "call_1").SkipBelow, 500}, {step(own, "firm", "courtesy").MinItem, 500},
		{step(own, "firm", "final_demand").MinOpen, 0}, {step(own, "firm", "formal").PostFrom, 0},
		{step(own, "key_account", "call_1").SkipBelow, 0},
	} {
		if kept.got != kept.want {
			t.Errorf("a step it is not for has %d, want %d", kept.got, kept.want)
		}
	}
	for minor, messenger := range map[int64]bool{1_500_000: false, 2_000_000: true} {
		words := own.PostBy("DE", "final_demand", minor, money.Currency("EUR"))
		if (words == own.Overlays["DE"].Messenger) != messenger {
			t.Errorf("a final demand for %d goes %s", minor, words)
		}
	}
	words := shipped.PostBy("DE", "final_demand", 1_500_000, "EUR")
	if words != shipped.Overlays["DE"].Messenger {
		t.Errorf("the shipped overlay was changed: %s", words)
	}
}

package app

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/strategy"
)

// TestDiffStrategy changes a field, a name and the list of steps, and finds exactly
// that.
func TestDiffStrategy(t *testing.T) {
	set, err := strategy.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	gentle := set.Strategies["gentle"]
	text, err := json.Marshal(gentle)
	if err != nil {
		t.Fatal(err)
	}
	same, err := ParseStrategy(text)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := DiffStrategy(gentle, same); err != nil || len(d.Changes) != 0 {
		t.Fatalf("the same text differs: %+v, %v", d, err)
	}
	next := *same
	next.Version, next.Name = 2, "Soft"
	next.Steps = append([]strategy.Step{}, same.Steps[:len(same.Steps)-1]...)
	next.Steps[0].DeadlineDays += 3
	text, err = json.Marshal(&next)
	if err != nil {
		t.Fatal(err)
	}
	// As recoup strategy show prints it, with its schema in front.
	printed := strings.Replace(string(text), "{", `{"schema": "recoup/strategy/1",`, 1)
	changed, err := ParseStrategy([]byte(printed))
	if err != nil {
		t.Fatal(err)
	}
	d, err := DiffStrategy(gentle, changed)
	if err != nil || d.From != 1 || d.To != 2 || len(d.Changes) != 3 {
		t.Fatalf("%+v, %v", d, err)
	}
	last := same.Steps[len(same.Steps)-1].Key
	for i, want := range []StrategyChange{{"", "name", "Gentle", "Soft"}, {"friendly", "deadline_days", "14", "17"},
		{last, "step", "", "removed"}} {
		if d.Changes[i] != want {
			t.Errorf("change %d: %+v, want %+v", i, d.Changes[i], want)
		}
	}
	_, err = DiffStrategy(nil, changed)
	wantCode(t, err, "strategy_unknown")
	_, err = ParseStrategy([]byte("[]"))
	wantCode(t, err, "strategy_invalid")
}

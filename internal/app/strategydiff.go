package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/recoup-project/recoup/internal/core/strategy"
)

// StrategyDiff is what a new version of a strategy changes.
type StrategyDiff struct {
	Strategy string           `json:"strategy"`
	From     int              `json:"from"` // version in force
	To       int              `json:"to"`
	Changes  []StrategyChange `json:"changes"`
}

// StrategyChange is one field that differs. Step is "" for the strategy itself. A
// step that only one version has is told as the field "step".
type StrategyChange struct {
	Step   string `json:"step"`
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// StrategyBody is the text of a strategy without the name of the answer it may have
// been printed in, so that what was shown can be changed and activated.
func StrategyBody(text []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, &Error{Kind: Invalid, Code: "strategy_invalid",
			Message: "not a strategy as JSON: " + err.Error()}
	}
	delete(fields, "schema")
	return json.Marshal(fields)
}

// ParseStrategy reads a version of a strategy that somebody wrote. Errors: invalid,
// naming the step and the field.
func ParseStrategy(text []byte) (*strategy.Strategy, error) {
	body, err := StrategyBody(text)
	if err != nil {
		return nil, err
	}
	s, err := strategy.Parse(body)
	if err != nil {
		return nil, &Error{Kind: Invalid, Code: "strategy_invalid", Message: err.Error()}
	}
	return s, nil
}

// DiffStrategy tells what next changes against the version in force, step by step
// in the order of next. Errors: invalid (there is no strategy of that key).
func DiffStrategy(inForce, next *strategy.Strategy) (StrategyDiff, error) {
	if inForce == nil {
		return StrategyDiff{}, invalid("strategy_unknown",
			"strategy %q: a new version keeps the key of one of %v", next.Key, strategy.Keys)
	}
	d := StrategyDiff{Strategy: next.Key, From: inForce.Version, To: next.Version, Changes: []StrategyChange{}}
	if inForce.Name != next.Name {
		d.Changes = append(d.Changes, StrategyChange{"", "name", inForce.Name, next.Name})
	}
	d.order(inForce, next)
	for i := range next.Steps {
		st := &next.Steps[i]
		k := inForce.Index(st.Key)
		if k < 0 {
			d.Changes = append(d.Changes, StrategyChange{st.Key, "step", "", "added"})
			continue
		}
		if err := d.step(st.Key, &inForce.Steps[k], st); err != nil {
			return d, err
		}
	}
	for i := range inForce.Steps {
		if key := inForce.Steps[i].Key; next.Index(key) < 0 {
			d.Changes = append(d.Changes, StrategyChange{key, "step", "", "removed"})
		}
	}
	return d, nil
}

// order tells whether the steps that both versions have come in another order.
func (d *StrategyDiff) order(a, b *strategy.Strategy) {
	common := func(s, other *strategy.Strategy) (keys []string) {
		for i := range s.Steps {
			if other.Index(s.Steps[i].Key) >= 0 {
				keys = append(keys, s.Steps[i].Key)
			}
		}
		return keys
	}
	before, after := common(a, b), common(b, a)
	if !slices.Equal(before, after) {
		d.Changes = append(d.Changes, StrategyChange{"", "order", fmt.Sprint(before), fmt.Sprint(after)})
	}
}

// step compares two versions of a step field by field, as they are written.
func (d *StrategyDiff) step(key string, a, b *strategy.Step) error {
	before, err := written(a)
	if err != nil {
		return err
	}
	after, err := written(b)
	if err != nil {
		return err
	}
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, n := range slices.Sorted(maps.Keys(all)) {
		if !bytes.Equal(before[n], after[n]) {
			d.Changes = append(d.Changes, StrategyChange{key, n, string(before[n]), string(after[n])})
		}
	}
	return nil
}

func written(s *strategy.Step) (map[string]json.RawMessage, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	err = json.Unmarshal(raw, &fields)
	return fields, err
}

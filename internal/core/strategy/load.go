package strategy

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/recoup-project/recoup/internal/core/money"
)

//go:embed data/*.json
var data embed.FS

// Set is what one creditor works with: strategies, policy and overlays. It is
// immutable and safe for concurrent use.
type Set struct {
	Policy     Policy
	Strategies map[string]*Strategy
	Overlays   map[string]*Overlay
}

// Keys are the five strategies in the order in which they are shown.
var Keys = []string{"standard", "gentle", "firm", "key_account", "small_balance"}

// Shipped is the set that every new book starts with.
var Shipped = sync.OnceValues(loadShipped)

func loadShipped() (*Set, error) {
	s := &Set{Strategies: map[string]*Strategy{}, Overlays: map[string]*Overlay{}}
	if err := decodeFile("data/policy.json", &s.Policy); err != nil {
		return nil, err
	}
	for _, key := range Keys {
		raw, err := data.ReadFile("data/" + key + ".json")
		if err != nil {
			return nil, err
		}
		st, err := Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("data/%s.json: %w", key, err)
		}
		s.Strategies[key] = st
	}
	var overlays []*Overlay
	if err := decodeFile("data/overlays.json", &overlays); err != nil {
		return nil, err
	}
	for _, o := range overlays {
		s.Overlays[o.Country] = o
	}
	return s, nil
}

func decodeFile(name string, into any) error {
	raw, err := data.ReadFile(name)
	if err != nil {
		return err
	}
	if err := strict(raw, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func strict(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// Parse reads one strategy and validates it. Errors name the step and the field.
func Parse(raw []byte) (*Strategy, error) {
	var s Strategy
	if err := strict(raw, &s); err != nil {
		return nil, err
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	return &s, nil
}

// With returns a copy of the set in which these strategies replace those of the
// same key, and the policy, with its thresholds, is replaced if not nil.
func (s *Set) With(policy *Policy, strategies ...*Strategy) *Set {
	c := &Set{Policy: s.Policy, Strategies: map[string]*Strategy{}, Overlays: s.Overlays}
	for k, v := range s.Strategies {
		c.Strategies[k] = v
	}
	for _, v := range strategies {
		c.Strategies[v.Key] = v
	}
	if policy != nil {
		c.Policy = *policy
		for k, v := range c.Strategies {
			c.Strategies[k] = policy.Thresholds.over(v)
		}
		c.Overlays = policy.Thresholds.overlays(c.Overlays)
	}
	return c
}

// PostBy says how the letter of a step is to be posted to a country, for people; ""
// where it is an ordinary letter. sumMinor is what the letter asks for.
func (s *Set) PostBy(country, step string, sumMinor int64, c money.Currency) string {
	o := s.Overlays[country]
	if o == nil {
		return ""
	}
	if o.MessengerFrom > 0 && step == "final_demand" && sumMinor >= Minor(o.MessengerFrom, c) {
		return o.Messenger
	}
	return o.Dispatch[step]
}

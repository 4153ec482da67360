package strategy

// Thresholds are sums, in whole currency units, that a creditor sets for the steps of
// its ladders; nil leaves what the strategies and overlays say. A sum only replaces one
// that a step has: it gives no step a condition of another kind.
type Thresholds struct {
	OwnMessageFrom    *int64 // smaller items and totals get no message of their own
	OwnMessagePercent *int64 // of the invoice
	LettersFrom       *int64 // also by post
	MessengerFrom     *int64 // final demand by messenger, where a country knows that
	// By strategy, because these differ between them.
	CallsFrom    map[string]int64 // smaller totals are not rung up
	CourtesyFrom map[string]int64 // smaller items are not announced before they are due
}

// over returns the strategy with these thresholds; itself if none is for it.
func (t *Thresholds) over(s *Strategy) *Strategy {
	steps := make([]Step, len(s.Steps))
	changed := false
	for i := range s.Steps {
		steps[i] = s.Steps[i]
		t.set(s.Key, &steps[i])
		changed = changed || !steps[i].equalSums(&s.Steps[i])
	}
	if !changed {
		return s
	}
	own := *s
	own.Steps = steps
	return &own
}

func (t *Thresholds) set(strategy string, step *Step) {
	replace(&step.MinOpen, t.OwnMessageFrom)
	replace(&step.MinTotal, t.OwnMessageFrom)
	replace(&step.PostFrom, t.LettersFrom)
	if t.OwnMessagePercent != nil && step.MinPercent > 0 {
		step.MinPercent = int(*t.OwnMessagePercent)
	}
	if v, ok := t.CallsFrom[strategy]; ok && step.Kind == KindCall {
		replace(&step.SkipBelow, &v)
	}
	if v, ok := t.CourtesyFrom[strategy]; ok && step.BeforeDue() {
		replace(&step.MinItem, &v)
	}
}

// replace sets a sum that a step has.
func replace(sum, by *int64) {
	if by != nil && *sum > 0 {
		*sum = *by
	}
}

func (s *Step) equalSums(o *Step) bool {
	return s.MinOpen == o.MinOpen && s.MinTotal == o.MinTotal && s.MinPercent == o.MinPercent &&
		s.PostFrom == o.PostFrom && s.SkipBelow == o.SkipBelow && s.MinItem == o.MinItem
}

// overlays returns the overlays with these thresholds.
func (t *Thresholds) overlays(all map[string]*Overlay) map[string]*Overlay {
	if t.MessengerFrom == nil {
		return all
	}
	own := make(map[string]*Overlay, len(all))
	for country, o := range all {
		changed := *o
		replace(&changed.MessengerFrom, t.MessengerFrom)
		own[country] = &changed
	}
	return own
}

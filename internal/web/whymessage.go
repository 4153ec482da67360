package web

import (
	"slices"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/web/look"
)

// why is what led to a message, and what would stop it.
type why struct {
	Strategy, Chosen string // and for what reason it is this one
	Rule             string // what the strategy says of the step
	Waiting          []app.ExplainedReason
}

// whyOf asks why a message that has not left is there; nil once it has.
func (v *visit) whyOf(m *app.OutboxMessage) (*why, error) {
	if m.State != book.Proposed && m.State != book.Approved {
		return nil, nil
	}
	e, err := v.App.Explain(v.r.Context(), app.ExplainRequest{Customer: m.CustomerID, Ref: "customer:" + m.Customer, On: m.Day})
	if err != nil {
		return nil, err
	}
	w := &why{Strategy: strategyName(e.Strategy), Chosen: e.Why, Waiting: e.Decision.Reasons}
	set, err := v.App.Strategies(v.r.Context(), v.creditor.Code)
	if err != nil {
		return nil, err
	}
	if st := set.Strategies[e.Strategy]; st != nil {
		if i := st.Index(m.Step); i >= 0 {
			w.Rule = look.Title(v.stepName(m.Step)) + ": " + stepSentence(&st.Steps[i])
		}
	}
	w.Waiting = slices.DeleteFunc(slices.Clone(w.Waiting), func(r app.ExplainedReason) bool { return r.Text == "" })
	return w, nil
}

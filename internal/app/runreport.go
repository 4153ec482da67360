package app

import (
	"maps"
	"slices"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// BrakeReport says how many messages a run would send and how many the brake lets.
type BrakeReport struct {
	Tripped   bool  `json:"tripped"`
	WouldSend int64 `json:"would_send"`
	Limit     int64 `json:"limit"`
	// Released is how many that the brake held a person let go with this run.
	Released int64 `json:"released"`
}

// RunReport is the outcome of a run.
type RunReport struct {
	Run               int64            `json:"run"`
	Day               cal.Date         `json:"as_of"`
	LookedAt          int64            `json:"looked_at"`
	CarriedOver       int64            `json:"carried_over"`
	DecisionsByAction map[string]int64 `json:"decisions_by_action"`
	DecisionsByReason map[string]int64 `json:"decisions_by_reason"`
	MessagesQueued    int64            `json:"messages_queued"`
	AwaitingPerson    int64            `json:"awaiting_person"`
	TasksRaised       int64            `json:"tasks_raised"`
	Unchanged         int64            `json:"unchanged"`
	Expired           int64            `json:"expired"`
	Brake             BrakeReport      `json:"brake"`
}

// count adds a decision to the report: actions by step, reasons by code.
func (to *RunReport) count(d *decide.Decision) {
	if len(d.Actions) == 0 {
		to.DecisionsByAction["none"]++
	}
	for i := range d.Actions {
		name := d.Actions[i].Step
		if name == "" {
			name = d.Actions[i].TaskKind
		}
		if i == 0 || d.Actions[i-1].Step != d.Actions[i].Step || d.Actions[i-1].TaskKind != d.Actions[i].TaskKind {
			to.DecisionsByAction[name]++
		}
	}
	var last reason.Code
	for i := range d.Reasons {
		if c := d.Reasons[i].Code(); c != last {
			to.DecisionsByReason[string(c)]++
			last = c
		}
	}
}

// uncount takes back that a customer waits, whose turn has come.
func (to *RunReport) uncount(w *waiting) {
	if w.idle {
		to.DecisionsByAction["none"]--
	}
	to.DecisionsByReason[string(reason.BacklogSpread)]--
	dropZeros(to.DecisionsByAction)
	dropZeros(to.DecisionsByReason)
}

func dropZeros(counts map[string]int64) {
	maps.DeleteFunc(counts, func(_ string, n int64) bool { return n == 0 })
}

// countOpening adds the opening statement of a customer who was counted before.
func (to *RunReport) countOpening(d *decide.Decision) {
	if slices.ContainsFunc(d.Actions, func(a decide.Action) bool { return a.Step == strategy.Opening }) {
		to.DecisionsByAction[strategy.Opening]++
	}
}

func (r *RunReport) merge(o *RunReport) {
	for k, n := range o.DecisionsByAction {
		r.DecisionsByAction[k] += n
	}
	for k, n := range o.DecisionsByReason {
		r.DecisionsByReason[k] += n
	}
	r.MessagesQueued += o.MessagesQueued
	r.AwaitingPerson += o.AwaitingPerson
	r.TasksRaised += o.TasksRaised
	r.Unchanged += o.Unchanged
}

package app

import (
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/access"
)

// Within limits what is listed to what a user may see, and if Mine is set to the user's own
// customers: as account owner or collector, also in somebody's place. The zero Within is of
// nobody in particular and limits nothing.
type Within struct {
	Scope *Scope
	Mine  bool
}

// customersWithin is the limit as a condition on the places of customers in a survey; nil
// where nothing is limited.
func (a *App) customersWithin(ctx context.Context, s *survey, w Within) (func(customer int32) bool, error) {
	if w.Scope == nil || w.Scope.All && !w.Mine {
		return nil, nil
	}
	owner, err := a.column(ctx, s, "owner")
	if err != nil {
		return nil, err
	}
	collector, err := a.column(ctx, s, "collector")
	if err != nil {
		return nil, err
	}
	return func(c int32) bool {
		own := owner.words[c] != "" && slices.Contains(w.Scope.Owners, owner.words[c])
		if !w.Scope.All {
			return own
		}
		return own || collector.rank[c] != 0 && slices.Contains(w.Scope.Users, int64(collector.rank[c]))
	}, nil
}

// idsWithin are the customers of a limit, nil where nothing is limited.
func (a *App) idsWithin(ctx context.Context, s *survey, w Within) ([]int64, error) {
	within, err := a.customersWithin(ctx, s, w)
	if err != nil || within == nil {
		return nil, err
	}
	ids := []int64{}
	for i := range s.customers {
		if within(int32(i)) {
			ids = append(ids, s.customers[i].id)
		}
	}
	return ids, nil
}

// name is the limit in the name of an order of a list.
func (w Within) name() string {
	if w.Scope == nil {
		return ""
	}
	return sprintf(" within %v %v %q %v", w.Mine, w.Scope.All, w.Scope.Owners, w.Scope.Users)
}

// LinesVisibleTo leaves out what a role may not read of a timeline (guardrail R30).
func LinesVisibleTo(role access.Role, all []TimelineLine) []TimelineLine {
	if role == "" || access.May(role, access.ViewPrivileged) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(l TimelineLine) bool { return l.Class == "privileged" })
}

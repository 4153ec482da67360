package app

import (
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// SetCustomers makes the same change of several customers, as [App.SetCustomer] does of one:
// of all or, where it is not possible for one, of none. It returns how many. Errors: those of
// SetCustomer, naming the customer; invalid (no customer).
func (a *App) SetCustomers(ctx context.Context, req Request, customers []int64, c CustomerChange) (int, error) {
	set, err := a.checkedFields(&c)
	if err != nil {
		return 0, err
	}
	if customers, err = several(customers); err != nil {
		return 0, err
	}
	n, _, err := answer[int](a.write(ctx, req, "set_customers", []any{customers, c}, func(r *recorder) error {
		for _, id := range customers {
			if err := r.setFields(a, id, set, &c); err != nil {
				return r.ofCustomer(id, err)
			}
		}
		return r.result(len(customers))
	}))
	return n, err
}

// several are customers in order, each once. Errors: invalid (none).
func several(customers []int64) ([]int64, error) {
	if len(customers) == 0 {
		return nil, invalid("nothing_to_change", "no customer was given")
	}
	return slices.Compact(slices.Sorted(slices.Values(customers))), nil
}

// ofCustomer is an error about one of several customers: it says which, and that nothing was
// changed of the others either.
func (r *recorder) ofCustomer(customer int64, err error) error {
	e := *AsError(err)
	if e.Kind == Internal || e.Kind == Unavailable {
		return err
	}
	name := sprintf("customer %d", customer)
	if err := store.One(r, `SELECT c.number, p.name FROM customer c
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE c.tenant_id = $1 AND c.customer_id = $2`, []any{r.tenant, customer},
		func(row store.Rows) { name = row.Text(1) + " (" + row.Text(0) + ")" }); err != nil && !isNotFound(err) {
		return err
	}
	e.Message = name + ": " + e.Message + "; so nothing was changed for any of them"
	return &e
}

// PauseReport is what a pause of several customers made.
type PauseReport struct {
	Command int64 `json:"command"` // takes it back, see Unpause
	Paused  int   `json:"paused"`
	Before  int   `json:"before"` // were paused that long already, and are left as they are
}

// Pause holds every reminder to several customers back from today up to and with a day: to
// all, or where it is not possible for one to none. Who is paused that long already is left
// as it is. Errors: invalid (no customer, no reason, a day before today), not found; each
// names the customer.
func (a *App) Pause(ctx context.Context, req Request, customers []int64, until cal.Date, why string) (PauseReport, error) {
	customers, err := several(customers)
	if err != nil {
		return PauseReport{}, err
	}
	h := HoldRequest{Kind: book.HoldPause, Until: until, Reason: why}
	if err := h.check(); err != nil {
		return PauseReport{}, err
	}
	if !stated(until) {
		return PauseReport{}, wrongHold("until", "empty, expected the last day of the pause")
	}
	report, _, err := answer[PauseReport](a.write(ctx, req, "pause", []any{customers, until, why}, func(r *recorder) error {
		report := PauseReport{Command: r.Seq()}
		for _, id := range customers {
			switch err := a.pauseOne(r, id, h); {
			case err == nil:
				report.Paused++
			case AsError(err).Code == "hold_covered":
				report.Before++
			default:
				return r.ofCustomer(id, err)
			}
		}
		if err := r.result(report); err != nil {
			return err
		}
		if report.Paused == 0 {
			return store.ErrNothing
		}
		return nil
	}))
	return report, err
}

func (a *App) pauseOne(r *recorder, customer int64, h HoldRequest) error {
	c, err := a.creditorOfCustomer(r, customer)
	if err != nil {
		return err
	}
	number, err := r.customerNumber(customer)
	if err != nil {
		return err
	}
	_, err = a.addHold(r, &c, Subject{Ref: "customer:" + number, Creditor: c.Code, Customer: customer}, h)
	return err
}

// Unpause takes back what a Pause made, as far as it still holds, and returns how many
// customers that were. Errors: not found (no pause of this command), conflict (each has been
// ended).
func (a *App) Unpause(ctx context.Context, req Request, command int64) (int, error) {
	n, _, err := answer[int](a.write(ctx, req, "unpause", command, func(r *recorder) error {
		var customers, holds []int64
		found := false
		if err := store.Each(r, `SELECT h.customer_id, h.hold_id, COALESCE(e.hold_id, 0) FROM hold h
			LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id AND e.hold_id = h.hold_id
			WHERE h.tenant_id = $1 AND h.seq = $2 AND h.kind = 'pause' AND h.item_id = 0 ORDER BY h.customer_id`,
			[]any{r.tenant, command}, func(row store.Rows) error {
				if found = true; row.Int64(2) == 0 {
					customers, holds = append(customers, row.Int64(0)), append(holds, row.Int64(1))
				}
				return nil
			}); err != nil {
			return err
		}
		switch {
		case !found:
			return notFound("pause_not_found", "command %d paused nobody", command)
		case len(holds) == 0:
			return &Error{Kind: Conflict, Code: "hold_ended", Message: "these pauses have been ended already"}
		}
		for i, customer := range customers {
			c, err := a.creditorOfCustomer(r, customer)
			if err != nil {
				return err
			}
			if _, err := a.endHold(r, &c, customer, holds[i], "withdrawn", ""); err != nil {
				return r.ofCustomer(customer, err)
			}
		}
		return r.result(len(holds))
	}))
	return n, err
}

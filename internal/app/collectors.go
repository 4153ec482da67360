package app

import (
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// Scope is which customers are a user's: the own ones, and those of users for whom the
// user stands in today.
type Scope struct {
	// All: the user may see every customer; Owners and Users then say which are "mine".
	All    bool
	Owners []string // of account_owner: logins and names
	Users  []int64  // of collector
}

// ScopeOf is the scope of a user on the book's day. Errors: not found.
func (a *App) ScopeOf(ctx context.Context, login string) (Scope, error) {
	var s Scope
	err := a.read(ctx, func(tx store.Tx) (err error) {
		s, err = a.scope(tx, login)
		return err
	})
	return s, err
}

func (a *App) scope(tx store.Tx, login string) (Scope, error) {
	all, err := a.users(tx)
	if err != nil {
		return Scope{}, err
	}
	u, err := findUser(all, login)
	if err != nil {
		return Scope{}, err
	}
	today, err := a.bookToday(tx)
	s := Scope{All: u.May(access.ViewAll)}
	for _, o := range all {
		covered := o.coverID == u.ID && o.CoverUntil != cal.None && today <= o.CoverUntil
		if o.ID == u.ID || covered {
			s.Users = append(s.Users, o.ID)
			s.Owners = append(s.Owners, o.Login, o.Name)
		}
	}
	return s, err
}

// InScope refuses, as if it were not there, a customer that a user may not see. Errors: not
// found.
func (a *App) InScope(ctx context.Context, s Scope, customer int64) error {
	return a.read(ctx, func(tx store.Tx) error { return a.inScope(tx, &s, customer) })
}

func (a *App) inScope(tx store.Tx, s *Scope, customer int64) error {
	owner, found := "", false
	if err := store.Each(tx, "SELECT account_owner FROM customer WHERE tenant_id = $1 AND customer_id = $2",
		[]any{a.tenant, customer}, func(r store.Rows) error {
			owner, found = r.Text(0), true
			return nil
		}); err != nil {
		return err
	}
	if !found || !s.All && !slices.Contains(s.Owners, owner) {
		return notFound("customer_not_found", "there is no customer %d", customer)
	}
	return nil
}

// VisibleTo leaves out what a role may not read of what was written down (guardrail R30).
func VisibleTo(role access.Role, all []Written) []Written {
	if role == "" || access.May(role, access.ViewPrivileged) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(w Written) bool { return w.Class == "privileged" })
}

// SetCollector says who looks after customers on our side; "" is nobody in particular.
// Those who have that collector already stay as they are; it returns how many changed.
// Errors: not found (user, customer), invalid (collector_invalid: a user who is not active
// or may not work), and with nothing given.
func (a *App) SetCollector(ctx context.Context, req Request, customers []int64, login string) (int, error) {
	if len(customers) == 0 {
		return 0, invalid("nothing_to_change", "no customer was given")
	}
	customers = slices.Compact(slices.Sorted(slices.Values(customers)))
	out, err := a.write(ctx, req, "set_collector", []any{customers, login}, func(r *recorder) error {
		var u userRow
		var err error
		if login != "" {
			if u, err = a.user(r, login); err != nil {
				return err
			}
			if !u.May(access.Work) {
				return invalid("collector_invalid", "%s is %s and cannot look after customers: expected an active user "+
					"who may work on them", u.Login, u.Role)
			}
		}
		changed := 0
		for ids := range slices.Chunk(customers, batchSize) {
			n, err := a.setCollectors(r, ids, &u)
			if err != nil {
				return err
			}
			changed += n
		}
		if err := r.result(changed); err != nil {
			return err
		}
		if changed == 0 {
			return store.ErrNothing
		}
		return nil
	})
	n, _, err := answer[int](out, err)
	return n, err
}

// setCollectors sets the collector of a batch of customers.
func (a *App) setCollectors(r *recorder, ids []int64, u *userRow) (int, error) {
	var change []int64
	found := 0
	if err := store.Each(r, `SELECT c.customer_id, COALESCE(k.user_id, 0) FROM customer c
		LEFT JOIN collector k ON k.tenant_id = c.tenant_id AND k.customer_id = c.customer_id
		WHERE c.tenant_id = $1 AND c.customer_id IN ids($2) ORDER BY c.customer_id`, []any{a.tenant, ids},
		func(row store.Rows) error {
			found++
			if row.Int64(1) != u.ID {
				change = append(change, row.Int64(0))
			}
			return nil
		}); err != nil {
		return 0, err
	}
	if found < len(ids) {
		return 0, notFound("customer_not_found", "%d of the customers are not in the book", len(ids)-found)
	}
	if len(change) == 0 {
		return 0, nil
	}
	if _, err := r.Exec("DELETE FROM collector WHERE tenant_id = $1 AND customer_id IN ids($2)", a.tenant,
		change); err != nil {
		return 0, err
	}
	ins := r.Insert("collector")
	for _, id := range change {
		if u.ID == 0 {
			continue
		}
		ins.Int(id).Int(u.ID)
		if err := ins.End(); err != nil {
			return 0, err
		}
	}
	if err := ins.Close(); err != nil {
		return 0, err
	}
	for _, id := range change {
		if err := r.changed("customer", id, "collector", u.Login); err != nil {
			return 0, err
		}
	}
	return len(change), nil
}

// Collectors says who looks after customers: logins by customer, those without one left out.
func (a *App) Collectors(ctx context.Context, customers []int64) (map[int64]string, error) {
	by := map[int64]string{}
	err := a.read(ctx, func(tx store.Tx) error {
		clear(by)
		return store.Each(tx, `SELECT k.customer_id, u.login FROM collector k
			JOIN app_user u ON u.tenant_id = k.tenant_id AND u.user_id = k.user_id
			WHERE k.tenant_id = $1 AND k.customer_id IN ids($2)`, []any{a.tenant, customers}, func(r store.Rows) error {
			by[r.Int64(0)] = r.Text(1)
			return nil
		})
	})
	return by, err
}

func (a *App) collectorOf(tx store.Tx, customer int64) (login string, err error) {
	err = store.Each(tx, `SELECT u.login FROM collector k
		JOIN app_user u ON u.tenant_id = k.tenant_id AND u.user_id = k.user_id
		WHERE k.tenant_id = $1 AND k.customer_id = $2`, []any{a.tenant, customer},
		func(r store.Rows) error { login = r.Text(0); return nil })
	return login, err
}

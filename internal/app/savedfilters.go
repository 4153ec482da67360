package app

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/store"
)

// SavedFilter is a list that somebody named to come back to it.
type SavedFilter struct {
	ID    int64  `json:"id"`
	User  int64  `json:"user,omitempty"` // whose it is; 0: everybody's
	Page  string `json:"page"`           // one of FilterPages
	Name  string `json:"name"`
	Query string `json:"query"` // as in the address of the page, without "?"
}

// FilterPages are the pages that have filters.
var FilterPages = []string{"customers", "invoices", "calls", "outbox"}

// Limits of a saved filter, in characters.
const (
	filterNameMost  = 60
	filterQueryMost = 2000
	filtersMost     = 200 // of one user
)

// SavedFilters lists the filters of a page that are a user's own or everybody's, by name.
func (a *App) SavedFilters(ctx context.Context, user int64, page string) ([]SavedFilter, error) {
	var all []SavedFilter
	err := a.read(ctx, func(tx store.Tx) error {
		all = []SavedFilter{}
		return store.Each(tx, `SELECT filter_id, user_id, page, name, query FROM saved_filter WHERE tenant_id = $1
			AND (user_id = $2 OR user_id = 0) AND page = $3 ORDER BY name, filter_id`, []any{a.tenant, user, page},
			func(r store.Rows) error {
				all = append(all, SavedFilter{r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), r.Text(4)})
				return nil
			})
	})
	return all, err
}

// SaveFilter keeps a filter under its name; another of the same user, page and name is
// replaced. It returns the filter's id. Errors: invalid (page, name, query), refused with
// too_many_filters.
func (a *App) SaveFilter(ctx context.Context, req Request, f SavedFilter) (int64, error) {
	f.Name = strings.Join(strings.Fields(f.Name), " ")
	switch {
	case !slices.Contains(FilterPages, f.Page):
		return 0, filterInvalid("page", f.Page, strings.Join(FilterPages, ", "))
	case f.Name == "" || utf8.RuneCountInString(f.Name) > filterNameMost:
		return 0, filterInvalid("name", f.Name, sprintf("1 to %d characters", filterNameMost))
	case len(f.Query) > filterQueryMost:
		return 0, filterInvalid("query", f.Query[:40]+"…", sprintf("at most %d characters", filterQueryMost))
	}
	out, err := a.write(ctx, req, "save_filter", f, func(r *recorder) error {
		var count int64
		id := int64(0)
		if err := store.Each(r, "SELECT filter_id, page, name FROM saved_filter WHERE tenant_id = $1 AND user_id = $2",
			[]any{a.tenant, f.User}, func(row store.Rows) error {
				if count++; row.Text(1) == f.Page && row.Text(2) == f.Name {
					id = row.Int64(0)
				}
				return nil
			}); err != nil {
			return err
		}
		var err error
		switch {
		case id != 0:
			_, err = r.Exec("UPDATE saved_filter SET query = $3 WHERE tenant_id = $1 AND filter_id = $2", a.tenant, id, f.Query)
		case count >= filtersMost:
			return refusedText("too_many_filters", sprintf("there are %d filters already; delete one first", count))
		default:
			if id, err = r.NextIDs("saved_filter", 1); err != nil {
				return err
			}
			_, err = r.Exec(`INSERT INTO saved_filter (tenant_id, filter_id, user_id, page, name, query)
				VALUES ($1, $2, $3, $4, $5, $6)`, a.tenant, id, f.User, f.Page, f.Name, f.Query)
		}
		if err != nil {
			return err
		}
		if err := r.changed("saved_filter", id, f.Page+" "+f.Name, f.Query); err != nil {
			return err
		}
		return r.result(id)
	})
	id, _, err := answer[int64](out, err)
	return id, err
}

func filterInvalid(field, value, expected string) error {
	return &Error{Kind: Invalid, Code: "filter_invalid", Where: &Where{Field: field},
		Message: sprintf("%s %q: expected %s", field, value, expected)}
}

// DeleteFilter takes a filter away that is the user's own or everybody's. Errors: not found.
func (a *App) DeleteFilter(ctx context.Context, req Request, user, id int64) error {
	_, err := a.write(ctx, req, "delete_filter", []int64{user, id}, func(r *recorder) error {
		n, err := r.Exec(`DELETE FROM saved_filter WHERE tenant_id = $1 AND filter_id = $2
			AND (user_id = $3 OR user_id = 0)`, a.tenant, id, user)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("filter_not_found", "there is no filter %d of yours", id)
		}
		return r.changed("saved_filter", id, "deleted", "")
	})
	return err
}

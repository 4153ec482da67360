package web

import (
	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// savedQuery is the filter of the list that is shown, as it is kept under a name: without
// empty fields and without the place in the list.
func savedQuery(v *visit) string {
	q := v.r.URL.Query()
	q.Del("after")
	for name := range q {
		if q.Get(name) == "" {
			q.Del(name)
		}
	}
	if len(q) == 1 && q.Has("sort") {
		return ""
	}
	return q.Encode()
}

// saveFilter keeps the list that is shown under a name, for the viewer or for everybody.
func saveFilter(v *visit) error {
	f := app.SavedFilter{User: v.user.User.ID, Page: v.r.FormValue("page"), Name: v.r.FormValue("name"),
		Query: v.r.FormValue("query")}
	if v.r.FormValue("everybody") != "" && v.user.may(access.Work) {
		f.User = 0
	}
	if _, err := v.App.SaveFilter(v.r.Context(), v.request(""), f); err != nil {
		return err
	}
	return v.done(v.back(), "The list is kept as “"+f.Name+"”.")
}

// deleteFilter forgets a kept list.
func deleteFilter(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if err := v.App.DeleteFilter(v.r.Context(), v.request(""), v.user.User.ID, id); err != nil {
		return err
	}
	return v.done(v.back(), "Forgotten.")
}

// marked is the mark of a link that leads to what is shown already.
func marked(yes bool) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"aria-current": "true"}
}

// sorted is the mark of a column that a list is ordered by.
func sorted(by, key string, down bool) templ.Attributes {
	switch {
	case by != key:
		return nil
	case down:
		return templ.Attributes{"aria-sort": "descending"}
	}
	return templ.Attributes{"aria-sort": "ascending"}
}

// sortedBy is the address of a list in another order, from its beginning.
func sortedBy(v *visit, key string) string {
	q := v.r.URL.Query()
	q.Del("after")
	q.Set("sort", key)
	return v.r.URL.Path + "?" + q.Encode()
}

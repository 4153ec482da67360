package web

import (
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/web/look"
)

// customerList is what the list of customers shows.
type customerList struct {
	app.CustomerPage
	Filter app.CustomerFilter
	Sort   string
	Users  []app.User
}

// pageLength is how many rows a page of a list has.
const pageLength = 50

// customers is the list of the customers of a creditor, filtered and sorted.
func customers(v *visit) error {
	l := customerList{Filter: v.customerFilter(), Sort: v.r.FormValue("sort")}
	if l.Sort == "" {
		l.Sort = "overdue"
	}
	var err error
	if l.Filter.Within, err = v.within(); err != nil {
		return err
	}
	if l.CustomerPage, err = v.App.ListCustomers(v.r.Context(), l.Filter, l.Sort, v.r.FormValue("after"), pageLength); err != nil {
		return err
	}
	if l.Users, err = v.App.Users(v.r.Context()); err != nil {
		return err
	}
	return v.page("Customers", customersPage(v, &l))
}

// customerFilter reads the filter of the list from the address.
func (v *visit) customerFilter() app.CustomerFilter {
	f := app.CustomerFilter{Creditor: v.creditor.Code, Currency: money.Currency(strings.ToUpper(v.r.FormValue("currency"))),
		Overdue: v.r.FormValue("overdue") != "", Strategy: v.r.FormValue("strategy"), Held: book.HoldKind(v.r.FormValue("held")),
		NoContact: v.r.FormValue("no_contact") != "", Country: strings.ToUpper(v.r.FormValue("country")),
		Text: strings.TrimSpace(v.r.FormValue("q"))}
	if n, err := strconv.Atoi(v.r.FormValue("stage")); err == nil {
		f.Stage = &n
	}
	if n, err := strconv.ParseInt(v.r.FormValue("collector"), 10, 64); err == nil {
		f.Collector = n
	}
	return f
}

// setCollectors says who looks after the customers that were chosen.
func setCollectors(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	var ids []int64
	for _, text := range v.r.PostForm["customer"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return &app.Error{Kind: app.Invalid, Code: "customer_invalid", Message: "\"" + text + "\" is no customer"}
		}
		ids = append(ids, id)
	}
	n, err := v.App.SetCollector(v.r.Context(), v.request(""), ids, v.r.FormValue("collector"))
	if err != nil {
		return err
	}
	return v.done(v.back(), look.Count(int64(n), "customer", "customers")+" changed.")
}

// sortLink is the address of the list in another order.
func sortLink(v *visit, key string) string {
	q := v.r.URL.Query()
	q.Del("after")
	q.Set("sort", key)
	return "/customers?" + q.Encode()
}

// heldWords are the holds of a customer in one line.
func heldWords(kinds []book.HoldKind) string {
	var words []string
	for _, k := range kinds {
		words = append(words, strings.ToLower(holdWord(k)))
	}
	return strings.Join(words, ", ")
}

// search finds customers and documents by whatever people have in hand.
func search(v *visit) error {
	q := strings.TrimSpace(v.r.FormValue("q"))
	var found app.SearchResult
	if q != "" {
		within, err := v.within()
		if err != nil {
			return err
		}
		if found, err = v.App.SearchWithin(v.r.Context(), within, q, pageLength); err != nil {
			return err
		}
	}
	if len(found.Hits) == 1 && !found.More {
		return v.seeOther(hitPath(&found.Hits[0]))
	}
	return v.page("Search", searchPage(v, q, &found))
}

func hitPath(h *app.SearchHit) string {
	if h.Document != "" {
		return customerPath(h.ID) + "#item-" + h.Document
	}
	return customerPath(h.ID)
}

// matchedWords says where a search found what.
var matchedWords = map[string]string{"number": "customer number", "name": "name", "contact": "contact", "document": "document number",
	"open_amount": "open amount", "amount": "amount"}

package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/web/look"
)

// customerList is what the list of customers shows.
type customerList struct {
	app.CustomerPage
	Filter app.CustomerFilter
	Sort   string
	Users  []app.User
	Saved  []app.SavedFilter
}

// pageLength is how many rows a page of a list has.
const pageLength = 50

// customers is the list of the customers of a creditor, filtered and sorted.
func customers(v *visit) error {
	f, err := v.customerFilter()
	if err != nil {
		return err
	}
	l := customerList{Filter: f, Sort: cmp.Or(v.r.FormValue("sort"), "overdue")}
	if l.CustomerPage, err = v.App.ListCustomers(v.r.Context(), l.Filter, l.Sort, v.r.FormValue("after"), pageLength); err != nil {
		return err
	}
	if l.Users, err = v.App.Users(v.r.Context()); err != nil {
		return err
	}
	if l.Saved, err = v.App.SavedFilters(v.r.Context(), v.user.User.ID, "customers"); err != nil {
		return err
	}
	return v.page("Customers", customersPage(v, &l))
}

// customerFilter reads the filter of the list from the address.
func (v *visit) customerFilter() (app.CustomerFilter, error) {
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
	var err error
	f.Within, err = v.within()
	return f, err
}

// chosen are the customers that were ticked in a list, each of them one that the viewer may
// see.
func (v *visit) chosen() ([]int64, error) {
	if err := v.r.ParseForm(); err != nil {
		return nil, err
	}
	var ids []int64
	for _, text := range v.r.PostForm["customer"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, &app.Error{Kind: app.Invalid, Code: "customer_invalid", Message: "\"" + text + "\" is no customer"}
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, &app.Error{Kind: app.Invalid, Code: "nobody_chosen", Message: "choose at least one customer"}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// changeCustomers does one thing to all customers that were chosen.
func changeCustomers(v *visit) error {
	ids, err := v.chosen()
	if err != nil {
		return err
	}
	switch do := v.r.FormValue("do"); do {
	case "collector":
		if _, err = v.App.SetCollector(v.r.Context(), v.request(""), ids, v.r.FormValue("collector")); err != nil {
			return err
		}
	case "strategy":
		key := v.r.FormValue("strategy")
		if _, err := v.App.SetCustomers(v.r.Context(), v.request(""), ids, app.CustomerChange{Strategy: &key}); err != nil {
			return err
		}
	case "pause":
		return v.pause(ids, v.back())
	default:
		return &app.Error{Kind: app.Invalid, Code: "change_unknown", Message: "\"" + do + "\": expected collector, strategy or pause"}
	}
	return v.done(v.back(), look.Count(int64(len(ids)), "customer", "customers")+" changed.")
}

// pause keeps every reminder to some customers back up to and with a day, of all or of none.
func (v *visit) pause(ids []int64, to string) error {
	until, err := v.day("until")
	if err != nil {
		return err
	}
	if until == cal.None {
		return &app.Error{Kind: app.Invalid, Code: "day_missing", Message: "say until which day", Where: &app.Where{Field: "until"}}
	}
	p, err := v.App.Pause(v.r.Context(), v.request(""), ids, until, cmp.Or(strings.TrimSpace(v.r.FormValue("reason")), "put off"))
	if err != nil {
		return err
	}
	return v.paused(to, &p, until)
}

// paused says what a pause made, with the way to take it back.
func (v *visit) paused(to string, p *app.PauseReport, until cal.Date) error {
	before := ""
	if p.Before > 0 {
		before = " " + look.Count(int64(p.Before), "was", "were") + " paused that long already."
	}
	if p.Paused == 0 {
		return v.done(to, "Nothing was different:"+before)
	}
	return v.undoable(to, "No reminder goes to "+look.Count(int64(p.Paused), "customer", "customers")+" up to and with "+
		v.f.Day(until)+"."+before+" The pause stands on each customer's page and can be ended there.",
		"/pauses/"+strconv.FormatInt(p.Command, 10)+"/end")
}

// endPauses takes back a pause of several customers.
func endPauses(v *visit) error {
	command, err := v.number("id")
	if err != nil {
		return err
	}
	n, err := v.App.Unpause(v.r.Context(), v.request(""), command)
	if err != nil {
		return err
	}
	return v.done(cmp.Or(v.back(), "/customers"), "Taken back: "+look.Count(int64(n), "customer is", "customers are")+" decided about as before.")
}

// heldWords are the holds of a customer in one line.
func (v *visit) heldWords(kinds []book.HoldKind) string {
	var words []string
	for _, k := range kinds {
		words = append(words, strings.ToLower(v.holdWord(k)))
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
		return customerPath(h.ID) + "?item=" + url.QueryEscape(h.Document) + "#item-" + h.Document
	}
	return customerPath(h.ID)
}

// matchedWords says where a search found what.
var matchedWords = map[string]string{"number": "customer number", "name": "name", "contact": "contact", "document": "document number",
	"open_amount": "open amount", "amount": "amount"}

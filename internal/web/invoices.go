package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/money"
)

// invoiceList is what the list of invoices shows.
type invoiceList struct {
	app.ItemPage
	Filter app.ItemFilter
	Sort   string
	Of     *app.CustomerView // the one customer whose invoices they are; nil: of all
	Saved  []app.SavedFilter
}

// invoices is the list of invoices and credit notes of a creditor, filtered and sorted.
func invoices(v *visit) error {
	f, err := v.itemFilter()
	if err != nil {
		return err
	}
	l := invoiceList{Filter: f, Sort: v.r.FormValue("sort")}
	if l.Sort == "" {
		l.Sort = app.ItemSorts[0]
	}
	if f.Customer != 0 {
		of, err := v.customerOf(f.Customer)
		if err != nil {
			return err
		}
		l.Of = &of
	}
	if l.ItemPage, err = v.App.ListItems(v.r.Context(), f, l.Sort, v.r.FormValue("after"), pageLength); err != nil {
		return err
	}
	if l.Saved, err = v.App.SavedFilters(v.r.Context(), v.user.User.ID, "invoices"); err != nil {
		return err
	}
	return v.page("Invoices", invoicesPage(v, &l))
}

// itemFilter reads the filter of the list of invoices from the address.
func (v *visit) itemFilter() (app.ItemFilter, error) {
	f := app.ItemFilter{Creditor: v.creditor.Code, Currency: money.Currency(strings.ToUpper(v.r.FormValue("currency"))),
		State: v.r.FormValue("state"), Bucket: v.r.FormValue("bucket"), Number: strings.TrimSpace(v.r.FormValue("number")),
		Disputed: v.r.FormValue("disputed") != ""}
	if f.State == "" {
		f.State = app.ItemStates[0]
	}
	if n, err := strconv.ParseInt(v.r.FormValue("customer"), 10, 64); err == nil {
		f.Customer = n
	}
	var err error
	if f.DueFrom, err = v.day("due_from"); err != nil {
		return f, err
	}
	if f.DueTo, err = v.day("due_to"); err != nil {
		return f, err
	}
	f.Within, err = v.within()
	return f, err
}

// itemStateWords are what may be asked for, as people say it.
var itemStateWords = map[string]string{"open": "open", "overdue": "overdue", "settled": "paid or credited", "all": "all of them"}

// itemPath is the line of an invoice on the page of its customer.
func itemPath(i *app.ItemRow) string {
	return customerPath(i.ID) + "?item=" + url.QueryEscape(i.Document) + "#item-" + url.PathEscape(i.Document)
}

// itemState says what has become of an invoice.
func itemState(v *visit, i *app.ItemRow) (tone, text string) {
	switch {
	case i.Settled != "":
		return "good", "settled " + v.f.DateText(i.Settled)
	case len(i.Held) > 0:
		kinds := make([]book.HoldKind, len(i.Held))
		for k, held := range i.Held {
			kinds[k] = book.HoldKind(held)
		}
		return "warn", v.heldWords(kinds)
	}
	return "", ""
}

// ageWords is an aging bucket in a sentence.
func ageWords(bucket string) string {
	switch bucket {
	case "":
		return "any age"
	case "not_due":
		return "not due yet"
	case "d366_up":
		return "over 365 days late"
	}
	return bucketName(bucket) + " days late"
}

package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/quality"
	"github.com/recoup-project/recoup/internal/store"
)

// Kinds of findings about the data, in the order in which they are shown: what keeps a
// message from leaving first, doubts last.
const (
	DataNoContact  = "no_contact"       // neither an address for mail nor one for post
	DataRefused    = "address_refused"  // every address for mail was refused
	DataNoDueDate  = "no_due_date"      // nobody is asked to pay what is due on no day
	DataNoOrder    = "no_order_number"  // the customer takes no invoice without one
	DataVATID      = "vat_id"           // it cannot be right
	DataTwins      = "same_customer"    // two customers may be one
	DataRepeated   = "repeated_invoice" // two invoices may be one
	dataFindingMax = 500                // of a kind in one answer
)

// DataKinds are all kinds of findings.
var DataKinds = []string{DataNoContact, DataRefused, DataNoDueDate, DataNoOrder, DataVATID, DataTwins, DataRepeated}

// DataFinding is one thing in the data of a customer or an invoice that is wrong or in
// doubt, and what to do about it.
type DataFinding struct {
	Kind     string     `json:"kind"`
	Customer int64      `json:"customer_id"`
	Number   string     `json:"customer"`
	Name     string     `json:"name"`
	Item     string     `json:"item,omitempty"`  // the document's name, if it is about one
	Value    string     `json:"value,omitempty"` // what stands there
	Text     string     `json:"text"`            // what is wrong with it
	Fix      string     `json:"fix"`             // what to do
	Others   []DataLink `json:"others,omitempty"`
}

// DataLink names another customer, or another invoice, that a finding is about.
type DataLink struct {
	Customer int64  `json:"customer_id"`
	Number   string `json:"customer"`
	Name     string `json:"name"`
	Item     string `json:"item,omitempty"`
}

// DataCount is how many findings of a kind there are.
type DataCount struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// DataReport is what a look at the data of a creditor found.
type DataReport struct {
	Creditor string        `json:"creditor"`
	Counts   []DataCount   `json:"counts"`   // kinds with none are left out
	Findings []DataFinding `json:"findings"` // by kind, then customer; at most 500 of a kind
}

// Count is how many findings there are of some kinds; of all without one.
func (r *DataReport) Count(kinds ...string) (n int) {
	for _, c := range r.Counts {
		if len(kinds) == 0 || slices.Contains(kinds, c.Kind) {
			n += c.Count
		}
	}
	return n
}

// DataQuality looks at the data of a creditor's customers and open invoices: who cannot be
// written to, what has no due date or lacks the order number that the customer wants, VAT
// ids that cannot be right, customers and invoices that may be the same twice. Customers who
// owe nothing are looked at for twins only. Nothing is changed and nothing held back by it.
// Errors: not found (creditor).
func (a *App) DataQuality(ctx context.Context, creditor string) (DataReport, error) {
	var out DataReport
	err := a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		l := &dataLook{tx: tx, tenant: a.tenant, creditor: c.ID, by: map[int64]*dataCustomer{}}
		if err := l.read(); err != nil {
			return err
		}
		l.judge()
		out = l.report(c.Code)
		return nil
	})
	return out, err
}

// dataCustomer is what is looked at of a customer.
type dataCustomer struct {
	id                                    int64
	number, name, vat, country            string
	post, wantsPO, owes, reached, refused bool
	address                               string // one that was refused
	domains                               []string
}

// dataLook gathers the findings of one creditor.
type dataLook struct {
	tx               store.Tx
	tenant, creditor int64
	all              []*dataCustomer // by id
	by               map[int64]*dataCustomer
	open             []quality.Invoice
	names            map[[2]int64]string // of documents, by customer and item
	found            []DataFinding
}

func (l *dataLook) read() error {
	if err := store.Each(l.tx, `SELECT c.customer_id, c.number, p.name, p.vat_id, p.address, c.country, c.flags FROM customer c
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE c.tenant_id = $1 AND c.creditor_id = $2 ORDER BY c.customer_id`, []any{l.tenant, l.creditor},
		func(r store.Rows) error {
			c := &dataCustomer{id: r.Int64(0), number: r.Text(1), name: r.Text(2), vat: r.Text(3), post: r.Text(4) != "",
				country: r.Text(5), wantsPO: slices.Contains(strings.Fields(r.Text(6)), "po_required")}
			l.all, l.by[c.id] = append(l.all, c), c
			return nil
		}); err != nil {
		return err
	}
	if err := store.Each(l.tx, `SELECT customer_id, email, state FROM contact
		WHERE tenant_id = $1 AND email <> '' AND state <> 'removed'`, []any{l.tenant}, func(r store.Rows) error {
		c := l.by[r.Int64(0)]
		if c == nil {
			return nil
		}
		if _, domain, ok := strings.Cut(r.Text(1), "@"); ok && !slices.Contains(c.domains, domain) {
			c.domains = append(c.domains, domain)
		}
		if r.Text(2) == "ok" {
			c.reached = true
		} else {
			c.refused, c.address = true, r.Text(1)
		}
		return nil
	}); err != nil {
		return err
	}
	return l.readItems()
}

// readItems reads the open invoices and finds what each lacks.
func (l *dataLook) readItems() error {
	l.names = map[[2]int64]string{}
	return store.Each(l.tx, `SELECT customer_id, item_id, number, number_norm, instalment, currency, amount_minor, due_date,
			invoice_date, po FROM item
		WHERE tenant_id = $1 AND creditor_id = $2 AND open_minor > 0 AND document_kind = $3
		ORDER BY customer_id, item_id`, []any{l.tenant, l.creditor, book.Invoice.Number()}, func(r store.Rows) error {
		c := l.by[r.Int64(0)]
		if c == nil {
			return nil
		}
		c.owes = true
		name := book.ItemName(r.Text(2), int(r.Int64(4)))
		l.names[[2]int64{c.id, r.Int64(1)}] = name
		l.open = append(l.open, quality.Invoice{Customer: c.id, ID: r.Int64(1), Number: r.Text(3),
			Currency: money.Currency(r.Text(5)), Minor: r.Int64(6), Date: r.Day(8)})
		if r.Day(7) == cal.None {
			l.add(c, DataFinding{Kind: DataNoDueDate, Item: name, Text: "it has no due date, and none is guessed: nobody is asked to pay it",
				Fix: "set the date in the bookkeeping and import the invoice again"})
		}
		if c.wantsPO && r.Text(9) == "" {
			l.add(c, DataFinding{Kind: DataNoOrder, Item: name, Text: "the customer takes no invoice without the number of its order",
				Fix: "ask who ordered, and import the invoice again with the number"})
		}
		return nil
	})
}

func (l *dataLook) add(c *dataCustomer, f DataFinding) {
	f.Customer, f.Number, f.Name = c.id, c.number, c.name
	l.found = append(l.found, f)
}

// judge finds what is wrong with customers, and what may be there twice.
func (l *dataLook) judge() {
	customers := make([]quality.Customer, len(l.all))
	for i, c := range l.all {
		customers[i] = quality.Customer{ID: c.id, Name: c.name, VAT: c.vat, Domains: c.domains}
		if c.owes {
			l.customer(c)
		}
	}
	for _, twins := range quality.Duplicates(customers) {
		f := DataFinding{Kind: DataTwins, Text: map[quality.Why]string{
			quality.SameVAT:    "the same VAT id: reminders, limits and credits may be split over two accounts",
			quality.SameName:   "the same name but for its form: reminders, limits and credits may be split over two accounts",
			quality.SameDomain: "addresses under one domain and the same first word of the name",
		}[twins.Why], Fix: "merge them in the bookkeeping, or leave them where they are two sites"}
		for _, id := range twins.Customers[1:] {
			o := l.by[id]
			f.Others = append(f.Others, DataLink{Customer: id, Number: o.number, Name: o.name})
		}
		l.add(l.by[twins.Customers[0]], f)
	}
	for _, pair := range quality.Repeated(l.open) {
		c := l.by[pair[1].Customer]
		l.add(c, DataFinding{Kind: DataRepeated, Item: l.names[[2]int64{c.id, pair[1].ID}],
			Value: moneyText(pair[1].Minor, pair[1].Currency).Amount + " " + string(pair[1].Currency),
			Text:  "the same amount as another open invoice, dated " + apart(pair[1].Date.DaysSince(pair[0].Date)),
			Fix:   "compare both; if one is the other again, credit it before it is asked for",
			Others: []DataLink{{Customer: c.id, Number: c.number, Name: c.name,
				Item: l.names[[2]int64{c.id, pair[0].ID}]}}})
	}
}

// apart says how far apart two days are.
func apart(days int) string {
	switch days {
	case 0:
		return "the same day"
	case 1:
		return "one day apart"
	}
	return sprintf("%d days apart", days)
}

// customer finds what is wrong with a customer who owes.
func (l *dataLook) customer(c *dataCustomer) {
	switch {
	case !c.reached && c.refused:
		l.add(c, DataFinding{Kind: DataRefused, Value: c.address, Text: "mail to this address was refused, and there is no other",
			Fix: "ask on the phone, and add the address"})
	case !c.reached && !c.post:
		l.add(c, DataFinding{Kind: DataNoContact, Text: "neither an address for mail nor one for post",
			Fix: "add an address: nothing can be sent before"})
	}
	if c.vat == "" {
		return
	}
	f := DataFinding{Kind: DataVATID, Value: c.vat, Fix: "ask the customer, and correct it here and in the bookkeeping"}
	switch verdict, form := quality.CheckVAT(c.vat, c.country); verdict {
	case quality.WrongForm:
		f.Text = "no VAT id of its country looks like this: expected " + form
		l.add(c, f)
	case quality.WrongCheck:
		f.Text = "its check digits do not fit: a digit is wrong, or two are exchanged"
		l.add(c, f)
	}
}

// report puts the findings in order.
func (l *dataLook) report(creditor string) DataReport {
	out := DataReport{Creditor: creditor, Counts: []DataCount{}, Findings: []DataFinding{}}
	for _, kind := range DataKinds {
		var of []DataFinding
		for _, f := range l.found {
			if f.Kind == kind {
				of = append(of, f)
			}
		}
		if len(of) == 0 {
			continue
		}
		slices.SortStableFunc(of, func(a, b DataFinding) int { return cmp.Compare(a.Customer, b.Customer) })
		out.Counts = append(out.Counts, DataCount{kind, len(of)})
		out.Findings = append(out.Findings, of[:min(len(of), dataFindingMax)]...)
	}
	return out
}

// finding counts what was found in the data of a creditor, for those who look at the
// whole book.
func (r *DataReport) finding() Finding {
	f := Finding{Name: "data", OK: r.Count() == 0, Warning: r.Count() > 0, Text: r.Creditor + ": nothing is wrong or in doubt in the data"}
	if f.OK {
		return f
	}
	var parts []string
	for _, c := range r.Counts {
		parts = append(parts, sprintf("%d %s", c.Count, strings.ReplaceAll(c.Kind, "_", " ")))
	}
	f.Text = r.Creditor + ": " + strings.Join(parts, ", ") + "; what to do: recoup report data --creditor " + r.Creditor
	return f
}

// DataFindings says of each creditor what was found in its data, in one line each.
func (a *App) DataFindings(ctx context.Context) ([]Finding, error) {
	creditors, err := a.Creditors(ctx)
	if err != nil {
		return nil, err
	}
	var all []Finding
	for i := range creditors {
		r, err := a.DataQuality(ctx, creditors[i].Code)
		if err != nil {
			return nil, err
		}
		all = append(all, r.finding())
	}
	return all, nil
}

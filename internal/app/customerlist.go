package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// CustomerFilter narrows a list of customers; zero fields do not.
type CustomerFilter struct {
	Creditor string         `json:"creditor,omitempty"`
	Currency money.Currency `json:"currency,omitempty"`
	Overdue  bool           `json:"overdue,omitempty"`  // something is
	Strategy string         `json:"strategy,omitempty"` // by which it was last decided, or which was chosen by hand
	// Stage is the highest stage of what was sent: 0 courtesy … 4 final demand; nil: any.
	Stage     *int          `json:"stage,omitempty"`
	Held      book.HoldKind `json:"held,omitempty"`       // a hold of the kind holds today
	Collector int64         `json:"collector,omitempty"`  // user; -1: nobody
	NoContact bool          `json:"no_contact,omitempty"` // no working address and no phone number
	Country   string        `json:"country,omitempty"`
	Text      string        `json:"text,omitempty"` // as in the search box
	Within    Within        `json:"-"`              // what the user may see
}

// CustomerSorts are the orders of a list of customers, the first where none is asked for.
var CustomerSorts = []string{"overdue", "open", "oldest", "name", "number"}

// CustomerRow is a customer in a list with what it owes in one currency. One that owes in
// two currencies has two rows.
type CustomerRow struct {
	ID        int64           `json:"id"`
	Customer  string          `json:"customer"`
	Name      string          `json:"name"`
	Creditor  string          `json:"creditor"`
	Country   string          `json:"country"`
	Strategy  string          `json:"strategy"` // by which it was last decided, else that chosen by hand
	Open      Amount          `json:"open"`
	Overdue   Amount          `json:"overdue"`
	Ask       Amount          `json:"ask"`
	Unapplied Amount          `json:"unapplied"`
	Items     int             `json:"items"`
	LateItems int             `json:"late_items"`
	Oldest    string          `json:"oldest_due,omitempty"` // of what is overdue
	Days      int             `json:"oldest_days"`
	Usual     Lateness        `json:"usual"`
	Held      []book.HoldKind `json:"held,omitempty"`
	Collector int64           `json:"collector,omitempty"` // user
	NextLook  string          `json:"next_look_on,omitempty"`
}

// CustomerPage is a page of customers.
type CustomerPage struct {
	Customers []CustomerRow `json:"customers"`
	Total     int           `json:"total"` // rows of the list
	Next      string        `json:"next,omitempty"`
}

// ListCustomers lists customers page by page in an order of CustomerSorts; amounts and ages
// come largest first, each currency by itself. Errors: not found (creditor), invalid (sort,
// cursor).
func (a *App) ListCustomers(ctx context.Context, f CustomerFilter, sort, cursor string, limit int) (
	CustomerPage, error) {
	page := CustomerPage{Customers: []CustomerRow{}}
	sort = cmp.Or(sort, CustomerSorts[0])
	if !slices.Contains(CustomerSorts, sort) {
		return page, invalid("sort_invalid", "sort %q: expected one of %s", sort, strings.Join(CustomerSorts, ", "))
	}
	s, err := a.survey(ctx)
	if err != nil {
		return page, err
	}
	order, err := a.customerOrder(ctx, s, f, sort)
	if err != nil {
		return page, err
	}
	lines, next, err := s.pageOf(order, cursor, pageSize(limit))
	if err != nil {
		return page, err
	}
	page.Total, page.Next = len(order), next
	err = a.read(ctx, func(tx store.Tx) (err error) {
		page.Customers, err = a.customerRows(tx, s, lines)
		return err
	})
	return page, err
}

// customerOrder is the whole list.
func (a *App) customerOrder(ctx context.Context, s *survey, f CustomerFilter, sort string) ([]int32, error) {
	wanted, err := a.customerWanted(ctx, s, f)
	if err != nil {
		return nil, err
	}
	compare := s.byAmount(func(l *surveyLine) int64 { return l.overdue })
	switch sort {
	case "open":
		compare = s.byAmount(func(l *surveyLine) int64 { return l.open })
	case "oldest":
		compare = func(x, y *surveyLine) int { return cmp.Compare(x.oldest, y.oldest) }
	case "name", "number":
		column, err := a.column(ctx, s, sort)
		if err != nil {
			return nil, err
		}
		compare = func(x, y *surveyLine) int { return cmp.Compare(column.rank[x.customer], column.rank[y.customer]) }
	}
	stage := -1
	if f.Stage != nil {
		stage = *f.Stage
	}
	within := f.Within.name()
	f.Stage, f.Within = nil, Within{}
	return s.order(sprintf("customers %s %d %+v", sort, stage, f)+within, wanted, compare), nil
}

// customerWanted is the filter as a condition on lines.
func (a *App) customerWanted(ctx context.Context, s *survey, f CustomerFilter) (func(*surveyLine) bool, error) {
	creditor, err := s.creditorAt(f.Creditor)
	if err != nil {
		return nil, err
	}
	var tests []func(l *surveyLine, c *surveyCustomer) bool
	and := func(test func(l *surveyLine, c *surveyCustomer) bool) { tests = append(tests, test) }
	if creditor >= 0 {
		and(func(_ *surveyLine, c *surveyCustomer) bool { return int(c.creditor) == creditor })
	}
	within, err := a.customersWithin(ctx, s, f.Within)
	if err != nil {
		return nil, err
	}
	if within != nil {
		and(func(l *surveyLine, _ *surveyCustomer) bool { return within(l.customer) })
	}
	if f.Currency != "" {
		and(func(l *surveyLine, _ *surveyCustomer) bool { return s.currencies[l.currency] == f.Currency })
	}
	if f.Overdue {
		and(func(l *surveyLine, _ *surveyCustomer) bool { return l.overdue > 0 })
	}
	if f.Country != "" {
		and(func(_ *surveyLine, c *surveyCustomer) bool { return s.countries[c.country] == f.Country })
	}
	if f.Held != "" {
		if !slices.Contains(heldKinds, f.Held) {
			return nil, invalid("hold_invalid", "hold %q: expected one of %v", f.Held, heldKinds)
		}
		and(func(_ *surveyLine, c *surveyCustomer) bool { return c.held&heldBit(f.Held) != 0 })
	}
	for _, by := range []struct {
		asked  bool
		column string
		test   func(column *surveyColumn, customer int32) bool
	}{
		{f.Strategy != "", "strategy", func(k *surveyColumn, c int32) bool { return k.words[c] == f.Strategy }},
		{f.Stage != nil, "stage", func(k *surveyColumn, c int32) bool { return int(k.rank[c]) == *f.Stage+1 }},
		{f.Collector != 0, "collector", func(k *surveyColumn, c int32) bool {
			return int64(k.rank[c]) == max(f.Collector, 0)
		}},
		{f.NoContact, "contact", func(k *surveyColumn, c int32) bool { return k.rank[c] == 0 }},
	} {
		if !by.asked {
			continue
		}
		column, err := a.column(ctx, s, by.column)
		if err != nil {
			return nil, err
		}
		and(func(l *surveyLine, _ *surveyCustomer) bool { return by.test(column, l.customer) })
	}
	if strings.TrimSpace(f.Text) != "" {
		called, err := a.customersCalled(ctx, f.Text)
		if err != nil {
			return nil, err
		}
		and(func(_ *surveyLine, c *surveyCustomer) bool { return called[c.id] })
	}
	return func(l *surveyLine) bool {
		c := s.customerOf(l)
		return !slices.ContainsFunc(tests, func(test func(*surveyLine, *surveyCustomer) bool) bool { return !test(l, c) })
	}, nil
}

func (a *App) customerRows(tx store.Tx, s *survey, lines []int32) ([]CustomerRow, error) {
	ids := s.customersOf(lines)
	names, err := a.customerNames(tx, ids)
	if err != nil {
		return nil, err
	}
	type more struct {
		strategy, next string
		collector      int64
	}
	about := map[int64]more{}
	if err := store.Each(tx, `SELECT a.customer_id, a.next_look_on, COALESCE(l.user_id, 0),
		COALESCE((SELECT d.strategy FROM decision d WHERE d.tenant_id = a.tenant_id AND d.customer_id = a.customer_id
			ORDER BY d.valid_from_day DESC, d.seq DESC LIMIT 1), '')
		FROM account a LEFT JOIN collector l ON l.tenant_id = a.tenant_id AND l.customer_id = a.customer_id
		WHERE a.tenant_id = $1 AND a.customer_id IN ids($2)`, []any{a.tenant, ids}, func(r store.Rows) error {
		about[r.Int64(0)] = more{r.Text(3), dayOrNothing(r.Day(1)), r.Int64(2)}
		return nil
	}); err != nil {
		return nil, err
	}
	rows := make([]CustomerRow, 0, len(lines))
	for _, i := range lines {
		l := &s.lines[i]
		c, code := s.customerOf(l), s.currencies[l.currency]
		row := CustomerRow{ID: c.id, Customer: names[c.id].number, Name: names[c.id].name,
			Creditor: s.creditors[c.creditor].Code, Country: s.countries[c.country],
			Strategy: cmp.Or(about[c.id].strategy, s.strategies[c.strategy]),
			Open:     amountIn(l.open, code), Overdue: amountIn(l.overdue, code), Ask: amountIn(l.ask, code),
			Unapplied: amountIn(l.unapplied, code), Items: int(l.items), LateItems: int(l.late),
			Usual: s.lateness(l), Collector: about[c.id].collector, NextLook: about[c.id].next}
		if l.oldest != cal.Far {
			row.Oldest, row.Days = l.oldest.String(), row.Usual.NowDays
		}
		for _, k := range heldKinds {
			if c.held&heldBit(k) != 0 {
				row.Held = append(row.Held, k)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

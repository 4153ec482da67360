package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// AgingRequest asks for open items by age. AsOf counts what is effective up to the
// end of that day, None or the zero value is today; KnownAt, if given, leaves out what the book
// learnt after that instant.
type AgingRequest struct {
	Creditor   string // "" with one creditor; "*" is all of them
	AsOf       cal.Date
	KnownAt    *time.Time
	ByCustomer bool
}

// AgingReport is the open items by days after the contractual due date, with the
// unapplied credits apart. Total is the sum of buckets and credits; ControlTotal
// is computed from the entries alone.
type AgingReport struct {
	AsOf       cal.Date        `json:"as_of"`
	KnownAt    *time.Time      `json:"known_at,omitempty"`
	Currencies []AgingCurrency `json:"currencies"`
	Customers  []AgingCustomer `json:"customers,omitempty"`

	orders *agingOrders // of a report that is shared; nil: each order is made when it is asked for
}

// AgingRow is a customer's aging in one currency.
type AgingRow struct {
	ID             int64
	Customer, Name string
	Aging          *AgingCurrency
}

// agingPlace is where a row of a report stands: the customer, and of its currencies.
type agingPlace struct {
	customer int32
	currency int32
}

// agingOrders are the orders of a report that somebody asked for.
type agingOrders struct {
	mu    sync.Mutex
	known map[string][]agingPlace
}

// Largest are n of the customers with something in a bucket of a currency, from a place on,
// the largest first, and how many there are. Bucket "" is whatever is open or unapplied.
func (r *AgingReport) Largest(c money.Currency, bucket string, from, n int) (rows []AgingRow, of int) {
	order := r.order(c, bucket)
	from = min(max(from, 0), len(order))
	for _, p := range order[from:min(from+n, len(order))] {
		k := &r.Customers[p.customer]
		rows = append(rows, AgingRow{k.ID, k.Customer, k.Name, &k.Currencies[p.currency]})
	}
	return rows, len(order)
}

func (r *AgingReport) order(c money.Currency, bucket string) []agingPlace {
	if r.orders == nil {
		return r.makeOrder(c, bucket)
	}
	r.orders.mu.Lock()
	defer r.orders.mu.Unlock()
	key := string(c) + " " + bucket
	order, ok := r.orders.known[key]
	if !ok {
		order = r.makeOrder(c, bucket)
		r.orders.known[key] = order
	}
	return order
}

func (r *AgingReport) makeOrder(c money.Currency, bucket string) []agingPlace {
	type sized struct {
		agingPlace
		minor int64
	}
	var all []sized
	at := slices.Index(book.BucketNames[:], bucket)
	for i := range r.Customers {
		for k := range r.Customers[i].Currencies {
			a := &r.Customers[i].Currencies[k]
			if a.Currency != c {
				continue
			}
			minor, credit := int64(0), int64(0)
			if at >= 0 {
				minor = a.Buckets[at].AmountMinor
			} else {
				minor, credit = a.Total().AmountMinor-a.Credits.AmountMinor, a.Credits.AmountMinor
			}
			if minor != 0 || credit != 0 {
				all = append(all, sized{agingPlace{int32(i), int32(k)}, minor})
			}
		}
	}
	slices.SortFunc(all, func(x, y sized) int {
		return cmp.Or(cmp.Compare(y.minor, x.minor), cmp.Compare(x.customer, y.customer))
	})
	order := make([]agingPlace, len(all))
	for i := range all {
		order[i] = all[i].agingPlace
	}
	return order
}

// AgingCustomer is the aging of one customer.
type AgingCustomer struct {
	Customer   string          `json:"customer"` // its number
	Name       string          `json:"name"`
	Currencies []AgingCurrency `json:"currencies"`
	ID         int64           `json:"-"`
}

// AgingCurrency is the aging in one currency.
type AgingCurrency struct {
	Currency money.Currency
	book.Aging
	ControlMinor int64
}

// MarshalJSON writes the buckets under their names.
func (a AgingCurrency) MarshalJSON() ([]byte, error) {
	type sum struct {
		Count  int64  `json:"count"`
		Amount string `json:"amount"`
	}
	amount := func(minor int64) string { return money.FormatMinor(minor, a.Currency.Exponent()) }
	out := []byte(fmt.Sprintf(`{"currency":%q`, string(a.Currency)))
	add := func(name string, v any) error {
		raw, err := json.Marshal(v)
		out = append(append(append(append(out, `,"`...), name...), `":`...), raw...)
		return err
	}
	for i, s := range a.Buckets {
		if err := add(book.BucketNames[i], sum{s.Count, amount(s.AmountMinor)}); err != nil {
			return nil, err
		}
	}
	if err := add("credits", sum{a.Credits.Count, amount(a.Credits.AmountMinor)}); err != nil {
		return nil, err
	}
	if err := add("total", amount(a.Total().AmountMinor)); err != nil {
		return nil, err
	}
	err := add("control_total", amount(a.ControlMinor))
	return append(out, '}'), err
}

// noSeqLimit is a sequence number after every command.
const noSeqLimit = int64(math.MaxInt64)

// Aging reports what is open by age. Errors: not found (creditor); internal, if
// buckets and credits do not sum to the control total, which means that a cache
// and the facts disagree.
func (a *App) Aging(ctx context.Context, req AgingRequest) (AgingReport, error) {
	var report AgingReport
	err := a.read(ctx, func(tx store.Tx) (err error) {
		report, err = a.agingIn(tx, &req)
		return err
	})
	return report, err
}

// AgingToday is the aging of a creditor today by customer, computed once until something
// changes. Callers must not change it. Errors: as Aging.
func (a *App) AgingToday(ctx context.Context, creditor string) (AgingReport, error) {
	s, err := a.survey(ctx)
	if err != nil {
		return AgingReport{}, err
	}
	made, err := s.once("aging "+creditor, func() (any, error) {
		r, err := a.Aging(context.WithoutCancel(ctx), AgingRequest{Creditor: creditor, ByCustomer: true})
		r.orders = &agingOrders{known: map[string][]agingPlace{}}
		return r, err
	})
	if err != nil {
		return AgingReport{}, err
	}
	return made.(AgingReport), nil
}

func (a *App) agingIn(tx store.Tx, req *AgingRequest) (AgingReport, error) {
	g := &ager{tx: tx, tenant: a.tenant, day: req.AsOf, seq: noSeqLimit, byCustomer: req.ByCustomer,
		grouped: a.db.Engine() == store.Postgres}
	if err := g.prepare(a, req); err != nil {
		return AgingReport{}, err
	}
	for _, step := range []func() error{g.control, g.changes, g.openItems, g.openThen, g.credits} {
		if err := step(); err != nil {
			return AgingReport{}, err
		}
	}
	report, err := g.report()
	report.AsOf, report.KnownAt = g.day, req.KnownAt
	return report, err
}

// report puts the sums together and checks them against the control totals.
func (g *ager) report() (AgingReport, error) {
	report := AgingReport{Currencies: []AgingCurrency{}}
	for key, control := range g.controls {
		if key.currency == "" {
			continue
		}
		s := g.sum(key.customer, key.currency)
		s.ControlMinor = control
	}
	totals := map[money.Currency]*AgingCurrency{}
	customers := map[int64]*AgingCustomer{}
	for key, s := range g.sums {
		if total := s.Total().AmountMinor; total != s.ControlMinor {
			return report, &Error{Kind: Internal, Code: "aging_differs",
				Message: "the aging does not add up to the ledger",
				Detail: sprintf("customer %d, %s: buckets and credits %d, control %d", key.customer, key.currency, total,
					s.ControlMinor)}
		}
		if _, moved := g.controls[key]; !moved && s.Aging == (book.Aging{}) {
			continue // all of it came later
		}
		t := totals[key.currency]
		if t == nil {
			t = &AgingCurrency{Currency: key.currency}
			totals[key.currency] = t
		}
		t.Merge(&s.Aging)
		t.ControlMinor = money.AddMinor(t.ControlMinor, s.ControlMinor)
		if g.byCustomer && s.Aging != (book.Aging{}) {
			c := customers[key.customer]
			if c == nil {
				c = &AgingCustomer{ID: key.customer}
				customers[key.customer] = c
			}
			c.Currencies = append(c.Currencies, *s)
		}
	}
	for _, t := range totals {
		report.Currencies = append(report.Currencies, *t)
	}
	sortCurrencies(report.Currencies)
	return report, g.names(&report, customers)
}

func sortCurrencies(all []AgingCurrency) {
	slices.SortFunc(all, func(a, b AgingCurrency) int { return cmp.Compare(a.Currency, b.Currency) })
}

// names completes the customers of a report, in the order of their numbers.
func (g *ager) names(report *AgingReport, customers map[int64]*AgingCustomer) error {
	if len(customers) == 0 {
		return nil
	}
	err := store.Each(g.tx, `SELECT c.customer_id, c.number, p.name FROM customer c
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
			WHERE c.tenant_id = $1`, []any{g.tenant}, func(r store.Rows) error {
		if c := customers[r.Int64(0)]; c != nil {
			c.Customer, c.Name = r.Text(1), r.Text(2)
			sortCurrencies(c.Currencies)
			report.Customers = append(report.Customers, *c)
		}
		return nil
	})
	slices.SortFunc(report.Customers, func(a, b AgingCustomer) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.ID, b.ID))
	})
	return err
}

// OverdueMinor is what is past its contractual due date, unapplied money not taken off.
func (a AgingCurrency) OverdueMinor() int64 {
	var sum int64
	for _, s := range a.Buckets[1:] {
		sum += s.AmountMinor
	}
	return sum
}

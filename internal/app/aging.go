package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
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
}

// AgingCustomer is the aging of one customer.
type AgingCustomer struct {
	Customer   string          `json:"customer"` // its number
	Name       string          `json:"name"`
	Currencies []AgingCurrency `json:"currencies"`

	id int64
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
	err := a.read(ctx, func(tx store.Tx) error {
		g := &ager{tx: tx, tenant: a.tenant, day: req.AsOf, seq: noSeqLimit, byCustomer: req.ByCustomer}
		if err := g.prepare(a, &req); err != nil {
			return err
		}
		for _, step := range []func() error{g.control, g.changes, g.openItems, g.closedSince, g.credits} {
			if err := step(); err != nil {
				return err
			}
		}
		var err error
		report, err = g.report()
		report.AsOf, report.KnownAt = g.day, req.KnownAt
		return err
	})
	return report, err
}

// ager computes an aging: the current open amounts, less what became effective or
// known later. Both halves are facts or caches proven equal to them, and the
// control total, from entries alone, checks the result.
type ager struct {
	tx         store.Tx
	tenant     int64
	day        cal.Date
	seq        int64
	byCustomer bool
	only       map[int64]bool // customers of the creditor; nil: all

	later    laterFacts
	dues     map[int64]cal.Date // due dates as known then, where they differ
	sums     map[sumKey]*AgingCurrency
	last     *AgingCurrency
	lastKey  sumKey
	code     money.Currency // of the item before
	controls map[sumKey]int64
}

type sumKey struct {
	customer int64 // 0: all
	currency money.Currency
}

func (g *ager) prepare(a *App, req *AgingRequest) error {
	g.sums, g.controls = map[sumKey]*AgingCurrency{}, map[sumKey]int64{}
	all, err := a.creditors(g.tx)
	if err != nil {
		return err
	}
	if req.Creditor != "*" {
		c, err := a.creditor(g.tx, req.Creditor)
		if err != nil {
			return err
		}
		if !stated(g.day) {
			g.day = c.today(g.tx)
		}
		if len(all) > 1 {
			if g.only, err = a.customersOf(g.tx, c.ID); err != nil {
				return err
			}
		}
	} else if !stated(g.day) {
		g.day = cal.DateIn(g.tx.Now(), time.UTC)
	}
	if req.KnownAt != nil {
		return g.knownAt(*req.KnownAt)
	}
	return nil
}

// customersOf is the set of customers of a creditor.
func (a *App) customersOf(tx store.Tx, creditor int64) (map[int64]bool, error) {
	ids := map[int64]bool{}
	err := store.Each(tx, "SELECT customer_id FROM customer WHERE tenant_id = $1 AND creditor_id = $2",
		[]any{a.tenant, creditor},
		func(r store.Rows) error {
			ids[r.Int64(0)] = true
			return nil
		})
	return ids, err
}

// knownAt limits the report to what was recorded by an instant, and finds the due
// dates that were corrected since.
func (g *ager) knownAt(t time.Time) error {
	err := store.One(g.tx,
		"SELECT CAST(COALESCE(max(seq), 0) AS bigint) FROM txn WHERE tenant_id = $1 AND recorded_at <= $2",
		[]any{g.tenant, t}, func(r store.Rows) { g.seq = r.Int64(0) })
	if err != nil {
		return err
	}
	g.dues = map[int64]cal.Date{}
	known := map[int64]cal.Date{}
	err = store.Each(g.tx,
		"SELECT item_id, seq, due_date FROM due_change WHERE tenant_id = $1 AND cause = 'correction' ORDER BY seq",
		[]any{g.tenant}, func(r store.Rows) error {
			if item := r.Int64(0); r.Int64(1) <= g.seq {
				known[item] = r.Day(2)
			} else {
				g.dues[item] = cal.None // corrected later: what was known then comes below
			}
			return nil
		})
	if err != nil || len(g.dues) == 0 {
		return err
	}
	items := make([]int64, 0, len(g.dues))
	for item := range g.dues {
		items = append(items, item)
	}
	return store.Each(g.tx,
		"SELECT item_id, first_due_date FROM item WHERE tenant_id = $1 AND item_id IN ids($2)", []any{g.tenant,
			items},
		func(r store.Rows) error {
			due, ok := known[r.Int64(0)]
			if !ok {
				due = r.Day(1)
			}
			g.dues[r.Int64(0)] = due
			return nil
		})
}

func (g *ager) wanted(customer int64) bool { return g.only == nil || g.only[customer] }

// sum is the aging that a customer's amount in a currency counts in.
func (g *ager) sum(customer int64, c money.Currency) *AgingCurrency {
	key := g.key(customer, c)
	if g.last != nil && g.lastKey == key {
		return g.last
	}
	s := g.sums[key]
	if s == nil {
		s = &AgingCurrency{Currency: c}
		g.sums[key] = s
	}
	g.last, g.lastKey = s, key
	return s
}

func (g *ager) key(customer int64, c money.Currency) sumKey {
	if !g.byCustomer {
		customer = 0
	}
	return sumKey{customer, c}
}

// control adds up the entries: debits less credits, with the heads of claim other
// than principal left out.
func (g *ager) control() error {
	where, args := "tenant_id = $1 AND effective_day <= $2", []any{g.tenant, g.day}
	if g.seq != noSeqLimit {
		where, args = where+" AND seq <= $3", append(args, g.seq)
	}
	// The sign is worked out by the engine: this is the one scan of the whole ledger.
	var last sumKey
	var sum int64
	var code money.Currency
	err := store.Each(g.tx, `SELECT customer_id, currency,
		CASE WHEN to_head = 'principal' OR to_head = 'unapplied' THEN amount_minor
		WHEN from_head = 'principal' OR from_head = 'unapplied' THEN -amount_minor ELSE 0 END
		FROM entry WHERE `+where, args, func(r store.Rows) error {
		customer := r.Int64(0)
		if !g.wanted(customer) {
			return nil
		}
		if b := r.Bytes(1); string(b) != string(code) {
			code = currency(b)
		}
		if key := g.key(customer, code); key != last {
			g.controls[last] += sum
			last, sum = key, 0
		}
		sum = money.AddMinor(sum, r.Int64(2))
		return nil
	})
	g.controls[last] += sum
	return err
}

// changes finds what became effective or known after the report, and what was set
// against other heads than principal.
func (g *ager) changes() (err error) {
	if g.later, err = factsAfter(g.tx, g.tenant, g.day, g.seq); err != nil {
		return err
	}
	return store.Each(g.tx, `SELECT a.customer_id, e.currency, a.amount_minor FROM allocation a
		JOIN entry e ON e.tenant_id = a.tenant_id AND e.customer_id = a.customer_id AND e.entry_id = a.entry_id
		WHERE a.tenant_id = $1 AND a.head <> 'principal' AND a.effective_day <= $2 AND a.seq <= $3`,
		[]any{g.tenant, g.day, g.seq}, func(r store.Rows) error {
			if g.wanted(r.Int64(0)) {
				g.controls[g.key(r.Int64(0), currency(r.Bytes(1)))] += r.Int64(2)
			}
			return nil
		})
}

// openItems counts what is open now, as it was then.
func (g *ager) openItems() error {
	return store.Each(g.tx,
		`SELECT customer_id, item_id, currency, due_date, open_minor FROM item WHERE tenant_id = $1
			AND open_minor > 0`,
		[]any{g.tenant}, func(r store.Rows) error {
			item, open := r.Int64(1), r.Int64(4)
			if len(g.later.items) > 0 {
				if d, ok := g.later.items[item]; ok {
					open += d.minor
					delete(g.later.items, item)
				}
			}
			g.count(r.Int64(0), item, r.Bytes(2), r.Day(3), open)
			return nil
		})
}

func (g *ager) count(customer, item int64, code []byte, due cal.Date, open int64) {
	if open == 0 || !g.wanted(customer) {
		return
	}
	if then, ok := g.dues[item]; ok {
		due = then
	}
	if string(code) != string(g.code) {
		g.code = currency(code)
	}
	g.sum(customer, g.code).Buckets[book.Bucket(due, g.day)].Add(open)
}

// closedSince counts items that were open then and are not now.
func (g *ager) closedSince() error {
	var customers []int64
	for _, d := range g.later.items {
		if d.minor != 0 {
			customers = append(customers, d.customer)
		}
	}
	slices.Sort(customers)
	for chunk := range slices.Chunk(slices.Compact(customers), batchSize) {
		where, args := customerRange(g.tenant, chunk)
		err := store.Each(g.tx,
			"SELECT customer_id, item_id, currency, due_date FROM item WHERE "+where+" AND open_minor = 0", args,
			func(r store.Rows) error {
				if d, ok := g.later.items[r.Int64(1)]; ok {
					g.count(r.Int64(0), r.Int64(1), r.Bytes(2), r.Day(3), d.minor)
				}
				return nil
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// credits counts money and credits that were not set against an item then.
func (g *ager) credits() error {
	count := func(customer int64, c money.Currency, left int64) {
		if left != 0 && g.wanted(customer) {
			g.sum(customer, c).Credits.Add(-left)
		}
	}
	err := eachCredit(g.tx, "tenant_id = $1", []any{g.tenant}, func(customer int64, c creditStanding) error {
		left := c.left
		if d, ok := g.later.credits[c.entry]; ok {
			left += d.minor
			delete(g.later.credits, c.entry)
		}
		count(customer, c.currency, left)
		return nil
	})
	for entry, d := range g.later.credits {
		count(d.customer, g.later.currencies[entry], d.minor)
	}
	return err
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
				c = &AgingCustomer{id: key.customer}
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
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.id, b.id))
	})
	return err
}

// laterFacts are the effects of entries and allocations that became effective
// after a day, or known after a command: what must be added to a current amount to
// get the one of that day. Ids of items and entries are unique in a tenant.
type laterFacts struct {
	items      map[int64]laterAmount
	credits    map[int64]laterAmount // by the entry that gave the credit
	currencies map[int64]money.Currency

	// The part of both that the bookkeeping stated with a later list, without
	// saying when it happened.
	listedItems, listedCredits map[int64]int64
}

type laterAmount struct{ customer, minor int64 }

// of is the later effect on an item or, for a credit note, on its credit, and the
// part of it that a later list stated.
func (l *laterFacts) of(b *bookItem, credit creditOf) (minor, listed int64) {
	if b.credit {
		return l.credits[credit.entry].minor, l.listedCredits[credit.entry]
	}
	return l.items[b.item].minor, l.listedItems[b.item]
}

// factsAfter reads the facts effective after day or recorded after command seq.
func factsAfter(tx store.Tx, tenant int64, day cal.Date, seq int64) (laterFacts, error) {
	l := laterFacts{items: map[int64]laterAmount{}, credits: map[int64]laterAmount{},
		currencies:  map[int64]money.Currency{},
		listedItems: map[int64]int64{}, listedCredits: map[int64]int64{}}
	listed := map[int64]bool{}
	add := func(to map[int64]laterAmount, customer, id, minor int64) {
		to[id] = laterAmount{customer, to[id].minor + minor}
	}
	where, args := "tenant_id = $1 AND effective_day > $2", []any{tenant, day}
	if seq != noSeqLimit {
		where, args = "tenant_id = $1 AND (effective_day > $2 OR seq > $3)", append(args, seq)
	}
	err := eachEntry(tx, where, args, func(customer int64, e *book.Entry) error {
		if e.To == book.Principal || e.From == book.Principal {
			add(l.items, customer, e.Item, -e.Debits())
		}
		if c := e.Credits(); c != 0 {
			id := cmp.Or(e.Corrects, e.ID)
			add(l.credits, customer, id, -c)
			l.currencies[id] = e.Currency
			if e.Kind == book.EntrySettledByList {
				listed[e.ID] = true
				if e.Corrects != 0 {
					l.listedCredits[id] -= c
				}
			}
		}
		return nil
	})
	if err != nil {
		return l, err
	}
	missing := map[int64]bool{}
	err = eachAllocation(tx, where, args, func(customer int64, a *book.Allocation) error {
		if a.Head == book.Principal {
			add(l.items, customer, a.Item, a.Minor)
			if listed[a.Entry] {
				l.listedItems[a.Item] += a.Minor
			}
		}
		add(l.credits, customer, a.Entry, a.Minor)
		if _, ok := l.currencies[a.Entry]; !ok {
			missing[a.Entry] = true
		}
		return nil
	})
	if err != nil || len(missing) == 0 {
		return l, err
	}
	return l, l.findCurrencies(tx, tenant, missing)
}

// findCurrencies reads the currencies of earlier entries whose money was set
// against items later.
func (l *laterFacts) findCurrencies(tx store.Tx, tenant int64, entries map[int64]bool) error {
	var customers []int64
	for id := range entries {
		customers = append(customers, l.credits[id].customer)
	}
	slices.Sort(customers)
	for chunk := range slices.Chunk(slices.Compact(customers), batchSize) {
		where, args := customerRange(tenant, chunk)
		err := store.Each(tx, "SELECT entry_id, currency FROM entry WHERE "+where, args, func(r store.Rows) error {
			if entries[r.Int64(0)] {
				l.currencies[r.Int64(0)] = currency(r.Bytes(1))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

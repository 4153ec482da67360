package app

import (
	"fmt"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// ager computes an aging: the current open amounts, put back to what they were before
// later facts. Both halves are facts or caches proven equal to them, and the
// control total, from entries alone, checks the result.
type ager struct {
	tx         store.Tx
	tenant     int64
	day        cal.Date
	seq        int64
	byCustomer bool
	only       map[int64]bool // customers of the creditor; nil: all

	// grouped: the engine adds up rows before it gives them. PostgreSQL does that for
	// less than it takes to send them; SQLite would sort them for it.
	grouped bool

	later    laterFacts
	dues     map[int64]dueThen // by item: the due date as known then, where it differs
	sums     map[sumKey]*AgingCurrency
	last     *AgingCurrency
	lastKey  sumKey
	code     money.Currency // of the item before
	late     bool           // some entry became effective or known later
	controls map[sumKey]int64
}

// dueThen is a due date that was corrected later.
type dueThen struct {
	customer int64
	due      cal.Date
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
	g.dues = map[int64]dueThen{}
	known := map[int64]cal.Date{}
	err = store.Each(g.tx, `SELECT customer_id, item_id, seq, due_date FROM due_change WHERE tenant_id = $1
		AND cause = 'correction' ORDER BY seq`, []any{g.tenant}, func(r store.Rows) error {
		if item := r.Int64(1); r.Int64(2) <= g.seq {
			known[item] = r.Day(3)
		} else {
			g.dues[item] = dueThen{r.Int64(0), cal.None} // what was known then comes below
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
		"SELECT customer_id, item_id, first_due_date FROM item WHERE tenant_id = $1 AND item_id IN ids($2)",
		[]any{g.tenant, items}, func(r store.Rows) error {
			due, ok := known[r.Int64(1)]
			if !ok {
				due = r.Day(2)
			}
			g.dues[r.Int64(1)] = dueThen{r.Int64(0), due}
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

// groupBy is the customer as a query gives it, and what the rows of a grouped query
// have in common: the customer, if it matters, and the named columns.
func (g *ager) groupBy(columns string) (customer, group string) {
	if g.byCustomer || g.only != nil {
		return "customer_id", " GROUP BY customer_id, " + columns
	}
	return "CAST(0 AS bigint)", " GROUP BY " + columns
}

// principalOrUnapplied is the case of an entry that goes to or comes from one of both.
func principalOrUnapplied(head string) string {
	return fmt.Sprintf(" WHEN %s = %d OR %s = %d THEN ", head, book.Principal, head, book.Unapplied)
}

// control adds up the entries: debits less credits, with the heads of claim other
// than principal left out. It is the one reading of the whole ledger, so it also
// tells whether some entry came later.
func (g *ager) control() (err error) {
	late, args := "effective_day > $2", []any{g.tenant, g.day}
	if g.seq != noSeqLimit {
		late, args = late+" OR seq > $3", append(args, g.seq)
	}
	signed := "CASE WHEN " + late + " THEN NULL" + principalOrUnapplied("heads % 100") + "amount_minor" +
		principalOrUnapplied("heads / 100") + "-amount_minor ELSE 0 END"
	query := "SELECT customer_id, currency, " + signed + " FROM entry WHERE tenant_id = $1"
	if g.grouped {
		customer, group := g.groupBy("currency")
		query = "SELECT " + customer + ", currency, CAST(sum(" + signed + ") AS bigint), count(*) - count(" +
			signed + ") FROM entry WHERE tenant_id = $1" + group
	}
	var last sumKey
	var sum int64
	var code money.Currency
	err = store.Each(g.tx, query, args, func(r store.Rows) error {
		customer, minor := r.Int64(0), r.Int64(2)
		none := minor == 0 && r.IsNull(2)
		g.late = g.late || none || g.grouped && r.Int64(3) > 0
		if none || !g.wanted(customer) {
			return nil
		}
		if b := r.Bytes(1); string(b) != string(code) {
			code = currency(b)
		}
		if key := g.key(customer, code); key != last {
			g.controls[last] += sum
			last, sum = key, 0
		}
		sum = money.AddMinor(sum, minor)
		return nil
	})
	g.controls[last] += sum
	return err
}

// changes finds what became effective or known after the report, and what was set
// against other heads than principal.
func (g *ager) changes() (err error) {
	if g.later, err = factsAfter(g.tx, g.tenant, g.day, g.seq, g.late); err != nil {
		return err
	}
	return store.Each(g.tx, `SELECT a.customer_id, e.currency, a.amount_minor FROM allocation a
		JOIN entry e ON e.tenant_id = a.tenant_id AND e.customer_id = a.customer_id AND e.entry_id = a.entry_id
		WHERE a.tenant_id = $1 AND a.head <> $4 AND a.effective_day <= $2 AND a.seq <= $3`,
		[]any{g.tenant, g.day, g.seq, int64(book.Principal)}, func(r store.Rows) error {
			if g.wanted(r.Int64(0)) {
				g.controls[g.key(r.Int64(0), currency(r.Bytes(1)))] += r.Int64(2)
			}
			return nil
		})
}

// openItems counts what is open now.
func (g *ager) openItems() error {
	query := `SELECT customer_id, currency, due_date, open_minor FROM item
		WHERE tenant_id = $1 AND open_minor > 0`
	if g.grouped {
		customer, group := g.groupBy("currency, due_date")
		query = "SELECT " + customer + `, currency, due_date, CAST(sum(open_minor) AS bigint), count(*)
			FROM item WHERE tenant_id = $1 AND open_minor > 0` + group
	}
	return store.Each(g.tx, query, []any{g.tenant}, func(r store.Rows) error {
		n := int64(1)
		if g.grouped {
			n = r.Int64(4)
		}
		if s := g.bucket(r.Int64(0), r.Bytes(1), r.Day(2)); s != nil {
			s.Merge(book.Sum{Count: n, AmountMinor: r.Int64(3)})
		}
		return nil
	})
}

// bucket is where an item due on a day counts; nil if its customer is not asked for.
func (g *ager) bucket(customer int64, code []byte, due cal.Date) *book.Sum {
	if !g.wanted(customer) {
		return nil
	}
	if string(code) != string(g.code) {
		g.code = currency(code)
	}
	return &g.sum(customer, g.code).Buckets[book.Bucket(due, g.day)]
}

// openThen counts the items that are open for another amount or were due on another
// day than now, as they were then.
func (g *ager) openThen() error {
	var customers []int64
	for _, d := range g.later.items {
		if d.minor != 0 {
			customers = append(customers, d.customer)
		}
	}
	for _, d := range g.dues {
		customers = append(customers, d.customer)
	}
	slices.Sort(customers)
	for chunk := range slices.Chunk(slices.Compact(customers), batchSize) {
		where, args := customerRange(g.tenant, chunk)
		err := store.Each(g.tx,
			"SELECT customer_id, item_id, currency, due_date, open_minor FROM item WHERE "+where, args,
			func(r store.Rows) error {
				later, changed := g.later.items[r.Int64(1)]
				then, corrected := g.dues[r.Int64(1)]
				if changed || corrected {
					if !corrected {
						then.due = r.Day(3)
					}
					g.putBack(r, later.minor, then.due)
				}
				return nil
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// putBack takes an item out of where it counts now and counts it as it was then.
func (g *ager) putBack(r store.Rows, later int64, due cal.Date) {
	open := r.Int64(4)
	if now := g.bucket(r.Int64(0), r.Bytes(2), r.Day(3)); now != nil && open != 0 {
		now.Merge(book.Sum{Count: -1, AmountMinor: -open})
	}
	if then := g.bucket(r.Int64(0), r.Bytes(2), due); then != nil && open+later != 0 {
		then.Add(open + later)
	}
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

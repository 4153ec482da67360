package app

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// rank marks each creditor's largest customers by sales of the last twelve months,
// in the creditor's own currency. It is done by the first run of a month: a rank is
// a fact that stays for the month, not one that changes with every invoice.
func (r *run) rank(w *recorder) error {
	done := false
	if err := store.Each(w, "SELECT 1 FROM run WHERE tenant_id = $1 AND day >= $2 AND run_id <> $3 LIMIT 1",
		[]any{r.a.tenant, r.day.MonthStart(), r.id},
		func(store.Rows) error { done = true; return nil }); err != nil || done {
		return err
	}
	for i := range r.creditors {
		c := &r.creditors[i]
		n, err := r.a.keyAccounts(w, c.ID, r.rules[c.ID].set.Policy.KeyAccountsTop)
		if err != nil {
			return err
		}
		largest, err := r.a.largest(w, c, r.day, n)
		if err != nil {
			return err
		}
		if err := r.a.markTopTen(w, c, largest); err != nil {
			return err
		}
	}
	return nil
}

// keyAccounts is how many customers count as the largest: the policy's number, and
// at most a tenth of all. In a small ledger nobody is a key account by size alone.
func (a *App) keyAccounts(tx store.Tx, creditor int64, most int) (int, error) {
	var customers int64
	err := store.One(tx, "SELECT COUNT(*) FROM customer WHERE tenant_id = $1 AND creditor_id = $2",
		[]any{a.tenant, creditor},
		func(r store.Rows) { customers = r.Int64(0) })
	return min(most, int(customers/10)), err
}

// sales are what a customer bought.
type sales struct{ customer, minor int64 }

// byLargest orders by amount, then by customer.
func byLargest(x, y sales) int {
	return cmp.Or(cmp.Compare(y.minor, x.minor), cmp.Compare(x.customer, y.customer))
}

// atOnce is of how many customers the sales of a year are read at once.
const atOnce = 100

// largest are the n customers with the highest sales in the year before a day, less credit
// notes, in the creditor's own currency. All that was ever billed to a customer is at least
// that; so only those are looked at to whom more was billed than the last of the n bought.
func (a *App) largest(tx store.Tx, c *CreditorInfo, day cal.Date, n int) (map[int64]bool, error) {
	var billed, top []sales
	if err := store.Each(tx, `SELECT customer_id, billed_minor FROM account WHERE tenant_id = $1
		AND creditor_id = $2 AND billed_minor > 0`, []any{a.tenant, c.ID}, func(r store.Rows) error {
		billed = append(billed, sales{r.Int64(0), r.Int64(1)})
		return nil
	}); err != nil {
		return nil, err
	}
	slices.SortFunc(billed, byLargest)
	for most := range slices.Chunk(billed, atOnce) {
		if n == 0 || len(top) == n && byLargest(top[n-1], most[0]) < 0 {
			break
		}
		some, err := a.salesOfYear(tx, c, day, most)
		if err != nil {
			return nil, err
		}
		top = append(top, some...)
		slices.SortFunc(top, byLargest)
		top = top[:min(len(top), n)]
	}
	found := map[int64]bool{}
	for _, s := range top {
		found[s.customer] = true
	}
	return found, nil
}

// salesOfYear are the sales in the year before a day of some customers, of those that have any.
func (a *App) salesOfYear(tx store.Tx, c *CreditorInfo, day cal.Date, of []sales) (some []sales, err error) {
	ids := make([]int64, len(of))
	for i := range of {
		ids[i] = of[i].customer
	}
	err = store.Each(tx, `SELECT customer_id,
		CAST(sum(CASE WHEN document_kind = 1 THEN amount_minor ELSE -amount_minor END) AS bigint)
		FROM item WHERE tenant_id = $1 AND customer_id IN ids($2) AND creditor_id = $3 AND currency = $4
		AND invoice_date > $5 GROUP BY customer_id`,
		[]any{a.tenant, ids, c.ID, string(c.Currency), day.AddMonths(-12)}, func(r store.Rows) error {
			if s := (sales{r.Int64(0), r.Int64(1)}); s.minor > 0 {
				some = append(some, s)
			}
			return nil
		})
	return some, err
}

// markTopTen writes the flag of customers that entered or left the largest.
func (a *App) markTopTen(w *recorder, c *CreditorInfo, largest map[int64]bool) error {
	type change struct {
		customer int64
		flags    string
	}
	var changes []change
	err := store.Each(w, "SELECT customer_id, flags FROM customer WHERE tenant_id = $1 AND creditor_id = $2 "+
		"ORDER BY customer_id",
		[]any{a.tenant, c.ID}, func(r store.Rows) error {
			id := r.Int64(0)
			flags, _ := book.ParseFlags(r.Text(1))
			if marked := flags&book.FlagTopTen != 0; marked != largest[id] {
				changes = append(changes, change{id, (flags ^ book.FlagTopTen).String()})
			}
			return nil
		})
	if err != nil {
		return err
	}
	for _, ch := range changes {
		if err := w.setField(ch.customer, 0, "flags", ch.flags); err != nil {
			return err
		}
		if err := w.touch(ch.customer); err != nil {
			return err
		}
	}
	return nil
}

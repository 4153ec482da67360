package app

import (
	"bytes"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// waiting is a customer whose opening statement waits for its turn.
type waiting struct {
	customer, creditor int64
	oldest             cal.Date
	total              int64
	idle               bool // nothing else is done for the customer today
}

// spread takes an opening statement out of a decision until its turn comes: first
// contacts of a taken-over ledger are spread over days, and which customers come
// first is not for one account to know.
func (r *run) spread(a *book.Account, d *decide.Decision, chosen map[int64]bool) (waiting, bool) {
	stands := func(m book.Message) bool { return m.Step == strategy.Opening && revises(&m) && m.Day >= r.day }
	if chosen[a.Customer.ID] || slices.ContainsFunc(a.Messages, stands) {
		return waiting{}, false
	}
	kept := d.Actions[:0]
	w := waiting{customer: a.Customer.ID, creditor: a.Creditor.ID, oldest: cal.Far}
	held := false
	for i := range d.Actions {
		act := d.Actions[i]
		if act.Step != strategy.Opening {
			kept = append(kept, act)
			continue
		}
		until := reason.OnDay(r.day + 1)
		for k := range act.Lines {
			d.Reasons = append(d.Reasons, reason.New(reason.BacklogSpread, until).ForItem(act.Lines[k].Item))
		}
		if !held {
			w.total = act.TotalMinor
		}
		held = true
	}
	d.Actions = kept
	if !held {
		return w, false
	}
	w.idle = len(kept) == 0
	for i := range a.Items {
		if a.Items[i].Overdue(r.day) {
			w.oldest = min(w.oldest, a.Items[i].DueDate)
		}
	}
	return w, true
}

// spreadToday are the customers whose last decision of today put their first contact off.
func (r *run) spreadToday(tx store.Tx) (map[int64]bool, error) {
	spread := map[int64]bool{}
	err := store.Each(tx, `SELECT customer_id, payload FROM decision WHERE tenant_id = $1 AND valid_from_day = $2
		ORDER BY customer_id, seq`, []any{r.a.tenant, r.day}, func(row store.Rows) error {
		spread[row.Int64(0)] = bytes.Contains(row.Bytes(1), []byte(`"`+reason.BacklogSpread+`"`))
		return nil
	})
	return spread, err
}

// openBacklog plans today's share of the opening statements: oldest due date
// first (nobody was ever contacted), then the largest.
func (r *run) openBacklog() error {
	if len(r.backlog) == 0 {
		return nil
	}
	slices.SortFunc(r.backlog, func(x, y waiting) int {
		switch {
		case x.oldest != y.oldest:
			return int(x.oldest - y.oldest)
		case x.total != y.total:
			if x.total > y.total {
				return -1
			}
			return 1
		}
		return int(x.customer - y.customer)
	})
	chosen := map[int64]bool{}
	var ids []int64
	left := map[int64]int64{}
	for i := range r.creditors {
		c := &r.creditors[i]
		used, err := r.backlogUsed(c)
		if err != nil {
			return err
		}
		left[c.ID] = r.quota[c.ID] - used
	}
	for _, w := range r.backlog {
		if left[w.creditor] > 0 {
			left[w.creditor]--
			chosen[w.customer] = true
			ids = append(ids, w.customer)
			r.report.uncount(&w)
		}
	}
	slices.Sort(ids)
	before := r.report.LookedAt
	err := r.batches(ids, chosen)
	r.report.LookedAt = before
	return err
}

// setQuotas sets how many first contacts each creditor may make today: a share of the
// customers who are overdue. Each was decided after the last fact about it, and its
// oldest due date noted then.
func (r *run) setQuotas() error {
	for i := range r.creditors {
		c := r.creditors[i].ID
		pol := &r.rules[c].set.Policy
		var overdue int64
		if err := r.read(func(tx store.Tx) error {
			return store.One(tx, "SELECT COUNT(*) FROM account WHERE tenant_id = $1 AND creditor_id = $2 "+
				"AND oldest_due < $3",
				[]any{r.a.tenant, c, r.day}, func(row store.Rows) { overdue = row.Int64(0) })
		}); err != nil {
			return err
		}
		r.quota[c] = max(int64(pol.BacklogPerDay), (overdue*int64(pol.BacklogPercent)+99)/100)
	}
	return nil
}

// backlogUsed is how many customers of a creditor were given their first contact today.
func (r *run) backlogUsed(c *CreditorInfo) (used int64, err error) {
	err = r.read(func(tx store.Tx) error {
		return store.One(tx, `SELECT COUNT(DISTINCT customer_id) FROM message WHERE tenant_id = $1
			AND state IN ('proposed','approved','claimed','handing_over','unknown','sent') AND `+ofToday+`
			AND creditor_id = $3 AND lead_step = 'opening' AND live = 1`,
			[]any{r.a.tenant, r.day, c.ID}, func(row store.Rows) { used = row.Int64(0) })
	})
	return used, err
}

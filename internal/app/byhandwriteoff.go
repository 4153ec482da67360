package app

import (
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// WriteOffRequest gives up what is open of items: those it names, or all that are
// proposed, in one batch.
type WriteOffRequest struct {
	Creditor string
	Refs     []string // item:NUMBER, or customer:NUMBER for what is proposed of a customer
	Proposed bool     // all proposals of the creditor, instead of Refs
	Reason   string
}

// WrittenOff is what was given up of one item. Entry takes it back, see Reverse.
type WrittenOff struct {
	Entry    int64     `json:"entry"`
	Customer string    `json:"customer"`
	Item     string    `json:"item"`
	Amount   MoneyText `json:"amount"`
}

// WriteOffReport lists what was given up, in the order of the request.
type WriteOffReport struct {
	Items []WrittenOff `json:"items"`
}

// writeOff is one item to be given up.
type writeOff struct {
	customer int64
	open     openItem
	currency money.Currency
}

// WriteOff settles items by an entry of its own kind, each with the reason. Nobody has
// paid, so it says nothing about when the customer pays. It is for small sums: an item
// above the policy's limit for a batch is refused with write_off_limit.
//
// Errors: invalid (no reason, neither references nor Proposed, several creditors),
// refused, conflict (nothing open or proposed), not found, ambiguous.
func (a *App) WriteOff(ctx context.Context, req Request, w WriteOffRequest) (WriteOffReport, error) {
	switch {
	case w.Reason == "" || len(w.Reason) > maxWordsBytes:
		return WriteOffReport{}, invalid("reason_needed", "a write-off needs a reason of at most %d characters",
			maxWordsBytes)
	case w.Proposed == (len(w.Refs) > 0):
		return WriteOffReport{}, invalid("write_off_what",
			"name items or customers, or take all that is proposed: --proposed")
	}
	named := make([]namedItem, len(w.Refs))
	code := w.Creditor
	for i, ref := range w.Refs {
		n := &named[i]
		var err error
		if n.Subject, err = a.subject(ctx, w.Creditor, ref); err != nil {
			return WriteOffReport{}, err
		}
		if n.currency, err = a.CurrencyOf(ctx, n.Subject); err != nil && n.Item != 0 {
			return WriteOffReport{}, err
		}
		if code = n.Creditor; code != named[0].Creditor {
			return WriteOffReport{}, invalid("write_off_what", "%s is of another creditor; a batch is for one", n.Ref)
		}
	}
	report, _, err := answer[WriteOffReport](a.write(ctx, req, "write_off", w, func(r *recorder) error {
		c, err := a.creditor(r, code)
		if err != nil {
			return err
		}
		all, err := a.toWriteOff(r, &c, named)
		if err != nil {
			return err
		}
		report, err := r.writeOff(c.today(r), all, w.Reason)
		if err != nil {
			return err
		}
		return r.result(report)
	}))
	return report, err
}

// namedItem is a reference with the currency of what it names.
type namedItem struct {
	Subject
	currency money.Currency
}

// toWriteOff gathers the items: those named, and what is proposed of the customers
// named; with no name, all that is proposed.
func (a *App) toWriteOff(r *recorder, c *CreditorInfo, named []namedItem) ([]writeOff, error) {
	if len(named) == 0 {
		return a.proposedWriteOffs(r, c, 0)
	}
	by, err := a.rulesOf(r, c.ID)
	if err != nil {
		return nil, err
	}
	var all []writeOff
	for i := range named {
		n := &named[i]
		if n.Item == 0 {
			some, err := a.proposedWriteOffs(r, c, n.Customer)
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
			continue
		}
		open, err := r.openItems(n.Customer, n.currency)
		if err == nil {
			open, err = onlyItem(open, &n.Subject, n.currency)
		}
		if err != nil {
			return nil, err
		}
		if most := strategy.Minor(by.set.Policy.WriteOffBatch, n.currency); open[0].open > most {
			return nil, refusedText("write_off_limit", sprintf("%s has %s open; up to %s can be written off", n.Ref,
				money.Money{Minor: open[0].open, Currency: n.currency}, money.Money{Minor: most, Currency: n.currency}))
		}
		all = append(all, writeOff{n.Customer, open[0], n.currency})
	}
	return all, nil
}

// proposal is an open task that proposes to write something off.
type proposal struct {
	customer, task int64
	currency       money.Currency
	why            reason.Code
}

// proposedWriteOffs is what open tasks propose of one customer, or (0) of all, as the
// facts are now; the tasks are done with it.
func (a *App) proposedWriteOffs(r *recorder, c *CreditorInfo, customer int64) ([]writeOff, error) {
	var tasks []proposal
	var customers, done []int64
	err := store.Each(r, `SELECT t.customer_id, t.task_id, t.currency, t.reason FROM task t
		JOIN customer c ON c.tenant_id = t.tenant_id AND c.customer_id = t.customer_id
		WHERE t.tenant_id = $1 AND c.creditor_id = $2 AND t.state = 'open'
			AND t.reason IN ('residue','write_off_proposed') AND (t.customer_id = $3 OR $3 = 0)
		ORDER BY t.customer_id, t.task_id`, []any{r.tenant, c.ID, customer}, func(row store.Rows) error {
		tasks = append(tasks, proposal{row.Int64(0), row.Int64(1), currency(row.Bytes(2)),
			reason.Code(row.Text(3))})
		customers = append(customers, row.Int64(0))
		return nil
	})
	if err != nil {
		return nil, err
	}
	decider, err := a.decider(r, c)
	if err != nil {
		return nil, err
	}
	var all []writeOff
	loader := a.newLoader(r, []CreditorInfo{*c})
	for ids := range slices.Chunk(slices.Compact(customers), batchSize) {
		accounts, err := loader.load(ids)
		if err != nil {
			return nil, err
		}
		for i := range accounts {
			acc := &accounts[i]
			for ; len(tasks) > 0 && tasks[0].customer == acc.Customer.ID; tasks = tasks[1:] {
				t := &tasks[0]
				open, err := r.openItems(t.customer, t.currency)
				if err != nil {
					return nil, err
				}
				ids := decider.WriteOffs(acc, t.why, t.task, t.currency, c.today(r))
				for _, o := range open {
					if slices.Contains(ids, o.id) {
						all = append(all, writeOff{t.customer, o, t.currency})
					}
				}
				if len(ids) > 0 {
					done = append(done, t.task)
				}
			}
		}
	}
	if len(done) == 0 {
		return all, nil
	}
	_, err = r.Exec(`UPDATE task SET state = 'done', done_day = $3, outcome = 'written_off', done_seq = $4
		WHERE tenant_id = $1 AND task_id IN ids($2)`, r.tenant, done, c.today(r), r.Seq())
	return all, err
}

// writeOff posts one entry for each item; an item that stands there twice counts once.
func (r *recorder) writeOff(today cal.Date, all []writeOff, why string) (WriteOffReport, error) {
	report := WriteOffReport{Items: []WrittenOff{}}
	if len(all) == 0 {
		return report, &Error{Kind: Conflict, Code: "nothing_proposed",
			Message: "nothing is proposed for write-off"}
	}
	var customers []int64
	seen := make(map[[2]int64]bool, len(all)) // customer and item
	for i := range all {
		w := &all[i]
		key := [2]int64{w.customer, w.open.id}
		if seen[key] {
			continue
		}
		seen[key] = true
		amount := money.Money{Minor: w.open.open, Currency: w.currency}
		entry, err := r.postEntry(w.customer, credited(book.EntryWriteOff, amount, today), why,
			[]part{{w.open.id, amount.Minor, max(today, w.open.issued)}})
		if err != nil {
			return report, err
		}
		number, err := r.customerNumber(w.customer)
		if err != nil {
			return report, err
		}
		report.Items = append(report.Items, WrittenOff{entry, number, w.open.key.text(),
			moneyText(amount.Minor, amount.Currency)})
		customers = append(customers, w.customer)
	}
	return report, r.refresh(today, customers...)
}

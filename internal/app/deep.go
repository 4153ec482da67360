package app

import (
	"context"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// deepListed is how many examples a finding names.
const deepListed = 5

// deepCheck gathers what one check found.
type deepCheck struct {
	name, good string
	checked    int64
	wrong      int64
	examples   []string
}

func (c *deepCheck) fail(format string, args ...any) {
	c.wrong++
	if len(c.examples) < deepListed {
		c.examples = append(c.examples, sprintf(format, args...))
	}
}

func (c *deepCheck) finding() store.Finding {
	f := store.Finding{Name: c.name, OK: c.wrong == 0, Text: sprintf("%d %s", c.checked, c.good)}
	if c.wrong > 0 {
		f.Text = sprintf("%d of %d: ", c.wrong, c.checked)
		for i, e := range c.examples {
			if i > 0 {
				f.Text += "; "
			}
			f.Text += e
		}
	}
	return f
}

// Deep proves every cache equal to the facts, account by account, and checks what
// the schema alone cannot: that postings balance, that allocations never take more
// than there is, and that notices and messages agree. It reads in one snapshot and
// changes nothing.
func (a *App) Deep(ctx context.Context) ([]store.Finding, error) {
	d := &deep{tenant: a.tenant,
		items:   &deepCheck{name: "open_items", good: "items equal their entries and allocations"},
		credits: &deepCheck{name: "credits", good: "accounts' unapplied credits equal their entries"},
		accounts: &deepCheck{name: "accounts",
			good: "accounts' payment days and document counts equal their items"},
		postings: &deepCheck{name: "postings", good: "allocations lie within the money and the item they join"},
		notices:  &deepCheck{name: "notices", good: "notices belong to a message or a task of their account"},
	}
	err := a.read(ctx, func(tx store.Tx) error {
		*d = deep{tenant: a.tenant, tx: tx, items: d.items, credits: d.credits, accounts: d.accounts,
			postings: d.postings, notices: d.notices}
		for _, c := range d.checks() {
			*c = deepCheck{name: c.name, good: c.good}
		}
		if err := d.allAccounts(); err != nil {
			return err
		}
		return d.allNotices()
	})
	if err != nil {
		return nil, err
	}
	var findings []store.Finding
	for _, c := range d.checks() {
		findings = append(findings, c.finding())
	}
	return findings, nil
}

type deep struct {
	tx     store.Tx
	tenant int64

	items, credits, accounts, postings, notices *deepCheck
}

func (d *deep) checks() []*deepCheck {
	return []*deepCheck{d.items, d.credits, d.accounts, d.postings, d.notices}
}

func (d *deep) allAccounts() error {
	var s standing
	f := accountFold{tx: d.tx}
	return eachReplay(d.tx, cal.Far, noSeqLimit, func(where string, args []any, r *replay) error {
		if err := f.load(where, args); err != nil {
			return err
		}
		var open, left int64
		for i := range f.accounts {
			f.accounts[i].fold(&s)
			ofItems, ofCredits := d.account(&f.accounts[i], &s, r)
			open, left = open+ofItems, left+ofCredits
		}
		if open != r.OpenTotal(book.Principal) || left != r.CreditTotal() {
			d.postings.fail("of customers %d to %d, an entry or allocation names an item or a credit that is not there",
				args[1], args[2])
		}
		return nil
	})
}

// account compares one account's caches with its facts, twice over: the standing that
// writes caches, and the replay, which knows nothing of it. It returns what the replay
// gives for the account's items and credits.
func (d *deep) account(a *foldedAccount, s *standing, from *replay) (open, left int64) {
	for i := range a.allocations {
		d.postings.checked++
		if x := &a.allocations[i]; !x.Head.OfClaim() {
			d.postings.fail("allocation %d of customer %d has the head %d", x.ID, a.customer, x.Head)
		}
	}
	for i := range s.items {
		it := &s.items[i]
		d.items.checked++
		if it.now != it.was {
			d.items.fail("item %d of customer %d has amount %d, open %d, settled %q; its facts give %d, %d, %q",
				it.id, a.customer,
				it.was.amount, it.was.open, it.was.settled, it.now.amount, it.now.open, it.now.settled)
		}
		replayed := from.Open(it.id, book.Principal)
		open += replayed
		if it.kind == book.Invoice && replayed != it.now.open {
			d.items.fail("item %d of customer %d: replay gives %d open, the fold %d", it.id, a.customer, replayed,
				it.now.open)
		}
		if it.now.open < 0 {
			d.postings.fail("item %d of customer %d is settled by %d too much", it.id, a.customer, -it.now.open)
		}
	}
	d.credits.checked++
	if now := s.openCredits(); !slices.Equal(now, a.credits) {
		d.credits.fail("customer %d has credits %v, its facts give %v", a.customer, a.credits, now)
	}
	for _, c := range s.credits {
		replayed := from.Credit(c.entry)
		left += replayed
		if c.left < 0 || c.left != replayed {
			d.postings.fail("entry %d of customer %d has %d left, replay gives %d", c.entry, a.customer, c.left, replayed)
		}
	}
	d.accounts.checked++
	if !a.repeats(s) {
		d.accounts.fail("customer %d has %d documents of %d, payment days %q; its facts give %d of %d, %q", a.customer,
			a.documents, a.billed, a.paymentDays, s.documents, s.billed, book.FormatSettled(s.settled))
	}
	return open, left
}

// allNotices checks that every notice names a message or task of its own
// account.
func (d *deep) allNotices() error {
	err := store.Each(d.tx, `SELECT n.customer_id, n.item_id, n.step,
		CASE WHEN m.message_id IS NULL AND t.task_id IS NULL THEN 0 ELSE 1 END
		FROM notice n
		LEFT JOIN message m ON m.tenant_id = n.tenant_id AND m.message_id = n.message_id
			AND m.customer_id = n.customer_id
		LEFT JOIN task t ON t.tenant_id = n.tenant_id AND t.task_id = n.task_id AND t.customer_id = n.customer_id
		WHERE n.tenant_id = $1`, []any{d.tenant}, func(r store.Rows) error {
		d.notices.checked++
		if !r.Bool(3) {
			d.notices.fail("notice %s of item %d, customer %d, names no message or task of the customer", r.Text(2),
				r.Int64(1), r.Int64(0))
		}
		return nil
	})
	return err
}

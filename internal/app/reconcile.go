package app

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// ReconcileReport compares our open items with a control list, item by item, as of
// a day. Credits are negative. Where nothing differs all three lists are empty.
type ReconcileReport struct {
	AsOf        cal.Date             `json:"as_of"`
	Differences []ReconcileDifferent `json:"differences"`
	OnlyOurs    []ReconcileItem      `json:"only_ours"`
	OnlyTheirs  []ReconcileItem      `json:"only_theirs"`
	Unapplied   []ReconcileUnapplied `json:"unapplied"` // ours, of no document, so on no side of the lists
	Equal       int                  `json:"equal"`
	Rejected    []RejectedRow        `json:"rejected"` // rows of the list that could not be read
}

// ReconcileDifferent is an item of both sides with different open amounts.
type ReconcileDifferent struct {
	Item   string       `json:"item"`
	Ours   MoneyText    `json:"ours"`
	Theirs MoneyText    `json:"theirs"`
	id     reconcileKey // for the order
}

// ReconcileItem is an item that only one side holds open.
type ReconcileItem struct {
	Item string    `json:"item"`
	Open MoneyText `json:"open"`
	id   reconcileKey
}

// ReconcileUnapplied is money of a customer that we hold set against no item. It counts in
// our total; a list of open items has it as a credit, as a smaller open amount or not at all.
type ReconcileUnapplied struct {
	Customer string    `json:"customer"` // the number
	Credit   MoneyText `json:"credit"`   // negative
}

// MoneyText is an amount in the form of every machine-readable output.
type MoneyText struct {
	Amount   string         `json:"amount"`
	Currency money.Currency `json:"currency"`
}

func moneyText(minor int64, c money.Currency) MoneyText {
	return MoneyText{Amount: money.FormatMinor(minor, c.Exponent()), Currency: c}
}

type reconcileKey struct {
	number     string
	instalment int64
	credit     bool
}

func (k reconcileKey) compare(o reconcileKey) int {
	return cmp.Or(cmp.Compare(k.number, o.number), cmp.Compare(k.instalment, o.instalment))
}

// text is the reference of an item: item:NUMBER, or item:NUMBER/2 for an instalment.
func (k reconcileKey) text() string {
	return "item:" + book.ItemName(k.number, int(k.instalment))
}

// Reconcile compares what we hold open with a list of open items from the
// bookkeeping, as of a day, and changes nothing. Rows are understood as in Import
// of a complete list. Errors: as Import.
func (a *App) Reconcile(ctx context.Context, im ImportRequest) (ReconcileReport, error) {
	im.Kind, im.Complete = ImportOpenItems, true
	st, err := a.stageFile(ctx, &im)
	if err != nil {
		return ReconcileReport{}, err
	}
	var rec *reconciler
	err = a.read(ctx, func(tx store.Tx) error {
		rec = &reconciler{tx: tx, tenant: a.tenant, st: st, seen: make([]bool, len(st.rows))}
		rec.report = ReconcileReport{Differences: []ReconcileDifferent{}, OnlyOurs: []ReconcileItem{},
			OnlyTheirs: []ReconcileItem{}, Unapplied: []ReconcileUnapplied{},
			Rejected: st.report.Rejected}
		return rec.run(a, &im)
	})
	if err != nil {
		return ReconcileReport{}, err
	}
	return rec.report, nil
}

type reconciler struct {
	tx      store.Tx
	tenant  int64
	st      *stage
	seen    []bool
	later   laterFacts
	credits map[int64]creditOf
	report  ReconcileReport
}

func (rc *reconciler) run(a *App, im *ImportRequest) error {
	c, err := a.creditor(rc.tx, im.Creditor)
	if err != nil {
		return err
	}
	if rc.report.AsOf = im.AsOf; !stated(im.AsOf) {
		rc.report.AsOf = c.today(rc.tx)
	}
	if rc.later, err = factsAfter(rc.tx, rc.tenant, rc.report.AsOf, noSeqLimit, true); err != nil {
		return err
	}
	if rc.credits, err = creditNotesLeft(rc.tx, rc.tenant); err != nil {
		return err
	}
	err = store.Each(rc.tx, `SELECT item_id, number_norm, number, document_kind, instalment, currency,
		open_minor FROM item
		WHERE tenant_id = $1 AND creditor_id = $2`, []any{rc.tenant, c.ID}, func(r store.Rows) error {
		rc.compare(r)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range rc.st.rows {
		if row := &rc.st.rows[i]; !rc.seen[i] && row.open != 0 {
			key := rc.keyOf(row)
			rc.report.OnlyTheirs = append(rc.report.OnlyTheirs, ReconcileItem{id: key, Item: key.text(),
				Open: rc.theirs(row)})
		}
	}
	rc.sort()
	return rc.unapplied(c.ID)
}

// unapplied lists by customer what is set against no item, credit notes apart: they are
// documents and are compared as such.
func (rc *reconciler) unapplied(creditor int64) error {
	note := make(map[int64]bool, len(rc.credits))
	for _, c := range rc.credits {
		note[c.entry] = true
	}
	left := map[int64]map[money.Currency]int64{} // by customer
	add := func(customer, entry, minor int64, c money.Currency) {
		if note[entry] {
			return
		}
		if left[customer] == nil {
			left[customer] = map[money.Currency]int64{}
		}
		left[customer][c] += minor
	}
	err := eachCredit(rc.tx, "tenant_id = $1", []any{rc.tenant}, func(customer int64, c creditStanding) error {
		add(customer, c.entry, c.left, c.currency)
		return nil
	})
	if err != nil {
		return err
	}
	for entry, d := range rc.later.credits {
		add(d.customer, entry, d.minor, rc.later.currencies[entry])
	}
	return store.Each(rc.tx, `SELECT customer_id, number FROM customer WHERE tenant_id = $1 AND creditor_id = $2
		ORDER BY number_norm, customer_id`, []any{rc.tenant, creditor}, func(r store.Rows) error {
		of := left[r.Int64(0)]
		for _, c := range slices.Sorted(maps.Keys(of)) {
			if of[c] != 0 {
				rc.report.Unapplied = append(rc.report.Unapplied, ReconcileUnapplied{r.Text(1), moneyText(-of[c], c)})
			}
		}
		return nil
	})
}

func (rc *reconciler) keyOf(row *stagedRow) reconcileKey {
	return reconcileKey{rc.st.text(row.number), int64(row.inst), row.credit}
}

func (rc *reconciler) theirs(row *stagedRow) MoneyText {
	open := row.open
	if row.credit {
		open = -open
	}
	return moneyText(open, rc.st.currencies[row.currency])
}

// compare compares one item of ours with the row of the same document.
func (rc *reconciler) compare(r store.Rows) {
	b := bookItem{item: r.Int64(0), credit: book.DocumentKindOf(r.Int64(3)) == book.CreditNote, inst: r.Int64(4),
		open: r.Int64(6)}
	credit := rc.credits[b.item]
	if b.credit {
		b.open = credit.left
	}
	later, _ := rc.later.of(&b, credit)
	open := b.open + later
	if b.credit {
		open = -open
	}
	ours := moneyText(open, currency(r.Bytes(5)))
	if head, ok := rc.st.byNumber.find(textOf(r.Bytes(1))); ok {
		for i := head; i != noRow; i = rc.st.rows[i].next {
			row := &rc.st.rows[i]
			if int64(row.inst) != b.inst || row.credit != b.credit {
				continue
			}
			rc.seen[i] = true
			if theirs := rc.theirs(row); theirs != ours {
				rc.report.Differences = append(rc.report.Differences, ReconcileDifferent{id: rc.keyOf(row),
					Item: rc.keyOf(row).text(), Ours: ours, Theirs: theirs})
			} else {
				rc.report.Equal++
			}
			return
		}
	}
	if open != 0 {
		key := reconcileKey{r.Text(2), b.inst, b.credit}
		rc.report.OnlyOurs = append(rc.report.OnlyOurs, ReconcileItem{id: key, Item: key.text(), Open: ours})
	}
}

func (rc *reconciler) sort() {
	slices.SortFunc(rc.report.Differences, func(a, b ReconcileDifferent) int { return a.id.compare(b.id) })
	for _, list := range [][]ReconcileItem{rc.report.OnlyOurs, rc.report.OnlyTheirs} {
		slices.SortFunc(list, func(a, b ReconcileItem) int { return a.id.compare(b.id) })
	}
	if rc.report.Rejected == nil {
		rc.report.Rejected = []RejectedRow{}
	}
}

// creditNotesLeft is what is left of each credit note, by its item.
func creditNotesLeft(tx store.Tx, tenant int64) (map[int64]creditOf, error) {
	left := map[int64]creditOf{}
	// CROSS JOIN keeps SQLite from beginning with all entries: few credits have something left.
	err := store.Each(tx, `SELECT e.item_id, k.entry_id, k.open_minor FROM credit k CROSS JOIN entry e
		WHERE k.tenant_id = $1 AND e.tenant_id = k.tenant_id AND e.customer_id = k.customer_id
			AND e.entry_id = k.entry_id AND e.item_id <> 0`, []any{tenant}, func(r store.Rows) error {
		left[r.Int64(0)] = creditOf{entry: r.Int64(1), left: r.Int64(2)}
		return nil
	})
	return left, err
}

package app

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// writeChanges writes what the file changes of items that exist, and settles what
// a complete list does not name.
func (ap *importApply) writeChanges() error {
	changes := append(slices.Clone(ap.changes), ap.missing...)
	if len(changes) == 0 {
		return nil
	}
	slices.SortFunc(changes, func(a, b itemChange) int {
		return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(a.item, b.item))
	})
	w := &changeWriter{importApply: ap, bookkeeping: map[int64]bool{}}
	for i := range changes {
		if err := w.change(&changes[i]); err != nil {
			return err
		}
	}
	if err := w.postings.write(ap.recorder); err != nil {
		return err
	}
	return w.writeDueChanges(changes)
}

// changeWriter writes changes in order of account.
type changeWriter struct {
	*importApply
	postings    postings
	facts       *accountFacts // of the account below
	factsOf     int64
	bookkeeping map[int64]bool // command → is it an import
}

func (w *changeWriter) change(c *itemChange) error {
	w.touched(c.customer)
	if c.amount != 0 {
		e := adjusted(c.item, money.Money{Minor: c.amount, Currency: w.currencyOf(c)}, max(w.asOf, c.issued))
		if c.was.credit {
			e = w.creditAdjusted(c, e.Day)
		}
		w.postings.add(c.customer, e, 0, cal.None)
	}
	switch {
	case c.was.credit:
		w.useCredit(c)
	case c.pay > 0:
		w.settle(c)
	case c.reopen > 0:
		if err := w.reopen(c); err != nil {
			return err
		}
	}
	return w.writeFields(c)
}

func (w *changeWriter) touched(customer int64) {
	w.wrote = true
	if n := len(w.affected); n == 0 || w.affected[n-1] != customer {
		w.affected = append(w.affected, customer)
	}
}

func (w *changeWriter) currencyOf(c *itemChange) money.Currency {
	return money.Currency(c.was.currency)
}

// settle records what was paid since: with the value day that the row states, the
// rest per bookkeeping on the day of the file.
func (w *changeWriter) settle(c *itemChange) {
	listed := c.pay
	if c.row != noRow {
		if row := &w.st.rows[c.row]; row.paidOn != cal.None {
			if paid := min(listed, row.paid); paid > 0 {
				listed -= paid
				w.report.Payments++
				m := money.Money{Minor: paid, Currency: w.currencyOf(c)}
				w.postings.add(c.customer, credited(book.EntryPayment, m, row.paidOn), c.item, max(row.paidOn, c.issued))
			}
		}
	}
	if listed > 0 {
		m, day := money.Money{Minor: listed, Currency: w.currencyOf(c)}, max(w.asOf, c.issued)
		w.postings.add(c.customer, credited(book.EntrySettledByList, m, day), c.item, day)
	}
}

// useCredit lowers or restores what is left of a credit note per bookkeeping.
func (w *changeWriter) useCredit(c *itemChange) {
	e := usedUp(c.item, c.credit.entry, money.Money{Minor: c.pay, Currency: w.currencyOf(c)}, max(w.asOf,
		c.issued))
	if c.reopen > 0 {
		e.From, e.To, e.Minor = e.To, e.From, c.reopen
	}
	if e.Minor > 0 {
		w.postings.add(c.customer, e, 0, cal.None)
	}
}

// usedUp is an entry that lowers what is left of a credit note per bookkeeping.
func usedUp(item, entry int64, m money.Money, day cal.Date) book.Entry {
	return book.Entry{Item: item, Kind: book.EntrySettledByList, Day: day, Currency: m.Currency, Corrects: entry,
		From: book.Bookkeeping, To: book.Unapplied, Minor: m.Minor}
}

// creditAdjusted is the entry that corrects the amount of a credit note.
func (w *changeWriter) creditAdjusted(c *itemChange, day cal.Date) book.Entry {
	e := book.Entry{Item: c.item, Kind: book.EntryAdjustment, Day: day, Currency: w.currencyOf(c),
		Corrects: c.credit.entry,
		From:     book.Unapplied, To: book.Sales, Minor: c.amount}
	if c.amount < 0 {
		e.From, e.To, e.Minor = book.Sales, book.Unapplied, -c.amount
	}
	return e
}

// reopen opens an item again, newest allocation first. What an import had settled
// is taken back, since the same source now says otherwise, and so is what was written
// off, which nobody paid. Money that the book
// knows from elsewhere stays on the account as unapplied: the customer did pay,
// whatever the list sets it against.
func (w *changeWriter) reopen(c *itemChange) error {
	if w.facts == nil || w.factsOf != c.customer {
		var err error
		if w.facts, err = w.recorder.facts(c.customer); err != nil {
			return err
		}
		w.factsOf = c.customer
	}
	w.report.Reopened++
	day, left := max(w.asOf, c.issued), c.reopen
	net := w.facts.net()
	for i := len(net) - 1; i >= 0 && left > 0; i-- {
		a := net[i]
		if a.Item != c.item || a.Head != book.Principal {
			continue
		}
		minor := min(left, a.Minor)
		left -= minor
		w.postings.set(c.customer, takenBack(a, minor, day))
		e := w.facts.find(a.Entry)
		imported, err := w.imported(e)
		if err != nil {
			return err
		}
		switch {
		case imported || e.Kind == book.EntryWriteOff:
			w.postings.add(c.customer, countered(e, minor, max(day, e.Day)), 0, cal.None)
		case e.Kind == book.EntryCreditNote && e.Item != 0 && (w.im.Complete || w.credited[e.Item]):
			// The file says what is left of this credit note; the rest of it was used
			// up elsewhere.
			w.postings.add(c.customer, usedUp(e.Item, e.ID, money.Money{Minor: minor, Currency: e.Currency},
				max(day, e.Day)), 0, cal.None)
		}
	}
	return nil
}

// imported reports whether an entry was recorded by an import as settled or paid.
func (w *changeWriter) imported(e *book.Entry) (bool, error) {
	if e.Kind == book.EntrySettledByList {
		return true, nil
	}
	if e.Kind != book.EntryPayment {
		return false, nil
	}
	known, ok := w.bookkeeping[e.Seq]
	if ok {
		return known, nil
	}
	err := store.One(w, "SELECT command FROM txn WHERE tenant_id = $1 AND seq = $2", []any{w.tenant, e.Seq},
		func(r store.Rows) { known = r.Text(0) == "import" })
	w.bookkeeping[e.Seq] = known
	return known, err
}

// writeFields updates the columns that the row states otherwise.
func (w *changeWriter) writeFields(c *itemChange) error {
	if c.fields == 0 {
		return nil
	}
	row := &w.st.rows[c.row]
	for _, f := range []struct {
		field changedFields
		name  string
		sql   string
		value any
		text  string
	}{
		{invoiceDateChanged, "invoice_date",
			"UPDATE item SET invoice_date = $4 WHERE tenant_id = $1 AND customer_id = $2 AND item_id = $3",
			row.invoice, row.invoice.String()},
		{agreedChanged, "date_agreed",
			"UPDATE item SET date_agreed = $4 WHERE tenant_id = $1 AND customer_id = $2 AND item_id = $3",
			int64(row.agreed), row.agreed.String()},
		{poChanged, "po", "UPDATE item SET po = $4 WHERE tenant_id = $1 AND customer_id = $2 AND item_id = $3",
			w.st.text(row.po), w.st.text(row.po)},
		{dueChanged, "", `UPDATE item SET due_date = $4 WHERE tenant_id = $1 AND customer_id = $2
			AND item_id = $3`, row.due, ""},
	} {
		if c.fields&f.field == 0 {
			continue
		}
		if _, err := w.Exec(f.sql, w.tenant, c.customer, c.item, f.value); err != nil {
			return err
		}
		if f.name == "" {
			continue
		}
		if err := w.changed("item", c.item, f.name, f.text); err != nil {
			return err
		}
	}
	if c.fields&reportedChanged == 0 {
		return nil
	}
	level, day := c.was.level, c.was.reported
	if row.level != 0 {
		level = int64(row.level)
	}
	if row.reported != cal.None {
		day = row.reported
	}
	if _, err := w.Exec(`UPDATE item SET reported_level = $4, reported_day = $5 WHERE tenant_id = $1
		AND customer_id = $2 AND item_id = $3`,
		w.tenant, c.customer, c.item, level, day); err != nil {
		return err
	}
	return w.changed("item", c.item, "reported", sprintf("level %d, %s", level, day))
}

// writeDueChanges records corrected due dates as facts.
func (w *changeWriter) writeDueChanges(changes []itemChange) error {
	ins := w.Insert("due_change")
	for i := range changes {
		if c := &changes[i]; c.fields&dueChanged != 0 {
			ins.Int(c.customer).Int(c.item).Int(w.Seq()).Day(w.st.rows[c.row].due).Text("correction").End()
		}
	}
	return ins.Close()
}

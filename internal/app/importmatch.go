package app

import (
	"fmt"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// sprintf is short for what errors and findings are written with.
var sprintf = fmt.Sprintf

// itemChange is what a file changes of an item that exists. Row is -1 for an item
// that a complete list does not name.
type itemChange struct {
	row            int32
	customer, item int64
	credit         creditOf // of a credit note
	amount         int64    // correction of the amount
	pay            int64    // settled since, with the row's value day or per bookkeeping
	reopen         int64    // open again
	issued         cal.Date
	currency       uint8
	fields         changedFields
	was            bookItem
}

// settles reports whether the change settles or reduces an item.
func (c *itemChange) settles() bool { return c.pay > 0 }

// changedFields are the columns of an item that a file changes.
type changedFields uint8

const (
	dueChanged changedFields = 1 << iota
	invoiceDateChanged
	agreedChanged
	poChanged
	reportedChanged
)

// bookItem is an item as the book has it.
type bookItem struct {
	customer, item int64
	credit         bool
	inst           int64
	currency       string
	invoice, due   cal.Date
	agreed         book.Tri
	amount, open   int64
	po             string
	level          int64
	reported       cal.Date
	recorded       cal.Date
	issued         cal.Date // None: not known
}

// unstatedIssue is the day from which a document without a date may be missing in
// a list: the day the book first knew it.
func (b *bookItem) unstatedIssue() cal.Date {
	if b.invoice == cal.None {
		return b.recorded
	}
	return cal.None
}

const bookItemColumns = `customer_id, item_id, number_norm, document_kind, instalment, currency,
	invoice_date, due_date,
	date_agreed, amount_minor, open_minor, po, reported_level, reported_day, recorded_day`

// match finds the staged rows in the book and works out what changes.
func (ap *importApply) match() error {
	for i := range ap.st.rows {
		at := ap.st.rows[i].customer
		if expected, several := ap.customers[at].named.several(); several && ap.states[i] == rowNew {
			ap.reject(int32(i), "customer_name", ap.st.customers[at].name, expected)
		}
	}
	if len(ap.st.rows) == 0 && !ap.im.Complete || ap.held == 0 {
		return nil
	}
	var err error
	if ap.later, err = factsAfter(ap, ap.tenant, ap.asOf, noSeqLimit, true); err != nil {
		return err
	}
	if ap.credits, err = creditNotesLeft(ap, ap.tenant); err != nil {
		return err
	}
	if slices.ContainsFunc(ap.st.rows, func(r stagedRow) bool { return r.credit && r.open > 0 }) {
		if err := ap.usedUpCredits(); err != nil {
			return err
		}
	}
	where := "tenant_id = $1 AND creditor_id = $2"
	args := []any{ap.tenant, ap.creditor.ID}
	const scanFactor = 20 // a lookup costs about as much as scanning this many rows
	if int64(ap.st.byNumber.count)*scanFactor >= ap.documents {
		return ap.compareAll(where, args)
	}
	if ap.im.Complete {
		if err := ap.compareAll(where+" AND open_minor > 0", args); err != nil {
			return err
		}
		if err := ap.missingCredits(); err != nil {
			return err
		}
	}
	seen := make(map[int64]bool, len(ap.changes))
	for i := range ap.changes {
		seen[ap.changes[i].item] = true
	}
	for head := range ap.st.rows {
		row := &ap.st.rows[head]
		if row.further || ap.chainDone(int32(head)) {
			continue
		}
		err := store.Each(ap, "SELECT "+bookItemColumns+" FROM item WHERE "+where+" AND number_norm = $3",
			append(args, ap.st.text(row.norm)), func(r store.Rows) error {
				if !seen[r.Int64(1)] {
					ap.compareRow(r, false)
				}
				return nil
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// chainDone reports whether every row of a number has met its item.
func (ap *importApply) chainDone(head int32) bool {
	for i := head; i != noRow; i = ap.st.rows[i].next {
		if ap.states[i] == rowNew {
			return false
		}
	}
	return true
}

// usedUpCredits adds the credit notes of which nothing is left: the file may open one
// again, or state what was left of it on an earlier day.
func (ap *importApply) usedUpCredits() error {
	return store.Each(ap, `SELECT item_id, entry_id FROM entry
		WHERE tenant_id = $1 AND kind = $2 AND item_id <> 0 AND corrects = 0`,
		[]any{ap.tenant, book.EntryCreditNote.Number()}, func(r store.Rows) error {
			if _, left := ap.credits[r.Int64(0)]; !left {
				ap.credits[r.Int64(0)] = creditOf{entry: r.Int64(1)}
			}
			return nil
		})
}

// missingCredits looks at credit notes with something left, which are not among
// the open items, for a complete list.
func (ap *importApply) missingCredits() error {
	items := make([]int64, 0, len(ap.credits))
	for item := range ap.credits {
		items = append(items, item)
	}
	return ap.compareAll(`tenant_id = $1 AND creditor_id = $2 AND document_kind = $4
		AND item_id IN ids($3)`,
		[]any{ap.tenant, ap.creditor.ID, items, book.CreditNote.Number()})
}

// compareAll compares the items of a selection with the staged rows.
func (ap *importApply) compareAll(where string, args []any) error {
	return store.Each(ap, "SELECT "+bookItemColumns+" FROM item WHERE "+where, args, func(r store.Rows) error {
		ap.compareRow(r, true)
		return nil
	})
}

// compareRow compares one item of the book with the staged row of the same
// document, if there is one; with countMissing it notes open items that have none.
func (ap *importApply) compareRow(r store.Rows, countMissing bool) {
	b := bookItem{customer: r.Int64(0), item: r.Int64(1), inst: r.Int64(4), currency: intern(r.Bytes(5)),
		invoice: r.Day(6), due: r.Day(7),
		agreed: book.Tri(r.Int64(8)), amount: r.Int64(9), open: r.Int64(10), level: r.Int64(12),
		reported: r.Day(13),
		recorded: r.Day(14), credit: book.DocumentKindOf(r.Int64(3)) == book.CreditNote}
	b.issued = b.invoice
	credit := ap.credits[b.item]
	if b.credit {
		b.open = credit.left
	}
	if countMissing && b.open > 0 && !b.credit {
		ap.report.open++
	}
	head, found := ap.st.byNumber.find(textOf(r.Bytes(2)))
	if found {
		for i := head; i != noRow; i = ap.st.rows[i].next {
			row := &ap.st.rows[i]
			if int64(row.inst) != b.inst || row.credit != b.credit {
				continue
			}
			if ap.states[i] == rowNew {
				b.po = r.Text(11)
				ap.compare(i, &b, credit)
			}
			return
		}
	}
	if countMissing && ap.im.Complete && !ap.st.unread[textOf(r.Bytes(2))] {
		ap.notListed(&b, credit)
	}
}

// notListed notes an open item that a complete list does not name, not even in a row that
// cannot be read otherwise. A document that
// is younger than the list is not missing, and what was settled after the day of
// the list is settled no second time.
func (ap *importApply) notListed(b *bookItem, credit creditOf) {
	if b.open <= 0 || max(b.issued, b.unstatedIssue()) > ap.asOf {
		return
	}
	later, listed := ap.later.of(b, credit)
	at := b.open + later - max(listed, 0)
	if pay := min(at, b.open); pay > 0 {
		ap.missing = append(ap.missing, itemChange{row: noRow, customer: b.customer, item: b.item, credit: credit,
			pay:    pay,
			issued: b.issued, was: *b})
	}
}

// compare works out what a row changes of its item.
func (ap *importApply) compare(i int32, b *bookItem, credit creditOf) {
	row := &ap.st.rows[i]
	ap.states[i] = rowUnchanged
	switch {
	case ap.customers[row.customer].id != b.customer:
		ap.reject(i, "number", ap.st.text(row.number),
			"a number of one customer only: the book has it for another one")
		return
	case string(ap.currency(row)) != b.currency:
		ap.reject(i, "currency", string(ap.currency(row)),
			b.currency+", the currency in which the document was recorded")
		return
	}
	c := itemChange{row: i, customer: b.customer, item: b.item, credit: credit, currency: row.currency, was: *b,
		issued: b.issued}
	c.amount, c.pay, c.reopen = ap.compareAmounts(row, b, credit)
	c.fields = compareFields(row, ap.st.text(row.po), b)
	if b.credit && (row.openSaid || ap.im.Complete) {
		ap.credited[b.item] = true
	}
	if c.amount != 0 || c.pay != 0 || c.reopen != 0 || c.fields != 0 {
		ap.states[i] = rowChanged
		ap.changes = append(ap.changes, c)
	}
}

// compareAmounts compares what the row and the book say about amount and open
// amount as of the day of the file: what the book learnt for later days stays out.
func (ap *importApply) compareAmounts(row *stagedRow, b *bookItem, credit creditOf) (correction, pay,
	reopen int64) {
	amount, open := row.amount, row.open
	if ap.im.Complete && !row.openSaid {
		// A list of what is open that states one amount states the open one.
		amount = max(row.amount, b.amount)
	}
	correction = amount - b.amount
	openNow := b.open + correction
	// What was open then lies between least and most: what a later list stated as
	// settled may have been settled before already.
	least, most := openNow, openNow
	if b.issued <= ap.asOf && row.paidOn <= ap.asOf {
		later, listed := ap.later.of(b, credit)
		least, most = openNow+later-max(listed, 0), openNow+later
	} // else the row shows a later state than the day of the file: that of now
	switch {
	case !row.openSaid && !ap.im.Complete: // the file says nothing about what is open
		if openNow < 0 {
			reopen = -openNow
		}
	case open < least:
		pay = min(least-open, max(openNow, 0))
	case open > most:
		reopen = min(open-most, amount-openNow)
	}
	return correction, pay, reopen
}

// compareFields compares the other columns; what the row leaves empty stays.
func compareFields(row *stagedRow, po string, b *bookItem) (f changedFields) {
	if row.due != cal.None && row.due != b.due {
		f |= dueChanged
	}
	if row.invoice != cal.None && row.invoice != b.invoice {
		f |= invoiceDateChanged
	}
	if row.agreed != book.Unstated && row.agreed != b.agreed {
		f |= agreedChanged
	}
	if po != "" && po != b.po {
		f |= poChanged
	}
	if row.reported != cal.None && row.reported != b.reported || row.level != 0 && int64(row.level) != b.level {
		f |= reportedChanged
	}
	return f
}

package app

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// newItems writes documents that the book does not know yet, account by account.
type newItems struct {
	*importApply
	item, entry, allocation, credit, hold, account *store.Inserter
	nextItem, nextEntry, nextAllocation, nextHold  int64

	settled  []book.Settled // of one account, as are the next two
	invoices int64
	billed   int64
}

// writeNew writes all new documents in order of key.
func (ap *importApply) writeNew() error {
	order := ap.newRows()
	return ap.bulk(len(order), func() error { return ap.writeDocuments(order) })
}

// newRows are the new rows by customer, in the order of the file.
func (ap *importApply) newRows() []int32 {
	// Customers in the order of their ids, then a counting sort of the rows.
	byID := make([]int32, len(ap.customers))
	for i := range byID {
		byID[i] = int32(i)
	}
	slices.SortFunc(byID, func(a, b int32) int { return cmp.Compare(ap.customers[a].id, ap.customers[b].id) })
	counts := make([]int32, len(ap.customers))
	total := int32(0)
	for i, state := range ap.states {
		if state == rowNew {
			counts[ap.st.rows[i].customer]++
			total++
		}
	}
	at := int32(0)
	for _, c := range byID { // from here on counts is where the next row of a customer goes
		counts[c], at = at, at+counts[c]
	}
	rows := make([]int32, total)
	for i, state := range ap.states {
		if state == rowNew {
			c := ap.st.rows[i].customer
			rows[counts[c]] = int32(i)
			counts[c]++
		}
	}
	return rows
}

func (ap *importApply) writeDocuments(order []int32) error {
	w := &newItems{importApply: ap}
	if err := w.reserve(order); err != nil {
		return err
	}
	w.item, w.entry, w.allocation = ap.Insert("item"), ap.Insert("entry"), ap.Insert("allocation")
	w.credit, w.hold, w.account = ap.Insert("credit"), ap.Insert("hold"), ap.Insert("account")
	fresh := ap.freshCustomers()
	for len(order) > 0 || len(fresh) > 0 {
		id := int64(0)
		if len(order) > 0 {
			id = ap.customers[ap.st.rows[order[0]].customer].id
		}
		if len(fresh) > 0 && (id == 0 || fresh[0] < id) {
			w.putAccount(fresh[0]) // without documents
			fresh = fresh[1:]
			continue
		}
		n := 0
		for n < len(order) && ap.customers[ap.st.rows[order[n]].customer].id == id {
			w.document(id, order[n])
			n++
		}
		order = order[n:]
		if len(fresh) > 0 && fresh[0] == id {
			w.putAccount(id)
			fresh = fresh[1:]
		} else {
			ap.affected = append(ap.affected, id)
		}
		w.settled, w.invoices, w.billed = w.settled[:0], 0, 0
	}
	for _, ins := range []*store.Inserter{w.item, w.entry, w.allocation, w.credit, w.hold, w.account} {
		if err := ins.Close(); err != nil {
			return err
		}
	}
	return nil
}

// freshCustomers are the ids of the customers this import created, ascending.
func (ap *importApply) freshCustomers() []int64 {
	if ap.report.Customers == 0 {
		return nil
	}
	ids := make([]int64, 0, ap.report.Customers)
	for i := range ap.customers {
		ids = append(ids, ap.customers[i].id)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)                 // two of the file may be one, by name
	return ids[len(ids)-ap.report.Customers:] // new ids are the highest
}

// reserve takes the ids of all rows to be written.
func (w *newItems) reserve(order []int32) (err error) {
	items, entries, allocations, holds := 0, 0, 0, 0
	for _, i := range order {
		row := &w.st.rows[i]
		f := w.newFacts(row)
		items++
		entries += f.entries(row.amount)
		if !row.credit {
			allocations += f.entries(0)
		}
		if w.isOld(row, &f) {
			holds++
		}
	}
	for _, want := range []struct {
		table string
		n     int
		first *int64
	}{{"item", items, &w.nextItem}, {"entry", entries, &w.nextEntry}, {"allocation", allocations,
		&w.nextAllocation}, {"hold", holds, &w.nextHold}} {
		if want.n > 0 {
			w.wrote = true
			if *want.first, err = w.NextIDs(want.table, want.n); err != nil {
				return err
			}
		}
	}
	return nil
}

// isOld reports whether an open item was overdue for so long when the book first
// knew it that a person looks at it before anybody is reminded.
func (w *newItems) isOld(row *stagedRow, f *newFacts) bool {
	return !row.credit && f.open > 0 && row.due != cal.None && w.today.DaysSince(row.due) > w.review
}

// putAccount writes a new account with what was gathered of its documents.
func (w *newItems) putAccount(customer int64) {
	w.account.Int(customer).Int(w.creditor.ID).Int(1).Day(w.today).Int(0).Int(0).Int(0)
	w.account.Text(book.FormatSettled(latest(w.settled))).Int(w.invoices).Int(w.billed).Null().End()
}

// document writes one new document with all its facts.
func (w *newItems) document(customer int64, i int32) {
	row := &w.st.rows[i]
	f := w.newFacts(row)
	item := w.nextItem
	w.nextItem++
	open := f.open
	if row.credit {
		open = 0
	}
	w.item.Int(customer).Int(item).Int(w.creditor.ID).Int(w.Seq()).Int(row.amount).Int(open)
	w.item.Day(w.today).Day(row.due).Day(row.due).Day(row.invoice).Day(row.reported).Day(f.settled)
	w.item.Int(documentKind(row.credit).Number()).Int(int64(row.inst)).Int(int64(row.agreed)).Int(0)
	w.item.Int(int64(row.level)).Text(string(w.currency(row)))
	w.item.Text(w.st.text(row.number)).Text(w.st.text(row.norm)).Text(w.st.text(row.po))
	w.item.End()
	if row.credit {
		w.creditNote(customer, item, row, &f)
		return
	}
	w.billed = money.AddMinor(w.billed, row.amount)
	if row.amount > 0 {
		w.post(customer, book.Entry{Item: item, Kind: book.EntryInvoice, Day: f.issued, Currency: w.currency(row),
			From: book.Sales, To: book.Principal, Minor: row.amount}, 0, cal.None)
	}
	if f.paid > 0 {
		w.report.Payments++
		paid := money.Money{Minor: f.paid, Currency: w.currency(row)}
		w.post(customer, credited(book.EntryPayment, paid, row.paidOn), item, f.paidDay)
	}
	if f.listed > 0 {
		listed := money.Money{Minor: f.listed, Currency: w.currency(row)}
		w.post(customer, credited(book.EntrySettledByList, listed, f.listDay), item, f.listDay)
	}
	if f.byMoney && row.due != cal.None {
		w.settled = append(w.settled, book.Settled{Day: f.settled, DaysLate: f.settled.DaysSince(row.due)})
	}
	if w.isOld(row, &f) {
		w.report.InReview++
		putHold(w.hold, customer, w.Seq(), &book.Hold{ID: w.nextHold, Item: item, Kind: book.HoldReview,
			From: w.today, Until: cal.Far}, 0, nil)
		w.nextHold++
	}
	if w.firstOfNumber(i) {
		w.invoices++
	}
}

// firstOfNumber reports whether no earlier row of this file is an instalment of
// the same invoice.
func (w *newItems) firstOfNumber(i int32) bool {
	row := &w.st.rows[i]
	if !row.further {
		return true
	}
	j, _ := w.st.byNumber.find(w.st.text(row.norm))
	for ; j != i; j = w.st.rows[j].next {
		if !w.st.rows[j].credit && w.states[j] != rowRejected {
			return false
		}
	}
	return true
}

// creditNote writes the credit of a new credit note, less what was used up before.
func (w *newItems) creditNote(customer, item int64, row *stagedRow, f *newFacts) {
	if row.amount == 0 {
		return
	}
	e := credited(book.EntryCreditNote, money.Money{Minor: row.amount, Currency: w.currency(row)}, f.issued)
	e.Item = item
	id := w.post(customer, e, 0, cal.None)
	if f.paid > 0 {
		w.post(customer, book.Entry{Item: item, Kind: book.EntryRefund, Day: f.paidDay, Currency: e.Currency,
			From: book.Cash, To: book.Unapplied, Minor: f.paid, Corrects: id}, 0, cal.None)
	}
	if f.listed > 0 {
		listed := money.Money{Minor: f.listed, Currency: e.Currency}
		w.post(customer, usedUp(item, id, listed, f.listDay), 0, cal.None)
	}
	if f.open > 0 {
		putCredit(w.credit, customer, &creditStanding{entry: id, kind: e.Kind, currency: e.Currency, day: e.Day,
			left: f.open})
	}
}

// post writes an entry and, for an item, the allocation of all of it.
func (w *newItems) post(customer int64, e book.Entry, item int64, day cal.Date) int64 {
	e.ID = w.nextEntry
	w.nextEntry++
	putEntry(w.entry, customer, w.Seq(), &e, 0, nil)
	if item != 0 {
		putAllocation(w.allocation, customer, w.Seq(), &book.Allocation{ID: w.nextAllocation, Entry: e.ID,
			Item: item,
			Head: book.Principal, Minor: e.Minor, Day: day})
		w.nextAllocation++
	}
	return e.ID
}

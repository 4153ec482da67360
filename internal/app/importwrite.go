package app

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger"
	"github.com/recoup-project/recoup/internal/store"
)

// writeCustomers creates the customers that are new and changes what the file says
// otherwise about the others.
func (ap *importApply) writeCustomers() error {
	for i := range ap.st.contacts {
		c := &ap.customers[ap.st.contacts[i].customer]
		_, several := c.named.several()
		c.used = c.used || ap.im.Kind == ImportCustomers && !several || c.id != 0
	}
	for i := range ap.customers {
		if ap.isNamed(i) && ap.customers[i].used {
			ap.customers[ap.customers[i].named.inFile].used = true
		}
	}
	var fresh []int
	for i := range ap.customers {
		if c := &ap.customers[i]; c.used && c.id == 0 && !ap.isNamed(i) {
			fresh = append(fresh, i)
		}
	}
	if err := ap.changeCustomers(); err != nil || len(fresh) == 0 {
		return err
	}
	ap.wrote = true
	ap.report.Customers = len(fresh)
	first, err := ap.NextIDs("customer", len(fresh))
	if err != nil {
		return err
	}
	firstParty, err := ap.NextIDs("party", len(fresh))
	if err != nil {
		return err
	}
	party, customer := ap.Insert("party"), ap.Insert("customer")
	for n, i := range fresh {
		c, s := &ap.customers[i], &ap.st.customers[i]
		c.id, c.party = first+int64(n), firstParty+int64(n)
		ap.putCustomer(party, customer, c, s)
	}
	ap.adopt() // those that are one of the new ones
	if err := party.Close(); err != nil {
		return err
	}
	return customer.Close()
}

// putCustomer writes a new customer. One without a number goes by its name.
func (ap *importApply) putCustomer(party, customer *store.Inserter, c *importCustomer, s *stagedCustomer) {
	number, norm, name, nameNorm := s.number, s.norm, s.name, s.nameNorm
	if norm == "" {
		number, norm = name, normaliseNumber(name)
	}
	if name == "" {
		name, nameNorm = number, normalise(number)
	}
	country := s.country
	if country == "" {
		country = ap.creditor.Country
	}
	kind := s.kind
	if !s.kindStated {
		kind = book.KindByName(name)
	}
	region := cmp.Or(s.region, subdivisionOf(&s.postal, country))
	putParty(party, c.party, name, nameNorm, postalAddress(&s.postal, country, ap.creditor.Country))
	customer.Int(c.id).Int(ap.creditor.ID).Int(c.party).Text(number).Text(norm).Text(kind.String()).
		Bool(s.kindStated)
	customer.Text(country).Text(region).Text(languageOf(s.language, country,
		ap.creditor.Country)).Text("").Text("").Text("")
	customer.Null().Text("").Text("unknown").Text("").Text("unknown").Text("").End()
}

// changeCustomers updates customers that the file describes otherwise.
func (ap *importApply) changeCustomers() error {
	known := map[int64]int{}
	for i := range ap.customers {
		s := &ap.st.customers[i]
		if ap.customers[i].used && ap.customers[i].id != 0 && !ap.isNamed(i) && (s.name != "" || s.country != "" ||
			s.language != "" || s.kindStated || s.postal != (ledger.Postal{})) {
			known[ap.customers[i].id] = i
		}
	}
	if len(known) == 0 {
		return nil
	}
	var changes []customerChange
	err := store.Each(ap, `SELECT c.customer_id, c.party_id, p.name, c.country, c.language, c.kind,
		c.kind_confirmed, p.address, c.subdivision
		FROM customer c JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE c.tenant_id = $1 AND c.creditor_id = $2 ORDER BY c.customer_id`, []any{ap.tenant, ap.creditor.ID},
		func(r store.Rows) error {
			if i, ok := known[r.Int64(0)]; ok {
				changes = ap.appendRestated(changes, r, &ap.st.customers[i])
			}
			return nil
		})
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return nil
	}
	byHand, err := ap.setByHand()
	if err != nil {
		return err
	}
	for _, c := range changes {
		if byHand[handField{c.customer, c.field}] {
			continue
		}
		if err := ap.changeCustomer(c); err != nil {
			return err
		}
	}
	return nil
}

// appendRestated adds the fields of a customer of the book that the file states otherwise.
func (ap *importApply) appendRestated(changes []customerChange, r store.Rows,
	s *stagedCustomer) []customerChange {
	add := func(field, was, now string) {
		if now != "" && now != was {
			changes = append(changes, customerChange{customer: r.Int64(0), party: r.Int64(1), field: field,
				value: now})
		}
	}
	switch {
	case s.norm == "" || string(r.Bytes(2)) == s.name || s.name == "":
	case ap.im.Kind == ImportContacts: // it says who answers for a customer, not what the customer is called
		ap.report.Warnings = append(ap.report.Warnings, sprintf(
			"row %d calls customer %s %q and the book %q: a file of contacts changes no name", s.line, s.number, s.name,
			r.Text(2)))
	default:
		add("name", r.Text(2), s.name)
	}
	country, region := intern(r.Bytes(3)), intern(r.Bytes(8))
	was := JoinRegion(country, region)
	if s.country != "" && s.country != country {
		country, region = s.country, ""
	}
	add("country", was, JoinRegion(country, cmp.Or(s.region, subdivisionOf(&s.postal, country), region)))
	add("address", r.Text(7), postalAddress(&s.postal, country, ap.creditor.Country))
	if s.language != "" {
		add("language", intern(r.Bytes(4)), languageOf(s.language, country, ap.creditor.Country))
	}
	if s.kindStated {
		was := intern(r.Bytes(5))
		if !r.Bool(6) {
			was = "" // proposed from the name only; the file states it
		}
		add("kind", was, s.kind.String())
	}
	return changes
}

// handField is one field of one customer.
type handField struct {
	customer int64
	field    string
}

// setByHand are the fields that a person set: a file that still has the old value
// does not undo what somebody decided.
func (ap *importApply) setByHand() (map[handField]bool, error) {
	set := map[handField]bool{}
	err := store.Each(ap, `SELECT c.subject_id, c.field FROM change c JOIN txn t ON t.tenant_id = c.tenant_id
		AND t.seq = c.seq
		WHERE c.tenant_id = $1 AND c.subject = 'customer'
			AND t.command = 'set_customer'`, []any{ap.tenant}, func(r store.Rows) error {
		set[handField{r.Int64(0), intern(r.Bytes(1))}] = true
		return nil
	})
	return set, err
}

// customerChange is one field of a customer that the file states otherwise.
type customerChange struct {
	customer, party int64
	field, value    string
}

func (ap *importApply) changeCustomer(c customerChange) error {
	ap.wrote = true
	ap.affected = append(ap.affected, c.customer)
	ap.restated[c.customer] = true
	return ap.setField(c.customer, c.party, c.field, c.value)
}

// newItems writes documents that the book does not know yet, account by account.
type newItems struct {
	*importApply
	item, entry, allocation, credit, hold, account *store.Inserter
	nextItem, nextEntry, nextAllocation, nextHold  int64

	settled  []book.Settled
	invoices int64
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
			w.putAccount(fresh[0], 0, nil) // without documents
			fresh = fresh[1:]
			continue
		}
		n := 0
		w.settled, w.invoices = w.settled[:0], 0
		for n < len(order) && ap.customers[ap.st.rows[order[n]].customer].id == id {
			w.document(id, order[n])
			n++
		}
		order = order[n:]
		if len(fresh) > 0 && fresh[0] == id {
			w.putAccount(id, w.invoices, w.settled)
			fresh = fresh[1:]
		} else {
			ap.affected = append(ap.affected, id)
		}
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

func (w *newItems) putAccount(customer, documents int64, settled []book.Settled) {
	w.account.Int(customer).Int(w.creditor.ID).Int(1).Day(w.today).Int(0).Int(0).Int(0).Text(book.FormatSettled(latest(settled))).
		Int(documents).Null().End()
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

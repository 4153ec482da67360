package app

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/store"
)

// contactKey is a way to reach somebody of a customer: an address, or else a number.
type contactKey struct {
	customer int64
	address  string
}

func keyOfContact(customer int64, email, phone string) contactKey {
	return contactKey{customer, strings.ToLower(cmp.Or(email, phone))}
}

// contactPlace is whose way it is: a file that gives another one for the same place
// corrects the one that it gave before.
type contactPlace struct {
	customer   int64
	role, name string
}

// knownContact is a contact of the book.
type knownContact struct {
	id      int64
	place   contactPlace
	removed bool
	ours    bool // given by a file of the same kind, and left alone by people
}

// importContacts brings the addresses of a file into the book.
type importContacts struct {
	*importApply
	have     map[contactKey]*knownContact
	listed   map[contactKey]bool   // by the file
	gives    map[contactPlace]bool // the file gives an address that is new there
	replaced map[contactPlace]bool
	fresh    []int
}

// contactSource is the kind of files that look after a contact.
func (ap *importApply) contactSource() string {
	if ap.im.contacts() {
		return string(ap.im.Kind)
	}
	return "documents"
}

// writeContacts adds the addresses that a customer does not have yet. An address that
// an earlier file of the kind gave for the same role and name is then out of use; what
// a person entered stays, and what a person took out is not brought back.
func (ap *importApply) writeContacts() error {
	if len(ap.st.contacts) == 0 {
		return nil
	}
	w := &importContacts{importApply: ap, have: map[contactKey]*knownContact{}, listed: map[contactKey]bool{},
		gives: map[contactPlace]bool{}, replaced: map[contactPlace]bool{}}
	if err := w.known(); err != nil {
		return err
	}
	w.compare()
	if err := w.replace(); err != nil {
		return err
	}
	if ap.im.contacts() {
		w.count()
	}
	return w.put()
}

// placeOf is the place of a staged contact.
func (w *importContacts) placeOf(c *stagedContact) contactPlace {
	return contactPlace{w.customers[c.customer].id, cmp.Or(c.role, string(book.AccountsPayable)), c.name}
}

// known reads the contacts of the customers of the file.
func (w *importContacts) known() error {
	var ids []int64
	for i := range w.st.contacts {
		if c := w.customers[w.st.contacts[i].customer]; c.id != 0 {
			ids = append(ids, c.id)
		}
	}
	slices.Sort(ids)
	source := w.contactSource()
	for chunk := range slices.Chunk(slices.Compact(ids), batchSize) {
		where, args := customerRange(w.tenant, chunk)
		err := store.Each(w, `SELECT customer_id, contact_id, role, name, email, phone, state, source FROM contact
			WHERE `+where+" ORDER BY customer_id, contact_id", args, func(r store.Rows) error {
			key := keyOfContact(r.Int64(0), r.Text(4), r.Text(5))
			if before := w.have[key]; before == nil || before.removed {
				w.have[key] = &knownContact{id: r.Int64(1), place: contactPlace{r.Int64(0), r.Text(2), r.Text(3)},
					removed: r.Text(6) == "removed", ours: r.Text(7) == source}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// compare finds the addresses that are new, among them those that come back.
func (w *importContacts) compare() {
	for i := range w.st.contacts {
		c := &w.st.contacts[i]
		customer := w.customers[c.customer]
		if !customer.used || c.email+c.phone == "" {
			continue
		}
		key := keyOfContact(customer.id, c.email, c.phone)
		if w.listed[key] {
			continue
		}
		w.listed[key] = true
		if k := w.have[key]; k == nil || k.removed && k.ours {
			w.fresh = append(w.fresh, i)
			w.gives[w.placeOf(c)] = true
		}
	}
}

// replace takes out of use what the file gave before for a place where it gives
// something new.
func (w *importContacts) replace() error {
	var out []knownContact
	for key, k := range w.have {
		if k.ours && !k.removed && !w.listed[key] && w.gives[k.place] {
			out = append(out, *k)
		}
	}
	slices.SortFunc(out, func(a, b knownContact) int { return cmp.Compare(a.id, b.id) })
	for _, k := range out {
		w.wrote, w.replaced[k.place] = true, true
		w.report.ContactsReplaced++
		w.affected = append(w.affected, k.place.customer)
		if _, err := w.Exec("UPDATE contact SET state = 'removed' WHERE tenant_id = $1 AND customer_id = $2 AND contact_id = $3",
			w.tenant, k.place.customer, k.id); err != nil {
			return err
		}
		if err := w.changed("contact", k.id, "removed", strconv.FormatInt(k.id, 10)); err != nil {
			return err
		}
	}
	return nil
}

// count counts the rows of a file of customers or contacts. A row of contacts creates
// a contact, one of customers a customer; it updates what was there.
func (w *importContacts) count() {
	created, news := map[int64]bool{}, map[int]bool{}
	for _, id := range w.freshCustomers() {
		created[id] = true
	}
	for _, i := range w.fresh {
		news[i] = true
	}
	for i := range w.st.contacts {
		c := &w.st.contacts[i]
		customer := w.customers[c.customer]
		if !customer.used {
			s, field, expected := &w.st.customers[c.customer], "customer_number", "a customer of the book"
			if numbers, several := customer.named.several(); several {
				field, expected = "customer_name", numbers
			}
			w.report.reject(int(c.line), field, cmp.Or(s.number, s.name), expected)
			continue
		}
		adds := w.im.Kind == ImportContacts && news[i] && !w.replaced[w.placeOf(c)]
		switch {
		case adds || created[customer.id]:
			w.report.Created++
		case news[i] || w.restated[customer.id]:
			w.report.Updated++
		default:
			w.report.Unchanged++
		}
		delete(created, customer.id)
		delete(w.restated, customer.id)
	}
}

// put writes what is new.
func (w *importContacts) put() error {
	if len(w.fresh) == 0 {
		return nil
	}
	w.wrote = true
	w.report.Contacts = len(w.fresh)
	first, err := w.NextIDs("contact", len(w.fresh))
	if err != nil {
		return err
	}
	slices.SortStableFunc(w.fresh, func(a, b int) int {
		return cmp.Compare(w.customers[w.st.contacts[a].customer].id, w.customers[w.st.contacts[b].customer].id)
	})
	ins, sum := w.Insert("contact"), sha256.New()
	created := w.freshCustomers()
	for n, i := range w.fresh {
		c := &w.st.contacts[i]
		p := w.placeOf(c)
		ins.Int(p.customer).Int(first + int64(n)).Text(p.role).Text(p.name).Text(c.email).Text(c.phone).Text("ok").
			Text(w.contactSource()).End()
		hashContact(sum, p.customer, p.role, p.name, c.email, c.phone)
		if len(created) == 0 || p.customer < created[0] {
			w.affected = append(w.affected, p.customer)
		}
	}
	if err := ins.Close(); err != nil {
		return err
	}
	return w.changed("contact", first, "imported", importedContacts(int64(len(w.fresh)), sum))
}

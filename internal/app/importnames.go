package app

import (
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/store"
)

// namesakes are whom a customer without a number can be: those with its name, by number, in
// the book and in the file.
type namesakes struct {
	norms, numbers []string
	inFile         int32 // staged customer with the only number, -1 if the file has none
}

// add notes a customer of the book or the file that has the name of a staged one.
func (c *importCustomer) add(norm, number string) *namesakes {
	if c.named == nil {
		c.named = &namesakes{inFile: noRow}
	}
	n := c.named
	if !slices.Contains(n.norms, norm) {
		n.norms, n.numbers = append(n.norms, norm), append(n.numbers, number)
	}
	return n
}

// several says what a row should have stated where a name alone does not tell the
// customer.
func (n *namesakes) several() (expected string, yes bool) {
	if n == nil || len(n.norms) < 2 {
		return "", false
	}
	const most = 5
	shown, more := slices.Sorted(slices.Values(n.numbers)), ""
	if len(shown) > most {
		shown, more = shown[:most], " and others"
	}
	return sprintf("a customer number: %s%s have this name", strings.Join(shown, ", "), more), true
}

// matchCustomers finds the staged customers in the book: by number, and where the file
// gives none by a name that only one customer has, here or there.
func (ap *importApply) matchCustomers() error {
	ap.customers = make([]importCustomer, len(ap.st.customers))
	ap.namesakes()
	err := store.Each(ap, `SELECT c.customer_id, c.party_id, c.number_norm, p.name_norm, a.documents, c.number
		FROM customer c
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		JOIN account a ON a.tenant_id = c.tenant_id AND a.customer_id = c.customer_id
		WHERE c.tenant_id = $1 AND c.creditor_id = $2`, []any{ap.tenant, ap.creditor.ID}, func(r store.Rows) error {
		ap.held++
		ap.documents += r.Int64(4)
		if at, ok := ap.st.byCode.find(textOf(r.Bytes(2))); ok {
			ap.customers[at].id, ap.customers[at].party = r.Int64(0), r.Int64(1)
		}
		if ap.st.byName.count == 0 {
			return nil
		}
		if at, ok := ap.st.byName.find(textOf(r.Bytes(3))); ok {
			c := &ap.customers[at]
			c.id, c.party = r.Int64(0), r.Int64(1)
			c.add(r.Text(2), r.Text(5))
		}
		return nil
	})
	ap.adopt()
	return err
}

// namesakes finds the customers of the file that have a number and the name of one that
// has none.
func (ap *importApply) namesakes() {
	if ap.st.byName.count == 0 {
		return
	}
	for i := range ap.st.customers {
		s := &ap.st.customers[i]
		if s.norm == "" || s.nameNorm == "" {
			continue
		}
		if at, ok := ap.st.byName.find(s.nameNorm); ok {
			ap.customers[at].add(s.norm, s.number).inFile = int32(i)
		}
	}
}

// adopt lets each customer without a number be the one customer that has its name.
func (ap *importApply) adopt() {
	if ap.st.byName.count == 0 {
		return
	}
	for i := range ap.customers {
		c := &ap.customers[i]
		switch {
		case c.named == nil:
		case len(c.named.norms) > 1:
			c.id, c.party = 0, 0
		case c.named.inFile != noRow:
			of := &ap.customers[c.named.inFile]
			c.id, c.party = of.id, of.party
		}
	}
}

// isNamed reports whether a staged customer is another one of the file, by its name.
func (ap *importApply) isNamed(i int) bool {
	n := ap.customers[i].named
	return n != nil && len(n.norms) == 1 && n.inFile != noRow
}

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
	padded := ap.paddedNumbers()
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
		padded.take(r.Text(2), r.Int64(0), r.Int64(1))
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
	for _, of := range padded {
		if c := &ap.customers[of.staged]; c.id == 0 && of.held == 1 && of.listed == 1 {
			c.id, c.party = of.id, of.party
		}
	}
	ap.adopt()
	return err
}

// padded are customers by their numbers without the zeros in front: one of the file, and of
// the book how many have such a number.
type padded map[string]*paddedNumber

type paddedNumber struct {
	staged       int
	listed, held int // in the file, in the book
	id, party    int64
}

// paddedNumbers are the numbers of a list of contacts that are digits alone: spreadsheets and
// systems drop and add zeros in front of them, and a list of addresses is for customers that
// are there. What a list of documents names keeps its zeros.
func (ap *importApply) paddedNumbers() padded {
	if !ap.im.contacts() {
		return nil
	}
	p := padded{}
	for i := range ap.st.customers {
		if bare, ok := bareNumber(ap.st.customers[i].norm); ok {
			if p[bare] == nil {
				p[bare] = &paddedNumber{staged: i}
			}
			p[bare].listed++
		}
	}
	return p
}

// take notes a customer of the book if its number is among them.
func (p padded) take(norm string, id, party int64) {
	if len(p) == 0 {
		return
	}
	if bare, ok := bareNumber(norm); ok && p[bare] != nil {
		p[bare].held++
		p[bare].id, p[bare].party = id, party
	}
}

// bareNumber is a number of digits alone without the zeros in front.
func bareNumber(norm string) (string, bool) {
	bare := strings.TrimLeft(norm, "0")
	return bare, bare != "" && strings.Trim(bare, "0123456789") == ""
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

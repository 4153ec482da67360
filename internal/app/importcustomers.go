package app

import (
	"cmp"

	"github.com/recoup-project/recoup/internal/core/book"
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
			"row %d calls customer %s %q and the book %q: a file of contacts changes no name", s.line, s.number,
			s.name,
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

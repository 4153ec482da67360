package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/store"
)

// CustomerChange is what a person decided about a customer; nil fields stay.
type CustomerChange struct {
	Name         *string `json:"name,omitempty"`
	Address      *string `json:"address,omitempty"` // lines
	RegisterNo   *string `json:"register_no,omitempty"`
	VATID        *string `json:"vat_id,omitempty"`
	Kind         *string `json:"kind,omitempty"` // confirmed by this
	Country      *string `json:"country,omitempty"`
	Language     *string `json:"language,omitempty"`
	Strategy     *string `json:"strategy,omitempty"` // "" = the first that fits
	Flags        *string `json:"flags,omitempty"`    // words; "" = none
	AccountOwner *string `json:"account_owner,omitempty"`
	Since        *string `json:"since,omitempty"`
	Law          *string `json:"law,omitempty"` // "" = by the rules of conflict
	Goods        *string `json:"goods,omitempty"`
	ContractRate *string `json:"contract_rate,omitempty"` // percent a year; "" = none
	DateAgreed   *string `json:"date_agreed,omitempty"`
	Mode         *string `json:"mode,omitempty"` // observe, ask_first; "" = the book's
}

// customerField is one field of a customer that a person may set.
type customerField struct {
	name     string
	value    *string
	expected string
	check    func(a *App, v string) (stored string, ok bool)
}

func (c *CustomerChange) fields() []customerField {
	return []customerField{
		{"name", c.Name, "a name", func(_ *App, v string) (string, bool) { return v, notEmpty(v) }},
		{"address", c.Address, "lines separated by \\n", anyText},
		{"register_no", c.RegisterNo, "a register number", anyText},
		{"vat_id", c.VATID, "a VAT id", anyText},
		{"kind", c.Kind, "company, individual, public_body, consumer or unknown", isKind},
		{"country", c.Country, "an ISO 3166 code such as GB, DE or US-OH", isPlace},
		{"language", c.Language, "en-GB, en-US or de", isLanguage},
		{"strategy", c.Strategy,
			"standard, gentle, firm, key_account, small_balance or nothing", isStrategy},
		{"flags", c.Flags, flagWords, areFlags},
		{"account_owner", c.AccountOwner, "the short name of a user", anyText},
		{"since", c.Since, "a day, YYYY-MM-DD, or nothing",
			func(_ *App, v string) (string, bool) { return v, v == "" || isDay(v) }},
		{"law", c.Law, "the code of a law that ships, such as GB-EW or DE, or nothing", isLaw},
		{"goods", c.Goods, "yes, no or unknown", isTri},
		{"contract_rate", c.ContractRate,
			expectedRate + ", or nothing", isRate},
		{"date_agreed", c.DateAgreed, "yes, no or unknown", isTri},
		{"mode", c.Mode, "observe, ask_first or nothing",
			func(_ *App, v string) (string, bool) { return v, oneOf("", "observe", "ask_first")(v) }},
	}
}

const flagWords = "gentle, key_account, intercompany, portal, po_required, monthly_statement, " +
	"separated by spaces, or nothing"

func anyText(_ *App, v string) (string, bool) { return v, true }
func isTri(_ *App, v string) (string, bool)   { return v, oneOf("yes", "no", "unknown")(v) }
func isKind(_ *App, v string) (string, bool)  { _, ok := book.ParseDebtorKind(v); return v, ok }

func isPlace(_ *App, v string) (string, bool) {
	country, region := SplitRegion(v)
	_, err := cal.HomeZone(country, region)
	return strings.ToUpper(v), err == nil
}

func isLanguage(_ *App, v string) (string, bool) {
	l, ok := locale.Parse(v)
	return string(l), ok
}

func isStrategy(_ *App, v string) (string, bool) {
	return v, v == "" || slices.Contains(strategy.Keys, v)
}

// areFlags reads the flags of people; top_ten is derived by the book.
func areFlags(_ *App, v string) (string, bool) {
	f, unknown := book.ParseFlags(strings.Join(strings.Fields(strings.ReplaceAll(v, ",", " ")), " "))
	return f.String(), len(unknown) == 0 && f&book.FlagTopTen == 0
}

func isLaw(a *App, v string) (string, bool) {
	if v == "" {
		return v, true
	}
	p, ok := a.law.Pack(strings.ToUpper(v))
	if !ok {
		return v, false
	}
	return p.Code(), true
}

func isRate(_ *App, v string) (string, bool) {
	if v == "" {
		return v, true
	}
	rate, ok := contractRate(v)
	return rate.String(), ok
}

// maxContractRate is the highest rate that a contract may have: above it a figure is far
// likelier one for the month, or without its decimal point.
const maxContractRate = 100 * money.RateScale

const expectedRate = "percent a year from 0 to 100, such as 8 or 8.25"

func contractRate(v string) (money.Rate, bool) {
	rate, err := money.ParseRate(v)
	return rate, err == nil && rate >= 0 && rate <= maxContractRate
}

// SetCustomer changes what a person decided about a customer; each change is recorded by
// field and new value, and the customer is decided again. What is so already is not recorded.
// It returns the customer as it is then.
// Errors: not found, invalid (naming the field and what was expected).
func (a *App) SetCustomer(ctx context.Context, req Request, customer int64, c CustomerChange) (
	CustomerView, error) {
	set, err := a.checkedFields(&c)
	if err != nil {
		return CustomerView{}, err
	}
	return answering(ctx, a, req, "set_customer", []any{customer, c},
		func(r *recorder) error { return r.setFields(a, customer, set, &c) },
		func(tx store.Tx) (CustomerView, error) { return a.customerView(tx, customer) })
}

// checkedFields are the fields of a change as they are stored. Errors: invalid.
func (a *App) checkedFields(c *CustomerChange) ([]customerField, error) {
	var set []customerField
	for _, f := range c.fields() {
		if f.value == nil {
			continue
		}
		stored, ok := f.check(a, *f.value)
		if !ok {
			return nil, &Error{Kind: Invalid, Code: "customer_invalid",
				Message: f.name + " \"" + *f.value + "\": expected " + f.expected,
				Where:   &Where{Field: f.name}}
		}
		f.value = &stored
		set = append(set, f)
	}
	if len(set) == 0 {
		return nil, invalid("nothing_to_change", "nothing to change was given")
	}
	return set, nil
}

// setFields writes the checked fields of a change of one customer.
func (r *recorder) setFields(a *App, customer int64, set []customerField, c *CustomerChange) error {
	party, err := r.partyOfCustomer(customer)
	if err != nil {
		return err
	}
	changed := false
	for _, f := range set {
		value := *f.value
		if f.name == "flags" {
			if value, err = r.withDerivedFlags(customer, value); err != nil {
				return err
			}
		}
		same, err := r.hasField(customer, party, f.name, value)
		if err != nil {
			return err
		}
		if same {
			continue
		}
		changed = true
		if err := r.setField(customer, party, f.name, value); err != nil {
			return err
		}
	}
	if !changed {
		return store.ErrNothing
	}
	if c.Mode != nil && *c.Mode != "" {
		if err := a.recallCustomer(r, customer); err != nil {
			return err
		}
	}
	return r.touch(customer)
}

func (r *recorder) partyOfCustomer(customer int64) (party int64, err error) {
	err = store.One(r, "SELECT party_id FROM customer WHERE tenant_id = $1 AND customer_id = $2",
		[]any{r.tenant, customer},
		func(row store.Rows) { party = row.Int64(0) })
	if err == store.ErrNotFound {
		err = notFound("customer_not_found", "there is no customer %d", customer)
	}
	return party, err
}

// hasField reports whether a field of a customer has a value already. A kind that nobody
// confirmed has none, since setting it confirms it.
func (r *recorder) hasField(customer, party int64, name, value string) (same bool, err error) {
	table, id, column := "customer", customer, name
	switch name {
	case "name", "address", "register_no", "vat_id":
		table, id = "party", party
	case "kind":
		column = "CASE WHEN kind_confirmed = 1 THEN kind ELSE '' END"
	case "since":
		column = "since_day"
	case "country":
		column = "CASE WHEN subdivision = '' THEN country ELSE country || '-' || subdivision END"
	}
	err = store.One(r, "SELECT "+column+" FROM "+table+" WHERE tenant_id = $1 AND "+table+"_id = $2",
		[]any{r.tenant, id}, func(row store.Rows) {
			if name == "since" {
				same = row.Day(0) == cal.ParseBytes([]byte(value))
			} else {
				same = row.Text(0) == value
			}
		})
	return same, err
}

// setField writes one field of a customer as it is stored, and records the change. Names
// of fields come from closed lists, never from outside.
func (r *recorder) setField(customer, party int64, name, value string) error {
	table, id := "customer", customer
	columns, args := name+" = $3", []any{value}
	switch name {
	case "name":
		table, id = "party", party
		columns, args = "name = $3, name_norm = $4", append(args, normalise(value))
	case "address", "register_no", "vat_id": // people are kept apart
		table, id = "party", party
	case "kind":
		columns += ", kind_confirmed = 1"
	case "since":
		columns = "since_day = $3"
		args[0] = cal.ParseBytes([]byte(value)) // checked before; none if there is no text
	case "country":
		country, region := SplitRegion(value)
		columns, args = "country = $3, subdivision = $4", []any{country, region}
	}
	if _, err := r.Exec("UPDATE "+table+" SET "+columns+" WHERE tenant_id = $1 AND "+table+"_id = $2",
		append([]any{r.tenant, id}, args...)...); err != nil {
		return err
	}
	return r.changed("customer", customer, name, value)
}

// withDerivedFlags is what a person chose together with what the book derives and keeps.
func (r *recorder) withDerivedFlags(customer int64, chosen string) (string, error) {
	flags, _ := book.ParseFlags(chosen) // checked before
	err := store.One(r, "SELECT flags FROM customer WHERE tenant_id = $1 AND customer_id = $2",
		[]any{r.tenant, customer}, func(row store.Rows) {
			old, _ := book.ParseFlags(row.Text(0))
			flags |= old & book.FlagTopTen
		})
	return flags.String(), err
}

// NewContact is a contact of a customer to be added.
type NewContact struct {
	Role  book.Role `json:"role"`
	Name  string    `json:"name"`
	Email string    `json:"email"`
	Phone string    `json:"phone"`
}

// AddContact adds a contact to a customer and returns its id. Errors: invalid
// (role, address, neither email nor phone), not found.
func (a *App) AddContact(ctx context.Context, req Request, customer int64, n NewContact) (int64, error) {
	switch {
	case !slices.Contains(book.Roles, n.Role):
		return 0, &Error{Kind: Invalid, Code: "contact_invalid", Where: &Where{Field: "role"},
			Message: sprintf("role %q: expected one of %v", n.Role, book.Roles)}
	case n.Email == "" && n.Phone == "":
		return 0, invalid("contact_invalid", "a contact needs an email address or a phone number")
	case n.Email != "" && !book.IsAddress(n.Email):
		return 0, &Error{Kind: Invalid, Code: "contact_invalid", Where: &Where{Field: "email"},
			Message: "email \"" + n.Email + "\": expected an email address"}
	}
	out, err := a.write(ctx, req, "add_contact", []any{customer, n}, func(r *recorder) error {
		if _, err := r.partyOfCustomer(customer); err != nil {
			return err
		}
		id, err := r.addContact(customer, n)
		if err != nil {
			return err
		}
		return r.result(id)
	})
	id, _, err := answer[int64](out, err)
	return id, err
}

// addContact writes a contact that a person gives.
func (r *recorder) addContact(customer int64, n NewContact) (int64, error) {
	id, err := r.NextIDs("contact", 1)
	if err != nil {
		return 0, err
	}
	if _, err := r.Exec(`INSERT INTO contact (tenant_id, customer_id, contact_id, role, name, email, phone,
		state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'ok')`, r.tenant, customer, id, string(n.Role), n.Name, n.Email,
		n.Phone); err != nil {
		return 0, err
	}
	if err := r.changed("contact", id, "added", string(n.Role)+" "+n.Name+" "+n.Email+" "+n.Phone); err != nil {
		return 0, err
	}
	return id, r.touch(customer)
}

// RemoveContact ends the use of a contact; what was sent to it stays known. Errors:
// not found.
func (a *App) RemoveContact(ctx context.Context, req Request, customer, contact int64) error {
	_, err := a.write(ctx, req, "remove_contact", []int64{customer, contact}, func(r *recorder) error {
		n, err := r.Exec(`UPDATE contact SET state = 'removed', source = ''
			WHERE tenant_id = $1 AND customer_id = $2 AND contact_id = $3 AND state <> 'removed'`,
			a.tenant, customer, contact)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("contact_not_found", "this customer has no contact %d", contact)
		}
		if err := r.changed("contact", contact, "removed", strconv.FormatInt(contact, 10)); err != nil {
			return err
		}
		return r.touch(customer)
	})
	return err
}

// SettingValue is a setting that has a value.
type SettingValue struct {
	Name, Value string
}

// Settings lists what is set for a creditor and for the whole book, by name; the
// password in the mail address is hidden. With several creditors and none named it
// lists what holds for all.
func (a *App) Settings(ctx context.Context, code string) ([]SettingValue, error) {
	var all []SettingValue
	err := a.read(ctx, func(tx store.Tx) error {
		all = nil
		var creditor int64
		c, err := a.creditor(tx, code)
		if err == nil {
			creditor = c.ID
		} else if code != "" {
			return err
		}
		values, err := a.settings(tx, creditor)
		for name, value := range values {
			all = append(all, SettingValue{name, ShownSetting(name, value)})
		}
		return err
	})
	slices.SortFunc(all, func(x, y SettingValue) int { return strings.Compare(x.Name, y.Name) })
	return all, err
}

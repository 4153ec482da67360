package cli

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
)

type customerCmd struct {
	List   customerListCmd   `cmd:"" help:"List the customers."`
	Show   customerShowCmd   `cmd:"" help:"One customer with what is open."`
	Assign customerAssignCmd `cmd:"" help:"Say who looks after customers on our side."`
	Link   customerLinkCmd   `cmd:"" help:"The link to the page of a customer, as messages carry it."`
	Set    customerSetCmd    `cmd:"" help:"Change what is decided by hand. An empty value takes the decision back."`
}

type customerListCmd struct{}

func (c *customerListCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	list, err := a.Customers(s.ctx, s.flags.Creditor)
	if err != nil {
		return err
	}
	return showList(s, "recoup/customer-list/1", "customers", list, func(p *page) {
		var rows [][]string
		for _, c := range list {
			rows = append(rows, []string{c.Number, c.Name, c.Kind, c.Country, cmp.Or(c.Strategy, "—"), c.NextLook})
		}
		p.table([]string{"Customer", "Name", "Kind", "Country", "Strategy", "Next look"}, rows)
	})
}

type customerShowCmd struct {
	Ref string `arg:"" placeholder:"REF" help:"customer:NUMBER, or anything that belongs to the customer."`
}

func (c *customerShowCmd) Run(s *session) error {
	v, err := s.customer(c.Ref)
	if err != nil {
		return err
	}
	return s.show("recoup/customer/1", v, func(p *page) { showCustomer(p, &v) })
}

func showCustomer(p *page, v *app.CustomerView) {
	p.title("%s %s", v.Number, v.Name)
	confirmed := ""
	if !v.KindConfirmed && v.Kind != "unknown" {
		confirmed = " (guessed from the name)"
	}
	var rows [][]string
	for _, row := range [][]string{
		{"Kind", v.Kind + confirmed},
		{"Country", v.Country},
		{"Language", v.Language},
		{"Address", strings.ReplaceAll(v.Address, "\n", ", ")},
		{"Strategy", cmp.Or(v.Strategy, "the first that fits")},
		{"Flags", v.Flags},
		{"Account owner", v.AccountOwner},
		{"Looked after by", v.Collector},
		{"Customer since", v.Since},
		{"Law of the contract", v.Law},
		{"Contract rate", v.ContractRate},
		{"Dates agreed", strings.Replace(v.DateAgreed, "unknown", "as each invoice says", 1)},
		{"Mode", v.Mode},
	} {
		if row[1] != "" {
			rows = append(rows, row)
		}
	}
	p.table([]string{"", ""}, rows)
	for _, b := range v.Balances {
		p.line("")
		p.line("%s: %s open, %s overdue, %s not yet matched", b.Currency, b.Open, b.Overdue, b.Unapplied)
	}
	rows = nil
	for _, it := range v.Items {
		rows = append(rows, []string{book.ItemName(it.Number, it.Instalment), it.InvoiceDate, it.DueDate,
			strconv.Itoa(it.DaysOverdue), it.Open,
			string(it.Currency), it.PO})
	}
	p.table([]string{"Invoice", "Of", "Due", ">Overdue", ">Open", "", "PO"}, rows)
	for _, h := range v.Holds {
		p.warn("Held: %s from %s%s", strings.ReplaceAll(h.Kind, "_", " "), h.From, after(" until ", h.Until))
	}
	p.line("")
	showContacts(p, v.Contacts)
	showWritten(p, v.Written)
}

// showWritten lists what people wrote down about a customer.
func showWritten(p *page, all []app.Written) {
	if len(all) == 0 {
		return
	}
	var rows [][]string
	for i := range all {
		w := &all[i]
		kind := w.Kind
		if w.Class == "opinion" || w.Class == "privileged" {
			kind = w.Class
		}
		rows = append(rows, []string{w.Day.String(), w.Item, strings.ReplaceAll(cmp.Or(w.Cause, kind), "_", " "),
			w.Text,
			w.Next})
	}
	p.line("")
	p.table([]string{"Written", "About", "As", "", "Again on"}, rows)
}

// after is text with a lead, or nothing.
func after(lead, text string) string {
	if text == "" {
		return ""
	}
	return lead + text
}

type customerLinkCmd struct {
	Ref    string `arg:"" placeholder:"REF" help:"The customer."`
	Revoke bool   `help:"End every link that was given or sent; messages carry another one from now on."`
}

func (c *customerLinkCmd) Run(s *session) error {
	v, err := s.customer(c.Ref)
	if err != nil {
		return err
	}
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	if c.Revoke {
		if err := a.RevokePortalLinks(s.ctx, req, v.ID); err != nil {
			return err
		}
	}
	link, err := a.PortalLink(s.ctx, req, v.ID)
	if err != nil {
		return err
	}
	return s.show("recoup/customer-link/1", link, func(p *page) {
		p.line("%s", link.URL)
		p.line("Valid until %s, and for 90 days after each message.", link.Expires)
	})
}

type customerSetCmd struct {
	Ref          string  `arg:"" placeholder:"REF" help:"The customer."`
	Name         *string `placeholder:"T" help:"Legal name."`
	Address      *string `placeholder:"T" help:"Postal address; lines separated by \\n."`
	RegisterNo   *string `placeholder:"T" help:"Register number."`
	VATID        *string `name:"vat-id" placeholder:"T" help:"VAT id."`
	Kind         *string `placeholder:"KIND" help:"company, individual, public_body, consumer or unknown; confirmed by this."`
	Country      *string `placeholder:"C" help:"GB, DE, US-OH."`
	Language     *string `placeholder:"L" help:"en-GB, en-US or de."`
	Strategy     *string `placeholder:"S" help:"Always this strategy; empty: the first that fits."`
	Flags        *string `placeholder:"WORDS" help:"gentle, key_account, intercompany, portal, po_required, monthly_statement."`
	AccountOwner *string `placeholder:"USER" help:"Who looks after the customer."`
	Since        *string `placeholder:"DAY" help:"Customer since."`
	Law          *string `placeholder:"J" help:"Law of the contract, where it was chosen."`
	Goods        *string `placeholder:"yes|no" help:"Whether goods are sold."`
	ContractRate *string `placeholder:"P" help:"Percent a year in signed terms on file."`
	DateAgreed   *string `placeholder:"yes|no" help:"Whether payment dates are agreed in the contract."`
	Mode         *string `placeholder:"M" help:"observe or ask_first for this customer only."`
	Reason       string  `placeholder:"T" help:"Why, for the audit log."`
}

func (c *customerSetCmd) Run(s *session) error {
	a, req, subject, err := s.found(c.Ref, c.Reason)
	if err != nil {
		return err
	}
	if c.Address != nil {
		lines := strings.ReplaceAll(*c.Address, `\n`, "\n")
		c.Address = &lines
	}
	change := app.CustomerChange{Name: c.Name, Address: c.Address, RegisterNo: c.RegisterNo, VATID: c.VATID,
		Kind: c.Kind, Country: c.Country, Language: c.Language, Strategy: c.Strategy, Flags: c.Flags,
		AccountOwner: c.AccountOwner, Since: c.Since, Law: c.Law, Goods: c.Goods,
		ContractRate: c.ContractRate, DateAgreed: c.DateAgreed, Mode: c.Mode}
	v, err := a.SetCustomer(s.ctx, req, subject.Customer, change)
	if err != nil {
		return err
	}
	return s.show("recoup/customer/1", v, func(p *page) { showCustomer(p, &v) })
}

type contactCmd struct {
	Add     contactAddCmd     `cmd:"" help:"Add a contact to a customer."`
	List    contactListCmd    `cmd:"" help:"The contacts of a customer."`
	Remove  contactRemoveCmd  `cmd:"" help:"Stop using a contact."`
	Paste   contactPasteCmd   `cmd:"" help:"Add contacts from lines of any form: number or name, address, phone, person."`
	Missing contactMissingCmd `cmd:"" help:"Customers who owe something and have no email address, the largest first."`
}

type contactAddCmd struct {
	Ref   string `arg:"" name:"customer" help:"The customer."`
	Role  string `required:"" placeholder:"R" help:"accounts_payable, approver, finance_lead, general, orderer, director or legal_notice."`
	Name  string `placeholder:"N" help:"Name of the person."`
	Email string `placeholder:"A" help:"Email address."`
	Phone string `placeholder:"P" help:"Phone number."`
}

func (c *contactAddCmd) Run(s *session) error {
	a, req, subject, err := s.found(c.Ref, "")
	if err != nil {
		return err
	}
	n := app.NewContact{Role: book.Role(c.Role), Name: c.Name, Email: c.Email, Phone: c.Phone}
	id, err := a.AddContact(s.ctx, req, subject.Customer, n)
	if err != nil {
		return err
	}
	answer := struct {
		ID int64 `json:"id"`
		app.NewContact
	}{id, n}
	return s.show("recoup/contact-add/1", answer,
		func(p *page) { p.line("Added contact %d: %s %s", id, c.Role, cmp.Or(c.Email, c.Phone)) })
}

type contactListCmd struct {
	Ref string `arg:"" name:"customer" help:"The customer."`
}

func (c *contactListCmd) Run(s *session) error {
	v, err := s.customer(c.Ref)
	if err != nil {
		return err
	}
	return showList(s, "recoup/contact-list/1", "contacts", v.Contacts,
		func(p *page) { showContacts(p, v.Contacts) })
}

func showContacts(p *page, contacts []app.ContactView) {
	if len(contacts) == 0 {
		p.warn("There is no contact to write to: " +
			"recoup contact add CUSTOMER --role accounts_payable --email ADDRESS")
	}
	var rows [][]string
	for _, k := range contacts {
		rows = append(rows, []string{count(k.ID), string(k.Role), k.Name, k.Email, k.Phone, k.State})
	}
	p.table([]string{">Contact", "Role", "Name", "Email", "Phone", "State"}, rows)
}

type contactRemoveCmd struct {
	Ref     string `arg:"" name:"customer" help:"The customer."`
	Contact int64  `arg:"" help:"Number of the contact."`
}

func (c *contactRemoveCmd) Run(s *session) error {
	a, req, subject, err := s.found(c.Ref, "")
	if err != nil {
		return err
	}
	if err := a.RemoveContact(s.ctx, req, subject.Customer, c.Contact); err != nil {
		return err
	}
	answer := map[string]int64{"removed": c.Contact}
	return s.show("recoup/contact-remove/1", answer,
		func(p *page) { p.line("Contact %d is no longer used.", c.Contact) })
}

package ledger

import (
	"io"
	"maps"

	"github.com/recoup-project/recoup/internal/core/book"
)

// contactFields are the columns of our own contacts file, in order.
var contactFields = []Field{CustomerNumber, CustomerName, ContactName, Role, Email, Phone, Language}

// customerFields are the columns of our own file of customers, in order.
var customerFields = []Field{CustomerNumber, CustomerName, Kind, Street, AddressExtra, Postcode, Town, Region,
	Country, Language, ContactName, Role, Email, Phone}

// contactWords maps headers of contact files: "name" is the person's.
var contactWords = contactHeaderWords()

func contactHeaderWords() map[string]meaning {
	words := buildWords(map[Field]string{
		CustomerNumber: synonyms[CustomerNumber], CustomerName: synonyms[CustomerName], Role: synonyms[Role],
		Email: synonyms[Email], Phone: synonyms[Phone], Language: synonyms[Language],
		Country: synonyms[Country], FirstName: synonyms[FirstName], Customer: synonyms[Customer],
		Kind: synonyms[Kind], Street: synonyms[Street], AddressExtra: synonyms[AddressExtra],
		Postcode: synonyms[Postcode], Town: synonyms[Town], Region: synonyms[Region],
	})
	for _, header := range ledgerAccounts { // in a list of people it could be that of a bank
		delete(words, foldWord(header))
	}
	for word, m := range buildWords(map[Field]string{ContactName: synonyms[ContactName] + "|contact name"}) {
		words[word] = m
	}
	return words
}

// customerWords maps headers of files of customers that name no people, and of files of
// contacts that name no customer otherwise: there "name" is the customer's.
var customerWords = customerHeaderWords()

func customerHeaderWords() map[string]meaning {
	words := maps.Clone(contactWords)
	for _, header := range []string{"name", "Bezeichnung", "nom", "naam", "nombre", "nome"} {
		words[foldWord(header)] = meaning{field: CustomerName}
	}
	return words
}

// namesPeople reports whether a header has columns about people, or a name of the
// customer beside "name".
func namesPeople(folded []string) bool {
	for _, f := range folded {
		if m := contactWords[f]; m.field == Role || m.field == FirstName || m.field == CustomerName {
			return true
		}
	}
	return false
}

// namesCustomers reports whether a header has a column for the customer beside "name".
func namesCustomers(folded []string) bool {
	for _, f := range folded {
		if m := contactWords[f]; m.field == CustomerNumber || m.field == CustomerName || m.field == Customer {
			return true
		}
	}
	return false
}

// Contact is one row of a file of contacts or customers. At least one of
// CustomerNumber and CustomerName is there and, of contacts, one of Email and Phone.
type Contact struct {
	Line           int
	CustomerNumber string
	CustomerName   string
	Name           string
	Role           string // "" when not stated
	Email          string // one or several, separated by "; "
	Phone          string
	Language       string
	Country        string
	Kind           book.DebtorKind
	KindStated     bool
	Postal         Postal
}

// Postal is the postal address of a customer as a file states it; its country as it
// is written there.
type Postal struct {
	Street, Extra, Postcode, Town, Region, Country string
}

// GuessContacts is [Guess] for a file of contacts: customer_number, name, role,
// email, phone, language, in any order and under any of the known headers.
func GuessContacts(src io.ReadSeeker, hints Hints) (Layout, []Question, error) {
	return guess(src, hints, contactList)
}

// GuessCustomers is [Guess] for a file of customers: the columns of a file of
// contacts, kind and postal address.
func GuessCustomers(src io.ReadSeeker, hints Hints) (Layout, []Question, error) {
	return guess(src, hints, customerList)
}

// ReadContacts streams a file of contacts as [Read] does receivables. The Report
// counts rows; it has no sums.
func ReadContacts(file string, src io.Reader, layout Layout, handle func(*Contact) error) (*Report, error) {
	return readPeople(file, src, layout, contactList, handle)
}

// ReadCustomers is ReadContacts for a file of customers: a row may have neither an
// e-mail address nor a phone number.
func ReadCustomers(file string, src io.Reader, layout Layout, handle func(*Contact) error) (*Report, error) {
	return readPeople(file, src, layout, customerList, handle)
}

func readPeople(file string, src io.Reader, layout Layout, about subject,
	handle func(*Contact) error) (*Report, error) {
	if missing := about.missing(&layout); len(missing) > 0 {
		return &Report{}, layoutMisses(missing[0])
	}
	r, err := newReader(file, src, &layout)
	if err != nil {
		return &Report{}, err
	}
	for {
		switch err := r.next(); {
		case err == io.EOF:
			return r.report, nil
		case err != nil:
			return r.report, err
		}
		c := r.contact(about)
		if len(r.errs) > 0 {
			r.reject("", r.errs...)
			continue
		}
		r.report.Totals.Rows++
		if err := handle(&c); err != nil {
			return r.report, err
		}
	}
}

func (r *reader) contact(about subject) Contact {
	r.errs = r.errs[:0]
	c := Contact{
		Line: r.line, CustomerNumber: r.id(CustomerNumber, false), CustomerName: r.text(CustomerName),
		Name: r.text(ContactName), Phone: r.text(Phone),
		Role:     r.coded(Role, parseRole, expectedRole),
		Email:    r.email(),
		Language: r.coded(Language, parseLanguage, expectedLanguage),
		Country:  r.coded(Country, parseCountry, expectedCountry),
		Postal: Postal{Street: r.text(Street), Extra: r.text(AddressExtra), Postcode: r.text(Postcode),
			Town: r.text(Town), Region: r.text(Region)},
	}
	if cell := r.cell(Country); !isPlaceholder(cell) {
		c.Postal.Country = plainText(cell)
	}
	if cell := r.cell(Kind); !isPlaceholder(cell) {
		c.Kind, c.KindStated = r.kind(cell)
	}
	if first := r.text(FirstName); first != "" {
		c.Name = cleanText(first + " " + c.Name)
	}
	if len(r.errs) > 0 {
		return c
	}
	if c.CustomerNumber == "" && c.CustomerName == "" {
		r.fail(r.customerColumn(), nil, "a customer number or name")
	}
	if !about.customers && c.Email == "" && c.Phone == "" {
		r.fail(Email, nil, "an e-mail address or a phone number")
	}
	return c
}

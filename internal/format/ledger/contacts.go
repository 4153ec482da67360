package ledger

import "io"

// contactFields are the columns of our own contacts file, in order.
var contactFields = []Field{CustomerNumber, CustomerName, ContactName, Role, Email, Phone, Language}

// contactWords maps headers of contact files: "name" is the person's.
var contactWords = contactHeaderWords()

func contactHeaderWords() map[string]meaning {
	words := buildWords(map[Field]string{
		CustomerNumber: synonyms[CustomerNumber], CustomerName: synonyms[CustomerName], Role: synonyms[Role],
		Email: synonyms[Email], Phone: synonyms[Phone], Language: synonyms[Language],
		Country: synonyms[Country], FirstName: synonyms[FirstName], Customer: synonyms[Customer],
	})
	for word, m := range buildWords(map[Field]string{ContactName: synonyms[ContactName] + "|contact name"}) {
		words[word] = m
	}
	return words
}

// Contact is one row of a contacts file. At least one of CustomerNumber and
// CustomerName, and one of Email and Phone, is there.
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
}

// GuessContacts is [Guess] for a file of contacts: customer_number, name, role,
// email, phone, language, in any order and under any of the known headers.
func GuessContacts(src io.ReadSeeker, hints Hints) (Layout, []Question, error) {
	return guess(src, hints, contactList)
}

// ReadContacts streams a file of contacts as [Read] does receivables. The Report
// counts rows; it has no sums.
func ReadContacts(file string, src io.Reader, layout Layout, handle func(*Contact) error) (*Report, error) {
	if missing := contactList.missing(&layout); len(missing) > 0 {
		return &Report{}, layoutMisses(missing[0])
	}
	f, err := newFrame(file, src, &layout)
	if err != nil {
		return &Report{}, err
	}
	r := reader{frame: f, strings: newInterner()}
	for {
		switch err := r.next(); {
		case err == io.EOF:
			return r.report, nil
		case err != nil:
			return r.report, err
		}
		c := r.contact()
		if len(r.errs) > 0 {
			r.reject(r.errs...)
			continue
		}
		r.report.Totals.Rows++
		if err := handle(&c); err != nil {
			return r.report, err
		}
	}
}

func (r *reader) contact() Contact {
	r.errs = r.errs[:0]
	c := Contact{
		Line: r.line, CustomerNumber: r.id(CustomerNumber, false), CustomerName: r.text(CustomerName),
		Name: r.text(ContactName), Phone: r.text(Phone),
		Role:     r.coded(Role, parseRole, expectedRole),
		Email:    r.email(),
		Language: r.coded(Language, parseLanguage, expectedLanguage),
		Country:  r.coded(Country, parseCountry, expectedCountry),
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
	if c.Email == "" && c.Phone == "" {
		r.fail(Email, nil, "an e-mail address or a phone number")
	}
	return c
}

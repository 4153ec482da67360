package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
)

func readContacts(t *testing.T, text string) (Layout, []Contact, *Report) {
	t.Helper()
	layout, questions, err := GuessContacts(strings.NewReader(text), Hints{})
	if err != nil || len(questions) > 0 {
		t.Fatalf("%v, %+v", err, questions)
	}
	var contacts []Contact
	report, err := ReadContacts("c.csv", strings.NewReader(text), layout, func(c *Contact) error {
		contacts = append(contacts, *c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return layout, contacts, report
}

func TestContacts(t *testing.T) {
	layout, got, report := readContacts(t, "customer_number,name,role,email,phone,language\n"+
		"00042,Ada Lovelace,accounts payable,ada@krueger.example,'+49 30 1234,de\n"+
		"00042,Total Recall,Geschäftsführer,boss@krueger.example,,DE-at\n"+
		"7,,,,0123,\n"+
		"8,Nobody,,,,\n"+
		"9,Bad,emperor,not an address,,klingon\n"+
		",Lost,,a@b.example,,\n")
	if layout.Name != PlainLayout {
		t.Errorf("layout %q", layout.Name)
	}
	want := []Contact{
		{Line: 2, CustomerNumber: "00042", Name: "Ada Lovelace", Role: "accounts_payable",
			Email: "ada@krueger.example",
			Phone: "+49 30 1234", Language: "de"},
		{Line: 3, CustomerNumber: "00042", Name: "Total Recall", Role: "director", Email: "boss@krueger.example",
			Language: "de-AT"},
		{Line: 4, CustomerNumber: "7", Phone: "0123"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var errs []string
	for _, e := range report.Rejected {
		errs = append(errs, e.Error())
	}
	wantErrs := []string{
		`c.csv, row 5, email: "", expected an e-mail address or a phone number`,
		`c.csv, row 6, role: "emperor", expected ` + expectedRole,
		`c.csv, row 6, email: "not an address", expected an e-mail address such as ap@example.com`,
		`c.csv, row 6, language: "klingon", expected a language such as en or de-AT`,
		`c.csv, row 7, customer_number: "", expected a customer number or name`,
	}
	if diff := cmp.Diff(wantErrs, errs); diff != "" || report.Totals.Rows != 3 || report.RejectedRows != 3 {
		t.Error(diff, report.Totals.Rows, report.RejectedRows)
	}
}

// TestContactsNumberedAsDecimals: a number that a spreadsheet wrote as 1930571429.0 is
// the same customer's in a file of people as in one of invoices.
func TestContactsNumberedAsDecimals(t *testing.T) {
	_, got, report := readContacts(t, "Customer No,E-mail\n1930571429.0,a@x.example\n1930571430.0,b@x.example\n")
	want := []Contact{{Line: 2, CustomerNumber: "1930571429", Email: "a@x.example"},
		{Line: 3, CustomerNumber: "1930571430", Email: "b@x.example"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff, report.Rejected)
	}
}

func TestContactsOfOtherPrograms(t *testing.T) {
	_, got, report := readContacts(t, "Contact List\n\n"+
		"Customer,Company Name,First Name,Last Name,Main Email,Main Phone,Bill Addr Line1,Terms\n"+
		"Alpha,Alpha Inc,Ann,Smith,ann@alpha.example,555-0101,1 Road,Net 30\n"+
		"Total Landscapes,,,Jones,t@l.example,,,\n")
	want := []Contact{
		{Line: 4, CustomerName: "Alpha", Name: "Ann Smith", Email: "ann@alpha.example", Phone: "555-0101",
			Postal: Postal{Street: "1 Road"}},
		{Line: 5, CustomerName: "Total Landscapes", Name: "Jones", Email: "t@l.example"},
	}
	if diff := cmp.Diff(want, got); diff != "" || report.SkippedRows != 2 {
		t.Error(diff, report.Skipped)
	}
	_, got, _ = readContacts(t, "Kundennummer;Ansprechpartner;E-Mail;Sprache\n10001;Frau Öz;oez@x.example;DE\n")
	want = []Contact{{Line: 2, CustomerNumber: "10001", Name: "Frau Öz", Email: "oez@x.example",
		Language: "de"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestContactsErrors(t *testing.T) {
	layout, questions, err := GuessContacts(strings.NewReader("name,role\nA,director\n"), Hints{})
	if err != nil || len(questions) != 2 || questions[0].Field != CustomerNumber || questions[1].Field != Email {
		t.Errorf("questions %+v, %v", questions, err)
	}
	if _, err := ReadContacts("", strings.NewReader(""), layout, nil); !errors.Is(err, ErrLayout) {
		t.Errorf("undecided layout: %v", err)
	}
	receivable := "cust_number,name_customer,doc_id,due_in_date,invoice_currency,total_open_amount\n"
	if _, _, err := GuessContacts(strings.NewReader(receivable), Hints{}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("receivables as contacts: %v", err)
	}
	layout, _, _ = GuessContacts(strings.NewReader("customer_number,email\n"), Hints{})
	stop := errors.New("enough")
	_, err = ReadContacts("", bytes.NewReader([]byte("customer_number,email\n1,a@b.example\n")), layout,
		func(*Contact) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

// TestCustomers: rows need no address to write to; "name" is the customer's where the
// file names no people; postal columns have English and German names.
func TestCustomers(t *testing.T) {
	for text, want := range map[string]Contact{
		"customer_number,name,street,address_extra,postcode,town,region,country,kind\n" +
			"7,Pike Ltd,1 Mill Lane,Unit 4,LS1 1AA,Leeds,Yorkshire,UK,company\n": {CustomerName: "Pike Ltd",
			Country: "GB", Kind: book.Company, KindStated: true,
			Postal: Postal{"1 Mill Lane", "Unit 4", "LS1 1AA", "Leeds", "Yorkshire", "UK"}},
		"Kunden-Nr.;Name;Straße;Adresszusatz;PLZ;Ort;Bundesland;Land\n" +
			"7;Öz KG;Am Markt 1;Hof;10115;Berlin;BE;DE\n": {CustomerName: "Öz KG", Country: "DE",
			Postal: Postal{"Am Markt 1", "Hof", "10115", "Berlin", "BE", "DE"}},
		"Customer No,Company,Name,Billing Address,City,State,Zip,E-mail\n" +
			"7,Cedar Inc,Ann,9 Elm St,Columbus,OH,43215,a@c.example\n": {CustomerName: "Cedar Inc", Name: "Ann", Email: "a@c.example",
			Postal: Postal{"9 Elm St", "", "43215", "Columbus", "OH", ""}},
		"Customer No,Customer name,Town,E-mail\n7,Total Landscapes,Leeds,\n": {CustomerName: "Total Landscapes",
			Postal: Postal{Town: "Leeds"}},
		"customer_number,name,role,email\n7,Ann,approver,a@c.example\n": {Name: "Ann", Role: "approver",
			Email: "a@c.example"},
	} {
		layout, questions, err := GuessCustomers(strings.NewReader(text), Hints{})
		if err != nil || len(questions) > 0 {
			t.Fatalf("%s%v, %+v", text, err, questions)
		}
		var got []Contact
		report, err := ReadCustomers("c.csv", strings.NewReader(text), layout, func(c *Contact) error {
			got = append(got, *c)
			return nil
		})
		want.Line, want.CustomerNumber = 2, "7"
		if diff := cmp.Diff([]Contact{want}, got); err != nil || diff != "" {
			t.Errorf("%s%v %+v\n%s", text, err, report.Rejected, diff)
		}
	}
	text := "customer_number,name,town,country,email\n7,Lost Ltd,X,Atlantis,\n8,Bad Ltd,Y,GB,nobody\n" +
		",,Z,GB,\n"
	layout, _, err := GuessCustomers(strings.NewReader(text), Hints{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := ReadCustomers("c.csv", strings.NewReader(text), layout, func(*Contact) error { return nil })
	var fields []string
	for _, e := range report.Rejected {
		fields = append(fields, fmt.Sprint(e.Row, " ", e.Field))
	}
	if diff := cmp.Diff([]string{"2 country", "3 email", "4 customer_number"}, fields); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// TestFirstCustomerWithoutDigits: the first row of a list of people is no second header
// because it has no digit.
func TestFirstCustomerWithoutDigits(t *testing.T) {
	text := "Customer name,Town,E-mail\nHarrow Ltd,Leeds,\nPike Ltd,,ap@pike.example\n"
	layout, _, err := GuessCustomers(strings.NewReader(text), Hints{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if _, err := ReadCustomers("c.csv", strings.NewReader(text), layout, func(c *Contact) error {
		names = append(names, c.CustomerName)
		return nil
	}); err != nil || strings.Join(names, ", ") != "Harrow Ltd, Pike Ltd" {
		t.Errorf("%v, %v", names, err)
	}
}

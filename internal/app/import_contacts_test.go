package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/store"
)

// contactsOf lists the contacts of the book in use: "number role name address".
func (b *ledgerBook) contactsOf() string {
	b.t.Helper()
	var all []string
	err := b.read(b.ctx, func(tx store.Tx) error {
		all = nil
		return store.Each(tx, `SELECT k.number, c.role, c.name, c.email FROM contact c
			JOIN customer k ON k.tenant_id = c.tenant_id AND k.customer_id = c.customer_id
			WHERE c.tenant_id = $1 AND c.state <> 'removed' ORDER BY c.customer_id, c.contact_id`, []any{b.tenant},
			func(r store.Rows) error {
				all = append(all, strings.Join([]string{r.Text(0), r.Text(1), r.Text(2), r.Text(3)}, " "))
				return nil
			})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.Join(all, ", ")
}

// An address that a file corrects is out of use; what people entered or took out stays.
func TestFilesCorrectTheirAddresses(t *testing.T) {
	head := "customer_number,customer_name,email,number,due_date,currency,amount\n"
	row := func(email string) string { return head + "C1,Alpha Ltd," + email + ",A-1,2026-02-04,GBP,10.00\n" }
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		b.mustImport(row("old@a.example"), ImportRequest{})
		customer := b.number("SELECT customer_id FROM customer WHERE tenant_id = $1")
		if _, err := b.AddContact(b.ctx, tester, customer, NewContact{Role: "accounts_payable",
			Email: "hand@a.example"}); err != nil {
			t.Fatal(err)
		}
		version := "SELECT version FROM account WHERE tenant_id = $1"
		before := b.number(version)
		report := b.mustImport(row("new@a.example"), ImportRequest{})
		equal(t, "contacts", report.Contacts, 1)
		equal(t, "replaced", report.ContactsReplaced, 1)
		equal(t, "decided again", b.number(version) > before, true)
		equal(t, "corrected", b.contactsOf(), "C1 accounts_payable  hand@a.example, C1 accounts_payable  new@a.example")
		seq := b.seq()
		b.mustImport(row("new@a.example"), ImportRequest{})
		b.mustImport(row(""), ImportRequest{})
		equal(t, "commands", b.seq(), seq)
		b.mustImport(row("old@a.example"), ImportRequest{})
		equal(t, "and back", b.contactsOf(), "C1 accounts_payable  hand@a.example, C1 accounts_payable  old@a.example")

		last := b.number("SELECT max(contact_id) FROM contact WHERE tenant_id = $1")
		if err := b.RemoveContact(b.ctx, tester, customer, last); err != nil {
			t.Fatal(err)
		}
		b.mustImport(row("old@a.example"), ImportRequest{})
		equal(t, "taken out", b.contactsOf(), "C1 accounts_payable  hand@a.example")
		b.sound()
	})
}

// A list of contacts finds customers whose numbers differ by zeros in front only, where that
// is one customer; a list of documents does not.
func TestContactsOfPaddedNumbers(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		b.mustImport("customer_number,customer_name,number,due_date,currency,amount\n"+
			"00123,Moor Ltd,A-1,2026-02-04,GBP,10.00\n7,Pike Ltd,B-1,2026-02-04,GBP,10.00\n"+
			"0044,Low Ltd,D-1,2026-02-04,GBP,10.00\n044,High Ltd,E-1,2026-02-04,GBP,10.00\n", ImportRequest{})
		contacts := ImportRequest{Kind: ImportContacts}
		head := "customer_number,customer_name,name,role,email\n"
		report := b.mustImport(head+"123,Moor Ltd,Ann,approver,ann@m.example\n007,Pike Ltd,Bob,approver,bob@p.example\n", contacts)
		equal(t, "contacts", b.contactsOf(), "00123 approver Ann ann@m.example, 7 approver Bob bob@p.example")
		equal(t, "new customers", report.Customers, 0)
		before := b.number("SELECT count(*) FROM customer WHERE tenant_id = $1")
		b.mustImport(head+"44,Low Ltd,Cy,approver,cy@l.example\n", contacts) // two have it
		equal(t, "of two it is neither", strings.Contains(b.contactsOf(), "0044 approver Cy") || strings.Contains(b.contactsOf(), "044 approver Cy"), false)
		_ = before
		b.mustImport("customer_number,customer_name,number,due_date,currency,amount\n123,Other Ltd,C-1,2026-02-04,GBP,10.00\n", ImportRequest{})
		equal(t, "a document's number is as it is", b.number("SELECT count(*) FROM customer WHERE tenant_id = $1 AND number = '123'"), int64(1))
	})
}

// A file of contacts adds and corrects people of customers, and renames no customer.
func TestContactFiles(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		b.mustImport("customer_number,customer_name,number,due_date,currency,amount\n"+
			"1003,Moor Ltd,A-1,2026-02-04,GBP,10.00\n1004,Pike Ltd,B-1,2026-02-04,GBP,10.00\n", ImportRequest{})
		contacts := ImportRequest{Kind: ImportContacts}
		head := "customer_number,customer_name,name,role,email\n"
		report := b.mustImport(head+"1003,Moor Ltd,Ann,approver,ann@m.example\n1003,Moor Ltd,Bob,approver,bob@m.example\n",
			contacts)
		equal(t, "counted", fmt.Sprint(report.Created, report.Updated, report.Unchanged), "2 0 0")
		report = b.mustImport(head+"1003,Wrong Name,Ann,approver,new@m.example\n1003,Moor Ltd,Bob,approver,bob@m.example\n"+
			"1004,Pike Ltd,,,p@p.example\n", contacts)
		equal(t, "counted again", fmt.Sprint(report.Created, report.Updated, report.Unchanged), "1 1 1")
		equal(t, "warnings", strings.Join(report.Warnings, "; "),
			`row 2 calls customer 1003 "Wrong Name" and the book "Moor Ltd": a file of contacts changes no name`)
		equal(t, "names", b.number("SELECT count(*) FROM party WHERE tenant_id = $1 AND name = 'Moor Ltd'"), 1)
		equal(t, "contacts", b.contactsOf(),
			"1003 approver Bob bob@m.example, 1003 approver Ann new@m.example, 1004 accounts_payable  p@p.example")
		// A column headed "name" alone is the customer's.
		report = b.mustImport("name,email\nPike Ltd,two@p.example\n", contacts)
		equal(t, "by name", fmt.Sprint(report.Contacts, report.ContactsReplaced, len(report.Rejected)), "1 1 0")
	})
}

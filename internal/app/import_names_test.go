package app

import (
	"fmt"
	"testing"
)

// A name alone tells the customer only where one has it, in the book or in the file.
func TestCustomersByNameAlone(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		of := func(number string) int64 {
			return b.number(`SELECT count(*) FROM item i JOIN customer c ON c.tenant_id = i.tenant_id
				AND c.customer_id = i.customer_id WHERE i.tenant_id = $1 AND c.number = $2`, number)
		}
		report := b.mustImport(plain(
			",Alpha Ltd,A-2,2026-01-05,2026-02-04,GBP,10.00,,",
			"1001,Alpha Ltd,A-1,2026-01-05,2026-02-04,GBP,10.00,,",
			",alpha ltd.,A-3,2026-01-05,2026-02-04,GBP,10.00,,",
			",Beta Ltd,B-1,2026-01-05,2026-02-04,GBP,10.00,,",
			"2001,Same Ltd,S-1,2026-01-05,2026-02-04,GBP,10.00,,",
			"2002,Same Ltd,S-2,2026-01-05,2026-02-04,GBP,10.00,,",
			",Same Ltd,S-3,2026-01-05,2026-02-04,GBP,10.00,,"), ImportRequest{})
		equal(t, "customers", report.Customers, 4)
		equal(t, "rejected", fmt.Sprint(report.Rejected),
			"[{8 customer_name Same Ltd a customer number: 2001, 2002 have this name}]")
		equal(t, "of 1001", of("1001"), 3)
		equal(t, "of Beta", of("Beta Ltd"), 1)
		b.sound()

		report = b.mustImport(plain(
			",Alpha Ltd,A-4,2026-01-05,2026-02-04,GBP,10.00,,",
			",Same Ltd,S-3,2026-01-05,2026-02-04,GBP,10.00,,",
			"3001,Beta Ltd,B-2,2026-01-05,2026-02-04,GBP,10.00,,",
			",Beta Ltd,B-3,2026-01-05,2026-02-04,GBP,10.00,,"), ImportRequest{})
		equal(t, "customers", report.Customers, 1)
		equal(t, "rejected", fmt.Sprint(report.Rejected), "[{3 customer_name Same Ltd a customer number: 2001, 2002 "+
			"have this name} {5 customer_name Beta Ltd a customer number: 3001, Beta Ltd have this name}]")
		equal(t, "of 1001 now", of("1001"), 4)

		contacts := "customer_number,customer_name,role,email\n,Same Ltd,approver,x@same.example\n" +
			",Alpha Ltd,approver,x@alpha.example\n"
		for _, kind := range []ImportKind{ImportContacts, ImportCustomers} {
			report = b.mustImport(contacts, ImportRequest{Kind: kind})
			equal(t, "new customers", report.Customers, 0)
			equal(t, "rejected", fmt.Sprint(report.Rejected),
				"[{2 customer_name Same Ltd a customer number: 2001, 2002 have this name}]")
		}
		equal(t, "contacts", b.contactsOf(), "1001 approver  x@alpha.example")
		b.sound()
	})
}

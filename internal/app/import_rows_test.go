package app

import (
	"fmt"
	"testing"
)

// The state of a customer stands beside its country, in files of every kind.
func TestStatesInFiles(t *testing.T) {
	eachEngine(t, "US", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		report := b.mustImport("customer_number,country,number,due_date,currency,amount\nC1,US-OH,A-1,2026-02-04,USD,10.00\n"+
			"C2,us-ca,B-1,2026-02-04,USD,10.00\nC3,US-ZZ,C-1,2026-02-04,USD,10.00\nC4,US,D-1,2026-02-04,USD,10.00\n",
			ImportRequest{})
		equal(t, "rejected", fmt.Sprint(report.Rejected),
			"[{4 country US-ZZ a country code of two letters, such as DE, or that of a state, such as US-OH}]")
		of := func(region string) int64 {
			return b.number(`SELECT count(*) FROM customer WHERE tenant_id = $1 AND country = 'US'
				AND subdivision = $2`, region)
		}
		equal(t, "states", fmt.Sprint(of("OH"), of("CA"), of("")), "1 1 1")
		b.mustImport("customer_number,country\nC4,US-NY\nC1,US\n", ImportRequest{Kind: ImportCustomers})
		equal(t, "states now", fmt.Sprint(of("OH"), of("CA")), "1 1")
		equal(t, "moved", b.number("SELECT count(*) FROM customer WHERE tenant_id = $1 AND subdivision = 'NY'"), 1)
	})
}

// Rows that are left out are told apart by what they are.
func TestRowsLeftOutByTheirKind(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	report := b.mustImport("contact;invoice number;type;status;due date;currency;total\n"+
		"Alpha;A-1;Invoice;Authorised;2026-02-04;GBP;10.00\nAlpha;A-2;Invoice;Voided;2026-02-04;GBP;10.00\n"+
		"Alpha;A-3;Invoice;Draft;2026-02-04;GBP;10.00\nAlpha;A-4;Bill;Authorised;2026-02-04;GBP;10.00\n"+
		"Total;;;;;GBP;40.00\n", ImportRequest{})
	equal(t, "left out", fmt.Sprint(report.Created, report.Drafts, report.Payables, report.Skipped), "1 2 1 4")
}

func TestContractRateIsBounded(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	b.mustImport(plain("C1,,A-1,2026-01-05,2026-02-04,GBP,10.00,,"), ImportRequest{})
	customer := b.number("SELECT customer_id FROM customer WHERE tenant_id = $1")
	for rate, good := range map[string]bool{"0": true, "8.25": true, "100": true, "100.01": false, "9999": false, "-1": false} {
		_, err := b.SetCustomer(b.ctx, tester, customer, CustomerChange{ContractRate: &rate})
		if good != (err == nil) {
			t.Errorf("%s %%: %v", rate, err)
		}
	}
}

// TestEachFieldOfARowIsCorrected: a file that states one field of an invoice otherwise
// changes it, alone, and the book stays as it was recorded.
func TestEachFieldOfARowIsCorrected(t *testing.T) {
	const head = "customer_number,customer_name,number,invoice_date,due_date,currency,amount,po,date_agreed,last_reminder_level,last_reminder_date\n"
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		for i, row := range []string{
			"C1,Alpha Ltd,A-1,2026-01-05,2026-02-04,GBP,100.00,P1,unknown,,",
			"C1,Alpha Ltd,A-1,2026-01-06,2026-02-04,GBP,100.00,P1,unknown,,",
			"C1,Alpha Ltd,A-1,2026-01-06,2026-02-05,GBP,100.00,P1,unknown,,",
			"C1,Alpha Ltd,A-1,2026-01-06,2026-02-05,GBP,110.00,P1,unknown,,",
			"C1,Alpha Ltd,A-1,2026-01-06,2026-02-05,GBP,110.00,P2,unknown,,",
			"C1,Alpha Ltd,A-1,2026-01-06,2026-02-05,GBP,110.00,P2,yes,,",
			"C1,Alpha Ltd,A-1,2026-01-06,2026-02-05,GBP,110.00,P2,no,,",
			"C1,Alpha Ltd,A-1,2026-01-06,2026-02-05,GBP,110.00,P2,no,1,2026-02-20",
		} {
			report, err := b.importText(head+row+"\n", ImportRequest{})
			if err != nil || report.Created+report.Updated != 1 || report.Created != max(0, 1-i) {
				t.Fatalf("%s: %+v, %v", row, report, err)
			}
			b.sound()
			if wrong := b.recordedOtherwise(); wrong != "" {
				t.Errorf("%s: %s", row, wrong)
			}
		}
	})
}

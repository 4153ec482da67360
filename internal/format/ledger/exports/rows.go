package exports

import (
	"fmt"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

const xeroHeader = "ContactName,EmailAddress,POAddressLine1,POCity,POPostalCode,InvoiceNumber,Reference,InvoiceDate," +
	"DueDate,PlannedDate,Total,TaxTotal,InvoiceAmountPaid,InvoiceAmountDue,InventoryItemCode,Description,Quantity," +
	"UnitAmount,Discount,LineAmount,AccountCode,TaxType,TaxAmount,Currency,Type,Sent,Status"

// xeroInvoices has a row for each line of an invoice, drafts, and bills of suppliers.
func xeroInvoices(l Ledger) []row {
	rows := []row{texts(xeroHeader, ",")}
	line := func(doc *Document, kind, status string, n int) row {
		c := &l.Customers[doc.Customer]
		sign := doc.Signed(1)
		paid := doc.AmountMinor - doc.OpenMinor
		return row{t(c.Name), t(c.Email), t(c.Street), t(c.Town), t(c.Postcode), t(doc.Number), t(doc.PO), d(doc.Issued),
			d(doc.Due), t(""), a(sign*doc.AmountMinor, doc.Currency), a(0, doc.Currency), a(sign*paid, doc.Currency),
			a(sign*doc.OpenMinor, doc.Currency), t(""), t(fmt.Sprintf("Line %d, \"special\"", n)), t("1"),
			a(doc.AmountMinor, doc.Currency), t(""), a(doc.AmountMinor, doc.Currency), t("200"), t("20% (VAT on Income)"),
			a(0, doc.Currency), t(string(doc.Currency)), t(kind), t("Sent"), t(status)}
	}
	for i := range l.Documents {
		doc := &l.Documents[i]
		kind, status := "Sales invoice", "Awaiting Payment"
		if doc.Credit {
			kind = "Sales credit note"
		}
		if doc.OpenMinor == 0 {
			status = "Paid"
		}
		for n := range 1 + i%3 {
			rows = append(rows, line(doc, kind, status, n+1))
		}
	}
	draft := l.Documents[0]
	draft.Number = "DRAFT-1"
	bill := l.Documents[0]
	bill.Number = "BILL-1"
	return append(rows, line(&draft, "Sales invoice", "Draft", 1), line(&bill, "Bill", "Awaiting Payment", 1))
}

const xeroTemplateHeader = "*ContactName,EmailAddress,POAddressLine1,POCity,*InvoiceNumber,Reference,*InvoiceDate," +
	"*DueDate,Total,InventoryItemCode,*Description,*Quantity,*UnitAmount,Discount,*AccountCode,*TaxType,TaxAmount," +
	"Currency,BrandingTheme"

func xeroTemplate(l Ledger) []row {
	rows := []row{texts(xeroTemplateHeader, ",")}
	for i := range l.Documents {
		doc := &l.Documents[i]
		c := &l.Customers[doc.Customer]
		total := a(doc.Signed(doc.AmountMinor), doc.Currency)
		for range 1 + i%2 {
			rows = append(rows, row{t(c.Name), t(c.Email), t(c.Street), t(c.Town), t(doc.Number), t(doc.PO), d(doc.Issued),
				d(doc.Due), total, t(""), t("Work"), t("1"), total, t(""), t("200"), t("20%"), t(""),
				t(string(doc.Currency)), t("")})
		}
	}
	return rows
}

const (
	xeroLongHeader = "Contact Account Number|Primary Person|Phone|Email|Invoice Date|Due Date|Expected Date|" +
		"Invoice Number|Invoice Reference|< 1 Month|1 Month|2 Months|3 Months|Older||Total|Outstanding Tax|Invoice Seen|Invoice Sent"
	xeroShortHeader = "Invoice Number|Invoice Date|Due Date|Invoice Reference|Current|< 1 Month|1 Month|2 Months|3 Months|Older|Total"
)

// xeroAged has the customer in a row above its invoices, a sum below them, and a grand total
// of nothing.
func xeroAged(header string, title int) func(Ledger) []row {
	return func(l Ledger) []row {
		names := strings.Split(header, "|")
		rows := []row{{t("Aged Receivables Detail")}, {t("Acme Ltd")}, {t("As at " + days("D Mon YYYY")(l.AsOf))},
			{t("Ageing by due date")}, {}, texts(header, "|"), {}}
		last := -1
		sum := int64(0)
		total := func() {
			if last >= 0 {
				r := row{t("Total " + l.Customers[last].Name)}
				for _, name := range names[1:] {
					if name == "Total" {
						r = append(r, a(sum, l.Documents[0].Currency))
					} else {
						r = append(r, t(""))
					}
				}
				rows = append(rows, r, row{})
			}
		}
		for i := range l.Documents {
			doc := &l.Documents[i]
			if doc.Customer != last {
				total()
				last, sum = doc.Customer, 0
				rows = append(rows, row{t(l.Customers[last].Name)})
			}
			open := doc.Signed(doc.OpenMinor)
			sum += open
			rows = append(rows, xeroAgedRow(l, doc, names, a(open, doc.Currency)))
		}
		total()
		grand := row{t("Total")}
		for range names[1:] {
			grand = append(grand, a(0, l.Documents[0].Currency))
		}
		return append(rows, grand)
	}
}

func xeroAgedRow(l Ledger, doc *Document, names []string, open cell) row {
	var r row
	for _, name := range names {
		c := t("")
		switch name {
		case "Invoice Number":
			c = t(doc.Number)
		case "Invoice Date":
			c = d(doc.Issued)
		case "Due Date":
			c = d(doc.Due)
		case "Invoice Reference":
			c = t(doc.PO)
		case "Contact Account Number":
			c = t(l.Customers[doc.Customer].Number)
		case "Email":
			c = t(l.Customers[doc.Customer].Email)
		case "Older", "Total":
			c = open
		}
		r = append(r, c)
	}
	return r
}

// quickBooks has title rows, headings of the buckets, and sums.
func quickBooks(l Ledger) []row {
	rows := []row{{t("Acme Inc.")}, {t("A/R Aging Detail")}, {t("As of " + days("MM/DD/YYYY")(l.AsOf))}, {},
		texts("Num|Customer|Date|Due Date|Amount|Open Balance|P.O. #", "|")}
	of := money.Currency("")
	for bucket, heading := range []string{"1 - 30 days past due", "31 - 60 days past due", "Current"} {
		rows = append(rows, row{t(heading)})
		sum, open := int64(0), int64(0)
		for i := range l.Documents {
			if doc := &l.Documents[i]; i%3 == bucket {
				of = doc.Currency
				sum += doc.Signed(doc.AmountMinor)
				open += doc.Signed(doc.OpenMinor)
				rows = append(rows, row{t(doc.Number), t(l.Customers[doc.Customer].Name), d(doc.Issued), d(doc.Due),
					a(doc.Signed(doc.AmountMinor), of), a(doc.Signed(doc.OpenMinor), of), t(doc.PO)})
			}
		}
		rows = append(rows, row{t("Total for " + heading), t(""), t(""), t(""), a(sum, of), a(open, of), t("")})
	}
	return append(rows, row{}, row{t("Tuesday, Mar 31, 2026 09:00:00 AM GMT")})
}

func quickBooksContacts(l Ledger) []row {
	rows := []row{{t("Acme Inc.")}, {t("Customer Contact List")}, {t("All dates")}, {},
		texts("Customer|Company Name|First Name|Last Name|Main Email|Main Phone|Bill Addr Line1|Bill Addr City|"+
			"Bill Addr State|Bill Addr Postal Code|Terms", "|")}
	for i := range l.Customers {
		c := &l.Customers[i]
		rows = append(rows, row{t(c.Name), t(c.Name), t("Ann"), t("Bell"), t(c.Email), t(c.Phone), t(c.Street), t(c.Town),
			t(""), t(c.Postcode), t("Net 30")})
	}
	return rows
}

// tally has its header in two rows and a sum that nothing names.
func tally(l Ledger) []row {
	rows := []row{{t("Acme Traders")}, {t("Sundry Debtors")}, {},
		texts("Date|Ref. No.|Party's Name|Opening|Pending|Due on|Overdue", "|"), texts("|||Amount|Amount||by days", "|")}
	sum, open, of := int64(0), int64(0), money.Currency("")
	for i := range l.Documents {
		doc := &l.Documents[i]
		of = doc.Currency
		sum += doc.Signed(doc.AmountMinor)
		open += doc.Signed(doc.OpenMinor)
		rows = append(rows, row{d(doc.Issued), t(doc.Number), t(l.Customers[doc.Customer].Name),
			a(doc.Signed(doc.AmountMinor), of), a(doc.Signed(doc.OpenMinor), of), d(doc.Due),
			t(fmt.Sprint(max(l.AsOf.DaysSince(doc.Due), 0)))})
	}
	return append(rows, row{t(""), t(""), t(""), a(sum, of), a(open, of), t(""), t("")})
}

// fbl5n has customers padded to ten digits and a minus behind the amount.
func fbl5n(l Ledger) []row {
	rows := []row{texts("Company Code|Customer|Document Number|Document Type|Posting Date|Net due date|"+
		"Amount in local currency|Clearing Document|Clearing Date|Special G/L ind.", "|")}
	for i := range l.Documents {
		doc := &l.Documents[i]
		rows = append(rows, row{t("1000"), t(fmt.Sprintf("%010s", l.Customers[doc.Customer].Number)), t(doc.Number),
			t(sapType(doc)), d(doc.Issued), d(doc.Due), a(doc.Signed(doc.AmountMinor), doc.Currency), t(""), t(""), t("")})
	}
	return rows
}

func sapType(doc *Document) string {
	if doc.Credit {
		return "DG"
	}
	return "RV"
}

func sapDocument(l Ledger) []row {
	rows := []row{texts("Account|Vendor Name|Document type|Reference|Document Date|Document currency|Amount in doc. curr.|"+
		"Clearing Document|Document Number|Text|Document Header Text|Net due date|Payment block|Payment Method", "|")}
	for i := range l.Documents {
		doc := &l.Documents[i]
		c := &l.Customers[doc.Customer]
		rows = append(rows, row{t(fmt.Sprintf("%010s", c.Number)), t(c.Name), t(sapType(doc)), t(doc.PO), d(doc.Issued),
			t(string(doc.Currency)), a(doc.Signed(doc.AmountMinor), doc.Currency), t(""), t(doc.Number), t("Ware; frei Haus"),
			t(""), d(doc.Due), t(""), t("")})
	}
	return rows
}

// highRadius writes days and numbers as a data tool left them.
func highRadius(l Ledger) []row {
	rows := []row{texts("business_code,cust_number,name_customer,clear_date,buisness_year,doc_id,posting_date,"+
		"document_create_date,document_create_date.1,due_in_date,invoice_currency,document type,posting_id,"+
		"area_business,total_open_amount,baseline_create_date,cust_payment_terms,invoice_id,isOpen", ",")}
	for i := range l.Documents {
		doc := &l.Documents[i]
		c := &l.Customers[doc.Customer]
		number := fmt.Sprintf("%d.0", 1930000000+i)
		rows = append(rows, row{t("U001"), t(fmt.Sprintf("%010s", c.Number)), t(c.Name), t(""), t("2020.0"), t(number),
			t(doc.Issued.String()), t(days("YYYYMMDD")(doc.Issued)), t(days("YYYYMMDD")(doc.Issued)), d(doc.Due),
			t(string(doc.Currency)), t(sapType(doc)), t("1.0"), t(""), a(doc.Signed(doc.AmountMinor), doc.Currency),
			d(doc.Issued), t("NAH4"), t(number), t("1")})
	}
	return rows
}

func businessCentral(l Ledger) []row {
	rows := []row{texts("Document_Type,Customer_No_,Document_No_,Due_Date,Document_Date,External_Document_No_,Amount,"+
		"Currency_Code,ClosedAtDate,Open,Remaining_Amount", ",")}
	for i := range l.Documents {
		doc := &l.Documents[i]
		kind, open, closed := "Invoice", "true", cal.None
		if doc.Credit {
			kind = "Credit Memo"
		}
		if doc.OpenMinor == 0 {
			open, closed = "false", doc.PaidOn
		}
		rows = append(rows, row{t(kind), t(l.Customers[doc.Customer].Number), t(doc.Number), d(doc.Due), d(doc.Issued),
			t(doc.PO), a(doc.Signed(doc.AmountMinor), doc.Currency), t(string(doc.Currency)), d(closed), t(open),
			a(doc.Signed(doc.OpenMinor), doc.Currency)})
	}
	return rows
}

// coupa has no header.
func coupa(l Ledger) []row {
	var rows []row
	for i := range l.Documents {
		doc := &l.Documents[i]
		rows = append(rows, row{t(doc.Number), t(l.Customers[doc.Customer].Number), d(doc.Issued), d(doc.Due),
			a(doc.Signed(doc.AmountMinor), doc.Currency), t(string(doc.Currency)), t("N"), t("a, b"), t(""), t(""),
			d(doc.Issued), t(""), t("P1"), t("A")})
	}
	return rows
}

func docketManager(l Ledger) []row {
	rows := []row{texts("Invoice Date,Order Date,Customer Name,Customer Number,Contact Name,Contact Phone,Contact Email,"+
		"Sales Rep,Invoice Number,Invoice Total,Paid,Balance", ",")}
	for i := range l.Documents {
		doc := &l.Documents[i]
		c := &l.Customers[doc.Customer]
		rows = append(rows, row{d(doc.Issued), d(doc.Issued), t(c.Name), t(c.Number), t("Ann Bell"), t(c.Phone), t(c.Email),
			t("Sam"), t(doc.Number), a(doc.Signed(doc.AmountMinor), doc.Currency),
			a(doc.Signed(doc.AmountMinor-doc.OpenMinor), doc.Currency), a(doc.Signed(doc.OpenMinor), doc.Currency)})
	}
	return append(rows, row{t("Totals"), t(""), t(""), t(""), t(""), t(""), t(""), t(""), t(""), a(1, l.Documents[0].Currency), t(""), t("")})
}

// maconomy splits the balance of a customer over two jobs.
func maconomy(l Ledger) []row {
	rows := []row{{t("AR ageing by dimension")}, {},
		texts("Customer No|Customer Name|Job No|Job Name|Balance|0-30 days|31-60 days|61-90 days|91+ days|Last Payment", "|")}
	sum, of := int64(0), money.Currency("")
	for i := range l.Documents {
		doc := &l.Documents[i]
		c := &l.Customers[doc.Customer]
		of = doc.Currency
		balance := a(doc.Signed(doc.OpenMinor), of)
		sum += balance.minor
		rows = append(rows, row{t(c.Number), t(c.Name), t("J1"), t("Bridge"), balance, balance, a(0, of), a(0, of), a(0, of), t("")},
			row{t(c.Number), t(c.Name), t("J2"), t("Tunnel"), a(0, of), a(0, of), a(0, of), a(0, of), a(0, of), t("")})
	}
	return append(rows, row{t("Total"), t(""), t(""), t(""), a(sum, of), a(sum, of), t(""), t(""), t(""), t("")})
}

func council(l Ledger) []row {
	rows := []row{texts("Date|Executive Directorate|Directorate|Service|Sovservice|Count of Total Balance Outstanding|"+
		"Sum of Total Balance Outstanding2|Risk Debt|Year|Quarter", "|")}
	for i := range l.Documents {
		doc := &l.Documents[i]
		rows = append(rows, row{d(l.AsOf), t("Place"), t("Growth"), t("Parking"), t("Permits"), t("12"),
			a(doc.Signed(doc.OpenMinor), doc.Currency), t("Low"), t("2026"), t("Q1")})
	}
	return rows
}

// ibm has histories: a settled day or none, and the whole amount.
func ibm(l Ledger) []row {
	rows := []row{texts("countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,"+
		"SettledDate,PaperlessBill,DaysToSettle,DaysLate", ",")}
	for i := range l.Documents {
		doc := &l.Documents[i]
		rows = append(rows, row{t("391"), t("0379-" + l.Customers[doc.Customer].Number), d(doc.Issued), t(doc.Number),
			d(doc.Issued), d(doc.Due), a(doc.Signed(doc.AmountMinor), doc.Currency), t("No"), t(""), t("Paper"), t(""), t("")})
	}
	return rows
}

package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// PlainLayout is the name of our own layout.
const PlainLayout = "Recoup plain layout"

// known is a layout recognised by its header, so that it can be named, mapped
// exactly, or refused with a reason instead of being misread.
type known struct {
	name string
	// signature: headers that must all be there, separated by "|".
	signature string
	// columns maps headers to fields, "header=field|…", best first; headers not
	// named are not read. "": by synonyms.
	columns   string
	lineItems bool   // one row per line of an invoice
	bySign    bool   // the document type is a code; the sign says what it is
	contacts  bool   // a list of contacts, not of receivables
	refuse    string // why files of this layout are not read, and what to export instead
	shape     string // how its rows are made into documents, see shaped
	notes     []string
}

// knownLayouts is tried in order; the first whose signature is in the header wins.
var knownLayouts = []known{
	{
		name:      "IBM late payment histories",
		signature: "countryCode|customerID|PaperlessDate|invoiceNumber|SettledDate|PaperlessBill|DaysToSettle",
		columns: "customerID=customer_number|invoiceNumber=number|InvoiceDate=invoice_date|DueDate=due_date|" +
			"InvoiceAmount=amount|Disputed=disputed|SettledDate=paid_on",
	},
	{
		name:      "SAP-style receivables extract (HighRadius)",
		signature: "cust_number|name_customer|doc_id|due_in_date|invoice_currency|total_open_amount",
		columns: "cust_number=customer_number|name_customer=customer_name|invoice_id=number|doc_id=number|" +
			"document_create_date.1=invoice_date|document_create_date=invoice_date|posting_date=invoice_date|" +
			"due_in_date=due_date|invoice_currency=currency|total_open_amount=amount|clear_date=paid_on",
		bySign: true,
	},
	{
		name: "Xero invoice export",
		signature: "ContactName|InvoiceNumber|DueDate|Total|InvoiceAmountPaid|InvoiceAmountDue|LineAmount|" +
			"Type|Status",
		columns: "ContactName=customer_name|EmailAddress=email|InvoiceNumber=number|Reference=po|" +
			"InvoiceDate=invoice_date|DueDate=due_date|Total=amount|InvoiceAmountPaid=paid_amount|" +
			"InvoiceAmountDue=open_amount|Currency=currency|Type=document_kind|Status=status",
		lineItems: true,
	},
	{
		name:      "Xero sales invoice template",
		signature: "*ContactName|*InvoiceNumber|*Quantity|*UnitAmount|*AccountCode",
		columns: "*ContactName=customer_name|EmailAddress=email|*InvoiceNumber=number|Reference=po|" +
			"*InvoiceDate=invoice_date|*DueDate=due_date|Total=amount|Currency=currency",
		lineItems: true,
		notes:     []string{"this layout does not say what of an invoice is paid: every invoice counts as open"},
	},
	{
		name: "Xero Aged Receivables Detail",
		signature: "Invoice Number|Invoice Date|Due Date|Invoice Reference|< 1 Month|1 Month|2 Months|" +
			"3 Months|Older|Total",
		columns: partyHeader + "=customer_name|Contact Account Number=customer_number|Email=email|" +
			"Invoice Number=number|Invoice Date=invoice_date|Due Date=due_date|Invoice Reference=po|Total=open_amount",
		shape: shapeParties,
		notes: []string{"this report states what is open of an invoice, not what it was for"},
	},
	{
		name:      "QuickBooks A/R Aging Detail",
		signature: "Num|Customer|Date|Due Date|Amount|Open Balance",
		columns: "Num=number|Customer=customer_name|Date=invoice_date|Due Date=due_date|Amount=amount|" +
			"Open Balance=open_amount|P.O. #=po|Currency=currency|Transaction Type=document_kind|Type=document_kind",
	},
	{
		name:      "Tally Sundry Debtors pending bills",
		signature: "Date|Ref. No.|Party's Name|Pending Amount|Due on",
		columns: "Ref. No.=number|Party's Name=customer_name|Date=invoice_date|Due on=due_date|" +
			"Opening Amount=amount|Pending Amount=open_amount",
	},
	{
		name:      "SAP FBL5N customer line items",
		signature: "Customer|Document Number|Document Type|Net due date|Amount in local currency|Clearing Document",
		columns: "Customer=customer_number|Document Number=number|Document Date=invoice_date|" +
			"Posting Date=invoice_date|Net due date=due_date|Amount in local currency=amount|" +
			"Local Currency=currency|Clearing Date=paid_on",
		bySign: true,
	},
	{
		name:      "SAP line items (document currency)",
		signature: "Account|Document type|Document Date|Document currency|Amount in doc. curr.|Document Number",
		columns: "Account=customer_number|Vendor Name=customer_name|Customer Name=customer_name|" +
			"Document Number=number|Document Date=invoice_date|Net due date=due_date|Document currency=currency|" +
			"Amount in doc. curr.=amount|Clearing Date=paid_on|Reference=po",
		bySign: true,
	},
	{
		name: "DATEV Buchungsstapel (EXTF)",
		signature: "Umsatz (ohne Soll/Haben-Kz)|Soll/Haben-Kennzeichen|Gegenkonto (ohne BU-Schlüssel)|" +
			"Belegdatum|Belegfeld 1",
		columns: journalColumns, shape: shapeDATEV,
		notes: []string{"postings, not a list of open items: what is open is worked out from the postings in the file; " +
			"due dates are read from Belegfeld 2 where it holds days"},
	},
	{
		name:      "French FEC",
		signature: "JournalCode|EcritureNum|CompteNum|CompAuxNum|PieceRef|Debit|Credit",
		columns:   journalColumns, shape: shapeFEC,
		notes: []string{"postings, not a list of open items: what is open is worked out from the postings in the file; " +
			"it has no due dates, so nothing of it is demanded until they are there"},
	},
	{
		name:      "Sage 50 UK audit trail",
		signature: "Type|Account Reference|Nominal A/C Ref|Details|Net Amount|Tax Code|Tax Amount",
		columns:   journalColumns, shape: shapeSage,
		notes: []string{"postings, not a list of open items: what is open is worked out from the postings in the file; " +
			"it has no due dates, so nothing of it is demanded until they are there"},
	},
	{
		name:      "Business Central customer ledger entries",
		signature: "Document_Type|Customer_No_|Document_No_|Due_Date|Remaining_Amount",
		columns: "Document_Type=document_kind|Customer_No_=customer_number|Customer_Name=customer_name|" +
			"Document_No_=number|Due_Date=due_date|Document_Date=invoice_date|Posting_Date=invoice_date|" +
			"External_Document_No_=po|Amount=amount|Currency_Code=currency|ClosedAtDate=paid_on|" +
			"Remaining_Amount=open_amount",
	},
	{
		name:      "Coupa Treasury receivables",
		signature: coupaHeader,
		columns: "Invoice number=number|Debitor account number=customer_number|Invoice date=invoice_date|" +
			"Due date=due_date|Amount=amount|Currency=currency",
		bySign: true,
	},
	{
		name: "DocketManager A/R export",
		signature: "Invoice Date|Order Date|Customer Name|Customer Number|Invoice Number|Invoice Total|" +
			"Paid|Balance",
		columns: "Invoice Date=invoice_date|Customer Name=customer_name|Customer Number=customer_number|" +
			"Contact Email=email|Invoice Number=number|Invoice Total=amount|Paid=paid_amount|Balance=open_amount",
	},
	{
		name:      "Deltek Maconomy AR ageing",
		signature: "Customer No|Customer Name|Job No|Balance|0-30 days|31-60 days",
		columns:   journalColumns, shape: shapeBalances,
		notes: []string{"balances by customer and job, without documents and days: each becomes an opening balance, " +
			"which is shown and never demanded; import the open invoices when you have them"},
	},
	{
		name:      "UK council aged debtors workbook",
		signature: "Executive Directorate|Directorate|Service|Count of Total Balance Outstanding",
		refuse: "it has totals by service, without customers and documents; " +
			"export the list of open invoices with customer, number, due date and amount",
	},
	{
		name:      "QuickBooks Customer Contact List",
		signature: "Customer|Main Email|Main Phone|Bill Addr Line1",
		columns: "Customer=customer_name|Main Email=email|Main Phone=phone|First Name=first_name|Last Name=name|" +
			"Bill Addr Line1=street|Bill Addr Line2=address_extra|Bill Addr City=town|Bill Addr State=region|" +
			"Bill Addr Postal Code=postcode|Bill Addr Country=country",
		contacts: true,
	},
}

// journalColumns maps what postings are made into, see shapedHeader.
const journalColumns = "customer_number=customer_number|customer_name=customer_name|document_kind=document_kind|" +
	"number=number|invoice_date=invoice_date|due_date=due_date|currency=currency|amount=amount|" +
	"open_amount=open_amount|paid_on=paid_on|paid_amount=paid_amount"

// KnownLayouts lists the names of the layouts recognised by their header.
func KnownLayouts() []string {
	names := []string{PlainLayout}
	for i := range knownLayouts {
		names = append(names, knownLayouts[i].name)
	}
	return names
}

// recognise finds the known layout of a folded header, or nil.
func recognise(folded []string) *known {
	have := make(map[string]bool, len(folded))
	for _, h := range folded {
		have[h] = true
	}
	for i := range knownLayouts {
		if k := &knownLayouts[i]; k.in(have) {
			return k
		}
	}
	return nil
}

func (k *known) in(have map[string]bool) bool {
	for _, h := range strings.Split(k.signature, "|") {
		if !have[foldWord(h)] {
			return false
		}
	}
	return true
}

// words is the mapping of the layout in the form of headerWords, or nil.
func (k *known) words() map[string]meaning {
	if k.columns == "" {
		return nil
	}
	words := make(map[string]meaning)
	for rank, pair := range strings.Split(k.columns, "|") {
		header, name, _ := strings.Cut(pair, "=")
		f, ok := ParseField(name)
		if !ok {
			panic("ledger: known layout " + k.name + ": field " + name)
		}
		words[foldWord(header)] = meaning{field: f, rank: rank}
	}
	return words
}

// layoutNamed finds the one layout whose name contains what the user wrote:
// "ibm", "plain", "aging detail".
func layoutNamed(asked string) (string, error) {
	var found []string
	for _, name := range KnownLayouts() {
		if strings.Contains(foldWord(name), foldWord(asked)) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%w: %q names %d of: %s", ErrUnsupported, asked, len(found),
			strings.Join(KnownLayouts(), "; "))
	}
	return found[0], nil
}

// Known reports whether the layout is our own or one of another program, not a guess.
func (l *Layout) Known() bool { return slices.Contains(KnownLayouts(), l.Name) }

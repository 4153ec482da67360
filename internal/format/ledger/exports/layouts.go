package exports

import (
	"fmt"
	"io"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Layout is one way in which a program writes its ledger.
type Layout struct {
	Name  string   // as the reader names it
	Forms []string // "csv" and "xlsx": how it is written
	// OneCurrency: the layout does not say which, so only one fits into a file.
	OneCurrency bool
	// OpenOnly: the layout has what is open, as the amount; settled documents are not in it.
	OpenOnly bool
	// NoSettled: settled documents are not in it.
	NoSettled bool
	// Balances: one balance for each customer, no documents.
	Balances bool
	// People: a list of customers, no documents at all.
	People bool
	// Refused: the layout has nothing that could be imported.
	Refused bool

	style csvStyle
	rows  func(Ledger) []row
}

// Says is what of a ledger the layout can say: the same documents with the same sums are
// read back from it.
func (l *Layout) Says(from Ledger) Ledger {
	says := from
	says.Documents = nil
	for _, doc := range from.Documents {
		if l.OneCurrency && doc.Currency != from.Documents[0].Currency || (l.OpenOnly || l.NoSettled) && doc.OpenMinor == 0 {
			continue
		}
		if l.OpenOnly {
			doc.AmountMinor = doc.OpenMinor
		}
		says.Documents = append(says.Documents, doc)
	}
	if l.Balances {
		says.Documents = balances(says)
	}
	return says
}

// balances is one document for each customer: what it owes in all.
func balances(l Ledger) []Document {
	sums := make([]int64, len(l.Customers))
	for i := range l.Documents {
		sums[l.Documents[i].Customer] += l.Documents[i].Signed(l.Documents[i].OpenMinor)
	}
	var out []Document
	for i, sum := range sums {
		if sum != 0 {
			out = append(out, Document{Customer: i, Credit: sum < 0, Currency: l.Documents[0].Currency,
				AmountMinor: money.Abs(sum), OpenMinor: money.Abs(sum), PaidOn: cal.None})
		}
	}
	return out
}

// Render writes what the layout says of a ledger.
func (l *Layout) Render(w io.Writer, form string, from Ledger) error {
	rows := l.rows(l.Says(from))
	switch form {
	case "csv":
		return l.style.write(w, rows)
	case "xlsx":
		return writeXLSX(w, "Export", rows)
	}
	return fmt.Errorf("there is no form %q of %s", form, l.Name)
}

var both = []string{"csv", "xlsx"}

// Layouts are all of them.
func Layouts() []Layout {
	us := csvStyle{delimiter: ",", date: days("MM/DD/YYYY"), amount: thousands}
	uk := csvStyle{delimiter: ",", date: days("DD/MM/YYYY"), amount: thousands}
	return []Layout{
		{Name: "Xero invoice export", Forms: both, style: csvStyle{delimiter: ",", date: days("DD/MM/YYYY"), amount: point},
			rows: xeroInvoices},
		{Name: "Xero sales invoice template", Forms: both, OpenOnly: true, rows: xeroTemplate,
			style: csvStyle{delimiter: ",", encoding: "utf-8-bom", date: days("DD/MM/YYYY"), amount: point}},
		{Name: "Xero Aged Receivables Detail", Forms: both, OneCurrency: true, OpenOnly: true, style: uk,
			rows: xeroAged(xeroLongHeader, 4)},
		{Name: "Xero Aged Receivables Detail", Forms: both, OneCurrency: true, OpenOnly: true, style: uk,
			rows: xeroAged(xeroShortHeader, 0)},
		{Name: "QuickBooks A/R Aging Detail", Forms: both, OneCurrency: true, NoSettled: true, style: us,
			rows: quickBooks},
		{Name: "QuickBooks Customer Contact List", Forms: both, People: true, style: us, rows: quickBooksContacts},
		{Name: "Tally Sundry Debtors pending bills", Forms: both, OneCurrency: true, NoSettled: true, rows: tally,
			style: csvStyle{delimiter: ",", date: days("D-Mon-YYYY"), amount: indian}},
		{Name: "SAP FBL5N customer line items", Forms: both, OneCurrency: true, OpenOnly: true, rows: fbl5n,
			style: csvStyle{delimiter: "\t", encoding: "utf-16", date: days("DD.MM.YYYY"), amount: german, noQuotes: true}},
		{Name: "SAP line items (document currency)", Forms: both, OpenOnly: true, rows: sapDocument,
			style: csvStyle{delimiter: ";", encoding: "windows-1252", date: days("DD.MM.YYYY"), amount: german}},
		{Name: "SAP-style receivables extract (HighRadius)", Forms: []string{"csv"}, OpenOnly: true, rows: highRadius,
			style: csvStyle{delimiter: ",", date: days("YYYYMMDD.0"), amount: point}},
		{Name: "DATEV Buchungsstapel (EXTF)", Forms: []string{"csv"}, rows: datev,
			style: csvStyle{delimiter: ";", encoding: "windows-1252", date: days("DDMM"), amount: comma, quoteTexts: true}},
		{Name: "French FEC", Forms: []string{"csv"}, rows: fec,
			style: csvStyle{delimiter: "|", encoding: "iso-8859-15", date: days("YYYYMMDD"), amount: comma, noQuotes: true}},
		{Name: "Sage 50 UK audit trail", Forms: []string{"csv"}, OneCurrency: true, rows: sage,
			style: csvStyle{delimiter: ",", date: days("DD/MM/YYYY"), amount: point}},
		{Name: "Business Central customer ledger entries", Forms: both, rows: businessCentral,
			style: csvStyle{delimiter: ",", date: iso, amount: point}},
		{Name: "Coupa Treasury receivables", Forms: []string{"csv"}, OpenOnly: true, rows: coupa,
			style: csvStyle{delimiter: ";", date: days("YYYYMMDD"), amount: point, noQuotes: true}},
		{Name: "DocketManager A/R export", Forms: both, OneCurrency: true, rows: docketManager,
			style: csvStyle{delimiter: ",", date: days("M/D/YYYY"), amount: thousands}},
		{Name: "Deltek Maconomy AR ageing", Forms: both, OneCurrency: true, Balances: true, rows: maconomy,
			style: csvStyle{delimiter: ",", date: iso, amount: thousands}},
		{Name: "UK council aged debtors workbook", Forms: both, OneCurrency: true, Refused: true, style: uk,
			rows: council},
		{Name: "IBM late payment histories", Forms: []string{"csv"}, OneCurrency: true, OpenOnly: true, rows: ibm,
			style: csvStyle{delimiter: ",", date: days("M/D/YYYY"), amount: point}},
	}
}

package exports

import (
	"fmt"

	"github.com/recoup-project/recoup/internal/core/cal"
)

const datevHeader = "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis-Umsatz;" +
	"Konto;Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext"

// datev posts invoices from either side, and what was paid under the number of the invoice.
// The financial year ends with the day of the ledger.
func datev(l Ledger) []row {
	year := l.AsOf.AddYears(-1).AddDays(1)
	meta := row{t("EXTF"), n("700"), n("21"), t("Buchungsstapel"), n("13"), n("20260101120000000"), n(""), t("RE"), t(""),
		t(""), n("1001"), n("10001"), n(days("YYYYMMDD")(year)), n("4"), n(days("YYYYMMDD")(year)),
		n(days("YYYYMMDD")(l.AsOf)), t("Verkauf"), t(""), n("1"), n("0"), n("0"), t("EUR")}
	rows := []row{meta}
	var header row
	for _, c := range texts(datevHeader, ";") {
		header = append(header, n(c.text))
	}
	rows = append(rows, header)
	post := func(doc *Document, minor int64, side, account, contra string, day cal.Date, text string) {
		rows = append(rows, row{a(minor, doc.Currency), t(side), t(string(doc.Currency)), n(""), n(""), t(""), n(account),
			n(contra), t(""), d(day), t(doc.Number), t(days("DDMM")(doc.Due) + days("YYYY")(doc.Due)[2:]), n(""), t(text)})
	}
	for i := range l.Documents {
		doc := &l.Documents[i]
		customer := l.Customers[doc.Customer].Number
		sides := [2]string{"S", "H"}
		if doc.Credit {
			sides = [2]string{"H", "S"}
		}
		if i%2 == 0 {
			post(doc, doc.AmountMinor, sides[0], customer, "8400", doc.Issued, "Lieferung; frei Haus")
		} else {
			post(doc, doc.AmountMinor, sides[1], "8400", customer, doc.Issued, "Lieferung")
		}
		if paid := doc.AmountMinor - doc.OpenMinor; paid > 0 {
			post(doc, paid, sides[1], customer, "1200", doc.PaidOn, "Zahlung")
		}
	}
	return append(rows, row{a(500, "EUR"), t("S"), t("EUR"), n(""), n(""), t(""), n("4930"), n("1200"), t(""), d(l.AsOf),
		t("K-1"), t(""), n(""), t("Bürobedarf")})
}

// n is a cell that is never quoted.
func n(text string) cell { return cell{text: text, kind: 'n'} }

// fec posts sales in three lines and payments in two, set against each other by a letter.
func fec(l Ledger) []row {
	rows := []row{texts("JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|"+
		"PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise", "|")}
	number := 0
	line := func(journal, account string, doc *Document, ref string, day cal.Date, minor int64, letter string) {
		c := &l.Customers[doc.Customer]
		aux, name, foreign, currency := t(""), t(""), t(""), t("")
		if account == "411000" {
			aux, name = t(c.Number), t(c.Name)
		}
		if doc.Currency != "EUR" {
			foreign, currency = a(max(minor, -minor), doc.Currency), t(string(doc.Currency))
		}
		debit, credit := a(max(minor, 0), doc.Currency), a(max(-minor, 0), doc.Currency)
		rows = append(rows, row{t(journal), t("Journal " + journal), t(fmt.Sprint(number)), d(day), t(account), t("Compte"), aux,
			name, t(ref), d(day), t("Écriture"), debit, credit, t(letter), t(""), d(l.AsOf), foreign, currency})
	}
	for i := range l.Documents {
		doc := &l.Documents[i]
		number++
		letter := ""
		paid := doc.AmountMinor - doc.OpenMinor
		if paid > 0 {
			letter = fmt.Sprintf("L%d", i)
		}
		tax := doc.AmountMinor / 6
		line("VE", "411000", doc, doc.Number, doc.Issued, doc.Signed(doc.AmountMinor), letter)
		line("VE", "707000", doc, doc.Number, doc.Issued, -doc.Signed(doc.AmountMinor-tax), "")
		line("VE", "445710", doc, doc.Number, doc.Issued, -doc.Signed(tax), "")
		if paid > 0 {
			number++
			ref := "VIR-" + doc.Number
			if doc.Credit { // paid back under its own number
				ref = doc.Number
			}
			line("BQ", "512000", doc, ref, doc.PaidOn, doc.Signed(paid), "")
			line("BQ", "411000", doc, ref, doc.PaidOn, -doc.Signed(paid), letter)
		}
	}
	return rows
}

// sage has a row for each line of a document, and receipts under the number of the invoice.
func sage(l Ledger) []row {
	rows := []row{texts("Type,Account Reference,Nominal A/C Ref,Department Code,Date,Reference,Details,Net Amount,Tax Code,"+
		"Tax Amount", ",")}
	line := func(doc *Document, kind string, day cal.Date, net, tax int64) {
		rows = append(rows, row{t(kind), t(l.Customers[doc.Customer].Number), t("4000"), t("1"), d(day), t(doc.Number),
			t("Goods, various"), a(net, doc.Currency), t("T1"), a(tax, doc.Currency)})
	}
	for i := range l.Documents {
		doc := &l.Documents[i]
		kind, money := "SI", "SR"
		if doc.Credit {
			kind, money = "SC", "SI"
		}
		first, tax := doc.AmountMinor/3, doc.AmountMinor/6
		line(doc, kind, doc.Issued, first, 0)
		line(doc, kind, doc.Issued, doc.AmountMinor-first-tax, tax)
		if paid := doc.AmountMinor - doc.OpenMinor; paid > 0 {
			line(doc, money, doc.PaidOn, paid, 0)
		}
	}
	return append(rows, row{t("PI"), t("SUP1"), t("5000"), t("1"), d(l.AsOf), t("B-1"), t("Bill"), a(100, "GBP"), t("T1"), a(0, "GBP")})
}

package letter

import "github.com/recoup-project/recoup/internal/document/locale"

// labels are the words that the layout itself writes.
type labels struct {
	date, account, reference, contact, phone, email, sent string
	pageOf                                                string // with the number and how many
	forward, brought                                      string // a sum carried over pages
	amount, payBy, scan                                   string
	number, invoiceDate, dueDate, open, bankAccount       string // columns of the list of all items
	allItems, total                                       string
}

var labelsOf = map[locale.Language]labels{
	locale.EnglishGB: {date: "Date", account: "Account number", reference: "Our reference", contact: "Contact",
		phone: "Phone", email: "Email", sent: "Sent", pageOf: "Page %d of %d", forward: "Carried forward",
		brought: "Brought forward", amount: "Amount", payBy: "To reach us by", scan: "Scan to pay",
		number: "Invoice", invoiceDate: "Invoice date", dueDate: "Due date", open: "Open", bankAccount: "Account number",
		allItems: "List of all invoices", total: "Total"},
	locale.EnglishUS: {date: "Date", account: "Account number", reference: "Our reference", contact: "Contact",
		phone: "Phone", email: "Email", sent: "Sent", pageOf: "Page %d of %d", forward: "Carried forward",
		brought: "Brought forward", amount: "Amount", payBy: "To reach us by", scan: "Scan to pay",
		number: "Invoice", invoiceDate: "Invoice date", dueDate: "Due date", open: "Open", bankAccount: "Account number",
		allItems: "List of all invoices", total: "Total"},
	locale.German: {date: "Datum", account: "Kundennummer", reference: "Unser Zeichen", contact: "Ihr Kontakt",
		phone: "Telefon", email: "E-Mail", sent: "Versand", pageOf: "Seite %d von %d", forward: "Übertrag",
		brought: "Übertrag", amount: "Betrag", payBy: "Eingang bis", scan: "Zahlen mit Code",
		number: "Rechnung", invoiceDate: "Rechnung vom", dueDate: "Fällig am", open: "Offen", bankAccount: "Kontonummer",
		allItems: "Liste aller Rechnungen", total: "Summe"},
}

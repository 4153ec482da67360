package ledger

import (
	"bytes"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// datev reads a DATEV Buchungsstapel. Accounts of customers have one digit more than the
// others, and their first one is 1 to 6. The year stands in the meta line alone.
type datev struct {
	yearFrom cal.Date // first day of the financial year
	digits   int      // of the accounts that are no customers
	currency string
	at       []int
}

func (d *datev) above(rec *record) {
	if string(cellAt(rec, 0)) != "EXTF" && string(cellAt(rec, 0)) != "DTVF" {
		return
	}
	d.currency = "EUR"
	if parts := dateShapeOf(cellAt(rec, 12)); parts.shape == shapeCompact {
		d.yearFrom = cal.Of(parts.a, parts.b, parts.c)
	}
	if cell := cellAt(rec, 13); allDigits(cell) && len(cell) == 1 {
		d.digits = number(cell)
	}
	if c, ok := parseCurrency(cellAt(rec, 21)); ok {
		d.currency = string(c)
	}
}

func (d *datev) header(texts []string) {
	d.at = place(texts, "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Konto",
		"Gegenkonto (ohne BU-Schlüssel)", "Belegdatum", "Belegfeld 1", "Belegfeld 2")
}

func (d *datev) postings(rec *record, to []posting) ([]posting, string, *badCell) {
	account, contra := textOf(cellAt(rec, d.at[3])), textOf(cellAt(rec, d.at[4]))
	if !d.isCustomer(account) && !d.isCustomer(contra) {
		return nil, SkipAccount, nil
	}
	customers := slices.DeleteFunc([]string{account, contra}, func(a string) bool { return !d.isCustomer(a) })
	amount, ok := scaledAmount(cellAt(rec, d.at[0]))
	if !ok || amount < 0 {
		return nil, "", &badCell{customers, Amount, cellAt(rec, d.at[0]), expectedPosted}
	}
	switch mark := string(cellAt(rec, d.at[1])); mark {
	case "S":
	case "H":
		amount = -amount
	default:
		return nil, "", &badCell{customers, SignMark, cellAt(rec, d.at[1]), "S or H"}
	}
	day, ok := d.day(cellAt(rec, d.at[5]))
	if !ok {
		return nil, "", &badCell{customers, InvoiceDate, cellAt(rec, d.at[5]),
			"day and month like 3103, within the financial year that the first line of the file states"}
	}
	p := posting{number: textOf(cellAt(rec, d.at[6])), day: day, due: d.due(cellAt(rec, d.at[7])), currency: d.currency}
	if p.number == "" {
		return nil, "", &badCell{customers, Number, nil, "a document number in Belegfeld 1"}
	}
	if c := cellAt(rec, d.at[2]); len(c) > 0 {
		p.currency = textOf(c)
	}
	for _, customer := range customers {
		p.account, p.scaled = customer, amount
		if customer == contra {
			p.scaled = -amount
		}
		p.payment = p.scaled < 0 && !d.isRevenue(account) && !d.isRevenue(contra)
		to = append(to, p)
	}
	return to, "", nil
}

// isCustomer reports whether an account is one of a customer.
func (d *datev) isCustomer(account string) bool {
	return len(account) == max(d.digits, 4)+1 && account[0] >= '1' && account[0] <= '6' && allDigits([]byte(account))
}

// isRevenue reports whether an account is one of revenue in either usual chart.
func (d *datev) isRevenue(account string) bool {
	return len(account) <= max(d.digits, 4) && account != "" && (account[0] == '8' || account[0] == '4')
}

// day completes day and month, "3103" or "105", with the year in which they lie in the
// financial year.
func (d *datev) day(cell []byte) (cal.Date, bool) {
	if d.yearFrom == 0 || !allDigits(cell) || len(cell) < 3 || len(cell) > 4 {
		return cal.None, false
	}
	n := number(cell)
	year, _, _ := d.yearFrom.YMD()
	day := cal.Of(year, n%100, n/100)
	if day != cal.None && day < d.yearFrom || day == cal.None && n == 2902 {
		day = cal.Of(year+1, n%100, n/100)
	}
	return day, day != cal.None
}

// due reads the due date that many programs put into Belegfeld 2, as DDMMYY.
func (d *datev) due(cell []byte) cal.Date {
	if len(cell) != 6 || !allDigits(cell) {
		return cal.None
	}
	n := number(cell)
	return cal.Of(2000+n%100, n/100%100, n/10000)
}

// fec reads a French Fichier des écritures comptables: the lines of the accounts of
// customers, 411, 413 and 416.
type fec struct{ at []int }

func (*fec) above(*record) {}

func (f *fec) header(texts []string) {
	f.at = place(texts, "JournalCode", "CompteNum", "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "Debit",
		"Credit", "EcritureLet", "Montantdevise", "Idevise", "EcritureDate", "CompteLib")
}

func (f *fec) postings(rec *record, to []posting) ([]posting, string, *badCell) {
	ledger := cellAt(rec, f.at[1])
	if !bytes.HasPrefix(ledger, []byte("411")) && !bytes.HasPrefix(ledger, []byte("413")) &&
		!bytes.HasPrefix(ledger, []byte("416")) {
		return nil, SkipAccount, nil
	}
	p := posting{account: textOf(cellAt(rec, f.at[2])), name: textOf(cellAt(rec, f.at[3])),
		number: textOf(cellAt(rec, f.at[4])), mark: textOf(cellAt(rec, f.at[8])), sales: textOf(cellAt(rec, f.at[0])),
		due: cal.None, currency: "EUR"}
	if p.account == "" {
		p.account, p.name = textOf(ledger), textOf(cellAt(rec, f.at[12]))
	}
	if p.number == "" {
		return nil, "", &badCell{[]string{p.account}, Number, nil, "a document number in PieceRef"}
	}
	day := cellAt(rec, f.at[5])
	if len(day) == 0 {
		day = cellAt(rec, f.at[11])
	}
	parts := dateShapeOf(day)
	if parts.shape != shapeCompact {
		return nil, "", &badCell{[]string{p.account}, InvoiceDate, day, expectedDate[YMDCompact]}
	}
	p.day = cal.Of(parts.a, parts.b, parts.c)
	debit, okDebit := scaledAmount(cellAt(rec, f.at[6]))
	credit, okCredit := scaledAmount(cellAt(rec, f.at[7]))
	switch {
	case !okDebit:
		return nil, "", &badCell{[]string{p.account}, Debit, cellAt(rec, f.at[6]), expectedPosted}
	case !okCredit:
		return nil, "", &badCell{[]string{p.account}, Credit, cellAt(rec, f.at[7]), expectedPosted}
	}
	p.scaled = debit - credit
	if c := textOf(cellAt(rec, f.at[10])); c != "" && c != "EUR" {
		foreign, ok := scaledAmount(cellAt(rec, f.at[9]))
		if !ok || foreign == 0 {
			return nil, "", &badCell{[]string{p.account}, Amount, cellAt(rec, f.at[9]), "the amount in " + c + ", since Idevise names it"}
		}
		p.currency = c
		if foreign = max(foreign, -foreign); p.scaled < 0 {
			foreign = -foreign
		}
		p.scaled = foreign
	}
	return append(to, p), "", nil
}

// sage reads the audit trail of Sage 50: invoices SI, credit notes SC, receipts SR and SA,
// discounts SD, one row for each line of a document. It states no due dates.
type sage struct{ at []int }

func (*sage) above(*record) {}

func (s *sage) header(texts []string) {
	s.at = place(texts, "Type", "Account Reference", "Date", "Reference", "Net Amount", "Tax Amount")
}

func (s *sage) postings(rec *record, to []posting) ([]posting, string, *badCell) {
	sign := int64(1)
	kind := strings.ToUpper(textOf(cellAt(rec, s.at[0])))
	switch kind {
	case "SI":
	case "SC", "SR", "SA", "SD":
		sign = -1
	default:
		return nil, SkipAccount, nil
	}
	p := posting{account: textOf(cellAt(rec, s.at[1])), number: textOf(cellAt(rec, s.at[3])), due: cal.None}
	switch {
	case p.account == "":
		return nil, "", &badCell{nil, CustomerNumber, nil, "a customer in Account Reference"}
	case p.number == "":
		return nil, "", &badCell{[]string{p.account}, Number, nil, "a document number in Reference"}
	}
	day, ok := parseDate(cellAt(rec, s.at[2]), DMY)
	if !ok || day == cal.None {
		return nil, "", &badCell{[]string{p.account}, InvoiceDate, cellAt(rec, s.at[2]), expectedDate[DMY]}
	}
	net, okNet := scaledAmount(cellAt(rec, s.at[4]))
	tax, okTax := scaledAmount(cellAt(rec, s.at[5]))
	switch {
	case !okNet:
		return nil, "", &badCell{[]string{p.account}, Amount, cellAt(rec, s.at[4]), "an amount without thousands marks, like 1234.56"}
	case !okTax:
		return nil, "", &badCell{[]string{p.account}, Amount, cellAt(rec, s.at[5]), "an amount without thousands marks, like 1234.56"}
	}
	p.day, p.scaled = day, sign*(net+tax)
	p.payment = kind == "SR" || kind == "SA"
	return append(to, p), "", nil
}

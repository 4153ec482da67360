package sim

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/pdf"
)

// The invoices of the company as the bookkeeping printed them: what a reminder attaches.

// wording is what stands on an invoice, by language of the creditor.
type wording struct{ invoice, credit, to, number, date, due, goods, total, pay, none string }

var wordings = map[string]wording{
	"GB": {"Invoice", "Credit note", "To", "Number", "Date", "Please pay by", "Goods as delivered, with VAT", "Total",
		"Pay to", "Nothing of this exists: an invoice of the demo company."},
	"DE": {"Rechnung", "Gutschrift", "An", "Nummer", "Datum", "Zahlbar bis", "Waren laut Lieferschein, mit USt.",
		"Summe", "Bankverbindung", "Nichts davon gibt es: eine Rechnung der Demo-Firma."},
	"US": {"Invoice", "Credit memo", "Bill to", "Number", "Date", "Due date", "Goods as delivered", "Total", "Remit to",
		"Nothing of this exists: an invoice of the demo company."},
}

// dateForms are the ways to write a day, by country of the creditor.
var dateForms = map[string]string{"GB": "2 January 2006", "DE": "02.01.2006", "US": "01/02/2006"}

// printed is an invoice on paper.
func printed(p *creditorPlan, d *Debtor, inv *Invoice) ([]byte, error) {
	country := p.country[:2]
	words := wordings[country]
	title := words.invoice
	if inv.Minor < 0 {
		title = words.credit
	}
	var file bytes.Buffer
	w := pdf.NewWriter(&file, pdf.Info{Title: title + " " + inv.Number, Author: p.name})
	w.AddPage(pdf.MM(210), pdf.MM(297))
	small, large := pdf.Style{Face: pdf.Regular(), Size: 9 * pdf.Pt}, pdf.Style{Face: pdf.Bold(), Size: 18 * pdf.Pt}
	bold := pdf.Style{Face: pdf.Bold(), Size: 10 * pdf.Pt}
	y := pdf.MM(25)
	write := func(s pdf.Style, x float64, text string) { w.Text(pdf.MM(x), y, s, pdf.Black, text) }
	down := func(mm float64) { y += pdf.MM(mm) }
	write(bold, 20, p.name)
	for _, line := range strings.Split(p.settings["sender.address"], "\n") {
		down(4.5)
		write(small, 20, line)
	}
	down(16)
	for i, line := range strings.Split(d.Name+"\n"+d.Address, "\n") {
		if i == 0 {
			write(small, 20, words.to)
		}
		write(small, 40, line)
		down(4.5)
	}
	down(12)
	write(large, 20, title)
	down(10)
	day := func(on cal.Date) string { return on.Time().Format(dateForms[country]) }
	rows := [][2]string{{words.number, inv.Number}, {words.date, day(inv.Date)}}
	if inv.Due != cal.None && inv.Minor > 0 {
		rows = append(rows, [2]string{words.due, day(inv.Due)})
	}
	if inv.PO != "" {
		rows = append(rows, [2]string{"PO", inv.PO})
	}
	for _, r := range rows {
		write(small, 20, r[0])
		write(bold, 60, r[1])
		down(5.5)
	}
	down(8)
	amount := shown(money.Money{Currency: inv.Currency, Minor: max(inv.Minor, -inv.Minor)})
	for _, r := range [][2]string{{words.goods, amount}, {words.total, amount}} {
		w.Line(pdf.MM(20), y, pdf.MM(190), y, pdf.Pt/2, pdf.Colour{R: 190, G: 190, B: 190})
		down(6)
		write(small, 20, r[0])
		write(bold, 150, r[1])
		down(3)
	}
	down(14)
	write(small, 20, words.pay+": "+payTo(p))
	y = pdf.MM(280)
	write(small, 20, words.none)
	err := w.Close()
	return file.Bytes(), err
}

// payTo is the account of a creditor, as on its letters.
func payTo(p *creditorPlan) string {
	if iban := p.settings["bank.iban"]; iban != "" {
		return p.settings["bank.holder"] + ", IBAN " + iban
	}
	return fmt.Sprintf("%s, account %s, routing %s", p.settings["bank.holder"], p.settings["bank.account"],
		p.settings["bank.routing"])
}

// papersAgo is from how many days before the demo day on printed invoices are kept: those
// that its reminders are about. Of all of them the making would take twice as long.
const papersAgo = 45

// keepPapers keeps the printed invoices of a creditor that came after a day up to the end
// of another, and are open then.
func (w *World) keepPapers(ctx context.Context, p *creditorPlan, since, day cal.Date) error {
	var files []app.PaperFile
	since = max(since, w.s.Until.AddDays(-papersAgo))
	if w.prepare { // once a week: nobody sees the difference, and the making is quicker
		if day < w.s.Until-1 && day.Weekday() != time.Sunday {
			return nil
		}
		if last, printed := w.printed[p.code]; printed {
			since = max(last, w.s.Until.AddDays(-papersAgo))
		}
		w.printed[p.code] = day
	}
	for _, d := range w.Company.Debtors {
		if d.Creditor != p.code {
			continue
		}
		for i := range d.Invoices {
			inv := &d.Invoices[i]
			if inv.Date <= since || inv.Date > day || inv.PaidOn <= day {
				continue
			}
			raw, err := printed(p, d, inv)
			if err != nil {
				return err
			}
			files = append(files, app.PaperFile{Name: inv.Number + ".pdf", Bytes: raw})
		}
	}
	if len(files) == 0 {
		return nil
	}
	_, err := w.App.AddPapers(ctx, as("bookkeeping"), app.PapersRequest{Creditor: p.code, Kind: app.PaperInvoice,
		Files: files})
	return err
}

package document

import (
	"bytes"
	"encoding/csv"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/sheet"
)

// ItemsCSV is the list of every item of a message, asked for or only listed, as a file
// to attach: UTF-8, comma, ISO days, amounts as plain decimals with a point, and one
// header row of field names. Text cells that a spreadsheet would read as a formula
// get an apostrophe in front; amounts and days never do.
func ItemsCSV(m Message) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	put := func(cells ...string) {
		_ = w.Write(cells) // a bytes.Buffer takes everything
	}
	put("number", "po", "invoice_date", "due_date", "days_overdue", "currency", "amount", "paid_or_credited",
		"set_aside", "open_amount", "interest", "compensation", "asked_for")
	row := func(i *Item, asked string) {
		put(SafeCell(i.Number), SafeCell(i.PO), i.InvoiceDate.String(), i.DueDate.String(),
			overdueDays(i, m.Date), string(m.Currency),
			decimal(m, i.OriginalMinor), decimal(m, i.PaidMinor), decimal(m, i.HeldMinor),
			decimal(m, i.OpenMinor),
			decimal(m, i.InterestMinor), decimal(m, i.CompensationMinor), asked)
	}
	asked := "no"
	if m.Step.Demand() {
		asked = "yes"
	}
	for i := range m.Items {
		row(&m.Items[i], asked)
	}
	for i := range m.AlsoOverdue {
		row(&m.AlsoOverdue[i].Item, "no")
	}
	for i := range m.NotDue {
		row(&m.NotDue[i], "no")
	}
	w.Flush()
	return b.Bytes()
}

// StatementCSV is a statement of account as a file: the items of each currency as in
// [ItemsCSV], and behind them a row for money that is not matched to an invoice.
func StatementCSV(list []Message) []byte {
	var b bytes.Buffer
	for i, m := range list {
		rows := ItemsCSV(m)
		if i > 0 { // one heading for all
			_, rows, _ = bytes.Cut(rows, []byte("\n"))
		}
		b.Write(rows)
		if m.UnappliedMinor != 0 {
			w := csv.NewWriter(&b)
			w.UseCRLF = true
			_ = w.Write([]string{"unapplied", "", "", "", "", string(m.Currency), "", "", "", decimal(m, -m.UnappliedMinor),
				"", "", "no"}) // a bytes.Buffer takes everything
			w.Flush()
		}
	}
	return b.Bytes()
}

func decimal(m Message, minor int64) string {
	return money.FormatMinor(minor, m.Currency.Exponent())
}

func overdueDays(i *Item, day cal.Date) string {
	return money.FormatMinor(int64(max(0, day.DaysSince(i.DueDate))), 0)
}

// SafeCell is a text cell that a spreadsheet does not take for a formula.
func SafeCell(s string) string { return sheet.Harmless(clean(s)) }

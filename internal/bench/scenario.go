package main

import (
	"bufio"
	"fmt"
	"iter"
	"os"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger"
)

// The ledger of all jobs. Ten items a customer. The book learns of them before any
// falls due, so that nothing is taken over; on the day of the full run eight of
// nine are overdue, by 5 to 124 days, and the others fall due weeks later. Half of
// the customers were reminded twice before the book was kept: those with large sums
// are called, those with small sums get the formal reminder, which states interest.
const itemsPerCustomer = 10

// The days of the story. The second run, on a Saturday, is not counted: it looks at
// everybody once more because the messages of the first have left. On Monday only
// those who paid are looked at.
var (
	importDay = cal.MustParse("2025-10-27")
	fullDay   = cal.MustParse("2026-03-06") // a Friday
	quietDay  = cal.MustParse("2026-03-07")
	partDay   = cal.MustParse("2026-03-09")
)

const currency = money.Currency("GBP")

// customersOf is how many customers so many items have.
func customersOf(items int) int { return items / itemsPerCustomer }

// amountMinor is the amount of an item of a customer.
func amountMinor(customer, i int) int64 {
	if customer%4 == 3 {
		return 1_500 + int64(i)*7919%2_500 // below what is called about
	}
	return 10_000 + int64(i)*7919%900_000
}

// dueDate is when an item falls due.
func dueDate(i int) cal.Date {
	k := i * 31 % 135
	if k >= 120 {
		return fullDay + 20 + cal.Date(k-120)
	}
	return fullDay - 5 - cal.Date(k)
}

// rows are the items, customers mixed. With paid, half of each was paid on its
// invoice date: three facts an item.
func rows(items int, paid bool) iter.Seq[*ledger.Row] {
	return func(yield func(*ledger.Row) bool) {
		for i := range items {
			c := i * 7919 % customersOf(items)
			amount := amountMinor(c, i)
			r := &ledger.Row{
				CustomerNumber: fmt.Sprintf("C%06d", c), CustomerName: fmt.Sprintf("Customer %06d Ltd", c),
				Kind: book.Company, KindStated: true, Country: "GB", Language: "en-GB",
				Email: fmt.Sprintf("ap@c%06d.example", c), Role: string(book.AccountsPayable),
				DocumentKind: book.Invoice, Number: fmt.Sprintf("INV-%07d", i), Instalment: 1,
				InvoiceDate: importDay - 20, DueDate: dueDate(i), DateAgreed: book.Yes, Currency: currency,
				AmountMinor: amount, OpenMinor: amount, OpenStated: true, PaidOn: cal.None,
				PO: fmt.Sprintf("PO%d", i%1000), LastReminderDate: cal.None,
			}
			if c%4 >= 2 {
				r.LastReminderDate, r.LastReminderLevel = importDay-2, 2
			}
			if paid {
				r.PaidOn, r.PaidMinor, r.PaidStated = r.InvoiceDate, amount/2, true
				r.OpenMinor = amount - amount/2
			}
			if !yield(r) {
				return
			}
		}
	}
}

// writeLedger writes the file that is imported.
func writeLedger(name string, items int, paid bool) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = ledger.WritePlain(w, rows(items, paid))
	if err == nil {
		err = w.Flush()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

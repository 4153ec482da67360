package exports

import (
	"fmt"
	"math/rand/v2"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Ledger is what a company's bookkeeping knows of its customers' documents.
type Ledger struct {
	Customers []Customer
	Documents []Document // by customer
	AsOf      cal.Date   // the day whose state the documents show
}

// Customer is a debtor.
type Customer struct {
	Number, Name, Email, Phone, Street, Postcode, Town string
}

// Document is an invoice or credit note. Amounts are magnitudes in minor units.
type Document struct {
	Customer    int // index in Ledger.Customers
	Number, PO  string
	Credit      bool
	Issued, Due cal.Date
	Currency    money.Currency
	AmountMinor int64
	OpenMinor   int64
	PaidOn      cal.Date // day of the last payment, if something was paid
}

// Signed is an amount as the balance of the customer sees it.
func (d *Document) Signed(minor int64) int64 {
	if d.Credit {
		return -minor
	}
	return minor
}

// Random is a ledger of so many documents as of a day: a third settled, a fifth paid in
// part, a tenth credit notes. The same seed gives the same ledger.
func Random(seed uint64, documents int, asOf cal.Date, currencies ...money.Currency) Ledger {
	r := rand.New(rand.NewPCG(seed, 0x5eed))
	l := Ledger{AsOf: asOf}
	forms := []string{"Ltd", "GmbH & Co. KG", "Möbel AG", "Société d'Été", "plc", "S.r.l.", "Total Ltd"}
	for i := range max(documents/8, 1) {
		n := fmt.Sprint(10001 + i)
		l.Customers = append(l.Customers, Customer{Number: n, Name: "Customer " + n + " " + forms[r.IntN(len(forms))],
			Email: "ap" + n + "@customer.example", Phone: "+44 1632 960" + fmt.Sprintf("%03d", i%1000),
			Street: fmt.Sprintf("%d Mill Lane", i+1), Postcode: "LS1 1AA", Town: "Leeds"})
	}
	for i := range documents {
		d := Document{Customer: i * len(l.Customers) / documents, Number: fmt.Sprintf("INV-%05d", 10000+i),
			PO: fmt.Sprintf("PO %d", r.IntN(9000)), Currency: currencies[r.IntN(len(currencies))]}
		d.Issued = asOf.AddDays(-r.IntN(330))
		d.Due = d.Issued.AddDays(14 + r.IntN(46))
		d.AmountMinor = 1 + r.Int64N(5_000_000)
		d.OpenMinor = d.AmountMinor
		switch pick := r.IntN(30); {
		case pick < 10:
			d.OpenMinor = 0
		case pick < 16 && d.AmountMinor > 1:
			d.OpenMinor = 1 + r.Int64N(d.AmountMinor-1)
		}
		if d.Credit = r.IntN(10) == 0; d.Credit {
			d.Number = fmt.Sprintf("CN-%05d", 10000+i)
		}
		if d.PaidOn = cal.None; d.OpenMinor < d.AmountMinor {
			d.PaidOn = min(d.Issued.AddDays(r.IntN(60)), asOf)
		}
		l.Documents = append(l.Documents, d)
	}
	return l
}

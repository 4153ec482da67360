package exports

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger"
)

var asOf = cal.Of(2026, 3, 31)

// sums are what a ledger adds up to, by currency.
func sums(l *Ledger) map[money.Currency]ledger.Sum {
	by := map[money.Currency]ledger.Sum{}
	for i := range l.Documents {
		doc := &l.Documents[i]
		s := by[doc.Currency]
		s.Count++
		s.AmountMinor += doc.Signed(doc.AmountMinor)
		s.OpenMinor += doc.Signed(doc.OpenMinor)
		by[doc.Currency] = s
	}
	return by
}

// readBack reads a rendered file with no help but the currency, and the order of day and
// month where the file is said not to tell.
func readBack(l *Layout, form string, from Ledger) (*ledger.Report, []ledger.Row, error) {
	var file bytes.Buffer
	if err := l.Render(&file, form, from); err != nil {
		return nil, nil, err
	}
	hints := ledger.Hints{}
	if l.OneCurrency {
		hints.DefaultCurrency = from.Documents[0].Currency
	}
	src, err := ledger.Open(bytes.NewReader(file.Bytes()))
	if err != nil {
		return nil, nil, err
	}
	layout, questions, err := ledger.Guess(src, hints)
	if err != nil {
		return nil, nil, err
	}
	if len(questions) > 0 && len(from.Documents) < 50 { // a few days tell no order
		hints.DateOrder, hints.Decimal = ledger.DMY, "."
		if l.style.date != nil && l.style.date(cal.Of(2026, 1, 2))[:2] != "02" && l.style.date(cal.Of(2026, 1, 2))[0] != '2' {
			hints.DateOrder = ledger.MDY
		}
		layout, questions, err = ledger.Guess(src, hints)
	}
	if err != nil || len(questions) > 0 {
		return nil, nil, errors.Join(err, fmt.Errorf("questions %+v", questions))
	}
	if layout.Name != l.Name {
		return nil, nil, fmt.Errorf("read as %q", layout.Name)
	}
	var rows []ledger.Row
	report, err := ledger.Read(form, src, layout, func(r *ledger.Row) error {
		rows = append(rows, *r)
		return nil
	})
	return report, rows, err
}

// differs says how what was read back is not what the layout says.
func differs(l *Layout, form string, from Ledger) error {
	says := l.Says(from)
	report, rows, err := readBack(l, form, from)
	switch {
	case err != nil:
		return err
	case report.RejectedRows > 0:
		return fmt.Errorf("rejected %v", report.Rejected[0])
	case l.Balances:
		return sameSums(says, report, false)
	}
	if err := sameSums(says, report, true); err != nil {
		return err
	}
	byNumber := map[string]*Document{}
	if l.Name != "SAP-style receivables extract (HighRadius)" {
		for i := range says.Documents {
			byNumber[says.Documents[i].Number] = &says.Documents[i]
		}
	}
	for _, r := range rows {
		doc := byNumber[r.Number]
		if doc == nil {
			continue
		}
		if r.AmountMinor != doc.Signed(doc.AmountMinor) || r.OpenMinor != doc.Signed(doc.OpenMinor) ||
			r.InvoiceDate != doc.Issued || r.DueDate != cal.None && r.DueDate != doc.Due {
			return fmt.Errorf("read %+v of %+v", r, *doc)
		}
	}
	return nil
}

func sameSums(says Ledger, report *ledger.Report, count bool) error {
	for currency, want := range sums(&says) {
		got := report.Totals.ByCurrency[currency]
		if !count {
			got.Count = want.Count
		}
		if got != want {
			return fmt.Errorf("%s: read %+v, the ledger says %+v; skipped %v", currency, got, want, report.SkippedBy)
		}
	}
	if len(report.Totals.ByCurrency) > len(sums(&says)) {
		return fmt.Errorf("more currencies than the ledger: %v", report.Totals.ByCurrency)
	}
	return nil
}

// Every layout in every form gives back the count and the sums of the one ledger.
func TestEveryLayoutSaysTheSame(t *testing.T) {
	from := Random(7, 400, asOf, "EUR", "USD", "GBP")
	layouts := Layouts()
	if len(layouts) != 19 {
		t.Errorf("%d layouts", len(layouts))
	}
	for i := range layouts {
		l := &layouts[i]
		for _, form := range l.Forms {
			t.Run(fmt.Sprintf("%d %s %s", i, l.Name, form), func(t *testing.T) {
				switch {
				case l.Refused:
					if _, _, err := readBack(l, form, from); !errors.Is(err, ledger.ErrUnsupported) {
						t.Errorf("not refused: %v", err)
					}
				case l.People:
					readPeople(t, l, form, from)
				default:
					if err := differs(l, form, from); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

func readPeople(t *testing.T, l *Layout, form string, from Ledger) {
	var file bytes.Buffer
	if err := l.Render(&file, form, from); err != nil {
		t.Fatal(err)
	}
	src, err := ledger.Open(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	layout, questions, err := ledger.GuessContacts(src, ledger.Hints{})
	if err != nil || len(questions) > 0 || layout.Name != l.Name {
		t.Fatal(layout.Name, questions, err)
	}
	var names []string
	if _, err := ledger.ReadContacts("", src, layout, func(c *ledger.Contact) error {
		names = append(names, c.CustomerName+" "+c.Email)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, c := range from.Customers {
		want = append(want, c.Name+" "+c.Email)
	}
	if !slices.Equal(names, want) {
		t.Errorf("%d of %d customers", len(names), len(want))
	}
}

// The same holds of any ledger, down to one document.
func TestRandomLedgers(t *testing.T) {
	layouts := slices.DeleteFunc(Layouts(), func(l Layout) bool { return l.Refused || l.People })
	rapid.Check(t, func(t *rapid.T) {
		l := &layouts[rapid.IntRange(0, len(layouts)-1).Draw(t, "layout")]
		form := rapid.SampledFrom(l.Forms).Draw(t, "form")
		currencies := rapid.SampledFrom([][]money.Currency{{"EUR"}, {"GBP", "EUR"}, {"USD", "EUR", "CHF"}}).Draw(t, "currencies")
		from := Random(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 60).Draw(t, "documents"), asOf, currencies...)
		if len(l.Says(from).Documents) == 0 {
			return
		}
		if err := differs(l, form, from); err != nil {
			t.Fatalf("%s %s: %v", l.Name, form, err)
		}
	})
}

// The customers of a layout that names them are those of the ledger.
func TestCustomersComeWithTheirRows(t *testing.T) {
	from := Random(3, 80, asOf, "GBP")
	for _, l := range Layouts() {
		if l.Refused || l.People || l.Balances {
			continue
		}
		_, rows, err := readBack(&l, l.Forms[0], from)
		if err != nil {
			t.Fatal(l.Name, err)
		}
		of := map[string]Customer{}
		for _, doc := range from.Documents {
			of[doc.Number] = from.Customers[doc.Customer]
		}
		for _, r := range rows {
			c, known := of[r.Number]
			if !known {
				continue
			}
			padded, prefixed := fmt.Sprintf("%010s", c.Number), "0379-"+c.Number
			if number := cmp.Or(r.CustomerNumber, c.Number); number != c.Number && number != padded && number != prefixed {
				t.Errorf("%s: %s has customer %s, want %s", l.Name, r.Number, r.CustomerNumber, c.Number)
			}
			if cmp.Or(r.CustomerName, c.Name) != c.Name {
				t.Errorf("%s: %s has customer %q, want %q", l.Name, r.Number, r.CustomerName, c.Name)
			}
		}
	}
}

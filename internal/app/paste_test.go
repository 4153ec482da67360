package app

import (
	"fmt"
	"strings"
	"testing"
)

const pasteBook = "customer_number,customer_name,number,due_date,currency,amount,email\n" +
	"0001001,Pike & Sons Ltd,R1,2026-02-28,GBP,780.00,ap@pike.example\n1002,Moor Ltd,R2,2026-02-28,GBP,200.00,\n" +
	"1003,Heath Ltd,R3,2026-02-28,GBP,20.00,\n1004,Heath Ltd,R4,2026-02-28,EUR,5.00,\n"

// Lines in any form find their customers; what is not clear is asked; a second time
// nothing is added; the share of the money with an address grows.
func TestPasteContacts(t *testing.T) {
	eachEngine(t, "GB", "2026-04-01", func(t *testing.T, b *ledgerBook) {
		b.mustImport(pasteBook, ImportRequest{})
		cover := func() string {
			n, err := b.WithoutAddress(b.ctx, "main")
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, c := range n.Customers {
				out = append(out, c.Number+" "+c.Open.Amount+" "+string(c.Open.Currency))
			}
			for _, c := range n.Currencies {
				out = append(out, fmt.Sprintf("%s %d of %d without, %d%%", c.Currency, c.Without, c.Customers, c.Percent))
			}
			return strings.Join(out, "; ")
		}
		if got := cover(); got != "1004 5.00 EUR; 1002 200.00 GBP; 1003 20.00 GBP; EUR 1 of 1 without, 0%; GBP 2 of 3 without, 78%" {
			t.Error(got)
		}
		text := "Customer\tE-mail\nmoor ltd\tap@moor.example\tAnn Bell\n1001\tAP@pike.example\nHeath Ltd\theath@heath.example\n" +
			"Pike\tchief@pike.example\tdirector\n1003\tx@\n1003\n"
		p := PasteRequest{Creditor: "main", Text: text}
		states := func(dry bool) string {
			report, err := b.PasteContacts(b.ctx, Request{Actor: "test", DryRun: dry}, p)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, l := range report.Lines {
				s := fmt.Sprintf("%d %s %s%s", l.Line, l.State, l.Customer.Number, l.Contact.Name)
				for _, c := range l.Suggestions {
					s += "?" + c.Number
				}
				out = append(out, s)
			}
			return strings.Join(out, "; ")
		}
		want := "2 added 1002Ann Bell; 3 known 0001001; 4 unclear ?1003?1004; 5 unclear ?0001001; 6 rejected ; 7 rejected "
		if got := states(true); got != want {
			t.Errorf("preview %s\nwant    %s", got, want)
		}
		p.Choices = map[int]int64{4: b.number("SELECT customer_id FROM customer WHERE tenant_id = $1 AND number = '1004'"), 5: 0}
		if got := states(false); got != "2 added 1002Ann Bell; 3 known 0001001; 4 added 1004; 5 left_out ; 6 rejected ; 7 rejected " {
			t.Error(got)
		}
		if got := states(false); !strings.HasPrefix(got, "2 known 1002") {
			t.Error(got)
		}
		if got := cover(); got != "1003 20.00 GBP; EUR 0 of 1 without, 100%; GBP 1 of 3 without, 98%" {
			t.Error(got)
		}
		if got := b.recordedOtherwise(); got != "" {
			t.Error(got)
		}
	})
}

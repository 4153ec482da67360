package app

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
)

func TestWeekBrief(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := lanesBook(t, address)
		b.addCustomers(newCustomer{number: "LATE", kind: "company", country: "GB"})
		b.addItems(newItem{customer: "LATE", number: "LATE-1", due: "2026-03-05", minor: 70_00},
			newItem{customer: "PHONE", number: "P3", due: "2026-03-05", minor: 30_00})
		b.pay("item:A1", "60.00", "2026-03-04")
		b.pay("item:A1", "5.00", "2026-03-06") // today belongs to the next week
		b.run(ApproveNone)
		d, err := b.WeekBrief(b.ctx, Within{}, "")
		if err != nil || len(d.Creditors) != 1 {
			t.Fatal(d, err)
		}
		c := d.Creditors[0]
		f := c.Figures[0]
		_, overdue := b.overdueByAging("GBP")
		if f.CameIn.Minor != 60_00 || f.Receipts != 1 || f.Overdue.Minor != overdue || f.FellCount != 14 || f.FellOverdue.Minor != 1235_00 {
			t.Errorf("%+v, overdue by the aging %d", f, overdue)
		}
		var sum int64
		for _, bucket := range f.Buckets {
			sum += bucket.Amount.Minor
		}
		if sum != overdue || f.Buckets[0].Days != "1–30" {
			t.Errorf("%+v", f.Buckets)
		}
		if c.NewCount != 13 || len(c.New) != briefNew || c.New[0].Name != "B Ltd" || c.Release != 11 || len(c.Ahead) != 0 {
			t.Errorf("%+v", c)
		}
		m, err := b.BriefFor("https://recoup.example/")(b.ctx, User{Login: "anna", Role: access.Owner, Active: true}, cal.None)
		if err != nil || !strings.Contains(m.Subject, "overdue") || !strings.Contains(m.Text, "Messages to release: 11") ||
			!strings.Contains(m.HTML, `href="https://recoup.example/"`) {
			t.Errorf("%+v, %v", m, err)
		}
		own, err := b.WeekBrief(b.ctx, Within{Scope: &Scope{Owners: []string{"sue"}}, Mine: true}, "")
		if err != nil || len(own.Creditors[0].Figures) != 0 || own.Creditors[0].NewCount != 0 || own.Creditors[0].MustDo != 0 {
			t.Errorf("%+v, %v", own, err)
		}
	})
}

package app

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

const sharedLedgers = "../../../shared/data/ar"

// sharedLedger opens a real file that is not part of the repository, or skips.
func sharedLedger(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedLedgers, name))
	if err != nil {
		t.Skipf("the real ledger %s is not here; it is kept apart from the repository", name)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestHighRadiusTakeOver imports a real ledger of 9,700 open items as the complete
// list of Sunday 31 May 2020 and runs it for 60 days: nothing leaves on the Sunday,
// the first day brings opening statements only, the backlog is spread, nothing is
// told twice, and in the end every overdue item was messaged or says why not.
func TestHighRadiusTakeOver(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "US", "2020-05-31")
		report, err := b.Import(b.ctx, tester, ImportRequest{Creditor: "main", Kind: ImportOpenItems, File: "highradius.csv",
			Source: sharedLedger(t, "highradius_open_items_9700.csv"), Complete: true, AsOf: cal.MustParse("2020-05-31")})
		if err != nil {
			t.Fatal(err)
		}
		if report.Created != 9700 {
			t.Fatalf("import: %+v", report)
		}
		b.giveContacts(5)
		first := cal.MustParse("2020-05-31")
		if sunday := b.run(ApproveAll); sunday.MessagesQueued+sunday.AwaitingPerson != 0 {
			t.Errorf("on Sunday %d messages were planned", sunday.MessagesQueued+sunday.AwaitingPerson)
		}
		for day := first + 1; day <= first+60; day++ {
			b.goTo(day)
			b.cashKnownTo(day - 1)
			report := b.run(ApproveAll)
			if day == first+1 {
				for step, n := range report.DecisionsByAction {
					if step != "opening" && step != "none" && step != "no_contact" && n > 0 {
						t.Errorf("%s: %d times %s; the first day brings opening statements only", day, n, step)
					}
				}
			}
			if report.Brake.Tripped {
				t.Errorf("%s: the brake tripped: %+v", day, report.Brake)
			}
			b.approvePersonal()
			b.sendAll()
		}
		b.everyItemToldOrExplained(first + 60)
		b.nothingTwice()
	})
}

// giveContacts gives every customer an email address but each n-th.
func (b *testBook) giveContacts(n int64) {
	b.t.Helper()
	b.do("test_contacts", func(w *recorder) error {
		var ids []int64
		if err := store.Each(w, "SELECT customer_id FROM customer WHERE tenant_id = $1 ORDER BY customer_id", []any{b.tenant},
			func(r store.Rows) error { ids = append(ids, r.Int64(0)); return nil }); err != nil {
			return err
		}
		for _, id := range ids {
			if id%n == 0 {
				continue
			}
			if _, err := w.Exec(`INSERT INTO contact (tenant_id, customer_id, contact_id, role, email)
				VALUES ($1, $2, 1, 'accounts_payable', $3)`, b.tenant, id, "ap"+strconv.FormatInt(id, 10)+"@customer.example"); err != nil {
				return err
			}
			if err := w.touch(id); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *testBook) cashKnownTo(day cal.Date) {
	b.t.Helper()
	b.do("test_cash_known", func(w *recorder) error {
		ins := w.Insert("cash_known")
		ins.Int(b.creditor).Int(w.Seq()).Day(day).Text("person")
		if err := ins.End(); err != nil {
			return err
		}
		return ins.Close()
	})
}

// everyItemToldOrExplained: each overdue open item has a notice that counts, or the
// decision in force names it, or the whole account, in a reason or action.
func (b *testBook) everyItemToldOrExplained(day cal.Date) {
	b.t.Helper()
	told := map[int64]bool{}
	type open struct{ customer, item int64 }
	var items []open
	err := b.read(b.ctx, func(tx store.Tx) error {
		clear(told)
		items = items[:0]
		if err := store.Each(tx, "SELECT item_id FROM notice n WHERE tenant_id = $1 AND message_id <> 0 AND "+inForce, []any{b.tenant},
			func(r store.Rows) error { told[r.Int64(0)] = true; return nil }); err != nil {
			return err
		}
		return store.Each(tx, "SELECT customer_id, item_id FROM item WHERE tenant_id = $1 AND open_minor > 0 AND due_date < $2 ORDER BY customer_id, item_id",
			[]any{b.tenant, day}, func(r store.Rows) error {
				items = append(items, open{r.Int64(0), r.Int64(1)})
				return nil
			})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if len(items) < 9000 {
		b.t.Fatalf("only %d overdue items", len(items))
	}
	messaged, explained := 0, 0
	asked := map[int64]Explanation{}
	for _, it := range items {
		if told[it.item] {
			messaged++
			continue
		}
		e, err := b.Explain(b.ctx, ExplainRequest{Customer: it.customer, Item: it.item, On: day})
		if err != nil {
			b.t.Fatal(err)
		}
		if len(e.Decision.Actions)+len(e.Decision.Reasons) == 0 {
			b.t.Errorf("item %d of customer %d: neither told nor explained", it.item, it.customer)
			asked[it.item] = e
			if len(asked) > 10 {
				b.t.FailNow()
			}
			continue
		}
		explained++
	}
	b.t.Logf("%d overdue items told, %d explained", messaged, explained)
	if messaged < len(items)/2 || explained == 0 {
		b.t.Errorf("of %d overdue items %d told and %d explained: expected most told, and those without a contact explained",
			len(items), messaged, explained)
	}
}

// nothingTwice: no item was told a step twice in a cycle by one channel, and no
// customer got two demands in a currency on one day, or two messages within the gap.
func (b *testBook) nothingTwice() {
	b.t.Helper()
	err := b.read(b.ctx, func(tx store.Tx) error {
		if err := store.Each(tx, `SELECT item_id, step, channel, COUNT(*) FROM notice n WHERE tenant_id = $1 AND `+inForce+`
			GROUP BY item_id, step, channel HAVING COUNT(*) > 1`, []any{b.tenant}, func(r store.Rows) error {
			b.t.Errorf("item %d was told %s by %s %d times", r.Int64(0), r.Text(1), r.Text(2), r.Int64(3))
			return nil
		}); err != nil {
			return err
		}
		last, before := int64(0), cal.None
		holidays, err := cal.LoadHolidays()
		if err != nil {
			return err
		}
		place := holidays.CalendarFor("US", "")
		return store.Each(tx, `SELECT DISTINCT customer_id, day FROM message WHERE tenant_id = $1 AND state = 'sent' AND stage >= 1
			ORDER BY customer_id, day`, []any{b.tenant}, func(r store.Rows) error {
			day := r.Day(1)
			if last == r.Int64(0) && day < place.AddBusinessDays(before, 5) {
				b.t.Errorf("customer %d: messages on %s and %s", last, before, day)
			}
			last, before = r.Int64(0), day
			return nil
		})
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

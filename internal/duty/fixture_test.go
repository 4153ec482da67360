package duty

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	os.Exit(pgtest.Main(m))
}

// onBothEngines runs a test on SQLite and on PostgreSQL.
func onBothEngines(t *testing.T, test func(t *testing.T, address string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "book.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.Database(t)) })
}

// theDay is a Tuesday; the books of these tests stand at ten in London.
var theDay = cal.MustParse("2026-03-10")

// fixture is a book on a simulated clock with one creditor whose details are complete.
type fixture struct {
	t        testing.TB
	ctx      context.Context
	db       store.DB
	app      *app.App
	licence  *Licence
	address  string
	creditor int64
	ids      []int64         // of the released messages, in order
	customer map[int64]int64 // of each message; its first item has the same id
	items    int             // of each customer; 0 is one
}

var tester = app.Request{Actor: "test"}

func newFixture(t testing.TB, address, smtp string) *fixture {
	t.Helper()
	ctx := context.Background()
	t.Setenv(ArmFileEnv, filepath.Join(t.TempDir(), "armed"))
	at := theDay.Time().Add(10 * time.Hour)
	db, err := open.Open(ctx, address, store.Options{Create: true, SimulatedFrom: at})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	tenant, err := db.CreateTenant(ctx, "Test", "GB")
	must(t, err)
	a, err := app.New(db, tenant, "test")
	must(t, err)
	f := &fixture{t: t, ctx: ctx, db: db, app: a, address: address, customer: map[int64]int64{}}
	f.creditor, err = a.AddCreditor(ctx, tester, app.NewCreditor{Code: "main", Name: "Northgate Fixings Ltd",
		Country: "GB", Currency: "GBP"})
	must(t, err)
	details := map[string]string{
		"smtp.url": smtp, "mail.from": "accounts@northgate.example", "sender.address": "Unit 4\nLeeds",
		"sender.person": "Helen Marsh", "sender.phone": "0113 496 0142", "sender.reply_to": "accounts@northgate.example",
		"bank.holder": "Northgate Fixings Ltd", "bank.routing": "12-34-56", "bank.account": "12345678",
		"bank.unchanged_since": "2018-09-03", "sender.register_no": "none", "sender.vat_id": "none",
	}
	for _, name := range slices.Sorted(maps.Keys(details)) { // the account, then since when it is unchanged
		must(t, a.SetSetting(ctx, tester, "main", name, details[name]))
	}
	f.licence, err = NewLicence(ctx, a, address)
	must(t, err)
	must(t, ArmNew(ctx, a, f.licence))
	return f
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write records something by the way tests have: without a use case.
func (f *fixture) write(name string, fn func(store.WriteTx) error) {
	f.t.Helper()
	_, err := f.db.Write(f.ctx, f.app.Tenant(), store.Command{Name: name, Actor: "test"}, fn)
	must(f.t, err)
}

// release adds n customers with one overdue item each, runs the day and releases the
// friendly reminders that it plans.
func (f *fixture) release(n int) {
	f.t.Helper()
	f.write("test_release", func(tx store.WriteTx) error {
		first := int64(0)
		for _, table := range []string{"party", "item", "entry", "customer"} {
			var err error
			if first, err = tx.NextIDs(table, n); err != nil {
				return err
			}
		}
		w := map[string]*store.Inserter{}
		tables := []string{"party", "customer", "account", "contact", "item", "entry"}
		for _, table := range tables {
			w[table] = tx.Insert(table)
		}
		for id := first; id < first+int64(n); id++ {
			f.customerRows(w, tx.Seq(), id)
		}
		for _, table := range tables {
			if err := w[table].Close(); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
		ins := tx.Insert("cash_known")
		ins.Int(f.creditor).Int(tx.Seq()).Day(theDay).Text("person").End()
		return ins.Close()
	})
	_, err := f.app.Run(f.ctx, app.Request{Actor: tester.Actor, Reason: "a test"},
		app.RunRequest{AsOf: cal.None, Approve: app.ApproveAll, ReleaseBrake: true})
	must(f.t, err)
	before := int64(0)
	if len(f.ids) > 0 {
		before = f.ids[len(f.ids)-1]
	}
	known := len(f.ids)
	must(f.t, f.db.Read(f.ctx, f.app.Tenant(), func(tx store.Tx) error {
		f.ids = f.ids[:known]
		return store.Each(tx, `SELECT message_id, customer_id FROM message
			WHERE tenant_id = $1 AND message_id > $2 AND state = 'approved' ORDER BY message_id`,
			[]any{f.app.Tenant(), before}, func(r store.Rows) error {
				f.ids = append(f.ids, r.Int64(0))
				f.customer[r.Int64(0)] = r.Int64(1)
				return nil
			})
	}))
	if len(f.ids) != known+n {
		f.t.Fatalf("the run released %d messages, expected %d", len(f.ids)-known, n)
	}
}

// customerRows writes a customer with items that are eight days overdue. Errors show
// at Close.
func (f *fixture) customerRows(w map[string]*store.Inserter, seq, id int64) {
	party, due := id+partyOffset, theDay.AddDays(-8)
	name := fmt.Sprintf("Customer %d Ltd", id)
	number := fmt.Sprintf("C%05d", id)
	minor := 60_000 + id
	w["party"].Int(party).Text(name).Text(name).Text("").Text("").Text("1 High Street").End()
	w["customer"].Int(id).Int(f.creditor).Int(party).Text(number).Text(number).Text("company").Bool(true).Text("GB").Text("").
		Text("en-GB").Text("standard").Text("").Text("").Null().Text("").Text("unknown").Text("").Text("unknown").Text("").End()
	w["account"].Int(id).Int(f.creditor).Int(1).Day(theDay).Int(0).Int(0).Int(0).Text("").Int(1).
		Int(int64(max(f.items, 1)) * minor).Null().End()
	w["contact"].Int(id).Int(1).Text("accounts_payable").Text("Priya Shah").Text(address(id)).Text("").Text("ok").Text("").End()
	for k := range max(f.items, 1) {
		item, invoice := id+int64(k)*itemOffset, number
		if k > 0 {
			invoice = fmt.Sprintf("%s-%d", number, k)
		}
		issued := due.AddDays(-30)
		w["item"].Int(id).Int(item).Int(f.creditor).Int(seq).Int(minor).Int(minor).Day(due).Day(due).Day(due).Day(issued).
			Null().Null().Int(book.Invoice.Number()).Int(1).Int(int64(book.Yes)).Int(0).Int(0).Text("GBP").
			Text("INV-" + invoice).Text("INV" + invoice).Text("").End()
		e := book.Entry{From: book.Sales, To: book.Principal}
		w["entry"].Int(id).Int(item).Int(item).Int(minor).Int(0).Int(seq).Int(0).Day(issued).Int(e.Heads()).
			Int(book.EntryInvoice.Number()).Text("GBP").Null().End()
	}
}

// itemOffset keeps the further items of a customer apart from the first ones.
const itemOffset = 10_000_000

// partyOffset keeps the parties of customers apart from the creditor's.
const partyOffset = 1_000_000

// address is where a customer of the fixture gets its mail.
func address(customer int64) string { return fmt.Sprintf("ap@c%d.example", customer) }

// states counts the messages by state.
func (f *fixture) states() map[string]int {
	f.t.Helper()
	out := map[string]int{}
	must(f.t, f.db.Read(f.ctx, f.app.Tenant(), func(tx store.Tx) error {
		clear(out)
		return store.Each(tx, `SELECT state, count(*) FROM message WHERE tenant_id = $1 GROUP BY state`,
			[]any{f.app.Tenant()},
			func(r store.Rows) error { out[r.Text(0)] = int(r.Int64(1)); return nil })
	}))
	return out
}

// stateOf is the state of each message by id.
func (f *fixture) stateOf() map[int64]string {
	f.t.Helper()
	out := map[int64]string{}
	must(f.t, f.db.Read(f.ctx, f.app.Tenant(), func(tx store.Tx) error {
		clear(out)
		return store.Each(tx, "SELECT message_id, state FROM message WHERE tenant_id = $1", []any{f.app.Tenant()},
			func(r store.Rows) error { out[r.Int64(0)] = r.Text(1); return nil })
	}))
	return out
}

func (f *fixture) send() app.SendReport {
	f.t.Helper()
	report, err := SendOnce(f.ctx, f.app, f.licence, tester)
	must(f.t, err)
	return report
}

package app

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
)

// peopleBook has one customer with two invoices in pounds.
func peopleBook(t *testing.T, address string) *testBook {
	b := newTestBook(t, address, "GB", "2026-11-17")
	b.addCustomers(newCustomer{number: "1001", kind: "unknown", country: "GB"})
	b.addItems(newItem{"1001", "INV-1", "2026-10-01", 120000, book.Yes}, newItem{"1001", "1001",
		"2026-10-02", 5000, book.Yes})
	return b
}

func ptr(s string) *string { return &s }

// TestSetCustomer changes every field, reads it back, and finds each change in the
// chain without any of the words.
func TestSetCustomer(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := peopleBook(t, address)
		id := b.customer["1001"]
		all := CustomerChange{Name: ptr("Harrow Ltd"), Address: ptr("1 Mill Lane\nLeeds"),
			RegisterNo: ptr("R1"), VATID: ptr("GB1"),
			Kind: ptr("individual"), Country: ptr("us-oh"), Language: ptr("en-us"), Strategy: ptr("firm"), Flags: ptr("po_required,gentle"),
			AccountOwner: ptr("anna"), Since: ptr("2020-02-29"), Law: ptr("gb"), Goods: ptr("yes"), ContractRate: ptr("8.25"),
			DateAgreed: ptr("no"), Mode: ptr("observe")}
		dry := tester
		dry.DryRun = true
		foretold, err := b.SetCustomer(b.ctx, dry, id, all)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := b.Customer(b.ctx, id); err != nil || v.Name != "1001 Ltd" {
			t.Fatalf("a dry run set the name %q, %v", v.Name, err)
		}
		v, err := b.SetCustomer(b.ctx, tester, id, all)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v, foretold); diff != "" {
			t.Errorf("the dry run foretold (-now +then):\n%s", diff)
		}
		if v, err = b.Customer(b.ctx, id); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(v.Name, v.Address, v.RegisterNo, v.VATID, v.Kind, v.KindConfirmed, v.Country,
			v.Language, v.Strategy, v.Flags,
			v.AccountOwner, v.Since, v.Law, v.Goods, v.ContractRate, v.DateAgreed, v.Mode)
		want := fmt.Sprint("Harrow Ltd", "1 Mill Lane\nLeeds", "R1", "GB1", "individual", true, "US-OH",
			"en-US", "firm", "gentle po_required",
			"anna", "2020-02-29", "GB-EW", "yes", "8.25", "no", "observe")
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if v.Version <= 1 {
			t.Errorf("the account's version is %d: the customer would not be decided again", v.Version)
		}
		changes := int64(0)
		b.do("count", func(w *recorder) error {
			if err := store.One(w, "SELECT COUNT(*) FROM change WHERE tenant_id = $1 AND subject = 'customer' AND subject_id = $2",
				[]any{b.tenant, id}, func(r store.Rows) { changes = r.Int64(0) }); err != nil {
				return err
			}
			return store.ErrNothing
		})
		if changes != 16 {
			t.Errorf("%d changes are recorded, want one for each of 16 fields", changes)
		}
		report, err := b.VerifyAudit(b.ctx, "", nil)
		if err != nil || !report.OK {
			t.Errorf("audit: %+v, %v", report, err)
		}
	})
}

// TestDerivedFlagStays: what the book derives is neither set nor erased by a person.
func TestDerivedFlagStays(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := peopleBook(t, address)
		id := b.customer["1001"]
		b.do("test_rank", func(w *recorder) error {
			_, err := w.Exec("UPDATE customer SET flags = 'gentle top_ten' WHERE tenant_id = $1 AND customer_id = $2",
				b.tenant, id)
			return err
		})
		for chosen, want := range map[string]string{"po_required": "po_required top_ten", "": "top_ten"} {
			v, err := b.SetCustomer(b.ctx, tester, id, CustomerChange{Flags: ptr(chosen)})
			if err != nil || v.Flags != want {
				t.Errorf("flags %q: %q, %v, want %q", chosen, v.Flags, err, want)
			}
		}
	})
}

// TestSetCustomerRefuses names the field of each wrong value, and writes nothing of
// a change that is wrong in one field.
func TestSetCustomerRefuses(t *testing.T) {
	b := peopleBook(t, filepath.Join(t.TempDir(), "book.db"))
	id := b.customer["1001"]
	for field, c := range map[string]CustomerChange{
		"name": {Name: ptr(" ")}, "kind": {Kind: ptr("firm")}, "country": {Country: ptr("XX")}, "language": {Language: ptr("fr")},
		"strategy": {Strategy: ptr("harsh")}, "flags": {Flags: ptr("top_ten")}, "since": {Since: ptr("soon")}, "law": {Law: ptr("FR")},
		"goods": {Goods: ptr("maybe")}, "contract_rate": {ContractRate: ptr("-1")}, "date_agreed": {DateAgreed: ptr("")},
		"mode": {Mode: ptr("automatic"), Name: ptr("Kept")},
	} {
		_, err := b.SetCustomer(b.ctx, tester, id, c)
		wantCode(t, err, "customer_invalid")
		if where := AsError(err).Where; where == nil || where.Field != field {
			t.Errorf("%s: where is %+v", field, where)
		}
	}
	_, err := b.SetCustomer(b.ctx, tester, id, CustomerChange{})
	wantCode(t, err, "nothing_to_change")
	_, err = b.SetCustomer(b.ctx, tester, 99, CustomerChange{Name: ptr("X")})
	wantCode(t, err, "customer_not_found")
	if v, err := b.Customer(b.ctx, id); err != nil || v.Name != "1001 Ltd" {
		t.Errorf("the name is %q, %v", v.Name, err)
	}
}

func TestContacts(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := peopleBook(t, address)
		id := b.customer["1001"]
		n := NewContact{Role: book.Director, Name: "Joan", Email: "joan@harrow.example"}
		contact, err := b.AddContact(b.ctx, tester, id, n)
		if err != nil {
			t.Fatal(err)
		}
		once := tester
		once.CommandID = "the same command"
		first, err := b.AddContact(b.ctx, once, id, n)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := b.AddContact(b.ctx, once, id, n); err != nil || again != first {
			t.Errorf("repeated: contact %d, %v, want %d", again, err, first)
		}
		if err := b.RemoveContact(b.ctx, tester, id, contact); err != nil {
			t.Fatal(err)
		}
		wantCode(t, b.RemoveContact(b.ctx, tester, id, contact), "contact_not_found")
		if v, err := b.Customer(b.ctx, id); err != nil || len(v.Contacts) != 1 || v.Contacts[0].ID != first {
			t.Errorf("contacts %+v, %v", v.Contacts, err)
		}
		for _, wrong := range []NewContact{{Role: "boss", Email: "a@b.example"}, {Role: book.General},
			{Role: book.General, Email: "a b"}} {
			_, err := b.AddContact(b.ctx, tester, id, wrong)
			wantCode(t, err, "contact_invalid")
		}
		_, err = b.AddContact(b.ctx, tester, 99, n)
		wantCode(t, err, "customer_not_found")
	})
}

// TestFind: a bare word is enough if it names one thing.
func TestFind(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := peopleBook(t, address)
		b.run(ApproveNone)
		for ref, want := range map[string]string{"INV-1": "item:INV-1", "inv-1": "item:INV-1",
			"item:1001":     "item:1001",
			"customer:1001": "customer:1001", "item:INV-1/1": "item:INV-1/1"} {
			s, err := b.Find(b.ctx, "", ref)
			if err != nil || s.Ref != want || s.Customer != b.customer["1001"] || s.Creditor != "main" {
				t.Errorf("%s: %+v, %v", ref, s, err)
			}
		}
		_, err := b.Find(b.ctx, "", "1001")
		wantCode(t, err, "reference_ambiguous")
		for _, ref := range []string{"", ":", "item:", "nothing", "message:x", "message:0", "INV-1/9", "case:1"} {
			_, err := b.Find(b.ctx, "", ref)
			wantCode(t, err, "reference_not_found")
		}
		_, err = b.Find(b.ctx, "nobody", "INV-1")
		wantCode(t, err, "creditor_not_found")
		if run, message, err := b.RunOrMessage(b.ctx, "run:1"); err != nil || run != 1 || message != 0 {
			t.Errorf("run:1: %d, %d, %v", run, message, err)
		}
		_, _, err = b.RunOrMessage(b.ctx, "77")
		wantCode(t, err, "reference_not_found")
		_, _, err = b.RunOrMessage(b.ctx, "item:1")
		wantCode(t, err, "reference_invalid")
		s, _ := b.Find(b.ctx, "", "INV-1")
		if c, err := b.CurrencyOf(b.ctx, s); err != nil || c != "GBP" {
			t.Errorf("currency %s, %v", c, err)
		}
	})
}

// TestLists runs the lists of people and commands on both engines.
func TestLists(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := peopleBook(t, address)
		b.run(ApproveNone)
		customers, err := b.Customers(b.ctx, "main")
		if err != nil || len(customers) != 1 || customers[0].Number != "1001" {
			t.Errorf("customers %+v, %v", customers, err)
		}
		tasks, err := b.Tasks(b.ctx, "", false)
		if err != nil || len(tasks) != 1 || tasks[0].Kind != "no_contact" {
			t.Fatalf("tasks %+v, %v", tasks, err)
		}
		if tasks[0].Amount != "1250.00" {
			t.Errorf("the task is about %s, want what cannot be asked for", tasks[0].Amount)
		}
		if err := b.TaskDone(b.ctx, tester, tasks[0].ID, "found", cal.None); err != nil {
			t.Fatal(err)
		}
		open, err := b.Tasks(b.ctx, "main", false)
		if err != nil || len(open) != 0 {
			t.Errorf("open tasks %+v, %v", open, err)
		}
		if all, err := b.Tasks(b.ctx, "main", true); err != nil || len(all) != 1 || all[0].Outcome != "found" {
			t.Errorf("all tasks %+v, %v", all, err)
		}
		log, err := b.AuditLog(b.ctx, AuditFilter{Limit: 2})
		if err != nil || len(log) != 2 || log[0].Command != "task_done" || log[0].Seq != log[1].Seq+1 {
			t.Errorf("log %+v, %v", log, err)
		}
		older, err := b.AuditLog(b.ctx, AuditFilter{Before: log[1].Seq, Actor: tester.Actor, Command: "test_items"})
		if err != nil || len(older) != 1 {
			t.Errorf("older %+v, %v", older, err)
		}
		settings, err := b.Settings(b.ctx, "main")
		if err != nil || len(settings) == 0 || settings[0].Name != "sender.name" {
			t.Errorf("settings %+v, %v", settings, err)
		}
		found, err := b.Doctor(b.ctx, true, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if !f.OK && !f.Warning && f.Name != "fsync" && f.Name != "full_page_writes" &&
				f.Name != "synchronous_commit" {
				t.Errorf("doctor: %+v", f)
			}
		}
	})
}

// TestAuditKnowsItsHead: a head noted before proves, also after reopening, that nothing
// was cut off; another head does not.
func TestAuditKnowsItsHead(t *testing.T) {
	address := filepath.Join(t.TempDir(), "book.db")
	b := peopleBook(t, address)
	before, err := b.VerifyAudit(b.ctx, "", nil)
	if err != nil || !before.OK {
		t.Fatalf("%+v, %v", before, err)
	}
	wrong := strings.Replace(before.Head, before.Head[len(before.Head)-4:], "0000", 1)
	if r, err := b.VerifyAudit(b.ctx, wrong, nil); err != nil || r.OK {
		t.Errorf("another head was found in the chain: %+v, %v", r, err)
	}
	b.DB().Close()
	db, err := open.Open(b.ctx, address, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	again, err := New(db, b.tenant, "test")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := again.VerifyAudit(b.ctx, before.Head, nil); err != nil || !r.OK || r.Head != before.Head {
		t.Errorf("after reopening: %+v, %v", r, err)
	}
	_, err = again.VerifyAudit(b.ctx, "7", nil)
	wantCode(t, err, "head_invalid")
}

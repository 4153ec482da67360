package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
	"github.com/recoup-project/recoup/internal/store/open"
	"github.com/recoup-project/recoup/internal/store/schema"
)

// outTray is a mailer inside the process.
type outTray struct {
	mu      sync.Mutex
	mails   []Mail
	outcome Outcome
	refused bool
	fault   error
}

func (o *outTray) open(MailServer) (Mailer, error) { return o, nil }
func (o *outTray) Close() error                    { return nil }
func (o *outTray) AtOnce() int                     { return 10 }
func (o *outTray) Build(m Mail) (Parcel, error) {
	o.mu.Lock()
	o.mails = append(o.mails, m)
	o.mu.Unlock()
	return Parcel{From: m.From, To: []string{m.To}, Cc: m.Cc, Bytes: []byte(m.Subject + "\n" + m.Text)}, o.fault
}

func (o *outTray) Deliver(ctx context.Context, p Parcel, handingOver func(context.Context) error) Handover {
	if err := handingOver(ctx); err != nil {
		return Handover{Outcome: NotSent, Err: err}
	}
	return Handover{Outcome: o.outcome, Answer: "the server's words", RecipientRefused: o.refused}
}

// anyLicence lets every copy send.
type anyLicence struct{}

func (anyLicence) Check(context.Context, *App) error { return nil }
func (anyLicence) Raise(int64, int64, int64) error   { return nil }

var senderDetails = map[string]string{
	SettingSMTP: "smtp://127.0.0.1:25", SettingMailFrom: "accounts@northgate.example",
	"sender.address": "Unit 4\\nCanal Road\\nLeeds", "sender.person": "Helen Marsh", "sender.phone": "0113 496 0142",
	"sender.reply_to": "accounts@northgate.example", "bank.holder": "Northgate Fixings Ltd", "bank.routing": "12-34-56",
	"bank.account": "12345678", "bank.unchanged_since": "2018-09-03", settingRegisterNo: "01234567",
	settingRegisteredIn: "England and Wales", settingOffice: "Unit 4, Canal Road, Leeds", settingVATID: "GB123456789",
	settingDirectors: none,
}

// readyToSend gives a test book the details that every message must carry.
func (b *testBook) readyToSend() {
	b.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(senderDetails)) { // the account, then since when it is unchanged
		if err := b.SetSetting(b.ctx, tester, "main", name, senderDetails[name]); err != nil {
			b.t.Fatal(err)
		}
	}
}

// at moves the clock to an hour of a day, UTC.
func (b *testBook) at(day string, hour int) {
	b.t.Helper()
	if err := b.DB().SetClock(b.ctx, cal.MustParse(day).Time().Add(time.Duration(hour)*time.Hour)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *testBook) knowCash(day string) {
	b.t.Helper()
	b.do("test_cash", func(w *recorder) error {
		ins := w.Insert("cash_known")
		ins.Int(b.creditor).Int(w.Seq()).Day(cal.MustParse(day)).Text("person")
		return errors.Join(ins.End(), ins.Close())
	})
}

// sendWith makes a pass, and checks that a trial before it told how it would end.
func (b *testBook) sendWith(o *outTray) SendReport {
	b.t.Helper()
	foretold, err := b.TrySend(b.ctx, anyLicence{})
	if err != nil {
		b.t.Fatal(err)
	}
	report, err := b.Send(b.ctx, tester, SendRequest{Open: o.open, Licence: anyLicence{}})
	if err != nil {
		b.t.Fatal(err)
	}
	foretold.Messages = nil
	if diff := cmp.Diff(report, foretold); o.outcome == Delivered && o.fault == nil && diff != "" {
		b.t.Errorf("the trial foretold (-now +then):\n%s", diff)
	}
	return report
}

// friendlyBook is a book on Thursday 5 March 2026, ten o'clock, with one friendly
// reminder released and everything known that it needs to leave.
func friendlyBook(t *testing.T, address string) *testBook {
	t.Helper()
	b := newTestBook(t, address, "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example",
		address: "1 High Street\nYork"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes},
		newItem{"C1", "INV-2", "2026-04-02", 5_000, book.Yes})
	b.at("2026-03-05", 10)
	b.knowCash("2026-03-04")
	if report := b.run(ApproveAll); report.MessagesQueued != 1 {
		t.Fatalf("run: %+v", report)
	}
	return b
}

// TestCopies: the contacts that the strategy names get a copy. One that has stopped
// working since is left out, the message goes all the same, and the evidence says so.
func TestCopies(t *testing.T) {
	b := newTestBook(t, t.TempDir()+"/book.db", "GB", "2026-02-01")
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
	customer := b.customer["C1"]
	b.do("test_copies", func(w *recorder) error {
		ins := w.Insert("contact")
		for i, address := range []string{"boss@c1.example", "gone@c1.example", "AP@c1.example", "moved@c1.example"} {
			if err := ins.Int(customer).Int(int64(11 + i)).Text("approver").Text("").Text(address).Text("").Text("ok").
				Text("").End(); err != nil {
				return err
			}
		}
		ins.Int(customer).Int(20).Text("orderer").Text("").Text("other@c1.example").Text("").Text("ok").Text("").End()
		if err := ins.Close(); err != nil {
			return err
		}
		_, err := w.Exec("UPDATE customer SET strategy = 'firm' WHERE tenant_id = $1", b.tenant)
		return err
	})
	b.at("2026-03-05", 10)
	b.knowCash("2026-03-04")
	b.run(ApproveAll)
	b.do("test_bounces", func(w *recorder) error {
		_, err := w.Exec("UPDATE contact SET state = 'bounced' WHERE tenant_id = $1 AND contact_id IN (12, 14)",
			b.tenant)
		return err
	})
	if p := b.preview(); p.To != "ap@c1.example" || !slices.Equal(p.Cc, []string{"boss@c1.example"}) {
		t.Errorf("preview to %q, copy to %q", p.To, p.Cc)
	}
	tray := &outTray{outcome: Delivered}
	report, err := b.Send(b.ctx, tester, SendRequest{Open: tray.open, Licence: anyLicence{}})
	if err != nil || report.Sent != 1 || !slices.Equal(tray.mails[0].Cc, []string{"boss@c1.example"}) {
		t.Fatalf("%+v %v", report, err)
	}
	list, err := b.Outbox(b.ctx, OutboxFilter{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := b.Evidence(b.ctx, list[0].ID)
	const notes = "the server's words; no copy to contact 12: bounced; no copy to contact 14: bounced"
	if err != nil || e.Recipient != "ap@c1.example, boss@c1.example" || e.Answer != notes {
		t.Errorf("evidence: to %q, answer %q, %v", e.Recipient, e.Answer, err)
	}
}

// TestCopiesLeftOut: what stands against a copy at the last moment.
func TestCopiesLeftOut(t *testing.T) {
	w := writing{acc: &book.Account{Contacts: []book.Contact{{ID: 1, Email: "a@x.example", State: "ok"},
		{ID: 2, State: "ok"}}}, row: &messageRow{}}
	w.row.figures.Copy = []int64{1, 2, 3, 1}
	for kind, want := range map[book.DebtorKind]string{
		book.Company: "[a@x.example] [no copy to contact 2: no address no copy to contact 3: no longer a contact]",
		book.Individual: "[] [no copy to contact 1: a natural person no copy to contact 2: a natural person " +
			"no copy to contact 3: no longer a contact no copy to contact 1: a natural person]",
	} {
		w.acc.Customer.Kind = kind
		if to, leftOut := w.copies(); fmt.Sprint(to, leftOut) != want {
			t.Errorf("%v: %v %v", kind, to, leftOut)
		}
	}
}

func counts(list ...any) []ReasonCount {
	out := []ReasonCount{}
	for i := 0; i < len(list); i += 2 {
		out = append(out, ReasonCount{list[i].(string), int64(list[i+1].(int))})
	}
	return out
}

// TestFactsStopAMessage turns each fact that holds a message on after its release:
// the message is stopped with the fact's reason, and nothing leaves.
func TestFactsStopAMessage(t *testing.T) {
	hold := func(kind book.HoldKind, item string, minor int64) func(b *testBook) {
		return func(b *testBook) {
			b.do("test_hold", func(w *recorder) error {
				day := cal.MustParse("2026-03-05")
				h := book.Hold{Item: b.item[item], Kind: kind, Minor: minor, From: day, Until: day.AddDays(30)}
				if minor > 0 {
					h.Currency = "GBP"
				}
				_, err := w.hold(b.customer["C1"], h, "test")
				return err
			})
		}
	}
	exec := func(sql string) func(b *testBook) {
		return func(b *testBook) {
			b.do("test_exec", func(w *recorder) error {
				if _, err := w.Exec(sql, b.tenant, b.customer["C1"]); err != nil {
					return err
				}
				return w.touch(b.customer["C1"])
			})
		}
	}
	cases := []struct {
		name   string
		fact   func(b *testBook)
		reason string
	}{
		{"paid", exec(`UPDATE item SET open_minor = 0 WHERE tenant_id = $1 AND customer_id = $2
			AND number = 'INV-1'`), "paid_since_planning"},
		{"part paid", exec(`UPDATE item SET open_minor = 1000 WHERE tenant_id = $1 AND customer_id = $2
			AND number = 'INV-1'`), "changed_since_approval"},
		{"in credit", exec(`INSERT INTO credit (tenant_id, customer_id, entry_id, kind, currency, effective_day,
			open_minor)
			VALUES ($1, $2, 9001, 3, 'GBP', 20516, 99999)`), "in_credit"},
		{"pause", hold(book.HoldPause, "", 0), "paused"},
		{"insolvency", hold(book.HoldInsolvency, "", 0), "insolvency"},
		{"moratorium", hold(book.HoldMoratorium, "", 0), "moratorium"},
		{"unread reply", hold(book.HoldUnreadReply, "", 0), "unread_reply"},
		{"placed", hold(book.HoldPlaced, "", 0), "placed"},
		{"dispute", hold(book.HoldDispute, "INV-1", 0), "disputed"},
		{"promise", hold(book.HoldPromise, "INV-1", 0), "promised"},
		{"already paid", hold(book.HoldAlreadyPaid, "INV-1", 0), "already_paid"},
		{"part disputed", hold(book.HoldDispute, "INV-1", 1_000), "changed_since_approval"},
		{"address bounced", exec(`UPDATE contact SET state = 'bounced' WHERE tenant_id = $1 AND customer_id = $2`),
			"address_gone"},
		{"consumer", exec(`UPDATE customer SET kind = 'consumer' WHERE tenant_id = $1 AND customer_id = $2`),
			"no_strategy"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := friendlyBook(t, t.TempDir()+"/book.db")
			c.fact(b)
			var o outTray
			o.outcome = Delivered
			report := b.sendWith(&o)
			if diff := cmp.Diff(counts(c.reason, 1), report.Stopped); diff != "" || report.Sent != 0 ||
				len(o.mails) != 0 {
				t.Fatalf("report %+v (stopped -want +got):\n%s", report, diff)
			}
			list, err := b.Outbox(b.ctx, OutboxFilter{})
			if err != nil || len(list) != 1 || list[0].State != book.Stopped || list[0].Reason != c.reason {
				t.Errorf("outbox %+v %v", list, err)
			}
			if got := b.messages("C1"); len(got) != 0 {
				t.Errorf("live messages: %v", got)
			}
		})
	}
}

// TestStoppedStepIsToldLater: what held the message ends, and the same step goes out.
func TestStoppedStepIsToldLater(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		until := cal.MustParse("2026-03-08")
		b.do("test_hold", func(w *recorder) error {
			_, err := w.hold(b.customer["C1"], book.Hold{Kind: book.HoldPause, From: cal.MustParse("2026-03-05"),
				Until: until}, "test")
			return err
		})
		o := outTray{outcome: Delivered}
		if report := b.sendWith(&o); report.Sent != 0 {
			t.Fatalf("report %+v", report)
		}
		b.at("2026-03-09", 11)
		b.run(ApproveAll)
		if report := b.sendWith(&o); report.Sent != 1 {
			t.Fatalf("report %+v, %v", report, b.messages("C1"))
		}
		if diff := cmp.Diff([]string{"2026-03-09 friendly email sent"}, b.messages("C1")); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	})
}

// TestReasonsToWait: each condition keeps a released message in the outbox with its
// reason, and it leaves at once when the condition is met.
func TestReasonsToWait(t *testing.T) {
	set := func(name, value string) func(b *testBook) {
		return func(b *testBook) {
			if err := b.SetSetting(b.ctx, tester, "main", name, value); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	cases := []struct {
		name      string
		wait, end func(b *testBook)
		reason    string
	}{
		{"observe", set(SettingMode, "observe"), set(SettingMode, "ask_first"), "observe_mode"},
		{"no phone", set("sender.phone", ""), set("sender.phone", "0113 496 0142"), "sender_incomplete"},
		{"no sender address", set(SettingMailFrom, ""), set(SettingMailFrom, "a@northgate.example"),
			"sender_incomplete"},
		{"customer observed", func(b *testBook) { b.customerMode("observe") },
			func(b *testBook) { b.customerMode("") }, "customer_observed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := friendlyBook(t, t.TempDir()+"/book.db")
			c.wait(b)
			o := outTray{outcome: Delivered}
			report := b.sendWith(&o)
			if diff := cmp.Diff(counts(c.reason, 1), report.Waiting); diff != "" || report.Sent != 0 {
				t.Fatalf("report %+v (waiting -want +got):\n%s", report, diff)
			}
			list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved})
			if err != nil || len(list) != 1 || list[0].Reason != c.reason {
				t.Errorf("outbox %+v %v", list, err)
			}
			c.end(b)
			if report = b.sendWith(&o); report.Sent != 1 {
				t.Errorf("afterwards: %+v", report)
			}
		})
	}
}

func (b *testBook) customerMode(mode string) {
	b.t.Helper()
	b.do("test_mode", func(w *recorder) error {
		if _, err := w.Exec(`UPDATE customer SET mode = $3 WHERE tenant_id = $1 AND customer_id = $2`, b.tenant,
			b.customer["C1"], mode); err != nil {
			return err
		}
		return w.touch(b.customer["C1"])
	})
}

// TestQuietHoursAndStaleCash: before nine nothing leaves; without cash known it
// waits for a person to say so; a text of yesterday is stopped.
func TestQuietHoursAndStaleCash(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.at("2026-03-05", 7)
		b.run(ApproveAll)
		o := outTray{outcome: Delivered}
		if diff := cmp.Diff(counts("cash_stale", 1), b.sendWith(&o).Waiting); diff != "" {
			t.Errorf("without cash (-want +got):\n%s", diff)
		}
		b.knowCash("2026-03-04")
		if diff := cmp.Diff(counts("quiet_hours", 1), b.sendWith(&o).Waiting); diff != "" {
			t.Errorf("at seven (-want +got):\n%s", diff)
		}
		b.at("2026-03-06", 9)
		report := b.sendWith(&o)
		if diff := cmp.Diff(counts("text_expired", 1), report.Stopped); diff != "" {
			t.Errorf("a day later (-want +got):\n%s", diff)
		}
		b.run(ApproveAll)
		if report = b.sendWith(&o); report.Sent != 1 || len(o.mails) != 1 {
			t.Errorf("decided again: %+v, %d mails", report, len(o.mails))
		}
	})
}

// TestFirstMessagesWaitForProof: on the system's clock nothing leaves before a test
// message reached the user and the total was confirmed (guardrail R26).
func TestFirstMessagesWaitForProof(t *testing.T) {
	ctx := context.Background()
	db, err := open.Open(ctx, t.TempDir()+"/book.db", store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tenant, err := db.CreateTenant(ctx, "Test", "GB")
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(db, tenant, "test")
	if err != nil {
		t.Fatal(err)
	}
	b := &testBook{App: a, t: t, ctx: ctx, customer: map[string]int64{}, item: map[string]int64{}}
	if b.creditor, err = a.AddCreditor(ctx, tester, NewCreditor{Code: "main", Name: "Northgate", Country: "GB",
		Currency: "GBP"}); err != nil {
		t.Fatal(err)
	}
	b.readyToSend()
	b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
	today := cal.DateIn(time.Now(), time.UTC)
	b.addItems(newItem{"C1", "INV-1", today.AddDays(-3).String(), 60_000, book.Yes})
	b.do("test_message", func(w *recorder) error {
		return b.insert(w, "message", map[string]any{"message_id": 1, "customer_id": b.customer["C1"],
			"creditor_id": b.creditor,
			"currency":    "GBP", "day": today, "lead_step": "friendly", "stage": 1, "demand": 1, "channel": "email", "contact_id": 1,
			"total_minor": 60_000, "figures": []byte(`{"v":1,"credit":0,"total":60000,"lines":[]}`), "live": 1, "state": "approved"})
	})
	o := outTray{outcome: Delivered}
	waits := func(want string) {
		t.Helper()
		if report := b.sendWith(&o); !slices.Equal(report.Waiting, counts(want, 1)) {
			t.Errorf("waiting %v, expected %s", report.Waiting, want)
		}
	}
	waits("no_test_message")
	o.outcome = Later
	if _, err := a.MailTest(ctx, tester, "", "me@northgate.example",
		o.open); AsError(err).Code != "mail_failed" {
		t.Errorf("a test message that was not taken: %v", err)
	}
	waits("no_test_message")
	o.outcome = Delivered
	tested, err := a.MailTest(ctx, tester, "", "me@northgate.example", o.open)
	if err != nil || tested.TestedAt.IsZero() || !strings.Contains(o.mails[1].Text, "12-34-56") {
		t.Errorf("test message: %+v %v", tested, err)
	}
	waits("observe_mode")
	if err := a.SetSetting(ctx, tester, "", SettingMode, "ask_first"); err != nil {
		t.Fatal(err)
	}
	waits("total_unconfirmed")
	unconfirmed := func() bool {
		all, err := a.readiness(ctx)
		return err == nil && slices.ContainsFunc(all, func(f Finding) bool {
			return f.Name == "total" && f.Warning && strings.Contains(f.Text, "GBP")
		})
	}
	if !unconfirmed() {
		t.Error("doctor does not say that the total is not confirmed")
	}
	if err := a.ConfirmTotal(ctx, tester, "", money.Money{Minor: 60_000, Currency: "GBP"}); err != nil {
		t.Fatal(err)
	}
	waits("cash_stale")
	if unconfirmed() {
		t.Error("doctor says that the confirmed total is not")
	}
	for name, value := range map[string]string{SettingSMTP: "smtp://127.0.0.1:26", SettingMailFrom: "office@northgate.example"} {
		if err := a.SetSetting(ctx, tester, "", name, value); err != nil {
			t.Fatal(err)
		}
		waits("no_test_message")
		if _, err := a.MailTest(ctx, tester, "", "me@northgate.example", o.open); err != nil {
			t.Fatal(err)
		}
		if err := a.SetSetting(ctx, tester, "", name, value); err != nil { // the same once more
			t.Fatal(err)
		}
		waits("cash_stale")
	}
}

// TestUnknownIsAskedAndResolved: no answer makes a message unknown; a person says
// what became of it.
func TestUnknownIsAskedAndResolved(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyBook(t, address)
		o := outTray{outcome: NoAnswer}
		if report := b.sendWith(&o); report.Unknown != 1 {
			t.Fatalf("report %+v", report)
		}
		if report := b.sendWith(&o); len(o.mails) != 1 || report.Sent+report.Unknown != 0 {
			t.Errorf("an unknown message was sent again: %+v", report)
		}
		list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Unknown})
		if err != nil || len(list) != 1 {
			t.Fatalf("outbox %+v %v", list, err)
		}
		id := list[0].ID
		if tasks := b.openTasks(); !slices.Equal(tasks, []string{TaskMessageUnknown}) {
			t.Errorf("tasks %v", tasks)
		}
		m, err := b.ResolveOutbox(b.ctx, tester, id, true)
		if err != nil || m.State != book.Sent || m.SentAt.IsZero() {
			t.Errorf("resolved: %+v %v", m, err)
		}
		if tasks := b.openTasks(); len(tasks) != 0 {
			t.Errorf("tasks %v", tasks)
		}
		if _, err := b.ResolveOutbox(b.ctx, tester, id, false); AsError(err).Kind != Conflict {
			t.Errorf("resolved twice: %v", err)
		}
		if _, err := b.ResolveOutbox(b.ctx, tester, 99, true); AsError(err).Kind != NotFound {
			t.Errorf("no such message: %v", err)
		}
	})
}

// TestUnknownThatNeverLeft is told again in a new cycle.
func TestUnknownThatNeverLeft(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	o := outTray{outcome: NoAnswer}
	b.sendWith(&o)
	list, _ := b.Outbox(b.ctx, OutboxFilter{State: book.Unknown})
	if _, err := b.ResolveOutbox(b.ctx, tester, list[0].ID, false); err != nil {
		t.Fatal(err)
	}
	b.run(ApproveAll)
	o.outcome = Delivered
	if report := b.sendWith(&o); report.Sent != 1 {
		t.Errorf("report %+v, %v", report, b.messages("C1"))
	}
}

func (b *testBook) openTasks() []string {
	b.t.Helper()
	var out []string
	if err := b.read(b.ctx, func(tx store.Tx) error {
		out = out[:0]
		return store.Each(tx, `SELECT kind FROM task WHERE tenant_id = $1 AND state = 'open' ORDER BY kind`,
			[]any{b.tenant},
			func(r store.Rows) error { out = append(out, r.Text(0)); return nil })
	}); err != nil {
		b.t.Fatal(err)
	}
	return out
}

// TestPostedLetter: a letter is posted by a person on its planned day and counts as
// served after its transit; on another day its text has expired.
func TestPostedLetter(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", address: "1 High Street\nYork"},
			newCustomer{number: "C2", kind: "company", country: "GB", address: "2 High Street\nYork"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes},
			newItem{"C2", "INV-2", "2026-03-02", 60_000, book.Yes})
		b.at("2026-03-05", 10)
		b.knowCash("2026-03-04")
		b.run(ApproveAll)
		var o outTray
		if report := b.sendWith(&o); report.ToPost != 2 || len(o.mails) != 0 {
			t.Fatalf("report %+v", report)
		}
		list, err := b.Outbox(b.ctx, OutboxFilter{Channel: book.Letter})
		if err != nil || len(list) != 2 {
			t.Fatalf("letters %+v %v", list, err)
		}
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: list[0].ID,
			Day: cal.MustParse("2026-03-04")}); AsError(err).Code != "text_expired" {
			t.Errorf("posted before its day: %v", err)
		}
		m, err := b.MarkSent(b.ctx, tester, SentByHand{Message: list[0].ID, Day: cal.None,
			Tracking: "RR123456789GB"})
		if err != nil || m.State != book.Sent {
			t.Fatalf("posted: %+v %v", m, err)
		}
		if e, err := b.Evidence(b.ctx, m.ID); err != nil || !strings.Contains(string(e.Bytes), "INV-1") ||
			!strings.Contains(e.Recipient, "1 High Street") {
			t.Errorf("evidence %+v %v", e, err)
		}
		if served := b.servedDay(m.ID); served != cal.MustParse("2026-03-09") {
			t.Errorf("served on %s, expected two business days after posting", served)
		}
		b.at("2026-03-06", 10)
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: list[1].ID,
			Day: cal.None}); AsError(err).Code != "text_expired" {
			t.Errorf("posted a day late: %v", err)
		}
		yesterday := cal.MustParse("2026-03-05")
		if _, err := b.MarkSent(b.ctx, tester, SentByHand{Message: list[1].ID, Day: yesterday}); err != nil {
			t.Errorf("posted on its day, said a day later: %v", err)
		}
		if e, err := b.Evidence(b.ctx, list[1].ID); err != nil || cal.DateIn(e.HandedOverAt, time.UTC) != yesterday {
			t.Errorf("evidence of %s, %v", e.HandedOverAt, err)
		}
	})
}

func (b *testBook) servedDay(id int64) cal.Date {
	b.t.Helper()
	day := cal.None
	if err := b.read(b.ctx, func(tx store.Tx) error {
		return store.One(tx, `SELECT served_day FROM message WHERE tenant_id = $1 AND message_id = $2`,
			[]any{b.tenant, id},
			func(r store.Rows) { day = r.Day(0) })
	}); err != nil {
		b.t.Fatal(err)
	}
	return day
}

// TestDamagedEvidence: bytes that are no longer those that were sent are no proof.
func TestDamagedEvidence(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	o := outTray{outcome: Delivered}
	b.sendWith(&o)
	list, _ := b.Outbox(b.ctx, OutboxFilter{})
	if _, err := b.Evidence(b.ctx, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := b.DB().Mark(b.ctx, b.tenant, func(tx store.MarkTx) error {
		_, err := tx.Exec(`UPDATE evidence SET body = $2 WHERE tenant_id = $1`, b.tenant,
			pack([]byte("something else")))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Evidence(b.ctx, list[0].ID); AsError(err).Code != "evidence_damaged" {
		t.Errorf("damaged evidence: %v", err)
	}
	if _, err := b.Evidence(b.ctx, 99); AsError(err).Kind != NotFound {
		t.Errorf("no evidence: %v", err)
	}
}

// insert writes one row of a fact table from named values; the others are zero, or
// NULL where they may be.
func (b *testBook) insert(w *recorder, table string, values map[string]any) error {
	ins := w.Insert(table)
	for _, c := range b.DB().Schema().Table(table).Columns {
		value, given := values[c.Name]
		switch {
		case c.Name == "tenant_id":
			continue
		case c.Name == "seq":
			value, given = w.Seq(), true
		case !given && !c.NotNull:
			ins.Null()
			continue
		case !given && c.Type == schema.Text:
			value = ""
		case !given:
			value = 0
		}
		v, err := store.ValueOf(value)
		if err != nil {
			return err
		}
		ins.Value(v)
	}
	return errors.Join(ins.End(), ins.Close())
}

// TestAnOldLookIsMadeAgain: what an earlier look found counts for a few seconds; after
// that the gate is asked anew, because time alone may hold a message back.
func TestAnOldLookIsMadeAgain(t *testing.T) {
	b := friendlyBook(t, t.TempDir()+"/book.db")
	tray := &outTray{outcome: Delivered}
	ctx, stop := context.WithCancelCause(b.ctx)
	s := &sending{a: b.App, ctx: ctx, stop: stop, req: tester, mailer: tray, stopped: map[string]int64{},
		waits: map[string]int64{}, ask: SendRequest{Licence: anyLicence{}}}
	s.marks.places = make(chan struct{}, 1)
	ready, err := s.prepare()
	if err != nil || len(ready) != 1 {
		t.Fatalf("%+v %v", ready, err)
	}
	claims, _, err := s.claim(ready)
	if err != nil {
		t.Fatal(err)
	}
	w := worker{sending: s, inputs: -1}
	look := &judgement{taken: true, at: time.Now()}
	if err := w.one(claims[0], look); err != nil || len(tray.mails) != 0 {
		t.Errorf("a fresh look did not count: %d mails, %v", len(tray.mails), err)
	}
	look.at = time.Now().Add(-lookFresh - time.Second)
	if err := w.one(claims[0], look); err != nil || len(tray.mails) != 1 {
		t.Errorf("an old look was believed: %d mails, %v", len(tray.mails), err)
	}
	s.marks.done.Wait()
	if s.report.Sent != 1 || ctx.Err() != nil {
		t.Errorf("%+v, %v", s.report, context.Cause(ctx))
	}
}

// TestOutboxNamesInstalments: the outbox calls an item as the message and explain do.
func TestOutboxNamesInstalments(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		if r, err := b.Import(b.ctx, tester, ImportRequest{Creditor: "main", Kind: ImportInvoices, File: "i.csv",
			Source: strings.NewReader("customer_number,number,instalment,invoice_date,due_date,date_agreed,currency,amount\n" +
				"C1,INV-1,2,2026-02-01,2026-03-02,yes,GBP,600.00\n"), AsOf: cal.None}); err != nil {
			t.Fatal(r, err)
		}
		b.at("2026-03-05", 10)
		b.knowCash("2026-03-04")
		b.run(ApproveAll)
		list, err := b.Outbox(b.ctx, OutboxFilter{})
		if err != nil || len(list) != 1 || !slices.Equal(list[0].Items, []string{"INV-1/2"}) {
			t.Errorf("outbox %+v, %v", list, err)
		}
		if text := b.preview().Text; !strings.Contains(text, "INV-1/2") {
			t.Errorf("the message calls it otherwise:\n%s", text)
		}
	})
}

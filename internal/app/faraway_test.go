package app

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// farPlaces are where the debtors of these tests are, by the start of their address.
var farPlaces = map[string]struct{ country, subdivision, zone string }{
	"nz": {"NZ", "", "Pacific/Auckland"}, "jp": {"JP", "", "Asia/Tokyo"},
	"au": {"AU", "NSW", "Australia/Sydney"}, "ca": {"US", "CA", "America/Los_Angeles"},
	"de": {"DE", "", "Europe/Berlin"}, "gb": {"GB", "", "Europe/London"},
}

// farBook is a book with five customers at each place, whose invoices fall due on five
// days that follow each other, at the first hour of the first one.
func farBook(t *testing.T, address, country, day string, home *time.Location) *testBook {
	b := newTestBook(t, address, country, "2026-02-01")
	b.readyToSend()
	var customers []newCustomer
	var items []newItem
	for place, at := range farPlaces {
		for k := range 5 {
			number := fmt.Sprintf("%s%d", place, k)
			customers = append(customers, newCustomer{number: number, kind: "company", country: at.country,
				email: "ap@" + number + ".example", address: "1 High Street", strategy: "standard"})
			items = append(items, newItem{number, "INV-" + number, cal.MustParse(day).AddDays(k).String(), 60_000, book.Yes})
		}
	}
	b.addCustomers(customers...)
	b.do("test_regions", func(w *recorder) error {
		for place, at := range farPlaces {
			if _, err := w.Exec(`UPDATE customer SET subdivision = $3 WHERE tenant_id = $1 AND number >= $2 AND number < $4`,
				b.tenant, place, at.subdivision, place+"9"); err != nil {
				return err
			}
		}
		return nil
	})
	b.addItems(items...)
	if err := b.DB().SetClock(b.ctx, cal.Instant(cal.MustParse(day), 0, 0, home)); err != nil {
		t.Fatal(err)
	}
	return b
}

// pass makes a pass over the outbox and lets time go by.
func (b *testBook) pass(tray *outTray, by time.Duration) time.Time {
	b.t.Helper()
	b.sendWith(tray)
	book, err := b.DB().Book(b.ctx)
	if err == nil {
		err = b.DB().SetClock(b.ctx, book.Now.Add(by))
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return book.Now.Add(by)
}

// waitingIDs are the messages that a person may release.
func (b *testBook) waitingIDs() (ids []int64) {
	b.t.Helper()
	list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Proposed})
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range list {
		ids = append(ids, list[i].ID)
	}
	return ids
}

// TestFarAwayDebtors: for a fortnight in which clocks are put forward, the run is made in
// the morning, a person releases what it proposes, and the sender looks every hour.
// Every customer gets the one message that is due, within the hours of its place, dated
// and with a date to pay by that are right on that day there.
func TestFarAwayDebtors(t *testing.T) {
	for _, creditor := range []struct {
		country, zone string
		runAt         int // hour of the run
		releaseAfter  int // hours later a person comes; 0: the run releases
	}{
		{"GB", "Europe/London", 6, 3}, {"DE", "Europe/Berlin", 6, 3}, {"US", "America/New_York", 6, 3},
		{"GB", "Europe/London", 6, 0}, {"US", "America/New_York", 6, 0},
		{"DE", "Europe/Berlin", 18, 1}, // by hand, in the evening
	} {
		t.Run(fmt.Sprintf("%s at %d", creditor.country, creditor.runAt+creditor.releaseAfter), func(t *testing.T) {
			test := func(t *testing.T, address string) {
				home, err := time.LoadLocation(creditor.zone)
				if err != nil {
					t.Fatal(err)
				}
				first := cal.MustParse("2026-03-20")
				b := farBook(t, address, creditor.country, first.String(), home)
				tray := &outTray{outcome: Delivered}
				mode := ApproveNone
				if creditor.releaseAfter == 0 {
					mode = ApproveAll
				}
				for range 15 * 24 {
					now := b.pass(tray, time.Hour).In(home)
					day, hour := cal.DateIn(now, home), now.Hour()
					if hour == creditor.runAt {
						b.knowCash((day - 1).String())
						b.run(mode)
					}
					if ids := b.waitingIDs(); hour == creditor.runAt+creditor.releaseAfter && len(ids) > 0 {
						report, err := b.Approve(b.ctx, tester, ids)
						if err != nil || len(report.Refused) > 0 {
							t.Fatalf("%s: %+v %v", day, report, err)
						}
					}
				}
				b.checkFarMails(tray)
			}
			if creditor.runAt == 18 {
				onBothEngines(t, test)
			} else {
				test(t, t.TempDir()+"/book.db")
			}
		})
	}
}

func (b *testBook) checkFarMails(tray *outTray) {
	b.t.Helper()
	got := map[string]int{}
	for _, m := range tray.mails {
		number := strings.TrimSuffix(strings.TrimPrefix(m.To, "ap@"), ".example")
		place := farPlaces[number[:2]]
		zone, err := time.LoadLocation(place.zone)
		if err != nil {
			b.t.Fatal(err)
		}
		there := m.Date.In(zone)
		from, to := 9, 16
		switch there.Weekday() {
		case time.Monday:
			from = 10
		case time.Friday:
			to = 12
		}
		if there.Hour() < from || there.Hour() >= to {
			b.t.Errorf("%s was written to at %s", number, there)
		}
		planned := b.plannedAs(m)
		if planned.step == "courtesy" { // before the due date
			continue
		}
		got[number]++
		day := cal.DateIn(m.Date, zone)
		payBy := cal.PayBy(day, cal.Transit{}, 7, b.holidays.CalendarFor(place.country, place.subdivision))
		if planned.step != "friendly" || planned.day != day || planned.payBy != payBy {
			b.t.Errorf("%s got %+v on %s, expected to pay by %s", number, planned, there, payBy)
		}
		if !strings.Contains(m.Text, "Date: "+inWords(day)) || !strings.Contains(m.Text, inWords(payBy)) {
			b.t.Errorf("%s: the text does not name %s and %s:\n%s", number, inWords(day), inWords(payBy), m.Text)
		}
	}
	for place := range farPlaces {
		for k := range 5 {
			if number := fmt.Sprintf("%s%d", place, k); got[number] != 1 {
				b.t.Errorf("%s got %d mails: %v", number, got[number], b.messages(number))
			}
		}
	}
}

// inWords is a day as an English message writes it.
func inWords(d cal.Date) string {
	_, month, day := d.YMD()
	return fmt.Sprintf("%s %d %s", d.Weekday(), day, time.Month(month))
}

type plannedText struct {
	day, payBy cal.Date
	step       string
}

// plannedAs is what the book says of a mail.
func (b *testBook) plannedAs(m Mail) (p plannedText) {
	b.t.Helper()
	_, id, _ := strings.Cut(m.Message, "-")
	err := b.read(b.ctx, func(tx store.Tx) error {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return err
		}
		return store.One(tx, "SELECT day, pay_by, lead_step FROM message WHERE tenant_id = $1 AND message_id = $2",
			[]any{b.tenant, n}, func(r store.Rows) { p = plannedText{r.Day(0), r.Day(1), r.Text(2)} })
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// TestMailOfTomorrow: what a run proposes for the debtor's next day is one proposal: it
// stays through a second run, is not made again once a person refused it, counts for the
// brake and the explanation of the day on which it was planned, and may be sent by hand.
func TestMailOfTomorrow(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "N1", kind: "company", country: "NZ", email: "ap@n1.example"})
		b.addItems(newItem{"N1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.at("2026-03-09", 6)
		b.knowCash("2026-03-08")
		b.run(ApproveNone)
		b.touchAll()
		b.run(ApproveNone)
		want := []string{"2026-03-10 friendly email proposed"}
		if got := b.messages("N1"); !slices.Equal(got, want) {
			t.Fatalf("after two runs: %q", got)
		}
		why := b.explained("N1")
		if a := why.Decision.Actions; len(a) != 1 || a[0].Day.String() != "2026-03-10" || len(why.Messages) != 1 || *why.Differs {
			t.Errorf("explained: %+v, messages %+v", a, why.Messages)
		}
		if _, err := b.Reject(b.ctx, tester, b.waitingIDs()); err != nil {
			t.Fatal(err)
		}
		if report := b.run(ApproveNone); report.AwaitingPerson != 0 {
			t.Errorf("a refused proposal came again: %+v", report)
		}
		b.at("2026-03-10", 6)
		b.knowCash("2026-03-09")
		report := b.run(ApproveAll)
		if report.MessagesQueued != 1 || report.Brake.WouldSend != 1 {
			t.Errorf("next day: %+v", report)
		}
		b.touchAll()
		b.run(ApproveAll)
		if got := b.messages("N1"); !slices.Equal(got, []string{"2026-03-11 friendly email approved"}) {
			t.Fatalf("next day: %q", got)
		}
		sent, err := b.MarkSent(b.ctx, tester, SentByHand{Message: b.onlyMessage(), Day: cal.None})
		if err != nil || sent.State != book.Sent || b.servedDay(sent.ID).String() != "2026-03-11" {
			t.Errorf("by hand: %+v %v", sent, err)
		}
	})
}

// TestReleasedTooLate: once the hours of a mail's day are over, releasing it would come to
// nothing, and is refused. A run at that hour plans it for the next day.
func TestReleasedTooLate(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := newTestBook(t, address, "GB", "2026-02-01")
		b.readyToSend()
		b.addCustomers(newCustomer{number: "C1", kind: "company", country: "GB", email: "ap@c1.example"})
		b.addItems(newItem{"C1", "INV-1", "2026-03-02", 60_000, book.Yes})
		b.at("2026-03-05", 6)
		b.knowCash("2026-03-05")
		b.run(ApproveNone)
		b.at("2026-03-05", 16)
		report, err := b.Approve(b.ctx, tester, b.waitingIDs())
		if err != nil || len(report.Refused) != 1 || report.Refused[0].Code != "text_expired" {
			t.Fatalf("at four: %+v %v", report, err)
		}
		b.touchAll()
		b.run(ApproveNone)
		if report, err = b.Approve(b.ctx, tester, b.waitingIDs()); err != nil || len(report.Changed) != 1 {
			t.Fatalf("anew: %+v %v", report, err)
		}
		b.at("2026-03-06", 6) // the next morning's run leaves what was released
		b.run(ApproveNone)
		if got := b.messages("C1"); !slices.Equal(got, []string{"2026-03-06 friendly email approved"}) {
			t.Errorf("next morning: %q", got)
		}
		b.at("2026-03-06", 12)
		b.touchAll()
		if b.run(ApproveNone); len(b.messages("C1")) != 0 {
			t.Errorf("when the hours were over: %q", b.messages("C1"))
		}
	})
}

// touchAll lets the next run look at everybody.
func (b *testBook) touchAll() {
	b.t.Helper()
	b.do("test_touch", func(w *recorder) error { return w.inputsChanged() })
}

func (b *testBook) onlyMessage() (id int64) {
	b.t.Helper()
	list, err := b.Outbox(b.ctx, OutboxFilter{State: book.Approved})
	if err != nil || len(list) != 1 {
		b.t.Fatalf("%+v %v", list, err)
	}
	return list[0].ID
}

func (b *testBook) explained(customer string) Explanation {
	b.t.Helper()
	e, err := b.Explain(b.ctx, ExplainRequest{Customer: b.customer[customer], On: cal.None, Recompute: true})
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

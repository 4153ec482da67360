package decide

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// account is a company in the creditor's country with one item of 6,000.00 due on a day.
func account(w *World, due string) *book.Account {
	day := cal.MustParse(due)
	return &book.Account{
		Creditor: w.Creditor, Documents: 20,
		Customer: book.Customer{ID: 1, Creditor: 1, Kind: book.Company, KindConfirmed: true, Country: w.Creditor.Country, Subdivision: w.Creditor.Subdivision,
			HasAddress: true, Since: cal.None, Goods: book.No},
		Contacts: []book.Contact{{ID: 1, Role: book.AccountsPayable, Email: "ap@customer.example", State: "ok"}},
		Items: []book.Item{{ID: 1, Kind: book.Invoice, Instalment: 1, Currency: w.Creditor.Currency, InvoiceDate: day.AddDays(-30), DueDate: day,
			DateAgreed: book.Yes, RecordedDay: day.AddDays(-30), AmountMinor: 600_000, OpenMinor: 600_000, ReportedDay: cal.None}},
	}
}

// until decides day by day, carries everything out, and stops before the first
// message of a step; it returns that day.
func until(t *testing.T, d *Decider, a *book.Account, from cal.Date, step string) cal.Date {
	t.Helper()
	var dec Decision
	for day := from; day < from.AddDays(200); day++ {
		d.Decide(a, day, &dec)
		for i := range dec.Actions {
			if dec.Actions[i].Step == step {
				return day
			}
		}
		for i := range dec.Actions {
			react(a, &dec.Actions[i], day)
		}
	}
	t.Fatalf("no %s within 200 days", step)
	return cal.None
}

func messageOf(dec *Decision, step string) *Action {
	for i := range dec.Actions {
		if dec.Actions[i].Kind == SendMessage && dec.Actions[i].Step == step {
			return &dec.Actions[i]
		}
	}
	return nil
}

// TestEachHoldStopsAndResumes turns each single fact that holds a message on: the
// run and the gate stop it. Turned off, the same step is due again.
func TestEachHoldStopsAndResumes(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	for _, step := range []string{"friendly", "formal", "final_demand"} {
		base := account(w, "2026-03-02")
		day := until(t, d, base, cal.MustParse("2026-02-01"), step)
		for _, kind := range book.HoldKinds {
			for _, item := range []int64{0, 1} {
				a := *base
				a.Holds = []book.Hold{{ID: 9, Kind: kind, Item: item, From: day.AddDays(-1), Until: cal.Far, EndDay: cal.None}}
				held(t, d, base, &a, day, step, heldCodes[kind])
				ended := a // by a person, today: the ladder goes on where it stopped
				ended.Holds = slices.Clone(a.Holds)
				ended.Holds[0].EndDay = day
				var dec Decision
				if d.Decide(&ended, day, &dec); messageOf(&dec, step) == nil {
					t.Errorf("%s is not due on the day on which %s ends: %s", step, kind, AppendPayload(nil, &dec))
				}
			}
		}
		a := *base
		a.Credits = []book.Credit{{Entry: 5, Currency: "GBP", Day: day, OpenMinor: 600_000}}
		held(t, d, base, &a, day, step, reason.InCredit)
		a = *base
		a.Items = nil
		held(t, d, base, &a, day, step, reason.Settled)
		if step != "final_demand" { // that one goes to the postal address
			a = *base
			a.Contacts, a.Customer.HasAddress = nil, false
			held(t, d, base, &a, day, step, reason.NoContact)
		}
		for _, kind := range []book.DebtorKind{book.Consumer} {
			a = *base
			a.Customer.Kind = kind
			held(t, d, base, &a, day, step, reason.NoStrategy)
		}
	}
}

// held checks that the account with the fact gets no message of the step, from run
// and gate alike, for the reason given, and that without it the step is due.
func held(t *testing.T, d *Decider, base, with *book.Account, day cal.Date, step string, want reason.Code) {
	t.Helper()
	var dec Decision
	d.Decide(with, day, &dec)
	if messageOf(&dec, step) != nil {
		t.Errorf("%s goes out in spite of %s", step, want)
	}
	if !slices.ContainsFunc(dec.Reasons, func(r reason.Reason) bool { return r.Code() == want }) {
		t.Errorf("%s with %s: reasons %s", step, want, AppendPayload(nil, &dec))
	}
	d.Decide(base, day, &dec)
	act := messageOf(&dec, step)
	if act == nil {
		t.Fatalf("%s is not due on %s without the fact: %s", step, day, AppendPayload(nil, &dec))
	}
	out, now := outgoing(act, day)
	if v, r := d.Gate(base, out, now); v != Pass {
		t.Fatalf("the gate does not let %s pass: %s", step, r.Text())
	}
	if v, r := d.Gate(with, out, now); v != Stop {
		t.Errorf("the gate lets %s pass in spite of %s (%d, %s)", step, want, v, r.Text())
	}
}

// outgoing is the message an action makes, at 10:30 of its day with fresh cash.
func outgoing(act *Action, day cal.Date) (*Outgoing, *Surroundings) {
	m := &book.Message{ID: 99, Currency: act.Currency, Day: day, Step: act.Step, Stage: int(act.Stage), Demand: act.Demand,
		Channel: book.Email, State: book.Claimed}
	return &Outgoing{Message: m, Contact: 1, Figures: Figures{CreditMinor: act.CreditMinor,
			Lines: slices.Clone(act.Lines)}},
		&Surroundings{Now: cal.Instant(day, 10, 30, time.UTC), CashKnown: day}
}

// TestGate: what stops or holds a released message at the last second.
func TestGate(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	base := account(w, "2026-03-02")
	day := until(t, d, base, cal.MustParse("2026-02-01"), "formal") // Thursday 19 March
	var dec Decision
	d.Decide(base, day, &dec)
	act := messageOf(&dec, "formal")
	for name, tt := range map[string]struct {
		change func(*book.Account, *Outgoing, *Surroundings)
		want   Verdict
		code   reason.Code
	}{
		"as released": {func(*book.Account, *Outgoing, *Surroundings) {}, Pass, ""},
		"part paid":   {func(a *book.Account, _ *Outgoing, _ *Surroundings) { a.Items[0].OpenMinor = 1 }, Stop, reason.Changed},
		"paid":        {func(a *book.Account, _ *Outgoing, _ *Surroundings) { a.Items = nil }, Stop, reason.Paid},
		"all in dispute": {func(a *book.Account, _ *Outgoing, _ *Surroundings) {
			a.Holds = partsHeld(day, a.Items[0].OpenMinor)
		}, Stop, reason.Disputed},
		"all in parts": {func(a *book.Account, _ *Outgoing, _ *Surroundings) {
			a.Holds = partsHeld(day, 1, a.Items[0].OpenMinor-1)
		}, Stop, reason.Disputed},
		"paid after a part was in dispute": {func(a *book.Account, _ *Outgoing, _ *Surroundings) {
			a.Holds, a.Items = partsHeld(day, 1), nil
		}, Stop, reason.Paid},
		"more is open": {func(a *book.Account, _ *Outgoing, _ *Surroundings) { a.Items[0].OpenMinor++ }, Stop, reason.Changed},
		"new credit": {func(a *book.Account, _ *Outgoing, _ *Surroundings) {
			a.Credits = []book.Credit{{Currency: "GBP", OpenMinor: 1}}
		}, Stop, reason.Changed},
		"address bounced":  {func(a *book.Account, _ *Outgoing, _ *Surroundings) { a.Contacts[0].State = "bounced" }, Stop, reason.AddressGone},
		"yesterday's text": {func(_ *book.Account, o *Outgoing, _ *Surroundings) { o.Message.Day-- }, Stop, reason.TextExpired},
		"tomorrow's text":  {func(_ *book.Account, o *Outgoing, _ *Surroundings) { o.Message.Day++ }, Wait, reason.StepDay},
		"contacted already": {func(a *book.Account, _ *Outgoing, _ *Surroundings) {
			a.Messages = append(slices.Clone(a.Messages), book.Message{ID: 50, Step: "friendly", State: book.Sent, SentDay: day})
		}, Stop, reason.CapDay},
		"same step by post": {func(a *book.Account, _ *Outgoing, _ *Surroundings) {
			a.Messages = append(slices.Clone(a.Messages), book.Message{ID: 50, Step: "formal", Currency: "GBP", Channel: book.Letter, State: book.Sent, SentDay: day})
		}, Pass, ""},
		"observing":         {func(_ *book.Account, _ *Outgoing, s *Surroundings) { s.Observe = true }, Wait, reason.ObserveMode},
		"cash never known":  {func(_ *book.Account, _ *Outgoing, s *Surroundings) { s.CashKnown = cal.None }, Wait, reason.CashStale},
		"cash of Tuesday":   {func(_ *book.Account, _ *Outgoing, s *Surroundings) { s.CashKnown = day - 2 }, Wait, reason.CashStale},
		"cash of Wednesday": {func(_ *book.Account, _ *Outgoing, s *Surroundings) { s.CashKnown = day - 1 }, Pass, ""},
		"too early":         {func(_ *book.Account, _ *Outgoing, s *Surroundings) { s.Now = cal.Instant(day, 8, 59, s.Now.Location()) }, Wait, reason.QuietHours},
		"last minute": {func(_ *book.Account, _ *Outgoing, s *Surroundings) {
			s.Now = cal.Instant(day, 15, 59, s.Now.Location())
		}, Pass, ""},
		"a letter in the evening": {func(_ *book.Account, o *Outgoing, s *Surroundings) {
			o.Message.Channel, s.Now = book.Letter, cal.Instant(day, 20, 0, s.Now.Location())
		}, Pass, ""},
		"a letter where it is tomorrow already": {func(a *book.Account, o *Outgoing, s *Surroundings) {
			a.Customer.Country, o.Message.Channel, s.Now = "NZ", book.Letter, cal.Instant(day, 15, 0, s.Now.Location())
		}, Pass, ""},
		"a letter of yesterday": {func(_ *book.Account, o *Outgoing, _ *Surroundings) {
			o.Message.Channel, o.Message.Day = book.Letter, o.Message.Day-1
		}, Stop, reason.TextExpired},
		"too late": {func(_ *book.Account, _ *Outgoing, s *Surroundings) { s.Now = cal.Instant(day, 16, 0, s.Now.Location()) }, Wait, reason.QuietHours},
	} {
		t.Run(name, func(t *testing.T) {
			a := *base
			a.Items, a.Contacts = slices.Clone(base.Items), slices.Clone(base.Contacts)
			out, s := outgoing(act, day)
			tt.change(&a, out, s)
			v, r := d.Gate(&a, out, s)
			if v != tt.want || (v != Pass && r.Code() != tt.code) {
				t.Errorf("verdict %d, %s; expected %d, %s", v, r.Code(), tt.want, tt.code)
			}
		})
	}
}

// TestGateLetsACorrectionPass: who got a wrong message hears so, whatever is held or
// excluded since; not where every contact is forbidden, nor by an address that is gone.
func TestGateLetsACorrectionPass(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	day := cal.MustParse("2026-03-19")
	change := map[string]func(*book.Account){
		"none":     func(*book.Account) {},
		"consumer": func(a *book.Account) { a.Customer.Kind = book.Consumer },
		"bounced":  func(a *book.Account) { a.Contacts[0].State = "bounced" },
	}
	for _, kind := range book.HoldKinds {
		change[string(kind)] = func(a *book.Account) {
			a.Holds = []book.Hold{{ID: 1, Kind: kind, From: day, Until: cal.Far, EndDay: cal.None}}
		}
	}
	stops := map[string]reason.Code{"insolvency": reason.Insolvency, "moratorium": reason.Moratorium,
		"bounced": reason.AddressGone}
	for name, change := range change {
		a := account(w, "2026-03-02")
		change(a)
		m := &book.Message{ID: 99, Currency: "GBP", Day: day - 1, Step: strategy.Correction, Channel: book.Email, State: book.Claimed}
		out := &Outgoing{Message: m, Contact: 1, Decided: cal.None, Moved: true}
		v, r := d.Gate(a, out, &Surroundings{Now: cal.Instant(day, 10, 30, time.UTC), CashKnown: cal.None})
		if (v == Stop) != (stops[name] != "") || (v == Stop && r.Code() != stops[name]) {
			t.Errorf("%s: verdict %d, %s; expected to stop by %q", name, v, r.Code(), stops[name])
		}
		if name == "bounced" {
			continue
		}
		if r, changed := d.Changed(a, out, day); changed != (stops[name] != "") {
			t.Errorf("%s: refused for release: %t, %s", name, changed, r.Code())
		}
	}
}

// partsHeld are disputes about parts of item 1.
func partsHeld(from cal.Date, minor ...int64) (holds []book.Hold) {
	for i, m := range minor {
		holds = append(holds, book.Hold{ID: int64(i + 1), Item: 1, Kind: book.HoldDispute, Currency: "GBP", Minor: m,
			From: from, Until: cal.Far, EndDay: cal.None})
	}
	return holds
}

// TestSendingHours: Monday from 10:00, Friday until 12:00, never at a weekend or on
// a closing day, and right on the nights the clocks change.
func TestSendingHours(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	send := d.place(&book.Customer{Country: "GB", Subdivision: "EW"}).send
	for at, want := range map[string]string{
		"2026-03-16 09:59": "2026-03-16 10:00", "2026-03-16 10:00": "",
		"2026-03-17 09:00": "", "2026-03-17 16:00": "2026-03-18 09:00",
		"2026-03-20 11:59": "", "2026-03-20 12:00": "2026-03-23 10:00",
		"2026-03-21 11:00": "2026-03-23 10:00",
		"2026-04-02 16:30": "2026-04-07 09:00", // Good Friday to Easter Monday
		"2026-12-23 17:00": "2027-01-04 10:00", // closing days, then a weekend
		"2026-03-29 01:30": "2026-03-30 10:00", // that half hour does not exist
		"2026-10-25 01:30": "2026-10-26 10:00", // that one comes twice
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", at, london)
		if err != nil {
			t.Fatal(err)
		}
		from, quiet := quietUntil(send, now, london)
		got := ""
		if quiet {
			got = from.In(london).Format("2006-01-02 15:04")
		}
		if got != want {
			t.Errorf("at %s: quiet until %q, expected %q", at, got, want)
		}
	}
}

// TestGermanyDateNotAgreed: with a due date known only from the invoice no message
// up to and including the one that causes default shows interest, compensation or a
// fee as owed; the next one does.
func TestGermanyDateNotAgreed(t *testing.T) {
	w := testWorld(t, "DE")
	d := New(w)
	a := account(w, "2026-03-02")
	a.Items[0].DateAgreed = book.No
	a.Items[0].InvoiceDate = cal.MustParse("2026-02-25") // the 30 days after due date and receipt end after formal
	day := until(t, d, a, cal.MustParse("2026-02-01"), "formal")
	var dec Decision
	d.Decide(a, day, &dec)
	formal := messageOf(&dec, "formal")
	if l := formal.Lines[0]; formal.Level != book.Announce || l.InterestMinor != 0 || l.CompensationMinor != 0 {
		t.Errorf("the message that causes default says %s: %+v", formal.Level, l)
	} else if l.Rate.String() != "10.27" || formal.DailyMinor == 0 || l.InterestFrom != cal.None {
		t.Errorf("the message that causes default announces %+v, expected 10.27 %% and a day's interest", l)
	}
	for i := range dec.Actions {
		react(a, &dec.Actions[i], day)
	}
	day = until(t, d, a, day+1, "final_demand")
	d.Decide(a, day, &dec)
	final := messageOf(&dec, "final_demand")
	if l := final.Lines[0]; l.InterestMinor == 0 || l.Rate.String() != "10.27" || l.InterestFrom != cal.MustParse("2026-03-20") {
		t.Errorf("after default: %+v, expected interest at 10.27 %% from the day after the formal reminder", l)
	}
	if l := final.Lines[0]; l.CompensationMinor != 0 || !slices.ContainsFunc(dec.Reasons, func(r reason.Reason) bool {
		return r.Code() == reason.CompensationOfferFirst
	}) {
		t.Errorf("compensation is claimed that was never offered: %+v, %s", l, AppendPayload(nil, &dec))
	}
	a.Items[0].DateAgreed = book.Yes
	a.Notices, a.Messages, a.Tasks = nil, nil, nil
	day = until(t, d, a, cal.MustParse("2026-02-01"), "formal")
	d.Decide(a, day, &dec)
	if l := messageOf(&dec, "formal").Lines[0]; l.Level != book.Offer || l.InterestFrom != cal.MustParse("2026-03-03") || l.CompensationMinor != 4000 {
		t.Errorf("with an agreed date formal offers %+v", l)
	}
}

// TestMissingRatesNeverStopAMessage removes every rate: all friendly and formal
// messages still go out on the same days, without a figure.
func TestMissingRatesNeverStopAMessage(t *testing.T) {
	for _, country := range []string{"GB", "DE"} {
		w := testWorld(t, country)
		bare := *w
		bare.Law = withoutRates(t)
		for _, key := range []string{"standard", "gentle", "firm"} {
			a, b := account(w, "2026-03-02"), account(w, "2026-03-02")
			a.Customer.Strategy, b.Customer.Strategy = key, key
			from := cal.MustParse("2026-02-01")
			with, without := until(t, New(w), a, from, "formal"), until(t, New(&bare), b, from, "formal")
			if with != without {
				t.Errorf("%s in %s: formal on %s without rates, %s with", key, country, without, with)
			}
			var dec Decision
			New(&bare).Decide(b, without, &dec)
			for _, l := range messageOf(&dec, "formal").Lines {
				if l.InterestMinor != 0 || l.Rate != 0 {
					t.Errorf("%s in %s: a figure without a rate: %+v", key, country, l)
				}
			}
		}
	}
}

// withoutRates loads the shipped law with every rate table cut to its heading and
// one row of long ago.
func withoutRates(t *testing.T) *law.Set {
	t.Helper()
	files, shipped := fstest.MapFS{}, os.DirFS("../law")
	take := func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(shipped, name)
		if strings.HasSuffix(name, ".csv") {
			lines := strings.SplitAfter(string(data), "\n")
			year := lines[1][:4]
			data = []byte(lines[0] + strings.Replace(lines[1], ",,", ","+year+"-12-31,", 1))
		}
		files[name] = &fstest.MapFile{Data: data}
		return err
	}
	for _, root := range []string{"packs", "rates", "world.json"} {
		if err := fs.WalkDir(shipped, root, take); err != nil {
			t.Fatal(err)
		}
	}
	set, err := law.LoadFS(files)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestStepsAfterDaysWithoutRun: after weeks without a run the customer gets the one
// step that is due, not several.
func TestStepsAfterDaysWithoutRun(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	var dec Decision
	d.Decide(a, cal.MustParse("2026-05-12"), &dec)
	messages := 0
	for i := range dec.Actions {
		if dec.Actions[i].Kind == SendMessage {
			messages++
		}
	}
	if messages != 1 || messageOf(&dec, "friendly") == nil {
		t.Errorf("ten weeks late: %s", AppendPayload(nil, &dec))
	}
}

// TestSofterMessageDoesNotCount: a small balance's last note has the stage of the
// formal reminder and does not stand for it when the sum grows again.
func TestSofterMessageDoesNotCount(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	a.Items[0].AmountMinor, a.Items[0].OpenMinor = 6_000, 6_000
	day := until(t, d, a, cal.MustParse("2026-02-01"), "decide")
	if got := a.Messages[len(a.Messages)-1].Step; got != "last_note" {
		t.Fatalf("the last message of a small balance is %s", got)
	}
	a.Items = append(a.Items, book.Item{ID: 2, Kind: book.Invoice, Instalment: 1, Currency: "GBP", InvoiceDate: day.AddDays(-40), DueDate: day.AddDays(-1),
		DateAgreed: book.Yes, RecordedDay: day.AddDays(-40), AmountMinor: 900_000, OpenMinor: 900_000, ReportedDay: cal.None})
	formal := until(t, d, a, day, "formal")
	var dec Decision
	d.Decide(a, formal, &dec)
	steps := map[int64]string{}
	for _, l := range messageOf(&dec, "formal").Lines {
		steps[l.Item] = l.Step
	}
	if steps[1] != "formal" {
		t.Errorf("item 1 after the last note: step %q in the first formal message, expected formal", steps[1])
	}
}

// TestLevels: what each country claims at formal and final demand.
func TestLevels(t *testing.T) {
	tests := []struct {
		country, step string
		change        func(*book.Account)
		level         book.Level
		interest      bool
		compensation  int64
	}{
		{"GB", "formal", nil, book.Offer, true, 7_000},
		{"GB", "final_demand", nil, book.ClaimAll, true, 7_000},
		{"DE", "formal", nil, book.Offer, true, 4_000},
		{"US", "formal", nil, book.PrincipalOnly, false, 0},
		{"US", "final_demand", nil, book.PrincipalOnly, false, 0},
		{"GB", "formal", func(a *book.Account) { a.Items[0].AmountMinor, a.Items[0].OpenMinor = 30_000, 30_000 }, book.Offer, true, 0}, // 40 is more than a tenth of 300
	}
	for _, tt := range tests {
		t.Run(tt.country+" "+tt.step, func(t *testing.T) {
			w := testWorld(t, tt.country)
			d := New(w)
			a := account(w, "2026-03-02")
			if tt.change != nil {
				tt.change(a)
			}
			day := until(t, d, a, cal.MustParse("2026-02-01"), tt.step)
			var dec Decision
			d.Decide(a, day, &dec)
			act := messageOf(&dec, tt.step)
			l := act.Lines[0]
			if act.Level != tt.level || (l.InterestMinor > 0) != tt.interest || l.CompensationMinor != tt.compensation {
				t.Errorf("%s: level %s, %+v; reasons %s", day, act.Level, l, AppendPayload(nil, &dec))
			}
		})
	}
}

// TestCompensationIsOneSum: of a debt the same fixed sum is offered and then claimed, each
// in one message, also where the item was paid and is open again in a new cycle.
func TestCompensationIsOneSum(t *testing.T) {
	for key, reopenedAfter := range map[string]string{"standard": "formal", "firm": "final_demand"} {
		d := New(testWorld(t, "DE"))
		a := account(d.w, "2026-03-02")
		a.Customer.Strategy = key
		var got []string
		var dec Decision
		for day := cal.MustParse("2026-02-01"); day < cal.MustParse("2026-12-01"); day++ {
			d.Decide(a, day, &dec)
			for i := range dec.Actions {
				act := &dec.Actions[i]
				if act.Kind == SendMessage && act.CompensationMinor() != 0 {
					got = append(got, fmt.Sprintf("%s %s %d", act.Step, act.Level, act.CompensationMinor()))
				}
				react(a, act, day)
				if act.Step == reopenedAfter {
					a.Items[0].Cycle++
				}
			}
		}
		want := []string{"formal offer 4000", "final_demand claim 4000"}
		if !slices.Equal(slices.Compact(got), want) { // a final demand goes by letter and by email
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

// TestSelect: which strategy fits, in the order in which they are tried.
func TestSelect(t *testing.T) {
	w := testWorld(t, "GB")
	day := cal.MustParse("2026-03-10")
	late := []book.Settled{{Day: day - 10, DaysLate: 25}, {Day: day - 40, DaysLate: 30}, {Day: day - 70, DaysLate: 22}}
	onTime := []book.Settled{{Day: day - 10, DaysLate: 0}, {Day: day - 40, DaysLate: -3}, {Day: day - 70, DaysLate: -1}}
	for name, tt := range map[string]struct {
		change  func(*book.Account)
		overdue int64
		want    string
	}{
		"nothing known":             {func(*book.Account) {}, 600_000, "standard"},
		"chosen by hand":            {func(a *book.Account) { a.Customer.Strategy = "firm" }, 50, "firm"},
		"key account":               {func(a *book.Account) { a.Customer.Flags, a.Customer.AccountOwner = book.FlagKeyAccount, "anna" }, 50, "key_account"},
		"key account without owner": {func(a *book.Account) { a.Customer.Flags = book.FlagKeyAccount }, 600_000, "standard"},
		"small":                     {func(*book.Account) {}, 9_999, "small_balance"},
		"not small":                 {func(*book.Account) {}, 10_000, "standard"},
		"late payer":                {func(a *book.Account) { a.Settled = late }, 600_000, "firm"},
		"late person":               {func(a *book.Account) { a.Settled, a.Customer.Kind = late, book.Individual }, 600_000, "standard"},
		"late but disputing": {func(a *book.Account) {
			a.Settled, a.Holds = late, []book.Hold{{Kind: book.HoldDispute, Item: 1, From: day - 5, Until: cal.Far, EndDay: cal.None}}
		}, 600_000, "standard"},
		"on time":       {func(a *book.Account) { a.Settled = onTime }, 600_000, "gentle"},
		"two on time":   {func(a *book.Account) { a.Settled = onTime[:2] }, 600_000, "standard"},
		"new":           {func(a *book.Account) { a.Customer.Since = day.AddMonths(-5) }, 600_000, "gentle"},
		"no longer new": {func(a *book.Account) { a.Customer.Since = day.AddMonths(-6) }, 600_000, "standard"},
		"two broken promises": {func(a *book.Account) {
			a.Settled = late[:1]
			a.Holds = []book.Hold{{Kind: book.HoldPromise, Outcome: "broken", EndDay: day - 5, From: day - 20, Until: day - 6},
				{Kind: book.HoldPromise, Outcome: "broken", EndDay: day - 60, From: day - 80, Until: day - 61}}
		}, 600_000, "firm"},
	} {
		a := account(w, "2026-03-02")
		tt.change(a)
		if got := w.Set.Select(a, "GBP", tt.overdue, 1, day); got.Key != tt.want {
			t.Errorf("%s: %s (%s), expected %s", name, got.Key, got.Why, tt.want)
		}
	}
	a := account(w, "2026-03-02") // a dispute of a paid item begins in three days: looked at again then
	a.Settled, a.Holds = late, []book.Hold{{Kind: book.HoldDispute, Item: 9, From: day + 3, Until: cal.Far, EndDay: cal.None}}
	if got := w.Set.Select(a, "GBP", 600_000, 1, day); got.Key != "firm" || got.Until != day+3 {
		t.Errorf("before a dispute: %s until %s", got.Key, got.Until)
	}
	if _, err := strategy.Parse([]byte(`{"key":"standard","version":2,"name":"x","steps":[{"key":"formal","kind":"message","channels":["email"],"to":["general"],"tone":"firm","approval":"auto_ok","deadline_days":3}]}`)); err == nil {
		t.Error("a deadline of three days was accepted")
	}
}

// TestDemandAsksForItsOwnItems: a demand asks for the items whose step is due; one that
// waits at its own step is listed apart, and the day it was given stands.
func TestDemandAsksForItsOwnItems(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	second := a.Items[0]
	second.ID, second.DueDate = 2, cal.MustParse("2026-04-13")
	a.Items = append(a.Items, second)
	day := until(t, d, a, cal.MustParse("2026-02-01"), "final_demand")
	var dec Decision
	d.Decide(a, day, &dec)
	final := *messageOf(&dec, "final_demand")
	for i := range dec.Actions {
		react(a, &dec.Actions[i], day)
	}
	day = until(t, d, a, day+1, "formal") // of the second item
	a.Credits = []book.Credit{{Day: day - 3, Currency: "GBP", OpenMinor: 700_000}}
	d.Decide(a, day, &dec)
	formal := messageOf(&dec, "formal")
	if len(formal.Lines) != 1 || formal.Lines[0].Item != 2 || formal.CreditMinor != 100_000 || formal.TotalMinor != 500_000 {
		t.Fatalf("%s: %+v", day, formal)
	}
	apart := d.Apart(a, formal.Lines, "GBP", day)
	if len(apart) != 1 || apart[0].Item.ID != 1 || apart[0].PayBy != final.PayBy || apart[0].CreditMinor != 600_000 {
		t.Errorf("apart: %+v, expected the first item, to be paid by %s, covered by credit", apart, final.PayBy)
	}
	a.Credits[0].OpenMinor = 1_300_000 // covers both
	d.Decide(a, day, &dec)
	if m := messageOf(&dec, "formal"); m != nil {
		t.Errorf("asked for what is covered by credit: %+v", m)
	}
}

// TestDailyInterestIsRoundedOnce: the interest of a further day on many small items is
// rounded over all of them, not item by item.
func TestDailyInterestIsRoundedOnce(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	one := a.Items[0]
	a.Items = nil
	for id := int64(1); id <= 1000; id++ {
		one.ID, one.AmountMinor, one.OpenMinor = id, 2000, 2000
		a.Items = append(a.Items, one)
	}
	day := until(t, d, a, cal.MustParse("2026-02-01"), "formal")
	var dec Decision
	d.Decide(a, day, &dec)
	formal := messageOf(&dec, "formal")
	want := (int64(1000*2000)*1175 + 365*10_000/2) / (365 * 10_000) // 11.75 % of 20,000.00 a day, half up
	if formal == nil || formal.DailyMinor != want {
		t.Fatalf("%s: a day's interest of %+v, expected %d", day, formal.DailyMinor, want)
	}
	figures, err := ParseFigures(AppendFigures(nil, formal))
	if err != nil || figures.DailyMinor != want {
		t.Errorf("stored as %d, %v", figures.DailyMinor, err)
	}
}

// TestCopies: further roles get a copy of the email; a director not before the final
// demand, and for a natural person's debt nobody does.
func TestCopies(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	contacts := []book.Contact{
		{ID: 1, Role: book.AccountsPayable, Email: "ap@customer.example", State: "ok"},
		{ID: 2, Role: book.Approver, Email: "approver@customer.example", State: "ok"},
		{ID: 3, Role: book.Director, Email: "director@customer.example", State: "ok"},
		{ID: 4, Role: book.Approver, Email: "gone@customer.example", State: "bounced"},
	}
	for _, tt := range []struct {
		strategy string
		kind     book.DebtorKind
		want     []int64
	}{
		{"standard", book.Company, []int64{2}},
		{"gentle", book.Company, nil}, // copies the owner: a director, and not yet
		{"standard", book.Individual, nil},
		{"standard", book.UnknownKind, nil},
	} {
		a := account(w, "2026-03-02")
		a.Contacts, a.Customer.Kind, a.Customer.Strategy = contacts, tt.kind, tt.strategy
		day := until(t, d, a, cal.MustParse("2026-02-01"), "formal")
		var dec Decision
		d.Decide(a, day, &dec)
		act := messageOf(&dec, "formal")
		if !slices.Equal(act.Copy, tt.want) {
			t.Errorf("%s to %s: copies %v, expected %v", tt.strategy, tt.kind, act.Copy, tt.want)
		}
		f, err := ParseFigures(AppendFigures(nil, act))
		if err != nil || !slices.Equal(f.Copy, act.Copy) || f.TotalMinor != act.TotalMinor || !slices.Equal(f.Lines, act.Lines) {
			t.Errorf("figures read back: %+v, %v; written %+v", f, err, act)
		}
	}
}

// TestPostBy: a letter says how it is posted; large German sums go by messenger.
func TestPostBy(t *testing.T) {
	for _, tt := range []struct {
		country string
		minor   int64
		want    string
	}{
		{"GB", 600_000, "certificate of posting"}, {"DE", 600_000, "Einwurf-Einschreiben"}, {"DE", 1_000_000, "messenger"}, {"US", 600_000, "certified mail"},
	} {
		w := testWorld(t, tt.country)
		d := New(w)
		a := account(w, "2026-03-02")
		a.Items[0].AmountMinor, a.Items[0].OpenMinor = tt.minor, tt.minor
		day := until(t, d, a, cal.MustParse("2026-02-01"), "final_demand")
		var dec Decision
		d.Decide(a, day, &dec)
		found := slices.ContainsFunc(dec.Reasons, func(r reason.Reason) bool {
			return r.Code() == reason.PostBy && strings.Contains(r.Text(), tt.want)
		})
		if !found {
			t.Errorf("%s, %d: %s", tt.country, tt.minor, AppendPayload(nil, &dec))
		}
	}
}

// TestFirmProposesACreditHold: the formal reminder to a late payer asks the person
// who may set it for a hold on new orders.
func TestFirmProposesACreditHold(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	a.Customer.Strategy = "firm"
	day := until(t, d, a, cal.MustParse("2026-02-01"), "formal")
	var dec Decision
	d.Decide(a, day, &dec)
	if !slices.ContainsFunc(dec.Actions, func(x Action) bool {
		return x.TaskKind == "propose_credit_hold" && x.ApprovalRole == "credit_manager"
	}) {
		t.Errorf("no proposal: %s", AppendPayload(nil, &dec))
	}
}

// TestNoInterestOnMoneyWeHold: unapplied credit lowers the sum that bears interest,
// from its own day: 1,500.00 for 51 days at 11.75 % are 24.63, not the 65.67 of 4,000.00.
func TestNoInterestOnMoneyWeHold(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	a.Items[0].AmountMinor, a.Items[0].OpenMinor = 400_000, 400_000
	a.Credits = []book.Credit{{Entry: 9, Kind: book.EntryCreditNote, Currency: "GBP", Day: cal.MustParse("2026-02-03"), OpenMinor: 250_000}}
	day := until(t, d, a, cal.MustParse("2026-02-01"), "final_demand")
	var dec Decision
	d.Decide(a, day, &dec)
	act := messageOf(&dec, "final_demand")
	if l := act.Lines[0]; act.PayBy != cal.MustParse("2026-04-22") || act.TotalMinor != 150_000 || l.InterestMinor != 2463 || l.CompensationMinor != 7_000 {
		t.Errorf("total %d to %s, %+v", act.TotalMinor, act.PayBy, l)
	}
}

// TestMoratoriumBearsNoInterest: 60 days of a statutory moratorium are left out.
func TestMoratoriumBearsNoInterest(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	a.Customer.Kind = book.Individual
	day := until(t, d, a, cal.MustParse("2026-02-01"), "final_demand")
	var dec Decision
	d.Decide(a, day, &dec)
	all := messageOf(&dec, "final_demand").Lines[0].InterestMinor
	a.Holds = []book.Hold{{ID: 1, Kind: book.HoldMoratorium, From: cal.MustParse("2026-03-10"), Until: cal.MustParse("2026-03-29"), EndDay: cal.None}}
	d.Decide(a, day, &dec)
	act := messageOf(&dec, "final_demand")
	// 6,000.00 at 11.75 %: 20 of the 67 days from 3 March to 8 May do not count.
	if frozen := act.Lines[0].InterestMinor; all != 12_941 || frozen != 9_078 {
		t.Errorf("interest %d, with a moratorium of 20 days %d; expected 12941 and 9078", all, frozen)
	}
}

// TestNoFigureOfAMoratorium: where the law has no figure for the days of a moratorium, or for
// those before it, there is none of the rest: its interest is not claimed in silence.
func TestNoFigureOfAMoratorium(t *testing.T) {
	w := testWorld(t, "DE")
	d := New(w)
	a := account(w, "2026-03-02")
	whose := d.applicable(&a.Customer)
	claim := d.lawClaim(a, &itemState{item: &a.Items[0], askable: a.Items[0].OpenMinor}, &whose, nil)
	first := cal.MustParse("2026-03-03")
	in, refused := whose.Contract.Pack.Interest(&claim, first, first+30)
	if refused != nil {
		t.Fatal(refused.Text())
	}
	for name, tt := range map[string]struct {
		from, until string
		refused     bool
	}{
		"known":          {"2026-03-10", "2026-03-20", false},
		"from the start": {"2026-02-10", "2026-03-20", false},
		"no rate":        {"2026-03-10", "2029-01-20", true},
		"no rate before": {"2029-01-10", "2029-01-20", true},
	} {
		a.Holds = []book.Hold{{ID: 1, Kind: book.HoldMoratorium, From: cal.MustParse(tt.from), Until: cal.MustParse(tt.until), EndDay: cal.None}}
		minor, refused := frozen(a, whose.Contract.Pack, &claim, &in, first, cal.MustParse("2029-03-01"))
		if (refused != nil) != tt.refused || (minor == 0) != tt.refused || minor >= in.Minor {
			t.Errorf("%s: %d of %d, %+v", name, minor, in.Minor, refused)
		}
	}
}

// TestOverlappingMoratoria: a day that two moratoria cover is left out once, in whatever
// order they were entered.
func TestOverlappingMoratoria(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	a.Customer.Kind = book.Individual
	day := until(t, d, a, cal.MustParse("2026-02-01"), "final_demand")
	hold := func(id int64, from, until, ended string) book.Hold {
		h := book.Hold{ID: id, Kind: book.HoldMoratorium, From: cal.MustParse(from), Until: cal.MustParse(until),
			EndDay: cal.None}
		if ended != "" {
			h.EndDay = cal.MustParse(ended)
		}
		return h
	}
	for name, holds := range map[string][]book.Hold{
		"the same twice": {hold(1, "2026-03-10", "2026-03-29", ""), hold(2, "2026-03-10", "2026-03-29", "")},
		"one after":      {hold(1, "2026-03-15", "2026-03-29", ""), hold(2, "2026-03-10", "2026-03-20", "")},
		"one within":     {hold(1, "2026-03-10", "2026-03-29", ""), hold(2, "2026-03-12", "2026-03-14", "")},
		"ended early":    {hold(1, "2026-03-10", "2026-05-01", "2026-03-30"), hold(2, "2026-03-28", "2026-03-29", "")},
	} {
		a.Holds = holds
		var dec Decision
		d.Decide(a, day, &dec)
		// As in TestMoratoriumBearsNoInterest: 10 to 29 March do not count.
		if got := messageOf(&dec, "final_demand").Lines[0].InterestMinor; got != 9_078 {
			t.Errorf("%s: interest %d, expected 9078", name, got)
		}
	}
}

// TestDirectorOfUnknownKind: as long as nobody has said that the customer is one
// person, a director is not written to before the final demand.
func TestDirectorOfUnknownKind(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	for kind, want := range map[book.DebtorKind]bool{book.UnknownKind: false, book.Company: false, book.Individual: true} {
		a := account(w, "2026-03-02")
		a.Customer.Kind, a.Customer.HasAddress = kind, false
		a.Contacts = []book.Contact{{ID: 1, Role: book.Director, Email: "director@customer.example", State: "ok"}}
		var dec Decision
		d.Decide(a, cal.MustParse("2026-03-05"), &dec)
		if got := messageOf(&dec, "friendly") != nil; got != want {
			t.Errorf("%s with a director's address only: written to %t, expected %t", kind, got, want)
		}
	}
}

// TestOpeningInEachCurrency: the first contact about each currency of a taken-over
// ledger is an opening statement.
func TestOpeningInEachCurrency(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	second := a.Items[0]
	second.ID, second.Currency = 2, "EUR"
	a.Items = append(a.Items, second)
	for i := range a.Items {
		a.Items[i].RecordedDay = cal.MustParse("2026-03-10")
	}
	var dec Decision
	steps := map[string]string{}
	for day := cal.MustParse("2026-03-11"); day < cal.MustParse("2026-03-25"); day++ {
		d.Decide(a, day, &dec)
		for i := range dec.Actions {
			if act := &dec.Actions[i]; act.Kind == SendMessage {
				steps[string(act.Currency)] += act.Step
			}
			react(a, &dec.Actions[i], day)
		}
	}
	if steps["GBP"] != "opening" || steps["EUR"] != "opening" {
		t.Errorf("first contacts %v", steps)
	}
}

// TestMailDay: a mail is planned for the first day at the debtor's place whose hours last
// until a person has had time to release it; a late run plans for the next one.
func TestMailDay(t *testing.T) {
	for _, tt := range []struct{ creditor, debtor, run, want string }{
		{"GB", "GB", "2026-03-05 06:00", "2026-03-05"},
		{"GB", "GB", "2026-03-05 15:59", "2026-03-05"},
		{"GB", "GB", "2026-03-05 16:00", "2026-03-06"},
		{"GB", "GB", "2026-03-06 12:00", "2026-03-07"}, // Friday: nothing on the Saturday
		{"GB", "DE", "2026-03-05 06:00", "2026-03-05"},
		{"GB", "DE", "2026-03-06 06:00", "2026-03-06"}, // until eleven o'clock here
		{"GB", "US-CA", "2026-03-05 23:00", "2026-03-05"},
		{"GB", "NZ", "2026-03-05 06:00", "2026-03-06"},
		{"GB", "JP", "2026-03-05 06:00", "2026-03-06"}, // one hour is left there, and none to release it
		{"GB", "AU-WA", "2026-03-05 00:30", "2026-03-06"},
		{"US", "DE", "2026-03-05 06:00", "2026-03-06"}, // until ten o'clock here
		{"US", "DE", "2026-03-11 06:00", "2026-03-11"}, // until eleven, between the two changes of clocks
		{"US", "DE", "2026-03-11 11:00", "2026-03-12"},
		{"US", "US", "2026-03-05 06:00", "2026-03-05"}, // hours from twelve to four suit the whole country
		{"US", "US", "2026-03-06 06:00", "2026-03-07"}, // on a Friday none do
		{"NZ", "US-CA", "2026-03-05 06:00", "2026-03-05"},
		{"GB", "ZZ", "2026-03-05 06:00", "2026-03-05"}, // not known: as here
	} {
		w := testWorld(t, "GB")
		w.Creditor.Country, w.Creditor.Subdivision = tt.creditor, ""
		d := New(w)
		now, err := time.ParseInLocation("2006-01-02 15:04", tt.run, d.home)
		if err != nil {
			t.Fatal(err)
		}
		country, region, _ := strings.Cut(tt.debtor, "-")
		debtor := &book.Customer{Country: country, Subdivision: region}
		d.At(now)
		if got := d.MailDay(debtor, cal.DateIn(now, d.home)); got.String() != tt.want {
			t.Errorf("%s to %s, run at %s: mail of %s, expected %s", tt.creditor, tt.debtor, tt.run, got, tt.want)
		}
		if over := d.MailOver(debtor, cal.MustParse(tt.want), now); over {
			t.Errorf("%s to %s, run at %s: its hours are over", tt.creditor, tt.debtor, tt.run)
		}
	}
}

// TestStepFarAway: the text of a message to a debtor far to the east is of the next day
// there, and so are its date to pay by and the reason why it waits over a weekend.
func TestStepFarAway(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	a.Customer.Country, a.Customer.Subdivision = "NZ", ""
	var dec Decision
	d.Decide(a, cal.MustParse("2026-03-05"), &dec)
	act := messageOf(&dec, "friendly")
	if act == nil || act.Day.String() != "2026-03-06" || act.PayBy.String() != "2026-03-13" {
		t.Fatalf("on Thursday: %+v", act)
	}
	stored, err := ParsePayload(AppendPayload(nil, &dec))
	if err != nil || stored.Actions[0].Day == nil || *stored.Actions[0].Day != act.Day {
		t.Errorf("stored: %+v %v", stored.Actions, err)
	}
	d.Decide(a, cal.MustParse("2026-03-06"), &dec)
	if messageOf(&dec, "friendly") != nil || dec.NextLookOn.String() != "2026-03-08" ||
		dec.Reasons[0].Code() != reason.NotSendDay || dec.Reasons[0].Args()[0] != "2026-03-09" {
		t.Errorf("on Friday: %s, next look %s", AppendPayload(nil, &dec), dec.NextLookOn)
	}
}

// TestAGuessedKindProtectsNobodyLess: until a person confirms that a customer is a company,
// the final demand goes by the rules for a person, and says so (guardrail R3).
func TestAGuessedKindProtectsNobodyLess(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	for confirmed, payBy := range map[bool]string{true: "2026-04-22", false: "2026-05-08"} {
		a := account(w, "2026-03-02")
		a.Customer.KindConfirmed = confirmed
		var dec Decision
		d.Decide(a, until(t, d, a, cal.MustParse("2026-02-01"), "formal"), &dec)
		if len(because(&dec, reason.KindUnconfirmed)) != 0 {
			t.Errorf("formal, confirmed %t: %s", confirmed, AppendPayload(nil, &dec))
		}
		d.Decide(a, until(t, d, a, cal.MustParse("2026-03-19"), "final_demand"), &dec)
		act, why := messageOf(&dec, "final_demand"), because(&dec, reason.KindUnconfirmed)
		if act.PayBy.String() != payBy || (len(why) == 1) == confirmed {
			t.Errorf("final demand, confirmed %t: %s", confirmed, AppendPayload(nil, &dec))
		}
	}
}

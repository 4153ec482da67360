package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// amountOf reads "12.50 GBP".
func amountOf(t testing.TB, text string) money.Money {
	t.Helper()
	m, err := money.Parse(text[:len(text)-4], money.Currency(text[len(text)-3:]))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (b *ledgerBook) pay(ref, amount, on string) (PayReport, error) {
	day := cal.None
	if on != "" {
		day = cal.MustParse(on)
	}
	return b.Pay(b.ctx, tester, PayRequest{Ref: ref, Amount: amountOf(b.t, amount), On: day,
		Reference: "thank you"})
}

func (b *ledgerBook) mustPay(ref, amount, on string) PayReport {
	b.t.Helper()
	r, err := b.pay(ref, amount, on)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// version is the version of the account with a customer number.
func (b *ledgerBook) version(number string) int64 {
	return b.number(`SELECT version FROM account a JOIN customer c ON c.tenant_id = a.tenant_id
		AND c.customer_id = a.customer_id WHERE a.tenant_id = $1 AND number = $2`, number)
}

func TestPay(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		b.mustImport(plain(
			"C1,,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,",
			"C1,,A-2,2026-01-06,2026-02-03,GBP,80.00,80.00,",
			"C1,,A-3,2026-01-07,,GBP,30.00,30.00,",
			"C1,,A-4,2026-01-07,2026-02-01,EUR,30.00,30.00,"), ImportRequest{})
		version := b.version("C1")
		r := b.mustPay("customer:C1", "30.00 GBP", "2026-02-20") // exactly A-3, though it is not the oldest
		equal(t, "exact", fmt.Sprint(r.Items), "[{item:A-3 {30.00 GBP} {0.00 GBP}}]")
		if b.version("C1") == version {
			t.Error("a payment did not raise the account's version")
		}
		r = b.mustPay("customer:C1", "90.00 GBP", "") // oldest due first
		equal(t, "oldest", fmt.Sprint(r.Items),
			"[{item:A-2 {80.00 GBP} {0.00 GBP}} {item:A-1 {10.00 GBP} {90.00 GBP}}]")
		second := r.Entry
		r = b.mustPay("item:A-1", "100.00 GBP", "2026-03-01")
		equal(t, "unapplied", r.Unapplied.Amount, "10.00")
		equal(t, "A-1", b.standingOf("A-1"), "0/10000 2026-03-02 c0")
		equal(t, "aging", b.aging("", "GBP"), "credits 1/-10.00")
		equal(t, "EUR stays", b.aging("", "EUR"), "d1_30 1/30.00")
		b.sound()

		_, err := b.pay("item:A-1", "1.00 GBP", "")
		appError(t, err, Conflict, "item_not_open")
		_, err = b.pay("item:A-4", "1.00 GBP", "")
		appError(t, err, Conflict, "item_not_open")
		_, err = b.pay("item:A-4", "1.00 EUR", "2026-03-03")
		appError(t, err, Invalid, "day_in_future")
		_, err = b.pay("item:A-4", "1.00 EUR", "1899-12-31")
		appError(t, err, Invalid, "day_implausible")
		_, err = b.pay("item:A-4", "-1.00 EUR", "")
		appError(t, err, Invalid, "amount_invalid")
		_, err = b.pay("item:NONE", "1.00 EUR", "")
		appError(t, err, NotFound, "reference_not_found")

		b.goTo("2026-03-05")
		if err := b.Reverse(b.ctx, tester, "", "customer:C1", second, cal.MustParse("2026-03-04")); err != nil {
			t.Fatal(err)
		}
		equal(t, "A-2 open again", b.standingOf("A-2"), "8000/8000  c1")
		equal(t, "A-1 open again", b.standingOf("A-1"), "1000/10000  c1")
		equal(t, "aging", b.aging("", "GBP"), "d1_30 2/90.00 credits 1/-10.00")
		equal(t, "before the return", b.aging("2026-03-03", "GBP"), "credits 1/-10.00")
		appError(t, b.Reverse(b.ctx, tester, "", "customer:C1", second, cal.None), Conflict, "reversed_before")
		b.sound()
		set, err := b.Apply(b.ctx, tester, "", "customer:C1")
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "applied", fmt.Sprint(set), "[{item:A-1 {10.00 GBP} {0.00 GBP}}]")
		_, err = b.Apply(b.ctx, tester, "", "customer:C1")
		appError(t, err, Conflict, "nothing_to_apply")
		if _, err := b.Credit(b.ctx, tester, PayRequest{Ref: "item:A-2", Amount: amountOf(t, "80.00 GBP"),
			Reference: "returned"}); err != nil {
			t.Fatal(err)
		}
		equal(t, "aging", b.aging("", "GBP"), "")
		b.sound()
	})
}

func TestHolds(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		head := "customer_number,country,number,due_date,currency,amount\n"
		b.mustImport(head+"C1,GB,A-1,2026-02-04,GBP,100.00\nC2,DE,B-1,2026-02-04,GBP,100.00\n", ImportRequest{})
		version := b.version("C1")
		h, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: "item:A-1", Kind: book.HoldDispute, Amount: amountOf(t,
			"40.00 GBP"), Reason: "broken pump"})
		if err != nil {
			t.Fatal(err)
		}
		if h.Until != nil {
			t.Errorf("a dispute is held until %s, not until it is ended", h.Until)
		}
		equal(t, "reason", h.Reason, "broken pump")
		if b.version("C1") == version {
			t.Error("a hold did not raise the account's version")
		}
		// Three banking days inland, five abroad.
		for ref, until := range map[string]string{"customer:C1": "2026-03-05", "customer:C2": "2026-03-09"} {
			h, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: ref, Kind: book.HoldAlreadyPaid, Reason: "says so"})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, ref, h.Until.String(), until)
		}
		for name, bad := range map[string]HoldRequest{
			"kind":   {Ref: "item:A-1", Kind: "nap", Reason: "x"},
			"reason": {Ref: "item:A-1", Kind: book.HoldPause},
			"amount": {Ref: "item:A-1", Kind: book.HoldDispute, Reason: "x", Amount: amountOf(t, "100.01 GBP")},
			"until": {Ref: "item:A-1", Kind: book.HoldPause, Reason: "x", From: cal.MustParse("2026-03-02"),
				Until: cal.MustParse("2026-03-01")},
		} {
			_, err := b.AddHold(b.ctx, tester, bad)
			equal(t, name, appError(t, err, Invalid, "hold_invalid").Where.Field, name)
		}
		b.goTo("2026-03-06")
		if h, err = b.EndHold(b.ctx, tester, h.Hold, "credited", "agreed on the phone"); err != nil {
			t.Fatal(err)
		}
		equal(t, "ended", h.Ended, "2026-03-06")
		_, err = b.EndHold(b.ctx, tester, h.Hold, "credited", "")
		appError(t, err, Conflict, "hold_ended")
		_, err = b.EndHold(b.ctx, tester, 999, "", "")
		appError(t, err, NotFound, "hold_not_found")
		live, err := b.Holds(b.ctx, "", "")
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "live", len(live), 1) // only the one abroad
		all, err := b.Holds(b.ctx, "", "customer:C1")
		equal(t, "of C1", fmt.Sprint(len(all), err), "2 <nil>")
	})
}

// TestHoldEnds: a promise holds through its days of grace, also in the list; how it ended
// is said in one of the words that the next decision depends on.
func TestHoldEnds(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		b.mustImport("customer_number,country,number,due_date,currency,amount\nC1,GB,A-1,2026-02-04,GBP,100.00\n", ImportRequest{})
		h, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: "item:A-1", Kind: book.HoldPromise, Reason: "x",
			Until: cal.MustParse("2026-03-05")})
		if err != nil {
			t.Fatal(err)
		}
		for _, day := range []string{"2026-03-09", "2026-03-10"} {
			live := day == "2026-03-09"
			b.goTo(day)
			list, err := b.Holds(b.ctx, "", "customer:C1")
			equal(t, "on "+day, fmt.Sprint(list[0].Live, err), fmt.Sprint(live, nil))
			subject, err := b.Find(b.ctx, "", "customer:C1")
			if err != nil {
				t.Fatal(err)
			}
			v, err := b.Customer(b.ctx, subject.Customer)
			equal(t, "shown on "+day, fmt.Sprint(len(v.Holds) == 1, err), fmt.Sprint(live, nil))
		}
		_, err = b.EndHold(b.ctx, tester, h.Hold, "upheld", "")
		e := appError(t, err, Invalid, "hold_invalid")
		equal(t, "refused", e.Where.Field+" "+e.Message, `outcome outcome: "upheld", expected how a promise ends: kept, partly, broken, superseded, withdrawn`)
		h, err = b.EndHold(b.ctx, tester, h.Hold, " Broken", "")
		equal(t, "outcome", fmt.Sprint(h.Outcome, " ", err), "broken <nil>")
	})
}

// TestHoldsOfOneKind: one that begins later is listed as such; one more of the same kind
// about the same counts with its own days, and one that would add none is refused.
func TestHoldsOfOneKind(t *testing.T) {
	eachEngine(t, "GB", "2026-03-02", func(t *testing.T, b *ledgerBook) {
		b.mustImport("customer_number,country,number,due_date,currency,amount\nC1,GB,A-1,2026-02-04,GBP,100.00\n", ImportRequest{})
		add := func(kind book.HoldKind, from, until, amount string) (HoldReport, error) {
			h := HoldRequest{Ref: "A-1", Kind: kind, From: cal.MustParse(from), Until: cal.Far, Reason: "x"}
			if until != "" {
				h.Until = cal.MustParse(until)
			}
			if amount != "" {
				h.Amount = amountOf(t, amount)
			}
			return b.AddHold(b.ctx, tester, h)
		}
		for _, ok := range [][4]string{{"pause", "2026-03-10", "2026-03-20"}, {"pause", "2026-03-15", "2026-03-25"},
			{"pause", "2026-03-05", "2026-03-20"}, {"promise", "2026-03-02", "2026-03-20"}, {"promise", "2026-03-02", "2026-03-10"},
			{"dispute", "2026-03-02", "", "40.00 GBP"}, {"dispute", "2026-03-02", "", "40.00 GBP"}, {"court", "2026-03-09", ""}} {
			if _, err := add(book.HoldKind(ok[0]), ok[1], ok[2], ok[3]); err != nil {
				t.Errorf("%v: %v", ok, err)
			}
		}
		for _, bad := range [][4]string{{"pause", "2026-03-12", "2026-03-20"}, {"pause", "2026-03-06", "2026-03-19", "10.00 GBP"},
			{"court", "2026-03-09", "2027-01-01"}, {"court", "2026-03-10", ""}} {
			_, err := add(book.HoldKind(bad[0]), bad[1], bad[2], bad[3])
			appError(t, err, Conflict, "hold_covered")
		}
		states := func() (got []string) {
			list, err := b.Holds(b.ctx, "", "")
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range list {
				got = append(got, fmt.Sprint(h.Hold, " ", h.State, " ", h.Live))
			}
			return got
		}
		equal(t, "on 2 March", strings.Join(states(), ", "), "1 begins false, 2 begins false, 3 begins false, "+
			"4 holds true, 5 holds true, 6 holds true, 7 holds true, 8 begins false")
		if h, err := b.EndHold(b.ctx, tester, 8, "", ""); err != nil || h.State != HoldOver {
			t.Errorf("ended before it began: %+v, %v", h, err)
		}
		if _, err := add(book.HoldCourt, "2026-03-10", "", ""); err != nil {
			t.Errorf("after the one that covered it was ended: %v", err)
		}
		b.goTo("2026-03-21")
		equal(t, "on 21 March", strings.Join(states(), ", "), "2 holds true, 4 holds true, 6 holds true, 7 holds true, 9 holds true")
	})
}

// TestMoreTimeHasALimit: a deferral names its day and is bound by the policy, also in
// several steps, unless a person says that it goes beyond; so is putting a message off.
func TestMoreTimeHasALimit(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyLetter(t, address) // on 5 March
		add := func(from, until string, beyond bool) (HoldReport, error) {
			return b.AddHold(b.ctx, tester, HoldRequest{Ref: "INV-1", Kind: book.HoldDeferral, Reason: "asked for", Beyond: beyond,
				From: cal.MustParse(from), Until: cal.MustParse(until)})
		}
		_, err := b.AddHold(b.ctx, tester, HoldRequest{Ref: "INV-1", Kind: book.HoldDeferral, Reason: "asked for"})
		equal(t, "without a day", appError(t, err, Invalid, "hold_invalid").Where.Field, "until")
		_, err = b.AddHold(b.ctx, tester, HoldRequest{Ref: "INV-1", Kind: book.HoldPause, Reason: "x", Beyond: true})
		equal(t, "no deferral", appError(t, err, Invalid, "hold_invalid").Where.Field, "beyond_policy")
		_, err = add("2026-03-05", "2026-06-06", false)
		if e := appError(t, err, Refused, "deferral_too_long"); !strings.Contains(e.Message, "policy.deferral_months") ||
			!strings.Contains(e.Message, "2026-06-05") || !strings.Contains(e.Message, "may give more") {
			t.Errorf("the refusal does not say what to do: %s", e.Message)
		}
		_, err = b.Postpone(b.ctx, tester, []int64{1}, cal.MustParse("2026-06-06"))
		if e := appError(t, err, Refused, "postpone_too_long"); !strings.Contains(e.Message, "2026-06-05") {
			t.Errorf("the refusal does not say until when: %s", e.Message)
		}
		for _, ok := range [][2]string{{"2026-03-05", "2026-04-05"}, {"2026-04-06", "2026-06-05"}} {
			if _, err := add(ok[0], ok[1], false); err != nil {
				t.Errorf("%v: %v", ok, err)
			}
		}
		_, err = add("2026-06-06", "2026-06-07", false)
		appError(t, err, Refused, "deferral_too_long")
		if _, err := add("2026-06-08", "2026-06-20", false); err != nil {
			t.Errorf("with a day between: %v", err)
		}
		h, err := add("2026-06-06", "2027-03-05", true)
		if err != nil || h.Reason != "asked for (beyond the policy)" {
			t.Errorf("beyond the policy: %+v, %v", h, err)
		}
		span := func(ref, from, until, part string) HoldRequest {
			h := HoldRequest{Ref: ref, Kind: book.HoldDeferral, Reason: "asked for", From: cal.MustParse(from),
				Until: cal.MustParse(until)}
			if part != "" {
				h.Amount = amountOf(t, part)
			}
			return h
		}
		for _, parts := range [][]HoldRequest{ // each of two that join on to each other is within the policy
			{span("INV-1", "2028-04-06", "2028-07-05", ""), span("INV-1", "2028-03-05", "2028-04-05", "")},
			{span("INV-1", "2029-03-05", "2029-06-05", "1.00 GBP"), span("INV-1", "2029-06-06", "2029-06-07", "1.00 GBP")},
			{span("customer:C1", "2030-03-05", "2030-06-05", ""), span("INV-1", "2030-06-06", "2030-06-07", "")},
		} {
			for i, h := range parts {
				if _, err := b.AddHold(b.ctx, tester, h); i == 0 && err != nil {
					t.Errorf("%+v: %v", h, err)
				} else if i == 1 {
					appError(t, err, Refused, "deferral_too_long")
				}
			}
		}
		if err := b.SetSetting(b.ctx, tester, "main", "policy.deferral_months", "1"); err != nil {
			t.Fatal(err)
		}
		_, err = b.Postpone(b.ctx, tester, []int64{1}, cal.MustParse("2026-04-06"))
		appError(t, err, Refused, "postpone_too_long")
		if r, err := b.Postpone(b.ctx, tester, []int64{1}, cal.MustParse("2026-04-05")); err != nil || len(r.Changed) != 1 {
			t.Errorf("within the policy: %+v, %v", r, err)
		}
	})
}

func TestNotesAndCash(t *testing.T) {
	b := onSQLite(t, "GB", "2026-03-02")
	b.mustImport(plain("C1,,A-1,2026-01-05,2026-02-04,GBP,100.00,100.00,"), ImportRequest{})
	version := b.version("C1")
	if _, err := b.Note(b.ctx, tester, NoteRequest{Ref: "customer:C1", Text: "call after Easter",
		Next: cal.MustParse("2026-04-07")}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.LateReason(b.ctx, tester, "", "item:A-1", "no_po", ""); err != nil {
		t.Fatal(err)
	}
	equal(t, "version", b.version("C1"), version+2)
	_, err := b.Note(b.ctx, tester, NoteRequest{Ref: "customer:C1", Text: " "})
	equal(t, "text", appError(t, err, Invalid, "note_invalid").Where.Field, "text")
	_, err = b.Note(b.ctx, tester, NoteRequest{Ref: "customer:C1", Text: "x", Next: cal.MustParse("2026-03-02")})
	equal(t, "next", appError(t, err, Invalid, "note_invalid").Where.Field, "next")
	_, err = b.LateReason(b.ctx, tester, "", "item:A-1", "weather", "")
	equal(t, "cause", appError(t, err, Invalid, "note_invalid").Where.Field, "cause")
	earlier := cal.MustParse("2026-01-01")
	if _, err := b.CashKnown(b.ctx, tester, "", cal.MustParse("2026-02-27")); err != nil {
		t.Fatal(err)
	}
	equal(t, "cash", b.number(`SELECT count(*) FROM cash_known WHERE tenant_id = $1 AND day = $2
		AND source = 'person'`, cal.MustParse("2026-02-27")), 1)
	if known, err := b.CashKnown(b.ctx, tester, "", earlier); err != nil || known != cal.MustParse("2026-02-27") {
		t.Errorf("an earlier day: known up to %s, %v", known, err)
	}
	_, err = b.CashKnown(b.ctx, tester, "", cal.MustParse("2026-03-03"))
	appError(t, err, Invalid, "day_in_future")
	appError(t, b.TaskDone(b.ctx, tester, 7, "x", cal.None), NotFound, "task_not_found")
}

// TestPostponeBothWays: a step that goes by email and by letter is postponed with one
// pause, so that ending the pause ends it.
func TestPostponeBothWays(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b, list := finalDemand(t, address, "")
		report, err := b.Postpone(b.ctx, tester, []int64{list[0].ID, list[1].ID}, cal.MustParse("2026-04-20"))
		if err != nil || len(report.Changed) != 2 {
			t.Fatalf("postponed: %+v, %v", report, err)
		}
		holds, err := b.Holds(b.ctx, "main", "")
		if err != nil || len(holds) != 1 {
			t.Errorf("holds %+v, %v", holds, err)
		}
	})
}

// TestWrittenIsShown: what people wrote stands where they look for it, and a note comes
// back on its day until the next one about the same.
func TestWrittenIsShown(t *testing.T) {
	onBothEngines(t, func(t *testing.T, address string) {
		b := friendlyLetter(t, address)
		due := func() (notes []string) {
			list, err := b.Tasks(b.ctx, "", false)
			if err != nil {
				t.Fatal(err)
			}
			for i := range list {
				if list[i].Note != 0 {
					notes = append(notes, list[i].DueDay.String()+" "+list[i].Reason)
				}
			}
			return notes
		}
		next := cal.MustParse("2026-03-09")
		if _, err := b.Note(b.ctx, tester, NoteRequest{Ref: "INV-1", Text: "ask Mr Pike", Next: next}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.LateReason(b.ctx, tester, "", "customer:C1", "cash_flow", "waits for a customer"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Pay(b.ctx, tester, PayRequest{Ref: "INV-1", Amount: money.Money{Minor: 100, Currency: "GBP"},
			Reference: "FPS 4711"}); err != nil {
			t.Fatal(err)
		}
		if got := due(); len(got) != 0 {
			t.Errorf("before its day: %v", got)
		}
		m, err := b.MarkSent(b.ctx, tester, SentByHand{Message: 1, Day: cal.MustParse("2026-03-05"), Tracking: "RN 1234"})
		if err != nil || m.Posted != "RN 1234" {
			t.Errorf("posted %q, %v", m.Posted, err)
		}
		b.goTo(next)
		if got := due(); len(got) != 1 || got[0] != "2026-03-09 ask Mr Pike" {
			t.Errorf("on its day: %v", got)
		}
		if _, err := b.Note(b.ctx, tester, NoteRequest{Ref: "INV-1", Text: "Mr Pike will look"}); err != nil {
			t.Fatal(err)
		}
		if got := due(); len(got) != 0 {
			t.Errorf("after the next note: %v", got)
		}
		v, err := b.Customer(b.ctx, b.customer["C1"])
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range v.Written {
			got = append(got, strings.Join([]string{w.Day.String(), w.Kind, w.Item, w.Cause, w.Text, w.Next}, "|"))
		}
		want := []string{"2026-03-09|note|INV-1||Mr Pike will look|", "2026-03-05|late_reason||cash_flow|waits for a customer|",
			"2026-03-05|note|INV-1||ask Mr Pike|2026-03-09", "2026-03-05|payment|||FPS 4711|"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("written (-want +got):\n%s", diff)
		}
	})
}

package decide

import (
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// told lives day by day from one day to another and tells what happened: messages as
// "day step>pay-by", ends of promises as "day promise_broken"; months and days of 2026.
func told(d *Decider, a *book.Account, from, to string) string {
	var dec Decision
	var out []string
	for day := cal.MustParse("2026-" + from); day <= cal.MustParse("2026-"+to); day++ {
		d.Decide(a, day, &dec)
		for i := range dec.Actions {
			act := &dec.Actions[i]
			if act.Kind == EndHold {
				k := slices.IndexFunc(a.Holds, func(h book.Hold) bool { return h.ID == act.Hold })
				a.Holds[k].EndDay, a.Holds[k].Outcome = day, act.Outcome
				out = append(out, day.String()[5:]+" "+act.TaskKind)
				continue
			}
			for _, item := range Retold(a, act) {
				a.Item(item).Cycle++
			}
			if react(a, act, day); act.Kind == SendMessage && act.Channel == book.Email {
				text := day.String()[5:] + " " + act.Step
				if act.PayBy != cal.None {
					text += ">" + act.PayBy.String()[5:]
				}
				out = append(out, text)
			}
		}
	}
	return strings.Join(out, ", ")
}

func holdOf(kind book.HoldKind, item int64, from, until, end, outcome string) book.Hold {
	h := book.Hold{ID: 7, Kind: kind, Item: item, From: cal.MustParse("2026-" + from), Until: cal.Far, EndDay: cal.None, Outcome: outcome}
	if until != "" {
		h.Until = cal.MustParse("2026-" + until)
	}
	if end != "" {
		h.EndDay = cal.MustParse("2026-" + end)
	}
	return h
}

// TestAfterAnInterruption: an item of 6,000.00 due on Monday 2 March, reminded on
// Thursday 5 March to pay by the 12th; then something holds it and ends. The step that
// is next is a call that waits two business days for a person, and then formal.
func TestAfterAnInterruption(t *testing.T) {
	pay := func(minor int64, day string) func(*book.Account) {
		return func(a *book.Account) {
			a.Items[0].OpenMinor -= minor
			a.Moves = append(a.Moves, book.Move{Item: 1, Kind: book.EntryPayment, Day: cal.MustParse("2026-" + day), Minor: -minor})
		}
	}
	for name, tt := range map[string]struct {
		hold   book.Hold
		change func(*book.Account)
		want   string // from 6 March to 30 April
	}{
		"no interruption": {hold: holdOf(book.HoldPause, 1, "03-06", "", "03-06", ""),
			want: "03-19 formal>03-26, 04-02 final_demand>04-22"},
		// Promised for Tuesday 10 March; two banking days of grace; judged on Friday 13th. One
		// new date five business days out, and after its grace the step that was next.
		"promise broken": {hold: holdOf(book.HoldPromise, 1, "03-06", "03-10", "", ""),
			want: "03-13 promise_broken, 03-13 broken_promise>03-20, 03-27 formal>04-07, 04-14 final_demand>04-30"},
		"promise kept in part": {hold: holdOf(book.HoldPromise, 1, "03-06", "03-10", "", ""), change: pay(100_000, "03-09"),
			want: "03-13 promise_partly, 03-13 broken_promise>03-20, 03-27 formal>04-07, 04-14 final_demand>04-30"},
		"promise of a part, kept": {hold: func() book.Hold {
			h := holdOf(book.HoldPromise, 1, "03-06", "03-10", "", "")
			h.Minor = 100_000
			return h
		}(), change: pay(100_000, "03-11"),
			want: "03-13 promise_kept, 03-19 formal>03-26, 04-02 final_demand>04-22"},
		"a credit note keeps nothing": {hold: holdOf(book.HoldPromise, 1, "03-06", "03-10", "", ""),
			change: func(a *book.Account) {
				a.Items[0].OpenMinor -= 100_000
				a.Moves = append(a.Moves, book.Move{Item: 1, Kind: book.EntryCreditNote, Day: cal.MustParse("2026-03-09"), Minor: -100_000})
			},
			want: "03-13 promise_broken, 03-13 broken_promise>03-20, 03-27 formal>04-07, 04-14 final_demand>04-30"},
		"money before the promise keeps nothing": {hold: holdOf(book.HoldPromise, 1, "03-06", "03-10", "", ""), change: pay(100_000, "03-05"),
			want: "03-13 promise_broken, 03-13 broken_promise>03-20, 03-27 formal>04-07, 04-14 final_demand>04-30"},
		"promise for the account": {hold: holdOf(book.HoldPromise, 0, "03-06", "03-10", "", ""),
			want: "03-13 promise_broken, 03-13 broken_promise>03-20, 03-27 formal>04-07, 04-14 final_demand>04-30"},
		"promise before the due date is no promise to judge": {hold: holdOf(book.HoldPromise, 1, "02-20", "02-27", "", ""),
			want: "03-19 formal>03-26, 04-02 final_demand>04-22"},
		"promise taken back by a person": {hold: holdOf(book.HoldPromise, 1, "03-06", "03-20", "03-13", "withdrawn"),
			want: "03-19 formal>03-26, 04-02 final_demand>04-22"},
		"promise broken by a person's word": {hold: holdOf(book.HoldPromise, 1, "03-06", "03-12", "03-13", "broken"),
			want: "03-13 broken_promise>03-20, 03-27 formal>04-07, 04-14 final_demand>04-30"},
		"promise broken before its day": {hold: holdOf(book.HoldPromise, 1, "03-06", "03-20", "03-13", "broken"),
			want: "03-19 formal>03-26, 04-02 final_demand>04-22"},
		// The note goes on the next send day: Friday 3 April is Good Friday, Monday Easter.
		"broken before Easter": {hold: holdOf(book.HoldPromise, 1, "03-06", "03-30", "", ""),
			want: "04-02 promise_broken, 04-02 broken_promise>04-13, 04-20 formal>04-27"},
		"grace over Easter": {hold: holdOf(book.HoldPromise, 1, "03-06", "03-31", "", ""),
			want: "04-07 promise_broken, 04-07 broken_promise>04-14, 04-21 formal>04-28"},
		// Dispute decided for us on Monday 16 March: seven days, and then the next step.
		"dispute upheld": {hold: holdOf(book.HoldDispute, 1, "03-09", "", "03-16", "upheld"),
			want: "03-16 dispute_answer>03-23, 03-30 formal>04-07, 04-14 final_demand>04-30"},
		"dispute split": {hold: holdOf(book.HoldDispute, 1, "03-09", "", "03-16", "split"), change: pay(200_000, "03-16"),
			want: "03-16 dispute_answer>03-23, 03-30 formal>04-07, 04-14 final_demand>04-30"},
		"dispute credited": {hold: holdOf(book.HoldDispute, 1, "03-09", "", "03-16", "credited"), change: pay(200_000, "03-16"),
			want: "03-19 formal>03-26, 04-02 final_demand>04-22"},
		// A pause that ends within 30 days of the last contact, and one that does not: the
		// statement is a message like any other and starts a gap.
		"short pause": {hold: holdOf(book.HoldPause, 0, "03-06", "04-03", "", ""),
			want: "04-09 formal>04-16, 04-23 final_demand>05-11"},
		"long pause": {hold: holdOf(book.HoldPause, 0, "03-06", "04-13", "", ""),
			want: "04-14 resumption, 04-21 formal>04-28"},
		"long deferral": {hold: holdOf(book.HoldDeferral, 1, "03-06", "04-13", "", ""),
			want: "04-14 resumption, 04-21 formal>04-28"},
		"plan ended by a person": {hold: holdOf(book.HoldPlan, 1, "03-06", "", "04-13", "broken"),
			want: "04-13 resumption, 04-20 formal>04-27"},
	} {
		t.Run(name, func(t *testing.T) {
			w := testWorld(t, "GB")
			d := New(w)
			a := account(w, "2026-03-02")
			until(t, d, a, cal.MustParse("2026-02-01"), "call_1")
			a.Tasks, a.Messages = nil, a.Messages[:len(a.Messages):len(a.Messages)]
			a.Holds = []book.Hold{tt.hold}
			if tt.change != nil {
				tt.change(a)
			}
			if got := told(d, a, "03-06", "04-30"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestSecondBrokenPromise: each promise is answered for by itself, in a new cycle, and a
// running deadline is not shortened.
func TestSecondBrokenPromise(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	told(d, a, "03-02", "03-05")
	a.Holds = []book.Hold{holdOf(book.HoldPromise, 1, "03-06", "03-09", "", "")}
	second := holdOf(book.HoldPromise, 1, "03-16", "03-17", "", "")
	if got, want := told(d, a, "03-06", "03-15"), "03-12 promise_broken, 03-12 broken_promise>03-19"; got != want {
		t.Fatalf("first: got %s, want %s", got, want)
	}
	if m := a.Messages[len(a.Messages)-1]; !m.Demand || m.Stage != int(strategy.StageFirst) {
		t.Errorf("the note is %+v", m)
	}
	second.ID = 8
	a.Holds = append(a.Holds, second)
	if got, want := told(d, a, "03-16", "03-20"), "03-20 promise_broken, 03-20 broken_promise>03-27"; got != want {
		t.Errorf("second: got %s, want %s", got, want)
	}
	if a.Items[0].Cycle != 1 {
		t.Errorf("cycle %d: the key of the first note was not freed for the second", a.Items[0].Cycle)
	}
	// 12 March is the deadline of the friendly reminder; a formal one gives until the 10th of April.
	for i := range a.Messages {
		if a.Messages[i].Step == "friendly" {
			a.Messages[i].PayBy = cal.MustParse("2026-04-10")
		}
	}
	third := holdOf(book.HoldPromise, 1, "03-21", "03-24", "", "")
	third.ID = 9
	a.Holds = append(a.Holds, third)
	if got, want := told(d, a, "03-21", "03-31"), "03-27 promise_broken, 03-27 broken_promise>04-10"; got != want {
		t.Errorf("third: got %s, want %s", got, want)
	}
}

// TestNotesAndOtherMessages: a note goes before the steps of other items, keeps the gap
// where it asks for payment, waits where credit covers what it would ask for, and is not
// written for a promise that money of the right day keeps.
func TestNotesAndOtherMessages(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	base := func() *book.Account {
		a := account(w, "2026-03-02")
		second := a.Items[0]
		second.ID, second.DueDate = 2, cal.MustParse("2026-03-09")
		a.Items = append(a.Items, second)
		told(d, a, "03-02", "03-06")
		a.Holds = []book.Hold{holdOf(book.HoldPromise, 1, "03-06", "03-10", "", "")}
		return a
	}
	a := base() // the second item is reminded on the 12th; the note keeps five business days
	if got, want := told(d, a, "03-07", "03-19"), "03-12 friendly>03-19, 03-13 promise_broken, 03-19 broken_promise>03-26"; got != want {
		t.Errorf("gap: got %s, want %s", got, want)
	}
	for _, n := range a.Notices {
		if n.Step == strategy.BrokenPromise && n.Item != 1 {
			t.Errorf("the note was told to item %d, which nobody promised", n.Item)
		}
	}
	a = base()
	a.Items[1].DueDate = cal.MustParse("2026-03-10") // due to be reminded on the 13th, as the note is
	if got, want := told(d, a, "03-07", "03-20"), "03-13 promise_broken, 03-13 broken_promise>03-20, 03-20 friendly>03-27"; got != want {
		t.Errorf("order: got %s, want %s", got, want)
	}
	a = base()
	a.Holds = append(a.Holds, holdOf(book.HoldDispute, 2, "03-06", "", "03-13", "upheld"))
	if got, want := told(d, a, "03-07", "03-16"), "03-13 promise_broken, 03-13 broken_promise>03-20, 03-16 dispute_answer>03-23"; got != want {
		t.Errorf("an answer starts no gap and keeps none, but goes on a day of its own: got %s, want %s", got, want)
	}
	a = base()
	a.Credits = []book.Credit{{Entry: 1, Kind: book.EntryPayment, Currency: "GBP", Day: cal.MustParse("2026-03-05"), OpenMinor: 600_000}}
	var dec Decision
	d.Decide(a, cal.MustParse("2026-03-13"), &dec)
	if messageOf(&dec, strategy.BrokenPromise) != nil || len(because(&dec, reason.InCredit)) != 1 || taskOf(&dec, "allocate_credit") == nil {
		t.Errorf("credit covers the promised item: %s", AppendPayload(nil, &dec))
	}
	a.Credits[0].Day = cal.MustParse("2026-03-11")
	if d.Decide(a, cal.MustParse("2026-03-13"), &dec); dec.Actions[0].Outcome != OutcomeKept {
		t.Errorf("the money came after the promise: %s", AppendPayload(nil, &dec))
	}
	a.Items, a.Credits = nil, nil
	if d.Decide(a, cal.MustParse("2026-03-12"), &dec); len(dec.Actions) != 0 || dec.NextLookOn != cal.MustParse("2026-03-13") {
		t.Errorf("paid, not judged yet: %s", AppendPayload(nil, &dec))
	}
	if d.Decide(a, cal.MustParse("2026-03-13"), &dec); dec.Actions[0].Outcome != OutcomeKept {
		t.Errorf("paid: %s", AppendPayload(nil, &dec))
	}
}

// TestNotesAtTheGate: a broken promise is told only on cash as fresh as a formal reminder
// needs; an answer needs a week's.
func TestNotesAtTheGate(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	for step, hold := range map[string]book.Hold{
		strategy.BrokenPromise: holdOf(book.HoldPromise, 1, "03-06", "03-10", "", ""),
		strategy.DisputeAnswer: holdOf(book.HoldDispute, 1, "03-06", "", "03-13", "upheld"),
	} {
		a := account(w, "2026-03-02")
		told(d, a, "03-02", "03-06")
		a.Holds = []book.Hold{hold}
		day := cal.MustParse("2026-03-13")
		var dec Decision
		d.Decide(a, day, &dec)
		act := messageOf(&dec, step)
		if act == nil || act.Approval != strategy.Ask || act.TotalMinor != 600_000 || act.Level != book.PrincipalOnly {
			t.Fatalf("%s: %s", step, AppendPayload(nil, &dec))
		}
		out, s := outgoing(act, day)
		for known, want := range map[cal.Date]Verdict{day - 1: Pass, day - 2: map[bool]Verdict{true: Wait, false: Pass}[step == strategy.BrokenPromise],
			day - 8: Wait} {
			s.CashKnown = known
			if got, r := d.Gate(a, out, s); got != want {
				t.Errorf("%s with cash known to %s: %d (%s), expected %d", step, known, got, r.Code(), want)
			}
		}
		s.CashKnown = day
		a.Items[0].OpenMinor = 100
		if got, r := d.Gate(a, out, s); got != Stop || r.Code() != reason.Changed {
			t.Errorf("%s after a payment: %d, %s", step, got, r.Code())
		}
	}
}

// TestWhatAHoldOfTheAccountConcerns: what was invoiced after the account was disputed or
// promised was neither questioned nor promised.
func TestWhatAHoldOfTheAccountConcerns(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	for name, tt := range map[string]struct {
		hold book.Hold
		want string // from 3 to 9 March, of an item invoiced on 31 January and due on 2 March
	}{
		"disputed before":  {holdOf(book.HoldDispute, 0, "01-20", "", "01-26", "upheld"), "03-05 friendly>03-12"},
		"disputed since":   {holdOf(book.HoldDispute, 0, "01-31", "", "03-03", "upheld"), "03-03 dispute_answer>03-10"},
		"promised before":  {holdOf(book.HoldPromise, 0, "01-30", "03-02", "", ""), "03-05 friendly>03-12"},
		"promised on that": {holdOf(book.HoldPromise, 0, "01-31", "03-02", "", ""), "03-05 promise_broken, 03-05 broken_promise>03-12"},
	} {
		a := account(w, "2026-03-02")
		a.Holds = []book.Hold{tt.hold}
		if got := told(d, a, "03-03", "03-09"); got != tt.want {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

// TestGateInTheGraceOfAPromise: the gate holds the promised part as long as the decision
// does, so that the message about the rest leaves.
func TestGateInTheGraceOfAPromise(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	part := holdOf(book.HoldPromise, 1, "03-02", "03-03", "", "")
	part.Minor = 200_000
	a.Holds = []book.Hold{part}
	day := cal.MustParse("2026-03-05")
	var dec Decision
	d.Decide(a, day, &dec)
	act := messageOf(&dec, "friendly")
	if act == nil || act.TotalMinor != 400_000 {
		t.Fatalf("the rest is not asked for: %s", AppendPayload(nil, &dec))
	}
	out, s := outgoing(act, day)
	if got, r := d.Gate(a, out, s); got != Pass {
		t.Errorf("the message about the rest: %d, %s", got, r.Code())
	}
	a.Holds[0].Minor = 0
	if got, r := d.Gate(a, out, s); got != Stop || r.Code() != reason.Promised {
		t.Errorf("the whole item is promised, in its days of grace: %d, %s", got, r.Code())
	}
}

// TestTheLastEndIsAnswered: a dispute decided for us is answered, also where a promise
// was broken while it lasted.
func TestTheLastEndIsAnswered(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-02")
	told(d, a, "03-02", "03-06")
	a.Holds = []book.Hold{holdOf(book.HoldPromise, 1, "03-06", "03-10", "", ""),
		holdOf(book.HoldDispute, 1, "03-09", "", "03-23", "upheld")}
	a.Holds[1].ID = 8
	want := "03-13 promise_broken, 03-23 dispute_answer>03-30"
	if got := told(d, a, "03-07", "03-31"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestPromisedAfterACredit: what was credited since a promise lowers what was promised to
// what is owed then, whether it is set against the item already or not.
func TestPromisedAfterACredit(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	since, before := cal.MustParse("2026-03-09"), cal.MustParse("2026-03-05")
	for name, tt := range map[string]struct {
		minor   int64 // named in the promise
		moves   []book.Move
		credits []book.Credit
		want    Promised
	}{
		"nothing since": {want: Promised{AmountMinor: 600_000}},
		"credited, set against the item": {moves: []book.Move{{Item: 1, Kind: book.EntryCreditNote, Day: since, Minor: -100_000}},
			want: Promised{AmountMinor: 500_000}},
		"credited, not yet set against it": {credits: []book.Credit{{Kind: book.EntryCreditNote, Day: since, OpenMinor: 100_000}},
			want: Promised{AmountMinor: 500_000}},
		"of a sum that is still owed": {minor: 300_000, moves: []book.Move{{Item: 1, Kind: book.EntryCreditNote, Day: since, Minor: -100_000}},
			want: Promised{AmountMinor: 300_000}},
		"of a sum that is no longer owed": {minor: 550_000, moves: []book.Move{
			{Item: 1, Kind: book.EntryCreditNote, Day: since, Minor: -100_000}, {Item: 1, Kind: book.EntryPayment, Day: since, Minor: -450_000}},
			want: Promised{AmountMinor: 500_000, ArrivedMinor: 450_000}},
		"credited and paid, nothing set against it": {credits: []book.Credit{
			{Kind: book.EntryCreditNote, Day: since, OpenMinor: 100_000}, {Kind: book.EntryPayment, Day: since, OpenMinor: 500_000}},
			want: Promised{AmountMinor: 500_000, ArrivedMinor: 500_000}},
		"all credited": {credits: []book.Credit{{Kind: book.EntryCreditNote, Day: since, OpenMinor: 600_000}}, want: Promised{}},
		"before":       {credits: []book.Credit{{Kind: book.EntryPayment, Day: before, OpenMinor: 600_000}}, want: Promised{AmountMinor: 600_000}},
	} {
		a := account(w, "2026-03-02")
		a.Moves, a.Credits = tt.moves, tt.credits
		for i := range a.Moves {
			a.Items[0].OpenMinor += a.Moves[i].Minor
		}
		for i := range a.Credits {
			a.Credits[i].Currency = "GBP"
		}
		h := holdOf(book.HoldPromise, 1, "03-06", "03-10", "", "")
		h.Minor = tt.minor
		if got := d.Promised(a, &h, "GBP"); got != tt.want {
			t.Errorf("%s: %+v, expected %+v", name, got, tt.want)
		}
	}
}

// TestAnAnswerBeforeTheDueDate: a dispute that is decided for us before the invoice is due
// is answered at once, to pay by the due date; invoices that are due on other days are
// answered on other days, because an answer has one date. The ladder then goes its way.
func TestAnAnswerBeforeTheDueDate(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	a := account(w, "2026-03-30")
	a.Items[0].InvoiceDate, a.Items[0].RecordedDay = cal.MustParse("2026-02-20"), cal.MustParse("2026-02-20")
	later := a.Items[0]
	later.ID, later.Number, later.DueDate = 2, "INV-2", cal.MustParse("2026-04-25") // a Saturday
	a.Items = append(a.Items, later)
	a.Holds = []book.Hold{holdOf(book.HoldDispute, 1, "03-02", "", "03-10", "upheld"),
		holdOf(book.HoldDispute, 2, "03-02", "", "03-10", "upheld")}
	want := "03-10 dispute_answer>03-30, 03-11 dispute_answer>04-27, 04-02 friendly>04-09"
	if got := told(d, a, "03-06", "04-10"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// TestAnAnswerAboutTheAccount: who questioned everything before anything was due is answered
// at once, too, and once, about what falls due first; what was overdue by then is answered
// together, and nothing that falls due later is answered again.
func TestAnAnswerAboutTheAccount(t *testing.T) {
	w := testWorld(t, "GB")
	for due, want := range map[string]string{
		"2026-03-30": "03-10 dispute_answer>03-30, 04-02 friendly>04-09, 04-16 formal>04-23, " +
			"04-17 courtesy>04-25, 04-28 friendly>05-05",
		"2026-03-06": "03-10 dispute_answer>03-17, 03-20 friendly>03-27, 04-07 formal>04-14, " +
			"04-17 courtesy>04-25, 04-21 final_demand>05-07, 04-28 friendly>05-05",
	} {
		d := New(w)
		a := account(w, due)
		a.Items[0].InvoiceDate, a.Items[0].RecordedDay = cal.MustParse("2026-02-01"), cal.MustParse("2026-02-01")
		later := a.Items[0]
		later.ID, later.DueDate = 2, cal.MustParse("2026-04-25")
		a.Items = append(a.Items, later)
		a.Holds = []book.Hold{holdOf(book.HoldDispute, 0, "03-02", "", "03-10", "upheld")}
		if got := told(d, a, "03-06", "05-01"); got != want {
			t.Errorf("due %s:\n got %s\nwant %s", due, got, want)
		}
	}
}

// TestAPromiseAboutNothingIsNotJudged: of an account with nothing due by the promised day
// only money that came keeps the promise; without any it ends in silence.
func TestAPromiseAboutNothingIsNotJudged(t *testing.T) {
	w := testWorld(t, "GB")
	d := New(w)
	came, later := cal.MustParse("2026-03-02"), cal.MustParse("2026-03-09")
	for name, tt := range map[string]struct {
		change func(*book.Account)
		want   string
	}{
		"nothing came": {func(*book.Account) {}, ""},
		"an item paid": {func(a *book.Account) { a.Settled = []book.Settled{{Day: came}} }, OutcomeKept},
		"paid later":   {func(a *book.Account) { a.Settled = []book.Settled{{Day: later}} }, ""},
		"credit came": {func(a *book.Account) {
			a.Credits = []book.Credit{{Entry: 1, Currency: "GBP", Day: came, OpenMinor: 1_000}}
		}, OutcomeKept},
	} {
		a := account(w, "2026-03-25")
		a.Holds = []book.Hold{holdOf(book.HoldPromise, 0, "03-01", "03-03", "", "")}
		tt.change(a)
		var dec Decision
		d.Decide(a, later, &dec)
		got := ""
		for i := range dec.Actions {
			got += dec.Actions[i].Outcome
		}
		if got != tt.want {
			t.Errorf("%s: %q, expected %q", name, got, tt.want)
		}
	}
}

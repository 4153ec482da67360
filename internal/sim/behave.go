package sim

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// answer is what a debtor does about a message, and how often in a hundred.
type answer struct {
	kind   string
	chance int
}

// temper is how debtors of a habit answer messages of a stage: the rest is silence.
var temper = map[Habit]map[string][]answer{
	Forgetful: {
		"soft": {{evPay, 64}, {evPromise, 10}, {evSaysPaid, 3}, {evCopy, 3}, {evAway, 3}, {evDispute, 2},
			{evReply, 2}, {evPayAgain, 3}},
		"hard": {{evPay, 85}, {evPromise, 10}},
	},
	Slow: {
		"soft": {{evPromise, 8}, {evPay, 10}, {evCopy, 2}, {evReply, 2}},
		"hard": {{evPay, 30}, {evPromise, 18}, {evDispute, 3}},
	},
	Stubborn: {
		"soft": {{evPay, 14}, {evPromise, 8}, {evAway, 3}, {evReply, 2}},
		"hard": {{evPay, 42}, {evPromise, 18}, {evDispute, 6}, {evSaysPaid, 3}},
		"last": {{evPay, 80}, {evPromise, 8}},
	},
	Silent: {
		"soft": {{evPromise, 3}, {evAway, 3}},
		"hard": {{evPromise, 6}, {evDispute, 4}},
		"last": {{evPay, 30}},
	},
	Punctual: {
		"soft": {{evPay, 88}, {evSaysPaid, 5}, {evCopy, 4}},
		"hard": {{evPay, 95}},
	},
}

// stages are how hard a step sounds to the debtor. Steps that are not here ask for nothing.
var stages = map[string]string{
	"friendly": "soft", "opening": "soft", "reminder": "soft", "second": "soft", "resumption": "soft",
	"formal": "hard", "last_note": "hard", "broken_promise": "hard", "dispute_answer": "hard",
	"final_demand": "last",
}

// debtorsRead lets the debtors make up their minds about what left today.
func (w *World) debtorsRead(ctx context.Context) error {
	sent, err := w.App.Outbox(ctx, app.OutboxFilter{State: book.Sent})
	if err != nil {
		return err
	}
	twoWays := map[string]bool{} // a mail and its letter are one message
	for i := range sent {
		m := &sent[i]
		if key := m.Customer + m.Step; m.Day == w.s.Day && !twoWays[key] {
			twoWays[key] = true
			w.read(m)
		}
	}
	return nil
}

// read plans what a debtor does about a message.
func (w *World) read(m *app.OutboxMessage) {
	d := w.Company.byNumber(m.Customer)
	stage := stages[m.Step]
	if d == nil || stage == "" || len(m.Items) == 0 || (d.Still && w.s.Day <= w.s.Until) {
		return
	}
	answers := temper[d.Habit][stage]
	if stage == "last" && answers == nil {
		answers = temper[d.Habit]["hard"]
	}
	rng := w.s.rng("read", d.Number, m.Step, m.Day)
	roll := rng.IntN(100)
	for _, a := range answers {
		if roll -= a.chance; roll < 0 {
			w.answer(d, m, a.kind, rng)
			return
		}
	}
}

// promisesMade is how many promises the prepared past holds, besides those of its script.
// The last of what has to come to an end before the demo day begins so many days before it.
const (
	promisesMade   = 39
	lastPromiseAgo = 12
	lastDisputeAgo = 26
)

// answer plans one answer of a debtor. A past that has had enough of a kind lets the debtor
// pay instead.
func (w *World) answer(d *Debtor, m *app.OutboxMessage, kind string, rng *rand.Rand) {
	soon := w.s.Day.AddDays(1 + rng.IntN(3))
	item := m.Items[0]
	left := w.s.Until.DaysSince(w.s.Day)
	switch {
	case !w.prepare:
	case left < lastPromiseAgo, kind == evDispute && left < lastDisputeAgo:
		kind = evPay
	}
	e := event{Day: soon, Kind: kind, Customer: d.Number, Item: item, Percent: 100}
	switch kind {
	case evPay:
		for _, item := range m.Items {
			w.s.plan(event{Day: w.s.Day.AddDays(1 + rng.IntN(6)), Kind: evPay, Customer: d.Number, Item: item,
				Percent: []int{100, 100, 100, 100, 100, 100, 100, 50}[rng.IntN(8)]})
		}
		return
	case evPromise:
		e.Days, e.Text = 3+rng.IntN(5), "we pay it in the next run"
	case evDispute:
		e.Minor, e.Days = int64(rng.IntN(len(grievances))), 5+rng.IntN(6)
		e.Percent = []int{100, 100, 30}[rng.IntN(3)]
		e.Word = []string{"upheld", "credited", "split"}[rng.IntN(3)]
	case evSaysPaid:
		e.Text = "it was paid yesterday, please look again"
	case evCopy:
		e.Text = "please send us a copy of the invoice"
	case evAway:
		e.Days = 4 + rng.IntN(7)
	case evReply:
		e.Text = "a question about the delivery"
	case evPayAgain:
		e.Kind, e.Word = evPay, "twice"
	}
	w.s.plan(e)
}

// crossingMost is how many payments to the British creditor crossed a reminder in the
// prepared past; a few more chases are avoided by what debtors say in time.
const crossingMost = 56

// crossing lets money arrive between the release of a reminder and its sending: the
// reminder is held back at the last second.
func (w *World) crossing(ctx context.Context) error {
	if w.eve() {
		return nil
	}
	approved, err := w.App.Outbox(ctx, app.OutboxFilter{State: book.Approved, Channel: book.Email})
	if err != nil {
		return err
	}
	for i := range approved {
		m := &approved[i]
		d := w.Company.byNumber(m.Customer)
		if d == nil || d.Still || stages[m.Step] == "" || w.prepare && d.Creditor == gb && w.s.Crossed >= crossingMost {
			continue
		}
		if w.s.rng("cross", d.Number, w.s.Day).IntN(map[string]int{gb: 4, de: 9, us: 9}[d.Creditor]) > 0 {
			continue
		}
		paid, err := w.payAll(ctx, d, m.Items)
		if err != nil {
			return err
		}
		if paid && d.Creditor == gb {
			w.s.Crossed++
		}
	}
	return nil
}

// payAll pays items of a debtor at once, today.
func (w *World) payAll(ctx context.Context, d *Debtor, items []string) (paid bool, err error) {
	all, err := w.owedBy(ctx, d.Number)
	for i := range all {
		o := &all[i]
		if err != nil || !slices.Contains(items, o.name) {
			continue
		}
		_, err = w.App.Pay(ctx, as(bank), app.PayRequest{Creditor: d.Creditor, Ref: "item:" + o.name,
			Amount: o.money(o.minor), On: w.s.Day, Reference: o.name + " " + d.Name})
		if err = w.may(err); err == nil {
			paid = true
			w.s.forget(d.Number, o.name)
			w.report.tell(NewPayments, o.money(o.minor), w.ref(d.Number, o.name, ""))
		}
	}
	return paid, err
}

// colleagues do the tasks that have waited: calls, questions, what is to be set up.
func (w *World) colleagues(ctx context.Context) error {
	if w.eve() {
		if err := w.brokenPromise(ctx); err != nil {
			return err
		}
	}
	tasks, err := w.App.Tasks(ctx, "", false)
	if err != nil {
		return err
	}
	for i := range tasks {
		t := &tasks[i]
		d := w.Company.byNumber(t.Customer)
		if d == nil || t.ID == 0 || t.DueDay >= w.s.Day || w.left(d, t) {
			continue
		}
		if err := w.task(ctx, d, t); err != nil {
			return err
		}
	}
	return nil
}

// left reports a task that shows on the demo day where a debtor stands.
func (w *World) left(d *Debtor, t *app.TaskLine) bool {
	ladder := t.Kind == "call" || t.Kind == "task" || t.Kind == strategy.Decide
	return d.Still && w.s.Day <= w.s.Until && (ladder || d.Number == harrow)
}

// do does a task that cannot wait for another day.
func (w *World) do(ctx context.Context, d *Debtor, t *app.TaskLine) error {
	early := *t
	early.DueDay = min(t.DueDay, w.s.Day-waitsAtMost)
	return w.task(ctx, d, &early)
}

// waitsAtMost is after how many days a question is answered.
const waitsAtMost = 3

// task does one task, or leaves it for another day.
func (w *World) task(ctx context.Context, d *Debtor, t *app.TaskLine) error {
	rng := w.s.rng("task", t.Kind, d.Number, w.s.Day)
	waited := w.s.Day.DaysSince(t.DueDay)
	actor, outcome, until := controller, "", cal.None
	switch t.Kind {
	case "call":
		if t.Not != nil || rng.IntN(2) > 0 {
			return nil
		}
		outcome = w.called(d, rng)
	case "task":
		outcome = "we may write to them"
		if _, err := w.App.Note(ctx, as(sales), app.NoteRequest{Creditor: d.Creditor, Ref: "customer:" + d.Number,
			Text: "Nothing is wrong with it as far as I know; write to them."}); err != nil {
			return w.may(err)
		}
	case "propose_credit_hold":
		actor, outcome = manager, []string{"set", "not needed"}[rng.IntN(2)]
	case strategy.Decide:
		if waited < waitsAtMost {
			return nil
		}
		actor, outcome, until = manager, app.OutcomeWait, w.s.Day.AddDays(10+rng.IntN(12))
	case "name_account_owner":
		s, err := w.App.Find(ctx, d.Creditor, "customer:"+d.Number)
		if err != nil {
			return w.may(err)
		}
		who := sales
		_, err = w.App.SetCustomer(ctx, as(manager), s.Customer, app.CustomerChange{AccountOwner: &who})
		return w.may(err)
	case "allocate_credit":
		if waited%20 != 4 { // not every day: often there is nothing to set it against
			return nil
		}
		_, err := w.App.Apply(ctx, as(controller), d.Creditor, "customer:"+d.Number)
		return w.may(err)
	default:
		return nil
	}
	w.report.tell(NewCalls, money.Money{}, w.ref(d.Number, "", t.Kind+": "+outcome))
	return w.may(w.App.TaskDone(ctx, as(actor), t.ID, outcome, until))
}

// called is how a call goes, and what the debtor does then.
func (w *World) called(d *Debtor, rng *rand.Rand) string {
	switch roll := rng.IntN(10); {
	case roll < 4 && (!w.prepare || w.s.Until.DaysSince(w.s.Day) > lastPromiseAgo):
		w.s.plan(event{Day: w.s.Day + 1, Kind: evCalled, Customer: d.Number, Word: evPromise, Days: 3 + rng.IntN(4)})
		return "names a day"
	case roll < 8:
		w.s.plan(event{Day: w.s.Day + 1, Kind: evCalled, Customer: d.Number, Word: evPay, Days: 1 + rng.IntN(5)})
		return "pays this week"
	}
	return "nobody there"
}

// afterCall turns what a debtor said on the phone into a promise or a payment of the oldest
// overdue item.
func (w *World) afterCall(ctx context.Context, d *Debtor, e event) error {
	items, err := w.owedBy(ctx, d.Number)
	if err != nil {
		return err
	}
	items = slices.DeleteFunc(items, func(o owed) bool { return o.due == cal.None || o.due >= w.s.Day })
	if len(items) == 0 {
		return nil
	}
	oldest := slices.MinFunc(items, func(a, b owed) int { return int(a.due) - int(b.due) })
	causes := []string{"cash_flow", "approval_pending", "oversight", "process"}
	if err := w.note(ctx, d, causes[w.s.rng("cause", e.No).IntN(len(causes))], "said on the phone"); err != nil {
		return err
	}
	said := event{Day: w.s.Day, Kind: e.Word, Customer: d.Number, Item: oldest.name, Percent: 100, Days: e.Days,
		Text: "on the phone"}
	if e.Word == evPay {
		said.Day = w.s.Day.AddDays(e.Days)
	}
	w.s.plan(said)
	return nil
}

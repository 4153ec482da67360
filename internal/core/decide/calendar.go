package decide

import (
	"cmp"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// CalendarStep is one step of a strategy's calendar.
type CalendarStep struct {
	Step  string   `json:"step"`
	Day   cal.Date `json:"day"`
	PayBy cal.Date `json:"pay_by"` // None where the step names no deadline
}

// Example is the invoice a calendar is drawn for.
type Example struct {
	Strategy string
	Due      cal.Date
	Country  string // of the debtor
	Region   string
	Kind     book.DebtorKind
}

// calendarDays is how long after the due date a ladder without any reaction ends.
const calendarDays = 200

// Calendar runs a strategy over one unpaid invoice to which nobody reacts: calls
// are not made in time, every message is served at once. It asks Decide day by
// day, so that the calendar cannot differ from what a run would do.
func (d *Decider) Calendar(e Example) []CalendarStep {
	amount := int64(12_000)
	if e.Strategy == "small_balance" {
		amount = 60
	}
	c := d.w.Creditor.Currency
	a := &book.Account{
		Creditor: d.w.Creditor, Documents: 1,
		Customer: book.Customer{ID: 1, Creditor: d.w.Creditor.ID, Kind: e.Kind, KindConfirmed: true,
			Country:     e.Country,
			Subdivision: cal.HomeRegion(e.Country, e.Region), Strategy: e.Strategy, AccountOwner: "owner",
			HasAddress: true, Since: cal.None},
		Contacts: []book.Contact{{ID: 1, Role: book.AccountsPayable, Email: "payable@customer.example",
			State: "ok"}},
		Items: []book.Item{{ID: 1, Kind: book.Invoice, Instalment: 1, Currency: c, DueDate: e.Due,
			InvoiceDate: e.Due.AddDays(-30), RecordedDay: e.Due.AddDays(-30), DateAgreed: book.Yes,
			AmountMinor: strategy.Minor(amount, c), OpenMinor: strategy.Minor(amount, c), ReportedDay: cal.None}},
	}
	var steps []CalendarStep
	var dec Decision
	for day := e.Due.AddDays(-20); day <= e.Due.AddDays(calendarDays); {
		d.Decide(a, day, &dec)
		for i := range dec.Actions {
			if s, ok := react(a, &dec.Actions[i], day); ok {
				steps = append(steps, s)
			}
		}
		if dec.NextLookOn == cal.Far {
			break
		}
		day = dec.NextLookOn
	}
	return steps
}

// react records an action as done on its day: sent and served, or a task raised
// that nobody does, or taken back. It reports the step unless another channel reported it
// already.
func react(a *book.Account, act *Action, day cal.Date) (CalendarStep, bool) {
	if act.Kind == EndTask {
		EndOpenTask(a, act, day)
		return CalendarStep{}, false
	}
	if act.Step == "" || act.Step == strategy.Statement {
		if act.Step == strategy.Statement {
			a.Messages = append(a.Messages, sent(a, act))
		}
		return CalendarStep{}, false
	}
	first := true
	for i := range a.Notices {
		first = first && a.Notices[i].Step != act.Step
	}
	told := book.Notice{Channel: act.Channel}
	if act.Kind == SendMessage {
		m := sent(a, act)
		a.Messages = append(a.Messages, m)
		told.Message = m.ID
	} else {
		told.Task = 1
		if n := len(a.Tasks); n > 0 {
			told.Task = a.Tasks[n-1].ID + 1
		}
		a.Tasks = append(a.Tasks, book.WorkItem{ID: told.Task, Kind: act.TaskKind, Step: act.Step,
			Currency: act.Currency,
			DueDay:   act.DueDay, State: book.TaskOpen, DoneDay: cal.None})
	}
	for i := range act.Lines {
		if step := act.Lines[i].Step; step != "" {
			told.Item, told.Step = act.Lines[i].Item, step
			a.Notices = append(a.Notices, told)
		}
	}
	slices.SortStableFunc(a.Notices, func(x, y book.Notice) int { return cmp.Compare(x.Item, y.Item) })
	if act.Kind == SendMessage {
		day = act.Day
	}
	return CalendarStep{Step: act.Step, Day: day, PayBy: act.PayBy}, first
}

func sent(a *book.Account, act *Action) book.Message {
	id := int64(1)
	if n := len(a.Messages); n > 0 {
		id = a.Messages[n-1].ID + 1
	}
	return book.Message{ID: id, Currency: money.Currency(act.Currency), Day: act.Day,
		Step:  act.Step,
		Stage: int(act.Stage), Demand: act.Demand, Role: act.Role, Channel: act.Channel, State: book.Sent,
		PayBy: act.PayBy, SentDay: act.Day, ServedDay: act.Day, Level: act.Level,
		Strategy: act.Strategy, CompensationMinor: act.CompensationMinor()}
}

package decide

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// ActionKind says what an action makes.
type ActionKind string

// Kinds of actions.
const (
	SendMessage ActionKind = "message"
	RaiseTask   ActionKind = "task"
	EndHold     ActionKind = "end_hold" // records how a promise ended
	EndTask     ActionKind = "end_task" // takes a task of the ladder back
)

// Action is one thing to do on the day of the decision.
type Action struct {
	Kind     ActionKind
	Strategy string
	Version  int
	Step     string // the lead step; "" for a task outside the ladder
	Stage    strategy.Stage
	Currency money.Currency
	Channel  book.Channel
	Day      cal.Date // of the message: what its text is true on, and on which it goes out
	Lines    []Line

	// Of messages.
	Demand       bool
	Role         book.Role
	Contact      int64   // 0 for a letter to the party's address
	Copy         []int64 // contacts who get a copy of an email
	Level        book.Level
	Law          string // by which it claims; "" if it claims the principal only
	Debtor       book.DebtorKind
	Language     string
	Approval     strategy.Approval
	ApprovalRole string
	PayBy        cal.Date // last day to pay, included; None where the step sets none
	TotalMinor   int64    // principal asked for, after unapplied credit
	CreditMinor  int64    // unapplied credit taken off
	DailyMinor   int64    // interest of a further day on all that the message speaks of; 0 if not known

	// Of tasks.
	TaskKind string
	Task     int64 // an open task that these items join, 0: a new one; or the task that ends
	DueDay   cal.Date
	Why      reason.Code // what is proposed, "" where the kind says it all; why the task ends

	// Of ends of holds; TaskKind names the end for people.
	Hold    int64
	Outcome string
}

// CompensationMinor is the fixed compensation that the message offers or claims.
func (a *Action) CompensationMinor() int64 {
	var sum int64
	for i := range a.Lines {
		sum = money.AddMinor(sum, a.Lines[i].CompensationMinor)
	}
	return sum
}

// Line is one item in an action, at its own step. Step is "" for an item that is told
// no step: in a statement, or one too small for a message of its own that rides along.
type Line struct {
	Item              int64
	Step              string
	Level             book.Level
	OpenMinor         int64 // what is asked for: open less the part that is held
	InterestMinor     int64 // stated at level offer or claim, to the pay-by date
	CompensationMinor int64
	InterestFrom      cal.Date // first day of interest; None where not stated
	Rate              money.Rate
	Ground            string // why or since when the debtor is in default
}

// Decision is the answer for one account on one day.
type Decision struct {
	Customer   int64
	Day        cal.Date
	Actions    []Action
	Reasons    []reason.Reason
	NextLookOn cal.Date
	Strategies []Choice
	Law        string // law of the contract
}

// Choice is the strategy that fits one currency, and why.
type Choice struct {
	Currency money.Currency
	Strategy string
	Version  int
	Why      string
}

func (d *Decision) reset(customer int64, day cal.Date) {
	*d = Decision{Customer: customer, Day: day, Actions: d.Actions[:0], Reasons: d.Reasons[:0],
		Strategies: d.Strategies[:0], NextLookOn: cal.Far}
}

// because adds a reason; its end pulls the next look.
func (d *Decision) because(r reason.Reason) {
	d.Reasons = append(d.Reasons, r)
	d.lookOn(r.Until().Day())
}

// lookOn pulls the next look to a day on which something could change.
func (d *Decision) lookOn(day cal.Date) {
	if day <= d.Day {
		day = d.Day + 1
	}
	d.NextLookOn = min(d.NextLookOn, day)
}

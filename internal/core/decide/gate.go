package decide

import (
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// Outgoing is a released message at the last second: what it is and what it states.
type Outgoing struct {
	Message *book.Message
	Contact int64
	Figures
	Decided cal.Date // the day of the run that planned it; None if none did
	Moved   bool     // a fact of the account or an input of its decision changed since then
}

// Verdict of the gate.
type Verdict uint8

// Verdicts: Pass lets the message go now; Wait keeps it released for later today;
// Stop ends it, and the customer is decided again.
const (
	Pass Verdict = iota
	Wait
	Stop
)

// Surroundings are what the gate needs besides the account and the message.
type Surroundings struct {
	Now       time.Time
	CashKnown cal.Date // cash is known up to the end of this day; None if never
	Observe   bool     // the book only observes
}

// Gate looks at a released message once more, on facts read in the transaction
// that hands it over. It stops a message whose figures are no longer true and one
// that a new fact forbids, and holds one back outside sending hours or while cash is
// not known up to date. The text of a mail is of a day at the debtor's place, that of a letter of
// the day it is posted, which is ours, as facts are. The reason is only set when the verdict is not Pass.
func (d *Decider) Gate(a *book.Account, out *Outgoing, s *Surroundings) (Verdict, reason.Reason) {
	p, m, today := d.place(&a.Customer), out.Message, cal.DateIn(s.Now, d.home)
	zones := p.zones
	if m.Channel == book.Letter {
		zones = []*time.Location{d.home}
	}
	for _, zone := range zones {
		there := cal.DateIn(s.Now, zone)
		if m.Day > there {
			return Wait, reason.New(reason.StepDay, reason.OnDay(m.Day), m.Step, m.Day.String())
		}
		if m.Day < there && m.Step != strategy.Correction {
			return stop(reason.TextExpired, m.Day.String())
		}
	}
	if v, r := d.checkAccount(a, m, today); v != Pass {
		return v, r
	}
	if v, r := d.checkLines(a, out, today); v != Pass {
		return v, r
	}
	if m.Channel == book.Email && !reachable(a, out.Contact) {
		return stop(reason.AddressGone)
	}
	if contactedToday(a, m, today) {
		return stop(reason.CapDay)
	}
	if !d.stands(a, out) {
		return stop(reason.Changed)
	}
	if a.Mode == book.ModeObserve {
		return Wait, reason.New(reason.CustomerObserved, reason.UntilFact("mode changed"))
	}
	return d.holdBack(p, m, s, today)
}

func stop(c reason.Code, args ...string) (Verdict, reason.Reason) {
	return Stop, reason.New(c, reason.UntilFact("decided again"), args...)
}

// checkAccount looks at what stands against any message to the customer. Whoever got a
// wrong message hears that it was wrong, whatever holds back what is asked of them: only
// where the law or the proceedings forbid every contact is a correction kept, too.
func (d *Decider) checkAccount(a *book.Account, m *book.Message, day cal.Date) (Verdict, reason.Reason) {
	correction := m.Step == strategy.Correction
	if why := strategy.Excluded(&a.Customer); why != "" && !correction {
		return stop(reason.NoStrategy, why)
	}
	for i := range a.Holds {
		h := &a.Holds[i]
		silent := h.Kind == book.HoldMoratorium || h.Kind == book.HoldInsolvency
		if h.Item == 0 && d.holds(h, day) && (silent || !correction) {
			return Stop, d.heldReason(a, h, day)
		}
	}
	return Pass, reason.Reason{}
}

// liveHold finds what holds the account (item 0), or all that is open of an item: a hold
// of the whole item, or one with which its held parts come to the open amount.
func (d *Decider) liveHold(a *book.Account, item int64, day cal.Date) (reason.Reason, bool) {
	var parts int64
	for i := range a.Holds {
		h := &a.Holds[i]
		if h.Item != item || !d.holds(h, day) {
			continue
		}
		whole := item == 0 || h.Minor == 0
		if !whole {
			parts = money.AddMinor(parts, h.Minor)
			it := a.Item(item)
			whole = it != nil && parts >= it.OpenMinor
		}
		if whole {
			return d.heldReason(a, h, day).ForItem(item), true
		}
	}
	return reason.Reason{}, false
}

// checkLines compares what the message states with what is true now.
func (d *Decider) checkLines(a *book.Account, out *Outgoing, today cal.Date) (Verdict, reason.Reason) {
	var askedThen, askedNow int64
	for i := range out.Lines {
		l := &out.Lines[i]
		it := a.Item(l.Item)
		if r, held := d.liveHold(a, l.Item, today); held {
			return Stop, r
		}
		askedThen = money.AddMinor(askedThen, l.OpenMinor)
		askedNow = money.AddMinor(askedNow, d.askable(a, it, l.Item, today))
	}
	if askedThen != askedNow {
		if askedNow == 0 {
			return stop(reason.Paid)
		}
		return stop(reason.Changed)
	}
	for i := range out.Lines {
		l := &out.Lines[i]
		if it := a.Item(l.Item); d.askable(a, it, l.Item, today) != l.OpenMinor {
			return stop(reason.Changed)
		}
	}
	if out.Message.Demand {
		credits := d.creditMoves(a, out.Message.Currency, today)
		switch credit := creditOn(credits, out.Lines); {
		case credit >= askedNow:
			return stop(reason.InCredit)
		case credit != out.CreditMinor:
			return stop(reason.Changed)
		}
	}
	return Pass, reason.Reason{}
}

// askable is what may be asked for of an item: open less the parts held.
func (d *Decider) askable(a *book.Account, it *book.Item, id int64, day cal.Date) int64 {
	if it == nil {
		return 0
	}
	left := it.OpenMinor
	for i := range a.Holds {
		if h := &a.Holds[i]; h.Item == id && h.Minor > 0 && d.holds(h, day) {
			left -= h.Minor
		}
	}
	return max(left, 0)
}

func reachable(a *book.Account, contact int64) bool {
	for i := range a.Contacts {
		if a.Contacts[i].ID == contact {
			return a.Contacts[i].Working()
		}
	}
	return false
}

// contactedToday reports whether the customer was contacted on the day of a message: by
// another message that is not the same step by another channel, or by a call. A correction
// waits for no other contact.
func contactedToday(a *book.Account, m *book.Message, today cal.Date) bool {
	if m.Step == strategy.Statement || m.Step == strategy.Correction {
		return false
	}
	for i := range a.Messages {
		o := &a.Messages[i]
		if o.ID == m.ID || o.SentDay != m.Day || o.Step == strategy.Statement {
			continue
		}
		if o.Currency == m.Currency && o.Step == m.Step {
			continue
		}
		return true
	}
	return slices.ContainsFunc(a.Tasks, func(t book.WorkItem) bool {
		return t.Kind == string(strategy.KindCall) && t.State == book.TaskDone &&
			(t.DoneDay == m.Day || t.DoneDay == today)
	})
}

// holdBack holds a message for later today: mode, freshness and sending hours.
func (d *Decider) holdBack(p *place, m *book.Message, s *Surroundings,
	today cal.Date) (Verdict, reason.Reason) {
	if s.Observe {
		return Wait, reason.New(reason.ObserveMode, reason.UntilFact("mode changed"))
	}
	if !d.Fresh(CashStage(m.Step, strategy.Stage(m.Stage)), today, s.CashKnown) {
		return Wait, reason.New(reason.CashStale, reason.UntilFact("cash known"), s.CashKnown.String())
	}
	if m.Channel == book.Email {
		for _, zone := range p.zones {
			if from, quiet := quietUntil(p.send, s.Now, zone); quiet {
				return Wait, reason.New(reason.QuietHours, reason.OnDay(cal.DateIn(from, zone)),
					from.In(zone).Format("2006-01-02 15:04"))
			}
		}
	}
	return Pass, reason.Reason{}
}

// CashStage is the stage by which cash must be known for a message: who says that a
// promise was broken must have looked as closely as for a formal reminder.
func CashStage(step string, stage strategy.Stage) strategy.Stage {
	if step == strategy.BrokenPromise {
		return strategy.StageFormal
	}
	return stage
}

// Fresh reports whether cash is known well enough for a message of a stage:
// formal stages need the last business day at the creditor's place, friendly ones
// a day at most a week old; notes before the due date need nothing.
func (d *Decider) Fresh(stage strategy.Stage, day, known cal.Date) bool {
	pol := &d.w.Set.Policy
	switch {
	case stage < strategy.StageFirst:
		return true
	case stage >= strategy.StageFormal:
		return known != cal.None && known >= d.bank.AddBusinessDays(day, -pol.FreshFormalDays)
	}
	return known != cal.None && day.DaysSince(known) <= pol.FreshFriendlyDays
}

// Changed reports whether what a message states is no longer true, and why. It is
// the part of the gate that a release checks.
func (d *Decider) Changed(a *book.Account, out *Outgoing, day cal.Date) (reason.Reason, bool) {
	v, r := d.checkAccount(a, out.Message, day)
	if v == Pass {
		v, r = d.checkLines(a, out, day)
	}
	if v == Pass && !d.stands(a, out) {
		v, r = stop(reason.Changed)
	}
	return r, v != Pass
}

package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// planWriter writes the decisions of one batch of accounts: decisions that changed,
// messages and tasks with their notices, and the accounts' standing.
type planWriter struct {
	run *run
	w   *recorder

	messages, tasks int64 // next ids

	planned []plannedMessage
	raised  []raisedTask
	ended   []endedHold
	over    map[string][]int64 // tasks that end, by outcome
}

type plannedMessage struct {
	id     int64
	a      *book.Account
	act    *decide.Action
	by     string // who releases it; "" = it waits
	words  int64  // the line of a person, from a proposal whose place it takes
	reason string // why it will be held, if that is known already
}

// endedHold is a promise that was judged.
type endedHold struct {
	customer int64
	act      *decide.Action
}

// batch writes everything of one batch. Accounts and decisions run in parallel.
func (p *planWriter) batch(accounts []book.Account, decisions []decide.Decision, counted *RunReport) error {
	for i := range accounts {
		if err := p.collect(&accounts[i], &decisions[i], counted); err != nil {
			return err
		}
	}
	if err := p.closeTasks(accounts, decisions); err != nil {
		return err
	}
	if err := p.endHolds(); err != nil {
		return err
	}
	if err := p.number(); err != nil {
		return err
	}
	if err := p.decisions(accounts, decisions, counted); err != nil {
		return err
	}
	if err := p.writeMessages(); err != nil {
		return err
	}
	if err := p.writeTasks(); err != nil {
		return err
	}
	return p.writeNotices(accounts)
}

// collect takes the actions of one decision, leaving out what is planned already.
func (p *planWriter) collect(a *book.Account, d *decide.Decision, counted *RunReport) error {
	for i := range d.Actions {
		act := &d.Actions[i]
		if act.Kind == decide.EndHold {
			p.ended = append(p.ended, endedHold{a.Customer.ID, act})
			continue
		}
		if act.Kind == decide.EndTask {
			if err := p.endTask(a, act); err != nil {
				return err
			}
			continue
		}
		if act.Kind == decide.RaiseTask {
			if err := p.freeKeys(a, act); err != nil {
				return err
			}
			p.raised = append(p.raised, raisedTask{a: a, act: act, id: act.Task, join: act.Task != 0})
			if act.Task == 0 {
				counted.TasksRaised++
			}
			continue
		}
		if p.run.rejected[rejectedKey{a.Customer.ID, act.Currency}] {
			continue
		}
		m := plannedMessage{a: a, act: act, by: p.run.released(a, act)}
		var err error
		if m.words, err = p.line(a, act); err != nil {
			return err
		}
		if m.words != 0 && m.by == automatic {
			m.by = "" // a person's words go out when a person says so
		}
		known, err := p.known(a, &m)
		if err != nil {
			return err
		}
		if known {
			counted.AwaitingPerson++
			continue
		}
		if err := p.freeKeys(a, act); err != nil {
			return err
		}
		m.reason = p.heldBack(a, act)
		if m.reason != "" {
			counted.DecisionsByReason[m.reason]++
		}
		if m.by != "" {
			counted.MessagesQueued++
		} else {
			counted.AwaitingPerson++
		}
		p.planned = append(p.planned, m)
	}
	return p.withdraw(a, d)
}

// freeKeys gives items that were told the same note before, or asked about at the end of
// their ladder, a new cycle: the end of each promise, dispute or pause is spoken of by
// itself, and what was decided for a time is decided again.
func (p *planWriter) freeKeys(a *book.Account, act *decide.Action) error {
	for _, item := range decide.Retold(a, act) {
		k := slices.IndexFunc(a.Items, func(it book.Item) bool { return it.ID == item })
		a.Items[k].Cycle++
		cause := "interrupted"
		if act.Step == strategy.BrokenPromise {
			cause = "agreement_broken"
		}
		if err := p.w.raiseCycle(a.Customer.ID, item, int64(a.Items[k].Cycle), p.run.day, cause); err != nil {
			return err
		}
	}
	return nil
}

// endTask takes a task of the ladder back, which makes its notices void. A new cycle frees
// the key of its step, so that it may be asked for again.
func (p *planWriter) endTask(a *book.Account, act *decide.Action) error {
	decide.EndOpenTask(a, act, p.run.day)
	p.over[string(act.Why)] = append(p.over[string(act.Why)], act.Task)
	for i := range act.Lines {
		it := a.Item(act.Lines[i].Item)
		if err := p.w.raiseCycle(a.Customer.ID, it.ID, int64(it.Cycle), p.run.day, "voided"); err != nil {
			return err
		}
	}
	return nil
}

// endHolds records how promises ended.
func (p *planWriter) endHolds() error {
	ins := p.w.Insert("hold_end")
	for i := range p.ended {
		e := &p.ended[i]
		if err := putHoldEnd(ins, e.customer, e.act.Hold, p.w.Seq(), p.run.day, e.act.Outcome, 0, nil); err != nil {
			return err
		}
	}
	return ins.Close()
}

// heldBack says what the gate will hold the message for, as far as the run knows:
// the book only observes, or cash is not known up to date.
func (p *planWriter) heldBack(a *book.Account, act *decide.Action) string {
	c := a.Creditor.ID
	switch {
	case p.run.observe:
		return string(reason.ObserveMode)
	case a.Mode == book.ModeObserve:
		return string(reason.CustomerObserved)
	case bankHeld(p.run.rules[c].values, p.w.Now()):
		return string(reason.BankChanged)
	case !p.run.deciders[c].Fresh(decide.CashStage(act.Step, act.Stage), p.run.day, p.run.cash[c]):
		return string(reason.CashStale)
	}
	return ""
}

// number takes the ids of the batch in two calls.
func (p *planWriter) number() error {
	var err error
	if len(p.planned) > 0 {
		if p.messages, err = p.w.NextIDs("message", len(p.planned)); err != nil {
			return err
		}
	}
	for i := range p.planned {
		p.planned[i].id = p.messages + int64(i)
	}
	fresh := 0
	for i := range p.raised {
		if !p.raised[i].join {
			fresh++
		}
	}
	if fresh == 0 {
		return nil
	}
	if p.tasks, err = p.w.NextIDs("task", fresh); err != nil {
		return err
	}
	for i := range p.raised {
		if !p.raised[i].join {
			p.raised[i].id = p.tasks
			p.tasks++
		}
	}
	return nil
}

func (p *planWriter) writeMessages() error {
	ins := p.w.Insert("message")
	var figures []byte
	for i := range p.planned {
		planned := &p.planned[i]
		act := planned.act
		figures = decide.AppendFigures(figures[:0], act)
		m := messageFacts{id: planned.id, customer: planned.a.Customer.ID, creditor: planned.a.Creditor.ID,
			run: p.run.id, currency: act.Currency, day: act.Day, step: act.Step, stage: int64(act.Stage),
			demand: act.Demand, strategy: act.Strategy, strategyVersion: int64(act.Version), role: string(act.Role),
			channel: string(act.Channel), level: act.Level.String(), approval: string(act.Approval),
			contact: act.Contact, payBy: act.PayBy, totalMinor: act.TotalMinor,
			compensationMinor: act.CompensationMinor(), version: planned.a.Version, inputs: p.run.inputs,
			figures: figures, state: book.Proposed, reason: planned.reason, words: planned.words}
		if planned.by != "" {
			m.state, m.approvedBy, m.approvedSeq = book.Approved, planned.by, p.w.Seq()
		}
		if err := putMessage(ins, p.w.Seq(), &m); err != nil {
			return err
		}
	}
	return ins.Close()
}

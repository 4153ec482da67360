package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
)

type raisedTask struct {
	id   int64
	a    *book.Account
	act  *decide.Action
	join bool // an open task that further items join
}

// closeTasks ends the tasks that the decisions take back, the questions for which they no
// longer give a reason, those whose cause is gone, and those about a way to reach somebody in currencies in which
// nothing is open any more.
func (p *planWriter) closeTasks(accounts []book.Account, decisions []decide.Decision) error {
	for i := range accounts {
		a := &accounts[i]
		for k := range a.Tasks {
			t := &a.Tasks[k]
			if t.State != book.TaskOpen {
				continue
			}
			settled := !slices.ContainsFunc(a.Items, func(it book.Item) bool { return it.Currency == t.Currency })
			credit := slices.ContainsFunc(a.Credits, func(c book.Credit) bool { return c.Currency == t.Currency })
			switch asks := asksAbout[t.Kind]; {
			case aboutDebt(t) && settled && !credit:
				p.over["settled"] = append(p.over["settled"], t.ID)
			case asks != "" && !gives(&decisions[i], a, asks, t.Currency), decide.Answered(a, t):
				p.over["answered"] = append(p.over["answered"], t.ID)
			}
		}
	}
	for outcome, ids := range p.over {
		if _, err := p.w.Exec(`UPDATE task SET state = 'cancelled', done_day = $3, outcome = $5, done_seq = $4
			WHERE tenant_id = $1 AND task_id IN ids($2)`, p.w.tenant, ids, p.run.day, p.w.Seq(), outcome); err != nil {
			return err
		}
	}
	return nil
}

// asksAbout are the tasks that stay open only while a decision gives their reason.
var asksAbout = map[string]reason.Code{decide.TaskReview: reason.Review, decide.TaskResidue: reason.Residue}

// gives reports whether a decision gives a reason for an item of a currency.
func gives(d *decide.Decision, a *book.Account, code reason.Code, c money.Currency) bool {
	return slices.ContainsFunc(d.Reasons, func(r reason.Reason) bool {
		return r.Code() == code && slices.ContainsFunc(a.Items, func(it book.Item) bool {
			return it.ID == r.Item() && it.Currency == c
		})
	})
}

// aboutDebt reports whether a task outside the ladder is only about what is owed. Whether
// a message arrived is asked all the same.
func aboutDebt(t *book.WorkItem) bool {
	switch t.Kind {
	case decide.TaskNoContact, decide.TaskNoPostalAddress, decide.TaskDueDate, decide.TaskCredit,
		"propose_credit_hold", decide.TaskResidue:
		return true
	}
	return false
}

func (p *planWriter) writeTasks() error {
	ins := p.w.Insert("task")
	for i := range p.raised {
		t := &p.raised[i]
		if t.join {
			continue
		}
		act := t.act
		if err := putTask(ins, p.w.Seq(), &openTask{id: t.id, customer: t.a.Customer.ID, kind: act.TaskKind,
			step: act.Step, currency: act.Currency, due: act.DueDay, role: act.ApprovalRole, why: string(act.Why),
			minor: act.TotalMinor}); err != nil {
			return err
		}
	}
	return ins.Close()
}

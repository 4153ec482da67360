package app

import (
	"cmp"
	"context"
	"time"

	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// ChangeReport says which messages changed state and which a rule kept as they are.
type ChangeReport struct {
	Changed []StateChange `json:"changed"`
	Refused []Refusal     `json:"refused"`
}

// StateChange is one message that changed.
type StateChange struct {
	Message int64             `json:"message"`
	From    book.MessageState `json:"from"`
	To      book.MessageState `json:"to"`
	// PostponedTo is the day of one that was put off; its text is written anew then.
	PostponedTo string `json:"postponed_to,omitempty"`
	// Anew is the proposal with the same figures that waits instead of one that was released.
	Anew int64 `json:"anew,omitempty"`
}

// Refusal is one message that a rule kept as it is.
type Refusal struct {
	Message int64  `json:"message"`
	Code    string `json:"code"`
	Text    string `json:"text"`
}

func (c *ChangeReport) refuse(id int64, code reason.Code, args ...string) {
	c.Refused = append(c.Refused, Refusal{id, string(code), reason.Fill(code, args)})
}

// Approve releases proposed messages that can still leave on their day, whoever the
// strategy asks for: the caller acts by name. A message whose figures are no longer true is
// refused with changed_since_approval and decided again by the next run.
func (a *App) Approve(ctx context.Context, req Request, ids []int64) (ChangeReport, error) {
	return a.approve(ctx, req, ids, func(*recorder) ([]int64, error) { return ids, nil }, nil)
}

// approve releases the messages that which finds; of those in seen, what still reads so.
func (a *App) approve(ctx context.Context, req Request, input any, which func(*recorder) ([]int64, error),
	seen map[int64]string) (ChangeReport, error) {
	out, err := a.write(ctx, req, "approve", input, func(r *recorder) error {
		w := approving{recorder: r}
		ids, err := which(r)
		if err != nil {
			return err
		}
		if err := r.lockMessages(ids); err != nil {
			return err
		}
		marks, err := a.sights(r)
		if err != nil {
			return err
		}
		if w.observe, err = a.observes(r); err != nil {
			return err
		}
		if w.judge, err = a.newJudge(r); err != nil {
			return err
		}
		for _, id := range ids {
			m, err := a.message(w, id)
			if err != nil {
				return err
			}
			if err := m.approvable(req); err != nil {
				return err
			}
			if seen != nil && m.state == book.Proposed {
				mark, err := marks.one(r, &m)
				if err != nil {
					return err
				}
				if changed := mark.against(seen[id]); changed != "" {
					w.report.Refused = append(w.report.Refused, Refusal{id, "changed_since_seen",
						"since it was looked at " + changed + ": look at it again"})
					continue
				}
			}
			if err := w.one(&m, req.Actor); err != nil {
				return err
			}
		}
		return finishChange(r, &w.report)
	})
	report, _, err := answer[ChangeReport](out, err)
	return report, err
}

// approvable refuses a message that a person must release to those who only release what
// asks.
func (m *messageRow) approvable(by Request) error {
	if m.approval == strategy.Person {
		return by.may(access.ApprovePerson)
	}
	return by.may(access.ApproveAsk)
}

// finishChange stores the report; with nothing changed, nothing is recorded.
func finishChange(w *recorder, report *ChangeReport) error {
	if err := w.result(report); err != nil {
		return err
	}
	if len(report.Changed) == 0 {
		return store.ErrNothing
	}
	return nil
}

// approving is one command that releases messages.
type approving struct {
	*recorder
	*judge
	observe bool
	report  ChangeReport
}

func (w *approving) one(m *messageRow, by string) error {
	switch {
	case ended(m.state):
		w.report.refuse(m.id, reason.MessageEnded, m.state.InWords())
		return nil
	case m.state != book.Proposed:
		w.report.refuse(m.id, reason.AlreadyPlanned)
		return nil
	case w.observe:
		w.report.refuse(m.id, reason.ObserveMode)
		return nil
	}
	acc, err := w.account(w, m.customer)
	if err != nil {
		return err
	}
	if acc.Mode == book.ModeObserve {
		w.report.refuse(m.id, reason.CustomerObserved)
		return nil
	}
	c, d, err := w.of(w, m.creditor)
	if err != nil {
		return err
	}
	today := c.today(w)
	if m.step != Correction && late(d, acc, m, today, w.Now()) {
		w.report.refuse(m.id, reason.TextExpired, m.day.String())
		return nil
	}
	if r, changed := m.changed(d, acc, today); changed {
		w.report.refuse(m.id, r.Code(), r.Args()...)
		return nil
	}
	if m.step != Correction { // which tells no item a step
		notices, err := appendNotices(nil, acc, m.figures.Lines, m.channel, m.id, 0)
		if err != nil {
			return err
		}
		if err := w.insertNotices(m.customer, notices); err != nil {
			return err
		}
	}
	if _, err := w.Exec(`UPDATE message SET state = 'approved', approved_by = $3, approved_seq = $4
		WHERE tenant_id = $1 AND message_id = $2`, w.tenant, m.id, by, w.Seq()); err != nil {
		return err
	}
	w.report.Changed = append(w.report.Changed, StateChange{Message: m.id, From: book.Proposed, To: book.Approved})
	return w.event(m.id, m.customer, today, "approved", "")
}

// late reports whether a message can no longer go out on its day: a letter is posted on
// that day at our place, a mail leaves while the hours at the debtor's place last.
func late(d *decide.Decider, acc *book.Account, m *messageRow, today cal.Date, now time.Time) bool {
	if m.channel == book.Email {
		return d.MailOver(&acc.Customer, m.day, now)
	}
	return m.day < today
}

func ended(state book.MessageState) bool { return !(&book.Message{State: state}).Live() }

// changed reports whether what a message states is no longer true, and why.
func (m *messageRow) changed(d *decide.Decider, acc *book.Account, today cal.Date) (reason.Reason, bool) {
	moved := m.moved(acc)
	planned := acc.Message(m.id)
	if !moved || planned == nil {
		return reason.Reason{}, false
	}
	return d.Changed(acc, outgoing(planned, m.contact, m.figures, m.decided, moved), today)
}

// outgoing is a message as the gate looks at it. A correction states no figure of its own,
// so none can be wrong: it goes also when all is paid.
func outgoing(m *book.Message, contact int64, f decide.Figures, decided cal.Date,
	moved bool) *decide.Outgoing {
	if m.Step == Correction {
		f, decided = decide.Figures{}, cal.None
	}
	return &decide.Outgoing{Message: m, Contact: contact, Figures: f, Decided: decided, Moved: moved}
}

// changeWaiting changes those of the messages that have not left, and refuses the others.
// change returns the state that a message has then.
func (a *App) changeWaiting(ctx context.Context, req Request, name string, input any, ids []int64,
	change func(*recorder, *messageRow) (book.MessageState, error)) (ChangeReport, error) {
	out, err := a.write(ctx, req, name, input, func(w *recorder) error {
		var report ChangeReport
		if err := w.lockMessages(ids); err != nil {
			return err
		}
		for _, id := range ids {
			m, err := a.message(w, id)
			if err != nil {
				return err
			}
			if m.state != book.Proposed && m.state != book.Approved {
				report.refuse(id, reason.MessageEnded, m.state.InWords())
				continue
			}
			to, err := change(w, &m)
			if err != nil {
				return err
			}
			report.Changed = append(report.Changed, StateChange{Message: id, From: m.state, To: to})
		}
		return finishChange(w, &report)
	})
	report, _, err := answer[ChangeReport](out, err)
	return report, err
}

// Reject ends proposed or released messages that have not left; the customer gets
// none today and is decided again tomorrow.
func (a *App) Reject(ctx context.Context, req Request, ids []int64) (ChangeReport, error) {
	return a.changeWaiting(ctx, req, "reject", ids, ids,
		func(w *recorder, m *messageRow) (book.MessageState, error) {
			today, err := a.todayOf(w, m.creditor)
			if err != nil {
				return "", err
			}
			return book.Rejected, w.voidMessage(m.id, book.Rejected, string(reason.RefusedByPerson), today)
		})
}

// Postpone ends messages that have not left and pauses their customers, so that they are
// decided again on the day. Errors: invalid (postpone_day); refused with postpone_too_long:
// more time than the policy gives is a deferral, for which a person answers.
func (a *App) Postpone(ctx context.Context, req Request, ids []int64, to cal.Date) (ChangeReport, error) {
	report, err := a.changeWaiting(ctx, req, "postpone", []any{ids, to}, ids,
		func(w *recorder, m *messageRow) (book.MessageState, error) {
			if m.step == Correction {
				return "", refusedText("correction_not_postponed",
					sprintf("message %d takes an earlier one back: it waits "+
						"until it is released; reject it if it is not to go out", m.id))
			}
			if to <= m.day {
				return "", invalid("postpone_day", "postpone to a day after %s", m.day)
			}
			today, err := a.todayOf(w, m.creditor)
			if err != nil {
				return "", err
			}
			months, err := a.deferralMonths(w, m.creditor)
			if err != nil {
				return "", err
			}
			if most := today.AddMonths(months); to > most {
				return "", refusedText("postpone_too_long", sprintf("a message is put off for at most %d months "+
					"(policy.deferral_months), to %s; more time is a deferral", months, most))
			}
			if err := w.voidMessage(m.id, book.Rejected, "postponed to "+to.String(), today); err != nil {
				return "", err
			}
			paused, err := w.paused(m.customer)
			if err != nil || paused {
				return book.Rejected, err
			}
			_, err = w.hold(m.customer, book.Hold{Kind: book.HoldPause, From: min(m.day, today), Until: to - 1},
				cmp.Or(req.Reason, "a message was postponed to "+to.String()))
			return book.Rejected, err
		})
	for i := range report.Changed {
		report.Changed[i].PostponedTo = to.String()
	}
	return report, err
}

// paused reports whether this command has paused a customer already: a step that goes by
// letter and by email is one step.
func (r *recorder) paused(customer int64) (found bool, err error) {
	err = store.Each(r, `SELECT 1 FROM hold WHERE tenant_id = $1 AND customer_id = $2 AND seq = $3`,
		[]any{r.tenant, customer, r.Seq()}, func(store.Rows) error { found = true; return nil })
	return found, err
}

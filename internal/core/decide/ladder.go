package decide

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// ladder decides the items of one currency on one day.
type ladder struct {
	d            *Decider
	a            *book.Account
	st           *strategy.Strategy
	p            *place
	day          cal.Date
	currency     money.Currency
	overdueMinor int64
	opening      bool
	into         *Decision
}

// item finds the item's next step and either marks it due today or states why not.
func (l *ladder) item(s *itemState) {
	if !s.item.Overdue(l.day) {
		l.beforeDue(s)
		return
	}
	i := s.told.next(l.st)
	var last *strategy.Step // the task step before the next one, for its waiting time
	if i > 0 && l.st.Steps[i-1].Kind != strategy.KindMessage {
		last = &l.st.Steps[i-1]
	}
	for i < len(l.st.Steps) && l.st.Steps[i].Skipped(l.overdueMinor, l.currency) {
		i++
	}
	if i == len(l.st.Steps) {
		if i = l.st.Index(strategy.Decide); i < 0 || s.told.asked(l.a) {
			l.because(s, reason.LadderEnded, reason.UntilFact("decision recorded"))
			return
		}
		last = nil // decided before, and open all the same: it is to be decided again
	}
	l.when(s, &l.st.Steps[i], last)
}

func (l *ladder) because(s *itemState, c reason.Code, u reason.Until, args ...string) {
	l.into.because(reason.New(c, u, args...).ForItem(s.item.ID))
}

// when works out the first day on which the next step of an overdue item may go.
func (l *ladder) when(s *itemState, step *strategy.Step, lastTask *strategy.Step) {
	name := step.Key
	if l.opening && step.Stage() == strategy.StageFirst {
		name = strategy.Opening
	}
	code, args := reason.StepDay, []string{name, ""}
	earliest := l.day
	if step.FromDueDays != nil {
		earliest = s.item.DueDate.AddDays(*step.FromDueDays)
	}
	payBy := s.told.since
	if m := s.told.message; m != nil {
		if l.waitsForService(s, m) {
			return
		}
		payBy = m.PayBy
	}
	lastKey := l.lastStep(s)
	if m := s.told.note; m != nil {
		if l.waitsForService(s, m) {
			return
		}
		if m.PayBy > payBy {
			payBy, lastKey = m.PayBy, m.Step
		}
	}
	if payBy != cal.None {
		after := cal.NextAfterGrace(payBy, l.d.w.Set.Policy.GraceBankingDays, l.d.bank)
		if after > earliest {
			earliest, code = after, reason.DeadlineRunning
			args = []string{lastKey, payBy.String(), name, ""}
		}
	}
	if lastTask != nil {
		if until, open := l.taskUntil(s, lastTask); until > earliest {
			earliest, code = until, reason.StepDay
			args = []string{name, ""}
			if open {
				code, args = reason.TaskOpen, []string{lastTask.Key, ""}
			}
		}
	}
	if earliest > l.day {
		args[len(args)-1] = l.roll(step, earliest).String()
		until := reason.OnDay(earliest)
		if code == reason.TaskOpen {
			until = until.Or(reason.UntilFact("task done"))
		}
		l.because(s, code, until, args...)
		return
	}
	if step.Kind != strategy.KindMessage && !l.d.ours.IsBusinessDay(l.day) {
		goes := l.d.ours.RollForward(l.day)
		l.because(s, reason.NotSendDay, reason.OnDay(goes), goes.String())
		return
	}
	if l.tooSmall(s, step) {
		return
	}
	s.next = step // whether today is a send day is asked after gap and caps
}

func (l *ladder) lastStep(s *itemState) string {
	if s.told.message != nil {
		return s.told.message.Step
	}
	return "the earlier reminder"
}

// roll moves a day to one on which the step can be done: a send day for messages,
// a business day at our place for calls and tasks.
func (l *ladder) roll(step *strategy.Step, earliest cal.Date) cal.Date {
	switch {
	case step.Kind == strategy.KindMessage && step.CountFrom == book.Letter:
		return l.p.send.RollForward(earliest)
	case step.Kind == strategy.KindMessage:
		return l.d.mailFrom(l.p, earliest)
	}
	return l.d.ours.RollForward(earliest)
}

// waitsForService states why the last message does not count yet, if so.
func (l *ladder) waitsForService(s *itemState, m *book.Message) bool {
	switch m.State {
	case book.Unknown:
		l.because(s, reason.OutcomeUnknown, reason.UntilFact("message resolved"), m.Step)
		return true
	case book.Approved, book.Claimed, book.HandingOver:
		l.because(s, reason.MessageUnderway, reason.OnDay(l.day+1), m.Step)
		return true
	case book.Sent:
		if m.ServedDay == cal.None {
			l.because(s, reason.NotServed, reason.UntilFact("message served"), m.Step)
			return true
		}
		if m.Channel == book.Email && l.day <= m.SentDay {
			l.because(s, reason.MessageUnderway, reason.OnDay(m.SentDay+1), m.Step)
			return true
		}
	}
	return false
}

// taskUntil is the day from which the ladder goes on after a task step, and
// whether the task is still open.
func (l *ladder) taskUntil(s *itemState, step *strategy.Step) (cal.Date, bool) {
	t := s.told.task(l.a, step.Key)
	if t == nil {
		return cal.None, false
	}
	switch t.State {
	case book.TaskDone:
		return t.DoneDay, false
	case book.TaskOpen:
		return l.p.calendar.AddBusinessDays(t.DueDay, step.WaitDays), true
	}
	return cal.None, false
}

// tooSmall states that the item is too small for a message of its own.
func (l *ladder) tooSmall(s *itemState, step *strategy.Step) bool {
	open := s.askable
	small := open < strategy.Minor(step.MinOpen, l.currency) ||
		l.overdueMinor < strategy.Minor(step.MinTotal, l.currency) ||
		(step.MinPercent > 0 && open*100 < s.item.AmountMinor*int64(step.MinPercent))
	if small {
		s.small = true
		l.because(s, reason.BelowMinimum, reason.UntilFact("amount changed"),
			money.FormatMinor(open, l.currency.Exponent()))
	}
	return small
}

// daysKnown is how long the book must have known an item before a note before its due
// date goes out: a ledger just taken over brings opening statements, not courtesy notes.
const daysKnown = 7

// beforeDue handles an item that is not overdue: the courtesy note or
// confirmation, and else the day on which it becomes overdue.
func (l *ladder) beforeDue(s *itemState) {
	overdueOn := s.item.DueDate + 1
	for i := range l.st.Steps {
		step := &l.st.Steps[i]
		if !step.BeforeDue() || l.d.mailDay(l.p, l.day) > s.item.DueDate || s.told.told(step) ||
			l.noCourtesy(s, step) {
			continue
		}
		goes := l.p.send.RollBack(s.item.DueDate.AddDays(*step.FromDueDays))
		goes = max(goes, s.item.RecordedDay.AddDays(daysKnown))
		if step.NotWithin > 0 && s.item.InvoiceDate != cal.None {
			goes = max(goes, s.item.InvoiceDate.AddDays(step.NotWithin))
		}
		if goes = l.d.planFor(l.p, goes); goes <= l.day {
			s.next = step
			l.into.lookOn(l.d.planFor(l.p, overdueOn)) // by mail it would come too late
			return
		}
		overdueOn = min(overdueOn, goes)
	}
	l.because(s, reason.NotDue, reason.OnDay(overdueOn), s.item.DueDate.String(), overdueOn.String())
}

// noCourtesy reports whether the strategy leaves the note before the due date out.
func (l *ladder) noCourtesy(s *itemState, step *strategy.Step) bool {
	asked := step.MinItem == 0 || s.askable >= strategy.Minor(step.MinItem, l.currency) ||
		(step.NewInvoices > 0 && (l.a.Documents <= step.NewInvoices || l.a.Customer.Flags&book.FlagPORequired != 0))
	if !asked || s.told.note != nil { // an answer to a dispute named the day to pay
		return true
	}
	if n := step.SkipOnTime; n > 0 && len(l.a.Settled) >= n {
		for _, paid := range l.a.Settled[:n] {
			if paid.DaysLate > 0 {
				return false
			}
		}
		return true
	}
	return false
}

// tasks raises the calls and questions that are due, one per step, joining an open
// task of the same step. What credit covers is matched first.
func (l *ladder) tasks(mine []itemState) {
	for i := range l.st.Steps {
		step := &l.st.Steps[i]
		if step.Kind == strategy.KindMessage {
			continue
		}
		var act Action
		for k := range mine {
			if mine[k].next != step {
				continue
			}
			if act.Lines == nil {
				act = l.taskAction(step)
				act.Lines = make([]Line, 0, len(mine)-k)
			}
			act.Lines = append(act.Lines, Line{Item: mine[k].item.ID, Step: step.Key, Level: book.PrincipalOnly,
				OpenMinor: mine[k].askable, InterestFrom: cal.None})
			act.TotalMinor = money.AddMinor(act.TotalMinor, mine[k].askable)
		}
		if act.Lines == nil {
			continue
		}
		if creditOn(l.d.creditMoves(l.a, l.currency, l.day), act.Lines) >= act.TotalMinor {
			for k := range act.Lines {
				l.into.because(reason.New(reason.InCredit,
					reason.UntilFact("credit allocated")).ForItem(act.Lines[k].Item))
			}
			l.d.raise(l.a, l.into, TaskCredit, l.currency, nil, l.day)
			l.into.lookOn(l.day + 1) // which may be no business day, and that is said then
			continue
		}
		l.writeOff(&act)
		l.into.Actions = append(l.into.Actions, act)
		l.into.lookOn(l.day + 1)
	}
}

func (l *ladder) taskAction(step *strategy.Step) Action {
	channel := book.Task
	if step.Kind == strategy.KindCall {
		channel = book.Phone
	}
	act := Action{Kind: RaiseTask, Strategy: l.st.Key, Version: l.st.Version, Step: step.Key,
		Stage:    step.Stage(),
		Currency: l.currency, Channel: channel, TaskKind: string(step.Kind), Approval: step.Approval,
		ApprovalRole: step.ApprovalRole, DueDay: l.day, PayBy: cal.None}
	if step.Key == strategy.Decide {
		act.TaskKind = strategy.Decide
	}
	for i := range l.a.Tasks {
		if t := &l.a.Tasks[i]; t.State == book.TaskOpen && t.Step == step.Key && t.Currency == l.currency {
			act.Task = t.ID
		}
	}
	return act
}

// message finds the lead step among the items whose message is due today.
func (l *ladder) message(mine []itemState) (candidate, bool) {
	c := candidate{currency: l.currency, st: l.st, stage: strategy.NoStage, oldest: cal.Far}
	for i := range mine {
		step := mine[i].next
		if step == nil || step.Kind != strategy.KindMessage {
			continue
		}
		if stage := step.Stage(); stage > c.stage {
			c.lead, c.stage, c.leadKey = step, stage, step.Key
		}
		c.oldest = min(c.oldest, mine[i].item.DueDate)
	}
	if c.lead == nil {
		return l.statement(c)
	}
	if l.opening && c.stage == strategy.StageFirst {
		c.leadKey = strategy.Opening
	}
	return c, true
}

// statement is the monthly statement of a key account, when no other message of
// this currency is due.
func (l *ladder) statement(c candidate) (candidate, bool) {
	for i := range l.st.Steps {
		step := &l.st.Steps[i]
		if step.MonthlyBusinessDay == 0 {
			continue
		}
		goes := l.p.send.RollForward(l.d.ours.AddBusinessDays(l.day.MonthStart()-1, step.MonthlyBusinessDay))
		goes = l.d.planFor(l.p, goes)
		switch {
		case l.day < goes:
			l.into.lookOn(goes)
		case !l.d.maySend(l.p, byMail, l.day):
			l.into.lookOn(l.d.nextPlan(l.p, byMail, l.day))
		case l.stated(step):
			l.into.lookOn(l.day.MonthStart().AddMonths(1))
		default:
			c.lead, c.stage, c.leadKey = step, strategy.StageNotice, step.Key
			return c, true
		}
	}
	return c, false
}

func (l *ladder) stated(step *strategy.Step) bool {
	month := l.day.MonthStart()
	for i := range l.a.Messages {
		m := &l.a.Messages[i]
		if m.Step == step.Key && m.Currency == l.currency && m.Day >= month && m.Live() &&
			(m.State != book.Proposed || m.Day < l.d.mailDay(l.p, l.day)) {
			return true
		}
	}
	return false
}

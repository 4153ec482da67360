package app

import (
	"bytes"
	"cmp"
	"hash/fnv"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
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

type raisedTask struct {
	id   int64
	a    *book.Account
	act  *decide.Action
	join bool // an open task that further items join
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
		ins.Int(e.customer).Int(e.act.Hold).Int(p.w.Seq()).Day(p.run.day).Text(e.act.Outcome).Int(0).Null()
		if err := ins.End(); err != nil {
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

// known reports whether the same proposal stands already. One whose figures are no
// longer the same, or that can be released now, is ended and planned anew.
func (p *planWriter) known(a *book.Account, m *plannedMessage) (bool, error) {
	for i := range a.Messages {
		old := &a.Messages[i]
		if !revises(old) || old.Currency != m.act.Currency || old.Channel != m.act.Channel {
			continue
		}
		if m.by == "" && old.Day == m.act.Day && old.Step == m.act.Step && old.Role == m.act.Role &&
			old.PayBy == m.act.PayBy && old.Level == m.act.Level {
			same, err := p.sameContent(old.ID, m.act)
			if err != nil || same {
				return same, err
			}
		}
		if err := p.end(old, m.act.Day); err != nil {
			return false, err
		}
	}
	return false, nil
}

// sameContent reports whether a message goes to the contact of an action and binds the
// same figures.
func (p *planWriter) sameContent(message int64, act *decide.Action) (bool, error) {
	now := decide.AppendFigures(nil, act)
	same := false
	err := store.One(p.w, "SELECT figures, contact_id FROM message WHERE tenant_id = $1 AND message_id = $2",
		[]any{p.w.tenant, message},
		func(r store.Rows) { same = bytes.Equal(r.Bytes(0), now) && r.Int64(1) == act.Contact })
	return same, err
}

// revises reports whether a run may end a message: a proposal that a run made, not the
// correction that a person's void called for.
func revises(m *book.Message) bool { return m.State == book.Proposed && m.Step != Correction }

// withdraw ends proposals that the decision no longer makes.
func (p *planWriter) withdraw(a *book.Account, d *decide.Decision) error {
	for i := range a.Messages {
		old := &a.Messages[i]
		if !revises(old) {
			continue
		}
		wanted := false
		for k := range d.Actions {
			act := &d.Actions[k]
			wanted = wanted || (act.Kind == decide.SendMessage && act.Currency == old.Currency && act.Channel == old.Channel && act.Step == old.Step)
		}
		if !wanted {
			if err := p.end(old, old.Day); err != nil {
				return err
			}
		}
	}
	return nil
}

// end takes a proposal back, because another one of a day takes its place.
func (p *planWriter) end(old *book.Message, day cal.Date) error {
	why := reason.Changed
	if old.Day != day {
		why = reason.TextExpired
	}
	old.State = book.Expired
	_, err := p.w.Exec(`UPDATE message SET state = 'expired', live = 0, reason = $3
		WHERE tenant_id = $1 AND message_id = $2`, p.w.tenant, old.ID, string(why))
	return err
}

// closeTasks ends the tasks that the decisions take back, the questions for which they no
// longer give a reason, and those about a way to reach somebody in currencies in which
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
			case asks != "" && !gives(&decisions[i], a, asks, t.Currency):
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
	case "no_contact", "no_postal_address", "fix_due_date", "allocate_credit", "propose_credit_hold", decide.TaskResidue:
		return true
	}
	return false
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

// decisions stores the decisions that changed and the accounts' new standing.
func (p *planWriter) decisions(accounts []book.Account, decisions []decide.Decision, counted *RunReport) error {
	p.encode(decisions)
	standing := p.w.Replace("account")
	for i := range accounts {
		a, d := &accounts[i], &decisions[i]
		if p.run.hashes[i] == a.DecidedHash {
			counted.Unchanged++
		}
		standing.Int(a.Customer.ID).Int(a.Creditor.ID).Int(a.Version).Day(d.NextLookOn).Int(a.Version).Int(p.run.inputs).Int(p.run.hashes[i]).
			Text(book.FormatSettled(a.PaymentDays)).Int(int64(a.Documents)).Day(oldestDue(a, p.run.day))
		if err := standing.End(); err != nil {
			return err
		}
	}
	if err := standing.Close(); err != nil {
		return err
	}
	if p.run.dry != nil {
		return nil // its two looks at a customer would be two decisions of one command
	}
	ins := p.w.Insert("decision")
	for i := range accounts {
		a, d := &accounts[i], &decisions[i]
		if p.run.hashes[i] == a.DecidedHash {
			continue
		}
		ins.Int(a.Customer.ID).Day(p.run.day).Int(p.w.Seq()).Int(a.Version).Int(p.run.inputs).Text(chosenStrategy(d)).
			Text(p.run.a.law.Version()).Text(p.run.a.build).Day(d.NextLookOn).Bytes(p.run.payload[p.run.ends[i]:p.run.ends[i+1]])
		if err := ins.End(); err != nil {
			return err
		}
	}
	return ins.Close()
}

// oldestDue is the earliest due date of what is open on a day; None if nothing has one.
// What counts from a later day, or is all paid by money that is under way, is not.
func oldestDue(a *book.Account, day cal.Date) cal.Date {
	oldest, later := cal.Far, paidLater(a)
	for i := range a.Items {
		if it := &a.Items[i]; it.DueDate != cal.None && it.Issued(day) && !slices.Contains(later, it.ID) {
			oldest = min(oldest, it.DueDate)
		}
	}
	if oldest == cal.Far {
		return cal.None
	}
	return oldest
}

// encode writes the payloads of a batch one after another and hashes each. A
// decision that only looks again on another day is the same decision.
func (p *planWriter) encode(decisions []decide.Decision) {
	r := p.run
	r.payload, r.ends, r.hashes = r.payload[:0], append(r.ends[:0], 0), r.hashes[:0]
	for i := range decisions {
		from := len(r.payload)
		r.payload = decide.AppendPayload(r.payload, &decisions[i])
		h := fnv.New64a()
		h.Write(r.payload[from:])
		r.ends, r.hashes = append(r.ends, len(r.payload)), append(r.hashes, int64(h.Sum64()))
	}
}

func chosenStrategy(d *decide.Decision) string {
	if len(d.Strategies) == 0 {
		return ""
	}
	return d.Strategies[0].Strategy
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

// writeNotices records which items are told which step: of released messages and
// of tasks of the ladder. Proposed messages tell nothing yet. Rows are written in
// order of the key, so that the tree only grows at its end: planned and raised are in
// order of account, so only the rows of one account have to be sorted.
func (p *planWriter) writeNotices(accounts []book.Account) error {
	ins := p.w.Insert("notice")
	planned, raised := p.planned, p.raised
	var rows []book.Notice
	var err error
	for i := range accounts {
		a := &accounts[i]
		rows = rows[:0]
		for ; len(planned) > 0 && planned[0].a == a; planned = planned[1:] {
			if m := &planned[0]; m.by != "" && err == nil {
				rows, err = appendNotices(rows, a, m.act.Lines, m.act.Channel, m.id, 0)
			}
		}
		for ; len(raised) > 0 && raised[0].a == a; raised = raised[1:] {
			if t := &raised[0]; t.act.Step != "" && err == nil {
				rows, err = appendNotices(rows, a, t.act.Lines, t.act.Channel, 0, t.id)
			}
		}
		if err == nil {
			err = putNotices(ins, a.Customer.ID, p.w.Seq(), rows)
		}
		if err != nil {
			return err
		}
	}
	return ins.Close()
}

// appendNotices adds one notice per line that has a step. Lines and items are both
// in order of item.
func appendNotices(all []book.Notice, a *book.Account, lines []decide.Line, channel book.Channel,
	message, task int64) ([]book.Notice, error) {
	k := 0
	for i := range lines {
		l := &lines[i]
		if l.Step == "" {
			continue
		}
		for k < len(a.Items) && a.Items[k].ID < l.Item {
			k++
		}
		if k == len(a.Items) || a.Items[k].ID != l.Item {
			return nil, &Error{Kind: Internal, Code: "notice_without_item", Message: "a step names an item that is not open"}
		}
		all = append(all, book.Notice{Item: l.Item, Cycle: a.Items[k].Cycle, Step: l.Step, Channel: channel,
			Message: message, Task: task})
	}
	return all, nil
}

// insertNotices records the notices of one account.
func (w *recorder) insertNotices(customer int64, rows []book.Notice) error {
	ins := w.Insert("notice")
	if err := putNotices(ins, customer, w.Seq(), rows); err != nil {
		return err
	}
	return ins.Close()
}

// putNotices writes the notices of one account in order of their key.
func putNotices(ins *store.Inserter, customer, seq int64, rows []book.Notice) error {
	slices.SortFunc(rows, func(x, y book.Notice) int {
		return cmp.Or(cmp.Compare(x.Item, y.Item), cmp.Compare(x.Cycle, y.Cycle), cmp.Compare(x.Step, y.Step),
			cmp.Compare(x.Channel, y.Channel))
	})
	for i := range rows {
		n := &rows[i]
		ins.Int(customer).Int(n.Item).Int(int64(n.Cycle)).Text(n.Step).Text(string(n.Channel)).Int(seq).Int(n.Message).
			Int(n.Task)
		if err := ins.End(); err != nil {
			return err
		}
	}
	return nil
}

// unpostedLetter is a letter that was to be posted on the last business day and that
// nobody said was posted.
type unpostedLetter struct {
	customer int64
	currency money.Currency
	minor    int64
}

// TaskPostLetter asks whether a letter was posted.
const TaskPostLetter = "post_letter"

// postingGrace is, for each creditor, the earliest planned day of a letter whose
// posting may still be confirmed: one business day is left for it (guardrail R6).
func (a *App) postingGrace(tx store.Tx, today cal.Date) (map[int64]cal.Date, error) {
	creditors, err := a.creditors(tx)
	days := map[int64]cal.Date{}
	for i := range creditors {
		c := &creditors[i]
		days[c.ID] = a.holidays.CalendarFor(c.Country, c.Subdivision).AddBusinessDays(today, -1)
	}
	return days, err
}

// expire ends what was planned for days before the run's and never left: proposals, and
// released messages whose text is no longer true of its day. A mail's day ends with the
// hours at the debtor's place.
func (r *run) expire(w *recorder) (int64, error) {
	a, today, now := r.a, r.day, w.Now()
	if begins := cal.Instant(today, 0, 0, r.creditors[0].Zone); begins.After(now) {
		now = begins // a dry run of a day to come
	}
	var released []int64
	var unposted []unpostedLetter
	unsent := map[int64]int64{} // by run
	var n int64
	grace, err := a.postingGrace(w, today)
	if err != nil {
		return 0, err
	}
	err = store.Each(w, `SELECT m.message_id, m.state, m.run_id, m.channel, m.day, m.creditor_id, m.customer_id,
		m.currency, m.total_minor, c.country, c.subdivision FROM message m
		JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
		WHERE m.tenant_id = $1 AND m.state IN ('proposed','approved','claimed') AND m.day <= $2
			AND m.lead_step <> 'correction'
		ORDER BY m.message_id`, []any{a.tenant, today},
		func(row store.Rows) error {
			state, day, creditor := book.MessageState(row.Text(1)), row.Day(4), row.Int64(5)
			mail := book.Channel(row.Text(3)) == book.Email
			place := book.Customer{Country: row.Text(9), Subdivision: row.Text(10)}
			switch {
			case state == book.Proposed && day < today:
				n++
			case state == book.Proposed || (!mail && day == today):
			case !mail && day >= grace[creditor]: // its posting may still be confirmed
				unposted = append(unposted, unpostedLetter{row.Int64(6), currency(row.Bytes(7)), row.Int64(8)})
			case !mail || r.deciders[creditor].MailOver(&place, day, now):
				n++
				released = append(released, row.Int64(0))
				unsent[row.Int64(2)]++
			}
			return nil
		})
	if err != nil {
		return n, err
	}
	for _, l := range unposted {
		if err := w.openTask(l.customer, TaskPostLetter, l.currency, "", l.minor, today); err != nil {
			return n, err
		}
	}
	if n == 0 {
		return 0, nil
	}
	for run, count := range unsent { // what never left is no measure for the brake
		if _, err := w.Exec("UPDATE run SET queued = queued - $3 WHERE tenant_id = $1 AND run_id = $2", a.tenant, run, count); err != nil {
			return n, err
		}
	}
	if _, err = w.Exec(`UPDATE message SET state = 'expired', live = 0, reason = $3 WHERE tenant_id = $1
		AND state = 'proposed' AND day < $2 AND lead_step <> 'correction'`,
		a.tenant, today, string(reason.TextExpired)); err != nil {
		return n, err
	}
	if err := w.voidMessages(released, book.Expired, string(reason.TextExpired), today); err != nil {
		return n, err
	}
	_, err = w.Exec(`UPDATE task SET state = 'cancelled', done_day = $2, outcome = 'expired', done_seq = $3
		WHERE tenant_id = $1 AND kind = $4 AND state = 'open' AND (customer_id, currency) NOT IN (
			SELECT m.customer_id, m.currency FROM message m
			WHERE m.tenant_id = $1 AND m.state = 'approved' AND m.channel = 'letter')`, a.tenant, today, w.Seq(), TaskPostLetter)
	return n, err
}

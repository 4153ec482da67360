package decide

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// debtor is one simulated account: random facts come in day by day, decisions are
// carried out, and the invariants are checked after each day.
type debtor struct {
	w    *World
	held *strategy.Policy // the policy that messages are held against
	d    *Decider
	rng  *rand.Rand
	a    *book.Account
	next int64

	dec, full Decision
	stored    []byte // the decision in force, decided when the last next look came or a fact did
	lookOn    cal.Date
	facts     int64 // account version at the decision in force

	sentDays []cal.Date     // of messages about overdue items
	contacts []cal.Date     // all that count
	noted    cal.Date       // the last day with a note that counts as no contact
	steps    map[string]int // messages sent and tasks raised, by step
	reasons  map[reason.Code]int
	ended    map[reason.Code]int // tasks of the ladder taken back
}

// violation is what a check found; the tests recover it.
type violation string

func (s *debtor) fail(format string, args ...any) { panic(violation(fmt.Sprintf(format, args...))) }

func newDebtor(w *World, seed uint64) *debtor {
	rng := rand.New(rand.NewPCG(seed, 7))
	kinds := []book.DebtorKind{book.Company, book.Company, book.Individual, book.UnknownKind, book.PublicBody}
	country := []string{"GB", "DE", "US", "NZ", "JP"}[rng.IntN(5)]
	s := &debtor{w: w, held: &w.Set.Policy, d: New(w), rng: rng, steps: map[string]int{}, reasons: map[reason.Code]int{}, ended: map[reason.Code]int{}, lookOn: cal.None, noted: cal.None}
	s.a = &book.Account{Creditor: w.Creditor, Customer: book.Customer{ID: 1, Creditor: w.Creditor.ID, Country: country,
		Kind: kinds[rng.IntN(len(kinds))], KindConfirmed: rng.IntN(2) == 0, HasAddress: rng.IntN(4) > 0, Since: cal.None, AccountOwner: []string{"", "anna"}[rng.IntN(2)]}}
	if rng.IntN(5) == 0 {
		s.a.Customer.Flags = book.FlagKeyAccount
	}
	if rng.IntN(6) > 0 {
		s.a.Contacts = append(s.a.Contacts, book.Contact{ID: 1, Role: book.AccountsPayable, Email: "ap@x.example", State: "ok"})
	}
	return s
}

func (s *debtor) id() int64 { s.next++; return s.next }

// fact counts a new fact of the account.
func (s *debtor) fact() { s.a.Version++ }

// live is one simulated day: facts, decision, its execution.
func (s *debtor) live(day cal.Date) {
	s.deliver(day)
	s.events(day)
	s.decide(day)
	s.carryOut(day)
	s.noTaskStandsFalsely(day)
	s.again(day)
}

// again decides once more on the same day: nobody gets a second message.
func (s *debtor) again(day cal.Date) {
	if s.rng.IntN(3) != 0 {
		return
	}
	s.d.Decide(s.a, day, &s.full)
	for i := range s.full.Actions {
		act := &s.full.Actions[i]
		if act.Kind == SendMessage && act.Step != strategy.Statement && (slices.Contains(s.contacts, act.Day) || s.noted == act.Day) {
			s.fail("%s: %s would go out on a day with a contact", day, act.Step)
		}
	}
	for i := range s.full.Reasons {
		s.reasons[s.full.Reasons[i].Code()]++
	}
}

// deliver serves what was sent, ends letters that nobody posted, and finds out what
// became of unknown mails.
func (s *debtor) deliver(day cal.Date) {
	for i := range s.a.Messages {
		m := &s.a.Messages[i]
		switch {
		case m.State == book.Unknown && s.rng.IntN(4) == 0:
			if m.State, m.SentDay, m.ServedDay = book.Sent, m.Day, m.Day; s.rng.IntN(2) == 0 {
				m.State, m.SentDay, m.ServedDay = book.Voided, cal.None, cal.None
				s.void(m.ID)
			}
			s.fact()
		case m.State == book.Sent && m.ServedDay == cal.None && s.rng.IntN(4) == 0:
			m.ServedDay = day
			s.fact()
		}
		if m.State == book.Approved && m.Day < day { // nobody posted the letter: it expires
			m.State = book.Expired
			s.void(m.ID)
			s.fact()
		}
	}
}

func (s *debtor) void(message int64) {
	for i := range s.a.Notices {
		n := &s.a.Notices[i]
		if n.Message == message && !n.Voided {
			n.Voided = true
			if it := s.a.Item(n.Item); it != nil {
				it.Cycle++
			}
		}
	}
}

// events are random facts: invoices, payments, credits, holds and their ends.
func (s *debtor) events(day cal.Date) {
	r := s.rng
	if r.IntN(12) == 0 {
		minor := int64(r.IntN(900_000)+500) * int64(1+2*r.IntN(2))
		if r.IntN(8) == 0 {
			minor = int64(r.IntN(2_000) + 500)
		}
		due := day.AddDays(r.IntN(60) - 10)
		if r.IntN(40) == 0 {
			due = cal.None
		}
		s.a.Items = append(s.a.Items, book.Item{ID: s.id(), Kind: book.Invoice, Instalment: 1, Currency: s.currency(), InvoiceDate: day,
			DueDate: due, DateAgreed: book.Tri(r.IntN(3)), RecordedDay: day, AmountMinor: minor, OpenMinor: minor,
			ReportedDay: cal.None})
		s.a.Documents++
		s.fact()
	}
	if len(s.a.Items) > 0 && r.IntN(25) == 0 {
		s.pay(day, r.IntN(len(s.a.Items)))
	}
	if r.IntN(60) == 0 {
		s.a.Credits = append(s.a.Credits, book.Credit{Entry: s.id(), Kind: book.EntryPayment, Currency: s.w.Creditor.Currency, Day: day,
			OpenMinor: int64(r.IntN(100_000) + 1)})
		s.fact()
	}
	if len(s.a.Credits) > 0 && r.IntN(20) == 0 {
		s.a.Credits = s.a.Credits[1:]
		s.fact()
	}
	if r.IntN(30) == 0 {
		s.hold(day)
	}
	for i := range s.a.Holds {
		if h := &s.a.Holds[i]; h.Live(day) && h.EndDay == cal.None && r.IntN(15) == 0 {
			h.EndDay, h.Outcome = day, []string{"kept", "broken", "credited", "upheld", "split", ""}[r.IntN(6)]
			s.fact()
		}
	}
	for i := range s.a.Tasks {
		if t := &s.a.Tasks[i]; t.State == book.TaskOpen && r.IntN(10) == 0 {
			t.State, t.DoneDay = book.TaskDone, day
			if t.Kind == string(strategy.KindCall) && !slices.Contains(s.contacts, day) {
				s.contacts = append(s.contacts, day)
			}
			s.fact()
		}
	}
}

func (s *debtor) currency() money.Currency {
	if s.rng.IntN(8) == 0 {
		return "CHF"
	}
	return s.w.Creditor.Currency
}

func (s *debtor) pay(day cal.Date, i int) {
	it := &s.a.Items[i]
	minor := it.OpenMinor
	if s.rng.IntN(3) == 0 {
		minor = max(1, minor/2)
	}
	if left := int64(s.rng.IntN(120)); s.rng.IntN(6) == 0 && left < minor {
		minor -= left
	}
	it.OpenMinor -= minor
	s.fact()
	if it.OpenMinor > 0 {
		s.a.Moves = append(s.a.Moves, book.Move{Item: it.ID, Kind: book.EntryPayment, Day: day, Minor: -minor})
		slices.SortStableFunc(s.a.Moves, func(x, y book.Move) int { return int(x.Item - y.Item) })
		return
	}
	if it.DueDate != cal.None {
		s.a.Settled = append([]book.Settled{{Day: day, DaysLate: day.DaysSince(it.DueDate)}}, s.a.Settled...)
		s.a.Settled = s.a.Settled[:min(len(s.a.Settled), book.MaxSettled)]
	}
	s.a.Items = slices.Delete(s.a.Items, i, i+1)
}

func (s *debtor) hold(day cal.Date) {
	h := book.Hold{ID: s.id(), Kind: book.HoldKinds[s.rng.IntN(len(book.HoldKinds))], From: day.AddDays(s.rng.IntN(4)),
		Until: cal.Far, EndDay: cal.None}
	if s.rng.IntN(2) == 0 {
		h.Until = h.From.AddDays(s.rng.IntN(30))
	}
	if len(s.a.Items) > 0 && s.rng.IntN(2) == 0 {
		it := &s.a.Items[s.rng.IntN(len(s.a.Items))]
		h.Item, h.Currency = it.ID, it.Currency
		if s.rng.IntN(3) == 0 {
			h.Minor = it.OpenMinor / 3
		}
	}
	s.a.Holds = append(s.a.Holds, h)
	s.fact()
}

// decide compares the incremental way (only when the next look comes or a fact
// did) with looking every day.
func (s *debtor) decide(day cal.Date) {
	s.d.Decide(s.a, day, &s.full)
	payload := AppendPayload(nil, &s.full)
	if day >= s.lookOn || s.facts != s.a.Version {
		s.d.Decide(s.a, day, &s.dec)
		s.stored, s.lookOn, s.facts = AppendPayload(nil, &s.dec), s.dec.NextLookOn, s.a.Version
		if s.lookOn <= day {
			s.fail("%s: next look on %s", day, s.lookOn)
		}
	} else if !bytes.Equal(payload, s.stored) {
		s.fail("%s: looking every day decides otherwise than looking on %s\nstored %s\n  full %s\naccount %+v",
			day, s.lookOn, s.stored, payload, s.a.Customer)
	}
	s.everyItemHasAnAnswer(day)
}

// everyItemHasAnAnswer: a planned action, or a reason for none.
func (s *debtor) everyItemHasAnAnswer(day cal.Date) {
	answered := map[int64]bool{}
	whole := false
	for i := range s.full.Reasons {
		s.reasons[s.full.Reasons[i].Code()]++
		if it := s.full.Reasons[i].Item(); it != 0 {
			answered[it] = true
		} else {
			switch s.full.Reasons[i].Code() {
			case reason.FallbackContact, reason.CalendarUnknown, reason.KeyWithoutOwner, reason.CompensationCap, reason.PostBy,
				reason.WriteOffProposed, reason.KindUnconfirmed:
			default:
				whole = true
			}
		}
	}
	for i := range s.full.Actions {
		if kind := s.full.Actions[i].Kind; kind == EndHold || kind == EndTask {
			continue
		}
		for k := range s.full.Actions[i].Lines {
			answered[s.full.Actions[i].Lines[k].Item] = true
		}
	}
	for i := range s.a.Items {
		if it := &s.a.Items[i]; !answered[it.ID] && !whole {
			s.fail("%s: item %d has neither action nor reason: %s", day, it.ID, AppendPayload(nil, &s.full))
		}
	}
	if len(s.full.Actions)+len(s.full.Reasons) == 0 {
		s.fail("%s: a decision without a reason", day)
	}
}

// noTaskStandsFalsely: after a run no call or question of a ladder is open while the whole
// account is held, or about items of which each is paid, not due or held.
func (s *debtor) noTaskStandsFalsely(day cal.Date) {
	_, held := s.d.liveHold(s.a, 0, day)
	for i := range s.a.Tasks {
		t := &s.a.Tasks[i]
		if t.State != book.TaskOpen || t.Step == "" {
			continue
		}
		due := false
		for k := range s.a.Notices {
			n := &s.a.Notices[k]
			it := s.a.Item(n.Item)
			_, stopped := s.d.liveHold(s.a, n.Item, day)
			due = due || (n.Task == t.ID && !n.Voided && it != nil && it.Overdue(day) && !stopped)
		}
		if held || !due {
			s.fail("%s: %s stands open, and the account is held (%t) or nothing of it due: %s", day, t.Step, held,
				AppendPayload(nil, &s.full))
		}
	}
}

// carryOut sends what was decided, now and then late or by a letter nobody posts.
func (s *debtor) carryOut(day cal.Date) {
	for i := range s.full.Actions {
		act := &s.full.Actions[i]
		s.steps[act.Step+act.TaskKind]++
		if act.Kind == SendMessage {
			if act.Demand && s.besideMail(act) {
				s.steps["letter beside mail"]++
			}
			s.check(act, day)
			s.dispatch(act)
			continue
		}
		if act.Kind == EndHold {
			s.endHold(act, day)
			continue
		}
		if act.Kind == EndTask {
			s.ended[act.Why]++
			EndOpenTask(s.a, act, day)
			s.fact()
			continue
		}
		for _, item := range Retold(s.a, act) {
			s.a.Item(item).Cycle++
		}
		id := act.Task
		if id == 0 {
			id = s.id()
			s.a.Tasks = append(s.a.Tasks, book.WorkItem{ID: id, Kind: act.TaskKind, Step: act.Step, Currency: act.Currency,
				DueDay: act.DueDay, State: book.TaskOpen, DoneDay: cal.None})
		}
		for k := range act.Lines {
			if act.Lines[k].Step != "" {
				s.tell(act.Lines[k].Item, act.Lines[k].Step, act.Channel, 0, id)
			}
		}
		s.fact()
	}
}

// endHold records how a promise ended, and that it was not judged before its days of
// grace were over.
func (s *debtor) endHold(act *Action, day cal.Date) {
	k := slices.IndexFunc(s.a.Holds, func(h book.Hold) bool { return h.ID == act.Hold })
	h := &s.a.Holds[k]
	if h.Kind != book.HoldPromise || h.EndDay != cal.None || day < cal.NextAfterGrace(h.Until, s.held.GraceBankingDays, s.d.bank) {
		s.fail("%s: %s of %+v", day, act.TaskKind, *h)
	}
	h.EndDay, h.Outcome = day, act.Outcome
	s.fact()
}

func (s *debtor) dispatch(act *Action) {
	for _, item := range Retold(s.a, act) {
		s.a.Item(item).Cycle++
	}
	day := act.Day
	m := book.Message{ID: s.id(), Currency: act.Currency, Day: day, Step: act.Step, Stage: int(act.Stage), Demand: act.Demand,
		Role: act.Role, Channel: act.Channel, State: book.Sent, PayBy: act.PayBy, SentDay: day, ServedDay: day, Level: act.Level}
	if act.Channel == book.Letter && s.rng.IntN(4) == 0 {
		m.State, m.SentDay, m.ServedDay = book.Approved, cal.None, cal.None
	}
	switch s.rng.IntN(60) {
	case 0:
		m.State, m.SentDay, m.ServedDay = book.Unknown, cal.None, cal.None
	case 1:
		m.ServedDay = cal.None
	}
	s.a.Messages = append(s.a.Messages, m)
	for k := range act.Lines {
		if l := &act.Lines[k]; l.Step != "" {
			s.tell(l.Item, l.Step, act.Channel, m.ID, 0)
		}
	}
	switch {
	case m.State != book.Sent || act.Step == strategy.Statement:
	case strategy.Uncounted(act.Step):
		s.noted = day
	default:
		if (act.Demand || act.Step == strategy.Resumption) && !slices.Contains(s.sentDays, day) {
			s.sentDays = append(s.sentDays, day)
		}
		if !slices.Contains(s.contacts, day) {
			s.contacts = append(s.contacts, day)
		}
	}
	s.fact()
}

// tell records a notice and checks the first key: an item is told a step once in a
// cycle and channel.
func (s *debtor) tell(item int64, step string, c book.Channel, message, task int64) {
	it := s.a.Item(item)
	n := book.Notice{Item: item, Cycle: it.Cycle, Step: step, Channel: c, Message: message, Task: task}
	for i := range s.a.Notices {
		if o := &s.a.Notices[i]; o.Item == item && o.Cycle == n.Cycle && o.Step == step && o.Channel == c {
			s.fail("item %d told %s by %s twice in cycle %d", item, step, c, n.Cycle)
		}
	}
	s.a.Notices = append(s.a.Notices, n)
	slices.SortStableFunc(s.a.Notices, func(x, y book.Notice) int { return int(x.Item - y.Item) })
}

// check holds a message against the rules that protect the debtor.
func (s *debtor) check(act *Action, planned cal.Date) {
	day := act.Day
	if local := s.d.place(&s.a.Customer); day < planned || day > planned+1 || (local.near && day != planned) {
		s.fail("%s: a message of %s", planned, day)
	}
	p := s.d.place(&s.a.Customer)
	if !p.send.IsSendDay(day) {
		s.fail("%s: a message on a day that is no send day", day)
	}
	if act.Step == strategy.Statement {
		return
	}
	s.checkContacts(act, p, day)
	var lines int64
	for k := range act.Lines {
		l := &act.Lines[k]
		it := s.a.Item(l.Item)
		if act.Demand && !it.Overdue(day) && (act.Step != strategy.DisputeAnswer || act.PayBy < it.DueDate) {
			s.fail("%s: %s demands item %d, due %s", day, act.Step, l.Item, it.DueDate)
		}
		if it.OpenMinor <= 100 && it.OpenMinor*200 <= it.AmountMinor && act.Demand {
			s.fail("%s: %s chases a residue of %d of %d", day, act.Step, it.OpenMinor, it.AmountMinor)
		}
		if l.OpenMinor <= 0 || l.OpenMinor > it.OpenMinor {
			s.fail("%s: item %d asked for %d of %d", day, l.Item, l.OpenMinor, it.OpenMinor)
		}
		if _, held := s.d.liveHold(s.a, l.Item, planned); held {
			s.fail("%s: item %d is held and asked for", day, l.Item)
		}
		lines += l.OpenMinor
		if l.Step != "" || act.Demand {
			s.checkStep(act, l, it, planned)
		}
	}
	if act.Demand && (act.TotalMinor != lines-act.CreditMinor || act.TotalMinor <= 0 || act.PayBy < day.AddDays(7)) {
		s.fail("%s: %s of %d with credit %d, pay by %s", day, act.Step, lines, act.CreditMinor, act.PayBy)
	}
	if act.Demand {
		s.checkCredit(act, planned)
	}
	if _, held := s.d.liveHold(s.a, 0, planned); held {
		s.fail("%s: a message to a held account", day)
	}
}

// besideMail reports whether a letter is of the step of the last demand, which went by
// mail alone.
func (s *debtor) besideMail(act *Action) bool {
	var last *book.Message
	for i := range s.a.Messages {
		if m := &s.a.Messages[i]; m.State == book.Sent && m.Demand && (last == nil || m.Day >= last.Day) {
			last = m
		}
	}
	return act.Channel == book.Letter && last != nil && last.Channel == book.Email && last.Step == act.Step &&
		last.Currency == act.Currency
}

func (s *debtor) checkContacts(act *Action, p *place, day cal.Date) {
	if s.noted == day {
		s.fail("%s: %s beside a note", day, act.Step)
	}
	if strategy.Uncounted(act.Step) {
		return
	}
	if (act.Demand || act.Step == strategy.Resumption) && len(s.sentDays) > 0 {
		last := s.sentDays[len(s.sentDays)-1]
		if last != day && !s.besideMail(act) && day < p.calendar.AddBusinessDays(last, s.held.GapBusinessDays) {
			s.fail("%s: a demand within the gap after %s", day, last)
		}
	}
	week := 0
	for _, c := range s.contacts {
		if n := day.DaysSince(c); n >= 0 && n < 7 && c != day {
			week++
		}
	}
	if week >= s.held.ContactsPerWeek {
		s.fail("%s: contact %d within seven days", day, week+1)
	}
}

// checkCredit: what is asked for and what is listed apart is everything overdue that may
// be asked for, and both together take off the unapplied credit once.
func (s *debtor) checkCredit(act *Action, day cal.Date) {
	credit, open := act.CreditMinor, act.TotalMinor+act.CreditMinor
	for i := range act.Lines {
		if l := &act.Lines[i]; !s.a.Item(l.Item).Overdue(day) { // an answer, before the due date
			open -= l.OpenMinor
		}
	}
	for _, apart := range s.d.Apart(s.a, act.Lines, act.Currency, day) {
		credit += apart.CreditMinor
		open += apart.OpenMinor
	}
	var overdue int64
	for _, it := range s.d.overdue(s.a, act.Currency, day) {
		overdue += s.d.askable(s.a, it, it.ID, day)
	}
	if open != overdue || credit != min(overdue, s.a.Unapplied(act.Currency)) {
		s.fail("%s: %s and what it lists apart: %d of %d overdue, credit %d of %d", day, act.Step, open, overdue, credit,
			s.a.Unapplied(act.Currency))
	}
}

// checkStep: no demand before the deadline of the last served one and its grace
// have passed, and the position never falls below what was served.
func (s *debtor) checkStep(act *Action, l *Line, it *book.Item, day cal.Date) {
	if strategy.IsNote(l.Step) {
		return
	}
	s.checkInterruption(act, l, day)
	if !act.Demand {
		return
	}
	stage, _ := strategy.StageOf(l.Step)
	for i := range s.a.Notices {
		n := &s.a.Notices[i]
		if n.Item != it.ID || n.Voided || n.Message == 0 {
			continue
		}
		told, _ := strategy.StageOf(n.Step)
		m := s.a.Message(n.Message)
		if told < strategy.StageFirst || m.State != book.Sent || m.Day == day {
			continue
		}
		softer := act.Strategy == "small_balance" || n.Step == "last_note"
		if stage < told && !softer && l.Step != "" {
			s.fail("%s: item %d told %s after %s", day, it.ID, l.Step, n.Step)
		}
		// The same step by its missing channel does not wait for itself.
		if n.Step != l.Step && m.PayBy != cal.None && day < cal.NextAfterGrace(m.PayBy, s.held.GraceBankingDays, s.d.bank) &&
			s.governing(it.ID, m) {
			s.fail("%s: item %d told %s while the deadline of %s runs to %s", day, it.ID, l.Step, n.Step, m.PayBy)
		}
	}
}

// checkInterruption: no step within the grace of a promise, before the date that a
// note gave and its grace, or before the answer to a dispute that was decided for us.
func (s *debtor) checkInterruption(act *Action, l *Line, day cal.Date) {
	lastTold := cal.None
	for i := range s.a.Notices {
		n := &s.a.Notices[i]
		m := s.a.Message(n.Message)
		if n.Item != l.Item || n.Voided || m == nil || !m.Live() {
			continue
		}
		lastTold = max(lastTold, m.Day)
		if strategy.IsNote(n.Step) && m.PayBy != cal.None && day < cal.NextAfterGrace(m.PayBy, s.held.GraceBankingDays, s.d.bank) {
			s.fail("%s: item %d told %s while %s gives until %s", day, l.Item, l.Step, n.Step, m.PayBy)
		}
	}
	for i := range s.a.Holds {
		h := &s.a.Holds[i]
		if !concerns(h, s.a.Item(l.Item)) || h.From > day || h.EndDay <= h.From && h.EndDay != cal.None {
			continue
		}
		switch {
		case h.Kind == book.HoldPromise && h.EndDay == cal.None && h.Minor == 0 && s.a.Item(l.Item).DueDate <= h.Until &&
			day < cal.NextAfterGrace(h.Until, s.held.GraceBankingDays, s.d.bank):
			s.fail("%s: %s within the grace of a promise to %s", day, l.Step, h.Until)
		case h.Kind == book.HoldDispute && h.Outcome == "upheld" && act.Demand && lastTold < min(h.EndDay, h.Until+1) && h.EndDay <= day &&
			!s.accountAnswered(h, s.a.Item(l.Item)):
			s.fail("%s: %s before the answer to a dispute that ended on %s", day, l.Step, h.EndDay)
		}
	}
}

// accountAnswered: who questioned everything was answered before an item was overdue.
func (s *debtor) accountAnswered(h *book.Hold, it *book.Item) bool {
	return h.Item == 0 && slices.ContainsFunc(s.a.Messages, func(m book.Message) bool {
		return m.Step == strategy.DisputeAnswer && m.Currency == it.Currency && m.Live() && m.Day >= min(h.EndDay, h.Until+1) &&
			!it.Overdue(m.Day)
	})
}

// governing reports whether no later or other message of the item's last step sets
// the deadline instead.
func (s *debtor) governing(item int64, m *book.Message) bool {
	var notices []book.Notice
	for _, n := range s.a.Notices {
		if n.Item == item {
			notices = append(notices, n)
		}
	}
	p := s.d.position(s.a, s.a.Item(item), notices, m.Day)
	return p.message == m
}

// liveAYear lives through a year and returns what went wrong, "" if nothing did.
func (s *debtor) liveAYear(start cal.Date) (wrong violation) {
	defer func() {
		if r := recover(); r != nil {
			v, ok := r.(violation)
			if !ok {
				panic(r)
			}
			wrong = v
		}
	}()
	for day := start; day < start.AddDays(365); day++ {
		s.live(day)
	}
	return ""
}

func years(t *testing.T) uint64 {
	switch {
	case os.Getenv("RECOUP_DEEP") != "":
		return 100_000
	case testing.Short():
		return 100
	}
	return 1000
}

// TestDebtorYears lives through simulated debtor-years with random facts: gap, caps,
// deadlines, holds, the two keys, an answer for every overdue item, and looking
// when it makes sense decides as looking every day. A failure names its seed.
func TestDebtorYears(t *testing.T) {
	worlds := []*World{testWorld(t, "GB"), testWorld(t, "DE"), testWorld(t, "US")}
	steps, reasons, ended := map[string]int{}, map[reason.Code]int{}, map[reason.Code]int{}
	for seed := range years(t) {
		s := newDebtor(worlds[seed%3], seed)
		if wrong := s.liveAYear(cal.MustParse("2025-01-01").AddDays(int(seed % 365))); wrong != "" {
			t.Fatalf("seed %d: %s", seed, wrong)
		}
		for step, n := range s.steps {
			steps[step] += n
		}
		for code, n := range s.reasons {
			reasons[code] += n
		}
		for code, n := range s.ended {
			ended[code] += n
		}
	}
	if testing.Short() {
		return // too few histories for the rare ones
	}
	for _, code := range []reason.Code{reason.NotDue, reason.StepDay, reason.DeadlineRunning, reason.MessageUnderway, reason.OutcomeUnknown,
		reason.NotServed, reason.TaskOpen, reason.Gap, reason.CapDay, reason.CapWeek, reason.CapCourtesy, reason.NotSendDay, reason.BelowMinimum,
		reason.InCredit, reason.NoDueDate, reason.NoContact, reason.NoPostalAddress, reason.LadderEnded, reason.LowerLevel,
		reason.CompensationCap, reason.Settled, reason.OnlyCredit, reason.KeyWithoutOwner, reason.Disputed, reason.Promised, reason.Deferred, reason.PlanRunning,
		reason.Placed, reason.InCourt, reason.Insolvency, reason.Moratorium, reason.Paused, reason.UnreadReply, reason.AlreadyPaid,
		reason.PendingPayment, reason.Undelivered, reason.Review, reason.Residue, reason.WriteOffProposed, reason.KindUnconfirmed} {
		if reasons[code] == 0 {
			t.Errorf("no debtor was ever told %s", code)
		}
	}
	for _, code := range []reason.Code{reason.Settled, reason.Overtaken, reason.StepLeftOut, reason.InCredit, reason.Residue,
		reason.Moratorium, reason.Disputed, reason.Promised} {
		if ended[code] == 0 {
			t.Errorf("no task was ever taken back because of %s (%v)", code, ended)
		}
	}
	for _, step := range []string{"courtesy", "friendly", "reminder", "opening", "second", "formal", "last_note", "final_demand", "statement",
		"confirm", "call_1call", "call_2call", "exec_callcall", "ask_ownertask", "decidedecide", "no_contact", "no_postal_address",
		"allocate_credit", "fix_due_date", "name_account_owner", TaskReview, TaskResidue,
		"broken_promise", "dispute_answer", "resumption", "promise_kept", "promise_partly", "promise_broken", "letter beside mail"} {
		if steps[step] == 0 {
			t.Errorf("no debtor ever came to %q: the histories are too tame (%v)", step, steps)
		}
	}
}

// TestDebtorYearsCanary decides by a policy without gap and caps and holds the
// messages against the shipped one: the checks must find it out.
func TestDebtorYearsCanary(t *testing.T) {
	w := testWorld(t, "GB")
	for name, loosen := range map[string]func(*strategy.Policy){
		"gap":   func(p *strategy.Policy) { p.GapBusinessDays = 0 },
		"caps":  func(p *strategy.Policy) { p.GapBusinessDays, p.ContactsPerWeek = 0, 7 },
		"grace": func(p *strategy.Policy) { p.GraceBankingDays = -5 },
	} {
		policy := w.Set.Policy
		loosen(&policy)
		loose := *w
		loose.Set = w.Set.With(&policy)
		found := false
		for seed := uint64(0); seed < 50 && !found; seed++ {
			s := newDebtor(&loose, seed)
			s.held = &w.Set.Policy
			found = s.liveAYear(cal.MustParse("2025-01-01")) != ""
		}
		if !found {
			t.Errorf("decisions without %s were found to be in order", name)
		}
	}
}

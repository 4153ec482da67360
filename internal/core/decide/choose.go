package decide

import (
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// choose lets at most one message of the account out today: a note first, the highest stage,
// then the oldest item, then the currency's code. Gap and caps count over all
// currencies; a statement starts no gap and waits for none.
func (d *Decider) choose(a *book.Account, p *place, day cal.Date, into *Decision) {
	slices.SortFunc(d.candid, func(x, y candidate) int {
		if (x.beside == nil) != (y.beside == nil) {
			if x.beside == nil {
				return -1
			}
			return 1
		}
		_, noteX := strategy.Note(x.leadKey)
		_, noteY := strategy.Note(y.leadKey)
		if noteX != noteY {
			return noteX - noteY
		}
		if x.stage != y.stage {
			return int(y.stage - x.stage)
		}
		if x.oldest != y.oldest {
			return int(x.oldest - y.oldest)
		}
		if x.currency < y.currency {
			return -1
		}
		return 1
	})
	sentToday := false
	for i := range d.candid {
		c := &d.candid[i]
		if c.leadKey != strategy.Statement {
			if sentToday {
				d.waits(c, into, reason.New(reason.CapDay, reason.OnDay(day+1)))
				continue
			}
			if r, held := d.capped(a, p, c, day); held {
				d.waits(c, into, r)
				continue
			}
		}
		if d.send(a, p, c, day, into) && c.leadKey != strategy.Statement {
			sentToday = true
		}
	}
}

// waits gives each item that was due a message today the reason why it waits.
func (d *Decider) waits(c *candidate, into *Decision, r reason.Reason) {
	for i := c.first; i < c.last; i++ {
		if s := &d.items[i]; c.wants(s) {
			into.because(r.ForItem(s.item.ID))
		}
	}
}

// capped applies the gap between two messages about overdue items and the caps on
// contacts. Messages only proposed do not count; one on its way does, and one that was
// sent counts also when it was taken back. A letter beside a mail is the same step by
// another way: it starts a gap and waits for none.
func (d *Decider) capped(a *book.Account, p *place, c *candidate, day cal.Date) (reason.Reason, bool) {
	pol := &d.w.Set.Policy
	lastDemand, lastCourtesy := cal.None, cal.None
	var week [7]bool // contact days, today first
	for i := range a.Messages {
		m := &a.Messages[i]
		gone := !m.Live() && m.SentDay == cal.None
		if gone || m.State == book.Proposed || m.Step == strategy.Statement {
			continue
		}
		at := m.SentDay
		if at == cal.None {
			at = m.Day
		}
		switch {
		case strategy.Uncounted(m.Step):
			week[0] = week[0] || at >= day
			continue
		case m.Stage >= int(strategy.StageFirst):
			lastDemand = max(lastDemand, at)
		default:
			lastCourtesy = max(lastCourtesy, at)
		}
		if n := max(day.DaysSince(at), 0); n < 7 { // a mail may be of tomorrow there
			week[n] = true
		}
	}
	for i := range a.Tasks {
		t := &a.Tasks[i]
		if t.Kind == string(strategy.KindCall) && t.State == book.TaskDone {
			if n := day.DaysSince(t.DoneDay); n >= 0 && n < 7 {
				week[n] = true
			}
		}
	}
	if strategy.Uncounted(c.leadKey) {
		return d.capContacts(week, len(week)+1, p, day)
	}
	if c.stage >= strategy.StageFirst && lastDemand != cal.None && c.beside == nil {
		if from := p.calendar.AddBusinessDays(lastDemand, pol.GapBusinessDays); from > day {
			return reason.New(reason.Gap, reason.OnDay(from), lastDemand.String(), d.mailFrom(p, from).String()), true
		}
	}
	if c.stage < strategy.StageFirst && c.lead.Apart > 0 && lastCourtesy != cal.None {
		if from := lastCourtesy.AddDays(c.lead.Apart); from > day {
			return reason.New(reason.CapCourtesy, reason.OnDay(from), lastCourtesy.String(),
				d.mailFrom(p, from).String()), true
		}
	}
	return d.capContacts(week, pol.ContactsPerWeek, p, day)
}

func (d *Decider) capContacts(week [7]bool, perWeek int, p *place, day cal.Date) (reason.Reason, bool) {
	if week[0] {
		return reason.New(reason.CapDay, reason.OnDay(day+1)), true
	}
	n, oldest := 0, 0
	for back, contact := range week {
		if contact {
			n, oldest = n+1, back
		}
	}
	if n < perWeek {
		return reason.Reason{}, false
	}
	from := day.AddDays(7 - oldest)
	return reason.New(reason.CapWeek, reason.OnDay(from), money.FormatMinor(int64(n), 0),
		d.mailFrom(p, from).String()), true
}

// send writes the message's actions, one per channel, or the reason and task for
// having nobody to write to.
func (d *Decider) send(a *book.Account, p *place, c *candidate, day cal.Date, into *Decision) bool {
	to, fallback := recipient(a, c.lead, c.stage)
	if mailRefused(a, c.currency) {
		to = nil
	}
	channels := d.channels(a, c, to)
	if len(channels) == 0 {
		d.nobody(a, c, day, into)
		return false
	}
	act := Action{Kind: SendMessage, Strategy: c.st.Key, Version: c.st.Version, Step: c.leadKey, Stage: c.stage,
		Currency: c.currency, Demand: c.demands(), Role: c.lead.To[0],
		Approval: c.lead.Approval, ApprovalRole: c.lead.ApprovalRole, PayBy: cal.None,
		Debtor: a.Customer.Kind, Language: a.Customer.Language}
	if c.leadKey == strategy.Opening {
		act.Approval = strategy.Ask
	}
	if !d.maySend(p, channels, day) {
		plan := d.nextPlan(p, channels, day)
		goes := d.textDay(p, channels, plan)
		d.waits(c, into, reason.New(reason.NotSendDay, reason.OnDay(plan), goes.String()))
		return false
	}
	act.Day = d.textDay(p, channels, day)
	if c.note {
		act.PayBy = d.notePayBy(a, p, c, channels[0], act.Day)
		d.noteLines(a, c, &act, day)
	} else {
		act.PayBy = d.payBy(a, p, c, channels, act.Day)
		d.lines(a, c, &act, day, into)
	}
	for _, ch := range channels {
		out := act
		out.Channel = ch
		if to != nil {
			out.Role = to.Role
			if ch == book.Email {
				out.Contact, out.Copy = to.ID, copies(a, c.lead, c.stage, to)
			}
		}
		into.Actions = append(into.Actions, out)
		if how := d.w.Set.PostBy(a.Customer.Country, c.leadKey, act.TotalMinor, c.currency); ch == book.Letter &&
			how != "" {
			into.because(reason.New(reason.PostBy, reason.UntilFact("letter posted"), how))
		}
	}
	if c.lead.ByPost(d.dueMinor(c), c.currency) && !a.Customer.HasAddress {
		d.waits(c, into, reason.New(reason.NoPostalAddress, reason.UntilFact("postal address added"), c.leadKey))
	}
	if c.lead.Proposes != "" && c.beside == nil {
		d.raise(a, into, proposes+c.lead.Proposes, c.currency, nil, day)
	}
	if legal := c.stage >= strategy.StageFinal; a.Customer.KindAt(legal) != a.Customer.Kind {
		into.because(reason.New(reason.KindUnconfirmed, reason.UntilFact("kind confirmed"),
			strings.ReplaceAll(a.Customer.Kind.String(), "_", " ")))
	}
	if fallback && to != nil {
		into.because(reason.New(reason.FallbackContact, reason.UntilFact("contact added"), string(c.lead.To[0]),
			string(to.Role)))
	}
	if !p.send.Known(act.Day) {
		into.because(reason.New(reason.CalendarUnknown, reason.UntilFact("calendar updated"), p.calendar.Name()))
	}
	into.lookOn(day + 1)
	return true
}

// order is in which roles are tried after those the step names.
var order = []book.Role{book.AccountsPayable, book.Approver, book.FinanceLead, book.General, book.Orderer,
	book.Director}

// recipient is the first contact with a working address: the step's own roles in
// order, then the general order. A director is not written to before the final
// demand unless the customer is a person. fallback reports another role than the
// first one wished.
func recipient(a *book.Account, step *strategy.Step, stage strategy.Stage) (to *book.Contact, fallback bool) {
	for n, roles := range [2][]book.Role{step.To, order} {
		for k, role := range roles {
			if role == book.Director && stage < strategy.StageFinal && a.Customer.Kind != book.Individual {
				continue
			}
			for i := range a.Contacts {
				if c := &a.Contacts[i]; c.Role == role && c.Working() {
					return c, n > 0 || k > 0
				}
			}
		}
	}
	return nil, false
}

// AnyContact is the contact to whom a message goes that no step addresses; nil if there is
// no working address.
func AnyContact(a *book.Account) *book.Contact {
	to, _ := recipient(a, &strategy.Step{}, strategy.StageFirst)
	return to
}

// copies are the contacts of the step's further roles. A natural person's debt is
// discussed with nobody else, and a director is not copied before the final demand.
func copies(a *book.Account, step *strategy.Step, stage strategy.Stage, to *book.Contact) []int64 {
	if a.Customer.KindAt(stage >= strategy.StageFinal).NaturalPerson() {
		return nil
	}
	var out []int64
	for _, role := range step.Copy {
		if role == book.Director && stage < strategy.StageFinal {
			continue
		}
		for i := range a.Contacts {
			if c := &a.Contacts[i]; c.Role == role && c.ID != to.ID && c.Working() {
				out = append(out, c.ID)
			}
		}
	}
	return out
}

// channels are the ways by which the lead step goes out today. Ways that told every
// due item already are left out: the step then goes only by the missing one.
func (d *Decider) channels(a *book.Account, c *candidate, to *book.Contact) []book.Channel {
	step := c.lead
	var out []book.Channel
	add := func(ch book.Channel) {
		if slices.Contains(out, ch) || (!c.note && d.allTold(c, ch)) {
			return
		}
		if (ch == book.Email && to != nil) || (ch == book.Letter && a.Customer.HasAddress) {
			out = append(out, ch)
		}
	}
	for _, ch := range step.Channels {
		add(ch)
	}
	if to == nil && step.NoEmail != "" {
		add(step.NoEmail)
	}
	if step.ByPost(d.dueMinor(c), c.currency) {
		add(book.Letter)
	}
	if step.CountFrom == book.Letter && !slices.Contains(out, book.Letter) {
		return nil // a step that counts only by post does not go out by email alone
	}
	return out
}

func (d *Decider) allTold(c *candidate, ch book.Channel) bool {
	for i := c.first; i < c.last; i++ {
		s := &d.items[i]
		if s.next == c.lead && !s.told.toldBy(c.leadKey, ch) {
			return false
		}
	}
	return c.leadKey != strategy.Statement
}

func (d *Decider) dueMinor(c *candidate) int64 {
	var sum int64
	for i := c.first; i < c.last; i++ {
		if s := &d.items[i]; s.next == c.lead {
			sum = money.AddMinor(sum, s.askable)
		}
	}
	return sum
}

// nobody states that there is no way to reach the customer and asks a person.
func (d *Decider) nobody(a *book.Account, c *candidate, day cal.Date, into *Decision) {
	if c.lead.CountFrom == book.Letter {
		d.waits(c, into, reason.New(reason.NoPostalAddress, reason.UntilFact("postal address added"), c.leadKey))
		d.raiseFor(a, c, into, TaskNoPostalAddress, day)
		return
	}
	if mailRefused(a, c.currency) {
		d.waits(c, into, reason.New(reason.MailRefused, reason.UntilFact("task done")))
		return
	}
	d.waits(c, into, reason.New(reason.NoContact, reason.UntilFact("contact added")))
	if c.stage >= strategy.StageFirst {
		d.raiseFor(a, c, into, TaskNoContact, day)
	}
}

// raiseFor adds a task about the items whose step cannot go out.
func (d *Decider) raiseFor(a *book.Account, c *candidate, into *Decision, kind string, day cal.Date) {
	for i := c.first; i < c.last; i++ {
		if s := &d.items[i]; c.wants(s) {
			d.raise(a, into, kind, c.currency, s.item, day)
		}
	}
}

// payBy is the last day to pay that the message names: dispatch, transit and the
// step's days, rolled forward to a business day at the debtor's place. A letter beside
// a mail names the day that the mail named: one step has one deadline.
func (d *Decider) payBy(a *book.Account, p *place, c *candidate, channels []book.Channel,
	day cal.Date) cal.Date {
	step := c.lead
	switch {
	case c.beside != nil:
		return c.beside.PayBy
	case step.DeadlineDue:
		return c.oldest
	}
	days := step.DeadlineDays
	if c.leadKey == strategy.Opening {
		days = d.w.Set.Policy.OpeningDeadlineDays
	}
	if o := d.w.Set.Overlays[a.Customer.Country]; o != nil &&
		a.Customer.KindAt(c.stage >= strategy.StageFinal).NaturalPerson() {
		if longer, ok := o.NaturalPersonDeadlineDays[step.Key]; ok {
			days = longer
		}
	}
	if days == 0 {
		return cal.None
	}
	from := channels[0]
	if slices.Contains(channels, step.CountFrom) {
		from = step.CountFrom
	}
	return cal.PayBy(day, d.transit(from, &a.Customer), days, p.calendar)
}

// asks reports whether a demand asks for an overdue item, and at which step. It asks for
// the items that have a step due today, and for those too small for a message of their
// own, which ride along at no step. An item that waits at its own step is not asked for
// again: the day named to the customer earlier stands ([Decider.Apart]). An opening
// statement is about everything overdue that nothing was said about.
func (c *candidate) asks(s *itemState) (step string, yes bool) {
	switch {
	case c.leadKey == strategy.Opening && s.note == nil && s.told.note == nil:
		return strategy.Opening, true
	case s.next != nil && s.next.Kind == strategy.KindMessage:
		return s.next.Key, true
	}
	return "", s.small
}

// covered reports whether unapplied credit covers all that a demand would ask for.
func (d *Decider) covered(a *book.Account, c *candidate, day cal.Date) bool {
	credits := d.creditMoves(a, c.currency, day)
	if len(credits) == 0 {
		return false
	}
	var asked []Line
	var sum int64
	for i := c.first; i < c.last; i++ {
		if s := &d.items[i]; s.item.Overdue(day) {
			if _, yes := c.asks(s); yes {
				asked = append(asked, Line{Item: s.item.ID})
				sum = money.AddMinor(sum, s.askable)
			}
		}
	}
	return creditOn(credits, asked) >= sum
}

// lines lists what the message is about. Notes before the due date and statements list
// their own items.
func (d *Decider) lines(a *book.Account, c *candidate, act *Action, day cal.Date, into *Decision) {
	act.Lines = make([]Line, 0, c.last-c.first)
	for i := c.first; i < c.last; i++ {
		s := &d.items[i]
		line := Line{Item: s.item.ID, OpenMinor: s.askable, Level: book.NoClaim, InterestFrom: cal.None}
		switch {
		case c.leadKey == strategy.Statement:
		case !act.Demand:
			if s.next != c.lead {
				continue
			}
			line.Step = s.next.Key
		case !s.item.Overdue(day):
			if c.wants(s) {
				into.because(reason.New(reason.CapDay, reason.OnDay(day+1)).ForItem(s.item.ID))
			}
			continue
		default:
			step, yes := c.asks(s)
			if !yes {
				continue
			}
			line.Step, line.Level = step, book.PrincipalOnly
		}
		act.Lines = append(act.Lines, line)
		act.TotalMinor = money.AddMinor(act.TotalMinor, s.askable)
	}
	if act.Demand {
		credits := d.creditMoves(a, c.currency, day)
		act.CreditMinor = creditOn(credits, act.Lines)
		act.TotalMinor -= act.CreditMinor
		if c.beside != nil { // it claims as its mail did, which is no earlier message to it
			a = before(a, c.beside)
		}
		d.claims(a, c, act, credits, act.Day, into)
	}
}

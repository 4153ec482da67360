package decide

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// Outcomes of holds that decide what is said next; others end in silence.
const (
	OutcomeKept   = "kept"
	OutcomePartly = "partly"
	OutcomeBroken = "broken"
	OutcomeUpheld = "upheld"     // of a dispute: decided for us
	OutcomeNewer  = "superseded" // of a promise: a later one took its place

	outcomeWithdrawn = "withdrawn" // as if it had never been
	OutcomeSplit     = "split"     // of a dispute: what was not credited is owed
)

// outcomes are how holds end whose end decides what is said next, by kind.
var outcomes = map[book.HoldKind][]string{
	book.HoldPromise:  {OutcomeKept, OutcomePartly, OutcomeBroken, OutcomeNewer, outcomeWithdrawn},
	book.HoldDispute:  {OutcomeUpheld, OutcomeSplit, "credited", outcomeWithdrawn},
	book.HoldPlan:     {OutcomeKept, OutcomeBroken, outcomeWithdrawn},
	book.HoldDeferral: {OutcomeKept, OutcomeBroken, outcomeWithdrawn},
}

// Outcomes are the words for how a hold of a kind ends; nil where any word will do,
// because nothing depends on it.
func Outcomes(kind book.HoldKind) []string { return outcomes[kind] }

// Holds reports whether a hold holds on a day, the days of grace of a promise included.
func (d *Decider) Holds(h *book.Hold, day cal.Date) bool { return d.holds(h, day) }

// lastDay is the last day on which a hold holds unless it is ended before: a promise
// through the days of grace too, because money paid on the promised day shows up later.
func (d *Decider) lastDay(h *book.Hold) cal.Date {
	if h.Kind == book.HoldPromise && h.Until.Valid() {
		return cal.NextAfterGrace(h.Until, d.w.Set.Policy.GraceBankingDays, d.bank) - 1
	}
	return h.Until
}

func (d *Decider) holds(h *book.Hold, day cal.Date) bool {
	return day >= h.From && day <= d.lastDay(h) && (h.EndDay == cal.None || day < h.EndDay)
}

// endedOn is the first day on which a hold no longer holds; cal.Far if none is known.
func (d *Decider) endedOn(h *book.Hold) cal.Date {
	on := cal.Far
	if last := d.lastDay(h); last != cal.Far {
		on = last + 1
	}
	if h.EndDay != cal.None {
		on = min(on, h.EndDay)
	}
	return on
}

// judge ends each promise whose day and grace have passed, by the money that has
// arrived, and looks again on the day on which one is to be judged.
func (d *Decider) judge(a *book.Account, day cal.Date, into *Decision) {
	for i := range a.Holds {
		h := &a.Holds[i]
		if h.Kind != book.HoldPromise || h.EndDay != cal.None || h.Until == cal.Far {
			continue
		}
		if on := d.endedOn(h); on > day {
			into.lookOn(on)
			continue
		}
		outcome := d.verdict(a, h)
		if outcome == "" {
			continue
		}
		act := Action{Kind: EndHold, TaskKind: "promise_" + outcome, Hold: h.ID, Outcome: outcome,
			Currency: h.Currency, Stage: strategy.NoStage, PayBy: cal.None}
		for k := range a.Items {
			if it := &a.Items[k]; covers(h, it) {
				act.Lines = append(act.Lines, Line{Item: it.ID, OpenMinor: it.OpenMinor})
			}
		}
		into.Actions = append(into.Actions, act)
		into.lookOn(day + 1)
	}
}

// verdict says whether a promise was kept, in part, or broken, or whether a later promise
// took its place. "" where nothing that it is
// about was due on the promised day and no money came: such a promise cannot be judged.
func (d *Decider) verdict(a *book.Account, h *book.Hold) string {
	if h.Item != 0 {
		if it := a.Item(h.Item); it != nil && !covers(h, it) {
			return ""
		}
	}
	kept := true
	arrived := d.settledIn(a, h)
	var seen []money.Currency
	for i := range a.Items {
		it := &a.Items[i]
		if !covers(h, it) || slices.Contains(seen, it.Currency) {
			continue
		}
		seen = append(seen, it.Currency)
		p := d.Promised(a, h, it.Currency)
		kept = kept && p.ArrivedMinor >= p.AmountMinor
		arrived = arrived || p.ArrivedMinor > 0
	}
	switch {
	case len(seen) == 0 && h.Item == 0 && !arrived:
		return ""
	case kept:
		return OutcomeKept
	case d.superseded(a, h):
		return OutcomeNewer
	case arrived:
		return OutcomePartly
	}
	return OutcomeBroken
}

// superseded reports whether a later day was promised for all that a promise is about
// before its own was over, and that promise stood on when it was.
func (d *Decider) superseded(a *book.Account, h *book.Hold) bool {
	over := d.lastDay(h) + 1
	return slices.ContainsFunc(a.Holds, func(g book.Hold) bool {
		return g.Kind == book.HoldPromise && g.ID > h.ID && (g.Item == h.Item || g.Item == 0) && whole(&g) &&
			g.From < over && g.Until > h.Until && (g.EndDay == cal.None || g.EndDay > over) &&
			g.Outcome != outcomeWithdrawn
	})
}

// settledIn reports whether an item of an account was paid while a promise about the whole
// account ran, or its credit came then.
func (d *Decider) settledIn(a *book.Account, h *book.Hold) bool {
	within := func(day cal.Date) bool { return day >= h.From && day <= d.lastDay(h) }
	return h.Item == 0 && (slices.ContainsFunc(a.Settled, func(s book.Settled) bool { return within(s.Day) }) ||
		slices.ContainsFunc(a.Credits, func(c book.Credit) bool { return within(c.Day) }))
}

// covers reports whether a promise is about an open item: the one it names, or every
// one that it concerns and that is due by the promised day.
func covers(h *book.Hold, it *book.Item) bool {
	return concerns(h, it) && it.OpenMinor > 0 && it.DueDate != cal.None && it.DueDate <= h.Until
}

// concerns reports whether what was said when a hold began can have meant an item: the
// one that it names, or, for the whole account, what had been invoiced by then.
func concerns(h *book.Hold, it *book.Item) bool {
	if h.Item != 0 {
		return h.Item == it.ID
	}
	invoiced := it.InvoiceDate
	if invoiced == cal.None {
		invoiced = it.RecordedDay
	}
	return invoiced <= h.From
}

// Promised is what was to come in and what has come in since, in one currency, of the
// items that are still open.
type Promised struct {
	AmountMinor  int64
	ArrivedMinor int64
}

// Promised reads what a promise was about from the account's facts: the sum that it
// names, else what was open; and the money with a value day since then. What was credited
// since is no longer owed, so it was not promised either. A residue counts as arrived.
func (d *Decider) Promised(a *book.Account, h *book.Hold, c money.Currency) Promised {
	var p Promised
	var open, left int64
	for i := range a.Items {
		it := &a.Items[i]
		if it.Currency != c || !covers(h, it) {
			continue
		}
		open = money.AddMinor(open, it.OpenMinor)
		if d.residue(it) {
			left = money.AddMinor(left, it.OpenMinor)
		}
		for k := range a.Moves {
			if m := &a.Moves[k]; m.Item == it.ID && m.Day >= h.From && m.Kind.Money() {
				p.ArrivedMinor = money.AddMinor(p.ArrivedMinor, -m.Minor)
			}
		}
	}
	p.ArrivedMinor = max(p.ArrivedMinor, 0)
	var paid, credited int64 // since, and not yet set against an item
	for i := range a.Credits {
		switch cr := &a.Credits[i]; {
		case cr.Currency != c || cr.Day < h.From:
		case cr.Kind.Money():
			paid = money.AddMinor(paid, cr.OpenMinor)
		default:
			credited = money.AddMinor(credited, cr.OpenMinor)
		}
	}
	owed := open - min(credited, open)
	p.AmountMinor = money.AddMinor(owed, p.ArrivedMinor)
	if h.Minor != 0 {
		p.AmountMinor = min(p.AmountMinor, h.Minor)
	}
	p.ArrivedMinor = money.AddMinor(p.ArrivedMinor, min(money.AddMinor(paid, left), owed))
	return p
}

// noteFor is the note that an overdue item is due because something that held it has
// ended and nothing was said about it since; nil if none. Of several that of the hold that
// ended last, and of one day the most urgent.
func (d *Decider) noteFor(a *book.Account, s *itemState, day cal.Date) *strategy.Step {
	var due *strategy.Step
	best, since := 0, cal.None
	for i := range a.Holds {
		h := &a.Holds[i]
		key := d.noteAfter(a, h, s.item, day)
		if key == strategy.Resumption &&
			(s.told.stage < strategy.StageFirst || s.told.stage == strategy.StageDecide) {
			continue // nothing was said yet, or a person decides what is said next
		}
		if key == strategy.DisputeAnswer && d.answered(a, h, s.item) {
			continue
		}
		step, rank := strategy.Note(key)
		on := d.endedOn(h)
		if step == nil || on < since || (on == since && rank >= best) || toldSince(a, s.told.notices, on) {
			continue
		}
		due, best, since = step, rank, on
	}
	return due
}

// answerDue reports whether a dispute about an item that is not overdue, or about all, was decided for us
// and nothing was said since: the customer who asked is answered at once, with a date to
// pay by that is not before the due date.
func (d *Decider) answerDue(a *book.Account, s *itemState, day cal.Date) bool {
	return slices.ContainsFunc(a.Holds, func(h book.Hold) bool {
		return h.Kind == book.HoldDispute && (h.Item == s.item.ID || h.Item == 0) &&
			d.noteAfter(a, &h, s.item, day) == strategy.DisputeAnswer &&
			!toldSince(a, s.told.notices, d.endedOn(&h)) && !d.answered(a, &h, s.item)
	})
}

// answered reports whether who questioned the whole account was answered while an item was
// not overdue: one answer is enough, about what falls due first, and with what falls due
// later the ladder goes its way.
func (d *Decider) answered(a *book.Account, h *book.Hold, it *book.Item) bool {
	return h.Item == 0 && slices.ContainsFunc(a.Messages, func(m book.Message) bool {
		return m.Step == strategy.DisputeAnswer && m.Currency == it.Currency && m.Live() &&
			m.State != book.Proposed &&
			m.Day >= d.endedOn(h) && m.Day <= it.DueDate
	})
}

// NoteAbout is the hold of whose end a note tells an item: of those that call for the
// note the one that ended last; nil if the facts of the day call for none.
func (d *Decider) NoteAbout(a *book.Account, item int64, note string, day cal.Date) *book.Hold {
	it := a.Item(item)
	if it == nil {
		return nil
	}
	var last *book.Hold
	for i := range a.Holds {
		h := &a.Holds[i]
		if d.noteAfter(a, h, it, day) == note && (last == nil || d.endedOn(h) >= d.endedOn(last)) {
			last = h
		}
	}
	return last
}

// noteAfter is the key of the note about an item that the end of a hold calls for, ""
// if none, or if it has not ended by the day.
func (d *Decider) noteAfter(a *book.Account, h *book.Hold, it *book.Item, day cal.Date) string {
	on := d.endedOn(h)
	if !concerns(h, it) || on > day || on <= h.From {
		return ""
	}
	switch h.Kind {
	case book.HoldPromise:
		outcome := h.Outcome
		if h.EndDay == cal.None {
			outcome = d.verdict(a, h)
		}
		if (outcome != OutcomeBroken && outcome != OutcomePartly) || !covers(h, it) || on <= h.Until {
			return "" // ended before its day, it was withdrawn
		}
		if p := d.Promised(a, h, it.Currency); p.ArrivedMinor < p.AmountMinor {
			return strategy.BrokenPromise
		}
	case book.HoldDispute:
		if h.EndDay != cal.None && (h.Outcome == OutcomeUpheld || h.Outcome == OutcomeSplit) {
			return strategy.DisputeAnswer
		}
	case book.HoldPause, book.HoldPlan, book.HoldDeferral:
		last := lastContact(a, on)
		if last != cal.None && on.DaysSince(last) > d.w.Set.Policy.ResumptionAfterDays {
			return strategy.Resumption
		}
	}
	return ""
}

// toldSince reports whether an item was told anything after the end of a hold, or the
// note on that very day.
func toldSince(a *book.Account, notices []book.Notice, on cal.Date) bool {
	for i := range notices {
		n := &notices[i]
		if n.Voided || n.Message == 0 {
			continue
		}
		m := a.Message(n.Message)
		if m != nil && m.Live() && (m.Day > on || (m.Day == on && strategy.IsNote(m.Step))) {
			return true
		}
	}
	return false
}

// lastContact is the last day before another on which the customer heard from us, of
// whatever; None if never.
func lastContact(a *book.Account, before cal.Date) cal.Date {
	last := cal.None
	for i := range a.Messages {
		if m := &a.Messages[i]; m.State == book.Sent && m.SentDay < before {
			last = max(last, m.SentDay)
		}
	}
	for i := range a.Tasks {
		if t := &a.Tasks[i]; t.Kind == string(strategy.KindCall) && t.State == book.TaskDone && t.DoneDay < before {
			last = max(last, t.DoneDay)
		}
	}
	return last
}

// notes collects the notes of a currency that are due, one message for each kind.
func (l *ladder) notes(first int) (due bool) {
	d := l.d
	for i := first; i < len(d.items); i++ {
		step := d.items[i].note
		same := func(c candidate) bool { return c.lead == step && c.currency == l.currency }
		if step == nil || slices.ContainsFunc(d.candid, same) {
			continue
		}
		l.answerFirst(i, step)
		if d.items[i].note == nil {
			continue
		}
		c := candidate{currency: l.currency, st: l.st, lead: step, leadKey: step.Key, stage: strategy.NoteStage,
			oldest: cal.Far, first: first, last: len(d.items), note: true}
		var asked int64
		var about []Line
		for k := i; k < len(d.items); k++ {
			if s := &d.items[k]; s.note == step {
				c.oldest = min(c.oldest, s.item.DueDate)
				asked = money.AddMinor(asked, s.askable)
				about = append(about, Line{Item: s.item.ID})
			}
		}
		if c.demands() && asked <= creditOn(d.creditMoves(l.a, l.currency, l.day), about) {
			d.inCredit(l.a, &c, l.day, l.into)
			for k := i; k < len(d.items); k++ {
				if d.items[k].note == step {
					d.items[k].note = nil
				}
			}
			continue
		}
		d.candid, due = append(d.candid, c), true
	}
	return due
}

// answerFirst leaves in an answer from an item on what can have one date: all that is
// overdue, or, of what is not, the items that fall due first. The others are answered on
// the next day.
func (l *ladder) answerFirst(from int, step *strategy.Step) {
	if step.Key != strategy.DisputeAnswer {
		return
	}
	noted := l.d.items[from:]
	oldest := cal.Far
	for i := range noted {
		if noted[i].note == step {
			oldest = min(oldest, noted[i].item.DueDate)
		}
	}
	for i := range noted {
		s := &noted[i]
		if s.note == step && !s.item.Overdue(l.day) && s.item.DueDate > oldest {
			s.note = nil
			l.because(s, reason.CapDay, reason.OnDay(l.day+1))
		}
	}
}

// noteLines are the items of a note: those that it is about, or, where it only shows
// how the account stands, every open item.
func (d *Decider) noteLines(a *book.Account, c *candidate, act *Action, day cal.Date) {
	for i := c.first; i < c.last; i++ {
		s := &d.items[i]
		line := Line{Item: s.item.ID, OpenMinor: s.askable, Level: book.NoClaim, InterestFrom: cal.None}
		switch {
		case s.note == c.lead:
			line.Step = c.leadKey
		case act.Demand:
			continue
		}
		if act.Demand {
			line.Level = book.PrincipalOnly
		}
		act.Lines = append(act.Lines, line)
		act.TotalMinor = money.AddMinor(act.TotalMinor, s.askable)
	}
	if act.Demand {
		act.Level = book.PrincipalOnly
		act.CreditMinor = creditOn(d.creditMoves(a, c.currency, day), act.Lines)
		act.TotalMinor -= act.CreditMinor
	}
}

// notePayBy is the one new date of a note: counted from its arrival, and never before
// a deadline that still runs.
func (d *Decider) notePayBy(a *book.Account, p *place, c *candidate, ch book.Channel, day cal.Date) cal.Date {
	pol := &d.w.Set.Policy
	by := cal.None
	switch c.leadKey {
	case strategy.BrokenPromise:
		arrives := d.transit(ch, &a.Customer).Arrival(day, p.calendar)
		by = p.calendar.AddBusinessDays(arrives, pol.BrokenPromiseBusinessDays)
	case strategy.DisputeAnswer:
		by = cal.PayBy(day, d.transit(ch, &a.Customer), pol.DisputeAnswerDays, p.calendar)
	default:
		return by
	}
	for i := c.first; i < c.last; i++ {
		s := &d.items[i]
		if s.note != c.lead {
			continue
		}
		by = max(by, p.calendar.RollForward(s.item.DueDate))
		if s.told.message != nil {
			by = max(by, s.told.message.PayBy)
		}
	}
	return by
}

// Retold lists the items of a note, or of the question at the end of a ladder, whose key
// is taken, because they were told the same before in their cycle: each needs a new cycle.
func Retold(a *book.Account, act *Action) []int64 {
	if !strategy.IsNote(act.Step) && act.Step != strategy.Decide {
		return nil
	}
	var items []int64
	for i := range act.Lines {
		l := &act.Lines[i]
		it := a.Item(l.Item)
		if l.Step != "" && it != nil && slices.ContainsFunc(a.Notices, func(n book.Notice) bool {
			return n.Item == l.Item && n.Cycle == it.Cycle && n.Step == l.Step && n.Channel == act.Channel
		}) {
			items = append(items, l.Item)
		}
	}
	return items
}

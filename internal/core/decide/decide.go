package decide

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

// World is what decisions are made by, besides the account: one per creditor.
type World struct {
	Creditor *book.Creditor
	Set      *strategy.Set
	Law      *law.Set
	Holidays *cal.Holidays
	Closing  cal.ClosingDays
}

// Decider decides accounts of one creditor. It keeps calendars and scratch memory
// between calls; use one per goroutine.
type Decider struct {
	w      *World
	bank   *cal.Calendar // banking days at the creditor's place
	ours   *cal.Calendar
	home   *time.Location // the creditor's
	now    time.Time      // of the run; zero: in the morning
	anew   *Outgoing      // decided once more; nil mostly
	places map[placeKey]*place

	items   []itemState
	candid  []candidate
	currenc []money.Currency
}

type placeKey struct{ country, subdivision string }

// place is where a debtor is: business days there, and days on which we send there.
type place struct {
	calendar *cal.Calendar
	send     *cal.SendDays
	zones    []*time.Location // whose hours must all suit a mail
	near     bool             // the zone is ours

	planned, mail cal.Date              // the day asked for last, and that of a mail planned on it
	mornings      map[cal.Date]cal.Date // the same, of the runs of other mornings
}

// New returns a Decider for one creditor.
func New(w *World) *Decider {
	c := w.Creditor
	home, err := cal.HomeZone(c.Country, c.Subdivision)
	if err != nil {
		home = time.UTC // a book has no such creditor: it could not tell what day it is
	}
	return &Decider{
		w: w, home: home, places: map[placeKey]*place{},
		bank: w.Holidays.BankCalendarFor(c.Country, c.Subdivision),
		ours: w.Holidays.CalendarFor(c.Country, c.Subdivision),
	}
}

func (d *Decider) place(c *book.Customer) *place {
	key := placeKey{c.Country, c.Subdivision}
	p := d.places[key]
	if p == nil {
		debtor := d.w.Holidays.CalendarFor(c.Country, c.Subdivision)
		p = &place{calendar: debtor, send: cal.NewSendDays(debtor, d.ours, d.w.Closing),
			zones: cal.ZonesFor(c.Country, c.Subdivision), planned: cal.None,
			mornings: map[cal.Date]cal.Date{}}
		if len(p.zones) == 0 {
			p.zones = []*time.Location{d.home}
		}
		p.near = len(p.zones) == 1 && p.zones[0].String() == d.home.String()
		d.places[key] = p
	}
	return p
}

// itemState is what one open item wants on the day.
type itemState struct {
	item    *book.Item
	askable int64          // open less the part held
	next    *strategy.Step // due today; nil if not
	note    *strategy.Step // to be said before the ladder goes on; nil if nothing
	small   bool           // overdue, but too small for a message of its own
	told    position

	daily     money.Exact // interest of a further day, before the division by dailyOver
	dailyOver int         // days of the year; 0 if the interest is not known
}

// candidate is the message that one currency would send today.
type candidate struct {
	currency money.Currency
	st       *strategy.Strategy
	lead     *strategy.Step
	leadKey  string // lead.Key, or opening in its place
	stage    strategy.Stage
	oldest   cal.Date
	first    int // its items in d.items
	last     int
	note     bool // no step of the ladder

	beside *book.Message // a mail that the letter belongs to; nil: what goes out is a step of its own
}

// demands reports whether the message asks for what is overdue.
func (c *candidate) demands() bool {
	return c.stage >= strategy.StageFirst && c.leadKey != strategy.Resumption
}

// wants reports whether the message is about an item whose turn it is today.
func (c *candidate) wants(s *itemState) bool {
	if c.note {
		return s.note == c.lead
	}
	return s.next != nil && s.next.Kind == strategy.KindMessage
}

// Decide answers what to do about an account at the end of a day's facts. The
// decision is reused by the next call with the same into.
func (d *Decider) Decide(a *book.Account, day cal.Date, into *Decision) {
	into.reset(a.Customer.ID, day)
	d.decide(a, day, into)
	d.withdraw(a, day, into)
}

func (d *Decider) decide(a *book.Account, day cal.Date, into *Decision) {
	if why := strategy.Excluded(&a.Customer); why != "" {
		into.because(reason.New(reason.NoStrategy, reason.UntilFact("customer changed"), why))
		return
	}
	d.judge(a, day, into)
	d.currenc = a.Currencies(d.currenc[:0])
	if len(d.currenc) == 0 {
		into.because(reason.New(reason.Settled, reason.UntilFact("new item")))
		return
	}
	if held, wrong := d.accountHeld(a, day, into), correcting(a, into); held || wrong {
		return
	}
	p := d.place(&a.Customer)
	d.items, d.candid = d.items[:0], d.candid[:0]
	for _, c := range d.currenc {
		d.currency(a, c, p, day, into)
	}
	d.choose(a, p, day, into)
}

// accountHeld gives a reason for each hold on the whole account, and reports
// whether one of them is live.
func (d *Decider) accountHeld(a *book.Account, day cal.Date, into *Decision) bool {
	held := false
	for i := range a.Holds {
		h := &a.Holds[i]
		if h.Item != 0 || (h.EndDay != cal.None && h.EndDay <= day) {
			continue
		}
		if d.holds(h, day) {
			if d.speaks(a, i, day) {
				into.because(d.heldReason(a, h, day))
			}
			held = true
		} else if h.From > day {
			into.lookOn(h.From)
		}
	}
	return held
}

// correcting gives a reason while a correction of an earlier message has not left: who was
// written to by mistake hears that first.
func correcting(a *book.Account, into *Decision) bool {
	open := slices.ContainsFunc(a.Messages, func(m book.Message) bool {
		return m.Step == strategy.Correction && m.Live() && m.State != book.Sent
	})
	if open {
		into.because(reason.New(reason.CorrectionOpen, reason.UntilFact("correction sent or rejected")))
	}
	return open
}

// currency decides one currency of the account: it states a reason for each item
// or collects the message and raises the tasks that are due.
func (d *Decider) currency(a *book.Account, c money.Currency, p *place, day cal.Date, into *Decision) {
	first := len(d.items)
	var overdueMinor int64
	overdueItems := 0
	notices := a.Notices
	for i := range a.Items {
		it := &a.Items[i]
		if it.OpenMinor <= 0 || it.Currency != c {
			continue
		}
		for len(notices) > 0 && notices[0].Item < it.ID {
			notices = notices[1:]
		}
		if !it.Issued(day) {
			into.because(notIssued(it))
			continue
		}
		state := itemState{item: it, askable: it.OpenMinor}
		if d.itemHeld(a, it, day, &state, into) {
			continue
		}
		if it.DueDate == cal.None {
			into.because(reason.New(reason.NoDueDate, reason.UntilFact("due date entered")).ForItem(it.ID))
			d.raise(a, into, TaskDueDate, c, it, day)
			continue
		}
		if it.Overdue(day) && d.residue(it) {
			d.proposeWriteOff(a, it, day, into)
			continue
		}
		state.told = d.position(a, it, notices, day)
		if it.Overdue(day) {
			overdueMinor = money.AddMinor(overdueMinor, state.askable)
			overdueItems++
			state.note = d.noteFor(a, &state, day)
		} else if d.answerDue(a, &state, day) && !d.residue(it) {
			state.note, _ = strategy.Note(strategy.DisputeAnswer)
		}
		d.items = append(d.items, state)
	}
	mine := d.items[first:]
	unapplied := a.Unapplied(c)
	if len(mine) == 0 {
		d.onlyCredit(a, c, unapplied, day, into)
		return
	}
	if overdueItems > 0 && overdueMinor-unapplied <= 0 {
		d.allInCredit(a, c, mine, day, into)
		d.items = d.items[:first]
		return
	}
	chosen := d.w.Set.Select(a, c, overdueMinor, overdueItems, day)
	st := d.w.Set.Strategies[chosen.Key]
	into.Strategies = append(into.Strategies, Choice{c, st.Key, st.Version, chosen.Why})
	into.lookOn(chosen.Until)
	d.keyWithoutOwner(a, c, day, into)
	opening := d.takesOver(a, c, mine, day)
	l := ladder{d: d, a: a, st: st, p: p, day: day, currency: c, overdueMinor: overdueMinor, opening: opening,
		into: into}
	l.decide(mine, first)
}

// decide finds the step of each item, raises the tasks that are due, and collects the
// message.
func (l *ladder) decide(mine []itemState, first int) {
	d := l.d
	for i := range mine {
		if mine[i].note == nil {
			l.item(&mine[i])
		}
	}
	l.tasks(mine)
	noted := l.notes(first)
	if cand, ok := l.message(mine); ok && !(noted && cand.leadKey == strategy.Statement) {
		cand.first, cand.last = first, len(d.items)
		if cand.demands() && d.covered(l.a, &cand, l.day) {
			d.inCredit(l.a, &cand, l.day, l.into)
		} else {
			d.candid = append(d.candid, cand)
		}
	}
	l.besideMail(mine)
}

// notIssued is the reason of an item that counts from a later day, its own date.
func notIssued(it *book.Item) reason.Reason {
	due := it.DueDate
	if due == cal.None {
		due = it.InvoiceDate
	}
	return reason.New(reason.NotDue, reason.OnDay(it.InvoiceDate), due.String(),
		it.InvoiceDate.String()).ForItem(it.ID)
}

// itemHeld applies the holds on one item. It returns true when nothing of the item
// may be asked for; otherwise the held part is taken off what may.
func (d *Decider) itemHeld(a *book.Account, it *book.Item, day cal.Date, s *itemState, into *Decision) bool {
	held, review, other := false, false, false
	for i := range a.Holds {
		h := &a.Holds[i]
		if h.Item != it.ID || (h.EndDay != cal.None && h.EndDay <= day) {
			continue
		}
		switch {
		case d.holds(h, day) && h.Minor > 0 && h.Minor < s.askable:
			s.askable -= h.Minor
			into.because(d.heldReason(a, h, day).ForItem(it.ID))
		case d.holds(h, day):
			if d.speaks(a, i, day) {
				into.because(d.heldReason(a, h, day).ForItem(it.ID))
			}
			held, review = true, review || h.Kind == book.HoldReview
			other = other || h.Kind != book.HoldReview
		case h.From > day:
			into.lookOn(h.From)
		}
	}
	if review && !other { // what is held for another reason is looked at later
		d.raise(a, into, TaskReview, it.Currency, it, day)
	}
	return held
}

// inCredit states that credit covers what a message would ask for, and asks a person to
// set it against the items.
func (d *Decider) inCredit(a *book.Account, c *candidate, day cal.Date, into *Decision) {
	d.waits(c, into, reason.New(reason.InCredit, reason.UntilFact("credit allocated")))
	d.raise(a, into, TaskCredit, c.currency, nil, day)
}

// onlyCredit states that nothing of a currency is open where credit is left of it.
func (d *Decider) onlyCredit(a *book.Account, c money.Currency, unapplied int64, day cal.Date,
	into *Decision) {
	if slices.ContainsFunc(a.Items, func(it book.Item) bool { return it.OpenMinor > 0 && it.Currency == c }) {
		return // and each item has its reason
	}
	into.because(reason.New(reason.OnlyCredit, reason.UntilFact("credit allocated"),
		money.FormatMinor(unapplied, c.Exponent())+" "+string(c)))
	d.raise(a, into, TaskCredit, c, nil, day)
}

// allInCredit is the same for all that is overdue in a currency.
func (d *Decider) allInCredit(a *book.Account, c money.Currency, mine []itemState, day cal.Date,
	into *Decision) {
	until := reason.UntilFact("credit allocated")
	for i := range mine {
		if due := mine[i].item.DueDate; !mine[i].item.Overdue(day) {
			until = until.Or(reason.OnDay(due + 1))
		}
	}
	into.because(reason.New(reason.InCredit, until))
	d.raise(a, into, TaskCredit, c, nil, day)
}

// lacksOwner reports whether somebody is to be named for a key account before its strategy
// can be used.
func lacksOwner(c *book.Customer) bool {
	key := c.Flags&(book.FlagKeyAccount|book.FlagTopTen) != 0
	return key && c.AccountOwner == "" && c.Strategy == ""
}

func (d *Decider) keyWithoutOwner(a *book.Account, c money.Currency, day cal.Date, into *Decision) {
	if !lacksOwner(&a.Customer) {
		return
	}
	into.because(reason.New(reason.KeyWithoutOwner, reason.UntilFact("account owner named")))
	d.raise(a, into, TaskAccountOwner, c, nil, day)
}

// Kinds of tasks that are open only as long as a decision gives their reason.
const (
	TaskReview  = "review_old_items"  // look at what was long overdue at take-over, then end the holds
	TaskResidue = "write_off_residue" // write off what is not worth asking for
)

// Kinds of tasks that ask for something about a customer, and end once it is there; see
// [Answered].
const (
	TaskNoContact       = "no_contact"
	TaskNoPostalAddress = "no_postal_address"
	TaskDueDate         = "fix_due_date"
	TaskCredit          = "allocate_credit"
	TaskAccountOwner    = "name_account_owner"
)

// Answered reports whether what an open task outside the ladder asks for is there: its cause
// is gone, whoever saw to it.
func Answered(a *book.Account, t *book.WorkItem) bool {
	switch t.Kind {
	case TaskNoContact:
		return AnyContact(a) != nil
	case TaskNoPostalAddress:
		return a.Customer.HasAddress
	case TaskDueDate:
		return !slices.ContainsFunc(a.Items, func(it book.Item) bool {
			return it.Currency == t.Currency && it.OpenMinor > 0 && it.DueDate == cal.None
		})
	case TaskCredit:
		return a.Unapplied(t.Currency) <= 0
	case TaskAccountOwner:
		return !lacksOwner(&a.Customer)
	}
	return false
}

// TaskMessageRefused is the task that asks what to do about a mail that a server refused.
// As long as it is open no mail goes to the customer in its currency: the same step goes
// by the next way, or waits.
const TaskMessageRefused = "message_refused"

func mailRefused(a *book.Account, c money.Currency) bool {
	return slices.ContainsFunc(a.Tasks, func(t book.WorkItem) bool {
		return t.State == book.TaskOpen && t.Kind == TaskMessageRefused && t.Currency == c
	})
}

// proposes begins the kind of a task that proposes something to the person who may do it.
const proposes = "propose_"

// roleOf is whose task one outside the ladder is.
func roleOf(kind string) string {
	if strings.HasPrefix(kind, proposes) {
		return "credit_manager"
	}
	return "collector"
}

// raise adds a task outside the ladder, about an item or (nil) the currency, unless
// one of its kind is open.
func (d *Decider) raise(a *book.Account, into *Decision, kind string, c money.Currency, it *book.Item,
	day cal.Date) {
	for i := range a.Tasks {
		if t := &a.Tasks[i]; t.State == book.TaskOpen && t.Kind == kind && t.Currency == c {
			return
		}
	}
	k := slices.IndexFunc(into.Actions, func(act Action) bool {
		return act.Kind == RaiseTask && act.TaskKind == kind && act.Currency == c
	})
	if k < 0 {
		k = len(into.Actions)
		into.Actions = append(into.Actions,
			Action{Kind: RaiseTask, TaskKind: kind, Currency: c, Stage: strategy.NoStage,
				Channel: book.Task, DueDay: day, Approval: strategy.Person, ApprovalRole: roleOf(kind), PayBy: cal.None})
		if kind == TaskResidue {
			into.Actions[k].Why = reason.Residue
		}
		into.lookOn(day + 1)
	}
	if act := &into.Actions[k]; it != nil {
		act.Lines = append(act.Lines, Line{Item: it.ID, OpenMinor: it.OpenMinor})
		act.TotalMinor = money.AddMinor(act.TotalMinor, it.OpenMinor)
	}
}

// takesOver reports whether the first contact about overdue items of a currency must
// be the opening statement: something was overdue when the book first knew it, and
// neither we nor, as far as recorded, anybody before us has written about it.
func (d *Decider) takesOver(a *book.Account, c money.Currency, mine []itemState, day cal.Date) bool {
	for i := range a.Messages {
		if m := &a.Messages[i]; m.Currency == c && m.Stage >= int(strategy.StageFirst) && m.Live() &&
			m.State != book.Proposed &&
			!strategy.IsNote(m.Step) {
			return false
		}
	}
	found := false
	for i := range mine {
		it := mine[i].item
		if it.Reminded(day) {
			return false
		}
		found = found || (it.Overdue(day) && it.RecordedDay > it.DueDate)
	}
	return found
}

// Idle says why nothing leaves our own house on a day: "weekend", the name of a holiday, or
// "closing day"; "" of a day on which messages may leave.
func (d *Decider) Idle(day cal.Date) string {
	switch {
	case day.Weekday() == time.Saturday || day.Weekday() == time.Sunday:
		return "weekend"
	case !d.ours.IsBusinessDay(day):
		return cmp.Or(d.ours.Holiday(day), "holiday")
	case d.w.Closing.Contains(day):
		return "closing day"
	}
	return ""
}

// Opens is a day itself or the next one that is not idle.
func (d *Decider) Opens(day cal.Date) cal.Date {
	return cal.NewSendDays(d.ours, d.ours, d.w.Closing).RollForward(day)
}

package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// TaskPage is a page of the lane of what must be done.
type TaskPage struct {
	Tasks []TaskLine `json:"tasks"`
	Total int        `json:"total"`
	Next  string     `json:"next,omitempty"`
}

// mustKinds are the kinds of work of the first lane in its order: deadlines that we must keep,
// replies that wait for us, what somebody is to look at again (broken promises among it),
// messages that did not arrive, decisions, and what is wrong in the data. Kinds that are not
// named, steps of a strategy among them, are decisions.
var mustKinds = [][]string{
	{TaskFetchSlip, TaskPostLetter},
	{"debtor_paid", "debtor_dispute", "debtor_copy", "debtor_time", "debtor_plan", "debtor_contact", "debtor_terms"},
	{noteKind},
	{TaskAddressFailed, decide.TaskMessageRefused, TaskMessageUnknown},
	nil,
	{decide.TaskNoContact, decide.TaskNoPostalAddress, decide.TaskDueDate, decide.TaskCredit, decide.TaskAccountOwner,
		decide.TaskResidue},
}

// mustRank is the place of a kind among mustKinds.
func mustRank(kind string) int {
	decisions := 0
	for i, kinds := range mustKinds {
		if slices.Contains(kinds, kind) {
			return i
		}
		if kinds == nil {
			decisions = i
		}
	}
	return decisions
}

// MustDo is the first lane: open tasks other than calls, and the notes whose day to look
// again has come, the most pressing kind first and in it the oldest. Open steps of a ladder are judged by the facts of this
// moment. Creditor "" is all. Errors: not found (creditor), invalid (cursor).
func (a *App) MustDo(ctx context.Context, creditor, cursor string, limit int) (TaskPage, error) {
	size := pageSize(limit)
	page := TaskPage{Tasks: []TaskLine{}}
	s, err := a.survey(ctx)
	if err != nil {
		return page, err
	}
	k, err := s.creditorAt(creditor)
	if err != nil {
		return page, err
	}
	after, _, err := parseCursor(cursor, 4) // a taskPlace
	if err != nil {
		return page, err
	}
	var notes []TaskLine
	for i := range s.creditors {
		if k >= 0 && i != k {
			continue
		}
		page.Total += s.creditors[i].work
		for _, n := range s.creditors[i].notes {
			if cursor == "" || taskKey(&n).after(after) {
				notes = append(notes, n)
			}
		}
	}
	only := int64(0)
	if k >= 0 {
		only = s.creditors[k].ID
	}
	err = a.read(ctx, func(tx store.Tx) error {
		tasks, err := a.tasksAfter(tx, only, after, size+1)
		if err != nil {
			return err
		}
		all := append(append([]TaskLine{}, notes...), tasks...)
		slices.SortFunc(all, func(x, y TaskLine) int { return taskKey(&x).compare(taskKey(&y)) })
		page.Next = ""
		if len(all) > size {
			all = all[:size]
			last := taskKey(&all[size-1])
			page.Next = cursorOf(last[:]...)
		}
		page.Tasks = all
		return a.judgeTasks(tx, all)
	})
	return page, err
}

// taskPlace is where work stands in the lane: by its kind, by day, notes before tasks, by
// number.
type taskPlace [4]int64

func taskKey(t *TaskLine) taskPlace {
	rank := int64(mustRank(t.Kind))
	if t.Note != 0 {
		return taskPlace{rank, int64(t.DueDay), 0, t.Note}
	}
	return taskPlace{rank, int64(t.DueDay), 1, t.ID}
}

func (p taskPlace) compare(o taskPlace) int { return slices.Compare(p[:], o[:]) }

func (p taskPlace) after(parts []int64) bool { return slices.Compare(p[:], parts) > 0 }

// tasksAfter reads open tasks that are no calls after a place.
func (a *App) tasksAfter(tx store.Tx, creditor int64, after []int64, n int) ([]TaskLine, error) {
	var tasks []TaskLine
	for rank := int(max(after[0], 0)); rank < len(mustKinds) && len(tasks) < n; rank++ {
		from, id := cal.Date(0), int64(0)
		if rank == int(after[0]) {
			from = cal.Date(after[1])
			if after[2] != 0 { // after a note: all tasks of its day
				id = after[3]
			}
		}
		kinds, not := mustKinds[rank], ""
		if kinds == nil {
			kinds, not = slices.Concat(mustKinds...), "NOT "
		}
		args := []any{a.tenant, from, id, creditor, int64(n - len(tasks))}
		var names []string
		for _, kind := range kinds {
			args = append(args, kind)
			names = append(names, sprintf("$%d", len(args)))
		}
		if err := store.Each(tx, taskLines+`WHERE t.tenant_id = $1 AND t.state = 'open' AND t.kind <> 'call'
				AND t.kind `+not+`IN (`+strings.Join(names, ", ")+`)
				AND (t.due_day, t.task_id) > ($2, $3) AND (c.creditor_id = $4 OR $4 = 0)
			ORDER BY t.due_day, t.task_id LIMIT $5`, args, func(r store.Rows) error {
			tasks = append(tasks, taskLineOf(r))
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return tasks, nil
}

// taskLines selects what a list of tasks shows.
const taskLines = `SELECT t.task_id, c.number, p.name, t.kind, t.step, t.due_day, t.role, t.reason,
	t.amount_minor, t.currency, t.state, t.outcome, c.customer_id FROM task t
	JOIN customer c ON c.tenant_id = t.tenant_id AND c.customer_id = t.customer_id
	JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
	`

// taskLineOf reads a row of a list of tasks.
func taskLineOf(r store.Rows) TaskLine {
	t := TaskLine{ID: r.Int64(0), Customer: r.Text(1), Name: r.Text(2), Kind: r.Text(3), Step: r.Text(4),
		DueDay: r.Day(5), Role: r.Text(6), Reason: r.Text(7), Currency: currency(r.Bytes(9)),
		State: r.Text(10), Outcome: r.Text(11), CustomerID: r.Int64(12)}
	t.Amount = money.FormatMinor(r.Int64(8), t.Currency.Exponent())
	return t
}

// CallLine is a customer worth calling about one currency.
type CallLine struct {
	ID       int64    `json:"id"` // of the customer
	Customer string   `json:"customer"`
	Name     string   `json:"name"`
	Creditor string   `json:"creditor"`
	Ask      Amount   `json:"ask"` // what may be asked for today
	Overdue  Amount   `json:"overdue"`
	Items    int      `json:"items"` // overdue
	Oldest   cal.Date `json:"oldest_due"`
	Days     int      `json:"oldest_days"`
	Usual    Lateness `json:"usual"`
	Contact  *Contact `json:"last_contact"`
	// Task says that a call is a step of the customer's strategy that is open.
	Task bool `json:"task"`
	// Drafted says that a message of today waits for its release: one contact a day.
	Drafted bool   `json:"drafted"`
	Why     string `json:"why"`
}

// Contact is when and how a customer was last spoken to.
type Contact struct {
	Day  cal.Date `json:"day"`
	Kind string   `json:"kind"` // message, call
	Step string   `json:"step"` // of the message; the outcome of the call
}

// CallPage is a page of the call list.
type CallPage struct {
	Calls []CallLine `json:"calls"`
	Total int        `json:"total"`
	Next  string     `json:"next,omitempty"`
}

// callFrom is from how many units of a currency on a customer is worth a call at all; one
// whose strategy has calls from a higher sum on is only called from there on.
const callFrom = 50

// callAfter is for how many days after the due date money may be on its way: before, nobody is
// called whom no strategy calls.
const callAfter = 3

// Calls is the second lane: customers of whom something may be asked for today, less those
// with whom the book is in writing in these days, those whose money may be on its way, those
// who are not later than they use to be and those below the sum from which their strategy has
// calls, and every open call of a strategy. Who is written to today is not called (guardrail
// R9); a message that only waits for its release is said in the line. The
// largest amount comes first, then the oldest. Creditor "" is all. Errors: not found
// (creditor), invalid (cursor).
func (a *App) Calls(ctx context.Context, creditor, cursor string, limit int) (CallPage, error) {
	return a.CallsWithin(ctx, Within{}, creditor, cursor, limit)
}

// CallsWithin is the part of Calls that a user may see, or that is the user's own.
func (a *App) CallsWithin(ctx context.Context, w Within, creditor, cursor string, limit int) (CallPage, error) {
	page := CallPage{Calls: []CallLine{}}
	s, err := a.survey(ctx)
	if err != nil {
		return page, err
	}
	k, err := s.creditorAt(creditor)
	if err != nil {
		return page, err
	}
	within, err := a.customersWithin(ctx, s, w)
	if err != nil {
		return page, err
	}
	order := s.calls(k, w.name(), within)
	lines, next, err := s.pageOf(order, cursor, pageSize(limit))
	if err != nil {
		return page, err
	}
	page.Total, page.Next = len(order), next
	err = a.read(ctx, func(tx store.Tx) (err error) {
		page.Calls, err = a.callLines(tx, s, lines)
		return err
	})
	return page, err
}

// calls is the call list of a creditor, -1 for all.
func (s *survey) calls(creditor int, limits string, within func(customer int32) bool) []int32 {
	byAmount := s.byAmount(func(l *surveyLine) int64 { return l.ask })
	return s.order(sprintf("calls %d", creditor)+limits, func(l *surveyLine) bool {
		if c := s.customerOf(l); creditor >= 0 && int(c.creditor) != creditor || within != nil && !within(l.customer) {
			return false
		}
		return s.uncalled(l) == ""
	}, func(x, y *surveyLine) int { return cmp.Or(byAmount(x, y), cmp.Compare(x.oldest, y.oldest)) })
}

// Reasons why a customer is not on the call list, as it is checked.
const (
	UncalledNothing   = "nothing_overdue"
	UncalledExcluded  = "never_worked"  // a consumer, a company of the group
	UncalledHeld      = "held"          // a promise, a dispute, a pause and the like hold all of it
	UncalledCredit    = "in_credit"     // money not yet matched may settle it
	UncalledContacted = "contacted"     // written to in the last business days, or today
	UncalledWritten   = "written_today" // a message of today is planned or sent
	UncalledHabit     = "as_usual"      // no later than it usually pays
	UncalledOnItsWay  = "on_its_way"    // overdue for so few days that money may be on its way
	UncalledSmall     = "below_minimum" // less than a call is worth
)

// uncalled is why a line is not on the call list; "" if it is.
func (s *survey) uncalled(l *surveyLine) string {
	c := s.customerOf(l)
	creditor := &s.creditors[c.creditor]
	late := creditor.today.DaysSince(l.oldest)
	from := max(callFrom, creditor.callFrom(s.strategies[c.strategy]))
	switch {
	case l.overdue <= 0:
		return UncalledNothing
	case c.excluded:
		return UncalledExcluded
	case l.ask <= 0 && l.openSum[heldDisputed]+l.openSum[heldPromised]+l.openSum[heldOther] >= l.overdue:
		return UncalledHeld
	case l.ask <= 0:
		return UncalledCredit
	case c.written:
		return UncalledWritten
	case c.call:
		return ""
	case c.contacted:
		return UncalledContacted
	case late <= callAfter:
		return UncalledOnItsWay
	case c.usual.known() && late <= int(c.usual.days):
		return UncalledHabit
	case l.ask < strategy.Minor(from, s.currencies[l.currency]):
		return UncalledSmall
	}
	return ""
}

// Uncalled is how many accounts are not on the call list for one reason. A customer who
// owes in two currencies is an account in each.
type Uncalled struct {
	Reason   string `json:"reason"`
	Accounts int    `json:"accounts"`
}

// CallsMinimum is what a call must be worth, in units of the currency, and for how many days
// after the due date money may be on its way.
func CallsMinimum() (units, days int) { return callFrom, callAfter }

// Uncalled tells why the accounts of a creditor that are not on the call list are not, in the
// order in which it is checked. Creditor "" is all. Errors: not found (creditor).
func (a *App) Uncalled(ctx context.Context, creditor string) ([]Uncalled, error) {
	s, err := a.survey(ctx)
	if err != nil {
		return nil, err
	}
	k, err := s.creditorAt(creditor)
	if err != nil {
		return nil, err
	}
	list := []Uncalled{}
	for _, reason := range []string{UncalledNothing, UncalledExcluded, UncalledHeld, UncalledCredit, UncalledWritten, UncalledContacted,
		UncalledOnItsWay, UncalledHabit, UncalledSmall} {
		list = append(list, Uncalled{Reason: reason})
	}
	for i := range s.lines {
		if c := s.customerOf(&s.lines[i]); k >= 0 && int(c.creditor) != k {
			continue
		}
		why := s.uncalled(&s.lines[i])
		for j := range list {
			if list[j].Reason == why {
				list[j].Accounts++
			}
		}
	}
	return list, nil
}

func (a *App) callLines(tx store.Tx, s *survey, lines []int32) ([]CallLine, error) {
	ids := s.customersOf(lines)
	names, err := a.customerNames(tx, ids)
	if err != nil {
		return nil, err
	}
	contacts, err := a.lastContacts(tx, ids)
	if err != nil {
		return nil, err
	}
	calls := make([]CallLine, 0, len(lines))
	for _, i := range lines {
		l := &s.lines[i]
		c, code := s.customerOf(l), s.currencies[l.currency]
		k := CallLine{ID: c.id, Customer: names[c.id].number, Name: names[c.id].name,
			Creditor: s.creditors[c.creditor].Code, Ask: amountIn(l.ask, code), Overdue: amountIn(l.overdue, code),
			Items: int(l.late), Oldest: l.oldest, Usual: s.lateness(l), Task: c.call,
			Drafted: c.drafted}
		k.Days = k.Usual.NowDays
		if last, ok := contacts[c.id]; ok {
			k.Contact = &last
		}
		k.Why = k.why()
		calls = append(calls, k)
	}
	return calls, nil
}

// customersOf are the customers of some lines, ascending.
func (s *survey) customersOf(lines []int32) []int64 {
	ids := make([]int64, 0, len(lines))
	for _, i := range lines {
		ids = append(ids, s.customerOf(&s.lines[i]).id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// lateness is the habit of a line's customer beside its oldest overdue item.
func (s *survey) lateness(l *surveyLine) Lateness {
	c := s.customerOf(l)
	out := Lateness{UsualDays: int(c.usual.days), N: int(c.usual.n)}
	if l.late > 0 {
		out.NowDays = s.day(c).DaysSince(l.oldest)
	}
	return out
}

// why says why a customer is on the call list.
func (k *CallLine) why() string {
	text := ""
	if k.Usual.Known() {
		text = k.Usual.Text() + " "
	}
	if k.Items == 1 {
		text += sprintf("One invoice, %s overdue.", days(k.Days))
	} else {
		text += sprintf("%d invoices, the oldest %s overdue.", k.Items, days(k.Days))
	}
	switch {
	case k.Contact == nil:
		text += " No contact ever."
	case k.Contact.Kind == "call":
		text += " Last call on " + k.Contact.Day.String() + "."
	default:
		text += " Last written to on " + k.Contact.Day.String() + "."
	}
	if k.Drafted {
		text += " A message of today waits for its release: send it or call, not both."
	}
	return text
}

// lastContacts is when each customer was last written to or called.
func (a *App) lastContacts(tx store.Tx, customers []int64) (map[int64]Contact, error) {
	last := map[int64]Contact{}
	take := func(customer int64, c Contact) {
		if old, ok := last[customer]; !ok || c.Day >= old.Day {
			last[customer] = c
		}
	}
	if err := store.Each(tx, `SELECT customer_id, day, lead_step FROM message WHERE tenant_id = $1
		AND customer_id IN ids($2) AND live = 1 AND state = $3`, []any{a.tenant, customers, string(book.Sent)},
		func(r store.Rows) error {
			take(r.Int64(0), Contact{r.Day(1), "message", r.Text(2)})
			return nil
		}); err != nil {
		return nil, err
	}
	return last, store.Each(tx, `SELECT customer_id, day, code FROM note WHERE tenant_id = $1 AND customer_id IN ids($2)
		AND kind = 'call' ORDER BY customer_id, note_id`, []any{a.tenant, customers}, func(r store.Rows) error {
		take(r.Int64(0), Contact{r.Day(1), "call", r.Text(2)})
		return nil
	})
}

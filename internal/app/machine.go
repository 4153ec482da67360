package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// MachineLane is what is planned to go out today, and what was held back of it.
type MachineLane struct {
	Groups []MachineGroup `json:"groups"`
	// Messages and Customers count what has left or may still leave today.
	Messages  int `json:"messages"`
	Customers int `json:"customers"`
	// Held are messages that wait for something, by reason: they stay planned. Stopped are
	// those that the last look ended today, by cause.
	Held    []HeldBack `json:"held"`
	Stopped []HeldBack `json:"stopped"`
}

// MachineGroup is the messages of one step in one currency.
type MachineGroup struct {
	Creditor string         `json:"creditor"`
	Step     string         `json:"step"`
	Currency money.Currency `json:"currency"`
	Count    int            `json:"count"`
	Amount   Amount         `json:"amount"` // the principal asked for
	// PayBy is the earliest day to pay that they name, PayByLast the latest; "" if none does.
	PayBy     string `json:"pay_by,omitempty"`
	PayByLast string `json:"pay_by_last,omitempty"`
	Waiting   int    `json:"waiting"`  // for a person's release
	Released  int    `json:"released"` // and not yet sent
	// AmountWaiting is the part of the amount that waits for a person's release.
	AmountWaiting Amount `json:"amount_waiting"`
	ByItself      int    `json:"by_itself"` // of all of them: released by a standing rule, not a person
	Sent          int    `json:"sent"`
	Unknown       int    `json:"unknown"`
}

// HeldBack is how many messages wait or were stopped for one reason.
type HeldBack struct {
	Reason string `json:"reason"`
	Text   string `json:"text"` // what the reason means, in general
	Count  int    `json:"count"`
}

// plannedToday is the machine lane of each creditor, and of all of them at the end.
type plannedToday struct {
	lanes []MachineLane
	made  time.Time
	cost  time.Duration
}

// Sending leaves its marks outside the chain of commands, so that no key tells when the
// lane has changed: it is read anew when it is so old, and costs at most a twentieth of a
// core however many messages there are.
const (
	plannedFor  = 2 * time.Second
	plannedPart = 20
)

// Machine is the third lane: the messages planned for today by step, with what waits and
// why. While messages are being sent it may be some seconds old. Creditor "" is all.
// Callers must not change it. Errors: not found (creditor).
func (a *App) Machine(ctx context.Context, creditor string) (MachineLane, error) {
	s, err := a.survey(ctx)
	if err != nil {
		return MachineLane{}, err
	}
	k, err := s.creditorAt(creditor)
	if err != nil {
		return MachineLane{}, err
	}
	p, err := a.plannedToday(ctx, s)
	if err != nil {
		return MachineLane{}, err
	}
	if k < 0 {
		k = len(s.creditors)
	}
	return p.lanes[k], nil
}

func (a *App) plannedToday(ctx context.Context, s *survey) (*plannedToday, error) {
	s.outbox.Lock()
	defer s.outbox.Unlock()
	if p := s.planned; p != nil && time.Since(p.made) < max(plannedFor, plannedPart*p.cost) {
		return p, nil
	}
	began := time.Now()
	var lanes []MachineLane
	err := a.read(context.WithoutCancel(ctx), func(tx store.Tx) (err error) {
		lanes, err = a.readPlanned(tx, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.planned = &plannedToday{lanes: lanes, made: time.Now(), cost: time.Since(began)}
	return s.planned, nil
}

// planCounter adds up the messages of today for one lane.
type planCounter struct {
	groups        map[planKey]*MachineGroup
	customers     map[int64]bool
	held, stopped map[string]int
	messages      int
}

type planKey struct {
	creditor int
	step     string
	currency money.Currency
}

func newPlanCounter() *planCounter {
	return &planCounter{groups: map[planKey]*MachineGroup{}, customers: map[int64]bool{}, held: map[string]int{},
		stopped: map[string]int{}}
}

// plannedMessageRow is a message of today as the lane counts it.
type plannedMessageRow struct {
	creditor   int
	customer   int64
	step       string
	currency   money.Currency
	state      book.MessageState
	reason, by string
	payBy      cal.Date
	minor      int64
}

func (a *App) readPlanned(tx store.Tx, s *survey) ([]MachineLane, error) {
	counters := make([]*planCounter, len(s.creditors)+1)
	for i := range counters {
		counters[i] = newPlanCounter()
	}
	all := counters[len(s.creditors)]
	from := cal.Far
	for i := range s.creditors {
		from = min(from, s.creditors[i].today)
	}
	err := store.Each(tx, `SELECT creditor_id, customer_id, lead_step, currency, state, reason, approved_by, pay_by,
		total_minor, day FROM message WHERE tenant_id = $1 AND day >= $2
		AND state IN ('proposed','approved','claimed','handing_over','unknown','sent')`, []any{a.tenant, from},
		func(r store.Rows) error {
			m := plannedMessageRow{customer: r.Int64(1), step: intern(r.Bytes(2)), currency: currency(r.Bytes(3)),
				state: book.MessageState(intern(r.Bytes(4))), reason: intern(r.Bytes(5)), by: intern(r.Bytes(6)),
				payBy: r.Day(7), minor: r.Int64(8)}
			id := r.Int64(0)
			m.creditor = slices.IndexFunc(s.creditors, func(c surveyCreditor) bool { return c.ID == id })
			if m.creditor >= 0 && r.Day(9) == s.creditors[m.creditor].today {
				counters[m.creditor].count(s, &m)
				all.count(s, &m)
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	if err := eachStopped(tx, a.tenant, from, cal.Far.AddDays(-1), func(m *stoppedMessage) {
		if k := s.find(m.customer); k >= 0 && m.day == s.day(&s.customers[k]) {
			counters[s.customers[k].creditor].stopped[m.cause]++
			all.stopped[m.cause]++
		}
	}); err != nil {
		return nil, err
	}
	lanes := make([]MachineLane, len(counters))
	for i, c := range counters {
		lanes[i] = c.lane()
	}
	return lanes, nil
}

func (p *planCounter) count(s *survey, m *plannedMessageRow) {
	key := planKey{m.creditor, m.step, m.currency}
	g := p.groups[key]
	if g == nil {
		g = &MachineGroup{Creditor: s.creditors[m.creditor].Code, Step: m.step, Currency: m.currency,
			Amount: amountIn(0, m.currency), AmountWaiting: amountIn(0, m.currency)}
		p.groups[key] = g
	}
	p.messages++
	p.customers[m.customer] = true
	g.Count++
	g.Amount.Minor = money.AddMinor(g.Amount.Minor, m.minor)
	if by := dayOrNothing(m.payBy); by != "" {
		if g.PayBy == "" || by < g.PayBy {
			g.PayBy = by
		}
		g.PayByLast = max(g.PayByLast, by)
	}
	if m.by == automatic {
		g.ByItself++
	}
	switch m.state {
	case book.Proposed:
		g.Waiting++
		g.AmountWaiting.Minor = money.AddMinor(g.AmountWaiting.Minor, m.minor)
	case book.Sent:
		g.Sent++
	case book.Unknown:
		g.Unknown++
	default:
		g.Released++
	}
	if m.reason != "" && m.state != book.Sent && m.state != book.Unknown {
		p.held[m.reason]++
	}
}

// lane is what was counted: the hardest step first, as it needs a look most.
func (p *planCounter) lane() MachineLane {
	lane := MachineLane{Groups: []MachineGroup{}, Messages: p.messages, Customers: len(p.customers),
		Held: heldBack(p.held), Stopped: heldBack(p.stopped)}
	for _, g := range p.groups {
		lane.Groups = append(lane.Groups, *g)
	}
	slices.SortFunc(lane.Groups, func(x, y MachineGroup) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Step, y.Step), cmp.Compare(x.Creditor, y.Creditor),
			cmp.Compare(x.Currency, y.Currency))
	})
	return lane
}

func heldBack(counts map[string]int) []HeldBack {
	list := []HeldBack{}
	for code, n := range counts {
		list = append(list, HeldBack{Reason: code, Text: reasonInGeneral(code), Count: n})
	}
	slices.SortFunc(list, func(x, y HeldBack) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Reason, y.Reason))
	})
	return list
}

// PlannedFilter narrows the messages planned for today; zero fields do not.
type PlannedFilter struct {
	Creditor string
	Step     string
	Currency money.Currency
	State    book.MessageState
	Reason   string // why it is held
}

// PlannedLine is one message of today.
type PlannedLine struct {
	Message  int64             `json:"message"`
	ID       int64             `json:"id"` // of the customer
	Customer string            `json:"customer"`
	Name     string            `json:"name"`
	Step     string            `json:"step"`
	Channel  book.Channel      `json:"channel"`
	State    book.MessageState `json:"state"`
	Reason   string            `json:"reason,omitempty"`
	Amount   Amount            `json:"amount"`
	PayBy    string            `json:"pay_by,omitempty"`
	Items    int               `json:"items"`
}

// PlannedPage is a page of messages of today.
type PlannedPage struct {
	Messages []PlannedLine `json:"messages"`
	Next     string        `json:"next,omitempty"`
}

// plannedStates are the states of messages that have left or may still leave, in the order
// of lists: what waits for a person first.
var plannedStates = []book.MessageState{book.Proposed, book.Unknown, book.Approved, book.Claimed, book.HandingOver,
	book.Sent}

// Planned lists the messages of today page by page: what waits for a person first. Errors:
// not found (creditor), invalid (cursor).
func (a *App) Planned(ctx context.Context, f PlannedFilter, cursor string, limit int) (PlannedPage, error) {
	page, size := PlannedPage{}, pageSize(limit)
	after, _, err := parseCursor(cursor, 2) // place in plannedStates, message
	if err != nil {
		return page, err
	}
	err = a.read(ctx, func(tx store.Tx) error {
		only, err := a.oneOrAll(tx, f.Creditor)
		if err != nil {
			return err
		}
		creditors, err := a.creditors(tx)
		if err != nil {
			return err
		}
		page = PlannedPage{Messages: []PlannedLine{}}
		for state := int(max(after[0], 0)); state < len(plannedStates); state++ {
			id := int64(0)
			if state == int(after[0]) {
				id = after[1]
			}
			if f.State != "" && f.State != plannedStates[state] {
				continue
			}
			if err := a.plannedIn(tx, f, only, creditors, plannedStates[state], id, size+1, &page); err != nil {
				return err
			}
			if len(page.Messages) > size {
				page.Messages = page.Messages[:size]
				last := page.Messages[size-1]
				page.Next = cursorOf(int64(slices.Index(plannedStates, last.State)), last.Message)
				break
			}
		}
		return nil
	})
	return page, err
}

// plannedIn adds the messages of one state after a number.
func (a *App) plannedIn(tx store.Tx, f PlannedFilter, only int64, creditors []CreditorInfo,
	state book.MessageState, after int64, size int, page *PlannedPage) error {
	args := []any{a.tenant, string(state), after, f.Step, string(f.Currency), f.Reason,
		int64(size - len(page.Messages))}
	var today []string // of each creditor
	for i := range creditors {
		if c := &creditors[i]; only == 0 || c.ID == only {
			today = append(today, sprintf("m.creditor_id = $%d AND m.day = $%d", len(args)+1, len(args)+2))
			args = append(args, c.ID, c.today(tx))
		}
	}
	return store.Each(tx, `SELECT m.message_id, m.customer_id, c.number, p.name, m.lead_step, m.channel, m.reason,
		m.total_minor, m.currency, m.pay_by, m.figures FROM message m
		JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
		JOIN party p ON p.tenant_id = c.tenant_id AND p.party_id = c.party_id
		WHERE m.tenant_id = $1 AND m.state = $2 AND m.message_id > $3
			AND (m.lead_step = $4 OR $4 = '') AND (m.currency = $5 OR $5 = '') AND (m.reason = $6 OR $6 = '')
			AND (`+strings.Join(today, " OR ")+`)
		ORDER BY m.message_id LIMIT $7`, args, func(r store.Rows) error {
		figures, err := decide.ParseFigures(r.Bytes(10))
		if err != nil {
			return err
		}
		page.Messages = append(page.Messages, PlannedLine{Message: r.Int64(0), ID: r.Int64(1), Customer: r.Text(2),
			Name: r.Text(3), Step: r.Text(4), Channel: book.Channel(r.Text(5)), State: state, Reason: r.Text(6),
			Amount: amountIn(r.Int64(7), currency(r.Bytes(8))), PayBy: dayOrNothing(r.Day(9)), Items: len(figures.Lines)})
		return nil
	})
}

// causes say in a few words why a message waits or was stopped, where many are counted.
var causes = map[reason.Code]string{
	reason.Paid: "paid since it was planned", reason.AlreadyPaid: "the customer says it is paid",
	reason.InCredit: "unapplied money covers it", reason.PendingPayment: "a payment is under way", reason.Promised: "payment is promised",
	reason.Deferred: "deferred", reason.PlanRunning: "an instalment plan is kept", reason.Disputed: "disputed",
	reason.UnreadReply: "a reply is unread", reason.Placed: "placed with an agency", reason.InCourt: "in court",
	reason.Insolvency: "insolvency", reason.Moratorium: "a statutory moratorium", reason.Paused: "paused",
	reason.Review: "a person looks at old items first", reason.Changed: "something it states has changed",
	reason.AddressGone: "the address is gone", reason.CashStale: "the bank is not known up to date",
	reason.ObserveMode: "the book only observes", reason.CustomerObserved: "this customer is only observed",
	reason.BankChanged: "the bank details were changed", reason.QuietHours: "outside the sending hours",
	reason.TextExpired: "its day has passed", reason.NotAutomatic: "no longer released by itself",
	reason.CapDay: "written to today already", reason.StepDay: "its day has not come at the customer's place",
	reason.SenderIncomplete: "the sender's details are incomplete", reason.NotArmed: "this copy is not armed",
	reason.Brake: "the brake", reason.NoTestMessage: "no test message was sent yet",
	reason.TotalUnproven: "the total is not confirmed", reason.Undelivered: "not delivered",
}

// reasonInGeneral is a reason in a few words.
func reasonInGeneral(code string) string {
	if text, ok := causes[reason.Code(code)]; ok {
		return text
	}
	return strings.ReplaceAll(code, "_", " ")
}

package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// Shelf is a list of messages that people look through.
type Shelf string

// The shelves. On ShelfToday is everything that may still leave and what became of the
// messages that were planned for today or later.
const (
	ShelfWaiting  Shelf = "waiting"  // for a person's release
	ShelfReleased Shelf = "released" // mails on their way
	ShelfLetters  Shelf = "letters"  // released letters, to be posted
	ShelfUnknown  Shelf = "unknown"  // handed over or not: nobody knows
	ShelfToday    Shelf = "today"
)

// Shelves lists them, the first where none is asked for.
var Shelves = []Shelf{ShelfWaiting, ShelfReleased, ShelfLetters, ShelfUnknown, ShelfToday}

// shelfStates are the states of ShelfToday in the order of the list: what waits for a person
// comes first. Of those behind openStates only messages of today or later are listed.
var shelfStates = []book.MessageState{book.Proposed, book.Unknown, book.HandingOver, book.Approved, book.Claimed,
	book.Sent, book.Failed, book.Stopped, book.Rejected, book.Expired, book.Voided}

const openStates = 5 // the first of shelfStates: what may still leave

// holds reports whether a message of a state and channel lies on a shelf.
func (s Shelf) holds(state book.MessageState, channel book.Channel) bool {
	switch s {
	case ShelfWaiting:
		return state == book.Proposed
	case ShelfReleased:
		return (state == book.Approved || state == book.Claimed) && channel == book.Email
	case ShelfLetters:
		return state == book.Approved && channel == book.Letter
	case ShelfUnknown:
		return state == book.Unknown || state == book.HandingOver
	}
	return true
}

// channel is the only one of which a shelf holds messages, "" if it holds all.
func (s Shelf) channel() book.Channel {
	switch s {
	case ShelfReleased:
		return book.Email
	case ShelfLetters:
		return book.Letter
	}
	return ""
}

// ShelfFilter says which messages are listed; zero fields but the shelf do not narrow.
type ShelfFilter struct {
	Creditor string
	Shelf    Shelf // "": waiting, or today where nothing waits
	Step     string
}

// ShelfPage is a page of a shelf, what waits for a person first, then by day and number.
type ShelfPage struct {
	Shelf    Shelf           `json:"shelf"`
	Messages []OutboxMessage `json:"messages"`
	Total    int             `json:"total"` // of the list
	Next     string          `json:"next,omitempty"`
	// Counts are the messages of each shelf, whatever their step; Waiting those that wait for
	// a release by step, the most first; Braked those that are released and the brake holds.
	Counts  map[Shelf]int `json:"counts"`
	Waiting []StepCount   `json:"waiting"`
	Braked  int           `json:"braked"`
}

// StepCount is how many messages of a step wait for a release.
type StepCount struct {
	Step  string `json:"step"`
	Count int    `json:"count"`
}

// Shelf lists messages page by page. The counts of a reader who may see what is a little
// older may be some seconds old. Errors: not found (creditor), invalid (shelf, cursor).
func (a *App) Shelf(ctx context.Context, f ShelfFilter, cursor string, limit int) (ShelfPage, error) {
	page := ShelfPage{Messages: []OutboxMessage{}, Counts: map[Shelf]int{}, Waiting: []StepCount{}}
	if f.Shelf != "" && !slices.Contains(Shelves, f.Shelf) {
		return page, invalid("shelf_invalid", "shelf %q: expected one of %v", f.Shelf, Shelves)
	}
	after, _, err := parseCursor(cursor, 3) // place in shelfStates, day, message
	if err != nil {
		return page, err
	}
	counts, err := a.shelfCounts(ctx)
	if err != nil {
		return page, err
	}
	err = a.read(ctx, func(tx store.Tx) error {
		only, err := a.oneOrAll(tx, f.Creditor)
		if err != nil {
			return err
		}
		page.count(counts, only, &f)
		page.Shelf, page.Next = f.Shelf, ""
		page.Messages, err = a.shelfPage(tx, &f, only, after, pageSize(limit)+1)
		if n := pageSize(limit); len(page.Messages) > n {
			page.Messages = page.Messages[:n]
			last := &page.Messages[n-1]
			page.Next = cursorOf(int64(slices.Index(shelfStates, last.State)), int64(last.Day), last.ID)
		}
		return err
	})
	return page, err
}

// count adds up the groups of one creditor (0: of all), and chooses the shelf where none is
// asked for.
func (p *ShelfPage) count(groups []shelfGroup, only int64, f *ShelfFilter) {
	clear(p.Counts)
	p.Waiting, p.Braked, p.Total = p.Waiting[:0], 0, 0
	for i := range groups {
		g := &groups[i]
		if only != 0 && g.creditor != only {
			continue
		}
		p.Braked += g.braked
		for _, s := range Shelves {
			if s.holds(g.state, g.channel) {
				p.Counts[s] += g.n
			}
		}
		if g.state == book.Proposed {
			k := slices.IndexFunc(p.Waiting, func(s StepCount) bool { return s.Step == g.step })
			if k < 0 {
				k, p.Waiting = len(p.Waiting), append(p.Waiting, StepCount{Step: g.step})
			}
			p.Waiting[k].Count += g.n
		}
	}
	slices.SortFunc(p.Waiting, func(x, y StepCount) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Step, y.Step))
	})
	if f.Shelf == "" {
		if f.Shelf = ShelfWaiting; p.Counts[ShelfWaiting] == 0 {
			f.Shelf = ShelfToday
		}
	}
	for i := range groups {
		if g := &groups[i]; (only == 0 || g.creditor == only) && f.Shelf.holds(g.state, g.channel) &&
			(f.Step == "" || g.step == f.Step) {
			p.Total += g.n
		}
	}
}

// shelfPage reads the n messages after a place, state by state, each in the order of its
// index: a page costs the same however many messages there are.
func (a *App) shelfPage(tx store.Tx, f *ShelfFilter, only int64, after []int64, n int) ([]OutboxMessage, error) {
	today, err := a.todayOfEach(tx)
	if err != nil {
		return nil, err
	}
	out := []OutboxMessage{}
	var more []listed
	for k := max(int(after[0]), 0); k < len(shelfStates) && len(out) < n; k++ {
		state := shelfStates[k]
		if f.Shelf != ShelfToday && (k >= openStates || !f.Shelf.holds(state, cmp.Or(f.Shelf.channel(), book.Email))) {
			continue
		}
		q := conditions{where: "m.tenant_id = $1", args: []any{a.tenant}}
		q.and("m.state = ?", string(state))
		if int64(k) == after[0] && after[2] > 0 {
			q.and("(m.day, m.message_id) > (?, ?)", cal.Date(after[1]), after[2])
		}
		if only != 0 {
			q.and("m.creditor_id = ?", only)
		}
		if channel := f.Shelf.channel(); channel != "" {
			q.and("m.channel = ?", string(channel))
		}
		if f.Step != "" {
			q.and("m.lead_step = ?", f.Step)
		}
		if k >= openStates {
			today.require(&q)
		}
		if err := store.Each(tx, outboxColumns+q.where+sprintf(" ORDER BY m.day, m.message_id LIMIT %d", n-len(out)), q.args,
			func(r store.Rows) error {
				out, more = append(out, outboxMessageOf(r)), append(more, listedOf(r))
				return nil
			}); err != nil {
			return nil, err
		}
	}
	return out, a.stateFigures(tx, out, more)
}

// conditions are a condition with its arguments; each ? stands for the next of them.
type conditions struct {
	where string
	args  []any
}

func (q *conditions) and(condition string, values ...any) {
	for i := range values {
		condition = strings.Replace(condition, "?", sprintf("$%d", len(q.args)+1+i), 1)
	}
	q.where, q.args = q.where+" AND "+condition, append(q.args, values...)
}

// todays are the creditors with the day at their place.
type todays []struct {
	creditor int64
	day      cal.Date
}

func (a *App) todayOfEach(tx store.Tx) (todays, error) {
	creditors, err := a.creditors(tx)
	t := make(todays, len(creditors))
	for i := range creditors {
		t[i].creditor, t[i].day = creditors[i].ID, creditors[i].today(tx)
	}
	return t, err
}

// require leaves messages of today and later, the first day of all creditors so that the
// index finds them.
func (t todays) require(q *conditions) {
	first := cal.Far
	var each []string
	var args []any
	for _, c := range t {
		first = min(first, c.day)
		each, args = append(each, "m.creditor_id = ? AND m.day >= ?"), append(args, c.creditor, c.day)
	}
	q.and("m.day >= ?", first)
	if len(t) > 1 {
		q.and("("+strings.Join(each, " OR ")+")", args...)
	}
}

// shelfGroup is how many messages are alike.
type shelfGroup struct {
	creditor  int64
	state     book.MessageState
	channel   book.Channel
	step      string
	day       cal.Date
	n, braked int
}

// shelfCounter keeps the newest count. Sending leaves its marks outside the chain of
// commands, so that no key tells when it changed: readers who may see what is a little older
// get it for a while, and it costs at most a twentieth of a core. Who has just changed
// something has it counted anew.
type shelfCounter struct {
	mu     sync.Mutex
	groups []shelfGroup
	made   time.Time
	cost   time.Duration
}

func (a *App) shelfCounts(ctx context.Context) ([]shelfGroup, error) {
	c := a.shelved
	c.mu.Lock()
	defer c.mu.Unlock()
	if mayBeOlder(ctx) && !c.made.IsZero() && time.Since(c.made) < max(seenBetween, plannedPart*c.cost) {
		return c.groups, nil
	}
	began := time.Now()
	var groups []shelfGroup
	if err := a.read(context.WithoutCancel(ctx), func(tx store.Tx) (err error) {
		groups, err = a.countShelves(tx)
		return err
	}); err != nil {
		return nil, err
	}
	c.groups, c.made, c.cost = groups, time.Now(), time.Since(began)
	return groups, nil
}

// countShelves counts the messages of ShelfToday from their index alone.
func (a *App) countShelves(tx store.Tx) ([]shelfGroup, error) {
	groups := []shelfGroup{}
	today, err := a.todayOfEach(tx)
	if err != nil {
		return nil, err
	}
	for k, state := range shelfStates {
		q := conditions{where: "m.tenant_id = $1", args: []any{a.tenant}}
		q.and("m.state = ?", string(state))
		if k >= openStates {
			today.require(&q)
		}
		if err := store.Each(tx, `SELECT m.creditor_id, m.channel, m.lead_step, m.day, COUNT(*) FROM message m WHERE `+q.where+`
			GROUP BY m.creditor_id, m.channel, m.lead_step, m.day`, q.args, func(r store.Rows) error {
			groups = append(groups, shelfGroup{creditor: r.Int64(0), state: state, channel: book.Channel(r.Text(1)),
				step: r.Text(2), day: r.Day(3), n: int(r.Int64(4))})
			return nil
		}); err != nil {
			return nil, err
		}
	}
	// Hardly ever does the brake hold a run: only then its messages are looked through.
	return groups, store.Each(tx, `SELECT m.creditor_id, COUNT(*) FROM run r
		JOIN message m ON m.tenant_id = r.tenant_id AND m.state = 'approved' AND m.run_id = r.run_id AND m.reason = $2
		WHERE r.tenant_id = $1 AND r.state = 'braked' GROUP BY m.creditor_id`, []any{a.tenant, string(reason.Brake)},
		func(r store.Rows) error {
			groups = append(groups, shelfGroup{creditor: r.Int64(0), braked: int(r.Int64(1))})
			return nil
		})
}

// WaitingPlace is where a message stands among those that wait for a release.
type WaitingPlace struct {
	At, Of       int   // At: from 1; 0 if it does not wait
	Before, Next int64 // its neighbours; 0: none
}

// PlaceWaiting finds a message among those of a creditor that wait for a release, by day and
// number. Errors: not found.
func (a *App) PlaceWaiting(ctx context.Context, creditor string, message int64) (WaitingPlace, error) {
	var p WaitingPlace
	err := a.read(ctx, func(tx store.Tx) error {
		p = WaitingPlace{}
		only, err := a.oneOrAll(tx, creditor)
		if err != nil {
			return err
		}
		m, err := a.message(tx, message)
		if err != nil {
			return err
		}
		ask := func(what, and, order string, fn func(store.Rows)) error {
			q := conditions{where: "tenant_id = $1 AND state = 'proposed'", args: []any{a.tenant}}
			if only != 0 {
				q.and("creditor_id = ?", only)
			}
			if and != "" {
				q.and(and, m.day, m.id)
			}
			return store.Each(tx, "SELECT "+what+" FROM message WHERE "+q.where+order, q.args,
				func(r store.Rows) error { fn(r); return nil })
		}
		if err := ask("COUNT(*)", "", "", func(r store.Rows) { p.Of = int(r.Int64(0)) }); err != nil {
			return err
		}
		if m.state == book.Proposed && (only == 0 || m.creditor == only) {
			if err := ask("COUNT(*)", "(day, message_id) <= (?, ?)", "", func(r store.Rows) { p.At = int(r.Int64(0)) }); err != nil {
				return err
			}
		}
		if err := ask("message_id", "(day, message_id) < (?, ?)", " ORDER BY day DESC, message_id DESC LIMIT 1",
			func(r store.Rows) { p.Before = r.Int64(0) }); err != nil {
			return err
		}
		return ask("message_id", "(day, message_id) > (?, ?)", " ORDER BY day, message_id LIMIT 1",
			func(r store.Rows) { p.Next = r.Int64(0) })
	})
	return p, err
}

// LargestWaiting is the message of a creditor that waits for a release and asks for most, in
// the creditor's currency before others and by mail before letters; 0 if none waits. Errors:
// not found (creditor).
func (a *App) LargestWaiting(ctx context.Context, creditor string) (int64, error) {
	var id int64
	err := a.read(ctx, func(tx store.Tx) error {
		c, err := a.creditor(tx, creditor)
		if err != nil {
			return err
		}
		id = 0
		return store.Each(tx, `SELECT message_id FROM message WHERE tenant_id = $1 AND state = 'proposed' AND creditor_id = $2
			ORDER BY CASE WHEN currency = $3 THEN 0 ELSE 1 END, CASE WHEN channel = 'email' THEN 0 ELSE 1 END,
			total_minor DESC, message_id LIMIT 1`, []any{a.tenant, c.ID, string(c.Currency)},
			func(r store.Rows) error { id = r.Int64(0); return nil })
	})
	return id, err
}

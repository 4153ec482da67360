package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// survey is what pages need to know of all accounts at once: who owes how much, since
// when, and how much of it may be asked for. It is read in one snapshot after a change
// and shared until the next; nobody changes it, but its orders and columns are added when
// somebody first asks for them.
type survey struct {
	key       surveyKey
	made      time.Time     // by the running time of the machine
	cost      time.Duration // of making it
	creditors []surveyCreditor
	customers []surveyCustomer // by id
	lines     []surveyLine     // by customer, then currency

	told []TodayCreditor
	last cal.Date // the latest today of all creditors

	countries, strategies []string // what customers refer to
	currencies            []money.Currency

	lazy    sync.Mutex         // of orders, columns and blocks
	slow    sync.Mutex         // of reports, which take longer
	outbox  sync.Mutex         // of planned
	orders  map[string][]int32 // lines of a list, by what was asked
	columns map[string]*surveyColumn
	blocks  map[string][]listedItem
	reports map[string]any
	planned *plannedToday
}

// surveyKey is what a survey is true of.
type surveyKey struct {
	seq, inputs int64
	days        string // today of each creditor
}

// surveyCreditor is a creditor with the day of the survey at its place.
type surveyCreditor struct {
	CreditorInfo
	today cal.Date
	cash  cal.Date // cash is known up to the end of this day
	usual lateness // of all its customers

	fresh, freshFormal bool

	callFrom func(strategy string) int64 // units from which a strategy has a customer called

	cameIn      map[int16]cameIn // by currency: since the last business day
	since       cal.Date         // that day
	stopped     map[string]int64 // chases avoided ever, by cause
	stoppedHere int64            // of them since the month began
	work        int              // open tasks that are no calls, and notes to look at
	notes       []TaskLine       // notes to be looked at again, by day
}

// cameIn is money with a value day in some days.
type cameIn struct{ count, minor int64 }

// surveyCustomer is one customer.
type surveyCustomer struct {
	id        int64
	creditor  int16
	country   int16
	strategy  int16 // chosen by hand
	held      uint16
	usual     lateness
	excluded  bool // never worked: a consumer, a company of the group
	call      bool // a call of its ladder is open
	contacted bool // wrote or will write to it in the last business days and today
	written   bool // a message to it left today, or was released to leave
	drafted   bool // a message to it of today waits for its release
	from, to  int32
}

// surveyLine is what a customer owes in one currency.
type surveyLine struct {
	customer  int32
	currency  int16
	items     int32
	late      int32 // overdue items
	oldest    cal.Date
	open      int64
	overdue   int64
	ask       int64 // overdue, less what is held and what credit may settle
	unapplied int64
	soon      int64 // expected in the rest of this week
	openSum   [heldSums]int64
}

// The parts of what is overdue that are not asked for, by why.
const (
	heldDisputed = iota
	heldPromised
	heldOther
	heldSums
)

func (s *survey) day(c *surveyCustomer) cal.Date { return s.creditors[c.creditor].today }

func (s *survey) customerOf(l *surveyLine) *surveyCustomer { return &s.customers[l.customer] }

// find is the place of a customer, -1 if it is not there.
func (s *survey) find(customer int64) int {
	k, ok := slices.BinarySearchFunc(s.customers, customer, func(c surveyCustomer, id int64) int {
		return int(c.id - id)
	})
	if !ok {
		return -1
	}
	return k
}

// surveys keeps the newest survey of a book and lets one caller make the next while the
// others wait for it.
type surveys struct {
	mu     sync.Mutex
	newest *survey
	trueAt time.Time // when the newest was last known to be true, by the running time of the machine
	making *makingSurvey
}

type makingSurvey struct {
	done chan struct{}
	made *survey
	err  error
}

// runBetween is how old a survey is, while nothing but a daily run writes, before another
// is made beside: a run plans what goes out and touches no amount, and a survey for each of
// its batches would slow it.
const runBetween = 2 * time.Second

// seenBetween is the same for readers who may see what is a little older.
const seenBetween = 200 * time.Millisecond

// oldest is how long ago a survey that is given again was true at most: who comes after a
// pause waits for the next one.
const oldest = 3 * time.Second

// older is the key of a context whose reader may see what is a little older.
type older struct{}

// MayBeOlder lets figures and lists be as of some moments ago, three seconds at most, while
// new ones are made beside, so that nobody waits for what others change. Who has just changed something reads
// without it, and sees it.
func MayBeOlder(ctx context.Context) context.Context { return context.WithValue(ctx, older{}, true) }

func mayBeOlder(ctx context.Context) bool { return ctx.Value(older{}) != nil }

// survey is the survey of now. Callers share it and must not change it.
func (a *App) survey(ctx context.Context) (*survey, error) {
	for {
		var key surveyKey
		var onlyRun bool
		newest, trueAt := a.seen.latest()
		if err := a.read(ctx, func(tx store.Tx) (err error) {
			if key, err = a.surveyKey(tx); err != nil || newest == nil {
				return err
			}
			onlyRun, err = a.onlyRunSince(tx, newest.key, key)
			return err
		}); err != nil {
			return nil, err
		}
		if newest != nil && newest.key == key {
			a.seen.stillTrue(newest)
			return newest, nil
		}
		age := seenBetween
		if onlyRun {
			age = runBetween
		}
		if newest != nil && (onlyRun || mayBeOlder(ctx)) && newest.key.days == key.days && time.Since(trueAt) <= oldest {
			if time.Since(newest.made) >= age && !a.seen.busy() {
				go a.seen.make(context.WithoutCancel(ctx), key, a.makeSurvey) // nobody waits for it
			}
			return newest, nil
		}
		made, err := a.seen.make(ctx, key, a.makeSurvey)
		if made != nil || err != nil {
			return made, err
		}
	}
}

func (s *surveys) latest() (newest *survey, trueAt time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newest, s.trueAt
}

// stillTrue notes that nothing has changed since a survey was made.
func (s *surveys) stillTrue(seen *survey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.newest == seen {
		s.trueAt = time.Now()
	}
}

// busy reports whether a survey is being made.
func (s *surveys) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.making != nil
}

// make lets the first caller make a survey and gives it to those who come meanwhile. One
// who waited for an older one than the key gets nothing, and asks again.
func (s *surveys) make(ctx context.Context, key surveyKey,
	build func(context.Context) (*survey, error)) (*survey, error) {
	s.mu.Lock()
	if s.newest != nil && s.newest.key == key { // another caller was faster
		defer s.mu.Unlock()
		return s.newest, nil
	}
	m := s.making
	first := m == nil
	if first {
		m = &makingSurvey{done: make(chan struct{})}
		s.making = m
	}
	s.mu.Unlock()
	if first {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.making = nil; m.made != nil {
				s.newest, s.trueAt = m.made, m.made.made.Add(-m.made.cost)
			}
			close(m.done)
		}()
		m.made, m.err = build(context.WithoutCancel(ctx)) // others wait for it, too
		return m.made, m.err
	}
	select {
	case <-m.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if m.err == nil && (m.made == nil || m.made.key.seq < key.seq || m.made.key.days != key.days) {
		return nil, nil
	}
	return m.made, m.err
}

// surveyKey reads what a survey of this moment is true of.
func (a *App) surveyKey(tx store.Tx) (key surveyKey, err error) {
	if err = store.One(tx, `SELECT h.seq, t.inputs_version FROM tenant_head h
		JOIN tenant t ON t.tenant_id = h.tenant_id WHERE h.tenant_id = $1`, []any{a.tenant},
		func(r store.Rows) { key.seq, key.inputs = r.Int64(0), r.Int64(1) }); err != nil {
		return key, err
	}
	creditors, err := a.creditors(tx)
	for i := range creditors {
		key.days += creditors[i].today(tx).String() + " "
	}
	return key, err
}

// onlyRunSince reports whether all that was recorded between two keys is a daily run.
func (a *App) onlyRunSince(tx store.Tx, from, to surveyKey) (only bool, err error) {
	if from.days != to.days || from.inputs != to.inputs {
		return false, nil
	}
	only = true
	err = store.Each(tx, `SELECT 1 FROM txn WHERE tenant_id = $1 AND seq > $2 AND seq <= $3
		AND command NOT IN ('run_start','run_batch') LIMIT 1`, []any{a.tenant, from.seq, to.seq},
		func(store.Rows) error { only = false; return nil })
	return only, err
}

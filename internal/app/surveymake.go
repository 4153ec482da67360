package app

import (
	"context"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// contactedDays is for how many business days a customer who was written to is left in
// peace by the call list.
const contactedDays = 3

// surveyor makes a survey from one snapshot.
type surveyor struct {
	*survey
	a        *App
	tx       store.Tx
	deciders []*decide.Decider // by creditor
	weekEnd  []cal.Date        // the Sunday of each creditor's week
	earliest cal.Date

	holds   map[int64][]book.Hold // live ones by customer, by id
	later   map[int64]bool        // customers of whom something becomes effective on a later day
	words   word
	code    int16 // of the currency of the row before
	at      int   // merge position in customers
	country map[string]int16
	chosen  map[string]int16
}

// makeSurvey reads all accounts. A million open items take about a third of a second.
func (a *App) makeSurvey(ctx context.Context) (*survey, error) {
	began := time.Now()
	var s *surveyor
	err := a.read(ctx, func(tx store.Tx) (err error) {
		s = &surveyor{survey: &survey{orders: map[string][]int32{}, columns: map[string]*surveyColumn{},
			blocks: map[string][]listedItem{}, reports: map[string]any{}}, a: a, tx: tx,
			holds: map[int64][]book.Hold{}, later: map[int64]bool{}, country: map[string]int16{},
			chosen: map[string]int16{}, earliest: cal.Far}
		if s.key, err = a.surveyKey(tx); err != nil {
			return err
		}
		for _, step := range []func() error{s.readCreditors, s.readCustomers, s.readHabits, s.readHolds, s.readLater,
			s.readItems, s.readLaterItems, s.readCredits, s.readCalls, s.readContacted, s.readCameIn, s.readStopped,
			s.readWork, s.tell} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.made, s.cost = time.Now(), time.Since(began)
	return s.survey, nil
}

func (s *surveyor) readCreditors() error {
	all, err := s.a.creditors(s.tx)
	if err != nil {
		return err
	}
	for i := range all {
		c := surveyCreditor{CreditorInfo: all[i], today: all[i].today(s.tx)}
		if c.cash, err = s.a.cashKnown(s.tx, c.ID); err != nil {
			return err
		}
		d, err := s.a.decider(s.tx, &c.CreditorInfo)
		if err != nil {
			return err
		}
		c.callFrom = d.CallFrom
		c.fresh = d.Fresh(strategy.StageFirst, c.today, c.cash)
		c.freshFormal = d.Fresh(strategy.StageFormal, c.today, c.cash)
		s.creditors, s.deciders = append(s.creditors, c), append(s.deciders, d)
		s.weekEnd = append(s.weekEnd, c.today.AddDays((7-int(c.today.Weekday()))%7))
		s.last, s.earliest = max(s.last, c.today), min(s.earliest, c.today)
	}
	return nil
}

func (s *surveyor) creditorOf(id int64) int16 {
	return int16(slices.IndexFunc(s.creditors, func(c surveyCreditor) bool { return c.ID == id }))
}

// numbered gives each word a number.
func numbered(numbers map[string]int16, words *[]string, b []byte) int16 {
	n, ok := numbers[string(b)]
	if !ok {
		n = int16(len(*words))
		numbers[string(b)] = n
		*words = append(*words, string(b))
	}
	return n
}

func (s *surveyor) readCustomers() error {
	return store.Each(s.tx, `SELECT customer_id, creditor_id, kind, flags, country, strategy FROM customer
		WHERE tenant_id = $1 ORDER BY customer_id`, []any{s.a.tenant}, func(r store.Rows) error {
		c := surveyCustomer{id: r.Int64(0), creditor: s.creditorOf(r.Int64(1)),
			country: numbered(s.country, &s.countries, r.Bytes(4)), strategy: numbered(s.chosen, &s.strategies, r.Bytes(5))}
		var of book.Customer
		of.Kind, _ = book.ParseDebtorKind(intern(r.Bytes(2)))
		if flags := r.Bytes(3); len(flags) > 0 {
			of.Flags, _ = book.ParseFlags(intern(flags))
		}
		c.excluded = strategy.Excluded(&of) != ""
		s.customers = append(s.customers, c)
		return nil
	})
}

// next moves the merge to a customer; rows come in order of customer.
func (s *surveyor) next(customer int64) *surveyCustomer {
	for s.at < len(s.customers) && s.customers[s.at].id < customer {
		s.at++
	}
	if s.at < len(s.customers) && s.customers[s.at].id == customer {
		return &s.customers[s.at]
	}
	return nil
}

// readHabits reads how late each customer usually pays, and what is usual of all.
func (s *surveyor) readHabits() error {
	s.at = 0
	all := make([][]int, len(s.creditors))
	var settled []book.Settled
	var days []int
	err := store.Each(s.tx, `SELECT customer_id, payment_days FROM account WHERE tenant_id = $1
		AND payment_days <> '' ORDER BY customer_id`, []any{s.a.tenant}, func(r store.Rows) error {
		c := s.next(r.Int64(0))
		if c == nil {
			return nil
		}
		settled = book.ParseSettled(r.Bytes(1), settled)
		c.usual, days = usually(settled, s.day(c), days)
		if c.usual.known() {
			all[c.creditor] = append(all[c.creditor], int(c.usual.days))
		}
		return nil
	})
	for i := range all {
		s.creditors[i].usual = median(all[i])
	}
	return err
}

func (s *surveyor) readHolds() error {
	s.at = 0
	return store.Each(s.tx, `SELECT h.customer_id, h.hold_id, h.item_id, h.kind, h.currency, h.amount_minor,
		h.from_day, h.until_day, e.end_day
		FROM hold h LEFT JOIN hold_end e ON e.tenant_id = h.tenant_id AND e.customer_id = h.customer_id
			AND e.hold_id = h.hold_id
		WHERE h.tenant_id = $1 AND (e.end_day IS NULL OR e.end_day > $2) ORDER BY h.customer_id, h.hold_id`,
		[]any{s.a.tenant, s.earliest}, func(r store.Rows) error {
			c := s.next(r.Int64(0))
			h := book.Hold{ID: r.Int64(1), Item: r.Int64(2), Kind: book.HoldKind(intern(r.Bytes(3))),
				Currency: currency(r.Bytes(4)), Minor: r.Int64(5), From: r.Day(6), Until: r.Day(7), EndDay: r.Day(8)}
			if h.Until == cal.None {
				h.Until = cal.Far
			}
			if c == nil || !s.deciders[c.creditor].Holds(&h, s.day(c)) {
				return nil
			}
			c.held |= heldBit(h.Kind)
			s.holds[c.id] = append(s.holds[c.id], h)
			return nil
		})
}

// heldKinds are the kinds of holds, each a bit of surveyCustomer.held.
var heldKinds = []book.HoldKind{book.HoldDispute, book.HoldPromise, book.HoldDeferral, book.HoldPlan,
	book.HoldPlaced, book.HoldCourt, book.HoldInsolvency, book.HoldMoratorium, book.HoldPause, book.HoldUnreadReply,
	book.HoldAlreadyPaid, book.HoldPendingPayment, book.HoldUndelivered, book.HoldReview}

func heldBit(k book.HoldKind) uint16 { return 1 << slices.Index(heldKinds, k) }

// readLater finds the customers of whom the book knows something that becomes effective
// on a later day: their items are open today for another amount than the book's.
func (s *surveyor) readLater() error {
	return store.Each(s.tx, `SELECT DISTINCT customer_id FROM entry WHERE tenant_id = $1 AND effective_day > $2
		AND kind > 1`, []any{s.a.tenant, s.earliest}, func(r store.Rows) error {
		s.later[r.Int64(0)] = true
		return nil
	})
}

// readItems adds up what is open of the creditors of each today; it is mostly the same for
// all of them.
func (s *surveyor) readItems() error {
	if s.earliest == s.last {
		return s.readItemsOf(s.last, "", nil)
	}
	for i := range s.creditors {
		c := &s.creditors[i]
		if err := s.readItemsOf(c.today, " AND creditor_id = $3", []any{c.ID}); err != nil {
			return err
		}
	}
	return nil
}

// readItemsOf reads items in order of customer. What is dated later does not count yet.
func (s *surveyor) readItemsOf(today cal.Date, and string, args []any) error {
	s.at = 0
	var open []owedItem
	flush := func() {
		if len(open) > 0 {
			s.add(open)
			open = open[:0]
		}
	}
	err := store.Each(s.tx, `SELECT customer_id, item_id, currency, due_date, open_minor FROM item
		WHERE tenant_id = $1 AND open_minor > 0 AND (invoice_date IS NULL OR invoice_date <= $2)`+and+`
		ORDER BY customer_id, item_id`, append([]any{s.a.tenant, today}, args...), func(r store.Rows) error {
		id := r.Int64(0)
		if len(open) > 0 && open[0].customer != id {
			flush()
		}
		if len(s.later) == 0 || !s.later[id] {
			open = append(open, owedItem{id, r.Int64(1), s.currency(r.Bytes(2)), r.Day(3), r.Int64(4)})
		}
		return nil
	})
	flush()
	return err
}

// owedItem is an item that is open on the day of the survey.
type owedItem struct {
	customer, item int64
	currency       int16
	due            cal.Date
	minor          int64
}

// currency numbers a currency; rows mostly repeat that of the row before.
func (s *surveyor) currency(b []byte) int16 {
	if len(s.currencies) > 0 && string(b) == string(s.currencies[s.code]) {
		return s.code
	}
	k := slices.Index(s.currencies, money.Currency(b))
	if k < 0 {
		k = len(s.currencies)
		s.currencies = append(s.currencies, currency(b))
	}
	s.code = int16(k)
	return s.code
}

// readLaterItems adds the customers that readLater found, item by item as of today.
func (s *surveyor) readLaterItems() error {
	ids := make([]int64, 0, len(s.later))
	for id := range s.later {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	s.at = 0
	for chunk := range slices.Chunk(ids, batchSize) {
		where, args := customerRange(s.a.tenant, chunk)
		back, err := s.afterToday(where, args)
		if err != nil {
			return err
		}
		var open []owedItem
		if err := store.Each(s.tx, `SELECT customer_id, item_id, currency, due_date, open_minor, invoice_date FROM item
			WHERE `+where+" AND document_kind = 1 ORDER BY customer_id, item_id", args, func(r store.Rows) error {
			if len(open) > 0 && open[0].customer != r.Int64(0) {
				s.add(open)
				open = open[:0]
			}
			c := s.next(r.Int64(0))
			minor := r.Int64(4) + back[r.Int64(1)]
			if minor > 0 && r.Day(5) <= s.day(c) {
				open = append(open, owedItem{c.id, r.Int64(1), s.currency(r.Bytes(2)), r.Day(3), minor})
			}
			return nil
		}); err != nil {
			return err
		}
		if len(open) > 0 {
			s.add(open)
		}
	}
	s.index()
	return nil
}

// afterToday is, by item, what becomes effective on a later day and is not yet so today.
func (s *surveyor) afterToday(where string, args []any) (map[int64]int64, error) {
	back := map[int64]int64{}
	day := func(customer int64) cal.Date { return s.day(&s.customers[s.find(customer)]) }
	err := eachAllocation(s.tx, where, args, func(customer int64, al *book.Allocation) error {
		if al.Head == book.Principal && al.Day > day(customer) {
			back[al.Item] += al.Minor
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return back, eachEntry(s.tx, where, args, func(customer int64, e *book.Entry) error {
		if e.Kind != book.EntryInvoice && e.Day > day(customer) && (e.To == book.Principal || e.From == book.Principal) {
			back[e.Item] -= e.Debits()
		}
		return nil
	})
}

// index tells each customer where its lines are. One that owes nothing has a line, too.
func (s *surveyor) index() {
	owes := make([]bool, len(s.customers))
	for i := range s.lines {
		owes[s.lines[i].customer] = true
	}
	for i := range s.customers {
		if !owes[i] {
			own := s.creditors[s.customers[i].creditor].Currency
			s.lines = append(s.lines, surveyLine{customer: int32(i), currency: s.currency([]byte(own)), oldest: cal.Far})
		}
	}
	slices.SortStableFunc(s.lines, func(x, y surveyLine) int { return int(x.customer - y.customer) })
	for i := range s.lines {
		c := &s.customers[s.lines[i].customer]
		if i == 0 || s.lines[i].customer != s.lines[i-1].customer {
			c.from = int32(i)
		}
		c.to = int32(i) + 1
	}
}

// readCredits takes what is unapplied off what may be asked for.
func (s *surveyor) readCredits() error {
	err := store.Each(s.tx, `SELECT customer_id, currency, open_minor, effective_day FROM credit WHERE tenant_id = $1`,
		[]any{s.a.tenant}, func(r store.Rows) error {
			k := s.find(r.Int64(0))
			if k < 0 || r.Day(3) > s.day(&s.customers[k]) {
				return nil
			}
			code := s.currency(r.Bytes(1))
			for i := s.customers[k].from; i < s.customers[k].to; i++ {
				if l := &s.lines[i]; l.currency == code {
					l.unapplied += r.Int64(2)
				}
			}
			return nil
		})
	for i := range s.lines {
		l := &s.lines[i]
		l.ask = max(0, l.ask-l.unapplied)
	}
	return err
}

func (s *surveyor) readCalls() error {
	return store.Each(s.tx, `SELECT customer_id FROM task WHERE tenant_id = $1 AND state = 'open' AND kind = 'call'`,
		[]any{s.a.tenant}, func(r store.Rows) error {
			if k := s.find(r.Int64(0)); k >= 0 {
				s.customers[k].call = true
			}
			return nil
		})
}

// readContacted finds whom the book wrote to lately or is about to write to.
func (s *surveyor) readContacted() error {
	since := make([]cal.Date, len(s.creditors))
	earliest := cal.Far
	for i := range s.creditors {
		c := &s.creditors[i]
		since[i] = s.a.holidays.CalendarFor(c.Country, c.Subdivision).AddBusinessDays(c.today, -contactedDays)
		earliest = min(earliest, since[i])
	}
	return store.Each(s.tx, `SELECT customer_id, day, state, lead_step FROM message WHERE tenant_id = $1 AND day >= $2
		AND state IN ('proposed','approved','claimed','handing_over','unknown','sent')`, []any{s.a.tenant, earliest},
		func(r store.Rows) error {
			k := s.find(r.Int64(0))
			if k < 0 || r.Day(1) < since[s.customers[k].creditor] {
				return nil
			}
			c := &s.customers[k]
			c.contacted = true
			if r.Day(1) == s.day(c) && intern(r.Bytes(3)) != strategy.Statement {
				proposed := book.MessageState(intern(r.Bytes(2))) == book.Proposed
				c.drafted, c.written = c.drafted || proposed, c.written || !proposed
			}
			return nil
		})
}

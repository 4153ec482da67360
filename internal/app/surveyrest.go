package app

import (
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// readCameIn adds up the money with a value day from the last business day on.
func (s *surveyor) readCameIn() error {
	from := cal.Far
	for i := range s.creditors {
		c := &s.creditors[i]
		c.since = s.a.holidays.CalendarFor(c.Country, c.Subdivision).AddBusinessDays(c.today, -1)
		c.cameIn = map[int16]cameIn{}
		from = min(from, c.since)
	}
	return eachReceipt(s.tx, s.a.tenant, from, s.last, func(m *receipt) {
		k := s.find(m.customer)
		if k < 0 {
			return
		}
		c := &s.creditors[s.customers[k].creditor]
		if m.day < c.since || m.day > c.today {
			return
		}
		code := s.currency([]byte(m.currency))
		sum := c.cameIn[code]
		c.cameIn[code] = cameIn{sum.count + m.count(), sum.minor + m.minor}
	})
}

// receipt is money that came in, or (negative) was taken back.
type receipt struct {
	customer, entry int64
	day             cal.Date
	kind            book.EntryKind
	currency        string
	minor           int64
}

// count is 1, or -1 for one that takes another back.
func (m *receipt) count() int64 {
	if m.minor < 0 {
		return -1
	}
	return 1
}

// eachReceipt reads the money with a value day in some days, by day: payments, and what
// the bookkeeping's own list shows as settled.
func eachReceipt(tx store.Tx, tenant int64, from, to cal.Date, fn func(*receipt)) error {
	var m receipt
	return store.Each(tx, `SELECT customer_id, entry_id, effective_day, kind, currency, heads, amount_minor FROM entry
		WHERE tenant_id = $1 AND kind > 1 AND effective_day >= $2 AND effective_day <= $3 AND (kind = 3 OR kind = 4)
		ORDER BY effective_day, kind, customer_id, entry_id`, []any{tenant, from, to}, func(r store.Rows) error {
		e := book.Entry{Minor: r.Int64(6)}
		e.From, e.To = book.HeadsOf(r.Int64(5))
		m = receipt{customer: r.Int64(0), entry: r.Int64(1), day: r.Day(2), kind: book.EntryKindOf(r.Int64(3)),
			currency: string(currency(r.Bytes(4))), minor: e.Credits()}
		fn(&m)
		return nil
	})
}

// AvoidedCauses are the causes for which a released message that the last look stopped
// counts as a wrong chase avoided: the customer had paid, had money with us, or said so, or an agreement, a
// dispute or a proceeding stood against it. A message stopped for anything else (another
// amount, an address, a setting, a pause) does not count.
var AvoidedCauses = []string{string(reason.Paid), string(reason.InCredit), string(reason.AlreadyPaid), string(reason.PendingPayment),
	string(reason.Promised), string(reason.Deferred), string(reason.PlanRunning), string(reason.Disputed),
	string(reason.UnreadReply), string(reason.Placed), string(reason.InCourt), string(reason.Insolvency),
	string(reason.Moratorium)}

// readStopped counts the chases that the last look avoided.
func (s *surveyor) readStopped() error {
	for i := range s.creditors {
		s.creditors[i].stopped = map[string]int64{}
	}
	return eachStopped(s.tx, s.a.tenant, 0, s.last, func(m *stoppedMessage) {
		k := s.find(m.customer)
		if k < 0 || !slices.Contains(AvoidedCauses, m.cause) {
			return
		}
		c := &s.creditors[s.customers[k].creditor]
		c.stopped[m.cause]++
		if m.day >= c.today.MonthStart() {
			c.stoppedHere++
		}
	})
}

// stoppedMessage is a message that was stopped.
type stoppedMessage struct {
	day               cal.Date
	cause             string
	message, customer int64
}

// eachStopped reads the messages that were stopped in some days, by day.
func eachStopped(tx store.Tx, tenant int64, from, to cal.Date, fn func(*stoppedMessage)) error {
	var m stoppedMessage
	return store.Each(tx, `SELECT day, reason, message_id, customer_id FROM message_event
		WHERE tenant_id = $1 AND event = 'stopped' AND day >= $2 AND day <= $3
		ORDER BY day, reason, message_id`, []any{tenant, from, to}, func(r store.Rows) error {
		m = stoppedMessage{r.Day(0), intern(r.Bytes(1)), r.Int64(2), r.Int64(3)}
		fn(&m)
		return nil
	})
}

// readWork counts what a person must do, and keeps the notes to be looked at again.
func (s *surveyor) readWork() error {
	for i := range s.creditors {
		c := &s.creditors[i]
		notes, err := s.a.dueNotes(s.tx, c.ID, 0)
		if err != nil {
			return err
		}
		c.notes, c.work = notes, len(notes)
	}
	return store.Each(s.tx, `SELECT customer_id FROM task WHERE tenant_id = $1 AND state = 'open' AND kind <> 'call'`,
		[]any{s.a.tenant}, func(r store.Rows) error {
			if k := s.find(r.Int64(0)); k >= 0 {
				s.creditors[s.customers[k].creditor].work++
			}
			return nil
		})
}

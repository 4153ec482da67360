package app

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// unpostedLetter is a letter that was to be posted on the last business day and that
// nobody said was posted.
type unpostedLetter struct {
	customer int64
	currency money.Currency
	minor    int64
}

// TaskPostLetter asks whether a letter was posted.
const TaskPostLetter = "post_letter"

// postingGrace is, for each creditor, the earliest planned day of a letter whose
// posting may still be confirmed: one business day is left for it (guardrail R6).
func (a *App) postingGrace(creditors []CreditorInfo, today cal.Date) map[int64]cal.Date {
	days := map[int64]cal.Date{}
	for i := range creditors {
		c := &creditors[i]
		days[c.ID] = a.holidays.CalendarFor(c.Country, c.Subdivision).AddBusinessDays(today, -1)
	}
	return days
}

// lapsed is what was planned for days before the run's and never left.
type lapsed struct {
	proposals int64
	released  []int64         // messages
	unsent    map[int64]int64 // how many of them, by run
	unposted  []unpostedLetter
}

// lapsed finds what was planned for days before the run's and never left: proposals, and
// released messages whose text is no longer true of its day. A mail's day ends with the
// hours at the debtor's place.
func (r *run) lapsed(w *recorder) (*lapsed, error) {
	a, today, now := r.a, r.day, w.Now()
	if begins := cal.Instant(today, 0, 0, r.creditors[0].Zone); begins.After(now) {
		now = begins // a dry run of a day to come
	}
	l := &lapsed{unsent: map[int64]int64{}}
	grace := a.postingGrace(r.creditors, today)
	err := store.Each(w, `SELECT m.message_id, m.state, m.run_id, m.channel, m.day, m.creditor_id, m.customer_id,
		m.currency, m.total_minor, c.country, c.subdivision FROM message m
		JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
		WHERE m.tenant_id = $1 AND m.state IN ('proposed','approved','claimed') AND m.day <= $2
			AND m.lead_step <> 'correction'
		ORDER BY m.message_id`, []any{a.tenant, today},
		func(row store.Rows) error {
			state, day, creditor := book.MessageState(row.Text(1)), row.Day(4), row.Int64(5)
			mail := book.Channel(row.Text(3)) == book.Email
			place := book.Customer{Country: row.Text(9), Subdivision: row.Text(10)}
			switch {
			case state == book.Proposed && day < today:
				l.proposals++
			case state == book.Proposed || (!mail && day == today):
			case !mail && day >= grace[creditor]: // its posting may still be confirmed
				l.unposted = append(l.unposted, unpostedLetter{row.Int64(6), currency(row.Bytes(7)), row.Int64(8)})
			case !mail || r.deciders[creditor].MailOver(&place, day, now):
				l.released = append(l.released, row.Int64(0))
				l.unsent[row.Int64(2)]++
			}
			return nil
		})
	return l, err
}

// expire ends what has lapsed, asks whether letters of the last business day were posted,
// and returns how many messages ended.
func (r *run) expire(w *recorder) (int64, error) {
	a, today := r.a, r.day
	l, err := r.lapsed(w)
	if err != nil {
		return 0, err
	}
	for _, u := range l.unposted {
		if err := w.openTask(u.customer, TaskPostLetter, u.currency, "", u.minor, today); err != nil {
			return 0, err
		}
	}
	n := l.proposals + int64(len(l.released))
	if n == 0 {
		return 0, nil
	}
	for run, count := range l.unsent { // what never left is no measure for the brake
		if _, err := w.Exec("UPDATE run SET queued = queued - $3 WHERE tenant_id = $1 AND run_id = $2",
			a.tenant, run, count); err != nil {
			return n, err
		}
	}
	if _, err = w.Exec(`UPDATE message SET state = 'expired', live = 0, reason = $3 WHERE tenant_id = $1
		AND state = 'proposed' AND day < $2 AND lead_step <> 'correction'`,
		a.tenant, today, string(reason.TextExpired)); err != nil {
		return n, err
	}
	if err := w.voidMessages(l.released, book.Expired, string(reason.TextExpired), today); err != nil {
		return n, err
	}
	_, err = w.Exec(`UPDATE task SET state = 'cancelled', done_day = $2, outcome = 'expired', done_seq = $3
		WHERE tenant_id = $1 AND kind = $4 AND state = 'open' AND (customer_id, currency) NOT IN (
			SELECT m.customer_id, m.currency FROM message m
			WHERE m.tenant_id = $1 AND m.state = 'approved' AND m.channel = 'letter')`,
		a.tenant, today, w.Seq(), TaskPostLetter)
	return n, err
}

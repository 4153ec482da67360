package decide

import (
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// Sending hours at the debtor's place: emails between 09:00 and 16:00, on Mondays
// from 10:00, on Fridays until 12:00 (guardrail R9).
const (
	sendFromHour, sendToHour = 9, 16
	mondayFromHour           = 10
	fridayToHour             = 12
)

// quietUntil reports whether mail may not go out at an instant, and from when it may.
func quietUntil(send *cal.SendDays, now time.Time, zone *time.Location) (time.Time, bool) {
	day := cal.DateIn(now, zone)
	from, to := hours(day)
	local := now.In(zone)
	minute := local.Hour()*60 + local.Minute()
	if send.IsSendDay(day) {
		switch {
		case minute < from*60:
			return cal.Instant(day, from, 0, zone), true
		case minute < to*60:
			return now, false
		}
	}
	next := send.RollForward(day + 1)
	from, _ = hours(next)
	return cal.Instant(next, from, 0, zone), true
}

// Closes is when the sending hours of the day of an instant end at a debtor's place:
// until then time alone does not hold back what the gate let pass at that instant.
func (d *Decider) Closes(c *book.Customer, now time.Time) time.Time {
	var first time.Time
	for _, zone := range d.place(c).zones {
		day := cal.DateIn(now, zone)
		_, to := hours(day)
		if at := cal.Instant(day, to, 0, zone); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

func hours(day cal.Date) (from, to int) {
	switch day.Weekday() {
	case time.Monday:
		return mondayFromHour, sendToHour
	case time.Friday:
		return sendFromHour, fridayToHour
	}
	return sendFromHour, sendToHour
}

// releaseHour is the hour at our place until which a person has time to release what
// the morning's run planned.
const releaseHour = 10

// At tells the instant of the run, for its own day: a mail whose hours are over by then
// is planned for the next day. Without it a day is decided as in its morning.
func (d *Decider) At(now time.Time) {
	d.now = now
	for _, p := range d.places {
		p.planned = cal.None
	}
}

// MailDay is the day, at the debtor's place, of a mail that is planned on a day: that
// day, unless the hours there are over before a person had time to release it; then a
// later one. It may be a day on which nothing is sent.
func (d *Decider) MailDay(c *book.Customer, day cal.Date) cal.Date { return d.mailDay(d.place(c), day) }

func (d *Decider) mailDay(p *place, day cal.Date) cal.Date {
	if d.anew != nil && d.anew.Decided == day {
		return d.anew.Message.Day // whatever the hour of its run was
	}
	if p.planned != day {
		p.planned, p.mail = day, d.morning(p, day)
		if cal.DateIn(d.now, d.home) == day {
			p.mail = max(p.mail, reach(p, day, d.now))
		}
	}
	return p.mail
}

// morning is the day of a mail that the morning's run plans.
func (d *Decider) morning(p *place, day cal.Date) cal.Date {
	if p.near || !day.Valid() {
		return day
	}
	mail, known := p.mornings[day]
	if !known {
		mail = reach(p, day, cal.Instant(day, releaseHour, 0, d.home))
		p.mornings[day] = mail
	}
	return mail
}

// reach is the first day, from one on, whose hours are not over at an instant.
func reach(p *place, day cal.Date, ready time.Time) cal.Date {
	for {
		if from, until := window(day, p.zones); until.After(ready) && until.After(from) {
			return day
		}
		day++
	}
}

// window is from when until when a mail of a day may leave; the hours must suit all
// zones. There are none where until is not after from.
func window(day cal.Date, zones []*time.Location) (from, until time.Time) {
	begin, end := hours(day)
	for i, zone := range zones {
		opens, closes := cal.Instant(day, begin, 0, zone), cal.Instant(day, end, 0, zone)
		if i == 0 || opens.After(from) {
			from = opens
		}
		if i == 0 || closes.Before(until) {
			until = closes
		}
	}
	return from, until
}

// MailOver reports whether the hours of a mail's day are over at the debtor's place: it
// can no longer leave.
func (d *Decider) MailOver(c *book.Customer, day cal.Date, now time.Time) bool {
	_, until := window(day, d.place(c).zones)
	return !now.Before(until)
}

// textDay is the day of a message that is planned on a day. A mail is of the day on which
// the debtor gets it, and a letter beside it of the same; a letter alone is posted at once.
func (d *Decider) textDay(p *place, channels []book.Channel, day cal.Date) cal.Date {
	if slices.Contains(channels, book.Email) {
		return d.mailDay(p, day)
	}
	return day
}

// maySend reports whether a message planned on a day goes out by its channels. A late run
// sends nothing that the morning's would not have sent: else what is due would depend on
// the hour.
func (d *Decider) maySend(p *place, channels []book.Channel, day cal.Date) bool {
	return p.send.IsSendDay(d.textDay(p, channels, day)) &&
		(!slices.Contains(channels, book.Email) || p.send.IsSendDay(d.morning(p, day)))
}

// longestClosed bounds the search for a day on which something may be sent.
const longestClosed = 60

// nextPlan is the first day from another on which a run plans a message by some channels.
func (d *Decider) nextPlan(p *place, channels []book.Channel, from cal.Date) cal.Date {
	day := from
	for day < from.AddDays(longestClosed) && !d.maySend(p, channels, day) {
		day++
	}
	return day
}

var byMail = []book.Channel{book.Email}

// mailFrom is the day of the first mail that is planned from a day on.
func (d *Decider) mailFrom(p *place, from cal.Date) cal.Date {
	return d.mailDay(p, d.nextPlan(p, byMail, from))
}

// planFor is the first day whose morning's run plans a mail of a day or later.
func (d *Decider) planFor(p *place, mail cal.Date) cal.Date {
	if before := mail.AddDays(-1); d.morning(p, before) >= mail {
		return before
	}
	return mail
}

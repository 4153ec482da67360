package cli

import (
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
)

type clockCmd struct {
	Show    clockShowCmd    `cmd:"" help:"What time it is for the book."`
	Set     clockSetCmd     `cmd:"" help:"Move a simulated clock forward to a time."`
	Advance clockAdvanceCmd `cmd:"" help:"Move a simulated clock forward by days or hours."`
}

type clockShowCmd struct{}

func (c *clockShowCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	now, _, err := a.Clock(s.ctx, s.flags.Creditor)
	if err != nil {
		return err
	}
	return s.showClock(now)
}

func (s *session) showClock(now app.ClockReport) error {
	return s.show("recoup/clock/1", now, func(p *page) {
		p.line("%s %s in %s (%s clock)", dayName(now.Today), now.Time, now.Zone, now.Clock)
	})
}

type clockSetCmd struct {
	To clockTime `arg:"" placeholder:"DAYThh:mm" help:"Day and time at the creditor's place."`
}

func (c *clockSetCmd) Run(s *session) error {
	return s.moveClock(func(_ time.Time, zone *time.Location) time.Time { return c.To.in(zone) })
}

type clockAdvanceCmd struct {
	By span `arg:"" placeholder:"1d" help:"How far: 1d, 7d, 2h, 30m. A day keeps the time of day."`
}

func (c *clockAdvanceCmd) Run(s *session) error {
	return s.moveClock(func(now time.Time, zone *time.Location) time.Time {
		if c.By.days == 0 {
			return now.Add(c.By.time)
		}
		local := now.In(zone)
		return cal.Instant(cal.DateIn(now, zone).AddDays(c.By.days), local.Hour(), local.Minute(), zone)
	})
}

// moveClock moves the book's clock to what to computes from its present time.
func (s *session) moveClock(to func(now time.Time, zone *time.Location) time.Time) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	now, zone, err := a.Clock(s.ctx, s.flags.Creditor)
	if err != nil {
		return err
	}
	moved := to(now.Now, zone)
	if err := a.MoveClock(s.ctx, req, moved); err != nil {
		return err
	}
	return s.showClock(now.At(moved, zone))
}

// dayName is a day for people: "Tuesday 2026-11-17".
func dayName(d cal.Date) string { return d.Weekday().String() + " " + d.String() }

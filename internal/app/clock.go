package app

import (
	"context"
	"errors"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// ClockReport is the time of the book.
type ClockReport struct {
	Clock string    `json:"clock"` // system or simulated
	Now   time.Time `json:"now"`   // UTC
	Today cal.Date  `json:"today"` // at the creditor's place
	Time  string    `json:"time"`  // of day there: 09:00
	Zone  string    `json:"zone"`
}

// Clock tells the book's time at a creditor's place; creditor "" is the first one.
func (a *App) Clock(ctx context.Context, creditor string) (ClockReport, *time.Location, error) {
	c, err := a.clockPlace(ctx, creditor)
	if err != nil {
		return ClockReport{}, nil, err
	}
	b, err := a.db.Book(ctx)
	r := clockReport(b.Now, c.Zone)
	if b.Simulated {
		r.Clock = "simulated"
	}
	return r, c.Zone, err
}

// At is the report of the same clock at another time.
func (r ClockReport) At(to time.Time, zone *time.Location) ClockReport {
	moved := clockReport(to, zone)
	moved.Clock = r.Clock
	return moved
}

func clockReport(now time.Time, zone *time.Location) ClockReport {
	return ClockReport{Clock: "system", Now: now.UTC(), Today: cal.DateIn(now, zone),
		Time: now.In(zone).Format("15:04"), Zone: zone.String()}
}

// clockPlace is the creditor whose place the clock is told for.
func (a *App) clockPlace(ctx context.Context, code string) (c CreditorInfo, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		all, err := a.creditors(tx)
		if err != nil {
			return err
		}
		if code == "" && len(all) > 0 {
			c = all[0]
			return nil
		}
		c, err = a.creditor(tx, code)
		return err
	})
	return c, err
}

// MoveClock moves the clock of a simulated book forward to an instant. Errors:
// refused with clock_is_system or clock_backwards. A dry run only checks.
func (a *App) MoveClock(ctx context.Context, req Request, to time.Time) error {
	b, err := a.db.Book(ctx)
	switch {
	case err != nil:
		return err
	case !b.Simulated:
		return refusedText("clock_is_system", "this book runs on the computer's clock, which no command moves; "+
			"a book with a simulated clock is made with: recoup init --clock DAYThh:mm")
	case to.Before(b.Now):
		return refusedText("clock_backwards",
			"a clock moves forward only; it stands at "+b.Now.UTC().Format("2006-01-02T15:04:05Z"))
	case req.DryRun:
		return nil
	}
	err = a.db.SetClock(ctx, to)
	if errors.Is(err, store.ErrInvalid) {
		return refusedText("clock_backwards", "the clock was moved by somebody else in the meantime")
	}
	return err
}

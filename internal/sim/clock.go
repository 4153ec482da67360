package sim

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/store/sqlite"
)

// daysMost is how far one command moves the clock.
const daysMost = 92

// Advance lives on for some days, at most 92. On the day at hand the colleagues release
// what the visitor left, mails and letters leave, debtors make up their minds; on each
// morning the bank's lines come in and the run decides. The clock stops on a morning, with
// nothing released. progress is told of each day lived; it may be nil. Errors: invalid
// (days), and those of the use cases; what was lived before stays.
func (w *World) Advance(ctx context.Context, days int, progress func(done, all int)) (News, error) {
	if days < 1 || days > daysMost {
		return News{}, &app.Error{Kind: app.Invalid, Code: "days_invalid",
			Message: "the clock moves by 1 to 92 days at a time", Where: &app.Where{Field: "days"}}
	}
	return w.moves(ctx, func(done int) bool {
		if progress != nil {
			progress(done, days)
		}
		return done == days
	})
}

// eventDaysMost is how long NextEvent looks for something to happen.
const eventDaysMost = 14

// NextEvent lives on until something happens that a visitor would stop for: money, a
// promise kept or broken, an answer of a debtor; at least a day, at most 14, and never to a
// weekend, when nothing may be sent.
func (w *World) NextEvent(ctx context.Context) (News, error) {
	return w.moves(ctx, func(done int) bool {
		return done == eventDaysMost || done > 0 && !isWeekend(w.s.Day) && w.report.happened()
	})
}

// moves lives days until enough says that they are. Every morning is one on which the
// clock could stop; the evening of a day that is passed over comes before the next.
func (w *World) moves(ctx context.Context, enough func(done int) bool) (News, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.follow(ctx); err != nil {
		return News{}, err
	}
	w.report = newReporter(w.s.Day)
	err := w.alone(func() error {
		for done := 0; !enough(done); done++ {
			if err := w.evening(ctx); err != nil {
				return err
			}
			if err := w.nextDay(); err != nil {
				return err
			}
			if err := w.morning(ctx, true); err != nil {
				return err
			}
			if err := w.save(); err != nil {
				return err
			}
		}
		return nil
	})
	return w.report.news(w.s.Day), err
}

// follow takes the day from the book if its clock was moved past the world's, by a command
// in another window: what the days between would have brought comes with the next morning.
func (w *World) follow(ctx context.Context) error {
	clock, _, err := w.App.Clock(ctx, plans[0].code)
	if err == nil && clock.Today > w.s.Day {
		w.s.Day, w.s.Evening = clock.Today, false
	}
	return err
}

// Reset goes back to where the demo began: the book as it was prepared, its mails, and
// what the debtors were about to do. Who has the book open goes on. Errors: not found (the
// kept copy is gone: make the demo anew).
func (w *World) Reset(ctx context.Context) (News, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	from := w.s.Day
	kept, err := readState(w.file(keptFile + ".world"))
	if err == nil {
		_, err = os.Stat(w.file(keptFile))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return News{}, &app.Error{Kind: app.NotFound, Code: "demo_not_kept", Err: err,
			Message: "the copy of the demo's beginning is gone; make it anew with recoup demo --reset"}
	}
	if err != nil {
		return News{}, err
	}
	err = w.alone(func() error {
		if err := sqlite.Overwrite(ctx, w.Book, w.file(keptFile)); err != nil {
			return err
		}
		w.App.Forget()
		w.s = kept
		clear(w.ids)
		if err := w.Sink.Keep(kept.Mails); err != nil {
			return err
		}
		w.Sink.SetUnknown(kept.Dead...)
		if err := duty.ArmNew(ctx, w.App, w.licence); err != nil { // nothing of it ever left this machine
			return err
		}
		before, err := w.App.Setting(ctx, "", app.SettingSMTP)
		if err != nil {
			return err
		}
		if err := w.pointAtSink(ctx, before); err != nil {
			return err
		}
		return w.save()
	})
	news := newReporter(from).news(w.s.Day)
	news.Reset = true
	return news, err
}

// Now is the world's day and the time of its clock, London time.
func (w *World) Now(ctx context.Context) (cal.Date, time.Time, error) {
	clock, _, err := w.App.Clock(ctx, plans[0].code)
	return clock.Today, clock.Now.In(w.zone), err
}

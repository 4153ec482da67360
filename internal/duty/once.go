package duty

import (
	"context"
	"errors"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// today asks a run for the day of the book's clock.
const today = cal.None

// SendOnce takes the duty, puts the outbox in order, makes one pass over it and
// gives the duty back. Errors: unavailable (duty_held: another process sends),
// refused (not_armed), and those of app.Send.
func SendOnce(ctx context.Context, a *app.App, l *Licence, req app.Request) (app.SendReport, error) {
	duty, ctx, err := take(ctx, a)
	if err != nil {
		return app.SendReport{}, err
	}
	defer duty.Release()
	if _, err := a.RecoverOutbox(ctx, req); err != nil {
		return app.SendReport{}, err
	}
	ask := app.SendRequest{Open: OpenMailer, Licence: l}
	report, err := a.Send(ctx, req, ask)
	if err != nil {
		return report, err
	}
	if _, err = a.SendUserMail(ctx, ask); err != nil {
		return report, err
	}
	// What the mailbox says is kept with the copy, and doctor shows it; the mails have left.
	_, _ = a.CopySent(ctx, app.SentCopyRequest{Open: OpenMailbox, Licence: l})
	return report, nil
}

// holder is a held duty.
type holder struct {
	store.Duty
	cancel context.CancelCauseFunc
}

// Release gives the duty back and ends the context that came with it.
func (h holder) Release() {
	h.cancel(nil)
	h.Duty.Release()
}

// A database server notices only after a moment that a holder has gone: the lock
// is asked for again for this long.
const (
	takeFor   = 700 * time.Millisecond
	takeEvery = 25 * time.Millisecond
)

// take takes the duty of the book, and a context that ends when it is lost. Errors:
// unavailable (duty_held).
func take(ctx context.Context, a *app.App) (holder, context.Context, error) {
	duty, err := a.DB().Duty(ctx)
	for give := running() + takeFor; errors.Is(err, store.ErrDutyHeld) && running() < give && ctx.Err() == nil; {
		sleep(ctx, takeEvery)
		duty, err = a.DB().Duty(ctx)
	}
	if err != nil {
		return holder{}, ctx, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-duty.Lost():
			cancel(errLost)
		case <-ctx.Done():
		}
	}()
	return holder{duty, cancel}, ctx, nil
}

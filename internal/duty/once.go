package duty

import (
	"context"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// today asks a run for the day of the book's clock.
const today = cal.None

// SendOnce takes the duty, puts the outbox in order, makes one pass over it and
// gives the duty back. Errors: unavailable (duty_held: another process sends),
// refused (not_armed), and those of app.Send.
func SendOnce(ctx context.Context, a *app.App, l *Licence, req app.Request) (app.SendReport, error) {
	duty, err := a.DB().Duty(ctx)
	if err != nil {
		return app.SendReport{}, err
	}
	defer duty.Release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-duty.Lost():
			cancel(errLost)
		case <-ctx.Done():
		}
	}()
	if _, err := a.RecoverOutbox(ctx, req); err != nil {
		return app.SendReport{}, err
	}
	return a.Send(ctx, req, app.SendRequest{Open: OpenMailer, Licence: l})
}

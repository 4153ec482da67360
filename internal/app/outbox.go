package app

import (
	"context"
	"errors"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

// ReasonCount counts messages by reason code.
type ReasonCount struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// SendReport is the outcome of one pass over the outbox.
type SendReport struct {
	Sent    int64         `json:"sent"`
	Failed  int64         `json:"failed"`
	Stopped []ReasonCount `json:"stopped"`
	Unknown int64         `json:"unknown"`
	Waiting []ReasonCount `json:"waiting"`
	// Retry counts messages that the server did not take now and that are tried again.
	Retry int64 `json:"retry"`
	// ToPost counts released letters that wait for a person to post them.
	ToPost int64 `json:"to_post"`
	// Paused says why the pass ended early: error_burst, or "".
	Paused string `json:"paused,omitempty"`
	// Messages is what would become of each message; only of a trial.
	Messages []SendOutlook `json:"messages,omitzero"`
}

// Reasons for which sending pauses.
const (
	PausedErrors = "error_burst" // too many failures in a row
	PausedClock  = "clock_jump"  // the book's clock and the machine's running time differ
)

// again runs a mark until its outcome is known: an answer that was lost is asked
// for by doing it once more, which every mark allows.
func (a *App) again(ctx context.Context, fn func(store.MarkTx) error) error {
	return persist(ctx, func() error { return a.db.Mark(ctx, a.tenant, fn) })
}

// persistTries is how often the end of an attempt is written while the database
// does not answer: for about six seconds, long enough for a server that restarts.
const persistTries = 12

// persist repeats what may be repeated while the database is away.
func persist(ctx context.Context, fn func() error) error {
	err := fn()
	for try := 1; try <= persistTries && errors.Is(err, store.ErrUnavailable) && ctx.Err() == nil; try++ {
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try*try) * 10 * time.Millisecond):
		}
		err = fn()
	}
	return err
}

// SendingState is the last outbox number the book has given out, and the number of
// its last command: what a licence is compared with.
func (a *App) SendingState(ctx context.Context) (no, head int64, err error) {
	err = a.read(ctx, func(tx store.Tx) (err error) {
		no, head, err = a.sendingState(tx)
		return err
	})
	return no, head, err
}

// RecordArming records that a person gave this copy of the book the right to send.
// Errors: of the database.
func (a *App) RecordArming(ctx context.Context, req Request) error {
	_, err := a.write(ctx, req, "arm", nil, func(r *recorder) error {
		return r.changed("book", a.tenant, "armed", "")
	})
	return err
}

// RunDue reports whether today's run should be made now: it is past the hour at
// the first creditor's place and no run of today has finished. Days missed before
// need no run of their own: one run decides as of today.
func (a *App) RunDue(ctx context.Context, hour int) (bool, error) {
	due := false
	err := a.read(ctx, func(tx store.Tx) error {
		due = false
		creditors, err := a.creditors(tx)
		if err != nil || len(creditors) == 0 || tx.Now().In(creditors[0].Zone).Hour() < hour {
			return err
		}
		due = true
		return store.Each(tx, "SELECT 1 FROM run WHERE tenant_id = $1 AND day = $2 AND state <> 'running'",
			[]any{a.tenant, creditors[0].today(tx)}, func(store.Rows) error { due = false; return nil })
	})
	return due, err
}

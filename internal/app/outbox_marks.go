package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// settle records the end of an attempt.
func (w *worker) settle(c claimedMessage, dr *draft, h *Handover) error {
	answer := withNotes(h.Answer, dr.leftOut)
	if h.Outcome == Delivered {
		w.failures.Store(0)
	} else if w.failures.Add(1) >= errorBurst {
		w.stop(errPaused)
	}
	if h.Outcome == Delivered {
		w.count(&w.report.Sent)
		w.ended(delivered{claimedMessage: c, customer: dr.row.customer, answer: answer, copied: w.copies})
		return nil
	}
	ctx, cancel := w.closing()
	defer cancel()
	switch h.Outcome {
	case Rejection:
		w.count(&w.report.Failed)
		return w.a.recordFailed(ctx, w.req, c, dr, failure{why: reason.RefusedByServer, answer: answer,
			address: h.RecipientRefused})
	case NoAnswer:
		w.count(&w.report.Unknown)
		return w.a.recordUnknown(ctx, w.req, c, dr)
	}
	w.count(&w.report.Retry)
	offered := h.Outcome != NotSent // it may be marked and yet the server went away before the last dot
	return w.a.backToOutbox(ctx, c, reason.RefusedByServer, answer, offered)
}

func (s *sending) count(n *int64) {
	s.mu.Lock()
	*n++
	s.mu.Unlock()
}

// backoff is how long a message waits after its n-th attempt.
func backoff(attempt int64) time.Duration {
	steps := [...]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}
	return steps[min(max(attempt-1, 0), int64(len(steps)-1))]
}

// answerMax is how much of a server's answer is kept.
const answerMax = 500

// withNotes is an answer, fit to be stored, with the copies that were left out.
func withNotes(answer string, leftOut []string) string {
	if answer == "" {
		return clip(strings.Join(leftOut, "; "))
	}
	return clip(strings.Join(append([]string{answer}, leftOut...), "; "))
}

// clip makes an answer fit to be stored: valid text, one line, not too long.
func clip(s string) string { return clipTo(s, answerMax) }

func clipTo(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	for len(s) > most {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// backToOutbox releases a message again, to be tried after a while. What was marked of an
// attempt in which it was not offered to the receiver is forgotten.
func (a *App) backToOutbox(ctx context.Context, c claimedMessage, why reason.Code, answer string,
	offered bool) error {
	return a.again(ctx, func(tx store.MarkTx) error {
		if !offered {
			if err := a.unmake(tx, c); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`UPDATE message SET state = 'approved', answer = $4, not_before = $5,
			reason = $6
			WHERE tenant_id = $1 AND message_id = $2 AND outbox_no = $3 AND state IN ('claimed','handing_over')`,
			a.tenant, c.id, c.no, answer, tx.Now().Add(backoff(c.attempt)), string(why))
		return err
	})
}

// wait puts a message back because the gate holds it for later today. The attempt
// does not count.
func (w *worker) wait(c claimedMessage, why reason.Reason) error {
	w.mu.Lock()
	w.waits[string(why.Code())]++
	w.mu.Unlock()
	ctx, cancel := w.closing()
	defer cancel()
	return w.a.again(ctx, func(tx store.MarkTx) error {
		if err := w.a.unmake(tx, c); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE message SET state = 'approved', attempts = attempts - 1, not_before = $4,
			reason = $5
			WHERE tenant_id = $1 AND message_id = $2 AND outbox_no = $3 AND state IN ('claimed','handing_over')`,
			w.a.tenant, c.id, c.no, waitUntil(tx.Now(), why), string(why.Code()))
		return err
	})
}

// quietLook is how often a message that only time lets out is looked at again:
// sending hours begin on a quarter of an hour everywhere.
const quietLook = 15 * time.Minute

// waitUntil keeps a message that only time lets out from being looked at all the
// while. What a fact lets out may be looked at at once.
func waitUntil(now time.Time, why reason.Reason) any {
	if why.Until().Fact() != "" {
		return nil
	}
	return now.Truncate(quietLook).Add(quietLook)
}

// unfit is a message that cannot be made into a mail. To an address that no mail system
// takes nothing is ever sent: the message ends, and a person is asked. A fault of our
// own details keeps it waiting, and the outbox says why.
func (w *worker) unfit(c claimedMessage, dr *draft) error {
	err := dr.unfit
	ctx, cancel := w.closing()
	defer cancel()
	if errors.Is(err, ErrRecipient) {
		w.count(&w.report.Failed)
		return w.a.recordFailed(ctx, w.req, c, dr, failure{why: reason.AddressGone, address: true,
			answer: clip(err.Error())})
	}
	w.mu.Lock()
	w.waits[string(reason.SenderIncomplete)]++
	w.mu.Unlock()
	return w.a.backToOutbox(ctx, c, reason.SenderIncomplete, clip(err.Error()), false)
}

// halt ends a message that the gate stops.
func (w *worker) halt(c claimedMessage, dr *draft, why reason.Reason) error {
	ctx, cancel := w.closing()
	defer cancel()
	ended, err := w.a.recordEnd(ctx, w.req, "stop_message", c, func(r *recorder) error {
		today, err := w.a.todayOf(r, dr.row.creditor)
		if err != nil {
			return err
		}
		if err := w.a.unmake(r, c); err != nil {
			return err
		}
		return r.stopMessage(c.id, why, today)
	})
	if err == nil && ended {
		w.mu.Lock()
		w.stopped[string(why.Code())]++
		w.mu.Unlock()
	}
	return err
}

// recordEnd runs a command that ends the work on a claimed message, if it is still
// in the sender's hands.
func (a *App) recordEnd(ctx context.Context, req Request, name string, c claimedMessage,
	fn func(*recorder) error) (bool, error) {
	req = Request{Actor: req.Actor, CommandID: fmt.Sprintf("%s-%d-%d-%d", name, a.tenant, c.id, c.no)}
	ended := false
	err := persist(ctx, func() error {
		out, err := a.write(ctx, req, name, [2]int64{c.id, c.no}, func(r *recorder) error {
			held, err := a.inHands(r, c)
			if err != nil {
				return err
			}
			if !held {
				return store.ErrNothing
			}
			return fn(r)
		})
		ended = out.Seq != 0
		return err
	})
	return ended, err
}

// inHands reports whether a message is still in the sender's hands, and keeps it
// from being taken away until the transaction ends.
func (a *App) inHands(tx store.Tx, c claimedMessage) (bool, error) {
	held := false
	err := store.Each(tx, `SELECT 1 FROM message WHERE tenant_id = $1 AND message_id = $2 AND outbox_no = $3
		AND state IN ('claimed','handing_over') FOR UPDATE`, []any{a.tenant, c.id, c.no},
		func(store.Rows) error { held = true; return nil })
	return held, err
}

package app

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// SendRequest asks for one pass over the outbox. Whoever calls Send holds the
// book's duty.
type SendRequest struct {
	// Open connects to a mail server; it is called once a pass, and only if there is
	// a message that may leave.
	Open func(MailServer) (Mailer, error)
	// Licence is the right of this copy of the book to send.
	Licence Licence
	// Probe ends the pass at the first failure: for the passes after an error burst.
	Probe bool
}

// sendBatch is how many messages are claimed in one mark.
const sendBatch = 200

// errorBurst is how many failures in a row pause sending.
const errorBurst = 20

// sending is one pass.
type sending struct {
	a    *App
	ctx  context.Context
	stop context.CancelCauseFunc
	req  Request
	ask  SendRequest

	mailer    Mailer
	server    MailServer
	creditors []CreditorInfo
	simulated bool
	copies    bool // of what is sent are owed to the Sent folder

	failures atomic.Int64 // in a row
	marks    marks
	mu       sync.Mutex
	report   SendReport
	failed   error   // the first error that ended the pass, or came while it was being ended
	faults   []error // of single messages
	stopped  map[string]int64
	waits    map[string]int64
}

// claimedMessage is a message in the sender's hands. Its outbox number, that of the
// claim, fences it: a mark under an older number does nothing.
type claimedMessage struct {
	id, no, attempt int64
}

var (
	errPaused = errors.New("sending is paused")
	errMoved  = errors.New("the account changed after the gate looked")
	errTaken  = errors.New("the message is no longer in this sender's hands")
)

// Send makes one pass over the outbox: every released email whose day and hour
// have come is judged once more by the gate, written, and handed over with the two
// marks. What the gate stops is ended and its customer decided again; what must
// wait stays released. It returns what it did also with an error.
//
// Errors: refused (not_armed: a person must arm this copy of the book first),
// unavailable (the database), what Open returned, or the faults of single messages,
// which wait while the others go.
func (a *App) Send(ctx context.Context, req Request, ask SendRequest) (SendReport, error) {
	if err := a.permit(req, "send"); err != nil {
		return SendReport{}, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := &sending{a: a, ctx: ctx, stop: stop, req: req, ask: ask, stopped: map[string]int64{},
		waits: map[string]int64{}}
	if ask.Probe {
		s.failures.Store(errorBurst - 1)
	}
	var err error
	if s.stopped, err = a.stopLetters(ctx, req); err == nil {
		err = s.pass()
	}
	s.report.Stopped, s.report.Waiting = reasonCounts(s.stopped), reasonCounts(s.waits)
	return s.report, err
}

func reasonCounts(m map[string]int64) []ReasonCount {
	out := make([]ReasonCount, 0, len(m))
	for r, n := range m {
		out = append(out, ReasonCount{r, n})
	}
	slices.SortFunc(out, func(x, y ReasonCount) int {
		if x.Reason < y.Reason {
			return -1
		}
		return 1
	})
	return out
}

func (s *sending) pass() error {
	ready, err := s.prepare()
	if err != nil || len(ready) == 0 {
		return err
	}
	if s.mailer, err = s.ask.Open(s.server); err != nil {
		return err
	}
	defer s.mailer.Close()

	// What is judged waits for a connection, so that no connection waits for a look.
	connections := max(1, s.mailer.AtOnce())
	claimed, judged := make(chan []claimedMessage), make(chan judgedMessage, connections)
	s.marks.places, s.marks.gathered = make(chan struct{}, connections), make(chan struct{}, 1)
	var lookers, senders sync.WaitGroup
	for range s.lookers() {
		lookers.Go(func() { s.lookAhead(claimed, judged) })
	}
	for range min(connections, len(ready)) {
		senders.Go(func() { s.send(judged) })
	}
	err = s.feed(ready, claimed)
	close(claimed)
	lookers.Wait()
	close(judged)
	senders.Wait()
	s.marks.done.Wait()
	cause := context.Cause(s.ctx)
	if errors.Is(cause, errPaused) {
		s.report.Paused, cause = PausedErrors, s.failed
	}
	if err == nil {
		err = cause
	}
	return errors.Join(append([]error{err}, s.faults...)...)
}

// lookers is how many looks are made at the same time.
func (s *sending) lookers() int { return min(runtime.GOMAXPROCS(0), max(1, s.mailer.AtOnce())) }

// fail ends the pass for an error. A pause does not hide one: whoever sends next must
// know that the outbox is to be put in order.
func (s *sending) fail(err error) {
	s.mu.Lock()
	if s.failed == nil {
		s.failed = err
	}
	s.mu.Unlock()
	s.stop(err)
}

// feed claims batch after batch and hands the messages on.
func (s *sending) feed(ready []candidateMessage, claimed chan<- []claimedMessage) error {
	for batch := range slices.Chunk(ready, sendBatch) {
		claims, head, err := s.claim(batch)
		if err != nil {
			return err
		}
		if len(claims) > 0 {
			if err = s.ask.Licence.Raise(s.a.tenant, claims[0].no+int64(len(batch))-1, head); err != nil {
				return errors.Join(err, s.giveBack(claims))
			}
		}
		size := min(max(len(claims)/s.lookers(), 1), lookSize)
		for i := 0; i < len(claims); i += size {
			select {
			case claimed <- claims[i:min(i+size, len(claims))]:
			case <-s.ctx.Done():
				return s.giveBack(claims[i:])
			}
		}
	}
	return nil
}

// claim takes released messages into the sender's hands, all under one new number.
//
// The marks compare the state behind an operator where they find a message by its key: a
// planner must not look for it among all messages that are or were in that state today.
func (s *sending) claim(batch []candidateMessage) (claims []claimedMessage, head int64, err error) {
	ids := make([]int64, len(batch))
	for i := range batch {
		ids[i] = batch[i].id
	}
	var tried []int64 // the numbers of tries whose answers were lost: their claims are ours
	err = s.a.again(s.ctx, func(tx store.MarkTx) error {
		no, err := tx.NextIDs("evidence", len(batch)) // one for each, so that they tell how many were claimed
		if err != nil {
			return err
		}
		attempts := make(map[int64]int64, len(batch))
		if err = store.Each(tx, `UPDATE message SET state = 'claimed', attempts = attempts + CASE WHEN state =
			'approved' THEN 1 ELSE 0 END, outbox_no = $3, not_before = NULL
			WHERE tenant_id = $1 AND message_id IN ids($2) AND (state || '' = 'approved'
				OR (state || '' = 'claimed' AND outbox_no IN ids($4))) RETURNING message_id, attempts`,
			[]any{s.a.tenant, ids, no, tried}, func(r store.Rows) error {
				attempts[r.Int64(0)] = r.Int64(1)
				return nil
			}); err != nil {
			return err
		}
		claims = claims[:0]
		for i := range batch {
			if attempt, taken := attempts[batch[i].id]; taken {
				claims = append(claims, claimedMessage{id: batch[i].id, no: no, attempt: attempt})
			}
		}
		tried = append(tried, no)
		_, head, err = s.a.sendingState(tx)
		return err
	})
	return claims, head, err
}

// giveBack puts messages back that were certainly not handed over.
func (s *sending) giveBack(claims []claimedMessage) error {
	ctx, cancel := s.closing()
	defer cancel()
	return s.a.again(ctx, func(tx store.MarkTx) error {
		if err := s.a.unmake(tx, claims...); err != nil {
			return err
		}
		for _, c := range claims {
			if _, err := tx.Exec(`UPDATE message SET state = 'approved', attempts = attempts - 1
				WHERE tenant_id = $1 AND message_id = $2 AND outbox_no = $3
					AND state IN ('claimed','handing_over')`, s.a.tenant, c.id, c.no); err != nil {
				return err
			}
		}
		return nil
	})
}

// closingTime is how long the marks that end what was begun may take once the pass is
// being stopped.
const closingTime = 30 * time.Second

// closing is a context for those marks. Before the pass is stopped they wait for as long
// as the database is busy with something else, such as a large import: a message that
// was delivered is not to become unknown for that.
func (s *sending) closing() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.ctx))
	release := context.AfterFunc(s.ctx, func() {
		timer := time.NewTimer(closingTime)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-ctx.Done():
		}
	})
	return ctx, func() {
		release()
		cancel()
	}
}

// worker is what one goroutine of a pass keeps between messages.
type worker struct {
	*sending
	inputs int64
	desks  map[int64]*desk
	loader *loader
}

// send brings messages to their end, one after the other.
func (s *sending) send(judged <-chan judgedMessage) {
	w := worker{sending: s, inputs: -1}
	s.marks.comes(+1)
	defer s.marks.comes(-1)
	for {
		m, open := s.marks.next(judged)
		if !open {
			return
		}
		var err error
		if s.ctx.Err() != nil {
			err = s.ctx.Err()
		} else {
			err = w.one(m.claimedMessage, m.ahead)
		}
		if err != nil {
			s.putBack(m.claimedMessage, err)
		}
	}
}

// gateTries is how often a message is judged again because its account changed
// between the look and the mark.
const gateTries = 5

// one brings one message to its end: handed over, stopped, or back in the outbox.
// ahead is what an earlier look found, or nil. With an error the message was not handed
// over and is still in this sender's hands.
func (w *worker) one(c claimedMessage, ahead *judgement) error {
	for range gateTries {
		if ahead == nil || time.Since(ahead.at) > lookFresh {
			looked, err := w.judge([]claimedMessage{c})
			if err != nil {
				return err
			}
			ahead = &looked[0]
		}
		j := ahead
		ahead = nil
		switch {
		case j.taken:
			return nil // a person or another sender was faster
		case j.verdict == decide.Wait:
			return w.wait(c, j.why)
		case j.verdict == decide.Stop:
			return w.halt(c, j.dr, j.why)
		}
		if again, err := w.deliver(c, j.dr); !again {
			return err
		}
	}
	return w.wait(c, reason.New(reason.Changed, reason.UntilFact("facts stand still")))
}

// deliver hands a written message over and records how that ended. again asks for
// another look, because the account changed after the last one.
func (w *worker) deliver(c claimedMessage, dr *draft) (again bool, err error) {
	c.attempt = dr.row.attempts
	if dr.unfit != nil {
		return false, w.unfit(c, dr)
	}
	var markErr error
	h := w.mailer.Deliver(w.ctx, dr.sealed.parcel, func(context.Context) error {
		markErr = w.handOver(c, dr)
		return markErr
	})
	switch {
	case errors.Is(markErr, errMoved):
		return true, nil
	case errors.Is(markErr, errTaken):
		return false, nil
	case markErr != nil:
		return false, markErr
	case h.Outcome == NotSent && w.ctx.Err() != nil:
		return false, w.ctx.Err()
	}
	if err := w.settle(c, dr, &h); err != nil {
		w.fail(err) // it may have arrived: it is not put back
	}
	return false, nil
}

// faultsTold is of how many messages a pass tells the fault.
const faultsTold = 10

// putBack gives a message back that was not handed over. A fault of that message keeps
// only it from leaving, for a while; one of the database ends the pass, and that the
// pass is being stopped is none.
func (s *sending) putBack(c claimedMessage, err error) {
	switch {
	case s.ctx.Err() != nil:
		err = s.giveBack([]claimedMessage{c})
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, store.ErrCommitUnknown), errors.Is(err, store.ErrDiskFull):
		err = errors.Join(err, s.giveBack([]claimedMessage{c}))
	default:
		ctx, cancel := s.closing()
		defer cancel()
		back := s.a.backToOutbox(ctx, c, reason.Faulty, clip(err.Error()), false)
		if back == nil {
			s.mu.Lock()
			s.waits[string(reason.Faulty)]++
			if len(s.faults) < faultsTold {
				s.faults = append(s.faults, fmt.Errorf("message %d: %w", c.id, err))
			}
			s.mu.Unlock()
			return
		}
		err = errors.Join(err, back)
	}
	if err != nil {
		s.fail(err)
	}
}

package app

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/store"
)

// marks writes the two marks that every message needs, for all workers of a pass: those
// that wait at the same time share one transaction and one sync of the disk.
type marks struct {
	mu       sync.Mutex
	handings []*handing
	ends     []delivered
	coming   int            // workers on their way to the second mark
	gathered chan struct{}  // tells the writer that all of them have arrived
	writing  bool           // somebody takes them from there
	done     sync.WaitGroup // the writer
	places   chan struct{}  // one for each message that waits for its last mark
}

// gatherTime is how long marks wait for others to be written with them: a sync of the
// disk costs more than that, and one for ten messages as much as one for each.
const gatherTime = 2 * time.Millisecond

// handing is a message that is written to the server but for its final dot.
type handing struct {
	claimedMessage
	dr     *draft
	err    error // of the mark
	marked chan struct{}
}

// delivered is a message that the receiver has and that is not yet marked so.
type delivered struct {
	claimedMessage
	customer int64
	answer   string
	copied   bool // a copy is owed to the Sent folder
	late     bool // it may have become unknown meanwhile
}

// handOver is the second mark. In one commit it proves that neither the account nor
// the tenant's inputs moved since the gate looked, that the sending hours have not ended,
// that the message is still in this sender's hands, and stores the exact bytes. Doing it
// again changes nothing; bytes of an attempt that was recorded and then not made are
// replaced.
// Errors: errMoved, errTaken.
func (s *sending) handOver(c claimedMessage, dr *draft) error {
	h := &handing{claimedMessage: c, dr: dr, marked: make(chan struct{})}
	s.mark(func(m *marks) { m.handings, m.coming = append(m.handings, h), m.coming-1 })
	<-h.marked
	return h.err
}

// ended lets the last mark of a message be written beside the worker, which goes on
// with the next one: at most as many wait for theirs as there are connections. The pass
// does not end before they are written.
func (s *sending) ended(d delivered) {
	s.marks.places <- struct{}{}
	s.mark(func(m *marks) { m.ends = append(m.ends, d) })
}

// mark adds a mark to those that wait, and sees to it that somebody writes them.
func (s *sending) mark(add func(*marks)) {
	m := &s.marks
	m.mu.Lock()
	defer m.mu.Unlock()
	add(m)
	m.tellGathered()
	if !m.writing {
		m.writing = true
		m.done.Go(s.writeMarks)
	}
}

// next is the next message for one worker. While the worker waits for it, it does not
// count as on its way to the second mark.
func (m *marks) next(judged <-chan judgedMessage) (next judgedMessage, open bool) {
	select {
	case next, open = <-judged:
	default:
		m.comes(-1)
		next, open = <-judged
		m.comes(+1)
	}
	return next, open
}

// comes counts a worker that is on its way to the second mark, from the first word with
// the server on; or one that no longer is.
func (m *marks) comes(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.coming += n
	m.tellGathered()
}

// tellGathered wakes the writer when nobody else is on the way.
func (m *marks) tellGathered() {
	if m.coming == 0 {
		select {
		case m.gathered <- struct{}{}:
		default:
		}
	}
}

// gather waits until every message on its way to the second mark has arrived there, but
// not for long.
func (m *marks) gather() {
	timer := time.NewTimer(gatherTime)
	defer timer.Stop()
	for {
		m.mu.Lock()
		all := m.coming == 0
		m.mu.Unlock()
		if all {
			return
		}
		select {
		case <-m.gathered:
		case <-timer.C:
			return
		}
	}
}

// writeMarks writes what waits until nothing more does.
func (s *sending) writeMarks() {
	m := &s.marks
	for {
		m.gather()
		m.mu.Lock()
		handings, ends := m.handings, m.ends
		m.handings, m.ends = nil, nil
		m.writing = len(handings)+len(ends) > 0
		m.mu.Unlock()
		if len(handings)+len(ends) == 0 {
			return
		}
		slices.SortFunc(handings, func(x, y *handing) int { return cmp.Compare(x.id, y.id) })
		slices.SortFunc(ends, func(x, y delivered) int { return cmp.Compare(x.id, y.id) })
		s.writeGroup(handings, ends)
		m.comes(len(handings))
		for _, h := range handings {
			close(h.marked)
		}
		for i := range ends {
			if ends[i].late {
				s.late(&ends[i])
			}
			<-m.places
		}
	}
}

// late records an answer that came when its message was no longer being handed over.
func (s *sending) late(d *delivered) {
	ctx, cancel := s.closing()
	defer cancel()
	if err := s.a.recordLate(ctx, s.req, d); err != nil {
		s.fail(err)
	}
}

// writeGroup writes marks in one transaction. If the pass is stopped meanwhile, only
// what has ended is still marked. One that cannot be written does not keep the others
// from it: then each is written alone.
func (s *sending) writeGroup(handings []*handing, ends []delivered) {
	err := s.a.again(s.ctx, func(tx store.MarkTx) error { return s.a.writeMarks(tx, handings, ends) })
	switch {
	case err == nil:
		return
	case s.ctx.Err() == nil && !errors.Is(err, store.ErrUnavailable) && len(handings)+len(ends) > 1:
		for i := range handings {
			s.writeGroup(handings[i:i+1], nil)
		}
		for i := range ends {
			s.writeGroup(nil, ends[i:i+1])
		}
		return
	}
	for _, h := range handings {
		h.err = err
	}
	if len(ends) == 0 {
		return
	}
	ctx, cancel := s.closing()
	defer cancel()
	if err := s.a.again(ctx, func(tx store.MarkTx) error { return s.a.writeMarks(tx, nil, ends) }); err != nil {
		s.fail(err)
	}
}

// writeMarks marks messages as handed over and others as sent: the messages first, then
// their accounts, the order in which every command locks. What stands against a
// hand-over is left in its err.
func (a *App) writeMarks(tx store.MarkTx, handings []*handing, ends []delivered) error {
	sent, err := a.markSent(tx, ends)
	if err != nil {
		return err
	}
	held, err := a.markHandings(tx, handings)
	if err != nil {
		return err
	}
	if len(sent) > 0 {
		if _, err := tx.Exec(`UPDATE account SET version = version + 1 WHERE tenant_id = $1
			AND customer_id IN ids($2)`, a.tenant, sent); err != nil {
			return err
		}
	}
	held, err = a.unmoved(tx, held)
	if err != nil {
		return err
	}
	rows := make([]evidenceRow, len(held))
	for i, h := range held {
		rows[i] = evidenceRow{message: h.id, attempt: h.attempt, of: h.dr.sealed, answer: withNotes("", h.dr.leftOut)}
	}
	return keepEvidence(tx, rows)
}

// markSent records that the receivers have the messages, and returns their customers.
// An email counts as served on the day it was handed over. The answer stands with the
// message only: the evidence of its last attempt borrows it. An answer is late if the
// message is no longer being handed over.
func (a *App) markSent(tx store.MarkTx, ends []delivered) (customers []int64, err error) {
	args := make([][]any, len(ends))
	for i := range ends {
		args[i] = []any{a.tenant, ends[i].id, ends[i].no, tx.Now(), ends[i].answer}
	}
	changed, err := tx.ExecEach(`UPDATE message SET state = 'sent', sent_at = $4, served_day = day, answer = $5,
		not_before = NULL, reason = ''
		WHERE tenant_id = $1 AND message_id = $2 AND outbox_no = $3 AND state || '' = 'handing_over'`,
		args)
	if err != nil {
		return nil, err
	}
	var copied []int64
	for i, n := range changed {
		ends[i].late = n == 0
		if n == 1 {
			customers = append(customers, ends[i].customer)
		}
		if n == 1 && ends[i].copied {
			copied = append(copied, ends[i].id)
		}
	}
	slices.Sort(customers)
	return slices.Compact(customers), a.oweCopies(tx, copied)
}

// markHandings marks those messages that are still in this sender's hands, and returns
// them. A pass claims a message once, so that the two lists are as good as a list of pairs.
func (a *App) markHandings(tx store.MarkTx, handings []*handing) (held []*handing, err error) {
	if len(handings) == 0 {
		return nil, nil
	}
	ids, numbers := make([]int64, len(handings)), make([]int64, len(handings))
	for i, h := range handings {
		ids[i], numbers[i], h.err = h.id, h.no, errTaken
	}
	err = store.Each(tx, `UPDATE message SET state = 'handing_over', answer = '' WHERE tenant_id = $1
		AND message_id IN ids($2) AND outbox_no IN ids($3) AND state || '' IN ('claimed','handing_over')
		RETURNING message_id`, []any{a.tenant, ids, numbers}, func(r store.Rows) error {
		if i, ok := slices.BinarySearch(ids, r.Int64(0)); ok {
			handings[i].err = nil
		}
		return nil
	})
	for _, h := range handings {
		if h.err == nil {
			held = append(held, h)
		}
	}
	return held, err
}

// unmoved returns those of the marked messages whose account and inputs are still what
// the gate looked at, within the sending hours, and keeps the accounts so until the
// commit. It takes the mark from the others.
func (a *App) unmoved(tx store.MarkTx, marked []*handing) (same []*handing, err error) {
	if len(marked) == 0 {
		return nil, nil
	}
	customers := make([]int64, len(marked))
	for i, h := range marked {
		customers[i] = h.dr.row.customer
	}
	versions, inputs := make(map[int64]int64, len(marked)), int64(-1)
	if err = store.Each(tx, `SELECT customer_id, version, (SELECT inputs_version FROM tenant WHERE tenant_id = $1)
		FROM account WHERE tenant_id = $1 AND customer_id IN ids($2) FOR SHARE`, []any{a.tenant, customers},
		func(r store.Rows) error { versions[r.Int64(0)], inputs = r.Int64(1), r.Int64(2); return nil }); err != nil {
		return nil, err
	}
	var moved []int64
	for _, h := range marked {
		if versions[h.dr.row.customer] == h.dr.version && inputs == h.dr.inputs && tx.Now().Before(h.dr.closes) {
			same = append(same, h)
			continue
		}
		h.err = errMoved
		moved = append(moved, h.id)
	}
	if len(moved) > 0 {
		_, err = tx.Exec(`UPDATE message SET state = $3 WHERE tenant_id = $1 AND message_id IN ids($2)`,
			a.tenant, moved, string(book.Claimed))
	}
	return same, err
}

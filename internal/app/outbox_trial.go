package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// SendOutlook is what a pass over the outbox would do with one message.
type SendOutlook struct {
	Message  int64        `json:"message"`
	Customer string       `json:"customer"`
	Step     string       `json:"step"`
	Channel  book.Channel `json:"channel"`
	// Outcome is sent, stopped, waiting, to_post, or in_hand: a sender has it, or had
	// it when it ended.
	Outcome string `json:"outcome"`
	Reason  string `json:"reason,omitempty"` // why it is stopped or waits
	Text    string `json:"text,omitempty"`
}

// trialMessage is a released message as a trial reads it.
type trialMessage struct {
	candidateMessage
	SendOutlook
	customer  int64
	day       cal.Date
	notBefore time.Time
	state     book.MessageState
	run       string // state of its run, "" without one
}

// TrySend tells what Send would do now, message by message, in one snapshot: it
// connects to no server, sends nothing and marks nothing. What a server would answer
// nobody knows: each message that may leave counts as sent. It needs no duty.
//
// Errors: as Send, but for the server's.
func (a *App) TrySend(ctx context.Context, licence Licence) (SendReport, error) {
	s := &sending{a: a, ctx: ctx, ask: SendRequest{Licence: licence}}
	if err := licence.Check(ctx, a); err != nil {
		return s.report, err
	}
	err := a.read(ctx, func(tx store.Tx) error {
		s.report, s.stopped, s.waits = SendReport{}, map[string]int64{}, map[string]int64{}
		h, err := a.holdReasons(tx)
		if err != nil {
			return err
		}
		s.creditors, s.simulated = h.creditors, h.simulated
		all, err := a.trialMessages(tx)
		if err != nil {
			return err
		}
		if err := s.foresee(tx, h, all); err != nil {
			return err
		}
		s.report.Messages = s.summed(all)
		return nil
	})
	s.report.Stopped, s.report.Waiting = reasonCounts(s.stopped), reasonCounts(s.waits)
	return s.report, err
}

func (a *App) trialMessages(tx store.Tx) ([]trialMessage, error) {
	var all []trialMessage
	err := store.Each(tx, `SELECT m.message_id, m.creditor_id, m.currency, m.stage, m.lead_step, m.reason,
		m.customer_id, m.day, m.not_before, m.state, m.channel, c.number, COALESCE(r.state, '')
		FROM message m JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
		LEFT JOIN run r ON r.tenant_id = m.tenant_id AND r.run_id = m.run_id
		WHERE m.tenant_id = $1 AND m.state IN ('approved','claimed','handing_over')
		ORDER BY m.day, m.message_id`, []any{a.tenant}, func(r store.Rows) error {
		m := trialMessage{candidateMessage: candidateMessage{r.Int64(0), r.Int64(1), r.Text(2), int(r.Int64(3)),
			r.Text(5), r.Text(4), book.Channel(intern(r.Bytes(10)))}, customer: r.Int64(6), day: r.Day(7), notBefore: r.Time(8),
			state: book.MessageState(r.Text(9)), run: r.Text(12)}
		m.SendOutlook = SendOutlook{Message: m.id, Customer: r.Text(11), Step: r.Text(4),
			Channel: book.Channel(r.Text(10))}
		all = append(all, m)
		return nil
	})
	return all, err
}

// foresee gives each message its outcome: first by what is known without its account.
func (s *sending) foresee(tx store.Tx, h *holdReasons, all []trialMessage) error {
	var ready []*trialMessage
	j, err := s.a.newJudge(tx)
	if err != nil {
		return err
	}
	g := &lastGate{a: s.a, held: h, runs: map[int64]runState{}, l: s.a.newLoader(tx, h.creditors)}
	for i := range all {
		m := &all[i]
		switch {
		case m.state != book.Approved:
			m.Outcome = "in_hand"
		case m.Channel == book.Letter:
			if err := s.foreseeLetter(tx, g, j, m); err != nil {
				return err
			}
		case m.run != "" && m.run != "released":
			m.wait(reason.Brake)
		case m.notBefore.After(tx.Now()):
			m.wait(reason.Code(waitingReason(m.reason)))
		default:
			if why := h.reason(&m.candidateMessage); why != "" {
				m.wait(why)
				continue
			}
			ready = append(ready, m)
		}
	}
	w := worker{sending: s, inputs: -1}
	for batch := range slices.Chunk(ready, sendBatch) {
		if err := w.foresee(tx, batch); err != nil {
			return err
		}
	}
	return nil
}

// foreseeLetter says of a released letter whether it is stopped or to be posted.
func (s *sending) foreseeLetter(tx store.Tx, g *lastGate, j *judge, m *trialMessage) error {
	h := g.held
	bound, err := s.a.message(tx, m.id)
	if err != nil {
		return err
	}
	why, changed, err := j.untrue(tx, &bound)
	switch {
	case err != nil:
		return err
	case changed:
		m.is("stopped", why.Code(), why.Args()...)
	case m.run != "" && m.run != "released":
		m.wait(reason.Brake)
	case m.day > h.today[m.creditor]:
		m.wait(reason.StepDay, m.Step, m.day.String())
	case h.reason(&m.candidateMessage) != "":
		m.wait(h.reason(&m.candidateMessage))
	case m.day < h.today[m.creditor]: // nobody has said yet whether it was posted
		m.Outcome = "to_post"
	default:
		m.Outcome = "to_post"
		if view, err := g.look(tx, []messageRow{bound}); err != nil {
			return err
		} else if view[0].verdict != decide.Pass {
			m.wait(view[0].why.Code(), view[0].why.Args()...)
		}
	}
	return nil
}

// foresee asks the gate about messages that may leave, and writes those it lets pass.
func (w *worker) foresee(tx store.Tx, batch []*trialMessage) error {
	ids := make([]int64, len(batch))
	for i, m := range batch {
		ids[i] = m.id
	}
	slices.Sort(ids)
	rows, err := w.a.messages(tx, ids)
	if err != nil {
		return err
	}
	around, err := w.surroundings(tx, rows)
	if err != nil {
		return err
	}
	for _, m := range batch {
		k, _ := slices.BinarySearchFunc(rows, m.id, func(r messageRow, id int64) int { return int(r.id - id) })
		j, err := w.lookAt(tx, around, &rows[k])
		switch {
		case err != nil:
			return err
		case j.verdict == decide.Pass:
			m.Outcome = "sent"
		case j.verdict == decide.Stop:
			m.is("stopped", j.why.Code(), j.why.Args()...)
		default:
			m.wait(j.why.Code(), j.why.Args()...)
		}
	}
	return nil
}

func (m *trialMessage) is(outcome string, why reason.Code, args ...string) {
	m.Outcome, m.Reason = outcome, string(why)
	if text := reason.Fill(why, args); !strings.Contains(text, "{") {
		m.Text = text
	}
}

func (m *trialMessage) wait(why reason.Code, args ...string) { m.is("waiting", why, args...) }

// summed counts the outcomes into the report and lists them.
func (s *sending) summed(all []trialMessage) []SendOutlook {
	out := make([]SendOutlook, len(all))
	for i := range all {
		m := &all[i]
		out[i] = m.SendOutlook
		switch m.Outcome {
		case "sent":
			s.report.Sent++
		case "stopped":
			s.stopped[m.Reason]++
		case "waiting":
			s.waits[m.Reason]++
		case "to_post":
			s.report.ToPost++
		}
	}
	return out
}

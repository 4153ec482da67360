package app

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/document/letter"
	"github.com/recoup-project/recoup/internal/store"
)

// Kinds of tasks that sending raises.
const (
	TaskMessageUnknown = "message_unknown"         // find out whether a message arrived
	TaskAddressFailed  = "address_failed"          // an address was refused: find another one
	TaskMessageRefused = decide.TaskMessageRefused // a server will not take the message
)

// failure says why a message will never reach its receiver.
type failure struct {
	why     reason.Code
	answer  string // the server's words, or what is wrong with the address
	address bool   // the address itself is at fault
}

// recordFailed ends a message that the receiver will never take: its steps are free
// to be told by another way, and a person is asked. An address at fault is not
// written to again.
func (a *App) recordFailed(ctx context.Context, req Request, c claimedMessage, dr *draft, f failure) error {
	_, err := a.recordEnd(ctx, req, "message_failed", c, func(r *recorder) error {
		today, err := a.todayOf(r, dr.row.creditor)
		if err != nil {
			return err
		}
		if err := r.voidMessage(c.id, book.Failed, string(f.why), today); err != nil {
			return err
		}
		if _, err := r.Exec(`UPDATE message SET answer = $3 WHERE tenant_id = $1 AND message_id = $2`, a.tenant,
			c.id, f.answer); err != nil {
			return err
		}
		if _, err := r.Exec(`UPDATE evidence SET answer = $4 WHERE tenant_id = $1 AND message_id = $2
			AND attempt = $3`,
			a.tenant, c.id, c.attempt, f.answer); err != nil {
			return err
		}
		kind := TaskMessageRefused
		if f.address {
			kind = TaskAddressFailed
			if err := r.bounced(dr.row.customer, dr.row.contact); err != nil {
				return err
			}
		}
		return r.openTask(dr.row.customer, kind, dr.row.currency, string(f.why),
			dr.row.figures.TotalMinor, today)
	})
	return err
}

// bounced records that a contact's address was refused, unless it is out of use by now.
func (r *recorder) bounced(customer, contact int64) error {
	n, err := r.Exec(`UPDATE contact SET state = 'bounced' WHERE tenant_id = $1 AND customer_id = $2
		AND contact_id = $3 AND state = 'ok'`, r.tenant, customer, contact)
	if err != nil || n == 0 {
		return err
	}
	return r.changed("contact", contact, "state", "bounced")
}

// recordUnknown marks a message of which nobody knows whether it left. It is never
// sent again silently: a person finds out.
func (a *App) recordUnknown(ctx context.Context, req Request, c claimedMessage, dr *draft) error {
	_, err := a.recordEnd(ctx, req, "message_unknown", c, func(r *recorder) error { return a.unknown(r, c.id) })
	return err
}

func (a *App) unknown(r *recorder, id int64) error {
	m, err := a.message(r, id)
	if err != nil {
		return err
	}
	today, err := a.todayOf(r, m.creditor)
	if err != nil {
		return err
	}
	if _, err := r.Exec(`UPDATE message SET state = 'unknown', reason = $3 WHERE tenant_id = $1
		AND message_id = $2`,
		a.tenant, id, string(reason.OutcomeUnknown)); err != nil {
		return err
	}
	if err := r.event(id, m.customer, today, string(book.Unknown), string(reason.OutcomeUnknown)); err != nil {
		return err
	}
	if err := r.openTask(m.customer, TaskMessageUnknown, m.currency, string(reason.OutcomeUnknown),
		m.figures.TotalMinor, today); err != nil {
		return err
	}
	return r.touch(m.customer)
}

// Recovered says what a crash of the last sender left behind.
type Recovered struct {
	Released int64 `json:"released"` // were only claimed: they go out in the next pass
	Unknown  int64 `json:"unknown"`  // were being handed over: a person finds out
}

// RecoverOutbox puts the outbox in order after a sender ended without finishing:
// what was only claimed is released again; what was being handed over becomes
// unknown. Only the holder of the duty may call it, before it sends.
func (a *App) RecoverOutbox(ctx context.Context, req Request) (Recovered, error) {
	var found Recovered
	out, err := a.write(ctx, Request{Actor: req.Actor}, "recover_outbox", nil, func(r *recorder) error {
		var ids []int64
		if err := store.Each(r, `SELECT message_id FROM message WHERE tenant_id = $1 AND state = 'handing_over'
			ORDER BY day, message_id`,
			[]any{a.tenant}, func(row store.Rows) error { ids = append(ids, row.Int64(0)); return nil }); err != nil {
			return err
		}
		if len(ids) == 0 {
			return store.ErrNothing
		}
		for _, id := range ids {
			if err := a.unknown(r, id); err != nil {
				return err
			}
		}
		return r.result(int64(len(ids)))
	})
	if found.Unknown, _, err = answer[int64](out, err); err != nil {
		return found, err
	}
	err = a.again(ctx, func(tx store.MarkTx) error {
		found.Released, err = tx.Exec(`UPDATE message SET state = 'approved', attempts = attempts - 1
			WHERE tenant_id = $1 AND state = 'claimed'`, a.tenant)
		return err
	})
	return found, err
}

// ResolveOutbox records what a person found out about an unknown message: it was
// sent, or it was not. One that was not is voided, and its customer decided again.
// Errors: not found, conflict (the message is not unknown).
func (a *App) ResolveOutbox(ctx context.Context, req Request, id int64, sent bool) (OutboxMessage, error) {
	return answering(ctx, a, req, "resolve_outbox", [2]any{id, sent}, func(r *recorder) error {
		m, err := a.lockedMessage(r, id)
		if err != nil {
			return err
		}
		if m.state != book.Unknown {
			return &Error{Kind: Conflict, Code: "not_unknown",
				Message: fmt.Sprintf("message %d is %s; only an unknown one can be resolved", id, m.state)}
		}
		today, err := a.todayOf(r, m.creditor)
		if err != nil {
			return err
		}
		if !sent {
			ended, why := book.Voided, string(reason.VoidedByPerson)
			if m.step == Correction { // which is still owed
				ended, why = book.Stopped, ""
			}
			if err := r.voidMessage(id, ended, why, today); err != nil {
				return err
			}
			return r.closeAsked(&m, TaskMessageUnknown, "state = 'unknown'", today, "not_sent")
		}
		if err := r.arrived(&m, today); err != nil {
			return err
		}
		return a.oweCopy(r, id)
	}, func(tx store.Tx) (OutboxMessage, error) { return a.outboxMessage(tx, id) })
}

// arrived records that an unknown message was sent, when it was handed over.
func (r *recorder) arrived(m *messageRow, today cal.Date) error {
	at := r.Now()
	if err := store.Each(r, `SELECT handed_over_at FROM evidence WHERE tenant_id = $1 AND message_id = $2
		ORDER BY attempt`,
		[]any{r.tenant, m.id}, func(row store.Rows) error { at = row.Time(0); return nil }); err != nil {
		return err
	}
	if err := r.sentByHand(m, at, m.day, m.day, today, "sent", 0, nil); err != nil {
		return err
	}
	return r.closeAsked(m, TaskMessageUnknown, "state = 'unknown'", today, "sent")
}

// recordLate records the answer to a message that had become unknown when it came: it
// was sent after all, and nobody needs to find that out.
func (a *App) recordLate(ctx context.Context, req Request, d *delivered) error {
	req = Request{Actor: req.Actor, CommandID: fmt.Sprintf("late_answer-%d-%d-%d", a.tenant, d.id, d.no)}
	return persist(ctx, func() error {
		_, err := a.write(ctx, req, "late_answer", [2]int64{d.id, d.no}, func(r *recorder) error {
			m, err := a.lockedMessage(r, d.id)
			if err != nil {
				return err
			}
			if m.state != book.Unknown || m.outboxNo != d.no {
				return store.ErrNothing
			}
			today, err := a.todayOf(r, m.creditor)
			if err != nil {
				return err
			}
			if err := r.arrived(&m, today); err != nil {
				return err
			}
			if err := a.oweCopy(r, d.id); err != nil {
				return err
			}
			_, err = r.Exec(`UPDATE message SET answer = $3 WHERE tenant_id = $1 AND message_id = $2`,
				a.tenant, d.id, d.answer)
			return err
		})
		return err
	})
}

// sentByHand records that a message left, by the word of a person.
func (r *recorder) sentByHand(m *messageRow, at time.Time, sent, served, today cal.Date, event string,
	words int64, hash []byte) error {
	if _, err := r.Exec(`UPDATE message SET state = 'sent', live = 1, sent_at = $3, served_day = $4, not_before = NULL,
		answer = '', reason = '' WHERE tenant_id = $1 AND message_id = $2`,
		r.tenant, m.id, at, served); err != nil {
		return err
	}
	if m.channel == book.Letter {
		if err := r.closeAsked(m, TaskPostLetter, "state = 'approved' AND channel = 'letter'", today,
			"posted"); err != nil {
			return err
		}
		if words != 0 {
			if err := r.askForSlip(m); err != nil {
				return err
			}
		}
	}
	ins := r.Insert("message_event")
	putEvent(ins, r.Seq(), &messageEvent{message: m.id, customer: m.customer, day: sent, event: event,
		words: words, hash: hash})
	if err := ins.Close(); err != nil {
		return err
	}
	return r.touch(m.customer)
}

// closeAsked ends the task that asks about messages of an account, as this one was,
// when none is left that it asks about.
func (r *recorder) closeAsked(m *messageRow, kind, about string, today cal.Date, outcome string) error {
	left := false
	if err := store.Each(r, `SELECT 1 FROM message WHERE tenant_id = $1 AND customer_id = $2 AND currency = $3
		AND live = 1 AND `+about, []any{r.tenant, m.customer, string(m.currency)},
		func(store.Rows) error { left = true; return nil }); err != nil || left {
		return err
	}
	_, err := r.Exec(`UPDATE task SET state = 'done', done_day = $5, outcome = $6, done_seq = $7
		WHERE tenant_id = $1 AND customer_id = $2 AND kind = $3 AND currency = $4 AND state = 'open'`,
		r.tenant, m.customer, kind, string(m.currency), today, outcome, r.Seq())
	return err
}

// SentByHand is what a person says about a message they sent or posted themselves.
type SentByHand struct {
	Message  int64    `json:"message"`
	Day      cal.Date `json:"day"`      // None: today
	Tracking string   `json:"tracking"` // number or words that prove the posting; kept apart from the facts
	Enclosed bool     `json:"enclosed"` // the papers that the letter lists were with it
}

// MarkSent records that a person posted a letter, or sent an email with their own program.
// It must have left on its planned day: a text expires with its day and the next run decides
// anew. That a letter was posted on its day can also be said when it has expired. A letter
// counts as served after its transit, an email on the day.
//
// Errors: not found; conflict (sent_before: on record with another day); refused with
// text_expired (another day than planned), not_approved (nobody released it), message_ended,
// message_underway, enclosures_unconfirmed (a letter of claim without the word that its papers
// were with it); without a day also with what keeps the message from leaving now.
func (a *App) MarkSent(ctx context.Context, req Request, sent SentByHand) (OutboxMessage, error) {
	letter, err := a.letterText(ctx, sent.Message)
	if err != nil {
		return OutboxMessage{}, err
	}
	return a.recordPosted(ctx, req, sent, letter)
}

// MarkAllSent does MarkSent for several messages. Those that a rule keeps are listed; the others
// are recorded, each as a command of its own, since each is a fact of its own. Errors: those of
// MarkSent that are no refusal.
func (a *App) MarkAllSent(ctx context.Context, req Request, messages []int64, sent SentByHand) (ChangeReport, error) {
	report := ChangeReport{Changed: []StateChange{}, Refused: []Refusal{}}
	for _, id := range messages {
		one := req
		if req.CommandID != "" {
			one.CommandID = sprintf("%s-%d", req.CommandID, id)
		}
		before, err := a.OutboxMessage(ctx, id)
		if err != nil {
			return report, err
		}
		sent.Message = id
		after, err := a.MarkSent(ctx, one, sent)
		if e := AsError(err); err != nil && (e.Kind == Refused || e.Kind == Conflict) {
			report.Refused = append(report.Refused, Refusal{Message: id, Code: e.Code, Text: e.Message})
			continue
		}
		if err != nil {
			return report, err
		}
		report.Changed = append(report.Changed, StateChange{Message: id, From: before.State, To: after.State})
	}
	return report, nil
}

func (a *App) recordPosted(ctx context.Context, req Request, sent SentByHand, letter *printed) (OutboxMessage, error) {
	return answering(ctx, a, req, "mark_sent", sent,
		func(r *recorder) error { return a.recordByHand(r, sent, letter) },
		func(tx store.Tx) (OutboxMessage, error) { return a.outboxMessage(tx, sent.Message) })
}

// lockedMessage reads a message that no sender can change until the command ends.
func (a *App) lockedMessage(r *recorder, id int64) (messageRow, error) {
	if err := r.lockMessages([]int64{id}); err != nil {
		return messageRow{}, err
	}
	return a.message(r, id)
}

func (a *App) recordByHand(r *recorder, sent SentByHand, letter *printed) error {
	m, err := a.lockedMessage(r, sent.Message)
	if err != nil {
		return err
	}
	c, err := a.creditorOf(r, m.creditor)
	if err != nil {
		return err
	}
	today := c.today(r)
	day := sent.Day
	if day == cal.None {
		day = today
	}
	left := r.Now()
	if day < today { // of whose hour nothing is known
		left = day.EndIn(c.Zone)
	}
	// A mail may be of tomorrow, because the hours at the debtor's place were over.
	ahead := m.channel == book.Email && day == today && m.day == today+1
	if ahead {
		day = m.day
	}
	lapsed := m.lapsed()
	switch {
	case m.state == book.Sent:
		return r.sentBefore(&m, sent.Day, &c)
	case lapsed && sent.Day == cal.None:
		return refusedText(string(reason.TextExpired), sprintf("the text was made for %s and nobody said by the next "+
			"business day that it was posted; if it was posted on its day, say so with that day", m.day))
	case ended(m.state) && !lapsed:
		return refused(reason.MessageEnded, m.state.InWords())
	case m.state == book.Proposed:
		return refused(reason.NotApproved)
	case m.state != book.Approved && !lapsed:
		return refusedText(string(reason.MessageUnderway), sprintf("message %d is %s by the program", m.id,
			m.state.InWords()))
	case m.step == Correction && day >= m.day && day <= today:
	case day != m.day || (day > today && !ahead):
		return refusedText(string(reason.TextExpired), sprintf("the text was made for %s and stands for no other day; "+
			"the next run decides anew", m.day))
	case letter != nil && len(letter.papers) > 0 && !sent.Enclosed:
		return refused(reason.EnclosuresOpen, strings.Join(letter.papers, ", "))
	}
	if lapsed {
		if err := r.notTakenBack(&m); err != nil {
			return err
		}
	}
	if sent.Day == cal.None { // a person who names the day says that it did leave
		if err := a.mayLeaveNow(r, &m); err != nil {
			return err
		}
	}
	served, err := a.servedDay(r, &m, day)
	if err != nil {
		return err
	}
	words, hash, err := r.words(sent.Tracking)
	if err != nil {
		return err
	}
	if letter != nil {
		if err := r.keepPrinted(&m, letter, left); err != nil {
			return err
		}
	}
	return r.sentByHand(&m, left, day, served, today, "sent_by_hand", words, hash)
}

// keepPrinted keeps the text that a person sent as the evidence of the next attempt.
func (r *recorder) keepPrinted(m *messageRow, letter *printed, left time.Time) error {
	row := evidenceRow{message: m.id, attempt: m.attempts + 1, of: letter.text, at: left}
	if err := keepEvidence(r, []evidenceRow{row}); err != nil {
		return err
	}
	_, err := r.Exec(`UPDATE message SET attempts = attempts + 1 WHERE tenant_id = $1 AND message_id = $2`,
		r.tenant, m.id)
	return err
}

// notTakenBack refuses a lapsed letter whose step was taken back since with its mail, the last
// one that told it before the letter's day: recorded now, the letter would stand although the
// customer was told to disregard it.
func (r *recorder) notTakenBack(m *messageRow) error {
	mail, voided := int64(0), false
	err := store.Each(r, `SELECT message_id, state FROM message WHERE tenant_id = $1 AND customer_id = $2
		AND currency = $3 AND lead_step = $4 AND channel = 'email' AND day <= $5 AND pay_by >= $5
		AND state IN ('sent','unknown','voided') ORDER BY day, message_id`,
		[]any{r.tenant, m.customer, string(m.currency), m.step, m.day},
		func(row store.Rows) error {
			mail, voided = row.Int64(0), book.MessageState(row.Text(1)) == book.Voided
			return nil
		})
	if err != nil || !voided {
		return err
	}
	return refusedText(string(reason.MessageEnded), sprintf("message %d, which told the same step, was taken back; if this "+
		"letter was posted, write to the customer that it does not count", mail))
}

// sentBefore says that there is nothing to record of a message that was sent, unless another
// day is named for it than the one on record.
func (r *recorder) sentBefore(m *messageRow, named cal.Date, c *CreditorInfo) error {
	on := cal.None
	if err := store.One(r, "SELECT sent_at FROM message WHERE tenant_id = $1 AND message_id = $2",
		[]any{r.tenant, m.id}, func(row store.Rows) { on = cal.DateIn(row.Time(0), c.Zone) }); err != nil {
		return err
	}
	if named != cal.None && named != on {
		return &Error{Kind: Conflict, Code: "sent_before",
			Message: sprintf("message %d is on record as sent on %s, not on %s", m.id, on, named)}
	}
	return store.ErrNothing
}

// mayLeaveNow refuses a letter that the last gate would not let go at this moment, and a mail
// that is no longer true: what a person sends with a program of their own is theirs
// (guardrail R26).
func (a *App) mayLeaveNow(r *recorder, m *messageRow) error {
	if m.channel == book.Letter && m.state == book.Approved {
		g, err := a.newLastGate(r)
		if err != nil {
			return err
		}
		why, err := g.refuses(r, m)
		if err != nil || why == nil {
			return err
		}
		why.Message += sprintf("; if it was posted all the same, say so with its day, %s", m.day)
		return why
	}
	if values, err := a.settings(r, m.creditor); err != nil || bankHeld(values, r.Now()) {
		return cmp.Or(err, refused(reason.BankChanged))
	}
	j, err := a.newJudge(r)
	if err != nil {
		return err
	}
	why, changed, err := j.untrue(r, m)
	if err == nil && changed {
		err = refused(why.Code(), why.Args()...)
	}
	return err
}

// servedDay is the day from which a message sent on a day counts as received.
func (a *App) servedDay(tx store.Tx, m *messageRow, day cal.Date) (cal.Date, error) {
	if m.channel != book.Letter {
		return day, nil
	}
	served := cal.None
	err := store.One(tx, `SELECT c.country, c.subdivision, k.country FROM customer c
		JOIN creditor k ON k.tenant_id = c.tenant_id AND k.creditor_id = c.creditor_id
		WHERE c.tenant_id = $1 AND c.customer_id = $2`, []any{a.tenant, m.customer}, func(r store.Rows) {
		transit := a.law.LetterTransit(r.Text(2), r.Text(0))
		served = transit.Arrival(day, a.holidays.CalendarFor(r.Text(0), r.Text(1)))
	})
	return served, err
}

// printed is a message that a person sends.
type printed struct {
	text   *sealed
	papers []string // the enclosures, by name
}

// letterText writes the message that a person sends, to keep it as evidence: of a letter
// that was printed here, what was printed. nil if it cannot be written, because then it was
// not printed from here.
func (a *App) letterText(ctx context.Context, id int64) (*printed, error) {
	if p, err := a.printedBefore(ctx, id); err != nil || p != nil {
		return p, err
	}
	dr, err := a.drafted(ctx, id, true)
	if err != nil && AsError(err).Kind == Refused {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if dr.row.channel != book.Letter {
		p := dr.preview()
		text := []byte(p.Subject + "\n\n" + p.Text)
		return &printed{text: seal(Parcel{To: []string{p.To}, Bytes: text}, p.Renderer+" "+p.Template)}, nil
	}
	paper, err := a.paper(ctx, dr)
	if err != nil {
		return nil, err
	}
	return dr.printed(paper.Bytes), nil
}

// printed is a letter as it is kept: its words and its pages.
func (d *draft) printed(pdf []byte) *printed {
	out := &printed{papers: d.paperNames()}
	renderer := d.rendered.RendererVersion + "." + letter.Version + " " + d.rendered.TemplateVersion
	to := strings.ReplaceAll(d.letter, "\n", ", ")
	out.text = seal(Parcel{To: []string{to}, Bytes: wrapLetter(to, renderer, d.words(), pdf)}, renderer)
	return out
}

func (d *draft) paperNames() []string {
	var names []string
	for _, paper := range d.papers {
		names = append(names, paper.Name)
	}
	return names
}

// words are the words of a letter, with those of its enclosures.
func (d *draft) words() SentText {
	text := d.rendered.Text
	for _, paper := range d.papers {
		text += "\n\f\n" + paper.Text
	}
	return SentText{Subject: d.rendered.Subject, Text: text}
}

package app

import (
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// candidateMessage is a released message that may leave now, as far as the list tells.
type candidateMessage struct {
	id       int64
	creditor int64
	currency string
	stage    int
	reason   string
	step     string
	channel  book.Channel
}

// prepare lists what may leave now, notes on the others why they wait, and makes
// sure that this copy of the book may send at all.
func (s *sending) prepare() ([]candidateMessage, error) {
	if err := s.ask.Licence.Check(s.ctx, s.a); err != nil {
		return nil, err
	}
	var ready []candidateMessage
	held := map[string][]int64{} // messages whose reason is to be changed, by the new one
	err := s.a.read(s.ctx, func(tx store.Tx) error {
		ready = ready[:0]
		clear(held)
		clear(s.waits)
		h, err := s.a.holdReasons(tx)
		if err != nil {
			return err
		}
		s.creditors, s.simulated = h.creditors, h.simulated
		if s.server, err = s.a.mailServer(tx); err != nil && AsError(err).Kind != Refused {
			return err
		}
		box, err := s.a.mailbox(tx)
		if err != nil {
			return err
		}
		s.copies = box.URL != ""
		all, err := s.candidates(tx, h)
		if err != nil {
			return err
		}
		for _, c := range all {
			why := h.reason(&c)
			if why == "" {
				ready = append(ready, c)
				continue
			}
			s.waits[string(why)]++
			if c.reason != string(why) {
				held[string(why)] = append(held[string(why)], c.id)
			}
		}
		return nil
	})
	if err != nil || len(held) == 0 {
		return ready, err
	}
	return ready, s.a.again(s.ctx, func(tx store.MarkTx) error {
		for why, ids := range held {
			if _, err := tx.Exec(`UPDATE message SET reason = $3 WHERE tenant_id = $1 AND message_id IN ids($2)
				AND state = 'approved'`,
				s.a.tenant, ids, why); err != nil {
				return err
			}
		}
		return nil
	})
}

// sendingState is the last outbox number the book has given out, and the number of
// its last command.
func (a *App) sendingState(tx store.Tx) (no, head int64, err error) {
	if err = store.Each(tx, `SELECT next_id FROM id_block WHERE tenant_id = $1 AND table_name = 'evidence'`,
		[]any{a.tenant},
		func(r store.Rows) error { no = r.Int64(0) - 1; return nil }); err != nil {
		return 0, 0, err
	}
	err = store.Each(tx, "SELECT seq FROM tenant_head WHERE tenant_id = $1", []any{a.tenant},
		func(r store.Rows) error { head = r.Int64(0); return nil })
	return no, head, err
}

// candidates are the released emails of released runs whose day has come and whose
// next attempt is due, by day and id. It also counts the letters to be posted.
func (s *sending) candidates(tx store.Tx, h *holdReasons) ([]candidateMessage, error) {
	var out []candidateMessage
	s.report.ToPost = 0
	now := tx.Now()
	err := store.Each(tx, `SELECT m.message_id, m.creditor_id, m.currency, m.stage, m.day, m.reason,
		m.not_before, m.channel, m.lead_step
		FROM message m WHERE m.tenant_id = $1 AND m.state = 'approved'
		AND (m.run_id = 0 OR EXISTS (SELECT 1 FROM run r WHERE r.tenant_id = m.tenant_id AND r.run_id = m.run_id
			AND r.state = 'released')) -- of the others runState tells why they wait
		ORDER BY m.day, m.message_id`, []any{s.a.tenant}, func(r store.Rows) error {
		c := candidateMessage{r.Int64(0), r.Int64(1), intern(r.Bytes(2)), int(r.Int64(3)), intern(r.Bytes(5)),
			intern(r.Bytes(8)), book.Channel(intern(r.Bytes(7)))}
		switch {
		case c.channel == book.Letter && r.Day(4) <= h.today[c.creditor]:
			if why := h.reason(&c); why != "" {
				s.waits[string(why)]++
			} else {
				s.report.ToPost++
			}
		case c.channel != book.Email:
		case r.Time(6).After(now):
			s.waits[waitingReason(c.reason)]++
		default:
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

// waitingReason is the reason to count for a message whose next attempt is not due.
func waitingReason(stored string) string {
	if _, known := reason.Lookup(reason.Code(stored)); known {
		return stored
	}
	return string(reason.RefusedByServer)
}

// holdReasons are what keeps all messages of a creditor, a currency or a stage
// from leaving, so that none of them need be looked at one by one.
type holdReasons struct {
	creditors []CreditorInfo
	simulated bool
	observe   bool
	tested    bool
	today     map[int64]cal.Date
	cash      map[int64]cal.Date
	desks     map[int64]*desk
	now       time.Time
}

func (a *App) holdReasons(tx store.Tx) (*holdReasons, error) {
	h := &holdReasons{today: map[int64]cal.Date{}, cash: map[int64]cal.Date{}, desks: map[int64]*desk{},
		now: tx.Now()}
	var err error
	if h.creditors, err = a.creditors(tx); err != nil {
		return nil, err
	}
	if err = store.One(tx, `SELECT clock FROM book`, nil,
		func(r store.Rows) { h.simulated = r.Text(0) == "simulated" }); err != nil {
		return nil, err
	}
	if h.observe, err = a.observes(tx); err != nil {
		return nil, err
	}
	tested, err := a.setting(tx, 0, SettingMailTested)
	if err != nil {
		return nil, err
	}
	h.tested = tested != ""
	for i := range h.creditors {
		c := &h.creditors[i]
		if h.desks[c.ID], err = a.desk(tx, c); err != nil {
			return nil, err
		}
		if h.cash[c.ID], err = a.cashKnown(tx, c.ID); err != nil {
			return nil, err
		}
		h.today[c.ID] = c.today(tx)
	}
	return h, nil
}

// bankHeld reports whether the account of a creditor was changed and nothing may leave.
func (h *holdReasons) bankHeld(creditor int64) bool {
	d := h.desks[creditor]
	return d != nil && bankHeld(d.values, h.now)
}

// reason is why a message waits whatever its account says; "" if nothing speaks
// against looking at it. A letter needs no mail server, nor a test of it: whoever posts it
// has its words and details in the hand.
func (h *holdReasons) reason(c *candidateMessage) reason.Code {
	d := h.desks[c.creditor]
	switch {
	case d == nil:
		return reason.SenderIncomplete
	case !h.simulated && !h.tested && c.channel == book.Email:
		return reason.NoTestMessage
	case h.observe:
		return reason.ObserveMode
	case h.bankHeld(c.creditor):
		return reason.BankChanged
	case len(d.missingFor(c.channel)) > 0:
		return reason.SenderIncomplete
	case !h.simulated && d.values[SettingConfirmed+c.currency] == "":
		return reason.TotalUnproven
	case !d.decider.Fresh(decide.CashStage(c.step, strategy.Stage(c.stage)), h.today[c.creditor],
		h.cash[c.creditor]):
		return reason.CashStale
	}
	return ""
}

// missingFor lists the details that a message by a channel must carry and that are not set.
func (d *desk) missingFor(channel book.Channel) []string {
	out := d.missing()
	if channel == book.Letter {
		out = slices.DeleteFunc(out, func(name string) bool { return name == SettingSMTP || name == SettingMailFrom })
	}
	return out
}

// missing lists the details that every message must carry and that are not set.
func (d *desk) missing() []string {
	var out []string
	for _, name := range []string{SettingSMTP, SettingMailFrom, "sender.person", "sender.phone",
		"sender.reply_to", "bank.holder",
		settingUnchanged} {
		if d.values[name] == "" {
			out = append(out, name)
		}
	}
	if orElse(d.values["sender.name"], d.party.name) == "" {
		out = append(out, "sender.name")
	}
	if orElse(d.values["sender.address"], d.party.address) == "" {
		out = append(out, "sender.address")
	}
	if !bankAccount(d.values) {
		out = append(out, "bank.iban")
	}
	return append(out, d.withoutParticulars()...)
}

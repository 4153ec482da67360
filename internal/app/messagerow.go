package app

import (
	"fmt"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/store"
)

// messageRow is a stored message with what the account does not hold.
type messageRow struct {
	id, customer, creditor, contact int64
	run                             int64 // 0: no run planned it
	currency                        money.Currency
	day, payBy                      cal.Date
	step, strategy                  string
	approval                        strategy.Approval
	channel                         book.Channel
	state                           book.MessageState
	approvedBy                      string
	words, corrects                 int64
	outboxNo                        int64
	attempts                        int64
	figures                         decide.Figures
	version, inputs                 int64    // what it was decided by
	inputsNow                       int64    // what it would be decided by today
	decided                         cal.Date // the day of the run that planned it; None if none did
}

// lapsed reports whether a released letter ended because nobody confirmed its posting: it
// may have been posted.
func (m *messageRow) lapsed() bool {
	return m.state == book.Expired && m.channel == book.Letter && m.approvedBy != ""
}

// moved reports whether facts or settings have changed since the message was decided.
func (m *messageRow) moved(acc *book.Account) bool {
	return m.version != acc.Version || m.inputs != m.inputsNow
}

// message reads one message row. Errors: not found, with the id.
func (a *App) message(tx store.Tx, id int64) (messageRow, error) {
	rows, err := a.messages(tx, []int64{id})
	if err != nil {
		return messageRow{id: id}, err
	}
	if len(rows) == 0 {
		return messageRow{id: id}, notFound("message_not_found", "there is no message %d", id)
	}
	return rows[0], nil
}

// messages reads the rows of those messages that exist, by id.
func (a *App) messages(tx store.Tx, ids []int64) ([]messageRow, error) {
	out := make([]messageRow, 0, len(ids))
	err := store.Each(tx, `SELECT m.message_id, m.customer_id, m.creditor_id, m.contact_id, m.currency, m.day,
		m.lead_step, m.strategy, m.channel, m.state, m.approved_by, m.words_id, m.corrects_id, m.outbox_no,
		m.attempts, m.figures,
		m.account_version, m.inputs_version, t.inputs_version, r.day, m.pay_by, m.approval, m.run_id
		FROM message m JOIN tenant t ON t.tenant_id = m.tenant_id
		LEFT JOIN run r ON r.tenant_id = m.tenant_id AND r.run_id = m.run_id
		WHERE m.tenant_id = $1 AND m.message_id IN ids($2) ORDER BY m.message_id`,
		[]any{a.tenant, ids}, func(r store.Rows) (err error) {
			m := messageRow{id: r.Int64(0), customer: r.Int64(1), creditor: r.Int64(2), contact: r.Int64(3),
				currency: currency(r.Bytes(4)), day: r.Day(5), step: intern(r.Bytes(6)), strategy: intern(r.Bytes(7)),
				channel: book.Channel(intern(r.Bytes(8))), state: book.MessageState(intern(r.Bytes(9))),
				approvedBy: r.Text(10), words: r.Int64(11), corrects: r.Int64(12), outboxNo: r.Int64(13),
				attempts: r.Int64(14), version: r.Int64(16), inputs: r.Int64(17), inputsNow: r.Int64(18),
				decided: r.Day(19), payBy: r.Day(20), approval: strategy.Approval(intern(r.Bytes(21))), run: r.Int64(22)}
			if m.figures, err = decide.ParseFigures(r.Bytes(15)); err != nil {
				return fmt.Errorf("message %d: %w", m.id, err)
			}
			out = append(out, m)
			return nil
		})
	return out, err
}

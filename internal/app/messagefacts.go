package app

import (
	"slices"
	"strconv"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// messageFacts are what a row of message states for ever, and in what state it begins.
type messageFacts struct {
	id, customer, creditor, run    int64
	currency                       money.Currency
	day                            cal.Date
	step                           string
	stage                          int64
	demand                         bool
	strategy                       string
	strategyVersion                int64
	role, channel, level, approval string
	contact                        int64
	payBy                          cal.Date
	totalMinor, compensationMinor  int64
	version, inputs                int64 // of the account and of the tenant, when it was decided
	figures                        []byte
	corrects                       int64 // the message it takes back

	state       book.MessageState
	reason      string // why it will be held, if that is known already
	words       int64  // the line of a person
	approvedBy  string // "" = it waits
	approvedSeq int64
}

// keyStep is the step in the key of a message. A demand has none, so that only one demand
// a day gets through, whatever its step; each message that is taken back has its own.
func (m *messageFacts) keyStep() string {
	switch {
	case m.demand:
		return ""
	case m.corrects != 0:
		return m.step + ":" + strconv.FormatInt(m.corrects, 10)
	}
	return m.step
}

// putMessage writes one row of message.
func putMessage(ins *store.Inserter, seq int64, m *messageFacts) error {
	ins.Int(m.id).Int(m.customer).Int(m.creditor).Int(seq).Int(m.run).Text(string(m.currency)).Day(m.day)
	ins.Text(m.step).Text(m.keyStep()).Int(m.stage).Bool(m.demand).Text(m.strategy).Int(m.strategyVersion)
	ins.Text(m.role).Text(m.channel).Int(m.contact).Text(m.level).Text(m.approval).Day(m.payBy)
	ins.Int(m.totalMinor).Int(m.compensationMinor).Int(m.version).Int(m.inputs).Bytes(m.figures).Int(m.corrects)
	ins.Bool(true).Text(string(m.state)).Text(m.reason).Int(m.words).Text(m.approvedBy).Int(m.approvedSeq)
	ins.Int(0).Int(0).Null().Null().Null().Text("") // nothing of its way out is known yet
	return ins.End()
}

// messageFacts reads the facts of a message, with the line of a person.
func (r *recorder) messageFacts(id int64) (m messageFacts, err error) {
	err = store.One(r, `SELECT customer_id, creditor_id, run_id, currency, day, lead_step, stage, demand, strategy,
		strategy_version, role, channel, level, approval, contact_id, pay_by, total_minor, compensation_minor,
		account_version, inputs_version, figures, corrects_id, words_id
		FROM message WHERE tenant_id = $1 AND message_id = $2`, []any{r.tenant, id}, func(row store.Rows) {
		m = messageFacts{id: id, customer: row.Int64(0), creditor: row.Int64(1), run: row.Int64(2),
			currency: currency(row.Bytes(3)), day: row.Day(4), step: row.Text(5), stage: row.Int64(6),
			demand: row.Bool(7), strategy: row.Text(8), strategyVersion: row.Int64(9), role: row.Text(10),
			channel: row.Text(11), level: row.Text(12), approval: row.Text(13), contact: row.Int64(14),
			payBy: row.Day(15), totalMinor: row.Int64(16), compensationMinor: row.Int64(17),
			version: row.Int64(18), inputs: row.Int64(19), figures: slices.Clone(row.Bytes(20)),
			corrects: row.Int64(21), words: row.Int64(22)}
	})
	return m, err
}

// propose records a message under a new id, for a person to release.
func (r *recorder) propose(m messageFacts) (err error) {
	if m.id, err = r.NextIDs("message", 1); err != nil {
		return err
	}
	m.state = book.Proposed
	ins := r.Insert("message")
	putMessage(ins, r.Seq(), &m)
	return ins.Close()
}

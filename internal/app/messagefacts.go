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

// messageFacts reads the facts of messages, by id, each with the line of a person.
func (r *recorder) messageFacts(ids []int64) (all []messageFacts, err error) {
	err = store.Each(r, `SELECT message_id, customer_id, creditor_id, run_id, currency, day, lead_step, stage,
		demand,
		strategy, strategy_version, role, channel, level, approval, contact_id, pay_by, total_minor,
		compensation_minor, account_version, inputs_version, figures, corrects_id, words_id
		FROM message WHERE tenant_id = $1 AND message_id IN ids($2) ORDER BY message_id`, []any{r.tenant, ids},
		func(row store.Rows) error {
			all = append(all, messageFacts{id: row.Int64(0), customer: row.Int64(1), creditor: row.Int64(2),
				run: row.Int64(3), currency: currency(row.Bytes(4)), day: row.Day(5), step: row.Text(6),
				stage: row.Int64(7), demand: row.Bool(8), strategy: row.Text(9), strategyVersion: row.Int64(10),
				role: row.Text(11), channel: row.Text(12), level: row.Text(13), approval: row.Text(14),
				contact: row.Int64(15), payBy: row.Day(16), totalMinor: row.Int64(17),
				compensationMinor: row.Int64(18), version: row.Int64(19), inputs: row.Int64(20),
				figures: slices.Clone(row.Bytes(21)), corrects: row.Int64(22), words: row.Int64(23)})
			return nil
		})
	return all, err
}

// propose records messages under new ids, for a person to release.
func (r *recorder) propose(all []messageFacts) error {
	first, err := r.NextIDs("message", len(all))
	if err != nil {
		return err
	}
	ins := r.Insert("message")
	for i := range all {
		m := &all[i]
		m.id, m.state = first+int64(i), book.Proposed
		if err := putMessage(ins, r.Seq(), m); err != nil {
			return err
		}
	}
	return ins.Close()
}

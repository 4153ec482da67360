package app

import (
	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/store"
)

// lineKey is what a proposal and the one that takes its place have in common.
type lineKey struct {
	customer int64
	currency money.Currency
	step     string
	channel  book.Channel
}

// personLine is the line that a person wrote into a proposal.
type personLine struct {
	message, words int64
}

// linesDays is how long the line of a proposal that lapsed is kept for the next one.
const linesDays = 7

// keepLines reads the lines of messages that lapsed. What takes their place has the line
// too: the figures of a proposal are made anew every day, a person's words are not.
func (r *run) keepLines(tx store.Tx) error {
	r.lines = map[lineKey]personLine{}
	return store.Each(tx, `SELECT customer_id, currency, lead_step, channel, message_id, words_id FROM message
		WHERE tenant_id = $1 AND state = 'expired' AND day >= $2 AND words_id <> 0
		ORDER BY message_id`, []any{r.a.tenant, r.day.AddDays(-linesDays)}, func(row store.Rows) error {
		key := lineKey{row.Int64(0), currency(row.Bytes(1)), intern(row.Bytes(2)),
			book.Channel(intern(row.Bytes(3)))}
		r.lines[key] = personLine{row.Int64(4), row.Int64(5)}
		return nil
	})
}

// line is the line of the proposal whose place a message takes, 0 if it has none: of the
// one that stands, else of the last one, if it lapsed.
func (p *planWriter) line(a *book.Account, act *decide.Action) (words int64, err error) {
	for i := range a.Messages {
		old := &a.Messages[i]
		if revises(old) && old.Currency == act.Currency && old.Step == act.Step && old.Channel == act.Channel {
			err = store.One(p.w, "SELECT words_id FROM message WHERE tenant_id = $1 AND message_id = $2",
				[]any{p.w.tenant, old.ID}, func(r store.Rows) { words = r.Int64(0) })
			return words, err
		}
	}
	last, found := p.run.lines[lineKey{a.Customer.ID, act.Currency, act.Step, act.Channel}]
	if !found {
		return 0, nil
	}
	words = last.words
	err = store.Each(p.w, `SELECT 1 FROM message WHERE tenant_id = $1 AND customer_id = $2 AND currency = $3
		AND lead_step = $4 AND channel = $5 AND message_id > $6`, []any{p.w.tenant, a.Customer.ID,
		string(act.Currency), act.Step, string(act.Channel), last.message},
		func(store.Rows) error { words = 0; return nil })
	return words, err
}

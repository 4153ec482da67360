package app

import (
	"context"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/store"
)

// Level is what is known of a posted letter (guardrail R7).
type Level string

// The levels, from the weakest proof of receipt to none at all.
const (
	LevelPosted   Level = "posted"   // a certificate of posting
	LevelTracked  Level = "tracked"  // the post's status: in Germany no proof of receipt
	LevelSlip     Level = "slip"     // the delivery slip, its reproduction, or a messenger's note
	LevelReturned Level = "returned" // it came back
)

// TaskFetchSlip asks for the reproduction of a delivery slip, while the post keeps it.
const TaskFetchSlip = "fetch_delivery_slip"

// slipDays is how long after posting the reproduction is asked for.
const slipDays = 30

// maxProofBytes bounds a scan.
const maxProofBytes = 10 << 20

// Proof is what a person says or has of a posted letter.
type Proof struct {
	Message int64    `json:"message"`
	Level   Level    `json:"level"`
	Day     cal.Date `json:"day"`  // of the proof; None: today
	Text    string   `json:"text"` // tracking number, who signed, why it came back; kept apart from the facts
	File    []byte   `json:"-"`    // a scan
}

// KnownProof is a proof as it is kept.
type KnownProof struct {
	Level  Level    `json:"level"`
	Day    cal.Date `json:"day"`
	Text   string   `json:"text,omitempty"`
	SHA256 string   `json:"sha256,omitempty"` // of the scan
}

// Prove keeps a proof of a posted letter. One that came back does not count as served: its
// steps are free to be told anew, its address is not written to again, and a person is
// asked for another. In Germany a tracked letter asks for its delivery slip after 30 days.
//
// Errors: not found; invalid (level, day, size of the file); refused (not_posted: the
// message is no letter that was posted).
func (a *App) Prove(ctx context.Context, req Request, p Proof) ([]KnownProof, error) {
	switch p.Level {
	case LevelPosted, LevelTracked, LevelSlip, LevelReturned:
	default:
		return nil, invalid("level_invalid", "%q: expected posted, tracked, slip or returned", p.Level)
	}
	if len(p.File) > maxProofBytes {
		return nil, invalid("file_too_large", "the file has %d bytes: expected at most %d", len(p.File), maxProofBytes)
	}
	sha := ""
	if len(p.File) > 0 && !req.DryRun {
		h, err := a.db.Blobs().Put(ctx, a.tenant, p.File)
		if err != nil {
			return nil, err
		}
		sha = h.String()
	}
	return answering(ctx, a, req, "prove", []any{p, sha}, func(r *recorder) error { return a.prove(r, p, sha) },
		func(tx store.Tx) ([]KnownProof, error) { return a.proofs(tx, p.Message) })
}

func (a *App) prove(r *recorder, p Proof, sha string) error {
	m, err := a.lockedMessage(r, p.Message)
	if err != nil {
		return err
	}
	if m.channel != book.Letter || m.state != book.Sent {
		return refusedText("not_posted", sprintf("message %d is no letter that was posted; it is %s", m.id, m.state.InWords()))
	}
	c, err := a.creditorOf(r, m.creditor)
	if err != nil {
		return err
	}
	today := c.today(r)
	day := p.Day
	if day == cal.None {
		day = today
	}
	if day > today || day < m.day {
		return invalid("proof_day", "%s: expected a day from %s, when it was posted, to today", day, m.day)
	}
	words, hash, err := r.words(p.Text)
	if err != nil {
		return err
	}
	ins := r.Insert("delivery")
	ins.Int(m.id).Int(r.Seq()).Text(string(p.Level)).Day(day).Text(sha).Int(words).Bytes(hash)
	if err := ins.One(); err != nil {
		return err
	}
	switch p.Level {
	case LevelReturned:
		return r.returned(&m, today)
	case LevelTracked:
		return r.askForSlip(&m)
	case LevelSlip:
		return r.endTask(&m, TaskFetchSlip, today, "slip")
	}
	return nil
}

// returned ends a letter that came back.
func (r *recorder) returned(m *messageRow, today cal.Date) error {
	if err := r.voidMessage(m.id, book.Failed, string(reason.AddressGone), today); err != nil {
		return err
	}
	if err := r.endTask(m, TaskFetchSlip, today, "returned"); err != nil {
		return err
	}
	party, err := r.partyOfCustomer(m.customer)
	if err != nil {
		return err
	}
	if err := r.setField(m.customer, party, "address", ""); err != nil {
		return err
	}
	return r.openTask(m.customer, TaskAddressFailed, m.currency, string(reason.AddressGone), m.figures.TotalMinor, today)
}

// askForSlip asks for the delivery slip of a final demand in Germany.
func (r *recorder) askForSlip(m *messageRow) error {
	country := ""
	if err := store.One(r, "SELECT country FROM customer WHERE tenant_id = $1 AND customer_id = $2",
		[]any{r.tenant, m.customer}, func(row store.Rows) { country = row.Text(0) }); err != nil {
		return err
	}
	if country != "DE" || document.Step(m.step) != document.FinalDemand {
		return nil
	}
	return r.openTask(m.customer, TaskFetchSlip, m.currency, "", m.figures.TotalMinor, m.day.AddDays(slipDays))
}

// endTask ends an open task of an account, if there is one.
func (r *recorder) endTask(m *messageRow, kind string, today cal.Date, outcome string) error {
	_, err := r.Exec(`UPDATE task SET state = 'done', done_day = $5, outcome = $6, done_seq = $7
		WHERE tenant_id = $1 AND customer_id = $2 AND kind = $3 AND currency = $4 AND state = 'open'`,
		r.tenant, m.customer, kind, string(m.currency), today, outcome, r.Seq())
	return err
}

// Proofs are the proofs of a letter, the first one first.
func (a *App) Proofs(ctx context.Context, message int64) (list []KnownProof, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		list, err = a.proofs(tx, message)
		return err
	})
	return list, err
}

func (a *App) proofs(tx store.Tx, message int64) ([]KnownProof, error) {
	list := []KnownProof{}
	return list, store.Each(tx, `SELECT d.level, d.day, w.body, d.sha256 FROM delivery d
		LEFT JOIN words w ON w.tenant_id = d.tenant_id AND w.words_id = d.words_id AND d.words_id <> 0
		WHERE d.tenant_id = $1 AND d.message_id = $2 ORDER BY d.seq`, []any{a.tenant, message},
		func(r store.Rows) error {
			list = append(list, KnownProof{Level: Level(r.Text(0)), Day: r.Day(1), Text: strings.TrimSpace(r.Text(2)),
				SHA256: r.Text(3)})
			return nil
		})
}

package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/decide"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// Mail is an email before it is bytes. Two calls with the same Mail make the same
// bytes, and the same Message gives the same Message-ID.
type Mail struct {
	Message     string // tenant and id of the message: what its Message-ID is made of
	FromName    string
	From        string
	ReplyTo     string
	To          string
	Cc          []string // who gets a copy, if mail reaches them
	Subject     string
	Text        string
	HTML        string
	Date        time.Time
	InReplyTo   string   // Message-ID of the mail it answers in the same thread; "" if none
	References  []string // of the mails of that thread, the first one first
	Automatic   bool     // no person released it
	Attachments []Attachment
}

// Parcel is a mail as the exact bytes that go out, with its envelope.
type Parcel struct {
	From  string
	To    []string
	Cc    []string // a refused one does not keep the mail from the others
	Bytes []byte
	// LeftOut says for each copy that cannot be sent why; kept with the evidence.
	LeftOut []string
}

// Outcome is what is known about a message after an attempt to hand it over.
type Outcome uint8

// Outcomes of a hand-over.
const (
	NotSent   Outcome = iota // it failed before the hand-over: the receiver has nothing
	Delivered                // the receiver answered that it has the message
	Later                    // the receiver answered that it does not take it now
	Rejection                // the receiver answered that it will never take it
	NoAnswer                 // the hand-over began and no answer came: nobody knows
)

// Handover is the end of one attempt.
type Handover struct {
	Outcome          Outcome
	Answer           string // the receiver's words, or what went wrong
	RecipientRefused bool   // the address itself was refused
	Err              error  // with NotSent and NoAnswer: why
}

// ErrRecipient is returned for a mail to an address that no mail system takes.
var ErrRecipient = errors.New("nobody can be written to at this address")

// Mailer hands mails over. It is safe for concurrent use.
type Mailer interface {
	// Build makes the bytes. Errors: ErrRecipient; every other one is about what the
	// sender's details say.
	Build(Mail) (Parcel, error)
	// Deliver writes everything but the last irrevocable byte, calls handingOver,
	// and finishes only if that returns nil. It never retries after it.
	Deliver(ctx context.Context, p Parcel, handingOver func(context.Context) error) Handover
	// AtOnce is how many messages it hands over at the same time.
	AtOnce() int
	// Close ends idle connections.
	Close() error
}

// MailServer says which server takes the mails.
type MailServer struct {
	URL          string // smtp://user:password@host:port
	LoopbackOnly bool   // a simulated book sends only to this machine
	BookUID      string
}

// Licence is the right of this copy of the book to send. It is kept outside the
// book, so that a restored or copied book does not have it.
type Licence interface {
	// Check returns a refused error with not_armed unless this copy is the one that
	// sent last, by what the licence knew before it asked the book's SendingState.
	Check(ctx context.Context, a *App) error
	// Raise records, durably before it returns, that numbers up to no may be used.
	Raise(tenant, no, head int64) error
}

// ReasonCount counts messages by reason code.
type ReasonCount struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// SendReport is the outcome of one pass over the outbox.
type SendReport struct {
	Sent    int64         `json:"sent"`
	Failed  int64         `json:"failed"`
	Stopped []ReasonCount `json:"stopped"`
	Unknown int64         `json:"unknown"`
	Waiting []ReasonCount `json:"waiting"`
	// Retry counts messages that the server did not take now and that are tried again.
	Retry int64 `json:"retry"`
	// ToPost counts released letters that wait for a person to post them.
	ToPost int64 `json:"to_post"`
	// Paused says why the pass ended early: error_burst, or "".
	Paused string `json:"paused,omitempty"`
	// Messages is what would become of each message; only of a trial.
	Messages []SendOutlook `json:"messages,omitzero"`
}

// Reasons for which sending pauses.
const (
	PausedErrors = "error_burst" // too many failures in a row
	PausedClock  = "clock_jump"  // the book's clock and the machine's running time differ
)

// MailServer reads which server the tenant's mails go to. Errors: refused with
// sender_incomplete if none is set.
func (a *App) MailServer(ctx context.Context) (MailServer, error) {
	var s MailServer
	err := a.read(ctx, func(tx store.Tx) (err error) {
		s, err = a.mailServer(tx)
		return err
	})
	return s, err
}

func (a *App) mailServer(tx store.Tx) (MailServer, error) {
	var s MailServer
	err := store.One(tx, "SELECT uid, clock FROM book", nil, func(r store.Rows) {
		s.BookUID, s.LoopbackOnly = r.Text(0), r.Text(1) == "simulated"
	})
	if err != nil {
		return s, err
	}
	if s.URL, err = a.setting(tx, 0, SettingSMTP); err == nil && s.URL == "" {
		err = refused(reason.SenderIncomplete, SettingSMTP)
	}
	return s, err
}

// OutboxMessage is one message of the outbox as lists show it.
type OutboxMessage struct {
	ID       int64             `json:"id"`
	Customer string            `json:"customer"`
	Step     string            `json:"step"`
	Day      cal.Date          `json:"day"`
	Channel  book.Channel      `json:"channel"`
	State    book.MessageState `json:"state"`
	Reason   string            `json:"reason"`
	Amount   string            `json:"amount"` // the principal
	Currency money.Currency    `json:"currency"`
	Claimed  ClaimedHeads      `json:"claimed"`
	Items    []string          `json:"items"`

	OutboxNo  int64     `json:"outbox_no"`
	Attempts  int64     `json:"attempts"`
	NotBefore time.Time `json:"not_before,omitzero"`
	SentAt    time.Time `json:"sent_at,omitzero"`
	Answer    string    `json:"answer,omitempty"` // the server's; why the last look stopped it
	// Posted is what the person who sent it said of that; only where one message is shown.
	Posted string `json:"posted,omitempty"`
}

// ClaimedHeads are the heads of what a message claims, in its currency, and what it
// offers to waive if the principal arrives in time.
type ClaimedHeads struct {
	Principal           string `json:"principal"`
	Interest            string `json:"interest"`
	Compensation        string `json:"compensation"`
	Total               string `json:"total"`
	OfferedInterest     string `json:"offered_interest,omitempty"`
	OfferedCompensation string `json:"offered_compensation,omitempty"`
}

func claimedHeads(f *decide.Figures, c money.Currency) ClaimedHeads {
	h := f.Heads()
	decimal := func(minor int64) string { return money.FormatMinor(minor, c.Exponent()) }
	out := ClaimedHeads{Principal: decimal(h.Principal), Interest: decimal(h.Interest),
		Compensation: decimal(h.Compensation), Total: decimal(h.Claimed())}
	if h.OfferedInterest != 0 {
		out.OfferedInterest = decimal(h.OfferedInterest)
	}
	if h.OfferedCompensation != 0 {
		out.OfferedCompensation = decimal(h.OfferedCompensation)
	}
	return out
}

// OutboxFilter narrows a list; zero fields do not.
type OutboxFilter struct {
	State   book.MessageState
	Channel book.Channel
	Message int64
}

// listNewest is how many of the newest messages a list looks at beside the open ones.
const listNewest = 20_000

// Outbox lists the messages that are not ended, and those planned for today or
// later whatever became of them; by id.
func (a *App) Outbox(ctx context.Context, f OutboxFilter) ([]OutboxMessage, error) {
	var out []OutboxMessage
	err := a.read(ctx, func(tx store.Tx) (err error) {
		out, err = a.outbox(tx, f)
		return err
	})
	return out, err
}

const outboxColumns = `SELECT m.message_id, c.number, m.lead_step, m.day, m.channel, m.state, m.reason,
	m.total_minor, m.currency,
	m.outbox_no, m.attempts, m.not_before, m.sent_at, m.answer, m.figures, m.customer_id
	FROM message m JOIN customer c ON c.tenant_id = m.tenant_id AND c.customer_id = m.customer_id
		WHERE m.tenant_id = $1 AND `

// listed is what a line of the outbox is completed from.
type listed struct {
	customer int64
	figures  []byte
}

func (a *App) outbox(tx store.Tx, f OutboxFilter) ([]OutboxMessage, error) {
	out := []OutboxMessage{}
	var more []listed
	take := func(r store.Rows) error {
		m := OutboxMessage{ID: r.Int64(0), Customer: r.Text(1), Step: r.Text(2), Day: r.Day(3),
			Channel: book.Channel(r.Text(4)),
			State:   book.MessageState(r.Text(5)), Reason: r.Text(6), Currency: currency(r.Bytes(8)),
			OutboxNo: r.Int64(9),
			Attempts: r.Int64(10), NotBefore: r.Time(11), SentAt: r.Time(12), Answer: r.Text(13), Items: []string{}}
		m.Amount = money.FormatMinor(r.Int64(7), m.Currency.Exponent())
		if (f.State != "" && m.State != f.State) || (f.Channel != "" && m.Channel != f.Channel) {
			return nil
		}
		out = append(out, m)
		more = append(more, listed{r.Int64(15), slices.Clone(r.Bytes(14))})
		return nil
	}
	var err error
	if f.Message != 0 {
		err = store.Each(tx, outboxColumns+"m.message_id = $2", []any{a.tenant, f.Message}, take)
	} else {
		err = a.outboxOpenAndToday(tx, take)
	}
	if err != nil {
		return nil, err
	}
	if err := a.stateFigures(tx, out, more); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(x, y OutboxMessage) int { return int(x.ID - y.ID) })
	return out, nil
}

func (a *App) outboxOpenAndToday(tx store.Tx, take func(store.Rows) error) error {
	err := store.Each(tx, outboxColumns+`m.state IN ('proposed','approved','claimed','handing_over','unknown')
		ORDER BY m.message_id`, []any{a.tenant}, take)
	if err != nil {
		return err
	}
	creditors, err := a.creditors(tx)
	if err != nil || len(creditors) == 0 {
		return err
	}
	today := cal.Far
	for i := range creditors {
		today = min(today, creditors[i].today(tx))
	}
	var last int64
	if err = store.Each(tx, `SELECT message_id FROM message WHERE tenant_id = $1
		ORDER BY message_id DESC LIMIT 1`, []any{a.tenant},
		func(r store.Rows) error { last = r.Int64(0); return nil }); err != nil {
		return err
	}
	return store.Each(tx, outboxColumns+`m.message_id > $2 AND m.day >= $3
		AND m.state NOT IN ('proposed','approved','claimed','handing_over','unknown') ORDER BY m.message_id`,
		[]any{a.tenant, last - listNewest, today}, take)
}

// stateFigures completes messages by what their figures claim and the invoices they state.
func (a *App) stateFigures(tx store.Tx, out []OutboxMessage, more []listed) error {
	figures := make([]decide.Figures, len(out))
	items := map[int64]string{}
	var customers []int64
	for i := range out {
		var err error
		if figures[i], err = decide.ParseFigures(more[i].figures); err != nil {
			return fmt.Errorf("message %d: %w", out[i].ID, err)
		}
		out[i].Claimed = claimedHeads(&figures[i], out[i].Currency)
		customers = append(customers, more[i].customer)
		for _, l := range figures[i].Lines {
			items[l.Item] = ""
		}
	}
	if err := a.nameItems(tx, customers, items); err != nil {
		return err
	}
	for i := range out {
		for _, l := range figures[i].Lines {
			out[i].Items = append(out[i].Items, items[l.Item])
		}
	}
	return nil
}

// nameItems gives the items of some customers, by id, the numbers of their documents.
func (a *App) nameItems(tx store.Tx, customers []int64, items map[int64]string) error {
	ids := slices.Sorted(maps.Keys(items))
	slices.Sort(customers)
	for some := range slices.Chunk(slices.Compact(customers), batchSize) {
		// The plus keeps the second list out of the key, which the first one finds.
		if err := store.Each(tx, `SELECT item_id, number, instalment FROM item WHERE tenant_id = $1
			AND customer_id IN ids($2) AND +item_id IN ids($3)`, []any{a.tenant, some, ids}, func(r store.Rows) error {
			items[r.Int64(0)] = book.ItemName(r.Text(1), int(r.Int64(2)))
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// OutboxMessage shows one message of the outbox. Errors: not found.
func (a *App) OutboxMessage(ctx context.Context, id int64) (OutboxMessage, error) {
	var m OutboxMessage
	err := a.read(ctx, func(tx store.Tx) (err error) {
		m, err = a.outboxMessage(tx, id)
		return err
	})
	return m, err
}

func (a *App) outboxMessage(tx store.Tx, id int64) (OutboxMessage, error) {
	list, err := a.outbox(tx, OutboxFilter{Message: id})
	if err != nil {
		return OutboxMessage{}, err
	}
	if len(list) == 0 {
		return OutboxMessage{}, notFound("message_not_found", "there is no message %d", id)
	}
	list[0].Posted, err = a.postingWords(tx, id)
	return list[0], err
}

// again runs a mark until its outcome is known: an answer that was lost is asked
// for by doing it once more, which every mark allows.
func (a *App) again(ctx context.Context, fn func(store.MarkTx) error) error {
	return persist(ctx, func() error { return a.db.Mark(ctx, a.tenant, fn) })
}

// persistTries is how often the end of an attempt is written while the database
// does not answer: for about six seconds, long enough for a server that restarts.
const persistTries = 12

// persist repeats what may be repeated while the database is away.
func persist(ctx context.Context, fn func() error) error {
	err := fn()
	for try := 1; try <= persistTries && errors.Is(err, store.ErrUnavailable) && ctx.Err() == nil; try++ {
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try*try) * 10 * time.Millisecond):
		}
		err = fn()
	}
	return err
}

// SendingState is the last outbox number the book has given out, and the number of
// its last command: what a licence is compared with.
func (a *App) SendingState(ctx context.Context) (no, head int64, err error) {
	err = a.read(ctx, func(tx store.Tx) (err error) {
		no, head, err = a.sendingState(tx)
		return err
	})
	return no, head, err
}

// RecordArming records that a person gave this copy of the book the right to send.
// Errors: of the database.
func (a *App) RecordArming(ctx context.Context, req Request) error {
	_, err := a.write(ctx, req, "arm", nil, func(r *recorder) error {
		return r.changed("book", a.tenant, "armed", "")
	})
	return err
}

// RunDue reports whether today's run should be made now: it is past the hour at
// the first creditor's place and no run of today has finished. Days missed before
// need no run of their own: one run decides as of today.
func (a *App) RunDue(ctx context.Context, hour int) (bool, error) {
	due := false
	err := a.read(ctx, func(tx store.Tx) error {
		due = false
		creditors, err := a.creditors(tx)
		if err != nil || len(creditors) == 0 || tx.Now().In(creditors[0].Zone).Hour() < hour {
			return err
		}
		due = true
		return store.Each(tx, "SELECT 1 FROM run WHERE tenant_id = $1 AND day = $2 AND state <> 'running'",
			[]any{a.tenant, creditors[0].today(tx)}, func(store.Rows) error { due = false; return nil })
	})
	return due, err
}

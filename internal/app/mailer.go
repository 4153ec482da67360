package app

import (
	"context"
	"errors"
	"time"

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
		err = refusedText(string(reason.SenderIncomplete), "there is no mail server yet: set "+SettingSMTP)
	}
	return s, err
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

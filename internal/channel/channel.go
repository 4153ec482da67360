package channel

import (
	"context"
	"fmt"
)

// Outcome is what is known about a message after an attempt to hand it over.
type Outcome uint8

// The five outcomes. The zero Outcome is NotSent.
const (
	// NotSent: it failed before the hand-over; the receiver has nothing. Retry freely.
	NotSent Outcome = iota
	// Sent: the receiver answered that it has the message.
	Sent
	// TemporaryFailure: the receiver answered that it does not take the message now.
	TemporaryFailure
	// PermanentFailure: the receiver answered that it will not take the message.
	PermanentFailure
	// Unknown: the hand-over began and no answer came. The receiver may have the
	// message. A person decides; it is never sent again silently.
	Unknown
)

var outcomeNames = [...]string{"not_sent", "sent", "temporary_failure", "permanent_failure", "unknown"}

// String is the name as stored and shown in lists.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return fmt.Sprintf("outcome(%d)", uint8(o))
}

// Delivered reports whether the receiver may have the message: only then is
// sending it again a risk of doubling it.
func (o Outcome) Delivered() bool { return o == Sent || o == Unknown }

// Answer is what the receiver said, kept as proof.
type Answer struct {
	Outcome   Outcome
	Code      int    // the receiver's code, for example 250; 0 if it gave none
	Text      string // the receiver's words, for example with its queue number
	Stage     string // where the attempt ended, in the words of the channel
	Recipient string // the recipient the answer is about, if it was about one
}

// Envelope says from whom and to whom, apart from what the message itself shows.
type Envelope struct {
	From string   // where the channel reports failures to
	To   []string // every recipient; all get the message, or none
	// Copies get the message if the receiver takes them: a refused one does not keep it
	// from the others and is named in the text of the answer.
	Copies []string
}

// Channel hands messages over. It is safe for concurrent use.
type Channel interface {
	// Deliver hands one message over. When everything is written but the last
	// irrevocable byte it calls handingOver, exactly once; if that returns an error
	// the message is not handed over. The error is nil if and only if the receiver
	// answered (Sent, TemporaryFailure, PermanentFailure); with NotSent and Unknown
	// it says why. Ending ctx stops an attempt before the hand-over; after it, the
	// answer is waited for within the channel's own time limit.
	Deliver(ctx context.Context, env Envelope, message []byte,
		handingOver func(context.Context) error) (Answer, error)

	// Close ends idle connections. Running deliveries finish.
	Close() error
}

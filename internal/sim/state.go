package sim

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/durable"
)

// stateVersion is raised when an older world cannot be gone on with.
const stateVersion = 1

// state is what the world knows besides the book: what its debtors are about to do. It is
// written after every half day; half a day lived twice does nothing twice.
type state struct {
	Version int      `json:"version"`
	Ready   bool     `json:"ready"` // the preparation came to its end
	Seed    uint64   `json:"seed"`
	Until   cal.Date `json:"until"`   // the demo day
	Kept    int      `json:"kept"`    // days for which the book was kept before it
	Day     cal.Date `json:"day"`     // where the world stands
	Evening bool     `json:"evening"` // of that day is lived
	Seen    cal.Date `json:"seen"`    // the day up to which documents and payments have come in

	Events   []event             `json:"events"` // by day, then number
	LastNo   int                 `json:"last_no"`
	Promises int                 `json:"promises"`       // given so far
	Crossed  int                 `json:"crossed"`        // payments that crossed a reminder
	Dead     []string            `json:"dead_mailboxes"` // addresses that refuse mail
	Known    []int64             `json:"known_holds"`    // promises whose end is decided
	Quiet    map[string]cal.Date `json:"quiet"`          // customers who pay nothing of their own accord, until when
	Mails    int                 `json:"mails"`          // caught when it was written
}

// What can be about to happen.
const (
	evPay         = "pay"          // the bank books a payment on the day; the next morning's statement shows it
	evPayAgain    = "pay_again"    // the same sum once more, by mistake
	evPromise     = "promise"      // the debtor names a day
	evDispute     = "dispute"      // the debtor says what is wrong
	evDisputeEnd  = "dispute_end"  // we decide it
	evSaysPaid    = "already_paid" // the debtor says so
	evCopy        = "copy"         // the debtor has not got the invoice
	evCopySent    = "copy_sent"    //
	evAway        = "away"         // nobody there until a day
	evBack        = "back"         // somebody is there again
	evReply       = "reply"        // an answer that a person has to read
	evReplyRead   = "reply_read"   //
	evCalled      = "called"       // what was said on the phone is written down
	evHold        = "hold"         // any other hold
	evDeadMailbox = "dead_mailbox" // the address refuses mail from now on
)

// event is one thing about to happen. Item and Minor or Percent say of what and how much.
type event struct {
	Day      cal.Date `json:"day"`
	No       int      `json:"no"`
	Kind     string   `json:"kind"`
	Customer string   `json:"customer,omitempty"` // its number; "" = one who is overdue
	Creditor string   `json:"creditor,omitempty"` // where no customer is named
	Item     string   `json:"item,omitempty"`
	Minor    int64    `json:"minor,omitempty"`
	Percent  int      `json:"percent,omitempty"`
	Days     int      `json:"days,omitempty"` // how long, or until when
	Word     string   `json:"word,omitempty"` // kind of hold, outcome, cause
	Text     string   `json:"text,omitempty"`
	Hold     int64    `json:"hold,omitempty"`
}

// plan adds an event. One on a weekend moves to Monday: banks and offices are closed.
func (s *state) plan(e event) {
	for isWeekend(e.Day) {
		e.Day++
	}
	s.LastNo++
	e.No = s.LastNo
	at, _ := slices.BinarySearchFunc(s.Events, e, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.No, b.No))
	})
	s.Events = slices.Insert(s.Events, at, e)
}

// forget drops what a customer was about to pay.
func (s *state) forget(customer, item string) {
	s.Events = slices.DeleteFunc(s.Events, func(e event) bool {
		return e.Kind == evPay && e.Customer == customer && (item == "" || e.Item == item)
	})
}

func isWeekend(d cal.Date) bool { return d.Weekday()%6 == 0 }

// readState reads the world's file. Errors: fs.ErrNotExist, also for a file that is no
// world of this version, or one whose preparation broke off.
func readState(path string) (*state, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := &state{}
	if err := json.Unmarshal(raw, s); err != nil || s.Version != stateVersion || !s.Ready {
		return nil, fmt.Errorf("%s is no finished world of this program: %w", path, errors.Join(fs.ErrNotExist, err))
	}
	return s, nil
}

func (s *state) write(path string) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return durable.File(path, func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	})
}

// rng is chance that follows from the seed and from what is decided.
func (s *state) rng(about ...any) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, about...)
	return rand.New(rand.NewPCG(s.Seed, h.Sum64()))
}

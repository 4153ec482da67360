package sink

import (
	"time"

	"github.com/emersion/go-smtp"
)

// Stage is a moment of the dialogue at which a fault can happen.
type Stage uint8

// The stages, in the order of the dialogue.
const (
	AtMail       Stage = iota // the answer to MAIL
	AtRcpt                    // the answer to RCPT
	InBody                    // while the message is being written
	BeforeAnswer              // the whole message and its dot are there; it is not stored
	AfterStored               // the message is stored and counted; the answer is not yet given
)

// Action is what happens.
type Action uint8

// The actions. At AfterStored a refusal would be a lie about a stored mail, so only
// Drop and Stall apply there.
const (
	Refuse Action = iota // answer 451 and go on
	Reject               // answer 550 and go on
	Drop                 // end the connection without an answer
	Stall                // say nothing for the time of Fault.For, then end the connection
)

// Fault is one thing that goes wrong, for every Every-th mail (1: for all).
type Fault struct {
	Stage  Stage
	Action Action
	Every  int
	For    time.Duration // how long Stall waits; 0 waits until the sink is closed
}

// choose counts a mail as begun and picks the fault for it.
func (s *Sink) choose() *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attempts++
	for i := range s.faults {
		if f := s.faults[i]; f.Every > 0 && s.attempts%f.Every == 0 {
			return &f
		}
	}
	return nil
}

// Attempts is the number of mails begun, refused and broken-off ones included.
func (s *Sink) Attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts
}

// at does the chosen fault if its stage has come.
func (s *session) at(stage Stage) error {
	f := s.fault
	if f == nil || f.Stage != stage {
		return nil
	}
	switch f.Action {
	case Refuse:
		if stage != AfterStored {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1},
				Message: "Try again later"}
		}
		return nil
	case Reject:
		if stage != AfterStored {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1},
				Message: "Not wanted here"}
		}
		return nil
	case Stall:
		s.sink.wait(f.For)
	}
	_ = s.conn.Conn().Close()
	return smtp.ErrDataReset
}

// wait returns after d, or when the sink is closed; d = 0 waits for the close only.
func (s *Sink) wait(d time.Duration) {
	var after <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-after:
	case <-s.closing:
	}
}

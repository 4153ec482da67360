package email

import (
	"context"
	"errors"
	"sync"

	"github.com/recoup-project/recoup/internal/channel"
)

// ErrClosed is returned by a [Sender] that was closed.
var ErrClosed = errors.New("the mail sender is closed")

// Sender is the email channel: it keeps connections open and hands messages over
// through them. It is safe for concurrent use.
type Sender struct {
	cfg   Config
	slots chan struct{} // one for each connection that may be open

	mu     sync.Mutex
	idle   []*Conn
	closed bool
}

var _ channel.Channel = (*Sender)(nil)

// NewSender makes a sender; it connects with the first message.
func NewSender(cfg Config) *Sender {
	cfg = cfg.withDefaults()
	return &Sender{cfg: cfg, slots: make(chan struct{}, cfg.Connections)}
}

// AtOnce is how many messages it hands over at the same time; a further one waits.
func (s *Sender) AtOnce() int { return s.cfg.Connections }

// Deliver hands a message over through an open connection, or opens one. A kept
// connection that turns out to be dead before anything was said about the message
// is replaced once.
func (s *Sender) Deliver(ctx context.Context, env channel.Envelope, message []byte,
	handingOver func(context.Context) error) (channel.Answer, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return channel.Answer{Stage: "connect"}, ctx.Err()
	}
	conn, kept, err := s.take(ctx)
	if err != nil {
		return channel.Answer{Stage: "connect"}, err
	}
	answer, err := conn.Deliver(ctx, env, env.Copies, message, handingOver)
	if kept && answer.Stage == "mail" && !conn.Usable() && ctx.Err() == nil {
		if conn, err = Dial(ctx, s.cfg); err != nil {
			return channel.Answer{Stage: "connect"}, err
		}
		answer, err = conn.Deliver(ctx, env, env.Copies, message, handingOver)
	}
	s.put(conn)
	return answer, err
}

// take is an idle connection, or a new one.
func (s *Sender) take(ctx context.Context) (conn *Conn, kept bool, err error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, false, ErrClosed
	}
	for len(s.idle) > 0 {
		c := s.idle[len(s.idle)-1]
		s.idle = s.idle[:len(s.idle)-1]
		if c.Usable() {
			s.mu.Unlock()
			return c, true, nil
		}
		c.drop()
	}
	s.mu.Unlock()
	conn, err = Dial(ctx, s.cfg)
	return conn, false, err
}

func (s *Sender) put(c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !c.Usable() {
		c.drop()
		return
	}
	s.idle = append(s.idle, c)
}

// Close ends the idle connections and refuses further messages.
func (s *Sender) Close() error {
	s.mu.Lock()
	idle := s.idle
	s.idle, s.closed = nil, true
	s.mu.Unlock()
	for _, c := range idle {
		_ = c.Close()
	}
	return nil
}

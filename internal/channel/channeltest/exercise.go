package channeltest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/recoup-project/recoup/internal/channel"
)

// Behaviour is how the receiver treats the messages to come.
type Behaviour uint8

// The behaviours a harness must be able to switch on.
const (
	Takes          Behaviour = iota // takes every message and says so
	RefusesForNow                   // answers that it does not take it now
	RefusesFlatly                   // answers that it will never take it
	BreaksOff                       // ends the dialogue before the hand-over
	TakesInSilence                  // takes the message and ends the dialogue without an answer
)

// Harness is a channel with its receiver.
type Harness struct {
	Channel channel.Channel
	// Message makes the i-th message, different for each i.
	Message func(i int) (channel.Envelope, []byte)
	// Received counts what the receiver has taken, from its own books.
	Received func() int
	Behave   func(Behaviour)
}

// Exercise runs the suite. newHarness makes a fresh channel and receiver for each case.
func Exercise(t *testing.T, newHarness func(t *testing.T) Harness) {
	t.Run("sent", func(t *testing.T) { sent(t, newHarness(t)) })
	t.Run("mark refused", func(t *testing.T) { markRefused(t, newHarness(t)) })
	t.Run("ended before", func(t *testing.T) { endedBefore(t, newHarness(t)) })
	t.Run("ended after the mark", func(t *testing.T) { endedAfter(t, newHarness(t)) })
	for _, c := range []struct {
		name      string
		behaviour Behaviour
		want      channel.Outcome
		received  int
	}{
		{"refused temporarily", RefusesForNow, channel.TemporaryFailure, 0},
		{"refused flatly", RefusesFlatly, channel.PermanentFailure, 0},
		{"broken off", BreaksOff, channel.NotSent, 0},
		{"taken in silence", TakesInSilence, channel.Unknown, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			h.Behave(c.behaviour)
			misbehaves(t, h, c.want, c.received)
		})
	}
	t.Run("many at once", func(t *testing.T) { manyAtOnce(t, newHarness(t)) })
}

func sent(t *testing.T, h Harness) {
	marks, before := 0, -1
	env, bytes := h.Message(1)
	answer, err := h.Channel.Deliver(context.Background(), env, bytes, func(context.Context) error {
		marks++
		before = h.Received()
		return nil
	})
	if err != nil || answer.Outcome != channel.Sent {
		t.Fatalf("outcome %s, error %v; want sent", answer.Outcome, err)
	}
	if marks != 1 || before != 0 || h.Received() != 1 {
		t.Errorf("%d marks, %d received at the mark, %d after it; want 1, 0, 1", marks, before, h.Received())
	}
}

func markRefused(t *testing.T, h Harness) {
	refused := errors.New("the mark could not be committed")
	env, bytes := h.Message(1)
	answer, err := h.Channel.Deliver(context.Background(), env, bytes,
		func(context.Context) error { return refused })
	if answer.Outcome != channel.NotSent || !errors.Is(err, refused) {
		t.Errorf("outcome %s, error %v; want not_sent because the mark was refused", answer.Outcome, err)
	}
	deliverNext(t, h, 0)
}

// deliverNext sends one more message and proves that nothing else arrived.
func deliverNext(t *testing.T, h Harness, already int) {
	t.Helper()
	h.Behave(Takes)
	env, bytes := h.Message(99)
	answer, err := h.Channel.Deliver(context.Background(), env, bytes,
		func(context.Context) error { return nil })
	if err != nil || answer.Outcome != channel.Sent {
		t.Errorf("the next message: outcome %s, error %v; want sent", answer.Outcome, err)
	}
	if got := h.Received(); got != already+1 {
		t.Errorf("the receiver has %d messages, want %d", got, already+1)
	}
}

func endedBefore(t *testing.T, h Harness) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	env, bytes := h.Message(1)
	answer, err := h.Channel.Deliver(ctx, env, bytes, func(context.Context) error {
		t.Error("the mark was asked for after the end of ctx")
		return nil
	})
	if answer.Outcome != channel.NotSent || !errors.Is(err, context.Canceled) {
		t.Errorf("outcome %s, error %v; want not_sent, cancelled", answer.Outcome, err)
	}
	deliverNext(t, h, 0)
}

// endedAfter ends ctx inside the mark: the mark stands, so the answer is awaited.
func endedAfter(t *testing.T, h Harness) {
	ctx, cancel := context.WithCancel(context.Background())
	env, bytes := h.Message(1)
	answer, err := h.Channel.Deliver(ctx, env, bytes, func(context.Context) error {
		cancel()
		return nil
	})
	if err != nil || answer.Outcome != channel.Sent || h.Received() != 1 {
		t.Errorf("outcome %s, error %v, %d received; want sent, 1", answer.Outcome, err, h.Received())
	}
}

func misbehaves(t *testing.T, h Harness, want channel.Outcome, received int) {
	env, bytes := h.Message(1)
	answer, err := h.Channel.Deliver(context.Background(), env, bytes,
		func(context.Context) error { return nil })
	if answer.Outcome != want {
		t.Errorf("outcome %s (error %v), want %s", answer.Outcome, err, want)
	}
	if spoke := want == channel.TemporaryFailure || want == channel.PermanentFailure; spoke != (err == nil) {
		t.Errorf("error %v with outcome %s", err, answer.Outcome)
	}
	if got := h.Received(); got != received {
		t.Errorf("the receiver has %d messages, want %d", got, received)
	}
	deliverNext(t, h, received)
}

func manyAtOnce(t *testing.T, h Harness) {
	const n = 40
	var wg sync.WaitGroup
	failures := make(chan error, n)
	for i := range n {
		wg.Go(func() {
			env, bytes := h.Message(i)
			answer, err := h.Channel.Deliver(context.Background(), env, bytes,
				func(context.Context) error { return nil })
			if err != nil || answer.Outcome != channel.Sent {
				failures <- fmt.Errorf("message %d: outcome %s, error %w", i, answer.Outcome, err)
			}
		})
	}
	wg.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	if got := h.Received(); got != n {
		t.Errorf("the receiver has %d messages, want %d", got, n)
	}
}

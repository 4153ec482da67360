package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/smtp"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/recoup-project/recoup/internal/channel/sink"
)

// sinkTask is a mail server that takes every mail, until its standard input ends.
// It first prints its address.
func sinkTask(_ context.Context, _ *task, _ *meter) error {
	s, err := sink.Start(sink.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := fmt.Println(s.Addr()); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// mailServer is a sink in a process of its own, so that its work is not ours.
type mailServer struct {
	cmd  *exec.Cmd
	in   io.Closer
	addr string
}

func (s *suite) startSink() (*mailServer, error) {
	cmd := exec.CommandContext(s.ctx, s.self, childFlag, `{"Name":"sink"}`)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	m := &mailServer{cmd: cmd, in: in}
	if _, err := fmt.Fscanln(out, &m.addr); err != nil {
		m.stop()
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	go io.Copy(io.Discard, out)
	return m, nil
}

func (m *mailServer) stop() {
	m.in.Close()
	m.cmd.Wait()
}

// mailConnections is how many connections are used at the same time, as ours does.
const mailConnections = 10

// limitDrain hands over as many mails of the same size through connections that stay
// open, keeping no record of any.
func limitDrain(_ context.Context, t *task, m *meter) error {
	line := strings.Repeat("0123456789", 7) + "\r\n"
	body := []byte("From: a@x.example\r\nTo: b@y.example\r\nSubject: Reminder\r\n\r\n" +
		strings.Repeat(line, t.Bytes/len(line)))
	m.fact("sent", int64(t.Count))
	return m.measure(func() error {
		var next atomic.Int64
		errs := make([]error, mailConnections)
		var all sync.WaitGroup
		for i := range mailConnections {
			all.Go(func() { errs[i] = handOver(t.Server, body, func() bool { return next.Add(1) <= int64(t.Count) }) })
		}
		all.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// handOver sends mails through one connection while there are more.
func handOver(addr string, body []byte, more func() bool) error {
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	for more() {
		if err := c.Mail("a@x.example"); err != nil {
			return err
		}
		if err := c.Rcpt("b@y.example"); err != nil {
			return err
		}
		w, err := c.Data()
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, bytes.NewReader(body)); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	return c.Quit()
}

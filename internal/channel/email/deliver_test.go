package email

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/channel"
	"github.com/recoup-project/recoup/internal/channel/channeltest"
	"github.com/recoup-project/recoup/internal/channel/sink"
)

func startSink(t testing.TB, o sink.Options) *sink.Sink {
	t.Helper()
	s, err := sink.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func senderTo(t testing.TB, url string) *Sender {
	t.Helper()
	cfg, err := ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	cfg.LoopbackOnly = true
	cfg.WriteTimeout, cfg.AnswerTimeout = 3*time.Second, 2*time.Second
	s := NewSender(cfg)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func testMessage(i int) (channel.Envelope, []byte) {
	return channel.Envelope{From: "ar@creditor.example", To: []string{fmt.Sprintf("ap%d@debtor.example", i)}},
		fmt.Appendf(nil, "Message-ID: <m%d@test>\r\nSubject: %d\r\n\r\n.begins with a dot\r\n", i, i)
}

func marked(context.Context) error { return nil }

func TestConformance(t *testing.T) {
	channeltest.Exercise(t, func(t *testing.T) channeltest.Harness {
		s := startSink(t, sink.Options{})
		return channeltest.Harness{
			Channel: senderTo(t, s.URL()), Message: testMessage, Received: s.Count,
			Behave: func(b channeltest.Behaviour) {
				faults := map[channeltest.Behaviour][]sink.Fault{
					channeltest.RefusesForNow:  {{Stage: sink.AtRcpt, Action: sink.Refuse, Every: 1}},
					channeltest.RefusesFlatly:  {{Stage: sink.BeforeAnswer, Action: sink.Reject, Every: 1}},
					channeltest.BreaksOff:      {{Stage: sink.AtMail, Action: sink.Drop, Every: 1}},
					channeltest.TakesInSilence: {{Stage: sink.AfterStored, Action: sink.Drop, Every: 1}},
				}
				s.SetFaults(faults[b]...)
			},
		}
	})
}

func TestEveryFaultOfTheSink(t *testing.T) {
	for _, c := range []struct {
		fault  sink.Fault
		want   channel.Outcome
		stage  string
		stored int
	}{
		{sink.Fault{Stage: sink.AtMail, Action: sink.Refuse}, channel.TemporaryFailure, "mail", 0},
		{sink.Fault{Stage: sink.AtMail, Action: sink.Reject}, channel.PermanentFailure, "mail", 0},
		{sink.Fault{Stage: sink.AtMail, Action: sink.Drop}, channel.NotSent, "mail", 0},
		{sink.Fault{Stage: sink.AtRcpt, Action: sink.Refuse}, channel.TemporaryFailure, "rcpt", 0},
		{sink.Fault{Stage: sink.AtRcpt, Action: sink.Reject}, channel.PermanentFailure, "rcpt", 0},
		{sink.Fault{Stage: sink.AtRcpt, Action: sink.Drop}, channel.NotSent, "rcpt", 0},
		{sink.Fault{Stage: sink.AtRcpt, Action: sink.Stall}, channel.NotSent, "rcpt", 0},
		{sink.Fault{Stage: sink.BeforeAnswer, Action: sink.Refuse}, channel.TemporaryFailure, "answer", 0},
		{sink.Fault{Stage: sink.BeforeAnswer, Action: sink.Reject}, channel.PermanentFailure, "answer", 0},
		{sink.Fault{Stage: sink.BeforeAnswer, Action: sink.Drop}, channel.Unknown, "answer", 0},
		{sink.Fault{Stage: sink.AfterStored, Action: sink.Drop}, channel.Unknown, "answer", 1},
		{sink.Fault{Stage: sink.AfterStored, Action: sink.Stall}, channel.Unknown, "answer", 1},
	} {
		t.Run(fmt.Sprintf("%d/%d", c.fault.Stage, c.fault.Action), func(t *testing.T) {
			t.Parallel()
			c.fault.Every = 1
			s := startSink(t, sink.Options{Faults: []sink.Fault{c.fault}})
			cfg, _ := ParseURL(s.URL())
			cfg.WriteTimeout, cfg.AnswerTimeout = time.Second, time.Second
			sender := NewSender(cfg)
			defer sender.Close()
			env, bytes := testMessage(1)
			answer, err := sender.Deliver(context.Background(), env, bytes, marked)
			if answer.Outcome != c.want || answer.Stage != c.stage {
				t.Errorf("outcome %s at %q (%v), want %s at %q", answer.Outcome, answer.Stage, err, c.want,
					c.stage)
			}
			if s.Count() != c.stored {
				t.Errorf("the sink has %d mails, want %d", s.Count(), c.stored)
			}
		})
	}
}

// script is a server that follows a fixed dialogue, to reach the moments that an
// honest server never shows.
type script struct {
	greeting    string
	onMail      string // an answer, "drop" or "stall"; "" is 250
	onRcpt      string
	onCopy      string // for addresses that begin with copy
	extension   string // announced at EHLO
	onData      string
	early       string    // said right behind the answer to DATA, before the body
	inBody      string    // what is said while the body comes in, before the connection ends
	atMark      chan bool // if not nil, it is said when this is closed
	left        chan bool // closed when the connection has ended, if not nil
	onDot       string
	mu          sync.Mutex
	body        string // what came in as the body, dot included
	gotDot      bool
	connections int
}

func (s *script) serve(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.connections++
			s.mu.Unlock()
			go s.talk(conn)
		}
	}()
	return "smtp://" + l.Addr().String()
}

func (s *script) talk(conn net.Conn) {
	defer func() {
		conn.Close()
		if s.left != nil {
			close(s.left)
		}
	}()
	say := func(line, otherwise string) bool {
		switch line {
		case "drop":
			return false
		case "stall":
			time.Sleep(2 * time.Second)
			return false
		case "":
			line = otherwise
		}
		_, err := fmt.Fprintf(conn, "%s\r\n", line)
		return err == nil
	}
	r := bufio.NewReader(conn)
	ok := say(s.greeting, "220 script")
	for ok {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(verb, "EHLO"):
			if s.extension != "" {
				say("250-script", "")
			}
			ok = say("", "250 "+cmp.Or(s.extension, "script"))
		case strings.HasPrefix(verb, "MAIL"):
			ok = say(s.onMail, "250 ok")
		case strings.HasPrefix(verb, "RCPT"):
			answer := s.onRcpt
			if strings.Contains(verb, "<COPY") {
				answer = s.onCopy
			}
			ok = say(answer, "250 ok")
		case verb == "DATA":
			ok = say(s.onData, "354 go on")
			if ok && s.early != "" {
				ok = say(s.early, "")
			}
			if ok && (s.onData == "" || strings.HasPrefix(s.onData, "354")) {
				ok = s.readBody(conn, r) && say(s.onDot, "250 queued as 1")
			}
		case verb == "QUIT":
			say("", "221 bye")
			return
		default:
			ok = say("", "250 ok")
		}
	}
}

func (s *script) readBody(conn net.Conn, r *bufio.Reader) bool {
	if s.inBody != "" {
		if s.atMark != nil {
			<-s.atMark
		}
		if s.inBody != "drop" {
			fmt.Fprintf(conn, "%s\r\n", s.inBody)
		}
		return false
	}
	for {
		line, err := r.ReadString('\n')
		s.mu.Lock()
		s.body += line
		s.gotDot = s.gotDot || line == ".\r\n"
		dot := s.gotDot
		s.mu.Unlock()
		if err != nil || dot {
			return dot
		}
	}
}

// TestEveryMomentOfTheDialogue goes through each of them line by line, and with the
// lines before the body in one piece.
func TestEveryMomentOfTheDialogue(t *testing.T) {
	for _, extension := range []string{"", "PIPELINING"} {
		t.Run(cmp.Or(extension, "line by line"), func(t *testing.T) { everyMoment(t, extension) })
	}
}

// either: the server speaks or goes at any moment between the body and the dot.
const either = -1

func everyMoment(t *testing.T, extension string) {
	for name, c := range map[string]struct {
		script *script
		want   channel.Outcome
		stage  string
		marks  int
	}{
		"greeting refused":         {&script{greeting: "554 no"}, channel.NotSent, "connect", 0},
		"greeting dropped":         {&script{greeting: "drop"}, channel.NotSent, "connect", 0},
		"greeting stalled":         {&script{greeting: "stall"}, channel.NotSent, "connect", 0},
		"mail busy":                {&script{onMail: "421 closing"}, channel.TemporaryFailure, "mail", 0},
		"mail nonsense":            {&script{onMail: "hello?"}, channel.NotSent, "mail", 0},
		"mail refused":             {&script{onMail: "550 no"}, channel.PermanentFailure, "mail", 0},
		"rcpt refused":             {&script{onRcpt: "550 no"}, channel.PermanentFailure, "rcpt", 0},
		"rcpt and data refused":    {&script{onRcpt: "550 no", onData: "503 no"}, channel.PermanentFailure, "rcpt", 0},
		"rcpt stalled":             {&script{onRcpt: "stall"}, channel.NotSent, "rcpt", 0},
		"data refused temporarily": {&script{onData: "451 later"}, channel.TemporaryFailure, "data", 0},
		"data refused":             {&script{onData: "554 no"}, channel.PermanentFailure, "data", 0},
		"data dropped":             {&script{onData: "drop"}, channel.NotSent, "data", 0},
		"data wrong code":          {&script{onData: "250 ok"}, channel.NotSent, "data", 0},
		"dropped in the body":      {&script{inBody: "drop"}, channel.NotSent, "body", either},
		"refused in the body":      {&script{inBody: "552 too much"}, channel.PermanentFailure, "body", either},
		"shut down in the body":    {&script{inBody: "421 shutting down"}, channel.TemporaryFailure, "body", either},
		"dropped at the mark":      {&script{inBody: "drop", atMark: make(chan bool)}, channel.NotSent, "body", 1},
		"refused at the mark": {&script{inBody: "552 too much", atMark: make(chan bool)},
			channel.PermanentFailure, "body", 1},
		"taken":                   {&script{}, channel.Sent, "answer", 1},
		"dot refused temporarily": {&script{onDot: "451 later"}, channel.TemporaryFailure, "answer", 1},
		"dot refused":             {&script{onDot: "554 spam"}, channel.PermanentFailure, "answer", 1},
		"dot dropped":             {&script{onDot: "drop"}, channel.Unknown, "answer", 1},
		"dot stalled":             {&script{onDot: "stall"}, channel.Unknown, "answer", 1},
		"dot nonsense":            {&script{onDot: "maybe"}, channel.Unknown, "answer", 1},
		"dot odd success":         {&script{onDot: "354 again"}, channel.Unknown, "answer", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.script.extension = extension
			if c.script.inBody != "" {
				c.script.left = make(chan bool)
			}
			cfg, err := ParseURL(c.script.serve(t))
			if err != nil {
				t.Fatal(err)
			}
			cfg.ConnectTimeout, cfg.WriteTimeout, cfg.AnswerTimeout = time.Second,
				time.Second, time.Second
			sender := NewSender(cfg)
			defer sender.Close()
			marks := 0
			env, bytes := testMessage(1)
			answer, err := sender.Deliver(context.Background(), env, bytes, func(context.Context) error {
				c.script.mu.Lock()
				defer c.script.mu.Unlock()
				if c.script.gotDot {
					t.Error("the dot was sent before the mark")
				}
				marks++
				if c.script.atMark != nil {
					close(c.script.atMark)
				}
				if c.script.inBody != "" {
					<-c.script.left
				}
				return nil
			})
			if answer.Outcome != c.want || answer.Stage != c.stage || c.marks != either && marks != c.marks {
				t.Errorf("outcome %s at %q, %d marks (%v); want %s at %q, %d marks",
					answer.Outcome, answer.Stage, marks, err, c.want, c.stage, c.marks)
			}
			if c.script.mu.Lock(); c.script.gotDot && marks == 0 {
				t.Error("a message ended without a mark")
			}
			c.script.mu.Unlock()
			if spoke := answer.Code != 0; spoke != (err == nil) {
				t.Errorf("code %d with error %v", answer.Code, err)
			}
		})
	}
}

// TestARefusedCopyIsLeftOut: the message goes without it, the answer says so, and a
// refused recipient is still the end.
func TestARefusedCopyIsLeftOut(t *testing.T) {
	copies := []string{"copy1@debtor.example", "copy2@debtor.example"}
	for _, extension := range []string{"", "PIPELINING"} {
		env, message := testMessage(1)
		env.Copies = copies
		s := &script{onCopy: "550 no such user", extension: extension}
		a, err := senderTo(t, s.serve(t)).Deliver(context.Background(), env, message, marked)
		const want = "queued as 1; no copy to copy1@debtor.example: 550 no such user; " +
			"no copy to copy2@debtor.example: 550 no such user"
		if a.Outcome != channel.Sent || a.Text != want || err != nil {
			t.Errorf("%q: %+v, %v", extension, a, err)
		}
		s = &script{onRcpt: "550 no", extension: extension}
		a, err = senderTo(t, s.serve(t)).Deliver(context.Background(), env, message, marked)
		if a.Outcome != channel.PermanentFailure || a.Stage != "rcpt" || a.Recipient != env.To[0] || s.gotDot {
			t.Errorf("%q: %+v, %v", extension, a, err)
		}
	}
	s := startSink(t, sink.Options{})
	env, message := testMessage(1)
	env.Copies = copies[:1]
	a, err := senderTo(t, s.URL()).Deliver(context.Background(), env, message, marked)
	if got := s.Mails(); err != nil || a.Outcome != channel.Sent || len(got) != 1 || len(got[0].To) != 2 {
		t.Errorf("%+v, %v: %+v", a, err, got)
	}
}

// TestAnEndAfterTheMarkIsNotWaitedForTwice: who ends the pass while the server
// thinks about the dot gets the answer, and gets it when it comes.
func TestAnEndAfterTheMarkIsNotWaitedForTwice(t *testing.T) {
	s := startSink(t, sink.Options{})
	sender := senderTo(t, s.URL())
	for i := range 50 {
		ctx, cancel := context.WithCancel(context.Background())
		env, message := testMessage(i)
		done := make(chan channel.Answer, 1)
		go func() {
			a, _ := sender.Deliver(ctx, env, message, func(context.Context) error {
				time.AfterFunc(time.Duration(i)*20*time.Microsecond, cancel)
				return nil
			})
			done <- a
		}()
		select {
		case a := <-done:
			if a.Outcome != channel.Sent && a.Outcome != channel.NotSent {
				t.Errorf("%d: %+v", i, a)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the delivery never ended")
		}
		cancel()
	}
	if n := s.Count(); n == 0 {
		t.Error("nothing arrived")
	}
}

func TestTheWholeBodyIsThereAtTheMark(t *testing.T) {
	s := &script{}
	sender := senderTo(t, s.serve(t))
	body := strings.Repeat("0123456789 line of the body\r\n", 2000)
	_, err := sender.Deliver(context.Background(), channel.Envelope{From: "a@b.example",
		To: []string{"c@d.example"}},
		[]byte(body), func(context.Context) error {
			for range 200 { // the last packet may still be on its way through the loopback
				s.mu.Lock()
				n := len(s.body)
				s.mu.Unlock()
				if n == len(body) {
					return nil
				}
				time.Sleep(5 * time.Millisecond)
			}
			return errors.New("the body is not complete at the mark")
		})
	if err != nil {
		t.Error(err)
	}
}

func TestNoDotAfterARefusedMark(t *testing.T) {
	s := &script{}
	sender := senderTo(t, s.serve(t))
	env, bytes := testMessage(1)
	for range 3 {
		_, _ = sender.Deliver(context.Background(), env, bytes,
			func(context.Context) error { return errors.New("no") })
	}
	_ = sender.Close()
	time.Sleep(50 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gotDot || s.connections != 3 {
		t.Errorf("dot sent: %v, connections: %d; want no dot and 3 dropped connections", s.gotDot,
			s.connections)
	}
}

func TestConnectionsAreUsedAgainAndReplaced(t *testing.T) {
	s := &script{}
	sender := senderTo(t, s.serve(t))
	env, bytes := testMessage(1)
	for range 5 {
		s.mu.Lock()
		s.gotDot = false
		s.mu.Unlock()
		if a, err := sender.Deliver(context.Background(), env, bytes, marked); a.Outcome != channel.Sent {
			t.Fatal(a, err)
		}
	}
	if s.connections != 1 {
		t.Errorf("%d connections for 5 messages, want 1", s.connections)
	}
	_ = sender.idle[0].net.Close() // it dies while idle
	s.mu.Lock()
	s.gotDot = false
	s.mu.Unlock()
	if a, err := sender.Deliver(context.Background(), env, bytes, marked); a.Outcome != channel.Sent {
		t.Errorf("after the idle connection died: %v %v", a, err)
	}
	if s.connections != 2 {
		t.Errorf("%d connections, want 2", s.connections)
	}
}

func TestBodyOnTheWire(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nb\r\n":           "a\r\nb\r\n",
		"a\nb":                 "a\r\nb\r\n",
		"a\rb\n\rc":            "a\r\nb\r\n\r\nc\r\n",
		".\r\n..\r\n.x":        "..\r\n...\r\n..x\r\n",
		"a\r\n.\r\nMAIL FROM:": "a\r\n..\r\nMAIL FROM:\r\n",
		"a\n.\nRCPT":           "a\r\n..\r\nRCPT\r\n",
		"a\r.\rQUIT":           "a\r\n..\r\nQUIT\r\n",
		"":                     "",
	} {
		var b strings.Builder
		w := bufio.NewWriter(&b)
		if err := writeBody(w, []byte(in)); err != nil {
			t.Fatal(err)
		}
		_ = w.Flush()
		if b.String() != want {
			t.Errorf("%q goes out as %q, want %q", in, b.String(), want)
		}
	}
}

func TestLoopbackOnly(t *testing.T) {
	env, bytes := testMessage(1)
	for _, host := range []string{"203.0.113.9", "10.0.0.1", "[2001:db8::1]", "0.0.0.0"} {
		cfg, err := ParseURL("smtp://" + host + ":25")
		if err != nil {
			t.Fatal(err)
		}
		cfg.LoopbackOnly = true
		sender := NewSender(cfg)
		answer, err := sender.Deliver(context.Background(), env, bytes, marked)
		if answer.Outcome != channel.NotSent || !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s: outcome %s, error %v; want a refusal before dialling", host, answer.Outcome, err)
		}
	}
	for _, address := range []string{"127.0.0.1:25", "127.255.0.9:25", "[::1]:25", "[::ffff:127.0.0.1]:25"} {
		if err := channel.LoopbackOnly("tcp", address, nil); err != nil {
			t.Errorf("%s is this machine: %v", address, err)
		}
	}
	for _, address := range []string{"128.0.0.1:25", "[::ffff:10.0.0.1]:25", "[fe80::1%eth0]:25",
		"localhost:25"} {
		if err := channel.LoopbackOnly("tcp", address, nil); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s passed as this machine", address)
		}
	}
}

func BenchmarkDeliver10kB(b *testing.B) {
	s := startSink(b, sink.Options{})
	cfg, _ := ParseURL(s.URL())
	cfg.Connections = 10
	sender := NewSender(cfg)
	defer sender.Close()
	body := []byte("Subject: x\r\n\r\n" +
		strings.Repeat("0123456789012345678901234567890123456789012345678\r\n", 200))
	env := channel.Envelope{From: "a@b.example", To: []string{"c@d.example"}}
	b.SetParallelism(5)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if a, err := sender.Deliver(context.Background(), env, body, marked); a.Outcome != channel.Sent {
				b.Error(a, err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// corked holds back what is written until the other side is listened to, so that several
// lines arrive as one piece.
type corked struct {
	net.Conn
	held []byte
}

func (c *corked) Write(b []byte) (int, error) {
	c.held = append(c.held, b...)
	return len(b), nil
}

func (c *corked) Read(b []byte) (int, error) {
	if len(c.held) > 0 {
		if _, err := c.Conn.Write(c.held); err != nil {
			return 0, err
		}
		c.held = nil
	}
	return c.Conn.Read(b)
}

// TestAnEarlyWordOverTLS: what the server says before the dot is heard also where it came in
// one piece with what it said before, and is already decrypted or waits to be.
func TestAnEarlyWordOverTLS(t *testing.T) {
	tlsConfig, roots := selfSigned(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := &script{early: "452 no room"}
	go func() {
		if conn, err := l.Accept(); err == nil {
			s.talk(tls.Server(&corked{Conn: conn}, tlsConfig))
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	cfg, err := ParseURL("smtps://localhost:" + port)
	if err != nil {
		t.Fatal(err)
	}
	cfg.RootCAs = roots
	sender := NewSender(cfg)
	defer sender.Close()
	env, message := testMessage(1)
	answer, err := sender.Deliver(context.Background(), env, message, marked)
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer.Outcome != channel.TemporaryFailure || answer.Stage != "body" || s.gotDot {
		t.Errorf("%+v, %v, dot %v", answer, err, s.gotDot)
	}
}

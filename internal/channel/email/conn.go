package email

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/recoup-project/recoup/internal/channel"
)

// helloForm is that of the name by which we greet, of at most helloMost characters.
var helloForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

const helloMost = 253

// ErrDropped is returned when the server ended the connection or fell silent.
var ErrDropped = errors.New("the mail server ended the connection or did not answer in time")

// ErrEnvelope is returned for an envelope that is not made of plain addresses.
var ErrEnvelope = errors.New("envelope refused")

// Conn is one open, greeted and authenticated connection. It carries one message at
// a time and is not safe for concurrent use.
type Conn struct {
	cfg      Config
	net      net.Conn
	smtp     *smtp.Client
	out      *bufio.Writer // over the client's own, so that a message is one write
	usable   bool          // may carry another message
	lastUsed time.Time
}

// Dial connects, encrypts and authenticates, within the connect time-out. Nothing
// has been sent to anybody when it fails.
func Dial(ctx context.Context, cfg Config) (*Conn, error) {
	cfg = cfg.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, cfg.ConnectTimeout)
	defer cancel()
	dialer := net.Dialer{}
	if cfg.LoopbackOnly || cfg.Security == PlainLoopback {
		dialer.Control = channel.LoopbackOnly
	}
	conn, err := dialer.DialContext(ctx, "tcp", cfg.String())
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", cfg, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	c := &Conn{cfg: cfg, net: conn, usable: true, lastUsed: time.Now()}
	if err := c.open(); err != nil {
		_ = conn.Close()
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", ErrDropped, ctx.Err())
		}
		return nil, fmt.Errorf("opening %s: %w", cfg, err)
	}
	return c, nil
}

// open greets, encrypts and authenticates.
func (c *Conn) open() error {
	tlsConfig := &tls.Config{ServerName: c.cfg.Host, RootCAs: c.cfg.RootCAs, MinVersion: tls.VersionTLS12}
	wire := c.net
	if c.cfg.Security == ImplicitTLS {
		wire = tls.Client(c.net, tlsConfig)
	}
	client, err := smtp.NewClient(wire, c.cfg.Host)
	if err != nil {
		return err
	}
	client.SkipSMTPUTF8(true) // every address is plain, see Address
	c.smtp = client
	if err := client.Hello(c.cfg.Hello); err != nil {
		return err
	}
	if c.cfg.Security == StartTLS {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return fmt.Errorf("%w: the server does not offer STARTTLS", ErrConfig)
		}
		if err := client.StartTLS(tlsConfig); err != nil {
			return fmt.Errorf("encrypting: %w", err)
		}
	}
	c.out = bufio.NewWriterSize(client.Text.W, outBuffer)
	return c.authenticate()
}

// outBuffer holds nearly every message as a whole.
const outBuffer = 32 << 10

// flush brings everything that was written onto the wire.
func (c *Conn) flush() error {
	return errors.Join(c.out.Flush(), c.smtp.Text.W.Flush())
}

// authenticate uses the strongest method that both sides know. A password never
// goes over a connection that is neither encrypted nor local: the methods that
// would show it refuse.
func (c *Conn) authenticate() error {
	if c.cfg.User == "" {
		return nil
	}
	_, offered := c.smtp.Extension("AUTH")
	methods := strings.Fields(strings.ToUpper(offered))
	user, password := c.cfg.User, string(c.cfg.Password)
	local := c.cfg.Security == PlainLoopback
	for _, m := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(user, password)},
		{"PLAIN", smtp.PlainAuth("", user, password, c.cfg.Host, local)},
		{"LOGIN", smtp.LoginAuth(user, password, c.cfg.Host, local)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(user, password)},
	} {
		for _, name := range methods {
			if name != m.name {
				continue
			}
			if err := c.smtp.Auth(m.auth); err != nil {
				return &SignInError{User: user, Method: m.name, Err: err}
			}
			return nil
		}
	}
	return fmt.Errorf("%w: the server offers none of SCRAM-SHA-256, PLAIN, LOGIN, CRAM-MD5", ErrConfig)
}

// SignInError is returned when the server does not take the login.
type SignInError struct {
	User   string
	Method string
	Err    error
}

// Error is the login, the method and the server's words.
func (e *SignInError) Error() string {
	return fmt.Sprintf("signing in as %q with %s: %v", e.User, e.Method, e.Err)
}

// Unwrap gives the server's answer.
func (e *SignInError) Unwrap() error { return e.Err }

// Ask finds out whether the server takes mails from an address, and takes the question
// back: nothing is sent.
func (c *Conn) Ask(ctx context.Context, from string) error {
	if _, err := NewAddress("", from); err != nil {
		return err
	}
	_ = c.net.SetDeadline(time.Now().Add(c.cfg.ConnectTimeout))
	letFinish := c.endWith(ctx)
	defer letFinish()
	if err := c.smtp.Mail(from); err != nil {
		return fmt.Errorf("asking for %s: %w", from, err)
	}
	return c.smtp.Reset()
}

// Deliver hands one message over with the two marks of the outbox: everything is
// written and flushed except the final dot, then handingOver is called, then the
// dot goes out and the answer is read. It keeps the contract of [channel.Channel].
//
// If one recipient of the envelope is refused, nobody gets the message: the answer
// names them. A refused address of copies is left out; the answer's text names it.
func (c *Conn) Deliver(ctx context.Context, env channel.Envelope, copies []string, message []byte,
	handingOver func(context.Context) error) (channel.Answer, error) {
	if err := checkEnvelope(env, copies); err != nil {
		return channel.Answer{Stage: "envelope"}, err
	}
	c.usable = false // until it is known that the dialogue is at its beginning again
	_ = c.net.SetDeadline(time.Now().Add(c.cfg.WriteTimeout))
	letFinish := c.endWith(ctx)
	defer letFinish()

	left, answer, err := c.transfer(env, copies, message)
	if err != nil {
		return c.notYet(ctx, answer, err)
	}
	if err := c.silent(ctx); err != nil {
		return c.notYet(ctx, channel.Answer{Stage: "body"}, err)
	}
	if err := handingOver(ctx); err != nil {
		c.drop()
		return channel.Answer{Stage: "mark"},
			fmt.Errorf("the hand-over was not recorded, so nothing was sent: %w", err)
	}
	letFinish() // from here on the answer is worth waiting for, whoever is in a hurry
	patient := context.WithoutCancel(ctx)
	if err := c.silent(patient); err != nil { // the mark took its time
		return c.notYet(patient, channel.Answer{Stage: "body"}, err)
	}
	_ = c.net.SetDeadline(time.Now().Add(c.cfg.AnswerTimeout))
	answer, err = c.finish()
	if err == nil {
		answer.Text = strings.Join(append([]string{answer.Text}, left...), "; ")
	}
	return answer, err
}

// endWith ends the dialogue when ctx ends, until the function it returns is called:
// when that has returned, the end of ctx no longer touches the connection. Calling it
// again does nothing.
func (c *Conn) endWith(ctx context.Context) (release func()) {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = c.net.SetDeadline(time.Unix(1, 0))
		close(ended)
	})
	return sync.OnceFunc(func() {
		if !stop() { // it has begun
			<-ended
		}
	})
}

// command is one line of the dialogue before the body, and the reply it wants.
type command struct {
	line  string
	want  int // the reply code, or its first two digits
	at    channel.Answer
	isFor string // the address of a copy: a refusal leaves it out
}

func dialogue(env channel.Envelope, copies []string) []command {
	list := []command{{line: "MAIL FROM:<" + env.From + ">", want: 250, at: channel.Answer{Stage: "mail"}}}
	for _, to := range env.To {
		list = append(list, command{line: "RCPT TO:<" + to + ">", want: 25,
			at: channel.Answer{Stage: "rcpt", Recipient: to}})
	}
	for _, to := range copies {
		list = append(list, command{line: "RCPT TO:<" + to + ">", want: 25, isFor: to,
			at: channel.Answer{Stage: "rcpt", Recipient: to}})
	}
	return append(list, command{line: "DATA", want: 354, at: channel.Answer{Stage: "data"}})
}

// transfer writes the envelope and the message, flushed, without the final dot. It
// says which copies were refused. The lines before the body go out in one piece if
// the server allows it (RFC 2920).
func (c *Conn) transfer(env channel.Envelope, copies []string, message []byte) (left []string,
	at channel.Answer, err error) {
	list := dialogue(env, copies)
	together, _ := c.smtp.Extension("PIPELINING")
	if together {
		if err := c.say(list); err != nil {
			return nil, list[0].at, err
		}
	}
	for i, cmd := range list {
		if !together {
			if err := c.say(list[i : i+1]); err != nil {
				return nil, cmd.at, err
			}
		}
		_, _, err := c.smtp.Text.ReadResponse(cmd.want)
		var no *textproto.Error
		switch {
		case err == nil:
		case cmd.isFor != "" && errors.As(err, &no) && refusal(no.Code) != channel.NotSent:
			left = append(left, fmt.Sprintf("no copy to %s: %d %s", cmd.isFor, no.Code, no.Msg))
		default:
			if together && !c.refuseRest(list[i+1:]) {
				c.drop()
			}
			return nil, cmd.at, err
		}
	}
	body := channel.Answer{Stage: "body"}
	if err := writeBody(c.out, message); err != nil {
		return nil, body, err
	}
	return left, body, c.flush()
}

// say writes lines and flushes them together.
func (c *Conn) say(list []command) error {
	for _, cmd := range list {
		if _, err := c.out.WriteString(cmd.line + "\r\n"); err != nil {
			return err
		}
	}
	return c.flush()
}

// refuseRest reads the replies to lines that were written together with one that was
// refused. It reports whether the server refused DATA as well: one that waits for a
// body must not get a word more, or it could take that for a message.
func (c *Conn) refuseRest(list []command) bool {
	for _, cmd := range list {
		_, _, err := c.smtp.Text.ReadResponse(cmd.want)
		var no *textproto.Error
		if err != nil && !errors.As(err, &no) || cmd.want == 354 && (no == nil || refusal(no.Code) == channel.NotSent) {
			return false
		}
	}
	return true
}

// silent makes sure that the server is still there and has not answered early: what
// it says or does before the dot is certain, what comes after may not be. It waits only
// over TLS, where a word may have arrived that is not decrypted yet, or if something has.
func (c *Conn) silent(ctx context.Context) error {
	if c.cfg.Security == PlainLoopback && c.smtp.Text.R.Buffered() == 0 && quiet(c.net) {
		return ctx.Err()
	}
	_ = c.net.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.smtp.Text.R.Peek(1)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_ = c.net.SetReadDeadline(time.Now().Add(c.cfg.WriteTimeout))
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return nil
	}
	if err != nil {
		return err
	}
	_, _, err = c.smtp.Text.ReadResponse(noCode) // whatever it is, it does not answer for the message
	return err
}

// noCode is no reply code: asking for it turns every reply into an error with its code.
const noCode = 999

// finish sends the dot and reads the answer.
func (c *Conn) finish() (channel.Answer, error) {
	_, err := c.out.WriteString(".\r\n")
	if err == nil {
		err = c.flush()
	}
	// Even if the write failed, the server may have the dot: only its answer counts.
	code, text, readErr := c.smtp.Text.ReadResponse(250)
	var refused *textproto.Error
	switch {
	case readErr == nil:
		c.usable, c.lastUsed = true, time.Now()
		return channel.Answer{Outcome: channel.Sent, Code: code, Text: text, Stage: "answer"}, nil
	case errors.As(readErr, &refused) && refusal(refused.Code) != channel.NotSent:
		c.usable, c.lastUsed = refused.Code != 421, time.Now()
		return answered(refused, channel.Answer{Stage: "answer"}), nil
	}
	c.drop()
	return channel.Answer{Outcome: channel.Unknown, Stage: "answer"},
		fmt.Errorf("%w after the message was handed over: %w", ErrDropped, errors.Join(err, readErr))
}

// notYet is an end before the hand-over: a refusal by the server, or a failure that
// leaves nothing behind. In both cases the connection starts afresh or is dropped.
func (c *Conn) notYet(ctx context.Context, at channel.Answer, err error) (channel.Answer, error) {
	var refused *textproto.Error
	if errors.As(err, &refused) && refusal(refused.Code) != channel.NotSent {
		if at.Stage == "body" || refused.Code == 421 || c.smtp.Reset() != nil {
			c.drop()
		} else {
			c.usable, c.lastUsed = true, time.Now()
		}
		return answered(refused, at), nil
	}
	c.drop()
	if ctx.Err() != nil {
		err = ctx.Err()
	} else if refused == nil {
		err = fmt.Errorf("%w: %w", ErrDropped, err)
	}
	at.Outcome = channel.NotSent
	return at, fmt.Errorf("at %s: %w", at.Stage, err)
}

// refusal is the outcome a reply code stands for; NotSent for a code that is no refusal.
func refusal(code int) channel.Outcome {
	switch {
	case code >= 400 && code < 500:
		return channel.TemporaryFailure
	case code >= 500 && code < 600:
		return channel.PermanentFailure
	}
	return channel.NotSent
}

func answered(e *textproto.Error, at channel.Answer) channel.Answer {
	at.Outcome, at.Code, at.Text = refusal(e.Code), e.Code, e.Msg
	return at
}

// Usable reports whether the connection may carry another message.
func (c *Conn) Usable() bool {
	return c.usable && time.Since(c.lastUsed) < c.cfg.IdleTimeout
}

// Close takes leave of the server if the dialogue allows it, and ends the connection.
func (c *Conn) Close() error {
	if c.usable {
		_ = c.net.SetDeadline(time.Now().Add(time.Second))
		_ = c.smtp.Quit()
	}
	c.drop()
	return nil
}

// drop ends the connection without a word: an unfinished message is never completed.
func (c *Conn) drop() {
	c.usable = false
	_ = c.net.Close()
}

func checkEnvelope(env channel.Envelope, copies []string) error {
	if len(env.To) == 0 {
		return fmt.Errorf("%w: no recipient", ErrEnvelope)
	}
	for i, a := range slices.Concat([]string{env.From}, env.To, copies) {
		if _, err := NewAddress("", a); err != nil {
			return fmt.Errorf("%w: address %s: %w", ErrEnvelope, strconv.Itoa(i), err)
		}
	}
	return nil
}

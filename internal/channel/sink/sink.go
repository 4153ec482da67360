package sink

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// ErrNotLoopback is returned for an address that is not on this machine.
var ErrNotLoopback = errors.New("the mail sink listens only on 127.0.0.0/8 or ::1")

// Options of a sink.
type Options struct {
	// Addr is where to listen; "" is a free port of 127.0.0.1.
	Addr string
	// Dir keeps the mails as files; "" keeps them in memory only. A sink opened on
	// a directory of an earlier one goes on counting where that ended.
	Dir string
	// Faults are tried in order for each mail; the first that applies is done.
	Faults []Fault
	// Unsynced accepts mails before they are on the disk: for a demo that is made anew if
	// the machine stops.
	Unsynced bool
}

// Mail is one accepted mail.
type Mail struct {
	Number    int    // from 1, in the order of acceptance
	From      string // of the envelope; of a mail of an earlier sink as its header says
	Sender    string // as the mail's From header says, decoded
	To        []string
	MessageID string // without angle brackets; "" if the mail has none
	Subject   string // decoded
	Date      string // as the mail says
	Bytes     []byte // as received; nil for a mail of an earlier sink on the same directory
}

// Sink is a running server. It is safe for concurrent use.
type Sink struct {
	server   *smtp.Server
	listener net.Listener
	store    *store
	served   sync.WaitGroup

	mu        sync.Mutex
	mails     []Mail
	described int             // of mails: those before it say what their headers say
	attempts  int             // mails begun, refused ones included
	unknown   map[string]bool // addresses that no mailbox has
	faults    []Fault
	closing   chan struct{}
}

// Start listens and serves until [Sink.Close].
func Start(o Options) (*Sink, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	at, err := netip.ParseAddrPort(o.Addr)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return nil, fmt.Errorf("%w: %q", ErrNotLoopback, o.Addr)
	}
	s := &Sink{faults: slices.Clone(o.Faults), closing: make(chan struct{})}
	if o.Dir != "" {
		if s.store, s.mails, err = openStore(o.Dir, o.Unsynced); err != nil {
			return nil, fmt.Errorf("mail sink: %w", err)
		}
	}
	if s.listener, err = net.Listen("tcp", o.Addr); err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	s.server = smtp.NewServer(smtp.BackendFunc(s.newSession))
	s.server.Domain = "localhost"
	s.server.ReadTimeout, s.server.WriteTimeout = 2*time.Minute, 2*time.Minute
	s.server.MaxMessageBytes, s.server.MaxRecipients = 64<<20, 100
	s.server.ErrorLog = quiet{}
	s.served.Go(func() { _ = s.server.Serve(s.listener) })
	return s, nil
}

// Addr is where the sink listens.
func (s *Sink) Addr() string { return s.listener.Addr().String() }

// URL is the setting that sends to this sink.
func (s *Sink) URL() string { return "smtp://" + s.Addr() }

// SetFaults replaces the faults for the mails to come.
func (s *Sink) SetFaults(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = slices.Clone(faults)
}

// SetUnknown names the addresses that no mailbox has: a mail to one of them is refused.
func (s *Sink) SetUnknown(addresses ...string) {
	unknown := map[string]bool{}
	for _, a := range addresses {
		unknown[strings.ToLower(a)] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unknown = unknown
}

// Keep forgets every mail but the first n, on the disk too: the demo goes back to an
// earlier moment.
func (s *Sink) Keep(n int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n >= len(s.mails) {
		return nil
	}
	if s.store != nil {
		if err := s.store.keep(n, len(s.mails)); err != nil {
			return fmt.Errorf("mail sink: %w", err)
		}
	}
	s.mails, s.described = s.mails[:n:n], min(s.described, n)
	return nil
}

// Raw is a mail as it came. Errors: fs.ErrNotExist.
func (s *Sink) Raw(number int) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case number < 1 || number > len(s.mails):
		return nil, fmt.Errorf("mail sink: mail %d: %w", number, fs.ErrNotExist)
	case s.mails[number-1].Bytes != nil:
		return s.mails[number-1].Bytes, nil
	}
	return s.store.raw(number)
}

// Mails are all accepted mails, the first one first.
func (s *Sink) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ; s.described < len(s.mails); s.described++ {
		s.mails[s.described].describe()
	}
	return slices.Clone(s.mails)
}

// Count is the number of accepted mails.
func (s *Sink) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mails)
}

// Doubles are the Message-IDs that were accepted more than once.
func (s *Sink) Doubles() []string {
	times := map[string]int{}
	for _, m := range s.Mails() {
		times[m.MessageID]++
	}
	var out []string
	for id, n := range times {
		if n > 1 {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// Close ends every connection and waits for the server to stop.
func (s *Sink) Close() error {
	s.mu.Lock()
	select {
	case <-s.closing:
		s.mu.Unlock()
		return nil
	default:
		close(s.closing)
	}
	s.mu.Unlock()
	err := s.server.Close()
	_ = s.listener.Close() // Serve may not have taken charge of it yet
	s.served.Wait()
	if s.store != nil {
		err = errors.Join(err, s.store.close())
	}
	return err
}

func (s *Sink) isUnknown(address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unknown[strings.ToLower(address)]
}

// keep stores a mail and counts it, in this order.
func (s *Sink) keep(from string, to []string, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := Mail{Number: len(s.mails) + 1, From: from, To: slices.Clone(to), Bytes: raw}
	if s.store != nil {
		m.describe()
		if err := s.store.write(m); err != nil {
			return err
		}
	}
	s.mails = append(s.mails, m)
	return nil
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// session is one connection.
type session struct {
	sink  *Sink
	conn  *smtp.Conn
	fault *Fault // the one chosen for the mail at hand
	from  string
	to    []string
}

func (s *Sink) newSession(c *smtp.Conn) (smtp.Session, error) { return &session{sink: s, conn: c}, nil }

func (s *session) Reset()        { s.fault, s.from, s.to = nil, "", nil }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.Reset()
	s.from, s.fault = from, s.sink.choose()
	return s.at(AtMail)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.sink.isUnknown(to) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1},
			Message: "There is no such mailbox here"}
	}
	s.to = append(s.to, to)
	return s.at(AtRcpt)
}

func (s *session) Data(r io.Reader) error {
	if err := s.at(InBody); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.at(BeforeAnswer); err != nil {
		return err
	}
	if err := s.sink.keep(s.from, s.to, raw); err != nil {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0},
			Message: "not stored: " + err.Error()}
	}
	return s.at(AfterStored)
}

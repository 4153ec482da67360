package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/recoup-project/recoup/internal/channel"
)

// ErrConfig is returned for a server address that cannot be used.
var ErrConfig = errors.New("mailbox setting")

// ErrNoSentFolder is returned where no folder is marked, or named, as that of sent mails.
var ErrNoSentFolder = errors.New("the mailbox marks no folder as that of sent mails")

// Config says which mailbox. Build one with [ParseURL].
type Config struct {
	Host      string
	Port      int
	User      string
	Password  channel.Secret
	Encrypted bool // from the first byte; else STARTTLS, or plain on this machine
	// LoopbackOnly refuses every address but 127.0.0.0/8 and ::1.
	LoopbackOnly bool
	SentFolder   string         // "" = the one that the mailbox marks
	RootCAs      *x509.CertPool // nil: those of the system
	Timeout      time.Duration  // for one command; 20 s
}

// ParseURL reads imaps://user:password@host:port or imap://…. imaps (port 993) is encrypted
// from the first byte; imap (port 143) demands STARTTLS unless the host is this machine. The
// error never shows the password.
func ParseURL(s string) (Config, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "imap" && u.Scheme != "imaps" || u.Hostname() == "" || u.User == nil ||
		u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return Config{}, fmt.Errorf("%w: expected imaps://user:password@host:port", ErrConfig)
	}
	password, _ := u.User.Password()
	c := Config{Host: u.Hostname(), Port: 143, User: u.User.Username(), Password: channel.Secret(password),
		Encrypted: u.Scheme == "imaps"}
	if c.Encrypted {
		c.Port = 993
	}
	if p := u.Port(); p != "" {
		if c.Port, err = strconv.Atoi(p); err != nil || c.Port < 1 || c.Port > 65535 {
			return Config{}, fmt.Errorf("%w: port %q", ErrConfig, p)
		}
	}
	return c, nil
}

// String is the server without user and password.
func (c Config) String() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

// Box is an open mailbox. It is used by one goroutine.
type Box struct {
	cfg    Config
	conn   net.Conn
	client *imapclient.Client
	sent   string // the folder of sent mails, once found
}

// Open connects, encrypts and signs in.
func Open(ctx context.Context, cfg Config) (*Box, error) {
	if cfg.Timeout <= 0 {
		cfg.Timeout = 20 * time.Second
	}
	dialer := net.Dialer{Timeout: cfg.Timeout}
	plain := !cfg.Encrypted && channel.IsLocalName(cfg.Host)
	if cfg.LoopbackOnly || plain {
		dialer.Control = channel.LoopbackOnly
	}
	conn, err := dialer.DialContext(ctx, "tcp", cfg.String())
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", cfg, err)
	}
	b := &Box{cfg: cfg, conn: conn}
	err = b.during(ctx, func() error { return b.open(plain) })
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("opening %s: %w", cfg, err)
	}
	return b, nil
}

func (b *Box) open(plain bool) error {
	secure := &tls.Config{ServerName: b.cfg.Host, RootCAs: b.cfg.RootCAs, MinVersion: tls.VersionTLS12}
	options := &imapclient.Options{TLSConfig: secure}
	switch {
	case b.cfg.Encrypted:
		b.client = imapclient.New(tls.Client(b.conn, secure), options)
	case plain:
		b.client = imapclient.New(b.conn, options)
	default:
		client, err := imapclient.NewStartTLS(b.conn, options)
		if err != nil {
			return fmt.Errorf("encrypting: %w", err)
		}
		b.client = client
	}
	if err := b.client.WaitGreeting(); err != nil {
		return err
	}
	if err := b.client.Login(b.cfg.User, string(b.cfg.Password)).Wait(); err != nil {
		return fmt.Errorf("signing in as %q: %w", b.cfg.User, err)
	}
	return nil
}

// during does something on the wire, within the time of one command and for as long as ctx
// lasts: the connection ends with either.
func (b *Box) during(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, b.cfg.Timeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { b.conn.Close() })
	defer stop()
	if err := do(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("the mailbox did not answer in time: %w", ctx.Err())
		}
		return err
	}
	return nil
}

// sentNames are folders of sent mails as programs call them, where the server marks none.
var sentNames = []string{"sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete elemente",
	"gesendete objekte", "envoyés", "éléments envoyés", "enviados", "inviata", "verzonden items"}

// SentFolder is the folder of sent mails: the one that was set, or that the server marks
// (\Sent), or that has a usual name. Errors: ErrNoSentFolder.
func (b *Box) SentFolder(ctx context.Context) (string, error) {
	if b.cfg.SentFolder != "" {
		return b.cfg.SentFolder, nil
	}
	if b.sent != "" {
		return b.sent, nil
	}
	err := b.during(ctx, func() error {
		options := &imap.ListOptions{}
		if b.client.Caps().Has(imap.CapSpecialUse) {
			options.ReturnSpecialUse = true
		}
		folders, err := b.client.List("", "*", options).Collect()
		if err != nil {
			return err
		}
		b.sent = sentOf(folders)
		return nil
	})
	if err == nil && b.sent == "" {
		err = ErrNoSentFolder
	}
	return b.sent, err
}

func sentOf(folders []*imap.ListData) string {
	for _, f := range folders {
		if slices.Contains(f.Attrs, imap.MailboxAttrSent) {
			return f.Mailbox
		}
	}
	for _, name := range sentNames {
		for _, f := range folders {
			last := f.Mailbox
			if f.Delim != 0 {
				last = last[strings.LastIndex(last, string(f.Delim))+1:]
			}
			if strings.EqualFold(last, name) {
				return f.Mailbox
			}
		}
	}
	return ""
}

// Keep puts a copy of a sent mail into the folder of sent mails, as read, unless one with
// its Message-ID is there: many providers put it there themselves. It reports whether it did.
func (b *Box) Keep(ctx context.Context, messageID string, mail []byte, at time.Time) (kept bool, err error) {
	folder, err := b.SentFolder(ctx)
	if err != nil {
		return false, err
	}
	err = b.during(ctx, func() error {
		if _, err := b.client.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
			return fmt.Errorf("folder %q: %w", folder, err)
		}
		there, err := b.find(imap.SearchCriteriaHeaderField{Key: "Message-ID", Value: messageID})
		if err != nil || len(there) > 0 {
			return err
		}
		cmd := b.client.Append(folder, int64(len(mail)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: at})
		_, err = cmd.Write(mail)
		if err = errors.Join(err, cmd.Close()); err != nil {
			return err
		}
		_, err = cmd.Wait()
		kept = err == nil
		return err
	})
	return kept, err
}

func (b *Box) find(field imap.SearchCriteriaHeaderField) ([]imap.UID, error) {
	found, err := b.client.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{field}}, nil).Wait()
	if err != nil {
		return nil, err
	}
	return found.AllUIDs(), nil
}

// arrivedMost bounds the mail that is looked at.
const arrivedMost = 4 << 20

// Newest returns the mail in the inbox that came last of those whose subject contains a
// text; nil if there is none.
func (b *Box) Newest(ctx context.Context, subject string) (mail []byte, err error) {
	err = b.during(ctx, func() error {
		if _, err := b.client.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
			return err
		}
		found, err := b.find(imap.SearchCriteriaHeaderField{Key: "Subject", Value: subject})
		if err != nil || len(found) == 0 {
			return err
		}
		section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: arrivedMost}}
		got, err := b.client.Fetch(imap.UIDSetNum(slices.Max(found)),
			&imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
		if err != nil || len(got) == 0 || len(got[0].BodySection) == 0 {
			return err
		}
		mail = got[0].BodySection[0].Bytes
		return nil
	})
	return mail, err
}

// Close signs out and ends the connection.
func (b *Box) Close() error {
	_ = b.conn.SetDeadline(time.Now().Add(time.Second))
	_ = b.client.Logout().Wait()
	_ = b.client.Close()
	return nil
}

package email

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/recoup-project/recoup/internal/channel"
)

// ErrConfig is returned for a server address that cannot be used.
var ErrConfig = errors.New("mail server setting")

// ErrNotLoopback is returned when a book that may only send to this machine would
// dial another one.
var ErrNotLoopback = channel.ErrNotLoopback

// Security says how the connection is encrypted.
type Security uint8

// The three ways. The zero Security demands encryption.
const (
	StartTLS      Security = iota // plain first, then encrypted, or not at all
	ImplicitTLS                   // encrypted from the first byte
	PlainLoopback                 // not encrypted; only to this machine
)

// Config says which server takes the mails, and the limits. Build one with
// [ParseURL]; the zero limits are replaced by the defaults.
type Config struct {
	Host     string
	Port     int
	User     string
	Password Secret
	Security Security
	Hello    string // the name given in EHLO
	// LoopbackOnly refuses every address but 127.0.0.0/8 and ::1, checked on the
	// address that is dialled, after the name was resolved.
	LoopbackOnly bool
	RootCAs      *x509.CertPool // nil: those of the system

	ConnectTimeout time.Duration // until the server has greeted; 10 s
	WriteTimeout   time.Duration // from MAIL to the hand-over; 60 s
	AnswerTimeout  time.Duration // from the hand-over to the answer; 60 s
	IdleTimeout    time.Duration // a connection idle for longer is not used again; 30 s
	Connections    int           // how many at most at the same time; 10
}

// Secret is a password that never appears in a log or an error.
type Secret = channel.Secret

// ParseURL reads smtp://user:password@host:port or smtps://…. smtp (port 587)
// demands STARTTLS unless the host is this machine; smtps (port 465) is encrypted
// from the first byte. Options: ?hello=NAME, ?connections=N. The error never shows
// the password.
func ParseURL(s string) (Config, error) {
	u, err := url.Parse(s)
	if err != nil {
		return Config{}, fmt.Errorf("%w: expected smtp://user:password@host:port", ErrConfig)
	}
	c := Config{Host: u.Hostname(), Port: 587, Hello: "localhost"}
	switch u.Scheme {
	case "smtp":
		if channel.IsLocalName(c.Host) {
			c.Security = PlainLoopback
		}
	case "smtps":
		c.Port, c.Security = 465, ImplicitTLS
	default:
		return Config{}, fmt.Errorf("%w: expected smtp:// or smtps://, not %q", ErrConfig, u.Scheme)
	}
	if c.Host == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return Config{}, fmt.Errorf("%w: expected %s://user:password@host:port", ErrConfig, u.Scheme)
	}
	if p := u.Port(); p != "" {
		if c.Port, err = strconv.Atoi(p); err != nil || c.Port < 1 || c.Port > 65535 {
			return Config{}, fmt.Errorf("%w: port %q", ErrConfig, p)
		}
	}
	if u.User != nil {
		password, _ := u.User.Password()
		c.User, c.Password = u.User.Username(), Secret(password)
	}
	err = c.options(u.Query())
	return c, err
}

func (c *Config) options(q url.Values) error {
	for key, values := range q {
		value := values[len(values)-1]
		switch key {
		case "hello":
			if len(value) > helloMost || !helloForm.MatchString(value) {
				return fmt.Errorf("%w: hello=%q is not a host name", ErrConfig, value)
			}
			c.Hello = value
		case "connections":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 || n > 100 {
				return fmt.Errorf("%w: connections=%q (expected 1 to 100)", ErrConfig, value)
			}
			c.Connections = n
		default:
			return fmt.Errorf("%w: unknown option %q (known: hello, connections)", ErrConfig, key)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	set := func(d *time.Duration, fallback time.Duration) {
		if *d <= 0 {
			*d = fallback
		}
	}
	set(&c.ConnectTimeout, 10*time.Second)
	set(&c.WriteTimeout, 60*time.Second)
	set(&c.AnswerTimeout, 60*time.Second)
	set(&c.IdleTimeout, 30*time.Second)
	if c.Connections <= 0 {
		c.Connections = 10
	}
	if c.Hello == "" {
		c.Hello = "localhost"
	}
	return c
}

// String is the server without the password.
func (c Config) String() string {
	return net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
}

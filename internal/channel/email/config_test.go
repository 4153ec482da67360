package email

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/recoup-project/recoup/internal/channel"
)

func TestParseURL(t *testing.T) {
	for url, want := range map[string]Config{
		"smtp://mail.example": {Host: "mail.example", Port: 587, Hello: "localhost"},
		"smtp://jo:p%40ss@mail.example:2525": {Host: "mail.example", Port: 2525, User: "jo",
			Password: "p@ss", Hello: "localhost"},
		"smtps://mail.example?connections=3": {Host: "mail.example", Port: 465,
			Security: ImplicitTLS, Connections: 3, Hello: "localhost"},
		"smtp://127.0.0.1:2500/?hello=host.example": {Host: "127.0.0.1", Port: 2500,
			Security: PlainLoopback, Hello: "host.example"},
		"smtp://[::1]:2500": {Host: "::1", Port: 2500, Security: PlainLoopback,
			Hello: "localhost"},
		"smtp://localhost:25": {Host: "localhost", Port: 25, Security: PlainLoopback,
			Hello: "localhost"},
	} {
		if got, err := ParseURL(url); err != nil || got != want {
			t.Errorf("%s: %#v (%v)", url, got, err)
		}
	}
	for _, url := range []string{"", "mail.example", "http://mail.example", "smtp://", "smtp://h:99999",
		"smtp://h/path",
		"smtp://h?x=1", "smtp://h?connections=0", "smtp://h?hello=a%0d%0ab", "smtp://u:geheim@h:x",
		"smtp://u:geheim@%zz"} {
		_, err := ParseURL(url)
		if !errors.Is(err, ErrConfig) {
			t.Errorf("%q: %v, want a refusal", url, err)
		} else if strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: the error shows the password", url)
		}
	}
}

func TestThePasswordIsNeverShown(t *testing.T) {
	cfg, _ := ParseURL("smtp://jo:geheim@mail.example")
	for _, s := range []string{fmt.Sprint(cfg), fmt.Sprintf("%+v", cfg), fmt.Sprintf("%#v", cfg),
		cfg.String()} {
		if strings.Contains(s, "geheim") {
			t.Errorf("shown: %s", s)
		}
	}
}

// mailbox is a server with encryption and sign-in.
type mailbox struct{ got int }

func (m *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &mailboxSession{m: m}, nil }

type mailboxSession struct {
	m      *mailbox
	signed bool
}

func (s *mailboxSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *mailboxSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.signed = user == "jo" && password == "geheim"
		if !s.signed {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}
func (s *mailboxSession) Mail(string, *smtp.MailOptions) error {
	if !s.signed {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (s *mailboxSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *mailboxSession) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	s.m.got++
	return err
}
func (s *mailboxSession) Reset()        {}
func (s *mailboxSession) Logout() error { return nil }

// selfSigned is a certificate for "localhost", and who trusts it.
func selfSigned(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		IsCA:                  true,
		BasicConstraintsValid: true, DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, _ := x509.ParseCertificate(der)
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

// serveTLS starts a server whose certificate is for "localhost"; implicit means
// encrypted from the first byte.
func serveTLS(t *testing.T, implicit bool) (*mailbox, string, *x509.CertPool) {
	t.Helper()
	tlsConfig, roots := selfSigned(t)
	box := &mailbox{}
	server := smtp.NewServer(box)
	server.TLSConfig, server.Domain = tlsConfig, "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if implicit {
		l = tls.NewListener(l, tlsConfig)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return box, port, roots
}

func TestEncryptionAndSignIn(t *testing.T) {
	env, bytes := testMessage(1)
	for name, c := range map[string]struct {
		implicit bool
		security Security
		password Secret
		trusted  bool
		want     channel.Outcome
	}{
		"starttls":         {false, StartTLS, "geheim", true, channel.Sent},
		"implicit":         {true, ImplicitTLS, "geheim", true, channel.Sent},
		"wrong password":   {false, StartTLS, "falsch", true, channel.NotSent},
		"unknown issuer":   {false, StartTLS, "geheim", false, channel.NotSent},
		"unknown implicit": {true, ImplicitTLS, "geheim", false, channel.NotSent},
	} {
		t.Run(name, func(t *testing.T) {
			box, port, roots := serveTLS(t, c.implicit)
			cfg, err := ParseURL("smtp://jo:" + string(c.password) + "@localhost:" + port)
			if err != nil {
				t.Fatal(err)
			}
			cfg.Security, cfg.RootCAs = c.security, roots
			if !c.trusted {
				cfg.RootCAs = x509.NewCertPool()
			}
			sender := NewSender(cfg)
			defer sender.Close()
			answer, err := sender.Deliver(context.Background(), env, bytes, marked)
			if answer.Outcome != c.want || box.got != map[bool]int{true: 1}[c.want == channel.Sent] {
				t.Errorf("outcome %s (%v), %d received", answer.Outcome, err, box.got)
			}
			if err != nil && strings.Contains(err.Error(), string(c.password)) {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

func TestNoPlainConnectionToAnotherMachine(t *testing.T) {
	s := &script{}
	cfg, _ := ParseURL(s.serve(t))
	cfg.Security = StartTLS // as for a host that is not this one: the script offers none
	if _, err := Dial(context.Background(), cfg); !errors.Is(err, ErrConfig) {
		t.Errorf("connected without encryption: %v", err)
	}
	cfg.Host, cfg.Security = "203.0.113.9", PlainLoopback
	if _, err := Dial(context.Background(), cfg); !errors.Is(err, ErrNotLoopback) {
		t.Errorf("a plain connection to another machine: %v", err)
	}
}

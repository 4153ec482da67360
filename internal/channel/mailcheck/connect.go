package mailcheck

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"syscall"

	"github.com/recoup-project/recoup/internal/channel/email"
)

// State is how well something stands.
type State string

// States.
const (
	Good    State = "good"
	Advice  State = "advice"  // mails go out, and may be taken for spam
	Wrong   State = "wrong"   // mails do not go out, or are refused
	Unknown State = "unknown" // it could not be looked up
)

// Finding is one thing that was looked at. Code is for programs.
type Finding struct {
	About string `json:"about"` // connection, spf, dkim, dmarc, sent_folder
	State State  `json:"state"`
	Code  string `json:"code"`
	Text  string `json:"text"`
}

// Connect dials the server, signs in and asks whether it takes mails from an address. It
// sends nothing to anybody.
func Connect(ctx context.Context, cfg email.Config, from string) Finding {
	conn, err := email.Dial(ctx, cfg)
	if err != nil {
		return connection(cfg, err)
	}
	defer conn.Close()
	if err := conn.Ask(ctx, from); err != nil {
		var refused *textproto.Error
		if errors.As(err, &refused) {
			return Finding{"connection", Wrong, "from_refused", fmt.Sprintf("%s lets you in, and takes no mails from %s: "+
				"it answered \"%d %s\". Use an address of this account, or allow it there as an alias.", cfg.Host, from,
				refused.Code, firstLine(refused.Msg))}
		}
		return connection(cfg, err)
	}
	text := cfg.Host + " answers, takes the login, and takes mails from " + from + "."
	if cfg.User == "" {
		text = cfg.Host + " answers, and takes mails from " + from + " without a login."
	}
	return Finding{"connection", Good, "ok", text}
}

// NoNames is the finding where a server's name could not be looked up.
func NoNames(cfg email.Config) Finding { return connection(cfg, &net.DNSError{IsTemporary: true}) }

// connection says in words why a server could not be used.
func connection(cfg email.Config, err error) Finding {
	code, text := reasonOf(cfg, err)
	state := Wrong
	if code == "no_dns" {
		state = Unknown
	}
	return Finding{"connection", state, code, text}
}

func reasonOf(cfg email.Config, err error) (code, text string) {
	var dns *net.DNSError
	var signIn *email.SignInError
	var timeout net.Error
	switch {
	case errors.Is(err, email.ErrNotLoopback):
		return "loopback_only", "This book has a simulated clock and sends only to a mail server on this machine."
	case errors.As(err, &dns) && dns.IsNotFound:
		return "name_not_found", fmt.Sprintf("There is no server %s: look whether the name is spelt as your provider has it.",
			cfg.Host)
	case errors.As(err, &dns):
		return "no_dns", fmt.Sprintf("%s could not be looked up: is this computer connected to the internet?", cfg.Host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused", fmt.Sprintf("%s is there, and nothing answers on port %d: try 587, or 465 with smtps://.", cfg.Host,
			cfg.Port)
	case errors.As(err, &signIn):
		return signInReason(cfg, signIn)
	case isTLS(err):
		return tlsReason(cfg, err)
	case errors.Is(err, email.ErrConfig) && strings.Contains(err.Error(), "STARTTLS"):
		return "no_encryption", fmt.Sprintf("%s does not offer encryption on port %d, and a password is never sent without: "+
			"try smtps:// on port 465.", cfg.Host, cfg.Port)
	case errors.Is(err, email.ErrConfig):
		return "no_method", fmt.Sprintf("%s offers no way to sign in that is known here (%v).", cfg.Host, err)
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "no_answer", fmt.Sprintf("%s does not answer on port %d: a firewall may keep it back, or the port is another; "+
			"587 and 465 are common, and many networks block 25.", cfg.Host, cfg.Port)
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no_route", fmt.Sprintf("There is no way to %s from here: is this computer connected to the internet?", cfg.Host)
	}
	return "failed", fmt.Sprintf("%s could not be used: %s.", cfg.Host, firstLine(err.Error()))
}

func signInReason(cfg email.Config, e *email.SignInError) (code, text string) {
	var refused *textproto.Error
	said := firstLine(e.Err.Error())
	if !errors.As(e.Err, &refused) {
		return "auth_failed", fmt.Sprintf("Signing in to %s as %s did not work: %s.", cfg.Host, e.User, said)
	}
	hint := "Look at login and password; many providers want an app password made for this, not the one you sign in with."
	if strings.Contains(refused.Msg, "5.7.30") || strings.Contains(refused.Msg, "5.7.139") ||
		strings.Contains(strings.ToLower(refused.Msg), "smtpclientauthentication") {
		hint = "The provider has switched sign-in with a password off: an administrator can allow authenticated SMTP for " +
			"this mailbox, or send through another service."
	}
	return "auth_refused", fmt.Sprintf("%s does not take the login %s: it answered \"%d %s\". %s", cfg.Host, e.User,
		refused.Code, firstLine(refused.Msg), hint)
}

// isTLS reports whether the encryption failed.
func isTLS(err error) bool {
	var header tls.RecordHeaderError
	var alert tls.AlertError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &header) || errors.As(err, &alert) || errors.As(err, &certificate)
}

func tlsReason(cfg email.Config, err error) (code, text string) {
	var header tls.RecordHeaderError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &header):
		return "not_encrypted", fmt.Sprintf("%s does not speak encrypted from the first byte on port %d: use smtp:// with "+
			"port 587.", cfg.Host, cfg.Port)
	case errors.As(err, &name):
		return "certificate_name", fmt.Sprintf("The certificate of the server is for another name than %s: use the name that "+
			"your provider gives.", cfg.Host)
	case errors.As(err, &unknown):
		return "certificate_unknown", fmt.Sprintf("The certificate of %s comes from nobody that this computer trusts.",
			cfg.Host)
	case errors.As(err, &invalid):
		return "certificate_invalid", fmt.Sprintf("The certificate of %s is not valid now: is the clock of this computer "+
			"right?", cfg.Host)
	}
	return "tls_failed", fmt.Sprintf("%s and this program find no common encryption: %s.", cfg.Host, firstLine(err.Error()))
}

// firstLine is the first line of a server's words, not too long.
func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.ToValidUTF8(s, " "), "\n")
	s = strings.TrimSpace(strings.TrimRight(s, "\r"))
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return strings.TrimRight(s, ".")
}

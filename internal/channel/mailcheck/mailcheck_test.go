package mailcheck

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/recoup-project/recoup/internal/channel/email"
	"github.com/recoup-project/recoup/internal/channel/sink"
)

var ctx = context.Background()

// zone is a resolver that knows these entries; a name with the entry "!" cannot be looked up.
type zone map[string][]string

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	all := z[strings.TrimSuffix(name, ".")]
	switch {
	case len(all) == 0:
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	case all[0] == "!":
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	return all, nil
}

func TestDomain(t *testing.T) {
	const d = "northgate.example"
	key := "v=DKIM1; k=rsa; p=MIGf"
	for name, c := range map[string]struct {
		preset string
		zone   zone
		want   string // codes of spf, dkim and dmarc
		says   string
	}{
		"all is well": {"google", zone{d: {"google-site-verification=x", "v=spf1 include:_spf.google.com ~all"},
			"google._domainkey." + d: {key}, "_dmarc." + d: {"v=DMARC1; p=reject"}}, "ok key_there dmarc_reject", "refused"},
		"nothing is there": {"google", zone{sure: {"v=spf1 ~all"}}, "no_spf no_key no_dmarc", "v=spf1 include:_spf.google.com ~all"},
		"another provider": {"google", zone{d: {"v=spf1 mx include:mx.ovh.com -all"}, "mx.ovh.com": {"v=spf1 ip4:192.0.2.0/24 -all"}},
			"spf_without no_key no_dmarc", "put include:_spf.google.com into it"},
		"through another": {"google", zone{d: {"v=spf1 include:spf.agency.example -all"},
			"spf.agency.example": {"v=spf1 include:_spf.google.com -all"}}, "ok no_key no_dmarc", "lets Gmail"},
		"redirect": {"microsoft365", zone{d: {"v=spf1 redirect=spf.agency.example"},
			"spf.agency.example":        {"V=SPF1 include:SPF.protection.outlook.com. -all"},
			"selector2._domainkey." + d: {key},
			"_dmarc." + d:               {"v=DMARC1; p=none"}}, "ok key_there dmarc_none", "only watch"},
		"two entries": {"google", zone{d: {"v=spf1 include:_spf.google.com ~all", "v=spf1 mx -all"}},
			"two_spf no_key no_dmarc", "more than one SPF entry"},
		"kept out":                              {"google", zone{d: {"v=spf1 -include:_spf.google.com ~all"}}, "spf_without no_key no_dmarc", ""},
		"in a circle":                           {"google", zone{d: {"v=spf1 include:" + d + " -all"}}, "spf_without no_key no_dmarc", ""},
		"no internet, and every name is denied": {"google", zone{}, "no_dns no_dns no_dns", "could not be looked up"},
		"no internet": {"google", zone{d: {"!"}, "google._domainkey." + d: {"!"}, "20230601._domainkey." + d: {"!"},
			"_dmarc." + d: {"!"}}, "no_dns no_dns no_dns", "could not be looked up"},
		"half of it unknown": {"google", zone{d: {"v=spf1 include:spf.agency.example -all"}, "spf.agency.example": {"!"}},
			"no_dns no_key no_dmarc", ""},
		"revoked key": {"google", zone{"google._domainkey." + d: {"v=DKIM1; p="}}, "no_spf no_key no_dmarc", ""},
		"a service with bounces of its own": {"postmark", zone{"example": {"v=spf1 -all"},
			"_dmarc." + d: {"something else"}, d: {"v=spf1 ~all"}}, "spf_there selector_unknown no_dmarc", "bounce address of its own"},
		"bad DMARC": {"own", zone{"_dmarc." + d: {"v=DMARC1; p=perhaps"}}, "no_spf selector_unknown dmarc_form", "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			found := Domain(ctx, c.zone, "Northgate.example", PresetFor(c.preset))
			var codes, texts []string
			for _, f := range found {
				codes, texts = append(codes, f.Code), append(texts, f.Text)
				if f.Text == "" || (f.Code == "no_dns") != (f.State == Unknown) && f.Code != "selector_unknown" {
					t.Errorf("%+v", f)
				}
			}
			if got := strings.Join(codes, " "); got != c.want || !strings.Contains(strings.Join(texts, "\n"), c.says) {
				t.Errorf("%s, want %s; %q", got, c.want, texts)
			}
		})
	}
	sub := Domain(ctx, zone{"_dmarc." + d: {"v=DMARC1; p=none; sp=quarantine"}}, "mail."+d, PresetFor("own"))
	if sub[2].Code != "dmarc_quarantine" || !strings.Contains(sub[2].Text, "spam folder") {
		t.Errorf("%+v", sub[2])
	}
}

func TestPresets(t *testing.T) {
	for _, p := range Presets() {
		if len(p.Steps) == 0 || p.User == "" || p.Key != "own" && p.Host == "" || len(p.SPF) == 0 && p.SPFNote == "" {
			t.Errorf("%s is not whole: %+v", p.Key, p)
		}
		if p.Key == "own" {
			continue
		}
		if PresetFor(p.Host).Key != p.Key || PresetFor(p.Key).Key != p.Key {
			t.Errorf("%s is not found", p.Key)
		}
		cfg, err := email.ParseURL(p.URL("anna@northgate.example", "p@ss/w:rd"))
		if err != nil || cfg.Host != p.Host || cfg.Port != p.Port || string(cfg.Password) != "p@ss/w:rd" ||
			(cfg.Security == email.ImplicitTLS) != (p.Security == fromTLS) || cfg.Security == email.PlainLoopback {
			t.Errorf("%s: %+v %v", p.Key, cfg, err)
		}
	}
	for host, key := range map[string]string{"email-smtp.us-east-1.amazonaws.com": "ses", "smtp.ionos.de": "ionos",
		"smtppro.zoho.com": "zoho", "smtp.mailgun.org": "mailgun", "mail.northgate.example": "own", "127.0.0.1": "own", "": "own"} {
		if got := PresetFor(host).Key; got != key {
			t.Errorf("%s is of %s, want %s", host, got, key)
		}
	}
}

// server is a mail server that says these lines, one to each of ours.
func server(t *testing.T, lines ...string) email.Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in := bufio.NewReader(c)
		for _, line := range lines {
			fmt.Fprintf(c, "%s\r\n", line)
			if _, err := in.ReadString('\n'); err != nil {
				return
			}
		}
		fmt.Fprint(c, "221 gone\r\n")
	}()
	cfg, err := email.ParseURL("smtp://anna:secret@" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestConnect(t *testing.T) {
	s, err := sink.Start(sink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	open, _ := email.ParseURL(s.URL())
	closed, _ := net.Listen("tcp", "127.0.0.1:0")
	nobody, _ := email.ParseURL("smtp://" + closed.Addr().String())
	closed.Close()
	wantsTLS := server(t, "220 hello")
	wantsTLS.Security = email.ImplicitTLS
	noTLS := server(t, "220 hello", "250 hello")
	noTLS.Security = email.StartTLS
	silent, _ := net.Listen("tcp", "127.0.0.1:0")
	defer silent.Close()
	quiet, _ := email.ParseURL("smtp://" + silent.Addr().String())
	quiet.ConnectTimeout = 50 * time.Millisecond
	far, _ := email.ParseURL("smtp://192.0.2.1:587")
	far.LoopbackOnly = true
	for _, c := range []struct {
		name, code, says string
		cfg              email.Config
	}{
		{"well", "ok", "takes mails from ledger@northgate.example", open},
		{"refused", "refused", "nothing answers on port", nobody},
		{"login", "auth_refused", "app password", server(t, "220 hello", "250-hello\r\n250 AUTH LOGIN", "535 5.7.8 no")},
		{"switched off", "auth_refused", "administrator", server(t, "220 hello", "250-hello\r\n250 AUTH LOGIN",
			"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled")},
		{"no method", "no_method", "no way to sign in", server(t, "220 hello", "250 hello")},
		{"plain", "not_encrypted", "port 587", wantsTLS},
		{"no STARTTLS", "no_encryption", "smtps://", noTLS},
		{"silent", "no_answer", "does not answer", quiet},
		{"far", "loopback_only", "on this machine", far},
	} {
		f := Connect(ctx, c.cfg, "ledger@northgate.example")
		if f.Code != c.code || !strings.Contains(f.Text, c.says) || (f.State == Good) != (c.code == "ok") {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
	s.SetFaults(sink.Fault{Stage: sink.AtMail, Action: sink.Reject, Every: 1})
	if f := Connect(ctx, open, "ledger@northgate.example"); f.Code != "from_refused" || f.State != Wrong ||
		!strings.Contains(f.Text, "550") {
		t.Errorf("%+v", f)
	}
	if s.Count() != 0 {
		t.Error("a check sent a mail")
	}
}

// TestWords: what cannot be made to happen here is told apart by its error.
func TestWords(t *testing.T) {
	cfg := email.Config{Host: "smtp.northgate.example", Port: 587}
	for code, err := range map[string]error{
		"name_not_found": &net.OpError{Err: &net.DNSError{IsNotFound: true}},
		"no_dns":         &net.OpError{Err: &net.DNSError{IsTemporary: true}},
		"failed":         errors.New("something\nmore"),
	} {
		f := connection(cfg, fmt.Errorf("connecting: %w", err))
		if f.Code != code || strings.Contains(f.Text, "\n") || (f.State == Unknown) != (code == "no_dns") {
			t.Errorf("%s: %+v", code, f)
		}
	}
}

func TestSigned(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	mail := "From: Northgate <ledger@northgate.example>\r\nTo: me@northgate.example\r\nSubject: Test\r\n" +
		"Date: Tue, 17 Nov 2026 09:00:00 +0000\r\n\r\nHello.\r\n"
	signed := func(domain string) []byte {
		var b bytes.Buffer
		if err := dkim.Sign(&b, strings.NewReader(mail), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: private,
			HeaderKeys: []string{"From", "To", "Subject"}}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	dns := zone{"s._domainkey.northgate.example": {key}, "s._domainkey.provider.example": {key},
		"s._domainkey.away.example": {"!"}}
	for code, raw := range map[string][]byte{
		"signed":           signed("northgate.example"),
		"signed_for_other": signed("provider.example"),
		"not_signed":       []byte(mail),
		"bad_signature":    bytes.Replace(signed("northgate.example"), []byte("Hello"), []byte("Hallo"), 1),
		"no_dns":           signed("away.example"),
	} {
		if f := Signed(ctx, dns, "Northgate.example", raw); f.Code != code || f.About != "dkim" || f.Text == "" {
			t.Errorf("want %s: %+v", code, f)
		}
	}
}

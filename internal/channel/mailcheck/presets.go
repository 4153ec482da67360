package mailcheck

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Preset is what is known of the mail service of a provider, looked up in November 2026.
type Preset struct {
	Key      string   `json:"key"`
	Name     string   `json:"name"`
	Host     string   `json:"host"`
	Port     int      `json:"port"`
	Security string   `json:"security"` // starttls, or tls: encrypted from the first byte
	User     string   `json:"user"`     // what to sign in with, in words
	Steps    []string `json:"steps"`    // what the user must do there first, in order
	IMAP     string   `json:"imap"`     // imaps://host:port of the mailbox; "" = none, or none with a password
	// SPF are names of which the domain's SPF record must include one; empty: see SPFNote.
	SPF     []string `json:"spf"`
	SPFNote string   `json:"spf_note"` // what to know of SPF there
	// Selectors are under which the provider publishes DKIM keys; empty: each account its own.
	Selectors []string `json:"selectors"`
}

const (
	startTLS = "starttls"
	fromTLS  = "tls"
	address  = "your full email address"
)

var presets = []Preset{
	{Key: "google", Name: "Gmail and Google Workspace", Host: "smtp.gmail.com", Port: 587, Security: startTLS,
		User: address, IMAP: "imaps://imap.gmail.com:993", SPF: []string{"_spf.google.com"},
		Selectors: []string{"google", "20230601"},
		Steps: []string{"Switch two-step verification on for the account.",
			"Make an app password (Google account, Security, App passwords) and use it as password here.",
			"With your own domain: switch DKIM on in the admin console (Apps, Gmail, Authenticate email)."}},
	{Key: "microsoft365", Name: "Microsoft 365", Host: "smtp.office365.com", Port: 587, Security: startTLS,
		User: address, SPF: []string{"spf.protection.outlook.com"}, Selectors: []string{"selector1", "selector2"},
		Steps: []string{"Ask your administrator to allow authenticated SMTP for this mailbox (admin centre, the user, " +
			"Mail, Manage email apps).",
			"Where two-step sign-in is on, make an app password and use it here.",
			"Microsoft switches sign-in with a password off by default from the end of 2026; an administrator can still " +
				"allow it. Where that is not wanted, send through a service such as Postmark or Amazon SES.",
			"Switch DKIM on for your domain (Defender portal, Email authentication settings)."}},
	{Key: "fastmail", Name: "Fastmail", Host: "smtp.fastmail.com", Port: 465, Security: fromTLS, User: address,
		IMAP: "imaps://imap.fastmail.com:993", SPF: []string{"spf.messagingengine.com"},
		Selectors: []string{"fm1", "fm2", "fm3"},
		Steps:     []string{"Make an app password (Settings, Privacy and security) and use it here."}},
	{Key: "ionos", Name: "IONOS", Host: "smtp.ionos.com", Port: 465, Security: fromTLS, User: address,
		IMAP: "imaps://imap.ionos.com:993", SPF: []string{"_spf-eu.ionos.com", "_spf-us.ionos.com"},
		Selectors: []string{"s1-ionos", "s2-ionos"},
		Steps: []string{"Use the password of the mailbox, not that of the customer account.",
			"In Germany the server is smtp.ionos.de, in the United Kingdom smtp.ionos.co.uk."}},
	{Key: "strato", Name: "STRATO", Host: "smtp.strato.de", Port: 465, Security: fromTLS, User: address,
		IMAP:    "imaps://imap.strato.de:993",
		SPFNote: "STRATO writes the SPF entry for domains that it manages itself; for others ask it what to include.",
		Steps:   []string{"Use the password of the mailbox.", "Switch DKIM on for the domain (Domains, DNS settings)."}},
	{Key: "ovh", Name: "OVHcloud", Host: "ssl0.ovh.net", Port: 465, Security: fromTLS, User: address,
		IMAP: "imaps://ssl0.ovh.net:993", SPF: []string{"mx.ovh.com"},
		Steps: []string{"Use the password of the mailbox. Newer mailboxes have another server; it stands in the control " +
			"panel beside the mailbox."}},
	{Key: "zoho", Name: "Zoho Mail", Host: "smtp.zoho.eu", Port: 465, Security: fromTLS, User: address,
		IMAP: "imaps://imap.zoho.eu:993", SPF: []string{"zohomail.com", "zohomail.eu", "zoho.eu", "zoho.com",
			"spf.zoho.eu"},
		Steps: []string{"Outside the European data centre the server is smtp.zoho.com; with a paid plan smtppro.zoho.eu " +
			"or smtppro.zoho.com.",
			"Where two-step sign-in is on, make an app password and use it here.",
			"Switch DKIM on for the domain (admin console, Domains)."}},
	{Key: "ses", Name: "Amazon SES", Host: "email-smtp.eu-west-1.amazonaws.com", Port: 587, Security: startTLS,
		User: "the SMTP user name that SES made",
		SPFNote: "SES sends under a bounce address of its own, so the domain's SPF entry does not count; DKIM does. With a " +
			"MAIL FROM domain of yours, include amazonses.com there.",
		Steps: []string{"Choose your region: the server's name carries it.",
			"Verify your domain, and put the three DKIM entries into its DNS.",
			"Make SMTP credentials (not the access keys of the account).",
			"Ask to leave the sandbox, else only verified addresses get mails."}},
	{Key: "postmark", Name: "Postmark", Host: "smtp.postmarkapp.com", Port: 587, Security: startTLS,
		User:    "the server's API token, also as password",
		SPFNote: "Postmark sends under a bounce address of its own, so the domain's SPF entry does not count; DKIM does.",
		Steps: []string{"Verify your domain: DKIM, and the return path.",
			"Use a transactional stream: reminders are no bulk mail."}},
	{Key: "mailgun", Name: "Mailgun", Host: "smtp.eu.mailgun.org", Port: 587, Security: startTLS,
		User: "the SMTP user of the domain, such as postmaster@mg.example.com", SPF: []string{"mailgun.org",
			"eu.mailgun.org"},
		Steps: []string{"Outside the European region the server is smtp.mailgun.org.",
			"Verify your domain and put its entries into the DNS.", "Use the SMTP password of the domain."}},
	{Key: "brevo", Name: "Brevo", Host: "smtp-relay.brevo.com", Port: 587, Security: startTLS,
		User: "the SMTP login that Brevo shows", Selectors: []string{"brevo1", "brevo2", "mail"},
		SPFNote: "Brevo mostly sends under a bounce address of its own, so the domain's SPF entry does not count; DKIM does.",
		Steps: []string{"Make an SMTP key (SMTP and API) and use it as password.",
			"Authenticate your domain: put its entries into the DNS."}},
	{Key: "own", Name: "Your own server", Port: 587, Security: startTLS, User: "what your server asks",
		SPFNote: "Your server's address must be allowed by the domain's SPF entry.",
		Steps: []string{"Port 587 with STARTTLS, or 465 encrypted from the first byte. Without encryption only a server on " +
			"this machine is used."}},
}

// Presets lists the providers, in the order in which they are shown.
func Presets() []Preset { return append([]Preset(nil), presets...) }

// PresetFor finds a provider by its key, or by the server that is set. The own server is
// what is left.
func PresetFor(keyOrHost string) Preset {
	keyOrHost = strings.ToLower(keyOrHost)
	own := presets[len(presets)-1]
	for _, p := range presets {
		if p.Key == keyOrHost || p.Host != "" && (p.Host == keyOrHost || site(p.Host) == site(keyOrHost)) {
			return p
		}
	}
	return own
}

// site is the part of a server's name that stays the same from region to region.
func site(host string) string {
	labels := strings.Split(host, ".")
	if len(labels) < 3 {
		return host
	}
	for i, l := range labels {
		if l == "ionos" || l == "zoho" || l == "amazonaws" || l == "mailgun" {
			return labels[0][:min(4, len(labels[0]))] + "." + labels[i]
		}
	}
	return host
}

// URL is the setting smtp.url for a user of the provider.
func (p *Preset) URL(user, password string) string {
	scheme := "smtp"
	if p.Security == fromTLS {
		scheme = "smtps"
	}
	u := url.URL{Scheme: scheme, Host: net.JoinHostPort(p.Host, strconv.Itoa(p.Port))}
	if user != "" {
		u.User = url.UserPassword(user, password)
	}
	return u.String()
}

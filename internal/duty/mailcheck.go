package duty

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/email"
	"github.com/recoup-project/recoup/internal/channel/mailbox"
	"github.com/recoup-project/recoup/internal/channel/mailcheck"
)

// MailCheck asks for a look at how mails leave. Its zero value is a good one.
type MailCheck struct {
	Creditor string             // code; "" = the only one
	Provider string             // key of a preset; "" = by the server that is set
	DNS      mailcheck.Resolver // nil: the computer's
}

// MailChecked is what was found.
type MailChecked struct {
	Server   string              `json:"server"`   // host:port; "" = none is set
	Provider string              `json:"provider"` // key of its preset
	From     string              `json:"from"`
	Findings []mailcheck.Finding `json:"findings"`
}

// OK reports whether nothing is wrong; advice and what could not be looked up do not count.
func (c *MailChecked) OK() bool {
	for _, f := range c.Findings {
		if f.State == mailcheck.Wrong {
			return false
		}
	}
	return true
}

// checkTime bounds a look as a whole.
const checkTime = 45 * time.Second

// CheckMail dials the mail server that is set, asks it whether it takes mails from the
// creditor's address, and looks up what the sender's domain says of who may send for it;
// where a mailbox is set, also its Sent folder and the signature of the newest test message
// in it. It sends nothing, and changes nothing. Of a simulated book no name is looked up.
// Errors: of the book; what is wrong with the mail is no error but a finding.
func CheckMail(ctx context.Context, a *app.App, o MailCheck) (MailChecked, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	var c MailChecked
	from, err := a.Setting(ctx, o.Creditor, app.SettingMailFrom)
	if err != nil {
		return c, err
	}
	box, err := a.Mailbox(ctx)
	if err != nil {
		return c, err
	}
	c.From = from
	if o.DNS == nil {
		o.DNS = net.DefaultResolver
	}
	server, err := a.MailServer(ctx)
	var cfg email.Config
	switch e := new(app.Error); {
	case errors.As(err, &e) && e.Kind == app.Refused:
		c.add("connection", mailcheck.Wrong, "no_server", "No mail server is set: choose your provider, or set smtp.url.")
	case err != nil:
		return c, err
	default:
		if cfg, err = email.ParseURL(server.URL); err != nil {
			c.add("connection", mailcheck.Wrong, "mail_server_invalid", err.Error())
			break
		}
		cfg.LoopbackOnly = server.LoopbackOnly
		c.Server = cfg.String()
		c.connect(ctx, cfg)
	}
	preset := mailcheck.PresetFor(cfg.Host)
	if o.Provider != "" {
		if preset = mailcheck.PresetFor(o.Provider); preset.Key != o.Provider {
			return c, &app.Error{Kind: app.Invalid, Code: "provider_unknown", Message: fmt.Sprintf(
				"%q is no provider that is known here: recoup mail providers", o.Provider)}
		}
	}
	c.Provider = preset.Key
	if len(c.Findings) > 0 && c.Findings[0].Code == "name_not_found" && !mailcheck.Works(ctx, o.DNS) {
		c.Findings[0] = mailcheck.NoNames(cfg)
	}
	c.domain(ctx, o.DNS, preset, cfg.LoopbackOnly)
	if box.URL != "" {
		c.mailbox(ctx, o.DNS, box)
	}
	return c, nil
}

func (c *MailChecked) add(about string, state mailcheck.State, code, text string) {
	c.Findings = append(c.Findings, mailcheck.Finding{About: about, State: state, Code: code, Text: text})
}

func (c *MailChecked) connect(ctx context.Context, cfg email.Config) {
	if c.From == "" {
		c.add("connection", mailcheck.Wrong, "no_from", "No sender's address is set (mail.from).")
		return
	}
	c.Findings = append(c.Findings, mailcheck.Connect(ctx, cfg, c.From))
}

func (c *MailChecked) senderDomain() string { return c.From[strings.LastIndexByte(c.From, '@')+1:] }

func (c *MailChecked) domain(ctx context.Context, dns mailcheck.Resolver, p mailcheck.Preset, simulated bool) {
	switch {
	case c.From == "":
	case simulated:
		c.add("spf", mailcheck.Unknown, "simulated", "The book has a simulated clock, and nothing leaves this machine: what the "+
			"sender's domain says is not looked up.")
	default:
		c.Findings = append(c.Findings, mailcheck.Domain(ctx, dns, c.senderDomain(), p)...)
	}
}

// mailbox looks at the Sent folder and at the newest test message that arrived. What that
// says of the signature takes the place of what the domain alone could say.
func (c *MailChecked) mailbox(ctx context.Context, dns mailcheck.Resolver, s app.MailboxServer) {
	box, err := openBox(ctx, s)
	if err != nil {
		c.add("sent_folder", mailcheck.Wrong, "mailbox_failed", "The mailbox (imap.url) cannot be opened: "+err.Error()+".")
		return
	}
	defer box.Close()
	switch folder, err := box.SentFolder(ctx); {
	case err == nil:
		c.add("sent_folder", mailcheck.Good, "ok", "Copies of sent mails go to the folder "+folder+".")
	case errors.Is(err, mailbox.ErrNoSentFolder):
		c.add("sent_folder", mailcheck.Wrong, "no_sent_folder", "The mailbox marks no folder for sent mails: name it in "+
			"imap.sent_folder.")
	default:
		c.add("sent_folder", mailcheck.Wrong, "mailbox_failed", "The folders of the mailbox cannot be read: "+err.Error()+".")
		return
	}
	raw, err := box.Newest(ctx, app.TestSubject)
	if err != nil || raw == nil || c.From == "" || s.LoopbackOnly {
		return
	}
	signed := mailcheck.Signed(ctx, dns, c.senderDomain(), raw)
	for i := range c.Findings {
		if c.Findings[i].About == "dkim" {
			c.Findings[i] = signed
			return
		}
	}
	c.Findings = append(c.Findings, signed)
}

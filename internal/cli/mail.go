package cli

import (
	"cmp"
	"strconv"

	"github.com/recoup-project/recoup/internal/channel/mailcheck"
	"github.com/recoup-project/recoup/internal/duty"
)

type mailCheckCmd struct {
	Provider string `placeholder:"KEY" help:"Whose mail service it is. Default: by the server that is set."`
}

func (c *mailCheckCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	r, err := duty.CheckMail(s.ctx, a, duty.MailCheck{Creditor: s.flags.Creditor, Provider: c.Provider})
	if err != nil {
		return err
	}
	answer := struct {
		OK bool `json:"ok"`
		duty.MailChecked
	}{r.OK(), r}
	if err := s.show("recoup/mail-check/1", answer, func(p *page) { showMailCheck(p, &r) }); err != nil || r.OK() {
		return err
	}
	return told(exitRefused)
}

// states are how a finding stands, for people.
var states = map[mailcheck.State]string{mailcheck.Good: "ok", mailcheck.Advice: "note", mailcheck.Wrong: "WRONG",
	mailcheck.Unknown: "?"}

func showMailCheck(p *page, r *duty.MailChecked) {
	p.title("%s from %s", cmp.Or(r.Server, "no server"), cmp.Or(r.From, "no address"))
	for _, f := range r.Findings {
		line := p.line
		if f.State == mailcheck.Wrong || f.State == mailcheck.Advice {
			line = p.warn
		}
		line("%-5s  %s", states[f.State], f.Text)
	}
}

type mailProvidersCmd struct {
	Key string `arg:"" optional:"" help:"One of them, with what to do there."`
}

func (c *mailProvidersCmd) Run(s *session) error {
	all := mailcheck.Presets()
	if c.Key != "" {
		p := mailcheck.PresetFor(c.Key)
		if p.Key != c.Key {
			return invalid("provider_unknown", "%q is no provider that is known here: recoup mail providers", c.Key)
		}
		all = []mailcheck.Preset{p}
	}
	return showList(s, "recoup/mail-providers/1", "providers", all, func(p *page) {
		if c.Key != "" {
			showProvider(p, &all[0])
			return
		}
		var rows [][]string
		for _, m := range all {
			rows = append(rows, []string{m.Key, m.Name, m.Host, strconv.Itoa(m.Port), m.Security})
		}
		p.table([]string{"Provider", "", "Server", ">Port", "Encryption"}, rows)
	})
}

func showProvider(p *page, m *mailcheck.Preset) {
	p.title("%s", m.Name)
	for i, step := range m.Steps {
		p.line("%d. %s", i+1, step)
	}
	if m.Host != "" {
		p.line("")
		p.line("Sign in with %s. Then, with your own login and password:", m.User)
		p.line("recoup config set smtp.url %s", m.URL("LOGIN", "PASSWORD"))
	}
	if m.IMAP != "" {
		p.line("For copies in the Sent folder: recoup config set imap.url %s", "imaps://LOGIN:PASSWORD@"+m.IMAP[len("imaps://"):])
	}
	p.line("In a login, write %%40 for @.")
}

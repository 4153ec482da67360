package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/channel/mailcheck"
	"github.com/recoup-project/recoup/internal/duty"
)

// mailboard is what the page of the mail server shows.
type mailboard struct {
	Presets []mailcheck.Preset
	Preset  mailcheck.Preset // that is chosen, or fits the server that is set
	Chosen  bool
	Server  string // that is set, without its password
	From    string
	Tested  string
	Missing []string          // what a test message lacks
	Checked *duty.MailChecked // after a look
}

func (v *visit) mailboard() (*mailboard, error) {
	list, err := v.App.Settings(v.r.Context(), v.creditor.Code)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for _, s := range list {
		values[s.Name] = s.Value
	}
	m := &mailboard{Presets: mailcheck.Presets(), Server: values[app.SettingSMTP], From: values[app.SettingMailFrom],
		Tested: values[app.SettingMailTested]}
	key := v.r.FormValue("provider")
	if u, err := url.Parse(m.Server); key == "" && err == nil && u.Host != "" {
		key = u.Hostname()
	}
	m.Chosen = key != ""
	m.Preset = mailcheck.PresetFor(key)
	m.Missing, err = v.App.Missing(v.r.Context(), v.creditor.Code)
	m.Missing = slices.DeleteFunc(m.Missing, func(n string) bool { return n == app.SettingSMTP || n == app.SettingMailFrom })
	return m, err
}

// mailPage sets the mail server, by the provider, and looks at how mails would leave.
func mailPage(v *visit) error {
	m, err := v.mailboard()
	if err != nil {
		return err
	}
	return v.page("Mail", mailView(v, m))
}

// checkMail dials the server and looks at the sender's domain, and says in words what it found.
func checkMail(v *visit) error {
	m, err := v.mailboard()
	if err != nil {
		return err
	}
	checked, err := duty.CheckMail(v.r.Context(), v.App, duty.MailCheck{Creditor: v.creditor.Code})
	if err != nil {
		return err
	}
	m.Checked = &checked
	return v.page("Mail", mailView(v, m))
}

// setMail keeps the server and the address mails come from.
func setMail(v *visit) error {
	field := func(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }
	p := mailcheck.PresetFor(field("provider"))
	server := p.URL(field("user"), v.r.PostFormValue("password"))
	if p.Host == "" {
		host := field("host")
		if host == "" {
			return &app.Error{Kind: app.Invalid, Code: "mail_server_invalid", Message: "write the name of your mail server, such as mail.yours.example"}
		}
		scheme, port := "smtp", cmp.Or(field("port"), "587")
		if field("security") == "tls" {
			scheme, port = "smtps", cmp.Or(field("port"), "465")
		}
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return &app.Error{Kind: app.Invalid, Code: "mail_server_invalid", Message: "port \"" + port + "\": expected a number such as 587"}
		}
		u := url.URL{Scheme: scheme, Host: host + ":" + port}
		if field("user") != "" {
			u.User = url.UserPassword(field("user"), v.r.PostFormValue("password"))
		}
		server = u.String()
	}
	changes := []app.SettingChange{{Name: app.SettingSMTP, Value: server}}
	if from := field("from"); from != "" {
		changes = append(changes, app.SettingChange{Creditor: v.settingOf(app.SettingMailFrom), Name: app.SettingMailFrom, Value: from})
	}
	if err := v.App.SetSettings(v.r.Context(), v.request(""), changes); err != nil {
		return err
	}
	return v.done("/settings/mail", "Kept. Look now whether it works, and send a test to yourself.")
}

// findingTone is how a finding stands, in colour and in a word.
func findingTone(s mailcheck.State) (tone, word string) {
	switch s {
	case mailcheck.Good:
		return "good", "fine"
	case mailcheck.Advice:
		return "warn", "advice"
	case mailcheck.Wrong:
		return "bad", "wrong"
	}
	return "", "not known"
}

// aboutName is what a finding is about, in words.
func aboutName(about string) string {
	names := map[string]string{"connection": "The server", "spf": "SPF: who may send for your domain", "dkim": "DKIM: the signature on your mails",
		"dmarc": "DMARC: what others do with false ones", "sent_folder": "Copies in your Sent folder"}
	return cmp.Or(names[about], about)
}

// labels are the names of fields in a sentence.
func labels(fields []settingField) string {
	var names []string
	for _, f := range fields {
		names = append(names, f.label)
	}
	return strings.Join(names, ", ")
}

package web

import (
	"cmp"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/strategy"
	"github.com/recoup-project/recoup/internal/duty"
	"github.com/recoup-project/recoup/internal/web/look"
)

// settingField is one setting in a form.
type settingField struct {
	name, label, hint, kind string
	long                    bool
	choices                 [][2]string
	value                   string
	was                     string // that it has, where value is what was typed
}

// settingGroup is settings that belong together, one form each.
type settingGroup struct {
	key, title, text string
	fields           []settingField
}

// settingGroups are the settings as people look for them.
func settingGroups() []settingGroup {
	return []settingGroup{
		{"company", "Company", "As it stands on letters and mails.", []settingField{
			{name: "sender.name", label: "Legal name"},
			{name: "sender.address", label: "Address", long: true},
			{name: "sender.person", label: "Who answers", hint: "The person the customer knows."},
			{name: "sender.phone", label: "Phone", kind: "tel"},
			{name: "sender.reply_to", label: "Replies go to", kind: "email"},
			{name: "sender.register_no", label: "Register number"},
			{name: "sender.registered_in", label: "Registered in"},
			{name: "sender.registered_office", label: "Registered office"},
			{name: "sender.directors", label: "Directors"},
			{name: "sender.vat_id", label: "VAT id"},
			{name: "sender.signature", label: "Signature", long: true},
		}},
		{"bank", "Bank details", "The account customers pay into, exactly as on your invoices. A change holds every message " +
			"until a second person has confirmed it or three days have passed, and until a test message shows the new details.", []settingField{
			{name: "bank.holder", label: "Account holder"},
			{name: "bank.iban", label: "IBAN"},
			{name: "bank.bic", label: "BIC"},
			{name: "bank.account", label: "Account number"},
			{name: "bank.routing", label: "Sort code or routing number"},
			{name: "bank.unchanged_since", label: "Unchanged since", kind: "date", hint: "Since when your invoices have carried this account: each message says so."},
		}},
		{"mail", "Mail", "Your own mail server sends; replies reach you.", []settingField{
			{name: "smtp.url", label: "Mail server", hint: "smtp://user:password@host:587 or smtps://host:465; the password is never shown again."},
			{name: "mail.from", label: "Sender address", kind: "email"},
		}},
		{"mailbox", "Mailbox", "Where copies of what was sent are laid down, so that colleagues see them in their mail program.", []settingField{
			{name: "imap.url", label: "IMAP server", hint: "imaps://user:password@host:993; the password is never shown again."},
			{name: "imap.sent_folder", label: "Folder", hint: "Sent, or as your server calls it."},
		}},
		{"portal", "Page for debtors", "Each message carries a link to a page with the open invoices, ways to pay and to answer. It needs an address that customers reach.", []settingField{
			{name: "portal.url", label: "Public address", kind: "url", hint: "https://pay.yours.example; empty: no page, no link."},
			{name: "portal.promise_days", label: "Days a debtor may promise without asking", kind: "number"},
		}},
		{"mode", "What may leave", "A new book only observes: it decides and drafts, and nothing can leave.", []settingField{
			{name: "mode", label: "Mode", choices: [][2]string{{"observe", "observe: nothing leaves"}, {"ask_first", "ask me first"}}},
			{name: "consequences", label: "What a final demand may announce", hint: "hold, terms, agency, lawyer, court; only what you would really do next."},
			{name: "freshness.formal_days", label: "Formal messages need bank data not older than (business days)", kind: "number"},
			{name: "freshness.friendly_days", label: "Friendly ones (days)", kind: "number"},
		}},
	}
}

// shownLines is the value of a setting with the line breaks that it may write as \\n.
func shownLines(value string, long bool) string {
	if long {
		return strings.ReplaceAll(value, `\n`, "\n")
	}
	return value
}

// missingFields are the fields of settings that a message lacks. Bank details have a page
// of their own, since they are changed as a whole.
func missingFields(names []string) []settingField {
	var all []settingField
	for _, g := range settingGroups() {
		for _, f := range g.fields {
			if slices.Contains(names, f.name) {
				all = append(all, f)
			}
		}
	}
	return all
}

// board is what the settings page shows.
type board struct {
	Groups   []settingGroup
	Findings []app.Finding
	Totals   []app.AgingCurrency
	Auto     []autoStep
	Policy   []settingField
	Closing  []string // closing days, as they are written
	Colour   string
	Logo     bool
}

// autoStep is a step that may be switched to go by itself.
type autoStep struct {
	key, name string
	on        bool
}

// settings is everything that can be set, and what the book still wants.
func settings(v *visit) error {
	ctx := v.r.Context()
	list, err := v.App.Settings(ctx, v.creditor.Code)
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, s := range list {
		values[s.Name] = s.Value
	}
	b := board{Groups: settingGroups(), Colour: values["letter.colour"]}
	b.Logo = values["letter.logo"] != "" && values["letter.logo"] != "none"
	b.Closing = closingDays(values[app.SettingClosing])
	for g := range b.Groups {
		for i := range b.Groups[g].fields {
			f := &b.Groups[g].fields[i]
			f.was = shownLines(values[f.name], f.long)
			f.value = v.orSent("settings", f.name, f.was)
		}
	}
	set, err := v.App.Strategies(ctx, v.creditor.Code)
	if err != nil {
		return err
	}
	for _, key := range strategy.Keys {
		for i := range set.Strategies[key].Steps {
			st := &set.Strategies[key].Steps[i]
			if st.Approval == strategy.AutoOK {
				b.Auto = append(b.Auto, autoStep{app.SettingAuto + key + "." + st.Key, strategyName(key) + ": " + v.stepName(st.Key),
					values[app.SettingAuto+key+"."+st.Key] == "yes"})
			}
		}
	}
	for _, name := range app.SettingNames() {
		if field, ok := strings.CutPrefix(name, app.SettingPolicy); ok {
			b.Policy = append(b.Policy, settingField{name: name, label: cmp.Or(policyWords[field], look.Words(field)), was: values[name], value: v.orSent("settings", name, values[name])})
		}
	}
	if v.user.may(access.ViewAll) {
		if err := v.whole(&b); err != nil {
			return err
		}
	}
	return v.page("Settings", settingsPage(v, &b))
}

// whole adds what tells of all customers: sums, and what the book still wants.
func (v *visit) whole(b *board) error {
	aging, err := v.App.AgingToday(v.r.Context(), v.creditor.Code)
	if err != nil {
		return err
	}
	b.Totals = aging.Currencies
	if b.Findings, err = v.App.Doctor(v.r.Context(), false, nil); err != nil {
		return err
	}
	b.Findings = slices.DeleteFunc(b.Findings, func(f app.Finding) bool { return f.OK })
	return nil
}

// setBank changes the account that customers pay into, as a whole.
func setBank(v *visit) error {
	since, err := v.day("bank.unchanged_since")
	if err != nil {
		return err
	}
	list, err := v.App.Settings(v.r.Context(), v.creditor.Code)
	if err != nil {
		return err
	}
	now, e := map[string]string{}, edits{v: v}
	for _, s := range list {
		now[s.Name] = s.Value
	}
	field := func(name string) string {
		if sent := strings.TrimSpace(v.r.PostFormValue(name)); e.change(name, sent, now[name]) {
			return sent
		}
		return now[name]
	}
	d := app.BankDetails{Holder: field("bank.holder"), IBAN: field("bank.iban"), BIC: field("bank.bic"), Account: field("bank.account"),
		Routing: field("bank.routing"), Since: since}
	if err := e.err(); err != nil {
		return err
	}
	if err := v.App.SetBank(v.r.Context(), v.request(""), v.settingOf("bank.iban"), d); err != nil {
		return err
	}
	return v.done("/settings#bank", "Kept. If the details were complete before, every message is held until a second person has "+
		"confirmed the new ones and a test message shows them.")
}

// confirmBank is the second pair of eyes on a changed account.
func confirmBank(v *visit) error {
	since, err := v.day("since")
	if err != nil {
		return err
	}
	c, err := v.App.ConfirmBank(v.r.Context(), v.request(""), app.BankConfirmation{Creditor: v.settingOf("bank.iban"), Since: since,
		Retyped: strings.TrimSpace(v.r.PostFormValue("retyped")), Source: strings.TrimSpace(v.r.PostFormValue("source"))})
	if err != nil {
		return err
	}
	return v.done("/settings#bank", "Confirmed ("+c.Eyes+"); unchanged since "+v.f.Date(c.Since)+".")
}

// action is the address of the form of a group.
func (g *settingGroup) action() templ.SafeURL {
	if g.key == "bank" {
		return "/settings/bank"
	}
	return "/settings"
}

// setSettings changes the settings of one form that differ.
func setSettings(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	list, err := v.App.Settings(v.r.Context(), v.creditor.Code)
	if err != nil {
		return err
	}
	now := map[string]string{}
	for _, s := range list {
		now[s.Name] = s.Value
	}
	var names []string
	for name := range v.r.PostForm {
		if slices.Contains(app.SettingNames(), name) || strings.HasPrefix(name, app.SettingAuto) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var changes []app.SettingChange
	e := edits{v: v}
	for _, name := range names {
		sent := v.r.PostForm[name]
		value := strings.TrimSpace(strings.ReplaceAll(sent[len(sent)-1], "\r\n", "\n"))
		if value == now[name] || value == shownLines(now[name], true) || value == "no" && now[name] == "" {
			continue
		}
		if was := now[name]; e.change(name, value, was) {
			changes = append(changes, app.SettingChange{Creditor: v.settingOf(name), Name: name, Value: value, Was: &was})
		}
	}
	if err := e.err(); err != nil {
		return err
	}
	if len(changes) == 0 {
		return v.done(v.back(), "Nothing was different.")
	}
	if err := v.App.SetSettings(v.r.Context(), v.request(""), changes); err != nil {
		return err
	}
	return v.done(v.back(), "Kept.")
}

// settingOf is the creditor that a setting belongs to.
func (v *visit) settingOf(name string) string {
	if len(v.creditors) == 1 {
		return ""
	}
	return v.creditor.Code
}

// mailTest sends a test message to a mailbox of the user's own.
func mailTest(v *visit) error {
	open := v.Open
	if open == nil {
		open = duty.OpenMailer
	}
	t, err := v.App.MailTest(v.r.Context(), v.request(""), v.creditor.Code, strings.TrimSpace(v.r.FormValue("to")), open)
	if err != nil {
		return err
	}
	return v.done(v.back(), "The server took a test message to "+t.To+". Compare its details with one of your invoices.")
}

// confirmTotal records that a person compared the total with the bookkeeping.
func confirmTotal(v *visit) error {
	cur, err := v.currency("currency")
	if err != nil {
		return err
	}
	m, err := v.amount("amount", cur)
	if err != nil {
		return err
	}
	if err := v.App.ConfirmTotal(v.r.Context(), v.request(""), v.creditor.Code, m); err != nil {
		return err
	}
	return v.done(v.back(), v.f.Money(m.Minor, cur)+" agrees with the bookkeeping.")
}

// cashKnown records that a person looked at the bank.
func cashKnown(v *visit) error {
	day, err := v.day("day")
	if err != nil {
		return err
	}
	if day == cal.None {
		day = v.f.Today
	}
	known, err := v.App.CashKnown(v.r.Context(), v.request(""), v.creditor.Code, day)
	if err != nil {
		return err
	}
	return v.done(v.back(), "Payments are known up to "+v.f.Day(known)+".")
}

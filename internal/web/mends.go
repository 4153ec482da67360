package web

import (
	"strings"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// mend is where a finding of doctor is mended: a page, or a place of the settings.
type mend struct {
	href, text string
	may        access.Permission
}

// whole is the address with its page.
func (m *mend) whole() string {
	if strings.HasPrefix(m.href, "#") {
		return "/settings" + m.href
	}
	return m.href
}

// mendsByName are the places by the name of a finding. What the command line mends alone,
// such as the rights of the file, has none.
var mendsByName = map[string][]mend{
	"mode":         {{"#mode", "Choose what may leave", access.Settings}},
	"mail_server":  {{"/settings/mail", "Set up your mail server", access.Settings}},
	"mail_test":    {{"/settings/mail#test", "Send a test to myself", access.Settings}},
	"total":        {{"#totals", "Compare the total", access.Import}},
	"bank_details": {{"#bank-confirm", "Confirm the account", access.BankConfirm}, {"/settings/mail#test", "Send a test to myself", access.Settings}},
	"sent_folder":  {{"#mailbox", "Look at the mailbox", access.Settings}},
}

// mends are the links under a finding that the viewer may follow; of details that are
// missing one for each.
func mends(v *visit, f *app.Finding) []mend {
	all := mendsByName[f.Name]
	for _, field := range missingFields(f.Lacks) {
		all = append(all, mend{"#f-" + field.name, "Fill in: " + field.label, access.Settings})
	}
	var mine []mend
	for _, m := range all {
		if v.user.may(m.may) {
			mine = append(mine, m)
		}
	}
	return mine
}

// wantsText is a finding as people read it, with creditors and settings by their names.
func wantsText(v *visit, f *app.Finding) string {
	if f.Name == "sender" && len(f.Lacks) > 0 {
		return creditorName(v, f.Creditor) + ": details that every message must carry are missing. Where you have none, such as a register number, write none."
	}
	text := f.Text
	if f.Creditor != "" {
		text = strings.TrimPrefix(text, f.Creditor+":")
		text = creditorName(v, f.Creditor) + ":" + text
	}
	text = v.sentence(text)
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// creditorName is the name of a creditor by its code.
func creditorName(v *visit, code string) string {
	for i := range v.creditors {
		if v.creditors[i].Code == code {
			return v.creditors[i].Name
		}
	}
	return code
}

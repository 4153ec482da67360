package app

import (
	"maps"
	"strings"

	"github.com/recoup-project/recoup/internal/core/reason"
	"github.com/recoup-project/recoup/internal/store"
)

// gaps are what stands in a sketch for a detail of the sender that nobody has given yet,
// in English and in German.
var gaps = map[string][2]string{
	"sender.address":    {"[your address]", "[Ihre Anschrift]"},
	"sender.person":     {"[your name]", "[Ihr Name]"},
	"sender.phone":      {"[phone]", "[Telefon]"},
	"sender.reply_to":   {"[email]@…", "[E-Mail]@…"},
	"bank.holder":       {"[account holder]", "[Kontoinhaber]"},
	"bank.iban":         {"[your account, as on your invoices]", "[Ihr Konto, wie auf Ihren Rechnungen]"},
	SettingMailFrom:     {"[email]", "[E-Mail]"},
	settingRegisterNo:   {"[register number]", "[Registernummer]"},
	settingRegisteredIn: {"[register]", "[Registergericht]"},
	settingOffice:       {"[registered office]", "[Sitz]"},
	settingDirectors:    {"[directors]", "[Geschäftsführung]"},
	settingVATID:        {"[VAT id]", "[USt-IdNr.]"},
}

// sketched is the desk with a gap that can be seen for each detail that is missing, and the
// names of these details. What it writes is for the person who drafts, and never leaves.
func (d *desk) sketched(language string) (*desk, []string) {
	s := *d
	s.values = maps.Clone(d.values)
	s.sketch = true
	at := 0
	if strings.HasPrefix(language, "de") {
		at = 1
	}
	var missing []string
	gap := func(name string) {
		missing = append(missing, name)
		s.values[name] = gaps[name][at]
	}
	for _, name := range []string{"sender.person", "sender.phone", "sender.reply_to", "bank.holder"} {
		if d.values[name] == "" {
			gap(name)
		}
	}
	if orElse(d.values["sender.address"], d.party.address) == "" {
		gap("sender.address")
	}
	if !bankAccount(d.values) {
		gap("bank.iban")
	}
	if d.values[settingUnchanged] == "" {
		missing = append(missing, settingUnchanged)
	}
	if d.values[SettingMailFrom] == "" {
		gap(SettingMailFrom)
	}
	for _, name := range d.withoutParticulars() {
		gap(name)
	}
	return &s, missing
}

// sketched writes a message for the person who drafts, although details of the sender are
// missing: each shows as a gap.
func (a *App) sketched(tx store.Tx, d *desk, l *loader, row *messageRow) (*draft, error) {
	acc, err := loadOne(l, row.customer)
	if err != nil {
		return nil, err
	}
	s, missing := d.sketched(acc.Customer.Language)
	dr, err := a.draftOf(tx, s, l, row)
	if err != nil {
		return nil, err
	}
	dr.missing = missing
	return dr, nil
}

// lacksSender reports whether a message cannot be written for want of the sender's details.
func lacksSender(err error) bool {
	return err != nil && AsError(err).Code == string(reason.SenderIncomplete)
}

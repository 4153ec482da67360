package app

import "slices"

// none is what a person sets for a particular that the creditor does not have.
const none = "none"

// Settings of the particulars of a business.
const (
	settingRegisterNo   = "sender.register_no"
	settingRegisteredIn = "sender.registered_in"
	settingOffice       = "sender.registered_office"
	settingDirectors    = "sender.directors"
	settingVATID        = "sender.vat_id"
)

// particulars are what a business letter of a country must state about the sender.
// United Kingdom: Company, LLP and Business (Names and Trading Disclosures)
// Regulations 2015, reg. 25. Germany: GmbHG s.35a, AktG s.80, HGB s.37a and s.125a.
// The VAT id is our own rule: it tells an accounts department at once who writes.
var particulars = map[string][]string{
	"GB": {settingRegisterNo, settingRegisteredIn, settingOffice, settingVATID},
	"DE": {settingRegisterNo, settingRegisteredIn, settingOffice, settingDirectors, settingVATID},
}

// particular is the value of one of them, "" if it is not set or there is none.
func (d *desk) particular(name string) string {
	if v := d.stated(name); v != none {
		return v
	}
	return ""
}

func (d *desk) stated(name string) string {
	switch name {
	case settingRegisterNo:
		return orElse(d.values[name], d.party.registerNo)
	case settingVATID:
		return orElse(d.values[name], d.party.vatID)
	}
	return d.values[name]
}

// withoutParticulars lists the settings that the creditor's country asks for and
// nobody has set. Who is in no register has neither a court, nor a seat, nor
// directors to name.
func (d *desk) withoutParticulars() []string {
	var out []string
	for _, name := range particulars[d.creditor.Country] {
		ofRegister := slices.Contains([]string{settingRegisteredIn, settingOffice, settingDirectors}, name)
		if d.stated(name) == "" && !(ofRegister && d.stated(settingRegisterNo) == none) {
			out = append(out, name)
		}
	}
	return out
}

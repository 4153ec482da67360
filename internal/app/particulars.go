package app

import "github.com/recoup-project/recoup/internal/core/law"

// none is what a person sets for a particular that the creditor does not have.
const none = "none"

// Settings of the particulars of a business.
const (
	settingRegisterNo   = "sender." + string(law.RegisterNo)
	settingRegisteredIn = "sender." + string(law.RegisteredIn)
	settingOffice       = "sender." + string(law.Office)
	settingDirectors    = "sender." + string(law.Directors)
	settingVATID        = "sender." + string(law.VATID)
)

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

// withoutParticulars lists the settings that the law of the creditor's country asks for
// and nobody has set.
func (d *desk) withoutParticulars() []string {
	var out []string
	for _, p := range law.Particulars(d.creditor.Country, d.stated(settingRegisterNo) != none) {
		if name := ofSender(p); d.stated(name) == "" {
			out = append(out, name)
		}
	}
	return out
}

// ofSender is the setting of a particular.
func ofSender(p law.Particular) string { return "sender." + string(p) }

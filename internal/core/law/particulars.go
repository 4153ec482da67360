package law

import "slices"

// Particular is one of the facts about its sender that a business letter must state.
type Particular string

// The particulars.
const (
	RegisterNo   Particular = "register_no"
	RegisteredIn Particular = "registered_in" // the register court, or the part of the country
	Office       Particular = "registered_office"
	Directors    Particular = "directors"
	VATID        Particular = "vat_id"
)

// particulars by the country of the sender. United Kingdom: Company, LLP and Business
// (Names and Trading Disclosures) Regulations 2015, reg. 25. Germany: GmbHG s.35a, AktG
// s.80, HGB s.37a and s.125a. The VAT id is our own rule: it tells an accounts department
// at once who writes.
var particulars = map[string][]Particular{
	"GB": {RegisterNo, RegisteredIn, Office, VATID},
	"DE": {RegisterNo, RegisteredIn, Office, Directors, VATID},
}

// Particulars are what a business letter of a country, as ISO 3166 has it, must state
// about a sender. Who is in no register has neither a court, nor a seat, nor directors to
// name.
func Particulars(country string, registered bool) []Particular {
	all := slices.Clone(particulars[country])
	if registered {
		return all
	}
	return slices.DeleteFunc(all, func(p Particular) bool {
		return p == RegisteredIn || p == Office || p == Directors
	})
}

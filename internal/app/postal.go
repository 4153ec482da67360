package app

import (
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/format/ledger"
)

// postalAddress writes an address in lines as the post of its country reads it. Abroad,
// as seen from home, the name of the country stands last, in capitals and in a language
// that the post at home reads. It is "" where no street, box or town is stated.
func postalAddress(p *ledger.Postal, country, home string) string {
	if p.Street == "" && p.Extra == "" && p.Town == "" {
		return ""
	}
	lines := []string{p.Street, p.Extra}
	switch country {
	case "GB", "IE":
		lines = append(lines, p.Town, p.Region, p.Postcode)
	case "US", "CA", "AU":
		town := p.Town
		if p.Region != "" && country != "AU" {
			town += ","
		}
		lines = append(lines, strings.Join(strings.Fields(town+" "+p.Region+" "+p.Postcode), " "))
	default:
		lines = append(lines, strings.TrimSpace(p.Postcode+" "+p.Town))
	}
	if country != home {
		lines = append(lines, strings.ToUpper(orElse(locale.CountryName(country, home), orElse(p.Country, country))))
	}
	kept := lines[:0]
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

// subdivisionOf is the code of the state or province of an address, in a country whose
// time differs between them; "" where the file has no such code.
func subdivisionOf(p *ledger.Postal, country string) string {
	region := strings.ToUpper(p.Region)
	if _, err := cal.ZoneFor(country, ""); err == nil || region == "" {
		return ""
	}
	if _, err := cal.ZoneFor(country, region); err != nil {
		return ""
	}
	return region
}

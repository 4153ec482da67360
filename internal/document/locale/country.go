package locale

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// byCountry is the language in which a country's businesses write to each other.
var byCountry = map[string]Language{"GB": EnglishGB, "IE": EnglishGB, "US": EnglishUS, "CA": EnglishUS,
	"DE": German, "AT": German, "CH": German, "LI": German}

// OfCountry is the language of a country, as ISO 3166 has it; ok is false where messages
// are not written in it.
func OfCountry(country string) (l Language, ok bool) {
	l, ok = byCountry[country]
	return l, ok
}

// CountryName is the name of a country (ISO 3166) as the post of another one reads it on a
// letter: in German from where messages are written in German, else in English; "" if
// there is no such country.
func CountryName(country, home string) string {
	region, err := language.ParseRegion(country)
	if err != nil || !region.IsCountry() {
		return ""
	}
	names := display.English
	if l, _ := OfCountry(home); l == German {
		names = display.German
	}
	return names.Regions().Name(region)
}

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

// postal are the names, in English and German, of countries whose display name is none that
// stands on a letter; none of what has a code and is no country.
var postal = map[string][2]string{"HK": {"Hong Kong", "Hongkong"}, "MO": {"Macao", "Macau"}, "MM": {"Myanmar", "Myanmar"},
	"CD": {"Democratic Republic of the Congo", "Demokratische Republik Kongo"},
	"CG": {"Republic of the Congo", "Republik Kongo"}, "UN": {}, "EU": {}}

// CountryName is the name of a country (ISO 3166) as the post of another one reads it on a
// letter: in German from where messages are written in German, else in English; "" if
// there is no such country.
func CountryName(country, home string) string {
	region, err := language.ParseRegion(country)
	if err != nil || !region.IsCountry() {
		return ""
	}
	l, _ := OfCountry(home)
	name, ok := postal[region.String()]
	switch {
	case ok && l == German:
		return name[1]
	case ok:
		return name[0]
	case l == German:
		return display.German.Regions().Name(region)
	}
	return display.English.Regions().Name(region)
}

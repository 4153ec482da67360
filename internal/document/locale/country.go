package locale

// byCountry is the language in which a country's businesses write to each other.
var byCountry = map[string]Language{"GB": EnglishGB, "IE": EnglishGB, "US": EnglishUS, "CA": EnglishUS,
	"DE": German, "AT": German, "CH": German, "LI": German}

// OfCountry is the language of a country, as ISO 3166 has it; ok is false where messages
// are not written in it.
func OfCountry(country string) (l Language, ok bool) {
	l, ok = byCountry[country]
	return l, ok
}

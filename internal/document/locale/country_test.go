package locale

import "testing"

func TestOfCountry(t *testing.T) {
	for country, want := range map[string]Language{"AT": German, "IE": EnglishGB, "CA": EnglishUS, "JP": ""} {
		if got, ok := OfCountry(country); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v; want %q", country, got, ok, want)
		}
	}
}

func TestCountryName(t *testing.T) {
	for _, c := range [][3]string{{"DE", "GB", "Germany"}, {"GB", "DE", "Vereinigtes Königreich"}, {"US", "AT", "Vereinigte Staaten"},
		{"NL", "US", "Netherlands"}, {"XX", "GB", ""}, {"", "GB", ""}, {"150", "GB", ""}, {"HK", "GB", "Hong Kong"}, {"HK", "DE", "Hongkong"}, {"UN", "GB", ""}} {
		if got := CountryName(c[0], c[1]); got != c[2] {
			t.Errorf("%s from %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

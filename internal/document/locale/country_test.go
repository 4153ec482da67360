package locale

import "testing"

func TestOfCountry(t *testing.T) {
	for country, want := range map[string]Language{"AT": German, "IE": EnglishGB, "CA": EnglishUS, "JP": ""} {
		if got, ok := OfCountry(country); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v; want %q", country, got, ok, want)
		}
	}
}

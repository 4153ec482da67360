package app

import (
	"testing"
)

func TestHomeCountries(t *testing.T) {
	list := HomeCountries()
	if len(list) < 30 || list[0].Name != "Australia" {
		t.Fatalf("%v", list)
	}
	for code, want := range map[string]string{"GB": "GBP", "DE": "EUR", "US": "USD", "CH": "CHF", "XX": ""} {
		if got := HomeCurrency(code); string(got) != want {
			t.Errorf("%s: %q", code, got)
		}
	}
}

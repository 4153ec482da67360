package law

import (
	"slices"
	"testing"
)

func TestParticulars(t *testing.T) {
	for _, c := range []struct {
		country    string
		registered bool
		want       []Particular
	}{
		{"GB", true, []Particular{RegisterNo, RegisteredIn, Office, VATID}},
		{"DE", true, []Particular{RegisterNo, RegisteredIn, Office, Directors, VATID}},
		{"DE", false, []Particular{RegisterNo, VATID}},
		{"GB", false, []Particular{RegisterNo, VATID}},
		{"US", true, nil},
	} {
		for range 2 { // the list is the caller's own
			got := Particulars(c.country, c.registered)
			if !slices.Equal(got, c.want) {
				t.Errorf("%s, registered %v: %v, want %v", c.country, c.registered, got, c.want)
			}
			clear(got)
		}
	}
}

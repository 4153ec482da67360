package law

import "testing"

// TestEveryStatuteHasItsWords: of every pack that ships, a message can name the statute in
// both languages, or there is none.
func TestEveryStatuteHasItsWords(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range set.Codes() {
		pack, _ := set.Pack(code)
		for _, german := range []bool{false, true} {
			w := WordsOf(pack.Country(), german)
			named := w.Interest != "" && w.WithCompensation != "" && w.Basis != ""
			if named == pack.ContractOnly() {
				t.Errorf("%s, German %v: %+v", code, german, w)
			}
		}
	}
}

func TestWhatThePacksRestOn(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string][2]bool{"US": {true, false}, "US-OH": {true, false}, "DE": {false, true},
		"GB-EW": {false, false}, "FR": {false, false}} {
		pack, _ := set.Pack(code)
		if got := [2]bool{pack.ContractOnly(), pack.DemandBegins()}; got != want {
			t.Errorf("%s: contract only, demand begins: %v, want %v", code, got, want)
		}
	}
}

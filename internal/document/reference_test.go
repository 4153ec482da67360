package document

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRFReference(t *testing.T) {
	for in, want := range map[string]string{
		"539007547034":          "RF18539007547034", // the example of the standard
		"2348231":               "RF712348231",
		"10023":                 "RF1310023",
		"inv-2026/0042":         "", // checked by its digits below
		"a":                     "",
		"ABCDEFGHIJKLMNOPQRSTU": "",
		"12 34.56":              "",
	} {
		got, err := RFReference(in)
		if err != nil || !ValidRFReference(got) || (want != "" && got != want) {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
	for _, bad := range []string{"", "--", "ABCDEFGHIJKLMNOPQRSTUV", "Ä1", "1+1", "1\n2"} {
		if got, err := RFReference(bad); !errors.Is(err, ErrReference) {
			t.Errorf("%q gave %q", bad, got)
		}
	}
}

// TestOneWrongCharacterIsSeen: the check digits catch every digit that became another
// digit and every letter that became another letter. (A letter counts as two digits,
// so a letter for a digit is caught 96 times in 97.)
func TestOneWrongCharacterIsSeen(t *testing.T) {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.StringOfN(rapid.RuneFrom([]rune(alphabet)), 1, 21, -1)
		ref, err := RFReference(numbers.Draw(t, "number"))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(2, len(ref)-1).Draw(t, "at")
		other := alphabet[rapid.IntRange(0, len(alphabet)-1).Draw(t, "other")]
		sameKind := (other <= '9') == (ref[at] <= '9')
		if other != ref[at] && sameKind && ValidRFReference(ref[:at]+string(other)+ref[at+1:]) {
			t.Errorf("%s with %c at %d still passes", ref, other, at)
		}
	})
}

func TestBankChecks(t *testing.T) {
	for _, good := range []string{"DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19",
		"fr1420041010050500013m02606"} {
		if err := CheckIBAN(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "DE", "DE88370400440532013000", "DE8937040044053201300Ö",
		"12345678901234567890",
		strings.Repeat("DE89370400440532013000", 2)} {
		if err := CheckIBAN(bad); !errors.Is(err, ErrBankDetails) {
			t.Errorf("%q passed", bad)
		}
	}
	if checkRouting("021000021") != nil || checkRouting("011401533") != nil {
		t.Error("a right routing number is refused")
	}
	for _, bad := range []string{"", "021000022", "02100002", "0210000211", "02100002x", "000000000"} {
		if checkRouting(bad) == nil {
			t.Errorf("routing %q passed", bad)
		}
	}
}

func TestSortCodeInPairs(t *testing.T) {
	for given, want := range map[string]string{"123456": "12-34-56", "12 34 56": "12-34-56", "12-34-56": "12-34-56", "": ""} {
		if got := sortCode(given); got != want {
			t.Errorf("%q is written %q, want %q", given, got, want)
		}
	}
}

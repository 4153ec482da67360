package document

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/money"
)

func TestEPCPayload(t *testing.T) {
	bank := BankDetails{Holder: "Brightwater Bauteile GmbH", IBAN: "DE89 3704 0044 0532 0130 00", BIC: "COBADEFFXXX"}
	eur := func(minor int64) money.Money { return money.Money{Minor: minor, Currency: "EUR"} }
	change := func(f func(*BankDetails)) BankDetails { b := bank; f(&b); return b }
	for _, c := range []struct {
		name, reference string
		bank            BankDetails
		amount          money.Money
		want            string
	}{
		{"structured", "RF18 5390 0754 7034", bank, eur(123450),
			"BCD\n002\n1\nSCT\nCOBADEFFXXX\nBrightwater Bauteile GmbH\nDE89370400440532013000\nEUR1234.50\n\nRF18539007547034"},
		{"a number that is no reference", "K-10/4711 ä", bank, eur(1),
			"BCD\n002\n1\nSCT\nCOBADEFFXXX\nBrightwater Bauteile GmbH\nDE89370400440532013000\nEUR0.01\n\n\nK-10/4711 ä"},
		{"without a BIC and a reference", "", change(func(b *BankDetails) { b.BIC = "" }), eur(99999999999),
			"BCD\n002\n1\nSCT\n\nBrightwater Bauteile GmbH\nDE89370400440532013000\nEUR999999999.99"},
		{"a line break in a name", "x", change(func(b *BankDetails) { b.Holder = "A\nB" }), eur(100),
			"BCD\n002\n1\nSCT\nCOBADEFFXXX\nA B\nDE89370400440532013000\nEUR1.00\n\n\nx"},
		{"pounds", "x", bank, money.Money{Minor: 100, Currency: "GBP"}, ""},
		{"nothing to pay", "x", bank, eur(0), ""},
		{"too much", "x", bank, eur(maxCodeMinor + 1), ""},
		{"no IBAN", "x", change(func(b *BankDetails) { b.IBAN = "" }), eur(1), ""},
		{"a name too long", "x", change(func(b *BankDetails) { b.Holder = strings.Repeat("ä", 71) }), eur(1), ""},
		{"a text too long", strings.Repeat("ä", 141), bank, eur(1), ""},
	} {
		got, ok := EPCPayload(c.bank, c.reference, c.amount)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %v, expected %q", c.name, got, ok, c.want)
		}
	}
}

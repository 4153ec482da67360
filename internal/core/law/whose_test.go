package law

import (
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

func TestWhoseLaw(t *testing.T) {
	set := shippedSet(t)
	for _, test := range []struct {
		name                  string
		parties               Parties
		contract, forum, pack string // codes of contract and forum, code of the contract's pack
		why                   Why
		unknown               bool
	}{
		{"inland", Parties{CreditorCountry: "DE", DebtorCountry: "DE", DebtorRegion: "BY"}, "DE", "DE-BY", "DE",
			WhySellers, false},
		{"Scottish seller", Parties{CreditorCountry: "GB", CreditorRegion: "SCT", DebtorCountry: "GB"},
			"GB-SCT", "GB", "GB-SCT", WhySellers, false},
		{"seller's law abroad, Britain not in the convention", Parties{CreditorCountry: "GB",
			DebtorCountry: "DE", SaleOfGoods: book.Yes},
			"GB", "DE", "GB-EW", WhySellers, false},
		{"goods between states of the convention", Parties{CreditorCountry: "DE", DebtorCountry: "US",
			DebtorRegion: "OH", SaleOfGoods: book.Yes},
			"DE", "US-OH", "DE", WhySellers, true},
		{"perhaps goods", Parties{CreditorCountry: "DE", DebtorCountry: "FR"}, "DE", "FR", "DE", WhySellers,
			true},
		{"services", Parties{CreditorCountry: "DE", DebtorCountry: "FR", SaleOfGoods: book.No}, "DE", "FR", "DE",
			WhySellers, false},
		{"goods, inland", Parties{CreditorCountry: "US", CreditorRegion: "OH", DebtorCountry: "US",
			SaleOfGoods: book.Yes},
			"US-OH", "US", "US-OH", WhySellers, false},
		{"chosen", Parties{CreditorCountry: "DE", DebtorCountry: "FR", SaleOfGoods: book.Yes, ChosenLaw: "GB-EW"},
			"GB-EW", "FR", "GB-EW", WhyChosen, false},
		{"no pack for the seller", Parties{CreditorCountry: "FR", DebtorCountry: "GB", SaleOfGoods: book.No}, "FR",
			"GB", "", WhySellers, false},
		{"seller not stated", Parties{DebtorCountry: "GB"}, "", "GB", "", WhyNoCountry, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := set.WhoseLaw(test.parties)
			found := ""
			if a.Contract.Pack != nil {
				found = a.Contract.Pack.Code()
			}
			if a.Contract.Code != test.contract || found != test.pack || a.Contract.Why != test.why {
				t.Errorf("contract %q by pack %q, %s", a.Contract.Code, found, a.Contract.Why)
			}
			if a.Forum.Code != test.forum || a.Enforcement != a.Forum || a.Calendar != a.Forum {
				t.Errorf("forum %q, enforcement %q, calendar %q", a.Forum.Code, a.Enforcement.Code, a.Calendar.Code)
			}
			if a.GoverningLawUnknown != test.unknown {
				t.Errorf("governing law unknown: %v", a.GoverningLawUnknown)
			}
		})
	}
}

func TestLetterTransit(t *testing.T) {
	set := shippedSet(t)
	for _, test := range []struct {
		from, to string
		want     cal.Transit
	}{
		{"GB", "GB", cal.Transit{Days: 2, Business: true}},
		{"DE", "DE", cal.Transit{Days: 4}},
		{"US", "US", cal.Transit{Days: 5, Business: true}},
		{"DE", "GB", cal.Transit{Days: 7}},
		{"FR", "FR", cal.Transit{Days: 7}},
		{"GB", "US", cal.Transit{Days: 14}},
		{"US", "DE", cal.Transit{Days: 14}},
		{"", "", cal.Transit{Days: 14}},
	} {
		if got := set.LetterTransit(test.from, test.to); got != test.want {
			t.Errorf("%s to %s: %+v, want %+v", test.from, test.to, got, test.want)
		}
	}
}

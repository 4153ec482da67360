package law

import (
	"io/fs"
	"slices"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

// world holds the facts that belong to no jurisdiction, from world.json.
type world struct {
	cisg       []string // contracting states of the CISG
	europe     []string
	letterDays struct{ withinEurope, elsewhere int }
}

type worldJSON struct {
	CISG         countriesJSON    `json:"cisg"`
	Europe       countriesJSON    `json:"europe"`
	LetterAbroad letterAbroadJSON `json:"letter_abroad"`
}

type countriesJSON struct {
	Countries  []string   `json:"countries"`
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
	CheckedOn  cal.Date   `json:"checked_on"`
}

type letterAbroadJSON struct {
	WithinEuropeDays int    `json:"within_europe_days"`
	ElsewhereDays    int    `json:"elsewhere_days"`
	Source           string `json:"source"`
}

const worldFile = "world.json"

func (s *Set) readWorld(fsys fs.FS, p *problems) {
	data, err := fs.ReadFile(fsys, worldFile)
	if err != nil {
		p.addf(worldFile, "file", "%v", err)
		return
	}
	var raw worldJSON
	if !decodeStrict(worldFile, "", data, &raw, p) {
		return
	}
	for _, list := range []struct {
		field string
		countriesJSON
	}{{"cisg", raw.CISG}, {"europe", raw.Europe}} {
		for i, country := range list.Countries {
			if len(country) != 2 || i > 0 && country <= list.Countries[i-1] {
				p.addf(worldFile, list.field+".countries",
					"expected two-letter codes in alphabetical order, found %q", country)
			}
		}
		if len(list.Countries) == 0 || list.Source == "" || !list.CheckedOn.Valid() {
			p.addf(worldFile, list.field, "expected countries, a source and checked_on")
		}
	}
	if raw.LetterAbroad.WithinEuropeDays < 1 || raw.LetterAbroad.ElsewhereDays < 1 ||
		raw.LetterAbroad.Source == "" {
		p.addf(worldFile, "letter_abroad", "expected at least one day each, and a source")
	}
	s.world.cisg, s.world.europe = raw.CISG.Countries, raw.Europe.Countries
	s.world.letterDays.withinEurope = raw.LetterAbroad.WithinEuropeDays
	s.world.letterDays.elsewhere = raw.LetterAbroad.ElsewhereDays
}

func listed(countries []string, country string) bool {
	_, found := slices.BinarySearch(countries, country)
	return found
}

// LetterTransit is the time a letter counts as needing from one country to another
// (ISO 3166 codes). Inland it is the pack's, else, and where no pack is shipped,
// that of letters abroad. An email takes the zero [cal.Transit].
func (s *Set) LetterTransit(from, to string) cal.Transit {
	if pack, ok := s.packs[to]; ok && from == to {
		return pack.letterInland
	}
	if listed(s.world.europe, from) && listed(s.world.europe, to) {
		return cal.Transit{Days: s.world.letterDays.withinEurope}
	}
	return cal.Transit{Days: s.world.letterDays.elsewhere}
}

// Parties are the facts that decide whose law applies. Countries are ISO 3166
// codes, regions the part after the hyphen of a pack's code ("SCT", "OH"), or "".
type Parties struct {
	CreditorCountry, CreditorRegion string
	DebtorCountry, DebtorRegion     string
	ChosenLaw                       string   // a pack's code that a person chose, or ""
	SaleOfGoods                     book.Tri // Unknown counts as possibly goods
}

// Why says why a law is taken. It is public: stored and shown.
type Why string

// The defaults and the choice that replaces one.
const (
	WhyChosen    Why = "chosen"          // a person chose it
	WhySellers   Why = "sellers_law"     // none chosen: the law of the creditor's place
	WhyDebtors   Why = "debtors_place"   // the courts, assets and business days of the debtor's place
	WhyNoCountry Why = "country_unknown" // the country is not stated
)

// Place is the jurisdiction of one question.
type Place struct {
	Code string // country, or country and region: "DE", "US-OH"; "" if not stated
	Pack *Pack  // its rules; nil if none are shipped
	Why  Why
}

// Applicable says whose law answers which question: Contract for default, interest,
// compensation and limitation; Forum for pre-action steps and court fees;
// Enforcement for measures; Calendar for business days.
type Applicable struct {
	Contract, Forum, Enforcement, Calendar Place
	// GoverningLawUnknown: the debt is, or may be, the price of goods sold between
	// two states of the CISG, which owes interest but names no rate (art. 78), and
	// nobody has chosen: interest is announced only.
	GoverningLawUnknown bool
}

// WhoseLaw gives each of the four places its default.
func (s *Set) WhoseLaw(f Parties) Applicable {
	creditor := s.place(f.CreditorCountry, f.CreditorRegion, WhySellers)
	debtor := s.place(f.DebtorCountry, f.DebtorRegion, WhyDebtors)
	a := Applicable{Contract: creditor, Forum: debtor, Enforcement: debtor, Calendar: debtor}
	if f.ChosenLaw != "" {
		pack, _ := s.Pack(f.ChosenLaw)
		a.Contract = Place{Code: f.ChosenLaw, Pack: pack, Why: WhyChosen}
		return a
	}
	abroad := f.CreditorCountry != f.DebtorCountry
	convention := listed(s.world.cisg, f.CreditorCountry) && listed(s.world.cisg, f.DebtorCountry)
	a.GoverningLawUnknown = creditor.Why == WhyNoCountry || abroad && convention && f.SaleOfGoods != book.No
	return a
}

func (s *Set) place(country, region string, why Why) Place {
	if country == "" {
		return Place{Why: WhyNoCountry}
	}
	code := country
	if region != "" {
		code += "-" + region
	}
	pack, _ := s.Pack(code)
	return Place{Code: code, Pack: pack, Why: why}
}

package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/recoup-project/recoup/internal/core/quality"
)

// country holds what invented debtors of a country are called and where they live.
type country struct {
	first, second []string
	forms         []string // legal forms, the common ones more than once; "" = a person in business
	people        []string
	streets       []string
	towns         []string // "town, post code"
	language      string
	numberLast    bool   // the house number stands after the street
	phones        string // of the range that is kept for fiction, with a place for the n-th
}

var countries = map[string]country{
	"GB": {
		first: []string{"Ashdown", "Kestrel", "Linden", "Marlow", "Penrose", "Thornbury", "Wexcombe", "Calder",
			"Easton", "Fernhill", "Greystone",
			"Hollin", "Ivybridge", "Juniper", "Larkfield", "Merrow", "Northgate", "Oakham", "Quarry", "Ridgeway",
			"Selwood", "Tamar", "Upton", "Westerly"},
		second: []string{"Engineering", "Fixings", "Joinery", "Catering Supplies", "Print Works", "Lifts",
			"Packaging", "Furnishings", "Controls", "Foods"},
		forms:   []string{"Ltd", "Ltd", "Ltd", "Ltd", "Ltd", "LLP", "plc", ""},
		people:  []string{"Amelia Ward", "Tom Fisher", "Priya Nair", "Gareth Pugh", "Helen Marsh", "Owen Tate"},
		streets: []string{"High Street", "Mill Lane", "Station Road", "Canal Wharf", "Orchard Way", "Kiln Road"},
		towns: []string{"Leeds LS1 9ZZ", "Bristol BS1 9ZZ", "Norwich NR1 9ZZ", "Derby DE1 9ZZ", "Hull HU1 9ZZ",
			"Exeter EX1 9ZZ"}, language: "en-GB", phones: "+44 1632 960 %03d",
	},
	"DE": {
		first: []string{"Ahlers", "Brandner", "Dornfeld", "Eilers", "Falkenau", "Grünwald", "Hagedorn", "Imhof",
			"Jansen", "Kaltenbach", "Lindner", "Mertens"},
		second: []string{"Metallbau", "Möbelwerk", "Fördertechnik", "Gebäudetechnik", "Verpackungen", "Großküchen",
			"Werkzeuge"},
		forms:    []string{"GmbH", "GmbH", "GmbH", "GmbH & Co. KG", "AG", "e. K."},
		people:   []string{"Jonas Vogt", "Silke Brandt", "Murat Aydin", "Anja Keller"},
		streets:  []string{"Industriestraße", "Am Hafen", "Mühlenweg", "Gewerbepark", "Bahnhofstraße"},
		towns:    []string{"99998 Musterstadt", "99997 Neudorf", "99996 Altenfelde", "99995 Seehausen"},
		language: "de", numberLast: true, phones: "+49 30 23125 %03d",
	},
	"US": {
		first: []string{"Cedar", "Granite", "Prairie", "Summit", "Redwood", "Harbor", "Keystone", "Lakeside",
			"Maple", "Pioneer"},
		second:  []string{"Tooling", "Fabrication", "Equipment", "Supply", "Components"},
		forms:   []string{"Inc.", "LLC", "LLC", "Corp."},
		people:  []string{"Dana Whitfield", "Luis Ortega", "Karen Boyd"},
		streets: []string{"Commerce Drive", "Industrial Parkway", "Main Street", "River Road"},
		towns:   []string{"Columbus, OH 43299", "Dayton, OH 45499", "Akron, OH 44399"}, language: "en-US", phones: "+1 614 555 0%03d",
	},
}

// name invents the name of the n-th debtor of a country; no two are the same.
func (c *country) name(n int, rng *rand.Rand) (name string, person bool) {
	form := c.forms[rng.IntN(len(c.forms))]
	base := c.first[n%len(c.first)] + " " + c.second[n/len(c.first)%len(c.second)]
	if form == "" {
		return c.people[n%len(c.people)] + " t/a " + base, true
	}
	return base + " " + form, false
}

func (c *country) address(rng *rand.Rand) string {
	number, street := fmt.Sprint(1+rng.IntN(180)), c.streets[rng.IntN(len(c.streets))]
	if c.numberLast {
		number, street = street, number
	}
	return number + " " + street + "\n" + c.towns[rng.IntN(len(c.towns))]
}

// phone is the n-th number of the country that rings nowhere.
func (c *country) phone(n int) string { return fmt.Sprintf(c.phones, 110+n%90) }

// domain is where the mail of a debtor goes: nowhere, names under .example exist
// for that.
func domain(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune("äöüß", r):
			b.WriteString(map[rune]string{'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss"}[r])
		case r == ' ' && b.Len() > 0:
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-") + ".example"
}

// vatID is the number of the n-th customer of a country: its check digits fit, and it lies
// in a range from which no office has given any. Some of those that the company has are mistyped.
func (c *country) vatID(n int) string {
	id := ""
	switch c.language {
	case "en-GB":
		id = checked("GB", fmt.Sprintf("GB00%05d", 10301+37*n), 2)
	case "de":
		id = checked("DE", fmt.Sprintf("DE9%07d", 1020301+4099*n), 1)
	}
	switch {
	case id == "" || n%7 == 6: // nobody asked for it
		return ""
	case n == 26, n == 44, n == 65: // two digits exchanged
		return id[:5] + id[6:7] + id[5:6] + id[7:]
	case n == 52, n == 82:
		return id[:len(id)-1]
	}
	return id
}

// checked adds the check digits that fit.
func checked(country, number string, digits int) string {
	for i := range 100 {
		id := fmt.Sprintf("%s%0*d", number, digits, i)
		if v, _ := quality.CheckVAT(id, country); v == quality.Fits {
			return id
		}
	}
	return ""
}

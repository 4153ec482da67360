package law

import (
	"slices"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
)

func TestPackCodes(t *testing.T) {
	set := shippedSet(t)
	if want := []string{"DE", "GB-EW", "GB-NIR", "GB-SCT", "US"}; !slices.Equal(set.Codes(), want) {
		t.Errorf("codes %v, want %v", set.Codes(), want)
	}
	for code, want := range map[string]string{
		"GB": "GB-EW", "GB-EW": "GB-EW", "GB-ENG": "GB-EW", "GB-LND": "GB-EW", "GB-SCT": "GB-SCT",
		"DE": "DE", "DE-BY": "DE", "US": "US", "US-OH": "US-OH", "US-PR": "US", "FR": "", "FR-75": "", "": "",
		"-": "",
	} {
		pack, ok := set.Pack(code)
		if ok != (want != "") || ok && pack.Code() != want {
			t.Errorf("%q: pack %v", code, pack)
		}
	}
	gb, _ := set.Pack("GB")
	if gb.Name() != "England and Wales" || gb.Country() != "GB" || gb.Currency() != "GBP" {
		t.Errorf("%s, %s, %s", gb.Name(), gb.Country(), gb.Currency())
	}
}

func TestVersionIsOfTheTables(t *testing.T) {
	set := shippedSet(t)
	same, err := LoadFS(withFiles(t, map[string]string{"packs/DE/examples.json": "{}"}))
	if err != nil || same.Version() != set.Version() || len(set.Version()) != 12 {
		t.Errorf("examples changed the version %q to %q (%v)", set.Version(), same.Version(), err)
	}
}

// TestShippedUntil2026: what the tables know, which is what a release must bring up
// to date.
func TestShippedUntil2026(t *testing.T) {
	for _, code := range []string{"GB-EW", "GB-SCT", "GB-NIR", "DE"} {
		p := packOf(t, code)
		for _, rule := range p.interests {
			if rule.lastKnown() != cal.MustParse("2026-12-31") {
				t.Errorf("%s: rates known until %s", code, rule.lastKnown())
			}
			for i, period := range rule.periods {
				if i > 0 && period.From != rule.periods[i-1].Until.AddDays(1) {
					t.Errorf("%s: half-year from %s does not follow", code, period.From)
				}
			}
		}
	}
}

const (
	de, gb, us = "packs/DE/pack.json", "packs/GB-EW/pack.json", "packs/US/pack.json"
	boe, base  = "rates/boe_bank_rate.csv", "packs/DE/rates_basiszins.csv"
)

// faults are replacements in one shipped file, and the problem each must raise.
var faults = []struct{ file, old, new, want string }{
	{de, `"name": "Germany"`, `"name": "Germany", "nmae": ""`, "packs/DE/pack.json: nmae: unknown field"},
	{de, `"name": "Germany"`, `"name": "Germany", "name": "D"`, "packs/DE/pack.json: name: stated twice"},
	{de, `"name": "Germany"`, `"Name": "Germany"`, "packs/DE/pack.json: name: missing"},
	{de, `"term_days": 30,`, ``, "packs/DE/pack.json: default_date[0].params.term_days: missing"},
	{de, `"since": "2014-07-29"`, `"since": null`, "interest[0].since: expected a value, found null"},
	{de, `"params": {}`, `"params": null`, "compensation[1].params: expected a value, found null"},
	{de, `"term_days": 30`, `"term_days": 0`,
		"default_date[0].params.term_days: expected at least 1 day, found 0"},
	{de, `"term_days": 30`, `"term_days": "30"`,
		"packs/DE/pack.json: default_date[0].params.term_days: json: cannot unmarshal"},
	{de, `"german_286"`, `"german_287"`, `packs/DE/pack.json: default_date[0].shape: "german_287" is no shape`},
	{de, `"reference_plus_margin"`, `"reference"`, `interest[0].shape: "reference" is no shape`},
	{de, `"margin_points": "9"`, `"margin_points": "nine"`,
		`interest[0].params.margin_points: rate "nine": not a decimal`},
	{de, `"margin_points": "9"`, `"margin_points": "9", "round_up_to_points": "0"`,
		"round_up_to_points: expected more than 0"},
	{de, `"reference": "basiszins"`, `"reference": "basis"`,
		"interest[0].params.reference: no table rates_basis.csv in this folder"},
	{de, `"first_day_of_half_year"`, `"first_day"`,
		"interest[0].params.reference_day: expected last_day_before_half_year or"},
	{de, `"floating_half_year"`, `"floating"`,
		"interest[0].params.fixing: expected locked_at_start or floating_half_year"},
	{de, `"compounding": "simple"`, `"compounding": "yearly"`,
		"interest[0].params.compounding: expected simple"},
	{de, `"act/365"`, `"act/360"`, "interest[0].params.day_count: expected act/365"},
	{de, `["EUR"]`, `["XXX"]`, "interest[0].params.currencies[0]: unknown currency"},
	{de, `["EUR"]`, `[]`, "interest[0].params.currencies: expected at least one currency"},
	{de, `"since": "2014-07-29"`, `"since": "2001-07-29"`,
		"interest[1].since: expected a day before 2001-07-29 (newest version first)"},
	{de, `"since": "2014-07-29"`, `"since": "29.7.2014"`, "packs/DE/pack.json: interest[0].since: not a date"},
	{de, `"since": "2014-07-29",`, `"since": "2014-07-29", "until": "2014-07-28",`,
		"interest[0].until: expected a day not before since"},
	{de, `"since": "2002-01-01",
      "shape": "none"`, `"since": "2002-01-01", "until": "2014-07-27", "shape": "none"`,
		"compensation[1].until: expected 2014-07-28, the day before the newer version, or nothing"},
	{de, `"confidence": "HIGH"`, `"confidence": "SURE"`, `"SURE" is no confidence`},
	{de, `"checked_on": "2026-11-21"`, `"checked_on": ""`, "checked_on: expected a day"},
	{de, `"source": "BGB s.288(5)"`, `"source": ""`,
		"compensation[0].source: expected the statute, order or notice"},
	{de, `"code": "DE"`, `"code": "AT"`, `packs/DE/pack.json: code: expected "DE", the name of the folder`},
	{de, `"country": "DE"`, `"country": "AT"`, "country: expected the two letters that the code begins with"},
	{de, `"currency": "EUR",
  "aliases"`, `"currency": "DM", "aliases"`, "packs/DE/pack.json: currency: unknown currency"},
	{de, `"days": 4`, `"days": 0`, "letter_inland: expected at least one day and a source"},
	{de, `"aliases": []`, `"aliases": ["GB"]`, `packs/GB-EW/pack.json: code: "GB" is taken by pack DE`},
	{de, `"regions": []`, `"regions": ["AT-9"]`, "regions[0]: expected a code beginning with DE-"},
	{de, `{ "amount": "40.00" }`, `{ "amount": "0" }`,
		`compensation[0].params.tiers[0].amount: expected a positive amount, found "0"`},
	{de, `{ "amount": "40.00" }`, `{"below": "10", "amount": "40"}`,
		"tiers[0]: expected below or up_to_incl, and neither in the last tier"},
	{de, `{ "amount": "40.00" }`, ``, "compensation[0].params.tiers: expected at least one tier"},
	{gb, `"below": "10000.00"`, `"below": "1000.00"`,
		"tiers[1]: expected an edge above that of the tier before it"},
	{gb, `"below": "10000.00"`, `"below": "10000.00", "up_to_incl": "1"`,
		"tiers[1]: expected below or up_to_incl"},
	{gb, `"below": "10000.00"`, `"below": "many"`, "not a decimal number"},
	{us, `"rate_caps": []`, `"rate_caps": [{"region": "US-OH"}]`,
		"interest[0].params.rate_caps[0].since: missing"},
	{us, `"contract"`, `"german_286"`, "default_date[0].params.term_days: missing"},
	{boe, "from,until", "from,to", "rates/boe_bank_rate.csv: row 1: expected the columns from,until,rate_pct"},
	{boe, "2016-08-04,", "2008-08-04,", "row 3, from: expected a day after 2009-03-05 (oldest row first)"},
	{boe, "2016-08-04,,", "2016-08-04,2017-10-31,",
		"row 3, until: expected 2017-11-01, the day before the next row, or nothing"},
	{boe, "2016-08-04", "4 Aug 2016", "rates/boe_bank_rate.csv: row 3, from: not a date"},
	{boe, "2016-08-04,,", "2016-08-04,x,", "rates/boe_bank_rate.csv: row 3, until: not a date"},
	{boe, ",0.25,HIGH", ",a quarter,HIGH", `row 3, rate_pct: rate "a quarter": not a decimal number`},
	{boe, ",0.25,HIGH", ",0.25,high", `row 3, confidence: "high" is no confidence`},
	{boe, ",2026-07-30,", ",,", "until: expected the last day until which the table is known"},
	{boe, ",2026-07-30,", ",2062-07-30,", "until: expected 2027-11-21 at the latest, a year after checked_on"},
	{boe, ",2026-11-21,", ",,", "row 2, checked_on: not a date"},
	{boe, "2016-08-04,,0.25", "2016-08-04,,0.25,0.25", "row 3: record on line 3: wrong number of fields"},
	{base, "BGB s.247; Deutsche Bundesbank notice", "",
		"packs/DE/rates_basiszins.csv: row 2, source: missing"},
	{"world.json", `"AL", "AM"`, `"AM", "AL"`,
		`world.json: cisg.countries: expected two-letter codes in alphabetical order, found "AL"`},
	{"world.json", `"within_europe_days": 7`, `"within_europe_days": 0`,
		"world.json: letter_abroad: expected at least one day each"},
}

// TestLoadRefuses: each fault is named with its file and field.
func TestLoadRefuses(t *testing.T) {
	for _, test := range faults {
		t.Run(test.want, func(t *testing.T) {
			data, err := shipped.ReadFile(test.file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(data), test.old) {
				t.Fatalf("%s does not contain %q", test.file, test.old)
			}
			changed := strings.Replace(string(data), test.old, test.new, 1)
			_, err = LoadFS(withFiles(t, map[string]string{test.file: changed}))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got: %v", err)
			}
		})
	}
}

func worldText(t *testing.T) []byte {
	t.Helper()
	data, err := shipped.ReadFile(worldFile)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestLoadRefusesFiles: files that nothing reads are faults too.
func TestLoadRefusesFiles(t *testing.T) {
	const row = "from,until,rate_pct,confidence,checked_on,source\n" +
		"2020-01-01,2026-12-31,1,HIGH,2026-11-21,test\n"
	for _, test := range []struct{ file, text, want string }{
		{"packs/DE/notes.txt", "", "notes.txt: file: expected pack.json, examples.json or rates_<name>.csv"},
		{"packs/DE/rates_other.csv", row, "packs/DE/rates_other.csv: file: no rule of this pack uses it"},
		{"packs/DE/rates_boe_bank_rate.csv", row,
			"packs/DE/rates_boe_bank_rate.csv: file: no rule of this pack uses it"},
		{"packs/FR/examples.json", "{}", "packs/FR/pack.json: file: open packs/FR/pack.json"},
		{"packs/FR/pack.json", "[]", "packs/FR/pack.json: file: expected an object"},
		{"world.json", string(worldText(t)) + "{}", "world.json: file: text after the end of the value"},
		{"packs/FR/pack.json", "", "packs/FR/pack.json: file: expected an object"},
		{"rates/other.csv", row, "rates/other.csv: file: no pack uses this table"},
		{"rates/other.txt", "", "rates/other.txt: file: expected a file named <name>.csv"},
		{"rates/boe_bank_rate.csv", "from,until,rate_pct,confidence,checked_on,source\n",
			"row 2: missing: the table has no rows"},
		{"world.json", "{}", "world.json: cisg: missing"},
	} {
		_, err := LoadFS(withFiles(t, map[string]string{test.file: test.text}))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: want %q, got: %v", test.file, test.want, err)
		}
	}
}

// FuzzLoad: no pack, rate table or world file, however wrong, makes the loader panic,
// and what it accepts can be asked.
func FuzzLoad(f *testing.F) {
	files := []string{"packs/DE/pack.json", "packs/US/pack.json", "packs/DE/rates_basiszins.csv", "world.json"}
	for i, file := range files {
		data, err := shipped.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), data)
	}
	f.Fuzz(func(t *testing.T, file uint8, data []byte) {
		changed := files[int(file)%len(files)]
		set, err := LoadFS(withFiles(t, map[string]string{changed: string(data)}))
		if err != nil {
			return
		}
		for _, code := range set.Codes() {
			p, _ := set.Pack(code)
			c := debt(p, func(c *Claim) { c.DueDate, c.DateAgreed = day("2026-03-02"), book.Yes })
			p.LevelCap(c, LevelFacts{Day: day("2026-03-19"), PayBy: day("2026-03-26")})
		}
	})
}

package cal

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// The committed holiday tables are data; the rules below say a second time, as
// statutes do, which days they must hold. "go test -run HolidayTables -update"
// writes the tables anew after a rule or a one-off day was added here.
var update = flag.Bool("update", false, "write holidays/*.csv from the rules of this test")

const rulesCheckedOn = "2026-11-21"

// ruleDay is one holiday as a rule gives it.
type ruleDay struct {
	day       Date
	name, ref string
}

// ruleTable is one holiday table as the rules give it.
type ruleTable struct {
	region, name, includes string
	from, until            int // years
	remarks                []string
	sources                [][2]string
	year                   func(y int) []ruleDay
}

func (r ruleTable) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# region: %s\n# name: %s\n", r.region, r.name)
	if r.includes != "" {
		fmt.Fprintf(&b, "# includes: %s\n", r.includes)
	}
	fmt.Fprintf(&b, "# known_from: %d-01-01\n# known_until: %d-12-31\n# checked_on: %s\n",
		r.from, r.until, rulesCheckedOn)
	for _, s := range r.sources {
		fmt.Fprintf(&b, "# source %s: %s\n", s[0], s[1])
	}
	for _, remark := range r.remarks {
		fmt.Fprintf(&b, "# %s\n", remark)
	}
	b.WriteString(holidayColumns + "\n")
	var days []ruleDay
	for y := r.from; y <= r.until; y++ {
		days = append(days, r.year(y)...)
	}
	slices.SortStableFunc(days, func(a, b ruleDay) int { return a.day.DaysSince(b.day) })
	for i, d := range days {
		if i > 0 && d.day == days[i-1].day {
			continue // two holidays on one day: the first named stands
		}
		fmt.Fprintf(&b, "%s,%s,%s\n", d.day, d.name, d.ref)
	}
	return b.String()
}

func TestHolidayTablesFollowTheirRules(t *testing.T) {
	for _, table := range ruleTables() {
		path := "holidays/" + table.region + ".csv"
		want := table.text()
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(want, "\n")
		for i := range min(len(gotLines), len(wantLines)) {
			if gotLines[i] != wantLines[i] {
				t.Errorf("%s row %d: %q, the rules say %q", path, i+1, gotLines[i], wantLines[i])
				break
			}
		}
		if len(gotLines) != len(wantLines) {
			t.Errorf("%s has %d rows, the rules give %d", path, len(gotLines), len(wantLines))
		}
	}
}

func ruleTables() []ruleTable {
	return slices.Concat(ukTables(), germanTables(), usTables(), []ruleTable{targetTable()})
}

// easter is Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher).
func easter(y int) Date {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Of(y, n/31, n%31+1)
}

// nth is the n-th weekday w of a month; n = -1 is the last.
func nth(n int, w time.Weekday, y, month int) Date {
	if n < 0 {
		d := Of(y, month, DaysInMonth(y, month))
		return d - Date((d.Weekday()-w+7)%7)
	}
	d := Of(y, month, 1)
	return d + Date((w-d.Weekday()+7)%7) + Date(7*(n-1))
}

// The United Kingdom: Banking and Financial Dealings Act 1971, Schedule 1, with
// proclaimed substitute days, moved days and one-off days.

const govUK = "https://www.gov.uk/bank-holidays"

var ukOneOff = map[string]string{
	"2011-04-29": "Royal wedding", "2012-06-05": "Queen's Diamond Jubilee",
	"2022-06-03": "Queen's Platinum Jubilee", "2022-09-19": "State Funeral of Queen Elizabeth II",
	"2023-05-08": "Coronation of King Charles III",
}

func ukTables() []ruleTable {
	table := func(region, name string, year func(int) []ruleDay) ruleTable {
		return ruleTable{region: region, name: name, from: 2010, until: 2028, year: year,
			sources: [][2]string{
				{"act", "Banking and Financial Dealings Act 1971 section 1 and Schedule 1 " +
					"with the usual proclamations; " + govUK},
				{"proclamation", "Royal proclamation under section 1(2) or (3) of the Act of 1971 " +
					"for that day; " + govUK},
			},
			remarks: []string{"Years after the last are not yet proclaimed and are left unknown on purpose."}}
	}
	return []ruleTable{
		table("GB-EW", "England and Wales", func(y int) []ruleDay { return ukYear(y, "EW") }),
		table("GB-SCT", "Scotland", func(y int) []ruleDay { return ukYear(y, "SCT") }),
		table("GB-NIR", "Northern Ireland", func(y int) []ruleDay { return ukYear(y, "NIR") }),
	}
}

func ukYear(y int, part string) []ruleDay {
	var days []ruleDay
	add := func(d Date, name, ref string) { days = append(days, ruleDay{d, name, ref}) }
	// Days with a fixed date give way to the next day that is free.
	fixed := func(names map[Date]string) {
		taken := map[Date]bool{}
		for d := range names {
			taken[d] = !isWeekend(d)
		}
		for d := Of(y, 1, 1); d <= Of(y, 12, 31); d++ {
			name, ok := names[d]
			switch {
			case !ok:
			case !isWeekend(d):
				add(d, name, "act")
			default:
				s := d + 1
				for isWeekend(s) || taken[s] {
					s++
				}
				taken[s] = true
				add(s, name+" (substitute day)", "act")
			}
		}
	}
	names := map[Date]string{
		Of(y, 1, 1): "New Year's Day", Of(y, 12, 25): "Christmas Day", Of(y, 12, 26): "Boxing Day",
	}
	if part == "SCT" {
		names[Of(y, 1, 2)] = "2nd January"
		names[Of(y, 11, 30)] = "St Andrew's Day"
	}
	if part == "NIR" {
		names[Of(y, 3, 17)] = "St Patrick's Day"
		names[Of(y, 7, 12)] = "Battle of the Boyne (Orangemen's Day)"
	}
	fixed(names)
	add(easter(y)-2, "Good Friday", "act")
	if part != "SCT" {
		add(easter(y)+1, "Easter Monday", "act")
	}
	if y == 2020 {
		add(Of(2020, 5, 8), "Early May bank holiday (VE day)", "proclamation")
	} else {
		add(nth(1, time.Monday, y, 5), "Early May bank holiday", "act")
	}
	switch y {
	case 2012:
		add(Of(2012, 6, 4), "Spring bank holiday (moved)", "proclamation")
	case 2022:
		add(Of(2022, 6, 2), "Spring bank holiday (moved)", "proclamation")
	default:
		add(nth(-1, time.Monday, y, 5), "Spring bank holiday", "act")
	}
	if part == "SCT" {
		add(nth(1, time.Monday, y, 8), "Summer bank holiday", "act")
	} else {
		add(nth(-1, time.Monday, y, 8), "Summer bank holiday", "act")
	}
	for text, name := range ukOneOff {
		if d := MustParse(text); d.MonthStart() >= Of(y, 1, 1) && d <= Of(y, 12, 31) {
			add(d, name, "proclamation")
		}
	}
	if part == "SCT" && y == 2026 {
		add(Of(2026, 6, 15), "World Cup bank holiday", "proclamation")
	}
	return days
}

// Germany: the holiday acts of the Länder.

func germanTables() []ruleTable {
	tables := []ruleTable{{
		region: "DE", name: "Deutschland", from: 2010, until: 2035,
		sources: [][2]string{
			{"laender", "Feiertagsgesetze aller 16 Länder (§ 193 BGB: am Leistungsort " +
				"staatlich anerkannter Feiertag)"},
			{"einigung", "Einigungsvertrag vom 31. August 1990 Art. 2 Abs. 2 (BGBl. 1990 II S. 889)"},
			{"reformation2017", "Gesetze und Verordnungen der Länder zum 500. Reformationsjubiläum " +
				"am 31. Oktober 2017"},
		},
		remarks: []string{"The days that are holidays in all 16 Länder; what one Land adds is in DE-XX.csv."},
		year:    germanYear,
	}}
	for _, land := range germanLaender {
		sources := [][2]string{{"land", land.act}}
		if land.extra != "" {
			sources = append(sources, [2]string{"aenderung", land.extra})
		}
		tables = append(tables, ruleTable{
			region: "DE-" + land.code, name: land.name, includes: "DE", from: 2010, until: 2035,
			sources: sources, remarks: land.remarks,
			year: func(y int) []ruleDay { return germanLandYear(y, land.days) },
		})
	}
	return tables
}

func germanYear(y int) []ruleDay {
	e := easter(y)
	days := []ruleDay{
		{Of(y, 1, 1), "Neujahr", "laender"},
		{e - 2, "Karfreitag", "laender"},
		{e + 1, "Ostermontag", "laender"},
		{Of(y, 5, 1), "Tag der Arbeit", "laender"},
		{e + 39, "Christi Himmelfahrt", "laender"},
		{e + 50, "Pfingstmontag", "laender"},
		{Of(y, 10, 3), "Tag der Deutschen Einheit", "einigung"},
		{Of(y, 12, 25), "1. Weihnachtstag", "laender"},
		{Of(y, 12, 26), "2. Weihnachtstag", "laender"},
	}
	if y == 2017 {
		days = append(days, ruleDay{Of(y, 10, 31), "Reformationstag", "reformation2017"})
	}
	return days
}

type germanLand struct {
	code, name, act, extra string
	remarks                []string
	days                   string // what germanLandYear reads
}

var germanLaender = []germanLand{
	{code: "BW", name: "Baden-Württemberg", act: "Feiertagsgesetz Baden-Württemberg (FTG) § 1",
		days: "epiphany corpus allsaints"},
	{code: "BY", name: "Bayern", act: "Bayerisches Feiertagsgesetz (FTG) Art. 1",
		remarks: []string{
			"Mariä Himmelfahrt is a holiday in the communes with more Catholic than Protestant residents,",
			"which are most; it counts for all of Bavaria here because a later deadline harms nobody. The",
			"Augsburger Friedensfest (8 August, city of Augsburg only) is left out.",
		},
		days: "epiphany corpus assumption allsaints"},
	{code: "BE", name: "Berlin", act: "Gesetz über die Sonn- und Feiertage Berlin § 1",
		extra: "Änderungen des Gesetzes über die Sonn- und Feiertage: Frauentag ab 2019; einmalig " +
			"8. Mai 2020, 8. Mai 2025 und 17. Juni 2028",
		days: "women:2019 2020-05-08:75._Jahrestag_der_Befreiung 2025-05-08:80._Jahrestag_der_Befreiung " +
			"2028-06-17:75._Jahrestag_des_Volksaufstandes"},
	{code: "BB", name: "Brandenburg", act: "Feiertagsgesetz Brandenburg (FTG) § 2",
		remarks: []string{"Ostersonntag and Pfingstsonntag are holidays too; as Sundays they are left out."},
		days:    "reformation:1990"},
	{code: "HB", name: "Bremen", act: "Gesetz über die Sonn- und Feiertage Bremen § 2",
		extra: "Änderungsgesetz 2018: Reformationstag", days: "reformation:2018"},
	{code: "HH", name: "Hamburg", act: "Feiertagsgesetz Hamburg § 1",
		extra: "Änderungsgesetz 2018: Reformationstag", days: "reformation:2018"},
	{code: "HE", name: "Hessen", act: "Hessisches Feiertagsgesetz (HFeiertagsG) § 1", days: "corpus"},
	{code: "MV", name: "Mecklenburg-Vorpommern", act: "Feiertagsgesetz Mecklenburg-Vorpommern (FTG M-V) § 2",
		extra: "Änderungsgesetz 2022: Frauentag ab 2023", days: "women:2023 reformation:1990"},
	{code: "NI", name: "Niedersachsen", act: "Niedersächsisches Feiertagsgesetz (NFeiertagsG) § 2",
		extra: "Änderungsgesetz 2018: Reformationstag", days: "reformation:2018"},
	{code: "NW", name: "Nordrhein-Westfalen", act: "Feiertagsgesetz NW § 2", days: "corpus allsaints"},
	{code: "RP", name: "Rheinland-Pfalz",
		act:  "Landesgesetz über den Schutz der Sonn- und Feiertage (LFtG) § 2",
		days: "corpus allsaints"},
	{code: "SL", name: "Saarland", act: "Gesetz Nr. 1040 über die Sonn- und Feiertage (SFG) § 2",
		days: "corpus assumption allsaints"},
	{code: "SN", name: "Sachsen", act: "Gesetz über Sonn- und Feiertage im Freistaat Sachsen (SächsSFG) § 1",
		remarks: []string{"Fronleichnam, in some communes of the Bautzen district only, is left out."},
		days:    "reformation:1990 repentance"},
	{code: "ST", name: "Sachsen-Anhalt",
		act:  "Gesetz über die Sonn- und Feiertage Sachsen-Anhalt (FeiertG LSA) § 2",
		days: "epiphany reformation:1990"},
	{code: "SH", name: "Schleswig-Holstein",
		act:   "Gesetz über Sonn- und Feiertage Schleswig-Holstein (SFTG) § 2",
		extra: "Änderungsgesetz 2018: Reformationstag", days: "reformation:2018"},
	{code: "TH", name: "Thüringen", act: "Thüringer Feier- und Gedenktagsgesetz (ThürFGtG) § 2",
		extra:   "Änderungsgesetz 2019: Weltkindertag",
		remarks: []string{"Fronleichnam, in the Eichsfeld district and some communes only, is left out."},
		days:    "childrens:2019 reformation:1990"},
}

// germanLandYear reads a Land's own days: "word", "word:first_year" or "day:name".
func germanLandYear(y int, words string) []ruleDay {
	repentance := Of(y, 11, 22)
	for repentance.Weekday() != time.Wednesday {
		repentance--
	}
	rules := map[string]ruleDay{
		"epiphany":    {Of(y, 1, 6), "Heilige Drei Könige", "land"},
		"women":       {Of(y, 3, 8), "Internationaler Frauentag", "aenderung"},
		"corpus":      {easter(y) + 60, "Fronleichnam", "land"},
		"assumption":  {Of(y, 8, 15), "Mariä Himmelfahrt", "land"},
		"childrens":   {Of(y, 9, 20), "Weltkindertag", "aenderung"},
		"reformation": {Of(y, 10, 31), "Reformationstag", "land"},
		"allsaints":   {Of(y, 11, 1), "Allerheiligen", "land"},
		"repentance":  {repentance, "Buß- und Bettag", "land"},
	}
	var days []ruleDay
	for _, word := range strings.Fields(words) {
		key, rest, _ := strings.Cut(word, ":")
		if d := parseISO(key); d != None {
			if year, _, _ := d.YMD(); year == y {
				days = append(days, ruleDay{d, strings.ReplaceAll(rest, "_", " "), "aenderung"})
			}
			continue
		}
		day := rules[key]
		if rest > fmt.Sprint(y) {
			continue
		}
		if rest == "2018" {
			day.ref = "aenderung"
		}
		days = append(days, day)
	}
	return days
}

// The United States: 5 U.S.C. 6103.

func usTables() []ruleTable {
	code := [2]string{"usc", "5 U.S.C. 6103(a); " +
		"https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/"}
	return []ruleTable{
		{region: "US", name: "United States, federal holidays", from: 2010, until: 2035,
			sources: [][2]string{code,
				{"saturday", "5 U.S.C. 6103(b): a holiday on a Saturday is observed on the Friday before"},
				{"sunday", "Executive Order 11582 section 3(a): a holiday on a Sunday is observed " +
					"on the Monday after"}},
			remarks: []string{
				"Left out: Inauguration Day (offices in the Washington area only), days of mourning and",
				"other days on which federal offices were closed by executive order (they close neither banks",
				"nor trade), and holidays of single states. The observed days are business days in some trades:",
				"counting them as days off only moves a deadline later.",
			},
			year: func(y int) []ruleDay {
				return slices.Concat(usYear(y, true), newYearObservedBefore(y))
			}},
		{region: "US-FED", name: "United States, Federal Reserve Banks", from: 2010, until: 2035,
			sources: [][2]string{code,
				{"sunday", "Federal Reserve Bank holiday schedule: a holiday on a Sunday is kept on the " +
					"Monday after, a holiday on a Saturday on no other day; " +
					"https://www.frbservices.org/about/holiday-schedules"}},
			remarks: []string{"Juneteenth is kept since 2022; in 2021 it was a Saturday."},
			year:    func(y int) []ruleDay { return usYear(y, false) }},
	}
}

// newYearObservedBefore is 31 December where the next New Year's Day is a Saturday.
func newYearObservedBefore(y int) []ruleDay {
	if Of(y+1, 1, 1).Weekday() != time.Saturday {
		return nil
	}
	return []ruleDay{{Of(y, 12, 31), "New Year's Day (observed)", "saturday"}}
}

func usYear(y int, fridays bool) []ruleDay {
	days := []ruleDay{
		{Of(y, 1, 1), "New Year's Day", "usc"},
		{nth(3, time.Monday, y, 1), "Birthday of Martin Luther King Jr.", "usc"},
		{nth(3, time.Monday, y, 2), "Washington's Birthday", "usc"},
		{nth(-1, time.Monday, y, 5), "Memorial Day", "usc"},
		{Of(y, 7, 4), "Independence Day", "usc"},
		{nth(1, time.Monday, y, 9), "Labor Day", "usc"},
		{nth(2, time.Monday, y, 10), "Columbus Day", "usc"},
		{Of(y, 11, 11), "Veterans Day", "usc"},
		{nth(4, time.Thursday, y, 11), "Thanksgiving Day", "usc"},
		{Of(y, 12, 25), "Christmas Day", "usc"},
	}
	if y >= 2021 {
		days = append(days, ruleDay{Of(y, 6, 19), "Juneteenth National Independence Day", "usc"})
	}
	for _, d := range days {
		switch {
		case d.day.Weekday() == time.Sunday:
			days = append(days, ruleDay{d.day + 1, d.name + " (observed)", "sunday"})
		case d.day.Weekday() == time.Saturday && fridays && d.day != Of(y, 1, 1):
			days = append(days, ruleDay{d.day - 1, d.name + " (observed)", "saturday"})
		}
	}
	return days
}

// TARGET: the days on which payments in euro are not settled.
func targetTable() ruleTable {
	return ruleTable{region: "TARGET", name: "Euro settlement days (T2)", from: 2010, until: 2035,
		sources: [][2]string{{"ecb", "European Central Bank, long-term calendar of TARGET closing days " +
			"of 14 December 2000; https://www.ecb.europa.eu/press/pr/date/2000/html/pr001214_4.en.html"}},
		year: func(y int) []ruleDay {
			return []ruleDay{
				{Of(y, 1, 1), "New Year's Day", "ecb"},
				{easter(y) - 2, "Good Friday", "ecb"},
				{easter(y) + 1, "Easter Monday", "ecb"},
				{Of(y, 5, 1), "Labour Day", "ecb"},
				{Of(y, 12, 25), "Christmas Day", "ecb"},
				{Of(y, 12, 26), "26 December", "ecb"},
			}
		}}
}

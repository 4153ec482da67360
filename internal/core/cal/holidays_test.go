package cal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func loaded(t testing.TB) *Holidays {
	t.Helper()
	h, err := LoadHolidays()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func calendarOf(t testing.TB, region string) *Calendar {
	t.Helper()
	c, ok := loaded(t).Calendar(region)
	if !ok {
		t.Fatalf("no calendar %q", region)
	}
	return c
}

func TestLoadHolidays(t *testing.T) {
	regions := loaded(t).Regions()
	var codes []string
	for _, r := range regions {
		codes = append(codes, r.Code)
		if len(r.Sources) == 0 || r.CheckedOn == None || r.Name == "" {
			t.Errorf("%s lacks a source, a day of checking or a name", r.Code)
		}
	}
	want := "DE DE-BB DE-BE DE-BW DE-BY DE-HB DE-HE DE-HH DE-MV DE-NI DE-NW DE-RP DE-SH DE-SL DE-SN DE-ST " +
		"DE-TH GB-EW GB-NIR GB-SCT TARGET US US-FED"
	if got := strings.Join(codes, " "); got != want {
		t.Errorf("regions\n got %s\nwant %s", got, want)
	}
}

// Days picked by hand, not from a rule.
func TestHolidaysPicked(t *testing.T) {
	for _, test := range []struct {
		region, off, open string
	}{
		{"GB-EW", "2010-12-27 2010-12-28 2011-04-29 2012-06-04 2012-06-05 2020-05-08 2022-06-02 " +
			"2022-06-03 2022-09-19 2023-05-08 2026-04-06 2028-12-25",
			"2012-05-28 2020-05-04 2022-05-30 2026-06-15 2026-03-17 2026-07-13"},
		{"GB-SCT", "2010-01-04 2020-05-08 2022-01-04 2022-09-19 2026-01-02 2026-06-15 2026-08-03 2026-11-30",
			"2026-04-06 2026-08-31"},
		{"GB-NIR", "2026-03-17 2026-07-13 2025-07-14 2026-04-06 2026-08-31", "2026-01-02 2026-06-15"},
		{"DE", "2017-10-31 2026-04-03 2026-05-14 2026-05-25 2035-12-25",
			"2018-10-31 2026-06-04 2026-12-24 2026-12-31"},
		{"DE-BE", "2020-05-08 2025-05-08 2019-03-08 2017-10-31", "2018-03-08 2021-05-07 2026-05-08"},
		{"DE-BY", "2026-01-06 2026-06-04 2025-08-15", "2025-10-31 2025-08-08"},
		{"DE-HH", "2018-10-31 2025-10-31", "2016-10-31 2025-06-19"},
		{"DE-MV", "2023-03-08 2016-10-31", "2022-03-08"},
		{"DE-SN", "2025-11-19 2026-11-18 2010-11-17", "2025-06-19"},
		{"DE-TH", "2019-09-20 2022-09-20", "2018-09-20"},
		{"US", "2010-12-31 2021-06-18 2021-12-31 2022-06-20 2026-07-03 2026-11-26 2027-12-31",
			"2018-12-05 2025-01-09 2020-06-19 2026-11-27"},
		{"US-FED", "2022-06-20 2023-01-02 2026-11-26", "2021-06-18 2021-12-31 2026-07-03 2027-12-31"},
		{"TARGET", "2026-04-03 2026-04-06 2026-05-01", "2026-05-14 2026-05-25 2025-10-03"},
	} {
		c := calendarOf(t, test.region)
		for _, day := range strings.Fields(test.off) {
			if d := MustParse(day); c.IsBusinessDay(d) || isWeekend(d) || c.Holiday(d) == "" || !c.Known(d) {
				t.Errorf("%s: %s should be a holiday on a weekday", test.region, day)
			}
		}
		for _, day := range strings.Fields(test.open) {
			if d := MustParse(day); !c.IsBusinessDay(d) || c.Holiday(d) != "" {
				t.Errorf("%s: %s should be a business day, is %q", test.region, day, c.Holiday(d))
			}
		}
	}
}

// The tables of the United Kingdom hold exactly the days of the official list,
// every year of which every published edition is read.
func TestUnitedKingdomEqualsOfficialList(t *testing.T) {
	files, err := filepath.Glob("../../../../shared/data/holidays/*/lib/data/bank-holidays.json")
	if err != nil || len(files) == 0 {
		t.Skip("the official lists (bank-holidays.json of gov.uk) are not beside this checkout")
	}
	regions := map[string]string{
		"england-and-wales": "GB-EW", "scotland": "GB-SCT", "northern-ireland": "GB-NIR",
	}
	years := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var list struct {
			Divisions map[string]map[string]json.RawMessage
		}
		if err := json.Unmarshal(text, &list); err != nil {
			t.Fatal(err)
		}
		for division, byYear := range list.Divisions {
			name := strings.TrimSuffix(strings.TrimPrefix(division, "common.nations."), "_slug")
			for year, raw := range byYear {
				if len(year) == 4 && year[0] == '2' {
					compareOfficialYear(t, regions[name], year, raw)
					years[year] = true
				}
			}
		}
	}
	if len(years) < 14 {
		t.Errorf("compared %d years, expected 14 or more", len(years))
	}
}

func compareOfficialYear(t *testing.T, region, year string, raw json.RawMessage) {
	var entries []struct{ Date string }
	if err := json.Unmarshal(raw, &entries); err != nil {
		t.Fatal(err)
	}
	official := map[Date]bool{}
	for _, e := range entries {
		day, err := time.Parse("02/01/2006", e.Date)
		if err != nil {
			t.Fatal(err)
		}
		official[DateIn(day, time.UTC)] = true
	}
	c := calendarOf(t, region)
	for d := MustParse(year + "-01-01"); d <= MustParse(year+"-12-31"); d++ {
		if official[d] != (c.Holiday(d) != "") {
			t.Errorf("%s %s: official %v, table %q", region, d, official[d], c.Holiday(d))
		}
	}
}

func TestBankCalendarFor(t *testing.T) {
	h := loaded(t)
	for _, test := range []struct{ country, subdivision, want string }{
		{"GB", "", "GB-EW"}, {"GB", "SCT", "GB-EW"}, {"DE", "BY", "DE-BY"}, {"DE", "", "DE"},
		{"US", "CA", "US-FED"}, {"US", "", "US-FED"}, {"FR", "", "TARGET"}, {"BG", "", "TARGET"},
		{"CH", "", "CH"}, {"PL", "", "PL"}, {"", "", ""},
	} {
		if c := h.BankCalendarFor(test.country, test.subdivision); c.Name() != test.want {
			t.Errorf("BankCalendarFor(%q, %q) is %q, want %q",
				test.country, test.subdivision, c.Name(), test.want)
		}
	}
	france, err := h.With("FR.csv", strings.Replace(smallTable, "region: XA", "region: FR", 1))
	if err != nil {
		t.Fatal(err)
	}
	if c := france.BankCalendarFor("FR", ""); c.Name() != "FR" {
		t.Errorf("a euro country with its own table has the bank days of %q", c.Name())
	}
	// So the calendar of Germany can stand for that of its banks.
	for d := MustParse("2010-01-01"); d <= MustParse("2035-12-31"); d++ {
		if calendarOf(t, "DE").IsBusinessDay(d) && !calendarOf(t, "TARGET").IsBusinessDay(d) {
			t.Errorf("%s is a business day in Germany on which no euro moves", d)
		}
	}
}

func TestCalendarFor(t *testing.T) {
	h := loaded(t)
	for _, test := range []struct{ country, subdivision, want string }{
		{"GB", "", "GB-EW"}, {"GB", "GB-SCT", "GB-SCT"}, {"GB", "NIR", "GB-NIR"},
		{"GB", "ENG", "GB-EW"}, {"GB", "WLS", "GB-EW"}, {"DE", "", "DE"}, {"DE", "BY", "DE-BY"},
		{"DE", "DE-BY", "DE-BY"}, {"DE", "XX", "DE"},
		{"US", "US-CA", "US"}, {"US", "", "US"}, {"FR", "", "FR"}, {"FR", "75", "FR"}, {"", "", ""},
	} {
		c := h.CalendarFor(test.country, test.subdivision)
		if c.Name() != test.want {
			t.Errorf("CalendarFor(%q, %q) is %q, want %q",
				test.country, test.subdivision, c.Name(), test.want)
		}
	}
	france := h.CalendarFor("FR", "")
	for _, d := range []Date{0, MustParse("2026-01-01"), None, Far} {
		if france.Known(d) {
			t.Errorf("weekends-only calendar claims to know %v", d)
		}
	}
	if !france.IsBusinessDay(MustParse("2026-01-01")) || france.IsBusinessDay(MustParse("2026-01-03")) {
		t.Error("weekends-only calendar: a Thursday is a business day, a Saturday is not")
	}
}

package cal

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // as the binary embeds it
)

func TestZoneFor(t *testing.T) {
	for _, test := range []struct{ country, subdivision, want string }{
		{"GB", "", "Europe/London"}, {"GB", "SCT", "Europe/London"}, {"DE", "DE-BY", "Europe/Berlin"},
		{"IE", "", "Europe/Dublin"}, {"CH", "", "Europe/Zurich"}, {"ES", "", "Europe/Madrid"},
		{"ES", "TF", "Atlantic/Canary"}, {"PT", "PT-20", "Atlantic/Azores"},
		{"US", "CA", "America/Los_Angeles"}, {"US", "US-NY", "America/New_York"},
		{"US", "AZ", "America/Phoenix"},
		{"CA", "BC", "America/Vancouver"}, {"CA", "CA-ON", "America/Toronto"},
		{"AU", "WA", "Australia/Perth"}, {"BR", "SP", "America/Sao_Paulo"},
		{"MX", "CMX", "America/Mexico_City"}, {"JP", "13", "Asia/Tokyo"}, {"PR", "", "America/Puerto_Rico"},
	} {
		zone, err := ZoneFor(test.country, test.subdivision)
		if err != nil || zone.String() != test.want {
			t.Errorf("ZoneFor(%q, %q) = %v, %v, want %s",
				test.country, test.subdivision, zone, err, test.want)
		}
		again, _ := ZoneFor(test.country, test.subdivision)
		if again != zone {
			t.Errorf("ZoneFor(%q, %q) loads the zone again", test.country, test.subdivision)
		}
	}
	for _, test := range []struct{ country, subdivision, want string }{
		{"", "", `country ""`}, {"XX", "", `country "XX"`}, {"de", "", `country "de"`},
		{"Germany", "", `country "Germany"`},
		{"US", "", `country "US": it spans several, expected a state`}, {"US", "ZZ", `found "ZZ"`},
		{"RU", "", `country "RU"`}, {" ", "", `country " "`}, {"US CA", "", `country "US CA"`},
	} {
		zone, err := ZoneFor(test.country, test.subdivision)
		if !errors.Is(err, ErrZone) || zone != nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("ZoneFor(%q, %q) = %v, %v, want an error with %s",
				test.country, test.subdivision, zone, err, test.want)
		}
	}
}

func TestZoneTablesCoverWhatTheyPromise(t *testing.T) {
	eea := "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO"
	for _, country := range strings.Fields(eea + " GB CH") {
		if countryZones[country] == "" {
			t.Errorf("no zone for %s", country)
		}
	}
	for prefix, want := range map[string]int{"US-": 51 + 5, "CA-": 13, "AU-": 8, "BR-": 27, "MX-": 32} {
		n := 0
		for code := range subdivisionZones {
			if strings.HasPrefix(code, prefix) {
				n++
			}
		}
		if n != want {
			t.Errorf("%d subdivisions %s, want %d", n, prefix, want)
		}
	}
	for country := range countryZones {
		if len(country) != 2 || strings.ToUpper(country) != country {
			t.Errorf("%q is no ISO 3166-1 code", country)
		}
		if strings.Contains(manyZones, " "+country+" ") {
			t.Errorf("%s has several zones and one", country)
		}
	}
}

// tableZones loads every zone of the tables.
func tableZones(t *testing.T) []*time.Location {
	t.Helper()
	names := map[string]bool{}
	for _, table := range []map[string]string{countryZones, subdivisionZones} {
		for code, name := range table {
			names[name] = true
			if _, err := time.LoadLocation(name); err != nil {
				t.Errorf("%s: %v", code, err)
			}
		}
	}
	var all []*time.Location
	for _, name := range slices.Sorted(maps.Keys(names)) {
		zone, err := time.LoadLocation(name)
		if err == nil {
			all = append(all, zone)
		}
	}
	return all
}

// wallSeconds is what clocks in zone show, as seconds since 1970-01-01 00:00.
func wallSeconds(at time.Time, zone *time.Location) int64 {
	_, offset := at.In(zone).Zone()
	return at.Unix() + int64(offset)
}

// Around every change of the clocks from 2020 to 2040 in every zone of the
// tables, Instant is the first instant, found by trying one after the other, at
// which clocks show the time asked for or a later one.
func TestInstantAroundEveryChange(t *testing.T) {
	changes := 0
	for _, zone := range tableZones(t) {
		at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		for ; at.Year() <= 2040; at = at.Add(24 * time.Hour) {
			next := at.Add(24 * time.Hour)
			if _, before := at.In(zone).Zone(); before != offsetOf(next, zone) {
				changes++
				checkInstantsBetween(t, at, next, zone)
			}
		}
	}
	if changes < 2000 {
		t.Errorf("tried %d changes of clocks, expected 2000 or more", changes)
	}
}

func offsetOf(at time.Time, zone *time.Location) int {
	_, offset := at.In(zone).Zone()
	return offset
}

// checkInstantsBetween tries the times of day that clocks show between two
// instants, every 15 minutes.
func checkInstantsBetween(t *testing.T, from, to time.Time, zone *time.Location) {
	tried := from.Add(-3 * time.Hour)
	for wall := wallSeconds(from, zone); wall <= wallSeconds(to, zone); wall += 15 * 60 {
		for wallSeconds(tried, zone) < wall {
			tried = tried.Add(15 * time.Minute)
		}
		d := Date(floorDiv(wall, 86400))
		minutes := int(wall-int64(d)*86400) / 60
		if got := Instant(d, minutes/60, minutes%60, zone); !got.Equal(tried) {
			t.Fatalf("%s %s %02d:%02d is %v, want %v", zone, d, minutes/60, minutes%60, got, tried.In(zone))
		}
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// The hours of sending exist on every day, everywhere.
func TestInstantOfBusinessHours(t *testing.T) {
	for _, zone := range tableZones(t) {
		for d := MustParse("2020-01-01"); d <= MustParse("2040-12-31"); d++ {
			open, shut := Instant(d, 9, 0, zone), Instant(d, 16, 0, zone)
			nine := open.Hour() == 9 && open.Minute() == 0 && DateIn(open, zone) == d
			if !nine || shut.Sub(open) != 7*time.Hour {
				t.Fatalf("%s %s: 09:00 is %v, 16:00 is %v", zone, d, open, shut)
			}
		}
	}
}

func TestInstantPicked(t *testing.T) {
	for _, test := range []struct {
		zone, day    string
		hour, minute int
		want         string // UTC
	}{
		{"Europe/London", "2026-03-29", 0, 59, "2026-03-29T00:59:00Z"},
		{"Europe/London", "2026-03-29", 1, 0, "2026-03-29T01:00:00Z"},  // skipped: 01:00 to 02:00
		{"Europe/London", "2026-03-29", 1, 59, "2026-03-29T01:00:00Z"}, // skipped
		{"Europe/London", "2026-03-29", 2, 0, "2026-03-29T01:00:00Z"},
		{"Europe/London", "2026-10-25", 1, 30, "2026-10-25T00:30:00Z"}, // shown twice: the first
		{"Europe/Berlin", "2026-07-01", 9, 0, "2026-07-01T07:00:00Z"},
		{"Europe/Berlin", "2026-12-31", 24, 0, "2026-12-31T23:00:00Z"},
		{"America/New_York", "2026-03-08", 2, 30, "2026-03-08T07:00:00Z"}, // skipped
		{"America/New_York", "2026-11-01", 1, 30, "2026-11-01T05:30:00Z"}, // twice
		{"America/Santiago", "2026-09-06", 0, 0, "2026-09-06T04:00:00Z"},  // midnight skipped
		{"Australia/Sydney", "2026-10-04", 2, 15, "2026-10-03T16:00:00Z"},
		{"Pacific/Apia", "2011-12-30", 12, 0, "2011-12-30T10:00:00Z"}, // the whole day skipped
		{"UTC", "1969-12-31", 23, 59, "1969-12-31T23:59:00Z"},
	} {
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		got := Instant(MustParse(test.day), test.hour, test.minute, zone)
		if got.UTC().Format(time.RFC3339) != test.want || got.Location() != zone {
			t.Errorf("%s %s %02d:%02d is %v, want %s",
				test.zone, test.day, test.hour, test.minute, got.UTC(), test.want)
		}
	}
}

func BenchmarkInstant(b *testing.B) {
	zone, err := ZoneFor("DE", "")
	if err != nil {
		b.Fatal(err)
	}
	d := MustParse("2026-07-01")
	for b.Loop() {
		Instant(d, 9, 0, zone)
	}
}

func BenchmarkZoneFor(b *testing.B) {
	for b.Loop() {
		if _, err := ZoneFor("US", "CA"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestHomeZone(t *testing.T) {
	for country, want := range map[string]string{"US": "America/New_York", "CA": "America/Toronto", "AU": "Australia/Sydney",
		"GB": "Europe/London", "DE": "Europe/Berlin"} {
		zone, err := HomeZone(country, "")
		if err != nil || zone.String() != want {
			t.Errorf("home zone of %s: %v, %v; expected %s", country, zone, err, want)
		}
	}
	if zone, err := HomeZone("US", "CA"); err != nil || zone.String() != "America/Los_Angeles" {
		t.Errorf("home zone of US-CA: %v, %v", zone, err)
	}
	if _, err := HomeZone("ZZ", ""); err == nil {
		t.Error("home zone of ZZ: expected an error")
	}
}

// TestHoursSuitTheWholeCountry: where a country has several time zones and the
// debtor's is not stated, the hours of the outer ones must both allow a message.
func TestHoursSuitTheWholeCountry(t *testing.T) {
	names := func(country, region string) (out []string) {
		for _, z := range ZonesFor(country, region) {
			out = append(out, z.String())
		}
		return out
	}
	for _, c := range []struct {
		country, region string
		want            []string
	}{
		{"DE", "", []string{"Europe/Berlin"}},
		{"US", "CA", []string{"America/Los_Angeles"}},
		{"US", "", []string{"America/New_York", "America/Los_Angeles"}},
		{"AU", "", []string{"Australia/Sydney", "Australia/Perth"}},
		{"ZZ", "", nil},
	} {
		if got := names(c.country, c.region); !slices.Equal(got, c.want) {
			t.Errorf("%s %s: %v, expected %v", c.country, c.region, got, c.want)
		}
	}
	for country := range outerRegions {
		if got := names(country, ""); len(got) != 2 {
			t.Errorf("%s: %v, expected two zones", country, got)
		}
	}
}

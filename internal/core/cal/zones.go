package cal

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// ErrZone is returned where the time zone of a place cannot be told.
var ErrZone = errors.New("time zone not known")

// zones caches loaded locations by IANA name, since loading one parses its data.
var zones sync.Map

// ZoneFor is the time zone of a place. country is ISO 3166-1 ("DE"), subdivision
// is ISO 3166-2 with or without the country ("US-CA", "CA").
//
// Subdivisions matter only where a country spans several zones. Where one zone
// holds nearly all businesses (Spain, Portugal, Chile …) it also serves an
// unstated subdivision; where none does (AU, BR, CA, MX, US) an unstated one is an
// error, and the caller chooses hours that suit the whole country or asks. A
// state that spans two zones has the zone of most of its people.
//
// Errors are ErrZone with the place named. The zone data are those of the system
// or of time/tzdata, which the binary embeds.
func ZoneFor(country, subdivision string) (*time.Location, error) {
	part := strings.TrimPrefix(subdivision, country+"-")
	name := ""
	if part != "" {
		name = subdivisionZones[country+"-"+part]
	}
	if name == "" {
		name = countryZones[country]
	}
	if name == "" {
		return nil, unknownZone(country, part)
	}
	if zone, ok := zones.Load(name); ok {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%w for country %q: %v", ErrZone, country, err)
	}
	zones.Store(name, zone)
	return zone, nil
}

// homeZones is the zone taken for our own place in a country that spans several,
// where its state or province is not stated: that of its largest business city.
var homeZones = map[string]string{"AU": "NSW", "BR": "SP", "CA": "ON", "MX": "CMX", "US": "NY"}

// HomeZone is ZoneFor for our own place, where one zone is needed to say what day
// it is: an unstated state or province counts as that of the country's largest
// business city. For a debtor's place it must not be used: hours there have to suit
// the whole country.
func HomeZone(country, subdivision string) (*time.Location, error) {
	return ZoneFor(country, HomeRegion(country, subdivision))
}

// outerRegions are, for countries with several time zones, one region in the
// easternmost and one in the westernmost zone where business is done.
var outerRegions = map[string][2]string{
	"US": {"NY", "CA"}, "CA": {"NS", "BC"}, "AU": {"NSW", "WA"}, "BR": {"SP", "AM"}, "MX": {"CMX", "BCN"},
}

// ZonesFor are the zones whose hours must all suit somebody at a place: the one of
// [ZoneFor], or, where a country has several and the region is not stated, the outer
// ones; none where the country is not known.
func ZonesFor(country, subdivision string) []*time.Location {
	if zone, err := ZoneFor(country, subdivision); err == nil {
		return []*time.Location{zone}
	}
	var zones []*time.Location
	for _, region := range outerRegions[country] {
		if zone, err := ZoneFor(country, region); err == nil {
			zones = append(zones, zone)
		}
	}
	return zones
}

// HomeRegion is the region that [HomeZone] takes for a place: the stated one, else that
// of the largest business city of a country with several zones, else none.
func HomeRegion(country, subdivision string) string {
	if subdivision == "" {
		return homeZones[country]
	}
	return subdivision
}

func unknownZone(country, part string) error {
	if !strings.Contains(manyZones, " "+country+" ") || country == "" {
		return fmt.Errorf("%w for country %q: expected a code of two letters that is in the table",
			ErrZone, country)
	}
	if part == "" {
		return fmt.Errorf("%w for country %q: it spans several, expected a state or province",
			ErrZone, country)
	}
	return fmt.Errorf("%w for country %q: expected a code of one of its states or provinces, found %q",
		ErrZone, country, part)
}

// Instant is the first instant at which clocks in zone show hour:minute, or later,
// on d. Where clocks are put back and show a time twice, it is the first of the
// two; where they are put forward and skip it, it is the moment of the change. So
// a later time of day is never an earlier instant: a window from Instant(d, 9, 0)
// to Instant(d, 16, 0) cannot be turned round. hour 24, minute 0 is the end of d.
// Two changes of the clocks within a day of each other are not provided for.
func Instant(d Date, hour, minute int, zone *time.Location) time.Time {
	// The wall clock read as if it were UTC; no zone is further than a day away.
	const day = 86400
	wall := int64(d)*day + int64(hour)*3600 + int64(minute)*60
	before, after := offsetAt(wall-day, zone), offsetAt(wall+day, zone)
	first, second := wall-max(before, after), wall-min(before, after)
	for _, candidate := range [2]int64{first, second} {
		if candidate+offsetAt(candidate, zone) == wall {
			return time.Unix(candidate, 0).In(zone)
		}
	}
	// Skipped: the offset before the change leads to an instant after it.
	skipped := time.Unix(wall-before, 0).In(zone)
	change, _ := skipped.ZoneBounds()
	return change
}

// offsetAt is how many seconds clocks in zone are ahead of UTC at an instant.
func offsetAt(unix int64, zone *time.Location) int64 {
	_, offset := time.Unix(unix, 0).In(zone).Zone()
	return int64(offset)
}

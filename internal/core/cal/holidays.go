package cal

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed holidays/*.csv
var holidayFiles embed.FS

// Holidays is a set of dated holiday tables, one a region, each with its source.
// It is immutable and safe for concurrent use.
type Holidays struct {
	tables    map[string]*holidayTable
	calendars map[string]*Calendar
}

// Region describes one holiday table.
type Region struct {
	Code       string // "GB-EW", "DE-BY", "US"; "TARGET" and "US-FED" are banks' calendars
	Name       string // "England and Wales"
	KnownFrom  Date   // first and last day for which the table is complete
	KnownUntil Date
	CheckedOn  Date              // the day it was last compared with what its sources order
	Sources    map[string]string // source_ref → statute or official page
}

// LoadHolidays returns the tables that come with the program. They are read
// once; later calls return the same set. An error means a damaged build.
func LoadHolidays() (*Holidays, error) { return loadEmbedded() }

var loadEmbedded = sync.OnceValues(readEmbedded)

func readEmbedded() (*Holidays, error) {
	names, err := fs.Glob(holidayFiles, "holidays/*.csv")
	if err != nil {
		return nil, err
	}
	h := &Holidays{tables: map[string]*holidayTable{}}
	for _, name := range names {
		text, err := holidayFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		table, err := parseHolidays(strings.TrimPrefix(name, "holidays/"), string(text))
		if err != nil {
			return nil, err
		}
		h.tables[table.region.Code] = table
	}
	return h, h.build()
}

// With returns a set in which one more table stands, or takes the place of the
// one of the same region: a user's own country, or a year that became known. The
// form of the text is that of the files in the folder holidays; fileName is only
// named in errors.
func (h *Holidays) With(fileName, text string) (*Holidays, error) {
	table, err := parseHolidays(fileName, text)
	if err != nil {
		return nil, err
	}
	more := &Holidays{tables: maps.Clone(h.tables)}
	more.tables[table.region.Code] = table
	if err := more.build(); err != nil {
		return nil, err
	}
	return more, nil
}

// build makes the calendar of every table, joined with the tables it includes.
func (h *Holidays) build() error {
	h.calendars = make(map[string]*Calendar, len(h.tables))
	for code, table := range h.tables {
		known := span{table.region.KnownFrom, table.region.KnownUntil}
		days := maps.Clone(table.days)
		if table.includes != "" {
			base, ok := h.tables[table.includes]
			if !ok || base.includes != "" {
				return fmt.Errorf("%s: includes %q, expected a region that has a table and includes no other",
					table.file, table.includes)
			}
			known = known.meet(span{base.region.KnownFrom, base.region.KnownUntil})
			maps.Copy(days, base.days)
		}
		h.calendars[code] = newCalendar(code, known, days)
	}
	return nil
}

// Regions lists the tables in the order of their codes.
func (h *Holidays) Regions() []Region {
	regions := make([]Region, 0, len(h.tables))
	for _, code := range slices.Sorted(maps.Keys(h.tables)) {
		r := h.tables[code].region
		r.Sources = maps.Clone(r.Sources)
		regions = append(regions, r)
	}
	return regions
}

// Calendar is the calendar of exactly this region, for example "DE-BY"; false if
// there is no such table. The caller decides what to fall back to.
func (h *Holidays) Calendar(region string) (*Calendar, bool) {
	c, ok := h.calendars[region]
	return c, ok
}

// CalendarFor is the finest calendar known for a place: the subdivision, else the
// country, else a calendar of weekends only that is named after the country and
// knows no year ([Calendar.Known]). country is ISO 3166-1 ("DE"), subdivision is
// ISO 3166-2 with or without the country ("DE-BY", "BY") and may be empty.
//
// GB has no calendar of its own: England, Wales and a part that is not stated are GB-EW.
func (h *Holidays) CalendarFor(country, subdivision string) *Calendar {
	part := strings.TrimPrefix(subdivision, country+"-")
	if c, ok := h.calendars[country+"-"+part]; ok && part != "" {
		return c
	}
	if country == "GB" {
		country = "GB-EW"
	}
	if c, ok := h.calendars[country]; ok {
		return c
	}
	return WeekendsOnly(country)
}

// BankCalendarFor is the calendar of the days on which money arrives at a place.
// It differs from [Holidays.CalendarFor] where banks keep other days than the
// country around them:
//   - GB: the days of England in every part, as Bacs and CHAPS keep them;
//   - US: the Federal Reserve Banks, which stay open on a Friday that stands in
//     for a holiday on a Saturday;
//   - the euro countries without a table of their own: TARGET.
//
// In Germany banks are closed on the holidays of their Land although TARGET is open
// on some of them.
func (h *Holidays) BankCalendarFor(country, subdivision string) *Calendar {
	switch {
	case country == "GB":
		subdivision = ""
	case country == "US":
		country = "US-FED"
	case h.calendars[country] == nil && strings.Contains(euroCountries, " "+country+" ") && country != "":
		country = "TARGET"
	}
	return h.CalendarFor(country, subdivision)
}

// euroCountries are the members of the euro area (Bulgaria since 2026).
const euroCountries = " AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK "

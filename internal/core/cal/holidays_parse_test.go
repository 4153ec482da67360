package cal

import (
	"strings"
	"testing"
)

const smallTable = `# region: XA
# name: Somewhere
# known_from: 2026-01-01
# known_until: 2026-12-31
# checked_on: 2026-01-15
# source act: Holiday Act section 1
# a remark without a field
date,name,source_ref
2026-01-01,New Year,act
2026-05-01,Labour Day,act
`

func TestWithAddsAndReplacesATable(t *testing.T) {
	base := loaded(t)
	more, err := base.With("XA.csv", smallTable)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := more.Calendar("XA")
	if !ok || c.IsBusinessDay(MustParse("2026-05-01")) || !c.Known(MustParse("2026-12-31")) {
		t.Error("the table added is not in force")
	}
	if _, ok := base.Calendar("XA"); ok {
		t.Error("adding a table changed the set it was added to")
	}
	if more.CalendarFor("XA", "any").Name() != "XA" {
		t.Error("the table added does not serve its country")
	}
	changed, err := more.With("DE.csv", strings.Replace(smallTable, "region: XA", "region: DE", 1))
	if err != nil {
		t.Fatal(err)
	}
	land, _ := changed.Calendar("DE-BW")
	if land.Holiday(MustParse("2026-12-25")) != "" || land.Holiday(MustParse("2026-01-06")) == "" ||
		land.Known(MustParse("2027-01-01")) {
		t.Error("a Land does not follow the table of Germany that was replaced")
	}
	windows, err := base.With("XA.csv", strings.ReplaceAll(smallTable, "\n", "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := windows.Calendar("XA"); c.Holiday(MustParse("2026-05-01")) != "Labour Day" {
		t.Error("a file with CR LF line ends is read differently")
	}
}

func TestParseHolidaysRefuses(t *testing.T) {
	const region = "# region: XA\n"
	for name, test := range map[string]struct{ old, new, want string }{
		"columns": {"date,name,source_ref", "day,name", `row 8: column names are "day,name", expected`},
		"no columns": {smallTable[strings.Index(smallTable, "date,name"):], "",
			"no line with the column names"},
		"fields":         {"Labour Day,act", "Labour, Day,act", "row 10: 4 fields, expected 3"},
		"date":           {"2026-05-01,", "2026-02-30,", `row 10: date: not a date (expected YYYY-MM-DD)`},
		"order":          {"2026-05-01,", "2025-05-01,", "row 10: date: 2025-05-01 does not come after 2026"},
		"twice":          {"2026-05-01,", "2026-01-01,", "each once"},
		"name":           {"Labour Day", "", "row 10: name: empty"},
		"source":         {"Labour Day,act", "Labour Day,acts", `row 10: source_ref: "acts" has no line`},
		"no source":      {"# source act: Holiday Act section 1\n", "", `source_ref: "act" has no line`},
		"region":         {region, "", "# region"},
		"region name":    {"# name: Somewhere\n", "", "# name"},
		"checked":        {"# checked_on: 2026-01-15\n", "", "# checked_on"},
		"known date":     {"known_from: 2026-01-01", "known_from: 2026-1-1", "row 3: known_from: not a date"},
		"no known_from":  {"# known_from: 2026-01-01\n", "", `known_from "" to known_until "2026-12-31"`},
		"no known_until": {"# known_until: 2026-12-31\n", "", "known_until"},
		"known order":    {"known_from: 2026-01-01", "known_from: 2027-01-01", "expected a span of days"},
		"known long":     {"known_until: 2026-12-31", "known_until: 9999-12-31", "more than 200 years"},
		"outside":        {"known_until: 2026-12-31", "known_until: 2026-04-30", "2026-05-01 lies outside"},
		"includes":       {region, region + "# includes: XB\n", `includes "XB", expected a region`},
		"includes chain": {region, region + "# includes: DE-BY\n", `includes "DE-BY", expected a region`},
		"includes self":  {region, region + "# includes: XA\n", `includes "XA", expected a region`},
	} {
		text := strings.Replace(smallTable, test.old, test.new, 1)
		if text == smallTable {
			t.Errorf("%s: the case changes nothing", name)
		}
		_, err := loaded(t).With("XA.csv", text)
		if err == nil || !strings.Contains(err.Error(), test.want) ||
			!strings.HasPrefix(err.Error(), "XA.csv") {
			t.Errorf("%s: error %v, want one that begins with the file and says %q", name, err, test.want)
		}
	}
}

// Whatever is read gives a calendar that answers, or an error that names the file.
func FuzzParseHolidays(f *testing.F) {
	f.Add(smallTable)
	f.Add(strings.Replace(smallTable, "# region: XA", "# region: XA\n# includes: DE", 1))
	f.Add("date,name,source_ref\n")
	base, err := LoadHolidays()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table, err := parseHolidays("fuzz.csv", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.csv") {
				t.Fatalf("error %v does not name the file", err)
			}
			return
		}
		h, err := base.With("fuzz.csv", text)
		if err != nil {
			return
		}
		c, _ := h.Calendar(table.region.Code)
		for d, name := range table.days {
			if table.includes == "" && (c.Holiday(d) != name || c.IsBusinessDay(d)) {
				t.Fatalf("%s %q is lost", d, name)
			}
		}
	})
}

package cal

import (
	"fmt"
	"strings"
)

// holidayTable is one file of the folder holidays.
type holidayTable struct {
	file     string
	region   Region
	includes string // code of a region whose holidays all apply here too
	days     map[Date]string
}

const holidayColumns = "date,name,source_ref"

// parseHolidays reads one table: lines "# field: value" that describe it, lines
// "# source REF: text" for each source_ref, the line of column names, and one
// line a holiday in the order of the days. There is no quoting: a name holds no comma.
func parseHolidays(file, text string) (*holidayTable, error) {
	t := &holidayTable{file: file, days: map[Date]string{}}
	t.region.Sources = map[string]string{}
	t.region.KnownFrom, t.region.KnownUntil, t.region.CheckedOn = None, None, None
	last, seenColumns := None, false
	row := 0
	for line := range strings.Lines(text) {
		row++
		line = strings.TrimRight(line, "\r\n")
		var err error
		switch {
		case strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "#"):
			err = t.readHeader(strings.TrimSpace(line[1:]))
		case !seenColumns:
			if seenColumns = line == holidayColumns; !seenColumns {
				err = fmt.Errorf("column names are %q, expected %q", line, holidayColumns)
			}
		default:
			last, err = t.readDay(line, last)
		}
		if err != nil {
			return nil, fmt.Errorf("%s row %d: %w", file, row, err)
		}
	}
	if !seenColumns {
		return nil, fmt.Errorf("%s: no line with the column names %q", file, holidayColumns)
	}
	return t, t.check()
}

// readHeader reads "field: value"; a comment without a known field is a remark.
func (t *holidayTable) readHeader(comment string) error {
	field, value, found := strings.Cut(comment, ":")
	if !found {
		return nil
	}
	value = strings.TrimSpace(value)
	var err error
	switch field {
	case "region":
		t.region.Code = value
	case "name":
		t.region.Name = value
	case "includes":
		t.includes = value
	case "known_from":
		t.region.KnownFrom, err = Parse(value)
	case "known_until":
		t.region.KnownUntil, err = Parse(value)
	case "checked_on":
		t.region.CheckedOn, err = Parse(value)
	default:
		if ref, isSource := strings.CutPrefix(field, "source "); isSource {
			t.region.Sources[ref] = value
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	return nil
}

// readDay reads one holiday, which must come after the last one read.
func (t *holidayTable) readDay(line string, last Date) (Date, error) {
	fields := strings.Split(line, ",")
	if len(fields) != 3 {
		return None, fmt.Errorf("%d fields, expected 3: %s", len(fields), holidayColumns)
	}
	d, err := Parse(fields[0])
	switch {
	case err != nil:
		return None, fmt.Errorf("date: %w", err)
	case d <= last:
		return None, fmt.Errorf("date: %s does not come after %s, expected rising days, each once", d, last)
	case fields[1] == "":
		return None, fmt.Errorf("name: empty, expected the name of the holiday")
	case t.region.Sources[fields[2]] == "":
		return None, fmt.Errorf(`source_ref: %q has no line "# source %s: ..." above`, fields[2], fields[2])
	}
	t.days[d] = fields[1]
	return d, nil
}

// check refuses a table whose description is incomplete or that holds days
// outside the time it says it knows.
func (t *holidayTable) check() error {
	r := t.region
	switch {
	case r.Code == "":
		return fmt.Errorf(`%s: no line "# region: ..."`, t.file)
	case r.Name == "":
		return fmt.Errorf(`%s: no line "# name: ..."`, t.file)
	case r.CheckedOn == None:
		return fmt.Errorf(`%s: no line "# checked_on: YYYY-MM-DD"`, t.file)
	case r.KnownFrom == None || r.KnownUntil < r.KnownFrom:
		return fmt.Errorf("%s: known_from %q to known_until %q, expected a span of days",
			t.file, r.KnownFrom, r.KnownUntil)
	case r.KnownUntil.DaysSince(r.KnownFrom) > maxKnownDays:
		return fmt.Errorf("%s: known_from %s to known_until %s is more than 200 years",
			t.file, r.KnownFrom, r.KnownUntil)
	}
	for d := range t.days {
		if d < r.KnownFrom || d > r.KnownUntil {
			return fmt.Errorf("%s: %s lies outside known_from %s to known_until %s",
				t.file, d, r.KnownFrom, r.KnownUntil)
		}
	}
	return nil
}

// maxKnownDays bounds the memory one table can ask for.
const maxKnownDays = 200 * 366

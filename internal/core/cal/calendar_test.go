package cal

import (
	"slices"
	"strings"
	"testing"
	"time"

	oracle "github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/ecb"
	"github.com/rickar/cal/v2/us"
	"pgregory.net/rapid"
)

func TestCalendarRollsAndCounts(t *testing.T) {
	c := calendarOf(t, "GB-EW") // Easter 2026: Friday 3 to Monday 6 April
	for _, test := range []struct {
		day, forward, back string
	}{
		{"2026-04-02", "2026-04-02", "2026-04-02"}, {"2026-04-03", "2026-04-07", "2026-04-02"},
		{"2026-04-05", "2026-04-07", "2026-04-02"}, {"2026-04-06", "2026-04-07", "2026-04-02"},
		{"2026-12-25", "2026-12-29", "2026-12-24"}, {"2027-12-25", "2027-12-29", "2027-12-24"},
	} {
		d := MustParse(test.day)
		if got := c.RollForward(d); got.String() != test.forward {
			t.Errorf("%s rolls forward to %s, want %s", d, got, test.forward)
		}
		if got := c.RollBack(d); got.String() != test.back {
			t.Errorf("%s rolls back to %s, want %s", d, got, test.back)
		}
	}
	for _, test := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-04-02", 0, "2026-04-02"}, {"2026-04-02", 1, "2026-04-07"}, {"2026-04-04", 0, "2026-04-04"},
		{"2026-04-04", 1, "2026-04-07"}, {"2026-04-07", -1, "2026-04-02"}, {"2026-04-06", -1, "2026-04-02"},
		{"2026-04-02", 5, "2026-04-13"}, {"2026-04-13", -5, "2026-04-02"},
	} {
		if got := c.AddBusinessDays(MustParse(test.from), test.n); got.String() != test.want {
			t.Errorf("%s + %d business days = %s, want %s", test.from, test.n, got, test.want)
		}
	}
	for _, test := range []struct {
		from, to string
		want     int
	}{
		{"2026-04-02", "2026-04-07", 1}, {"2026-04-02", "2026-04-02", 0}, {"2026-04-07", "2026-04-02", 0},
		{"2026-04-01", "2026-04-02", 1}, {"2025-12-31", "2026-12-31", 253},
	} {
		if got := c.BusinessDaysBetween(MustParse(test.from), MustParse(test.to)); got != test.want {
			t.Errorf("%d business days from %s to %s, want %d", got, test.from, test.to, test.want)
		}
	}
}

func TestCalendarOutsideItsYears(t *testing.T) {
	c := calendarOf(t, "GB-EW")
	for _, day := range []string{"2009-12-31", "2029-01-01"} {
		if d := MustParse(day); c.Known(d) || !c.IsBusinessDay(d) {
			t.Errorf("%s: known %v, business day %v; want an unknown year that counts weekends only",
				day, c.Known(d), c.IsBusinessDay(d))
		}
	}
	for _, day := range []string{"2010-01-01", "2028-12-31"} {
		if !c.Known(MustParse(day)) {
			t.Errorf("%s is not known", day)
		}
	}
	var zero Calendar
	if !zero.IsBusinessDay(0) || zero.IsBusinessDay(2) || zero.Known(0) || zero.Holiday(0) != "" {
		t.Error("the zero Calendar is not a calendar of weekends only")
	}
}

// drawCalendar draws any calendar there is.
func drawCalendar(t *rapid.T, h *Holidays) *Calendar {
	var all []*Calendar
	for _, r := range h.Regions() {
		c, _ := h.Calendar(r.Code)
		all = append(all, c)
	}
	all = append(all, WeekendsOnly("XX"))
	return rapid.SampledFrom(all).Draw(t, "calendar")
}

func TestCalendarProperties(t *testing.T) {
	h := loaded(t)
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t, h)
		d := Date(rapid.IntRange(int(MustParse("2005-01-01")), int(MustParse("2040-12-31"))).Draw(t, "d"))
		n := rapid.IntRange(0, 300).Draw(t, "n")
		forward, back := c.RollForward(d), c.RollBack(d)
		if !c.IsBusinessDay(forward) || !c.IsBusinessDay(back) || back > d || forward < d {
			t.Fatalf("%v rolls to %v and %v", d, forward, back)
		}
		if c.RollForward(forward) != forward || c.RollBack(back) != back {
			t.Fatal("rolling twice is not rolling once")
		}
		if c.IsBusinessDay(d) != (forward == back) {
			t.Fatalf("%v: only a business day rolls to one day in both directions", d)
		}
		if c.AddBusinessDays(d, 1) < c.RollForward(d) {
			t.Fatal("the next business day lies before the day itself rolled")
		}
		later := c.AddBusinessDays(d, n)
		if got := c.BusinessDaysBetween(d, later); got != n {
			t.Fatalf("%d business days after %v is %v, which counts %d", n, d, later, got)
		}
		if n > 0 && c.AddBusinessDays(later, -n) != back {
			t.Fatalf("%v + %d - %d business days is not the business day at or before it", d, n, n)
		}
		if c.AddBusinessDays(c.AddBusinessDays(d, n), 7) != c.AddBusinessDays(d, n+7) {
			t.Fatal("adding in two steps differs from adding at once")
		}
	})
}

// whyDifferent explains a weekday on which our table and the library differ; ""
// if nothing does.
func whyDifferent(region string, d Date) string {
	y, m, day := d.YMD()
	at := m*100 + day
	switch {
	case d == MustParse("2017-10-31"):
		return "the library lacks the one-off holiday of all Länder"
	case region == "DE-BE" && at == 3_08 && y < 2019:
		return "the library has no first year for the Frauentag of Berlin"
	case region == "DE-BE" && (d == MustParse("2020-05-08") || d == MustParse("2025-05-08")):
		return "the library lacks the one-off holidays of Berlin"
	case region == "DE-BY" && at == 8_15:
		return "a holiday in most communes of Bavaria, which the library leaves out"
	case region == "DE-MV" && at == 3_08 && y >= 2023:
		return "the library lacks the Frauentag of Mecklenburg-Vorpommern"
	case strings.Contains("DE-HB DE-HH DE-NI DE-SH", region) && at == 10_31 && y < 2018:
		return "the library has no first year for the Reformationstag of the north"
	case region == "US-FED" && d.Weekday() == time.Friday:
		return "the library moves a Saturday's holiday to Friday, the Federal Reserve does not"
	}
	return ""
}

// differences counts the explained differences of 2010 to 2035.
var differences = map[string]int{
	"DE": 1, "DE-BE": 10, "DE-BW": 1, "DE-BY": 20, "DE-HB": 5, "DE-HE": 1, "DE-HH": 5, "DE-MV": 10,
	"DE-NI": 5, "DE-NW": 1, "DE-RP": 1, "DE-SH": 5, "DE-SL": 1, "US-FED": 18,
}

func TestCalendarsAgainstLibrary(t *testing.T) {
	for region, holidays := range map[string][]*oracle.Holiday{
		"DE": de.Holidays, "DE-BW": de.HolidaysBW, "DE-BY": de.HolidaysBY, "DE-BE": de.HolidaysBE,
		"DE-BB": de.HolidaysBB, "DE-HB": de.HolidaysHB, "DE-HH": de.HolidaysHH, "DE-HE": de.HolidaysHE,
		"DE-MV": de.HolidaysMV, "DE-NI": de.HolidaysNI, "DE-NW": de.HolidaysNW, "DE-RP": de.HolidaysRP,
		"DE-SL": de.HolidaysSL, "DE-SN": de.HolidaysSN, "DE-ST": de.HolidaysST, "DE-SH": de.HolidaysSH,
		"DE-TH": de.HolidaysTH, "US": us.Holidays, "US-FED": us.Holidays, "TARGET": ecb.Holidays,
	} {
		off := map[Date]bool{}
		for _, holiday := range holidays {
			for year := 2010; year <= 2036; year++ {
				_, observed := holiday.Calc(year)
				if !observed.IsZero() {
					off[DateIn(observed, time.UTC)] = true
				}
			}
		}
		c := calendarOf(t, region)
		explained := 0
		for d := MustParse("2010-01-01"); d <= MustParse("2035-12-31"); d++ {
			if isWeekend(d) || off[d] == !c.IsBusinessDay(d) {
				continue
			}
			if explained++; whyDifferent(region, d) == "" {
				t.Errorf("%s %s %v: the table says business day %v (%s), the library %v",
					region, d, d.Weekday(), c.IsBusinessDay(d), c.Holiday(d), !off[d])
			}
		}
		if explained != differences[region] {
			t.Errorf("%s differs from the library on %d weekdays, want %d",
				region, explained, differences[region])
		}
	}
}

// Every Land adds to the nationwide days and none takes one away.
func TestLaenderIncludeGermany(t *testing.T) {
	germany := calendarOf(t, "DE")
	counts := map[string]int{}
	for _, r := range loaded(t).Regions() {
		if !strings.HasPrefix(r.Code, "DE-") {
			continue
		}
		land := calendarOf(t, r.Code)
		for d := r.KnownFrom; d <= r.KnownUntil; d++ {
			if germany.Holiday(d) != "" && land.Holiday(d) == "" {
				t.Errorf("%s lacks %s %s", r.Code, d, germany.Holiday(d))
			}
			if y, _, _ := d.YMD(); y == 2024 && land.Holiday(d) != "" {
				counts[r.Code]++
			}
		}
	}
	// Statutory holidays in 2024 without those that are always Sundays.
	want := map[string]int{
		"DE-BW": 12, "DE-BY": 13, "DE-BE": 10, "DE-BB": 10, "DE-HB": 10, "DE-HH": 10, "DE-HE": 10,
		"DE-MV": 11, "DE-NI": 10, "DE-NW": 11, "DE-RP": 11, "DE-SL": 12, "DE-SN": 11, "DE-ST": 11,
		"DE-SH": 10, "DE-TH": 11,
	}
	for code, n := range want {
		if counts[code] != n {
			t.Errorf("%s has %d holidays in 2024, want %d", code, counts[code], n)
		}
	}
	if len(counts) != 16 {
		t.Errorf("%d Länder, want 16", len(counts))
	}
}

func TestCalendarsDoNotAllocate(t *testing.T) {
	h := loaded(t)
	c := h.CalendarFor("GB", "")
	send := NewSendDays(c, calendarOf(t, "DE-BE"), DefaultClosingDays())
	d := MustParse("2026-12-23")
	if n := testing.AllocsPerRun(100, func() {
		c.AddBusinessDays(d, 5)
		c.RollBack(d)
		c.BusinessDaysBetween(d, d+30)
		send.IsSendDay(d)
		send.RollForward(d + 1)
		send.RollBack(d + 5)
		NextAfterGrace(PayBy(d, Transit{Days: 2, Business: true}, 14, c), 2, c)
	}); n != 0 {
		t.Errorf("asking calendars allocates %v times", n)
	}
}

func TestRegionsAreSorted(t *testing.T) {
	byCode := func(a, b Region) int { return strings.Compare(a.Code, b.Code) }
	if !slices.IsSortedFunc(loaded(t).Regions(), byCode) {
		t.Error("regions are not in the order of their codes")
	}
}

func BenchmarkAddBusinessDays(b *testing.B) {
	c, d := calendarOf(b, "GB-EW"), MustParse("2026-04-02")
	for b.Loop() {
		c.AddBusinessDays(d, 5)
	}
}

func BenchmarkSendDayRollForward(b *testing.B) {
	c := calendarOf(b, "GB-EW")
	send, d := NewSendDays(c, calendarOf(b, "DE-BE"), DefaultClosingDays()), MustParse("2026-12-24")
	for b.Loop() {
		send.RollForward(d)
	}
}

func BenchmarkLoadHolidays(b *testing.B) {
	for b.Loop() {
		if _, err := readEmbedded(); err != nil {
			b.Fatal(err)
		}
	}
}

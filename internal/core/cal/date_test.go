package cal

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestOf(t *testing.T) {
	for _, test := range []struct {
		year, month, day int
		want             Date
	}{
		{1970, 1, 1, 0}, {1969, 12, 31, -1}, {2000, 2, 29, 11016}, {2026, 3, 2, 20514},
		{1, 1, 1, firstDay}, {9999, 12, 31, lastDay},
		{1900, 2, 29, None}, {2100, 2, 29, None}, {2026, 4, 31, None},
		{2026, 13, 1, None}, {2026, 0, 1, None},
		{2026, 1, 0, None}, {2026, 1, -1, None}, {0, 1, 1, None}, {10000, 1, 1, None}, {-1, 1, 1, None},
	} {
		if got := Of(test.year, test.month, test.day); got != test.want {
			t.Errorf("Of(%d, %d, %d) = %d, want %d", test.year, test.month, test.day, got, test.want)
		}
	}
}

// A million random days against the standard library's calendar.
func TestDateAgainstTime(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1_000_000 {
		d := firstDay + Date(random.IntN(int(lastDay-firstDay)+1))
		at := time.Unix(int64(d)*86400, 0).UTC()
		wantYear, wantMonth, wantDay := at.Date()
		year, month, day := d.YMD()
		if year != wantYear || month != int(wantMonth) || day != wantDay {
			t.Fatalf("%d.YMD() = %d-%d-%d, want %v", d, year, month, day, at)
		}
		if back := Of(year, month, day); back != d {
			t.Fatalf("Of(%d, %d, %d) = %d, want %d", year, month, day, back, d)
		}
		if d.Weekday() != at.Weekday() {
			t.Fatalf("%v is a %v, want %v", d, d.Weekday(), at.Weekday())
		}
		checkAddMonths(t, d, random.IntN(2400)-1200)
	}
}

func checkAddMonths(t *testing.T, d Date, n int) {
	y, m, day := d.YMD()
	first := time.Date(y, time.Month(m+n), 1, 0, 0, 0, 0, time.UTC)
	got := d.AddMonths(n)
	switch {
	case first.Year() < 1:
		if got != None {
			t.Fatalf("%v.AddMonths(%d) = %v, want None", d, n, got)
		}
		return
	case first.Year() > 9999:
		if got != Far {
			t.Fatalf("%v.AddMonths(%d) = %v, want Far", d, n, got)
		}
		return
	}
	last := first.AddDate(0, 1, -1).Day()
	want := Date(first.Unix()/86400) + Date(min(day, last)-1)
	if first.Unix()%86400 != 0 || got != want {
		t.Fatalf("%v.AddMonths(%d) = %v, want %v", d, n, got, want)
	}
}

// Every day from 1970 to 2100, one after the other, written by two hands.
func TestDateTextAgainstTime(t *testing.T) {
	at := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := Date(0); at.Year() <= 2100; d++ {
		text := at.Format(time.DateOnly)
		if d.String() != text {
			t.Fatalf("%d.String() = %s, want %s", d, d, text)
		}
		if parsed, err := Parse(text); err != nil || parsed != d || ParseBytes([]byte(text)) != d {
			t.Fatalf("Parse(%s) = %v, %v", text, parsed, err)
		}
		if !d.Time().Equal(at) {
			t.Fatalf("%s.Time() = %v", text, d.Time())
		}
		if DaysInMonth(at.Year(), int(at.Month())) != at.AddDate(0, 1, 1-at.Day()).AddDate(0, 0, -1).Day() &&
			at.Day() == 1 {
			t.Fatalf("DaysInMonth of %s = %d", text, DaysInMonth(at.Year(), int(at.Month())))
		}
		if want := at.AddDate(0, 0, 1-at.Day()); !d.MonthStart().Time().Equal(want) {
			t.Fatalf("%s.MonthStart() = %v, want %v", text, d.MonthStart(), want)
		}
		at = at.AddDate(0, 0, 1)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "2026-3-2", "2026-03-2", "26-03-02", "2026/03/02", "2026-03-02 ", " 2026-03-02", "2026-02-29",
		"2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01", "2026-03-0x", "-026-03-02", "+026-03-02",
		"2026-03-02T00:00:00", "20260302", "٢٠٢٦-٠٣-٠٢", "2026-04-31", "never",
	} {
		d, err := Parse(text)
		if !errors.Is(err, ErrDate) || d != None || ParseBytes([]byte(text)) != None {
			t.Errorf("Parse(%q) = %v, %v: want None and ErrDate", text, d, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"2026-03-02", "2024-02-29", "2023-02-29", "9999-12-31", "", "0001-01-01"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		want, wantErr := time.Parse(time.DateOnly, text)
		accepted := wantErr == nil && want.Year() >= 1
		if (err == nil) != accepted {
			t.Fatalf("Parse(%q): %v, the standard library: %v", text, err, wantErr)
		}
		if err == nil && (d.String() != text || !d.Time().Equal(want)) {
			t.Fatalf("Parse(%q) = %v", text, d)
		}
		if ParseBytes([]byte(text)) != d {
			t.Fatalf("ParseBytes(%q) differs from Parse", text)
		}
	})
}

func TestMustParsePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("MustParse of bad text did not panic")
		}
	}()
	MustParse("2026-02-30")
}

func TestAddMonthsClampsToMonthEnd(t *testing.T) {
	for _, test := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"}, {"2026-03-31", -1, "2026-02-28"}, {"2026-12-15", 1, "2027-01-15"},
		{"2026-01-15", -1, "2025-12-15"}, {"2026-05-31", 0, "2026-05-31"}, {"2026-05-31", 36, "2029-05-31"},
	} {
		if got := MustParse(test.from).AddMonths(test.months); got.String() != test.want {
			t.Errorf("%s + %d months = %s, want %s", test.from, test.months, got, test.want)
		}
	}
	if got := MustParse("2024-02-29").AddYears(1); got.String() != "2025-02-28" {
		t.Errorf("29 February + 1 year = %s", got)
	}
}

// An absent day and "until further notice" survive any arithmetic.
func TestNoneAndFarAbsorb(t *testing.T) {
	c := calendarOf(t, "DE")
	send := NewSendDays(c, c, DefaultClosingDays())
	for _, d := range []Date{None, Far} {
		for name, got := range map[string]Date{
			"AddDays": d.AddDays(10), "AddDays back": d.AddDays(-10), "AddMonths": d.AddMonths(3),
			"AddMonths back": d.AddMonths(-3), "AddYears": d.AddYears(30), "MonthStart": d.MonthStart(),
			"RollForward": c.RollForward(d), "RollBack": c.RollBack(d),
			"AddBusinessDays": c.AddBusinessDays(d, 3), "AddBusinessDays back": c.AddBusinessDays(d, -3),
			"SendDays.RollForward": send.RollForward(d), "SendDays.RollBack": send.RollBack(d),
			"PayBy":          PayBy(d, Transit{Days: 2, Business: true}, 14, c),
			"NextAfterGrace": NextAfterGrace(d, 2, c),
		} {
			if got != d {
				t.Errorf("%s of %q is %d", name, d, got)
			}
		}
		if d.Valid() || c.Known(d) {
			t.Errorf("%q counts as a known day", d)
		}
	}
	if None.String() != "" || Far.String() != "never" {
		t.Errorf("texts are %q and %q", None, Far)
	}
	if c.BusinessDaysBetween(None, 0) != 0 || c.BusinessDaysBetween(0, Far) != 0 {
		t.Error("business days to or from no day are counted")
	}
}

// Leaving the years that have a text ends at None or Far, never at a wrong text.
func TestArithmeticStaysInsideTheYears(t *testing.T) {
	c := WeekendsOnly("")
	const huge = 1 << 60
	for name, got := range map[string]Date{
		"day after the last": lastDay.AddDays(1), "many days": MustParse("2026-01-01").AddDays(huge),
		"month after the last": lastDay.AddMonths(1), "many months": Date(0).AddMonths(huge),
		"many years": Date(0).AddYears(huge), "business day after the last": c.AddBusinessDays(lastDay, 1),
		"weekend after the last": c.RollForward(lastDay.AddDays(1)),
	} {
		if got != Far {
			t.Errorf("%s is %q, want Far", name, got)
		}
	}
	for name, got := range map[string]Date{
		"day before the first": firstDay.AddDays(-1), "many days": Date(0).AddDays(-huge),
		"month before the first": firstDay.AddMonths(-1), "many months": Date(0).AddMonths(-huge),
		"many years":                    Date(0).AddYears(-huge),
		"business day before the first": c.AddBusinessDays(firstDay, -1),
	} {
		if got != None {
			t.Errorf("%s is %q, want None", name, got)
		}
	}
	if MustParse("9999-12-30").AddDays(1) != lastDay || MustParse("0001-01-02").AddDays(-1) != firstDay {
		t.Error("the first and last day cannot be reached")
	}
}

func TestDateJSON(t *testing.T) {
	type row struct{ A, B, C Date }
	text, err := json.Marshal(row{MustParse("2026-03-02"), None, Far})
	if err != nil || string(text) != `{"A":"2026-03-02","B":"","C":"never"}` {
		t.Fatalf("JSON is %s, %v", text, err)
	}
	var back row
	if err := json.Unmarshal(text, &back); err != nil || back != (row{MustParse("2026-03-02"), None, Far}) {
		t.Errorf("read back %v, %v", back, err)
	}
	err = json.Unmarshal([]byte(`{"A":"2026-02-30"}`), &back)
	if !errors.Is(err, ErrDate) || back.A != None {
		t.Errorf("a bad date in JSON gives %v, %v", back.A, err)
	}
}

func TestDateIn(t *testing.T) {
	at := time.Date(2026, 3, 2, 23, 30, 0, 0, time.UTC)
	for offsetHours, want := range map[int]string{
		0: "2026-03-02", 1: "2026-03-03", -12: "2026-03-02", 14: "2026-03-03",
	} {
		if got := DateIn(at, time.FixedZone("", offsetHours*3600)); got.String() != want {
			t.Errorf("at UTC%+d it is %s, want %s", offsetHours, got, want)
		}
	}
}

func TestDateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.Int32Range(int32(firstDay), int32(lastDay)).Draw(t, "d"))
		n := rapid.IntRange(-100_000, 100_000).Draw(t, "n")
		if e := d.AddDays(n); e.Valid() && (e.DaysSince(d) != n || e.AddDays(-n) != d) {
			t.Fatalf("%v + %d days = %v does not go back", d, n, e)
		}
		a, b := d.AddMonths(n%500), d.AddMonths(n%500+1)
		if b < a {
			t.Fatalf("a month more is earlier: %v, %v", a, b)
		}
		if text, err := d.MarshalText(); err != nil || ParseBytes(text) != d {
			t.Fatalf("%v written as %s, %v", d, text, err)
		}
	})
}

func TestDateDoesNotAllocate(t *testing.T) {
	text, buf := []byte("2026-03-02"), make([]byte, 0, 10)
	if n := testing.AllocsPerRun(100, func() {
		buf = ParseBytes(text).AddMonths(3).AddDays(-1).Append(buf[:0])
	}); n != 0 {
		t.Errorf("parse, add and append allocate %v times", n)
	}
	if string(buf) != "2026-06-01" {
		t.Errorf("got %s", buf)
	}
}

func BenchmarkParseBytes(b *testing.B) {
	text := []byte("2026-03-02")
	for b.Loop() {
		ParseBytes(text)
	}
}

func BenchmarkAddMonths(b *testing.B) {
	d := MustParse("2026-01-31")
	for b.Loop() {
		d.AddMonths(1)
	}
}

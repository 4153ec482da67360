package cal

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSendDays(t *testing.T) {
	england, berlin := calendarOf(t, "GB-EW"), calendarOf(t, "DE-BE")
	closed, err := ParseClosingDays([]string{"12-24..01-01", "2026-08-03..2026-08-14", "2026-05-15", "06-29"})
	if err != nil {
		t.Fatal(err)
	}
	send := NewSendDays(berlin, england, closed)
	for _, test := range []struct{ day, forward, back string }{
		{"2026-03-02", "2026-03-02", "2026-03-02"},
		{"2026-04-03", "2026-04-07", "2026-04-02"}, // Good Friday, Easter Monday at both
		{"2026-05-04", "2026-05-05", "2026-04-30"}, // bank holiday at ours; Friday 1 May at the debtor's
		{"2026-05-14", "2026-05-18", "2026-05-13"}, // Ascension there, then our own closing day
		{"2026-06-29", "2026-06-30", "2026-06-26"}, // closed every year
		{"2027-06-29", "2027-06-30", "2027-06-28"},
		{"2026-08-03", "2026-08-17", "2026-07-31"}, // closed this year only
		{"2027-08-03", "2027-08-03", "2027-08-03"},
		{"2026-12-24", "2027-01-04", "2026-12-23"}, // over the year's end
		{"2026-01-01", "2026-01-02", "2025-12-23"},
	} {
		d := MustParse(test.day)
		if got := send.RollForward(d); got.String() != test.forward {
			t.Errorf("%s: next send day %s, want %s", d, got, test.forward)
		}
		if got := send.RollBack(d); got.String() != test.back {
			t.Errorf("%s: previous send day %s, want %s", d, got, test.back)
		}
	}
	if d := MustParse("2026-12-28"); send.IsSendDay(d) || !berlin.IsBusinessDay(d) {
		t.Error("a closing day is no send day but stays a business day")
	}
	if !send.Known(MustParse("2028-12-31")) || send.Known(MustParse("2029-01-01")) {
		t.Error("send days are known where both places are")
	}
}

func TestSendDaysProperties(t *testing.T) {
	h := loaded(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawCalendar(t, h), drawCalendar(t, h)
		closed := DefaultClosingDays()
		if rapid.Bool().Draw(t, "open at Christmas") {
			closed = ClosingDays{}
		}
		send := NewSendDays(a, b, closed)
		d := Date(rapid.IntRange(int(MustParse("2005-01-01")), int(MustParse("2040-12-31"))).Draw(t, "d"))
		want := a.IsBusinessDay(d) && b.IsBusinessDay(d) && !closed.Contains(d)
		if send.IsSendDay(d) != want || NewSendDays(b, a, closed).IsSendDay(d) != want {
			t.Fatalf("%v: send day %v, want %v", d, send.IsSendDay(d), want)
		}
		forward, back := send.RollForward(d), send.RollBack(d)
		if !send.IsSendDay(forward) || !send.IsSendDay(back) || back > d || forward < d ||
			(forward == back) != want {
			t.Fatalf("%v rolls to %v and %v", d, forward, back)
		}
		for between := back + 1; between < forward; between++ {
			if send.IsSendDay(between) {
				t.Fatalf("%v: rolled past the send day %v", d, between)
			}
		}
	})
}

func TestDefaultClosingDays(t *testing.T) {
	closed := DefaultClosingDays()
	for day, want := range map[string]bool{
		"2026-12-23": false, "2026-12-24": true, "2026-12-31": true, "2027-01-01": true, "2027-01-02": false,
		"2026-01-01": true, "2026-06-15": false,
	} {
		if got := closed.Contains(MustParse(day)); got != want {
			t.Errorf("%s closed: %v, want %v", day, got, want)
		}
	}
	if (ClosingDays{}).Contains(MustParse("2026-12-25")) {
		t.Error("the zero ClosingDays closes a day")
	}
}

func TestClosingDaysKeepTheirText(t *testing.T) {
	entries := []string{"12-24..01-01", "06-29", "02-29", "2026-08-03..2026-08-14", "2026-05-15"}
	closed, err := ParseClosingDays(entries)
	if err != nil {
		t.Fatal(err)
	}
	if got := closed.Entries(); !slices.Equal(got, entries) {
		t.Errorf("entries are %q, want %q", got, entries)
	}
	if !closed.Contains(MustParse("2028-02-29")) || closed.Contains(MustParse("2027-02-28")) {
		t.Error("02-29 closes a day in leap years only")
	}
	if got := DefaultClosingDays().Entries(); !slices.Equal(got, []string{"12-24..01-01"}) {
		t.Errorf("the default is %q", got)
	}
}

func TestParseClosingDaysRefuses(t *testing.T) {
	for entry, want := range map[string]string{
		"":                       "expected MM-DD",
		"Christmas":              "expected MM-DD",
		"12-24..":                "expected MM-DD",
		"13-01":                  "expected MM-DD",
		"02-30":                  "expected MM-DD",
		"12-24..2027-01-01":      "expected MM-DD",
		"2026-08-14..2026-08-03": "earlier day first",
		"2026-02-29":             "expected MM-DD",
		"01-01..12-31":           "leave 0 days of a year open",
		"03-01..02-28":           "leave 0 days of a year open",
		"02-01..12-31":           "leave 31 days of a year open",
	} {
		_, err := ParseClosingDays([]string{"05-04", entry})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), entry) {
			t.Errorf("%q: error %v, want one with %q and the entry", entry, err, want)
		}
	}
	if _, err := ParseClosingDays([]string{"01-01..05-31", "07-31..12-31"}); err != nil {
		t.Errorf("60 open days: %v", err)
	}
}

package sim

import (
	"testing"

	"github.com/recoup-project/recoup/internal/core/money"
)

func TestNewsInWords(t *testing.T) {
	r := newReporter(tuesday)
	for range 3 {
		r.tell(NewPayments, money.Money{Currency: "GBP", Minor: 123_456_789}, Ref{Name: "A Ltd"})
	}
	r.tell(NewPayments, money.Money{Currency: "EUR", Minor: 12_00}, Ref{Name: "B GmbH"})
	r.tell(NewPromises, money.Money{}, Ref{Name: "C plc", Words: "by " + dayName(tuesday+3)})
	r.add(NewHeldBack, 2)
	r.add(NewSent, 0)
	n := r.news(tuesday + 1)
	want := []string{
		"4 payments came in: 12.00 EUR, 3,703,703.67 GBP.",
		"2 reminders were held back at the last second: 2 wrong chases avoided.",
		"1 customer promised a day: C plc (by Friday 20 November).",
	}
	if len(n.Lines) != len(want) || n.Count[NewPayments] != 4 || len(n.Lines[0].Refs) != 4 {
		t.Fatalf("news %+v", n)
	}
	for i, text := range want {
		if n.Lines[i].Text != text {
			t.Errorf("line %d: %q, expected %q", i, n.Lines[i].Text, text)
		}
	}
	if !r.happened() || newReporter(tuesday).happened() {
		t.Error("what a visitor would stop for is not told apart")
	}
}

// TestWeekends: what is planned for a weekend happens on Monday, in the order of planning.
func TestWeekends(t *testing.T) {
	s := &state{Seed: 1}
	saturday := tuesday + 4
	s.plan(event{Day: saturday + 3, Kind: evPay})
	s.plan(event{Day: saturday, Kind: evCopy})
	s.plan(event{Day: saturday + 1, Kind: evAway})
	if len(s.Events) != 3 || s.Events[0].Kind != evCopy || s.Events[0].Day != saturday+2 || s.Events[1].Kind != evAway ||
		s.Events[1].Day != saturday+2 {
		t.Errorf("events %+v", s.Events)
	}
}

func TestMessageOf(t *testing.T) {
	for id, want := range map[string]int64{"m1-123.book@host": 123, "mtest-1789.book@host": 0, "": 0, "x": 0} {
		if got := messageOf(id); got != want {
			t.Errorf("%q is of message %d, expected %d", id, got, want)
		}
	}
}

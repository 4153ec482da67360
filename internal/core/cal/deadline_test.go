package cal

import "testing"

// The calendar of the shipped strategies for an invoice due Monday 2 March 2026
// that nobody pays, as far as deadlines alone decide it.
func TestDeadlinesOfShippedStrategies(t *testing.T) {
	const (
		england = "GB-EW"
		germany = "DE"
		states  = "US"
	)
	email := Transit{}
	letter := map[string]Transit{
		england: {Days: 2, Business: true}, germany: {Days: 4}, states: {Days: 5, Business: true},
	}
	for _, test := range []struct {
		step, place, dispatch string
		transit               Transit
		deadlineDays          int
		payBy, next           string
	}{
		{"standard friendly", england, "2026-03-05", email, 7, "2026-03-12", "2026-03-17"},
		{"standard friendly", germany, "2026-03-05", email, 7, "2026-03-12", "2026-03-17"},
		{"standard friendly", states, "2026-03-05", email, 7, "2026-03-12", "2026-03-17"},
		{"standard formal", england, "2026-03-19", email, 7, "2026-03-26", "2026-03-31"},
		{"standard formal", germany, "2026-03-19", email, 7, "2026-03-26", "2026-03-31"},
		{"standard formal", states, "2026-03-19", email, 7, "2026-03-26", "2026-03-31"},
		{"standard final_demand", england, "2026-04-02", letter[england], 14, "2026-04-22", "2026-04-27"},
		{"final_demand, individual", england, "2026-04-02", letter[england], 30, "2026-05-08", "2026-05-13"},
		{"standard final_demand", germany, "2026-04-02", letter[germany], 14, "2026-04-20", "2026-04-23"},
		{"standard final_demand", states, "2026-04-02", letter[states], 14, "2026-04-23", "2026-04-28"},
		{"firm reminder", england, "2026-03-03", email, 7, "2026-03-10", "2026-03-13"},
		{"firm formal", england, "2026-03-13", email, 7, "2026-03-20", "2026-03-25"},
		{"firm formal", germany, "2026-03-13", email, 7, "2026-03-20", "2026-03-25"},
		{"firm formal", states, "2026-03-13", email, 7, "2026-03-20", "2026-03-25"},
		{"firm final_demand", england, "2026-03-27", letter[england], 14, "2026-04-14", "2026-04-17"},
		{"firm final_demand", germany, "2026-03-27", letter[germany], 14, "2026-04-14", "2026-04-17"},
		{"firm final_demand", states, "2026-03-27", letter[states], 14, "2026-04-17", "2026-04-22"},
		{"gentle friendly", england, "2026-03-09", email, 14, "2026-03-23", "2026-03-26"},
		{"gentle second", england, "2026-03-26", email, 10, "2026-04-07", "2026-04-10"},
		{"gentle second", germany, "2026-03-26", email, 10, "2026-04-07", "2026-04-10"},
		{"gentle second", states, "2026-03-26", email, 10, "2026-04-06", "2026-04-09"},
		{"gentle formal", england, "2026-04-14", email, 14, "2026-04-28", "2026-05-01"},
		{"gentle formal", germany, "2026-04-14", email, 14, "2026-04-28", "2026-05-04"},
		{"gentle formal", states, "2026-04-13", email, 14, "2026-04-27", "2026-04-30"},
		{"key friendly", england, "2026-03-12", email, 14, "2026-03-26", "2026-03-31"},
		{"key formal", england, "2026-04-13", email, 14, "2026-04-27", "2026-04-30"},
		{"key formal", germany, "2026-04-13", email, 14, "2026-04-27", "2026-04-30"},
		{"key formal", states, "2026-04-09", email, 14, "2026-04-23", "2026-04-28"},
	} {
		c := calendarOf(t, test.place)
		payBy := PayBy(MustParse(test.dispatch), test.transit, test.deadlineDays, c)
		if payBy != MustParse(test.payBy) {
			t.Errorf("%s, %s: pay by %s, want %s", test.place, test.step, payBy, test.payBy)
		}
		if next := NextAfterGrace(payBy, 2, c); next != MustParse(test.next) {
			t.Errorf("%s, %s: next step %s, want %s", test.place, test.step, next, test.next)
		}
	}
}

package decide

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/law"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/core/strategy"
)

func testWorld(t testing.TB, country string) *World {
	t.Helper()
	set, err := strategy.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	laws, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := cal.LoadHolidays()
	if err != nil {
		t.Fatal(err)
	}
	currency := map[string]money.Currency{"GB": "GBP", "DE": "EUR", "US": "USD"}[country]
	region := map[string]string{"GB": "EW"}[country]
	return &World{
		Creditor: &book.Creditor{ID: 1, Country: country, Subdivision: region, Currency: currency},
		Set:      set, Law: laws, Holidays: holidays, Closing: cal.DefaultClosingDays(),
	}
}

// TestCalendarOfShippedStrategies holds the table of calendar examples: an invoice
// due Monday 2 March 2026, nobody reacts, calls are not made in time, the final
// demand goes by post. "step day" or "step day>pay-by", months and days of 2026.
func TestCalendarOfShippedStrategies(t *testing.T) {
	tests := []struct {
		strategy string
		kind     book.DebtorKind
		want     map[string]string // by country
	}{
		{"standard", book.Company, map[string]string{
			"GB": "courtesy 02-23>03-02, friendly 03-05>03-12, call_1 03-17, formal 03-19>03-26, call_2 03-31, final_demand 04-02>04-22, decide 04-27",
			"DE": "courtesy 02-23>03-02, friendly 03-05>03-12, call_1 03-17, formal 03-19>03-26, call_2 03-31, final_demand 04-02>04-20, decide 04-23",
			"US": "courtesy 02-23>03-02, friendly 03-05>03-12, call_1 03-17, formal 03-19>03-26, call_2 03-31, final_demand 04-02>04-23, decide 04-28",
		}},
		{"standard", book.Individual, map[string]string{
			"GB": "courtesy 02-23>03-02, friendly 03-05>03-12, call_1 03-17, formal 03-19>03-26, call_2 03-31, final_demand 04-02>05-08, decide 05-13",
		}},
		{"standard", book.UnknownKind, map[string]string{
			"GB": "courtesy 02-23>03-02, friendly 03-05>03-12, call_1 03-17, formal 03-19>03-26, call_2 03-31, final_demand 04-02>05-08, decide 05-13",
		}},
		{"firm", book.Company, map[string]string{
			"GB": "courtesy 02-27>03-02, reminder 03-03>03-10, formal 03-13>03-20, call_1 03-25, final_demand 03-27>04-14, decide 04-17",
			"DE": "courtesy 02-27>03-02, reminder 03-03>03-10, formal 03-13>03-20, call_1 03-25, final_demand 03-27>04-14, decide 04-17",
			"US": "courtesy 02-27>03-02, reminder 03-03>03-10, formal 03-13>03-20, call_1 03-25, final_demand 03-27>04-17, decide 04-22",
		}},
		{"gentle", book.Company, map[string]string{
			"GB": "friendly 03-09>03-23, second 03-26>04-07, call_1 04-10, formal 04-14>04-28, decide 05-01",
			"DE": "friendly 03-09>03-23, second 03-26>04-07, call_1 04-10, formal 04-14>04-28, decide 05-04",
			"US": "friendly 03-09>03-23, second 03-26>04-06, call_1 04-09, formal 04-13>04-27, decide 04-30",
		}},
		{"key_account", book.Company, map[string]string{
			"GB": "confirm 02-20>03-02, ask_owner 03-09, friendly 03-12>03-26, call_1 03-31, exec_call 04-02, formal 04-13>04-27, decide 04-30",
			"DE": "confirm 02-20>03-02, ask_owner 03-09, friendly 03-12>03-26, call_1 03-31, exec_call 04-02, formal 04-13>04-27, decide 04-30",
			"US": "confirm 02-20>03-02, ask_owner 03-09, friendly 03-12>03-26, call_1 03-31, exec_call 04-02, formal 04-09>04-23, decide 04-28",
		}},
		{"small_balance", book.Company, map[string]string{
			"GB": "friendly 03-12>03-26, second 04-01>04-15, last_note 05-01>05-15, decide 06-01",
			"DE": "friendly 03-12>03-26, second 04-01>04-15, last_note 05-04>05-18, decide 06-01",
			"US": "friendly 03-12>03-26, second 04-01>04-15, last_note 05-01>05-15, decide 06-01",
		}},
	}
	for _, tt := range tests {
		for country, want := range tt.want {
			t.Run(tt.strategy+"/"+tt.kind.String()+"/"+country, func(t *testing.T) {
				w := testWorld(t, country)
				steps := New(w).Calendar(Example{Strategy: tt.strategy, Due: cal.MustParse("2026-03-02"),
					Country: country, Region: w.Creditor.Subdivision, Kind: tt.kind})
				if got := show(steps); got != want {
					t.Errorf("calendar of %s in %s\n got %s\nwant %s", tt.strategy, country, got, want)
				}
			})
		}
	}
}

func show(steps []CalendarStep) string {
	var parts []string
	for _, s := range steps {
		text := s.Step + " " + s.Day.String()[5:]
		if s.PayBy != cal.None {
			text += ">" + s.PayBy.String()[5:]
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

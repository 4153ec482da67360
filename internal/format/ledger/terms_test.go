package ledger

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
)

func TestParseTerms(t *testing.T) {
	for _, c := range []struct{ terms, issued, due string }{
		{"30", "2026-01-10", "2026-02-09"}, {"30 days", "2026-01-10", "2026-02-09"}, {"Net 30", "2026-01-10", "2026-02-09"},
		{"NET30", "2026-01-10", "2026-02-09"}, {"30 days net", "2026-01-10", "2026-02-09"}, {"net 30 days", "2026-01-10", "2026-02-09"}, {"n/30", "2026-01-10", "2026-02-09"},
		{"Due on receipt", "2026-01-10", "2026-01-10"}, {"on receipt", "2026-01-10", "2026-01-10"}, {"zahlbar sofort", "2026-01-10", "2026-01-10"},
		{"sofort rein netto", "2026-01-10", "2026-01-10"}, {"À réception", "2026-01-10", "2026-01-10"}, {"14 Tage netto", "2026-01-10", "2026-01-24"},
		{"Zahlbar innerhalb von 14 Tagen", "2026-01-10", "2026-01-24"}, {"14 Tage rein netto", "2026-01-10", "2026-01-24"},
		{"30 dagen", "2026-01-10", "2026-02-09"}, {"30 jours", "2026-01-10", "2026-02-09"}, {"EOM", "2026-01-10", "2026-01-31"}, {"end of month", "2025-12-10", "2025-12-31"},
		{"30 days EOM", "2026-01-10", "2026-03-02"}, {"30 jours fin de mois", "2026-01-10", "2026-03-02"}, {"30 days EOM", "2026-01-31", "2026-03-31"},
		{"30 days after end of month", "2026-01-31", "2026-03-02"}, {"EOM + 10", "2026-01-10", "2026-02-10"},
		{"2/10 net 30", "2026-01-10", "2026-02-09"}, {"2% 10, net 30", "2026-01-10", "2026-02-09"}, {"14 Tage 2% Skonto, 30 Tage netto", "2026-01-10", "2026-02-09"},
		{"as agreed", "2026-01-10", ""}, {"Z030", "2026-01-10", ""}, {"2% 10", "2026-01-10", ""}, {"900 days", "2026-01-10", ""}, {"30 or 60 days", "2026-01-10", ""},
		{"3 months", "2026-01-10", ""}, {"50% upfront, rest on delivery", "2026-01-10", ""}, {"1/2026", "2026-01-10", ""},
	} {
		got := ""
		if terms, ok := parseTerms(c.terms); ok {
			got = terms.due(cal.MustParse(c.issued)).String()
		}
		if got != c.due {
			t.Errorf("%q of %s: %q, want %q", c.terms, c.issued, got, c.due)
		}
	}
}

// Due dates follow from terms and are marked; what is not understood is told, and only the
// days that a person gives fill it.
func TestTermsOfFile(t *testing.T) {
	const file = "Client,Invoice,Invoice date,Terms,Currency,Outstanding\n" +
		"Pike Ltd,R1,2026-01-10,30 days,GBP,10.00\nPike Ltd,R2,2026-01-10,as agreed,GBP,20.00\nPike Ltd,R3,2026-01-10,,GBP,30.00\nPike Ltd,R4,2026-01-10,Net 7,GBP,-5.00\n"
	for _, c := range []struct {
		days int
		want string
	}{{0, "R1 2026-02-09 true, R2  false, R3  false, R4  false"}, {14, "R1 2026-02-09 true, R2 2026-01-24 true, R3 2026-01-24 true, R4  false"}} {
		layout, questions, err := Guess(strings.NewReader(file), Hints{DueDays: c.days})
		if err != nil || len(questions) > 0 {
			t.Fatal(questions, err)
		}
		if notes := strings.Join(layout.Notes, "; "); !strings.Contains(notes, `derived from its date and column "Terms"`) || !strings.Contains(notes, `"as agreed" (row 3)`) {
			t.Errorf("notes %q", notes)
		}
		var rows []string
		if _, err := Read("f", strings.NewReader(file), layout, func(r *Row) error {
			due := ""
			if r.DueDate != cal.None {
				due = r.DueDate.String()
			}
			rows = append(rows, r.Number+" "+due+map[bool]string{true: " true", false: " false"}[r.DueDerived])
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(rows, ", "); got != c.want {
			t.Errorf("%d days: %s, want %s", c.days, got, c.want)
		}
	}
}

package look

import (
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/locale"
)

func TestSentence(t *testing.T) {
	gb := Format{Language: locale.EnglishGB, Today: cal.MustParse("2026-11-17")}
	us := Format{Language: locale.EnglishUS, Today: cal.MustParse("2026-11-17")}
	for _, c := range []struct {
		f          Format
		text, want string
	}{
		{gb, "Disputed since 2026-11-16: 1836.70 GBP of A-1.", "Disputed since Mon 16 Nov: £1,836.70 of A-1."},
		{us, "Pays on 2025-01-02, 500 USD.", "Pays on Jan 2, 2025, $500.00."},
		{gb, "INV-2026-11-99 stays, and 12 XYZ", "INV-2026-11-99 stays, and 12 XYZ"},
		{gb, "3 payments came in: 6214.00 EUR", "3 payments came in: €6,214.00"},
	} {
		if got := spaced(c.f.Sentence(c.text)); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestRound(t *testing.T) {
	gb := Format{Language: locale.EnglishGB}
	de := Format{Language: locale.German}
	for _, c := range []struct {
		f     Format
		minor int64
		want  string
	}{{gb, 21725349, "£217,253"}, {gb, 50, "£1"}, {gb, 49, "£0"}, {gb, -150, "−£2"}, {de, 1234567, "12.346 €"}} {
		cur := "GBP"
		if c.f == de {
			cur = "EUR"
		}
		if got := spaced(c.f.Round(c.minor, money.Currency(cur))); got != c.want {
			t.Errorf("%d: %q, want %q", c.minor, got, c.want)
		}
	}
}

// spaced makes spaces that do not break into plain ones.
func spaced(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

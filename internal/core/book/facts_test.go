package book

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

func TestOverdueStartsTheDayAfter(t *testing.T) {
	due := cal.MustParse("2026-03-02")
	for _, c := range []struct {
		name string
		item Item
		day  cal.Date
		want bool
	}{
		{"on the due date", Item{DueDate: due, OpenMinor: 1}, due, false},
		{"the day after", Item{DueDate: due, OpenMinor: 1}, due + 1, true},
		{"paid", Item{DueDate: due}, due + 30, false},
		{"a credit balance", Item{DueDate: due, OpenMinor: -1}, due + 30, false},
		{"without a due date", Item{DueDate: cal.None, OpenMinor: 1}, due + 30, false},
	} {
		if got := c.item.Overdue(c.day); got != c.want {
			t.Errorf("%s: overdue %v", c.name, got)
		}
	}
}

func TestHoldLive(t *testing.T) {
	day := cal.MustParse("2026-03-02")
	for _, c := range []struct {
		name string
		hold Hold
		want bool
	}{
		{"starts tomorrow", Hold{From: day + 1, Until: cal.Far, EndDay: cal.None}, false},
		{"starts today", Hold{From: day, Until: cal.Far, EndDay: cal.None}, true},
		{"its last day", Hold{From: day - 9, Until: day, EndDay: cal.None}, true},
		{"the day after its last", Hold{From: day - 9, Until: day - 1, EndDay: cal.None}, false},
		{"lifted today", Hold{From: day - 9, Until: cal.Far, EndDay: day}, false},
		{"lifted tomorrow", Hold{From: day - 9, Until: cal.Far, EndDay: day + 1}, true},
	} {
		if got := c.hold.Live(day); got != c.want {
			t.Errorf("%s: holds %v", c.name, got)
		}
	}
}

// TestKindsOfDebtor: a kind we do not know gets the protection of a natural person.
func TestKindsOfDebtor(t *testing.T) {
	protected := map[string]bool{"unknown": true, "individual": true, "consumer": true, "company": false,
		"public_body": false}
	for word, want := range protected {
		kind, ok := ParseDebtorKind(word)
		if !ok || kind.String() != word || kind.NaturalPerson() != want {
			t.Errorf("%s: read as %s (%v), natural person %v", word, kind, ok, kind.NaturalPerson())
		}
	}
	if kind, ok := ParseDebtorKind("ltd"); ok || kind != UnknownKind {
		t.Errorf("an unknown word is read as %s", kind)
	}
}

func TestFlagsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Flag(rapid.Uint16Range(0, uint16(FlagMonthlyStatement)<<1-1).Draw(t, "flags"))
		back, unknown := ParseFlags(f.String())
		if back != f || len(unknown) > 0 {
			t.Fatalf("%q comes back as %q, unknown %v", f, back, unknown)
		}
	})
	if f, unknown := ParseFlags("gentle  vip key_account"); f != FlagGentle|FlagKeyAccount ||
		!slices.Equal(unknown, []string{"vip"}) {
		t.Errorf("%v, unknown %v", f, unknown)
	}
}

func TestSettledComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Settled {
			return Settled{Day: cal.MustParse("2000-01-01").AddDays(rapid.IntRange(0, 20_000).Draw(t, "day")),
				DaysLate: rapid.IntRange(-400, 4000).Draw(t, "late")}
		}), 0, MaxSettled).Draw(t, "settled")
		text := FormatSettled(list)
		if back := ParseSettled([]byte(text), nil); !slices.Equal(back, list) {
			t.Fatalf("%q comes back as %v", text, back)
		}
	})
}

func TestLevelsComeBack(t *testing.T) {
	for _, word := range []string{"principal", "announce", "offer", "claim"} {
		if l, ok := ParseLevel(word); !ok || l.String() != word {
			t.Errorf("%s is read as %s (%v)", word, l, ok)
		}
	}
	if _, ok := ParseLevel("demand"); ok {
		t.Error("an unknown level is read")
	}
}

// TestCurrencies: a currency counts where something is open or unapplied, and sums
// never mix two.
func TestCurrencies(t *testing.T) {
	a := Account{
		Items: []Item{{Currency: "CAD", OpenMinor: 0}, {Currency: "USD", OpenMinor: 5},
			{Currency: "USD", OpenMinor: 6}},
		Credits: []Credit{{Currency: "EUR", OpenMinor: 7}, {Currency: "USD", OpenMinor: 2},
			{Currency: "EUR", OpenMinor: 1}},
	}
	if got := a.Currencies(nil); !slices.Equal(got, []money.Currency{"USD", "EUR"}) {
		t.Errorf("currencies %v", got)
	}
	for c, want := range map[money.Currency]int64{"EUR": 8, "USD": 2, "CAD": 0} {
		if got := a.Unapplied(c); got != want {
			t.Errorf("unapplied %s %d, want %d", c, got, want)
		}
	}
}

package quality

import (
	"slices"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
)

func TestNameKey(t *testing.T) {
	for name, want := range map[string]string{
		"Möbelwerk Lindner GmbH & Co. KG": "moebelwerk lindner", "MOEBELWERK LINDNER": "moebelwerk lindner",
		"The Harrow & Pike Co. Ltd.": "harrow pike", "Harrow and Pike Limited": "harrow pike",
		"Société Générale S.A.": "societe generale", "Müller’s Bäckerei e. K.": "muellers baeckerei k",
		"Ltd": "", "": "", "Łódź Sp. z o.o.": "lodz z",
	} {
		if got := NameKey(name); got != want {
			t.Errorf("%q: %q, expected %q", name, got, want)
		}
	}
}

func TestDuplicates(t *testing.T) {
	got := Duplicates([]Customer{
		{1, "Ashdown Engineering Ltd", "GB 980 7806 84", []string{"ashdown.example"}},
		{2, "Ashdown Engineering Limited", "", []string{"ashdown.example"}}, // the name is enough
		{3, "A. E. Holdings", "GB980780684", nil},
		{4, "Ashdown Leeds", "", []string{"ASHDOWN.example"}},
		{5, "Kestrel Foods", "", []string{"gmail.com"}},
		{6, "Kestrel Lifts", "", []string{"gmail.com"}}, // anybody's mailbox
		{7, "Penrose Ltd", "", []string{"ashdown.example"}},
		{8, "Ltd", "", nil}, {9, "GmbH", "", nil}, // nothing is no name
	})
	want := []Twins{{SameVAT, []int64{1, 3}}, {SameName, []int64{1, 2}}, {SameDomain, []int64{1, 2, 4}}}
	if !slices.EqualFunc(got, want, func(a, b Twins) bool { return a.Why == b.Why && slices.Equal(a.Customers, b.Customers) }) {
		t.Errorf("%v, expected %v", got, want)
	}
	if again := Duplicates([]Customer{{2, "B Ltd", "X1", []string{"b.example"}}, {1, "B", "X-1", []string{"b.example"}}}); len(again) != 1 {
		t.Errorf("one pair is named %d times: %v", len(again), again)
	}
}

func TestRepeated(t *testing.T) {
	day := cal.MustParse("2026-03-02")
	got := Repeated([]Invoice{
		{7, 1, "A1", "GBP", 5000, day}, {7, 2, "A2", "GBP", 5000, day + 3}, // again
		{7, 3, "A3", "GBP", 5000, day + 9}, // another week
		{7, 4, "A4", "EUR", 5000, day}, {8, 5, "A5", "GBP", 5000, day}, {7, 6, "A6", "GBP", 5001, day},
		{9, 7, "B1", "GBP", 100, day}, {9, 8, "B1", "GBP", 100, day + 1}, // instalments
		{9, 9, "B2", "GBP", 200, cal.None}, {9, 10, "B3", "GBP", 200, cal.None}, // nobody knows when
	})
	if len(got) != 1 || got[0][0].ID != 1 || got[0][1].ID != 2 {
		t.Errorf("%v", got)
	}
}

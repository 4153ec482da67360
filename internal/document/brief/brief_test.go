package brief

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/document/locale"
)

var update = flag.Bool("update", false, "write the golden files")

func example(l locale.Language) *Data {
	code := map[locale.Language]money.Currency{locale.German: "EUR", locale.EnglishGB: "GBP", locale.EnglishUS: "USD"}[l]
	sum := func(minor int64) money.Money { return money.Money{Minor: minor, Currency: code} }
	return &Data{Language: l, Link: "https://recoup.example/", Creditors: []Creditor{{
		Name: "Brightwater", From: cal.MustParse("2026-11-10"), Day: cal.MustParse("2026-11-17"), CashKnown: cal.MustParse("2026-11-16"),
		Figures: []Figures{{CameIn: sum(2_387_500), Receipts: 6, FellOverdue: sum(612_040), FellCount: 1, Overdue: sum(18_422_000),
			Buckets: []Bucket{{"1–30", 41, sum(12_100_000)}, {"31–60", 12, sum(6_322_000)}}}},
		New: []Customer{{"Möbelwerk <Lindner> & Söhne", sum(412_000)}, {"=1+1 Ltd", sum(200_040)}}, NewCount: 5,
		Ahead: []Step{{"friendly", 18}, {"courtesy", 14}, {"own_step", 1}}, MustDo: 7, Release: 3, Avoided: 2}}}
}

func TestGolden(t *testing.T) {
	empty := &Data{Language: locale.EnglishGB, Creditors: []Creditor{{Name: "A", Day: cal.MustParse("2026-11-17"), CashKnown: cal.None},
		{Name: "B", Day: cal.MustParse("2026-11-17"), CashKnown: cal.None, Observes: true}}}
	for name, d := range map[string]*Data{"en-GB": example(locale.EnglishGB), "en-US": example(locale.EnglishUS),
		"de": example(locale.German), "empty": empty} {
		m, err := Write(d)
		if err != nil {
			t.Fatal(err)
		}
		for ending, got := range map[string]string{".txt": m.Subject + "\n\n" + m.Text, ".html": m.HTML} {
			file := filepath.Join("testdata", name+ending)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is another; look at it and run with -update:\n%s", file, got)
			}
		}
		if strings.Contains(m.HTML, "<Lindner>") {
			t.Error("a name is not escaped")
		}
	}
}

// TestWordsAreWhole holds that no language lacks a word or a step that another has.
func TestWordsAreWhole(t *testing.T) {
	for _, l := range locale.Languages() {
		w := wordsOf(l)
		if w.language != l {
			t.Errorf("%s speaks %s", l, w.language)
		}
		for _, s := range []string{w.subject, w.allPaid, w.lead, w.open, w.cameIn, w.fell, w.overdue, w.newOn, w.ahead, w.waiting, w.none, w.payments,
			w.payment, w.invoices, w.invoice, w.total, w.days, w.more, w.nothingOut, w.observes, w.tasks, w.releases, w.avoided, w.bank, w.bankNever} {
			if s == "" {
				t.Errorf("%s lacks a word", l)
			}
		}
		for step := range english.steps {
			if w.steps[step] == "" {
				t.Errorf("%s lacks %s", l, step)
			}
		}
	}
}

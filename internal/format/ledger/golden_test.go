package ledger

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

var update = flag.Bool("update", false, "write the results into testdata/layouts")

const divider = "\n----\n"

// TestLayouts reads each case under testdata/layouts: hints, file, and what the
// package makes of it. To add a layout, add a file with the first two parts and
// run with -update, then read the third part as an accountant would.
func TestLayouts(t *testing.T) {
	cases, err := filepath.Glob(filepath.Join("testdata", "layouts", "*.case"))
	if err != nil || len(cases) < 25 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".case"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			parts := strings.SplitN(string(text), divider, 3)
			if len(parts) < 2 {
				t.Fatalf("%s has no divider", path)
			}
			got := runCase(t, parseHints(t, parts[0]), []byte(parts[1]+"\n"))
			if *update {
				full := parts[0] + divider + parts[1] + divider + got
				if err := os.WriteFile(path, []byte(full), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.SplitAfter(parts[2], "\n"), strings.SplitAfter(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// parseHints reads "currency=EUR dates=dmy decimal=, number=Column name".
func parseHints(t *testing.T, line string) Hints {
	t.Helper()
	var h Hints
	for hint := range strings.Lines(line) {
		key, value, ok := strings.Cut(strings.TrimSpace(hint), "=")
		switch {
		case strings.HasPrefix(key, "#") || !ok:
		case key == "currency":
			h.DefaultCurrency = money.Currency(value)
		case key == "dates":
			h.DateOrder = DateOrder(value)
		case key == "decimal":
			h.Decimal = value
		case key == "layout":
			h.Layout = value
		default:
			f, known := ParseField(key)
			if !known {
				t.Fatalf("unknown hint %q", key)
			}
			if h.Columns == nil {
				h.Columns = make(map[Field]string)
			}
			h.Columns[f] = value
		}
	}
	return h
}

// runCase tells in words what became of a file.
func runCase(t *testing.T, hints Hints, data []byte) string {
	t.Helper()
	var out strings.Builder
	layout, questions, err := Guess(bytes.NewReader(data), hints)
	if err != nil {
		return fmt.Sprintf("error: %v\n", err)
	}
	fmt.Fprintf(&out, "layout: %s, delimiter %q, header in row %d, decimal %q\n", layout.Name, layout.Delimiter,
		layout.HeaderRow, layout.Decimal)
	for _, c := range layout.Columns {
		fmt.Fprintf(&out, "  %s: %s", c.Field, c.Header)
		if c.Dates != "" {
			fmt.Fprintf(&out, " (%s)", c.Dates)
		}
		out.WriteByte('\n')
	}
	if len(layout.Unused) > 0 {
		fmt.Fprintf(&out, "  not read: %s\n", strings.Join(layout.Unused, ", "))
	}
	for _, q := range questions {
		fmt.Fprintf(&out, "question %s: %s\n", q.Code, q.Text)
	}
	if len(questions) > 0 {
		if err := layout.Validate(); err == nil {
			t.Error("a layout with open questions passes Validate")
		}
		return out.String()
	}
	report, err := Read("", bytes.NewReader(data), layout, func(r *Row) error {
		out.WriteString(describe(r))
		return nil
	})
	if err != nil {
		fmt.Fprintf(&out, "error: %v\n", err)
	}
	for _, s := range report.Skipped {
		fmt.Fprintf(&out, "skipped row %d: %s: %s\n", s.Row, s.Why, s.Text)
	}
	for _, e := range report.Rejected {
		fmt.Fprintf(&out, "rejected %s\n", e.Error())
	}
	for _, c := range sortedCurrencies(report.Totals.ByCurrency) {
		s := report.Totals.ByCurrency[c]
		fmt.Fprintf(&out, "total %s: %d documents, amount %s, open %s\n", c, s.Count,
			money.FormatMinor(s.AmountMinor, c.Exponent()), money.FormatMinor(s.OpenMinor, c.Exponent()))
	}
	return out.String()
}

func sortedCurrencies(m map[money.Currency]Sum) []money.Currency {
	var list []money.Currency
	for c := range m {
		list = append(list, c)
	}
	for i := range list {
		for j := i; j > 0 && list[j] < list[j-1]; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}

func describe(r *Row) string {
	var b strings.Builder
	exponent := r.Currency.Exponent()
	fmt.Fprintf(&b, "row %d: %s %s/%d, customer %q %q", r.Line, r.DocumentKind, r.Number, r.Instalment,
		r.CustomerNumber, r.CustomerName)
	say := func(label, value string) {
		if value != "" {
			fmt.Fprintf(&b, ", %s %s", label, value)
		}
	}
	day := func(label string, d cal.Date) { say(label, d.String()) }
	day("dated", r.InvoiceDate)
	day("due", r.DueDate)
	fmt.Fprintf(&b, ", %s %s", r.Currency, money.FormatMinor(r.AmountMinor, exponent))
	fmt.Fprintf(&b, ", open %s", money.FormatMinor(r.OpenMinor, exponent))
	if r.PaidMinor != 0 {
		say("paid", money.FormatMinor(r.PaidMinor, exponent))
	}
	day("paid on", r.PaidOn)
	if r.KindStated {
		say("kind", r.Kind.String())
	}
	say("country", r.Country)
	say("language", r.Language)
	say("email", r.Email)
	say("role", r.Role)
	say("po", r.PO)
	if r.DateAgreed != 0 {
		say("agreed", r.DateAgreed.String())
	}
	if r.Disputed != 0 {
		say("disputed", r.Disputed.String())
	}
	day("reminded", r.LastReminderDate)
	if r.LastReminderLevel > 0 {
		fmt.Fprintf(&b, ", level %d", r.LastReminderLevel)
	}
	b.WriteByte('\n')
	return b.String()
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// TestMain lets the test's own program be the child process that measures.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == childFlag {
		os.Exit(child(os.Args[2], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// small measures a little ledger, without building the program.
func small(t *testing.T, e store.Engine) *suite {
	t.Helper()
	o := options{only: map[string]bool{}, items: 2000, reps: 1, mails: 20, engines: []store.Engine{e}}
	for _, name := range jobNames() {
		o.only[name] = name != "serve" && name != "start" // which build the program
	}
	var progress bytes.Buffer
	s, err := newSuite(context.Background(), o, &progress)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	if err := s.engine(e); err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	t.Log(progress.String())
	return s
}

// TestEveryJobMeasures runs all jobs of an engine on a little ledger: each gives its
// line, and what both sides did is what was to be measured.
func TestEveryJobMeasures(t *testing.T) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			s := small(t, e)
			var jobs []string
			for _, r := range s.rows {
				jobs = append(jobs, r.job)
				if r.engine != string(e) || r.ours == "" {
					t.Errorf("line %+v", r)
				}
			}
			want := "import from a file|import, peak memory|the same file again|daily run|daily run, peak memory|" +
				"daily run, 2 of 200 customers due|aging, today|aging, as of 60 days ago|explain one item|" +
				"replay of 6,000 facts|proof of all caches (doctor --deep)|the same, a third with its letter as PDF|sending the outbox"
			for i := range screens {
				want += "|page: " + screens[i].name
			}
			if _, err := exec.LookPath("wrk"); err == nil {
				want += "|worklist page, 50 lines|worklist page, 50 lines, 99 of 100|list of customers, 50 lines|" +
					"list of customers, 50 lines, 99 of 100|worklist, and list, written anew|" +
					"first worklist after a change; then the first list|worklist page during a run, 99 of 100"
			}
			if got := strings.Join(jobs, "|"); got != want {
				t.Errorf("lines\n%s\nwant\n%s", got, want)
			}
			left, err := filepath.Glob(filepath.Join(s.dir, "book*"))
			if err != nil || len(left) > 0 {
				t.Errorf("books were left behind: %v %v", left, err)
			}
		})
	}
}

// TestScenario holds the ledger to its description.
func TestScenario(t *testing.T) {
	const items = 10_000
	perCustomer := map[string]int{}
	overdue, reminded := 0, map[string]bool{}
	for r := range rows(items, false) {
		perCustomer[r.CustomerNumber]++
		switch {
		case r.DueDate <= importDay:
			t.Fatalf("%s falls due on %s, before the book knows it", r.Number, r.DueDate)
		case r.DueDate < fullDay:
			overdue++
		case r.DueDate < partDay+14:
			t.Fatalf("%s falls due on %s: the quiet day would not be quiet", r.Number, r.DueDate)
		}
		if r.LastReminderLevel > 0 {
			reminded[r.CustomerNumber] = true
		}
	}
	for c, n := range perCustomer {
		if n != itemsPerCustomer {
			t.Fatalf("customer %s has %d items", c, n)
		}
	}
	if share := overdue * 1000 / items; share < 880 || share > 895 {
		t.Errorf("%d of 1000 items are overdue", share)
	}
	if len(perCustomer) != items/10 || len(reminded) != items/20 {
		t.Errorf("%d customers, %d reminded before", len(perCustomer), len(reminded))
	}
}

// TestLimitReadsTheWholeFile: the limit's reader finds what was written.
func TestLimitReadsTheWholeFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ledger.csv")
	if err := writeLedger(file, 1000, false); err != nil {
		t.Fatal(err)
	}
	i, customers := 0, int64(0)
	err := parseFile(file, func(it *bareItem) error {
		c := i * 7919 % customersOf(1000)
		same := string(it.number) == fmt.Sprintf("INV-%07d", i) && it.due == dueDate(i) &&
			it.open == amountMinor(c, i) && string(it.custNo) == fmt.Sprintf("C%06d", c)
		if !same || (c%4 >= 2) != (it.reminded == 2) {
			return fmt.Errorf("item %d is read as %+v", i, it)
		}
		i, customers = i+1, max(customers, it.customer)
		return nil
	})
	if err != nil || i != 1000 || customers != 100 {
		t.Errorf("%d items, %d customers, %v", i, customers, err)
	}
}

// TestBareInterest compares the limit's integers with fractions.
func TestBareInterest(t *testing.T) {
	for _, late := range []cal.Date{300, 201, 66, 65, 1, 0} {
		due := fullDay - late
		for _, open := range []int64{1, 49, 99_999, 7_777_777_777_777} {
			sum := new(big.Rat)
			for day := due + 1; day <= fullDay; day++ {
				rate := bareRates[0].rate
				for _, r := range bareRates {
					if day >= r.from {
						rate = r.rate
					}
				}
				sum.Add(sum, big.NewRat(rate, 365*10_000))
			}
			sum.Mul(sum, new(big.Rat).SetInt64(open))
			sum.Add(sum, big.NewRat(1, 2))
			want := new(big.Int).Quo(sum.Num(), sum.Denom()).Int64()
			if got := bareInterest(open, due, fullDay); got != want {
				t.Errorf("%d from %s: %d, want %d", open, due, got, want)
			}
		}
	}
}

// TestVerdicts: what is above its target is said to be.
func TestVerdicts(t *testing.T) {
	s := &suite{place: &files{}, progress: io.Discard, o: options{items: 500_000}}
	took := func(seconds ...float64) (all []outcome) {
		for _, c := range seconds {
			all = append(all, outcome{CPU: c, Server: 0.5})
		}
		return all
	}
	for _, x := range []struct {
		ours, times float64
		met         verdict
	}{{4, 3, yes}, {4.1, 3, no}} {
		c := s.compare("x", took(x.ours, 0, 99), took(1, 1, 1))
		c.atMost(x.times)
		if r := c.row(); r.met != x.met {
			t.Errorf("%+v: %+v", x, r)
		}
	}
	c := s.compare("x", took(4.6), nil)
	if c.within(10); c.row().met != no || c.row().target != "≤ 5 s" {
		t.Errorf("half as many items must take half as long: %+v", c.row())
	}
	s.addScaling([]scalePoint{{10_000, 0.05}, {20_000, 0.12}})
	sent := func(n int64) []outcome { return []outcome{{Wall: 1, Facts: map[string]int64{"sent": n}}} }
	s.addDrain(sent(39), sent(100))
	for i, want := range []verdict{no, yes, no} {
		if s.rows[i].met != want {
			t.Errorf("%+v: want %q", s.rows[i], want)
		}
	}
}

// TestFiguresReplaceTheOldOnes between the marks, and nothing else.
func TestFiguresReplaceTheOldOnes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "benchmarks.md")
	before := "# Benchmarks\n\n" + marksBegin + "old\n" + marksEnd + "\n\nMore.\n"
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &suite{o: options{items: 1_000_000, reps: 3}, rows: []row{{job: "import", ours: "1 s", met: no}},
		notes: []string{"A note."}}
	if err := replaceFigures(file, figures(s, time.Now())); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Benchmarks\n", "1,000,000 items, 100,000 customers, 3 repetitions",
		"| import |", "**no**", "A note.", "More.\n"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("%q is missing in\n%s", want, raw)
		}
	}
	if strings.Contains(string(raw), "old") {
		t.Errorf("the old figures are still there:\n%s", raw)
	}
	if err := os.WriteFile(file, []byte("no marks"), 0o600); err != nil {
		t.Fatal(err)
	}
	if replaceFigures(file, "x") == nil {
		t.Error("a file without marks was accepted")
	}
}

// TestWordsOfTheCommand: what cannot be meant is refused with what was expected.
func TestWordsOfTheCommand(t *testing.T) {
	for args, want := range map[string]string{
		"-only nothing":   `no job "nothing"; there are import`,
		"-engine oracle":  "expected sqlite, postgres or both",
		"-items 1500":     "multiple of 1000",
		"-reps 0":         "at least one repetition",
		"-no-such-option": "not defined",
	} {
		var errs bytes.Buffer
		code := command(strings.Fields(args), io.Discard, &errs)
		if code != 2 || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: code %d, %s", args, code, errs.String())
		}
	}
	o, err := parse(strings.Fields("-only run,import -items 20000 -engine sqlite"), io.Discard)
	if err != nil || !o.only["run"] || !o.only["import"] || o.items != 20_000 || len(o.engines) != 1 {
		t.Errorf("%+v %v", o, err)
	}
}

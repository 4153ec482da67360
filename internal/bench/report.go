package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// row is one line of the table.
type row struct {
	job, engine, ours, limit, ratio, target string
	met                                     verdict
}

// verdict says whether a target was met.
type verdict string

const (
	yes  verdict = "yes"
	no   verdict = "**no**"
	none verdict = "" // there is no target
)

func verdictOf(ok bool) verdict {
	if ok {
		return yes
	}
	return no
}

func (s *suite) add(r row) {
	s.rows = append(s.rows, r)
	s.say("%s: %s | %s | %s | %s | %s", r.job, r.ours, r.limit, r.ratio, r.target, r.met)
}

// median is the middle of what the outcomes took; of two, the higher.
func median(all []outcome, of func(*outcome) float64) float64 {
	values := make([]float64, len(all))
	for i := range all {
		values[i] = of(&all[i])
	}
	slices.SortFunc(values, cmp.Compare[float64])
	return values[len(values)/2]
}

// comparison is ours against the limit, by CPU of program and server.
type comparison struct {
	r           row
	ours, limit float64
	items       int
	limitName   string
}

func (s *suite) compare(job string, ours, limit []outcome) *comparison {
	c := &comparison{r: row{job: job, engine: s.place.name()}, items: s.o.items,
		ours: median(ours, (*outcome).total)}
	if len(limit) > 0 {
		c.limit = median(limit, (*outcome).total)
	}
	return c
}

// atMost sets a target as a multiple of the limit.
func (c *comparison) atMost(times float64) {
	c.r.target = fmt.Sprintf("≤ %g×", times)
	c.r.met = verdictOf(c.ours <= times*c.limit)
}

// within sets a target in CPU seconds for a million items; for fewer it is less.
func (c *comparison) within(secs float64) {
	scaled := secs * float64(c.items) / 1e6
	c.r.target = fmt.Sprintf("≤ %g s", scaled)
	c.r.met = verdictOf(c.ours <= scaled)
}

func (c *comparison) row() row {
	c.r.ours = seconds(c.ours)
	if c.limit > 0 {
		c.r.limit = seconds(c.limit)
		if c.limitName != "" {
			c.r.limit += " (" + c.limitName + ")"
		}
		c.r.ratio = fmt.Sprintf("%.2f×", c.ours/c.limit)
	}
	return c.r
}

func seconds(s float64) string { return fmt.Sprintf("%.2f s", s) }

// addMemory adds a size with what it may be at most; 0: there is no target.
func (s *suite) addMemory(job string, mb, most float64) {
	r := row{job: job, engine: s.place.name(), ours: fmt.Sprintf("%.0f MB", mb)}
	if most > 0 {
		r.target, r.met = fmt.Sprintf("≤ %g MB", most), verdictOf(mb <= most)
	}
	s.add(r)
}

// scalePoint is what the daily run took for so many items.
type scalePoint struct {
	items int
	cpu   float64
}

// perItem is the CPU of one item, in microseconds.
func (p scalePoint) perItem() float64 { return p.cpu / float64(p.items) * 1e6 }

// peerMicros is what Tryton 6.0 took per invoice at 10,000 invoices, measured on
// the machine of docs/benchmarks.md; it assigns a level and no more.
const peerMicros = 1500

func (s *suite) addScaling(points []scalePoint) {
	worst, slowest := 0.0, 0.0
	var texts []string
	for i, p := range points {
		slowest = max(slowest, p.perItem())
		texts = append(texts, fmt.Sprintf("%s: %s", count(int64(p.items)), seconds(p.cpu)))
		if i > 0 {
			worst = max(worst, p.cpu/points[i-1].cpu)
		}
	}
	s.add(row{job: fmt.Sprintf("daily run, items doubled %d times", len(points)-1), engine: s.place.name(),
		ours: strings.Join(texts, "; "), ratio: fmt.Sprintf("at most %.2f×", worst), target: "≤ 2.3×",
		met: verdictOf(worst <= 2.3)})
	s.add(row{job: "daily run, an item", engine: s.place.name(), ours: fmt.Sprintf("at most %.1f µs", slowest),
		limit: fmt.Sprintf("%d µs (Tryton)", peerMicros), ratio: fmt.Sprintf("1/%.0f", peerMicros/slowest),
		target: "≤ 1/200", met: verdictOf(slowest*200 <= peerMicros)})
}

// addDrain compares mails a second, which include waiting for the disk. The target is one
// for SQLite: a PostgreSQL server shares the processors with the sender.
func (s *suite) addDrain(ours, limit []outcome) {
	rate := func(o *outcome) float64 { return float64(o.Facts["sent"]) / o.Wall }
	a, b := median(ours, rate), median(limit, rate)
	r := row{job: "sending the outbox", engine: s.place.name(), ours: fmt.Sprintf("%.0f mails/s", a),
		limit: fmt.Sprintf("%.0f mails/s", b), ratio: fmt.Sprintf("%.0f %%", a/b*100)}
	if s.place.name() == "sqlite" {
		r.target, r.met = "≥ 40 %", verdictOf(a >= 0.4*b)
	}
	s.add(r)
}

// count writes a number with commas.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// figures is the section of docs/benchmarks.md that is replaced.
func figures(s *suite, started time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s, %s: %s items, %s customers, %d repetitions.\n",
		time.Now().UTC().Format("2006-01-02"), machine(), count(int64(s.o.items)),
		count(int64(customersOf(s.o.items))), s.o.reps)
	fmt.Fprintf(&b, "Load of the machine before: %s, after: %s.\n\n", s.loadFrom, load())
	b.WriteString("| job | engine | ours | limit | ratio | target | met |\n|---|---|---|---|---|---|---|\n")
	for _, r := range s.rows {
		cells := []string{r.job, r.engine, r.ours, r.limit, r.ratio, r.target, string(r.met)}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	for _, n := range s.notes {
		fmt.Fprintf(&b, "\n%s\n", n)
	}
	fmt.Fprintf(&b, "\nAll of it took %s.\n", time.Since(started).Round(time.Second))
	return b.String()
}

// The marks between which the figures stand in a file.
const (
	marksBegin = "<!-- figures -->\n"
	marksEnd   = "<!-- end of figures -->"
)

// replaceFigures writes the figures between the marks of a file.
func replaceFigures(file, text string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	from, to := bytes.Index(raw, []byte(marksBegin)), bytes.Index(raw, []byte(marksEnd))
	if from < 0 || to < from {
		return fmt.Errorf("%s has no marks %q and %q", file, strings.TrimSpace(marksBegin), marksEnd)
	}
	from += len(marksBegin)
	return os.WriteFile(file, slices.Concat(raw[:from], []byte(text), raw[to:]), 0o644)
}

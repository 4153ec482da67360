package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/pgtest"
	"github.com/recoup-project/recoup/internal/store"
)

// suite is one invocation: where it works, and what it has found.
type suite struct {
	ctx      context.Context
	o        options
	self     string // this program
	dir      string
	progress io.Writer
	place    place // of the engine being measured
	books    books
	ledgers  map[string]string // files to import, by items and kind
	rows     []row
	notes    []string
	loadFrom string // before the first measurement
	profiled int    // CPU profiles written so far
}

func newSuite(ctx context.Context, o options, progress io.Writer) (*suite, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "recoup-bench-")
	if err != nil {
		return nil, err
	}
	if o.profiles != "" {
		if err := os.MkdirAll(o.profiles, 0o755); err != nil {
			return nil, err
		}
	}
	return &suite{ctx: ctx, o: o, self: self, dir: dir, progress: progress, ledgers: map[string]string{},
		place: &files{dir: dir}, loadFrom: load()}, nil
}

func (s *suite) close() {
	s.place.close()
	os.RemoveAll(s.dir)
}

func (s *suite) say(format string, args ...any) { fmt.Fprintf(s.progress, format+"\n", args...) }

func factText(facts map[string]int64) string {
	var b strings.Builder
	for _, name := range sortedKeys(facts) {
		fmt.Fprintf(&b, " %s=%d", name, facts[name])
	}
	return b.String()
}

func sortedKeys(m map[string]int64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// job is one line of the measurement on each engine, or one that needs none.
type job struct {
	name    string
	measure func(*suite) error
	once    bool // needs no engine
	lean    bool // measured on PostgreSQL only when it is named
}

var jobs = []job{
	{name: "import", measure: (*suite).importJob},
	{name: "run", measure: (*suite).runJob},
	{name: "increment", measure: (*suite).incrementJob},
	{name: "aging", measure: (*suite).agingJob},
	{name: "explain", measure: (*suite).explainJob},
	{name: "replay", measure: (*suite).replayJob, lean: true},
	{name: "scaling", measure: (*suite).scalingJob, lean: true},
	{name: "drain", measure: (*suite).drainJob},
	{name: "pages", measure: (*suite).pagesJob, lean: true},
	{name: "start", measure: (*suite).startJob, lean: true},
	{name: "serve", measure: (*suite).serveJob, once: true},
	{name: "letters", measure: (*suite).lettersJob, once: true},
}

func jobNames() []string {
	var names []string
	for _, j := range jobs {
		names = append(names, j.name)
	}
	return names
}

func isJob(name string) bool { return slices.Contains(jobNames(), name) }

func (s *suite) wanted(j *job, e store.Engine) bool {
	if len(s.o.only) == 0 {
		return !j.lean || e == store.SQLite
	}
	return s.o.only[j.name]
}

// engine measures the jobs on one engine.
func (s *suite) engine(e store.Engine) error {
	s.place = &files{dir: s.dir}
	if e == store.Postgres {
		pg, err := newServer()
		if errors.Is(err, pgtest.ErrAbsent) {
			s.notes = append(s.notes, "PostgreSQL is not installed here, so it was not measured.")
			return nil
		}
		if err != nil {
			return err
		}
		s.place = pg
	}
	defer func() {
		s.place.close()
		s.place = &files{dir: s.dir}
	}()
	s.books = books{suite: s}
	for i := range jobs {
		if j := &jobs[i]; !j.once && s.wanted(j, e) {
			s.say("%s on %s", j.name, e)
			if err := j.measure(s); err != nil {
				return fmt.Errorf("%s on %s: %w", j.name, e, err)
			}
		}
	}
	return s.books.dropAll()
}

// everywhere measures the jobs that need no engine.
func (s *suite) everywhere() error {
	s.books = books{suite: s}
	for i := range jobs {
		if j := &jobs[i]; j.once && s.wanted(j, store.SQLite) {
			s.say("%s", j.name)
			if err := j.measure(s); err != nil {
				return fmt.Errorf("%s: %w", j.name, err)
			}
		}
	}
	return s.books.dropAll()
}

// ledger is the file of so many items; paid is the one with payments.
func (s *suite) ledger(items int, paid bool) (string, error) {
	key := fmt.Sprintf("%d-%t", items, paid)
	if file := s.ledgers[key]; file != "" {
		return file, nil
	}
	t := task{Name: "ledger", File: filepath.Join(s.dir, "ledger-"+key+".csv"), Items: items}
	if paid {
		t.Count = 1
	}
	_, err := s.do(t)
	s.ledgers[key] = t.File
	return t.File, err
}

// books are the books of one engine that several jobs start from. Each is made when
// it is first needed and never measured on: jobs work on copies.
type books struct {
	*suite
	imported string // a moment after the import
	bare     string // of the limits
	day      string // on the day of the full run
	ran      string // after that run
	paid     string // on the day of the small run, before it

	fullRun float64 // CPU seconds of the run over everybody; 0: not measured yet
}

// make makes a book by tasks; on failure nothing is kept.
func (b *books) make(into *string, from func() (string, error), tasks ...task) (string, error) {
	if *into != "" {
		return *into, nil
	}
	address, err := from()
	if err != nil {
		return "", err
	}
	for _, t := range tasks {
		t.Book, t.Items = address, b.o.items
		if _, err := b.do(t); err != nil {
			return "", err
		}
	}
	*into = address
	return address, b.place.settle(address)
}

func (b *books) afterImport() (string, error) {
	file, err := b.ledger(b.o.items, false)
	if err != nil {
		return "", err
	}
	return b.make(&b.imported, b.place.fresh, task{Name: "ours import", File: file})
}

func (b *books) ofLimit() (string, error) {
	file, err := b.ledger(b.o.items, false)
	if err != nil {
		return "", err
	}
	return b.make(&b.bare, b.place.fresh, task{Name: "limit import", File: file})
}

// on is a copy of another book, with more tasks done on it.
func (b *books) on(other func() (string, error)) func() (string, error) {
	return func() (string, error) {
		address, err := other()
		if err != nil {
			return "", err
		}
		return b.place.copyOf(address)
	}
}

func (b *books) onTheDay() (string, error) {
	return b.make(&b.day, b.on(b.afterImport), task{Name: "prepare day", Day: fullDay})
}

func (b *books) afterRun() (string, error) {
	return b.make(&b.ran, b.on(b.onTheDay), task{Name: "ours run"})
}

func (b *books) afterPayments() (string, error) {
	return b.make(&b.paid, b.on(b.afterRun),
		task{Name: "prepare sent"}, task{Name: "prepare day", Day: quietDay}, task{Name: "ours run"},
		task{Name: "prepare sent"}, task{Name: "prepare day", Day: partDay}, task{Name: "prepare pay"})
}

func (b *books) dropAll() error {
	var err error
	for _, address := range []string{b.imported, b.bare, b.day, b.ran, b.paid} {
		if address != "" {
			err = errors.Join(err, b.place.drop(address))
		}
	}
	return err
}

// onCopy does a task on a copy of a book, which is dropped after it.
func (s *suite) onCopy(address string, t task) (outcome, error) {
	to, err := s.place.copyOf(address)
	if err != nil {
		return outcome{}, err
	}
	t.Book = to
	o, err := s.do(t)
	return o, errors.Join(err, s.place.drop(to))
}

// alternately does both sides in turn, so that a change of the machine's mood meets
// both.
func (s *suite) alternately(ours, limit func() (outcome, error)) (a, b []outcome, err error) {
	for range s.o.reps {
		x, err := ours()
		if err != nil {
			return nil, nil, err
		}
		y, err := limit()
		if err != nil {
			return nil, nil, err
		}
		a, b = append(a, x), append(b, y)
	}
	return a, b, nil
}

// pastDay is a day before the run on which some items were not overdue yet.
const pastDay = cal.Date(60)

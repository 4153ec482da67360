// Command bench measures the program beside the least that any program could do
// with the same engine and the same durability: the limit. Its one job is to print
// ratios that can be compared from machine to machine:
//
//	go run ./internal/bench [-only run,import] [-items 1000000] [-reps 3] [-engine sqlite|postgres|both]
//
// Each measurement is a process of its own, so that CPU seconds and peak memory are
// those of one job; ours and the limit alternate. Books are made in a temporary
// folder and removed. The command must never touch a book or a server that it did
// not make.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/store"
)

func main() { os.Exit(command(os.Args[1:], os.Stdout, os.Stderr)) }

// options are what the command line asks for.
type options struct {
	only     map[string]bool // jobs; none: all
	items    int
	reps     int
	mails    int
	engines  []store.Engine
	profiles string // folder for the CPU profiles of our side
	out      string // file whose figures are replaced
}

func command(args []string, out, progress io.Writer) int {
	if len(args) == 2 && args[0] == childFlag {
		return child(args[1], out, progress)
	}
	o, err := parse(args, progress)
	if err != nil {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measureAll(ctx, o, out, progress); err != nil {
		fmt.Fprintln(progress, "bench:", err)
		return 1
	}
	return 0
}

func parse(args []string, errs io.Writer) (options, error) {
	o := options{only: map[string]bool{}}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(errs)
	only := f.String("only", "", "jobs to measure, separated by commas: "+strings.Join(jobNames(), ", "))
	engine := f.String("engine", "both", "sqlite, postgres or both")
	f.IntVar(&o.items, "items", 1_000_000, "open items; a tenth as many customers")
	f.IntVar(&o.reps, "reps", 3, "repetitions; the median counts")
	f.IntVar(&o.mails, "mails", 10_000, "mails of the outbox job")
	f.StringVar(&o.profiles, "cpuprofile", "", "folder for a CPU profile of each of our jobs")
	f.StringVar(&o.out, "out", "", "file between whose marks the figures are written, besides standard output")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	for _, name := range strings.FieldsFunc(*only, func(r rune) bool { return r == ',' }) {
		if !isJob(name) {
			return o, complain(errs, "there is no job %q; there are %s", name, strings.Join(jobNames(), ", "))
		}
		o.only[name] = true
	}
	switch *engine {
	case "both":
		o.engines = []store.Engine{store.SQLite, store.Postgres}
	case "sqlite", "postgres":
		o.engines = []store.Engine{store.Engine(*engine)}
	default:
		return o, complain(errs, "engine %q: expected sqlite, postgres or both", *engine)
	}
	if o.items < 1000 || o.items%1000 != 0 {
		return o, complain(errs, "items %d: expected a multiple of 1000", o.items)
	}
	if o.reps < 1 || o.mails < 10 {
		return o, complain(errs, "expected at least one repetition and ten mails")
	}
	return o, nil
}

func complain(errs io.Writer, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	fmt.Fprintln(errs, "bench:", err)
	return err
}

// measureAll runs the jobs that were asked for and writes the figures.
func measureAll(ctx context.Context, o options, out, progress io.Writer) error {
	s, err := newSuite(ctx, o, progress)
	if err != nil {
		return err
	}
	defer s.close()
	started := time.Now()
	for _, e := range o.engines {
		if err := s.engine(e); err != nil {
			return err
		}
	}
	if err := s.everywhere(); err != nil {
		return err
	}
	text := figures(s, started)
	if o.out != "" {
		if err := replaceFigures(o.out, text); err != nil {
			return err
		}
	}
	_, err = io.WriteString(out, text)
	return err
}

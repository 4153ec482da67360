package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// importJob: a file of new items into an empty book, and the same file again.
func (s *suite) importJob() error {
	file, err := s.ledger(s.o.items, false)
	if err != nil {
		return err
	}
	fresh := func(name string, keep *string) func() (outcome, error) {
		return func() (outcome, error) {
			address, err := s.place.fresh()
			if err != nil {
				return outcome{}, err
			}
			o, err := s.do(task{Name: name, Book: address, File: file, Items: s.o.items})
			if err != nil {
				return o, err
			}
			if *keep == "" {
				*keep = address
				return o, s.place.settle(address)
			}
			return o, s.place.drop(address)
		}
	}
	ours, limit, err := s.alternately(fresh("ours import", &s.books.imported),
		fresh("limit import", &s.books.bare))
	if err != nil {
		return err
	}
	c := s.compare("import from a file", ours, limit)
	if s.place.name() == "sqlite" {
		c.atMost(3)
	} else {
		c.within(15)
	}
	s.add(c.row())
	s.addMemory("import, peak memory", median(ours, func(o *outcome) float64 { return o.PeakMB }), 0)
	var again []outcome
	for range s.o.reps {
		o, err := s.do(task{Name: "ours reimport", Book: s.books.imported, File: file, Items: s.o.items})
		if err != nil {
			return err
		}
		again = append(again, o)
	}
	c = s.compare("the same file again", again, ours)
	c.limitName = "first import"
	c.atMost(1)
	r := c.row()
	if n := again[0].Facts["commands"]; n != 0 {
		r.met, r.ours = no, fmt.Sprintf("%s, %d commands written", r.ours, n)
	} else {
		r.ours += ", 0 rows written"
	}
	s.add(r)
	return nil
}

// runJob: the daily run over everybody.
func (s *suite) runJob() error {
	day, err := s.books.onTheDay()
	if err != nil {
		return err
	}
	bare, err := s.books.ofLimit()
	if err != nil {
		return err
	}
	ours, limit, err := s.alternately(
		func() (outcome, error) { return s.onCopy(day, task{Name: "ours run", Items: s.o.items}) },
		func() (outcome, error) {
			return s.onCopy(bare, task{Name: "limit run", Day: fullDay, Items: s.o.items})
		})
	if err != nil {
		return err
	}
	c := s.compare("daily run", ours, limit)
	s.books.fullRun = c.ours
	if s.place.name() == "sqlite" {
		c.atMost(10)
	} else {
		c.within(10)
	}
	s.add(c.row())
	s.addMemory("daily run, peak memory", median(ours, func(o *outcome) float64 { return o.PeakMB }), 200)
	return nil
}

// incrementJob: the daily run when one customer in a hundred paid.
func (s *suite) incrementJob() error {
	day, err := s.books.onTheDay()
	if err != nil {
		return err
	}
	paid, err := s.books.afterPayments()
	if err != nil {
		return err
	}
	part, full, err := s.alternately(
		func() (outcome, error) { return s.onCopy(paid, task{Name: "ours run", Items: s.o.items}) },
		func() (outcome, error) { return s.onCopy(day, task{Name: "ours run", Items: s.o.items}) })
	if err != nil {
		return err
	}
	looked := part[0].Facts["looked_at"]
	c := s.compare(fmt.Sprintf("daily run, %d of %d customers due", looked, customersOf(s.o.items)), part, full)
	c.limitName = "full run"
	c.atMost(0.3)
	s.add(c.row())
	return nil
}

// agingJob: the aging report of today and as of a past day.
func (s *suite) agingJob() error {
	ran, err := s.books.afterRun()
	if err != nil {
		return err
	}
	bare, err := s.books.ofLimit()
	if err != nil {
		return err
	}
	for _, asked := range []struct {
		name string
		past bool
	}{{"aging, today", false}, {"aging, as of 60 days ago", true}} {
		day := fullDay
		if asked.past {
			day -= pastDay
		}
		ours, limit, err := s.alternately(
			func() (outcome, error) { return s.do(task{Name: "ours aging", Book: ran, Day: day}) },
			func() (outcome, error) { return s.do(task{Name: "limit scan", Book: bare, Day: day}) })
		if err != nil {
			return err
		}
		if a, b := ours[0].Facts["total_minor"], limit[0].Facts["total_minor"]; a != b {
			return fmt.Errorf("aging of %s: ours gives %d, the limit %d", day, a, b)
		}
		c := s.compare(asked.name, ours, limit)
		if s.place.name() == "sqlite" {
			c.atMost(3)
		} else {
			c.within(1.5)
		}
		s.add(c.row())
	}
	return nil
}

// explainJob: one question after another in a book that is open.
func (s *suite) explainJob() error {
	ran, err := s.books.afterRun()
	if err != nil {
		return err
	}
	o, err := s.do(task{Name: "ours explain", Book: ran, Items: s.o.items, Count: 200})
	if err != nil {
		return err
	}
	p99 := float64(o.Facts["p99_us"]) / 1000
	s.add(row{job: "explain one item", engine: s.place.name(),
		ours:   fmt.Sprintf("%.1f ms, 99 of 100 within %.1f ms", float64(o.Facts["median_us"])/1000, p99),
		target: "50 ms", met: verdictOf(p99 <= 50)})
	return nil
}

// replayJob: all facts of the ledger folded as of a day, without the caches.
func (s *suite) replayJob() error {
	file, err := s.ledger(s.o.items, true)
	if err != nil {
		return err
	}
	address, err := s.place.fresh()
	if err != nil {
		return err
	}
	if _, err := s.do(task{Name: "ours import", Book: address, File: file, Items: s.o.items}); err != nil {
		return err
	}
	if err := s.place.settle(address); err != nil {
		return err
	}
	var all []outcome
	for range s.o.reps {
		o, err := s.do(task{Name: "ours replay", Book: address, Day: importDay, Items: s.o.items})
		if err != nil {
			return err
		}
		all = append(all, o)
	}
	c := s.compare(fmt.Sprintf("replay of %s facts", count(all[0].Facts["facts"])), all, nil)
	if s.place.name() == "sqlite" { // whose target it is
		c.within(1)
	}
	s.add(c.row())
	deep, err := s.do(task{Name: "ours deep", Book: address, Items: s.o.items})
	if err != nil {
		return err
	}
	s.add(row{job: "proof of all caches (doctor --deep)", engine: s.place.name(), ours: seconds(deep.total())})
	return s.place.drop(address)
}

// scalingPoints is how often the number of items is halved.
const scalingPoints = 6

// scalingJob: the daily run at half as many items, and half again.
func (s *suite) scalingJob() error {
	sizes := []int{}
	for n, i := s.o.items, 0; i <= scalingPoints && n >= 10_000; i, n = i+1, n/2 {
		sizes = append([]int{n - n%itemsPerCustomer}, sizes...)
	}
	if len(sizes) < 2 {
		s.notes = append(s.notes, "Scaling needs at least 20,000 items.")
		return nil
	}
	var points []scalePoint
	for _, n := range sizes {
		p, err := s.scaleAt(n)
		if err != nil {
			return err
		}
		points = append(points, p)
	}
	s.addScaling(points)
	return nil
}

func (s *suite) scaleAt(items int) (p scalePoint, err error) {
	day, err := s.dayBookOf(items)
	if err != nil {
		return p, err
	}
	if items == s.o.items && s.books.fullRun > 0 {
		return scalePoint{items, s.books.fullRun}, nil
	}
	var all []outcome
	for range s.o.reps {
		o, err := s.onCopy(day, task{Name: "ours run", Items: items})
		if err != nil {
			return p, err
		}
		all = append(all, o)
	}
	p = scalePoint{items, median(all, (*outcome).total)}
	if items != s.o.items {
		err = s.place.drop(day)
	}
	return p, err
}

// dayBookOf is a book of so many items on the day of the full run.
func (s *suite) dayBookOf(items int) (string, error) {
	if items == s.o.items {
		return s.books.onTheDay()
	}
	file, err := s.ledger(items, false)
	if err != nil {
		return "", err
	}
	address, err := s.place.fresh()
	if err != nil {
		return "", err
	}
	for _, t := range []task{{Name: "ours import", File: file}, {Name: "prepare day", Day: fullDay}} {
		t.Book, t.Items = address, items
		if _, err := s.do(t); err != nil {
			return "", err
		}
	}
	return address, errors.Join(s.place.settle(address), os.Remove(file), s.forget(items))
}

func (s *suite) forget(items int) error {
	delete(s.ledgers, fmt.Sprintf("%d-%t", items, false))
	return nil
}

// drainJob: the outbox to a mail server on this machine.
func (s *suite) drainJob() error {
	server, err := s.startSink()
	if err != nil {
		return err
	}
	defer server.stop()
	items := s.o.mails * itemsPerCustomer * 4 / 3 // a quarter of the customers are called
	items -= items % 1000
	day, err := s.dayBookOf(items)
	if err != nil {
		return err
	}
	mail := task{Name: "prepare mail", Server: "smtp://" + server.addr, Day: fullDay}
	for _, t := range []task{mail, {Name: "ours run"}} {
		t.Book, t.Items = day, items
		if _, err := s.do(t); err != nil {
			return err
		}
	}
	var sent, size int64
	drain := func(steps ...string) (outcome, error) {
		to, err := s.place.copyOf(day)
		if err != nil {
			return outcome{}, err
		}
		for _, step := range append(steps, "prepare arm") {
			if _, err := s.do(task{Name: step, Book: to}); err != nil {
				return outcome{}, err
			}
		}
		o, err := s.do(task{Name: "ours drain", Book: to, Items: items})
		sent, size = o.Facts["sent"], o.Facts["bytes"]
		return o, errors.Join(err, s.place.drop(to))
	}
	lettered, err := drain()
	if err != nil {
		return err
	}
	s.add(row{job: "the same, a third with its letter as PDF", engine: s.place.name(),
		ours: fmt.Sprintf("%.0f mails/s", float64(sent)/lettered.total())})
	ours, limit, err := s.alternately(
		func() (outcome, error) { return drain("prepare plain") },
		func() (outcome, error) {
			return s.do(task{Name: "limit drain", Server: server.addr, Count: int(sent), Bytes: int(size / max(1, sent))})
		})
	if err != nil {
		return err
	}
	s.addDrain(ours, limit)
	return s.place.drop(day)
}

// serveJob: the size of the program, and its memory while it waits.
func (s *suite) serveJob() error {
	bin := filepath.Join(s.dir, "recoup")
	if err := s.build(bin, "./cmd/recoup"); err != nil {
		return err
	}
	info, err := os.Stat(bin)
	if err != nil {
		return err
	}
	s.addMemory("program, stripped, without cgo", float64(info.Size())/(1<<20), 40)
	book, err := s.books.afterImport()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(s.ctx, bin, "--db", book, "serve")
	if err := cmd.Start(); err != nil {
		return err
	}
	time.Sleep(15 * time.Second)
	rss := residentMB(cmd.Process.Pid)
	cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	s.addMemory("serve, waiting", rss, 35)
	return nil
}

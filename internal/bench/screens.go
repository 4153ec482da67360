package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/web"
)

// screen is a page that is asked over a large and a small book.
type screen struct {
	name, path string
	kept       bool    // given again for a second
	most       float64 // of large against small; 0: no target
}

// screens are the lists and sums of the pages, and one customer.
var screens = []screen{
	{"worklist", worklistPath, true, 1.3},
	{"today", "/today", true, 0},
	{"customers", listPath, true, 0},
	{"invoices", "/invoices", true, 0},
	{"messages", "/messages", false, 0},
	{"letters", "/letters", false, 0},
	{"one customer", "/customers/77", false, 0},
	{"search", "/search?q=Customer+0007", false, 0},
	{"reports", "/reports", true, 0},
	{"aging", "/reports/aging", true, 0},
	{"audit log", "/audit", false, 0},
}

// smallItems are the items of the book that a large one is compared with.
const smallItems = 10_000

// screens compares what a page costs with all items and with few.
func (s *suite) screens() error {
	large, err := s.books.afterRun()
	if err != nil {
		return err
	}
	of := func(address string, items int) (outcome, error) {
		return s.onCopy(address, task{Name: "ours screens", Items: items})
	}
	big, err := of(large, s.o.items)
	if err != nil {
		return err
	}
	var small *outcome
	if s.o.items > smallItems {
		day, err := s.dayBookOf(smallItems)
		if err != nil {
			return err
		}
		if _, err := s.do(task{Name: "ours run", Book: day, Items: smallItems}); err != nil {
			return err
		}
		few, err := of(day, smallItems)
		if err != nil {
			return err
		}
		if small = &few; s.place.drop(day) != nil {
			return fmt.Errorf("the book of %d items cannot be removed", smallItems)
		}
	}
	for i := range screens {
		s.addScreen(&screens[i], &big, small)
	}
	return nil
}

// addScreen tells what a page costs: written anew, and given again where it is kept.
func (s *suite) addScreen(p *screen, big, small *outcome) {
	text := func(o *outcome) string {
		t := fmt.Sprintf("%.2f ms", float64(o.Facts[p.name+"_anew_us"])/1000)
		if p.kept {
			t += fmt.Sprintf(", kept %.2f ms", float64(o.Facts[p.name+"_kept_us"])/1000)
		}
		return t + fmt.Sprintf(", first %.0f ms", float64(o.Facts[p.name+"_first_us"])/1000)
	}
	r := row{job: "page: " + p.name, engine: s.place.name(), ours: text(big)}
	if small != nil {
		ratio := float64(big.Facts[p.name+"_anew_us"]) / float64(max(1, small.Facts[p.name+"_anew_us"]))
		r.limit = text(small) + fmt.Sprintf(" (%s items)", count(smallItems))
		r.ratio = fmt.Sprintf("%.2f×", ratio)
		if p.most > 0 {
			r.target, r.met = fmt.Sprintf("≤ %.1f×", p.most), verdictOf(ratio <= p.most)
		}
	}
	s.add(r)
}

// oursScreens asks for each page: once at first, which is wall time, then written anew and
// given again, which is CPU of server and asker together.
func oursScreens(ctx context.Context, t *task, m *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		token, err := signIn(ctx, a)
		if err != nil {
			return err
		}
		p := asked{cookie: "recoup_session=" + token, m: m}
		if err := p.serve(web.New(web.Options{App: a, Build: build}).Handler()); err != nil {
			return err
		}
		defer p.close()
		return m.measure(func() error {
			for i := range screens {
				if err := p.screen(&screens[i]); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

const (
	anewTimes = 100
	keptTimes = 1000
)

func (p *asked) screen(s *screen) error {
	started := time.Now()
	if _, err := p.get(s.path); err != nil {
		return err
	}
	p.m.fact(s.name+"_first_us", time.Since(started).Microseconds())
	mark := "?n="
	if bytes.ContainsRune([]byte(s.path), '?') {
		mark = "&n="
	}
	anew, err := p.each(anewTimes, func(i int) string { return s.path + mark + strconv.Itoa(i) })
	if err != nil {
		return err
	}
	p.m.fact(s.name+"_anew_us", anew)
	if s.kept {
		kept, err := p.each(keptTimes, func(int) string { return s.path })
		if err != nil {
			return err
		}
		p.m.fact(s.name+"_kept_us", kept)
	}
	return nil
}

// each asks n times; the answer is the CPU time of one in microseconds.
func (p *asked) each(n int, path func(int) string) (int64, error) {
	cpu := cpuSeconds()
	for i := range n {
		if _, err := p.get(path(i)); err != nil {
			return 0, err
		}
	}
	return int64((cpuSeconds() - cpu) * 1e6 / float64(n)), nil
}

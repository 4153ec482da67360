package main

import (
	"context"

	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/web"
)

// The pages are asked by wrk (a Debian package), which costs little itself: each for some
// seconds over sixteen connections, beside a bare server that has the same bytes ready.
const (
	pageConnections = 16
	pageSeconds     = 4 // for each page; 1 over a small book, where nothing has to settle
	worklistPath    = "/today/calls"
	listPath        = "/customers"
)

// pagesJob: every list over a large and a small book; the worklist alone and during a run.
func (s *suite) pagesJob() error {
	if err := s.screens(); err != nil {
		return err
	}
	if _, err := exec.LookPath("wrk"); err != nil {
		s.notes = append(s.notes, "wrk is not installed here (Debian package wrk), so the pages were not measured.")
		return nil
	}
	large, err := s.books.afterRun()
	if err != nil {
		return err
	}
	big, err := s.onCopy(large, task{Name: "ours pages", Items: s.o.items})
	if err != nil {
		return err
	}
	s.pageRow("worklist page, 50 lines", &big, "calls")
	s.pageRow("list of customers, 50 lines", &big, "customers")
	s.add(row{job: "worklist, and list, written anew", engine: s.place.name(),
		ours: fmt.Sprintf("%.1f ms; %.1f ms", float64(big.Facts["anew_us"])/1000, float64(big.Facts["anew_list_us"])/1000)})
	s.add(row{job: "first worklist after a change; then the first list", engine: s.place.name(),
		ours: fmt.Sprintf("%.0f ms; %.0f ms", float64(big.Facts["first_us"])/1000, float64(big.Facts["first_list_us"])/1000)})
	busy := float64(big.Facts["busy_p99_us"]) / float64(big.Facts["calls_p99_us"])
	s.add(row{job: "worklist page during a run, 99 of 100", engine: s.place.name(),
		ours: fmt.Sprintf("%.1f ms", float64(big.Facts["busy_p99_us"])/1000), limit: fmt.Sprintf("%.1f ms idle", float64(big.Facts["calls_p99_us"])/1000),
		ratio: fmt.Sprintf("%.1f×", busy), target: "≤ 5×", met: verdictOf(busy <= 5)})
	return nil
}

// pageRow compares a page with the bare server.
func (s *suite) pageRow(job string, o *outcome, page string) {
	share := float64(o.Facts[page+"_rps"]) / float64(o.Facts["static_rps"])
	s.add(row{job: job, engine: s.place.name(), ours: fmt.Sprintf("%d requests/s", o.Facts[page+"_rps"]),
		limit: fmt.Sprintf("%d requests/s", o.Facts["static_rps"]), ratio: fmt.Sprintf("%.0f %%", share*100), target: "≥ 25 %",
		met: verdictOf(share >= 0.25)})
	slow := float64(o.Facts[page+"_p99_us"]) / float64(o.Facts["static_p99_us"])
	s.add(row{job: job + ", 99 of 100", engine: s.place.name(), ours: fmt.Sprintf("%.1f ms", float64(o.Facts[page+"_p99_us"])/1000),
		limit: fmt.Sprintf("%.1f ms", float64(o.Facts["static_p99_us"])/1000), ratio: fmt.Sprintf("%.1f×", slow), target: "≤ 4×",
		met: verdictOf(slow <= 4)})
}

// oursPages serves a book and has its pages asked.
func oursPages(ctx context.Context, t *task, m *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		token, err := signIn(ctx, a)
		if err != nil {
			return err
		}
		p := asked{cookie: "recoup_session=" + token, m: m, seconds: pageSeconds}
		if t.Items < 100_000 {
			p.seconds = 1
		}
		if err := p.serve(web.New(web.Options{App: a, Build: build}).Handler()); err != nil {
			return err
		}
		defer p.close()
		return m.measure(func() error { return p.ask(ctx, a) })
	})
}

// asked is a server whose pages are asked.
type asked struct {
	cookie  string
	m       *meter
	at      string
	seconds int
	page    []byte // the bytes of the worklist, for the bare server
	ends    []func() error
}

func (p *asked) serve(handler http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	mux.HandleFunc("/static", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(p.page)))
		w.Write(p.page)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go server.Serve(l)
	p.at, p.ends = "http://"+l.Addr().String(), append(p.ends, server.Close)
	return nil
}

func (p *asked) close() {
	for _, end := range p.ends {
		end()
	}
}

// ask measures everything in one process: the bare server, the pages, and the page while a
// run decides everybody.
func (p *asked) ask(ctx context.Context, a *app.App) error {
	for _, of := range []struct{ name, path string }{{"first_us", worklistPath}, {"first_list_us", listPath}} {
		started := time.Now()
		if _, err := p.get(of.path); err != nil {
			return err
		}
		p.m.fact(of.name, time.Since(started).Microseconds())
	}
	const anew = 50
	for _, of := range []struct{ name, path string }{{"anew_list_us", listPath}, {"anew_us", worklistPath}} {
		started := time.Now()
		for i := range anew {
			var err error
			if p.page, err = p.get(of.path + "?n=" + strconv.Itoa(i)); err != nil {
				return err
			}
		}
		p.m.fact(of.name, time.Since(started).Microseconds()/anew)
	}
	for _, of := range []struct{ name, path string }{{"static", "/static"}, {"calls", worklistPath}, {"customers", listPath}} {
		if err := p.wrk(of.name, of.path, p.seconds); err != nil {
			return err
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, err := a.Run(ctx, app.Request{Actor: request.Actor, Reason: "measured"},
			app.RunRequest{AsOf: cal.None, Approve: app.ApproveNone, ReleaseBrake: true})
		ended <- err
	}()
	if err := p.wrk("busy", worklistPath, p.seconds); err != nil {
		return err
	}
	return <-ended
}

func (p *asked) get(path string) ([]byte, error) {
	r, err := http.NewRequest(http.MethodGet, p.at+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Cookie", p.cookie)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return body, err
}

var (
	wrkRate = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	wrkP99  = regexp.MustCompile(`99%\s+([\d.]+)(us|ms|s)`)
	wrkBad  = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)`)
)

// wrk asks one page as often as it can for some seconds.
func (p *asked) wrk(name, path string, seconds int) error {
	out, err := exec.Command("wrk", "-t1", "-c"+strconv.Itoa(pageConnections), "-d"+strconv.Itoa(seconds), "--latency",
		"-H", "Cookie: "+p.cookie, p.at+path).CombinedOutput()
	if err != nil {
		return fmt.Errorf("wrk: %w\n%s", err, out)
	}
	rate, p99 := wrkRate.FindSubmatch(out), wrkP99.FindSubmatch(out)
	if rate == nil || p99 == nil || wrkBad.Match(out) {
		return fmt.Errorf("wrk %s says:\n%s", path, out)
	}
	rps, _ := strconv.ParseFloat(string(rate[1]), 64)
	slow, _ := strconv.ParseFloat(string(p99[1]), 64)
	slow *= map[string]float64{"us": 1, "ms": 1e3, "s": 1e6}[string(p99[2])]
	p.m.fact(name+"_rps", int64(rps))
	p.m.fact(name+"_p99_us", int64(slow))
	return nil
}

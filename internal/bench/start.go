package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/core/access"
)

// startJob: from the start of the program over a book of all items to its first answers,
// beside the least server over as many items. What the system has read of both files is in
// its memory: it is the program that starts, not the machine.
func (s *suite) startJob() error {
	if s.place.name() != "sqlite" {
		return nil
	}
	ours, least := filepath.Join(s.dir, "recoup"), filepath.Join(s.dir, "least")
	for _, b := range [][2]string{{ours, "./cmd/recoup"}, {least, "./internal/bench/least"}} {
		if err := s.build(b[0], b[1]); err != nil {
			return err
		}
	}
	ran, err := s.books.afterRun()
	if err != nil {
		return err
	}
	bare, err := s.books.ofLimit()
	if err != nil {
		return err
	}
	book, err := s.place.copyOf(ran)
	if err != nil {
		return err
	}
	session := filepath.Join(s.dir, "session")
	if _, err := s.do(task{Name: "prepare session", Book: book, File: session}); err != nil {
		return err
	}
	token, err := os.ReadFile(session)
	if err != nil {
		return err
	}
	var all, limit []outcome
	for range 2*s.o.reps + 1 { // one start is short
		at, err := freeAddress()
		if err != nil {
			return err
		}
		a, err := s.start(exec.CommandContext(s.ctx, ours, "--db", book, "serve", "--listen", at), "http://"+at,
			string(token), "/healthz", worklistPath, worklistPath+"?n=2")
		if err != nil {
			return fmt.Errorf("serve: %w", err)
		}
		b, err := s.start(exec.CommandContext(s.ctx, least, bare, at), "http://"+at, "", "/")
		if err != nil {
			return fmt.Errorf("the least server: %w", err)
		}
		all, limit = append(all, a), append(limit, b)
	}
	s.addStart("start to the first answer", all, limit, "answer_0_us", 3)
	s.addStart("start to the first worklist page", all, limit, "answer_1_us", 0)
	s.add(row{job: "a worklist page after that", engine: s.place.name(),
		ours: fmt.Sprintf("%.1f ms", median(all, func(o *outcome) float64 { return float64(o.Facts["took_2_us"]) })/1000)})
	s.addMemory("serve, after its first worklist page", median(all, func(o *outcome) float64 { return o.PeakMB }), 0)
	return s.place.drop(book)
}

// addStart compares wall times in milliseconds; without a target where most is 0.
func (s *suite) addStart(job string, ours, limit []outcome, fact string, most float64) {
	a := median(ours, func(o *outcome) float64 { return float64(o.Facts[fact]) }) / 1000
	b := median(limit, func(o *outcome) float64 { return float64(o.Facts["answer_0_us"]) }) / 1000
	r := row{job: job, engine: s.place.name(), ours: fmt.Sprintf("%.0f ms", a), limit: fmt.Sprintf("%.0f ms (least server)", b),
		ratio: fmt.Sprintf("%.1f×", a/b)}
	if most > 0 {
		r.target, r.met = fmt.Sprintf("≤ %.0f×", most), verdictOf(a/b <= most)
	}
	s.add(r)
}

// build makes a stripped program.
func (s *suite) build(to, pkg string) error {
	build := exec.CommandContext(s.ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", to, pkg)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the program (run this from its source folder): %w\n%s", err, out)
	}
	return nil
}

// freeAddress is an address of this machine at which nobody listens.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// start runs a server, asks it for some pages until each is answered, and ends it. The facts
// are the wall times from its start to each answer, and from each question to its answer.
func (s *suite) start(cmd *exec.Cmd, at, session string, paths ...string) (o outcome, err error) {
	o.Facts = map[string]int64{}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return o, err
	}
	defer func() {
		o.PeakMB = residentMB(cmd.Process.Pid)
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait() // the least server knows no other end than this
	}()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	for i, path := range paths {
		asked := time.Now()
		for {
			code, err := ask(client, at+path, session)
			if err == nil && code == http.StatusOK {
				break
			}
			if err == nil || time.Since(asked) > time.Minute || s.ctx.Err() != nil {
				return o, errors.Join(err, fmt.Errorf("%s answers %d", path, code))
			}
			time.Sleep(500 * time.Microsecond)
		}
		o.Facts[fmt.Sprintf("answer_%d_us", i)] = time.Since(started).Microseconds()
		o.Facts[fmt.Sprintf("took_%d_us", i)] = time.Since(asked).Microseconds()
	}
	return o, nil
}

func ask(client *http.Client, url, session string) (code int, err error) {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Cookie", "recoup_session="+session)
	res, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// prepareSession makes a user and signs in; the file is the token of the session.
func prepareSession(ctx context.Context, t *task, _ *meter) error {
	return withBook(ctx, t, func(a *app.App) error {
		token, err := signIn(ctx, a)
		if err != nil {
			return err
		}
		return os.WriteFile(t.File, []byte(token), 0o600)
	})
}

// signIn makes a user who may see everything and begins a session.
func signIn(ctx context.Context, a *app.App) (token string, err error) {
	u, err := a.AddUser(ctx, request, app.NewUser{Login: "bench", Name: "Bench", Role: access.Owner, Password: "a long enough passphrase"})
	if err != nil {
		return "", err
	}
	token, _, err = a.BeginSession(ctx, app.SessionStart{User: u.ID})
	return token, err
}

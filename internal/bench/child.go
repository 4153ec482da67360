package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/duty"
)

// childFlag makes the command do one task, given as JSON, and print its outcome.
const childFlag = "-task"

// task is what one child process does: one measurement of one side, or a step that
// prepares for it.
type task struct {
	Name    string
	Book    string // its address
	File    string // that is read
	Server  string // address of the mail server
	Profile string // file of the CPU profile
	Day     cal.Date
	Items   int
	Count   int // mails, payments, questions
	Bytes   int // of a mail
}

// outcome is what a task took and what it did.
type outcome struct {
	CPU    float64 // seconds of the process
	Wall   float64 // seconds
	Server float64 // CPU seconds of the database server meanwhile
	PeakMB float64 // resident memory
	Facts  map[string]int64
}

// total is the CPU of program and server.
func (o *outcome) total() float64 { return o.CPU + o.Server }

// meter measures the part of a task that counts.
type meter struct {
	task *task
	out  outcome
}

// measure runs fn and takes its CPU and wall time.
func (m *meter) measure(fn func() error) error {
	runtime.GC()
	if m.task.Profile != "" {
		f, err := os.Create(m.task.Profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	cpu, started := cpuSeconds(), time.Now()
	err := fn()
	m.out.Wall, m.out.CPU = time.Since(started).Seconds(), cpuSeconds()-cpu
	return err
}

// fact notes a number that tells what was done.
func (m *meter) fact(name string, n int64) { m.out.Facts[name] = n }

// child does one task in this process.
func child(text string, out, errs io.Writer) int {
	var t task
	err := json.Unmarshal([]byte(text), &t)
	fn := tasks[t.Name]
	if err == nil && fn == nil {
		err = fmt.Errorf("there is no task %q", t.Name)
	}
	m := &meter{task: &t, out: outcome{Facts: map[string]int64{}}}
	if err == nil {
		err = fn(context.Background(), &t, m)
	}
	if err == nil {
		m.out.PeakMB = peakMB()
		err = json.NewEncoder(out).Encode(m.out)
	}
	if err != nil {
		fmt.Fprintf(errs, "%s: %v\n", t.Name, err)
		return 1
	}
	return 0
}

// do runs a task in a child process.
func (s *suite) do(t task) (outcome, error) {
	var o outcome
	if s.o.profiles != "" && strings.HasPrefix(t.Name, "ours ") {
		s.profiled++
		name := fmt.Sprintf("%s-%02d-%s.pprof", s.place.name(), s.profiled, strings.ReplaceAll(t.Name, " ", "-"))
		t.Profile = filepath.Join(s.o.profiles, name)
	}
	text, err := json.Marshal(t)
	if err != nil {
		return o, err
	}
	cmd := exec.CommandContext(s.ctx, s.self, childFlag, string(text))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(os.Environ(), duty.ArmFileEnv+"="+filepath.Join(s.dir, database(t.Book)+".armed"))
	server := s.place.cpuSeconds()
	if err := cmd.Run(); err != nil {
		return o, fmt.Errorf("%w\n%s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	if err := json.Unmarshal(stdout.Bytes(), &o); err != nil {
		return o, fmt.Errorf("%s: %w", t.Name, err)
	}
	o.Server = s.place.cpuSeconds() - server
	s.say("  %-16s %7.2f s CPU (server %5.2f)  %7.2f s wall  %5.0f MB %s", t.Name, o.total(), o.Server, o.Wall,
		o.PeakMB, factText(o.Facts))
	return o, nil
}
